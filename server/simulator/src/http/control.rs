//! The simulator's own interface: state, faults, outages, emission on demand.

use super::{HISTORY_OUTAGE, Upstream, json, to_json};
use crate::{faults::Fault, world::World};
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// Kills one request may ask for.
const MOST_EMITTED: usize = 100_000;

pub(super) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/state", get(state))
        .route("/counters", get(state))
        .route("/faults", get(state).post(set_faults))
        .route("/outage", post(set_outage))
        .route("/market", post(move_market))
        .route("/emit", post(emit))
}

async fn state(State(world): State<Arc<World>>) -> Response {
    let mut state = serde_json::to_value(world.counters()).unwrap_or_default();
    if let Value::Object(state) = &mut state {
        state.insert("now".to_owned(), Value::from(world.clock.now().to_rfc3339()));
        state.insert("seed".to_owned(), Value::from(world.config.seed));
        state.insert("published_sequence".to_owned(), Value::from(world.ledger().published()));
    }
    json(StatusCode::OK, state.to_string())
}

fn bad_request(message: &str) -> Response {
    json(StatusCode::BAD_REQUEST, json!({"error": message}).to_string())
}

async fn set_faults(State(world): State<Arc<World>>, Json(settings): Json<BTreeMap<String, f64>>) -> Response {
    let mut faults = Vec::new();
    for (name, probability) in settings {
        match name.parse::<Fault>() {
            Ok(fault) if (0.0..=1.0).contains(&probability) => faults.push((fault, probability)),
            Ok(_) => return bad_request(&format!("the probability of {name} is not from 0 to 1")),
            Err(error) => return bad_request(&error.to_string()),
        }
    }
    for (fault, probability) in faults {
        world.faults.set(fault, probability);
    }
    json(StatusCode::OK, to_json(&world.faults.state()))
}

#[derive(Deserialize)]
struct Outage {
    upstream: String,
    on: bool,
}

async fn set_outage(State(world): State<Arc<World>>, Json(outage): Json<Outage>) -> Response {
    let mut names = Upstream::ALL.iter().map(|upstream| upstream.name()).chain([HISTORY_OUTAGE]);
    if !names.any(|name| name == outage.upstream) {
        return bad_request(&format!("no upstream is called {}", outage.upstream));
    }
    world.set_outage(&outage.upstream, outage.on);
    json(StatusCode::OK, to_json(&json!({"upstream": outage.upstream, "on": outage.on})))
}

async fn move_market(State(world): State<Arc<World>>) -> Response {
    world.market.advance();
    json(StatusCode::OK, to_json(&json!({"step": world.market.state(world.clock.now()).0})))
}

#[derive(Deserialize)]
struct Emission {
    count: usize,
}

async fn emit(State(world): State<Arc<World>>, Json(emission): Json<Emission>) -> Response {
    if emission.count > MOST_EMITTED {
        return bad_request(&format!("at most {MOST_EMITTED} kills at a time"));
    }
    let ids = tokio::task::spawn_blocking(move || world.emit(emission.count)).await.unwrap_or_default();
    json(StatusCode::OK, to_json(&json!({"emitted": ids})))
}
