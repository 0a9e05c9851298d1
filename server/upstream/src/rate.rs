//! Keeps outgoing calls below what a host allows, before the host has to say no.
//!
//! One `RateLimiter` per host, shared by clones. A call first takes a [`Permit`]; three things can make it wait:
//! - **pace**: at most so many calls a second with a small burst (our own promise, e.g. 10/s for R2Z2);
//! - **buckets** per route group, learnt from ESI's `X-Ratelimit-*`: a call costs 2 tokens (5 when it fails), which
//!   come back one window after they were spent. We call only while a failure of every call in flight still fits;
//! - **error limit** of the host, learnt from `X-ESI-Error-Limit-*`, and bans (`420`, `429`, `503` with
//!   `Retry-After`): nothing is sent before they end.
//!
//! Races considered: permits in flight are counted as spent, so parallel calls cannot overdraw together; answers that
//! arrive out of order can only leave a bucket slightly wrong until the next answer; a future dropped while waiting
//! has taken nothing; a dropped permit gives its reservation back. Waiting is bounded by `max_wait`: whoever would
//! wait longer gets `RateLimited` at once with the time to come back. Spending by another process on the same address
//! shows only in the headers; when our own ledger cannot say when tokens return, one probe a minute is let through.

use crate::UpstreamError;
use reqwest::header::HeaderMap;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// ESI's price of a 2xx, a 3xx and a 4xx in bucket tokens; a 429 and a 5xx are free (ESI docs, "rate limiting").
const COST_SUCCESS: i64 = 2;
const COST_NOT_MODIFIED: i64 = 1;
const COST_FAILURE: i64 = 5;
/// Errors of the error window that stay unused: other processes may share the address.
const ERROR_RESERVE: i64 = 5;
/// ESI's error window is one minute.
const ERROR_WINDOW: Duration = Duration::from_secs(60);
/// Used when a host says "too many" without saying for how long.
const DEFAULT_BAN: Duration = Duration::from_secs(10);

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
    state: Arc<Mutex<State>>,
}

/// The right to make one call; give it back by dropping it after the answer was observed.
#[derive(Debug)]
#[must_use = "the call counts as in flight until the permit is dropped"]
pub struct Permit {
    group: &'static str,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// When the next call would be due if all calls were evenly spaced (GCRA).
    paced_until: Option<Instant>,
    banned_until: Option<Instant>,
    errors: Option<ErrorWindow>,
    in_flight: i64,
    groups: HashMap<&'static str, Group>,
}

#[derive(Debug)]
struct ErrorWindow {
    remaining: i64,
    ends_at: Instant,
}

#[derive(Debug, Default)]
struct Group {
    banned_until: Option<Instant>,
    in_flight: i64,
    bucket: Option<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    limit: i64,
    window: Duration,
    remaining: i64,
    observed_at: Instant,
    /// Our own spending, oldest first; each returns one window later.
    spent: VecDeque<(Instant, i64)>,
}

impl RateLimiter {
    pub fn new(options: RateOptions) -> Self {
        Self { options, state: Arc::default() }
    }

    /// Waits until a call to `group` may be made.
    ///
    /// # Errors
    /// `RateLimited` when that would take longer than `max_wait`.
    pub async fn acquire(&self, group: &'static str) -> Result<Permit, UpstreamError> {
        let deadline = Instant::now() + self.options.max_wait;
        loop {
            let wait = match self.try_acquire(group) {
                Ok(permit) => return Ok(permit),
                Err(wait) => wait,
            };
            if Instant::now() + wait > deadline {
                metrics::counter!("upstream_rate_refusals_total", "group" => group).increment(1);
                return Err(UpstreamError::RateLimited { retry_after: Some(wait) });
            }
            metrics::histogram!("upstream_rate_wait_seconds", "group" => group).record(wait.as_secs_f64());
            tokio::time::sleep(wait).await;
        }
    }

    /// Takes a permit now, or says how long to wait before asking again.
    ///
    /// # Errors
    /// The wait.
    pub fn try_acquire(&self, group: &'static str) -> Result<Permit, Duration> {
        let now = Instant::now();
        let mut state = self.lock();
        let wait = state.wait(group, now, self.options.pace);
        if !wait.is_zero() {
            return Err(wait);
        }
        if let Some(pace) = self.options.pace {
            state.paced_until = Some(state.paced_until.map_or(now, |at| at.max(now)) + interval(pace));
        }
        state.in_flight += 1;
        state.groups.entry(group).or_default().in_flight += 1;
        drop(state);
        Ok(Permit { group, state: Arc::clone(&self.state) })
    }

