//! MutaMarket's statistics of its estimators, one row an abyssal type; types with too few sales have none
//! (upstreams.md 7).

use super::{json, to_json};
use crate::{counters::Kind, faults::Fault, hash, limiter::TokenBucket, world::World};
use axum::{Router, extract::State, http::StatusCode, response::Response, routing::get};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

pub(super) fn router(world: &Arc<World>) -> Router<Arc<World>> {
    let burst = world.config.limits.price_service_burst;
    let bucket = Arc::new(TokenBucket::new(burst, Duration::from_secs(burst.into())));
    Router::new()
        .route(
            "/api/estimator-statistics",
            get(move |State(world): State<Arc<World>>| std::future::ready(statistics(&world, &bucket))),
        )
        .fallback(async || json(StatusCode::NOT_FOUND, r#"{"message":"Not found."}"#))
}

fn statistics(world: &World, bucket: &TokenBucket) -> Response {
    world.tally.add(Kind::Route, "mutamarket statistics");
    let now = Instant::now();
    if bucket.state(now).remaining == 0 {
        world.tally.add(Kind::Violation, "mutamarket pace");
        return json(StatusCode::TOO_MANY_REQUESTS, r#"{"message":"Too many requests."}"#);
    }
    bucket.spend(now, 1);
    let (step, ..) = world.market.state(world.clock.now());
    let abyssal = world.galaxy.sde.types().filter(|info| info.is_abyssal && info.published);
    let rows: Vec<Value> = abyssal
        .zip(1..)
        .map(|(info, id)| {
            let number = info.id.0 as u64;
            let is_trained = !hash::mix(number, 201).is_multiple_of(6);
            // The error as a share of the mean sale.
            let share = 8.0 + 30.0 * hash::unit(number, 202);
            let mae = world.galaxy.prices.contracts(info.id, step) * share / 100.0;
            json!({
                "id": id, "type_id": info.id.0, "name": info.name,
                "data_count": if is_trained { 50 + hash::mix(number, 203) % 4_000 } else { 7 },
                "data_statistics": {"Tech I": 0, "Tech II": 12, "Storyline": 0, "Faction": 30, "Deadspace": 8, "Officer": 0},
                "r2": is_trained.then_some(0.8), "mae": is_trained.then_some(mae), "nmae": is_trained.then_some(share),
                "last_trained_at": "2026-08-31 09:38:07.078659+00",
                "created_at": "2026-08-29 12:35:29.307246+00", "updated_at": "2026-08-31 09:38:07.078659+00",
            })
        })
        .collect();
    let mut text = to_json(&rows);
    if world.faults.strikes(Fault::MalformedPrices) {
        text.truncate(text.len() / 2);
    }
    json(StatusCode::OK, text)
}
