//! The killmail as ESI gives it, decoded and checked. Source of the shape: ESI `GET /killmails/{id}/{hash}`.
//!
//! Decoding tolerates what real mails hold (absent pilots, ships, weapons, positions and items, ids of 0 meaning
//! "none", negative damage in old mails, unknown flags and extra keys) and refuses what cannot be a killmail, naming
//! the path of the first offending value.

use crate::{
    Timestamp,
    ids::{
        AllianceId, CharacterId, CorporationId, FactionId, KillmailId, MAX_JSON_INTEGER, SolarSystemId, TypeId, WarId,
    },
    location::Location,
};
use chrono::{DateTime, SubsecRound, TimeDelta};
use serde::{Deserialize, Deserializer, Serialize};

/// More attackers than any real battle had on one mail (largest known: below 5,000).
pub const MAX_ATTACKERS: usize = 10_000;
/// More item rows than a full structure hangar drops.
pub const MAX_ITEMS: usize = 50_000;

/// One loss, as recorded by the game.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Killmail {
    pub killmail_id: KillmailId,
    pub killmail_time: Timestamp,
    pub solar_system_id: SolarSystemId,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub moon_id: Option<i64>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub war_id: Option<WarId>,
    pub victim: Victim,
    pub attackers: Vec<Attacker>,
}

/// The loser. A structure or an NPC's ship has no character.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Victim {
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub character_id: Option<CharacterId>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub corporation_id: Option<CorporationId>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub alliance_id: Option<AllianceId>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub faction_id: Option<FactionId>,
    pub ship_type_id: TypeId,
    #[serde(default)]
    pub damage_taken: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Coordinates>,
    #[serde(default, deserialize_with = "empty_when_null")]
    pub items: Vec<Item>,
}

/// Someone or something that did damage or got the final blow. May be an NPC or a structure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Attacker {
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub character_id: Option<CharacterId>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub corporation_id: Option<CorporationId>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub alliance_id: Option<AllianceId>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub faction_id: Option<FactionId>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub ship_type_id: Option<TypeId>,
    #[serde(default, deserialize_with = "absent_when_zero", skip_serializing_if = "Option::is_none")]
    pub weapon_type_id: Option<TypeId>,
    #[serde(default)]
    pub damage_done: i64,
    #[serde(default)]
    pub final_blow: bool,
    #[serde(default)]
    pub security_status: f64,
}

/// A row of the victim's belongings. A container holds further rows, one level deep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Item {
    pub item_type_id: TypeId,
    /// Raw location flag; see [`Item::location`].
    pub flag: i64,
    /// 2 = blueprint copy.
    #[serde(default)]
    pub singleton: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_destroyed: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_dropped: Option<i64>,
    #[serde(default, deserialize_with = "empty_when_null", skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Item>,
}

/// Metres from the system's star.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coordinates {
    pub x: f64,
    pub y: f64,
    pub z: f64,
}

impl Item {
    pub fn location(&self) -> Location {
        Location::from_flag(self.flag)
    }

    pub fn destroyed(&self) -> i64 {
        self.quantity_destroyed.unwrap_or(0).max(0)
    }

    pub fn dropped(&self) -> i64 {
        self.quantity_dropped.unwrap_or(0).max(0)
    }

    pub fn quantity(&self) -> i64 {
        self.destroyed().saturating_add(self.dropped())
    }

    /// Blueprint copies are worth next to nothing; the mail marks them by `singleton` 2.
    pub fn is_blueprint_copy(&self) -> bool {
        self.singleton == 2
    }
}

impl Killmail {
    /// The attacker with the final blow. Old mails may have none.
    pub fn final_blow(&self) -> Option<&Attacker> {
        self.attackers.iter().find(|attacker| attacker.final_blow)
    }

    /// Every item row with its container's row before it; nested rows carry the container's location.
    pub fn items_flat(&self) -> impl Iterator<Item = (&Item, Location)> {
        self.victim.items.iter().flat_map(|item| {
            let location = item.location();
            std::iter::once((item, location)).chain(item.items.iter().map(move |inner| (inner, location)))
        })
    }
}

/// Why a text is not a killmail.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{path}: {reason}")]
pub struct DecodeError {
    /// Path of the offending value (`victim.items[3].flag`), `.` for the whole document.
    pub path: String,
    pub reason: String,
}

impl DecodeError {
    fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }
}

