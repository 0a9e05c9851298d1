//! Asks Janice for what is queued: one call at a time, many types each. A call that fails puts its types back and
//! makes the next one wait, so that an outage costs a call every few minutes.

use super::batch::{BatchSize, Verdict};
use crate::books::Books;
use domain::{Isk, PriceSource, TypeId, UnitPrice};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use upstream::{
    janice::{JaniceClient, MAX_TYPES_PER_CALL},
    retry::{Backoff, BackoffPolicy},
};

/// Kills come in bursts: what arrives within this time goes into one call.
const GATHER: Duration = Duration::from_millis(250);
const BACKOFF: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(5), max: Duration::from_mins(5) };

/// Runs until `stop`.
pub async fn run(books: Arc<Books>, janice: JaniceClient, stop: CancellationToken) {
    let mut backoff = Backoff::random(BACKOFF);
    let mut size = BatchSize::new(MAX_TYPES_PER_CALL);
    loop {
        let gathered = async {
            books.prices().queued().await;
            sleep(GATHER).await;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = gathered => {}
        }
        let types = books.prices().take(size.get());
        let answer = tokio::select! {
            () = stop.cancelled() => return,
            answer = janice.split_prices(&types) => answer,
        };
        match answer {
            Ok(prices) => {
                backoff.reset();
                size.went_well();
                keep(&books, &types, &prices).await;
            }
            Err(error) => {
                books.prices().failed(PriceSource::Janice, error.to_string(), books.node().now());
                let verdict = size.failed(types.len(), &error);
                if verdict == Verdict::Drop {
                    tracing::warn!(%error, type_id = %types[0], "janice cannot be asked for a type");
                    keep(&books, &types, &[]).await;
                    continue;
                }
                books.prices().give_back(&types);
                if verdict == Verdict::Halve {
                    continue;
                }
                let pause = backoff.next_delay_after(error.retry_after());
                tracing::warn!(%error, ?pause, types = types.len(), "janice gives no prices now");
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = sleep(pause) => {}
                }
            }
        }
    }
}

async fn keep(books: &Books, asked: &[TypeId], prices: &[(TypeId, Isk)]) {
    let now = books.node().now();
    let prices: Vec<(TypeId, UnitPrice)> = prices
        .iter()
        .map(|(type_id, price)| (*type_id, UnitPrice { price: *price, source: PriceSource::Janice, at: now }))
        .collect();
    let gaps = books.prices().answered(asked, &prices, now);
    tracing::debug!(asked = asked.len(), priced = prices.len(), "prices from janice");
    // Not stored is not lost: they are in memory, and asked for again after a restart.
    if let Err(error) = books.node().store().upsert_prices(&prices).await {
        tracing::warn!(%error, "prices cannot be stored");
    }
    if let Err(error) = books.node().store().upsert_price_gaps(&gaps).await {
        tracing::warn!(%error, "price gaps cannot be stored");
    }
}
