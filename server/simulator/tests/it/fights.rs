//! Generated kills: possible in the game, believable as a whole, the same for the same seed.

use crate::support::{config, start};
use domain::{
    Killmail, Location, Slot, StaticData, TypeId,
    static_data::{Dogma, Hardpoint},
};
use simulator::{Config, Simulator};
use std::collections::{HashMap, HashSet};

const COUNT: usize = 3_000;
const STRATEGIC_CRUISER: i64 = 963;

fn mails(simulator: &Simulator, ids: &[i64]) -> Vec<Killmail> {
    let latest = chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap();
    ids.iter().map(|id| Killmail::decode(&simulator.killmail(*id).unwrap().0, latest).unwrap()).collect()
}

#[tokio::test]
async fn the_same_seed_and_steps_give_the_same_kills() {
    let emit = async |seed| {
        let simulator = start(Config { seed, history: 50, ..config() }).await;
        let mut ids = simulator.history();
        assert_eq!(ids.len(), 50);
        ids.extend(simulator.emit(100));
        ids.extend(simulator.emit(50));
        ids.iter().map(|id| simulator.killmail(*id).unwrap()).collect::<Vec<_>>()
    };
    let first = emit(7).await;
    assert!(first == emit(7).await, "not byte for byte the same");
    assert!(first != emit(8).await);
}

#[tokio::test]
async fn every_mail_is_consistent() {
    let simulator = start(config()).await;
    let ids = simulator.emit(COUNT);
    assert_eq!(simulator.emitted(), ids);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), COUNT);
    for mail in mails(&simulator, &ids) {
        let id = mail.killmail_id;
        assert_eq!(mail.attackers.iter().filter(|it| it.final_blow).count(), 1, "{id}");
        let sum: i64 = mail.attackers.iter().map(|it| it.damage_done).sum();
        assert_eq!(sum, mail.victim.damage_taken, "{id}");
        assert!(mail.victim.damage_taken > 0, "{id}");
        assert!(mail.attackers.is_sorted_by_key(|it| std::cmp::Reverse(it.damage_done)) || mail.attackers.len() > 1);
        assert!(mail.victim.corporation_id.is_some() && mail.victim.position.is_some(), "{id}");
        let characters: Vec<_> = mail.participants().filter_map(|it| it.character_id).collect();
        assert_eq!(characters.iter().collect::<HashSet<_>>().len(), characters.len(), "someone is on {id} twice");
        assert!(mail.attackers.iter().all(|it| (-10.0..=10.0).contains(&it.security_status)), "{id}");
    }
}

#[tokio::test]
async fn fits_go_onto_their_hulls() {
    let simulator = start(config()).await;
    let ids = simulator.emit(COUNT);
    let (sde, dogma) = (StaticData::bundled(), Dogma::bundled());
    let mut fitted_ships = 0;
    for mail in mails(&simulator, &ids) {
        let hull = mail.victim.ship_type_id;
        let info = sde.type_info(hull).unwrap();
        let is_modular = info.group_id.0 == STRATEGIC_CRUISER;
        let number = |attribute| dogma.value(hull, attribute).unwrap_or(0.0);
        let mut modules: HashMap<i64, TypeId> = HashMap::new();
        for (item, location) in mail.items_flat() {
            let Location::Fitted(slot, _) = location else { continue };
            let item_info = sde.type_info(item.item_type_id).unwrap();
            if item_info.category_id.0 == 8 {
                continue;
            }
            assert_eq!(
                item_info.slot,
                Some(slot),
                "{} in {slot:?} of {} ({})",
                item_info.name,
                info.name,
                mail.killmail_id
            );
            assert_eq!(item.quantity(), 1);
            assert_eq!(modules.insert(item.flag, item.item_type_id), None, "two modules under flag {}", item.flag);
            if slot == Slot::Rig {
                assert_eq!(
                    dogma.value(item.item_type_id, 1_547),
                    dogma.value(hull, 1_547),
                    "rig size on {}",
                    info.name
                );
                assert_eq!(item.dropped(), 0, "a rig dropped");
            }
        }
        for (item, location) in mail.items_flat() {
            let is_charge = sde.type_info(item.item_type_id).is_some_and(|it| it.category_id.0 == 8);
            if is_charge && matches!(location, Location::Fitted(..)) {
                let module = modules.get(&item.flag).expect("a charge lies in a module");
                let group = sde.type_info(item.item_type_id).unwrap().group_id.0 as f64;
                let takes = [604, 605, 606, 609, 610].into_iter().filter_map(|it| dogma.value(*module, it));
                assert!(takes.into_iter().any(|it| (it - group).abs() < 0.5), "charge in the wrong module");
            }
        }
        let count = |slot: Slot| modules.values().filter(|id| sde.type_info(**id).unwrap().slot == Some(slot)).count();
        if !is_modular {
            for (slot, attribute) in [(Slot::High, 14), (Slot::Mid, 13), (Slot::Low, 12), (Slot::Rig, 1_137)] {
                assert!(count(slot) as f64 <= number(attribute), "{slot:?} of {}", info.name);
            }
            for (hardpoint, attribute) in [(Hardpoint::Turret, 102), (Hardpoint::Launcher, 101)] {
                let used =
                    modules.values().filter(|id| sde.type_info(**id).unwrap().hardpoint == Some(hardpoint)).count();
                assert!(used as f64 <= number(attribute), "{hardpoint:?} of {}", info.name);
            }
        } else {
            assert_eq!(count(Slot::Subsystem), 4, "{}", info.name);
        }
        let calibration: f64 = modules.values().filter_map(|id| dogma.value(*id, 1_153)).sum();
        assert!(calibration <= number(1_132) + 0.5, "calibration of {}", info.name);
        let drones: f64 = mail
            .items_flat()
            .filter(|(item, _)| item.flag == 87)
            .map(|(item, _)| sde.type_info(item.item_type_id).unwrap().volume_m3.unwrap() * item.quantity() as f64)
            .sum();
        assert!(drones <= number(283) + 0.5, "drone bay of {}", info.name);
        fitted_ships += usize::from(modules.len() >= 8);
    }
    assert!(fitted_ships > COUNT / 4, "{fitted_ships} well fitted ships");
}

