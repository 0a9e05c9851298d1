//! Pilots, corporations, alliances, and names and affiliations in bulk.

use super::{
    cache::{cached, compatibility_date},
    error,
};
use crate::{
    counters::Kind,
    faults::Fault,
    galaxy::{directory::Category, population::Member},
    hash,
    http::{json, to_json},
    world::World,
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::{DateTime, NaiveDate, SecondsFormat};
use serde_json::{Map, Value, json};
use std::{collections::HashSet, sync::Arc};

/// Ids a bulk request may hold.
const BULK: std::ops::RangeInclusive<usize> = 1..=1_000;

fn ids(body: &[u8]) -> Result<Vec<i64>, Box<Response>> {
    let refuse = |message| Box::new(error(StatusCode::BAD_REQUEST, message));
    let ids: Vec<i64> = serde_json::from_slice(body)
        .map_err(|_| error(StatusCode::BAD_REQUEST, "failed to coerce body into schema"))?;
    let distinct: HashSet<_> = ids.iter().collect();
    if !BULK.contains(&ids.len()) || distinct.len() != ids.len() {
        return Err(refuse("ids must be 1 to 1000 unique items"));
    }
    Ok(ids)
}

pub(super) async fn names(State(world): State<Arc<World>>, body: Bytes) -> Response {
    world.tally.add(Kind::Route, "esi names");
    let ids = match ids(&body) {
        Ok(ids) => ids,
        Err(refused) => return *refused,
    };
    let named: Option<Vec<Value>> = ids
        .iter()
        .map(|id| {
            let (category, name) = world.directory.name(*id)?;
            let refused = world.faults.marks(Fault::NamesBadId, *id as u64);
            (!refused).then(|| json!({"category": category.as_str(), "id": id, "name": name}))
        })
        .collect();
    match named {
        Some(named) => json(StatusCode::OK, to_json(&named)),
        None => error(StatusCode::NOT_FOUND, "Ensure all IDs are valid before resolving."),
    }
}

pub(super) async fn affiliation(State(world): State<Arc<World>>, body: Bytes) -> Response {
    world.tally.add(Kind::Route, "esi affiliation");
    let ids = match ids(&body) {
        Ok(ids) => ids,
        Err(refused) => return *refused,
    };
    let directory = &world.directory;
    let affiliations: Option<Vec<Value>> = ids
        .iter()
        .map(|id| {
            let is_known = directory.category(*id) == Some(Category::Character);
            if !is_known || world.faults.marks(Fault::NamesBadId, *id as u64) {
                return None;
            }
            let affiliation = directory.affiliation(*id)?;
            let mut row = Map::new();
            row.insert("character_id".to_owned(), Value::from(*id));
            row.insert("corporation_id".to_owned(), Value::from(affiliation.corporation_id.unwrap_or(1_000_001)));
            put(&mut row, "alliance_id", affiliation.alliance_id);
            put(&mut row, "faction_id", affiliation.faction_id);
            Some(Value::Object(row))
        })
        .collect();
    match affiliations {
        Some(rows) => json(StatusCode::OK, to_json(&rows)),
        None => error(StatusCode::BAD_REQUEST, "Invalid character ID"),
    }
}

fn put(row: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        row.insert(key.to_owned(), value.into());
    }
}

