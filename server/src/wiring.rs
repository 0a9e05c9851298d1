//! Opens what a command works with: the database, the clients of upstreams, the feeds, the sources of prices. What is
//! opened here is the same for every command of one configuration, so all of them share one budget of each upstream.

use crate::{
    books::prices,
    config::{Config, DatabasePlace},
    postgres::Embedded,
};
use anyhow::Context;
use domain::Source;
use std::{sync::Arc, time::Duration};
use store::{Store, StoreOptions};
use tokio::time::{Instant, sleep};
use upstream::{
    Clock, HttpClient, HttpOptions,
    esi::{EsiClient, EsiOptions},
    feed::{EveKillFeed, EveKillOptions, Feed, R2z2Feed, R2z2Options, WandererFeed, WandererOptions},
    janice::{JaniceClient, JaniceOptions},
    mutamarket::{MutamarketClient, MutamarketOptions},
    rate::{
        Pace, RedisBudget,
        shared::{Alone, SharedBudget},
    },
};
use url::Url;

/// How long to wait for a database that is just starting.
const DATABASE_PATIENCE: Duration = Duration::from_secs(30);
const DATABASE_CONNECTIONS: u32 = 24;

/// An open database with the current schema.
pub struct Database {
    pub store: Store,
    /// The PostgreSQL behind it, when none was configured.
    pub embedded: Option<Arc<Embedded>>,
}

impl Database {
    /// Connects, starting the embedded PostgreSQL if no other is configured, and brings the schema up to date.
    ///
    /// # Errors
    /// When PostgreSQL cannot be started, reached or migrated.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let (url, embedded) = match &config.database.place {
            DatabasePlace::Url(url) => (url.clone(), None),
            DatabasePlace::Embedded { data_dir, bin_dir } => {
                let (data_dir, bin_dir) = (data_dir.clone(), bin_dir.clone());
                let embedded = tokio::task::spawn_blocking(move || Embedded::start(&data_dir, bin_dir.as_deref()))
                    .await
                    .context("embedded PostgreSQL")?
                    .context("embedded PostgreSQL")?;
                (embedded.url().to_owned(), Some(Arc::new(embedded)))
            }
        };
        let options = StoreOptions::new(url).max_connections(DATABASE_CONNECTIONS);
        let deadline = Instant::now() + DATABASE_PATIENCE;
        let store = loop {
            match Store::connect(&options).await {
                Ok(store) => break store,
                Err(error) if error.is_transient() && Instant::now() < deadline => {
                    tracing::warn!(%error, "waiting for the database");
                    sleep(Duration::from_millis(500)).await;
                }
                Err(error) => return Err(error).context("cannot connect to the database"),
            }
        };
        store.migrate().await.context("migrating the database")?;
        store.ensure_partitions(Clock::system().now()).await.context("creating partitions")?;
        Ok(Self { store, embedded })
    }

    /// Makes an embedded PostgreSQL that was left running this process's own.
    pub fn take_over(&self) {
        if let Some(embedded) = &self.embedded {
            embedded.take_over();
        }
    }

    /// Closes the connections, then stops the PostgreSQL that belongs to this process.
    pub async fn close(self) {
        self.store.close().await;
        // Stopping PostgreSQL blocks for a moment.
        let embedded = self.embedded;
        drop(tokio::task::spawn_blocking(move || drop(embedded)).await);
    }
}

/// # Errors
/// When a URL of the configuration is none.
pub fn esi_client(config: &Config, client: &HttpClient) -> anyhow::Result<EsiClient> {
    let mut options = EsiOptions::new(url(&config.upstreams.esi_url)?);
    options.compatibility_date.clone_from(&config.upstreams.esi_compatibility_date);
    Ok(EsiClient::sharing(client.clone(), options, shared_budget(config, "esi", None)?))
}

/// Nodes with one Redis keep to one budget of each upstream, and to one pace where it is ours.
fn shared_budget(config: &Config, host: &'static str, pace: Option<Pace>) -> anyhow::Result<Arc<dyn SharedBudget>> {
    Ok(match &config.database.redis_url {
        Some(url) => Arc::new(RedisBudget::new(url, "tracker", host).context("REDIS_URL")?.pace(pace)),
        None => Arc::new(Alone),
    })
}

/// # Errors
/// When TLS cannot be set up.
pub fn http_client(config: &Config, clock: Clock) -> anyhow::Result<HttpClient> {
    let contact = config.upstreams.contact.clone().unwrap_or_else(|| config.http.public_url.clone());
    HttpClient::new(HttpOptions::new(contact, clock)).context("HTTP client")
}

/// # Errors
/// When it is not a URL.
pub fn url(text: &str) -> anyhow::Result<Url> {
    Url::parse(text).with_context(|| format!("{text} is not a URL"))
}

/// The configured feeds, in order of preference.
///
/// # Errors
/// When a URL of the configuration is none.
pub fn feeds(config: &Config, client: &HttpClient) -> anyhow::Result<Vec<Arc<dyn Feed>>> {
    let mut feeds: Vec<Arc<dyn Feed>> = Vec::new();
    for source in &config.feeds.order {
        match source {
            Source::Wanderer => {
                let url = config.feeds.wanderer_kills_url.as_deref().context("WANDERER_KILLS_URL is not set")?;
                let mut options = WandererOptions::new(self::url(url)?);
                options.silence = read_timeout(config);
                feeds.push(Arc::new(WandererFeed::new(client.clone(), options).context("wanderer-kills")?));
            }
            Source::R2z2 => {
                let mut options = R2z2Options::new(url(&config.feeds.r2z2.url)?);
                options.poll_floor = config.feeds.r2z2.poll;
                options.start_back = config.feeds.r2z2.start_back;
                options.pace.per_second = config.feeds.r2z2.requests_per_second;
                // A request takes some tens of milliseconds: enough of them at once to reach the pace.
                options.prefetch = (config.feeds.r2z2.requests_per_second as usize / 10).clamp(4, 64);
                options.pace.burst = u32::try_from(options.prefetch).unwrap_or(options.pace.burst);
                feeds.push(Arc::new(R2z2Feed::new(client.clone(), options)));
            }
            Source::EveKill => {
                let mut options = EveKillOptions::new(url(&config.feeds.eve_kill_url)?);
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
    config.feeds.silence.mul_f64(0.75)
}

/// # Errors
/// When a URL of the configuration is none.
pub fn price_sources(config: &Config, client: &HttpClient, esi: &Arc<EsiClient>) -> anyhow::Result<prices::Sources> {
    let janice = match &config.prices.janice_api_key {
        Some(key) => {
            let options = JaniceOptions::new(url(&config.prices.janice_url)?, key.expose());
            let shared = shared_budget(config, options.discipline.host, options.discipline.pace)?;
            Some(JaniceClient::sharing(client.clone(), options, shared))
        }
        None => None,
    };
    let options = MutamarketOptions::new(url(&config.prices.mutamarket_url)?);
    let shared = shared_budget(config, options.discipline.host, options.discipline.pace)?;
    let mutamarket = MutamarketClient::sharing(client.clone(), options, shared);
    Ok(prices::Sources { esi: Arc::clone(esi), janice, mutamarket })
}
