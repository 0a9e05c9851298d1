//! Kills to enrich again soon: those whose enrichment failed, and those that were looked at when theirs was old.
//! Bounded; what does not fit is found again by its mark in the database, or when it is looked at again.

use domain::KillmailId;
use rand::Rng;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use upstream::retry::BackoffPolicy;

/// Kills waiting at most.
const CAPACITY: usize = 10_000;
/// The first try comes after a moment, so that the kill is stored by then.
const WAITS: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(1), max: Duration::from_secs(60) };
/// Tries before a failed kill becomes a dead letter.
pub const TRIES: u32 = 3;

#[derive(Clone, Copy, Debug)]
struct Waiting {
    due: Instant,
    tries: u32,
}

/// A kill whose turn has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub id: KillmailId,
    /// Failed tries so far.
    pub tries: u32,
}

/// See the module.
#[derive(Debug, Default)]
pub struct EnrichmentQueue {
    waiting: Mutex<HashMap<KillmailId, Waiting>>,
}

impl EnrichmentQueue {
    fn lock(&self) -> MutexGuard<'_, HashMap<KillmailId, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a kill that is not queued yet.
    pub fn request(&self, id: KillmailId) {
        let mut waiting = self.lock();
        if waiting.len() < CAPACITY {
            waiting.entry(id).or_insert_with(|| Waiting { due: Instant::now() + wait(0), tries: 0 });
        }
    }

    /// Queues a kill again after so many failed tries.
    pub fn retry(&self, id: KillmailId, tries: u32) {
        let mut waiting = self.lock();
        if waiting.len() < CAPACITY {
            waiting.insert(id, Waiting { due: Instant::now() + wait(tries), tries });
        }
    }

    /// Takes kills whose wait is over.
    pub fn take_due(&self, limit: usize) -> Vec<Due> {
        let now = Instant::now();
        let mut waiting = self.lock();
        let due = waiting.iter().filter(|(_, waiting)| waiting.due <= now).take(limit);
        let due: Vec<Due> = due.map(|(id, waiting)| Due { id: *id, tries: waiting.tries }).collect();
        for taken in &due {
            waiting.remove(&taken.id);
        }
        due
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Doubles with each failure; drawn from the upper half of its step, so that many do not come back at once.
fn wait(tries: u32) -> Duration {
    let step = WAITS.first.saturating_mul(1 << tries.min(20)).min(WAITS.max);
    step.mul_f64(rand::rng().random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_grow_and_the_queue_is_bounded() {
        let queue = EnrichmentQueue::default();
        queue.request(KillmailId(1));
        queue.request(KillmailId(1));
        assert_eq!((queue.len(), queue.take_due(9)), (1, Vec::new()), "not at once");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(queue.take_due(9), [Due { id: KillmailId(1), tries: 0 }]);
        assert!(queue.is_empty());
        queue.retry(KillmailId(1), 2);
        tokio::time::advance(Duration::from_millis(1_900)).await;
        assert_eq!(queue.take_due(9), [], "two seconds at least");
        tokio::time::advance(Duration::from_millis(2_100)).await;
        assert_eq!(queue.take_due(9), [Due { id: KillmailId(1), tries: 2 }]);
        for id in 0..2 * CAPACITY as i64 {
            queue.request(KillmailId(id));
        }
        assert_eq!(queue.len(), CAPACITY);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(queue.take_due(100).len(), 100);
    }
}
