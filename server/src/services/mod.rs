//! Use cases: what pages, the JSON API and the stream ask for. Questions only: what the process remembers is in `node`,
//! what it knows of names, prices and fits in `books`. Transport-neutral; no SQL text and no axum here.
//!
//! Room: beside `enrichment`, above `books`.

pub mod asked;
pub mod data_health;
pub mod detail;
pub mod entities;
mod failure;
pub mod fits;
mod kept;
pub mod kills;
pub mod places;
pub mod search;
pub mod status;
pub mod submit;
pub mod types;

use crate::{
    books::{Books, entities::EntityBook, fits::FitBook, names::NameBook, prices::PriceBook},
    live::{hub::Hub, window::Window},
    node::Node,
};
use contract::{FeedStatus, LiveStats};
use domain::{StaticData, Timestamp};
use failure::store_failure;
use kept::{DataHealthBook, TypeStatsCache};
use std::sync::Arc;
use store::Store;

/// Whoever has a question asks it here.
pub struct Services {
    books: Arc<Books>,
    type_stats: Arc<TypeStatsCache>,
    data_health: DataHealthBook,
}

/// What the use cases work with.
impl Services {
    pub fn new(books: Arc<Books>) -> Arc<Self> {
        let type_stats = Arc::<TypeStatsCache>::default();
        let cache = Arc::clone(&type_stats);
        books.node().gauges().cache("ship_statistics", move || cache.metrics());
        Arc::new(Self { books, type_stats, data_health: DataHealthBook::default() })
    }

    pub fn books(&self) -> &Arc<Books> {
        &self.books
    }

    pub fn node(&self) -> &Arc<Node> {
        self.books.node()
    }

    pub fn now(&self) -> Timestamp {
        self.node().now()
    }

    pub fn is_demo(&self) -> bool {
        self.node().is_demo()
    }

    /// As [`Node::static_data`]: a use case takes them once.
    pub fn static_data(&self) -> Arc<StaticData> {
        self.node().static_data()
    }

    pub fn feed_status(&self) -> FeedStatus {
        self.node().feed_status()
    }

    pub fn live_stats(&self) -> LiveStats {
        self.node().live_stats()
    }

    pub fn window(&self) -> &Arc<Window> {
        self.node().window()
    }

    pub fn hub(&self) -> &Arc<Hub> {
        self.node().hub()
    }

    pub fn prices(&self) -> &PriceBook {
        self.books.prices()
    }

    fn store(&self) -> &Store {
        self.node().store()
    }

    fn names(&self) -> &NameBook {
        self.books.names()
    }

    fn entities(&self) -> &EntityBook {
        self.books.entities()
    }

    fn fits(&self) -> &FitBook {
        self.books.fits()
    }
}
