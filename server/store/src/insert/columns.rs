//! A batch as columns of the three killmail tables: the shape that `unnest` takes. Names stand beside values once.

use domain::{Isk, KillRecord, Participant, StaticData, Timestamp, TypeId, fit_stats::Tank};

/// Defines a struct with a vector for each column and how a row is appended.
macro_rules! columns {
    ($(#[$doc:meta])* $name:ident($($argument:ident: $argument_type:ty),*) { $(let $local:ident = $init:expr;)* }
        $($column:ident: $type:ty = $value:expr,)*) => {
        $(#[$doc])*
        #[derive(Default)]
        pub(super) struct $name<'a> {
            $(pub $column: Vec<$type>,)*
        }

        impl<'a> $name<'a> {
            fn push(&mut self, $($argument: $argument_type),*) {
                $(let $local = $init;)*
                $(self.$column.push($value);)*
            }
        }
    };
}

/// Columns of the three killmail tables.
#[derive(Default)]
pub(super) struct Columns<'a> {
    pub raw: RawColumns<'a>,
    pub enriched: EnrichedColumns<'a>,
    pub participants: ParticipantColumns<'a>,
}

impl<'a> Columns<'a> {
    pub fn of(records: impl Iterator<Item = &'a KillRecord>, static_data: &'a StaticData) -> Self {
        let mut columns = Self::default();
        for record in records {
            columns.raw.push(record);
            columns.enriched.push(record, static_data);
            for participant in record.killmail.participants() {
                columns.participants.push(record, &participant, static_data);
            }
        }
        columns
    }
}

