//! `tracker migrate` and `tracker partitions`.

use super::serve::open_database;
use crate::config::Config;
use anyhow::Context;
use chrono::Months;
use domain::Timestamp;
use store::{Month, Store, StoreError};

/// Brings the schema up to date.
///
/// # Errors
/// When the database cannot be reached or migrated.
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    let (store, embedded) = open_database(config).await?;
    store.close().await;
    drop(embedded);
    println!("the schema is up to date");
    Ok(())
}

/// Creates the coming partitions, drops those past retention and lists what is there; for cron.
///
/// # Errors
/// When the database cannot be reached or changed.
pub async fn partitions(config: &Config) -> anyhow::Result<()> {
    let (store, embedded) = open_database(config).await?;
    keep_partitions(&store, chrono::Utc::now(), config.retention_months).await.context("keeping partitions")?;
    for partition in store.list_partitions().await.context("listing partitions")? {
        println!("{partition:?}");
    }
    store.close().await;
    drop(embedded);
    Ok(())
}

/// Creates partitions three months ahead and drops what retention no longer wants.
///
/// # Errors
/// As the store.
pub async fn keep_partitions(store: &Store, now: Timestamp, retention_months: Option<u32>) -> Result<(), StoreError> {
    store.ensure_partitions(now).await?;
    if let Some(oldest) = retention_months.and_then(|months| now.checked_sub_months(Months::new(months))) {
        let dropped = store.drop_partitions_before(Month::of(oldest)).await?;
        tracing::info!(?dropped, "partitions past retention dropped");
    }
    Ok(())
}
