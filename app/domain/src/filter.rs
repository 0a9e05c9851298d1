//! The filter of kill lists: one type for URLs, the JSON API, live subscriptions and SQL.
//!
//! Fields are joined by AND, the values inside a field by OR. `matches` is the definition of the meaning; the store's
//! SQL must agree with it (a test compares them).

use crate::{
    Timestamp,
    fit_stats::Tank,
    ids::{
        AllianceId, CharacterId, ConstellationId, CorporationId, GroupId, KillmailId, RegionId, SolarSystemId, TypeId,
    },
    isk::Isk,
    killmail::Killmail,
    record::{Participant, Role},
    security::SecurityBand,
    static_data::StaticData,
    summary::KillSummary,
    tags,
};
use chrono::{DateTime, SecondsFormat};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// More values than this in one field are refused.
pub const MAX_VALUES_PER_FIELD: usize = 100;

/// On which side a pilot, corporation, alliance or ship must have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Victim,
    Attacker,
}

impl Side {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Victim => "victim",
            Self::Attacker => "attacker",
        }
    }
}

/// Which kills to show. The default shows all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct KillFilter {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_id: Vec<SolarSystemId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constellation_id: Vec<ConstellationId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub region_id: Vec<RegionId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub band: Vec<SecurityBand>,
    /// Pilots, corporations and alliances match on either side unless `side` says which.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub character_id: Vec<CharacterId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corporation_id: Vec<CorporationId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alliance_id: Vec<AllianceId>,
    /// Ships match what was lost unless `side` is `attacker`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ship_type_id: Vec<TypeId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub group_id: Vec<GroupId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// A kill of unknown value matches neither bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_value: Option<Isk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_value: Option<Isk>,
    /// Of the victim's fit. A kill whose fit has no such number, or none yet, matches no bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_ehp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ehp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_dps: Option<i64>,
    /// Of the victim's fit, as the bounds above.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tank: Vec<Tank>,
    /// Every tag must be present.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Inclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Exclusive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solo: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub npc: Option<bool>,
}

/// A query parameter that cannot be understood.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{field}: {reason}")]
pub struct FilterError {
    /// The parameter's name.
    pub field: String,
    pub reason: String,
}

impl FilterError {
    pub fn new(field: &str, reason: impl Into<String>) -> Self {
        Self { field: field.to_owned(), reason: reason.into() }
    }
}

/// What a filter may ask of a kill that its summary does not hold.
#[derive(Clone, Debug)]
pub struct ParticipantFacts {
    pub participant: Participant,
    pub ship_group_id: Option<GroupId>,
}

impl ParticipantFacts {
    pub fn of(killmail: &Killmail, static_data: &StaticData) -> Vec<Self> {
        killmail
            .participants()
            .map(|participant| Self {
                participant,
                ship_group_id: participant
                    .ship_type_id
                    .and_then(|id| static_data.type_info(id))
                    .map(|info| info.group_id),
            })
            .collect()
    }
}

impl KillFilter {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it depends on the statistics of the victim's fit, which are known a little later than the kill.
    pub fn asks_for_fit(&self) -> bool {
        self.min_ehp.is_some() || self.max_ehp.is_some() || self.min_dps.is_some() || !self.tank.is_empty()
    }

    /// Whether a kill passes.
    pub fn matches(&self, kill: &KillSummary, participants: &[ParticipantFacts]) -> bool {
        let any_or_empty = |wanted_is_empty: bool, hit: bool| wanted_is_empty || hit;
        let place = &kill.place;
        any_or_empty(self.system_id.is_empty(), self.system_id.contains(&place.solar_system_id))
            && any_or_empty(
                self.constellation_id.is_empty(),
                place.constellation_id.is_some_and(|id| self.constellation_id.contains(&id)),
            )
            && any_or_empty(self.region_id.is_empty(), place.region_id.is_some_and(|id| self.region_id.contains(&id)))
            && any_or_empty(self.band.is_empty(), place.band.is_some_and(|band| self.band.contains(&band)))
            && self.min_value.is_none_or(|min| kill.total_value.is_some_and(|value| value >= min))
            && self.max_value.is_none_or(|max| kill.total_value.is_some_and(|value| value <= max))
            && self.min_ehp.is_none_or(|min| kill.ehp.is_some_and(|ehp| ehp >= min))
            && self.max_ehp.is_none_or(|max| kill.ehp.is_some_and(|ehp| ehp <= max))
            && self.min_dps.is_none_or(|min| kill.dps.is_some_and(|dps| dps >= min))
            && any_or_empty(self.tank.is_empty(), kill.tank.is_some_and(|tank| self.tank.contains(&tank)))
            && self.tags.iter().all(|tag| kill.module_tags.contains(tag))
            && self.from.is_none_or(|from| kill.killmail_time >= from)
            && self.to.is_none_or(|to| kill.killmail_time < to)
            && self.solo.is_none_or(|solo| kill.is_solo == solo)
            && self.npc.is_none_or(|npc| kill.is_npc == npc)
            && self.matches_participants(participants)
    }