#[tokio::test]
async fn capsules_follow_their_ships() {
    let simulator = start(config()).await;
    let mails = mails(&simulator, &simulator.emit(COUNT));
    let sde = StaticData::bundled();
    let group = |id: TypeId| sde.type_info(id).unwrap().group_id.0;
    let capsules: Vec<_> = mails.iter().filter(|mail| group(mail.victim.ship_type_id) == 29).collect();
    assert!(capsules.len() > COUNT / 10, "{}", capsules.len());
    for capsule in capsules {
        let ship = mails.iter().find(|mail| {
            let seconds = (capsule.killmail_time - mail.killmail_time).num_seconds();
            group(mail.victim.ship_type_id) != 29
                && mail.victim.character_id == capsule.victim.character_id
                && mail.solar_system_id == capsule.solar_system_id
                && (1..40).contains(&seconds)
                && mail.killmail_id < capsule.killmail_id
        });
        assert!(ship.is_some(), "no ship before capsule {}", capsule.killmail_id);
        assert!(capsule.victim.items.iter().all(|item| item.flag == 89));
    }
}

#[tokio::test]
async fn the_mix_is_believable() {
    let simulator = start(config()).await;
    let mails = mails(&simulator, &simulator.emit(2 * COUNT));
    let sde = StaticData::bundled();
    let share =
        |is: &dyn Fn(&Killmail) -> bool| mails.iter().filter(|mail| is(mail)).count() as f64 / mails.len() as f64;
    let category = |mail: &Killmail| sde.type_info(mail.victim.ship_type_id).unwrap().category_id.0;
    let npc = share(&|mail| domain::classify::classify(mail, &sde).is_npc);
    let alone = share(&|mail| mail.attackers.len() == 1);
    let crowd = share(&|mail| mail.attackers.len() >= 60);
    let structures = share(&|mail| category(mail) == 65);
    let deployables = share(&|mail| category(mail) == 22);
    assert!((0.08..0.30).contains(&npc), "NPC {npc}");
    assert!((0.20..0.60).contains(&alone), "one attacker {alone}");
    assert!((0.003..0.20).contains(&crowd), "sixty attackers {crowd}");
    assert!((0.001..0.03).contains(&structures), "structures {structures}");
    assert!((0.01..0.10).contains(&deployables), "deployables {deployables}");
    assert!(mails.iter().any(|mail| mail.moon_id.is_some()) && mails.iter().any(|mail| mail.war_id.is_some()));
    assert!(mails.iter().any(|mail| mail.victim.items.iter().any(|item| !item.items.is_empty())), "containers");
    let structure = mails.iter().find(|mail| category(mail) == 65).unwrap();
    assert_eq!(structure.victim.character_id, None);
    let systems: HashSet<_> = mails.iter().map(|mail| mail.solar_system_id).collect();
    assert!(systems.len() > 300, "{} systems", systems.len());
}
