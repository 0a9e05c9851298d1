//! wanderer-kills' own form of a killmail: names added, items and factions left out (upstreams.md 1.5).

use crate::{
    galaxy::directory::{Category, Directory},
    ledger::Kill,
    world::World,
};
use domain::{Attacker, Coordinates, Killmail, StaticData, Victim};
use serde::Serialize;
use serde_json::{Map, Value};

/// Which spelling the `zkb` keys have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ZkbKeys {
    /// As zKillboard writes them: live kills.
    Camel,
    /// As the service's own struct has them: kills of a preloaded batch.
    Snake,
}

#[derive(Serialize)]
struct Enriched<'a> {
    killmail_id: i64,
    kill_time: String,
    system_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    solar_system_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moon_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    war_id: Option<i64>,
    attacker_count: usize,
    victim: EnrichedVictim<'a>,
    attackers: Vec<EnrichedAttacker<'a>>,
    zkb: Value,
}

#[derive(Serialize)]
struct EnrichedVictim<'a> {
    #[serde(flatten)]
    party: Party<'a>,
    damage_taken: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Coordinates>,
}

#[derive(Serialize)]
struct EnrichedAttacker<'a> {
    #[serde(flatten)]
    party: Party<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    weapon_type_id: Option<i64>,
    damage_done: i64,
    final_blow: bool,
    security_status: f64,
}

/// Ids and names both sides have.
#[derive(Serialize)]
struct Party<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    character_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corporation_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alliance_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ship_type_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    character_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corporation_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    corporation_ticker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alliance_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alliance_ticker: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ship_name: Option<&'a str>,
}

impl<'a> Party<'a> {
    fn new(directory: &Directory, sde: &'a StaticData, ids: [Option<i64>; 3], ship: Option<domain::TypeId>) -> Self {
        let [character_id, corporation_id, alliance_id] = ids;
        let name = |id: Option<i64>, category| {
            id.and_then(|id| directory.name(id)).filter(|(found, _)| *found == category).map(|(_, name)| name)
        };
        Self {
            character_id,
            corporation_id,
            alliance_id,
            ship_type_id: ship.map(|ship| ship.0),
            character_name: name(character_id, Category::Character),
            corporation_name: name(corporation_id, Category::Corporation),
            corporation_ticker: corporation_id.and_then(|id| directory.ticker(id)),
            alliance_name: name(alliance_id, Category::Alliance),
            alliance_ticker: alliance_id.and_then(|id| directory.ticker(id)),
            ship_name: ship.and_then(|ship| sde.type_name(ship)),
        }
    }
}

/// The object as JSON; `None` for a body that is no killmail.
pub(crate) fn killmail(world: &World, kill: &Kill, hash: &str, keys: ZkbKeys) -> Option<String> {
    let mail: Killmail = serde_json::from_str(&kill.body).ok()?;
    let (directory, sde) = (&world.directory, &*world.galaxy.sde);
    let victim = |it: &Victim| EnrichedVictim {
        party: Party::new(
            directory,
            sde,
            [it.character_id.map(|id| id.0), it.corporation_id.map(|id| id.0), it.alliance_id.map(|id| id.0)],
            Some(it.ship_type_id),
        ),
        damage_taken: it.damage_taken,
        position: it.position,
    };
    let attacker = |it: &Attacker| EnrichedAttacker {
        party: Party::new(
            directory,
            sde,
            [it.character_id.map(|id| id.0), it.corporation_id.map(|id| id.0), it.alliance_id.map(|id| id.0)],
            it.ship_type_id,
        ),
        weapon_type_id: it.weapon_type_id.map(|id| id.0),
        damage_done: it.damage_done,
        final_blow: it.final_blow,
        security_status: it.security_status,
    };
    let enriched = Enriched {
        killmail_id: kill.killmail_id,
        kill_time: kill.killed_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        system_id: kill.system_id,
        solar_system_name: sde.system(mail.solar_system_id).map(|system| system.name.as_str()),
        moon_id: mail.moon_id,
        war_id: mail.war_id.map(|id| id.0),
        attacker_count: mail.attackers.len(),
        victim: victim(&mail.victim),
        attackers: mail.attackers.iter().map(attacker).collect(),
        zkb: zkb(&kill.zkb, hash, keys),
    };
    Some(super::to_json(&enriched))
}

/// The keys wanderer-kills knows of zKillboard's block.
fn zkb(raw: &str, hash: &str, keys: ZkbKeys) -> Value {
    const KNOWN: [(&str, &str); 11] = [
        ("locationID", "location_id"),
        ("hash", "hash"),
        ("fittedValue", "fitted_value"),
        ("droppedValue", "dropped_value"),
        ("destroyedValue", "destroyed_value"),
        ("totalValue", "total_value"),
        ("points", "points"),
        ("npc", "npc"),
        ("solo", "solo"),
        ("awox", "awox"),
        ("labels", "labels"),
    ];
    let mut known: Map<String, Value> = serde_json::from_str(raw).unwrap_or_default();
    known.insert("hash".to_owned(), Value::from(hash));
    let pick = |(camel, snake): (&str, &str)| {
        let key = if keys == ZkbKeys::Camel { camel } else { snake };
        known.remove(camel).map(|value| (key.to_owned(), value))
    };
    Value::Object(KNOWN.into_iter().filter_map(pick).collect())
}
