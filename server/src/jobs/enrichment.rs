//! Enriches single kills again: failed ones (three tries with growing waits, then a dead letter, which is tried every
//! ten minutes) and those that somebody looked at when their enrichment was a day old. Every few minutes it looks for
//! failed ones in the database: those of backfills, which are processes of their own, and those from before a restart.

use super::queue::{Due, TRIES};
use crate::{
    enrichment::recompute::{Compute, Failure, recompute},
    services::Services,
};
use std::{collections::HashMap, sync::Arc, time::Duration};
use store::{LetterKind, NewDeadLetter, StoreError};
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

const TICK: Duration = Duration::from_millis(500);
/// Kills of one round.
const BATCH: usize = 100;
/// How often failed kills are looked for.
pub const SWEEP: Duration = Duration::from_secs(180);
/// Kills of one search; the next takes the rest.
const SWEEP_KILLS: u32 = 1_000;

pub async fn run(services: Arc<Services>, compute: Compute, sweep: Duration, stop: CancellationToken) {
    let mut sweeps = interval(sweep);
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(TICK) => {}
            _ = sweeps.tick() => match services.store().list_failed_enrichments(SWEEP_KILLS).await {
                Ok(failed) => failed.into_iter().for_each(|id| services.enrichments().request(id)),
                Err(error) => tracing::warn!(%error, "failed kills cannot be looked for now"),
            },
        }
        let due = services.enrichments().take_due(BATCH);
        if due.is_empty() {
            continue;
        }
        if let Err(error) = work(&services, &due, compute).await {
            tracing::warn!(%error, kills = due.len(), "kills cannot be enriched again now");
            // The database is away; that is not the kills' failure.
            for due in due {
                services.enrichments().retry(due.id, due.tries);
            }
        }
    }
}

async fn work(services: &Arc<Services>, due: &[Due], compute: Compute) -> Result<(), StoreError> {
    let tries: HashMap<_, _> = due.iter().map(|due| (due.id, due.tries)).collect();
    let ids: Vec<_> = due.iter().map(|due| due.id).collect();
    let outcome = recompute(services, &ids, compute).await?;
    for id in outcome.missing {
        // Published and not stored yet: later. Anything else is gone.
        if services.window().find(id).is_some_and(|kill| !kill.is_stored()) {
            services.enrichments().retry(id, tries[&id]);
        }
    }
    let mut letters = Vec::new();
    for failure in outcome.failed {
        let id = failure.killmail_id;
        let failed = tries[&id] + 1;
        if failed < TRIES {
            services.enrichments().retry(id, failed);
        } else {
            letters.push(letter(failure));
        }
    }
    if !letters.is_empty() {
        services.store().insert_dead_letters(&letters).await?;
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
