//! `tracker serve`: database, pipeline, live hub and HTTP in one process.
//!
//! Order of start: database, migrations, partitions, static data, caches, pipeline, HTTP. Order of stop: feeds stop,
//! the pipeline drains into the database, HTTP and sockets close, the embedded PostgreSQL stops last.

use crate::{
    bus,
    config::Config,
    http::{self, AppState, images::ImageProxy, security::Origin},
    ingest::{self, IngestOptions, Upstreams},
    jobs,
    lifecycle::{self, GRACE, Lifecycle},
    live::{LiveEvent, refresh},
    services::{self, Parts, Services, entities, fits, names, prices, submit::Intake},
    static_import, telemetry,
    wiring::{self, Database},
};
use anyhow::Context;
use domain::KillFilter;
use futures::StreamExt;
use leptos::config::LeptosOptions;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use store::{Page, StoreError};
use tokio::{
    net::TcpListener,
    time::{MissedTickBehavior, interval},
};
use upstream::{esi::EsiClient, feed::HistoryClient, images::ImageClient};

/// Kills of the database put into the hot window at start, so that repeats are recognised and pages start full.
const WARM_KILLS: u32 = 300;
const WARM_QUERIES: usize = 8;
/// How often open pages are told the feed's state and the minute counters.
const STATUS_INTERVAL: Duration = Duration::from_secs(5);
const PARTITION_INTERVAL: Duration = Duration::from_secs(6 * 3_600);

/// A server that answers requests.
pub struct Running {
    pub addr: SocketAddr,
    pub services: Arc<Services>,
    pub lifecycle: Lifecycle,
    database: Database,
}

impl Running {
    /// Drains and stops everything. Returns whether all of it ended in time.
    pub async fn stop(self) -> bool {
        let in_time = self.lifecycle.finish(GRACE).await;
        self.database.close().await;
        in_time
    }
}

/// Runs until Ctrl-C or SIGTERM.
///
/// # Errors
/// When the database or the address is not to be had.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let options = IngestOptions::from(&config);
    let running = start(config, options).await?;
    lifecycle::termination().await.context("signal handlers")?;
    tracing::info!("stopping: draining the pipeline");
    if !running.stop().await {
        tracing::warn!("some tasks had to be aborted");
    }
    Ok(())
}

/// Starts every part and returns once HTTP answers.
///
/// # Errors
/// When the database or the address is not to be had.
pub async fn start(config: Config, options: IngestOptions) -> anyhow::Result<Running> {
    let metrics = telemetry::metrics();
    let mut database = Database::open(&config).await?;
    database.take_over();
    let store = database.store.clone();
    let static_data = static_import::load::load(&store).await.context("reading static data")?;
    store.import_static(&static_data.data).await.context("importing static data")?;
    tracing::info!(build = static_data.data.build(), "static data in use");

    let lifecycle = Lifecycle::new();
    let (services, requests) = Services::new(Parts {
        store: store.clone(),
        static_data,
        feeds: config.feeds.order.clone(),
        is_demo: config.is_demo,
        clock: wiring::now,
    });
    warm(&services).await;

    let http_client = wiring::http_client(&config)?;
    let esi = Arc::new(wiring::esi_client(&config, &http_client)?);
    if services.prices().table().is_without_market() {
        // The first kills of a new installation are worth waiting a moment for their values.
        if let Err(reason) = prices::refresh_esi(&services, &esi).await {
            tracing::warn!(reason, "starting without market prices");
        }
    }
    let upstreams = Upstreams {
        feeds: wiring::feeds(&config, &http_client)?,
        esi: Arc::clone(&esi),
        history: Arc::new(HistoryClient::new(http_client.clone(), wiring::url(&config.feeds.r2z2.url)?)),
    };

    let listener = TcpListener::bind(config.http.bind_addr).await.with_context(|| {
        format!("cannot listen on {}; choose another address with BIND_ADDR", config.http.bind_addr)
    })?;
    let addr = listener.local_addr().context("local address")?;

    let entrance = ingest::start(&lifecycle, &services, upstreams, options);
    spawn_jobs(&lifecycle, &services, &esi, requests, &config);
    let sources = wiring::price_sources(&config, &http_client, &esi)?;
    watch_prices(&services, &sources);
    prices::start(&lifecycle, &services, sources);
    if let Some(url) = &config.database.redis_url {
        let link = bus::connect(services.bus(), url).context("REDIS_URL")?;
        lifecycle.spawn("bus", link.run(lifecycle.stop_token()));
    }
    let images =
        Arc::new(ImageProxy::new(ImageClient::new(http_client, wiring::url(&config.upstreams.image_server_url)?)));
    watch(&services, &esi, &images);
    let state = AppState {
        services: Arc::clone(&services),
        intake: Arc::new(Intake::new(Arc::clone(&esi), entrance)),
        options: LeptosOptions::builder()
            .output_name("frontend")
            .site_root(config.http.site_root.display().to_string())
            .site_pkg_dir("pkg")
            .site_addr(addr)
            .build(),
        images,
        lifecycle: lifecycle.clone(),
        metrics,
        access_policy: config.http.access_policy,
        origin: Origin::new(&config.http.public_url),
        public_url: Arc::from(config.http.public_url.as_str()),
    };
    let router = http::router(state);
    let stop = lifecycle.stop_token();
    lifecycle.spawn("http", async move {
        let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(%error, "HTTP server ended");
        }
    });
    tracing::info!("listening on http://{addr}");
    Ok(Running { addr, services, lifecycle, database })
}

