//! The hot window: the newest kills of this process in memory, whether stored yet or not.
//!
//! Owns: sequence numbers, the look-up of kills that are not stored yet, gap filling for reconnecting clients, the
//! minute counters. What becomes known of a kill later comes in by [`Window::amend`] and by no other way; who is told
//! of it is one rule ([`news`]). Bounded by [`CAPACITY`] kills. One short lock; nothing waits, and nothing is
//! encoded, while holding it.

pub mod amendment;
pub(super) mod kill;
mod minutes;
mod news;

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;

pub use amendment::Amendment;
pub use kill::LiveKill;

use super::event::LiveEvent;
use contract::{LiveStats, MinuteBucket};
use domain::{FitHash, KillFilter, KillRecord, KillmailId, StaticData, Timestamp, summary::NameLookup};
use minutes::Minutes;
use news::News;
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::broadcast;

/// Kills kept in memory. Larger than the persist queue, so that a kill on screen is always either here or stored.
pub const CAPACITY: usize = 6_000;

/// Numbers of kills by something that they have or miss.
type Index<K> = HashMap<K, BTreeSet<u64>>;

#[derive(Debug, Default)]
struct Inner {
    next_seq: u64,
    /// With consecutive numbers, oldest first.
    kills: VecDeque<Arc<LiveKill>>,
    seq_by_id: HashMap<KillmailId, u64>,
    /// By who is on the kill without a name.
    unnamed: Index<i64>,
    by_fit: Index<FitHash>,
    minutes: Minutes,
}

/// See the module.
#[derive(Debug)]
pub struct Window {
    inner: Mutex<Inner>,
    events: broadcast::Sender<LiveEvent>,
}

/// Kills after a sequence number.
#[derive(Debug, Default)]
pub struct Since {
    /// Newest first.
    pub kills: Vec<Arc<LiveKill>>,
    /// Matching kills left out because of the limit.
    pub skipped: u64,
    /// False when the window no longer reaches back that far.
    pub is_covered: bool,
    pub seq: u64,
}

impl Window {
    pub fn new(events: broadcast::Sender<LiveEvent>) -> Self {
        Self { inner: Mutex::default(), events }
    }

    /// A poisoned lock means that a panic happened in another task; the data is plain and stays usable.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn subscribe(&self) -> broadcast::Receiver<LiveEvent> {
        self.events.subscribe()
    }

    /// Sends an event to the hub; without listeners it is dropped.
    pub fn announce(&self, event: LiveEvent) {
        drop(self.events.send(event));
    }

    /// Adds a kill and tells the hub. Returns `None` when the window already holds it.
    pub fn publish(
        &self,
        record: Arc<KillRecord>,
        names: NameLookup<'_>,
        static_data: &StaticData,
        is_stored: bool,
    ) -> Option<Arc<LiveKill>> {
        let kill = self.lock().push(LiveKill::new(record, names, static_data, is_stored), !is_stored)?;
        if !is_stored && kill.is_live {
            self.announce(LiveEvent::Kill(Arc::clone(&kill)));
        }
        Some(kill)
    }

    /// Amends a kill and tells whom it concerns. `None` when the kill is not here, or nothing of it has changed.
    pub fn amend(&self, id: KillmailId, amendment: Amendment<'_>) -> Option<Arc<LiveKill>> {
        self.amend_all([(id, amendment)]).pop()
    }

    /// Amends kills and tells in one piece whom it concerns. Returns those that have changed.
    pub fn amend_all<'a>(
        &self,
        amendments: impl IntoIterator<Item = (KillmailId, Amendment<'a>)>,
    ) -> Vec<Arc<LiveKill>> {
        let mut news = News::default();
        let mut amended = Vec::new();
        for (id, amendment) in amendments {
            let Some((old, new)) = self.replace(id, &amendment) else { continue };
            news.note(&amendment, &old, &new);
            amended.push(new);
        }
        news.into_events().for_each(|event| self.announce(event));
        amended
    }

    /// The kill before and after. It is made without the lock; what another part made of it meanwhile is kept.
    fn replace(&self, id: KillmailId, amendment: &Amendment<'_>) -> Option<(Arc<LiveKill>, Arc<LiveKill>)> {
        loop {
            let old = self.find(id)?;
            if matches!(amendment, Amendment::Stored) {
                old.mark_stored();
            }
            let new = Arc::new(old.amended(amendment)?);
            if self.lock().replace(&old, &new) {
                return Some((old, new));
            }
        }
    }

    pub fn find(&self, id: KillmailId) -> Option<Arc<LiveKill>> {
        let inner = self.lock();
        inner.seq_by_id.get(&id).and_then(|seq| inner.by_seq(*seq)).cloned()
    }

    /// Every kill, oldest first.
    pub fn ids(&self) -> Vec<KillmailId> {
        self.lock().kills.iter().map(|kill| kill.summary.killmail_id).collect()
    }

    /// Every kill that is not stored yet, in no particular order.
    pub fn unstored(&self) -> Vec<Arc<LiveKill>> {
        self.lock().kills.iter().filter(|kill| !kill.is_stored()).cloned().collect()
    }

    /// Kills that somebody of these is on without a name.
    pub fn lacking_names(&self, of: impl IntoIterator<Item = i64>) -> Vec<KillmailId> {
        let inner = self.lock();
        let seqs: BTreeSet<u64> = of.into_iter().filter_map(|id| inner.unnamed.get(&id)).flatten().copied().collect();
        inner.ids_of(&seqs)
    }

    /// Kills with this fit.
    pub fn with_fit(&self, hash: FitHash) -> Vec<KillmailId> {
        let inner = self.lock();
        inner.by_fit.get(&hash).map_or_else(Vec::new, |seqs| inner.ids_of(seqs))
    }

    pub fn seq(&self) -> u64 {
        self.lock().next_seq
    }

    /// Live kills after `seq` that pass the filter, newest first, at most `limit`.
    pub fn since(&self, seq: u64, filter: &KillFilter, limit: usize) -> Since {
        let inner = self.lock();
        let oldest = inner.kills.front().map_or(inner.next_seq + 1, |kill| kill.seq);
        let mut answer =
            Since { is_covered: seq <= inner.next_seq && seq + 1 >= oldest, seq: inner.next_seq, ..Since::default() };
        for kill in inner.kills.iter().rev().take_while(|kill| kill.seq > seq) {
            if !kill.is_live || !filter.matches(&kill.summary, &kill.participants) {
                continue;
            }
            if answer.kills.len() < limit {
                answer.kills.push(Arc::clone(kill));
            } else {
                answer.skipped += 1;
            }
        }
        answer
    }

    /// Everybody on its kills whose name is not known.
    pub fn unnamed_ids(&self) -> Vec<i64> {
        self.lock().unnamed.keys().copied().collect()
    }

    /// Records of the kills that arrived since a time, oldest first.
    pub fn records_since(&self, received_since: Timestamp) -> Vec<Arc<KillRecord>> {
        let inner = self.lock();
        let records = inner.kills.iter().map(|kill| &kill.record);
        records.filter(|record| record.received_at >= received_since).cloned().collect()
    }

    pub fn stats(&self, now: Timestamp, watchers: u64) -> LiveStats {
        let minutes = self.lock().minutes.last_hour(now);
        let kills_last_hour = minutes.iter().map(|bucket| u64::from(bucket.kills)).sum();
        let isk_last_hour = minutes.iter().map(|bucket| bucket.isk).sum();
        LiveStats { minutes, kills_last_hour, isk_last_hour, watchers }
    }

    /// Sets the minute counters from stored history, once at start.
    pub fn seed_minutes(&self, buckets: impl IntoIterator<Item = (Timestamp, MinuteBucket)>) {
        self.lock().minutes.seed(buckets);
    }
}

