//! Fan-out: one task takes the pipeline's events and hands every distinct filter its frame, encoded once.
//!
//! States of a subscription: *open* (frames queue), *overflowed* (its bounded queue was full: the hub has forgotten
//! it, the session says `resync`). Batches leave at most every [`FLUSH_INTERVAL`]; the first kill after a quiet spell
//! leaves at once. When the hub itself falls behind the broadcast channel, every subscription overflows: clients
//! resync from the window instead of missing kills silently.
//!
//! Races considered: a kill published between a client's snapshot and its subscription would be lost; sessions
//! therefore subscribe first and take the snapshot second, and clients drop what they already have by id. Frames are made
//! without the lock that subscribing needs: a filter that appears meanwhile misses that flush, but all its kills were in
//! the window before the hub was told of them, so the snapshot that follows the subscription has them.

use super::{
    LiveEvent,
    frame::{self, Frame},
    watchers::{Watchers, Watching},
    window::{LiveKill, Window},
};
use contract::{NamePatch, ServerMessage, live::MAX_KILLS_PER_FRAME};
use domain::{KillFilter, KillmailId};
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{broadcast, mpsc},
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

/// At most one batch per subscription in this time.
pub const FLUSH_INTERVAL: Duration = Duration::from_millis(100);
/// Frames a socket may be behind before it has to resync.
const QUEUE_FRAMES: usize = 32;
/// Changed kills passed on at a time: as many rows as a live page has. Older ones show on the next load.
const MAX_CHANGES: usize = 200;
/// Open streams of one node.
pub const MAX_SUBSCRIPTIONS: usize = 10_000;

#[derive(Debug)]
struct Subscriber {
    id: u64,
    frames: mpsc::Sender<Frame>,
    overflowed: Arc<AtomicBool>,
}

#[derive(Debug, Default)]
struct Groups {
    by_filter: HashMap<Arc<KillFilter>, Vec<Subscriber>>,
    count: usize,
}

/// See the module.
#[derive(Debug)]
pub struct Hub {
    groups: Mutex<Groups>,
    next_id: AtomicU64,
    watchers: Arc<Watchers>,
}

/// A session's end of a subscription; dropping it unsubscribes.
#[derive(Debug)]
pub struct Subscription {
    id: u64,
    filter: Arc<KillFilter>,
    frames: mpsc::Receiver<Frame>,
    overflowed: Arc<AtomicBool>,
    hub: Arc<Hub>,
}

/// The node has [`MAX_SUBSCRIPTIONS`] open streams.
#[derive(Debug, thiserror::Error)]
#[error("too many open streams")]
pub struct TooManySubscriptions;

impl Subscription {
    pub fn filter(&self) -> &KillFilter {
        &self.filter
    }

    /// The next frame; `None` when the queue overflowed and the client must resync. Cancel-safe.
    pub async fn next(&mut self) -> Option<Frame> {
        if self.overflowed.load(Ordering::Acquire) {
            return None;
        }
        self.frames.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.remove(&self.filter, self.id);
    }
}

