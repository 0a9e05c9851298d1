//! Use cases: what pages, the JSON API and the stream ask for. Transport-neutral; no SQL text and no axum here.

pub mod detail;
pub mod feed_monitor;
pub mod kills;
pub mod names;
pub mod places;
pub mod prices;
pub mod search;
pub mod status;

use crate::{
    ingest::{dedupe::Dedupe, gauges::QueueGauges},
    jobs::queue::EnrichmentQueue,
    live::{hub::Hub, window::Window},
    node,
};
use app::contract::{ApiError, ErrorCode, FeedStatus, LiveStats};
use domain::{KillRecord, Source, StaticData, Timestamp};
use feed_monitor::FeedMonitor;
use names::NameBook;
use prices::PriceBook;
use std::{sync::Arc, time::Duration};
use store::{Store, StoreError};
use tokio::sync::{Notify, broadcast};
use upstream::feed::Position;

/// Everything a use case needs, shared by all of them.
pub struct Services {
    node: String,
    started_at: Timestamp,
    is_demo: bool,
    clock: upstream::Clock,
    store: Store,
    static_data: Arc<StaticData>,
    window: Arc<Window>,
    hub: Arc<Hub>,
    names: NameBook,
    prices: PriceBook,
    feed_monitor: FeedMonitor,
    gauges: QueueGauges,
    dedupe: Dedupe,
    enrichments: EnrichmentQueue,
    reconcile: Notify,
}

/// What [`Services`] is made of.
pub struct Parts {
    pub store: Store,
    pub static_data: Arc<StaticData>,
    pub feeds: Vec<Source>,
    pub is_demo: bool,
    pub clock: upstream::Clock,
}

impl Services {
    /// The services and the queue of names to look up, to be run by [`names::run`].
    pub fn new(parts: Parts) -> (Arc<Self>, names::Requests) {
        let (events, _) = broadcast::channel(crate::live::EVENT_CAPACITY);
        let (names, requests) = NameBook::new();
        let services = Arc::new(Self {
            node: node::new_id(),
            started_at: (parts.clock)(),
            is_demo: parts.is_demo,
            clock: parts.clock,
            store: parts.store,
            static_data: parts.static_data,
            window: Arc::new(Window::new(events)),
            hub: Hub::new(),
            names,
            prices: PriceBook::default(),
            feed_monitor: FeedMonitor::new(&parts.feeds),
            gauges: QueueGauges::default(),
            dedupe: Dedupe::default(),
            enrichments: EnrichmentQueue::default(),
            reconcile: Notify::new(),
        });
        (services, requests)
    }

    pub fn node(&self) -> &str {
        &self.node
    }

    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub fn is_demo(&self) -> bool {
        self.is_demo
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn static_data(&self) -> &StaticData {
        &self.static_data
    }

    pub fn window(&self) -> &Arc<Window> {
        &self.window
    }

    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    pub fn names(&self) -> &NameBook {
        &self.names
    }

    pub fn prices(&self) -> &PriceBook {
        &self.prices
    }

    pub fn feed_monitor(&self) -> &FeedMonitor {
        &self.feed_monitor
    }

    pub fn gauges(&self) -> &QueueGauges {
        &self.gauges
    }

    pub fn dedupe(&self) -> &Dedupe {
        &self.dedupe
    }

    /// Kills to be enriched again soon.
    pub fn enrichments(&self) -> &EnrichmentQueue {
        &self.enrichments
    }

    pub fn feed_status(&self) -> FeedStatus {
        self.feed_monitor.status()
    }

    pub fn live_stats(&self) -> LiveStats {
        self.window.stats(self.now(), self.hub.subscriber_count())
    }

    /// Puts a new kill on every open page and asks for the names it lacks. Never waits.
    pub fn publish(&self, record: &Arc<KillRecord>) {
        self.feed_monitor.arrived(record.received_at, record.killmail.killmail_time);
        let names = |id: i64| self.names.get(id);
        self.window.publish(Arc::clone(record), &names, &self.static_data, false);
        self.request_names(record);
    }

    /// Lets a stored kill's new enrichment be seen wherever its old one is in memory. Open pages are not told.
    pub fn replace_enrichment(&self, record: &KillRecord) {
        let names = |id: i64| self.names.get(id);
        self.window.replace_enrichment(record.killmail.killmail_id, &record.enrichment, &names, &self.static_data);
    }

    /// Has the names of everybody on a kill looked up that are not known.
    pub fn request_names(&self, record: &KillRecord) {
        self.names.request(record.killmail.player_ids());
    }

    /// Asks for a comparison with the feed's history soon.
    pub fn request_reconcile(&self) {
        self.reconcile.notify_one();
    }

    /// Returns when a comparison was asked for.
    pub async fn reconcile_requested(&self) {
        self.reconcile.notified().await;
    }

    /// Where reading a feed goes on: what this process has read itself, else what is stored. Waits for the database.
    pub async fn feed_position(&self, source: Source) -> Option<Position> {
        if let Some(position) = self.feed_monitor.read_position(source) {
            return Some(Position(position));
        }
        loop {
            match self.store.find_position(source.as_str()).await {
                Ok(position) => return position.map(Position),
                Err(error) => {
                    tracing::warn!(%error, feed = %source, "feed position cannot be read yet");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}

/// What a user may know of a database failure; the cause goes to the log.
pub fn store_failure(error: &StoreError) -> ApiError {
    if error.is_transient() {
        tracing::warn!(%error, "database is away");
        ApiError::new(ErrorCode::Unavailable, "The database does not answer. Try again in a moment.")
    } else {
        tracing::error!(%error, "database query failed");
        ApiError::new(ErrorCode::Internal, "Something went wrong on the server. Try again in a moment.")
    }
}
