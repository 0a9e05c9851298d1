//! Server functions: the pages' way to the backend. Each only parses, asks the backend and returns its answer.
//! They are public HTTP endpoints under `/api/fn/`; the JSON API for others is under `/api/v1`.

use contract::{
    ApiError, FilterName, KillDetail, KillPage, LiveStats, PlaceKind, PlacePage, RankedPage, SearchHit, StatusReport,
    TypePage,
};
use leptos::{
    server,
    server_fn::codec::{GetUrl, Json},
};

#[cfg(feature = "ssr")]
use {
    contract::ports::{BackendHandle, Paging},
    domain::{KillFilter, KillmailId, sort::Ranking},
    leptos::prelude::expect_context,
};

/// Rows of one page of history in the interface.
pub const PAGE_ROWS: u32 = 100;

#[cfg(feature = "ssr")]
fn backend() -> BackendHandle {
    expect_context::<BackendHandle>()
}

/// Gives a failed call the HTTP status of its error, a page being rendered too, and lets whoever sees the error find the
/// request in the log.
#[cfg(feature = "ssr")]
fn told<T>(answer: Result<T, impl Into<ApiError>>) -> Result<T, ApiError> {
    answer.map_err(|error| {
        let mut error = error.into();
        crate::backend::set_status(error.code.http_status());
        error.request_id = error.request_id.or_else(crate::backend::request_id);
        error
    })
}

#[cfg(feature = "ssr")]
fn read_filter(query: &str) -> Result<KillFilter, ApiError> {
    told(KillFilter::from_query(query, crate::routes::NON_FILTER_PARAMETERS))
}

#[cfg(feature = "ssr")]
fn read_paging(before: Option<String>, after: Option<String>) -> Result<Paging, ApiError> {
    let read = |field: &str, text: Option<String>| {
        let cursor = text.filter(|text| !text.is_empty()).map(|text| text.parse());
        told(cursor.transpose().map_err(|_| ApiError::invalid(field, "is not a cursor of this API")))
    };
    Ok(Paging { before: read("before", before)?, after: read("after", after)?, limit: PAGE_ROWS })
}

/// A page of kills. `query` is a filter as in the URL; other parameters in it are ignored.
///
/// # Errors
/// `Invalid` names the parameter.
#[server(prefix = "/api/fn", endpoint = "list_kills", input = GetUrl, output = Json)]
pub async fn list_kills(query: String, before: Option<String>, after: Option<String>) -> Result<KillPage, ApiError> {
    let (filter, paging) = (read_filter(&query)?, read_paging(before, after)?);
    told(backend().list_kills(filter, paging).await)
}

/// A page of losses by `sort` (`value`, the default, `ehp` or `dps`), largest first. `query` is a filter as in the URL.
///
/// # Errors
/// `Invalid` names the parameter.
#[server(prefix = "/api/fn", endpoint = "list_ranked", input = GetUrl, output = Json)]
pub async fn list_ranked(query: String, sort: Option<String>, before: Option<String>) -> Result<RankedPage, ApiError> {
    let read = || -> Result<_, ApiError> {
        let filter = KillFilter::from_query(&query, crate::routes::RANKED_PARAMETERS)?;
        let ranking = match sort.as_deref() {
            None | Some("") => Ranking::Value,
            Some(word) => word.parse().map_err(|_| ApiError::invalid("sort", "is one of value, ehp, dps"))?,
        };
        let before = before.filter(|text| !text.is_empty()).map(|text| text.parse()).transpose()?;
        Ok((filter, ranking, before))
    };
    let (filter, ranking, before) = told(read())?;
    told(backend().list_ranked(filter, ranking, before, PAGE_ROWS).await)
}

#[server(prefix = "/api/fn", endpoint = "get_kill", input = GetUrl, output = Json)]
pub async fn get_kill(id: i64) -> Result<KillDetail, ApiError> {
    told(backend().get_kill(KillmailId(id)).await)
}

#[server(prefix = "/api/fn", endpoint = "get_place", input = GetUrl, output = Json)]
pub async fn get_place(
    kind: PlaceKind,
    id: i64,
    before: Option<String>,
    after: Option<String>,
) -> Result<PlacePage, ApiError> {
    let paging = read_paging(before, after)?;
    told(backend().get_place(kind, id, paging).await)
}

/// The page of a type. `window` is a number of days: 7, 30 (default) or 90.
///
/// # Errors
/// `Invalid` names the parameter.
#[server(prefix = "/api/fn", endpoint = "get_type", input = GetUrl, output = Json)]
pub async fn get_type(
    id: i64,
    window: Option<String>,
    before: Option<String>,
    after: Option<String>,
) -> Result<TypePage, ApiError> {
    let window = told(contract::StatsWindow::parse(window.as_deref()))?;
    let paging = read_paging(before, after)?;
    told(backend().get_type(id, window, paging).await)
}

#[server(prefix = "/api/fn", endpoint = "search", input = GetUrl, output = Json)]
pub async fn search(q: String) -> Result<Vec<SearchHit>, ApiError> {
    told(backend().search(&q).await)
}

#[server(prefix = "/api/fn", endpoint = "live_stats", input = GetUrl, output = Json)]
pub async fn get_live_stats() -> Result<LiveStats, ApiError> {
    told(backend().live_stats().await)
}

#[server(prefix = "/api/fn", endpoint = "status", input = GetUrl, output = Json)]
pub async fn get_status() -> Result<StatusReport, ApiError> {
    told(backend().status().await)
}

/// Names for the ids in a filter's query string.
///
/// # Errors
/// `Invalid` names the parameter.
#[server(prefix = "/api/fn", endpoint = "filter_names", input = GetUrl, output = Json)]
pub async fn filter_names(query: String) -> Result<Vec<FilterName>, ApiError> {
    let filter = read_filter(&query)?;
    told(backend().filter_names(&filter).await)
}
