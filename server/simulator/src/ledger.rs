//! The emitted kills by sequence number, id and day: the memory every upstream reads from.
//!
//! Bounded by count and bytes; the oldest kills leave first. A sequence number is never reused; a number left out on
//! purpose (fault `missing_number`) stays an empty place.

use chrono::{DateTime, NaiveDate, Utc};
use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

/// One emitted killmail. Texts are kept as served; nothing is parsed again unless an upstream needs it.
#[derive(Debug)]
pub struct Kill {
    pub sequence: u64,
    pub killmail_id: i64,
    pub hash: String,
    /// The ESI body.
    pub body: Box<str>,
    /// The `zkb` block as R2Z2 has it.
    pub zkb: Box<str>,
    pub killed_at: DateTime<Utc>,
    pub uploaded_at: DateTime<Utc>,
    pub system_id: i64,
}

impl Kill {
    fn bytes(&self) -> usize {
        // Measured overhead of the indexes and the allocations.
        self.body.len() + self.zkb.len() + self.hash.len() + 300
    }
}

/// What to remember at most.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub kills: usize,
    pub bytes: usize,
}

#[derive(Debug)]
pub struct Ledger {
    bounds: Bounds,
    /// `sequence.json` is rewritten after more than this many new numbers.
    lag: u64,
    /// Sequence number of the front of `places`.
    first: u64,
    places: VecDeque<Option<Arc<Kill>>>,
    by_id: HashMap<i64, u64>,
    /// Killmail ids of each day, in order of emission.
    days: BTreeMap<NaiveDate, VecDeque<i64>>,
    bytes: usize,
    published: u64,
}

impl Ledger {
    pub fn new(first: u64, lag: u64, bounds: Bounds) -> Self {
        Self {
            bounds,
            lag,
            first,
            places: VecDeque::new(),
            by_id: HashMap::new(),
            days: BTreeMap::new(),
            bytes: 0,
            published: first.saturating_sub(1),
        }
    }

    /// The number the next kill gets.
    pub fn next_sequence(&self) -> u64 {
        self.first + self.places.len() as u64
    }

    /// The newest number given.
    pub fn head(&self) -> u64 {
        self.next_sequence().saturating_sub(1)
    }

    /// The number `sequence.json` shows; lags behind the head.
    pub fn published(&self) -> u64 {
        self.published
    }

    /// Lets `sequence.json` catch up with the head.
    pub fn publish_head(&mut self) {
        self.published = self.head();
    }

    pub fn skip(&mut self) {
        self.places.push_back(None);
    }

    /// Adds a kill under the next number. A kill published again is listed in its day once.
    pub fn push(&mut self, kill: Arc<Kill>) {
        debug_assert_eq!(kill.sequence, self.next_sequence());
        self.bytes += kill.bytes();
        if self.by_id.insert(kill.killmail_id, kill.sequence).is_none() {
            self.days.entry(kill.killed_at.date_naive()).or_default().push_back(kill.killmail_id);
        }
        self.places.push_back(Some(kill));
        if self.head() > self.published + self.lag {
            self.publish_head();
        }
        while self.places.len() > self.bounds.kills.max(1) || self.bytes > self.bounds.bytes {
            let Some(place) = self.places.pop_front() else { break };
            self.first += 1;
            let Some(kill) = place else { continue };
            self.bytes -= kill.bytes();
            if self.by_id.get(&kill.killmail_id) == Some(&kill.sequence) {
                self.by_id.remove(&kill.killmail_id);
                self.forget_day_entry(&kill);
            }
        }
    }

    fn forget_day_entry(&mut self, kill: &Kill) {
        let day = kill.killed_at.date_naive();
        if let Some(ids) = self.days.get_mut(&day) {
            // Kills leave in about the order they came, so the entry is near the front.
            if let Some(index) = ids.iter().position(|id| *id == kill.killmail_id) {
                ids.remove(index);
            }
            if ids.is_empty() {
                self.days.remove(&day);
            }
        }
    }

    pub fn by_sequence(&self, sequence: u64) -> Option<Arc<Kill>> {
        let index = usize::try_from(sequence.checked_sub(self.first)?).ok()?;
        self.places.get(index)?.clone()
    }

    pub fn by_id(&self, killmail_id: i64) -> Option<Arc<Kill>> {
        self.by_id.get(&killmail_id).and_then(|sequence| self.by_sequence(*sequence))
    }

    /// At most `limit` kills with numbers above `after`, oldest first.
    pub fn after(&self, after: u64, limit: usize) -> Vec<Arc<Kill>> {
        let start = (after + 1).saturating_sub(self.first);
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(self.places.len());
        self.places.range(start..).flatten().take(limit).cloned().collect()
    }

    /// The newest kills first.
    pub fn newest(&self) -> impl Iterator<Item = &Arc<Kill>> {
        self.places.iter().rev().flatten()
    }

    /// Kills that happened on a day, each once.
    pub fn of_day(&self, day: NaiveDate) -> Vec<Arc<Kill>> {
        self.days.get(&day).into_iter().flatten().filter_map(|id| self.by_id(*id)).collect()
    }

    /// Kills a day.
    pub fn totals(&self) -> impl Iterator<Item = (NaiveDate, usize)> {
        self.days.iter().map(|(day, ids)| (*day, ids.len()))
    }

    /// Ids of the kept kills numbered `from` and above, in order of emission, repeats left out.
    pub fn ids(&self, from: u64) -> Vec<i64> {
        let mut seen = HashSet::new();
        let kills = self.places.iter().flatten().filter(|kill| kill.sequence >= from);
        kills.map(|kill| kill.killmail_id).filter(|id| seen.insert(*id)).collect()
    }

    pub fn kept(&self) -> usize {
        self.by_id.len()
    }

    pub fn first_kept(&self) -> u64 {
        self.first
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kill(sequence: u64, killmail_id: i64) -> Arc<Kill> {
        let at = DateTime::from_timestamp(1_767_322_000 + killmail_id, 0).unwrap();
        Arc::new(Kill {
            sequence,
            killmail_id,
            hash: crate::hash::killmail_hash(1, killmail_id),
            body: "{}".into(),
            zkb: "{}".into(),
            killed_at: at,
            uploaded_at: at,
            system_id: 30_000_142,
        })
    }

    #[test]
    fn bounded_and_indexed() {
        let mut ledger = Ledger::new(100, 2, Bounds { kills: 3, bytes: usize::MAX });
        assert_eq!((ledger.head(), ledger.published()), (99, 99));
        ledger.push(kill(100, 1));
        ledger.skip();
        ledger.push(kill(102, 2));
        assert_eq!(ledger.published(), 102);
        assert_eq!(ledger.by_sequence(101).map(|kill| kill.killmail_id), None);
        ledger.push(kill(103, 2));
        assert_eq!(ledger.published(), 102, "lags");
        assert_eq!(ledger.by_id(1).map(|kill| kill.killmail_id), None, "left first");
        assert_eq!(ledger.ids(0), [2]);
        assert_eq!(ledger.totals().map(|(_, count)| count).collect::<Vec<_>>(), [1]);
        assert_eq!(ledger.after(100, 10).len(), 2);
        assert_eq!(ledger.after(103, 10).len(), 0);
    }
}
