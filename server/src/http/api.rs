//! The JSON API under `/api/v1`. Described in `openapi.rs`; a test compares the two.

use super::{
    AppState,
    params::{FilterQuery, ListQuery, parameter, path_id},
    problem::Problem,
    ranked,
};
use crate::services::{
    asked::{Asked, FitSource},
    submit::{Intake, Submission, SubmissionState, Submitted},
};
use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use contract::{
    ApiError, EntityCard, ErrorCode, KillDetail, LiveStats, PlaceKind, PlacePage, SearchHit, StaticDataStatus,
    StatsWindow, TypeStats,
};
use domain::{EntityKind, FilterField, KillFilter, KillSummary, KillmailId, fit};
use serde::Serialize;
use std::sync::Arc;

type Answer<T> = Result<Json<T>, Problem>;

/// Every documented path with its handler, relative to `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/killmails", get(list_killmails).post(submit_killmail))
        .route("/killmails/{id}", get(get_killmail))
        .route("/killmails/{id}/raw", get(get_raw))
        .route("/killmails/{id}/fit", get(get_fit))
        .route("/killmails/{id}/related", get(get_related))
        .route("/characters/{id}", get(get_character))
        .route("/corporations/{id}", get(get_corporation))
        .route("/alliances/{id}", get(get_alliance))
        .route("/types/{id}", get(get_type))
        .route("/types/{id}/stats", get(get_type_stats))
        .route("/groups/{id}", get(get_group))
        .route("/systems/{id}", get(get_system))
        .route("/constellations/{id}", get(get_constellation))
        .route("/regions/{id}", get(get_region))
        .route("/{kind}/{id}/killmails", get(list_entity_killmails))
        .route("/search", get(search))
        .route("/stats/live", get(live_stats))
        .route("/static-data", get(static_data))
}

async fn list_killmails(asked: Asked, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    list(&asked, query.as_deref(), |_| Ok(())).await
}

/// A list of kills in the order asked for, after a change to its filter.
async fn list(
    asked: &Asked,
    query: Option<&str>,
    narrow: impl FnOnce(&mut KillFilter) -> Result<(), Problem>,
) -> Result<Response, Problem> {
    if let Some(ranking) = ranked::ranking(query)? {
        let mut filter = FilterQuery::parse(query)?.filter;
        narrow(&mut filter)?;
        return Ok(Json(ranked::list(asked, &filter, ranking, query).await?).into_response());
    }
    let ListQuery { mut filter, paging } = ListQuery::parse(query)?;
    narrow(&mut filter)?;
    Ok(Json(asked.list_kills(&filter, paging).await?).into_response())
}

/// 202 for a killmail that will be listed in a moment, 200 for one that was here before.
async fn submit_killmail(
    asked: Asked,
    State(intake): State<Arc<Intake>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Submitted>), Problem> {
    // A page of another site can only post forms and text without asking first.
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/json") {
        let message = "Send the body as application/json.";
        return Err(ApiError::new(ErrorCode::UnsupportedKind, message).into());
    }
    let submission: Submission =
        serde_json::from_slice(&body).map_err(|error| ApiError::invalid("body", format!("is malformed: {error}")))?;
    let submitted = asked.submit(&intake, submission).await?;
    let status = match submitted.state {
        SubmissionState::Accepted => StatusCode::ACCEPTED,
        SubmissionState::Known => StatusCode::OK,
    };
    Ok((status, Json(submitted)))
}

async fn get_killmail(asked: Asked, Path(id): Path<String>) -> Answer<KillDetail> {
    let id = KillmailId(path_id("id", &id)?);
    Ok(Json(asked.get_kill(id).await?))
}

/// The ESI body as received.
async fn get_raw(asked: Asked, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = KillmailId(path_id("id", &id)?);
    let record = asked.find_record(id).await?;
    Ok(json_text(record.payload.to_string()))
}

async fn get_fit(asked: Asked, Path(id): Path<String>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let id = KillmailId(path_id("id", &id)?);
    let format = parameter(query.as_deref(), "format").unwrap_or_else(|| "eft".to_owned());
    let FitSource { record, title, static_data } = asked.fit_source(id).await?;
    let killmail = &record.killmail;
    match format.as_str() {
        "eft" => Ok(fit::eft(killmail, &title, &static_data).into_response()),
        "dna" => Ok(fit::dna(killmail, &static_data).into_response()),
        "esi" => Ok(Json(fit::esi_fitting(killmail, &title, &static_data)).into_response()),
        _ => Err(ApiError::invalid("format", "is eft, dna or esi").into()),
    }
}

