//! ESI's error limit: so many failures a fixed window for all routes of the host.

use super::bucket::LOOK_AGAIN;
use std::time::Duration;
use tokio::time::Instant;

/// Errors of the window that stay unused: other processes may share the address.
pub const ERROR_RESERVE: i64 = 5;
/// ESI's error window.
pub const ERROR_WINDOW: Duration = Duration::from_secs(60);
/// The reset is told in whole seconds; a call a moment too early would count in the old window.
const ROUNDING: Duration = Duration::from_secs(1);

/// What is known of the window.
#[derive(Debug, Default)]
pub(super) struct ErrorWindow {
    /// Most errors a window was seen to allow; 0 before the first answer.
    capacity: i64,
    remaining: i64,
    ends_at: Option<Instant>,
}

impl ErrorWindow {
    /// `others_in_flight` may have been counted already or not.
    pub fn observe(&mut self, remaining: i64, reset: Duration, now: Instant) {
        self.capacity = self.capacity.max(remaining);
        let is_same = self.ends_at.is_some_and(|ends_at| ends_at > now);
        // Answers may overtake each other: within a window the count only falls.
        self.remaining = if is_same { self.remaining.min(remaining) } else { remaining };
        if !is_same {
            self.ends_at = Some(now + reset + ROUNDING);
        }
    }

    /// A call went out whose answer will not be seen: taken for a failure.
    pub fn lost(&mut self) {
        self.remaining = (self.remaining - 1).max(0);
    }

    /// How long until one more failure fits, even when all in flight fail. `counts`: this call's failure would count;
    /// `in_flight`: calls of that kind.
    pub fn wait(&self, counts: bool, in_flight: i64, now: Instant) -> Duration {
        if self.capacity == 0 {
            return Duration::ZERO;
        }
        let until_end = self.ends_at.map_or(Duration::ZERO, |ends_at| ends_at.saturating_duration_since(now));
        if until_end.is_zero() {
            // A new window that others may have begun: one call tells what is left of it.
            return if counts && in_flight > 0 { LOOK_AGAIN } else { Duration::ZERO };
        }
        if self.remaining <= ERROR_RESERVE {
            return until_end;
        }
        if counts && self.remaining - in_flight <= ERROR_RESERVE { LOOK_AGAIN } else { Duration::ZERO }
    }

    /// Failures left in the window.
    pub fn remaining(&self, now: Instant) -> i64 {
        if self.ends_at.is_some_and(|ends_at| ends_at > now) { self.remaining } else { self.capacity }
    }

    /// Share of the window's errors that is left, in percent; `None` before anything is known.
    pub fn percent_left(&self, now: Instant) -> Option<i64> {
        (self.capacity > 0).then(|| self.remaining(now) * 100 / self.capacity)
    }
}
