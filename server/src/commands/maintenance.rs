//! `tracker migrate` and `tracker partitions`.

use crate::{config::Config, jobs::partitions, wiring::Database};
use anyhow::Context;
use upstream::Clock;

/// Brings the schema up to date.
///
/// # Errors
/// When the database cannot be reached or migrated.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    let database = Database::open(config).await?;
    database.close().await;
    println!("the schema is up to date");
    Ok(())
}

/// Creates the coming partitions, drops those past retention and lists what is there; for cron.
///
/// # Errors
/// When the database cannot be reached or changed.
pub async fn partitions(config: &Config) -> anyhow::Result<()> {
    let database = Database::open(config).await?;
    partitions::keep(&database.store, Clock::system().now(), config.database.retention_months)
        .await
        .context("keeping partitions")?;
    for partition in database.store.list_partitions().await.context("listing partitions")? {
        println!("{partition:?}");
    }
    database.close().await;
    Ok(())
}
