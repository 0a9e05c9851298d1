//! `tracker serve`: database, pipeline, live hub and HTTP in one process.
//!
//! Order of start: database, migrations, partitions, static data, caches, pipeline, HTTP. Order of stop: feeds stop,
//! the pipeline drains into the database, HTTP and sockets close, the embedded PostgreSQL stops last.

use crate::{
    bus,
    config::{Config, DatabaseConfig},
    http::{self, AppState, images::ImageProxy, security::Origin},
    ingest::{self, IngestOptions, Upstreams},
    jobs,
    lifecycle::{self, GRACE, Lifecycle},
    live::{LiveEvent, refresh},
    postgres::Embedded,
    services::{self, Parts, Services, entities, fits, names, prices, submit::Intake},
    static_import, telemetry,
};
use anyhow::Context;
use domain::{KillFilter, Source};
use futures::StreamExt;
use leptos::config::LeptosOptions;
use std::{net::SocketAddr, sync::Arc, time::Duration};
use store::{Page, Store, StoreError, StoreOptions};
use tokio::{
    net::TcpListener,
    time::{MissedTickBehavior, interval, sleep},
};
use upstream::{
    HttpClient, HttpOptions,
    esi::{EsiClient, EsiOptions},
    feed::{EveKillFeed, EveKillOptions, Feed, HistoryClient, R2z2Feed, R2z2Options, WandererFeed, WandererOptions},
    images::ImageClient,
    janice::{JaniceClient, JaniceOptions},
    mutamarket::{MutamarketClient, MutamarketOptions},
    rate::{
        Pace, RedisBudget,
        shared::{Alone, SharedBudget},
    },
};
use url::Url;

/// Kills of the database put into the hot window at start, so that repeats are recognised and pages start full.
const WARM_KILLS: u32 = 300;
const WARM_QUERIES: usize = 8;
/// How often open pages are told the feed's state and the minute counters.
const STATUS_INTERVAL: Duration = Duration::from_secs(5);
const PARTITION_INTERVAL: Duration = Duration::from_secs(6 * 3_600);
/// How long to wait for a database that is just starting.
const DATABASE_PATIENCE: Duration = Duration::from_secs(30);

pub(super) fn now() -> domain::Timestamp {
    chrono::Utc::now()
}

/// A server that answers requests.
pub struct Running {
    pub addr: SocketAddr,
    pub services: Arc<Services>,
    pub lifecycle: Lifecycle,
    embedded: Option<Embedded>,
    store: Store,
}

