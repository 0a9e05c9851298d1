//! Tries dead letters again: every ten minutes, and by `tracker replay-dead-letters`. What is in a letter is read once
//! more (newer code may understand it), a missing body is fetched from ESI, a failed enrichment is computed again. A
//! kill that comes out of it is stored as history; nothing is published, for it is old. A letter that fails waits
//! twice as long before its next turn.

use crate::{
    books::Books,
    enrichment::{Arrived, Basis, Body, enrich_guarded, recompute::recompute},
    lifecycle::{Job, JobOutcome, Next},
    node::Node,
};
use async_trait::async_trait;
use domain::{KillmailId, Source};
use std::sync::Arc;
use store::{DeadLetter, KillBatch, LetterKind, StoreError};
use upstream::{
    esi::EsiClient,
    feed::{FeedBody, reread},
};

/// Letters of one run.
const BATCH: u32 = 100;

/// What became of the letters of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    pub resolved: u64,
    pub failed: u64,
    /// Left as they are: ESI is away, or the kill is on its way by a feed.
    pub left: u64,
}

enum Outcome {
    Resolved,
    Failed(String),
    Left,
    EsiAway,
}

/// Tries the due letters.
pub struct Replay {
    pub books: Arc<Books>,
    pub esi: Arc<EsiClient>,
}

#[async_trait]
impl Job for Replay {
    async fn run(&mut self) -> JobOutcome {
        let outcome = replay(&self.books, &self.esi, None, true, BATCH).await?;
        if outcome != Replayed::default() {
            tracing::info!(?outcome, "dead letters tried again");
        }
        Ok(Next::InAPeriod)
    }
}

/// Counts the letters for `/metrics`.
pub struct Count(pub Arc<Node>);

#[async_trait]
impl Job for Count {
    async fn run(&mut self) -> JobOutcome {
        let letters = self.0.store().count_dead_letters().await?;
        metrics::gauge!(crate::meters::DEAD_LETTERS_UNRESOLVED).set(letters as f64);
        Ok(Next::InAPeriod)
    }
}

/// Tries at most `limit` letters, of one source or of all; with `only_due` those whose wait is over.
///
/// # Errors
/// When the database does not answer; what was resolved until then stays resolved.
pub async fn replay(
    books: &Arc<Books>,
    esi: &EsiClient,
    source: Option<Source>,
    only_due: bool,
    limit: u32,
) -> Result<Replayed, StoreError> {
    let mut total = Replayed::default();
    let mut is_esi_away = false;
    for letter in books.node().store().list_unresolved_dead_letters(source, only_due, limit).await? {
        match try_again(&letter, books, esi, is_esi_away).await? {
            Outcome::Resolved => {
                books.node().store().resolve_dead_letter(letter.id).await?;
                total.resolved += 1;
            }
            Outcome::Failed(reason) => {
                books.node().store().fail_dead_letter(letter.id, &reason).await?;
                total.failed += 1;
            }
            Outcome::Left => total.left += 1,
            Outcome::EsiAway => {
                is_esi_away = true;
                total.left += 1;
            }
        }
    }
    metrics::counter!(crate::meters::DEAD_LETTERS_REPLAYED_TOTAL, "outcome" => "resolved").increment(total.resolved);
    metrics::counter!(crate::meters::DEAD_LETTERS_REPLAYED_TOTAL, "outcome" => "failed").increment(total.failed);
    Ok(total)
}

async fn try_again(
    letter: &DeadLetter,
    books: &Arc<Books>,
    esi: &EsiClient,
    is_esi_away: bool,
) -> Result<Outcome, StoreError> {
    if letter.kind == LetterKind::Enrichment
        && let Some(id) = letter.killmail_id
    {
        let outcome = recompute(books, &[id], enrich_guarded).await?;
        if let Some(failure) = outcome.failed.into_iter().next() {
            return Ok(Outcome::Failed(failure.reason));
        }
        // A kill that retention has dropped needs no enrichment.
        return Ok(Outcome::Resolved);
    }
    let now = books.node().now();
    let body = |payload, hash, reported| Body {
        payload: Arc::from(payload),
        hash,
        source: letter.source,
        received_at: now,
        reported,
    };
    let (body, expected) = match reread(&letter.payload) {
        FeedBody::Malformed { reason, .. } => return Ok(Outcome::Failed(reason)),
        FeedBody::Killmail { hash, payload, reported, .. } => (body(payload, hash, reported), letter.killmail_id),
        FeedBody::Reference { killmail_id, hash, reported, .. } => {
            if is_stored(killmail_id, books).await? {
                return Ok(Outcome::Resolved);
            }
            if is_esi_away {
                return Ok(Outcome::Left);
            }
            match esi.killmail(killmail_id, &hash).await {
                Ok(payload) => (body(payload, Some(hash), reported), Some(killmail_id)),
                Err(error) if error.is_retryable() => return Ok(Outcome::EsiAway),
                Err(error) => return Ok(Outcome::Failed(format!("body not to be had from ESI: {error}"))),
            }
        }
    };
    let arrived = match Arrived::read(body, expected, now) {
        Ok(arrived) => arrived,
        Err(refused) => return Ok(Outcome::Failed(refused.to_string())),
    };
    let id = arrived.killmail.killmail_id;
    if is_stored(id, books).await? {
        return Ok(Outcome::Resolved);
    }
    // A kill that the database refused once is remembered as seen; any other such kill is on its way.
    if letter.kind != LetterKind::Storage && !books.node().dedupe().is_new(id) {
        return Ok(Outcome::Left);
    }
    let stored = store(letter, arrived, books).await;
    if stored.is_err() {
        books.node().dedupe().forget(id);
    }
    stored
}

async fn is_stored(id: KillmailId, books: &Books) -> Result<bool, StoreError> {
    Ok(!books.node().store().filter_known_ids(&[id]).await?.is_empty())
}

async fn store(letter: &DeadLetter, arrived: Arrived, books: &Books) -> Result<Outcome, StoreError> {
    let kill = enrich_guarded(arrived, &Basis::of(books));
    if kill.failure.is_some() {
        books.node().enrichments().request(kill.record.killmail.killmail_id);
    }
    let batch =
        KillBatch { records: &[&kill.record], static_data: &kill.static_data, positions: &[], dead_letters: &[] };
    let outcome = books.node().store().insert_batch(&batch).await?;
    books.names().request(kill.record.killmail.player_ids());
    if outcome.rejected.is_empty() {
        return Ok(Outcome::Resolved);
    }
    // The refusal is a letter of its own now, or has counted as another try of this one.
    Ok(if letter.kind == LetterKind::Storage { Outcome::Left } else { Outcome::Resolved })
}
