//! The galaxy's own time: wall time shifted and scaled, or stepped by hand for byte-for-byte repeatable tests.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::time::Instant;

/// Tells simulated time.
#[derive(Debug)]
pub struct Clock {
    start: DateTime<Utc>,
    flow: Flow,
}

#[derive(Debug)]
enum Flow {
    Running { since: Instant, speed: f64 },
    Stepped { elapsed_ms: AtomicI64 },
}

impl Clock {
    /// Begins at `start` and runs `speed` times as fast as the wall clock.
    pub fn running(start: DateTime<Utc>, speed: f64) -> Self {
        Self { start, flow: Flow::Running { since: Instant::now(), speed } }
    }

    /// Stands still except for [`Clock::step`].
    pub fn stepped(start: DateTime<Utc>) -> Self {
        Self { start, flow: Flow::Stepped { elapsed_ms: AtomicI64::new(0) } }
    }

    pub fn now(&self) -> DateTime<Utc> {
        let elapsed_ms = match &self.flow {
            Flow::Running { since, speed } => (since.elapsed().as_secs_f64() * speed * 1_000.0) as i64,
            Flow::Stepped { elapsed_ms } => elapsed_ms.load(Ordering::Acquire),
        };
        self.start + TimeDelta::milliseconds(elapsed_ms)
    }

    pub fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// Moves a stepped clock on; a running clock ignores it.
    pub fn step(&self, by: TimeDelta) {
        if let Flow::Stepped { elapsed_ms } = &self.flow {
            elapsed_ms.fetch_add(by.num_milliseconds(), Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stepped_clock_moves_only_when_told() {
        let start = DateTime::from_timestamp(1_767_322_000, 0).unwrap();
        let clock = Clock::stepped(start);
        assert_eq!(clock.now(), start);
        clock.step(TimeDelta::milliseconds(1_500));
        assert_eq!(clock.now(), start + TimeDelta::milliseconds(1_500));
    }

    #[test]
    fn a_running_clock_scales_time() {
        let start = DateTime::from_timestamp(1_767_322_000, 0).unwrap();
        let since = Instant::now() - std::time::Duration::from_secs(2);
        let clock = Clock { start, flow: Flow::Running { since, speed: 60.0 } };
        let elapsed = clock.now() - start;
        assert!((120..125).contains(&elapsed.num_seconds()), "{elapsed}");
    }
}
