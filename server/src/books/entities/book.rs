//! The corporations and alliances that are known, and the queue of those to be asked for.

use cached::{CacheMetrics, ShardedLruCache};
use chrono::TimeDelta;
use domain::{AllianceId, CorporationId, EntityKind, Timestamp};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc;

/// How long what ESI said is taken for true (domain.md 3).
const LIFETIME: TimeDelta = TimeDelta::minutes(10);
/// Corporations and alliances in memory, of some hundred bytes.
const KEPT: usize = 20_000;
const QUEUE: usize = 1_000;
/// Corporations and alliances asked for at the same time.
pub const AT_ONCE: usize = 4;

/// A corporation or alliance.
pub type Key = (EntityKind, i64);

/// The receiving end, for [`super::work::run`].
pub struct Requests(pub(super) mpsc::Receiver<Key>);

/// What ESI tells of a corporation or alliance.
#[derive(Debug)]
pub struct Facts {
    pub ticker: Option<String>,
    /// An alliance's executor.
    pub corporation_id: Option<CorporationId>,
    pub alliance_id: Option<AllianceId>,
    pub member_count: Option<i64>,
    pub confirmed_at: Timestamp,
}

/// See [`super`].
pub struct EntityBook {
    facts: ShardedLruCache<Key, Arc<Facts>>,
    /// Queued or being asked for; at most what the queue and [`AT_ONCE`] hold.
    pending: Mutex<HashSet<Key>>,
    requests: mpsc::Sender<Key>,
}

impl EntityBook {
    pub fn new() -> (Self, Requests) {
        let (requests, receiver) = mpsc::channel(QUEUE);
        (Self { facts: ShardedLruCache::new(KEPT), pending: Mutex::default(), requests }, Requests(receiver))
    }

    pub fn metrics(&self) -> CacheMetrics {
        self.facts.metrics()
    }

    /// What is known, and a question when that is nothing or old.
    pub fn look_up(&self, key: Key, now: Timestamp) -> Option<Arc<Facts>> {
        let known = self.facts.get(&key);
        if known.as_ref().is_none_or(|facts| now - facts.confirmed_at >= LIFETIME) {
            self.request(key);
        }
        known
    }

    fn request(&self, key: Key) {
        if self.pending().insert(key) && self.requests.try_send(key).is_err() {
            self.pending().remove(&key);
            metrics::counter!(crate::meters::ENTITY_REQUESTS_DROPPED_TOTAL).increment(1);
        }
    }

    /// See the field.
    pub(super) fn pending(&self) -> MutexGuard<'_, HashSet<Key>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn settle(&self, key: Key, facts: Facts) {
        self.facts.set(key, Arc::new(facts));
    }
}
