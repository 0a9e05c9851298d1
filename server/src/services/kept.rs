//! Answers that are kept for a while, because many ask the same at once.

use cached::ShardedLruTtlCache;
use contract::{EnrichmentHealth, StatsWindow, TypeStats};
use domain::TypeId;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, OnceCell},
    time::Instant,
};

/// Ships somebody has looked at in the last minute.
const CACHED: usize = 512;
const CACHED_FOR: Duration = Duration::from_secs(60);

/// Statistics by type and window. A cell is filled by the first who asks, while the others wait for it.
pub struct TypeStatsCache(pub(super) ShardedLruTtlCache<(TypeId, StatsWindow), Arc<OnceCell<Arc<TypeStats>>>>);

impl Default for TypeStatsCache {
    fn default() -> Self {
        Self(ShardedLruTtlCache::new(CACHED, CACHED_FOR))
    }
}

impl TypeStatsCache {
    /// For the status page: entries, room, hits, misses and evictions.
    pub fn metrics(&self) -> cached::CacheMetrics {
        self.0.metrics()
    }
}

/// The database's part of the data's health, with how long it is kept. The lock is held while asking: one asks, the others wait for it.
#[derive(Default)]
pub struct DataHealthBook(pub(super) Mutex<Option<(Instant, Option<EnrichmentHealth>)>>);