async fn get_related(asked: Asked, Path(id): Path<String>) -> Answer<Vec<KillSummary>> {
    let id = KillmailId(path_id("id", &id)?);
    let kill = asked.get_kill(id).await?;
    Ok(Json(kill.related.into_iter().map(|related| related.summary).collect()))
}

/// A type or group by name.
#[derive(Debug, Serialize)]
pub struct EntityAnswer {
    kind: EntityKind,
    id: i64,
    name: String,
}

async fn get_character(asked: Asked, Path(id): Path<String>) -> Answer<EntityCard> {
    Ok(Json(asked.entity(EntityKind::Character, path_id("id", &id)?).await?))
}

async fn get_corporation(asked: Asked, Path(id): Path<String>) -> Answer<EntityCard> {
    Ok(Json(asked.entity(EntityKind::Corporation, path_id("id", &id)?).await?))
}

async fn get_alliance(asked: Asked, Path(id): Path<String>) -> Answer<EntityCard> {
    Ok(Json(asked.entity(EntityKind::Alliance, path_id("id", &id)?).await?))
}

async fn get_type(asked: Asked, Path(id): Path<String>) -> Answer<EntityAnswer> {
    let id = path_id("id", &id)?;
    let static_data = asked.static_data()?;
    let info =
        static_data.type_info(domain::TypeId(id)).ok_or_else(|| ApiError::not_found(&format!("The type {id}")))?;
    Ok(Json(EntityAnswer { kind: EntityKind::Type, id, name: info.name.clone() }))
}

/// What the page of the type shows beside its latest losses.
async fn get_type_stats(asked: Asked, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer<TypeStats> {
    let id = path_id("id", &id)?;
    let window = StatsWindow::parse(parameter(query.as_deref(), "window").as_deref())?;
    Ok(Json(TypeStats::clone(&*asked.type_stats(id, window).await?)))
}

async fn get_group(asked: Asked, Path(id): Path<String>) -> Answer<EntityAnswer> {
    let id = path_id("id", &id)?;
    let static_data = asked.static_data()?;
    let info = static_data.group(domain::GroupId(id)).ok_or_else(|| ApiError::not_found(&format!("The group {id}")))?;
    Ok(Json(EntityAnswer { kind: EntityKind::Group, id, name: info.name.clone() }))
}

async fn place(asked: &Asked, kind: PlaceKind, id: &str, query: Option<&str>) -> Answer<PlacePage> {
    let id = path_id("id", id)?;
    if ranked::ranking(query)?.is_some() {
        return Err(ApiError::invalid("sort", "is not taken here; use /killmails").into());
    }
    let query = ListQuery::parse(query)?;
    if !query.filter.is_empty() {
        return Err(ApiError::invalid("filter", "is not taken here; use /killmails").into());
    }
    Ok(Json(asked.get_place(kind, id, query.paging).await?))
}

async fn get_system(asked: Asked, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer<PlacePage> {
    place(&asked, PlaceKind::System, &id, query.as_deref()).await
}

async fn get_constellation(asked: Asked, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer<PlacePage> {
    place(&asked, PlaceKind::Constellation, &id, query.as_deref()).await
}

async fn get_region(asked: Asked, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer<PlacePage> {
    place(&asked, PlaceKind::Region, &id, query.as_deref()).await
}

/// `/killmails` with the entity of the path added to the filter.
async fn list_entity_killmails(
    asked: Asked,
    Path((kind, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let parameter = match kind.as_str() {
        "characters" => FilterField::CharacterId,
        "corporations" => FilterField::CorporationId,
        "alliances" => FilterField::AllianceId,
        "systems" => FilterField::SystemId,
        "constellations" => FilterField::ConstellationId,
        "regions" => FilterField::RegionId,
        "types" => FilterField::ShipTypeId,
        "groups" => FilterField::GroupId,
        _ => return Err(super::problem::unknown_api_path().await),
    };
    let id = path_id("id", &id)?;
    list(&asked, query.as_deref(), |filter| {
        // The path's entity replaces one in the query: both at once would mean either.
        filter.clear(parameter);
        Ok(filter.set(parameter, &id.to_string())?)
    })
    .await
}

async fn search(asked: Asked, RawQuery(query): RawQuery) -> Answer<Vec<SearchHit>> {
    let text = parameter(query.as_deref(), "q")
        .ok_or_else(|| Problem(ApiError::invalid("q", "is required: what to search for")))?;
    Ok(Json(asked.search(&text).await?))
}

async fn live_stats(asked: Asked) -> Answer<LiveStats> {
    Ok(Json(asked.live_stats()?))
}

async fn static_data(asked: Asked) -> Answer<StaticDataStatus> {
    Ok(Json(asked.static_data_status(usize::MAX).await?))
}

fn json_text(text: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
}