    fn matches_participants(&self, participants: &[ParticipantFacts]) -> bool {
        let on_entity_side = |facts: &&ParticipantFacts| match self.side {
            None => true,
            Some(Side::Victim) => facts.participant.role == Role::Victim,
            Some(Side::Attacker) => facts.participant.role == Role::Attacker,
        };
        let ship_role = self.ship_role();
        let on_ship_side = |facts: &&ParticipantFacts| facts.participant.role == ship_role;
        let entities = || participants.iter().filter(on_entity_side).map(|facts| &facts.participant);
        let ships = || participants.iter().filter(on_ship_side);
        (self.character_id.is_empty()
            || entities().any(|p| p.character_id.is_some_and(|id| self.character_id.contains(&id))))
            && (self.corporation_id.is_empty()
                || entities().any(|p| p.corporation_id.is_some_and(|id| self.corporation_id.contains(&id))))
            && (self.alliance_id.is_empty()
                || entities().any(|p| p.alliance_id.is_some_and(|id| self.alliance_id.contains(&id))))
            && (self.ship_type_id.is_empty()
                || ships().any(|f| f.participant.ship_type_id.is_some_and(|id| self.ship_type_id.contains(&id))))
            && (self.group_id.is_empty()
                || ships().any(|f| f.ship_group_id.is_some_and(|id| self.group_id.contains(&id))))
    }

    /// The side on which ships are looked for.
    pub fn ship_role(&self) -> Role {
        match self.side {
            Some(Side::Attacker) => Role::Attacker,
            None | Some(Side::Victim) => Role::Victim,
        }
    }

    /// Reads a URL query string (without `?`). Unknown parameters named in `ignored` are skipped.
    ///
    /// # Errors
    /// Names the parameter that is unknown or malformed.
    pub fn from_query(query: &str, ignored: &[&str]) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        for (field, value) in form_urlencoded::parse(query.as_bytes()) {
            if ignored.contains(&&*field) {
                continue;
            }
            filter.set(&field, &value)?;
        }
        if let (Some(min), Some(max)) = (filter.min_value, filter.max_value)
            && min > max
        {
            return Err(FilterError::new("min_value", "is above max_value"));
        }
        if let (Some(min), Some(max)) = (filter.min_ehp, filter.max_ehp)
            && min > max
        {
            return Err(FilterError::new("min_ehp", "is above max_ehp"));
        }
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && from >= to
        {
            return Err(FilterError::new("from", "is not before to"));
        }
        Ok(filter)
    }

    /// Sets one parameter. An empty value means that the parameter is not set (forms send those).
    ///
    /// # Errors
    /// When the field is unknown or the value malformed.
    pub fn set(&mut self, field: &str, value: &str) -> Result<(), FilterError> {
        if value.is_empty() {
            return Ok(());
        }
        match field {
            "system_id" => extend_ids(&mut self.system_id, field, value)?,
            "constellation_id" => extend_ids(&mut self.constellation_id, field, value)?,
            "region_id" => extend_ids(&mut self.region_id, field, value)?,
            "character_id" => extend_ids(&mut self.character_id, field, value)?,
            "corporation_id" => extend_ids(&mut self.corporation_id, field, value)?,
            "alliance_id" => extend_ids(&mut self.alliance_id, field, value)?,
            "ship_type_id" => extend_ids(&mut self.ship_type_id, field, value)?,
            "group_id" => extend_ids(&mut self.group_id, field, value)?,
            "band" => {
                for word in value.split(',') {
                    let band = word.parse().map_err(|_| {
                        FilterError::new(field, "is one of highsec, lowsec, nullsec, wspace, abyssal, pochven")
                    })?;
                    push_bounded(&mut self.band, band, field)?;
                }
            }
            "tags" => {
                for tag in value.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
                    let Some(known) = tags::canonical(tag) else {
                        let shown: String = tag.chars().take(64).collect();
                        return Err(FilterError::new(field, format!("`{shown}` is not a tag, see docs/TAGS.md")));
                    };
                    push_bounded(&mut self.tags, known.tag.clone().into_owned(), field)?;
                }
            }
            "side" => {
                self.side = Some(match value {
                    "victim" => Side::Victim,
                    "attacker" => Side::Attacker,
                    _ => return Err(FilterError::new(field, "is victim or attacker")),
                });
            }
            "min_value" => self.min_value = Some(amount(field, value)?),
            "max_value" => self.max_value = Some(amount(field, value)?),
            "min_ehp" => self.min_ehp = Some(whole_number(field, value)?),
            "max_ehp" => self.max_ehp = Some(whole_number(field, value)?),
            "min_dps" => self.min_dps = Some(whole_number(field, value)?),
            "tank" => {
                for word in value.split(',') {
                    let kinds = Tank::named(word).ok_or_else(|| {
                        let words =
                            "is one of shield, armor, hull, shield_buffer, shield_active, armor_buffer, armor_active";
                        FilterError::new(field, words)
                    })?;
                    for tank in kinds {
                        push_bounded(&mut self.tank, *tank, field)?;
                    }
                }
            }
            "from" => self.from = Some(moment(field, value)?),
            "to" => self.to = Some(moment(field, value)?),
            "solo" => self.solo = Some(yes_or_no(field, value)?),
            "npc" => self.npc = Some(yes_or_no(field, value)?),
            _ => return Err(FilterError::new(field, "is not a known parameter")),
        }
        Ok(())
    }

    /// The query string of this filter, without `?`; empty when nothing is filtered. `from_query` reads it back.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut list = |name: &str, values: Vec<String>| {
            if !values.is_empty() {
                query.append_pair(name, &values.join(","));
            }
        };
        list("system_id", texts(&self.system_id));
        list("constellation_id", texts(&self.constellation_id));
        list("region_id", texts(&self.region_id));
        list("band", texts(&self.band));
        list("character_id", texts(&self.character_id));
        list("corporation_id", texts(&self.corporation_id));
        list("alliance_id", texts(&self.alliance_id));
        list("ship_type_id", texts(&self.ship_type_id));
        list("group_id", texts(&self.group_id));
        list("side", self.side.iter().map(|side| side.as_str().to_owned()).collect());
        list("min_value", self.min_value.iter().map(|isk| plain_amount(*isk)).collect());
        list("max_value", self.max_value.iter().map(|isk| plain_amount(*isk)).collect());
        list("min_ehp", self.min_ehp.iter().map(i64::to_string).collect());
        list("max_ehp", self.max_ehp.iter().map(i64::to_string).collect());
        list("min_dps", self.min_dps.iter().map(i64::to_string).collect());
        list("tank", self.tank.iter().map(|tank| tank.as_str().to_owned()).collect());
        list("tags", self.tags.clone());
        list("from", self.from.iter().map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).collect());
        list("to", self.to.iter().map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).collect());
        list("solo", self.solo.iter().map(bool::to_string).collect());
        list("npc", self.npc.iter().map(bool::to_string).collect());
        query.finish()
    }
}

