//! Enriches single kills again: failed ones (three tries with growing waits, then a dead letter, which is tried every
//! ten minutes) and those that somebody looked at when their enrichment was a day old. Every few minutes it looks for
//! failed ones in the database: those of backfills, which are processes of their own, and those from before a restart.

use crate::{
    books::Books,
    enrichment::recompute::{Compute, Failure, recompute},
    lifecycle::{Job, JobOutcome, Next},
    node::{
        Node,
        enrichment_queue::{Due, TRIES},
    },
};
use async_trait::async_trait;
use std::{collections::HashMap, sync::Arc};
use store::{LetterKind, NewDeadLetter, StoreError};

/// Kills of one round.
const BATCH: usize = 100;
/// Kills of one search; the next takes the rest.
const SWEEP_KILLS: u32 = 1_000;

/// Has the failed kills of the database enriched again.
pub struct Sweep(pub Arc<Node>);

#[async_trait]
impl Job for Sweep {
    async fn run(&mut self) -> JobOutcome {
        for id in self.0.store().list_failed_enrichments(SWEEP_KILLS).await? {
            self.0.enrichments().request(id);
        }
        Ok(Next::InAPeriod)
    }
}

/// Enriches what was asked for and is due.
pub struct Enrichments {
    pub books: Arc<Books>,
    pub compute: Compute,
}

#[async_trait]
impl Job for Enrichments {
    async fn run(&mut self) -> JobOutcome {
        let due = self.books.node().enrichments().take_due(BATCH);
        if !due.is_empty()
            && let Err(error) = work(&self.books, &due, self.compute).await
        {
            // The database is away; that is not the kills' failure.
            for due in due {
                self.books.node().enrichments().retry(due.id, due.tries);
            }
            return Err(error.into());
        }
        Ok(Next::InAPeriod)
    }
}

async fn work(books: &Arc<Books>, due: &[Due], compute: Compute) -> Result<(), StoreError> {
    let tries: HashMap<_, _> = due.iter().map(|due| (due.id, due.tries)).collect();
    let ids: Vec<_> = due.iter().map(|due| due.id).collect();
    let outcome = recompute(books, &ids, compute).await?;
    for id in outcome.missing {
        // Published and not stored yet: later. Anything else is gone.
        if books.node().window().find(id).is_some_and(|kill| !kill.is_stored()) {
            books.node().enrichments().retry(id, tries[&id]);
        }
    }
    let mut letters = Vec::new();
    for failure in outcome.failed {
        let id = failure.killmail_id;
        let failed = tries[&id] + 1;
        if failed < TRIES {
            books.node().enrichments().retry(id, failed);
        } else {
            letters.push(letter(failure));
        }
    }
    if !letters.is_empty() {
        books.node().store().insert_dead_letters(&letters).await?;
    }
    Ok(())
}

fn letter(failure: Failure) -> NewDeadLetter {
    let Failure { killmail_id, source, payload, reason } = failure;
    NewDeadLetter {
        kind: LetterKind::Enrichment,
        source,
        position: None,
        killmail_id: Some(killmail_id),
        reason: format!("enrichment failed {TRIES} times: {reason}"),
        payload: payload.to_string(),
    }
}
