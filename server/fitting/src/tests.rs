//! The wrapper against the engine itself, used the way its own documentation does: an EFT text through its loader on
//! one side, the same fit as a killmail through our key on the other.

use crate::{Engine, data, engine::contain, known_fits::*};
use domain::{
    FitKey, FitOutcome, FitStats, Killmail, StaticData,
    fit_stats::{Capacitor, ImpossibleFit, Reach, Tank},
    sde::{category, effect, group},
};
use esf_data::{Info, InfoNameSde};
use esf_dogma_engine::{Calculation, Fit, Slot};

/// A fit by the engine's own EFT loader, as the game would import it.
fn load_eft(engine: &Engine, text: &str) -> Fit {
    let names = InfoNameSde::new(engine.data.sde, None).expect("no names file");
    let fit = esf_format::eft::load_eft(&names, text).expect("an EFT text");
    let lines = text.lines().skip(1).filter(|line| !line.is_empty()).count();
    assert_eq!(fit.items.len(), lines, "every line is a known type: {text}");
    fit
}

/// The flag of a killmail for a place in the engine's fit.
fn flag(slot: Slot) -> i64 {
    match slot {
        Slot::Low(index) => 11 + i64::from(index),
        Slot::Medium(index) => 19 + i64::from(index),
        Slot::High(index) => 27 + i64::from(index),
        Slot::Rig(index) => 92 + i64::from(index),
        Slot::Subsystem(index) => 125 + i64::from(index),
        Slot::Service(index) => 164 + i64::from(index),
        Slot::FighterTube(index) => 159 + i64::from(index),
        Slot::FighterBay => 158,
        Slot::DroneBay => 87,
        Slot::Cargo | Slot::Implant(_) | Slot::Booster(_) => 5,
    }
}

/// The loss of a fit: half of it dropped, the last item first.
fn loss_of(fit: &Fit) -> Killmail {
    let mut items = Vec::new();
    for (index, item) in fit.items.iter().enumerate() {
        let fate = if index % 2 == 0 { "quantity_destroyed" } else { "quantity_dropped" };
        items.push(serde_json::json!({ "flag": flag(item.slot), "item_type_id": item.type_id, "singleton": 0, fate: item.quantity }));
        if let Some(charge) = &item.charge {
            items.push(serde_json::json!({ "flag": flag(item.slot), "item_type_id": charge.type_id, "singleton": 0, "quantity_dropped": 20 }));
        }
    }
    items.reverse();
    let body = serde_json::json!({
        "killmail_id": 1, "killmail_time": "2026-01-01T00:00:00Z", "solar_system_id": 30_000_142, "attackers": [],
        "victim": { "damage_taken": 1, "ship_type_id": fit.ship.type_id, "items": items },
    });
    serde_json::from_value(body).expect("a killmail")
}

fn stats_of(engine: &Engine, killmail: &Killmail) -> FitStats {
    match engine.outcome(&FitKey::of(killmail, &StaticData::bundled())) {
        FitOutcome::Computed { stats } => *stats,
        FitOutcome::Impossible { reason } => panic!("{reason:?}"),
    }
}

fn raw(engine: &Engine, calculation: &Calculation, name: &str) -> f64 {
    let id = engine.data.info().attribute_name_to_id(name).expect("an attribute");
    calculation.ship.attributes.get(&id).map_or(0.0, |value| value.value)
}

fn assert_near(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    assert!((ours - theirs).abs() <= theirs.abs() * tolerance + 0.001, "{what}: {ours} is not {theirs}");
}