fn texts<T: fmt::Display>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}

fn plain_amount(isk: Isk) -> String {
    isk.full().replace(',', "").trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn push_bounded<T: PartialEq>(values: &mut Vec<T>, value: T, field: &str) -> Result<(), FilterError> {
    if values.contains(&value) {
        return Ok(());
    }
    if values.len() >= MAX_VALUES_PER_FIELD {
        return Err(FilterError::new(field, format!("takes at most {MAX_VALUES_PER_FIELD} values")));
    }
    values.push(value);
    Ok(())
}

fn extend_ids<I: From<i64> + PartialEq>(ids: &mut Vec<I>, field: &str, value: &str) -> Result<(), FilterError> {
    for word in value.split(',') {
        let id: i64 = word
            .trim()
            .parse()
            .ok()
            .filter(|id| (1..=crate::ids::MAX_JSON_INTEGER).contains(id))
            .ok_or_else(|| FilterError::new(field, "is a list of positive integers separated by commas"))?;
        push_bounded(ids, I::from(id), field)?;
    }
    Ok(())
}

fn amount(field: &str, value: &str) -> Result<Isk, FilterError> {
    Isk::parse_human(value).map_err(|_| FilterError::new(field, "is an amount of ISK such as 1500000 or 1.5b"))
}

/// Hit points or damage: a whole number, or one such as 1.5k or 2m.
fn whole_number(field: &str, value: &str) -> Result<i64, FilterError> {
    Isk::parse_human(value)
        .map(|number| number.hundredths() / 100)
        .ok()
        .filter(|number| *number >= 0)
        .ok_or_else(|| FilterError::new(field, "is a number such as 25000 or 25k"))
}

fn moment(field: &str, value: &str) -> Result<Timestamp, FilterError> {
    DateTime::parse_from_rfc3339(value)
        .map(|at| at.to_utc())
        .map_err(|_| FilterError::new(field, "is a time such as 2026-01-02T03:04:05Z"))
}

fn yes_or_no(field: &str, value: &str) -> Result<bool, FilterError> {
    match value {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(FilterError::new(field, "is true or false")),
    }
}

/// A place in the history, newest first: everything after the kill `(killmail_time, killmail_id)`.
/// Opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub killmail_time: Timestamp,
    pub killmail_id: KillmailId,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}", self.killmail_time.timestamp(), self.killmail_id.0)
    }
}

impl FromStr for Cursor {
    type Err = FilterError;
    fn from_str(text: &str) -> Result<Self, FilterError> {
        let error = || FilterError::new("cursor", "is not a cursor of this API");
        let (seconds, id) = text.split_once('.').ok_or_else(error)?;
        let seconds = i64::from_str_radix(seconds, 16).map_err(|_| error())?;
        let id = i64::from_str_radix(id, 16).map_err(|_| error())?;
        let killmail_time = DateTime::from_timestamp(seconds, 0)
            .filter(|at| (0..=9_999).contains(&chrono::Datelike::year(at)))
            .ok_or_else(error)?;
        Ok(Self { killmail_time, killmail_id: KillmailId(id) })
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Cursor {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cursor".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "opaque; pass it back as before or after" })
    }
}
