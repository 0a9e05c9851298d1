//! Enriching stored kills again from their kept bodies, with the formulas and static data of now. The prices a kill was
//! valued with stay, for a kill is worth what it was worth when it came; only gaps are filled and worse sources
//! replaced. What the source said (its value, its labels) and where the kill came from stay.

use super::{Arrived, Basis, Body, Enriched};
use crate::{books::Books, live::window::Amendment};
use domain::{KillRecord, KillmailId, Source, StaticData, valuation::value_again};
use futures::{StreamExt, TryStreamExt};
use std::sync::Arc;
use store::StoreError;

/// Kills read from the database at a time.
const READERS: usize = 4;

/// How a kill is enriched: [`super::enrich_guarded`], or in tests one that fails.
pub type Compute = fn(Arrived, &Basis) -> Enriched;

/// What became of kills that were to be enriched again.
#[derive(Debug, Default)]
pub struct Recomputed {
    pub updated: u64,
    pub failed: Vec<Failure>,
    /// Not in the database, or not yet.
    pub missing: Vec<KillmailId>,
}

/// A kill whose enrichment failed again; it keeps the one it has.
#[derive(Debug)]
pub struct Failure {
    pub killmail_id: KillmailId,
    pub source: Source,
    pub payload: Arc<str>,
    pub reason: String,
}

/// Enriches the kills again and writes what came of it in one transaction.
///
/// # Errors
/// When the database does not answer; then nothing is changed.
pub async fn recompute(books: &Arc<Books>, ids: &[KillmailId], compute: Compute) -> Result<Recomputed, StoreError> {
    let stored: Vec<(KillmailId, Option<KillRecord>)> = futures::stream::iter(ids.iter().copied())
        .map(|id| async move { Ok::<_, StoreError>((id, books.node().store().find_kill(id).await?)) })
        .buffered(READERS)
        .try_collect()
        .await?;
    let mut outcome = Recomputed::default();
    let mut records = Vec::with_capacity(stored.len());
    for (id, record) in stored {
        match record {
            Some(record) => records.push(record),
            None => outcome.missing.push(id),
        }
    }
    let basis = Basis::of(books);
    let computing = basis.clone();
    let computed = tokio::task::spawn_blocking(move || {
        records.into_iter().map(|record| again(record, &computing, compute)).collect::<Vec<_>>()
    });
    let mut fresh = Vec::new();
    // A blocking task fails only by a panic, and enrichment is guarded; then the kills stay as they are.
    for result in computed.await.unwrap_or_default() {
        match result {
            Ok(record) => fresh.push(record),
            Err(failure) => outcome.failed.push(failure),
        }
    }
    let references: Vec<&KillRecord> = fresh.iter().map(Arc::as_ref).collect();
    outcome.updated = books.node().store().update_enrichment(&references, &basis.static_data).await?;
    for record in fresh {
        show(&record, &basis.static_data, books);
    }
    Ok(outcome)
}

/// Lets a stored kill's enrichment be seen wherever an older one is in memory.
pub fn show(record: &KillRecord, static_data: &StaticData, books: &Books) {
    let names = |id: i64| books.names().get(id);
    let amendment = Amendment::Enrichment { enrichment: &record.enrichment, names: &names, static_data };
    books.node().window().amend(record.killmail.killmail_id, amendment);
}

fn again(record: KillRecord, basis: &Basis, compute: Compute) -> Result<Arc<KillRecord>, Failure> {
    let body = Body {
        payload: Arc::clone(&record.payload),
        hash: record.hash.clone(),
        source: record.source,
        received_at: record.received_at,
        reported: None,
    };
    let Enriched { record: mut fresh, failure, .. } =
        compute(Arrived { killmail: Arc::clone(&record.killmail), body }, basis);
    if let Some(reason) = failure {
        let (killmail_id, source) = (record.killmail.killmail_id, record.source);
        return Err(Failure { killmail_id, source, payload: record.payload, reason });
    }
    let (killmail, enrichment) = (&record.killmail, &mut Arc::make_mut(&mut fresh).enrichment);
    let now_known = std::mem::take(&mut enrichment.unit_prices);
    let price_of = |type_id| now_known.get(&type_id).copied();
    (enrichment.valuation, enrichment.unit_prices) =
        value_again(killmail, &basis.static_data, &record.enrichment.unit_prices, &price_of);
    enrichment.reported_value = record.enrichment.reported_value;
    enrichment.labels = record.enrichment.labels;
    Ok(fresh)
}
