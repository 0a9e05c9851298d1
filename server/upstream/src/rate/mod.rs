//! Keeps outgoing calls below what a host allows, before the host has to say no.
//!
//! One `RateLimiter` per host, shared by clones. A call first takes a [`Permit`]; three things can make it wait:
//! - **pace**: at most so many calls a second with a small burst (our own promise, e.g. 10/s for R2Z2);
//! - **buckets** per [`RateKey`], learnt from ESI's `X-Ratelimit-*`: a call costs 2 tokens (5 when it fails), which
//!   come back one window after they were spent. We call only while a failure of every call in flight still fits;
//! - **error limit** of the host, learnt from `X-ESI-Error-Limit-*`, and bans (`420`, `429`, `503` with
//!   `Retry-After`): nothing is sent before they end.
//!
//! Races considered: permits in flight are counted as spent at the highest price, so parallel calls cannot overdraw
//! together, and answers may arrive in any order; a future dropped while waiting has taken nothing; a permit dropped
//! before its call was sent gives its reservation back, one dropped after it without an answer is charged in full.
//! A *discovering* limiter lets one call of a group through until the first answer tells the group's limit. Waiting
//! is bounded by `max_wait`: whoever would wait longer gets `RateLimited` at once with the time to come back.
//! Spending by another process on the same address shows in the headers, and in [`shared`] when nodes share a Redis.

mod bucket;
mod errors;
mod key;
mod observation;
mod redis;
pub mod shared;

use crate::UpstreamError;
use bucket::{Bucket, COST_FAILURE, LOOK_AGAIN};
use errors::ErrorWindow;
use reqwest::header::HeaderMap;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

pub use self::redis::RedisBudget;
pub use bucket::Limit;
pub use key::{Owner, RateKey};
pub use observation::Observation;

/// Allowances remembered; beyond it those that are full again are forgotten.
const MAX_KEYS: usize = 10_000;

/// At most `per_second` calls a second; after a pause up to `burst` at once.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub per_second: u32,
    pub burst: u32,
}

#[derive(Clone, Copy, Debug)]
pub struct RateOptions {
    pub pace: Option<Pace>,
    /// Calls that would have to wait longer fail with `RateLimited` instead.
    pub max_wait: Duration,
}

#[derive(Clone, Debug)]
pub struct RateLimiter {
    options: RateOptions,
    is_discovering: bool,
    state: Arc<Mutex<State>>,
}

/// The right to make one call; give it back by dropping it after the answer was observed.
#[derive(Debug)]
#[must_use = "the call counts as in flight until the permit is dropped"]
pub struct Permit {
    key: RateKey,
    /// Sent and not answered: what it cost is unknown.
    is_open: bool,
    /// Its failure would count in the host's error window: it has no bucket.
    counts_errors: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// When the next call would be due if all calls were evenly spaced (GCRA).
    paced_until: Option<Instant>,
    banned_until: Option<Instant>,
    errors: ErrorWindow,
    /// Of the calls whose failure would count in the error window.
    in_flight: i64,
    groups: HashMap<RateKey, Group>,
}

#[derive(Debug, Default)]
struct Group {
    banned_until: Option<Instant>,
    in_flight: i64,
    bucket: Option<Bucket>,
    /// An answer came: without a bucket there is none.
    is_known: bool,
}

/// What is left, for gauges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Failures left in the error window, when there is one.
    pub errors: Option<i64>,
    /// Tokens left by public group.
    pub tokens: Vec<(&'static str, i64)>,
    /// Until nothing is sent at all, as a time from now.
    pub banned_for: Duration,
}

impl RateLimiter {
    pub fn new(options: RateOptions) -> Self {
        Self { options, is_discovering: false, state: Arc::default() }
    }

    /// One call at a time for groups that nothing is known of.
    #[must_use]
    pub fn discovering(mut self) -> Self {
        self.is_discovering = true;
        self
    }

    pub fn max_wait(&self) -> Duration {
        self.options.max_wait
    }

    /// Waits until a call may be made.
    ///
    /// # Errors
    /// `RateLimited` when that would take longer than `max_wait`.
    pub async fn acquire(&self, key: impl Into<RateKey>) -> Result<Permit, UpstreamError> {
        self.acquire_until(&key.into(), Instant::now() + self.options.max_wait).await
    }

    /// # Errors
    /// `RateLimited` when the wait would end after `deadline`.
    pub async fn acquire_until(&self, key: &RateKey, deadline: Instant) -> Result<Permit, UpstreamError> {
        loop {
            match self.try_acquire(key.clone()) {
                Ok(permit) => return Ok(permit),
                Err(wait) => self.pause(key, wait, deadline).await?,
            }
        }
    }

