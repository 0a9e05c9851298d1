//! The kill page's data: one record with names, slots and values.

use super::{Services, store_failure};
use chrono::TimeDelta;
use contract::{ApiError, AttackerRow, ItemRow, KillDetail, NearestCelestial, RelatedKill, ValueTiles};
use domain::{
    CharacterId, Enrichment, Item, KillFilter, KillRecord, KillSummary, KillmailId, Location, Party, PriceSource,
    ShipRef, Side, StaticData, TypeId, UnitPrice, fit,
    static_data::{Celestials, Nearest},
    valuation::TOKEN_PRICE,
};
use std::{collections::HashMap, sync::Arc};

/// An enrichment older than this is computed again when somebody looks at its kill (domain.md 3).
const ENRICHMENT_TTL: TimeDelta = TimeDelta::hours(24);
/// A pilot's ship and capsule are lost within this time of each other.
const RELATED_WITHIN: TimeDelta = TimeDelta::minutes(15);
const RELATED_LIMIT: u32 = 5;

impl Services {
    /// The record of a kill, from the hot window or the database.
    ///
    /// # Errors
    /// `NotFound`, or `Unavailable` when the database does not answer.
    pub(super) async fn find_record(&self, id: KillmailId) -> Result<(Arc<KillRecord>, bool), ApiError> {
        if let Some(kill) = self.window().find(id) {
            return Ok((Arc::clone(&kill.record), kill.is_stored()));
        }
        match self.store().find_kill(id).await {
            Ok(Some(record)) => Ok((Arc::new(record), true)),
            Ok(None) => Err(ApiError::not_found(&format!("Killmail {id}"))),
            Err(error) => Err(store_failure(&error)),
        }
    }

    /// Everything the kill page shows.
    ///
    /// # Errors
    /// As [`Services::find_record`].
    pub(super) async fn get_kill(&self, id: KillmailId) -> Result<KillDetail, ApiError> {
        let (record, is_stored) = self.find_record(id).await?;
        if is_stored && self.now() - record.enrichment.enriched_at > ENRICHMENT_TTL {
            // This visitor gets what there is, the next one what the formulas and static data of today make of it.
            self.node().enrichments().request(id);
        }
        let names = self.names_of(&record).await;
        let lookup = |id: i64| names.get(&id).cloned();
        let static_data = self.static_data();
        let summary = KillSummary::new(&record, &lookup, &static_data);
        let (related, fit, nearest) =
            tokio::join!(self.related(&summary), self.fit_report(&record), nearest_celestial(&record, &static_data),);
        let killmail = &record.killmail;
        let enrichment = &record.enrichment;
        let eft = fit::eft(killmail, &Self::fit_name(&summary), &static_data);
        Ok(KillDetail {
            summary,
            values: ValueTiles {
                valuation: enrichment.valuation.clone(),
                reported_value: enrichment.reported_value,
                hull_price: unit_price(killmail.victim.ship_type_id, false, enrichment),
            },
            damage_taken: killmail.victim.damage_taken,
            position: killmail.victim.position,
            nearest,
            war_id: killmail.war_id,
            items: item_rows(&record, &static_data),
            attackers: attacker_rows(&record, &names, &static_data),
            eft,
            fit,
            related,
            labels: enrichment.labels.clone(),
            enriched_at: enrichment.enriched_at,
            enrichment_version: enrichment.version,
            is_stored,
            static_build: static_data.build().to_owned(),
        })
    }

    /// The fit's title in exports: whose and which loss.
    pub(super) fn fit_name(summary: &KillSummary) -> String {
        let pilot = summary.victim.character.as_ref().and_then(|named| named.name.as_deref()).unwrap_or("Unknown");
        format!("{pilot} - kill {}", summary.killmail_id)
    }

    /// As [`Books::names_of`](crate::books::Books::names_of).
    pub async fn names_of(&self, record: &KillRecord) -> HashMap<i64, String> {
        self.books().names_of(record).await
    }

    /// Other losses of the same pilot around the same time and place. None is no failure of the page.
    async fn related(&self, kill: &KillSummary) -> Vec<RelatedKill> {
        let Some(pilot) = kill.victim.character.as_ref().map(|named| named.id) else { return Vec::new() };
        match self.losses_near(kill, pilot).await {
            Ok(kills) => kills.into_iter().map(|summary| RelatedKill { summary }).collect(),
            Err(error) => {
                tracing::warn!(%error, "related kills cannot be read");
                Vec::new()
            }
        }
    }

