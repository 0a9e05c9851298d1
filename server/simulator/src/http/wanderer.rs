//! wanderer-kills 1.5.8: the standard and the enhanced stream and the REST routes around them (upstreams.md 1).

use super::{
    Upstream,
    enriched::{self, ZkbKeys},
    json,
    stream::{self, Dialect, KeepAlive},
    to_json,
};
use crate::{counters::Kind, ledger::Kill, world::World};
use axum::{
    Router,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::Response,
    routing::get,
};
use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Kills a `batch` event holds at most, and the pause between batches.
const BATCH_KILLS: usize = 50;
const BATCH_PAUSE: Duration = Duration::from_millis(100);

pub(super) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/api/v1/kills/stream", get(standard))
        .route("/api/v1/kills/stream/enhanced", get(enhanced))
        .route("/api/v1/kills/cached/{system_id}", get(cached))
        .route("/api/v1/kills/count/{system_id}", get(count))
        .route("/api/v1/killmail/{killmail_id}", get(killmail))
        .route("/ping", get(async || "pong"))
        .route("/health", get(health))
        .fallback(async |State(world): State<Arc<World>>| not_found(&world))
}

fn now(world: &World) -> String {
    world.clock.now().to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// What the service says of a filter that it cannot read.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
struct BadFilter(String);

/// What a client asked to see.
#[derive(Clone, Debug, Default, PartialEq)]
struct Filters {
    system_ids: Vec<i64>,
    character_ids: Vec<i64>,
    min_value: Option<f64>,
    preload_days: i64,
}

impl Filters {
    fn parse(query: &HashMap<String, String>) -> Result<Self, BadFilter> {
        let ids = |name: &str| {
            let text = query.get(name).map_or("", String::as_str);
            let ids: Vec<i64> = text
                .split(',')
                .map(str::trim)
                .filter(|part| !part.is_empty())
                .map(|part| {
                    part.parse().map_err(|_| BadFilter(format!("Invalid {name}: '{part}' is not a valid integer")))
                })
                .collect::<Result<_, _>>()?;
            if ids.len() > 100 { Err(BadFilter(format!("Too many {name} specified (max 100)"))) } else { Ok(ids) }
        };
        let min_value = match query.get("min_value") {
            None => None,
            Some(text) => match text.parse::<f64>() {
                Ok(value) if value < 0.0 => {
                    return Err(BadFilter(format!("min_value must be non-negative, got {value:?}")));
                }
                Ok(value) => Some(value),
                Err(_) => return Err(BadFilter(format!("Invalid min_value: '{text}' is not a valid number"))),
            },
        };
        let preload_days = match query.get("preload_days") {
            None => 0,
            Some(text) => match text.parse::<i64>() {
                Ok(days) if days >= 0 => days.min(90),
                _ => return Err(BadFilter(format!("Invalid preload_days: '{text}' is not a valid integer"))),
            },
        };
        Ok(Self { system_ids: ids("system_ids")?, character_ids: ids("character_ids")?, min_value, preload_days })
    }

    fn has_ids(&self) -> bool {
        !self.system_ids.is_empty() || !self.character_ids.is_empty()
    }

    /// The rule of the enhanced stream: value first, then character or system.
    fn admit(&self, kill: &Kill, enriched: &str) -> bool {
        if !self.has_ids() && self.min_value.is_none() {
            return true;
        }
        let mail: Value = serde_json::from_str(enriched).unwrap_or_default();
        let worth =
            |least: f64| mail["zkb"]["totalValue"].as_f64().or(mail["zkb"]["total_value"].as_f64()) >= Some(least);
        if self.min_value.is_some_and(|least| !worth(least)) {
            return false;
        }
        let is_wanted =
            |party: &Value| party["character_id"].as_i64().is_some_and(|id| self.character_ids.contains(&id));
        !self.has_ids()
            || self.system_ids.contains(&kill.system_id)
            || is_wanted(&mail["victim"])
            || mail["attackers"].as_array().is_some_and(|attackers| attackers.iter().any(is_wanted))
    }
}

fn bad_request(message: &str) -> Response {
    let body = json!({"error": {"domain": "validation", "type": "invalid_format", "message": message, "details": null, "retryable": false}});
    json(StatusCode::BAD_REQUEST, body.to_string())
}

async fn standard(State(world): State<Arc<World>>, Query(query): Query<HashMap<String, String>>) -> Response {
    world.tally.add(Kind::Route, "wanderer stream");
    let filters = match Filters::parse(&query) {
        Ok(filters) => filters,
        Err(BadFilter(message)) => return bad_request(&message),
    };
    let documented = world.config.wanderer_as_documented;
    let head = world.ledger().head();
    stream::open(
        &world,
        Standard { filters, documented, head },
        &[(header::CONTENT_TYPE, "text/event-stream; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")],
    )
}

/// Unnamed events without ids; only `system_ids` selects. As documented it would have names, ids and heartbeats.
struct Standard {
    filters: Filters,
    documented: bool,
    head: u64,
}

impl Dialect for Standard {
    fn upstream(&self) -> Upstream {
        Upstream::Wanderer
    }

    fn opening(&mut self, world: &World) -> Vec<(String, Duration)> {
        let opening = if self.documented {
            format!("event: connected\ndata: {{\"status\":\"connected\",\"timestamp\":\"{}\"}}\n\n", now(world))
        } else {
            "retry: 2000\n\n".to_owned()
        };
        vec![(opening, Duration::ZERO)]
    }

    fn cursor(&self, _: &World) -> u64 {
        self.head
    }

    fn data(&self, world: &World, kill: &Kill, hash: &str) -> Option<String> {
        let topic = self.filters.system_ids.is_empty() || self.filters.system_ids.contains(&kill.system_id);
        topic.then(|| enriched::killmail(world, kill, hash, ZkbKeys::Camel)).flatten()
    }

    fn head(&self, kill: &Kill) -> String {
        if self.documented { format!("event: killmail\nid: {}\n", kill.killmail_id) } else { String::new() }
    }

    fn keep_alive(&self, world: &World) -> Option<KeepAlive> {
        let timing = &world.config.timing;
        Some(if self.documented {
            let frame = format!("event: heartbeat\ndata: {{\"timestamp\":\"{}\"}}\n\n", now(world));
            KeepAlive { every: timing.wanderer_heartbeat, only_when_idle: false, frame }
        } else {
            KeepAlive { every: timing.wanderer_ping, only_when_idle: true, frame: ": ping\n\n".to_owned() }
        })
    }
}

async fn enhanced(State(world): State<Arc<World>>, Query(query): Query<HashMap<String, String>>) -> Response {
    world.tally.add(Kind::Route, "wanderer enhanced stream");
    let filters = match Filters::parse(&query) {
        Ok(filters) => filters,
        Err(BadFilter(message)) => return bad_request(&message),
    };
    if world.tally.get(Kind::OpenStream, Upstream::Wanderer.name()) >= world.config.limits.wanderer_streams {
        let body = r#"{"error":{"type":"connection_limit_reached","message":"Too many active SSE connections"}}"#;
        return json(StatusCode::SERVICE_UNAVAILABLE, body);
    }
    let head = world.ledger().head();
    stream::open(
        &world,
        Enhanced { filters, head },
        &[
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-cache"),
            (header::HeaderName::from_static("x-accel-buffering"), "no"),
        ],
    )
}

/// Named events: connected, then batches and a transition when a preload was asked for, then kills and heartbeats.
struct Enhanced {
    filters: Filters,
    head: u64,
}

impl Enhanced {
    fn preloaded(&self, world: &World) -> Vec<String> {
        let since = world.clock.now() - TimeDelta::days(self.filters.preload_days);
        let recent: Vec<_> =
            world.ledger().newest().filter(|kill| kill.killed_at >= since).take(5_000).cloned().collect();
        let mail = |kill: &Arc<Kill>| {
            enriched::killmail(world, kill, &kill.hash, ZkbKeys::Snake).filter(|mail| self.filters.admit(kill, mail))
        };
        recent.iter().rev().filter_map(mail).collect()
    }
}

impl Dialect for Enhanced {
    fn upstream(&self) -> Upstream {
        Upstream::Wanderer
    }

    fn opening(&mut self, world: &World) -> Vec<(String, Duration)> {
        let filters = json!({
            "system_ids": self.filters.system_ids, "character_ids": self.filters.character_ids,
            "min_value": self.filters.min_value, "preload_days": self.filters.preload_days,
        });
        let connected = json!({"status": "connected", "filters": filters, "timestamp": now(world)});
        let mut opening = vec![(format!("event: connected\ndata: {connected}\n\n"), Duration::ZERO)];
        if self.filters.preload_days > 0 && self.filters.has_ids() {
            let mails = self.preloaded(world);
            let batches = mails.chunks(BATCH_KILLS);
            let total = batches.len();
            for (index, batch) in batches.enumerate() {
                let frame = format!(
                    "event: batch\ndata: {{\"kills\":[{}],\"count\":{},\"batch_number\":{},\"total_batches\":{total}}}\n\n",
                    batch.join(","),
                    batch.len(),
                    index + 1,
                );
                opening.push((frame, BATCH_PAUSE));
            }
            let transition =
                json!({"status": "historical_complete", "total_historical": mails.len(), "timestamp": now(world)});
            opening.push((format!("event: transition\ndata: {transition}\n\n"), Duration::ZERO));
        }
        opening
    }

    fn cursor(&self, _: &World) -> u64 {
        self.head
    }

    fn data(&self, world: &World, kill: &Kill, hash: &str) -> Option<String> {
        enriched::killmail(world, kill, hash, ZkbKeys::Camel).filter(|mail| self.filters.admit(kill, mail))
    }

    fn head(&self, _: &Kill) -> String {
        "event: killmail\n".to_owned()
    }

    fn keep_alive(&self, world: &World) -> Option<KeepAlive> {
        let frame = json!({"timestamp": now(world), "mode": "realtime"});
        Some(KeepAlive {
            every: world.config.timing.wanderer_heartbeat,
            only_when_idle: false,
            frame: format!("event: heartbeat\ndata: {frame}\n\n"),
        })
    }
}

fn envelope(world: &World, data: &str) -> Response {
    json(StatusCode::OK, format!(r#"{{"data":{data},"timestamp":"{}"}}"#, now(world)))
}

fn error(world: &World, status: StatusCode, code: &str, text: &str) -> Response {
    json(status, to_json(&json!({"error": text, "code": code, "details": null, "timestamp": now(world)})))
}

fn not_found(world: &World) -> Response {
    error(world, StatusCode::NOT_FOUND, "NOT_FOUND", "Not found")
}

async fn cached(State(world): State<Arc<World>>, Path(system): Path<String>) -> Response {
    let Ok(system) = system.parse::<i64>() else {
        return error(&world, StatusCode::BAD_REQUEST, "INVALID_SYSTEM_ID", "Invalid system ID format");
    };
    let kills: Vec<_> = world.ledger().newest().filter(|kill| kill.system_id == system).take(1_000).cloned().collect();
    let kills: Vec<_> =
        kills.iter().filter_map(|kill| enriched::killmail(&world, kill, &kill.hash, ZkbKeys::Camel)).collect();
    envelope(&world, &format!(r#"{{"kills":[{}],"timestamp":"{}","cached":true}}"#, kills.join(","), now(&world)))
}

async fn count(State(world): State<Arc<World>>, Path(system): Path<String>) -> Response {
    let Ok(system) = system.parse::<i64>() else {
        return error(&world, StatusCode::BAD_REQUEST, "INVALID_SYSTEM_ID", "Invalid system ID format");
    };
    let count = world.ledger().newest().filter(|kill| kill.system_id == system).count();
    envelope(&world, &json!({"system_id": system, "count": count, "timestamp": now(&world)}).to_string())
}

async fn killmail(State(world): State<Arc<World>>, Path(id): Path<String>) -> Response {
    let Ok(id) = id.parse::<i64>() else {
        return error(&world, StatusCode::BAD_REQUEST, "INVALID_KILLMAIL_ID", "Invalid killmail ID format");
    };
    let kill = world.ledger().by_id(id);
    match kill.and_then(|kill| enriched::killmail(&world, &kill, &kill.hash, ZkbKeys::Camel)) {
        Some(mail) => envelope(&world, &mail),
        None => not_found(&world),
    }
}

async fn health(State(world): State<Arc<World>>) -> Response {
    let body = json!({"status": "healthy", "healthy": true, "version": "1.5.8", "timestamp": now(&world)});
    json(StatusCode::OK, body.to_string())
}
