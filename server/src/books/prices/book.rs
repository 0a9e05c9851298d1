//! The current prices, what is to be asked for, and how each source is doing: shared by the tasks that fetch prices
//! and the pipeline that reads them. Short locks; nothing waits while holding one.

use super::{
    table::{LISTS_USABLE, PriceTable, base_prices},
    wanted::{Urgency, Wanted},
};
use chrono::TimeDelta;
use contract::{PriceHealth, PriceSourceHealth};
use domain::{KillRecord, PriceSource, StaticData, Timestamp, TypeId, UnitPrice};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};
use store::PriceGap;
use tokio::sync::Notify;

/// A type that Janice did not know may have come to the market a day later.
pub const GAP_KEPT: TimeDelta = TimeDelta::hours(24);

/// A list with a smaller part than one by this of the prices known is not believed.
const LIST_SHRINKS_BY: usize = 2;

/// A list that says too little to take the place of the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list has {found} prices where {known} were known; it is not used")]
pub struct ShrunkList {
    found: usize,
    known: usize,
}

/// See the module.
#[derive(Debug, Default)]
pub struct PriceBook {
    table: RwLock<Arc<PriceTable>>,
    state: Mutex<State>,
    asks_janice: AtomicBool,
    queued: Notify,
    improved: Notify,
}

#[derive(Debug, Default)]
struct State {
    wanted: Wanted,
    /// Types Janice does not know, and when it said so.
    gaps: HashMap<TypeId, Timestamp>,
    /// Types with a better source than before, until revaluation takes them.
    improved: BTreeSet<TypeId>,
    reports: BTreeMap<PriceSource, Report>,
}

/// How a source did.
#[derive(Clone, Debug, Default)]
struct Report {
    last_success_at: Option<Timestamp>,
    last_error_at: Option<Timestamp>,
    last_error: Option<String>,
}

impl PriceBook {
    /// Begins with what was stored: prices, and the types that Janice did not know when it was asked last.
    pub(super) fn begin(&self, table: PriceTable, gaps: HashMap<TypeId, Timestamp>) {
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
        self.state().gaps = gaps;
    }

    /// Prices of this moment: the port through which enrichment asks.
    pub fn table(&self) -> Arc<PriceTable> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on somebody takes what is queued for Janice.
    pub fn ask_janice(&self) {
        self.asks_janice.store(true, Ordering::Relaxed);
    }

    /// Takes note of what a new kill is made of. Never waits.
    pub fn seen(&self, record: &KillRecord, static_data: &StaticData, now: Timestamp) {
        let used = &record.enrichment.unit_prices;
        let mut counts: BTreeMap<PriceSource, u64> = BTreeMap::new();
        for unit in used.values() {
            *counts.entry(unit.source).or_default() += 1;
        }
        for (source, count) in counts {
            metrics::counter!(crate::meters::PRICES_USED_TOTAL, "source" => source.label()).increment(count);
        }
        metrics::counter!(crate::meters::PRICES_MISSING_TOTAL)
            .increment(record.enrichment.valuation.unpriced_types.into());
        let killmail = &record.killmail;
        let items = killmail.items_flat().filter(|(item, _)| !item.is_blueprint_copy());
        let types = items.map(|(item, _)| item.item_type_id).chain([killmail.victim.ship_type_id]);
        let is_by_rule = |id: &TypeId| used.get(id).is_some_and(|unit| unit.source == PriceSource::Rule);
        self.request(types.filter(|id| !is_by_rule(id)), Urgency::Seen, static_data, now);
    }

    /// Queues those types whose Janice price is missing or stale. Rolled modules are not on the market.
    pub(super) fn request(
        &self,
        types: impl IntoIterator<Item = TypeId>,
        urgency: Urgency,
        static_data: &StaticData,
        now: Timestamp,
    ) {
        if !self.asks_janice.load(Ordering::Relaxed) {
            return;
        }
        let table = self.table();
        let mut state = self.state();
        for type_id in types {
            let is_gap = state.gaps.get(&type_id).is_some_and(|asked_at| now - *asked_at < GAP_KEPT);
            let is_rolled = || static_data.type_info(type_id).is_some_and(|info| info.is_abyssal);
            if is_gap || !table.lacks_janice(type_id, now) || is_rolled() {
                continue;
            }
            if !state.wanted.push(type_id, urgency) {
                metrics::counter!(crate::meters::PRICE_REQUESTS_DROPPED_TOTAL).increment(1);
            }
        }
        let has_queued = state.wanted.has_queued();
        metrics::gauge!(crate::meters::PRICE_REQUESTS_WAITING).set(state.wanted.len() as f64);
        drop(state);
        if has_queued {
            self.queued.notify_one();
        }
    }

    /// Returns when something is queued.
    pub(super) async fn queued(&self) {
        while !self.state().wanted.has_queued() {
            self.queued.notified().await;
        }
    }

    /// The next types to ask for.
    pub(super) fn take(&self, limit: usize) -> Vec<TypeId> {
        self.state().wanted.take(limit)
    }

    /// The question failed; the types wait for another.
    pub(super) fn give_back(&self, types: &[TypeId]) {
        self.state().wanted.give_back(types);
    }

