//! A kill as a row of a list: what the live page, the history and the API show. One shape for all of them.

use crate::{
    Timestamp,
    fit_stats::Tank,
    hull_kind::HullKind,
    ids::{
        AllianceId, CelestialId, CharacterId, ConstellationId, CorporationId, FactionId, GroupId, KillmailHash,
        KillmailId, RegionId, SolarSystemId, TypeId, WarId,
    },
    isk::Isk,
    killmail::{Attacker, Victim},
    record::KillRecord,
    security::{SecurityBand, SecurityStatus},
    source::Source,
    static_data::StaticData,
};
use serde::{Deserialize, Serialize};

/// An id with its name, when the name is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Named<I> {
    pub id: I,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl<I> Named<I> {
    pub fn unnamed(id: I) -> Self {
        Self { id, name: None }
    }
}

/// Who someone flew for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Party {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character: Option<Named<CharacterId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corporation: Option<Named<CorporationId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alliance: Option<Named<AllianceId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub faction: Option<Named<FactionId>>,
}

/// Looks up the name of a player entity (character, corporation, alliance) by id; they share one number space.
pub type NameLookup<'a> = &'a dyn Fn(i64) -> Option<String>;

impl Party {
    pub fn new(
        character: Option<CharacterId>,
        corporation: Option<CorporationId>,
        alliance: Option<AllianceId>,
        faction: Option<FactionId>,
        names: NameLookup<'_>,
        static_data: &StaticData,
    ) -> Self {
        Self {
            character: character.map(|id| Named { id, name: names(id.0) }),
            corporation: corporation.map(|id| Named {
                id,
                name: static_data.npc_corporation_name(id).map(str::to_owned).or_else(|| names(id.0)),
            }),
            alliance: alliance.map(|id| Named { id, name: names(id.0) }),
            faction: faction.map(|id| Named { id, name: static_data.faction_name(id).map(str::to_owned) }),
        }
    }

    pub fn of_victim(victim: &Victim, names: NameLookup<'_>, static_data: &StaticData) -> Self {
        Self::new(victim.character_id, victim.corporation_id, victim.alliance_id, victim.faction_id, names, static_data)
    }

    pub fn of_attacker(attacker: &Attacker, names: NameLookup<'_>, static_data: &StaticData) -> Self {
        Self::new(
            attacker.character_id,
            attacker.corporation_id,
            attacker.alliance_id,
            attacker.faction_id,
            names,
            static_data,
        )
    }

    /// Fills names that have become known. Returns whether anything changed.
    pub fn fill_names(&mut self, names: NameLookup<'_>) -> bool {
        fn fill<I: Copy + Into<i64>>(named: &mut Option<Named<I>>, names: NameLookup<'_>) -> bool {
            match named {
                Some(named) if named.name.is_none() => {
                    named.name = names(named.id.into());
                    named.name.is_some()
                }
                _ => false,
            }
        }
        let character = fill(&mut self.character, names);
        let corporation = fill(&mut self.corporation, names);
        let alliance = fill(&mut self.alliance, names);
        character || corporation || alliance
    }

    /// Ids of player entities whose name is not known yet.
    pub fn unnamed_ids(&self) -> impl Iterator<Item = i64> {
        let character = self.character.as_ref().filter(|named| named.name.is_none()).map(|named| named.id.0);
        let corporation = self.corporation.as_ref().filter(|named| named.name.is_none()).map(|named| named.id.0);
        let alliance = self.alliance.as_ref().filter(|named| named.name.is_none()).map(|named| named.id.0);
        [character, corporation, alliance].into_iter().flatten()
    }
}

/// A type with its group, by name. Unknown types (newer than the static data) have ids only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShipRef {
    pub type_id: TypeId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<GroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    /// Left out for ships and for what is no hull.
    #[serde(default, skip_serializing_if = "HullKind::is_ship")]
    pub kind: HullKind,
}

impl ShipRef {
    pub fn new(type_id: TypeId, static_data: &StaticData) -> Self {
        let info = static_data.type_info(type_id);
        let group = info.and_then(|info| static_data.group(info.group_id));
        Self {
            type_id,
            name: info.map(|info| info.name.clone()),
            group_id: info.map(|info| info.group_id),
            group_name: group.map(|group| group.name.clone()),
            kind: info.map_or_else(HullKind::default, HullKind::of),
        }
    }

    /// The name, or a stand-in that says which type it is.
    pub fn display_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("Unknown type {}", self.type_id))
    }
}

/// Where a kill happened. A system newer than the static data has its id only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    pub solar_system_id: SolarSystemId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<SecurityStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<SecurityBand>,
    /// 1-6, 12 Thera, 13 shattered, 14-18 drifter: only in W-space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wormhole_class: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constellation_id: Option<ConstellationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_id: Option<RegionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region_name: Option<String>,
}

