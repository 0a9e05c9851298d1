//! ESI: killmails, names, affiliations, entities, static data, prices and status (upstreams.md 4), behind both limiters.

mod cache;
mod conduct;
mod entities;
mod error;
mod limits;
mod route;
mod universe;

use crate::{counters::Kind, world::World};
use axum::{
    Router,
    body::Bytes,
    extract::{Extension, Path, State},
    http::{HeaderMap, StatusCode},
    middleware,
    response::Response,
    routing::{get, post},
};
use cache::{NEWEST, OLDEST, Validator, cached};
use error::error;
use limits::Limiters;
use route::Route;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) fn router(world: &Arc<World>) -> Router<Arc<World>> {
    let limiters = Arc::new(Limiters::new(&world.config.limits));
    let limited = |route: Route, router: Router<Arc<World>>| {
        let state = (Arc::clone(world), Arc::clone(&limiters), route);
        router.layer(middleware::from_fn_with_state(state, limits::enforce))
    };
    let prices = Arc::new(PriceList::default());
    let killmails =
        Router::new().route("/killmails/{id}/{hash}", get(killmail)).route("/killmails/{id}/{hash}/", get(killmail));
    let meta = Router::new().route("/status", get(status));
    let others = Router::new()
        .route("/universe/names", post(entities::names))
        .route("/characters/affiliation", post(entities::affiliation))
        .route("/characters/{id}", get(entities::character))
        .route("/corporations/{id}", get(entities::corporation))
        .route("/alliances/{id}", get(entities::alliance))
        .route("/universe/types/{id}", get(universe::type_info))
        .route("/universe/systems/{id}", get(universe::system))
        .route("/universe/constellations/{id}", get(universe::constellation))
        .route("/universe/regions/{id}", get(universe::region))
        .route("/markets/prices", get(market_prices))
        .route("/meta/status", get(meta_status))
        .route("/meta/compatibility-dates", get(compatibility_dates))
        .fallback(async || error(StatusCode::NOT_FOUND, "Requested page does not exist!"))
        .layer(Extension(prices));
    limited(Route::Killmail, killmails).merge(limited(Route::Status, meta)).merge(limited(Route::ErrorLimited, others))
}

/// The body of `/markets/prices`, made once a step of the market.
#[derive(Debug, Default)]
struct PriceList(Mutex<Option<(u64, Bytes, Validator)>>);

impl PriceList {
    fn at(&self, step: u64, world: &World) -> (Bytes, Validator) {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, body, validator)) = &*made
            && *of == step
        {
            return (body.clone(), validator.clone());
        }
        let body = Bytes::from(world.galaxy.prices.body(step));
        let validator = Validator::of(&body);
        *made = Some((step, body.clone(), validator.clone()));
        (body, validator)
    }
}

async fn killmail(
    State(world): State<Arc<World>>,
    Path((id, hash)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "esi killmail");
    if let Err(refused) = cache::compatibility_date(&world, &headers) {
        return *refused;
    }
    let kill = id.parse().ok().and_then(|id| world.ledger().by_id(id)).filter(|kill| kill.hash == hash);
    match kill {
        Some(kill) => {
            world.tally.add(Kind::Delivered, "esi");
            cached(&world, &headers, kill.body.to_string(), 2_592_000)
        }
        None => error(StatusCode::UNPROCESSABLE_ENTITY, "Invalid killmail_id and/or killmail_hash"),
    }
}

async fn market_prices(
    State(world): State<Arc<World>>,
    Extension(prices): Extension<Arc<PriceList>>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "esi prices");
    let now = world.clock.now();
    let (step, since, until) = world.market.state(now);
    let (body, validator) = prices.at(step, &world);
    cache::validated(&world, &headers, body, &validator, since, (until - now).num_seconds().max(1))
}

async fn status(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    world.tally.add(Kind::Route, "esi status");
    let players = 18_000 + (world.clock.now().timestamp() / 30 * 7_919) % 9_000;
    let start = world.clock.now().date_naive().and_hms_opt(11, 3, 0).map(|at| at.and_utc().to_rfc3339());
    let body = json!({"players": players, "server_version": "3650286", "start_time": start, "vip": false});
    cached(&world, &headers, body.to_string(), 30)
}

async fn meta_status(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    world.tally.add(Kind::Route, "esi meta");
    let route = |method: &str, path: &str| json!({"method": method, "path": path, "status": "OK"});
    let routes = [
        route("GET", "/killmails/{killmail_id}/{killmail_hash}"),
        route("POST", "/universe/names"),
        route("POST", "/characters/affiliation"),
        route("GET", "/markets/prices"),
        route("GET", "/status"),
    ];
    cached(&world, &headers, json!({"routes": routes}).to_string(), 60)
}

async fn compatibility_dates(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    world.tally.add(Kind::Route, "esi meta");
    let dates = [NEWEST, "2026-07-21", "2026-06-09", "2026-05-19", "2025-12-16", OLDEST];
    cached(&world, &headers, json!({"compatibility_dates": dates}).to_string(), 60)
}
