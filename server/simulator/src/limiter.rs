//! The limits real upstreams enforce: requests a second, ESI's token buckets and ESI's error window.
//!
//! Real time, not simulated time: clients wait by the wall clock. The moment is an argument.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Tokens return one window after they were spent (ESI docs, "rate limiting").
#[derive(Debug)]
pub struct TokenBucket {
    capacity: u32,
    window: Duration,
    spent: Mutex<VecDeque<(Instant, u32)>>,
}

/// What the rate-limit headers say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketState {
    pub remaining: u32,
    /// When the oldest spent token returns.
    pub retry_after: Duration,
}

impl TokenBucket {
    pub fn new(capacity: u32, window: Duration) -> Self {
        Self { capacity, window, spent: Mutex::default() }
    }

    pub fn state(&self, now: Instant) -> BucketState {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        while spent.front().is_some_and(|(at, _)| now.duration_since(*at) >= self.window) {
            spent.pop_front();
        }
        let used: u32 = spent.iter().map(|(_, cost)| cost).sum();
        let retry_after =
            spent.front().map_or(Duration::ZERO, |(at, _)| self.window.saturating_sub(now.duration_since(*at)));
        BucketState { remaining: self.capacity.saturating_sub(used), retry_after }
    }

    pub fn spend(&self, now: Instant, cost: u32) {
        if cost > 0 {
            self.spent.lock().unwrap_or_else(PoisonError::into_inner).push_back((now, cost));
        }
    }

    /// As in `X-Ratelimit-Limit`: `3600/15m`.
    pub fn describe(&self) -> String {
        match self.window.as_secs() {
            seconds if seconds >= 60 && seconds.is_multiple_of(60) => format!("{}/{}m", self.capacity, seconds / 60),
            seconds => format!("{}/{}s", self.capacity, seconds.max(1)),
        }
    }
}

/// A count that starts again with each fixed window.
#[derive(Debug)]
pub struct FixedWindow {
    capacity: u32,
    window: Duration,
    state: Mutex<(Instant, u32)>,
}

impl FixedWindow {
    pub fn new(capacity: u32, window: Duration) -> Self {
        Self { capacity, window, state: Mutex::new((Instant::now(), 0)) }
    }

    /// Counts one and tells how many remain and when the window ends; adding 0 only looks.
    pub fn count(&self, now: Instant, by: u32) -> BucketState {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(state.0) >= self.window {
            *state = (now, 0);
        }
        state.1 = state.1.saturating_add(by);
        BucketState {
            remaining: self.capacity.saturating_sub(state.1),
            retry_after: self.window.saturating_sub(now.duration_since(state.0)),
        }
    }

    /// Counts one unless the window is used up; tells whether it was counted.
    pub fn admit(&self, now: Instant) -> bool {
        self.count(now, 0).remaining > 0 && {
            self.count(now, 1);
            true
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_return_after_the_window() {
        let bucket = TokenBucket::new(10, Duration::from_mins(15));
        let start = Instant::now();
        let at = |minutes| start + Duration::from_mins(minutes);
        bucket.spend(start, 8);
        assert_eq!(bucket.state(start).remaining, 2);
        bucket.spend(at(10), 2);
        assert_eq!(bucket.state(at(10)), BucketState { remaining: 0, retry_after: Duration::from_mins(5) });
        assert_eq!(bucket.state(at(15)).remaining, 8);
        assert_eq!(bucket.describe(), "10/15m");
    }

    #[test]
    fn a_fixed_window_starts_again() {
        let window = FixedWindow::new(2, Duration::from_secs(1));
        let start = Instant::now();
        assert!(window.admit(start) && window.admit(start) && !window.admit(start));
        assert!(window.admit(start + Duration::from_secs(1)));
    }
}
