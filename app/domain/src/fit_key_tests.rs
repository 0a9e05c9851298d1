//! The hash of a fit: what it depends on and what not.

use super::*;
use proptest::prelude::*;

/// Flag, type name, destroyed, dropped.
type Row = (i64, &'static str, i64, i64);

const RIFTER: &[Row] = &[
    (11, "Damage Control II", 1, 0),
    (12, "Gyrostabilizer II", 0, 1),
    (13, "Gyrostabilizer II", 1, 0),
    (19, "1MN Afterburner II", 1, 0),
    (20, "Warp Scrambler II", 1, 0),
    (27, "200mm AutoCannon II", 1, 0),
    (27, "Hail S", 100, 0),
    (28, "200mm AutoCannon II", 1, 0),
    (28, "EMP S", 0, 80),
    (29, "Rocket Launcher II", 1, 0),
    (92, "Small Projectile Burst Aerator I", 1, 0),
    (87, "Warrior II", 2, 1),
    (5, "Nanite Repair Paste", 20, 3),
    (89, "Ocular Filter - Basic", 1, 0),
];

fn mail(hull: &str, rows: &[Row]) -> Killmail {
    let sde = StaticData::bundled();
    let id = |name: &str| sde.type_by_name(name).unwrap_or_else(|| panic!("{name} is no type")).id;
    let items: Vec<_> = rows
        .iter()
        .map(|(flag, name, destroyed, dropped)| {
            let mut item = serde_json::json!({ "flag": flag, "item_type_id": id(name), "singleton": 0 });
            for (key, quantity) in [("quantity_destroyed", destroyed), ("quantity_dropped", dropped)] {
                if *quantity > 0 {
                    item[key] = (*quantity).into();
                }
            }
            item
        })
        .collect();
    let body = serde_json::json!({
        "killmail_id": 1, "killmail_time": "2026-01-01T00:00:00Z", "solar_system_id": 30_000_142,
        "victim": { "damage_taken": 1, "ship_type_id": id(hull), "items": items },
        "attackers": [],
    });
    serde_json::from_value(body).expect("a killmail")
}

fn hash(hull: &str, rows: &[Row]) -> FitHash {
    FitKey::of(&mail(hull, rows), &StaticData::bundled()).hash()
}

proptest! {
    #[test]
    fn the_order_of_rows_does_not_matter(rows in Just(RIFTER.to_vec()).prop_shuffle()) {
        prop_assert_eq!(hash("Rifter", &rows), hash("Rifter", RIFTER));
    }

    #[test]
    fn what_dropped_and_where_in_the_rack_does_not_matter(splits in prop::collection::vec(any::<bool>(), RIFTER.len()), shift in 0_i64..3) {
        let rows: Vec<Row> = RIFTER.iter().zip(splits).map(|((flag, name, destroyed, dropped), swap)| {
            // Within the high rack every place moves by the same step, charges with their modules.
            let flag = if (27..=29).contains(flag) { 27 + (flag - 27 + shift) % 3 } else { *flag };
            if swap { (flag, *name, *dropped, *destroyed) } else { (flag, *name, *destroyed, *dropped) }
        }).collect();
        prop_assert_eq!(hash("Rifter", &rows), hash("Rifter", RIFTER));
    }

    #[test]
    fn another_module_matters(index in 0_usize..12) {
        let mut rows = RIFTER.to_vec();
        rows[index].1 = match rows[index].1 {
            "Hail S" => "EMP S",
            "EMP S" => "Hail S",
            "Warrior II" => "Warrior I",
            _ => "Damage Control I",
        };
        prop_assert_ne!(hash("Rifter", &rows), hash("Rifter", RIFTER));
    }

    #[test]
    fn a_module_less_matters(index in 0_usize..12) {
        let mut rows = RIFTER.to_vec();
        rows.remove(index);
        prop_assert_ne!(hash("Rifter", &rows), hash("Rifter", RIFTER));
    }
}

#[test]
fn cargo_and_implants_do_not_matter_but_hull_and_drones_do() {
    let without: Vec<Row> = RIFTER[..12].to_vec();
    assert_eq!(hash("Rifter", &without), hash("Rifter", RIFTER));
    assert_ne!(hash("Slasher", RIFTER), hash("Rifter", RIFTER));
    let mut more_drones = RIFTER.to_vec();
    more_drones[11].2 = 3;
    assert_ne!(hash("Rifter", &more_drones), hash("Rifter", RIFTER));
}

#[test]
fn the_hash_is_the_same_in_every_process() {
    // Written down once: stored hashes depend on it.
    assert_eq!(hash("Rifter", RIFTER).to_string(), "1e549672d1322350d42f8560cba08d4e");
    assert_eq!(hash("Rifter", RIFTER).to_string().parse(), Ok(hash("Rifter", RIFTER)));
    assert!("0".parse::<FitHash>().is_err() && "+0000000000000000000000000000000".parse::<FitHash>().is_err());
}

#[test]
fn a_mutated_module_is_noticed() {
    let sde = StaticData::bundled();
    let rows = [(19, "50MN Abyssal Microwarpdrive", 1, 0)];
    assert!(FitKey::of(&mail("Caracal", &rows), &sde).has_abyssal);
    assert!(!FitKey::of(&mail("Rifter", RIFTER), &sde).has_abyssal);
}
