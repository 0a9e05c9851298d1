//! Enriching stored kills again from their kept bodies, with the formulas and static data of now. The prices a kill was
//! valued with stay, for a kill is worth what it was worth when it came; only gaps are filled and worse sources
//! replaced. What the source said (its value, its labels) and where the kill came from stay; nobody is told.

use crate::{
    ingest::{enrich::Arrived, guard::Guarded},
    services::Services,
};
use domain::{KillRecord, KillmailId, Source, Timestamp, valuation::value_again};
use futures::{StreamExt, TryStreamExt};
use std::sync::Arc;
use store::StoreError;

/// Kills read from the database at a time.
const READERS: usize = 4;

/// How a kill is enriched: [`crate::ingest::guard::enrich_guarded`], or in tests one that fails.
pub type Compute = fn(Arrived, &Services, Timestamp) -> Guarded;

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
pub async fn recompute(
    services: &Arc<Services>,
    ids: &[KillmailId],
    compute: Compute,
) -> Result<Recomputed, StoreError> {
    let stored: Vec<(KillmailId, Option<KillRecord>)> = futures::stream::iter(ids.iter().copied())
        .map(|id| async move { Ok::<_, StoreError>((id, services.store().find_kill(id).await?)) })
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
    let computing = Arc::clone(services);
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
    let references: Vec<&KillRecord> = fresh.iter().collect();
    outcome.updated = services.store().update_enrichment(&references, &services.static_data()).await?;
    for record in fresh {
        services.replace_enrichment(&record);
    }
    Ok(outcome)
}

fn again(record: KillRecord, services: &Services, compute: Compute) -> Result<KillRecord, Failure> {
    let now = services.now();
    let arrived = Arrived {
        killmail: (*record.killmail).clone(),
        payload: Arc::clone(&record.payload),
        hash: record.hash.clone(),
        source: record.source,
        received_at: record.received_at,
        reported: None,
    };
    let Guarded { record: mut fresh, failure } = compute(arrived, services, now);
    match failure {
        Some(reason) => {
            let (killmail_id, source) = (record.killmail.killmail_id, record.source);
            Err(Failure { killmail_id, source, payload: record.payload, reason })
        }
        None => {
            let now_known = std::mem::take(&mut fresh.enrichment.unit_prices);
            let price_of = |type_id| now_known.get(&type_id).copied();
            let used = &record.enrichment.unit_prices;
            (fresh.enrichment.valuation, fresh.enrichment.unit_prices) =
                value_again(&fresh.killmail, &services.static_data(), used, &price_of);
            fresh.enrichment.reported_value = record.enrichment.reported_value;
            fresh.enrichment.labels = record.enrichment.labels;
            Ok(fresh)
        }
    }
}
