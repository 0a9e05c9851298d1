//! The hot window: the newest kills of this process in memory, whether stored yet or not.
//!
//! Owns: sequence numbers, the look-up of kills that are not stored yet, gap filling for reconnecting clients, the
//! minute counters. Bounded by [`CAPACITY`] kills. One short lock; nothing waits while holding it.

#[cfg(test)]
#[path = "window_tests.rs"]
mod tests;

use super::LiveEvent;
use chrono::TimeDelta;
use contract::{LiveStats, MinuteBucket, NamePatch};
use domain::{
    Enrichment, FitFacts, FitHash, FitOutcome, Isk, KillFilter, KillRecord, KillSummary, KillmailId, Place, ShipRef,
    StaticData, Timestamp, filter::ParticipantFacts, summary::NameLookup,
};
use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::sync::broadcast;

/// Kills kept in memory. Larger than the persist queue, so that a kill on screen is always either here or stored.
pub const CAPACITY: usize = 6_000;
/// A kill older than this on arrival is history: stored, but not shown as live (design: late kills).
pub const LIVE_AGE: TimeDelta = TimeDelta::hours(1);
/// A kill that took longer to arrive counts for the minute of the loss: history that was closed at once is no rush.
const LATE: TimeDelta = TimeDelta::minutes(5);
/// Minutes of history behind the sparkline.
const MINUTES: usize = 60;

/// One published kill.
#[derive(Debug)]
pub struct LiveKill {
    pub seq: u64,
    pub summary: KillSummary,
    pub participants: Arc<[ParticipantFacts]>,
    pub record: Arc<KillRecord>,
    /// `summary` as JSON, encoded once.
    pub json: String,
    /// Arrived within [`LIVE_AGE`] of the loss.
    pub is_live: bool,
    stored: Arc<AtomicBool>,
}

impl LiveKill {
    pub fn is_stored(&self) -> bool {
        self.stored.load(Ordering::Relaxed)
    }

    fn with_fit(&self, facts: &FitFacts) -> Self {
        let mut record = KillRecord::clone(&self.record);
        record.enrichment.fit = facts.clone();
        let (ehp, dps, fit_is_lower_bound) = (facts.ehp, facts.dps, facts.is_lower_bound);
        let summary = KillSummary { ehp, dps, fit_is_lower_bound, tank: facts.tank, ..self.summary.clone() };
        Self { record: Arc::new(record), ..self.restated(summary, Arc::clone(&self.participants)) }
    }

    /// The same kill in other words.
    fn restated(&self, summary: KillSummary, participants: Arc<[ParticipantFacts]>) -> Self {
        Self {
            seq: self.seq,
            json: encode(&summary),
            summary,
            participants,
            record: Arc::clone(&self.record),
            is_live: self.is_live,
            stored: Arc::clone(&self.stored),
        }
    }
}

