//! The ingest pipeline: from a feed to the hub and the database.
//!
//! ```text
//! source --FeedEvent--> resolve --(ESI body when the feed has none)--> dedupe -> enrich -+-> publish (at once)
//!   ^ positions                |  ^                                                      +-> persist (100 or 200 ms)
//! reconcile --missed kills--^   v  |
//!                             parked (ESI gives no body now)
//! ```
//! Guarantees
//! - Nothing is lost: a feed's position is written in the same transaction as the kills before it, so a crash anywhere
//!   repeats work instead of skipping it. Feeds without positions are compared with R2Z2's history ([`reconcile`]).
//! - Nothing is stored twice: killmail ids are unique in the database; [`crate::node::dedupe`] drops repeats before any work.
//! - Live kills do not wait for the database: publishing comes before persisting.
//! - Every channel is bounded. A slow database fills `persist`, then `resolve`, then the feed is no longer read;
//!   memory stays flat.
//! - Undecodable events become dead letters with the reason, in the same order and transaction as their neighbours.
//!
//! | failure | what happens |
//! |---|---|
//! | feed disconnects | reconnect, then the next feed of the list; the first is probed and taken back |
//! | feed stays silent, however often it connects | the next feed within `FEED_SILENCE_SECONDS` |
//! | an outage of any length | R2Z2's day files are compared from the newest kill before it on ([`reconcile`]) |
//! | ESI gives no body now (budget spent, down, slow) | the kill is [`parked`] and asked for with growing waits; the feed goes on |
//! | ESI will never give it (404, 422, nonsense) | a dead letter at once, tried again every ten minutes |
//! | database down, wrong password, schema of another version | persist retries without end; live goes on; the feed stops when the queues are full |
//! | enrichment panics | the kill goes on marked as failed; three tries off the live path, then a dead letter ([`crate::jobs`]) |
//! | one kill that the database cannot hold | the batch is split; the culprit becomes a dead letter |
//! | `kill -9` | positions and kills of the last committed batch stand; the rest comes again from the feed |
//!
//! Considered races: a kill arrives by two feeds at once (the second is dropped by `dedupe`, its position still moves);
//! a repeat arrives while its first copy is still queued (the position item queues behind the copy, so it cannot
//! commit first); reconcile finds a kill that the feed delivers meanwhile (dedupe again).

pub mod mark;
pub mod parked;
pub mod persist;
pub mod publish;
pub mod reconcile;
pub mod resolve;
pub mod source;

use crate::{config::Config, node::Node};
use domain::{KillRecord, Source, StaticData};
use std::{sync::Arc, time::Duration};
use store::NewDeadLetter;
use tokio::sync::mpsc;
use upstream::feed::FeedEvent;

/// Events read from feeds and not resolved yet.
pub const EVENT_QUEUE: usize = 512;
/// Kills published and not stored yet. Smaller than the hot window, so that each is always in one of the two.
pub const PERSIST_QUEUE: usize = 4_096;

/// Timing of the pipeline; tests shorten it.
#[derive(Clone, Debug)]
pub struct IngestOptions {
    /// A feed without a sign of life for so long is replaced (`FEED_SILENCE_SECONDS`).
    pub silence: Duration,
    /// How often a better feed is probed while a fallback delivers.
    pub probe_interval: Duration,
    /// How often stored kills are compared with the feed's history.
    pub reconcile_interval: Duration,
    /// Months that retention keeps: no older gap is closed.
    pub retention_months: Option<u32>,
}

impl From<&Config> for IngestOptions {
    fn from(config: &Config) -> Self {
        Self {
            silence: config.feeds.silence,
            probe_interval: Duration::from_secs(15),
            reconcile_interval: Duration::from_secs(600),
            retention_months: config.database.retention_months,
        }
    }
}

/// One thing for the database, in the feed's order.
#[derive(Debug)]
pub enum PersistItem {
    Kill {
        record: Arc<KillRecord>,
        /// What it was enriched with: its row is derived from these and no others.
        static_data: Arc<StaticData>,
        position: Option<FeedPosition>,
    },
    /// An event that could not become a kill. Its position is the item's.
    DeadLetter { letter: NewDeadLetter, position: Option<FeedPosition> },
    /// Nothing to store, but the feed has moved on.
    Position(FeedPosition),
}

/// How far a feed has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPosition {
    pub feed: Source,
    pub position: String,
}

/// The channels between the stages. A stage ends when every sender of the one before is gone, so the pipeline drains in
/// its order; whoever starts the tasks drops what it did not hand out.
pub struct Channels {
    pub events: mpsc::Sender<FeedEvent>,
    pub event_receiver: Option<mpsc::Receiver<FeedEvent>>,
    pub persist: mpsc::Sender<PersistItem>,
    pub persist_receiver: Option<mpsc::Receiver<PersistItem>>,
}

impl Channels {
    /// Opens them, to be watched with the other queues.
    pub fn open(node: &Node) -> Self {
        let (events, event_receiver) = mpsc::channel::<FeedEvent>(EVENT_QUEUE);
        let (persist, persist_receiver) = mpsc::channel::<PersistItem>(PERSIST_QUEUE);
        let (read, published) = (events.downgrade(), persist.downgrade());
        node.gauges().queue("feed events", EVENT_QUEUE, move || depth(&read));
        node.gauges().queue("kills to store", PERSIST_QUEUE, move || depth(&published));
        Self { events, event_receiver: Some(event_receiver), persist, persist_receiver: Some(persist_receiver) }
    }
}

/// How full a queue is; a closed one counts as empty.
fn depth<T>(queue: &mpsc::WeakSender<T>) -> usize {
    queue.upgrade().map_or(0, |sender| sender.max_capacity() - sender.capacity())
}
