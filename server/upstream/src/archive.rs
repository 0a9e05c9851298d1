//! EVE Ref's day archives: every killmail of a UTC day as `killmails-YYYY-MM-DD.tar.bz2` of `killmails/ID.json`.
//!
//! A day is about 3 MB, rewritten in place when late kills arrive (its ETag then changes). It is fetched whole, within
//! a bound, and unpacked member by member: memory holds the packed day and one killmail. A member that is no killmail
//! is an entry ([`FeedBody::Malformed`]); an archive that cannot be read to its end is an error.

use crate::{
    UpstreamError,
    feed::{DayEntry, FeedBody},
    http::{HttpClient, Request, endpoint},
    rate::{Pace, RateLimiter, RateOptions},
};
use chrono::NaiveDate;
use domain::{KillmailHash, KillmailId};
use reqwest::header::IF_NONE_MATCH;
use serde_json::value::RawValue;
use std::{
    collections::BTreeMap,
    io::{self, Read},
    ops::ControlFlow,
    path::Path,
    time::Duration,
};
use url::Url;

const GROUP: &str = "everef";
/// The largest days (of 2021) are below 20 MB.
const MAX_ARCHIVE_BYTES: usize = 128 * 1024 * 1024;
/// What an archive may unpack to; a day is about 60 MB.
const MAX_UNPACKED_BYTES: u64 = 4 << 30;
const MAX_MEMBER_BYTES: u64 = 16 * 1024 * 1024;
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// Reads the archives of one host, at a gentle pace.
#[derive(Clone, Debug)]
pub struct ArchiveClient {
    http: HttpClient,
    base_url: Url,
    limiter: RateLimiter,
}

/// A day as fetched.
#[derive(Debug)]
pub struct PackedDay {
    /// Identifies this edition of the day.
    pub etag: Option<String>,
    bytes: Vec<u8>,
}

impl ArchiveClient {
    pub fn new(http: HttpClient, base_url: Url) -> Self {
        let rate = RateOptions { pace: Some(Pace { per_second: 2, burst: 2 }), max_wait: Duration::from_secs(60) };
        Self { http, base_url, limiter: RateLimiter::new(rate) }
    }

    /// The archive of a UTC day; `None` when it is still the edition with the given ETag.
    ///
    /// # Errors
    /// `NotFound` for a day without an archive; else when the answer does not come whole.
    pub async fn day(&self, day: NaiveDate, known_etag: Option<&str>) -> Result<Option<PackedDay>, UpstreamError> {
        let path = format!("/killmails/{}/killmails-{}.tar.bz2", day.format("%Y"), day.format("%Y-%m-%d"));
        let mut request = Request::get(GROUP, endpoint(&self.base_url, &path))
            .max_body_bytes(MAX_ARCHIVE_BYTES)
            .total_timeout(TIMEOUT);
        if let Some(etag) = known_etag {
            request = request.header(IF_NONE_MATCH, etag)?;
        }
        let _permit = self.limiter.acquire(GROUP).await?;
        let response = self.http.send(request).await?;
        self.limiter.observe(GROUP, response.status, &response.headers, response.retry_after());
        if response.status == 304 {
            return Ok(None);
        }
        let response = response.into_success()?;
        Ok(Some(PackedDay { etag: response.header("etag").map(str::to_owned), bytes: response.body }))
    }

    /// How many kills each day has.
    ///
    /// # Errors
    /// When the answer does not come or is not such a table.
    pub async fn totals(&self) -> Result<BTreeMap<NaiveDate, u64>, UpstreamError> {
        let _permit = self.limiter.acquire(GROUP).await?;
        let request = Request::get(GROUP, endpoint(&self.base_url, "/killmails/totals.json"));
        let response = self.http.send(request).await?.into_success()?;
        let table: BTreeMap<String, u64> = serde_json::from_slice(&response.body)
            .map_err(|error| UpstreamError::malformed(format!("totals of archives: {error}")))?;
        let days = table.into_iter();
        Ok(days.filter_map(|(day, kills)| Some((NaiveDate::parse_from_str(&day, "%Y%m%d").ok()?, kills))).collect())
    }
}

impl PackedDay {
    /// Unpacks the day and hands over its killmails until `visit` breaks off. Takes seconds of computing: not for a
    /// thread that others wait for.
    ///
    /// # Errors
    /// When the archive is damaged or ends early; what came before was handed over already.
    pub fn unpack(&self, mut visit: impl FnMut(DayEntry) -> ControlFlow<()>) -> Result<(), UpstreamError> {
        let unpacked = bzip2::read::MultiBzDecoder::new(self.bytes.as_slice()).take(MAX_UNPACKED_BYTES);
        let mut archive = tar::Archive::new(unpacked);
        for member in archive.entries().map_err(|error| damaged(&error))? {
            let mut member = member.map_err(|error| damaged(&error))?;
            if !member.header().entry_type().is_file() {
                continue;
            }
            let path = member.path().map_err(|error| damaged(&error))?.into_owned();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let entry = if member.size() > MAX_MEMBER_BYTES {
                let body = FeedBody::malformed(b"", format!("larger than {MAX_MEMBER_BYTES} bytes"));
                DayEntry { killmail_id: id_of(&path), body }
            } else {
                let mut bytes = Vec::with_capacity(usize::try_from(member.size()).unwrap_or_default());
                member.read_to_end(&mut bytes).map_err(|error| damaged(&error))?;
                DayEntry { killmail_id: id_of(&path), body: body_of(&bytes) }
            };
            if visit(entry).is_break() {
                return Ok(());
            }
        }
        // The checksum of the last piece is behind the archive's end.
        let mut rest = archive.into_inner();
        io::copy(&mut rest, &mut io::sink()).map_err(|error| damaged(&error))?;
        if rest.limit() == 0 {
            return Err(UpstreamError::malformed("the archive unpacks to more than any day holds"));
        }
        Ok(())
    }
}

fn damaged(error: &io::Error) -> UpstreamError {
    UpstreamError::malformed(format!("the archive is damaged: {error}"))
}

/// The number in `killmails/123.json`.
fn id_of(path: &Path) -> Option<KillmailId> {
    let id: i64 = path.file_stem()?.to_str()?.parse().ok()?;
    crate::feed::is_id(id).then_some(KillmailId(id))
}

/// The ESI body without the keys that EVE Ref adds to it.
pub(crate) fn body_of(bytes: &[u8]) -> FeedBody {
    let Ok(text) = std::str::from_utf8(bytes) else { return FeedBody::malformed(bytes, "not UTF-8") };
    let mut keys: BTreeMap<&str, &RawValue> = match serde_json::from_str(text) {
        Ok(keys) => keys,
        Err(error) => return FeedBody::malformed(bytes, format!("not a killmail: {error}")),
    };
    let hash = keys.remove("killmail_hash").and_then(|hash| serde_json::from_str::<KillmailHash>(hash.get()).ok());
    let had_date = keys.remove("http_last_modified").is_some();
    let payload = if hash.is_some() || had_date {
        match serde_json::to_string(&keys) {
            Ok(body) => body.into_boxed_str(),
            Err(error) => return FeedBody::malformed(bytes, format!("cannot be written again: {error}")),
        }
    } else {
        text.into()
    };
    FeedBody::Killmail { hash, payload, reported: None, names: Vec::new() }
}

#[cfg(test)]
#[path = "archive_tests.rs"]
mod tests;
