//! Unit prices. This version knows one market source, ESI's price list (average, else adjusted), refreshed when it
//! expires; the static data's base price is the last resort for hulls without a market.

use super::Services;
use app::contract::{PriceHealth, PriceSourceHealth};
use domain::{PriceSource, StaticData, Timestamp, TypeId, UnitPrice};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use upstream::esi::EsiClient;

/// ESI recomputes its list hourly.
const REFRESH: Duration = Duration::from_secs(3_600);
const RETRY: Duration = Duration::from_secs(60);

/// All prices at one moment; cheap to share.
#[derive(Debug, Default)]
pub struct PriceTable {
    prices: HashMap<TypeId, UnitPrice>,
    refreshed_at: Option<Timestamp>,
}

impl PriceTable {
    pub fn new(prices: HashMap<TypeId, UnitPrice>, refreshed_at: Option<Timestamp>) -> Self {
        Self { prices, refreshed_at }
    }

    /// The port through which enrichment asks for prices.
    pub fn price(&self, type_id: TypeId) -> Option<UnitPrice> {
        self.prices.get(&type_id).copied()
    }

    pub fn len(&self) -> usize {
        self.prices.len()
    }

    /// How many prices each source gave, and from when.
    fn sources(&self) -> Vec<PriceSourceHealth> {
        let mut sources: BTreeMap<PriceSource, PriceSourceHealth> = BTreeMap::new();
        for unit in self.prices.values() {
            let of = sources.entry(unit.source).or_insert_with(|| PriceSourceHealth {
                source: unit.source,
                is_in_use: true,
                prices: 0,
                unknown: 0,
                oldest: None,
                newest: None,
                last_success_at: None,
                last_error_at: None,
                last_error: None,
            });
            of.prices += 1;
            of.oldest = Some(of.oldest.map_or(unit.at, |at| at.min(unit.at)));
            of.newest = Some(of.newest.map_or(unit.at, |at| at.max(unit.at)));
        }
        sources.into_values().collect()
    }

    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }
}

/// The current table.
#[derive(Debug, Default)]
pub struct PriceBook {
    table: RwLock<Arc<PriceTable>>,
}

impl PriceBook {
    pub fn table(&self) -> Arc<PriceTable> {
        Arc::clone(&self.table.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn replace(&self, table: PriceTable) {
        *self.table.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(table);
    }

    pub fn health(&self) -> PriceHealth {
        let table = self.table();
        PriceHealth {
            types_priced: table.len() as u64,
            refreshed_at: table.refreshed_at,
            source: PriceSource::EsiAverage.label().to_owned(),
            waiting: 0,
            sources: table.sources(),
        }
    }
}

/// Loads stored prices, so that kills are valued from the first second even when ESI is away.
pub async fn load(services: &Services) {
    match services.store().load_prices().await {
        Ok(rows) => {
            let refreshed_at =
                rows.iter().filter(|(_, p)| p.source != PriceSource::StaticBase).map(|(_, p)| p.at).max();
            let mut prices = base_prices(&services.static_data(), services.now());
            prices.extend(rows);
            services.prices().replace(PriceTable::new(prices, refreshed_at));
        }
        Err(error) => tracing::warn!(%error, "stored prices cannot be read"),
    }
}

/// Refreshes the table hourly until `stop`.
pub async fn run(services: Arc<Services>, esi: Arc<EsiClient>, stop: CancellationToken) {
    loop {
        let pause = match refresh(&services, &esi).await {
            Ok(()) => REFRESH,
            Err(reason) => {
                tracing::warn!(reason, "prices cannot be refreshed now");
                RETRY
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(pause) => {}
        }
    }
}

/// Fetches ESI's list once.
///
/// # Errors
/// Says why the list could not be had.
pub async fn refresh(services: &Services, esi: &EsiClient) -> Result<(), String> {
    let now = services.now();
    let list = esi.market_prices().await.map_err(|error| error.to_string())?;
    let market: Vec<(TypeId, UnitPrice)> = list
        .prices
        .iter()
        .filter_map(|row| {
            let average = row.average.map(|price| (price, PriceSource::EsiAverage));
            let (price, source) = average.or(row.adjusted.map(|price| (price, PriceSource::EsiAdjusted)))?;
            (price.hundredths() > 0).then_some((row.type_id, UnitPrice { price, source, at: now }))
        })
        .collect();
    let mut prices = base_prices(&services.static_data(), now);
    prices.extend(market.iter().copied());
    tracing::info!(types = market.len(), "prices refreshed");
    services.prices().replace(PriceTable::new(prices, Some(now)));
    services.store().upsert_prices(&market).await.map_err(|error| error.to_string())
}

/// The last resort: CCP's nominal prices. Few types have one.
fn base_prices(static_data: &StaticData, at: Timestamp) -> HashMap<TypeId, UnitPrice> {
    static_data
        .types()
        .filter_map(|info| Some((info.id, UnitPrice { price: info.base_price?, source: PriceSource::StaticBase, at })))
        .collect()
}
