//! What was stored by an earlier run, so that kills are valued from the first second even when every source is away.

use super::{book::GAP_KEPT, table::PriceTable};
use crate::books::Books;
use domain::PriceSource;

/// Failing is no reason not to start.
pub async fn load(books: &Books) {
    let now = books.node().now();
    let rows = books.node().store().load_prices().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "stored prices cannot be read");
        Vec::new()
    });
    let gaps = books.node().store().load_price_gaps(now - GAP_KEPT).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "stored price gaps cannot be read");
        Vec::new()
    });
    let gaps = gaps.into_iter().filter(|gap| gap.source == PriceSource::Janice);
    let table = PriceTable::from_stored(rows, &books.node().static_data(), now);
    books.prices().begin(table, gaps.map(|gap| (gap.type_id, gap.asked_at)).collect());
}
