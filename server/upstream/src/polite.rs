//! Calls to small services run by volunteers: a fixed pace of our own, `Retry-After` honoured, few retries.
//!
//! A call waits for the limiter, is sent, and tells the limiter what came back. Timeouts, broken connections, 429 and
//! 5xx are tried again with back-off while the retry budget lasts; a longer wait than `max_wait` is not waited for.

use crate::{
    UpstreamError,
    http::{HttpClient, HttpResponse, Request},
    rate::{Pace, RateLimiter, RateOptions},
    retry::{Backoff, BackoffPolicy, RetryBudget},
};
use std::time::Duration;

/// How a service is called.
#[derive(Clone, Copy, Debug)]
pub struct PoliteOptions {
    pub pace: Pace,
    pub retries: u32,
    pub backoff: BackoffPolicy,
    /// Longest wait for the limiter, or between tries, before a call fails.
    pub max_wait: Duration,
}

impl Default for PoliteOptions {
    fn default() -> Self {
        Self {
            // Neither Janice nor MutaMarket publishes a limit; their clients keep to one call a second.
            pace: Pace { per_second: 1, burst: 1 },
            retries: 2,
            backoff: BackoffPolicy { first: Duration::from_secs(2), max: Duration::from_secs(20) },
            max_wait: Duration::from_secs(30),
        }
    }
}

/// The pace and the retries of one host.
#[derive(Debug)]
pub(crate) struct PoliteCaller {
    group: &'static str,
    http: HttpClient,
    options: PoliteOptions,
    limiter: RateLimiter,
    retries: RetryBudget,
}

impl PoliteCaller {
    /// `group` labels metrics.
    pub fn new(group: &'static str, http: HttpClient, options: PoliteOptions) -> Self {
        Self {
            group,
            http,
            options,
            limiter: RateLimiter::new(RateOptions { pace: Some(options.pace), max_wait: options.max_wait }),
            retries: RetryBudget::new(10),
        }
    }

    /// Asks until there is a 2xx or an error that trying again would not change.
    pub async fn call(
        &self,
        make: impl Fn() -> Result<Request, UpstreamError> + Send + Sync,
    ) -> Result<HttpResponse, UpstreamError> {
        let mut backoff = Backoff::random(self.options.backoff);
        loop {
            let error = match self.attempt(make()?).await {
                Ok(response) => {
                    self.retries.record_success();
                    return Ok(response);
                }
                Err(error) => error,
            };
            let asked_wait = error.retry_after().unwrap_or_default();
            let worth_it = error.is_retryable()
                && asked_wait <= self.options.max_wait
                && backoff.failures() < self.options.retries
                && self.retries.try_take();
            if !worth_it {
                return Err(error);
            }
            tokio::time::sleep(backoff.next_delay_after(error.retry_after())).await;
        }
    }

    async fn attempt(&self, request: Request) -> Result<HttpResponse, UpstreamError> {
        let _permit = self.limiter.acquire(self.group).await?;
        let response = self.http.send(request).await?;
        self.limiter.observe(self.group, response.status, &response.headers, response.retry_after());
        response.into_success()
    }
}
