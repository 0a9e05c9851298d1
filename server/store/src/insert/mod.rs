//! Storing a batch: kills, how far the feed was read, and what could not be decoded, in one transaction.
//!
//! # Guarantees
//! - All or nothing: after a failure neither a kill nor a position of the batch is stored.
//! - Idempotent: a kill that is stored already stays as it is and is reported as known, also when it comes again with
//!   a different time.
//! - Each kill is reported as inserted exactly once, however many writers have it in their hands at the same time.
//!
//! # How
//! `killmail_ids` is the gate. A writer inserts its ids there, in ascending order, and goes on with those it could
//! insert. A second writer with the same id waits at that row until the first commits (then the id is known to it) or
//! rolls back (then it is the one to insert). Because all writers take ids in the same order they cannot wait for each
//! other crosswise; positions come after the ids, in the order of their names.
//!
//! Rows go in by one `INSERT … SELECT FROM unnest(…)` a table. `COPY` was measured beside it: a tenth to a fifth faster
//! over a unix socket, half as fast for 100 kills over TCP (sqlx sends a `COPY` in two writes without TCP_NODELAY and
//! then waits 40 ms for the delayed acknowledgement), and no `COPY` is checked at compile time.
//!
//! # A kill that PostgreSQL cannot hold
//! A body can decode and still not be `jsonb` (an escaped NUL in a key nobody reads). The batch then fails as a whole,
//! would fail again on every retry and stop the feed. So it is stored once more, kill by kill behind savepoints, and
//! what fails becomes a dead letter.

mod columns;
mod update;
mod write;

use crate::{LetterKind, Month, NewDeadLetter, Store, StoreError, dead_letters, positions};
use domain::{KillRecord, KillmailId, StaticData};
use sqlx::{Acquire, PgConnection};
use std::{
    collections::{BTreeMap, HashSet},
    error::Error,
};
use tracing::instrument;
use write::insert_kills;

/// What to store together.
#[derive(Clone, Copy)]
pub struct KillBatch<'a> {
    pub records: &'a [&'a KillRecord],
    /// For the place of a system and the group of a type.
    pub static_data: &'a StaticData,
    pub positions: &'a [NewPosition<'a>],
    /// Those of kind [`LetterKind::Waiting`] disappear with the batch that stores their kill or gives it up.
    pub dead_letters: &'a [NewDeadLetter],
}

/// How far a feed is read once the batch is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewPosition<'a> {
    pub feed: &'a str,
    pub position: &'a str,
}

/// What became of a batch's kills. Every id of the batch is in exactly one of the lists, in the batch's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InsertOutcome {
    pub inserted: Vec<KillmailId>,
    /// Stored before.
    pub known: Vec<KillmailId>,
    /// Cannot be stored by PostgreSQL; now dead letters.
    pub rejected: Vec<RejectedKill>,
}

/// A kill that cannot be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedKill {
    pub killmail_id: KillmailId,
    /// For operators.
    pub reason: String,
}

impl Store {
    /// Stores a batch in one transaction. See the module's words on guarantees.
    ///
    /// # Errors
    /// When the database does not answer; then nothing of the batch is stored and the call can be repeated.
    #[instrument(level = "debug", skip_all, name = "db.insert_batch")]
    pub async fn insert_batch(&self, batch: &KillBatch<'_>) -> Result<InsertOutcome, StoreError> {
        match self.try_insert_batch(batch).await {
            Err(error) if error.is_missing_partition() => {
                self.partitions.forget();
                self.try_insert_batch(batch).await
            }
            Err(error) if error.is_about_the_data() => self.insert_one_by_one(batch).await,
            outcome => outcome,
        }
    }

    async fn try_insert_batch(&self, batch: &KillBatch<'_>) -> Result<InsertOutcome, StoreError> {
        let records = batch.distinct_records();
        self.ensure_months(records.iter().map(|record| Month::of(record.killmail.killmail_time)).collect()).await?;
        let mut transaction = self.pool.begin().await?;
        let inserted = insert_kills(&mut transaction, &records, batch.static_data).await?;
        upsert_positions(&mut transaction, batch.positions).await?;
        dead_letters::insert(&mut transaction, batch.dead_letters).await?;
        dead_letters::end_wait(&mut transaction, &batch.settled_ids()).await?;
        transaction.commit().await?;
        Ok(batch.outcome(&inserted, Vec::new()))
    }

    async fn insert_one_by_one(&self, batch: &KillBatch<'_>) -> Result<InsertOutcome, StoreError> {
        let mut inserted = HashSet::new();
        let mut rejected = Vec::new();
        let mut letters = batch.dead_letters.to_vec();
        let mut transaction = self.pool.begin().await?;
        for record in batch.distinct_records() {
            let mut savepoint = transaction.begin().await?;
            match insert_kills(&mut savepoint, &[record], batch.static_data).await {
                Ok(ids) => {
                    savepoint.commit().await?;
                    inserted.extend(ids);
                }
                Err(error) if error.is_about_the_data() => {
                    savepoint.rollback().await?;
                    let reason = reason(&error);
                    letters.push(NewDeadLetter {
                        kind: LetterKind::Storage,
                        source: record.source,
                        position: None,
                        killmail_id: Some(record.killmail.killmail_id),
                        reason: reason.clone(),
                        payload: record.payload.to_string(),
                    });
                    rejected.push(RejectedKill { killmail_id: record.killmail.killmail_id, reason });
                }
                Err(error) => return Err(error),
            }
        }
        upsert_positions(&mut transaction, batch.positions).await?;
        dead_letters::insert(&mut transaction, &letters).await?;
        dead_letters::end_wait(&mut transaction, &batch.settled_ids()).await?;
        transaction.commit().await?;
        Ok(batch.outcome(&inserted, rejected))
    }
}

impl<'a> KillBatch<'a> {
    /// Each kill once (its first record), by ascending id.
    fn distinct_records(&self) -> Vec<&'a KillRecord> {
        let mut by_id = BTreeMap::new();
        for record in self.records {
            by_id.entry(record.killmail.killmail_id).or_insert(*record);
        }
        by_id.into_values().collect()
    }

    /// Kills that wait for nothing once the batch is stored.
    fn settled_ids(&self) -> Vec<i64> {
        let records = self.records.iter().map(|record| record.killmail.killmail_id.0);
        let given_up = self.dead_letters.iter().filter(|letter| letter.kind != LetterKind::Waiting);
        records.chain(given_up.filter_map(|letter| letter.killmail_id).map(|id| id.0)).collect()
    }

    fn outcome(&self, inserted: &HashSet<KillmailId>, rejected: Vec<RejectedKill>) -> InsertOutcome {
        let mut outcome = InsertOutcome { rejected, ..InsertOutcome::default() };
        let mut seen: HashSet<KillmailId> = outcome.rejected.iter().map(|kill| kill.killmail_id).collect();
        for record in self.records {
            let id = record.killmail.killmail_id;
            if seen.insert(id) {
                let list = if inserted.contains(&id) { &mut outcome.inserted } else { &mut outcome.known };
                list.push(id);
            }
        }
        outcome
    }
}

async fn upsert_positions(connection: &mut PgConnection, positions: &[NewPosition<'_>]) -> Result<(), StoreError> {
    let last_of_each: BTreeMap<&str, &str> =
        positions.iter().map(|position| (position.feed, position.position)).collect();
    for (feed, position) in last_of_each {
        positions::upsert(connection, feed, position).await?;
    }
    Ok(())
}

/// The error with its causes, for operators.
fn reason(error: &StoreError) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        reason = format!("{reason}: {error}");
        cause = error.source();
    }
    reason
}
