//! Files of killmails: JSON Lines, plain or compressed with zstd, one
//! `{"killmail_id","hash","killmail":{ESI body},"zkb":{…}|null}` a line.

use domain::{KillmailHash, KillmailId};
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use upstream::feed::{DayEntry, FeedBody, MAX_MALFORMED_BYTES, Reported};

/// The longest real killmails are below 1 MB.
const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

/// The entries of a file. An error ends it; a line that is no killmail is an entry.
pub struct KillmailFile {
    lines: Box<dyn BufRead + Send>,
    bytes: u64,
    position: Arc<AtomicU64>,
    has_failed: bool,
}

#[derive(Deserialize)]
struct Line<'a> {
    killmail_id: KillmailId,
    hash: Option<KillmailHash>,
    #[serde(borrow)]
    killmail: &'a RawValue,
    zkb: Option<Value>,
}

impl KillmailFile {
    /// # Errors
    /// When the file cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let position = Arc::new(AtomicU64::new(0));
        let counted = Counted { file, position: Arc::clone(&position) };
        let lines: Box<dyn BufRead + Send> = if path.extension().is_some_and(|extension| extension == "zst") {
            Box::new(BufReader::new(zstd::stream::read::Decoder::new(counted)?))
        } else {
            Box::new(BufReader::new(counted))
        };
        Ok(Self { lines, bytes, position, has_failed: false })
    }

    /// Size on disk.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How much of it was read, to be looked at while somebody else reads.
    pub fn position(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.position)
    }

    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = self.lines.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line)?;
        if read as u64 == MAX_LINE_BYTES && line.last() != Some(&b'\n') {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a line is longer than {MAX_LINE_BYTES} bytes"),
            ));
        }
        Ok((read > 0).then_some(line))
    }
}

impl Iterator for KillmailFile {
    type Item = io::Result<DayEntry>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.has_failed {
            match self.next_line() {
                Ok(None) => return None,
                Ok(Some(line)) if line.trim_ascii().is_empty() => {}
                Ok(Some(line)) => return Some(Ok(entry(&line))),
                Err(error) => {
                    self.has_failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

fn entry(line: &[u8]) -> DayEntry {
    match serde_json::from_slice::<Line<'_>>(line) {
        Ok(line) => DayEntry {
            killmail_id: Some(line.killmail_id),
            body: FeedBody::Killmail {
                hash: line.hash,
                payload: line.killmail.get().into(),
                reported: line.zkb.as_ref().and_then(Reported::from_zkb),
                names: Vec::new(),
            },
        },
        Err(error) => {
            let start = &line[..line.len().min(MAX_MALFORMED_BYTES)];
            let payload = String::from_utf8_lossy(start).into_owned();
            DayEntry {
                killmail_id: None,
                body: FeedBody::Malformed { payload, reason: format!("no killmail: {error}") },
            }
        }
    }
}

/// Counts what is read of a file.
struct Counted {
    file: File,
    position: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.position.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_entries_and_bad_ones_too() {
        let folder = tempfile::tempdir().expect("folder");
        let hash = "0123456789abcdef0123456789abcdef01234567";
        let text = format!(
            "{{\"killmail_id\":7,\"hash\":\"{hash}\",\"killmail\":{{\"x\":1}},\"zkb\":{{\"totalValue\":1.5}}}}\n\n\
             {{\"killmail_id\":8,\"hash\":null,\"killmail\":{{\"x\":2}},\"zkb\":null,\"source\":\"a\"}}\nnonsense"
        );
        let (plain, packed) = (folder.path().join("a.jsonl"), folder.path().join("a.jsonl.zst"));
        std::fs::write(&plain, &text).expect("written");
        std::fs::write(&packed, zstd::encode_all(text.as_bytes(), 1).expect("packed")).expect("written");
        for path in [&plain, &packed] {
            let file = KillmailFile::open(path).expect("open");
            let (position, bytes) = (file.position(), file.bytes());
            let entries: Vec<_> = file.map(|entry| entry.expect("readable")).collect();
            assert_eq!(
                entries.iter().map(|e| e.killmail_id.map(|id| id.0)).collect::<Vec<_>>(),
                [Some(7), Some(8), None]
            );
            let FeedBody::Killmail { hash: Some(found), reported: Some(reported), .. } = &entries[0].body else {
                panic!("{:?}", entries[0])
            };
            assert_eq!((found.as_str(), reported.total_value.map(|isk| isk.hundredths())), (hash, Some(150)));
            assert!(matches!(&entries[2].body, FeedBody::Malformed { payload, .. } if payload == "nonsense"));
            assert_eq!(position.load(Ordering::Relaxed), bytes);
        }
        // Cut in the middle: what is whole comes, then an error.
        let whole = std::fs::read(&packed).expect("read");
        std::fs::write(&packed, &whole[..whole.len() - 6]).expect("written");
        assert!(KillmailFile::open(&packed).expect("open").any(|entry| entry.is_err()));
    }
}
