//! What well-known types must be tagged with, written down by hand from the game: each row is exact, so that a tag too
//! many fails like a tag too few. Pairs follow from the rest and are checked by rule.

use super::*;
use crate::{StaticData, location::Slot};
use std::collections::BTreeMap;

/// Slot; tags, pairs left out; types.
type Row = (Option<Slot>, &'static [&'static str], &'static [&'static str]);

const HIGH: Option<Slot> = Some(Slot::High);
const MID: Option<Slot> = Some(Slot::Mid);
const LOW: Option<Slot> = Some(Slot::Low);
const RIG: Option<Slot> = Some(Slot::Rig);
const SUBSYSTEM: Option<Slot> = Some(Slot::Subsystem);
const SERVICE: Option<Slot> = Some(Slot::Service);

#[rustfmt::skip]
const ITEMS: &[Row] = &[
    // Guns.
    (HIGH, &["T1", "Guns", "Hybrid", "Small Hybrid"], &["75mm Gatling Rail I", "Light Neutron Blaster I", "150mm Railgun I"]),
    (HIGH, &["T2", "Guns", "Hybrid", "Small Hybrid"], &["125mm Railgun II", "Light Ion Blaster II", "Light Electron Blaster II"]),
    (HIGH, &["T2", "Guns", "Hybrid", "Medium Hybrid"], &["250mm Railgun II", "Heavy Neutron Blaster II", "Dual 150mm Railgun II"]),
    (HIGH, &["T2", "Guns", "Hybrid", "Large Hybrid"], &["425mm Railgun II", "Neutron Blaster Cannon II", "Dual 250mm Railgun II"]),
    (HIGH, &["Faction", "Guns", "Hybrid", "Large Hybrid"], &["Caldari Navy 425mm Railgun", "Federation Navy Neutron Blaster Cannon"]),
    (HIGH, &["T2", "Guns", "Hybrid", "Capital Hybrid"], &["Ion Siege Blaster II", "Dual 1000mm Railgun II"]),
    (HIGH, &["T2", "Guns", "Projectile", "Small Projectile"], &["200mm AutoCannon II", "280mm Howitzer Artillery II", "150mm Light AutoCannon II"]),
    (HIGH, &["T2", "Guns", "Projectile", "Medium Projectile"], &["425mm AutoCannon II", "720mm Howitzer Artillery II", "220mm Vulcan AutoCannon II"]),
    (HIGH, &["T2", "Guns", "Projectile", "Large Projectile"], &["800mm Repeating Cannon II", "1400mm Howitzer Artillery II", "1200mm Artillery Cannon II"]),
    (HIGH, &["T2", "Guns", "Projectile", "Capital Projectile"], &["Hexa 2500mm Repeating Cannon II", "Quad 3500mm Siege Artillery II"]),
    (HIGH, &["T2", "Guns", "Energy", "Small Energy"], &["Small Focused Pulse Laser II", "Dual Light Beam Laser II"]),
    (HIGH, &["T2", "Guns", "Energy", "Medium Energy"], &["Heavy Pulse Laser II", "Heavy Beam Laser II", "Focused Medium Pulse Laser II"]),
    (HIGH, &["T2", "Guns", "Energy", "Large Energy"], &["Mega Pulse Laser II", "Tachyon Beam Laser II", "Dual Heavy Beam Laser II"]),
    (HIGH, &["T2", "Guns", "Energy", "Capital Energy"], &["Dual Giga Pulse Laser II", "Dual Giga Beam Laser II"]),
    (HIGH, &["T2", "Guns", "Precursor", "Small Precursor"], &["Light Entropic Disintegrator II"]),
    (HIGH, &["T2", "Guns", "Precursor", "Medium Precursor"], &["Heavy Entropic Disintegrator II"]),
    (HIGH, &["T2", "Guns", "Precursor", "Large Precursor"], &["Supratidal Entropic Disintegrator II"]),
    (HIGH, &["T1", "Guns", "Precursor", "Capital Precursor"], &["Ultratidal Entropic Disintegrator I"]),
    (HIGH, &["T2", "Guns", "Vorton", "Medium Vorton"], &["Medium Vorton Projector II"]),
    // Launchers.
    (HIGH, &["T2", "Missile", "Small Missile"], &["Rocket Launcher II", "Light Missile Launcher II", "Rapid Light Missile Launcher II"]),
    (HIGH, &["T2", "Missile", "Medium Missile"], &["Heavy Missile Launcher II", "Heavy Assault Missile Launcher II", "Rapid Heavy Missile Launcher II"]),
    (HIGH, &["T2", "Missile", "Large Missile"], &["Cruise Missile Launcher II", "Torpedo Launcher II", "Rapid Torpedo Launcher II"]),
    (HIGH, &["Faction", "Missile", "Medium Missile"], &["Caldari Navy Heavy Missile Launcher"]),
    (HIGH, &["T2", "Missile", "Capital Missile"], &["XL Cruise Missile Launcher II", "XL Torpedo Launcher II"]),
    (HIGH, &["T1", "Missile"], &["Standup Multirole Missile Launcher I"]),
    (HIGH, &["T1", "Missile", "Capital Missile"], &["Standup Anticapital Missile Launcher I"]),
    (HIGH, &["T1", "Bomb"], &["Bomb Launcher I", "Standup Guided Bomb Launcher I"]),
    (HIGH, &["T1"], &["Festival Launcher", "Defender Launcher I", "Small Breacher Pod Launcher"]),
    (HIGH, &["T2", "Smartbomb"], &["Large EMP Smartbomb II", "Small Graviton Smartbomb II"]),
    // Drones and fighters.
    (None, &["T2", "Drone", "Light Drone"], &["Hobgoblin II", "Warrior II", "Hornet II", "Acolyte II"]),
    (None, &["T2", "Drone", "Medium Drone"], &["Hammerhead II", "Valkyrie II", "Vespa II", "Infiltrator II"]),
    (None, &["T2", "Drone", "Heavy Drone"], &["Ogre II", "Berserker II", "Wasp II", "Praetor II"]),
    (None, &["T2", "Drone", "Sentry Drone"], &["Garde II", "Bouncer II", "Warden II", "Curator II"]),
    (None, &["Faction", "Drone", "Heavy Drone"], &["Gecko", "'Augmented' Ogre", "Federation Navy Ogre"]),
    (None, &["Abyssal", "Drone", "Sentry Drone"], &["Sentry Mutated Drone"]),
    (None, &["Faction", "Drone", "Light Drone", "Stasis Webifier"], &["Orbweaver SW-300-I"]),
    (None, &["T1", "ECM"], &["Hornet EC-300", "Wasp EC-900"]),
    (None, &["T1", "Sensor Dampener"], &["Ogre SD-900"]),
    (None, &["T1", "Tracking Disruptor"], &["Praetor TD-900"]),
    (None, &["T1", "Target Painter"], &["Berserker TP-900"]),
    (None, &["T1", "Energy Neutralizer"], &["Praetor EV-900", "Acolyte EV-300"]),
    (None, &["T1", "Stasis Webifier"], &["Warrior SW-300"]),
    (None, &["T1", "Remote Armor"], &["Heavy Armor Maintenance Bot I"]),
    (None, &["T2", "Remote Shield"], &["Medium Shield Maintenance Bot II"]),
    (None, &["T1"], &["Heavy Hull Maintenance Bot I"]),
    (None, &["T2", "Mining"], &["Mining Drone II"]),
    (None, &["T1", "Salvager"], &["Salvage Drone I"]),
    (None, &["T2", "Fighter", "Light Fighter"], &["Templar II", "Firbolg II", "Einherji II"]),
    (None, &["T2", "Fighter", "Heavy Fighter"], &["Cyclops II", "Malleus II"]),
    (None, &["T2", "Fighter", "Support Fighter", "Warp Disruptor"], &["Siren II"]),
    (None, &["T2", "Fighter", "Support Fighter", "Stasis Webifier"], &["Dromi II"]),
    (None, &["T2", "Fighter", "Support Fighter", "ECM"], &["Scarab II"]),
    (None, &["T2", "Fighter", "Support Fighter", "Energy Neutralizer"], &["Cenobite II"]),
    (None, &["T1", "Fighter", "Light Fighter"], &["Standup Templar I"]),
    // Tank.
    (MID, &["T2", "Shield Extender"], &["Large Shield Extender II", "Medium Shield Extender II", "Small Shield Extender II"]),
    (MID, &["T2", "Shield Booster"], &["Large Shield Booster II", "X-Large Shield Booster II"]),
    (MID, &["Deadspace", "Shield Booster"], &["Gist X-Type Large Shield Booster", "Pithum C-Type Medium Shield Booster"]),
    (MID, &["T1", "Shield Booster"], &["X-Large Ancillary Shield Booster", "Medium Ancillary Shield Booster"]),
    (MID, &["T2", "Shield Hardener"], &["Multispectrum Shield Hardener II", "EM Shield Hardener II", "Thermal Shield Hardener II"]),
    (MID, &["Deadspace", "Shield Hardener"], &["Pithum C-Type Multispectrum Shield Hardener"]),
    (MID, &["T2"], &["EM Shield Amplifier II", "Shield Boost Amplifier II", "Shield Recharger II", "Cap Recharger II", "Large Cap Battery II"]),
    (LOW, &["T2", "Armor Plate"], &["1600mm Steel Plates II", "400mm Steel Plates II", "25000mm Steel Plates II"]),
    (LOW, &["Faction", "Armor Plate"], &["Imperial Navy 1600mm Steel Plates"]),
    (LOW, &["T2", "Armor Repairer"], &["Large Armor Repairer II", "Small Armor Repairer II"]),
    (LOW, &["T1", "Armor Repairer"], &["Large Ancillary Armor Repairer", "Small Ancillary Armor Repairer"]),
    (LOW, &["Deadspace", "Armor Repairer"], &["Corpum A-Type Medium Armor Repairer"]),
    (LOW, &["T2", "Armor Hardener"], &["EM Armor Hardener II", "Explosive Armor Hardener II", "Thermal Armor Hardener II"]),
    (LOW, &["T1", "Armor Hardener"], &["Reactive Armor Hardener"]),
    (LOW, &["T2"], &["Multispectrum Energized Membrane II", "Multispectrum Coating II", "Reinforced Bulkheads II", "Gyrostabilizer II",
        "Magnetic Field Stabilizer II", "Heat Sink II", "Ballistic Control System II", "Drone Damage Amplifier II",
        "Nanofiber Internal Structure II", "Inertial Stabilizers II", "Overdrive Injector System II", "Expanded Cargohold II",
        "Signal Amplifier II", "Tracking Enhancer II", "Co-Processor II", "Reactor Control Unit II", "Capacitor Power Relay II",
        "Mining Laser Upgrade II", "Power Diagnostic System II"]),
    (LOW, &["T2", "Damage Control"], &["Damage Control II", "Assault Damage Control II"]),
    (MID, &["T2", "Hull Repairer"], &["Medium Hull Repairer II"]),
    (HIGH, &["T2", "Remote Shield"], &["Large Remote Shield Booster II", "Medium Remote Shield Booster II"]),
    (HIGH, &["T1", "Remote Shield"], &["Large Ancillary Remote Shield Booster"]),
    (HIGH, &["T2", "Remote Armor"], &["Large Remote Armor Repairer II", "Heavy Mutadaptive Remote Armor Repairer II"]),
    (HIGH, &["T1", "Remote Armor"], &["Medium Ancillary Remote Armor Repairer"]),
    (HIGH, &["T2", "Remote Capacitor"], &["Large Remote Capacitor Transmitter II", "Medium Remote Capacitor Transmitter II"]),
    (HIGH, &["T2"], &["Large Remote Hull Repairer II", "Drone Link Augmentor II", "Small Tractor Beam II", "Auto Targeting System II",
        "Fighter Support Unit II", "Capital Industrial Core II"]),
    // Electronic warfare and support.
    (MID, &["T2", "Capacitor Booster"], &["Heavy Capacitor Booster II", "Medium Capacitor Booster II"]),
    (HIGH, &["T2", "Energy Neutralizer"], &["Heavy Energy Neutralizer II", "Small Energy Neutralizer II"]),
    (HIGH, &["T2", "Nosferatu"], &["Heavy Energy Nosferatu II", "Small Energy Nosferatu II"]),
    (MID, &["T2", "ECM"], &["Multispectral ECM II", "Burst Jammer II", "Gravimetric ECM II"]),
    (MID, &["T2", "Sensor Dampener"], &["Remote Sensor Dampener II"]),
    (MID, &["T2", "Tracking Disruptor"], &["Tracking Disruptor II"]),
    (MID, &["T2", "Guidance Disruptor"], &["Guidance Disruptor II"]),
    (MID, &["T2", "Target Painter"], &["Target Painter II"]),
    (MID, &["T2", "Sensor Booster"], &["Sensor Booster II", "Remote Sensor Booster II"]),
    (MID, &["T2"], &["Remote Tracking Computer II", "Tracking Computer II", "Missile Guidance Computer II", "Omnidirectional Tracking Link II"]),
    (HIGH, &["T2", "Command Burst"], &["Armor Command Burst II", "Shield Command Burst II", "Skirmish Command Burst II", "Information Command Burst II", "Mining Foreman Burst II"]),
    (HIGH, &["T2", "Cloak"], &["Covert Ops Cloaking Device II", "Improved Cloaking Device II"]),
    (HIGH, &["T1", "Cloak"], &["Prototype Cloaking Device I"]),
    (HIGH, &["T1", "Cynosural Field"], &["Cynosural Field Generator I", "Industrial Cynosural Field Generator"]),
    (HIGH, &["T1", "Covert Cynosural Field"], &["Covert Cynosural Field Generator I"]),
    (HIGH, &["T1"], &["Jump Portal Generator I", "Covert Jump Portal Generator I", "'Judgment' Electromagnetic Doomsday", "Networked Sensor Array"]),
    (HIGH, &["T1", "Bastion/Siege/Triage"], &["Bastion Module I", "Siege Module I", "Triage Module I"]),
    (HIGH, &["Abyssal", "Bastion/Siege/Triage"], &["Abyssal Siege Module"]),
    (HIGH, &["T2", "Entosis"], &["Entosis Link II"]),
    (HIGH, &["T2", "Probe Launcher"], &["Core Probe Launcher II", "Expanded Probe Launcher II"]),
    (HIGH, &["T1", "Probe Launcher"], &["Survey Probe Launcher I"]),
    (HIGH, &["Faction", "Probe Launcher"], &["Sisters Core Probe Launcher"]),
    (HIGH, &["T2", "Salvager"], &["Salvager II"]),
    (HIGH, &["T2", "Mining"], &["Miner II", "Ice Harvester II", "Modulated Strip Miner II", "Gas Cloud Scoop II", "Gas Cloud Harvester II"]),
    // Propulsion and tackle.
    (MID, &["T2", "Afterburner"], &["1MN Afterburner II", "10MN Afterburner II", "100MN Afterburner II"]),
    (MID, &["T2", "Microwarpdrive"], &["5MN Microwarpdrive II", "50MN Microwarpdrive II", "500MN Microwarpdrive II"]),
    (MID, &["Deadspace", "Microwarpdrive"], &["Core X-Type 500MN Microwarpdrive"]),
    (MID, &["Abyssal", "Microwarpdrive"], &["50MN Abyssal Microwarpdrive"]),
    (MID, &["T1", "Micro Jump Drive"], &["Large Micro Jump Drive", "Medium Micro Jump Drive", "Micro Jump Field Generator", "Capital Micro Jump Drive"]),
    (MID, &["T2", "Warp Disruptor"], &["Warp Disruptor II", "Heavy Warp Disruptor II"]),
    (MID, &["T2", "Warp Scrambler"], &["Warp Scrambler II", "Heavy Warp Scrambler II"]),
    (MID, &["Faction", "Warp Scrambler"], &["Republic Fleet Warp Scrambler", "Domination Warp Scrambler"]),
    (MID, &["Faction", "Warp Disruptor"], &["Caldari Navy Warp Disruptor"]),
    (MID, &["T2", "Stasis Webifier"], &["Stasis Webifier II"]),
    (MID, &["T2", "Stasis Grappler"], &["Heavy Stasis Grappler II"]),
    (HIGH, &["T1", "Interdiction Sphere"], &["Interdiction Sphere Launcher I"]),
    (HIGH, &["T2", "Warp Disruption Field"], &["Warp Disruption Field Generator II"]),
    (LOW, &["T2", "Warp Core Stabilizer"], &["Warp Core Stabilizer II"]),
    (HIGH, &["T2", "Nullifier"], &["Interdiction Nullifier II"]),
    // Rigs, subsystems, structure modules.
    (RIG, &["T1"], &["Large Core Defense Field Extender I", "Large Trimark Armor Pump I", "Small Higgs Anchor I", "Medium Command Processor I", "Medium Salvage Tackle I"]),
    (RIG, &["T2"], &["Medium Core Defense Field Extender II", "Small Ancillary Current Router II"]),
    (SUBSYSTEM, &["T3"], &["Legion Core - Dissolution Sequencer", "Tengu Propulsion - Fuel Catalyst", "Loki Core - Immobility Drivers",
        "Proteus Core - Friction Extension Processor", "Legion Propulsion - Interdiction Nullifier"]),
    (SERVICE, &["T1"], &["Standup Market Hub I", "Standup Cloning Center I", "Standup Cynosural Field Generator I", "Standup Moon Drill I"]),
    (HIGH, &["T1", "Stasis Webifier"], &["Stasis Webification Burst Projector"]),
    (HIGH, &["T1", "Energy Neutralizer"], &["Standup XL Energy Neutralizer I"]),
    (MID, &["T1", "Stasis Webifier"], &["Standup Stasis Webifier I"]),
    (MID, &["T1", "Warp Scrambler"], &["Standup Focused Warp Disruptor I"]),
    (HIGH, &["T1"], &["Standup Point Defense Battery I"]),
    // Neither fitted nor carried: charges, scripts, implants, ships, blueprints, skills.
    (None, &[], &["Hail M", "Nova Torpedo", "Tracking Speed Script", "Nanite Repair Paste", "Rifter", "Rifter Blueprint", "Gunnery", "Tritanium"]),
];

