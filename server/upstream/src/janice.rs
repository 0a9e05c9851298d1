//! Janice: what types trade for at Jita 4-4, many a call (upstreams.md 6).
//!
//! `POST /pricer?market=2` with one type id a line; a type that Janice does not know is missing in the answer. The
//! price is the split of the best buy and sell order. The key is a secret: it is sent as a header that no debug output
//! shows. Does not decide what to ask for, nor keep answers.

use crate::{
    Discipline, DisciplineOptions, UpstreamError, UpstreamHealth,
    http::{HttpClient, Request, endpoint},
    rate::shared::{Alone, SharedBudget},
};
use domain::{Isk, TypeId};
use reqwest::header::HeaderName;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{collections::BTreeSet, fmt, sync::Arc};
use url::Url;

const KEY_HEADER: HeaderName = HeaderName::from_static("x-apikey");
/// Jita 4-4, by the client lists that name markets.
const MARKET: &str = "2";
/// No limit is published; clients keep to a few hundred.
pub const MAX_TYPES_PER_CALL: usize = 200;
/// An item of the answer has about 1.2 kB.
const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

#[derive(Clone)]
pub struct JaniceOptions {
    /// `https://janice.e-351.com/api/rest/v2`
    pub base_url: Url,
    pub api_key: String,
    pub discipline: DisciplineOptions,
}

impl JaniceOptions {
    pub fn new(base_url: Url, api_key: impl Into<String>) -> Self {
        Self { base_url, api_key: api_key.into(), discipline: DisciplineOptions::polite("janice") }
    }
}

impl fmt::Debug for JaniceOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JaniceOptions").field("base_url", &self.base_url.as_str()).finish_non_exhaustive()
    }
}

/// See the module. Clones share pace and breaker.
#[derive(Clone)]
pub struct JaniceClient {
    options: JaniceOptions,
    discipline: Discipline,
}

impl fmt::Debug for JaniceClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JaniceClient").field("options", &self.options).finish_non_exhaustive()
    }
}

impl JaniceClient {
    pub fn new(http: HttpClient, options: JaniceOptions) -> Self {
        Self::sharing(http, options, Arc::new(Alone))
    }

    /// With a budget shared with the other nodes.
    pub fn sharing(http: HttpClient, options: JaniceOptions, shared: Arc<dyn SharedBudget>) -> Self {
        Self { discipline: Discipline::sharing(http, options.discipline.clone(), shared), options }
    }

    pub fn health(&self) -> UpstreamHealth {
        self.discipline.health()
    }

    /// Split prices of those of `types` (at most [`MAX_TYPES_PER_CALL`]) that Janice knows and that have orders.
    ///
    /// # Errors
    /// `Refused` for a bad key; otherwise when Janice does not give a usable answer.
    pub async fn split_prices(&self, types: &[TypeId]) -> Result<Vec<(TypeId, Isk)>, UpstreamError> {
        if types.is_empty() {
            return Ok(Vec::new());
        }
        if types.len() > MAX_TYPES_PER_CALL {
            return Err(UpstreamError::invalid_request(format!("{} types in one call", types.len())));
        }
        let lines: Vec<String> = types.iter().map(ToString::to_string).collect();
        let mut url = endpoint(&self.options.base_url, "/pricer");
        url.query_pairs_mut().append_pair("market", MARKET);
        let request = Request::post_text("janice", url, lines.join("\n"))
            .route("pricer")
            .secret_header(KEY_HEADER, &self.options.api_key)?
            .max_body_bytes(MAX_BODY_BYTES);
        let response = self.discipline.send("janice", request).await?.into_success()?;
        let asked: BTreeSet<TypeId> = types.iter().copied().collect();
        parse(&response.body, &asked)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PricerItem {
    immediate_prices: PriceBlock,
    item_type: ItemType,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PriceBlock {
    split_price: Option<f64>,
}

#[derive(Deserialize)]
struct ItemType {
    eid: i64,
}

/// Rows that cannot be understood are skipped, unless it is all of them. A price of 0 means that nobody trades it.
fn parse(body: &[u8], asked: &BTreeSet<TypeId>) -> Result<Vec<(TypeId, Isk)>, UpstreamError> {
    let rows: Vec<&RawValue> =
        serde_json::from_slice(body).map_err(|error| UpstreamError::malformed(format!("janice: {error}")))?;
    let items: Vec<PricerItem> = rows.iter().filter_map(|row| serde_json::from_str(row.get()).ok()).collect();
    if items.len() < rows.len() {
        tracing::warn!(skipped = rows.len() - items.len(), "janice's answer has broken rows");
        if items.is_empty() {
            return Err(UpstreamError::malformed("janice: no row has a type and prices"));
        }
    }
    let prices = items.into_iter().filter_map(|item| {
        let type_id = TypeId(item.item_type.eid);
        let price = Isk::try_from_f64(item.immediate_prices.split_price?).ok()?;
        (price.hundredths() > 0 && asked.contains(&type_id)).then_some((type_id, price))
    });
    Ok(prices.collect())
}

#[cfg(test)]
#[path = "janice_tests.rs"]
mod tests;
