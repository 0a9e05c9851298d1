//! Answers of GET routes: used until they expire, then revalidated by their tag, and served stale when ESI is away.
//!
//! Bounded by number and size; the least used go first. Absence (404) is remembered as well, since each one costs an
//! error of the window. Equal questions at the same time become one call.
//!
//! Whoever asks for what has expired waits for ESI: tasks do. Requests of visitors never come here; the server answers
//! them with what it has and leaves the question to a task.

use super::caller::{Caller, EsiError, Route, decode_bytes};
use crate::{
    UpstreamError,
    flight::Flights,
    http::{HttpResponse, lifetime},
};
use cached::{CacheMetrics, ShardedLruTtlCache};
use chrono::TimeDelta;
use domain::Timestamp;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::{sync::Arc, time::Duration};

const MAX_ENTRIES: usize = 10_000;
/// Entities are about 1 kB; a larger answer is not kept, so that all together stay below 160 MB.
const MAX_ENTRY_BYTES: usize = 16 * 1024;
/// An answer that nobody confirmed for so long is no longer served, not even as stale.
const KEPT_FOR: Duration = Duration::from_secs(7 * 86_400);
const LONGEST_LIFETIME: Duration = Duration::from_secs(86_400);
/// What ESI does not know is asked again after this, unless it says otherwise.
const MISSING_LIFETIME: Duration = Duration::from_secs(3_600);

/// Whether an answer is as ESI would give it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    Fresh,
    /// Expired, and ESI does not answer.
    Stale,
}

/// A value and how far to trust it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer<T> {
    pub value: T,
    pub freshness: Freshness,
    /// Asking earlier gets the same answer.
    pub expires_at: Timestamp,
}

impl<T> Answer<T> {
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Answer<U> {
        Answer { value: change(self.value), freshness: self.freshness, expires_at: self.expires_at }
    }
}

#[derive(Debug)]
struct Entry {
    /// `None`: there is no such thing.
    body: Option<Arc<[u8]>>,
    etag: Option<String>,
    expires_at: Timestamp,
}

type Outcome = Result<(Arc<Entry>, Freshness), UpstreamError>;

/// Clones share the entries.
#[derive(Clone)]
pub(super) struct ResponseCache {
    caller: Caller,
    entries: Arc<ShardedLruTtlCache<String, Arc<Entry>>>,
    flights: Arc<Flights<String, Outcome>>,
}

impl ResponseCache {
    pub fn new(caller: Caller) -> Self {
        let entries = ShardedLruTtlCache::builder().max_size(MAX_ENTRIES).ttl(KEPT_FOR).build();
        let entries = Arc::new(entries.expect("size and time are above zero"));
        Self { caller, entries, flights: Arc::new(Flights::new()) }
    }

    /// The decoded answer of a route.
    ///
    /// # Errors
    /// `NotFound`, `Malformed`, or why ESI does not answer when nothing is at hand.
    pub async fn get<T: DeserializeOwned>(&self, route: Route, path: &str) -> Result<Answer<T>, EsiError> {
        let (entry, freshness) = self.entry(route, path).await?;
        let body = entry.body.as_deref().ok_or(UpstreamError::NotFound)?;
        match decode_bytes(body) {
            Ok(value) => Ok(Answer { value, freshness, expires_at: entry.expires_at }),
            Err(error) => {
                self.entries.remove(path);
                Err(error.into())
            }
        }
    }

    async fn entry(&self, route: Route, path: &str) -> Outcome {
        let known = self.entries.get(path);
        if let Some(entry) = known.filter(|entry| entry.expires_at > self.now()) {
            count("hit");
            return Ok((entry, Freshness::Fresh));
        }
        let (this, owned_path) = (self.clone(), path.to_owned());
        let ask = move || async move { this.ask(route, &owned_path).await };
        let (outcome, is_joined) = self.flights.run(path.to_owned(), ask).await;
        if is_joined {
            count("coalesced");
        }
        outcome
    }

    /// Asks ESI, with the tag of the expired answer if there is one.
    async fn ask(&self, route: Route, path: &str) -> Outcome {
        // A flight that just landed may have brought it.
        let known = self.entries.get(path);
        if let Some(entry) = known.as_ref().filter(|entry| entry.expires_at > self.now()) {
            count("hit");
            return Ok((Arc::clone(entry), Freshness::Fresh));
        }
        let known = known.filter(|entry| entry.body.is_some());
        let etag = known.as_ref().and_then(|entry| entry.etag.as_deref());
        let response = self.caller.get(route, path, etag).await;
        let outcome = response.and_then(|response| self.keep(route, path, response, known.as_deref()));
        match (outcome, known) {
            (Ok(entry), _) => Ok((entry, Freshness::Fresh)),
            (Err(error), Some(entry)) if error.is_retryable() || matches!(error, UpstreamError::Malformed { .. }) => {
                count("stale");
                tracing::debug!(kind = error.kind(), route = route.name, "an expired answer stands in for esi");
                Ok((entry, Freshness::Stale))
            }
            (Err(error), _) => Err(error),
        }
    }

    fn keep(
        &self,
        route: Route,
        path: &str,
        response: HttpResponse,
        known: Option<&Entry>,
    ) -> Result<Arc<Entry>, UpstreamError> {
        let old_etag = || known.filter(|_| response.status == 304)?.etag.clone();
        let etag = response.header("etag").map(str::to_owned).or_else(old_etag);
        let default = if response.status == 404 { MISSING_LIFETIME } else { route.lifetime };
        let lifetime = lifetime(&response, self.now()).unwrap_or(default).min(LONGEST_LIFETIME);
        let expires_at = self.now() + TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::zero());
        let body = match (response.status, known) {
            (304, Some(known)) => {
                count("revalidated");
                known.body.clone()
            }
            (304, None) => return Err(UpstreamError::malformed("not modified, but nothing was cached")),
            (404, _) => None,
            _ => {
                count("miss");
                let body = response.into_success()?.body;
                // A proxy's page must not take the place of what was known.
                decode_bytes::<IgnoredAny>(&body)?;
                Some(Arc::from(body))
            }
        };
        let is_small = body.as_ref().is_none_or(|body| body.len() <= MAX_ENTRY_BYTES);
        let entry = Arc::new(Entry { body, etag, expires_at });
        if is_small {
            self.entries.set(path.to_owned(), Arc::clone(&entry));
        } else {
            count("too_large");
        }
        Ok(entry)
    }

    pub fn metrics(&self) -> CacheMetrics {
        self.entries.metrics()
    }

    fn now(&self) -> Timestamp {
        self.caller.discipline.http().now()
    }
}

fn count(outcome: &'static str) {
    metrics::counter!(crate::meters::CACHE_REQUESTS_TOTAL, "cache" => "esi", "outcome" => outcome).increment(1);
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