    /// Publishes Janice's answer; returns the types that were not in it.
    pub(super) fn answered(&self, asked: &[TypeId], prices: &[(TypeId, UnitPrice)], now: Timestamp) -> Vec<PriceGap> {
        self.publish(prices, now, |table| table.with_janice(prices));
        let known: HashSet<TypeId> = prices.iter().map(|(type_id, _)| *type_id).collect();
        let missing: Vec<TypeId> = asked.iter().copied().filter(|type_id| !known.contains(type_id)).collect();
        let mut state = self.state();
        state.gaps.retain(|type_id, asked_at| !known.contains(type_id) && now - *asked_at < GAP_KEPT);
        state.gaps.extend(missing.iter().map(|type_id| (*type_id, now)));
        state.wanted.settle(asked);
        metrics::gauge!(crate::meters::PRICE_REQUESTS_WAITING).set(state.wanted.len() as f64);
        drop(state);
        self.succeeded(PriceSource::Janice, now);
        let gap = |type_id| PriceGap { type_id, source: PriceSource::Janice, asked_at: now };
        missing.into_iter().map(gap).collect()
    }

    /// Replaces the prices of a source that gives all at once.
    ///
    /// # Errors
    /// When the list lacks most of what the last one had: rather the old list than a broken one, until it is too old
    /// to be used before the next source.
    pub(super) fn replace(
        &self,
        source: PriceSource,
        prices: &[(TypeId, UnitPrice)],
        now: Timestamp,
    ) -> Result<(), ShrunkList> {
        let list: HashMap<TypeId, UnitPrice> = prices.iter().copied().collect();
        let is_usable = |unit: &&UnitPrice| now - unit.at <= LISTS_USABLE;
        let known = self.table().of(source).values().filter(is_usable).count();
        if list.is_empty() || list.len() * LIST_SHRINKS_BY < known {
            let refused = ShrunkList { found: list.len(), known };
            self.failed(source, refused.to_string(), now);
            return Err(refused);
        }
        self.publish(prices, now, |table| table.with_list(source, list));
        self.succeeded(source, now);
        Ok(())
    }

    /// Takes over the nominal prices of static data that were swapped.
    pub fn adopt(&self, static_data: &StaticData, now: Timestamp) {
        let base = base_prices(static_data, now);
        let prices: Vec<(TypeId, UnitPrice)> = base.iter().map(|(type_id, unit)| (*type_id, *unit)).collect();
        self.publish(&prices, now, |table| table.with_list(PriceSource::StaticBase, base));
    }

    fn publish(&self, new: &[(TypeId, UnitPrice)], now: Timestamp, change: impl FnOnce(&PriceTable) -> PriceTable) {
        let mut current = self.table.write().unwrap_or_else(PoisonError::into_inner);
        let before = Arc::clone(&current);
        let after = Arc::new(change(&before));
        *current = Arc::clone(&after);
        drop(current);
        let rank = |table: &PriceTable, id: TypeId| table.price(id, now).map(|unit| unit.source);
        let is_better = |id: TypeId| match (rank(&before, id), rank(&after, id)) {
            (Some(before), Some(after)) => after < before,
            (before, after) => before.is_none() && after.is_some(),
        };
        let better: Vec<TypeId> = new.iter().map(|(id, _)| *id).filter(|id| is_better(*id)).collect();
        if !better.is_empty() {
            self.state().improved.extend(better);
            self.improved.notify_one();
        }
    }

    /// Returns when a type has got a better source.
    pub(super) async fn improved(&self) {
        self.improved.notified().await;
    }

    /// The types that have got a better source since the last call.
    pub(super) fn take_improved(&self) -> BTreeSet<TypeId> {
        std::mem::take(&mut self.state().improved)
    }

    fn succeeded(&self, source: PriceSource, now: Timestamp) {
        self.state().reports.entry(source).or_default().last_success_at = Some(now);
        metrics::gauge!(crate::meters::PRICE_SOURCE_LAST_SUCCESS_TIMESTAMP_SECONDS, "source" => source.label())
            .set(now.timestamp() as f64);
        metrics::gauge!(crate::meters::PRICES_KNOWN, "source" => source.label())
            .set(self.table().of(source).len() as f64);
        metrics::counter!(crate::meters::PRICE_REFRESHES_TOTAL, "source" => source.label(), "outcome" => "ok")
            .increment(1);
    }

    /// Notes why a source gave nothing.
    pub(super) fn failed(&self, source: PriceSource, reason: String, now: Timestamp) {
        let mut state = self.state();
        let report = state.reports.entry(source).or_default();
        (report.last_error_at, report.last_error) = (Some(now), Some(reason));
        metrics::counter!(crate::meters::PRICE_REFRESHES_TOTAL, "source" => source.label(), "outcome" => "failed")
            .increment(1);
    }

    /// For the status page.
    pub fn health(&self) -> PriceHealth {
        let table = self.table();
        let asks_janice = self.asks_janice.load(Ordering::Relaxed);
        let state = self.state();
        let chain = [PriceSource::Janice, PriceSource::Mutamarket, PriceSource::EsiAverage, PriceSource::StaticBase];
        let sources = chain.map(|source| {
            let prices = table.of(source);
            let report = state.reports.get(&source).cloned().unwrap_or_default();
            let times = || prices.values().map(|unit| unit.at).filter(|_| source != PriceSource::StaticBase);
            PriceSourceHealth {
                source,
                is_in_use: source != PriceSource::Janice || asks_janice,
                prices: prices.len() as u64,
                unknown: if source == PriceSource::Janice { state.gaps.len() as u64 } else { 0 },
                oldest: times().min(),
                newest: times().max(),
                last_success_at: report.last_success_at,
                last_error_at: report.last_error_at,
                last_error: report.last_error,
            }
        });
        let first = sources.iter().find(|source| source.is_in_use && source.prices > 0);
        PriceHealth {
            types_priced: table.type_count() as u64,
            refreshed_at: sources.iter().filter_map(|source| source.newest).max(),
            source: first.map_or_else(String::new, |first| first.source.label().to_owned()),
            waiting: state.wanted.len() as u64,
            sources: sources.into(),
        }
    }
}

#[cfg(test)]
#[path = "book_tests.rs"]
mod tests;
