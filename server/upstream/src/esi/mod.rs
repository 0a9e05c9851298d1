//! ESI, the game's own API: killmail bodies, names, affiliations, entities, market prices, server status.
//!
//! Owns how ESI is called: one pinned compatibility date, answers reused until they expire and then revalidated,
//! equal questions asked once, lists split and bad ids isolated. Pacing, limits, retries and the breaker are
//! [`crate::discipline`]'s. Does not keep names or killmails (the store does).
//!
//! What each failure of ESI does (`esi/faults_tests.rs` runs this table against the simulator):
//!
//! | ESI … | the client … |
//! |---|---|
//! | disconnects, or breaks off in the body | tries again up to 3 times; counts towards the breaker |
//! | is slow | waits up to the client's time limit, then as above |
//! | says 420 | sends nothing to any route until `Retry-After`, else the window's reset, else a minute |
//! | says 429 | does not call that group until `Retry-After`, else for 10 s; other groups go on |
//! | says 5xx | tries again up to 3 times; counts towards the breaker; 503 with `Retry-After` as 420 |
//! | asks to wait longer than `max_wait` | fails at once with `RateLimited` and the time to come back |
//! | answers something that is not the JSON expected | fails with `Malformed`, keeps nothing of it, does not repeat |
//! | fails ten times in a row, or half the time | calls fail fast with `CircuitOpen`; one probe every 5 to 60 s |
//! | fails and an old answer is at hand | gives the old answer, marked [`Freshness::Stale`] |
//! | refuses a list for one bad id (400, 404, 422) | halves the list until the id stands alone; not asked for a day |

mod affiliation;
mod batch;
mod cache;
mod entities;
mod killmails;
mod names;
mod prices;
pub mod types;

use crate::{
    UpstreamError,
    discipline::{Discipline, DisciplineOptions, UpstreamHealth},
    http::{HttpClient, HttpResponse, Request, endpoint},
    rate::{
        RateKey,
        shared::{Alone, SharedBudget},
    },
    retry::BackoffPolicy,
};
use reqwest::header::{HeaderName, IF_NONE_MATCH};
use serde::de::DeserializeOwned;
use std::{sync::Arc, time::Duration};
use tokio::sync::Mutex;
use url::Url;

pub use cache::{Answer, Freshness};
pub use types::{
    Affiliation, Affiliations, AllianceInfo, CharacterInfo, CorporationInfo, MarketPrice, MarketPrices, ResolvedNames,
    ServerStatus,
};

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

    /// Whether the next call would fare the same for now, whatever it asks for.
    pub fn is_general(&self) -> bool {
        matches!(self, Self::Upstream(UpstreamError::RateLimited { .. } | UpstreamError::CircuitOpen { .. }))
    }

    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::WrongPair => None,
            Self::Upstream(error) => error.retry_after(),
        }
    }
}

/// Cheap to clone; clones share limits and caches.
#[derive(Clone)]
pub struct EsiClient {
    inner: Arc<Inner>,
}

struct Inner {
    caller: Caller,
    cache: cache::ResponseCache,
    bad_ids: batch::BadIds,
    prices: Mutex<Option<prices::CachedPrices>>,
}

/// Makes single calls.
#[derive(Clone)]
struct Caller {
    discipline: Discipline,
    base_url: Url,
    compatibility_date: Arc<str>,
}

/// A route of ESI.
#[derive(Clone, Copy, Debug)]
struct Route {
    /// Label of metrics.
    name: &'static str,
    /// Rate group, `default` for the routes without a bucket.
    group: &'static str,
    /// How long an answer is good that does not say so itself (upstreams.md 4.3).
    lifetime: Duration,
}

impl Route {
    const fn new(name: &'static str, group: &'static str, lifetime_seconds: u64) -> Self {
        Self { name, group, lifetime: Duration::from_secs(lifetime_seconds) }
    }
}

const STATUS: Route = Route::new("status", "status", 30);

impl EsiClient {
    pub fn new(http: HttpClient, options: EsiOptions) -> Self {
        Self::sharing(http, options, Arc::new(Alone))
    }

    /// With a budget shared with the other nodes behind this address.
    pub fn sharing(http: HttpClient, options: EsiOptions, shared: Arc<dyn SharedBudget>) -> Self {
        let discipline = DisciplineOptions {
            concurrency: options.concurrency,
            retries: options.retries,
            backoff: options.backoff,
            max_wait: options.max_wait,
            tells_limits: true,
            ..DisciplineOptions::new("esi")
        };
        let caller = Caller {
            discipline: Discipline::sharing(http, discipline, shared),
            base_url: options.base_url,
            compatibility_date: options.compatibility_date.into(),
        };
        let inner = Inner {
            cache: cache::ResponseCache::new(caller.clone()),
            caller,
            bad_ids: batch::BadIds::new(),
            prices: Mutex::new(None),
        };
        Self { inner: Arc::new(inner) }
    }

    pub fn health(&self) -> UpstreamHealth {
        self.inner.caller.discipline.health()
    }

    /// Name and counts of each cache.
    pub fn cache_metrics(&self) -> [(&'static str, cached::CacheMetrics); 2] {
        [("esi", self.inner.cache.metrics()), ("esi_bad_ids", self.inner.bad_ids.metrics())]
    }

    /// Players online and the server's version.
    ///
    /// # Errors
    /// When ESI does not answer and never did; during the daily downtime it usually does not.
    pub async fn status(&self) -> Result<Answer<ServerStatus>, EsiError> {
        let answer = self.inner.cache.get::<types::wire::Status>(STATUS, "/status").await?;
        Ok(answer.map(ServerStatus::from))
    }
}

impl Caller {
    async fn get(&self, route: Route, path: &str, etag: Option<&str>) -> Result<HttpResponse, UpstreamError> {
        let mut request = Request::get("esi", endpoint(&self.base_url, path));
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag)?;
        }
        self.send(route, request).await
    }

    async fn post(&self, route: Route, path: &str, ids: &[i64]) -> Result<HttpResponse, UpstreamError> {
        self.send(route, Request::post_json("esi", endpoint(&self.base_url, path), &ids)?).await
    }

    async fn send(&self, route: Route, request: Request) -> Result<HttpResponse, UpstreamError> {
        let request = request.route(route.name).header(COMPATIBILITY_HEADER, &self.compatibility_date)?;
        self.discipline.send(RateKey::public(route.group), request).await
    }
}

fn decode<T: DeserializeOwned>(response: &HttpResponse) -> Result<T, UpstreamError> {
    decode_bytes(&response.body)
}

fn decode_bytes<T: DeserializeOwned>(body: &[u8]) -> Result<T, UpstreamError> {
    serde_json::from_slice(body).map_err(|error| UpstreamError::malformed(format!("esi: {error}")))
}

#[cfg(test)]
#[path = "esi_tests.rs"]
mod tests;

#[cfg(test)]
mod faults_tests;
