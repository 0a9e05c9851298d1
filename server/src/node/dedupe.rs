//! Recently seen killmail ids, so that repeats cost nothing. The database's unique ids remain the last word.

use cached::{CacheMetrics, ShardedLruCache};
use domain::KillmailId;

/// About ten days of kills.
const REMEMBERED: usize = 200_000;

/// A bounded set of ids.
pub struct Dedupe {
    seen: ShardedLruCache<KillmailId, ()>,
}

impl Default for Dedupe {
    fn default() -> Self {
        Self { seen: ShardedLruCache::new(REMEMBERED) }
    }
}

impl Dedupe {
    /// Whether the id is new; it is remembered from now on. One caller at a time decides (the resolve task).
    pub fn is_new(&self, id: KillmailId) -> bool {
        self.seen.set(id, ()).is_none()
    }

    pub fn metrics(&self) -> CacheMetrics {
        self.seen.metrics()
    }

    /// Forgets an id whose kill could not be made, so that another source may bring it.
    pub fn forget(&self, id: KillmailId) {
        self.seen.remove(&id);
    }
}
