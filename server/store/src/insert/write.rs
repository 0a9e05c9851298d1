//! The statements of a batch: one `INSERT … SELECT FROM unnest(…)` a table.

use super::columns::{Columns, EnrichedColumns, ParticipantColumns, RawColumns};
use crate::{StoreError, money::hundredths};
use domain::{Isk, KillRecord, KillmailId, StaticData, Timestamp};
use sqlx::PgConnection;
use std::collections::HashSet;

/// Stores what is not known of records (distinct, by ascending id) and returns those ids.
pub(super) async fn insert_kills(
    connection: &mut PgConnection,
    records: &[&KillRecord],
    static_data: &StaticData,
) -> Result<HashSet<KillmailId>, StoreError> {
    if records.is_empty() {
        return Ok(HashSet::new());
    }
    let inserted = insert_ids(&mut *connection, records).await?;
    if !inserted.is_empty() {
        let new = records.iter().copied().filter(|record| inserted.contains(&record.killmail.killmail_id));
        let columns = Columns::of(new, static_data);
        insert_raw(&mut *connection, &columns.raw).await?;
        insert_enriched(&mut *connection, &columns.enriched).await?;
        insert_participants(connection, &columns.participants).await?;
    }
    Ok(inserted)
}

async fn insert_ids(connection: &mut PgConnection, records: &[&KillRecord]) -> Result<HashSet<KillmailId>, StoreError> {
    let ids: Vec<i64> = records.iter().map(|record| record.killmail.killmail_id.0).collect();
    let times: Vec<Timestamp> = records.iter().map(|record| record.killmail.killmail_time).collect();
    let inserted = sqlx::query_scalar!(
        "
        INSERT INTO killmail_ids (killmail_id, killmail_time)
        SELECT * FROM unnest($1::bigint[], $2::timestamptz[])
        ON CONFLICT DO NOTHING
        RETURNING killmail_id
        ",
        &ids,
        &times,
    )
    .fetch_all(connection)
    .await?;
    Ok(inserted.into_iter().map(KillmailId).collect())
}

async fn insert_raw(connection: &mut PgConnection, columns: &RawColumns<'_>) -> Result<(), StoreError> {
    sqlx::query!(
        "
        INSERT INTO killmails_raw (
            killmail_id, killmail_time, received_at, solar_system_id, ship_type_id, hash, source, payload
        )
        SELECT killmail_id, killmail_time, received_at, solar_system_id, ship_type_id, hash, source, payload::jsonb
        FROM unnest(
            $1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::text[], $7::text[],
            $8::text[]
        ) AS new (
            killmail_id, killmail_time, received_at, solar_system_id, ship_type_id, hash, source, payload
        )
        ",
        &columns.killmail_id,
        &columns.killmail_time,
        &columns.received_at,
        &columns.solar_system_id,
        &columns.ship_type_id,
        &columns.hash as &[Option<&str>],
        &columns.source as &[&str],
        &columns.payload as &[&str],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The kill's row, or what is computed of it anew: see `update`. What the source said (its value, labels, hash) stays.
pub(super) async fn insert_enriched(
    connection: &mut PgConnection,
    columns: &EnrichedColumns<'_>,
) -> Result<(), StoreError> {
    sqlx::query_file!(
        "src/insert/enriched.sql",
        &columns.killmail_id,
        &columns.killmail_time,
        &columns.received_at,
        &columns.enriched_at,
        &columns.failed_at as &[Option<Timestamp>],
        &columns.solar_system_id,
        &columns.constellation_id as &[Option<i64>],
        &columns.region_id as &[Option<i64>],
        &columns.ship_type_id,
        &columns.ship_group_id as &[Option<i64>],
        &columns.victim_character_id as &[Option<i64>],
        &columns.victim_corporation_id as &[Option<i64>],
        &columns.victim_alliance_id as &[Option<i64>],
        &columns.victim_faction_id as &[Option<i64>],
        &columns.final_blow_character_id as &[Option<i64>],
        &columns.final_blow_corporation_id as &[Option<i64>],
        &columns.final_blow_alliance_id as &[Option<i64>],
        &columns.final_blow_faction_id as &[Option<i64>],
        &columns.final_blow_ship_type_id as &[Option<i64>],
        &columns.final_blow_weapon_type_id as &[Option<i64>],
        &columns.attacker_count,
        &columns.player_attacker_count,
        &columns.unpriced_types,
        &columns.enrichment_version,
        &columns.has_final_blow,
        &columns.is_solo,
        &columns.is_npc,
        &columns.is_awox,
        &columns.security_band as &[Option<&str>],
        &columns.hash as &[Option<&str>],
        &columns.source as &[&str],
        &amounts(&columns.hull_value) as &[Option<i64>],
        &amounts(&columns.fitted_value) as &[Option<i64>],
        &amounts(&columns.destroyed_value) as &[Option<i64>],
        &amounts(&columns.dropped_value) as &[Option<i64>],
        &amounts(&columns.total_value) as &[Option<i64>],
        &amounts(&columns.reported_value) as &[Option<i64>],
        &columns.labels,
        &columns.module_tags,
        &columns.unit_prices,
        &columns.fit_hash as &[Option<String>],
        &columns.fit_build as &[Option<&str>],
        &columns.ehp as &[Option<i64>],
        &columns.dps as &[Option<i64>],
        &columns.fit_is_lower_bound,
        &columns.fit_tank as &[Option<&str>],
        &columns.war_id as &[Option<i64>],
        &columns.location_id as &[Option<i64>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_participants(
    connection: &mut PgConnection,
    columns: &ParticipantColumns<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "
        INSERT INTO killmail_participants (
            killmail_id, killmail_time, character_id, corporation_id, alliance_id, faction_id, ship_type_id,
            ship_group_id, weapon_type_id, damage, role, ordinal, final_blow
        )
        SELECT
            killmail_id, killmail_time, character_id, corporation_id, alliance_id, faction_id, ship_type_id,
            ship_group_id, weapon_type_id, damage, role::participant_role, ordinal, final_blow
        FROM unnest(
            $1::bigint[], $2::timestamptz[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::integer[], $13::boolean[]
        ) AS new (
            killmail_id, killmail_time, character_id, corporation_id, alliance_id, faction_id, ship_type_id,
            ship_group_id, weapon_type_id, damage, role, ordinal, final_blow
        )
        ",
        &columns.killmail_id,
        &columns.killmail_time,
        &columns.character_id as &[Option<i64>],
        &columns.corporation_id as &[Option<i64>],
        &columns.alliance_id as &[Option<i64>],
        &columns.faction_id as &[Option<i64>],
        &columns.ship_type_id as &[Option<i64>],
        &columns.ship_group_id as &[Option<i64>],
        &columns.weapon_type_id as &[Option<i64>],
        &columns.damage,
        &columns.role as &[&str],
        &columns.ordinal,
        &columns.final_blow,
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn amounts(column: &[Option<Isk>]) -> Vec<Option<i64>> {
    column.iter().map(|amount| hundredths(*amount)).collect()
}