impl Running {
    /// Drains and stops everything. Returns whether all of it ended in time.
    pub async fn stop(self) -> bool {
        let in_time = self.lifecycle.finish(GRACE).await;
        self.store.close().await;
        // Stopping PostgreSQL blocks for a moment.
        let embedded = self.embedded;
        drop(tokio::task::spawn_blocking(move || drop(embedded)).await);
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
    let (store, mut embedded) = open_database(&config).await?;
    if let Some(embedded) = &mut embedded {
        embedded.take_over();
    }
    let static_data = static_import::load::load(&store).await.context("reading static data")?;
    store.import_static(&static_data.data).await.context("importing static data")?;
    tracing::info!(build = static_data.data.build(), "static data in use");

    let lifecycle = Lifecycle::new();
    let (services, requests) = Services::new(Parts {
        store: store.clone(),
        static_data,
        feeds: config.feeds.clone(),
        is_demo: config.is_demo,
        clock: now,
    });
    warm(&services).await;

    let http_client = http_client(&config)?;
    let esi = Arc::new(esi_client(&config, &http_client)?);
    if services.prices().table().is_without_market() {
        // The first kills of a new installation are worth waiting a moment for their values.
        if let Err(reason) = prices::refresh_esi(&services, &esi).await {
            tracing::warn!(reason, "starting without market prices");
        }
    }
    let upstreams = Upstreams {
        feeds: feeds(&config, &http_client)?,
        esi: Arc::clone(&esi),
        history: Arc::new(HistoryClient::new(http_client.clone(), url(&config.r2z2_url)?)),
    };

    let listener = TcpListener::bind(config.bind_addr)
        .await
        .with_context(|| format!("cannot listen on {}; choose another address with BIND_ADDR", config.bind_addr))?;
    let addr = listener.local_addr().context("local address")?;

    let entrance = ingest::start(&lifecycle, &services, upstreams, options);
    spawn_jobs(&lifecycle, &services, &esi, requests, &config);
    let sources = price_sources(&config, &http_client, &esi)?;
    watch_prices(&services, &sources);
    prices::start(&lifecycle, &services, sources);
    if let Some(url) = &config.redis_url {
        let link = bus::connect(services.bus(), url).context("REDIS_URL")?;
        lifecycle.spawn("bus", link.run(lifecycle.stop_token()));
    }
    let images = Arc::new(ImageProxy::new(ImageClient::new(http_client, url(&config.image_server_url)?)));
    watch(&services, &esi, &images);
    let state = AppState {
        services: Arc::clone(&services),
        intake: Arc::new(Intake::new(Arc::clone(&esi), entrance)),
        options: LeptosOptions::builder()
            .output_name("frontend")
            .site_root(config.site_root.display().to_string())
            .site_pkg_dir("pkg")
            .site_addr(addr)
            .build(),
        images,
        lifecycle: lifecycle.clone(),
        metrics,
        origin: Origin::new(&config.public_url),
        public_url: Arc::from(config.public_url.as_str()),
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
    Ok(Running { addr, services, lifecycle, embedded, store })
}

/// Connects to the database, starting the embedded one if none is configured, and brings its schema up to date.
///
/// # Errors
/// When PostgreSQL cannot be started, reached or migrated.
pub async fn open_database(config: &Config) -> anyhow::Result<(Store, Option<Embedded>)> {
    let (url, embedded) = match &config.database {
        DatabaseConfig::Url(url) => (url.clone(), None),
        DatabaseConfig::Embedded { data_dir, bin_dir } => {
            let (data_dir, bin_dir) = (data_dir.clone(), bin_dir.clone());
            let embedded = tokio::task::spawn_blocking(move || Embedded::start(&data_dir, bin_dir.as_deref()))
                .await
                .context("embedded PostgreSQL")?
                .context("embedded PostgreSQL")?;
            (embedded.url().to_owned(), Some(embedded))
        }
    };
    let options = StoreOptions::new(url).max_connections(24);
    let deadline = tokio::time::Instant::now() + DATABASE_PATIENCE;
    let store = loop {
        match Store::connect(&options).await {
            Ok(store) => break store,
            Err(error) if error.is_transient() && tokio::time::Instant::now() < deadline => {
                tracing::warn!(%error, "waiting for the database");
                sleep(Duration::from_millis(500)).await;
            }
            Err(error) => return Err(error).context("cannot connect to the database"),
        }
    };
    store.migrate().await.context("migrating the database")?;
    store.ensure_partitions(now()).await.context("creating partitions")?;
    Ok((store, embedded))
}

/// Of any process with this configuration: all share one budget.
pub(super) fn esi_client(config: &Config, client: &HttpClient) -> anyhow::Result<EsiClient> {
    let mut options = EsiOptions::new(url(&config.esi_url)?);
    options.compatibility_date.clone_from(&config.esi_compatibility_date);
    Ok(EsiClient::sharing(client.clone(), options, shared_budget(config, "esi", None)?))
}

/// Nodes with one Redis keep to one budget of each upstream, and to one pace where it is ours.
fn shared_budget(config: &Config, host: &'static str, pace: Option<Pace>) -> anyhow::Result<Arc<dyn SharedBudget>> {
    Ok(match &config.redis_url {
        Some(url) => Arc::new(RedisBudget::new(url, "tracker", host).context("REDIS_URL")?.pace(pace)),
        None => Arc::new(Alone),
    })
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

pub(super) fn http_client(config: &Config) -> anyhow::Result<HttpClient> {
    let contact = config.contact.clone().unwrap_or_else(|| config.public_url.clone());
    HttpClient::new(HttpOptions::new(contact, now)).context("HTTP client")
}

pub(super) fn url(text: &str) -> anyhow::Result<Url> {
    Url::parse(text).with_context(|| format!("{text} is not a URL"))
}

fn feeds(config: &Config, client: &HttpClient) -> anyhow::Result<Vec<Arc<dyn Feed>>> {
    let mut feeds: Vec<Arc<dyn Feed>> = Vec::new();
    for source in &config.feeds {
        match source {
            Source::Wanderer => {
                let url = config.wanderer_kills_url.as_deref().context("WANDERER_KILLS_URL is not set")?;
                let mut options = WandererOptions::new(self::url(url)?);
                options.silence = read_timeout(config);
                feeds.push(Arc::new(WandererFeed::new(client.clone(), options).context("wanderer-kills")?));
            }
            Source::R2z2 => {
                let mut options = R2z2Options::new(url(&config.r2z2_url)?);
                options.poll_floor = config.r2z2_poll;
                options.start_back = config.r2z2_start_back;
                options.pace.per_second = config.r2z2_requests_per_second;
                // A request takes some tens of milliseconds: enough of them at once to reach the pace.
                options.prefetch = (config.r2z2_requests_per_second as usize / 10).clamp(4, 64);
                options.pace.burst = u32::try_from(options.prefetch).unwrap_or(options.pace.burst);
                feeds.push(Arc::new(R2z2Feed::new(client.clone(), options)));
            }
            Source::EveKill => {
                let mut options = EveKillOptions::new(url(&config.eve_kill_url)?);
                options.silence = read_timeout(config);
                feeds.push(Arc::new(EveKillFeed::new(client.clone(), &options).context("EVE-KILL")?));
            }
            other => anyhow::bail!("{other} is not a live feed"),
        }
    }
    Ok(feeds)
}

/// When a connection without a byte is given up: soon enough that another one may show life before the feed's bound.
fn read_timeout(config: &Config) -> Duration {
    config.feed_silence.mul_f64(0.75)
}

fn price_sources(config: &Config, client: &HttpClient, esi: &Arc<EsiClient>) -> anyhow::Result<prices::Sources> {
    let janice = match &config.janice_api_key {
        Some(key) => {
            let options = JaniceOptions::new(url(&config.janice_url)?, key.expose());
            let shared = shared_budget(config, options.discipline.host, options.discipline.pace)?;
            Some(JaniceClient::sharing(client.clone(), options, shared))
        }
        None => None,
    };
    let options = MutamarketOptions::new(url(&config.mutamarket_url)?);
    let shared = shared_budget(config, options.discipline.host, options.discipline.pace)?;
    let mutamarket = MutamarketClient::sharing(client.clone(), options, shared);
    Ok(prices::Sources { esi: Arc::clone(esi), janice, mutamarket })
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
            (bucket.minute, app::contract::MinuteBucket { kills, isk: bucket.value })
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
    let retention = config.retention_months;
    lifecycle.spawn("partitions", async move {
        let mut ticks = interval(PARTITION_INTERVAL);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {
                    if let Err(error) = super::maintenance::keep_partitions(kept.store(), kept.now(), retention).await {
                        tracing::error!(%error, "partitions cannot be kept");
                    }
                }
            }
        }
    });
}
