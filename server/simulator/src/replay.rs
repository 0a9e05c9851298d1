//! Recorded killmails: reading the file, moving dates, keeping the text of each mail as it was recorded.
//!
//! A line is `{"killmail_id":…,"hash":…|null,"killmail":{ESI},"zkb":{…}|null,…}`. The ESI body is never parsed and
//! written again; moving its date replaces the characters of the date only.

use crate::hash;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

/// One recorded killmail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    pub killmail_id: i64,
    pub hash: String,
    pub killed_at: DateTime<Utc>,
    pub system_id: i64,
    /// The ESI body, verbatim.
    pub body: String,
    /// The recorded `zkb` block, verbatim.
    pub zkb: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    #[error("the replay file cannot be read")]
    Io(#[from] std::io::Error),
    #[error("line {line} of the replay is not a recorded killmail")]
    Line { line: usize, source: serde_json::Error },
}

#[derive(Deserialize)]
struct Line<'a> {
    hash: Option<String>,
    #[serde(borrow)]
    killmail: &'a RawValue,
    #[serde(borrow, default)]
    zkb: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Head {
    killmail_id: i64,
    killmail_time: DateTime<Utc>,
    solar_system_id: i64,
}

impl Recording {
    /// Reads one line. A mail without a hash gets one that depends on its id only.
    ///
    /// # Errors
    /// When the line is not JSON of the expected shape.
    pub fn parse(line: &str) -> Result<Self, serde_json::Error> {
        let line: Line<'_> = serde_json::from_str(line)?;
        let body = line.killmail.get();
        let head: Head = serde_json::from_str(body)?;
        Ok(Self {
            killmail_id: head.killmail_id,
            hash: line.hash.unwrap_or_else(|| hash::killmail_hash(0, head.killmail_id)),
            killed_at: head.killmail_time,
            system_id: head.solar_system_id,
            body: body.to_owned(),
            zkb: line.zkb.map(|zkb| zkb.get().to_owned()).filter(|zkb| zkb != "null"),
        })
    }

    /// The same mail at another time.
    #[must_use]
    pub fn moved_to(mut self, killed_at: DateTime<Utc>) -> Self {
        const KEY: &str = "\"killmail_time\"";
        let value = self.body.find(KEY).and_then(|key| {
            let open = key + KEY.len() + self.body[key + KEY.len()..].find('"')? + 1;
            Some(open..open + self.body[open..].find('"')?)
        });
        if let Some(value) = value {
            self.body.replace_range(value, &killed_at.to_rfc3339_opts(SecondsFormat::Secs, true));
            self.killed_at = killed_at;
        }
        self
    }
}

/// Reads a `.jsonl` or `.jsonl.zst` file, sorted by time of kill.
///
/// # Errors
/// When the file cannot be read or a line is no recorded killmail.
pub fn read_file(path: &Path) -> Result<Vec<Recording>, ReplayError> {
    let file = File::open(path)?;
    let packed = path.extension().is_some_and(|extension| extension == "zst");
    let reader: Box<dyn Read> = if packed { Box::new(zstd::stream::read::Decoder::new(file)?) } else { Box::new(file) };
    let mut recordings = Vec::new();
    for (index, line) in BufReader::new(reader).lines().enumerate() {
        let line = line?;
        if !line.trim().is_empty() {
            recordings.push(Recording::parse(&line).map_err(|source| ReplayError::Line { line: index + 1, source })?);
        }
    }
    recordings.sort_by_key(|recording| (recording.killed_at, recording.killmail_id));
    Ok(recordings)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"killmail_id":7,"hash":null,"killmail":{"killmail_id": 7,"killmail_time" : "2021-11-27T19:00:02Z","solar_system_id":30000142,"attackers":[],"victim":{"ship_type_id":587}},"zkb":null,"source":"x"}"#;

    #[test]
    fn the_body_stays_verbatim() {
        let recording = Recording::parse(LINE).unwrap();
        assert_eq!(recording.hash.len(), 40);
        assert_eq!(recording.zkb, None);
        assert!(LINE.contains(&recording.body));
    }

    #[test]
    fn only_the_date_moves() {
        let recording = Recording::parse(LINE).unwrap();
        let body = recording.body.clone();
        let moved = recording.moved_to(DateTime::from_timestamp(1_767_323_045, 0).unwrap());
        assert_eq!(moved.body, body.replace("2021-11-27T19:00:02Z", "2026-01-02T03:04:05Z"));
    }
}
