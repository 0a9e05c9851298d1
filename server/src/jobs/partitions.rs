//! Keeps the monthly partitions: those to come are there in time, those past retention go.

use crate::{
    lifecycle::{Job, JobOutcome, Next},
    node::Node,
};
use async_trait::async_trait;
use chrono::Months;
use domain::Timestamp;
use std::sync::Arc;
use store::{Month, Store, StoreError};

/// Creates partitions three months ahead and drops what retention no longer wants.
///
/// # Errors
/// As the store.
pub async fn keep(store: &Store, now: Timestamp, retention_months: Option<u32>) -> Result<(), StoreError> {
    store.ensure_partitions(now).await?;
    if let Some(oldest) = retention_months.and_then(|months| now.checked_sub_months(Months::new(months))) {
        let dropped = store.drop_partitions_before(Month::of(oldest)).await?;
        tracing::info!(?dropped, "partitions past retention dropped");
    }
    Ok(())
}

/// [`keep`] again and again.
pub struct Partitions {
    pub node: Arc<Node>,
    pub retention_months: Option<u32>,
}

#[async_trait]
impl Job for Partitions {
    async fn run(&mut self) -> JobOutcome {
        keep(self.node.store(), self.node.now(), self.retention_months).await?;
        Ok(Next::InAPeriod)
    }
}
