//! Kills made by hand for tests: one of every shape the kill page must cope with.

use contract::{AttackerRow, ItemRow, KillDetail, ValueTiles};
use domain::fit_stats::{ByDamage, BySource, Capacitor, Damage, Layer, Movement, Reach, Repair, Tank};
use domain::{
    CharacterId, CorporationId, FactionId, FinalBlow, FitOutcome, FitReport, FitStats, GroupId, HullKind, Isk,
    KillSummary, KillmailId, Location, Named, Party, Place, PriceSource, ShipRef, SolarSystemId, Source, StaticData,
    Timestamp, TypeId, UnitPrice, valuation::Valuation,
};
use std::hash::{DefaultHasher, Hash, Hasher};

pub fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A type by name; names outside the static data get an id of their own.
pub fn type_ref(name: &str) -> ShipRef {
    let sde = StaticData::bundled();
    sde.type_by_name(name).map_or_else(
        || {
            let mut hasher = DefaultHasher::new();
            name.hash(&mut hasher);
            let id = TypeId((hasher.finish() % 1_000_000) as i64 + 1);
            ShipRef { type_id: id, name: Some(name.to_owned()), group_id: None, group_name: None, kind: HullKind::Ship }
        },
        |info| ShipRef::new(info.id, &sde),
    )
}

pub fn ship(type_id: i64, name: &str) -> ShipRef {
    ShipRef {
        type_id: TypeId(type_id),
        name: Some(name.to_owned()),
        group_id: Some(GroupId(25)),
        group_name: Some("Frigate".to_owned()),
        kind: HullKind::Ship,
    }
}

pub fn item(flag: i64, name: &str, quantity: i64, category_id: i64) -> ItemRow {
    let item = type_ref(name);
    let sde = StaticData::bundled();
    let meta_group = sde.type_info(item.type_id).and_then(|info| info.meta_group_id);
    ItemRow {
        category_id: Some(category_id),
        meta_group_id: meta_group.map(|id| id.0),
        item,
        location: Location::from_flag(flag),
        destroyed: quantity,
        dropped: 0,
        is_blueprint_copy: false,
        is_abyssal: false,
        unit_price: None,
        is_estimate: false,
        value: None,
        contents: vec![],
    }
}

pub fn module(flag: i64, name: &str) -> ItemRow {
    item(flag, name, 1, 7)
}

pub fn charge(flag: i64, name: &str, quantity: i64) -> ItemRow {
    item(flag, name, quantity, 8)
}

pub fn held(flag: i64, name: &str, quantity: i64) -> ItemRow {
    item(flag, name, quantity, 4)
}

pub fn dropped(mut row: ItemRow) -> ItemRow {
    (row.destroyed, row.dropped) = (0, row.destroyed);
    row
}

pub fn priced(mut row: ItemRow, isk: i64) -> ItemRow {
    let price = Isk::from_isk(isk);
    row.unit_price = Some(UnitPrice { price, source: PriceSource::EsiAverage, at: at("2026-11-23T18:00:00Z") });
    row.value = Some(price.times(row.destroyed + row.dropped));
    row
}

pub fn pilot(id: i64, name: &str, corporation: &str) -> Party {
    Party {
        character: Some(Named { id: CharacterId(id), name: Some(name.to_owned()) }),
        corporation: Some(Named { id: CorporationId(98_000_000 + id % 7), name: Some(corporation.to_owned()) }),
        alliance: None,
        faction: None,
    }
}

pub fn attacker(party: Party, hull: &str, weapon: &str, damage: i64) -> AttackerRow {
    AttackerRow {
        party,
        ship: Some(type_ref(hull)),
        weapon: Some(type_ref(weapon)),
        damage_done: damage,
        damage_share: 0.0,
        final_blow: false,
        security_status: -2.3,
    }
}

