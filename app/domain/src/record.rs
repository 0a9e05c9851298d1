//! What the pipeline hands on after enrichment and what the store keeps: the raw killmail, who took part, its values.

use crate::{
    Timestamp,
    fit_stats::FitFacts,
    ids::{AllianceId, CharacterId, CorporationId, FactionId, KillmailHash, TypeId},
    isk::Isk,
    killmail::Killmail,
    summary::Source,
    valuation::Valuation,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

/// One killmail through the pipeline: raw form, provenance and enrichment.
#[derive(Clone, Debug, PartialEq)]
pub struct KillRecord {
    pub killmail: Arc<Killmail>,
    /// The ESI body as received, kept unchanged.
    pub payload: Arc<str>,
    /// Absent only for mails whose source never knew it.
    pub hash: Option<KillmailHash>,
    pub source: Source,
    pub received_at: Timestamp,
    pub enrichment: Enrichment,
}

/// Everything computed from a killmail. Recomputed when [`Enrichment::VERSION`] or the static data change.
/// The default is that nothing is known: what stands in for an enrichment that failed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Enrichment {
    pub version: i32,
    pub enriched_at: Timestamp,
    /// Set when enrichment failed; the kill is stored and shown all the same.
    pub failed_at: Option<Timestamp>,
    pub valuation: Valuation,
    /// The upstream's own total (`zkb.totalValue`), beside ours.
    pub reported_value: Option<Isk>,
    pub is_solo: bool,
    pub is_npc: bool,
    pub is_awox: bool,
    /// Players among the attackers.
    pub player_attacker_count: i32,
    /// zKillboard's labels, when the source gave them (open set).
    pub labels: Vec<String>,
    pub module_tags: Vec<String>,
    /// The fit's hash, and its statistics as far as they are known.
    #[serde(default)]
    pub fit: FitFacts,
    /// The price used for each type on the mail, with its source.
    pub unit_prices: BTreeMap<TypeId, UnitPrice>,
}

impl Enrichment {
    /// Raise when formulas change, so that stored kills are recomputed.
    pub const VERSION: i32 = 2;
}

/// The price of one unit, where it came from and from when.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnitPrice {
    pub price: Isk,
    pub source: PriceSource,
    pub at: Timestamp,
}

/// Where a unit price comes from, dearest evidence first (domain.md 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriceSource {
    /// A fixed rule of the product: blueprint copies, SKINs, capsules.
    Rule,
    Janice,
    /// A per-type estimate for abyssal modules.
    Mutamarket,
    EsiAverage,
    EsiAdjusted,
    /// The static data's base price.
    StaticBase,
}

impl PriceSource {
    pub const ALL: [Self; 6] =
        [Self::Rule, Self::Janice, Self::Mutamarket, Self::EsiAverage, Self::EsiAdjusted, Self::StaticBase];

    /// Whether the price stands for things that differ from each other, as rolled modules of one type do.
    pub fn is_estimate(self) -> bool {
        self == Self::Mutamarket
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Rule => "fixed rule",
            Self::Janice => "Janice, Jita 4-4 split",
            Self::Mutamarket => "MutaMarket type estimate",
            Self::EsiAverage => "ESI average price",
            Self::EsiAdjusted => "ESI adjusted price",
            Self::StaticBase => "static base price",
        }
    }
}

/// Which side of the loss a participant was on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Victim,
    Attacker,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Victim => "victim",
            Self::Attacker => "attacker",
        }
    }
}

/// Victim or attacker in one shape, for filters and the participants table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Participant {
    pub role: Role,
    /// 0 for the victim; attackers count from 0 in the mail's order.
    pub ordinal: i32,
    pub character_id: Option<CharacterId>,
    pub corporation_id: Option<CorporationId>,
    pub alliance_id: Option<AllianceId>,
    pub faction_id: Option<FactionId>,
    pub ship_type_id: Option<TypeId>,
    pub weapon_type_id: Option<TypeId>,
    /// Damage taken by the victim, done by an attacker.
    pub damage: i64,
    pub final_blow: bool,
}

impl Killmail {
    /// The victim, then every attacker in the mail's order.
    pub fn participants(&self) -> impl Iterator<Item = Participant> + '_ {
        let victim = &self.victim;
        let victim = Participant {
            role: Role::Victim,
            ordinal: 0,
            character_id: victim.character_id,
            corporation_id: victim.corporation_id,
            alliance_id: victim.alliance_id,
            faction_id: victim.faction_id,
            ship_type_id: Some(victim.ship_type_id),
            weapon_type_id: None,
            damage: victim.damage_taken,
            final_blow: false,
        };
        let attackers = self.attackers.iter().zip(0..).map(|(attacker, ordinal)| Participant {
            role: Role::Attacker,
            ordinal,
            character_id: attacker.character_id,
            corporation_id: attacker.corporation_id,
            alliance_id: attacker.alliance_id,
            faction_id: attacker.faction_id,
            ship_type_id: attacker.ship_type_id,
            weapon_type_id: attacker.weapon_type_id,
            damage: attacker.damage_done,
            final_blow: attacker.final_blow,
        });
        std::iter::once(victim).chain(attackers)
    }

    /// Ids of pilots, player corporations and alliances on the mail: those whose names upstreams know. With repeats.
    pub fn player_ids(&self) -> impl Iterator<Item = i64> + '_ {
        self.participants().flat_map(|participant| {
            [
                participant.character_id.map(|id| id.0),
                participant.corporation_id.filter(|id| !id.is_npc()).map(|id| id.0),
                participant.alliance_id.map(|id| id.0),
            ]
            .into_iter()
            .flatten()
        })
    }
}

/// What a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    Character,
    Corporation,
    Alliance,
    Faction,
    /// A solar system.
    System,
    Constellation,
    Region,
    /// A ship, module, structure …
    Type,
    Group,
}

impl EntityKind {
    pub const ALL: [Self; 9] = [
        Self::Character,
        Self::Corporation,
        Self::Alliance,
        Self::Faction,
        Self::System,
        Self::Constellation,
        Self::Region,
        Self::Type,
        Self::Group,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Character => "character",
            Self::Corporation => "corporation",
            Self::Alliance => "alliance",
            Self::Faction => "faction",
            Self::System => "system",
            Self::Constellation => "constellation",
            Self::Region => "region",
            Self::Type => "type",
            Self::Group => "group",
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EntityKind {
    type Err = crate::UnknownWord;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(crate::UnknownWord)
    }
}

/// The name of a pilot, corporation, alliance or other thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EntityName {
    pub kind: EntityKind,
    pub id: i64,
    pub name: String,
    /// Corporations and alliances only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticker: Option<String>,
}
