//! The pool: how the product connects, how long anything may take, how many connections it may use.

use crate::{StoreError, known_partitions::KnownPartitions};
use sqlx::{
    PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    fmt,
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};
use tracing::instrument;

pub(crate) static MIGRATOR: Migrator = sqlx::migrate!("../../migrations");

/// How to connect. [`StoreOptions::new`] has the defaults.
#[derive(Clone)]
pub struct StoreOptions {
    /// `postgres://user:password@host:port/database`.
    pub url: String,
    /// Connections of this process at most.
    pub max_connections: u32,
    /// Connections kept open when idle.
    pub min_connections: u32,
    /// How long a call waits for a free or new connection.
    pub acquire_timeout: Duration,
    /// How long one statement may run. Migrations and imports are exempt.
    pub statement_timeout: Duration,
    /// How long a statement waits for a lock.
    pub lock_timeout: Duration,
}

impl StoreOptions {
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            min_connections: 1,
            acquire_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(15),
            lock_timeout: Duration::from_secs(5),
        }
    }

    #[must_use]
    pub fn max_connections(mut self, max_connections: u32) -> Self {
        self.max_connections = max_connections;
        self
    }
}

/// Without the URL: it holds a password.
impl fmt::Debug for StoreOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreOptions")
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout", &self.acquire_timeout)
            .field("statement_timeout", &self.statement_timeout)
            .finish_non_exhaustive()
    }
}

/// The product's database. Cheap to clone; clones share the pool.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) pool: PgPool,
    pub(crate) partitions: Arc<KnownPartitions>,
}

impl Store {
    /// Opens a pool and makes one connection, to fail early.
    ///
    /// # Errors
    /// When the URL is malformed or the database does not answer.
    pub async fn connect(options: &StoreOptions) -> Result<Self, StoreError> {
        let store = Self::connect_lazily(options)?;
        store.ping().await?;
        Ok(store)
    }

    /// Opens a pool that connects when first used.
    ///
    /// # Errors
    /// When the URL is malformed.
    pub fn connect_lazily(options: &StoreOptions) -> Result<Self, StoreError> {
        let milliseconds = |duration: Duration| duration.as_millis().to_string();
        let connect = PgConnectOptions::from_str(&options.url)?.application_name("eve-pvp-tracker").options([
            ("statement_timeout", milliseconds(options.statement_timeout)),
            ("lock_timeout", milliseconds(options.lock_timeout)),
            ("idle_in_transaction_session_timeout", "60000".to_owned()),
            // Partitions can be left out of a plan only when the times asked for are known to the planner.
            ("plan_cache_mode", "force_custom_plan".to_owned()),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .min_connections(options.min_connections.min(options.max_connections))
            .acquire_timeout(options.acquire_timeout)
            .connect_lazy_with(connect);
        Ok(Self { pool, partitions: Arc::default() })
    }

    /// Brings the schema to this binary's version. Several nodes may do so at once: they take turns.
    ///
    /// # Errors
    /// When the database is newer than this binary, was changed by hand, or does not answer.
    #[instrument(level = "debug", skip_all, name = "db.migrate")]
    pub async fn migrate(&self) -> Result<(), StoreError> {
        // A connection of its own: whatever its settings are, they reach nobody else.
        let unhurried = PgConnectOptions::clone(&self.pool.connect_options())
            .options([("statement_timeout", "0"), ("lock_timeout", "0")]);
        let acquire_timeout = self.pool.options().get_acquire_timeout();
        let pool =
            PgPoolOptions::new().max_connections(1).acquire_timeout(acquire_timeout).connect_lazy_with(unhurried);
        let outcome = MIGRATOR.run(&pool).await;
        pool.close().await;
        Ok(outcome?)
    }

    /// The round trip of an empty query.
    ///
    /// # Errors
    /// When the database does not answer.
    #[instrument(level = "debug", skip_all, name = "db.ping")]
    pub async fn ping(&self) -> Result<Duration, StoreError> {
        let started = Instant::now();
        sqlx::query!("SELECT 1 AS one").fetch_one(&self.pool).await?;
        Ok(started.elapsed())
    }

    /// Closes every connection, letting running statements end.
    #[instrument(level = "debug", skip_all, name = "db.close")]
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