#[derive(Debug, Default)]
struct Inner {
    next_seq: u64,
    kills: VecDeque<Arc<LiveKill>>,
    seq_by_id: HashMap<KillmailId, u64>,
    /// Rows whose names are not complete: entity id -> seqs.
    waiting: HashMap<i64, Vec<u64>>,
    /// Newest last; the key is minutes since the epoch.
    minutes: VecDeque<(i64, MinuteBucket)>,
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
        let summary = KillSummary::new(&record, names, static_data);
        let participants: Arc<[ParticipantFacts]> = ParticipantFacts::of(&record.killmail, static_data).into();
        let is_live = record.received_at - record.killmail.killmail_time <= LIVE_AGE;
        let json = encode(&summary);
        let mut inner = self.lock();
        if inner.seq_by_id.contains_key(&summary.killmail_id) {
            return None;
        }
        inner.next_seq += 1;
        let seq = inner.next_seq;
        inner.seq_by_id.insert(summary.killmail_id, seq);
        for id in summary.unnamed_ids() {
            inner.waiting.entry(id).or_default().push(seq);
        }
        if !is_stored {
            inner.count(&summary, minute_of(&record));
        }
        let stored = Arc::new(AtomicBool::new(is_stored));
        let kill = Arc::new(LiveKill { seq, summary, participants, record, json, is_live, stored });
        inner.kills.push_back(Arc::clone(&kill));
        if inner.kills.len() > CAPACITY {
            inner.evict_oldest();
        }
        drop(inner);
        if !is_stored && is_live {
            self.announce(LiveEvent::Kill(Arc::clone(&kill)));
        }
        Some(kill)
    }

    /// Marks kills as being on disk.
    pub fn mark_stored(&self, ids: impl IntoIterator<Item = KillmailId>) {
        let inner = self.lock();
        for id in ids {
            if let Some(kill) = inner.seq_by_id.get(&id).and_then(|seq| inner.by_seq(*seq)) {
                kill.stored.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Puts a new enrichment in the place of the old one, for whoever asks from now on. Nobody is told.
    pub fn replace_enrichment(
        &self,
        id: KillmailId,
        enrichment: &Enrichment,
        names: NameLookup<'_>,
        static_data: &StaticData,
    ) {
        let mut inner = self.lock();
        let Some(old) = inner.seq_by_id.get(&id).and_then(|seq| inner.by_seq(*seq)).map(Arc::clone) else { return };
        let record = Arc::new(KillRecord { enrichment: enrichment.clone(), ..(*old.record).clone() });
        let summary = KillSummary::new(&record, names, static_data);
        let json = encode(&summary);
        inner.put(Arc::new(LiveKill {
            seq: old.seq,
            summary,
            json,
            record,
            participants: Arc::clone(&old.participants),
            is_live: old.is_live,
            stored: Arc::clone(&old.stored),
        }));
    }

    pub fn find(&self, id: KillmailId) -> Option<Arc<LiveKill>> {
        let inner = self.lock();
        inner.seq_by_id.get(&id).and_then(|seq| inner.by_seq(*seq)).cloned()
    }

    /// Every kill that is not stored yet, in no particular order.
    pub fn unstored(&self) -> Vec<Arc<LiveKill>> {
        self.lock().kills.iter().filter(|kill| !kill.is_stored()).cloned().collect()
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

    /// Fills in names that have become known and passes them on to open pages.
    pub fn apply_names(&self, names: &[(i64, String)]) {
        let known: HashMap<i64, &String> = names.iter().map(|(id, name)| (*id, name)).collect();
        let lookup = |id: i64| known.get(&id).map(|name| (*name).clone());
        let mut patches = Vec::new();
        let mut inner = self.lock();
        for (id, name) in names {
            let Some(seqs) = inner.waiting.remove(id) else { continue };
            patches.push(NamePatch { id: *id, name: name.clone() });
            for seq in seqs {
                inner.rewrite(seq, &lookup);
            }
        }
        drop(inner);
        if !patches.is_empty() {
            self.announce(LiveEvent::Names(patches.into()));
        }
    }

    /// Everybody on its kills whose name is not known.
    pub fn unnamed_ids(&self) -> Vec<i64> {
        self.lock().waiting.keys().copied().collect()
    }

    /// Says anew what the static data say of each kill: names of ships, groups and places. A kill is rewritten alone,
    /// so nobody waits for the whole window. Open pages keep what they show until they load a row again.
    pub fn adopt(&self, static_data: &StaticData) {
        let seqs: Vec<u64> = self.lock().kills.iter().map(|kill| kill.seq).collect();
        for seq in seqs {
            self.lock().restate(seq, static_data);
        }
    }

    /// Records of the kills that arrived since a time, oldest first.
    pub fn records_since(&self, received_since: Timestamp) -> Vec<Arc<KillRecord>> {
        let inner = self.lock();
        let records = inner.kills.iter().map(|kill| &kill.record);
        records.filter(|record| record.received_at >= received_since).cloned().collect()
    }

    /// Gives kills new values and tells open pages. Each change is the record it is based on and the new one; those
    /// whose kill has left or got another record meanwhile are left out. Returns the records that took effect.
    pub fn revalue(&self, changes: Vec<(Arc<KillRecord>, Arc<KillRecord>)>) -> Vec<Arc<KillRecord>> {
        let mut taken = Vec::with_capacity(changes.len());
        let mut shown = Vec::new();
        let mut inner = self.lock();
        for (old, new) in changes {
            let Some(kill) = inner.replace_record(&old, Arc::clone(&new)) else { continue };
            taken.push(new);
            if kill.is_live {
                shown.push(kill);
            }
        }
        drop(inner);
        if !shown.is_empty() {
            self.announce(LiveEvent::Changed(shown.into()));
        }
        taken
    }

    /// Writes the statistics of a fit to its kills and tells the hub, for filters that ask for them.
    pub fn settle_fit(&self, hash: FitHash, engine_build: &str, outcome: &FitOutcome) {
        let facts = FitFacts::known(hash, engine_build, outcome);
        let mut inner = self.lock();
        let fitted: Vec<Arc<LiveKill>> = inner
            .kills
            .iter_mut()
            .filter(|kill| kill.record.enrichment.fit.hash == Some(hash) && kill.record.enrichment.fit != facts)
            .map(|slot| {
                *slot = Arc::new(slot.with_fit(&facts));
                Arc::clone(slot)
            })
            .collect();
        drop(inner);
        for kill in fitted.into_iter().filter(|kill| kill.is_live) {
            self.announce(LiveEvent::Fitted(kill));
        }
    }

    pub fn stats(&self, now: Timestamp, watchers: u64) -> LiveStats {
        let inner = self.lock();
        let current = now.timestamp().div_euclid(60);
        let mut minutes = vec![MinuteBucket::default(); MINUTES];
        for (minute, bucket) in &inner.minutes {
            // The running minute is left out: a half-full last bar reads as a drop.
            let age = current - minute;
            if (1..=MINUTES as i64).contains(&age) {
                minutes[MINUTES - age as usize] = *bucket;
            }
        }
        let kills_last_hour = minutes.iter().map(|bucket| u64::from(bucket.kills)).sum();
        let isk_last_hour = minutes.iter().map(|bucket| bucket.isk).sum();
        LiveStats { minutes, kills_last_hour, isk_last_hour, watchers }
    }

    /// Sets the minute counters from stored history, once at start.
    pub fn seed_minutes(&self, buckets: impl IntoIterator<Item = (Timestamp, MinuteBucket)>) {
        let mut inner = self.lock();
        for (minute, bucket) in buckets {
            inner.minutes.push_back((minute.timestamp().div_euclid(60), bucket));
        }
    }
}

impl Inner {
    fn by_seq(&self, seq: u64) -> Option<&Arc<LiveKill>> {
        let first = self.kills.front()?.seq;
        self.kills.get(usize::try_from(seq.checked_sub(first)?).ok()?)
    }

    /// Replaces the kill with the same number.
    fn put(&mut self, kill: Arc<LiveKill>) {
        let Some(first) = self.kills.front().map(|kill| kill.seq) else { return };
        let slot = kill.seq.checked_sub(first).and_then(|index| self.kills.get_mut(index as usize));
        if let Some(slot) = slot {
            *slot = kill;
        }
    }

    fn evict_oldest(&mut self) {
        let Some(kill) = self.kills.pop_front() else { return };
        self.seq_by_id.remove(&kill.summary.killmail_id);
        for id in kill.summary.unnamed_ids() {
            if let Some(seqs) = self.waiting.get_mut(&id) {
                seqs.retain(|seq| *seq != kill.seq);
                if seqs.is_empty() {
                    self.waiting.remove(&id);
                }
            }
        }
    }

    fn slot(&mut self, seq: u64) -> Option<&mut Arc<LiveKill>> {
        let first = self.kills.front()?.seq;
        self.kills.get_mut(usize::try_from(seq.checked_sub(first)?).ok()?)
    }

    fn rewrite(&mut self, seq: u64, names: NameLookup<'_>) {
        let Some(slot) = self.slot(seq) else { return };
        let mut summary = slot.summary.clone();
        if summary.fill_names(names) {
            let participants = Arc::clone(&slot.participants);
            *slot = Arc::new(slot.restated(summary, participants));
        }
    }

    fn restate(&mut self, seq: u64, static_data: &StaticData) {
        let Some(slot) = self.slot(seq) else { return };
        let mut summary = slot.summary.clone();
        summary.place = Place::new(summary.place.solar_system_id, static_data);
        summary.ship = ShipRef::new(summary.ship.type_id, static_data);
        if let Some(blow) = &mut summary.final_blow {
            blow.ship = blow.ship.as_ref().map(|ship| ShipRef::new(ship.type_id, static_data));
            blow.weapon = blow.weapon.as_ref().map(|weapon| ShipRef::new(weapon.type_id, static_data));
        }
        let participants = ParticipantFacts::of(&slot.record.killmail, static_data);
        let is_same = participants
            .iter()
            .map(|facts| facts.ship_group_id)
            .eq(slot.participants.iter().map(|facts| facts.ship_group_id));
        if summary != slot.summary || !is_same {
            *slot = Arc::new(slot.restated(summary, participants.into()));
        }
    }

    /// Puts `new` in the place of `old`, if that is still there.
    fn replace_record(&mut self, old: &Arc<KillRecord>, new: Arc<KillRecord>) -> Option<Arc<LiveKill>> {
        let seq = *self.seq_by_id.get(&old.killmail.killmail_id)?;
        let first = self.kills.front()?.seq;
        let slot = self.kills.get_mut(usize::try_from(seq.checked_sub(first)?).ok()?)?;
        if !Arc::ptr_eq(&slot.record, old) {
            return None;
        }
        let values = &new.enrichment.valuation;
        let summary = KillSummary {
            total_value: values.total_value,
            unpriced_types: values.unpriced_types,
            ..slot.summary.clone()
        };
        let kill = Arc::new(LiveKill {
            seq,
            json: encode(&summary),
            summary,
            participants: Arc::clone(&slot.participants),
            record: new,
            is_live: slot.is_live,
            stored: Arc::clone(&slot.stored),
        });
        *slot = Arc::clone(&kill);
        let minute = minute_of(&kill.record);
        if let Some((_, bucket)) = self.minutes.iter_mut().find(|(of, _)| *of == minute) {
            let value = |record: &KillRecord| record.enrichment.valuation.total_value.map_or(0, Isk::hundredths);
            let grown = value(&kill.record).saturating_sub(value(old));
            bucket.isk = Isk::from_hundredths(bucket.isk.hundredths().saturating_add(grown));
        }
        Some(kill)
    }

    /// `minute` since the epoch. One that is older than the hour shown is not counted.
    fn count(&mut self, kill: &KillSummary, minute: i64) {
        let newest = self.minutes.back().map_or(minute, |(last, _)| *last.max(&minute));
        if newest - minute > MINUTES as i64 {
            return;
        }
        let index = self.minutes.partition_point(|(of, _)| *of < minute);
        if self.minutes.get(index).is_none_or(|(of, _)| *of != minute) {
            self.minutes.insert(index, (minute, MinuteBucket::default()));
        }
        let (_, bucket) = &mut self.minutes[index];
        bucket.kills += 1;
        bucket.isk = bucket.isk + kill.total_value.unwrap_or(Isk::ZERO);
        while self.minutes.len() > MINUTES + 1 {
            self.minutes.pop_front();
        }
    }
}

/// Minutes since the epoch.
fn minute_of(record: &KillRecord) -> i64 {
    let (at, arrived) = (record.killmail.killmail_time, record.received_at);
    let counted = if arrived - at > LATE { at } else { arrived };
    counted.timestamp().div_euclid(60)
}

fn encode(summary: &KillSummary) -> String {
    serde_json::to_string(summary).expect("a summary has string keys only and no failing serializer")
}
