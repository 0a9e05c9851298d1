//! What things cost: Janice, for rolled modules MutaMarket, ESI's list, the static data's nominal price, in this order.
//!
//! Asking never waits. Enrichment reads the [`PriceTable`] of the moment; [`PriceBook::seen`] queues the types whose
//! Janice price is missing or an hour old, which are then asked for many a call, one call at a time. What is stale is
//! served meanwhile. Prices and gaps (types Janice does not know) are stored, so that a start asks for nothing it
//! knew. When a price of a better source arrives, [`revalue`] corrects the kills that had to do without it.
//!
//! | failure | what happens |
//! |---|---|
//! | no Janice key, key refused | the chain starts at the next source |
//! | Janice or MutaMarket down, slow, talking nonsense | stale prices, then the next source; later tries with back-off |
//! | Janice refuses a question | halved until the culprit stands alone; it counts as unknown |
//! | ESI down | the list as last stored |
//! | a list is empty, of another shape, or lacks half of what the last one had | told and not used; the old list stays |
//! | queue full | the type is asked for when it is seen again |

mod batch;
mod book;
pub mod janice;
pub mod lists;
mod load;
pub mod prewarm;
pub mod revalue;
mod table;
mod wanted;

use std::sync::Arc;
use upstream::{esi::EsiClient, janice::JaniceClient, mutamarket::MutamarketClient};

pub use book::PriceBook;
pub use load::load;
pub use table::PriceTable;

/// Where prices come from.
#[derive(Clone)]
pub struct Sources {
    pub esi: Arc<EsiClient>,
    /// Absent without a key.
    pub janice: Option<JaniceClient>,
    pub mutamarket: MutamarketClient,
}
