//! What a node remembers and knows, without feeds, live pages or HTTP, for commands that work on the database beside a running server.

use crate::{
    books::{Books, prices},
    config::Config,
    node::{Node, Parts},
    static_import,
    wiring::Database,
};
use anyhow::Context;
use std::sync::Arc;
use upstream::Clock;

/// The books of a node on the configured database.
pub struct Offline {
    pub books: Arc<Books>,
    database: Database,
}

impl Offline {
    /// # Errors
    /// When the database cannot be started, reached or migrated.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let database = Database::open(config).await?;
        let store = &database.store;
        let static_data = static_import::load::load(store).await.context("reading static data")?;
        store.import_static(&static_data.data).await.context("importing static data")?;
        // The names that are asked for here are left to the server.
        let node = Node::new(Parts {
            store: store.clone(),
            static_data,
            feeds: Vec::new(),
            is_demo: config.is_demo,
            clock: Clock::system(),
        });
        let (books, _requests) = Books::new(node);
        prices::load(&books).await;
        Ok(Self { books, database })
    }

    pub async fn close(self) {
        self.database.close().await;
    }
}