impl Killmail {
    /// Decodes and checks one ESI killmail. `now` bounds its time.
    ///
    /// # Errors
    /// When the text is not JSON, lacks a required value, or a value cannot be true.
    pub fn decode(json: &str, now: Timestamp) -> Result<Self, DecodeError> {
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let mut killmail: Self = serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| DecodeError::new(error.path().to_string(), error.inner().to_string()))?;
        deserializer.end().map_err(|error| DecodeError::new(".", error.to_string()))?;
        killmail.check(now)?;
        // The game counts whole seconds, and so do cursors; a fraction could only come from a faulty source.
        killmail.killmail_time = killmail.killmail_time.trunc_subsecs(0);
        Ok(killmail)
    }

    fn check(&self, now: Timestamp) -> Result<(), DecodeError> {
        let id = |path: &str, value: i64| match value {
            1..=MAX_JSON_INTEGER => Ok(()),
            _ => Err(DecodeError::new(path, format!("{value} is not an identifier"))),
        };
        id("killmail_id", self.killmail_id.0)?;
        id("solar_system_id", self.solar_system_id.0)?;
        id("victim.ship_type_id", self.victim.ship_type_id.0)?;
        // The game opened on 2003-05-06; clocks differ by less than a day.
        let opening = DateTime::from_timestamp(1_052_179_200, 0).unwrap_or_default();
        if self.killmail_time < opening || self.killmail_time > now + TimeDelta::days(1) {
            return Err(DecodeError::new("killmail_time", format!("{} is not a possible time", self.killmail_time)));
        }
        if self.attackers.is_empty() {
            return Err(DecodeError::new("attackers", "a killmail has at least one attacker"));
        }
        if self.attackers.len() > MAX_ATTACKERS {
            return Err(DecodeError::new("attackers", format!("more than {MAX_ATTACKERS} attackers")));
        }
        if self.items_flat().count() > MAX_ITEMS {
            return Err(DecodeError::new("victim.items", format!("more than {MAX_ITEMS} items")));
        }
        let victim = &self.victim;
        let optional = |path: &str, value: Option<i64>| value.map_or(Ok(()), |value| id(path, value));
        optional("victim.character_id", victim.character_id.map(|id| id.0))?;
        optional("victim.corporation_id", victim.corporation_id.map(|id| id.0))?;
        optional("victim.alliance_id", victim.alliance_id.map(|id| id.0))?;
        optional("victim.faction_id", victim.faction_id.map(|id| id.0))?;
        optional("moon_id", self.moon_id)?;
        optional("war_id", self.war_id.map(|id| id.0))?;
        for (index, attacker) in self.attackers.iter().enumerate() {
            for (field, value) in [
                ("character_id", attacker.character_id.map(|id| id.0)),
                ("corporation_id", attacker.corporation_id.map(|id| id.0)),
                ("alliance_id", attacker.alliance_id.map(|id| id.0)),
                ("faction_id", attacker.faction_id.map(|id| id.0)),
                ("ship_type_id", attacker.ship_type_id.map(|id| id.0)),
                ("weapon_type_id", attacker.weapon_type_id.map(|id| id.0)),
            ] {
                if value.is_some_and(|value| !(1..=MAX_JSON_INTEGER).contains(&value)) {
                    return Err(DecodeError::new(format!("attackers[{index}].{field}"), "not an identifier"));
                }
            }
        }
        for (index, item) in victim.items.iter().enumerate() {
            let rows = std::iter::once(item).chain(&item.items);
            for row in rows {
                if !(1..=MAX_JSON_INTEGER).contains(&row.item_type_id.0) {
                    return Err(DecodeError::new(format!("victim.items[{index}].item_type_id"), "not an identifier"));
                }
                if row.quantity() > MAX_JSON_INTEGER {
                    return Err(DecodeError::new(format!("victim.items[{index}].quantity"), "not a possible quantity"));
                }
            }
        }
        Ok(())
    }
}

/// EVE-KILL fills absent ids with 0; ESI leaves them out.
fn absent_when_zero<'de, D: Deserializer<'de>, I: From<i64>>(deserializer: D) -> Result<Option<I>, D::Error> {
    Ok(Option::<i64>::deserialize(deserializer)?.filter(|id| *id != 0).map(I::from))
}

fn empty_when_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Item>, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
#[path = "killmail_tests.rs"]
mod tests;
