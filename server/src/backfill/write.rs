//! From chunks to stored kills: what is known is left out, the rest decoded and enriched on threads and inserted in
//! one transaction a chunk.

use super::{
    outcome::{BackfillError, Ended, Tally},
    read::{Chunk, Chunks},
};
use crate::{
    books::Books,
    enrichment::{Arrived, Basis, Body, enrich_guarded},
};
use domain::{KillRecord, KillmailId, Source, Timestamp};
use futures::StreamExt;
use std::{sync::Arc, time::Duration};
use store::{InsertOutcome, KillBatch, LetterKind, NewDeadLetter, StoreError};
use tokio::time::sleep;
use upstream::{
    feed::{DayEntry, FeedBody},
    retry::{Backoff, BackoffPolicy},
};

/// A database that does not answer for about two minutes stops the backfill.
const TRIES: u32 = 20;
const RETRY: BackoffPolicy = BackoffPolicy { first: Duration::from_millis(200), max: Duration::from_secs(10) };

/// Stores every chunk. The outer error is ours, the inner one the archive's.
pub async fn all<E: Send + 'static>(
    books: &Arc<Books>,
    chunks: Chunks<E>,
    position: String,
    workers: usize,
    mut progress: impl FnMut(Tally),
) -> Result<Result<Ended, E>, BackfillError> {
    let Chunks { receiver, ended } = chunks;
    let position: Arc<str> = Arc::from(position);
    let chunks = futures::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    let mut stored = Box::pin(
        chunks.map(|chunk| one(Arc::clone(books), chunk, Arc::clone(&position))).buffer_unordered(workers.max(1)),
    );
    while let Some(part) = stored.next().await {
        // Dropping the receiver ends the reader.
        progress(part?);
    }
    drop(stored);
    Ok(ended.await?)
}

async fn one(books: Arc<Books>, mut chunk: Chunk, position: Arc<str>) -> Result<Tally, BackfillError> {
    let mut tally = Tally { seen: chunk.len() as u64, ..Tally::default() };
    let ids: Vec<KillmailId> = chunk.iter().filter_map(|entry| entry.killmail_id).collect();
    let known = patiently(|| books.node().store().filter_known_ids(&ids)).await?;
    chunk.retain(|entry| entry.killmail_id.is_none_or(|id| !known.contains(&id)));
    tally.known = tally.seen - chunk.len() as u64;
    if chunk.is_empty() {
        return Ok(tally);
    }
    let basis = Basis::of(&books);
    let static_data = Arc::clone(&basis.static_data);
    let (records, letters) = tokio::task::spawn_blocking(move || enrich_all(chunk, &basis, &position)).await?;
    let references: Vec<&KillRecord> = records.iter().map(Arc::as_ref).collect();
    let batch = KillBatch { records: &references, static_data: &static_data, positions: &[], dead_letters: &letters };
    let outcome: InsertOutcome = patiently(|| books.node().store().insert_batch(&batch)).await?;
    let names = names_of(&records);
    patiently(|| books.node().store().add_wanted_names(&names)).await?;
    tally.stored = outcome.inserted.len() as u64;
    tally.refused = (letters.len() + outcome.rejected.len()) as u64;
    tally.known = tally.seen - tally.stored - tally.refused;
    Ok(tally)
}

fn enrich_all(chunk: Chunk, basis: &Basis, position: &str) -> (Vec<Arc<KillRecord>>, Vec<NewDeadLetter>) {
    let (mut records, mut letters) = (Vec::with_capacity(chunk.len()), Vec::new());
    for entry in chunk {
        match arrived(entry, basis.now) {
            // One that failed is marked; the server looks for such kills (`jobs::enrichment`).
            Ok(arrived) => records.push(enrich_guarded(arrived, basis).record),
            Err(letter) => letters.push(NewDeadLetter { position: Some(position.to_owned()), ..*letter }),
        }
    }
    (records, letters)
}

fn arrived(entry: DayEntry, now: Timestamp) -> Result<Arrived, Box<NewDeadLetter>> {
    let (killmail_id, source) = (entry.killmail_id, Source::Archive);
    let letter = |killmail_id, reason, payload| {
        Box::new(NewDeadLetter { kind: LetterKind::Event, source, position: None, killmail_id, reason, payload })
    };
    match entry.body {
        FeedBody::Killmail { hash, payload, reported, .. } => {
            let body = Body { payload: Arc::from(payload), hash, source, received_at: now, reported };
            Arrived::read(body, killmail_id, now).map_err(|refused| Box::new(refused.into_letter()))
        }
        FeedBody::Malformed { payload, reason } => Err(letter(killmail_id, reason, payload)),
        FeedBody::Reference { killmail_id, hash, .. } => {
            let payload = format!(r#"{{"killmail_id":{killmail_id},"hash":"{hash}"}}"#);
            Err(letter(Some(killmail_id), "an archive holds bodies".to_owned(), payload))
        }
    }
}

fn names_of(records: &[Arc<KillRecord>]) -> Vec<i64> {
    let mut ids: Vec<i64> = records.iter().flat_map(|record| record.killmail.player_ids()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Waits for a database that is away for a moment.
async fn patiently<T, F: Future<Output = Result<T, StoreError>>>(
    mut attempt: impl FnMut() -> F,
) -> Result<T, StoreError> {
    let mut backoff = Backoff::random(RETRY);
    loop {
        match attempt().await {
            Err(error) if error.is_transient() && backoff.failures() < TRIES => {
                let pause = backoff.next_delay();
                tracing::warn!(%error, ?pause, "database is away, chunk is retried");
                sleep(pause).await;
            }
            outcome => return outcome,
        }
    }
}
