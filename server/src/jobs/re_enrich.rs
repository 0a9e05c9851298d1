//! Enriches again what an older version of the formulas or other static data made, and what failed: one pass over the
//! stored kills at start and one after each import of static data. Newest first, in small batches with pauses, and
//! not while the pipeline is behind, so that live kills do not wait. `tracker re-enrich` does the same at full speed.

use crate::{
    books::Books,
    enrichment::{enrich_guarded, recompute::recompute},
    lifecycle::{Job, JobOutcome, Next},
};
use async_trait::async_trait;
use domain::{Enrichment, KillmailId, Timestamp};
use std::{sync::Arc, time::Duration};
use store::{KillKey, Outdated, StoreError};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Kills of one transaction.
const BATCH: u32 = 200;
/// Between two batches of the server's own pass: at most 400 kills a second.
const PAUSE: Duration = Duration::from_millis(500);
/// Kills of the first years of the game are the oldest there can be.
const EARLIEST: Timestamp = Timestamp::UNIX_EPOCH;

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    pub updated: u64,
    pub failed: u64,
}

/// Makes the passes that are due.
pub struct ReEnrichment {
    books: Arc<Books>,
    stop: CancellationToken,
    /// The import that the last pass was made for.
    done_for: Option<Option<Timestamp>>,
}

impl ReEnrichment {
    pub fn new(books: Arc<Books>, stop: CancellationToken) -> Self {
        Self { books, stop, done_for: None }
    }
}

#[async_trait]
impl Job for ReEnrichment {
    async fn run(&mut self) -> JobOutcome {
        let Some(imported_at) = due(&self.books, self.done_for).await? else { return Ok(Next::InAPeriod) };
        let mut span = everything(&self.books);
        // Between the import and this process's taking it over, kills were enriched with the data before.
        span.enriched_before = self.done_for.map(|_| self.books.node().now());
        let pass = pass(&self.books, &span, Some(PAUSE), &self.stop, |_| {}).await?;
        self.done_for = Some(imported_at);
        if pass != Pass::default() {
            tracing::info!(updated = pass.updated, failed = pass.failed, "kills enriched again");
        }
        Ok(Next::InAPeriod)
    }
}

/// The import to make a pass for, if there has been none for it. Waits until this process itself uses those data.
async fn due(books: &Books, done_for: Option<Option<Timestamp>>) -> Result<Option<Option<Timestamp>>, StoreError> {
    let imported_at = books.node().store().static_imported_at().await?;
    let build = books.node().store().static_build().await?;
    let is_ours = build.is_none_or(|build| build == books.node().static_data().build());
    Ok((is_ours && done_for != Some(imported_at)).then_some(imported_at))
}

/// All of time, as far as it is outdated.
pub fn everything(books: &Books) -> Outdated {
    let until = books.node().now() + chrono::TimeDelta::days(1);
    Outdated { version: Enrichment::VERSION, since: EARLIEST, until, enriched_before: None, all: false }
}

/// Goes over the outdated kills of a span, newest first. Ends early, without an error, when `stop` is cancelled.
///
/// # Errors
/// When the database does not answer; what was done until then stays.
pub async fn pass(
    books: &Arc<Books>,
    span: &Outdated,
    pause: Option<Duration>,
    stop: &CancellationToken,
    mut progress: impl FnMut(Pass),
) -> Result<Pass, StoreError> {
    let mut total = Pass::default();
    let mut before: Option<KillKey> = None;
    while !stop.is_cancelled() {
        let keys = books.node().store().list_outdated(span, before, BATCH).await?;
        let Some(last) = keys.last() else { break };
        before = Some(*last);
        let ids: Vec<KillmailId> = keys.iter().map(|key| key.killmail_id).collect();
        let outcome = recompute(books, &ids, enrich_guarded).await?;
        total.updated += outcome.updated;
        total.failed += outcome.failed.len() as u64;
        metrics::counter!(crate::meters::KILLMAILS_RE_ENRICHED_TOTAL).increment(outcome.updated);
        for failure in &outcome.failed {
            books.node().enrichments().request(failure.killmail_id);
        }
        progress(total);
        if let Some(pause) = pause {
            wait(books, pause, stop).await;
        }
    }
    Ok(total)
}

/// A pause, and a longer one while a queue of the pipeline is more than half full.
async fn wait(books: &Books, pause: Duration, stop: &CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pause) => {}
        }
        if books.node().gauges().queue_depths().iter().all(|queue| queue.depth * 2 <= queue.capacity) {
            return;
        }
    }
}
