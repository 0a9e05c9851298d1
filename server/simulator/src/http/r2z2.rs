//! R2Z2: numbered kill files behind a cache, with its manners about polling, and the history files (upstreams.md 2.2).

use super::{HISTORY_OUTAGE, broken_body, json, to_json, user_agent};
use crate::{counters::Kind, faults::Fault, hash, ledger::Kill, limiter::FixedWindow, world::World};
use axum::{
    Router,
    extract::{Extension, Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use chrono::{NaiveDate, TimeDelta};
use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Clients remembered for the poll floor. Beyond that the memory starts afresh.
const CLIENTS: usize = 1_000;
/// Stale files remembered.
const STALE_FILES: usize = 10_000;

#[derive(Debug)]
struct Edge {
    rate: FixedWindow,
    /// The missing file each client asked for last, and when.
    missed: Mutex<HashMap<String, (u64, Instant)>>,
    /// Until when a file is denied although it exists.
    stale: Mutex<HashMap<u64, Instant>>,
}

pub(super) fn router(world: &World) -> Router<Arc<World>> {
    let edge = Edge {
        rate: FixedWindow::new(world.config.limits.r2z2_per_second, Duration::from_secs(1)),
        missed: Mutex::default(),
        stale: Mutex::default(),
    };
    Router::new()
        .route("/ephemeral/sequence.json", get(sequence))
        .route("/ephemeral/{file}", get(ephemeral))
        .route("/history/totals.json", get(totals))
        .route("/history/{file}", get(history))
        .route("/history/raw/{file}", get(history_raw))
        .layer(Extension(Arc::new(edge)))
}

/// The rules of the cache in front of the files.
fn refused(world: &World, edge: &Edge, headers: &HeaderMap) -> Option<Response> {
    if user_agent(headers).is_empty() {
        world.tally.add(Kind::Violation, "r2z2 blank_user_agent");
        return Some((StatusCode::FORBIDDEN, "error code: 1010").into_response());
    }
    if !edge.rate.admit(Instant::now()) {
        world.tally.add(Kind::Violation, "r2z2 rate");
        return Some((StatusCode::TOO_MANY_REQUESTS, "error code: 1015").into_response());
    }
    None
}

/// The history files have a switch of their own, so that a test sees what the numbered files alone deliver.
fn switched_off(world: &World) -> Option<Response> {
    let is_out = world.is_out(HISTORY_OUTAGE);
    is_out.then(|| (StatusCode::SERVICE_UNAVAILABLE, "the history is switched off").into_response())
}

fn missing() -> Response {
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html")], "<html><body><h1>404 Not Found</h1></body></html>")
        .into_response()
}

async fn sequence(
    State(world): State<Arc<World>>,
    Extension(edge): Extension<Arc<Edge>>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "r2z2 sequence");
    if let Some(refused) = refused(&world, &edge, &headers) {
        return refused;
    }
    let published = world.ledger().published();
    json(StatusCode::OK, format!(r#"{{"sequence":{published}}}"#))
}

/// The number in `123.json`.
fn number(file: &str) -> Option<u64> {
    file.strip_suffix(".json")?.parse().ok()
}

async fn ephemeral(
    State(world): State<Arc<World>>,
    Extension(edge): Extension<Arc<Edge>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "r2z2 file");
    if let Some(refused) = refused(&world, &edge, &headers) {
        return refused;
    }
    let Some(number) = number(&file) else { return missing() };
    let client = user_agent(&headers);
    if edge.polls_too_fast(client, number, world.config.limits.poll_floor) {
        world.tally.add(Kind::Violation, "r2z2 poll_floor");
        return (StatusCode::FORBIDDEN, "error code: 1020").into_response();
    }
    let kill = world.ledger().by_sequence(number);
    let retention = TimeDelta::from_std(world.config.limits.retention).unwrap_or(TimeDelta::MAX);
    let kept = kill.filter(|kill| world.clock.now() - kill.uploaded_at <= retention);
    match kept.filter(|_| !edge.is_stale(&world, number)) {
        Some(kill) => {
            edge.forget_miss(client);
            world.tally.add(Kind::Delivered, "r2z2");
            deliver(&world, &kill)
        }
        None => {
            edge.remember_miss(client, number);
            missing()
        }
    }
}

impl Edge {
    fn polls_too_fast(&self, client: &str, number: u64, floor: Duration) -> bool {
        let missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        missed.get(client).is_some_and(|(last, at)| *last == number && at.elapsed() < floor)
    }

    fn remember_miss(&self, client: &str, number: u64) {
        let mut missed = self.missed.lock().unwrap_or_else(PoisonError::into_inner);
        if missed.len() >= CLIENTS {
            missed.clear();
        }
        missed.insert(client.to_owned(), (number, Instant::now()));
    }

    fn forget_miss(&self, client: &str) {
        self.missed.lock().unwrap_or_else(PoisonError::into_inner).remove(client);
    }

    /// A file struck by `stale_404` is denied for a while and then never again.
    fn is_stale(&self, world: &World, number: u64) -> bool {
        let mut stale = self.stale.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = stale.get(&number) {
            return Instant::now() < *until;
        }
        let struck = world.faults.strikes(Fault::Stale404);
        if struck {
            if stale.len() >= STALE_FILES {
                stale.clear();
            }
            stale.insert(number, Instant::now() + world.config.timing.stale);
        }
        struck
    }
}

fn document(kill: &Kill, wrong_hash: Option<&str>) -> String {
    let (hash, zkb) = match wrong_hash {
        Some(wrong) => (wrong, kill.zkb.replace(&kill.hash, wrong)),
        None => (kill.hash.as_str(), kill.zkb.to_string()),
    };
    format!(
        r#"{{"killmail_id":{},"hash":"{hash}","esi":{},"zkb":{zkb},"uploaded_at":{},"sequence_id":{}}}"#,
        kill.killmail_id,
        kill.body,
        kill.uploaded_at.timestamp(),
        kill.sequence,
    )
}

/// Serves the file, or what a fault makes of it.
fn deliver(world: &World, kill: &Kill) -> Response {
    let faults = &world.faults;
    if faults.strikes(Fault::Ghost) {
        let ghost = match kill.sequence % 3 {
            0 => String::new(),
            1 => "null".to_owned(),
            _ => format!(r#"{{"killmail_id":{},"sequence_id":{}}}"#, kill.killmail_id, kill.sequence),
        };
        return json(StatusCode::OK, ghost);
    }
    if faults.strikes(Fault::HugeEvent) {
        return json(
            StatusCode::OK,
            format!(r#"{{"padding":"{}"}}"#, "x".repeat(world.config.timing.huge_event_bytes)),
        );
    }
    let wrong_hash = faults.strikes(Fault::WrongHash).then(|| hash::killmail_hash(0xbad, kill.killmail_id));
    let mut document = document(kill, wrong_hash.as_deref());
    let middle = (0..=document.len() / 2).rev().find(|index| document.is_char_boundary(*index)).unwrap_or(0);
    if faults.strikes(Fault::MalformedJson) {
        document.truncate(middle);
    }
    let cut = if faults.strikes(Fault::Disconnect) {
        Some(0)
    } else {
        faults.strikes(Fault::TruncatedChunk).then_some(middle)
    };
    match cut {
        Some(length) => {
            document.truncate(length);
            json(StatusCode::OK, broken_body(document))
        }
        None => json(StatusCode::OK, document),
    }
}

async fn totals(
    State(world): State<Arc<World>>,
    Extension(edge): Extension<Arc<Edge>>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "r2z2 totals");
    if let Some(refused) = switched_off(&world).or_else(|| refused(&world, &edge, &headers)) {
        return refused;
    }
    let totals: BTreeMap<String, usize> =
        world.ledger().totals().map(|(day, count)| (day.format("%Y%m%d").to_string(), count)).collect();
    history_file(to_json(&totals))
}

async fn history(
    State(world): State<Arc<World>>,
    Extension(edge): Extension<Arc<Edge>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "r2z2 history");
    if let Some(refused) = switched_off(&world).or_else(|| refused(&world, &edge, &headers)) {
        return refused;
    }
    day_body(&world, &file, |body, kill| {
        let _ = write!(body, r#""{}":"{}""#, kill.killmail_id, kill.hash);
    })
    .map_or_else(missing, history_file)
}

async fn history_raw(
    State(world): State<Arc<World>>,
    Extension(edge): Extension<Arc<Edge>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "r2z2 history raw");
    if let Some(refused) = switched_off(&world).or_else(|| refused(&world, &edge, &headers)) {
        return refused;
    }
    let body = day_body(&world, &file, |body, kill| {
        let _ = write!(body, r#""{}":{}"#, kill.killmail_id, kill.body);
    });
    let Some(mut body) = body else { return missing() };
    if world.faults.strikes(Fault::TruncatedChunk) {
        let middle = (0..=body.len() / 2).rev().find(|index| body.is_char_boundary(*index)).unwrap_or(0);
        body.truncate(middle);
        return json(StatusCode::OK, broken_body(body));
    }
    history_file(body)
}

fn day_body(world: &World, file: &str, entry: impl Fn(&mut String, &Kill)) -> Option<String> {
    let day = file.strip_suffix(".json").and_then(|day| NaiveDate::parse_from_str(day, "%Y%m%d").ok());
    let kills = day.map(|day| world.ledger().of_day(day)).unwrap_or_default();
    if kills.is_empty() {
        return None;
    }
    let mut body = String::with_capacity(kills.len() * 64);
    for (index, kill) in kills.iter().enumerate() {
        body.push(if index == 0 { '{' } else { ',' });
        entry(&mut body, kill);
    }
    body.push('}');
    Some(body)
}

fn history_file(body: String) -> Response {
    let mut response = json(StatusCode::OK, body);
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("max-age=31536000"));
    response
}
