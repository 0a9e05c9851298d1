//! How every upstream is called: paced, within its limits, with few retries, and not at all while it is down.
//!
//! One `Discipline` per host, shared by clones. A call goes through: breaker (fails fast while open), limiter and
//! shared budget (wait, or `RateLimited` at once when the wait is longer than `max_wait`), one of the slots, the
//! exchange, and then everybody learns from the answer. Timeouts, broken connections and 5xx are tried again with
//! back-off while the retry budget lasts; 420, 429 and 503 wait as long as the host says. Other statuses are final
//! and handed to the caller.
//!
//! Cancelling a call at any point is safe: what was reserved is given back, what was sent stays charged.

use crate::{
    HttpClient, UpstreamError,
    breaker::{Breaker, BreakerOptions, BreakerState},
    http::{HttpResponse, Request},
    rate::{
        Observation, Owner, Pace, Permit, RateKey, RateLimiter, RateOptions,
        shared::{Alone, Reservation, SharedBudget, Verdict},
    },
    retry::{Backoff, BackoffPolicy, RetryBudget},
};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

/// In an outage at most this many retries are under way before successes must earn more.
const RETRIES_IN_A_ROW: u32 = 100;

#[derive(Clone, Debug)]
pub struct DisciplineOptions {
    /// Label of metrics and of the status page.
    pub host: &'static str,
    pub pace: Option<Pace>,
    /// Calls at the same time.
    pub concurrency: usize,
    pub retries: u32,
    pub backoff: BackoffPolicy,
    /// Longest wait for a limiter before a call is refused.
    pub max_wait: Duration,
    pub breaker: BreakerOptions,
    /// The host tells its limits in headers: until it has, one call of a group at a time.
    pub tells_limits: bool,
}

impl DisciplineOptions {
    pub fn new(host: &'static str) -> Self {
        Self {
            host,
            pace: None,
            concurrency: 20,
            retries: 3,
            backoff: BackoffPolicy { first: Duration::from_millis(500), max: Duration::from_secs(20) },
            max_wait: Duration::from_secs(60),
            breaker: BreakerOptions::default(),
            tells_limits: false,
        }
    }

    /// For small services run by volunteers. Neither Janice nor MutaMarket publishes a limit; their clients keep to
    /// one call a second.
    pub fn polite(host: &'static str) -> Self {
        Self {
            pace: Some(Pace { per_second: 1, burst: 1 }),
            concurrency: 2,
            retries: 2,
            backoff: BackoffPolicy { first: Duration::from_secs(2), max: Duration::from_secs(20) },
            max_wait: Duration::from_secs(30),
            ..Self::new(host)
        }
    }
}

/// How an upstream is doing, for the status page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpstreamHealth {
    pub host: &'static str,
    pub breaker: BreakerState,
    /// Failures left in the error window, when the host has one.
    pub errors_left: Option<i64>,
    /// Nothing is sent for so long because the host said so.
    pub banned_for: Duration,
}

/// Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Discipline {
    inner: Arc<Inner>,
}

struct Inner {
    http: HttpClient,
    options: DisciplineOptions,
    limiter: RateLimiter,
    shared: Arc<dyn SharedBudget>,
    breaker: Breaker,
    slots: Semaphore,
    retries: RetryBudget,
}

/// Leave to make one call.
struct Admission<'a> {
    permit: Permit,
    _slot: SemaphorePermit<'a>,
    reservation: Reservation,
}

impl Discipline {
    pub fn new(http: HttpClient, options: DisciplineOptions) -> Self {
        Self::sharing(http, options, Arc::new(Alone))
    }

    /// With a budget shared with other nodes.
    pub fn sharing(http: HttpClient, options: DisciplineOptions, shared: Arc<dyn SharedBudget>) -> Self {
        let limiter = RateLimiter::new(RateOptions { pace: options.pace, max_wait: options.max_wait });
        let inner = Inner {
            limiter: if options.tells_limits { limiter.discovering() } else { limiter },
            breaker: Breaker::new(options.host, options.breaker),
            slots: Semaphore::new(options.concurrency.max(1)),
            retries: RetryBudget::new(RETRIES_IN_A_ROW),
            shared,
            http,
            options,
        };
        Self { inner: Arc::new(inner) }
    }

    pub fn http(&self) -> &HttpClient {
        &self.inner.http
    }

    pub fn limiter(&self) -> &RateLimiter {
        &self.inner.limiter
    }