/// Makes upstreams and caches visible.
fn watch(services: &Arc<Services>, esi: &Arc<EsiClient>, images: &Arc<ImageProxy>) {
    let watch = services.watch();
    let (asked, pictures) = (Arc::clone(esi), Arc::clone(images));
    watch.upstream(move || asked.health());
    watch.upstream(move || pictures.client().health());
    let pictures = Arc::clone(images);
    watch.cache("images", move || pictures.metrics());
    for (index, (name, _)) in esi.cache_metrics().into_iter().enumerate() {
        let asked = Arc::clone(esi);
        watch.cache(name, move || asked.cache_metrics()[index].1.clone());
    }
}

/// As [`watch`]; without a key there is no Janice to ask.
fn watch_prices(services: &Arc<Services>, sources: &prices::Sources) {
    if let Some(janice) = sources.janice.clone() {
        services.watch().upstream(move || janice.health());
    }
    let mutamarket = sources.mutamarket.clone();
    services.watch().upstream(move || mutamarket.health());
}

/// Fills the caches from the database. Failing is no reason not to start.
async fn warm(services: &Arc<Services>) {
    prices::load(services).await;
    if let Err(error) = warm_window(services).await {
        tracing::warn!(%error, "recent kills cannot be read");
    }
    let since = services.now() - chrono::TimeDelta::minutes(61);
    match services.store().list_arrivals_by_minute(since).await {
        Ok(minutes) => services.window().seed_minutes(minutes.into_iter().map(|bucket| {
            let kills = u32::try_from(bucket.kills).unwrap_or(u32::MAX);
            (bucket.minute, contract::MinuteBucket { kills, isk: bucket.value })
        })),
        Err(error) => tracing::warn!(%error, "the last hour's arrivals cannot be counted"),
    }
}

/// The newest stored kills, oldest first, so that sequence numbers follow time.
async fn warm_window(services: &Arc<Services>) -> Result<(), StoreError> {
    let everything = KillFilter::default();
    let newest = services.store().list_kills(&everything, Page::first(WARM_KILLS), &services.static_data()).await?;
    let ids: Vec<_> = newest.kills.iter().rev().map(|kill| kill.killmail_id).collect();
    let mut records = futures::stream::iter(ids).map(|id| services.store().find_kill(id)).buffered(WARM_QUERIES);
    while let Some(record) = records.next().await {
        let Some(record) = record? else { continue };
        services.dedupe().is_new(record.killmail.killmail_id);
        let names = services.names_of(&record).await;
        let lookup = |id: i64| names.get(&id).cloned();
        services.window().publish(Arc::new(record), &lookup, &services.static_data(), true);
    }
    Ok(())
}

fn spawn_jobs(
    lifecycle: &Lifecycle,
    services: &Arc<Services>,
    esi: &Arc<EsiClient>,
    requests: services::Requests,
    config: &Config,
) {
    let stop = lifecycle.stop_token();
    let hub = Arc::clone(services.hub());
    lifecycle.spawn("live hub", hub.run(Arc::clone(services.window()), stop.clone()));
    lifecycle.spawn("names", names::run(requests.names, Arc::clone(services), Arc::clone(esi), stop.clone()));
    lifecycle.spawn(
        "corporations and alliances",
        entities::run(requests.entities, Arc::clone(services), Arc::clone(esi), stop.clone()),
    );
    lifecycle.spawn("static data", static_import::watch::run(Arc::clone(services), stop.clone()));
    lifecycle.spawn("enrichments of others", refresh::run(Arc::clone(services), stop.clone()));
    lifecycle.spawn("names of other nodes", names::follow(Arc::clone(services), stop.clone()));
    lifecycle.spawn("fits", fits::work::run(requests.fits, Arc::clone(services), stop.clone()));
    lifecycle.spawn("fit engine", fits::follow::run(Arc::clone(services), stop.clone()));
    lifecycle.spawn("fit sweep", fits::sweep::run(Arc::clone(services), stop.clone()));
    jobs::spawn(lifecycle, services, esi);

    let told = Arc::clone(services);
    let status_stop = stop.clone();
    lifecycle.spawn("status", async move {
        let mut ticks = interval(STATUS_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = status_stop.cancelled() => return,
                _ = ticks.tick() => {
                    told.window().announce(LiveEvent::Feed(Arc::new(told.feed_status())));
                    told.window().announce(LiveEvent::Stats(Arc::new(told.live_stats())));
                }
            }
        }
    });

    let kept = Arc::clone(services);
    let retention = config.database.retention_months;
    lifecycle.spawn("partitions", async move {
        let mut ticks = interval(PARTITION_INTERVAL);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {
                    if let Err(error) = jobs::partitions::keep(kept.store(), kept.now(), retention).await {
                        tracing::error!(%error, "partitions cannot be kept");
                    }
                }
            }
        }
    });
}