impl Inner {
    fn slot(&self, seq: u64) -> Option<usize> {
        let first = self.kills.front()?.seq;
        usize::try_from(seq.checked_sub(first)?).ok()
    }

    fn by_seq(&self, seq: u64) -> Option<&Arc<LiveKill>> {
        self.kills.get(self.slot(seq)?)
    }

    fn ids_of(&self, seqs: &BTreeSet<u64>) -> Vec<KillmailId> {
        seqs.iter().filter_map(|seq| self.by_seq(*seq)).map(|kill| kill.summary.killmail_id).collect()
    }

    /// `None` when it is here already.
    fn push(&mut self, mut kill: LiveKill, is_counted: bool) -> Option<Arc<LiveKill>> {
        let id = kill.summary.killmail_id;
        if self.seq_by_id.contains_key(&id) {
            return None;
        }
        self.next_seq += 1;
        kill.seq = self.next_seq;
        let kill = Arc::new(kill);
        self.seq_by_id.insert(id, kill.seq);
        self.index(&kill);
        if is_counted {
            self.minutes.count(&kill.record);
        }
        self.kills.push_back(Arc::clone(&kill));
        if self.kills.len() > CAPACITY
            && let Some(oldest) = self.kills.pop_front()
        {
            self.seq_by_id.remove(&oldest.summary.killmail_id);
            self.forget(&oldest);
        }
        Some(kill)
    }

    /// False when the kill has left, or is no longer `old`.
    fn replace(&mut self, old: &Arc<LiveKill>, new: &Arc<LiveKill>) -> bool {
        let Some(slot) = self.slot(old.seq).and_then(|index| self.kills.get_mut(index)) else { return false };
        if !Arc::ptr_eq(slot, old) {
            return false;
        }
        *slot = Arc::clone(new);
        self.forget(old);
        self.index(new);
        self.minutes.correct(&old.record, &new.record);
        true
    }

    fn index(&mut self, kill: &LiveKill) {
        for id in kill.summary.unnamed_ids() {
            self.unnamed.entry(id).or_default().insert(kill.seq);
        }
        if let Some(hash) = kill.record.enrichment.fit.hash {
            self.by_fit.entry(hash).or_default().insert(kill.seq);
        }
    }

    /// Takes it out of the indices.
    fn forget(&mut self, kill: &LiveKill) {
        for id in kill.summary.unnamed_ids() {
            take_out(&mut self.unnamed, &id, kill.seq);
        }
        if let Some(hash) = kill.record.enrichment.fit.hash {
            take_out(&mut self.by_fit, &hash, kill.seq);
        }
    }
}

fn take_out<K: Eq + Hash>(index: &mut Index<K>, key: &K, seq: u64) {
    if let Some(seqs) = index.get_mut(key) {
        seqs.remove(&seq);
        if seqs.is_empty() {
            index.remove(key);
        }
    }
}
