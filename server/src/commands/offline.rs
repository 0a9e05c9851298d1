//! The services without feeds, live pages or HTTP, for commands that work on the database beside a running server.

use super::serve::open_database;
use crate::{
    config::Config,
    postgres::Embedded,
    services::{Parts, Services, prices},
    static_import,
};
use anyhow::Context;
use std::sync::Arc;
use store::Store;

/// Services on the configured database.
pub struct Offline {
    pub services: Arc<Services>,
    store: Store,
    embedded: Option<Embedded>,
}

impl Offline {
    /// # Errors
    /// When the database cannot be started, reached or migrated.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let (store, embedded) = open_database(config).await?;
        let static_data = static_import::load::load(&store).await.context("reading static data")?;
        store.import_static(&static_data.data).await.context("importing static data")?;
        // The names that are asked for here are left to the server.
        let (services, _requests) = Services::new(Parts {
            store: store.clone(),
            static_data,
            feeds: Vec::new(),
            is_demo: config.is_demo,
            clock: chrono::Utc::now,
        });
        prices::load(&services).await;
        Ok(Self { services, store, embedded })
    }

    pub async fn close(self) {
        self.store.close().await;
        drop(self.embedded);
    }
}
