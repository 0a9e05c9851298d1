//! How long to wait before trying again, and whether to try at all. Values only: nothing here sleeps.

use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// The shape of a back-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackoffPolicy {
    /// Upper end of the first wait.
    pub first: Duration,
    /// No wait is longer, unless the upstream asked for more.
    pub max: Duration,
}

impl Default for BackoffPolicy {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), max: Duration::from_secs(60) }
    }
}

/// Doubling waits with jitter: each is drawn between half and the whole of its step, so that many clients do not
/// return at the same moment. Reset it on proven progress (an event, a 200), never on a mere connection.
#[derive(Clone, Debug)]
pub struct Backoff {
    policy: BackoffPolicy,
    failures: u32,
    rng: StdRng,
}

impl Backoff {
    /// `seed` makes the waits repeatable in tests; give every instance its own otherwise.
    pub fn new(policy: BackoffPolicy, seed: u64) -> Self {
        Self { policy, failures: 0, rng: StdRng::seed_from_u64(seed) }
    }

    /// With a seed from the system.
    pub fn random(policy: BackoffPolicy) -> Self {
        Self::new(policy, rand::rng().random())
    }

    /// The wait after one more failure.
    pub fn next_delay(&mut self) -> Duration {
        let step = self.policy.first.saturating_mul(1 << self.failures.min(20)).min(self.policy.max);
        self.failures = self.failures.saturating_add(1);
        step.mul_f64(self.rng.random_range(0.5..=1.0))
    }

    /// Like [`Backoff::next_delay`], but at least what the upstream asked for.
    pub fn next_delay_after(&mut self, retry_after: Option<Duration>) -> Duration {
        self.next_delay().max(retry_after.unwrap_or_default())
    }

    /// Failures since the last reset.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// Keeps retries a small share of the traffic, so that they cannot make an outage worse: a retry takes ten points, a
/// success gives one back. Clones share the budget.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    points: Arc<AtomicU32>,
    max_points: u32,
}

const POINTS_PER_RETRY: u32 = 10;

impl RetryBudget {
    /// `retries` may be made in a row before successes must earn more.
    pub fn new(retries: u32) -> Self {
        let max_points = retries.saturating_mul(POINTS_PER_RETRY);
        Self { points: Arc::new(AtomicU32::new(max_points)), max_points }
    }

    /// Whether one more retry is allowed; takes it.
    pub fn try_take(&self) -> bool {
        self.points
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |points| points.checked_sub(POINTS_PER_RETRY))
            .is_ok()
    }

    pub fn record_success(&self) {
        let max = self.max_points;
        let _ = self
            .points
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |points| (points < max).then_some(points + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_with_jitter_up_to_the_cap() {
        let policy = BackoffPolicy { first: Duration::from_secs(1), max: Duration::from_secs(10) };
        for seed in 0..200 {
            let mut backoff = Backoff::new(policy, seed);
            for step in [1.0, 2.0, 4.0, 8.0, 10.0, 10.0] {
                let wait = backoff.next_delay().as_secs_f64();
                assert!((step / 2.0..=step).contains(&wait), "{wait} for {step}");
            }
            for _ in 0..100 {
                assert!(backoff.next_delay() <= policy.max);
            }
            backoff.reset();
            assert!(backoff.next_delay() <= policy.first);
            assert_eq!(backoff.next_delay_after(Some(Duration::from_secs(77))), Duration::from_secs(77));
        }
    }

    #[test]
    fn equal_seeds_give_equal_waits_and_others_differ() {
        let waits = |seed| {
            let mut backoff = Backoff::new(BackoffPolicy::default(), seed);
            (0..5).map(|_| backoff.next_delay()).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }

    #[test]
    fn budget_is_spent_by_retries_and_earned_by_successes() {
        let budget = RetryBudget::new(2);
        assert!(budget.try_take() && budget.try_take());
        assert!(!budget.try_take());
        for _ in 0..POINTS_PER_RETRY {
            budget.record_success();
        }
        assert!(budget.try_take() && !budget.try_take());
        for _ in 0..1000 {
            budget.record_success();
        }
        assert!(budget.try_take() && budget.try_take() && !budget.try_take());
    }
}
