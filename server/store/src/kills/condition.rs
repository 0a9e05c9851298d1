//! `KillFilter` as SQL. `KillFilter::matches` is the definition; a property test holds the two together.
//!
//! Constellations and regions are asked for as their systems, ship groups as their types: the index on systems
//! (types) then serves them, and a kill stored before a static-data update is found under its place of today, as
//! `matches` would.

use super::span::Span;
use domain::{KillFilter, Side, SolarSystemId, StaticData, TypeId};
use sqlx::{Postgres, QueryBuilder};

/// Appends `WHERE …` for kills `k` in a span that pass the filter.
pub(super) fn push_where(
    query: &mut QueryBuilder<Postgres>,
    filter: &KillFilter,
    span: Span,
    static_data: &StaticData,
) {
    query.push(" WHERE k.killmail_time >= ").push_bind(span.from);
    query.push(" AND k.killmail_time < ").push_bind(span.to);
    push_places(query, filter, static_data);
    push_ship(query, filter, span, static_data);
    let KillFilter {
        // In `push_places`.
        system_id: _,
        constellation_id: _,
        region_id: _,
        location: _,
        band: _,
        character_id,
        corporation_id,
        alliance_id,
        // In `push_ship`.
        ship_type_id: _,
        group_id: _,
        side,
        min_value,
        max_value,
        min_attackers,
        max_attackers,
        min_ehp,
        max_ehp,
        min_dps,
        tank,
        tags,
        // The span is no wider than these.
        from: _,
        to: _,
        war_id,
        solo,
        npc,
    } = filter;
    if let Some(min) = *min_value {
        query.push(" AND k.total_value >= ").push_bind(min.hundredths()).push("::bigint::numeric * 0.01");
    }
    if let Some(max) = *max_value {
        query.push(" AND k.total_value <= ").push_bind(max.hundredths()).push("::bigint::numeric * 0.01");
    }
    for (bound, condition) in
        [(*min_attackers, "k.player_attacker_count >= "), (*max_attackers, "k.player_attacker_count <= ")]
    {
        if let Some(bound) = bound {
            // The column's own type, so that the index of crowds can serve; nobody has as many attackers.
            query.push(" AND ").push(condition).push_bind(i32::try_from(bound).unwrap_or(i32::MAX));
        }
    }
    for (bound, condition) in [(*min_ehp, "k.ehp >= "), (*max_ehp, "k.ehp <= "), (*min_dps, "k.dps >= ")] {
        if let Some(bound) = bound {
            query.push(" AND ").push(condition).push_bind(bound);
        }
    }
    if !tank.is_empty() {
        let tanks: Vec<&str> = tank.iter().map(|tank| tank.as_str()).collect();
        query.push(" AND k.fit_tank = ANY(").push_bind(tanks).push(")");
    }
    if !tags.is_empty() {
        // A text with NUL cannot be sent; no tag has one.
        let tags: Vec<String> = tags.iter().map(|tag| tag.replace('\0', "\u{fffd}")).collect();
        query.push(" AND k.module_tags @> ").push_bind(tags);
    }
    push_any(query, "k.war_id", ids(war_id));
    if let Some(solo) = *solo {
        query.push(" AND k.is_solo = ").push_bind(solo);
    }
    if let Some(npc) = *npc {
        query.push(" AND k.is_npc = ").push_bind(npc);
    }
    push_participant(query, "character_id", ids(character_id), *side, span);
    push_participant(query, "corporation_id", ids(corporation_id), *side, span);
    push_participant(query, "alliance_id", ids(alliance_id), *side, span);
}

fn push_places(query: &mut QueryBuilder<Postgres>, filter: &KillFilter, static_data: &StaticData) {
    push_any(query, "k.solar_system_id", ids(&filter.system_id));
    let systems_where = |wanted: &dyn Fn(&domain::static_data::SystemInfo) -> bool| {
        static_data.systems().filter(|system| wanted(system)).map(|system| system.id).collect::<Vec<SolarSystemId>>()
    };
    if !filter.constellation_id.is_empty() {
        let systems = systems_where(&|system| filter.constellation_id.contains(&system.constellation_id));
        push_any(query, "k.solar_system_id", Some(plain(&systems)));
    }
    if !filter.region_id.is_empty() {
        let systems = systems_where(&|system| filter.region_id.contains(&system.region_id));
        push_any(query, "k.solar_system_id", Some(plain(&systems)));
    }
    push_any(query, "k.location_id", ids(&filter.location));
    if !filter.band.is_empty() {
        let bands: Vec<&str> = filter.band.iter().map(|band| band.as_str()).collect();
        query.push(" AND k.security_band = ANY(").push_bind(bands).push(")");
    }
}

fn push_ship(query: &mut QueryBuilder<Postgres>, filter: &KillFilter, span: Span, static_data: &StaticData) {
    let types = ids(&filter.ship_type_id);
    let types_of_groups = (!filter.group_id.is_empty()).then(|| {
        let types = static_data.types().filter(|info| filter.group_id.contains(&info.group_id));
        plain(&types.map(|info| info.id).collect::<Vec<TypeId>>())
    });
    match filter.ship_side() {
        Side::Victim => {
            push_any(query, "k.ship_type_id", types);
            push_any(query, "k.ship_type_id", types_of_groups);
        }
        Side::Attacker => {
            push_participant(query, "ship_type_id", types, Some(Side::Attacker), span);
            push_participant(query, "ship_type_id", types_of_groups, Some(Side::Attacker), span);
        }
    }
}

/// Appends that somebody (of a side) has one of the ids in a column. The span is repeated for the participants:
/// it is what lets the planner leave out their other months.
fn push_participant(
    query: &mut QueryBuilder<Postgres>,
    column: &'static str,
    wanted: Option<Vec<i64>>,
    side: Option<Side>,
    span: Span,
) {
    let Some(wanted) = wanted else { return };
    query.push(
        " AND EXISTS (SELECT FROM killmail_participants AS p \
         WHERE p.killmail_id = k.killmail_id AND p.killmail_time = k.killmail_time AND p.killmail_time >= ",
    );
    query.push_bind(span.from).push(" AND p.killmail_time < ").push_bind(span.to);
    query.push(" AND p.").push(column).push(" = ANY(").push_bind(wanted).push(")");
    match side {
        Some(Side::Victim) => query.push(" AND p.role = 'victim'"),
        Some(Side::Attacker) => query.push(" AND p.role = 'attacker'"),
        None => query,
    };
    query.push(")");
}

fn push_any(query: &mut QueryBuilder<Postgres>, column: &'static str, wanted: Option<Vec<i64>>) {
    if let Some(wanted) = wanted {
        query.push(" AND ").push(column).push(" = ANY(").push_bind(wanted).push(")");
    }
}

/// The ids to look for, if the field filters at all.
fn ids<I: Copy + Into<i64>>(wanted: &[I]) -> Option<Vec<i64>> {
    (!wanted.is_empty()).then(|| plain(wanted))
}

fn plain<I: Copy + Into<i64>>(ids: &[I]) -> Vec<i64> {
    ids.iter().map(|id| (*id).into()).collect()
}
