//! A database of its own for each test, on the server that `TEST_DATABASE_URL` names (`.ci/test-postgres env`).

#![allow(clippy::disallowed_methods, reason = "tests have no configuration and no clock")]

use crate::{Store, StoreError, StoreOptions, connect::MIGRATOR, kills::Page};
use domain::{KillFilter, StaticData};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};
use std::{
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

/// An empty, migrated database. It is dropped together with this value.
#[derive(Debug)]
pub struct TestDatabase {
    pub store: Store,
    server_url: String,
    name: String,
}

impl TestDatabase {
    /// # Panics
    /// When `TEST_DATABASE_URL` is not set or no database can be made there.
    pub async fn create() -> Self {
        let database = Self::create_empty().await;
        database.store.migrate().await.expect("the migrations run on an empty database");
        database
    }

    /// Without the migrations.
    ///
    /// # Panics
    /// When `TEST_DATABASE_URL` is not set or no database can be made there.
    pub async fn create_empty() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let server_url = std::env::var("TEST_DATABASE_URL").expect(
            "TEST_DATABASE_URL must name a PostgreSQL where databases may be created: \
             run `eval \"$(.ci/test-postgres env)\"` first",
        );
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_nanos());
        let counter = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{counter}_{since_epoch}", process::id());
        execute(&server_url, format!("CREATE DATABASE {name}")).await.expect("a test database can be created");
        let options = StoreOptions::new(with_database(&server_url, &name)).max_connections(8);
        let store = Store::connect_lazily(&options).expect("TEST_DATABASE_URL is a PostgreSQL URL");
        Self { store, server_url, name }
    }

    /// For `DATABASE_URL` of a whole server.
    pub fn url(&self) -> String {
        with_database(&self.server_url, &self.name)
    }

    /// For what a test needs and the product does not.
    pub fn pool(&self) -> &PgPool {
        &self.store.pool
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (url, name) = (self.server_url.clone(), self.name.clone());
        // A test's runtime cannot be waited for inside itself, so this has a thread and a runtime of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            if let Err(error) = runtime.block_on(execute(&url, format!("DROP DATABASE {name} WITH (FORCE)"))) {
                tracing::warn!(%error, name, "a test database stays behind");
            }
        });
        // Only a panic in that thread would be an error; the database then stays behind.
        dropping.join().unwrap_or_default();
    }
}

/// Reverts every migration.
///
/// # Errors
/// When a migration cannot be reverted.
pub async fn revert_migrations(store: &Store) -> Result<(), StoreError> {
    Ok(MIGRATOR.undo(&store.pool, 0).await?)
}

/// The plans of the queries that a page may need, one for each span of months, without running them.
///
/// # Errors
/// When the database does not answer.
pub async fn explain_list_kills(
    store: &Store,
    filter: &KillFilter,
    page: Page,
    static_data: &StaticData,
) -> Result<Vec<String>, StoreError> {
    store.explain_list_kills(filter, page, static_data).await
}

/// The build of the imported static data and the names of its types, from one look at the tables.
///
/// # Panics
/// When the database does not answer.
pub async fn static_build_and_types(store: &Store) -> (Option<String>, Vec<String>) {
    sqlx::query_as(
        "SELECT
            (SELECT build FROM static_import),
            (SELECT coalesce(array_agg(name ORDER BY name), '{}') FROM static_types)",
    )
    .fetch_one(&store.pool)
    .await
    .expect("the tables can be read")
}

/// Cuts the connections on which servers listen for news. Returns how many there were.
///
/// # Panics
/// When the database does not answer.
pub async fn cut_listeners(store: &Store) -> i64 {
    sqlx::query_scalar(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
         WHERE datname = current_database() AND query LIKE 'LISTEN %'",
    )
    .fetch_one(&store.pool)
    .await
    .expect("the connections can be listed")
}

/// Renames a column, as if the schema were of another version.
///
/// # Panics
/// When there is no such column.
pub async fn rename_column(store: &Store, table: &str, from: &str, to: &str) {
    let statement = format!("ALTER TABLE {table} RENAME COLUMN {from} TO {to}");
    sqlx::query(AssertSqlSafe(statement)).execute(&store.pool).await.expect("the column can be renamed");
}

async fn execute(url: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(url).await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await
}

/// The URL with another database in its path.
fn with_database(url: &str, name: &str) -> String {
    let (address, parameters) = url.split_once('?').map_or((url, None), |(address, rest)| (address, Some(rest)));
    let host_end = address.find("://").map_or(0, |scheme| scheme + 3);
    let address = match address[host_end..].find('/') {
        Some(slash) => &address[..host_end + slash],
        None => address,
    };
    match parameters {
        Some(parameters) => format!("{address}/{name}?{parameters}"),
        None => format!("{address}/{name}"),
    }
}