fn date(seconds: i64) -> String {
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn since(date: NaiveDate, text: &str) -> bool {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok_and(|since| date >= since)
}

/// Name of an id of the expected kind.
fn named(world: &World, id: &str, category: Category) -> Option<(i64, String)> {
    let id = id.parse().ok()?;
    world.directory.name(id).filter(|(found, _)| *found == category).map(|(_, name)| (id, name))
}

pub(super) async fn character(State(world): State<Arc<World>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    world.tally.add(Kind::Route, "esi character");
    let compatible = match compatibility_date(&world, &headers) {
        Ok(date) => date,
        Err(refused) => return *refused,
    };
    let Some((id, name)) = named(&world, &id, Category::Character) else {
        return error(StatusCode::NOT_FOUND, "Character not found");
    };
    let affiliation = world.directory.affiliation(id).unwrap_or_default();
    let population = &world.galaxy.population;
    let number = id as u64;
    let (birthday, security_status) = match population.find(id) {
        Some(Member::Character(index)) => {
            let character = &population.characters[index];
            (character.birthday, character.security_status)
        }
        _ => (
            1_060_000_000 + (hash::mix(number, 1) % 700_000_000) as i64,
            (hash::unit(number, 2) * 100.0).round() / 10.0 - 5.0,
        ),
    };
    let mut row = Map::new();
    put(&mut row, "alliance_id", affiliation.alliance_id);
    put(&mut row, "birthday", Some(date(birthday)));
    put(&mut row, "bloodline_id", Some(1 + hash::mix(number, 3) % 8));
    put(&mut row, "corporation_id", Some(affiliation.corporation_id.unwrap_or(1_000_001)));
    put(&mut row, "description", Some(""));
    put(&mut row, "faction_id", affiliation.faction_id);
    put(&mut row, "gender", Some(if hash::mix(number, 4).is_multiple_of(2) { "female" } else { "male" }));
    put(&mut row, "name", Some(name));
    put(&mut row, "race_id", Some([1, 2, 4, 8][(hash::mix(number, 3) % 4) as usize]));
    put(&mut row, "security_status", Some(security_status));
    let title = hash::mix(number, 5).is_multiple_of(6).then_some("Wing Commander");
    if since(compatible, "2026-06-09") {
        put(&mut row, "achievement_score", Some(hash::mix(number, 6) % 5_000));
        put(&mut row, "corporation_title", title);
    } else {
        put(&mut row, "title", title);
    }
    cached(&world, &headers, Value::Object(row).to_string(), 86_400)
}

pub(super) async fn corporation(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    world.tally.add(Kind::Route, "esi corporation");
    let compatible = match compatibility_date(&world, &headers) {
        Ok(date) => date,
        Err(refused) => return *refused,
    };
    let Some((id, name)) = named(&world, &id, Category::Corporation) else {
        return error(StatusCode::NOT_FOUND, "Corporation not found");
    };
    let directory = &world.directory;
    let affiliation = directory.affiliation(id).unwrap_or_default();
    let number = id as u64;
    let population = &world.galaxy.population;
    let (founded, members, ceo) = match population.find(id) {
        Some(Member::Corporation(index)) => {
            let corporation = &population.corporations[index];
            let ceo = corporation.members.first().map(|member| population.characters[*member].id);
            (corporation.founded, corporation.members.len() as u64, ceo)
        }
        _ => (1_060_000_000 + (hash::mix(number, 1) % 700_000_000) as i64, 1 + hash::mix(number, 2) % 800, None),
    };
    let ceo = ceo.unwrap_or(90_000_000 + (hash::mix(number, 7) % 7_000_000) as i64);
    let tax = (hash::mix(number, 3) % 16) as f64 / 100.0;
    let is_npc = domain::CorporationId(id).is_npc();
    let mut row = Map::new();
    put(&mut row, "alliance_id", affiliation.alliance_id);
    put(&mut row, "ceo_id", Some(ceo));
    put(&mut row, "creator_id", Some(ceo));
    put(&mut row, "date_founded", Some(date(founded)));
    put(&mut row, "description", Some(""));
    put(&mut row, "home_station_id", Some(60_003_760));
    put(&mut row, "member_count", Some(members));
    put(&mut row, "name", Some(name));
    put(&mut row, "shares", Some(1_000));
    put(&mut row, "ticker", directory.ticker(id));
    put(&mut row, "url", Some(""));
    put(&mut row, "war_eligible", Some(!is_npc));
    if since(compatible, "2026-07-21") {
        put(&mut row, "enlisted_faction_id", affiliation.faction_id);
        put(&mut row, "friendly_fire", Some("legal"));
        put(&mut row, "state", Some("active"));
        put(&mut row, "tax_rates", Some(json!({"isk": tax, "loyalty_point": 0.0})));
        put(&mut row, "type", Some(if is_npc { "npc_owned" } else { "player_owned" }));
    } else {
        put(&mut row, "faction_id", affiliation.faction_id);
        put(&mut row, "tax_rate", Some(tax));
    }
    cached(&world, &headers, Value::Object(row).to_string(), 3_600)
}

pub(super) async fn alliance(State(world): State<Arc<World>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    world.tally.add(Kind::Route, "esi alliance");
    let Some((id, name)) = named(&world, &id, Category::Alliance) else {
        return error(StatusCode::NOT_FOUND, "Alliance not found");
    };
    let population = &world.galaxy.population;
    let (founded, executor) = match population.find(id) {
        Some(Member::Alliance(index)) => {
            let alliance = &population.alliances[index];
            (
                alliance.founded,
                alliance.corporations.first().map(|corporation| population.corporations[*corporation].id),
            )
        }
        _ => (1_060_000_000 + (hash::mix(id as u64, 1) % 700_000_000) as i64, None),
    };
    let creator = 90_000_000 + (hash::mix(id as u64, 7) % 7_000_000) as i64;
    let corporation = executor.unwrap_or(98_000_000 + (hash::mix(id as u64, 8) % 900_000) as i64);
    let body = json!({
        "creator_corporation_id": corporation, "creator_id": creator, "date_founded": date(founded),
        "executor_corporation_id": corporation, "name": name, "ticker": world.directory.ticker(id),
    });
    cached(&world, &headers, body.to_string(), 3_600)
}