impl Hub {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { groups: Mutex::default(), next_id: AtomicU64::new(1), watchers: Arc::default() })
    }

    fn lock(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Open streams.
    pub fn subscriber_count(&self) -> u64 {
        self.lock().count as u64
    }

    /// Registers for every kill that passes the filter.
    ///
    /// # Errors
    /// When the node has too many open streams.
    pub fn subscribe(self: &Arc<Self>, filter: KillFilter) -> Result<Subscription, TooManySubscriptions> {
        let (sender, frames) = mpsc::channel(QUEUE_FRAMES);
        let overflowed = Arc::new(AtomicBool::new(false));
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut groups = self.lock();
        if groups.count >= MAX_SUBSCRIPTIONS {
            return Err(TooManySubscriptions);
        }
        groups.count += 1;
        let subscriber = Subscriber { id, frames: sender, overflowed: Arc::clone(&overflowed) };
        let filter = Arc::new(filter);
        groups.by_filter.entry(Arc::clone(&filter)).or_default().push(subscriber);
        drop(groups);
        Ok(Subscription { id, filter, frames, overflowed, hub: Arc::clone(self) })
    }

    /// Registers for news of one kill.
    pub fn watch(&self, killmail_id: KillmailId) -> Watching {
        self.watchers.watch(killmail_id)
    }

    /// Tells everybody who watches one of the kills to ask again.
    pub fn tell(&self, changed: impl IntoIterator<Item = KillmailId>) {
        self.watchers.tell(changed);
    }

    fn remove(&self, filter: &KillFilter, id: u64) {
        let mut groups = self.lock();
        groups.count = groups.count.saturating_sub(1);
        if let Some(group) = groups.by_filter.get_mut(filter) {
            group.retain(|subscriber| subscriber.id != id);
            if group.is_empty() {
                groups.by_filter.remove(filter);
            }
        }
    }

    /// Runs until `stop`.
    pub async fn run(self: Arc<Self>, window: Arc<Window>, stop: CancellationToken) {
        let mut events = window.subscribe();
        let mut pending = Pending::default();
        let mut ticks = tokio::time::interval(FLUSH_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_flush = Instant::now();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                event = events.recv() => {
                    match event {
                        Ok(event) => self.take(event, &mut pending),
                        Err(broadcast::error::RecvError::Lagged(missed)) => {
                            tracing::warn!(missed, "live hub fell behind; clients resync");
                            metrics::counter!(crate::meters::LIVE_HUB_LAGGED_EVENTS_TOTAL).increment(missed);
                            pending = Pending::default();
                            self.overflow_all();
                        }
                        Err(broadcast::error::RecvError::Closed) => break,
                    }
                    if !pending.is_empty() && last_flush.elapsed() >= FLUSH_INTERVAL {
                        self.flush(&mut pending);
                        last_flush = Instant::now();
                    }
                }
                _ = ticks.tick() => {
                    if !pending.is_empty() && last_flush.elapsed() >= FLUSH_INTERVAL {
                        self.flush(&mut pending);
                        last_flush = Instant::now();
                    }
                }
            }
        }
    }

    fn take(&self, event: LiveEvent, pending: &mut Pending) {
        match event {
            LiveEvent::Kill(kill) => pending.kills.push(kill),
            LiveEvent::Changed { rows, pages } => {
                self.tell(pages.iter().copied());
                pending.changed.extend(rows.iter().cloned());
            }
            LiveEvent::Fitted(kill) => pending.fitted.push(kill),
            LiveEvent::Names(names) => pending.names.extend_from_slice(&names),
            LiveEvent::Feed(status) => self.send_all(&ServerMessage::Feed { status: (*status).clone() }),
            LiveEvent::Stats(stats) => self.send_all(&ServerMessage::Stats { stats: (*stats).clone() }),
        }
    }

    /// The same frames for everybody with the same filter.
    fn flush(&self, pending: &mut Pending) {
        let pending = std::mem::take(pending);
        let filters: Vec<Arc<KillFilter>> = self.lock().by_filter.keys().cloned().collect();
        for filter in filters {
            let frames = pending.frames(&filter);
            if frames.is_empty() {
                continue;
            }
            if let Some(subscribers) = self.lock().by_filter.get_mut(&filter) {
                for frame in &frames {
                    offer(subscribers, frame);
                }
            }
        }
    }

    fn send_all(&self, message: &ServerMessage) {
        let frame = Frame { seq: 0, text: frame::encode(message) };
        for subscribers in self.lock().by_filter.values_mut() {
            offer(subscribers, &frame);
        }
    }

    fn overflow_all(&self) {
        for (_, subscribers) in self.lock().by_filter.drain() {
            for subscriber in subscribers {
                subscriber.overflowed.store(true, Ordering::Release);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Pending {
    /// Oldest first.
    kills: Vec<Arc<LiveKill>>,
    /// Kills sent earlier.
    changed: Vec<Arc<LiveKill>>,
    /// Kills of earlier batches whose fit is known by now.
    fitted: Vec<Arc<LiveKill>>,
    names: Vec<NamePatch>,
}

/// Changed kills that pass the filter, newest first, each in its last form; as many as a page lists.
fn newest_changes(changed: &[Arc<LiveKill>], filter: &KillFilter) -> Vec<Arc<LiveKill>> {
    let mut seen = HashSet::new();
    let mut passing: Vec<_> = changed
        .iter()
        .rev()
        .filter(|kill| seen.insert(kill.seq) && filter.matches(&kill.summary, &kill.participants))
        .cloned()
        .collect();
    passing.sort_by_key(|kill| std::cmp::Reverse(kill.seq));
    passing.truncate(MAX_CHANGES);
    passing
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.kills.is_empty() && self.fitted.is_empty() && self.changed.is_empty() && self.names.is_empty()
    }

    /// What is told to those with a filter, encoded once for all of them.
    fn frames(&self, filter: &KillFilter) -> Vec<Frame> {
        // Without a number: they take no part in the order of new kills.
        let changed = newest_changes(&self.changed, filter);
        let mut frames: Vec<Frame> =
            changed.chunks(MAX_KILLS_PER_FRAME).map(|chunk| frame::batch(0, chunk, 0, &[])).collect();
        // Only a filter that asks for a fit's numbers can pass a kill later than at first sight.
        let late = if filter.asks_for_fit() { self.fitted.as_slice() } else { &[] };
        let mut passing: Vec<Arc<LiveKill>> = late
            .iter()
            .chain(&self.kills)
            .rev()
            .filter(|kill| filter.is_empty() || filter.matches(&kill.summary, &kill.participants))
            .cloned()
            .collect();
        if !passing.is_empty() || !self.names.is_empty() {
            let seq = self.kills.last().map_or(0, |kill| kill.seq);
            let skipped = passing.len().saturating_sub(MAX_KILLS_PER_FRAME) as u64;
            passing.truncate(MAX_KILLS_PER_FRAME);
            frames.push(frame::batch(seq, &passing, skipped, &self.names));
        }
        frames
    }
}

/// Queues a frame without waiting; a subscriber whose queue is full is marked and forgotten.
fn offer(subscribers: &mut Vec<Subscriber>, frame: &Frame) {
    subscribers.retain(|subscriber| {
        if subscriber.frames.try_send(frame.clone()).is_ok() {
            return true;
        }
        subscriber.overflowed.store(true, Ordering::Release);
        metrics::counter!(crate::meters::LIVE_SUBSCRIPTIONS_OVERFLOWED_TOTAL).increment(1);
        false
    });
}

#[cfg(test)]
#[path = "hub_tests.rs"]
mod tests;
