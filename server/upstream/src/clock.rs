//! What time it is. A program has one clock, given to everything that asks for the time when it starts; a test gives
//! one that it can turn.

use domain::Timestamp;
use std::{fmt, sync::Arc};

/// Cheap to clone; clones are one clock. Any function that tells the time is one.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn system() -> Self {
        Self(Arc::new(chrono::Utc::now))
    }

    pub fn now(&self) -> Timestamp {
        (self.0)()
    }

    /// A clock that is ahead of this one by as much as its hands were turned.
    #[cfg(any(test, feature = "testing"))]
    pub fn with_hands(self) -> (Self, Hands) {
        let hands = Hands::default();
        let ahead = hands.clone();
        let now = move || self.now() + chrono::TimeDelta::seconds(ahead.0.load(std::sync::atomic::Ordering::SeqCst));
        (Self(Arc::new(now)), hands)
    }
}

impl<F: Fn() -> Timestamp + Send + Sync + 'static> From<F> for Clock {
    fn from(now: F) -> Self {
        Self(Arc::new(now))
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Turns a clock of tests.
#[cfg(any(test, feature = "testing"))]
#[derive(Clone, Debug, Default)]
pub struct Hands(Arc<std::sync::atomic::AtomicI64>);

#[cfg(any(test, feature = "testing"))]
impl Hands {
    /// Onwards by so much.
    pub fn turn(&self, by: chrono::TimeDelta) {
        self.0.fetch_add(by.num_seconds(), std::sync::atomic::Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_turned_clock_is_ahead_of_its_own_start_and_its_clones_with_it() {
        let (clock, hands) = Clock::from(|| Timestamp::UNIX_EPOCH).with_hands();
        let clone = clock.clone();
        assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
        hands.turn(TimeDelta::minutes(10));
        hands.turn(TimeDelta::days(90));
        assert_eq!(clone.now() - Timestamp::UNIX_EPOCH, TimeDelta::minutes(10) + TimeDelta::days(90));
    }
}
