//! EVE-KILL's feed: an event stream with ids and resumption, and its polling twin (upstreams.md 2.8).

use super::{
    Upstream, json,
    stream::{self, Dialect, KeepAlive},
    to_json,
};
use crate::{counters::Kind, ledger::Kill, world::World};
use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::Response,
    routing::get,
};
use domain::{Killmail, SecurityBand};
use serde_json::{Value, json};
use std::{collections::HashMap, fmt::Write as _, sync::Arc, time::Duration};

/// Rows a resumed stream catches up at most; the rest must be polled.
const CATCH_UP: usize = 1_000;

pub(super) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/api/feed/stream", get(open))
        .route("/api/feed/poll", get(poll))
        .route("/api/feed/status", get(status))
}

/// ESI-like: items flat and zero-filled, no moon, the hash inside.
fn data(kill: &Kill, hash: &str) -> Option<Value> {
    let mail: Killmail = serde_json::from_str(&kill.body).ok()?;
    let items: Vec<Value> = mail
        .items_flat()
        .map(|(item, _)| {
            json!({
                "item_type_id": item.item_type_id, "flag": item.flag, "singleton": item.singleton,
                "quantity_dropped": item.dropped(), "quantity_destroyed": item.destroyed(),
            })
        })
        .collect();
    let mut value: Value = serde_json::from_str(&kill.body).ok()?;
    let object = value.as_object_mut()?;
    object.remove("moon_id");
    object.insert("killmail_hash".to_owned(), Value::from(hash));
    object.get_mut("victim")?.as_object_mut()?.insert("items".to_owned(), Value::from(items));
    Some(value)
}

/// Whether one of the topics names the kill.
fn is_about(world: &World, topics: &[String], kill: &Kill) -> bool {
    if topics.iter().any(|topic| topic == "all") {
        return true;
    }
    let Ok(mail) = serde_json::from_str::<Killmail>(&kill.body) else { return false };
    let zkb: Value = serde_json::from_str(&kill.zkb).unwrap_or_default();
    let system = world.galaxy.sde.system(mail.solar_system_id);
    let is_at_least = |least: f64| zkb["totalValue"].as_f64() >= Some(least);
    let involves = |ids: [Option<i64>; 4], id: i64| ids.contains(&Some(id));
    topics.iter().any(|topic| {
        let (kind, id) = topic.split_once('.').unwrap_or((topic, ""));
        let id = id.parse::<i64>().unwrap_or(-1);
        match kind {
            "solo" => zkb["solo"] == true,
            "npc" => zkb["npc"] == true,
            "10b" => is_at_least(1e10),
            "5b" => is_at_least(5e9),
            "highsec" => system.is_some_and(|system| system.band == SecurityBand::Highsec),
            "lowsec" => system.is_some_and(|system| system.band == SecurityBand::Lowsec),
            "nullsec" => {
                system.is_some_and(|system| matches!(system.band, SecurityBand::Nullsec | SecurityBand::Pochven))
            }
            "wspace" => system.is_some_and(|system| system.band == SecurityBand::Wspace),
            "abyssal" => system.is_some_and(|system| system.band == SecurityBand::Abyssal),
            "system" => kill.system_id == id,
            "constellation" => system.is_some_and(|system| system.constellation_id.0 == id),
            "region" => system.is_some_and(|system| system.region_id.0 == id),
            "victim" | "attacker" => mail.participants().any(|it| {
                let side = (kind == "victim") == (it.side == domain::Side::Victim);
                let ids = [
                    it.character_id.map(|id| id.0),
                    it.corporation_id.map(|id| id.0),
                    it.alliance_id.map(|id| id.0),
                    it.ship_type_id.map(|id| id.0),
                ];
                side && involves(ids, id)
            }),
            _ => false,
        }
    })
}