#[test]
fn known_fits_equal_the_engines_own_results() {
    let engine = Engine::bundled();
    assert!(KNOWN_FITS.len() >= 12);
    for (name, text) in KNOWN_FITS {
        let mut fit = load_eft(&engine, text);
        let ours = stats_of(&engine, &loss_of(&fit));
        engine.prepare(&mut fit);
        let theirs = engine.calculate(&fit, true);
        let theirs_of = |attribute| raw(&engine, &theirs, attribute);
        let near =
            |what: &str, ours, attribute| assert_near(&format!("{name}: {what}"), ours, theirs_of(attribute), 1e-6);
        near("EHP", ours.ehp, "ehp");
        near("shield EHP", ours.shield.ehp, "shieldEhp");
        near("armor EHP", ours.armor.ehp, "armorEhp");
        near("hull EHP", ours.hull.ehp, "hullEhp");
        assert_near(name, ours.ehp, ours.shield.ehp + ours.armor.ehp + ours.hull.ehp, 1e-6);
        let moving = ours.hot.unwrap_or(ours.cold);
        near("speed", moving.speed, "maxVelocity");
        near("align", moving.align.unwrap_or(0.0), "alignTime");
        near("mass", moving.mass, "mass");
        let damage = ours.damage.unwrap_or_default();
        near("DPS", damage.dps, "damagePerSecondWithoutReload");
        near("DPS with reload", damage.dps_with_reload, "damagePerSecondWithReload");
        near("volley", damage.volley, "damageAlpha");
        let by = damage.by_source;
        let sources: f64 = [by.turrets, by.missiles, by.drones, by.fighters, by.other].into_iter().flatten().sum();
        assert_near(&format!("{name}: parts of the DPS"), sources, damage.dps, 1e-4);
        let by = damage.by_damage;
        assert_near(
            &format!("{name}: kinds of the DPS"),
            by.em + by.thermal + by.kinetic + by.explosive,
            damage.dps,
            1e-4,
        );
    }
}

