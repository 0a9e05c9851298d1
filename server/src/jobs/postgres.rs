//! Starts the embedded PostgreSQL again when it is gone: it belongs to this server, so nobody else will.

use crate::{
    lifecycle::{Job, JobOutcome, Next},
    postgres::Embedded,
};
use async_trait::async_trait;
use std::sync::Arc;
use store::Store;

pub struct Revival {
    pub store: Store,
    pub embedded: Arc<Embedded>,
}

#[async_trait]
impl Job for Revival {
    async fn run(&mut self) -> JobOutcome {
        // Looking at the process costs one of our own, so only when there is a reason.
        if self.store.ping().await.is_err() {
            let embedded = Arc::clone(&self.embedded);
            if tokio::task::spawn_blocking(move || embedded.revive()).await?? {
                tracing::warn!("the embedded PostgreSQL was gone and is started again");
                metrics::counter!(crate::meters::EMBEDDED_POSTGRES_RESTARTS_TOTAL).increment(1);
            }
        }
        Ok(Next::InAPeriod)
    }
}
