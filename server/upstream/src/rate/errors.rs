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

    /// How long until one more failure fits, even when all in flight fail.
    pub fn wait(&self, in_flight: i64, now: Instant) -> Duration {
        if self.capacity == 0 {
            return Duration::ZERO;
        }
        let left = self.remaining(now);
        if left - in_flight > ERROR_RESERVE {
            return Duration::ZERO;
        }
        match self.ends_at.map(|ends_at| ends_at.saturating_duration_since(now)) {
            Some(wait) if !wait.is_zero() && left <= ERROR_RESERVE => wait,
            // A new window of unknown size: the calls in flight, or this one, will tell.
            _ if in_flight == 0 => Duration::ZERO,
            _ => LOOK_AGAIN,
        }
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
