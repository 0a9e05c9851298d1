//! The port through which nodes behind one address keep to one budget.
//!
//! A node's own [`super::RateLimiter`] decides first; then the shared account reserves the highest price of the call,
//! and learns the true one with the answer. An account that does not answer within a few milliseconds is done
//! without: calls are never held up by it, and the node's own accounting and the headers still hold.

use super::{Observation, RateKey};
use async_trait::async_trait;
use std::time::Duration;

/// The word of the shared account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go ahead; settle it with the answer.
    Granted(Reservation),
    /// Ask again after this.
    Wait(Duration),
}

/// Something set aside for one call. Lapses by itself when it is never settled.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reservation(pub(super) Option<u64>);

#[async_trait]
pub trait SharedBudget: Send + Sync {
    /// `counts_errors`: a failure would count in the host's error window.
    async fn reserve(&self, key: &RateKey, counts_errors: bool) -> Verdict;

    /// `None`: the call went out and no answer came. It stays charged at the highest price until that lapses.
    async fn settle(&self, key: &RateKey, reservation: Reservation, seen: Option<&Observation>);
}

/// One process: its limiter knows everything already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

#[async_trait]
impl SharedBudget for Alone {
    async fn reserve(&self, _: &RateKey, _: bool) -> Verdict {
        Verdict::Granted(Reservation(None))
    }

    async fn settle(&self, _: &RateKey, _: Reservation, _: Option<&Observation>) {}
}
