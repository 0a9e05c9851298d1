//! Writes batches: at most [`BATCH_ITEMS`] items or what came in [`BATCH_TIME`], one transaction each, positions
//! included. Retries without end while the database is away or refuses for a reason that is not in the data (a wrong
//! password, a missing privilege, a schema of another version); the queue before it is bounded, so the feed waits.
//! Only what the database can never hold is given up, and only once its dead letter is stored.
//!
//! A batch whose kills were enriched with different static data (an import came between) is written in parts, each with
//! the data of its kills.
//!
//! Ends when its queue is closed and empty: shutdown drains.

use super::{FeedPosition, PersistItem};
use crate::{live::window::Amendment, node::Node};
use domain::{KillRecord, StaticData};
use std::{error::Error, sync::Arc, time::Duration};
use store::{KillBatch, LetterKind, NewDeadLetter, NewPosition, StoreError};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, timeout_at},
};
use upstream::retry::{Backoff, BackoffPolicy};

pub const BATCH_ITEMS: usize = 100;
pub const BATCH_TIME: Duration = Duration::from_millis(200);
const RETRY: BackoffPolicy = BackoffPolicy { first: Duration::from_millis(100), max: Duration::from_secs(5) };

pub async fn run(mut items: mpsc::Receiver<PersistItem>, node: Arc<Node>) {
    let mut batch = Vec::with_capacity(BATCH_ITEMS);
    while let Some(first) = items.recv().await {
        batch.push(first);
        let deadline = Instant::now() + BATCH_TIME;
        while batch.len() < BATCH_ITEMS {
            match timeout_at(deadline, items.recv()).await {
                Ok(Some(item)) => batch.push(item),
                Ok(None) | Err(_) => break,
            }
        }
        for part in of_one_build(&batch) {
            write(part, &node).await;
        }
        batch.clear();
    }
    tracing::info!("everything received is stored");
}

/// Cuts a batch, in its order, where the static data of its kills change.
fn of_one_build(items: &[PersistItem]) -> Vec<&[PersistItem]> {
    let (mut parts, mut begin, mut current) = (Vec::new(), 0, None);
    for (index, item) in items.iter().enumerate() {
        let PersistItem::Kill { static_data, .. } = item else { continue };
        if current.is_some_and(|current| !Arc::ptr_eq(current, static_data)) {
            parts.push(&items[begin..index]);
            begin = index;
        }
        current = Some(static_data);
    }
    parts.push(&items[begin..]);
    parts
}

async fn write(items: &[PersistItem], node: &Node) {
    let mut backoff = Backoff::random(RETRY);
    loop {
        let started = Instant::now();
        match write_once(items, node).await {
            Ok(()) => {
                metrics::histogram!(crate::meters::PERSIST_BATCH_SECONDS).record(started.elapsed().as_secs_f64());
                return;
            }
            Err(error) if !error.is_about_the_data() => pause(&error, items.len(), &mut backoff).await,
            Err(error) if items.len() > 1 => {
                tracing::warn!(%error, items = items.len(), "batch refused, it is split");
                let (left, right) = items.split_at(items.len() / 2);
                Box::pin(write(left, node)).await;
                Box::pin(write(right, node)).await;
                return;
            }
            Err(error) => {
                give_up(&items[0], &error, node).await;
                return;
            }
        }
    }
}

async fn write_once(items: &[PersistItem], node: &Node) -> Result<(), StoreError> {
    let mut records: Vec<Arc<KillRecord>> = Vec::with_capacity(items.len());
    let mut positions: Vec<FeedPosition> = Vec::new();
    let mut dead_letters = Vec::new();
    let mut of_kills: Option<&Arc<StaticData>> = None;
    for item in items {
        let position = match item {
            PersistItem::Kill { record, static_data, position } => {
                records.push(Arc::clone(record));
                of_kills = Some(static_data);
                position.as_ref()
            }
            PersistItem::DeadLetter { letter, position } => {
                let position = position.as_ref();
                dead_letters.push(NewDeadLetter {
                    position: position.map(|position| position.position.clone()),
                    ..letter.clone()
                });
                position
            }
            PersistItem::Position(position) => Some(position),
        };
        if let Some(position) = position {
            positions.retain(|known| known.feed != position.feed);
            positions.push(position.clone());
        }
    }
    let record_refs: Vec<&KillRecord> = records.iter().map(Arc::as_ref).collect();
    let new_positions: Vec<NewPosition<'_>> =
        positions.iter().map(|p| NewPosition { feed: p.feed.as_str(), position: &p.position }).collect();
    // Without kills nothing is derived from them.
    let static_data = of_kills.map_or_else(|| node.static_data(), Arc::clone);
    let batch = KillBatch {
        records: &record_refs,
        static_data: &static_data,
        positions: &new_positions,
        dead_letters: &dead_letters,
    };
    let outcome = node.store().insert_batch(&batch).await?;
    for rejected in &outcome.rejected {
        tracing::error!(killmail_id = %rejected.killmail_id, reason = rejected.reason, "a kill cannot be stored");
    }
    metrics::counter!(crate::meters::KILLMAILS_STORED_TOTAL).increment(outcome.inserted.len() as u64);
    node.window().amend_all(records.iter().map(|record| (record.killmail.killmail_id, Amendment::Stored)));
    for position in positions {
        node.feed_monitor().stored_position(position.feed, position.position);
    }
    Ok(())
}

/// Waits before another try. What is not mere absence needs an operator, who has to know the cause.
async fn pause(error: &StoreError, items: usize, backoff: &mut Backoff) {
    let pause = backoff.next_delay();
    if error.is_transient() {
        tracing::warn!(%error, ?pause, items, "database is away, batch is retried");
    } else {
        let cause = error.source().map(ToString::to_string);
        tracing::error!(%error, cause, ?pause, items, "database refuses to store, batch is retried");
    }
    metrics::counter!(crate::meters::PERSIST_RETRIES_TOTAL).increment(1);
    sleep(pause).await;
}

/// A single item whose data the database refuses: kept as a dead letter, so that the stream goes on. Returns once that
/// is stored, for later positions are committed past it.
async fn give_up(item: &PersistItem, error: &StoreError, node: &Node) {
    tracing::error!(%error, "an item cannot be stored");
    let letter = match item {
        PersistItem::Kill { record, position, .. } => NewDeadLetter {
            kind: LetterKind::Storage,
            source: record.source,
            position: position.as_ref().map(|position| position.position.clone()),
            killmail_id: Some(record.killmail.killmail_id),
            reason: format!("refused by the database: {error}"),
            payload: record.payload.to_string(),
        },
        // Without its position, which may be what was refused.
        PersistItem::DeadLetter { letter, .. } => letter.clone(),
        // No kill is in it, and the next position stands for it too.
        PersistItem::Position(_) => return,
    };
    let mut backoff = Backoff::random(RETRY);
    while let Err(error) = node.store().insert_dead_letters(std::slice::from_ref(&letter)).await {
        pause(&error, 1, &mut backoff).await;
    }
}
