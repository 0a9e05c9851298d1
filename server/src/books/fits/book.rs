//! What is known of fits, who waits for what, and the queue of what is to be computed. Asking never waits.
//!
//! Bounded everywhere: a full queue drops the request ([`super::sweep`] finds the kill again), a full cache forgets the
//! oldest (the table remembers), and past [`MAX_WAITERS`] a page is told to reload instead of waiting.

use cached::{CacheMetrics, ShardedLruCache};
use domain::{FitFacts, FitHash, FitKey, FitOutcome, FitReport, StaticData};
use fitting::Engine;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::{mpsc, oneshot};

/// About two weeks of distinct fits.
const CACHED_FITS: usize = 50_000;
/// Fits to compute: some seconds of work for one core.
const QUEUE: usize = 1_024;
/// Fits that a reader waits for; they go first.
const URGENT_QUEUE: usize = 128;
/// Open pages and requests that wait for a fit.
const MAX_WAITERS: usize = 10_000;

/// A fit to compute.
#[derive(Clone, Debug)]
pub struct FitJob {
    /// The hash that the kills are stored under.
    pub hash: FitHash,
    pub key: FitKey,
}

/// What an engine found for a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Settled {
    pub job_hash: FitHash,
    pub engine_build: String,
    pub outcome: FitOutcome,
}

impl Settled {
    /// What a kill with this fit says of it.
    pub fn facts(&self) -> FitFacts {
        FitFacts::known(self.job_hash, &self.engine_build, &self.outcome)
    }
}

/// The receiving ends, for [`super::work::run`].
pub struct Requests {
    pub(super) urgent: mpsc::Receiver<FitJob>,
    pub(super) queue: mpsc::Receiver<FitJob>,
}

/// Whether a reader waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Reader,
    Background,
}

#[derive(Default)]
struct Waiters {
    by_hash: HashMap<FitHash, Vec<oneshot::Sender<Arc<Settled>>>>,
    count: usize,
}

/// See the module.
pub struct FitBook {
    /// Absent until first needed: loading takes a moment.
    engine: RwLock<Option<Arc<Engine>>>,
    is_engine_new: AtomicBool,
    known: ShardedLruCache<FitHash, Arc<Settled>>,
    /// Queued or in work, so that one fit is not computed twice at a time.
    asked: ShardedLruCache<FitHash, ()>,
    waiters: Mutex<Waiters>,
    urgent: mpsc::Sender<FitJob>,
    queue: mpsc::Sender<FitJob>,
}

impl FitBook {
    pub fn new() -> (Self, Requests) {
        let (urgent, urgent_receiver) = mpsc::channel(URGENT_QUEUE);
        let (queue, queue_receiver) = mpsc::channel(QUEUE);
        let book = Self {
            engine: RwLock::new(None),
            is_engine_new: AtomicBool::new(true),
            known: ShardedLruCache::new(CACHED_FITS),
            // Its parts fill unevenly: with just as many places some marks would be lost before their time.
            asked: ShardedLruCache::new(4 * (QUEUE + URGENT_QUEUE)),
            waiters: Mutex::default(),
            urgent,
            queue,
        };
        (book, Requests { urgent: urgent_receiver, queue: queue_receiver })
    }

    /// The engine in use; the first call loads the bundled one.
    pub fn engine(&self) -> Arc<Engine> {
        if let Some(engine) = &*self.engine.read().unwrap_or_else(PoisonError::into_inner) {
            return Arc::clone(engine);
        }
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(engine.get_or_insert_with(Engine::bundled))
    }

    /// Computes with another engine from now on. What the old one found counts as unknown; stored kills keep its
    /// numbers until the new ones are there.
    pub fn replace_engine(&self, engine: Arc<Engine>) {
        *self.engine.write().unwrap_or_else(PoisonError::into_inner) = Some(engine);
        self.is_engine_new.store(true, Ordering::Release);
    }

    /// Whether stored results may be of another engine; asking clears it.
    pub(super) fn take_engine_is_new(&self) -> bool {
        self.is_engine_new.swap(false, Ordering::AcqRel)
    }

    pub(super) fn engine_is_new_still(&self) {
        self.is_engine_new.store(true, Ordering::Release);
    }

    /// What the engine in use found, when it is in memory.
    pub fn known(&self, hash: FitHash) -> Option<Arc<Settled>> {
        let settled = self.known.get(&hash)?;
        (settled.engine_build == self.engine().build()).then_some(settled)
    }

    /// What is in memory, or needs no engine.
    pub fn known_or_obvious(&self, job: &FitJob, static_data: &StaticData) -> Option<Arc<Settled>> {
        if let Some(settled) = self.known(job.hash) {
            metrics::counter!(crate::meters::FIT_CACHE_HITS_TOTAL).increment(1);
            return Some(settled);
        }
        let outcome = FitOutcome::without_engine(&job.key, static_data)?;
        let settled = Settled { job_hash: job.hash, engine_build: self.engine().build().to_owned(), outcome };
        let settled = Arc::new(settled);
        self.known.set(job.hash, Arc::clone(&settled));
        Some(settled)
    }

