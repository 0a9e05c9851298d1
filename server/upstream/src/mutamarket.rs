//! MutaMarket: what rolled (abyssal) modules sell for, by type (upstreams.md 7).
//!
//! A module's own estimate needs its item id, which killmails do not carry. What remains is the estimator's record a
//! type: mean absolute error in ISK, and the same in per cent of the mean sale, which together give the mean sale. It
//! is an estimate of an average roll and nothing better; callers mark it so.

use crate::{
    Discipline, DisciplineOptions, UpstreamError, UpstreamHealth,
    http::{HttpClient, Request, endpoint},
    rate::shared::{Alone, SharedBudget},
};
use domain::{Isk, TypeId};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use url::Url;

/// About a hundred types of half a kilobyte.
const MAX_BODY_BYTES: usize = 1024 * 1024;

#[derive(Clone, Debug)]
pub struct MutamarketOptions {
    /// `https://mutamarket.com/api`
    pub base_url: Url,
    pub discipline: DisciplineOptions,
}

impl MutamarketOptions {
    pub fn new(base_url: Url) -> Self {
        Self { base_url, discipline: DisciplineOptions::polite("mutamarket") }
    }
}

/// See the module. Clones share pace and breaker.
#[derive(Clone)]
pub struct MutamarketClient {
    base_url: Url,
    discipline: Discipline,
}

impl MutamarketClient {
    pub fn new(http: HttpClient, options: MutamarketOptions) -> Self {
        Self::sharing(http, options, Arc::new(Alone))
    }

    /// With a budget shared with the other nodes.
    pub fn sharing(http: HttpClient, options: MutamarketOptions, shared: Arc<dyn SharedBudget>) -> Self {
        Self { discipline: Discipline::sharing(http, options.discipline, shared), base_url: options.base_url }
    }

    pub fn health(&self) -> UpstreamHealth {
        self.discipline.health()
    }

    /// The mean sale of each type whose estimator is trained.
    ///
    /// # Errors
    /// When MutaMarket does not give a usable answer.
    pub async fn mean_prices(&self) -> Result<Vec<(TypeId, Isk)>, UpstreamError> {
        let url = endpoint(&self.base_url, "/estimator-statistics");
        let request = Request::get("mutamarket", url).route("statistics").max_body_bytes(MAX_BODY_BYTES);
        parse(&self.discipline.send("mutamarket", request).await?.into_success()?.body)
    }
}

#[derive(Deserialize)]
struct Statistic {
    type_id: i64,
    /// Mean absolute error, ISK.
    mae: Option<f64>,
    /// The same in per cent of the mean sale.
    nmae: Option<f64>,
}

impl Statistic {
    /// Absent for a type that has too few sales to be trained on.
    fn mean_price(&self) -> Option<Isk> {
        let (mae, nmae) = (self.mae?, self.nmae?);
        if !(mae > 0.0 && nmae > 0.0) {
            return None;
        }
        Isk::try_from_f64(mae * 100.0 / nmae).ok().filter(|price| price.hundredths() > 0)
    }
}

fn parse(body: &[u8]) -> Result<Vec<(TypeId, Isk)>, UpstreamError> {
    let rows: Vec<&RawValue> =
        serde_json::from_slice(body).map_err(|error| UpstreamError::malformed(format!("mutamarket: {error}")))?;
    let statistics: Vec<Statistic> = rows.iter().filter_map(|row| serde_json::from_str(row.get()).ok()).collect();
    if statistics.len() < rows.len() {
        tracing::warn!(skipped = rows.len() - statistics.len(), "mutamarket's answer has broken rows");
    }
    if statistics.is_empty() {
        return Err(UpstreamError::malformed("mutamarket: no row names a type"));
    }
    Ok(statistics.iter().filter_map(|row| Some((TypeId(row.type_id), row.mean_price()?))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{http, serve};
    use axum::{Router, routing::get};
    use serde_json::{Value, json};

    #[tokio::test]
    async fn means_follow_from_both_errors_and_untrained_types_have_none() {
        let body = json!([
            {"id": 1, "type_id": 47408, "name": "a", "data_count": 900, "r2": 0.9, "mae": 12.5e6, "nmae": 10.0},
            {"id": 2, "type_id": 47702, "name": "b", "data_count": 2, "r2": null, "mae": null, "nmae": null},
            {"id": 3, "type_id": 47732, "name": "c", "data_count": 60, "mae": 5e6, "nmae": 0.0},
            {"id": 4, "name": "no type"},
            {"id": 5, "type_id": 47736, "mae": 3.0, "nmae": 33.0, "added_later": {}},
        ]);
        let text = body.to_string();
        let server = serve(Router::new().route("/api/estimator-statistics", get(|| async { text }))).await;
        let client = MutamarketClient::new(http(), MutamarketOptions::new(server.join("/api").unwrap()));
        let means = client.mean_prices().await.unwrap();
        assert_eq!(means, [(TypeId(47408), Isk::from_isk(125_000_000)), (TypeId(47736), Isk::from_hundredths(909))]);
    }

    #[test]
    fn nonsense_and_an_empty_list_are_errors() {
        for body in ["", "{}", "[]", "[1, null]", r#"[{"id": 1}]"#] {
            assert!(matches!(parse(body.as_bytes()), Err(UpstreamError::Malformed { .. })), "{body}");
        }
    }

    #[test]
    fn the_recorded_answer_is_understood() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/prices");
        let Ok(text) = std::fs::read_to_string(path.join("mutamarket_api.json")) else { return };
        let recorded: Value = serde_json::from_str(&text).unwrap();
        let rows = recorded["endpoints"]["GET /estimator-statistics"].to_string();
        assert_eq!(parse(rows.as_bytes()).unwrap(), [], "recorded before the type had enough sales");
    }
}
