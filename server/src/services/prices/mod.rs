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
mod janice;
mod lists;
mod prewarm;
pub mod revalue;
mod table;
mod wanted;

use super::Services;
use crate::lifecycle::Lifecycle;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use upstream::{esi::EsiClient, janice::JaniceClient, mutamarket::MutamarketClient};

pub use book::{PriceBook, load};
pub use lists::refresh_esi;
pub use table::PriceTable;

/// Where prices come from.
pub struct Sources {
    pub esi: Arc<EsiClient>,
    /// Absent without a key.
    pub janice: Option<JaniceClient>,
    pub mutamarket: MutamarketClient,
}

/// Starts everything that keeps prices fresh.
pub fn start(lifecycle: &Lifecycle, services: &Arc<Services>, sources: Sources) {
    let Sources { esi, janice, mutamarket } = sources;
    let stop = || -> (Arc<Services>, CancellationToken) { (Arc::clone(services), lifecycle.stop_token()) };
    if let Some(client) = janice {
        services.prices().ask_janice();
        let (of_janice, stop_janice) = stop();
        lifecycle.spawn("janice prices", janice::run(of_janice, client, stop_janice));
        let (of_warming, stop_warming) = stop();
        lifecycle.spawn("price prewarming", prewarm::run(of_warming, stop_warming));
    }
    let (of_mutamarket, stop_mutamarket) = stop();
    lifecycle.spawn("mutamarket prices", lists::run_mutamarket(of_mutamarket, mutamarket, stop_mutamarket));
    let (of_esi, stop_esi) = stop();
    lifecycle.spawn("esi prices", lists::run_esi(of_esi, esi, stop_esi));
    let (of_revaluation, stop_revaluation) = stop();
    lifecycle.spawn("revaluation", revalue::run(of_revaluation, stop_revaluation));
}
