//! What is known of names, memberships, prices and fits: bounded caches with queues. Asking never waits; what is
//! missing is queued, and the task of each book looks it up (database, upstream, engine) and passes it on.
//!
//! Room: below `services` and `enrichment`, above `node`. The pipeline's stages and the jobs get a [`Books`], or only
//! the node behind it where that is enough.

pub mod affiliations;
pub mod entities;
pub mod fits;
pub mod names;
pub mod prices;

use crate::node::Node;
use entities::EntityBook;
use fits::FitBook;
use names::NameBook;
use prices::PriceBook;
use std::sync::Arc;

/// The books of a node.
pub struct Books {
    node: Arc<Node>,
    names: Arc<NameBook>,
    entities: Arc<EntityBook>,
    prices: PriceBook,
    fits: Arc<FitBook>,
}

/// Queues to be worked off by tasks.
pub struct Requests {
    /// For [`names::run`].
    pub names: names::Requests,
    /// For [`entities::run`].
    pub entities: entities::Requests,
    /// For [`fits::work::run`].
    pub fits: fits::book::Requests,
}

impl Books {
    /// The books and the queues of what they ask for.
    pub fn new(node: Arc<Node>) -> (Arc<Self>, Requests) {
        let (names, names_requests) = NameBook::new();
        let (entities, entity_requests) = EntityBook::new();
        let (fits, fits_requests) = FitBook::new();
        let (names, entities, fits) = (Arc::new(names), Arc::new(entities), Arc::new(fits));
        let gauges = node.gauges();
        let book = Arc::clone(&names);
        gauges.cache("names", move || book.metrics());
        let book = Arc::clone(&names);
        gauges.cache("affiliations", move || book.affiliation_metrics());
        let book = Arc::clone(&fits);
        gauges.cache("fits", move || book.metrics());
        let book = Arc::clone(&entities);
        gauges.cache("entities", move || book.metrics());
        let requests = Requests { names: names_requests, entities: entity_requests, fits: fits_requests };
        (Arc::new(Self { node, names, entities, prices: PriceBook::default(), fits }), requests)
    }

    pub fn node(&self) -> &Arc<Node> {
        &self.node
    }

    pub fn names(&self) -> &NameBook {
        &self.names
    }

    pub fn entities(&self) -> &EntityBook {
        &self.entities
    }

    pub fn prices(&self) -> &PriceBook {
        &self.prices
    }

    pub fn fits(&self) -> &Arc<FitBook> {
        &self.fits
    }
}
