//! The filter of kill lists: one type for URLs, the JSON API, live subscriptions and SQL.
//!
//! Fields are joined by AND, the values inside a field by OR. `matches` is the definition of the meaning; the store's
//! SQL must agree with it (a test compares them).

mod values;

pub use values::{FilterError, MAX_VALUES_PER_FIELD};

use crate::{
    Timestamp,
    fit_stats::Tank,
    ids::{
        AllianceId, CelestialId, CharacterId, ConstellationId, CorporationId, GroupId, RegionId, SolarSystemId, TypeId,
        WarId,
    },
    isk::Isk,
    killmail::Killmail,
    record::Participant,
    security::SecurityBand,
    side::Side,
    static_data::StaticData,
    summary::KillSummary,
    tags,
};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use values::{amount, extend_ids, moment, plain_amount, push_bounded, texts, whole_number, yes_or_no};

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
    /// What stood nearest: a star, planet, moon, belt, stargate or station.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub location: Vec<CelestialId>,
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
    /// Players among the attackers, each counted once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_attackers: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attackers: Option<i64>,
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
    /// Declared wars that the loss was part of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub war_id: Vec<WarId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub solo: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub npc: Option<bool>,
}

/// What the values of a field look like in a query string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldShape {
    /// Numbers of things, separated by commas.
    Ids,
    /// Of a fixed set.
    Words,
    /// ISK or a count: `1500`, `1.5k`.
    Amount,
    /// RFC 3339.
    Moment,
    /// `true` or `false`.
    Flag,
}

/// Declares what can be asked of every field by its name. A field of [`KillFilter`] that is missing here does not
/// compile.
macro_rules! filter_fields {
    ($($variant:ident $field:ident: $shape:ident),* $(,)?) => {
        /// The fields of a filter, by the names that URLs and the API have for them. Whoever treats fields one by one
        /// matches on this, so that a new one is noticed everywhere.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FilterField {
            $($variant),*
        }

        impl FilterField {
            /// In the order of query strings and of what is said about a filter.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($field)),*
                }
            }

            pub fn shape(self) -> FieldShape {
                match self {
                    $(Self::$variant => FieldShape::$shape),*
                }
            }
        }

        impl KillFilter {
            /// Leaves a field empty.
            pub fn clear(&mut self, field: FilterField) {
                // All are named, or this does not compile.
                let Self { $($field),* } = self;
                match field {
                    $(FilterField::$variant => *$field = Default::default()),*
                }
            }
        }
    };
}

filter_fields! {
    SystemId system_id: Ids,
    ConstellationId constellation_id: Ids,
    RegionId region_id: Ids,
    Location location: Ids,
    Band band: Words,
    CharacterId character_id: Ids,
    CorporationId corporation_id: Ids,
    AllianceId alliance_id: Ids,
    ShipTypeId ship_type_id: Ids,
    GroupId group_id: Ids,
    Side side: Words,
    MinValue min_value: Amount,
    MaxValue max_value: Amount,
    MinAttackers min_attackers: Amount,
    MaxAttackers max_attackers: Amount,
    MinEhp min_ehp: Amount,
    MaxEhp max_ehp: Amount,
    MinDps min_dps: Amount,
    Tank tank: Words,
    Tags tags: Words,
    From from: Moment,
    To to: Moment,
    WarId war_id: Ids,
    Solo solo: Flag,
    Npc npc: Flag,
}

impl FromStr for FilterField {
    type Err = FilterError;

