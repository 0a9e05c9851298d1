//! Corrects kills that were valued before a better price arrived: those of the hot window, on open pages too, and
//! stored ones of the last hour. A price is only ever replaced by one of a better source: what a kill was valued with
//! stays when the market moves.
//!
//! Considered races: a kill is revalued before it is stored (the new values are kept and written again until its row
//! exists); a kill is published between a price's arrival and the look through the window (the next look finds it,
//! since it compares every kill with the table and not with what arrived); another part changes the same record (the
//! window refuses a change based on an older record, and the next look starts from the newer one).

use super::table::PriceTable;
use crate::{
    books::Books,
    lifecycle::{Job, JobOutcome, Next},
    live::window::Amendment,
};
use async_trait::async_trait;
use chrono::TimeDelta;
use domain::{
    Enrichment, KillRecord, KillmailId, PriceSource, StaticData, Timestamp, TypeId, valuation::revalue_killmail,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use store::{StoreError, WorsePriced};
use tokio::time::Instant;

/// Enrichment is kept for a day (domain.md 3); older kills are left to re-enrichment.
const WINDOW_AGE: TimeDelta = TimeDelta::hours(24);
/// Stored kills that are not in the window, and how far apart arrival and loss may be.
const STORED_AGE: TimeDelta = TimeDelta::hours(1);
const ARRIVAL_WITHIN: TimeDelta = TimeDelta::hours(1);
const STORED_KILLS: u32 = 200;
/// Least time between two searches of the database.
const STORED_PAUSE: Duration = Duration::from_secs(10);
/// Kills told of in one piece, and changed in one statement.
const CHUNK: usize = 200;
/// Values waiting for their row; as many as the window holds.
const UNSAVED: usize = 6_000;
/// Rounds in which values wait for a row that may never come (its kill was refused by the database).
const UNSAVED_ROUNDS: u32 = 300;

/// Values that could not be written yet, and in how many rounds.
#[derive(Default)]
struct Unsaved(BTreeMap<KillmailId, (Arc<KillRecord>, u32)>);

/// Runs when prices have improved, and as long as something is left to do.
pub struct Revaluation {
    books: Arc<Books>,
    unsaved: Unsaved,
    /// Types whose stored kills are still to be looked for.
    improved: BTreeSet<TypeId>,
    searched_at: Option<Instant>,
}

impl Revaluation {
    pub fn new(books: Arc<Books>) -> Self {
        Self { books, unsaved: Unsaved::default(), improved: BTreeSet::new(), searched_at: None }
    }
}

#[async_trait]
impl Job for Revaluation {
    async fn run(&mut self) -> JobOutcome {
        let Self { books, unsaved, improved, searched_at } = self;
        let mut news = books.prices().take_improved();
        if !news.is_empty() {
            improved.append(&mut news);
            revalue_window(books, unsaved).await;
        }
        let mut searched = Ok(());
        if !improved.is_empty() && searched_at.is_none_or(|at| at.elapsed() >= STORED_PAUSE) {
            *searched_at = Some(Instant::now());
            searched = revalue_stored(books, improved).await;
            if searched.is_ok() {
                improved.clear();
            }
        }
        unsaved.write(books).await?;
        searched?;
        let is_done = unsaved.0.is_empty() && improved.is_empty();
        Ok(if is_done { Next::WhenWoken } else { Next::InAPeriod })
    }

    async fn woken(&self) {
        self.books.prices().improved().await;
    }
}

/// The record with better prices, if there are any.
fn revalued(record: &KillRecord, static_data: &StaticData, table: &PriceTable, now: Timestamp) -> Option<KillRecord> {
    if !may_improve(record, table, now) {
        return None;
    }
    let enrichment = &record.enrichment;
    let price_of = |type_id| table.price(type_id, now);
    let (valuation, unit_prices) = revalue_killmail(&record.killmail, static_data, &enrichment.unit_prices, &price_of)?;
    let enrichment = Enrichment { enriched_at: now, valuation, unit_prices, ..enrichment.clone() };
    Some(KillRecord { enrichment, ..record.clone() })
}

/// A quick look that spares most kills the whole valuation.
fn may_improve(record: &KillRecord, table: &PriceTable, now: Timestamp) -> bool {
    let used = &record.enrichment.unit_prices;
    let is_better = |id: TypeId, source| table.price(id, now).is_some_and(|unit| unit.source < source);
    if used.iter().any(|(id, unit)| unit.source > PriceSource::Janice && is_better(*id, unit.source)) {
        return true;
    }
    let killmail = &record.killmail;
    let mut types = killmail.items_flat().map(|(item, _)| item.item_type_id).chain([killmail.victim.ship_type_id]);
    record.enrichment.valuation.unpriced_types > 0
        && types.any(|id| !used.contains_key(&id) && table.price(id, now).is_some())
}

async fn revalue_window(books: &Books, unsaved: &mut Unsaved) {
    let now = books.node().now();
    let (table, static_data) = (books.prices().table(), books.node().static_data());
    let records = books.node().window().records_since(now - WINDOW_AGE);
    for chunk in records.chunks(CHUNK) {
        let better = chunk.iter().filter_map(|old| {
            let record = Arc::new(revalued(old, &static_data, &table, now)?);
            Some((old.killmail.killmail_id, Amendment::Values { based_on: Arc::clone(old), record }))
        });
        let changed = books.node().window().amend_all(better);
        metrics::counter!(crate::meters::KILLMAILS_REVALUED_TOTAL).increment(changed.len() as u64);
        unsaved.add(changed.iter().map(|kill| Arc::clone(&kill.record)));
        // Thousands of kills must not keep this thread from the live path.
        tokio::task::yield_now().await;
    }
}

async fn revalue_stored(books: &Books, improved: &BTreeSet<TypeId>) -> Result<(), StoreError> {
    let now = books.node().now();
    let types: Vec<TypeId> = improved.iter().copied().collect();
    let since = now - STORED_AGE;
    let in_window: Vec<KillmailId> =
        books.node().window().records_since(since).iter().map(|record| record.killmail.killmail_id).collect();
    let search = WorsePriced {
        killed_since: since - ARRIVAL_WITHIN,
        received_since: since,
        types: &types,
        except: &in_window,
        limit: STORED_KILLS,
    };
    let (table, static_data) = (books.prices().table(), books.node().static_data());
    let mut changed = Vec::new();
    for id in books.node().store().list_worse_priced(search).await? {
        let Some(record) = books.node().store().find_kill(id).await? else { continue };
        changed.extend(revalued(&record, &static_data, &table, now));
    }
    books.node().store().update_values(&changed.iter().collect::<Vec<_>>()).await?;
    metrics::counter!(crate::meters::KILLMAILS_REVALUED_TOTAL).increment(changed.len() as u64);
    Ok(())
}

impl Unsaved {
    fn add(&mut self, records: impl Iterator<Item = Arc<KillRecord>>) {
        for record in records {
            self.0.insert(record.killmail.killmail_id, (record, 0));
        }
        while self.0.len() > UNSAVED {
            self.0.pop_first();
        }
    }

    /// Writes what has a row and keeps the rest.
    async fn write(&mut self, books: &Books) -> Result<(), StoreError> {
        let waiting: Vec<Arc<KillRecord>> = self.0.values().map(|(record, _)| Arc::clone(record)).collect();
        for chunk in waiting.chunks(CHUNK) {
            let records: Vec<&KillRecord> = chunk.iter().map(Arc::as_ref).collect();
            let stored = books.node().store().update_values(&records).await?;
            self.0.retain(|id, _| !stored.contains(id));
        }
        self.0.retain(|_, (_, rounds)| {
            *rounds += 1;
            *rounds <= UNSAVED_ROUNDS
        });
        Ok(())
    }
}
