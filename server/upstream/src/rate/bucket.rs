//! One token bucket, as far as we can know it: what we spent ourselves, and what the headers show beyond that.

use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// ESI's price of a 2xx, a 3xx and a 4xx in bucket tokens; a 429 and a 5xx are free (ESI docs, "rate limiting").
const COST_SUCCESS: i64 = 2;
const COST_NOT_MODIFIED: i64 = 1;
/// The most a call can cost; what a call in flight is counted as.
pub const COST_FAILURE: i64 = 5;
/// How long to wait for calls in flight before looking again.
pub const LOOK_AGAIN: Duration = Duration::from_millis(50);
/// What others behind our address spent is looked at again after this.
const PROBE_AFTER: Duration = Duration::from_secs(60);

/// What an answer costs.
pub fn cost(status: u16) -> i64 {
    match status {
        200..300 => COST_SUCCESS,
        300..400 => COST_NOT_MODIFIED,
        429 | 500.. => 0,
        _ => COST_FAILURE,
    }
}

/// The limit of a bucket: tokens a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub tokens: i64,
    pub window: Duration,
}

#[derive(Debug)]
pub(super) struct Bucket {
    limit: Limit,
    /// Our own spending, oldest first; each returns one window later.
    spent: VecDeque<(Instant, i64)>,
    used: i64,
    /// Spent by others of the same address, as the last answer showed.
    foreign: i64,
    observed_at: Instant,
}

impl Bucket {
    pub fn new(limit: Limit, now: Instant) -> Self {
        Self { limit, spent: VecDeque::new(), used: 0, foreign: 0, observed_at: now }
    }

    /// Learns from an answer. `others_in_flight` may have been charged already, which is not the doing of others.
    pub fn observe(&mut self, limit: Limit, remaining: i64, cost: i64, others_in_flight: i64, now: Instant) {
        self.limit = limit;
        self.collect_returned(now);
        self.spend(cost, now);
        let seen = limit.tokens - remaining.clamp(0, limit.tokens);
        self.foreign = (seen - self.used - others_in_flight * COST_FAILURE).max(0);
        self.observed_at = now;
    }

    pub fn spend(&mut self, cost: i64, now: Instant) {
        if cost > 0 {
            self.spent.push_back((now, cost));
            self.used += cost;
        }
    }

    /// How long until a call fits, even when it and all in flight fail.
    pub fn wait(&mut self, in_flight: i64, now: Instant) -> Duration {
        self.collect_returned(now);
        let needed = COST_FAILURE.min(self.limit.tokens);
        let left = self.remaining();
        if left - in_flight * COST_FAILURE >= needed {
            return Duration::ZERO;
        }
        if left >= needed {
            return LOOK_AGAIN;
        }
        if self.foreign > 0 && self.limit.tokens - self.used >= needed {
            // Nobody tells when the tokens of others return: one call finds out.
            let probe_at = self.observed_at + self.limit.window.min(PROBE_AFTER);
            return match probe_at.saturating_duration_since(now) {
                Duration::ZERO if in_flight == 0 => Duration::ZERO,
                Duration::ZERO => LOOK_AGAIN,
                wait => wait,
            };
        }
        let returns_at = self.spent.front().map_or(now, |(at, _)| *at + self.limit.window);
        returns_at.saturating_duration_since(now).max(Duration::from_millis(1))
    }

    pub fn remaining(&self) -> i64 {
        (self.limit.tokens - self.used - self.foreign).max(0)
    }

    /// What is left, in percent of the limit.
    pub fn percent_left(&mut self, now: Instant) -> i64 {
        self.collect_returned(now);
        self.remaining() * 100 / self.limit.tokens.max(1)
    }

    /// Nothing in it that a new one would not know.
    pub fn is_idle(&mut self, now: Instant) -> bool {
        self.collect_returned(now);
        self.used == 0 && now.saturating_duration_since(self.observed_at) >= self.limit.window
    }

    fn collect_returned(&mut self, now: Instant) {
        while let Some((at, cost)) = self.spent.front().copied()
            && at + self.limit.window <= now
        {
            self.spent.pop_front();
            self.used -= cost;
        }
    }
}

/// `3600/15m`: tokens and window.
pub(super) fn parse_limit(text: &str) -> Option<Limit> {
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
    (!window.is_zero() && window <= Duration::from_secs(7 * 86_400)).then_some(Limit { tokens, window })
}
