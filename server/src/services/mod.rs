//! Use cases: what pages, the JSON API and the stream ask for. Transport-neutral; no SQL text and no axum here.

pub mod affiliations;
pub mod asked;
pub mod data_health;
pub mod detail;
pub mod entities;
pub mod feed_monitor;
pub mod fits;
pub mod kills;
pub mod names;
pub mod places;
pub mod prices;
pub mod search;
pub mod static_data;
pub mod status;
pub mod submit;
pub mod types;
pub mod watch;

use crate::{
    bus::Bus,
    enrichment::Enriched,
    ingest::{dedupe::Dedupe, gauges::QueueGauges, parked::Parked},
    jobs::queue::EnrichmentQueue,
    live::{hub::Hub, window::Window},
    node,
    static_import::load::Loaded,
};
use cached::CacheMetrics;
use contract::{ApiError, ErrorCode, FeedStatus, LiveStats};
use domain::{KillRecord, Source, StaticData, Timestamp};
use entities::EntityBook;
use feed_monitor::FeedMonitor;
use fits::{FitBook, Urgency};
use names::NameBook;
use prices::PriceBook;
use static_data::StaticCell;
use std::{sync::Arc, time::Duration};
use store::{Store, StoreError};
use tokio::sync::{Notify, broadcast};
use upstream::feed::Position;
use watch::Watch;

/// Everything a use case needs, shared by all of them.
pub struct Services {
    node: String,
    started_at: Timestamp,
    is_demo: bool,
    clock: upstream::Clock,
    store: Store,
    static_data: StaticCell,
    window: Arc<Window>,
    hub: Arc<Hub>,
    names: NameBook,
    entities: EntityBook,
    prices: PriceBook,
    fits: Arc<FitBook>,
    feed_monitor: FeedMonitor,
    gauges: QueueGauges,
    dedupe: Dedupe,
    parked: Parked,
    watch: Watch,
    bus: Bus,
    enrichments: EnrichmentQueue,
    reconcile: Notify,
    type_stats: types::TypeStatsCache,
    data_health: data_health::DataHealthBook,
}

/// Queues to be worked off by tasks.
pub struct Requests {
    /// For [`names::run`].
    pub names: names::Requests,
    /// For [`entities::run`].
    pub entities: entities::Requests,
    /// For [`fits::work::run`].
    pub fits: fits::book::Requests,
}

/// What [`Services`] is made of.
pub struct Parts {
    pub store: Store,
    pub static_data: Loaded,
    pub feeds: Vec<Source>,
    pub is_demo: bool,
    pub clock: upstream::Clock,
}

impl Services {
    /// The services and the queues of what they ask for.
    pub fn new(parts: Parts) -> (Arc<Self>, Requests) {
        let (events, _) = broadcast::channel(crate::live::EVENT_CAPACITY);
        let (names, names_requests) = NameBook::new();
        let (entities, entity_requests) = EntityBook::new();
        let (fits, fits_requests) = FitBook::new();
        let node = node::new_id();
        let services = Arc::new(Self {
            bus: Bus::new(&node),
            node,
            started_at: (parts.clock)(),
            is_demo: parts.is_demo,
            clock: parts.clock,
            store: parts.store,
            static_data: StaticCell::new(parts.static_data),
            window: Arc::new(Window::new(events)),
            hub: Hub::new(),
            names,
            entities,
            prices: PriceBook::default(),
            fits: Arc::new(fits),
            feed_monitor: FeedMonitor::new(&parts.feeds),
            gauges: QueueGauges::default(),
            dedupe: Dedupe::default(),
            parked: Parked::default(),
            watch: Watch::default(),
            enrichments: EnrichmentQueue::default(),
            reconcile: Notify::new(),
            type_stats: types::TypeStatsCache::default(),
            data_health: data_health::DataHealthBook::default(),
        });
        for (name, counts) in
            [("names", NameBook::metrics as fn(&NameBook) -> _), ("affiliations", NameBook::affiliation_metrics)]
        {
            let watched = Arc::downgrade(&services);
            let ask = move || watched.upgrade().map_or_else(CacheMetrics::default, |it| counts(&it.names));
            services.watch.cache(name, ask);
        }
        let watched = Arc::downgrade(&services);
        let ask = move || watched.upgrade().map_or_else(CacheMetrics::default, |it| it.dedupe.metrics());
        services.watch.cache("dedupe", ask);
        let watched = Arc::downgrade(&services);
        let ask = move || watched.upgrade().map_or_else(CacheMetrics::default, |it| it.type_stats.metrics());
        services.watch.cache("ship_statistics", ask);
        let watched = Arc::downgrade(&services);
        let ask = move || watched.upgrade().map_or_else(CacheMetrics::default, |it| it.fits.metrics());
        services.watch.cache("fits", ask);
        let watched = Arc::downgrade(&services);
        let ask = move || watched.upgrade().map_or_else(CacheMetrics::default, |it| it.entities.metrics());
        services.watch.cache("entities", ask);
        (services, Requests { names: names_requests, entities: entity_requests, fits: fits_requests })
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

    /// The static data of this moment. A use case takes it once and keeps it, so that all of its answer is of one
    /// build even when an import swaps the data meanwhile.
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

    pub fn names(&self) -> &NameBook {
        &self.names
    }

    pub fn entities(&self) -> &EntityBook {
        &self.entities
    }

    pub fn prices(&self) -> &PriceBook {
        &self.prices
    }

    pub fn fits(&self) -> &Arc<FitBook> {
        &self.fits
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

    /// Kills that wait for their body.
    pub fn parked(&self) -> &Parked {
        &self.parked
    }

    pub fn watch(&self) -> &Watch {
        &self.watch
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

    /// Puts a new kill on every open page and asks for the names, prices and fit statistics it lacks. Never waits.
    pub fn publish(&self, kill: &Enriched) {
        let Enriched { record, static_data, wanted_fit, .. } = kill;
        self.feed_monitor.arrived(record.source, record.received_at, record.killmail.killmail_time);
        let names = |id: i64| self.names.get(id);
        self.window.publish(Arc::clone(record), &names, static_data, false);
        self.prices.seen(record, static_data, self.now());
        self.request_names(record);
        self.names.request_affiliations(record.killmail.participants().filter_map(|it| it.character_id));
        if let Some(job) = wanted_fit {
            self.fits.request(job.clone(), Urgency::Background);
        }
    }

    /// Has the names of everybody on a kill looked up that are not known.
    pub fn request_names(&self, record: &KillRecord) {
        self.names.request(record.killmail.player_ids());
    }

    /// When this process started.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
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