impl Place {
    pub fn new(solar_system_id: SolarSystemId, static_data: &StaticData) -> Self {
        let system = static_data.system(solar_system_id);
        Self {
            solar_system_id,
            name: system.map(|system| system.name.clone()),
            security: system.map(|system| system.security),
            band: system.map(|system| system.band),
            wormhole_class: system
                .filter(|system| system.band == SecurityBand::Wspace)
                .and_then(|system| system.wormhole_class),
            constellation_id: system.map(|system| system.constellation_id),
            region_id: system.map(|system| system.region_id),
            region_name: system
                .and_then(|system| static_data.region(system.region_id))
                .map(|region| region.name.clone()),
        }
    }

    pub fn display_name(&self) -> String {
        self.name.clone().unwrap_or_else(|| format!("Unknown system {}", self.solar_system_id))
    }

    /// What stands before the system's name: its security, or its class in W-space.
    pub fn security_label(&self) -> String {
        match (self.band, self.wormhole_class, self.security) {
            (Some(SecurityBand::Wspace), Some(class), _) => format!("C{class}"),
            (_, _, Some(security)) => security.to_string(),
            _ => "?".to_owned(),
        }
    }
}

/// The attacker who got the final blow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FinalBlow {
    pub party: Party,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ship: Option<ShipRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weapon: Option<ShipRef>,
}

/// One kill in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KillSummary {
    pub killmail_id: KillmailId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<KillmailHash>,
    pub killmail_time: Timestamp,
    pub place: Place,
    /// The star, planet, moon, belt, stargate or station that stood nearest; absent when the position is unknown and
    /// in abyssal deadspace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location_id: Option<CelestialId>,
    /// The declared war it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub war_id: Option<WarId>,
    pub victim: Party,
    /// What was lost: a ship, capsule, structure or deployable.
    pub ship: ShipRef,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_blow: Option<FinalBlow>,
    pub attacker_count: u32,
    pub player_attacker_count: u32,
    /// Absent when no price is known; never 0 instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_value: Option<Isk>,
    /// Types on the mail without a price: the total is then a lower bound.
    #[serde(default)]
    pub unpriced_types: u32,
    pub is_solo: bool,
    pub is_npc: bool,
    pub is_awox: bool,
    #[serde(default)]
    pub module_tags: Vec<String>,
    /// Effective hit points of the victim's fit, all skills V; absent until computed, or when there is no such number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ehp: Option<i64>,
    /// Damage a second of the victim's fit, without reload; absent as `ehp`, and for a fit without weapons.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dps: Option<i64>,
    /// The fit has mutated modules, which count as nothing: `ehp` and `dps` are lower bounds.
    #[serde(default)]
    pub fit_is_lower_bound: bool,
    /// How the victim's fit was to survive; absent as `ehp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tank: Option<Tank>,
    pub source: Source,
    pub received_at: Timestamp,
    /// Enrichment failed: the row is shown with a warning.
    #[serde(default)]
    pub enrichment_failed: bool,
}

impl KillSummary {
    pub fn new(record: &KillRecord, names: NameLookup<'_>, static_data: &StaticData) -> Self {
        let killmail = &record.killmail;
        let enrichment = &record.enrichment;
        Self {
            killmail_id: killmail.killmail_id,
            hash: record.hash.clone(),
            killmail_time: killmail.killmail_time,
            place: Place::new(killmail.solar_system_id, static_data),
            location_id: enrichment.location_id,
            war_id: killmail.war_id,
            victim: Party::of_victim(&killmail.victim, names, static_data),
            ship: ShipRef::new(killmail.victim.ship_type_id, static_data),
            final_blow: killmail.final_blow().map(|attacker| FinalBlow {
                party: Party::of_attacker(attacker, names, static_data),
                ship: attacker.ship_type_id.map(|id| ShipRef::new(id, static_data)),
                weapon: attacker.weapon_type_id.map(|id| ShipRef::new(id, static_data)),
            }),
            attacker_count: killmail.attackers.len() as u32,
            player_attacker_count: enrichment.player_attacker_count.max(0) as u32,
            total_value: enrichment.valuation.total_value,
            unpriced_types: enrichment.valuation.unpriced_types,
            is_solo: enrichment.is_solo,
            is_npc: enrichment.is_npc,
            is_awox: enrichment.is_awox,
            module_tags: enrichment.module_tags.clone(),
            ehp: enrichment.fit.ehp,
            dps: enrichment.fit.dps,
            fit_is_lower_bound: enrichment.fit.is_lower_bound,
            tank: enrichment.fit.tank,
            source: record.source,
            received_at: record.received_at,
            enrichment_failed: enrichment.failed_at.is_some(),
        }
    }

    /// Fills names that have become known. Returns whether anything changed.
    pub fn fill_names(&mut self, names: NameLookup<'_>) -> bool {
        let victim = self.victim.fill_names(names);
        let final_blow = self.final_blow.as_mut().is_some_and(|blow| blow.party.fill_names(names));
        victim || final_blow
    }

    /// Ids of player entities in this row whose name is not known yet.
    pub fn unnamed_ids(&self) -> impl Iterator<Item = i64> + '_ {
        self.victim.unnamed_ids().chain(self.final_blow.iter().flat_map(|blow| blow.party.unnamed_ids()))
    }
}