    fn from_str(name: &str) -> Result<Self, FilterError> {
        let known = Self::ALL.iter().find(|field| field.name() == name);
        known.copied().ok_or_else(|| FilterError::new(name, "is not a known parameter"))
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
        let Self {
            system_id,
            constellation_id,
            region_id,
            location,
            band,
            // Asked of participants, each on its side.
            character_id: _,
            corporation_id: _,
            alliance_id: _,
            ship_type_id: _,
            group_id: _,
            side: _,
            min_value,
            max_value,
            min_attackers,
            max_attackers,
            min_ehp,
            max_ehp,
            min_dps,
            tank,
            tags,
            from,
            to,
            war_id,
            solo,
            npc,
        } = self;
        let place = &kill.place;
        (system_id.is_empty() || system_id.contains(&place.solar_system_id))
            && is_among(constellation_id, place.constellation_id)
            && is_among(region_id, place.region_id)
            && is_among(location, kill.location_id)
            && is_among(band, place.band)
            && min_value.is_none_or(|min| kill.total_value.is_some_and(|value| value >= min))
            && max_value.is_none_or(|max| kill.total_value.is_some_and(|value| value <= max))
            && min_attackers.is_none_or(|min| i64::from(kill.player_attacker_count) >= min)
            && max_attackers.is_none_or(|max| i64::from(kill.player_attacker_count) <= max)
            && min_ehp.is_none_or(|min| kill.ehp.is_some_and(|ehp| ehp >= min))
            && max_ehp.is_none_or(|max| kill.ehp.is_some_and(|ehp| ehp <= max))
            && min_dps.is_none_or(|min| kill.dps.is_some_and(|dps| dps >= min))
            && is_among(tank, kill.tank)
            && tags.iter().all(|tag| kill.module_tags.contains(tag))
            && from.is_none_or(|from| kill.killmail_time >= from)
            && to.is_none_or(|to| kill.killmail_time < to)
            && is_among(war_id, kill.war_id)
            && solo.is_none_or(|solo| kill.is_solo == solo)
            && npc.is_none_or(|npc| kill.is_npc == npc)
            && self.matches_participants(participants)
    }

    fn matches_participants(&self, participants: &[ParticipantFacts]) -> bool {
        let on_entity_side = |facts: &&ParticipantFacts| match self.side {
            None => true,
            Some(side) => facts.participant.side == side,
        };
        let ship_side = self.ship_side();
        let on_ship_side = |facts: &&ParticipantFacts| facts.participant.side == ship_side;
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
    pub fn ship_side(&self) -> Side {
        self.side.unwrap_or(Side::Victim)
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
            filter.set(field.parse()?, &value)?;
        }
        filter.check_bounds()?;
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && from >= to
        {
            return Err(FilterError::new("from", "is not before to"));
        }
        Ok(filter)
    }

    /// Every least value is no more than its greatest.
    fn check_bounds(&self) -> Result<(), FilterError> {
        fn is_above<T: PartialOrd>(min: Option<T>, max: Option<T>) -> bool {
            min.zip(max).is_some_and(|(min, max)| min > max)
        }
        let reversed = [
            ("min_value", "is above max_value", is_above(self.min_value, self.max_value)),
            ("min_attackers", "is above max_attackers", is_above(self.min_attackers, self.max_attackers)),
            ("min_ehp", "is above max_ehp", is_above(self.min_ehp, self.max_ehp)),
        ];
        match reversed.into_iter().find(|(_, _, is_reversed)| *is_reversed) {
            Some((field, reason, _)) => Err(FilterError::new(field, reason)),
            None => Ok(()),
        }
    }