columns! {
    /// Of `killmails_raw`.
    RawColumns(record: &'a KillRecord) { let killmail = &record.killmail; }
    killmail_id: i64 = killmail.killmail_id.0,
    killmail_time: Timestamp = killmail.killmail_time,
    received_at: Timestamp = record.received_at,
    solar_system_id: i64 = killmail.solar_system_id.0,
    ship_type_id: i64 = killmail.victim.ship_type_id.0,
    hash: Option<&'a str> = record.hash.as_ref().map(|hash| hash.as_str()),
    source: &'a str = record.source.as_str(),
    payload: &'a str = &record.payload,
}

columns! {
    /// Of `killmails_enriched`. Lists are array literals.
    EnrichedColumns(record: &'a KillRecord, static_data: &'a StaticData) {
        let killmail = &record.killmail;
        let victim = &killmail.victim;
        let blow = killmail.final_blow();
        let system = static_data.system(killmail.solar_system_id);
        let enrichment = &record.enrichment;
        let values = &enrichment.valuation;
        let unit_prices = serde_json::to_string(&enrichment.unit_prices)
            .expect("a map from ids to plain structs serialises");
    }
    killmail_id: i64 = killmail.killmail_id.0,
    killmail_time: Timestamp = killmail.killmail_time,
    received_at: Timestamp = record.received_at,
    enriched_at: Timestamp = enrichment.enriched_at,
    failed_at: Option<Timestamp> = enrichment.failed_at,
    solar_system_id: i64 = killmail.solar_system_id.0,
    constellation_id: Option<i64> = system.map(|system| system.constellation_id.0),
    region_id: Option<i64> = system.map(|system| system.region_id.0),
    ship_type_id: i64 = victim.ship_type_id.0,
    ship_group_id: Option<i64> = group_of(Some(victim.ship_type_id), static_data),
    victim_character_id: Option<i64> = victim.character_id.map(|id| id.0),
    victim_corporation_id: Option<i64> = victim.corporation_id.map(|id| id.0),
    victim_alliance_id: Option<i64> = victim.alliance_id.map(|id| id.0),
    victim_faction_id: Option<i64> = victim.faction_id.map(|id| id.0),
    final_blow_character_id: Option<i64> = blow.and_then(|blow| blow.character_id).map(|id| id.0),
    final_blow_corporation_id: Option<i64> = blow.and_then(|blow| blow.corporation_id).map(|id| id.0),
    final_blow_alliance_id: Option<i64> = blow.and_then(|blow| blow.alliance_id).map(|id| id.0),
    final_blow_faction_id: Option<i64> = blow.and_then(|blow| blow.faction_id).map(|id| id.0),
    final_blow_ship_type_id: Option<i64> = blow.and_then(|blow| blow.ship_type_id).map(|id| id.0),
    final_blow_weapon_type_id: Option<i64> = blow.and_then(|blow| blow.weapon_type_id).map(|id| id.0),
    attacker_count: i32 = i32::try_from(killmail.attackers.len()).unwrap_or(i32::MAX),
    player_attacker_count: i32 = enrichment.player_attacker_count,
    unpriced_types: i32 = i32::try_from(values.unpriced_types).unwrap_or(i32::MAX),
    enrichment_version: i32 = enrichment.version,
    has_final_blow: bool = blow.is_some(),
    is_solo: bool = enrichment.is_solo,
    is_npc: bool = enrichment.is_npc,
    is_awox: bool = enrichment.is_awox,
    security_band: Option<&'a str> = system.map(|system| system.band.as_str()),
    hash: Option<&'a str> = record.hash.as_ref().map(|hash| hash.as_str()),
    source: &'a str = record.source.as_str(),
    hull_value: Option<Isk> = values.hull_value,
    fitted_value: Option<Isk> = values.fitted_value,
    destroyed_value: Option<Isk> = values.destroyed_value,
    dropped_value: Option<Isk> = values.dropped_value,
    total_value: Option<Isk> = values.total_value,
    reported_value: Option<Isk> = enrichment.reported_value,
    labels: String = array_literal(&enrichment.labels),
    module_tags: String = array_literal(&enrichment.module_tags),
    fit_hash: Option<String> = enrichment.fit.hash.map(|hash| hash.to_string()),
    fit_build: Option<&'a str> = enrichment.fit.engine_build.as_deref(),
    ehp: Option<i64> = enrichment.fit.ehp,
    dps: Option<i64> = enrichment.fit.dps,
    fit_is_lower_bound: bool = enrichment.fit.is_lower_bound,
    fit_tank: Option<&'a str> = enrichment.fit.tank.map(Tank::as_str),
    war_id: Option<i64> = killmail.war_id.map(|id| id.0),
    location_id: Option<i64> = enrichment.location_id.map(|id| id.0),
    unit_prices: String = unit_prices,
}

columns! {
    /// Of `killmail_participants`.
    ParticipantColumns(record: &'a KillRecord, participant: &Participant, static_data: &StaticData) {
        let killmail = &record.killmail;
    }
    killmail_id: i64 = killmail.killmail_id.0,
    killmail_time: Timestamp = killmail.killmail_time,
    character_id: Option<i64> = participant.character_id.map(|id| id.0),
    corporation_id: Option<i64> = participant.corporation_id.map(|id| id.0),
    alliance_id: Option<i64> = participant.alliance_id.map(|id| id.0),
    faction_id: Option<i64> = participant.faction_id.map(|id| id.0),
    ship_type_id: Option<i64> = participant.ship_type_id.map(|id| id.0),
    ship_group_id: Option<i64> = group_of(participant.ship_type_id, static_data),
    weapon_type_id: Option<i64> = participant.weapon_type_id.map(|id| id.0),
    damage: i64 = participant.damage,
    role: &'a str = participant.side.as_str(),
    ordinal: i32 = participant.ordinal,
    final_blow: bool = participant.final_blow,
}

fn group_of(type_id: Option<TypeId>, static_data: &StaticData) -> Option<i64> {
    type_id.and_then(|id| static_data.type_info(id)).map(|info| info.group_id.0)
}

/// A `text[]` as PostgreSQL writes one. Rows have lists of different lengths, which no array of arrays can hold.
fn array_literal(elements: &[String]) -> String {
    let quoted = elements.iter().map(|element| format!("\"{}\"", element.replace('\\', "\\\\").replace('"', "\\\"")));
    format!("{{{}}}", quoted.collect::<Vec<_>>().join(","))
}
