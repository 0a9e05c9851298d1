//! `tracker serve`: database, pipeline, live hub and HTTP in one process.
//!
//! Order of start: database, migrations, partitions, static data, caches, pipeline, HTTP. Order of stop: feeds stop,
//! the pipeline drains into the database, HTTP and sockets close, the embedded PostgreSQL stops last.

use crate::{
    books::{Books, prices},
    cluster::bus,
    config::Config,
    http::{self, AppState, images::ImageProxy, security::Origin},
    ingest::{Channels, IngestOptions},
    lifecycle::{self, GRACE, Lifecycle},
    node::{Node, Parts},
    services::{Services, submit::Intake},
    static_import,
    tasks::{self, Wired},
    telemetry,
    wiring::{self, Database},
};
use anyhow::{Context, ensure};
use domain::KillFilter;
use futures::StreamExt;
use leptos::config::LeptosOptions;
use std::{net::SocketAddr, sync::Arc};
use store::{Page, StoreError};
use tokio::net::TcpListener;
use upstream::{Clock, esi::EsiClient, feed::HistoryClient, images::ImageClient};

/// Kills of the database put into the hot window at start, so that repeats are recognised and pages start full.
const WARM_KILLS: u32 = 300;
const WARM_QUERIES: usize = 8;

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

/// Runs until Ctrl-C or SIGTERM; a second one ends everything at once.
///
/// # Errors
/// When the database or the address is not to be had, when a task that must not end has ended, or when a second signal
/// cut the draining short.
pub async fn run(config: Config) -> anyhow::Result<()> {
    run_with(config, Lifecycle::new(Clock::system())).await
}

/// [`run`] with tasks of the caller's.
///
/// # Errors
/// As [`run`].
pub async fn run_with(config: Config, lifecycle: Lifecycle) -> anyhow::Result<()> {
    let options = IngestOptions::from(&config);
    let running = start(config, options, lifecycle.clone()).await?;
    tokio::select! {
        signal = lifecycle::termination() => signal.context("signal handlers")?,
        () = lifecycle.stopping() => {}
    }
    tracing::info!("stopping: draining the pipeline");
    let mut is_cut_short = false;
    let stopping = running.stop();
    tokio::pin!(stopping);
    let in_time = tokio::select! {
        in_time = &mut stopping => in_time,
        signal = lifecycle::termination() => {
            signal.context("signal handlers")?;
            tracing::warn!("a second signal: everything ends at once");
            is_cut_short = true;
            lifecycle.abort();
            stopping.await
        }
    };
    if !in_time {
        tracing::warn!("some tasks had to be aborted");
    }
    let accidents = lifecycle.accidents();
    ensure!(accidents.is_empty(), "stopped because of an accident: {}", accidents.join("; "));
    ensure!(!is_cut_short, "ended by a second signal before the pipeline had drained");
    Ok(())
}

/// Starts every part and returns once HTTP answers. The lifecycle's clock is that of all of it.
///
/// # Errors
/// When the database or the address is not to be had.
pub async fn start(config: Config, options: IngestOptions, lifecycle: Lifecycle) -> anyhow::Result<Running> {
    let metrics = telemetry::metrics();
    let database = Database::open(&config).await?;
    database.take_over();
    let store = database.store.clone();
    let static_data = static_import::load::load(&store).await.context("reading static data")?;
    store.import_static(&static_data.data).await.context("importing static data")?;
    tracing::info!(build = static_data.data.build(), "static data in use");

    let node = Node::new(Parts {
        store: store.clone(),
        static_data,
        feeds: config.feeds.order.clone(),
        is_demo: config.is_demo,
        clock: lifecycle.clock(),
    });
    let (books, requests) = Books::new(Arc::clone(&node));
    let services = Services::new(Arc::clone(&books));
    warm(&books).await;

    let http_client = wiring::http_client(&config, lifecycle.clock())?;
    let esi = Arc::new(wiring::esi_client(&config, &http_client)?);
    if books.prices().table().is_without_market() {
        // The first kills of a new installation are worth waiting a moment for their values.
        if let Err(error) = prices::lists::refresh_esi(&books, &esi).await {
            tracing::warn!(%error, "starting without market prices");
        }
    }
    let sources = wiring::price_sources(&config, &http_client, &esi)?;
    let bus =
        config.database.redis_url.as_ref().map(|url| bus::connect(node.bus(), url)).transpose().context("REDIS_URL")?;
    let feeds = wiring::feeds(&config, &http_client)?;
    let history = Arc::new(HistoryClient::new(http_client.clone(), wiring::url(&config.feeds.r2z2.url)?));
    let images =
        Arc::new(ImageProxy::new(ImageClient::new(http_client, wiring::url(&config.upstreams.image_server_url)?)));
    let channels = Channels::open(&node);

    let listener = TcpListener::bind(config.http.bind_addr).await.with_context(|| {
        format!("cannot listen on {}; choose another address with BIND_ADDR", config.http.bind_addr)
    })?;
    let addr = listener.local_addr().context("local address")?;
    let router = http::router(AppState {
        services: Arc::clone(&services),
        // It closes when the pipeline drains.
        intake: Arc::new(Intake::new(Arc::clone(&esi), channels.events.downgrade())),
        options: LeptosOptions::builder()
            .output_name("frontend")
            .site_root(config.http.site_root.display().to_string())
            .site_pkg_dir("pkg")
            .site_addr(addr)
            .build(),
        images: Arc::clone(&images),
        lifecycle: lifecycle.clone(),
        metrics,
        access_policy: config.http.access_policy,
        origin: Origin::new(&config.http.public_url),
        public_url: Arc::from(config.http.public_url.as_str()),
    });
    watch(&books, &esi, &sources, &images, &lifecycle);
    tasks::start(Wired {
        books,
        names: Some(requests.names),
        entities: Some(requests.entities),
        fits: Some(requests.fits),
        channels,
        options,
        feeds,
        history,
        esi,
        prices: sources,
        bus,
        embedded: database.embedded.clone(),
        site: Some((listener, router)),
        lifecycle: lifecycle.clone(),
    });
    tracing::info!("listening on http://{addr}");
    Ok(Running { addr, services, lifecycle, database })
}