    /// Learns from an answer.
    pub fn observe(&self, group: &'static str, status: u16, headers: &HeaderMap, retry_after: Option<Duration>) {
        let now = Instant::now();
        let mut state = self.lock();
        if let (Some(remaining), Some(reset)) =
            (number(headers, "x-esi-error-limit-remain"), number(headers, "x-esi-error-limit-reset"))
        {
            let reset = Duration::from_secs(reset.clamp(0, 3600).unsigned_abs());
            state.errors = Some(ErrorWindow { remaining, ends_at: now + reset });
        }
        let limit = headers.get("x-ratelimit-limit").and_then(|value| parse_limit(value.to_str().ok()?));
        if let (Some((limit, window)), Some(remaining)) = (limit, number(headers, "x-ratelimit-remaining")) {
            let bucket = &mut state.groups.entry(group).or_default().bucket;
            let mut spent = bucket.take().map_or_else(VecDeque::new, |bucket| bucket.spent);
            if cost(status) > 0 {
                spent.push_back((now, cost(status)));
            }
            let mut fresh = Bucket { limit, window, remaining: 0, observed_at: now, spent };
            fresh.collect_returned(now);
            fresh.remaining = remaining.clamp(0, limit);
            *bucket = Some(fresh);
        }
        match status {
            420 => state.ban(now + retry_after.unwrap_or(ERROR_WINDOW)),
            429 => {
                let until = now + retry_after.unwrap_or(DEFAULT_BAN);
                let group = state.groups.entry(group).or_default();
                group.banned_until = group.banned_until.max(Some(until));
            }
            503 => {
                if let Some(retry_after) = retry_after {
                    state.ban(now + retry_after);
                }
            }
            _ => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.in_flight -= 1;
        if let Some(group) = state.groups.get_mut(self.group) {
            group.in_flight -= 1;
        }
    }
}

impl State {
    fn ban(&mut self, until: Instant) {
        self.banned_until = self.banned_until.max(Some(until));
    }

    fn wait(&mut self, group: &'static str, now: Instant, pace: Option<Pace>) -> Duration {
        let until = |at: Option<Instant>| at.map_or(Duration::ZERO, |at| at.saturating_duration_since(now));
        let mut wait = until(self.banned_until);
        if let Some(pace) = pace {
            let tolerance = interval(pace) * pace.burst.max(1).saturating_sub(1);
            wait = wait.max(until(self.paced_until).saturating_sub(tolerance));
        }
        if let Some(errors) = &self.errors
            && errors.ends_at > now
        {
            if errors.remaining <= ERROR_RESERVE {
                wait = wait.max(until(Some(errors.ends_at)));
            } else if errors.remaining - self.in_flight <= ERROR_RESERVE {
                // The calls in flight will tell.
                wait = wait.max(Duration::from_millis(100));
            }
        }
        let group = self.groups.entry(group).or_default();
        wait = wait.max(until(group.banned_until));
        let in_flight = group.in_flight;
        wait.max(group.bucket.as_mut().map_or(Duration::ZERO, |bucket| bucket.wait(in_flight, now)))
    }
}

impl Bucket {
    fn wait(&mut self, in_flight: i64, now: Instant) -> Duration {
        self.collect_returned(now);
        if self.remaining - in_flight * COST_FAILURE >= COST_FAILURE {
            return Duration::ZERO;
        }
        if self.remaining >= COST_FAILURE {
            return Duration::from_millis(100);
        }
        let returns_at = self.spent.front().map(|(at, _)| *at + self.window);
        let probe_at = self.observed_at + self.window.min(Duration::from_secs(60));
        match returns_at {
            Some(at) => at.saturating_duration_since(now).max(Duration::from_millis(1)),
            None if probe_at > now => probe_at - now,
            None if in_flight == 0 => Duration::ZERO,
            None => Duration::from_millis(100),
        }
    }

    fn collect_returned(&mut self, now: Instant) {
        while let Some((at, cost)) = self.spent.front().copied()
            && at + self.window <= now
        {
            self.spent.pop_front();
            self.remaining = (self.remaining + cost).min(self.limit);
        }
    }
}

fn interval(pace: Pace) -> Duration {
    Duration::from_secs(1) / pace.per_second.max(1)
}

fn cost(status: u16) -> i64 {
    match status {
        200..300 => COST_SUCCESS,
        300..400 => COST_NOT_MODIFIED,
        429 | 500.. => 0,
        _ => COST_FAILURE,
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<i64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// `3600/15m`: tokens and window.
fn parse_limit(text: &str) -> Option<(i64, Duration)> {
    let (tokens, window) = text.trim().split_once('/')?;
    let unit_at = window.find(|c: char| !c.is_ascii_digit())?;
    let (count, unit) = window.split_at(unit_at);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let window = Duration::from_secs(count.parse::<u64>().ok()?.checked_mul(seconds)?);
    let tokens = tokens.parse().ok().filter(|tokens| *tokens > 0)?;
    (!window.is_zero() && window <= Duration::from_secs(7 * 86_400)).then_some((tokens, window))
}

#[cfg(test)]
#[path = "rate_tests.rs"]
mod tests;
