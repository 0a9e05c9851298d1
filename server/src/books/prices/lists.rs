//! Sources that answer with a list of everything: ESI's market prices, renewed when they expire, and MutaMarket's
//! statistics of rolled modules.

use super::{book::ShrunkList, table::MUTAMARKET_FRESH};
use crate::{
    books::Books,
    lifecycle::{Job, JobOutcome, Next},
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
    pub books: Arc<Books>,
    pub esi: Arc<EsiClient>,
}

#[async_trait]
impl Job for EsiPrices {
    async fn run(&mut self) -> JobOutcome {
        let expires_at = refresh_esi(&self.books, &self.esi).await?;
        let left = (expires_at - self.books.node().now()).to_std().unwrap_or_default();
        Ok(Next::In(left + AFTER_EXPIRY))
    }
}

/// Fetches ESI's list once. Returns when it expires.
///
/// # Errors
/// Says why the list could not be had, or is not believed.
pub async fn refresh_esi(books: &Books, esi: &EsiClient) -> Result<Timestamp, ListError> {
    let list = esi.market_prices().await.inspect_err(|error| {
        books.prices().failed(PriceSource::EsiAverage, error.to_string(), books.node().now());
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
    books.prices().replace(PriceSource::EsiAverage, &market, books.node().now())?;
    tracing::info!(types = market.len(), %at, "esi's prices refreshed");
    store(books, &market).await;
    Ok(list.expires_at)
}

/// Keeps MutaMarket's statistics.
pub struct MutamarketPrices {
    pub books: Arc<Books>,
    pub client: MutamarketClient,
}

#[async_trait]
impl Job for MutamarketPrices {
    async fn run(&mut self) -> JobOutcome {
        if let Some(left) = time_left(&self.books) {
            return Ok(Next::In(left));
        }
        refresh_mutamarket(&self.books, &self.client).await?;
        Ok(Next::In(MUTAMARKET_FRESH.to_std().unwrap_or_default()))
    }
}

/// For how long the statistics, which may have been stored by an earlier run, are fresh still.
fn time_left(books: &Books) -> Option<Duration> {
    let newest = books.prices().table().of(PriceSource::Mutamarket).values().map(|unit| unit.at).max()?;
    (newest + MUTAMARKET_FRESH - books.node().now()).to_std().ok().filter(|left| !left.is_zero())
}

async fn refresh_mutamarket(books: &Books, client: &MutamarketClient) -> Result<(), ListError> {
    let means = client.mean_prices().await.inspect_err(|error| {
        books.prices().failed(PriceSource::Mutamarket, error.to_string(), books.node().now());
    })?;
    let (now, static_data) = (books.node().now(), books.node().static_data());
    let is_rolled = |id: TypeId| static_data.type_info(id).is_some_and(|info| info.is_abyssal);
    let prices: Vec<(TypeId, UnitPrice)> = means
        .into_iter()
        .filter(|(type_id, _)| is_rolled(*type_id))
        .map(|(type_id, price)| (type_id, UnitPrice { price, source: PriceSource::Mutamarket, at: now }))
        .collect();
    books.prices().replace(PriceSource::Mutamarket, &prices, now)?;
    tracing::info!(types = prices.len(), "mutamarket's statistics refreshed");
    store(books, &prices).await;
    Ok(())
}

/// Not stored is not lost: they are in memory, and a later list is stored again.
async fn store(books: &Books, prices: &[(TypeId, UnitPrice)]) {
    if let Err(error) = books.node().store().upsert_prices(prices).await {
        tracing::warn!(%error, "prices cannot be stored");
    }
}
