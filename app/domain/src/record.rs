//! What the pipeline hands on after enrichment and what the store keeps: the raw killmail, who took part, its values.

use crate::{
    Timestamp,
    fit_stats::FitFacts,
    ids::{AllianceId, CelestialId, CharacterId, CorporationId, FactionId, KillmailHash, TypeId},
    isk::Isk,
    killmail::Killmail,
    price::UnitPrice,
    side::Side,
    source::Source,
    valuation::Valuation,
};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// A kill older than this on arrival is history: stored, but not shown as live (design.md: late kills).
pub const LIVE_AGE: TimeDelta = TimeDelta::hours(1);

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

impl KillRecord {
    /// Whether it arrived within [`LIVE_AGE`] of the loss.
    pub fn is_live(&self) -> bool {
        self.received_at - self.killmail.killmail_time <= LIVE_AGE
    }
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
    /// What stood nearest to where it happened.
    #[serde(default)]
    pub location_id: Option<CelestialId>,
    /// The fit's hash, and its statistics as far as they are known.
    #[serde(default)]
    pub fit: FitFacts,
    /// The price used for each type on the mail, with its source.
    pub unit_prices: BTreeMap<TypeId, UnitPrice>,
}

impl Enrichment {
    /// Raise when formulas change, so that stored kills are recomputed.
    pub const VERSION: i32 = 3;
}

/// Victim or attacker in one shape, for filters and the participants table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Participant {
    /// The column and its type in SQL are older than the word and say `role`.
    pub side: Side,
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
            side: Side::Victim,
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
            side: Side::Attacker,
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