    /// Sleeps, unless that would take too long.
    ///
    /// # Errors
    /// `RateLimited` when the wait would end after `deadline`.
    pub(crate) async fn pause(&self, key: &RateKey, wait: Duration, deadline: Instant) -> Result<(), UpstreamError> {
        if Instant::now() + wait > deadline {
            metrics::counter!(crate::meters::UPSTREAM_RATE_REFUSALS_TOTAL, "group" => key.group).increment(1);
            return Err(UpstreamError::RateLimited { retry_after: Some(wait) });
        }
        metrics::histogram!(crate::meters::UPSTREAM_RATE_WAIT_SECONDS, "group" => key.group).record(wait.as_secs_f64());
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// How long a call would have to wait now; takes nothing.
    pub fn wait(&self, key: &RateKey) -> Duration {
        self.lock().wait(key, Instant::now(), self.options.pace, self.is_discovering)
    }

    /// Takes a permit now, or says how long to wait before asking again.
    ///
    /// # Errors
    /// The wait.
    pub fn try_acquire(&self, key: impl Into<RateKey>) -> Result<Permit, Duration> {
        let (key, now) = (key.into(), Instant::now());
        let mut state = self.lock();
        let wait = state.wait(&key, now, self.options.pace, self.is_discovering);
        if !wait.is_zero() {
            return Err(wait);
        }
        if let Some(pace) = self.options.pace {
            state.paced_until = Some(state.paced_until.map_or(now, |at| at.max(now)) + interval(pace));
        }
        let group = state.group(&key, now);
        group.in_flight += 1;
        let counts_errors = group.bucket.is_none();
        state.in_flight += i64::from(counts_errors);
        drop(state);
        Ok(Permit { key, is_open: false, counts_errors, state: Arc::clone(&self.state) })
    }

    /// Learns from an answer whose permit is still held.
    pub fn observe(
        &self,
        key: impl Into<RateKey>,
        status: u16,
        headers: &HeaderMap,
        retry_after: Option<Duration>,
    ) -> Observation {
        let observation = Observation::of(status, headers, retry_after);
        self.apply(&key.into(), &observation);
        observation
    }

    fn apply(&self, key: &RateKey, seen: &Observation) {
        let now = Instant::now();
        let mut state = self.lock();
        if let Some((remaining, reset)) = seen.errors {
            state.errors.observe(remaining, reset, now);
        }
        if let Some(ban) = seen.host_ban {
            state.banned_until = state.banned_until.max(Some(now + ban));
        }
        let group = state.group(key, now);
        group.is_known = true;
        if let Some(ban) = seen.group_ban {
            group.banned_until = group.banned_until.max(Some(now + ban));
        }
        let others_in_flight = (group.in_flight - 1).max(0);
        match (seen.bucket, &mut group.bucket) {
            (Some((limit, remaining)), bucket) => bucket.get_or_insert_with(|| Bucket::new(limit, now)).observe(
                limit,
                remaining,
                seen.cost,
                others_in_flight,
                now,
            ),
            (None, Some(bucket)) => bucket.spend(seen.cost, now),
            (None, None) => {}
        }
    }

    /// Share of the error window that is left, in percent; `None` before ESI said anything about it.
    pub fn errors_left_percent(&self) -> Option<i64> {
        self.lock().errors.percent_left(Instant::now())
    }

    /// Tokens left in one bucket, if it is known to be one.
    pub fn tokens_left(&self, key: &RateKey) -> Option<i64> {
        Some(self.lock().groups.get(key)?.bucket.as_ref()?.remaining())
    }

    /// Share of one bucket that is left, in percent, if it is known to be one.
    pub fn percent_left(&self, key: &RateKey) -> Option<i64> {
        Some(self.lock().groups.get_mut(key)?.bucket.as_mut()?.percent_left(Instant::now()))
    }

    pub fn budget(&self) -> Budget {
        let now = Instant::now();
        let state = self.lock();
        let tokens = state.groups.iter().filter(|(key, _)| key.owner == Owner::Address);
        Budget {
            errors: state.errors.percent_left(now).map(|_| state.errors.remaining(now)),
            tokens: tokens.filter_map(|(key, group)| Some((key.group, group.bucket.as_ref()?.remaining()))).collect(),
            banned_for: until(state.banned_until, now),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    pub(crate) fn counts_errors(&self) -> bool {
        self.counts_errors
    }

    /// The call goes out now.
    pub fn sent(&mut self) {
        self.is_open = true;
    }

    /// The answer was observed.
    pub fn answered(&mut self) {
        self.is_open = false;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.counts_errors {
            state.in_flight -= 1;
            if self.is_open {
                state.errors.lost();
            }
        }
        if let Some(group) = state.groups.get_mut(&self.key) {
            group.in_flight -= 1;
            if let (true, Some(bucket)) = (self.is_open, &mut group.bucket) {
                bucket.spend(COST_FAILURE, Instant::now());
            }
        }
    }
}

impl State {
    fn group(&mut self, key: &RateKey, now: Instant) -> &mut Group {
        if self.groups.len() >= MAX_KEYS && !self.groups.contains_key(key) {
            self.groups.retain(|_, group| !group.is_idle(now));
        }
        self.groups.entry(key.clone()).or_default()
    }

    fn wait(&mut self, key: &RateKey, now: Instant, pace: Option<Pace>, is_discovering: bool) -> Duration {
        let mut wait = until(self.banned_until, now);
        if let Some(pace) = pace {
            let tolerance = interval(pace) * pace.burst.max(1).saturating_sub(1);
            wait = wait.max(until(self.paced_until, now).saturating_sub(tolerance));
        }
        let counts_errors = self.groups.get(key).is_none_or(|group| group.bucket.is_none());
        wait = wait.max(self.errors.wait(counts_errors, self.in_flight, now));
        let group = self.group(key, now);
        wait = wait.max(until(group.banned_until, now));
        if is_discovering && !group.is_known && group.in_flight > 0 {
            wait = wait.max(LOOK_AGAIN);
        }
        let in_flight = group.in_flight;
        wait.max(group.bucket.as_mut().map_or(Duration::ZERO, |bucket| bucket.wait(in_flight, now)))
    }
}

impl Group {
    fn is_idle(&mut self, now: Instant) -> bool {
        self.in_flight == 0
            && until(self.banned_until, now).is_zero()
            && self.bucket.as_mut().is_none_or(|bucket| bucket.is_idle(now))
    }
}

fn until(at: Option<Instant>, now: Instant) -> Duration {
    at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now))
}

fn interval(pace: Pace) -> Duration {
    Duration::from_secs(1) / pace.per_second.max(1)
}

#[cfg(test)]
#[path = "rate_tests.rs"]
mod tests;
