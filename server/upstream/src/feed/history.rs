//! zKillboard's day files on R2Z2: which kills happened on a day (ids with hashes), and their bodies.
//!
//! Used to close gaps and to backfill. A raw day is about 100 MB, so it is read piece by piece; memory holds one
//! killmail at a time. Days are rewritten when late kills arrive; a kill belongs to the day it happened.

use super::{FeedBody, reported::is_id};
use crate::{
    UpstreamError,
    http::{BodyStream, HttpClient, Request, endpoint},
    rate::{Pace, RateLimiter, RateOptions},
};
use chrono::NaiveDate;
use domain::{KillmailHash, KillmailId};
use serde::de::{Deserializer as _, MapAccess, Visitor};
use serde_json::Value;
use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    time::Duration,
};
use url::Url;

const GROUP: &str = "r2z2_history";
/// A day has at most about 50,000 kills of 60 bytes.
const MAX_DAY_BYTES: usize = 32 * 1024 * 1024;
/// The largest days of 2021 (M2-XFE) are below this.
const MAX_RAW_DAY_BYTES: usize = 256 * 1024 * 1024;
const MAX_KILLMAIL_BYTES: usize = 16 * 1024 * 1024;
/// A raw day over a slow line.
const RAW_DAY_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// Reads the history files of one R2Z2 host, at its own gentle pace.
#[derive(Clone, Debug)]
pub struct HistoryClient {
    http: HttpClient,
    base_url: Url,
    limiter: RateLimiter,
}

/// One kill of a raw day.
#[derive(Clone, Debug, PartialEq)]
pub struct DayEntry {
    /// Absent when the key is not an id.
    pub killmail_id: Option<KillmailId>,
    /// `Killmail` without hash (the day's index has it), or `Malformed`.
    pub body: FeedBody,
}

/// A raw day while it arrives.
pub struct RawDay {
    stream: BodyStream,
    splitter: ObjectSplitter,
}

impl HistoryClient {
    pub fn new(http: HttpClient, base_url: Url) -> Self {
        let rate = RateOptions { pace: Some(Pace { per_second: 2, burst: 2 }), max_wait: Duration::from_secs(60) };
        Self { http, base_url, limiter: RateLimiter::new(rate) }
    }

    /// The kills of a UTC day. Entries with a broken id or hash (there are some) are left out with a log line.
    ///
    /// # Errors
    /// `NotFound` for a day without a file; else when the answer does not come or is not such an index.
    pub async fn day(&self, day: NaiveDate) -> Result<Vec<(KillmailId, KillmailHash)>, UpstreamError> {
        let body = self.get(&format!("/history/{}.json", day.format("%Y%m%d"))).await?;
        let (kills, skipped) = parse_day(&body)?;
        if skipped > 0 {
            tracing::warn!(%day, skipped, "history index has broken entries");
        }
        Ok(kills)
    }

    /// The bodies of a UTC day, as a stream. There are files since 2026-07-01 only.
    ///
    /// # Errors
    /// `NotFound` for a day without a file; else when the answer does not come.
    pub async fn raw_day(&self, day: NaiveDate) -> Result<RawDay, UpstreamError> {
        let _permit = self.limiter.acquire(GROUP).await?;
        let url = endpoint(&self.base_url, &format!("/history/raw/{}.json", day.format("%Y%m%d")));
        let request = Request::get(GROUP, url).max_body_bytes(MAX_RAW_DAY_BYTES).total_timeout(RAW_DAY_TIMEOUT);
        Ok(RawDay { stream: self.http.stream(request).await?, splitter: ObjectSplitter::new(MAX_KILLMAIL_BYTES) })
    }

    /// How many kills each day has.
    ///
    /// # Errors
    /// When the answer does not come or is not such a table.
    pub async fn totals(&self) -> Result<BTreeMap<NaiveDate, u64>, UpstreamError> {
        let body = self.get("/history/totals.json").await?;
        let mut totals = BTreeMap::new();
        for_each_entry(&body, |day, count| {
            if let (Ok(day), Some(count)) = (NaiveDate::parse_from_str(day, "%Y%m%d"), count.as_u64()) {
                totals.insert(day, count);
            }
        })?;
        Ok(totals)
    }

    async fn get(&self, path: &str) -> Result<Vec<u8>, UpstreamError> {
        let _permit = self.limiter.acquire(GROUP).await?;
        let request = Request::get(GROUP, endpoint(&self.base_url, path)).max_body_bytes(MAX_DAY_BYTES);
        let response = self.http.send(request).await?;
        self.limiter.observe(GROUP, response.status, &response.headers, response.retry_after());
        Ok(response.into_success()?.body)
    }
}

impl RawDay {
    /// The next kill, `None` after the last. Cancel-safe.
    ///
    /// # Errors
    /// When the connection breaks, the file ends early, or it is not a JSON object.
    pub async fn next(&mut self) -> Result<Option<DayEntry>, UpstreamError> {
        loop {
            if let Some((key, value)) = self.splitter.pop() {
                return Ok(Some(day_entry(&key, value)));
            }
            match self.stream.chunk().await? {
                Some(chunk) => self.splitter.push(chunk.as_ref())?,
                None if self.splitter.is_done() => return Ok(None),
                None => return Err(UpstreamError::Closed),
            }
        }
    }
}

