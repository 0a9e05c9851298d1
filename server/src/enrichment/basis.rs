//! What kills are enriched with: static data, prices and known fits of one moment.

use crate::books::{Books, fits::FitBook, prices::PriceTable};
use domain::{StaticData, Timestamp};
use std::sync::Arc;

/// See the module. Taken once for each kill or batch.
#[derive(Clone)]
pub struct Basis {
    pub static_data: Arc<StaticData>,
    pub prices: Arc<PriceTable>,
    pub fits: Arc<FitBook>,
    /// When the enrichment is made.
    pub now: Timestamp,
}

impl Basis {
    /// That of now.
    pub fn of(books: &Books) -> Self {
        Self {
            static_data: books.node().static_data(),
            prices: books.prices().table(),
            fits: Arc::clone(books.fits()),
            now: books.node().now(),
        }
    }
}