/// A kill of `ship` in Tama, by `attackers` (the first has the final blow).
pub fn kill(ship: &str, items: Vec<ItemRow>, mut attackers: Vec<AttackerRow>) -> KillDetail {
    let sde = StaticData::bundled();
    let damage: i64 = attackers.iter().map(|attacker| attacker.damage_done).sum();
    for attacker in &mut attackers {
        attacker.damage_share = if damage > 0 { attacker.damage_done as f64 / damage as f64 } else { 0.0 };
    }
    if let Some(first) = attackers.first_mut() {
        first.final_blow = true;
    }
    let final_blow = attackers.first().map(|attacker| FinalBlow {
        party: attacker.party.clone(),
        ship: attacker.ship.clone(),
        weapon: attacker.weapon.clone(),
    });
    let total = items.iter().filter_map(|row| row.value).sum::<Isk>() + Isk::from_isk(80_000_000);
    let players = attackers.iter().filter(|attacker| attacker.party.character.is_some()).count();
    KillDetail {
        summary: KillSummary {
            killmail_id: KillmailId(128_000_001),
            hash: None,
            killmail_time: at("2026-11-23T19:21:05Z"),
            place: Place::new(sde.system_by_name("Tama").map_or(SolarSystemId(30_002_813), |system| system.id), &sde),
            location_id: None,
            war_id: None,
            victim: pilot(90_000_001, "Ragnar Voss", "Iron Lanterns"),
            ship: type_ref(ship),
            final_blow,
            attacker_count: attackers.len() as u32,
            player_attacker_count: players as u32,
            total_value: Some(total),
            unpriced_types: 0,
            is_solo: players == 1,
            is_npc: players == 0,
            is_awox: false,
            module_tags: vec![],
            ehp: None,
            dps: None,
            fit_is_lower_bound: false,
            tank: None,
            source: Source::R2z2,
            received_at: at("2026-11-23T19:21:26Z"),
            enrichment_failed: false,
        },
        values: ValueTiles {
            valuation: Valuation {
                hull_value: Some(Isk::from_isk(80_000_000)),
                fitted_value: Some(total),
                destroyed_value: Some(Isk::from_isk(80_000_000)),
                dropped_value: Some(total + Isk::from_isk(-80_000_000)),
                total_value: Some(total),
                unpriced_types: 0,
            },
            reported_value: Some(total),
            hull_price: Some(UnitPrice {
                price: Isk::from_isk(80_000_000),
                source: PriceSource::Janice,
                at: at("2026-11-23T18:31:00Z"),
            }),
        },
        damage_taken: damage,
        position: None,
        nearest: None,
        war_id: None,
        items,
        attackers,
        fit: fit_report(),
        eft: format!("[{ship}, Ragnar Voss's {ship}]\nGyrostabilizer II\n"),
        related: vec![],
        labels: vec!["pvp".to_owned()],
        enriched_at: at("2026-11-23T19:21:27Z"),
        enrichment_version: 1,
        is_stored: true,
        static_build: "types 2026-10-26 build 3650286".to_owned(),
    }
}

/// A Caracal, as the engine has it.
pub fn fit_stats() -> FitStats {
    let layer = |hp, ehp, em, thermal, kinetic, explosive| Layer {
        hp,
        ehp,
        resists: ByDamage { em, thermal, kinetic, explosive },
    };
    let movement = |speed, align, mass, signature| Movement { speed, align: Some(align), mass, signature };
    FitStats {
        ehp: 35_366.8,
        shield: layer(9_717.0, 29_269.8, 0.528, 0.58, 0.685, 0.75),
        armor: layer(1_500.0, 2_614.4, 0.575, 0.533, 0.363, 0.235),
        hull: layer(1_400.0, 3_482.6, 0.598, 0.598, 0.598, 0.598),
        tank: Tank::ShieldBuffer,
        damage: Some(Damage {
            dps: 330.1,
            dps_with_reload: 210.8,
            volley: 780.9,
            by_source: BySource { missiles: Some(298.0), drones: Some(32.2), ..BySource::default() },
            by_damage: ByDamage { kinetic: 298.0, explosive: 32.2, ..ByDamage::default() },
            reach: Some(Reach::Missile { range: 42_187.5 }),
        }),
        cold: movement(314.8, 4.41, 11_910_000.0, 168.0),
        hot: Some(movement(2_095.1, 6.27, 16_910_000.0, 1_006.0)),
        capacitor: Some(Capacitor::Lasts { seconds: 260.0 }),
        repair: Repair::default(),
        scan_strength: Some(19.2),
        warnings: vec![],
        is_lower_bound: false,
    }
}

pub fn fit_report() -> FitReport {
    FitReport {
        fit_hash: "1e549672d1322350d42f8560cba08d4e".parse().expect("a hash"),
        outcome: Some(FitOutcome::Computed { stats: Box::new(fit_stats()) }),
        engine_build: "esf-dogma-engine 14.1.0, data build 3650286".to_owned(),
    }
}

