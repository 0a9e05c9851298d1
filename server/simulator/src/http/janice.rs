//! Janice's pricer: a key, lines of ids or names in, what Jita pays and asks out (upstreams.md 6). Types nobody trades
//! in Jita are left out; errors are problem documents.

use super::{broken_body, json, to_json};
use crate::{counters::Kind, faults::Fault, galaxy::prices::Quote, limiter::TokenBucket, world::World};
use axum::{
    Router,
    extract::{Extension, Path, Query, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{StaticData, TypeId, static_data::TypeInfo};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::time::Instant;

const MARKETS: [(u32, &str); 4] = [(2, "Jita 4-4"), (115, "Amarr"), (117, "Dodixie"), (118, "Hek")];

/// Names are looked up without regard to case.
type Names = HashMap<String, TypeId>;

pub(super) fn router(world: &Arc<World>) -> Router<Arc<World>> {
    let burst = world.config.limits.price_service_burst;
    let bucket = Arc::new(TokenBucket::new(burst, Duration::from_secs(burst.into())));
    let sde: &StaticData = &world.galaxy.sde;
    let names: Names =
        sde.types().filter(|info| info.published).map(|info| (info.name.to_lowercase(), info.id)).collect();
    Router::new()
        .route("/pricer", post(price_many))
        .route("/pricer/{item}", get(price_one))
        .route("/markets", get(markets))
        .fallback(async || problem(StatusCode::NOT_FOUND, "Not Found", "There is nothing here."))
        .layer(middleware::from_fn_with_state((Arc::clone(world), bucket), admit))
        .layer(Extension(Arc::new(names)))
}

fn problem(status: StatusCode, title: &str, detail: &str) -> Response {
    let body = json!({
        "type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail, "instance": "",
    });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

/// The key, then the pace.
async fn admit(
    State((world, bucket)): State<(Arc<World>, Arc<TokenBucket>)>,
    request: Request,
    next: Next,
) -> Response {
    match request.headers().get("x-apikey").map(|key| key.as_bytes() == world.config.janice_key.as_bytes()) {
        Some(true) => {}
        None => return problem(StatusCode::UNAUTHORIZED, "Unauthorized", "X-ApiKey is missing."),
        Some(false) => return problem(StatusCode::FORBIDDEN, "Forbidden", "X-ApiKey is not known."),
    }
    let now = Instant::now();
    if bucket.state(now).remaining == 0 {
        world.tally.add(Kind::Violation, "janice pace");
        return problem(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests", "Slow down.");
    }
    bucket.spend(now, 1);
    next.run(request).await
}

fn find<'a>(world: &'a World, names: &Names, text: &str) -> Option<&'a TypeInfo> {
    let id = text.parse().map(TypeId).ok().or_else(|| names.get(&text.to_lowercase()).copied())?;
    world.galaxy.sde.type_info(id).filter(|info| !info.is_abyssal)
}

fn market_of(query: &HashMap<String, String>) -> Option<(u32, &'static str)> {
    let wanted = query.get("market").map_or(Some(2), |text| text.parse::<u32>().ok())?;
    MARKETS.into_iter().find(|(id, _)| *id == wanted)
}

fn item(world: &World, info: &TypeInfo, market: (u32, &str)) -> Option<Value> {
    let now = world.clock.now();
    let (step, ..) = world.market.state(now);
    let quote = world.galaxy.prices.jita(info.id, step)?;
    let volume = info.volume_m3.unwrap_or(1.0);
    let top5 = Quote { buy: quote.buy * 0.99, split: quote.split, sell: quote.sell * 1.01 };
    Some(json!({
        "date": now.format("%Y-%m-%dT00:00:00Z").to_string(),
        "market": {"id": market.0, "name": market.1},
        "buyOrderCount": 44, "buyVolume": 15_630_062, "sellOrderCount": 113, "sellVolume": 21_277_134,
        "immediatePrices": block(quote),
        "top5AveragePrices": block(top5),
        "itemType": {"eid": info.id.0, "name": info.name, "volume": volume, "packagedVolume": volume},
    }))
}

fn block(quote: Quote) -> Value {
    let mut block = serde_json::Map::new();
    for (name, price) in [("buyPrice", quote.buy), ("splitPrice", quote.split), ("sellPrice", quote.sell)] {
        for suffix in ["", "5DayMedian", "30DayMedian"] {
            block.insert(format!("{name}{suffix}"), Value::from(price));
        }
    }
    Value::Object(block)
}

async fn price_many(
    State(world): State<Arc<World>>,
    Extension(names): Extension<Arc<Names>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    body: String,
) -> Response {
    world.tally.add(Kind::Route, "janice pricer");
    let is_text = headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/plain"));
    if !is_text {
        let detail = "The body is text/plain, one item a line.";
        return problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported Media Type", detail);
    }
    let Some(market) = market_of(&query) else {
        return problem(StatusCode::BAD_REQUEST, "Bad Request", "There is no such market.");
    };
    let lines: Vec<&str> = body.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() || lines.len() > world.config.limits.janice_lines {
        return problem(StatusCode::BAD_REQUEST, "Bad Request", "The number of lines is not acceptable.");
    }
    for _ in &lines {
        world.tally.add(Kind::Route, "janice lines");
    }
    let items: Vec<Value> = lines.iter().filter_map(|line| item(&world, find(&world, &names, line)?, market)).collect();
    let mut text = to_json(&items);
    if world.faults.strikes(Fault::MalformedPrices) {
        text.truncate(text.len() / 2);
        return json(StatusCode::OK, text);
    }
    if world.faults.strikes(Fault::TruncatedChunk) {
        text.truncate(text.len() / 2);
        return json(StatusCode::OK, broken_body(text));
    }
    json(StatusCode::OK, text)
}

async fn price_one(
    State(world): State<Arc<World>>,
    Extension(names): Extension<Arc<Names>>,
    Path(text): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    world.tally.add(Kind::Route, "janice pricer one");
    let priced = market_of(&query).and_then(|market| item(&world, find(&world, &names, &text)?, market));
    match priced {
        Some(item) => json(StatusCode::OK, item.to_string()),
        None => problem(StatusCode::NOT_FOUND, "Not Found", "There is no such item."),
    }
}

async fn markets(State(world): State<Arc<World>>) -> Response {
    world.tally.add(Kind::Route, "janice markets");
    let markets: Vec<Value> = MARKETS.iter().map(|(id, name)| json!({"id": id, "name": name})).collect();
    json(StatusCode::OK, to_json(&markets))
}
