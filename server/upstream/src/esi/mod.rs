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
mod caller;
mod entities;
mod killmails;
mod names;
mod prices;
pub mod types;

use crate::{
    discipline::{Discipline, DisciplineOptions, UpstreamHealth},
    http::HttpClient,
    rate::shared::{Alone, SharedBudget},
    retry::BackoffPolicy,
};
use caller::{Caller, Route, decode_bytes};
use std::{sync::Arc, time::Duration};
use url::Url;

pub use cache::{Answer, Freshness};
pub use caller::EsiError;
pub use types::{
    Affiliation, Affiliations, AllianceInfo, CharacterInfo, CorporationInfo, MarketPrice, MarketPrices, ResolvedNames,
    ServerStatus,
};

/// The newest date of the specification this client was written against.
pub const COMPATIBILITY_DATE: &str = "2026-08-18";

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

/// Cheap to clone; clones share limits and caches.
#[derive(Clone)]
pub struct EsiClient {
    inner: Arc<Inner>,
}

struct Inner {
    caller: Caller,
    cache: cache::ResponseCache,
    bad_ids: batch::BadIds,
    prices: prices::PriceList,
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
            prices: prices::PriceList::new(caller.clone()),
            caller,
            bad_ids: batch::BadIds::new(),
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

    /// Average and adjusted prices of all types. Answers from memory until the list expires, and asks then whether it
    /// changed.
    ///
    /// # Errors
    /// When ESI does not answer, or with a list that prices nothing; an expired list is not returned in its place.
    pub async fn market_prices(&self) -> Result<MarketPrices, EsiError> {
        self.inner.prices.current().await
    }
}

#[cfg(test)]
#[path = "esi_tests.rs"]
mod tests;

#[cfg(test)]
mod faults_tests;