    /// Queues a fit unless it is known or queued. Returns false when the queue was full.
    pub fn request(&self, job: FitJob, urgency: Urgency) -> bool {
        let hash = job.hash;
        // A reader's request goes ahead of the same fit in the long queue.
        let is_asked = self.asked.set(hash, ()).is_some();
        // Looked at after marking it: what is settled before is seen here, what is settled after takes the mark away.
        if self.known(hash).is_some() {
            self.asked.remove(&hash);
            return true;
        }
        if is_asked && urgency == Urgency::Background {
            return true;
        }
        let queue = if urgency == Urgency::Reader { &self.urgent } else { &self.queue };
        if queue.try_send(job).is_ok() {
            return true;
        }
        if !is_asked {
            self.asked.remove(&hash);
        }
        metrics::counter!(crate::meters::FIT_REQUESTS_DROPPED_TOTAL).increment(1);
        false
    }

    /// How the memory of fits is doing.
    pub fn metrics(&self) -> CacheMetrics {
        self.known.metrics()
    }

    /// Free places for work that nobody waits for.
    pub(super) fn room(&self) -> usize {
        self.queue.capacity()
    }

    fn waiters(&self) -> MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Told once when the fit is settled. `None` when too many wait already.
    pub fn wait(&self, hash: FitHash) -> Option<oneshot::Receiver<Arc<Settled>>> {
        let (sender, receiver) = oneshot::channel();
        let mut waiters = self.waiters();
        if waiters.count >= MAX_WAITERS {
            waiters.forget_gone();
            if waiters.count >= MAX_WAITERS {
                return None;
            }
        }
        waiters.count += 1;
        waiters.by_hash.entry(hash).or_default().push(sender);
        Some(receiver)
    }

    /// Keeps a result and tells who waits for it.
    pub fn settle(&self, settled: &Arc<Settled>) {
        self.known.set(settled.job_hash, Arc::clone(settled));
        self.asked.remove(&settled.job_hash);
        let mut waiters = self.waiters();
        let woken = waiters.by_hash.remove(&settled.job_hash).unwrap_or_default();
        waiters.count = waiters.count.saturating_sub(woken.len());
        drop(waiters);
        for waiter in woken {
            // Who is gone no longer wants to know.
            drop(waiter.send(Arc::clone(settled)));
        }
    }

    /// A report for a page: what is known now.
    pub fn report(&self, hash: FitHash) -> FitReport {
        let settled = self.known(hash);
        FitReport {
            fit_hash: hash,
            outcome: settled.map(|settled| settled.outcome.clone()),
            engine_build: self.engine().build().to_owned(),
        }
    }
}

impl Waiters {
    fn forget_gone(&mut self) {
        self.by_hash.retain(|_, waiters| {
            waiters.retain(|waiter| !waiter.is_closed());
            !waiters.is_empty()
        });
        self.count = self.by_hash.values().map(Vec::len).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{TypeId, fit_stats::ImpossibleFit};

    fn job(hull: i64) -> FitJob {
        let key = FitKey { hull: TypeId(hull), racks: Default::default(), bays: Vec::new(), has_abyssal: false };
        FitJob { hash: key.hash(), key }
    }

    fn settled(book: &FitBook, job: &FitJob) -> Arc<Settled> {
        let outcome = FitOutcome::Impossible { reason: ImpossibleFit::NotAHull };
        Arc::new(Settled { job_hash: job.hash, engine_build: book.engine().build().to_owned(), outcome })
    }

    #[test]
    fn a_full_queue_drops_what_nobody_waits_for_and_readers_still_get_through() {
        let (book, mut requests) = FitBook::new();
        for hull in 0..QUEUE as i64 {
            assert!(book.request(job(hull), Urgency::Background));
        }
        assert!(!book.request(job(-1), Urgency::Background), "the queue is bounded");
        assert!(book.request(job(0), Urgency::Background), "queued already: nothing is lost");
        assert!(book.request(job(-1), Urgency::Reader));
        assert_eq!(requests.urgent.try_recv().map(|job| job.hash).ok(), Some(job(-1).hash));
        drop(requests.queue.try_recv());
        assert!(book.request(job(-2), Urgency::Background), "there is room again");
    }

    #[test]
    fn a_fit_that_settled_before_it_was_asked_for_can_be_asked_for_again() {
        let (book, mut requests) = FitBook::new();
        let job = job(587);
        book.settle(&settled(&book, &job));
        assert!(book.request(job.clone(), Urgency::Background));
        assert!(requests.queue.try_recv().is_err(), "known: there is nothing to compute");
        // What an engine with other data does to everything known.
        book.known.remove(&job.hash);
        assert!(book.request(job.clone(), Urgency::Background));
        assert_eq!(requests.queue.try_recv().map(|job| job.hash).ok(), Some(job.hash));
    }

    #[test]
    fn who_waits_is_told_once_and_who_left_is_forgotten() {
        let (book, _requests) = FitBook::new();
        let job = job(587);
        let mut first = book.wait(job.hash).expect("room");
        drop(book.wait(job.hash));
        assert!(first.try_recv().is_err());
        book.settle(&settled(&book, &job));
        assert!(first.try_recv().is_ok());
        assert_eq!(book.waiters().count, 0);
        assert!(book.known(job.hash).is_some() && book.report(job.hash).outcome.is_some());
        let mut held = Vec::new();
        while let Some(waiter) = book.wait(job.hash) {
            held.push(waiter);
        }
        assert_eq!(held.len(), MAX_WAITERS);
        held.pop();
        assert!(book.wait(job.hash).is_some(), "a page that was closed makes room");
    }
}
