//! Sources that answer with a list of everything: ESI's market prices, renewed when they expire, and MutaMarket's
//! statistics of rolled modules.

use super::{book::ShrunkList, table::MUTAMARKET_FRESH};
use crate::{
    lifecycle::{Job, JobOutcome, Next},
    services::Services,
};
use async_trait::async_trait;
use domain::{PriceSource, Timestamp, TypeId, UnitPrice};
use std::{sync::Arc, time::Duration};
use upstream::{
    UpstreamError,
    esi::{EsiClient, EsiError},
    mutamarket::MutamarketClient,
    retry::BackoffPolicy,
};

/// Between tries while a list is not to be had.
pub const RETRY: BackoffPolicy = BackoffPolicy { first: Duration::from_secs(30), max: Duration::from_mins(10) };
/// Between a list's expiry and the question for the next one, so that it is there.
const AFTER_EXPIRY: Duration = Duration::from_secs(5);

/// Why the old list stays.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error(transparent)]
    Esi(#[from] EsiError),
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    #[error(transparent)]
    Shrunk(#[from] ShrunkList),
}

/// Keeps ESI's list.
pub struct EsiPrices {
    pub services: Arc<Services>,
    pub esi: Arc<EsiClient>,
}

#[async_trait]
impl Job for EsiPrices {
    async fn run(&mut self) -> JobOutcome {
        let expires_at = refresh_esi(&self.services, &self.esi).await?;
        let left = (expires_at - self.services.now()).to_std().unwrap_or_default();
        Ok(Next::In(left + AFTER_EXPIRY))
    }
}

/// Fetches ESI's list once. Returns when it expires.
///
/// # Errors
/// Says why the list could not be had, or is not believed.
pub async fn refresh_esi(services: &Services, esi: &EsiClient) -> Result<Timestamp, ListError> {
    let list = esi.market_prices().await.inspect_err(|error| {
        services.prices().failed(PriceSource::EsiAverage, error.to_string(), services.now());
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
    services.prices().replace(PriceSource::EsiAverage, &market, services.now())?;
    tracing::info!(types = market.len(), %at, "esi's prices refreshed");
    store(services, &market).await;
    Ok(list.expires_at)
}

/// Keeps MutaMarket's statistics.
pub struct MutamarketPrices {
    pub services: Arc<Services>,
    pub client: MutamarketClient,
}

#[async_trait]
impl Job for MutamarketPrices {
    async fn run(&mut self) -> JobOutcome {
        if let Some(left) = time_left(&self.services) {
            return Ok(Next::In(left));
        }
        refresh_mutamarket(&self.services, &self.client).await?;
        Ok(Next::In(MUTAMARKET_FRESH.to_std().unwrap_or_default()))
    }
}

/// For how long the statistics, which may have been stored by an earlier run, are fresh still.
fn time_left(services: &Services) -> Option<Duration> {
    let newest = services.prices().table().of(PriceSource::Mutamarket).values().map(|unit| unit.at).max()?;
    (newest + MUTAMARKET_FRESH - services.now()).to_std().ok().filter(|left| !left.is_zero())
}

async fn refresh_mutamarket(services: &Services, client: &MutamarketClient) -> Result<(), ListError> {
    let means = client.mean_prices().await.inspect_err(|error| {
        services.prices().failed(PriceSource::Mutamarket, error.to_string(), services.now());
    })?;
    let (now, static_data) = (services.now(), services.static_data());
    let is_rolled = |id: TypeId| static_data.type_info(id).is_some_and(|info| info.is_abyssal);
    let prices: Vec<(TypeId, UnitPrice)> = means
        .into_iter()
        .filter(|(type_id, _)| is_rolled(*type_id))
        .map(|(type_id, price)| (type_id, UnitPrice { price, source: PriceSource::Mutamarket, at: now }))
        .collect();
    services.prices().replace(PriceSource::Mutamarket, &prices, now)?;
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
