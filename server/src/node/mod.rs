//! What a process remembers: the hot window and who listens to it, which kills it has seen and which wait for their
//! body, how the feeds and queues are doing, the static data in use, what is to be enriched again. Questions are
//! answered by `services`; what is known of names, prices and fits is kept by `books`.
//!
//! Room: below `books`, above `live`, `cluster` and `static_import`.

pub mod dedupe;
pub mod enrichment_queue;
pub mod feed_monitor;
pub mod gauges;
pub mod parked;
pub mod static_cell;

use crate::{
    cluster::bus::Bus,
    live::{EVENT_CAPACITY, hub::Hub, window::Window},
    static_import::load::Loaded,
};
use contract::{FeedStatus, LiveStats};
use dedupe::Dedupe;
use domain::{Source, StaticData, Timestamp};
use enrichment_queue::EnrichmentQueue;
use feed_monitor::FeedMonitor;
use gauges::Gauges;
use parked::Parked;
use rand::Rng;
use static_cell::StaticCell;
use std::sync::Arc;
use store::Store;
use tokio::sync::{Notify, broadcast};
use upstream::Clock;

/// What a [`Node`] is made of.
pub struct Parts {
    pub store: Store,
    pub static_data: Loaded,
    /// In order of preference.
    pub feeds: Vec<Source>,
    pub is_demo: bool,
    pub clock: Clock,
}

/// See the module. The database and the clock are beside it: whoever needs the one needs the others.
pub struct Node {
    id: String,
    started_at: Timestamp,
    is_demo: bool,
    clock: Clock,
    store: Store,
    static_data: StaticCell,
    window: Arc<Window>,
    hub: Arc<Hub>,
    feed_monitor: FeedMonitor,
    gauges: Gauges,
    dedupe: Arc<Dedupe>,
    parked: Arc<Parked>,
    bus: Bus,
    enrichments: EnrichmentQueue,
    reconcile: Notify,
}

impl Node {
    pub fn new(parts: Parts) -> Arc<Self> {
        let id = new_id();
        let node = Self {
            bus: Bus::new(&id),
            id,
            started_at: parts.clock.now(),
            is_demo: parts.is_demo,
            clock: parts.clock,
            store: parts.store,
            static_data: StaticCell::new(parts.static_data),
            window: Arc::new(Window::new(broadcast::channel(EVENT_CAPACITY).0)),
            hub: Hub::new(),
            feed_monitor: FeedMonitor::new(&parts.feeds),
            gauges: Gauges::default(),
            dedupe: Arc::default(),
            parked: Arc::default(),
            enrichments: EnrichmentQueue::default(),
            reconcile: Notify::new(),
        };
        let dedupe = Arc::clone(&node.dedupe);
        node.gauges.cache("dedupe", move || dedupe.metrics());
        let parked = Arc::clone(&node.parked);
        node.gauges.queue("kills without a body", parked::CAPACITY, move || parked.len());
        Arc::new(node)
    }

    /// New at every start, since sequence numbers start anew with it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When this process started.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn is_demo(&self) -> bool {
        self.is_demo
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The static data of this moment. Whoever works with them takes them once and keeps them, so that all of the
    /// outcome is of one build even when an import swaps the data meanwhile.
    pub fn static_data(&self) -> Arc<StaticData> {
        self.static_data.current()
    }

    pub fn static_cell(&self) -> &StaticCell {
        &self.static_data
    }

    pub fn window(&self) -> &Arc<Window> {
        &self.window
    }

    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    pub fn feed_monitor(&self) -> &FeedMonitor {
        &self.feed_monitor
    }

    pub fn gauges(&self) -> &Gauges {
        &self.gauges
    }

    pub fn dedupe(&self) -> &Dedupe {
        &self.dedupe
    }

    /// Kills that wait for their body.
    pub fn parked(&self) -> &Parked {
        &self.parked
    }

    pub fn bus(&self) -> &Bus {
        &self.bus
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

    /// Asks for a comparison with the feed's history soon.
    pub fn request_reconcile(&self) {
        self.reconcile.notify_one();
    }

    /// Returns when a comparison was asked for.
    pub async fn reconcile_requested(&self) {
        self.reconcile.notified().await;
    }
}

/// A random word of 8 hexadecimal digits.
pub fn new_id() -> String {
    format!("{:08x}", rand::rng().random::<u32>())
}
