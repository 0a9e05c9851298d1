//! The market price list: one answer for all types, renewed about every hour.

use super::{
    caller::{Caller, EsiError, Route, decode},
    types::{MarketPrices, market_price},
};
use crate::{
    UpstreamError,
    http::{HttpResponse, lifetime},
};
use chrono::{DateTime, TimeDelta};
use domain::Timestamp;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Mutex;

const PRICES: Route = Route::new("prices", "default", 3_600);

/// The list, as long as it is good.
pub(super) struct PriceList {
    caller: Caller,
    last: Mutex<Option<Received>>,
}

struct Received {
    etag: Option<String>,
    prices: MarketPrices,
}

impl PriceList {
    pub(super) fn new(caller: Caller) -> Self {
        Self { caller, last: Mutex::new(None) }
    }

    pub(super) async fn current(&self) -> Result<MarketPrices, EsiError> {
        // Held over the call, so that parallel callers cause one request.
        let mut cached = self.last.lock().await;
        let now = self.caller.discipline.http().now();
        if let Some(cached) = cached.as_ref().filter(|cached| cached.prices.expires_at > now) {
            return Ok(cached.prices.clone());
        }
        let etag = cached.as_ref().and_then(|cached| cached.etag.clone());
        let response = self.caller.get(PRICES, "/markets/prices", etag.as_deref()).await?;
        let expires_at = expires_at(&response, now);
        if response.status == 304 {
            let cached = cached.as_mut().ok_or(UpstreamError::malformed("not modified, but nothing was cached"))?;
            cached.prices.expires_at = expires_at;
            return Ok(cached.prices.clone());
        }
        let response = response.into_success()?;
        let etag = response.header("etag").map(str::to_owned);
        let rows: Vec<Value> = decode(&response)?;
        let row_count = rows.len();
        let rows: Vec<_> = rows.iter().filter_map(market_price).collect();
        if rows.len() < row_count {
            tracing::warn!(skipped = row_count - rows.len(), "esi's price list has broken rows");
        }
        if !rows.iter().any(|row| row.average.is_some() || row.adjusted.is_some()) {
            return Err(UpstreamError::malformed("esi: no row of the price list has a type and a price").into());
        }
        let prices = MarketPrices { prices: Arc::from(rows), listed_at: listed_at(&response, now), expires_at };
        *cached = Some(Received { etag, prices: prices.clone() });
        Ok(prices)
    }
}

/// When the list was made: as it says, else when it came.
fn listed_at(response: &HttpResponse, now: Timestamp) -> Timestamp {
    let said = response.header("last-modified").and_then(|text| DateTime::parse_from_rfc2822(text).ok());
    said.map_or(now, |at| at.to_utc().min(now))
}

/// At least a minute, so that a wrong clock does not cause a storm.
fn expires_at(response: &HttpResponse, now: Timestamp) -> Timestamp {
    let lifetime = TimeDelta::from_std(lifetime(response, now).unwrap_or(PRICES.lifetime)).unwrap_or(TimeDelta::MAX);
    now + lifetime.clamp(TimeDelta::minutes(1), TimeDelta::days(1))
}
