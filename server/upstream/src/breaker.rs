//! Stops calling a host that is down: calls then fail at once instead of piling up behind timeouts.
//!
//! Closed: calls pass. Ten failures in a row, or half of at least twenty calls of the last half minute, open it.
//! Open: calls fail fast until the pause is over. Half open: one call probes; its success closes the breaker, its
//! failure opens it again for twice as long, up to a limit. Failures are timeouts, broken connections and 5xx; a
//! refusal or a "too many requests" is an answer of a host that lives.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

#[derive(Clone, Copy, Debug)]
pub struct BreakerOptions {
    pub consecutive_failures: u32,
    /// Calls within `window` before the ratio counts.
    pub least_calls: usize,
    /// Failures of a hundred calls.
    pub failure_percent: usize,
    pub window: Duration,
    pub first_pause: Duration,
    pub longest_pause: Duration,
}

impl Default for BreakerOptions {
    fn default() -> Self {
        Self {
            consecutive_failures: 10,
            least_calls: 20,
            failure_percent: 50,
            window: Duration::from_secs(30),
            first_pause: Duration::from_secs(5),
            longest_pause: Duration::from_secs(60),
        }
    }
}

/// Calls remembered for the ratio.
const MAX_REMEMBERED: usize = 200;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    Closed,
    HalfOpen,
    Open,
}

impl BreakerState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::HalfOpen => "half open",
            Self::Open => "open",
        }
    }

    /// The gauge's value.
    fn level(self) -> f64 {
        match self {
            Self::Closed => 0.0,
            Self::HalfOpen => 1.0,
            Self::Open => 2.0,
        }
    }
}

/// Clones share the state.
#[derive(Clone, Debug)]
pub struct Breaker {
    host: &'static str,
    options: BreakerOptions,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Whether each of the last calls failed.
    calls: VecDeque<(Instant, bool)>,
    failures_in_a_row: u32,
    open: Option<OpenState>,
}

#[derive(Debug)]
struct OpenState {
    until: Instant,
    pause: Duration,
    is_probing: bool,
}

/// The leave to make one call. Dropped without a word (its caller went away), a probe is over undecided.
#[derive(Debug)]
#[must_use = "the breaker learns from the outcome"]
pub struct Pass {
    breaker: Breaker,
    is_probe: bool,
}

impl Breaker {
    pub fn new(host: &'static str, options: BreakerOptions) -> Self {
        Self { host, options, inner: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether calls fail fast now, without taking the probe's place.
    ///
    /// # Errors
    /// The time until asking again is worth it.
    pub fn check(&self) -> Result<(), Duration> {
        match &self.lock().open {
            Some(open) if open.until > Instant::now() => Err(open.until - Instant::now()),
            Some(open) if open.is_probing => Err(self.options.first_pause),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// The time until asking again is worth it.
    pub fn enter(&self) -> Result<Pass, Duration> {
        let now = Instant::now();
        let mut inner = self.lock();
        let is_probe = match &mut inner.open {
            None => false,
            Some(open) if open.until > now => return Err(open.until - now),
            Some(open) if open.is_probing => return Err(self.options.first_pause),
            Some(open) => {
                open.is_probing = true;
                self.show(BreakerState::HalfOpen);
                true
            }
        };
        Ok(Pass { breaker: self.clone(), is_probe })
    }

    pub fn state(&self) -> BreakerState {
        match &self.lock().open {
            None => BreakerState::Closed,
            Some(open) if open.is_probing || open.until <= Instant::now() => BreakerState::HalfOpen,
            Some(_) => BreakerState::Open,
        }
    }

    fn record(&self, has_failed: bool, is_probe: bool) {
        let now = Instant::now();
        let mut inner = self.lock();
        inner.failures_in_a_row = if has_failed { inner.failures_in_a_row.saturating_add(1) } else { 0 };
        if let Some(open) = &mut inner.open {
            // Calls that began before it opened decide nothing.
            if is_probe && has_failed {
                let pause = (open.pause * 2).min(self.options.longest_pause);
                *open = OpenState { until: now + pause, pause, is_probing: false };
                self.show(BreakerState::Open);
            } else if is_probe {
                *inner = Inner::default();
                self.show(BreakerState::Closed);
                tracing::info!(host = self.host, "upstream answers again");
            }
            return;
        }
        inner.calls.push_back((now, has_failed));
        while inner.calls.len() > MAX_REMEMBERED
            || inner.calls.front().is_some_and(|(at, _)| *at + self.options.window < now)
        {
            inner.calls.pop_front();
        }
        let failed = inner.calls.iter().filter(|(_, has_failed)| *has_failed).count();
        let is_ratio_bad = inner.calls.len() >= self.options.least_calls
            && failed * 100 >= inner.calls.len() * self.options.failure_percent;
        if has_failed && (is_ratio_bad || inner.failures_in_a_row >= self.options.consecutive_failures) {
            let pause = self.options.first_pause;
            inner.open = Some(OpenState { until: now + pause, pause, is_probing: false });
            self.show(BreakerState::Open);
            tracing::warn!(host = self.host, failed, calls = inner.calls.len(), "upstream is down: calls fail fast");
        }
    }

    fn show(&self, state: BreakerState) {
        metrics::gauge!(crate::meters::UPSTREAM_BREAKER_STATE, "host" => self.host).set(state.level());
        metrics::counter!(crate::meters::UPSTREAM_BREAKER_CHANGES_TOTAL, "host" => self.host, "to" => state.as_str())
            .increment(1);
    }
}

impl Pass {
    pub fn succeeded(self) {
        self.breaker.record(false, self.is_probe);
    }

    pub fn failed(self) {
        self.breaker.record(true, self.is_probe);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.is_probe
            && let Some(open) = &mut self.breaker.lock().open
        {
            open.is_probing = false;
        }
    }
}

#[cfg(test)]
#[path = "breaker_tests.rs"]
mod tests;
