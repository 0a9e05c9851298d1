//! Takes enrichments that another process has made (`tracker re-enrich`, another node) into the hot window, which pages
//! prefer to the database: else a kill's page would contradict the lists until a restart. Open pages are told.
//!
//! PostgreSQL tells which kills; after a lost connection the whole window is compared. The newer enrichment counts, so
//! what this process has written itself, or is about to write, stays.

use crate::{books::Books, enrichment::recompute};
use domain::KillmailId;
use std::{sync::Arc, time::Duration};
use store::{KnownEnrichment, StoreError};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use upstream::retry::{Backoff, BackoffPolicy};

const RETRY: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(1), max: Duration::from_secs(60) };

pub async fn run(books: Arc<Books>, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow(&books) => {}
    }
}

async fn follow(books: &Books) {
    let mut backoff = Backoff::random(RETRY);
    loop {
        let Err(error) = listen(books, &mut backoff).await;
        let pause = backoff.next_delay();
        tracing::warn!(%error, ?pause, "news of enrichments cannot be had");
        sleep(pause).await;
    }
}

/// Follows the news until the connection is lost.
async fn listen(books: &Books, backoff: &mut Backoff) -> Result<std::convert::Infallible, StoreError> {
    let mut listener = books.node().store().listen_for_enrichments().await?;
    // After listening has begun, so that nothing falls between.
    refresh(books, None).await?;
    loop {
        backoff.reset();
        let news = listener.next().await?;
        refresh(books, news.as_deref()).await?;
    }
}

/// Reads again those of the kills, or of all, that the window has in an older form. Who has one open that is not in the
/// window is told to ask again.
async fn refresh(books: &Books, ids: Option<&[KillmailId]>) -> Result<(), StoreError> {
    let window = books.node().window();
    let kills: Vec<_> = match ids {
        Some(ids) => {
            books.node().hub().tell(ids.iter().copied().filter(|id| window.find(*id).is_none()));
            ids.iter().filter_map(|id| window.find(*id)).map(|kill| Arc::clone(&kill.record)).collect()
        }
        None => window.records_since(domain::Timestamp::UNIX_EPOCH),
    };
    let known: Vec<KnownEnrichment> = kills
        .iter()
        .map(|record| KnownEnrichment {
            killmail_id: record.killmail.killmail_id,
            killmail_time: record.killmail.killmail_time,
            enriched_at: record.enrichment.enriched_at,
        })
        .collect();
    let static_data = books.node().static_data();
    for id in books.node().store().list_newer_enrichments(&known).await? {
        if let Some(stored) = books.node().store().find_kill(id).await? {
            recompute::show(&stored, &static_data, books);
        }
    }
    Ok(())
}
