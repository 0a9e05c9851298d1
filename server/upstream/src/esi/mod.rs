//! ESI, the game's own API: killmail bodies, names, tickers, market prices, server status.
//!
//! Owns how ESI is called: one pinned compatibility date, both limiters honoured before every call, bounded
//! concurrency, few retries. Does not keep names or bodies (the store does); only the price list is kept here,
//! because ESI asks not to be asked again before it expires.
//!
//! A call: wait for the limiter, take one of the slots, send, tell the limiter what the answer said. Timeouts, broken
//! connections and 5xx are tried again up to three times with back-off while the retry budget lasts; 420, 429 and 503
//! wait as long as ESI says, and fail with `RateLimited` at once when that is longer than `max_wait`. Other statuses
//! are final.

mod entities;
mod killmails;
mod names;
mod prices;
pub mod types;

use crate::{
    UpstreamError,
    http::{HttpClient, HttpResponse, Request, endpoint},
    rate::{Permit, RateLimiter, RateOptions},
    retry::{Backoff, BackoffPolicy, RetryBudget},
};
use reqwest::header::{HeaderName, IF_NONE_MATCH};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use url::Url;

pub use types::{AllianceInfo, CharacterInfo, CorporationInfo, MarketPrice, MarketPrices, ResolvedNames, ServerStatus};

/// The newest date of the specification this client was written against.
pub const COMPATIBILITY_DATE: &str = "2026-08-18";
const COMPATIBILITY_HEADER: HeaderName = HeaderName::from_static("x-compatibility-date");

#[derive(Clone, Debug)]
pub struct EsiOptions {
    /// `https://esi.evetech.net`
    pub base_url: Url,
    pub compatibility_date: String,
    /// Calls at the same time.
    pub concurrency: usize,
    pub retries: u32,
    pub backoff: BackoffPolicy,
    /// Longest wait for a limiter before a call is refused.
    pub max_wait: Duration,
}

impl EsiOptions {
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            compatibility_date: COMPATIBILITY_DATE.to_owned(),
            concurrency: 20,
            retries: 3,
            backoff: BackoffPolicy { first: Duration::from_millis(500), max: Duration::from_secs(20) },
            max_wait: Duration::from_secs(60),
        }
    }
}

/// A call to ESI that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EsiError {
    /// ESI says that id and hash do not belong together (422). Permanent, though ESI was once seen to say so under
    /// load: a second try a day later is worth it, a quick one is not.
    #[error("the killmail id and hash do not belong together")]
    WrongPair,
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
}

impl EsiError {
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Upstream(error) if error.is_retryable())
    }

    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::WrongPair => None,
            Self::Upstream(error) => error.retry_after(),
        }
    }
}

/// Cheap to clone; clones share limits and the price list.
#[derive(Clone)]
pub struct EsiClient {
    inner: Arc<Inner>,
}

struct Inner {
    http: HttpClient,
    options: EsiOptions,
    limiter: RateLimiter,
    slots: Semaphore,
    retries: RetryBudget,
    prices: Mutex<Option<prices::CachedPrices>>,
}

/// One thing to ask.
struct Call<'a> {
    /// Rate group of the route, `default` for those without a bucket.
    group: &'static str,
    path: &'a str,
    /// A list to post instead of a plain GET.
    ids: Option<&'a [i64]>,
    etag: Option<&'a str>,
}

impl<'a> Call<'a> {
    fn get(group: &'static str, path: &'a str) -> Self {
        Self { group, path, ids: None, etag: None }
    }
}

impl EsiClient {
    pub fn new(http: HttpClient, options: EsiOptions) -> Self {
        let inner = Inner {
            limiter: RateLimiter::new(RateOptions { pace: None, max_wait: options.max_wait }),
            slots: Semaphore::new(options.concurrency.max(1)),
            // In an outage at most this many retries are under way before successes must earn more.
            retries: RetryBudget::new(100),
            prices: Mutex::new(None),
            http,
            options,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Players online and the server's version.
    ///
    /// # Errors
    /// When ESI does not answer; during the daily downtime it usually does not.
    pub async fn status(&self) -> Result<ServerStatus, EsiError> {
        let response = self.call(Call::get("status", "/status")).await?.into_success()?;
        Ok(decode::<types::wire::Status>(&response)?.into())
    }

    /// Asks until there is a final answer (2xx, 3xx, or a 4xx that waiting does not change).
    async fn call(&self, call: Call<'_>) -> Result<HttpResponse, UpstreamError> {
        let inner = &*self.inner;
        let mut backoff = Backoff::random(inner.options.backoff);
        loop {
            let error = match self.attempt(&call).await {
                Ok(response) if matches!(response.status, 420 | 429 | 500..) => {
                    UpstreamError::from_status(response.status, response.retry_after())
                }
                Ok(response) => {
                    inner.retries.record_success();
                    return Ok(response);
                }
                Err(error) => error,
            };
            let asked_wait = error.retry_after().unwrap_or_default();
            let worth_it = error.is_retryable()
                && asked_wait <= inner.options.max_wait
                && backoff.failures() < inner.options.retries
                && inner.retries.try_take();
            if !worth_it {
                return Err(error);
            }
            tokio::time::sleep(backoff.next_delay_after(error.retry_after())).await;
        }
    }

    async fn attempt(&self, call: &Call<'_>) -> Result<HttpResponse, UpstreamError> {
        let inner = &*self.inner;
        let url = endpoint(&inner.options.base_url, call.path);
        let mut request = match call.ids {
            Some(ids) => Request::post_json("esi", url, &ids)?,
            None => Request::get("esi", url),
        };
        request = request.header(COMPATIBILITY_HEADER, &inner.options.compatibility_date)?;
        if let Some(etag) = call.etag {
            request = request.header(IF_NONE_MATCH, etag)?;
        }
        let (_permit, _slot) = self.admit(call.group).await?;
        let response = inner.http.send(request).await?;
        inner.limiter.observe(call.group, response.status, &response.headers, response.retry_after());
        Ok(response)
    }

    /// Waits for the limiter without holding a slot, so that one exhausted group does not block the others.
    async fn admit(&self, group: &'static str) -> Result<(Permit, SemaphorePermit<'_>), UpstreamError> {
        loop {
            drop(self.inner.limiter.acquire(group).await?);
            let slot = self.inner.slots.acquire().await.map_err(|_| UpstreamError::Closed)?;
            if let Ok(permit) = self.inner.limiter.try_acquire(group) {
                return Ok((permit, slot));
            }
        }
    }
}

fn decode<T: DeserializeOwned>(response: &HttpResponse) -> Result<T, UpstreamError> {
    serde_json::from_slice(&response.body).map_err(|error| UpstreamError::malformed(format!("esi: {error}")))
}

#[cfg(test)]
#[path = "esi_tests.rs"]
mod tests;