    pub fn health(&self) -> UpstreamHealth {
        let budget = self.inner.limiter.budget();
        UpstreamHealth {
            host: self.inner.options.host,
            breaker: self.inner.breaker.state(),
            errors_left: budget.errors,
            banned_for: budget.banned_for,
        }
    }

    /// Asks until there is a final answer (2xx, 3xx, or a 4xx that waiting does not change).
    ///
    /// # Errors
    /// When there is none: the last failure, `RateLimited` or `CircuitOpen`.
    pub async fn send(&self, key: impl Into<RateKey>, request: Request) -> Result<HttpResponse, UpstreamError> {
        let (inner, key) = (&*self.inner, key.into());
        let mut backoff = Backoff::random(inner.options.backoff);
        loop {
            // Not admitted: waiting for that is done already.
            let admission = self.admit(&key).await?;
            let error = match self.exchange(&key, request.clone(), admission).await {
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
                && !matches!(error, UpstreamError::CircuitOpen { .. })
                && asked_wait <= inner.options.max_wait
                && backoff.failures() < inner.options.retries
                && inner.retries.try_take();
            if !worth_it {
                return Err(error);
            }
            metrics::counter!(crate::meters::UPSTREAM_RETRIES_TOTAL, "host" => inner.options.host).increment(1);
            tokio::time::sleep(backoff.next_delay_after(error.retry_after())).await;
        }
    }

    /// Waits for the limiter without holding a slot, so that one exhausted group does not block the others.
    async fn admit(&self, key: &RateKey) -> Result<Admission<'_>, UpstreamError> {
        let inner = &*self.inner;
        let deadline = Instant::now() + inner.options.max_wait;
        loop {
            inner.breaker.check().map_err(|wait| self.fail_fast(wait))?;
            let wait = inner.limiter.wait(key);
            if !wait.is_zero() {
                inner.limiter.pause(key, wait, deadline).await?;
                continue;
            }
            let slot = inner.slots.acquire().await.map_err(|_| UpstreamError::Closed)?;
            let Ok(permit) = inner.limiter.try_acquire(key.clone()) else { continue };
            match inner.shared.reserve(key, permit.counts_errors()).await {
                Verdict::Granted(reservation) => return Ok(Admission { permit, _slot: slot, reservation }),
                Verdict::Wait(wait) => {
                    drop((permit, slot));
                    inner.limiter.pause(key, wait, deadline).await?;
                }
            }
        }
    }

    fn fail_fast(&self, retry_after: Duration) -> UpstreamError {
        metrics::counter!(crate::meters::UPSTREAM_BREAKER_REFUSALS_TOTAL, "host" => self.inner.options.host)
            .increment(1);
        UpstreamError::CircuitOpen { retry_after }
    }

    async fn exchange(
        &self,
        key: &RateKey,
        request: Request,
        Admission { mut permit, reservation, _slot }: Admission<'_>,
    ) -> Result<HttpResponse, UpstreamError> {
        let inner = &*self.inner;
        let pass = inner.breaker.enter().map_err(|wait| self.fail_fast(wait))?;
        permit.sent();
        let outcome = inner.http.send(request).await;
        match &outcome {
            Ok(response) if response.status >= 500 => pass.failed(),
            Err(error) if error.is_outage() => pass.failed(),
            Ok(_) | Err(_) => pass.succeeded(),
        }
        let seen = match &outcome {
            Ok(response) => {
                let retry_after = response.retry_after();
                Some(inner.limiter.observe(key.clone(), response.status, &response.headers, retry_after))
            }
            // Nothing reached the host.
            Err(UpstreamError::Connect { .. } | UpstreamError::InvalidRequest { .. }) => Some(Observation::default()),
            Err(_) => None,
        };
        if seen.is_some() {
            permit.answered();
        }
        inner.shared.settle(key, reservation, seen.as_ref()).await;
        self.show(key);
        outcome
    }

    fn show(&self, key: &RateKey) {
        let (host, limiter) = (self.inner.options.host, &self.inner.limiter);
        if let Some(errors) = limiter.budget().errors {
            metrics::gauge!(crate::meters::UPSTREAM_ERROR_BUDGET_REMAINING, "host" => host).set(errors as f64);
        }
        // Characters are too many for a label.
        if key.owner == Owner::Address
            && let Some(tokens) = limiter.tokens_left(key)
        {
            metrics::gauge!(crate::meters::UPSTREAM_BUCKET_REMAINING, "host" => host, "group" => key.group)
                .set(tokens as f64);
        }
    }
}
