//! The names that are known, and the queue of what is to be found.

use cached::{CacheMetrics, ShardedLruCache, ShardedLruTtlCache};
use domain::{CharacterId, EntityName};
use std::{sync::Arc, time::Duration};
use tokio::sync::mpsc;

/// How long a membership is taken for true (domain.md 3).
pub const AFFILIATION_LIFETIME: Duration = Duration::from_secs(600);
/// About ten days of distinct pilots.
const CACHED_NAMES: usize = 300_000;
const QUEUE: usize = 50_000;

/// Ids and names on their way to [`super::work::run`].
#[derive(Debug)]
pub enum Request {
    /// Find this name.
    Find(i64),
    /// A feed told this name: keep it.
    Keep(EntityName),
    /// Confirm where this pilot belongs.
    Affiliate(CharacterId),
}

/// The receiving end, for [`super::work::run`].
pub struct Requests(pub(super) mpsc::Receiver<Request>);

/// See [`super`].
pub struct NameBook {
    names: ShardedLruCache<i64, Arc<str>>,
    /// Asked for lately, so that one name is not queued a thousand times.
    asked: ShardedLruCache<i64, ()>,
    /// Pilots whose membership was asked for within its lifetime.
    affiliated: ShardedLruTtlCache<CharacterId, ()>,
    requests: mpsc::Sender<Request>,
}

impl NameBook {
    pub fn new() -> (Self, Requests) {
        let (requests, receiver) = mpsc::channel(QUEUE);
        let book = Self {
            names: ShardedLruCache::new(CACHED_NAMES),
            asked: ShardedLruCache::new(QUEUE),
            affiliated: ShardedLruTtlCache::new(CACHED_NAMES, AFFILIATION_LIFETIME),
            requests,
        };
        (book, Requests(receiver))
    }

    pub fn get(&self, id: i64) -> Option<String> {
        self.names.get(&id).map(|name| name.to_string())
    }

    /// Queues ids whose names are unknown.
    pub fn request(&self, ids: impl IntoIterator<Item = i64>) {
        for id in ids {
            if self.names.get(&id).is_none()
                && self.asked.set(id, ()).is_none()
                && self.requests.try_send(Request::Find(id)).is_err()
            {
                self.asked.remove(&id);
                metrics::counter!(crate::meters::NAME_REQUESTS_DROPPED_TOTAL).increment(1);
            }
        }
    }

    /// Queues pilots whose membership was not asked for lately. What is known stays in use meanwhile.
    pub fn request_affiliations(&self, pilots: impl IntoIterator<Item = CharacterId>) {
        for pilot in pilots {
            if self.affiliated.get(&pilot).is_none() {
                self.affiliated.set(pilot, ());
                if self.requests.try_send(Request::Affiliate(pilot)).is_err() {
                    self.affiliated.remove(&pilot);
                    metrics::counter!(crate::meters::NAME_REQUESTS_DROPPED_TOTAL).increment(1);
                }
            }
        }
    }

    /// So that the next request asks again.
    pub fn forget_affiliations(&self, pilots: &[CharacterId]) {
        for pilot in pilots {
            self.affiliated.remove(pilot);
        }
    }

    pub fn metrics(&self) -> CacheMetrics {
        self.names.metrics()
    }

    pub fn affiliation_metrics(&self) -> CacheMetrics {
        self.affiliated.metrics()
    }

    /// Takes names a feed brought along.
    pub fn learn(&self, names: Vec<EntityName>) {
        for name in names {
            if self.names.get(&name.id).as_deref() != Some(name.name.as_str()) {
                self.names.set(name.id, Arc::from(name.name.as_str()));
                if self.requests.try_send(Request::Keep(name)).is_err() {
                    metrics::counter!(crate::meters::NAME_REQUESTS_DROPPED_TOTAL).increment(1);
                }
            }
        }
    }

    pub(super) fn remember<'a>(&self, names: impl IntoIterator<Item = (i64, &'a str)>) {
        for (id, name) in names {
            self.names.set(id, Arc::from(name));
        }
    }

    /// So that a later sighting asks again.
    pub(super) fn forget_asking(&self, ids: &[i64]) {
        for id in ids {
            self.asked.remove(id);
        }
    }
}