pub(super) fn parse_day(body: &[u8]) -> Result<(Vec<(KillmailId, KillmailHash)>, usize), UpstreamError> {
    let (mut kills, mut skipped) = (Vec::new(), 0);
    for_each_entry(body, |id, hash| {
        let hash = hash.as_str().and_then(|hash| hash.parse::<KillmailHash>().ok());
        match (parse_id(id), hash) {
            (Some(id), Some(hash)) => kills.push((id, hash)),
            _ => skipped += 1,
        }
    })?;
    Ok((kills, skipped))
}

pub(super) fn day_entry(key: &[u8], value: Vec<u8>) -> DayEntry {
    let killmail_id = std::str::from_utf8(key).ok().and_then(parse_id);
    let body = match String::from_utf8(value) {
        Err(error) => FeedBody::malformed(error.as_bytes(), "not UTF-8"),
        Ok(text) if killmail_id.is_none() => FeedBody::malformed(text.as_bytes(), "the key is not an identifier"),
        Ok(text) if !text.starts_with('{') => FeedBody::malformed(text.as_bytes(), "not a JSON object"),
        Ok(text) => FeedBody::Killmail { hash: None, payload: text.into(), reported: None, names: Vec::new() },
    };
    DayEntry { killmail_id, body }
}

fn parse_id(text: &str) -> Option<KillmailId> {
    text.parse().ok().filter(|id| is_id(*id)).map(KillmailId)
}

/// Visits a JSON object's entries without building a map.
fn for_each_entry(body: &[u8], visit: impl FnMut(&str, Value)) -> Result<(), UpstreamError> {
    struct Entries<F>(F);
    impl<'de, F: FnMut(&str, Value)> Visitor<'de> for Entries<F> {
        type Value = ();
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
            while let Some((key, value)) = map.next_entry::<String, Value>()? {
                (self.0)(&key, value);
            }
            Ok(())
        }
    }
    let malformed = |error: serde_json::Error| UpstreamError::malformed(format!("history file: {error}"));
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    deserializer.deserialize_map(Entries(visit)).map_err(malformed)?;
    deserializer.end().map_err(malformed)
}

/// Cuts one large JSON object into its entries while its bytes arrive. Looks only at brackets, strings and commas;
/// whether a value is valid JSON is for its decoder to say.
pub(super) struct ObjectSplitter {
    state: State,
    key: Vec<u8>,
    value: Vec<u8>,
    depth: u32,
    escaped: bool,
    in_string: bool,
    entries: VecDeque<(Vec<u8>, Vec<u8>)>,
    max_entry_bytes: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    KeyOrEnd,
    Key,
    Colon,
    Value,
    End,
}

impl ObjectSplitter {
    pub fn new(max_entry_bytes: usize) -> Self {
        Self {
            state: State::Start,
            key: Vec::new(),
            value: Vec::new(),
            depth: 0,
            escaped: false,
            in_string: false,
            entries: VecDeque::new(),
            max_entry_bytes,
        }
    }

    pub fn pop(&mut self) -> Option<(Vec<u8>, Vec<u8>)> {
        self.entries.pop_front()
    }

    pub fn is_done(&self) -> bool {
        self.state == State::End
    }

    pub fn push(&mut self, bytes: &[u8]) -> Result<(), UpstreamError> {
        for byte in bytes {
            self.step(*byte)?;
        }
        if self.key.len() + self.value.len() > self.max_entry_bytes {
            return Err(UpstreamError::BodyTooLarge { limit_bytes: self.max_entry_bytes });
        }
        Ok(())
    }

    fn step(&mut self, byte: u8) -> Result<(), UpstreamError> {
        let is_space = byte.is_ascii_whitespace();
        match self.state {
            State::Start if is_space => {}
            State::Start if byte == b'{' => self.state = State::KeyOrEnd,
            State::KeyOrEnd if is_space || byte == b',' => {}
            State::KeyOrEnd if byte == b'"' => self.state = State::Key,
            State::KeyOrEnd if byte == b'}' => self.state = State::End,
            State::Key if byte == b'"' => self.state = State::Colon,
            State::Key => self.key.push(byte),
            State::Colon if is_space => {}
            State::Colon if byte == b':' => self.state = State::Value,
            State::Value if self.value.is_empty() && is_space => {}
            State::Value => self.value_byte(byte),
            State::End if is_space => {}
            State::Start | State::KeyOrEnd | State::Colon | State::End => {
                return Err(UpstreamError::malformed("the history file is not a JSON object"));
            }
        }
        Ok(())
    }

    fn value_byte(&mut self, byte: u8) {
        if self.in_string {
            self.value.push(byte);
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return;
        }
        match byte {
            b',' | b'}' if self.depth == 0 => {
                self.state = if byte == b',' { State::KeyOrEnd } else { State::End };
                let mut value = std::mem::take(&mut self.value);
                value.truncate(value.trim_ascii_end().len());
                self.entries.push_back((std::mem::take(&mut self.key), value));
                return;
            }
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth = self.depth.saturating_add(1),
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.value.push(byte);
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
