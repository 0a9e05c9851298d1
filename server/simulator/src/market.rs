//! When the market moves: in steps of one length, and once more whenever somebody asks for it.

use chrono::{DateTime, TimeDelta, Utc};
use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

#[derive(Debug)]
pub struct Market {
    start: DateTime<Utc>,
    period: TimeDelta,
    extra_steps: AtomicU64,
}

impl Market {
    pub fn new(start: DateTime<Utc>, period: Duration) -> Self {
        let period = TimeDelta::from_std(period).unwrap_or(TimeDelta::MAX).max(TimeDelta::seconds(1));
        Self { start, period, extra_steps: AtomicU64::new(0) }
    }

    pub fn advance(&self) {
        self.extra_steps.fetch_add(1, Ordering::AcqRel);
    }

    /// The current step, when it began and when it ends.
    pub fn state(&self, now: DateTime<Utc>) -> (u64, DateTime<Utc>, DateTime<Utc>) {
        let elapsed = (now - self.start).num_milliseconds().max(0);
        let steps = elapsed / self.period.num_milliseconds();
        let begin_of =
            |step: i64| self.start + TimeDelta::milliseconds(step.saturating_mul(self.period.num_milliseconds()));
        (steps.unsigned_abs() + self.extra_steps.load(Ordering::Acquire), begin_of(steps), begin_of(steps + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_follow_time_and_requests() {
        let start = DateTime::from_timestamp(1_767_322_845, 0).unwrap();
        let market = Market::new(start, Duration::from_mins(10));
        assert_eq!(market.state(start), (0, start, start + TimeDelta::minutes(10)));
        let third = (2, start + TimeDelta::minutes(20), start + TimeDelta::minutes(30));
        assert_eq!(market.state(start + TimeDelta::minutes(25)), third);
        market.advance();
        assert_eq!(market.state(start).0, 1);
    }
}
