//! Depths of the pipeline's queues, for `/metrics` and the status page.

use super::{PersistItem, parked};
use crate::services::Services;
use contract::QueueDepth;
use std::sync::{Mutex, PoisonError, Weak};
use tokio::sync::mpsc::WeakSender;
use upstream::feed::FeedEvent;

/// A queue that can say how full it is.
trait Queue: Send + Sync {
    /// Free places; `None` once the queue is closed.
    fn free(&self) -> Option<usize>;
}

impl Queue for WeakSender<FeedEvent> {
    fn free(&self) -> Option<usize> {
        self.upgrade().map(|sender| sender.capacity())
    }
}

impl Queue for WeakSender<PersistItem> {
    fn free(&self) -> Option<usize> {
        self.upgrade().map(|sender| sender.capacity())
    }
}

impl Queue for Weak<Services> {
    /// Of the parked kills.
    fn free(&self) -> Option<usize> {
        self.upgrade().map(|services| parked::CAPACITY.saturating_sub(services.parked().len()))
    }
}

struct Watched {
    name: &'static str,
    capacity: usize,
    queue: Box<dyn Queue>,
}

/// The queues that exist.
#[derive(Default)]
pub struct QueueGauges {
    queues: Mutex<Vec<Watched>>,
}

impl QueueGauges {
    #[expect(private_bounds, reason = "only the pipeline's own queues are watched")]
    pub fn watch(&self, name: &'static str, queue: impl Queue + 'static, capacity: usize) {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues.push(Watched { name, capacity, queue: Box::new(queue) });
    }

    pub fn depths(&self) -> Vec<QueueDepth> {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        queues
            .iter()
            .map(|watched| QueueDepth {
                name: watched.name.to_owned(),
                depth: watched.queue.free().map_or(0, |free| (watched.capacity - free) as u64),
                capacity: watched.capacity as u64,
            })
            .collect()
    }
}
