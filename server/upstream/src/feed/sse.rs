//! Server-sent events from strangers: a parser without input or output of its own, and a reader around it.
//!
//! Bytes in, events out, in time and memory linear in what is kept. Follows the HTML standard (CR, LF and CRLF,
//! comments, unknown fields, ids that last until the next one) and, unlike a browser, survives what is wrong: an event
//! that is too large or not UTF-8 is `Spoiled`, with its id, and the next one is read normally. Of a too large event
//! only the start is kept; when its end does not come within eight times the limit, the connection is given up.

use crate::{UpstreamError, http::HttpClient};
use reqwest::{RequestBuilder, Response, header::CONTENT_TYPE};
use std::collections::VecDeque;

pub(super) const TOO_LARGE: &str = "the event is too large";
const NOT_UTF8: &str = "not UTF-8";
/// Of an oversized event so many times the limit is thrown away before the connection is.
const MAX_OVERSIZE: usize = 8;
const SHORT_LINE_BYTES: usize = 256;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum SseItem {
    Message {
        name: String,
        id: String,
        data: String,
    },
    /// An event that cannot be text within the limit; its start.
    Spoiled {
        id: String,
        start: Vec<u8>,
        reason: &'static str,
    },
    /// A comment, or no event for a while on a connection that lives.
    Quiet,
}

/// One connection.
pub(super) struct SseReader {
    response: Response,
    parser: SseParser,
}

impl SseReader {
    /// Connects and checks the answer's head.
    pub async fn open(
        group: &'static str,
        request: RequestBuilder,
        max_event_bytes: usize,
        http: &HttpClient,
    ) -> Result<Self, UpstreamError> {
        let started = std::time::Instant::now();
        let sent = request.header(reqwest::header::ACCEPT, "text/event-stream").send().await;
        let sent = sent.map_err(UpstreamError::from);
        crate::http::record((group, group), started, sent.as_ref().map(|response| response.status().as_u16()));
        let response = sent?;
        if !response.status().is_success() {
            let retry_after = crate::http::retry_after(response.headers(), http.now());
            return Err(UpstreamError::from_status(response.status().as_u16(), retry_after));
        }
        let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if !content_type.is_some_and(|text| text.starts_with("text/event-stream")) {
            return Err(UpstreamError::malformed("the answer is not an event stream"));
        }
        Ok(Self { response, parser: SseParser::new(max_event_bytes) })
    }

    /// The next item. Cancel-safe: bytes go into the parser as soon as they are read.
    pub async fn next(&mut self) -> Result<SseItem, UpstreamError> {
        loop {
            if let Some(item) = self.parser.pop() {
                return Ok(item);
            }
            match self.response.chunk().await? {
                Some(chunk) => self.parser.push(&chunk)?,
                None => return Err(UpstreamError::Closed),
            }
        }
    }
}

/// Cuts bytes into events.
pub(super) struct SseParser {
    max_event_bytes: usize,
    line: Vec<u8>,
    /// The line's true length, of which `line` may hold only the start.
    line_bytes: usize,
    /// A CR ended the last line; an LF right after it belongs to it.
    after_cr: bool,
    at_start: bool,
    name: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    last_id: String,
    /// Bytes of the current event that were not kept.
    dropped_bytes: usize,
    items: VecDeque<SseItem>,
}

impl SseParser {
    pub fn new(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            line: Vec::new(),
            line_bytes: 0,
            after_cr: false,
            at_start: true,
            name: Vec::new(),
            data: Vec::new(),
            has_data: false,
            last_id: String::new(),
            dropped_bytes: 0,
            items: VecDeque::new(),
        }
    }

    pub fn pop(&mut self) -> Option<SseItem> {
        self.items.pop_front()
    }

    /// # Errors
    /// When an event has no end.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<(), UpstreamError> {
        while let Some(&first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            self.keep(&bytes[..end.unwrap_or(bytes.len())]);
            let Some(end) = end else { break };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            self.end_line();
        }
        if self.dropped_bytes > self.max_event_bytes.saturating_mul(MAX_OVERSIZE) {
            return Err(UpstreamError::BodyTooLarge { limit_bytes: self.max_event_bytes });
        }
        Ok(())
    }

    /// A short line is always kept, so that the id of an oversized event is known.
    fn keep(&mut self, part: &[u8]) {
        let used = self.data.len() + self.line.len();
        let room = self.max_event_bytes.saturating_sub(used).max(SHORT_LINE_BYTES.saturating_sub(self.line.len()));
        let kept = part.len().min(room);
        self.line.extend_from_slice(&part[..kept]);
        self.line_bytes += part.len();
        self.dropped_bytes += part.len() - kept;
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let is_blank = std::mem::take(&mut self.line_bytes) == 0;
        let mut line = line.as_slice();
        if std::mem::take(&mut self.at_start) {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if is_blank {
            self.end_event();
            return;
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            None => (line, &b""[..]),
            Some(colon) => (&line[..colon], &line[colon + 1..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match field {
            b"" if self.items.back() != Some(&SseItem::Quiet) => self.items.push_back(SseItem::Quiet),
            b"event" => self.name = value.to_vec(),
            b"data" => {
                if self.has_data {
                    self.data.push(b'\n');
                }
                self.has_data = true;
                if self.data.len() + value.len() > self.max_event_bytes {
                    self.dropped_bytes += value.len();
                } else {
                    self.data.extend_from_slice(value);
                }
            }
            b"id" if !value.contains(&0) => {
                if let Ok(id) = std::str::from_utf8(value) {
                    id.clone_into(&mut self.last_id);
                }
            }
            _ => {}
        }
    }

    fn end_event(&mut self) {
        let (name, data) = (std::mem::take(&mut self.name), std::mem::take(&mut self.data));
        let has_data = std::mem::take(&mut self.has_data);
        let dropped_bytes = std::mem::take(&mut self.dropped_bytes);
        if !has_data && dropped_bytes == 0 {
            return;
        }
        let id = self.last_id.clone();
        let spoiled = |mut start: Vec<u8>, reason| {
            start.truncate(super::MAX_MALFORMED_BYTES);
            SseItem::Spoiled { id: id.clone(), start, reason }
        };
        let item = if dropped_bytes > 0 {
            spoiled(data, TOO_LARGE)
        } else {
            match (String::from_utf8(name), String::from_utf8(data)) {
                (Ok(name), Ok(data)) => {
                    let name = if name.is_empty() { "message".to_owned() } else { name };
                    SseItem::Message { name, id, data }
                }
                (_, Err(error)) => spoiled(error.into_bytes(), NOT_UTF8),
                (Err(_), Ok(data)) => spoiled(data.into_bytes(), NOT_UTF8),
            }
        };
        self.items.push_back(item);
    }
}

#[cfg(test)]
#[path = "sse_tests.rs"]
mod tests;
