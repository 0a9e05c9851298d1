//! Sources that answer with a list of everything: ESI's market prices, renewed when they expire, and MutaMarket's
//! statistics of rolled modules.

use super::table::MUTAMARKET_FRESH;
use crate::services::Services;
use domain::{PriceSource, Timestamp, TypeId, UnitPrice};
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use upstream::{
    esi::EsiClient,
    mutamarket::MutamarketClient,
    retry::{Backoff, BackoffPolicy},
};

const BACKOFF: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(30), max: Duration::from_mins(10) };
/// Between a list's expiry and the question for the next one, so that it is there.
const AFTER_EXPIRY: Duration = Duration::from_secs(5);

/// Keeps ESI's list until `stop`.
pub(super) async fn run_esi(services: Arc<Services>, esi: Arc<EsiClient>, stop: CancellationToken) {
    let mut backoff = Backoff::random(BACKOFF);
    loop {
        let pause = match refresh_esi(&services, &esi).await {
            Ok(expires_at) => {
                backoff.reset();
                (expires_at - services.now()).to_std().unwrap_or_default() + AFTER_EXPIRY
            }
            Err(reason) => {
                tracing::warn!(reason, "esi's prices cannot be refreshed now");
                backoff.next_delay()
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pause) => {}
        }
    }
}

/// Fetches ESI's list once. Returns when it expires.
///
/// # Errors
/// Says why the list could not be had, or is not believed.
pub async fn refresh_esi(services: &Services, esi: &EsiClient) -> Result<Timestamp, String> {
    let list = esi.market_prices().await.map_err(|error| {
        services.prices().failed(PriceSource::EsiAverage, error.to_string(), services.now());
        error.to_string()
    })?;
    let at = list.listed_at;
    let market: Vec<(TypeId, UnitPrice)> = list
        .prices
        .iter()
        .filter_map(|row| {
            let average = row.average.map(|price| (price, PriceSource::EsiAverage));
            let (price, source) = average.or(row.adjusted.map(|price| (price, PriceSource::EsiAdjusted)))?;
            (price.hundredths() > 0).then_some((row.type_id, UnitPrice { price, source, at }))
        })
        .collect();
    let replaced = services.prices().replace(PriceSource::EsiAverage, &market, services.now());
    replaced.map_err(|refused| refused.to_string())?;
    tracing::info!(types = market.len(), %at, "esi's prices refreshed");
    store(services, &market).await;
    Ok(list.expires_at)
}

/// Keeps MutaMarket's statistics until `stop`.
pub(super) async fn run_mutamarket(services: Arc<Services>, client: MutamarketClient, stop: CancellationToken) {
    let mut backoff = Backoff::random(BACKOFF);
    loop {
        let pause = match time_left(&services) {
            Some(left) => left,
            None => match refresh_mutamarket(&services, &client).await {
                Ok(()) => {
                    backoff.reset();
                    MUTAMARKET_FRESH.to_std().unwrap_or_default()
                }
                Err(reason) => {
                    tracing::warn!(reason, "mutamarket gives no statistics now");
                    backoff.next_delay()
                }
            },
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pause) => {}
        }
    }
}

/// For how long the statistics, which may have been stored by an earlier run, are fresh still.
fn time_left(services: &Services) -> Option<Duration> {
    let newest = services.prices().table().of(PriceSource::Mutamarket).values().map(|unit| unit.at).max()?;
    (newest + MUTAMARKET_FRESH - services.now()).to_std().ok().filter(|left| !left.is_zero())
}

async fn refresh_mutamarket(services: &Services, client: &MutamarketClient) -> Result<(), String> {
    let means = client.mean_prices().await.map_err(|error| {
        services.prices().failed(PriceSource::Mutamarket, error.to_string(), services.now());
        error.to_string()
    })?;
    let (now, static_data) = (services.now(), services.static_data());
    let is_rolled = |id: TypeId| static_data.type_info(id).is_some_and(|info| info.is_abyssal);
    let prices: Vec<(TypeId, UnitPrice)> = means
        .into_iter()
        .filter(|(type_id, _)| is_rolled(*type_id))
        .map(|(type_id, price)| (type_id, UnitPrice { price, source: PriceSource::Mutamarket, at: now }))
        .collect();
    let replaced = services.prices().replace(PriceSource::Mutamarket, &prices, now);
    replaced.map_err(|refused| refused.to_string())?;
    tracing::info!(types = prices.len(), "mutamarket's statistics refreshed");
    store(services, &prices).await;
    Ok(())
}

/// Not stored is not lost: they are in memory, and a later list is stored again.
async fn store(services: &Services, prices: &[(TypeId, UnitPrice)]) {
    if let Err(error) = services.store().upsert_prices(prices).await {
        tracing::warn!(%error, "prices cannot be stored");
    }
}
