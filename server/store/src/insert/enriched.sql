-- A batch's rows of killmails_enriched, a parameter a column; see `EnrichedColumns` in columns.rs.
INSERT INTO killmails_enriched (
    killmail_id, killmail_time, received_at, enriched_at, failed_at, solar_system_id, constellation_id,
    region_id, ship_type_id, ship_group_id, victim_character_id, victim_corporation_id, victim_alliance_id,
    victim_faction_id, final_blow_character_id, final_blow_corporation_id, final_blow_alliance_id,
    final_blow_faction_id, final_blow_ship_type_id, final_blow_weapon_type_id, attacker_count,
    player_attacker_count, unpriced_types, enrichment_version, has_final_blow, is_solo, is_npc, is_awox,
    security_band, hash, source, hull_value, fitted_value, destroyed_value, dropped_value, total_value,
    reported_value, labels, module_tags, unit_prices, fit_hash, fit_build, ehp, dps,
    fit_is_lower_bound, fit_tank, war_id, location_id
)
SELECT
    killmail_id, killmail_time, received_at, enriched_at, failed_at, solar_system_id, constellation_id,
    region_id, new.ship_type_id, ship_group_id, victim_character_id, victim_corporation_id, victim_alliance_id,
    victim_faction_id, final_blow_character_id, final_blow_corporation_id, final_blow_alliance_id,
    final_blow_faction_id, final_blow_ship_type_id, final_blow_weapon_type_id, attacker_count,
    player_attacker_count, unpriced_types, enrichment_version, has_final_blow, is_solo, is_npc, is_awox,
    security_band, hash, source,
    hull_value::numeric * 0.01, fitted_value::numeric * 0.01, destroyed_value::numeric * 0.01,
    dropped_value::numeric * 0.01, total_value::numeric * 0.01, reported_value::numeric * 0.01,
    labels::text[], module_tags::text[], unit_prices::jsonb, new.fit_hash,
    coalesce(new.fit_build, fit.engine_build),
    CASE WHEN new.fit_build IS NULL THEN fit.ehp ELSE new.ehp END,
    CASE WHEN new.fit_build IS NULL THEN fit.dps ELSE new.dps END,
    CASE WHEN new.fit_build IS NULL THEN coalesce(fit.is_lower_bound, false) ELSE new.fit_is_lower_bound END,
    CASE WHEN new.fit_build IS NULL THEN fit.tank ELSE new.fit_tank END,
    war_id, location_id
FROM unnest(
    $1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::bigint[],
    $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[],
    $14::bigint[], $15::bigint[], $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[],
    $21::integer[], $22::integer[], $23::integer[], $24::integer[], $25::boolean[], $26::boolean[],
    $27::boolean[], $28::boolean[], $29::text[], $30::text[], $31::text[], $32::bigint[], $33::bigint[],
    $34::bigint[], $35::bigint[], $36::bigint[], $37::bigint[], $38::text[], $39::text[], $40::text[], $41::text[],
    $42::text[], $43::bigint[], $44::bigint[], $45::boolean[], $46::text[], $47::bigint[], $48::bigint[]
) AS new (
    killmail_id, killmail_time, received_at, enriched_at, failed_at, solar_system_id, constellation_id,
    region_id, ship_type_id, ship_group_id, victim_character_id, victim_corporation_id, victim_alliance_id,
    victim_faction_id, final_blow_character_id, final_blow_corporation_id, final_blow_alliance_id,
    final_blow_faction_id, final_blow_ship_type_id, final_blow_weapon_type_id, attacker_count,
    player_attacker_count, unpriced_types, enrichment_version, has_final_blow, is_solo, is_npc, is_awox,
    security_band, hash, source, hull_value, fitted_value, destroyed_value, dropped_value, total_value,
    reported_value, labels, module_tags, unit_prices, fit_hash, fit_build, ehp, dps,
    fit_is_lower_bound, fit_tank, war_id, location_id
)
LEFT JOIN fit_stats AS fit ON fit.fit_hash = new.fit_hash
ON CONFLICT (killmail_id, killmail_time) DO UPDATE SET
    enriched_at = excluded.enriched_at,
    failed_at = excluded.failed_at,
    constellation_id = excluded.constellation_id,
    region_id = excluded.region_id,
    ship_group_id = excluded.ship_group_id,
    player_attacker_count = excluded.player_attacker_count,
    unpriced_types = excluded.unpriced_types,
    enrichment_version = excluded.enrichment_version,
    is_solo = excluded.is_solo,
    is_npc = excluded.is_npc,
    is_awox = excluded.is_awox,
    security_band = excluded.security_band,
    hull_value = excluded.hull_value,
    fitted_value = excluded.fitted_value,
    destroyed_value = excluded.destroyed_value,
    dropped_value = excluded.dropped_value,
    total_value = excluded.total_value,
    module_tags = excluded.module_tags,
    unit_prices = excluded.unit_prices,
    fit_hash = excluded.fit_hash,
    fit_build = excluded.fit_build,
    ehp = excluded.ehp,
    dps = excluded.dps,
    fit_is_lower_bound = excluded.fit_is_lower_bound,
    fit_tank = excluded.fit_tank,
    war_id = excluded.war_id,
    location_id = excluded.location_id
