//! What lies beneath the parser of event streams: cuts bytes into whole events, so that the parser never holds more
//! than one and never scans one twice.
//!
//! Keeps at most `max_event_bytes` of an event. One that is larger or not UTF-8 becomes [`Aside::Spoiled`] with its
//! start; when the end of a large one does not come within eight times the limit, the connection is given up. Comments
//! are not passed on but told, in their place: on some streams they are the only sign of life.

use super::{
    MAX_MALFORMED_BYTES,
    sse::{MAX_OVERSIZE, NOT_UTF8, TOO_LARGE},
};
use crate::UpstreamError;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What the parser does not get to see, passed around it in its place.
#[derive(Debug, PartialEq)]
pub(super) enum Aside {
    Comment,
    Spoiled { start: Vec<u8>, reason: &'static str },
    Failed(UpstreamError),
}

/// A whole event, with the blank line that ends it, or an aside.
pub(super) type Piece = Result<Vec<u8>, Aside>;

pub(super) struct Framer {
    max_event_bytes: usize,
    event: Vec<u8>,
    /// Bytes of the current event that were not kept.
    dropped_bytes: usize,
    is_line_empty: bool,
    is_comment: bool,
    /// A CR ended the last line; an LF right after it belongs to it.
    after_cr: bool,
    at_start: bool,
}

impl Framer {
    pub fn new(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            event: Vec::new(),
            dropped_bytes: 0,
            is_line_empty: true,
            is_comment: false,
            after_cr: false,
            at_start: true,
        }
    }

    /// What is complete with these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for &byte in bytes {
            let is_rest_of_line_end = std::mem::take(&mut self.after_cr) && byte == b'\n';
            match byte {
                b'\n' if is_rest_of_line_end => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    pieces.extend(self.end_line());
                }
                _ => {
                    self.is_comment |= self.is_line_empty && byte == b':';
                    self.is_line_empty = false;
                    self.keep(byte);
                }
            }
        }
        if self.dropped_bytes > self.max_event_bytes.saturating_mul(MAX_OVERSIZE) {
            pieces.push(Err(Aside::Failed(UpstreamError::BodyTooLarge { limit_bytes: self.max_event_bytes })));
        }
        pieces
    }

    fn keep(&mut self, byte: u8) {
        if self.is_comment {
            return;
        }
        if self.event.len() < self.max_event_bytes {
            self.event.push(byte);
        } else {
            self.dropped_bytes += 1;
        }
    }

    fn end_line(&mut self) -> Option<Piece> {
        if self.is_line_empty {
            return self.end_event();
        }
        self.keep(b'\n');
        self.is_line_empty = true;
        std::mem::take(&mut self.is_comment).then_some(Err(Aside::Comment))
    }

    fn end_event(&mut self) -> Option<Piece> {
        let mut event = std::mem::take(&mut self.event);
        let is_too_large = std::mem::take(&mut self.dropped_bytes) > 0;
        // The parser would trip over it.
        if std::mem::take(&mut self.at_start) && event.starts_with(BYTE_ORDER_MARK) {
            event.drain(..BYTE_ORDER_MARK.len());
        }
        let reason = match std::str::from_utf8(&event) {
            _ if is_too_large => TOO_LARGE,
            Err(_) => NOT_UTF8,
            Ok("") => return None,
            Ok(_) => {
                event.push(b'\n');
                return Some(Ok(event));
            }
        };
        event.truncate(MAX_MALFORMED_BYTES);
        Some(Err(Aside::Spoiled { start: event, reason }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(chunks: &[&[u8]], limit: usize) -> Vec<Piece> {
        let mut framer = Framer::new(limit);
        chunks.iter().flat_map(|chunk| framer.push(chunk)).collect()
    }

    fn event(text: &str) -> Piece {
        Ok(text.as_bytes().to_vec())
    }

    #[test]
    fn events_come_whole_whatever_ends_their_lines() {
        for (text, expected) in [
            ("data: a\n\n", vec![event("data: a\n\n")]),
            ("data: a\r\n\r\ndata: b\r\n\r\n", vec![event("data: a\n\n"), event("data: b\n\n")]),
            ("data: a\rid: 1\r\r", vec![event("data: a\nid: 1\n\n")]),
            ("\u{feff}data: a\n\n\u{feff}b\n\n", vec![event("data: a\n\n"), event("\u{feff}b\n\n")]),
            (": ping\n\n\n\n", vec![Err(Aside::Comment)]),
            ("data: a\n:\ndata: b\n\n", vec![Err(Aside::Comment), event("data: a\ndata: b\n\n")]),
            ("data: unfinished\n", vec![]),
        ] {
            assert_eq!(frame(&[text.as_bytes()], 100), expected, "{text:?}");
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(frame(&bytes, 100), expected, "{text:?}, byte by byte");
        }
    }

    #[test]
    fn what_is_spoiled_is_cut_out() {
        let spoiled = |start: &[u8], reason| Err(Aside::Spoiled { start: start.to_vec(), reason });
        let large = [b"data: ".as_slice(), &[b'x'; 30], b"\n\ndata: b\n\n"].concat();
        assert_eq!(frame(&[&large], 20), [spoiled(b"data: xxxxxxxxxxxxxx", TOO_LARGE), event("data: b\n\n")]);
        let binary = b"data: \xff\n\ndata: b\n\n";
        assert_eq!(frame(&[binary], 20), [spoiled(b"data: \xff\n", NOT_UTF8), event("data: b\n\n")]);
    }

    #[test]
    fn neither_an_endless_event_nor_an_endless_comment_fills_memory() {
        let mut framer = Framer::new(1_000);
        let mut pieces = Vec::new();
        while pieces.is_empty() {
            pieces = framer.push(&[b'x'; 100]);
            assert!(framer.event.len() <= 1_000);
        }
        assert_eq!(pieces, [Err(Aside::Failed(UpstreamError::BodyTooLarge { limit_bytes: 1_000 }))]);
        let mut framer = Framer::new(1_000);
        framer.push(b":");
        assert_eq!(framer.push(&[b'x'; 100_000]), []);
        assert!(framer.event.is_empty());
    }

    proptest! {
        #[test]
        fn pieces_do_not_depend_on_where_bytes_are_cut(text in "[:a\r\n]{0,60}", cut in 0_usize..60) {
            let (start, end) = text.as_bytes().split_at(cut.min(text.len()));
            prop_assert_eq!(frame(&[start, end], 8), frame(&[text.as_bytes()], 8));
        }
    }
}