pub fn fitted_frigate() -> KillDetail {
    kill(
        "Rifter",
        vec![
            priced(module(27, "150mm Light AutoCannon II"), 600_000),
            charge(27, "Hail S", 120),
            dropped(priced(module(19, "Stasis Webifier II"), 900_000)),
            priced(module(11, "Gyrostabilizer II"), 700_000),
            priced(module(92, "Small Projectile Burst Aerator I"), 300_000),
            priced(held(5, "Nanite Repair Paste", 40), 20_000),
        ],
        vec![
            attacker(pilot(90_000_002, "Astrid Kane", "Tidal Fury"), "Sabre", "Caldari Navy Nova Light Missile", 3_000),
            attacker(pilot(90_000_003, "Bo Lind", "Tidal Fury"), "Stiletto", "Stiletto", 1_000),
        ],
    )
}

pub fn capsule() -> KillDetail {
    kill(
        "Capsule",
        vec![item(89, "High-grade Amulet Alpha", 1, 20), item(89, "High-grade Amulet Beta", 1, 20)],
        vec![attacker(pilot(90_000_002, "Astrid Kane", "Tidal Fury"), "Sabre", "Sabre", 500)],
    )
}

pub fn structure(attackers: i64) -> KillDetail {
    let rows = (0..attackers)
        .map(|n| {
            attacker(
                pilot(91_000_000 + n, &format!("Pilot {n}"), &format!("Corp {}", n % 7)),
                "Muninn",
                "720mm Howitzer Artillery II",
                10_000 - n,
            )
        })
        .collect();
    let mut kill =
        kill("Astrahus", vec![module(27, "Standup Cap Battery II"), module(164, "Standup Cloning Center I")], rows);
    kill.summary.victim.character = None;
    kill
}

pub fn nested_container() -> KillDetail {
    let mut container = priced(held(5, "Giant Secure Container", 1), 1_000_000);
    container.contents = vec![priced(dropped(held(0, "Tritanium", 5_000)), 4), held(0, "Made-up Thing", 3)];
    kill(
        "Bestower",
        vec![container],
        vec![attacker(pilot(90_000_002, "Astrid Kane", "Tidal Fury"), "Catalyst", "Light Neutron Blaster II", 2_500)],
    )
}

pub fn npc_only() -> KillDetail {
    let mut guristas = attacker(Party::default(), "Guristas Extravasator", "Guristas Extravasator", 900);
    guristas.party.faction = Some(Named { id: FactionId(500_010), name: Some("Guristas Pirates".to_owned()) });
    let mut ship_only = attacker(Party::default(), "Pithum Nullifier", "Pithum Nullifier", 100);
    ship_only.weapon = None;
    kill("Venture", vec![], vec![guristas, ship_only])
}

pub fn no_final_blow() -> KillDetail {
    let mut kill = fitted_frigate();
    kill.summary.final_blow = None;
    for attacker in &mut kill.attackers {
        attacker.final_blow = false;
    }
    kill
}

/// Types newer than the static data, names not resolved yet, no price for anything.
pub fn unknown_types() -> KillDetail {
    let unknown =
        |id| ShipRef { type_id: TypeId(id), name: None, group_id: None, group_name: None, kind: HullKind::Ship };
    let mut kill = fitted_frigate();
    kill.summary.ship = unknown(99_999_001);
    kill.summary.victim.character = Some(Named::unnamed(CharacterId(90_000_001)));
    kill.summary.victim.corporation = Some(Named::unnamed(CorporationId(98_000_001)));
    kill.summary.total_value = None;
    kill.summary.unpriced_types = 3;
    kill.summary.enrichment_failed = true;
    kill.values =
        ValueTiles { valuation: Valuation { unpriced_types: 3, ..Valuation::default() }, ..ValueTiles::default() };
    for row in &mut kill.items {
        row.item = unknown(row.item.type_id.0 + 90_000_000);
        (row.category_id, row.meta_group_id, row.unit_price, row.value) = (None, None, None, None);
    }
    kill.attackers[0].ship = None;
    kill.attackers[0].weapon = Some(unknown(99_999_002));
    kill.is_stored = false;
    kill
}
