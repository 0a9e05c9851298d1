//! Masses on made-up mails, and the constants against the static data.

use super::*;
use crate::{
    Attacker, Item, KillmailId, SolarSystemId, Victim,
    ids::{CorporationId, TypeId},
};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn type_id(name: &str) -> TypeId {
    StaticData::bundled().type_by_name(name).unwrap_or_else(|| panic!("no published type {name}")).id
}

fn item(name: &str, flag: i64, quantity: i64) -> Item {
    Item {
        item_type_id: type_id(name),
        flag,
        singleton: 0,
        quantity_destroyed: Some(quantity),
        quantity_dropped: None,
        items: Vec::new(),
    }
}

fn attacker(character: Option<i64>, ship: Option<&str>) -> Attacker {
    Attacker {
        character_id: character.map(CharacterId),
        corporation_id: Some(CorporationId(98_000_001)),
        alliance_id: None,
        faction_id: None,
        ship_type_id: ship.map(type_id),
        weapon_type_id: None,
        damage_done: 1,
        final_blow: false,
        security_status: 0.0,
    }
}

fn mail(ship: TypeId, items: Vec<Item>, attackers: Vec<Attacker>) -> Killmail {
    Killmail {
        killmail_id: KillmailId(1),
        killmail_time: crate::Timestamp::UNIX_EPOCH,
        solar_system_id: SolarSystemId(30_000_142),
        moon_id: None,
        war_id: None,
        victim: Victim {
            character_id: Some(CharacterId(90_000_001)),
            corporation_id: None,
            alliance_id: None,
            faction_id: None,
            ship_type_id: ship,
            damage_taken: 1,
            position: None,
            items,
        },
        attackers,
    }
}

#[test]
fn logistics_hulls_are_these() {
    let sde = StaticData::bundled();
    let plain: BTreeSet<&str> = sde
        .types()
        .filter(|info| info.published && is_logistics_hull(info.id, &sde))
        .filter(|info| !LOGISTICS_GROUPS.contains(&info.group_id))
        .map(|info| info.name.as_str())
        .collect();
    let expected =
        BTreeSet::from(["Augoror", "Bantam", "Burst", "Exequror", "Inquisitor", "Navitas", "Osprey", "Scythe"]);
    assert_eq!(plain, expected);
    for name in ["Guardian", "Scimitar", "Deacon", "Lif"] {
        assert!(is_logistics_hull(type_id(name), &sde), "{name}");
    }
    for name in ["Osprey Navy Issue", "Augoror Navy Issue", "Nestor", "Rifter", "Thanatos"] {
        assert!(!is_logistics_hull(type_id(name), &sde), "{name}");
    }
}

#[test]
fn modules_count_and_nothing_else_does() {
    let sde = StaticData::bundled();
    let mass = |name: &str| sde.type_by_name(name).and_then(|info| info.mass_kg).unwrap_or(0.0);
    // Modules without a mass weigh nothing in the game: plates add theirs by an effect.
    assert!(mass("425mm AutoCannon II") > 0.0 && mass("1600mm Steel Plates II") < 1e-9);
    let items = vec![
        item("1600mm Steel Plates II", 11, 1),
        item("425mm AutoCannon II", 27, 1),
        // The charge in the gun, drones, cargo, an implant.
        item("Hail M", 27, 120),
        item("Hobgoblin II", 87, 5),
        item("1600mm Steel Plates II", 5, 3),
        item("Rifter", 90, 1),
    ];
    let rupture = mail(type_id("Rupture"), items, vec![]);
    let expected = mass("Rupture") + mass("1600mm Steel Plates II") + mass("425mm AutoCannon II");
    assert!(fitted_mass_kg(&rupture, &sde).is_some_and(|kg| (kg - expected).abs() < 1e-6));
    assert!(lost_mass_kg(&rupture, &sde).is_some_and(|kg| (kg - mass("Rupture")).abs() < 1e-6));

    let capsule = mail(type_id("Capsule"), vec![item("Damage Control II", 11, 1)], vec![]);
    assert_eq!((fitted_mass_kg(&capsule, &sde), lost_mass_kg(&capsule, &sde)), (Some(0.0), Some(0.0)));
    let guardian = mail(type_id("Guardian"), vec![], vec![]);
    assert_eq!(lost_mass_kg(&guardian, &sde), Some(0.0));
    assert!(fitted_mass_kg(&guardian, &sde).is_some_and(|kg| kg > 1e6));
    let unknown = mail(TypeId(i64::MAX), vec![], vec![]);
    assert_eq!((fitted_mass_kg(&unknown, &sde), lost_mass_kg(&unknown, &sde)), (None, None));
}