/// Every number to four digits, and every word.
fn digest(value: &serde_json::Value) -> u64 {
    fn write(value: &serde_json::Value, text: &mut String) {
        match value {
            serde_json::Value::Object(fields) => {
                let fields: std::collections::BTreeMap<_, _> = fields.iter().collect();
                for (name, field) in fields {
                    text.push_str(name);
                    write(field, text);
                }
            }
            serde_json::Value::Array(elements) => elements.iter().for_each(|element| write(element, text)),
            serde_json::Value::Number(number) => text.push_str(&format!("{:.3e}", number.as_f64().unwrap_or(f64::NAN))),
            other => text.push_str(&other.to_string()),
        }
        text.push('\n');
    }
    let mut text = String::new();
    write(value, &mut text);
    // FNV-1a: the same in every process.
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

/// When this fails, the same fits have other statistics than before: raise `STATS_VERSION`, so that stored ones are
/// computed again, and put the new digest here. Newer data need no other version, only the digest.
#[test]
fn other_statistics_have_another_version() {
    let engine = Engine::bundled();
    let all = KNOWN_FITS.iter().map(|(_, text)| {
        let mut key = FitKey::of(&loss_of(&load_eft(&engine, text)), &StaticData::bundled());
        key.racks[0].iter_mut().skip(3).for_each(|place| place.module = domain::TypeId(i64::MAX));
        [stats_of(&engine, &loss_of(&load_eft(&engine, text))), engine.outcome(&key).stats().expect("a ship").clone()]
    });
    let all = serde_json::to_value(all.collect::<Vec<_>>()).expect("JSON");
    assert_eq!((data::STATS_VERSION, format!("{:016x}", digest(&all))), (1, "4369f4a8d9e4611a".to_owned()));
}

/// Numbers measured with the engine outside this code.
#[test]
fn measured_fits_have_the_measured_numbers() {
    let engine = Engine::bundled();
    let stats = |text| stats_of(&engine, &loss_of(&load_eft(&engine, text)));
    let percent = |what: &str, ours: f64, measured: f64| assert_near(what, ours, measured, 0.01);

    let caracal = stats(CARACAL);
    let damage = caracal.damage.expect("it shoots");
    for (what, ours, measured) in [
        ("EHP", caracal.ehp, 35_367.0),
        ("shield", caracal.shield.ehp, 29_270.0),
        ("armor", caracal.armor.ehp, 2_614.0),
        ("hull", caracal.hull.ehp, 3_483.0),
        ("DPS", damage.dps, 330.0),
        ("DPS with reload", damage.dps_with_reload, 211.0),
        ("drones", damage.by_source.drones.unwrap_or(0.0), 32.0),
        ("volley", damage.volley, 781.0),
        ("speed", caracal.hot.expect("a drive").speed, 2_095.0),
        ("mass", caracal.hot.expect("a drive").mass, 16_910_000.0),
        ("align", caracal.hot.and_then(|hot| hot.align).unwrap_or(0.0), 6.27),
    ] {
        percent(&format!("Caracal {what}"), ours, measured);
    }
    assert_eq!((caracal.tank, caracal.warnings.as_slice()), (Tank::ShieldBuffer, &[] as &[String]));
    assert!(matches!(damage.reach, Some(Reach::Missile { range }) if range > 30_000.0));
    assert!(caracal.cold.speed < 400.0 && caracal.cold.mass < 12_000_000.0 && caracal.cold.signature < 200.0);

    let rifter = stats(RIFTER);
    let damage = rifter.damage.expect("it shoots");
    for (what, ours, measured) in [
        ("EHP", rifter.ehp, 3_188.0),
        ("shield", rifter.shield.ehp, 887.0),
        ("armor", rifter.armor.ehp, 1_213.0),
        ("hull", rifter.hull.ehp, 1_088.0),
        ("DPS", damage.dps, 252.0),
        ("DPS with reload", damage.dps_with_reload, 238.0),
        ("volley", damage.volley, 348.0),
        ("speed", rifter.hot.expect("a drive").speed, 1_193.0),
        ("mass", rifter.hot.expect("a drive").mass, 1_567_000.0),
        ("align", rifter.hot.and_then(|hot| hot.align).unwrap_or(0.0), 4.69),
    ] {
        percent(&format!("Rifter {what}"), ours, measured);
    }

    let thorax = stats(THORAX);
    let damage = thorax.damage.expect("it shoots");
    for (what, ours, measured) in [
        ("EHP", thorax.ehp, 35_614.0),
        ("shield", thorax.shield.ehp, 2_365.0),
        ("armor", thorax.armor.ehp, 28_275.0),
        ("hull", thorax.hull.ehp, 4_975.0),
        ("DPS", damage.dps, 758.0),
        ("DPS with reload", damage.dps_with_reload, 746.0),
        ("drones", damage.by_source.drones.unwrap_or(0.0), 158.0),
        ("volley", damage.volley, 1_845.0),
        ("speed", thorax.hot.expect("a drive").speed, 1_885.0),
        ("mass", thorax.hot.expect("a drive").mass, 18_810_000.0),
        ("align", thorax.hot.and_then(|hot| hot.align).unwrap_or(0.0), 9.72),
    ] {
        percent(&format!("Thorax {what}"), ours, measured);
    }
    assert_eq!(thorax.tank, Tank::ArmorBuffer);
}

#[test]
fn what_a_fit_is_for_shows() {
    let engine = Engine::bundled();
    let stats = |wanted: &str| {
        let (_, text) = KNOWN_FITS.iter().find(|(name, _)| name.starts_with(wanted)).expect("a known fit");
        stats_of(&engine, &loss_of(&load_eft(&engine, text)))
    };
    let guardian = stats("Guardian");
    assert!(guardian.damage.is_none(), "nothing on it does damage");
    assert!(guardian.repair.remote_armor.is_some_and(|rate| rate > 300.0) && guardian.repair.armor.is_none());
    assert!(guardian.repair.remote_capacitor.is_some() && guardian.repair.remote_shield.is_none());
    let vexor = stats("Vexor");
    assert_eq!(vexor.tank, Tank::ArmorActive);
    assert!(vexor.repair.armor.is_some_and(|rate| rate > 80.0) && vexor.repair.remote_armor.is_none());
    assert!(vexor.capacitor.is_some());
    let thanatos = stats("Thanatos");
    let damage = thanatos.damage.expect("its fighters shoot");
    assert!(damage.by_source.fighters.is_some_and(|dps| dps > 1_500.0) && damage.by_damage.thermal > 1_500.0);
    let svipul = stats("Svipul");
    assert!(
        matches!(svipul.damage.and_then(|damage| damage.reach), Some(Reach::Turret { optimal, falloff }) if optimal > 5_000.0 && falloff > 1_000.0)
    );
    assert!(matches!(stats("Drake").capacitor, Some(Capacitor::Stable { .. } | Capacitor::Lasts { .. })));
}

#[test]
fn an_overdrawn_fit_is_told_which_rule_it_breaks() {
    let engine = Engine::bundled();
    let warnings = stats_of(&engine, &loss_of(&load_eft(&engine, THORAX))).warnings;
    assert!(
        warnings.iter().any(|warning| warning.starts_with("powergrid: ") && warning.contains(" used of ")),
        "{warnings:?}"
    );
}

#[test]
fn what_has_no_slots_says_so_instead_of_zero() {
    let engine = Engine::bundled();
    let sde = StaticData::bundled();
    let bare = |hull| FitKey { hull, racks: Default::default(), bays: Vec::new(), has_abyssal: false };
    for (name, reason) in [
        ("Mobile Tractor Unit", ImpossibleFit::NotAHull),
        ("Small Secure Container", ImpossibleFit::NotAHull),
        ("Warrior II", ImpossibleFit::NotAHull),
    ] {
        let hull = sde.type_by_name(name).expect(name).id;
        assert_eq!(engine.outcome(&bare(hull)), FitOutcome::Impossible { reason }, "{name}");
    }
    let unknown = FitOutcome::Impossible { reason: ImpossibleFit::UnknownHull };
    assert_eq!(engine.outcome(&bare(domain::TypeId(999_999_999))), unknown);
    assert_eq!(engine.outcome(&bare(domain::TypeId(i64::MAX))), unknown);
    for name in ["Rifter", "Astrahus", "Charon"] {
        let hull = sde.type_by_name(name).expect(name).id;
        assert!(engine.outcome(&bare(hull)).ehp().is_some_and(|ehp| ehp > 0), "{name}");
    }
}

#[test]
fn a_mutated_module_makes_a_lower_bound_and_a_new_one_a_warning() {
    let engine = Engine::bundled();
    let sde = StaticData::bundled();
    let mut key = FitKey::of(&loss_of(&load_eft(&engine, CARACAL)), &sde);
    assert!(!stats_of(&engine, &loss_of(&load_eft(&engine, CARACAL))).is_lower_bound);
    key.has_abyssal = true;
    key.racks[0][0].module = domain::TypeId(i64::from(i32::MAX));
    key.racks[0][1].module = domain::TypeId(i64::MAX);
    let outcome = engine.outcome(&key);
    let stats = outcome.stats().expect("the rest is known");
    assert!(stats.is_lower_bound);
    assert_eq!(stats.warnings.iter().filter(|warning| warning.contains("not known to the fit engine")).count(), 2);
}

#[test]
fn a_panic_in_the_engine_is_contained() {
    let engine = Engine::bundled();
    let key = FitKey::of(&loss_of(&load_eft(&engine, RIFTER)), &StaticData::bundled());
    let outcome = contain(&key, || panic!("a test of the net"));
    assert_eq!(outcome, FitOutcome::Impossible { reason: ImpossibleFit::EngineFailed });
}

#[test]
fn the_engine_means_the_same_by_the_numbers_of_the_static_data() {
    let engine = Engine::bundled();
    let names = InfoNameSde::new(engine.data.sde, None).expect("no names file");
    let kinds = |name: &str| {
        let id = esf_data::InfoName::type_name_to_id(&names, name).expect(name);
        let info = engine.data.sde.get_type(id).expect(name);
        let effects: Vec<i32> = info.dogma_effects().into_iter().flatten().map(|effect| effect.effect_id()).collect();
        (i64::from(info.category_id()), i64::from(info.group_id()), effects)
    };
    assert_eq!(kinds("Rifter").0, category::SHIP.0);
    assert_eq!(kinds("Astrahus").0, category::STRUCTURE.0);
    assert_eq!(kinds("Gunnery").0, category::SKILL.0);
    assert_eq!(kinds("50MN Microwarpdrive II").1, group::PROPULSION_MODULE.0);
    assert_eq!(kinds("1MN Afterburner II").1, group::PROPULSION_MODULE.0);
    assert!(kinds("200mm AutoCannon II").2.contains(&effect::TURRET_FITTED));
    assert!(kinds("Rocket Launcher II").2.contains(&effect::LAUNCHER_FITTED));
}

#[test]
fn other_files_are_refused() {
    assert!(Engine::from_compressed(b"not zstd").is_err());
    assert!(Engine::new(vec![0; 64]).is_err());
    let build = format!("data build 3650286, statistics {}", data::STATS_VERSION);
    assert!(Engine::bundled().build().ends_with(&build));
}