async fn open(
    State(world): State<Arc<World>>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "evekill stream");
    let topics = match query.get("topics").map(String::as_str) {
        None | Some("") => vec!["all".to_owned()],
        Some(text) => text.split(',').filter(|topic| !topic.is_empty()).map(str::to_owned).collect(),
    };
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).filter(|text| !text.is_empty());
    let last = last.or(query.get("lastEventId").map(String::as_str)).and_then(|text| text.parse::<u64>().ok());
    let head = world.ledger().head();
    let dialect = EveKill { topics, last, cursor: head };
    stream::open(
        &world,
        dialect,
        &[
            (header::CONTENT_TYPE, "text/event-stream"),
            (header::CACHE_CONTROL, "no-cache, no-store"),
            (HeaderName::from_static("x-accel-buffering"), "no"),
        ],
    )
}

struct EveKill {
    topics: Vec<String>,
    last: Option<u64>,
    cursor: u64,
}

impl Dialect for EveKill {
    fn upstream(&self) -> Upstream {
        Upstream::EveKill
    }

    fn opening(&mut self, world: &World) -> Vec<(String, Duration)> {
        let mut text = format!(": connected to EVE-Kill feed\n: topics: {}\n\n", self.topics.join(", "));
        // Catching up ignores the topics and ends after a thousand rows; the live part then begins at the head.
        if let Some(last) = self.last {
            for kill in world.ledger().after(last, CATCH_UP) {
                if let Some(data) = data(&kill, &kill.hash) {
                    let _ = write!(text, "id: {}\nevent: killmail\ndata: {data}\n\n", kill.sequence);
                    world.tally.add(Kind::Delivered, Upstream::EveKill.name());
                }
                self.cursor = self.cursor.max(kill.sequence);
            }
        }
        vec![(text, Duration::ZERO)]
    }

    fn cursor(&self, _: &World) -> u64 {
        self.cursor
    }

    fn data(&self, world: &World, kill: &Kill, hash: &str) -> Option<String> {
        if is_about(world, &self.topics, kill) { data(kill, hash).map(|data| data.to_string()) } else { None }
    }

    fn head(&self, kill: &Kill) -> String {
        format!("id: {}\nevent: killmail\n", kill.sequence)
    }

    fn keep_alive(&self, _: &World) -> Option<KeepAlive> {
        None
    }
}

async fn poll(State(world): State<Arc<World>>, Query(query): Query<HashMap<String, String>>) -> Response {
    world.tally.add(Kind::Route, "evekill poll");
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u64>().ok());
    let after = number("after").unwrap_or(0);
    let limit = number("limit").unwrap_or(100).clamp(1, 1_000);
    // A cursor of 0 is a kick-start: it only tells where the head is.
    let (mut rows, latest) = {
        let ledger = world.ledger();
        let rows = if after == 0 { Vec::new() } else { ledger.after(after, limit as usize + 1) };
        (rows, ledger.head())
    };
    let has_more = if after == 0 { latest > 0 } else { rows.len() as u64 > limit };
    rows.truncate(limit as usize);
    let next = rows.last().map_or(after, |kill| kill.sequence);
    let rows: Vec<Value> = rows
        .iter()
        .map(|kill| {
            world.tally.add(Kind::Delivered, Upstream::EveKill.name());
            json!({
                "seq": kill.sequence, "killmail_id": kill.killmail_id, "killmail_hash": kill.hash,
                "data": data(kill, &kill.hash),
            })
        })
        .collect();
    let url = |cursor: u64| format!("/feed/poll?after={cursor}&limit={limit}");
    let body = json!({
        "data": rows, "latest": latest, "hasMore": has_more,
        "next": url(next), "last": url(latest.saturating_sub(limit)),
    });
    json(StatusCode::OK, to_json(&body))
}

async fn status(State(world): State<Arc<World>>) -> Response {
    let clients = world.tally.get(Kind::OpenStream, Upstream::EveKill.name());
    let latest = world.ledger().head();
    json(StatusCode::OK, json!({"status": "ok", "clients": clients, "latestSeq": latest}).to_string())
}
