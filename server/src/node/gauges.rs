//! What can be asked how it is doing: queues of the pipeline, caches and upstreams, for `/metrics` and the status page.

use cached::CacheMetrics;
use contract::{CacheHealth, QueueDepth, TaskStatus, UpstreamState};
use std::sync::{Mutex, OnceLock, PoisonError};
use upstream::UpstreamHealth;

type Ask<T> = Box<dyn Fn() -> T + Send + Sync>;

struct Queue {
    name: &'static str,
    capacity: usize,
    depth: Ask<usize>,
}

/// Whoever wants to be seen registers here once, at start.
#[derive(Default)]
pub struct Gauges {
    queues: Mutex<Vec<Queue>>,
    upstreams: Mutex<Vec<Ask<UpstreamHealth>>>,
    caches: Mutex<Vec<(&'static str, Ask<CacheMetrics>)>>,
    tasks: OnceLock<Ask<Vec<TaskStatus>>>,
}

impl Gauges {
    pub fn queue(&self, name: &'static str, capacity: usize, depth: impl Fn() -> usize + Send + Sync + 'static) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.push(Queue { name, capacity, depth: Box::new(depth) });
    }

    pub fn upstream(&self, ask: impl Fn() -> UpstreamHealth + Send + Sync + 'static) {
        self.upstreams.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(ask));
    }

    pub fn cache(&self, name: &'static str, ask: impl Fn() -> CacheMetrics + Send + Sync + 'static) {
        self.caches.lock().unwrap_or_else(PoisonError::into_inner).push((name, Box::new(ask)));
    }

    /// Only the first who registers is asked: a process has one set of tasks.
    pub fn tasks(&self, ask: impl Fn() -> Vec<TaskStatus> + Send + Sync + 'static) {
        self.tasks.get_or_init(|| Box::new(ask));
    }

    /// Empty in a process without a server.
    pub fn task_states(&self) -> Vec<TaskStatus> {
        self.tasks.get().map_or_else(Vec::new, |ask| ask())
    }

    pub fn queue_depths(&self) -> Vec<QueueDepth> {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let depth = |queue: &Queue| QueueDepth {
            name: queue.name.to_owned(),
            depth: (queue.depth)() as u64,
            capacity: queue.capacity as u64,
        };
        queues.iter().map(depth).collect()
    }

    pub fn upstream_states(&self) -> Vec<UpstreamState> {
        let upstreams = self.upstreams.lock().unwrap_or_else(PoisonError::into_inner);
        upstreams
            .iter()
            .map(|ask| ask())
            .map(|health| UpstreamState {
                name: health.host.to_owned(),
                state: health.breaker.as_str().to_owned(),
                errors_left: health.errors_left,
                banned_seconds: health.banned_for.as_secs(),
            })
            .collect()
    }

    /// Every cache by name, for the status page.
    pub fn cache_states(&self) -> Vec<CacheHealth> {
        let caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        caches.iter().map(|(name, ask)| state(name, &ask())).collect()
    }

    /// Tells the metrics recorder; the caches count for themselves.
    pub fn publish_caches(&self) {
        let caches = self.caches.lock().unwrap_or_else(PoisonError::into_inner);
        for (name, ask) in &*caches {
            publish_cache(name, &ask());
        }
    }
}

fn state(name: &str, counts: &CacheMetrics) -> CacheHealth {
    CacheHealth {
        name: name.replace('_', " "),
        entries: counts.entry_count.unwrap_or_default() as u64,
        capacity: counts.capacity.unwrap_or_default() as u64,
        hits: counts.hits.unwrap_or_default(),
        misses: counts.misses.unwrap_or_default(),
        evictions: counts.evictions.unwrap_or_default(),
    }
}

/// Hits, misses, evictions and size of one cache.
pub fn publish_cache(name: &'static str, counts: &CacheMetrics) {
    metrics::counter!(crate::meters::CACHE_HITS_TOTAL, "cache" => name).absolute(counts.hits.unwrap_or(0));
    metrics::counter!(crate::meters::CACHE_MISSES_TOTAL, "cache" => name).absolute(counts.misses.unwrap_or(0));
    metrics::counter!(crate::meters::CACHE_EVICTIONS_TOTAL, "cache" => name).absolute(counts.evictions.unwrap_or(0));
    metrics::gauge!(crate::meters::CACHE_ENTRIES, "cache" => name).set(counts.entry_count.unwrap_or(0) as f64);
    if let Some(capacity) = counts.capacity {
        metrics::gauge!(crate::meters::CACHE_CAPACITY, "cache" => name).set(capacity as f64);
    }
}
