//! A row of a kill list as SQL gives it, and how it becomes a `KillSummary` with names.

use crate::{Store, StoreError, money::isk};
use domain::{
    AllianceId, CelestialId, CharacterId, CorporationId, Cursor, FactionId, FinalBlow, KillSummary, KillmailId, Party,
    Place, ShipRef, SolarSystemId, StaticData, Timestamp, TypeId, WarId, summary::NameLookup,
};
use std::collections::{BTreeSet, HashMap};

/// The columns of [`SummaryRow`], of kills `k`.
pub(super) const COLUMNS: &str = "k.killmail_id, k.killmail_time, k.received_at, k.hash, k.source, k.solar_system_id, \
    k.ship_type_id, k.victim_character_id, k.victim_corporation_id, k.victim_alliance_id, k.victim_faction_id, \
    k.has_final_blow, k.final_blow_character_id, k.final_blow_corporation_id, k.final_blow_alliance_id, \
    k.final_blow_faction_id, k.final_blow_ship_type_id, k.final_blow_weapon_type_id, k.attacker_count, \
    k.player_attacker_count, k.unpriced_types, (k.total_value * 100)::bigint AS total_hundredths, k.is_solo, k.is_npc, \
    k.is_awox, k.module_tags, k.ehp, k.dps, k.fit_is_lower_bound, k.fit_tank, k.war_id, k.location_id, \
    k.failed_at IS NOT NULL AS enrichment_failed";

#[derive(sqlx::FromRow)]
pub(super) struct SummaryRow {
    killmail_id: i64,
    killmail_time: Timestamp,
    received_at: Timestamp,
    hash: Option<String>,
    source: String,
    solar_system_id: i64,
    ship_type_id: i64,
    victim_character_id: Option<i64>,
    victim_corporation_id: Option<i64>,
    victim_alliance_id: Option<i64>,
    victim_faction_id: Option<i64>,
    has_final_blow: bool,
    final_blow_character_id: Option<i64>,
    final_blow_corporation_id: Option<i64>,
    final_blow_alliance_id: Option<i64>,
    final_blow_faction_id: Option<i64>,
    final_blow_ship_type_id: Option<i64>,
    final_blow_weapon_type_id: Option<i64>,
    attacker_count: i32,
    player_attacker_count: i32,
    unpriced_types: i32,
    total_hundredths: Option<i64>,
    is_solo: bool,
    is_npc: bool,
    is_awox: bool,
    module_tags: Vec<String>,
    ehp: Option<i64>,
    dps: Option<i64>,
    fit_is_lower_bound: bool,
    fit_tank: Option<String>,
    war_id: Option<i64>,
    location_id: Option<i64>,
    enrichment_failed: bool,
}

impl SummaryRow {
    pub fn cursor(&self) -> Cursor {
        Cursor { killmail_time: self.killmail_time, killmail_id: KillmailId(self.killmail_id) }
    }

    /// Pilots, corporations and alliances the row shows.
    fn entity_ids(&self) -> impl Iterator<Item = i64> {
        [
            self.victim_character_id,
            self.victim_corporation_id,
            self.victim_alliance_id,
            self.final_blow_character_id,
            self.final_blow_corporation_id,
            self.final_blow_alliance_id,
        ]
        .into_iter()
        .flatten()
    }

    fn into_summary(self, names: NameLookup<'_>, static_data: &StaticData) -> Result<KillSummary, StoreError> {
        let inconsistent =
            |column| StoreError::Inconsistent { table: "killmails_enriched", column, id: self.killmail_id };
        let party = |character: Option<i64>, corporation: Option<i64>, alliance: Option<i64>, faction: Option<i64>| {
            Party::new(
                character.map(CharacterId),
                corporation.map(CorporationId),
                alliance.map(AllianceId),
                faction.map(FactionId),
                names,
                static_data,
            )
        };
        let count = |number: i32, column| u32::try_from(number).map_err(|_| inconsistent(column));
        let final_blow = self.has_final_blow.then(|| FinalBlow {
            party: party(
                self.final_blow_character_id,
                self.final_blow_corporation_id,
                self.final_blow_alliance_id,
                self.final_blow_faction_id,
            ),
            ship: self.final_blow_ship_type_id.map(|id| ShipRef::new(TypeId(id), static_data)),
            weapon: self.final_blow_weapon_type_id.map(|id| ShipRef::new(TypeId(id), static_data)),
        });
        Ok(KillSummary {
            killmail_id: KillmailId(self.killmail_id),
            hash: self.hash.clone().map(TryInto::try_into).transpose().map_err(|_| inconsistent("hash"))?,
            killmail_time: self.killmail_time,
            place: Place::new(SolarSystemId(self.solar_system_id), static_data),
            location_id: self.location_id.map(CelestialId),
            war_id: self.war_id.map(WarId),
            victim: party(
                self.victim_character_id,
                self.victim_corporation_id,
                self.victim_alliance_id,
                self.victim_faction_id,
            ),
            ship: ShipRef::new(TypeId(self.ship_type_id), static_data),
            final_blow,
            attacker_count: count(self.attacker_count, "attacker_count")?,
            player_attacker_count: count(self.player_attacker_count, "player_attacker_count")?,
            total_value: isk(self.total_hundredths),
            unpriced_types: count(self.unpriced_types, "unpriced_types")?,
            is_solo: self.is_solo,
            is_npc: self.is_npc,
            is_awox: self.is_awox,
            source: self.source.parse().map_err(|_| inconsistent("source"))?,
            received_at: self.received_at,
            enrichment_failed: self.enrichment_failed,
            module_tags: self.module_tags,
            ehp: self.ehp,
            dps: self.dps,
            fit_is_lower_bound: self.fit_is_lower_bound,
            tank: self.fit_tank.as_deref().map(str::parse).transpose().map_err(|_| inconsistent("fit_tank"))?,
        })
    }
}

impl Store {
    /// Rows as summaries, with the names that are known.
    pub(super) async fn name_summaries(
        &self,
        rows: Vec<SummaryRow>,
        static_data: &StaticData,
    ) -> Result<Vec<KillSummary>, StoreError> {
        let ids: BTreeSet<i64> = rows.iter().flat_map(SummaryRow::entity_ids).collect();
        let names = self.find_names(&Vec::from_iter(ids)).await?;
        let names: HashMap<i64, String> = names.into_iter().map(|name| (name.id, name.name)).collect();
        let lookup = |id: i64| names.get(&id).cloned();
        rows.into_iter().map(|row| row.into_summary(&lookup, static_data)).collect()
    }
}