    async fn losses_near(&self, kill: &KillSummary, pilot: CharacterId) -> Result<Vec<KillSummary>, ApiError> {
        let filter = KillFilter {
            character_id: vec![pilot],
            side: Some(Side::Victim),
            system_id: vec![kill.place.solar_system_id],
            from: Some(kill.killmail_time - RELATED_WITHIN),
            to: Some(kill.killmail_time + RELATED_WITHIN),
            ..KillFilter::default()
        };
        let paging = contract::ports::Paging { limit: RELATED_LIMIT + 1, ..Default::default() };
        let page = self.list_kills(&filter, paging).await?;
        Ok(page
            .kills
            .into_iter()
            .filter(|other| other.killmail_id != kill.killmail_id)
            .take(RELATED_LIMIT as usize)
            .collect())
    }
}

/// What stood nearest to the loss.
async fn nearest_celestial(record: &KillRecord, static_data: &StaticData) -> Option<NearestCelestial> {
    // Whoever comes first unpacks the table, which takes longer than a task may hold its thread.
    let celestials = match tokio::task::spawn_blocking(Celestials::bundled).await {
        Ok(celestials) => celestials,
        Err(error) => {
            tracing::warn!(%error, "table of celestials cannot be unpacked");
            return None;
        }
    };
    let Nearest { id, name, kind, distance_m } = celestials.nearest_to(&record.killmail, static_data)?;
    Some(NearestCelestial { id, name, kind, distance_m })
}

fn item_rows(record: &KillRecord, static_data: &StaticData) -> Vec<ItemRow> {
    record
        .killmail
        .victim
        .items
        .iter()
        .map(|item| item_row(item, item.location(), &record.enrichment, static_data))
        .collect()
}

fn item_row(item: &Item, location: Location, enrichment: &Enrichment, static_data: &StaticData) -> ItemRow {
    let info = static_data.type_info(item.item_type_id);
    let unit_price = unit_price(item.item_type_id, item.is_blueprint_copy(), enrichment);
    ItemRow {
        item: ShipRef::new(item.item_type_id, static_data),
        category_id: info.map(|info| info.category_id.0),
        meta_group_id: info.and_then(|info| info.meta_group_id).map(|id| id.0),
        location,
        destroyed: item.destroyed(),
        dropped: item.dropped(),
        is_blueprint_copy: item.is_blueprint_copy(),
        is_abyssal: info.is_some_and(|info| info.is_abyssal),
        unit_price,
        is_estimate: unit_price
            .is_some_and(|unit| unit.source.is_estimate() || info.is_some_and(|info| info.is_abyssal)),
        value: unit_price.map(|unit| unit.price.times(item.quantity())),
        contents: item.items.iter().map(|inner| item_row(inner, location, enrichment, static_data)).collect(),
    }
}

fn unit_price(type_id: TypeId, is_blueprint_copy: bool, enrichment: &Enrichment) -> Option<UnitPrice> {
    if is_blueprint_copy {
        return Some(UnitPrice { price: TOKEN_PRICE, source: PriceSource::Rule, at: enrichment.enriched_at });
    }
    enrichment.unit_prices.get(&type_id).copied()
}

fn attacker_rows(record: &KillRecord, names: &HashMap<i64, String>, static_data: &StaticData) -> Vec<AttackerRow> {
    let lookup = |id: i64| names.get(&id).cloned();
    let attackers = &record.killmail.attackers;
    // Old mails hold negative damage; it counts as none.
    let total: i64 = attackers.iter().map(|attacker| attacker.damage_done.max(0)).fold(0, i64::saturating_add);
    let mut rows: Vec<AttackerRow> = attackers
        .iter()
        .map(|attacker| AttackerRow {
            party: Party::of_attacker(attacker, &lookup, static_data),
            ship: attacker.ship_type_id.map(|id| ShipRef::new(id, static_data)),
            weapon: attacker.weapon_type_id.map(|id| ShipRef::new(id, static_data)),
            damage_done: attacker.damage_done,
            damage_share: if total > 0 { attacker.damage_done.max(0) as f64 / total as f64 } else { 0.0 },
            final_blow: attacker.final_blow,
            security_status: attacker.security_status,
        })
        .collect();
    rows.sort_by_key(|row| std::cmp::Reverse((row.damage_done, row.final_blow)));
    rows
}