    /// Sets one parameter. An empty value means that the parameter is not set (forms send those).
    ///
    /// # Errors
    /// When the value is malformed.
    pub fn set(&mut self, parameter: FilterField, value: &str) -> Result<(), FilterError> {
        if value.is_empty() {
            return Ok(());
        }
        let field = parameter.name();
        match parameter {
            FilterField::SystemId => extend_ids(&mut self.system_id, field, value)?,
            FilterField::ConstellationId => extend_ids(&mut self.constellation_id, field, value)?,
            FilterField::RegionId => extend_ids(&mut self.region_id, field, value)?,
            FilterField::Location => extend_ids(&mut self.location, field, value)?,
            FilterField::CharacterId => extend_ids(&mut self.character_id, field, value)?,
            FilterField::CorporationId => extend_ids(&mut self.corporation_id, field, value)?,
            FilterField::AllianceId => extend_ids(&mut self.alliance_id, field, value)?,
            FilterField::ShipTypeId => extend_ids(&mut self.ship_type_id, field, value)?,
            FilterField::GroupId => extend_ids(&mut self.group_id, field, value)?,
            FilterField::Band => {
                for word in value.split(',') {
                    let band = word.parse().map_err(|_| {
                        FilterError::new(field, "is one of highsec, lowsec, nullsec, wspace, abyssal, pochven")
                    })?;
                    push_bounded(&mut self.band, band, field)?;
                }
            }
            FilterField::Tags => {
                for tag in value.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
                    let Some(known) = tags::canonical(tag) else {
                        let shown: String = tag.chars().take(64).collect();
                        return Err(FilterError::new(field, format!("`{shown}` is not a tag, see docs/TAGS.md")));
                    };
                    push_bounded(&mut self.tags, known.tag.clone().into_owned(), field)?;
                }
            }
            FilterField::Side => {
                self.side = Some(match value {
                    "victim" => Side::Victim,
                    "attacker" => Side::Attacker,
                    _ => return Err(FilterError::new(field, "is victim or attacker")),
                });
            }
            FilterField::MinValue => self.min_value = Some(amount(field, value)?),
            FilterField::MaxValue => self.max_value = Some(amount(field, value)?),
            FilterField::MinAttackers => self.min_attackers = Some(whole_number(field, value)?),
            FilterField::MaxAttackers => self.max_attackers = Some(whole_number(field, value)?),
            FilterField::MinEhp => self.min_ehp = Some(whole_number(field, value)?),
            FilterField::MaxEhp => self.max_ehp = Some(whole_number(field, value)?),
            FilterField::MinDps => self.min_dps = Some(whole_number(field, value)?),
            FilterField::Tank => {
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
            FilterField::From => self.from = Some(moment(field, value)?),
            FilterField::To => self.to = Some(moment(field, value)?),
            FilterField::WarId => extend_ids(&mut self.war_id, field, value)?,
            FilterField::Solo => self.solo = Some(yes_or_no(field, value)?),
            FilterField::Npc => self.npc = Some(yes_or_no(field, value)?),
        }
        Ok(())
    }

    /// The query string of this filter, without `?`; empty when nothing is filtered. `from_query` reads it back.
    pub fn to_query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (field, value) in self.parameters() {
            query.append_pair(field.name(), &value);
        }
        query.finish()
    }

    /// The fields that filter, with their values as a query string has them, not escaped.
    pub fn parameters(&self) -> impl Iterator<Item = (FilterField, String)> + '_ {
        FilterField::ALL
            .iter()
            .map(|field| (*field, self.words(*field).join(",")))
            .filter(|(_, value)| !value.is_empty())
    }

    fn words(&self, field: FilterField) -> Vec<String> {
        let number = |number: Option<i64>| number.iter().map(i64::to_string).collect();
        let amount = |isk: Option<Isk>| isk.iter().map(|isk| plain_amount(*isk)).collect();
        let moment =
            |at: Option<Timestamp>| at.iter().map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)).collect();
        let flag = |flag: Option<bool>| flag.iter().map(bool::to_string).collect();
        match field {
            FilterField::SystemId => texts(&self.system_id),
            FilterField::ConstellationId => texts(&self.constellation_id),
            FilterField::RegionId => texts(&self.region_id),
            FilterField::Location => texts(&self.location),
            FilterField::Band => texts(&self.band),
            FilterField::CharacterId => texts(&self.character_id),
            FilterField::CorporationId => texts(&self.corporation_id),
            FilterField::AllianceId => texts(&self.alliance_id),
            FilterField::ShipTypeId => texts(&self.ship_type_id),
            FilterField::GroupId => texts(&self.group_id),
            FilterField::Side => self.side.iter().map(|side| side.as_str().to_owned()).collect(),
            FilterField::MinValue => amount(self.min_value),
            FilterField::MaxValue => amount(self.max_value),
            FilterField::MinAttackers => number(self.min_attackers),
            FilterField::MaxAttackers => number(self.max_attackers),
            FilterField::MinEhp => number(self.min_ehp),
            FilterField::MaxEhp => number(self.max_ehp),
            FilterField::MinDps => number(self.min_dps),
            FilterField::Tank => self.tank.iter().map(|tank| tank.as_str().to_owned()).collect(),
            FilterField::Tags => self.tags.clone(),
            FilterField::From => moment(self.from),
            FilterField::To => moment(self.to),
            FilterField::WarId => texts(&self.war_id),
            FilterField::Solo => flag(self.solo),
            FilterField::Npc => flag(self.npc),
        }
    }
}

/// Whether a value passes a list of wanted ones; an unknown value passes only where nothing is wanted.
fn is_among<T: PartialEq>(wanted: &[T], value: Option<T>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(&value))
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod filter_tests;