#[rustfmt::skip]
const HULLS: &[(&str, &[&str])] = &[
    ("Hull:T1", &["Rifter", "Drake", "Megathron", "Thanatos", "Avatar", "Rorqual", "Venture", "Capsule", "Gnosis", "Leshak", "Catalyst", "Charon"]),
    ("Hull:T2", &["Basilisk", "Guardian", "Scimitar", "Cerberus", "Zealot", "Ishtar", "Eagle", "Muninn", "Eos", "Damnation", "Crow",
        "Stiletto", "Sabre", "Onyx", "Paladin", "Rhea", "Monitor", "Deacon", "Hubris", "Draugur"]),
    ("Hull:T3", &["Tengu", "Loki", "Legion", "Proteus", "Svipul", "Jackdaw", "Hecate", "Confessor", "Skua"]),
    ("Hull:Faction", &["Vindicator", "Machariel", "Stabber Fleet Issue", "Molok", "Utu", "Capsule - Genolution 'Auroral' 197-variant"]),
    ("Hull:Storyline", &["Goru's Shuttle"]),
];

#[test]
fn named_items_have_exactly_their_slot_and_tags() {
    let sde = StaticData::bundled();
    let slot_tags = BTreeMap::from([
        (Slot::High, "High Slot"),
        (Slot::Mid, "Mid Slot"),
        (Slot::Low, "Low Slot"),
        (Slot::Rig, "Rig"),
        (Slot::Subsystem, "Subsystem"),
        (Slot::Service, "Service Slot"),
    ]);
    let mut faults = Vec::new();
    let mut count = 0;
    for (slot, tags, names) in ITEMS {
        for name in *names {
            count += 1;
            let Some(info) = sde.type_by_name(name) else {
                faults.push(format!("no published type {name}"));
                continue;
            };
            let mut expected: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
            expected.extend(slot.map(|slot| slot_tags[&slot].to_owned()));
            for tech in PAIR_TECHS.iter().filter(|tech| tags.contains(tech)) {
                expected.extend(
                    PAIR_CLASSES.iter().filter(|class| tags.contains(class)).map(|class| format!("{tech} {class}")),
                );
            }
            let found = sde.tags_of_type(info.id, false);
            if info.slot != *slot {
                faults.push(format!("{name} goes into {:?}", info.slot));
            }
            let sorted = |mut tags: Vec<String>| {
                tags.sort();
                tags
            };
            if sorted(found.clone()) != sorted(expected.clone()) {
                faults.push(format!("{name}: {found:?} instead of {expected:?}"));
            }
        }
    }
    assert!(count >= 200, "{count} named types");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn named_hulls_have_exactly_their_technology() {
    let sde = StaticData::bundled();
    let mut faults = Vec::new();
    for (tag, names) in HULLS {
        for name in *names {
            match sde.type_by_name(name) {
                Some(info) if sde.tags_of_type(info.id, true) == [*tag] => {}
                Some(info) => faults.push(format!("{name}: {:?}", sde.tags_of_type(info.id, true))),
                None => faults.push(format!("no published type {name}")),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