/// Makes upstreams, caches and tasks visible, and counters exist before their first event: alert rules compare rates.
fn watch(
    books: &Books,
    esi: &Arc<EsiClient>,
    sources: &prices::Sources,
    images: &Arc<ImageProxy>,
    lifecycle: &Lifecycle,
) {
    metrics::counter!(crate::meters::KILLMAILS_ENRICHED_TOTAL).increment(0);
    metrics::counter!(crate::meters::KILLMAIL_ENRICHMENT_FAILURES_TOTAL).increment(0);
    metrics::counter!(crate::meters::PERSIST_RETRIES_TOTAL).increment(0);
    let node = books.node();
    for feed in node.feed_status().feeds {
        metrics::counter!(crate::meters::FEED_EVENTS_TOTAL, "feed" => feed.source.as_str()).increment(0);
    }
    let watch = node.gauges();
    let of_tasks = lifecycle.clone();
    watch.tasks(move || tasks::report(&of_tasks));
    if let Some(janice) = sources.janice.clone() {
        books.prices().ask_janice();
        watch.upstream(move || janice.health());
    }
    let mutamarket = sources.mutamarket.clone();
    watch.upstream(move || mutamarket.health());
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

/// Fills the caches from the database. Failing is no reason not to start.
async fn warm(books: &Arc<Books>) {
    prices::load(books).await;
    if let Err(error) = warm_window(books).await {
        tracing::warn!(%error, "recent kills cannot be read");
    }
    let since = books.node().now() - chrono::TimeDelta::minutes(61);
    match books.node().store().list_arrivals_by_minute(since).await {
        Ok(minutes) => books.node().window().seed_minutes(minutes.into_iter().map(|bucket| {
            let kills = u32::try_from(bucket.kills).unwrap_or(u32::MAX);
            (bucket.minute, contract::MinuteBucket { kills, isk: bucket.value })
        })),
        Err(error) => tracing::warn!(%error, "the last hour's arrivals cannot be counted"),
    }
}

/// The newest stored kills, oldest first, so that sequence numbers follow time.
async fn warm_window(books: &Arc<Books>) -> Result<(), StoreError> {
    let everything = KillFilter::default();
    let newest =
        books.node().store().list_kills(&everything, Page::first(WARM_KILLS), &books.node().static_data()).await?;
    let ids: Vec<_> = newest.kills.iter().rev().map(|kill| kill.killmail_id).collect();
    let mut records = futures::stream::iter(ids).map(|id| books.node().store().find_kill(id)).buffered(WARM_QUERIES);
    while let Some(record) = records.next().await {
        let Some(record) = record? else { continue };
        books.node().dedupe().is_new(record.killmail.killmail_id);
        let names = books.names_of(&record).await;
        let lookup = |id: i64| names.get(&id).cloned();
        books.node().window().publish(Arc::new(record), &lookup, &books.node().static_data(), true);
    }
    Ok(())
}