#[test]
fn shares_go_to_distinct_pilots_outside_capsules() {
    let sde = StaticData::bundled();
    let attackers = vec![
        attacker(Some(90_000_002), Some("Rifter")),
        attacker(Some(90_000_002), Some("Rifter")),
        attacker(Some(90_000_003), Some("Capsule")),
        attacker(Some(90_000_004), None),
        attacker(None, Some("Rifter")),
    ];
    let rupture = mail(type_id("Rupture"), vec![], attackers);
    assert_eq!(mass_sharers(&rupture, &sde), HashSet::from([CharacterId(90_000_002), CharacterId(90_000_004)]));
    let half = fitted_mass_kg(&rupture, &sde).map(|kg| kg / 2.0);
    assert_eq!(destroyed_share_kg(&rupture, &sde), half);
    let by_nobody = mail(type_id("Rupture"), vec![], vec![attacker(None, Some("Rifter"))]);
    assert_eq!(destroyed_share_kg(&by_nobody, &sde), None);
}

/// Any items of real types anywhere, by any attackers.
fn any_mail() -> impl Strategy<Value = Killmail> {
    let hulls = ["Rifter", "Capsule", "Guardian", "Osprey", "Thanatos", "Astrahus", "Tengu"];
    let kinds = ["Damage Control II", "1600mm Steel Plates II", "Hail M", "Hobgoblin II", "Templar I", "Rifter"];
    let items = prop::collection::vec((prop::sample::select(kinds.to_vec()), 0_i64..200, 0_i64..5), 0..20);
    let attackers = prop::collection::vec((prop::option::of(90_000_000_i64..90_000_006), any::<bool>()), 0..12);
    (prop::sample::select(hulls.to_vec()), items, attackers).prop_map(|(hull, items, attackers)| {
        mail(
            type_id(hull),
            items.into_iter().map(|(name, flag, quantity)| item(name, flag, quantity)).collect(),
            attackers
                .into_iter()
                .map(|(id, in_capsule)| attacker(id, Some(if in_capsule { "Capsule" } else { "Rifter" })))
                .collect(),
        )
    })
}

proptest! {
    #[test]
    fn masses_hold_together(killmail in any_mail(), seed in any::<u64>()) {
        let sde = StaticData::bundled();
        let fitted = fitted_mass_kg(&killmail, &sde).expect("known hull");
        let lost = lost_mass_kg(&killmail, &sde).expect("known hull");
        // Never negative, never less than the hull that is lost.
        prop_assert!(lost >= 0.0 && fitted >= lost);
        // The order of items does not matter.
        let mut shuffled = killmail.clone();
        let count = shuffled.victim.items.len().max(1);
        shuffled.victim.items.rotate_left(seed as usize % count);
        shuffled.victim.items.reverse();
        prop_assert!((fitted_mass_kg(&shuffled, &sde).expect("known hull") - fitted).abs() <= fitted * 1e-9);
        // What is handed out is what was destroyed.
        let sharers = mass_sharers(&killmail, &sde).len();
        match destroyed_share_kg(&killmail, &sde) {
            Some(share) => prop_assert!((share * sharers as f64 - fitted).abs() <= fitted * 1e-9),
            None => prop_assert_eq!(sharers, 0),
        }
        // Unfitted belongings weigh nothing.
        let mut bare = killmail.clone();
        bare.victim.items.retain(|item| item.location().slot().is_some());
        prop_assert!((fitted_mass_kg(&bare, &sde).expect("known hull") - fitted).abs() <= fitted * 1e-9);
    }
}
