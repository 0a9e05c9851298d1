//! The table of tags: name, family, meaning in words, predicate, and types by name that must have it or must not.
//!
//! Order matters: tags of a killmail come in the order of this table. The browser takes the first three columns only.

use super::family::{Family, Subject};
#[cfg(feature = "snapshot")]
use super::predicate::Predicate;

/// One tag of the vocabulary.
#[derive(Clone, Copy, Debug)]
pub struct TagRow {
    pub tag: &'static str,
    pub family: Family,
    pub subject: Subject,
    pub meaning: &'static str,
    #[cfg(feature = "snapshot")]
    pub predicate: Predicate,
    /// Names of types that must have the tag.
    #[cfg(test)]
    pub has: &'static [&'static str],
    /// Names of types that look alike and must not have it.
    #[cfg(test)]
    pub lacks: &'static [&'static str],
}

/// Declares the rows. Predicates and samples vanish where they are of no use, so that the browser need not carry them.
macro_rules! tags {
    ($($family:ident $subject:ident $tag:literal, $meaning:literal, $predicate:expr, [$($has:literal),*], [$($lacks:literal),*];)*) => {
        pub static TABLE: &[TagRow] = &[$(TagRow {
            tag: $tag,
            family: Family::$family,
            subject: Subject::$subject,
            meaning: $meaning,
            #[cfg(feature = "snapshot")]
            predicate: $predicate,
            #[cfg(test)]
            has: &[$($has),*],
            #[cfg(test)]
            lacks: &[$($lacks),*],
        }),*];
        /// Number of rows.
        pub const ROWS: usize = [$($tag),*].len();
    };
}

/// The predicates that several rows share.
#[cfg(feature = "snapshot")]
mod of {
    use super::super::predicate::Predicate::{
        self, All, Any, Attribute, Category, Effect, Group, MetaGroup, MetaLevelBelow,
    };
    use crate::{
        sde::{attribute, category, effect, group, meta_group, skill},
        static_data::Hardpoint,
    };

    /// Tech I by meta group; where the static data name none, by tech level, unless the meta level says that the type
    /// is something rarer.
    pub const T1: Predicate = Any(&[
        MetaGroup(&[meta_group::TECH_I, meta_group::STRUCTURE_TECH_I]),
        All(&[Predicate::NoMetaGroup, Predicate::TechLevel(1), MetaLevelBelow(5)]),
    ]);
    pub const T2: Predicate = MetaGroup(&[meta_group::TECH_II, meta_group::STRUCTURE_TECH_II]);
    pub const T3: Predicate = MetaGroup(&[meta_group::TECH_III]);
    pub const STORYLINE: Predicate = MetaGroup(&[meta_group::STORYLINE]);
    pub const FACTION: Predicate = MetaGroup(&[meta_group::FACTION, meta_group::STRUCTURE_FACTION]);
    pub const DEADSPACE: Predicate = MetaGroup(&[meta_group::DEADSPACE]);
    pub const OFFICER: Predicate = MetaGroup(&[meta_group::OFFICER]);
    pub const ABYSSAL: Predicate = MetaGroup(&[meta_group::ABYSSAL]);

    /// By hardpoint, not by effect: the civilian guns of real mails are unpublished, and the tables leave out the effects
    /// of unpublished types.
    const TURRET: Predicate = Predicate::Hardpoint(Hardpoint::Turret);
    pub const HYBRID: Predicate = All(&[Group(&[group::HYBRID_WEAPON]), TURRET]);
    pub const PROJECTILE: Predicate = All(&[Group(&[group::PROJECTILE_WEAPON]), TURRET]);
    pub const ENERGY: Predicate = All(&[Group(&[group::ENERGY_WEAPON]), TURRET]);
    pub const PRECURSOR: Predicate = All(&[Group(&[group::PRECURSOR_WEAPON]), TURRET]);
    pub const VORTON: Predicate =
        Any(&[All(&[Group(&[group::VORTON_PROJECTOR]), TURRET]), Effect(&[effect::STRUCTURE_LIGHTNING])]);
    /// Mining lasers and salvagers take turret hardpoints too, hence the groups.
    pub const GUNS: Predicate =
        Any(&[HYBRID, PROJECTILE, ENERGY, PRECURSOR, All(&[Group(&[group::VORTON_PROJECTOR]), TURRET])]);
    pub const SMALL: Predicate = Attribute(attribute::CHARGE_SIZE, 1);
    pub const MEDIUM: Predicate = Attribute(attribute::CHARGE_SIZE, 2);
    pub const LARGE: Predicate = Attribute(attribute::CHARGE_SIZE, 3);
    pub const CAPITAL: Predicate = Attribute(attribute::CHARGE_SIZE, 4);

    pub const SMALL_MISSILE: Predicate =
        Group(&[group::ROCKET_LAUNCHER, group::LIGHT_LAUNCHER, group::RAPID_LIGHT_LAUNCHER]);
    pub const MEDIUM_MISSILE: Predicate =
        Group(&[group::HEAVY_LAUNCHER, group::HEAVY_ASSAULT_LAUNCHER, group::RAPID_HEAVY_LAUNCHER]);
    pub const LARGE_MISSILE: Predicate =
        Group(&[group::CRUISE_LAUNCHER, group::TORPEDO_LAUNCHER, group::RAPID_TORPEDO_LAUNCHER]);
    pub const CAPITAL_MISSILE: Predicate =
        Group(&[group::XL_CRUISE_LAUNCHER, group::XL_TORPEDO_LAUNCHER, group::STRUCTURE_XL_LAUNCHER]);
    pub const MISSILE: Predicate =
        Any(&[SMALL_MISSILE, MEDIUM_MISSILE, LARGE_MISSILE, CAPITAL_MISSILE, Group(&[group::STRUCTURE_LAUNCHER])]);

    pub const DRONE: Predicate = All(&[Category(&[category::DRONE]), Effect(&[effect::TARGET_ATTACK])]);
    pub const LIGHT_DRONE: Predicate =
        All(&[DRONE, Any(&[Predicate::Skill(skill::LIGHT_DRONE_OPERATION), Attribute(attribute::BANDWIDTH_USED, 5)])]);
    pub const MEDIUM_DRONE: Predicate = All(&[DRONE, Predicate::Skill(skill::MEDIUM_DRONE_OPERATION)]);
    pub const HEAVY_DRONE: Predicate = All(&[DRONE, Predicate::Skill(skill::HEAVY_DRONE_OPERATION)]);
    pub const SENTRY_DRONE: Predicate = All(&[DRONE, Predicate::Skill(skill::SENTRY_DRONE_INTERFACING)]);
    pub const FIGHTER: Predicate = Category(&[category::FIGHTER]);
    pub const SMARTBOMB: Predicate = Group(&[group::SMART_BOMB]);
    pub const BOMB: Predicate = Group(&[group::BOMB_LAUNCHER, group::STRUCTURE_BOMB_LAUNCHER]);
}

#[cfg(feature = "snapshot")]
use {
    super::predicate::Predicate::{All, Any, Effect, Group, Not},
    crate::{
        location::Slot,
        sde::{effect, group},
    },
};

tags! {
    Tech Item "T1", "Tech I item, meta variants included", of::T1,
        ["Damage Control I", "Bastion Module I", "Standup Market Hub I", "Hobgoblin I", "Civilian Shield Booster",
         "Capital Industrial Core I", "Large Ancillary Shield Booster"],
        ["Damage Control II", "Khanid Navy Torpedo Launcher", "ML-EKP 'Polybolos' Ballistic Control System",
         "'Basic' Damage Control", "50MN Abyssal Microwarpdrive"];
    Tech Item "T2", "Tech II item", of::T2,
        ["Damage Control II", "Siege Module II", "Standup Point Defense Battery II", "Hobgoblin II", "Templar II",
         "Capital Industrial Core II"],
        ["Damage Control I", "Capital Industrial Core I", "Strategos' Modified Siege Module", "Abyssal Siege Module"];
    Tech Item "T3", "Tech III item: the subsystems of strategic cruisers", of::T3,
        ["Legion Core - Dissolution Sequencer", "Tengu Propulsion - Fuel Catalyst"], ["Damage Control II"];
    Tech Item "Storyline", "Storyline item", of::STORYLINE,
        ["'Basic' Damage Control", "Purloined Sansha Data Analyzer"], ["Damage Control I"];
    Tech Item "Faction", "Faction item", of::FACTION,
        ["Republic Fleet Gyrostabilizer", "Imperial Navy Bastion Module", "Gecko", "Shadow", "Standup Shadow"],
        ["Gyrostabilizer II"];
    Tech Item "Deadspace", "Deadspace item", of::DEADSPACE,
        ["Gist X-Type Large Shield Booster", "Core X-Type 500MN Microwarpdrive"], ["Domination Gyrostabilizer"];
    Tech Item "Officer", "Officer item", of::OFFICER,
        ["Estamel's Modified Ballistic Control System", "Strategos' Modified Siege Module"],
        ["Caldari Navy Ballistic Control System"];
    Tech Item "Abyssal", "Item whose attributes were rolled with a mutaplasmid", of::ABYSSAL,
        ["50MN Abyssal Microwarpdrive", "Abyssal Siege Module", "Light Mutated Drone"], ["50MN Microwarpdrive II"];

    Tech Hull "Hull:T1", "The hull is Tech I", of::T1,
        ["Rifter", "Gnosis", "Archon", "Capsule", "Rorqual", "Orca", "Bowhead"], ["Wolf", "Tengu", "Vindicator", "Zephyr"];
    Tech Hull "Hull:T2", "The hull is Tech II", of::T2,
        ["Wolf", "Guardian", "Ishtar", "Hubris", "Monitor"], ["Rifter", "Utu", "Archon", "Capsule"];
    Tech Hull "Hull:T3", "The hull is Tech III: strategic cruiser or tactical destroyer", of::T3,
        ["Tengu", "Confessor", "Legion"], ["Cerberus", "Rorqual"];
    Tech Hull "Hull:Storyline", "The hull is a storyline item", of::STORYLINE, ["Goru's Shuttle"], ["Rifter"];
    Tech Hull "Hull:Faction", "The hull is a faction item, navy and pirate hulls included", of::FACTION,
        ["Vindicator", "Republic Fleet Firetail", "Utu", "Gecko"], ["Rifter", "Wolf"];
    Tech Hull "Hull:Deadspace", "The hull is a deadspace item; no type is today", of::DEADSPACE, [], ["Vindicator"];
    Tech Hull "Hull:Officer", "The hull is an officer item; no type is today", of::OFFICER, [], ["Vindicator"];
    Tech Hull "Hull:Abyssal", "What was lost is a drone rolled with a mutaplasmid", of::ABYSSAL,
        ["Heavy Mutated Drone"], ["Ogre II"];

    Slot Item "High Slot", "Something in a high slot", super::predicate::Predicate::Slot(Slot::High),
        ["Heavy Pulse Laser II", "Covert Ops Cloaking Device II", "Standup Point Defense Battery I"], ["Damage Control II"];
    Slot Item "Mid Slot", "Something in a mid slot", super::predicate::Predicate::Slot(Slot::Mid),
        ["Large Shield Extender II", "Standup Stasis Webifier I"], ["Damage Control II"];
    Slot Item "Low Slot", "Something in a low slot", super::predicate::Predicate::Slot(Slot::Low),
        ["Damage Control II", "1600mm Steel Plates II"], ["Large Shield Extender II"];
    Slot Item "Rig", "A rig", super::predicate::Predicate::Slot(Slot::Rig),
        ["Large Core Defense Field Extender I", "Small Higgs Anchor I"], ["Large Shield Extender II"];
    Slot Item "Subsystem", "A subsystem", super::predicate::Predicate::Slot(Slot::Subsystem),
        ["Legion Core - Dissolution Sequencer"], ["Damage Control II"];
    Slot Item "Service Slot", "A service module of a structure", super::predicate::Predicate::Slot(Slot::Service),
        ["Standup Market Hub I"], ["Standup Stasis Webifier I"];

    Weapon Item "Guns", "Any turret that shoots: hybrid, projectile, energy, precursor or vorton", of::GUNS,
        ["125mm Railgun II", "425mm AutoCannon II", "Heavy Pulse Laser II", "Heavy Entropic Disintegrator II",
         "Large Vorton Projector II"],
        ["Miner II", "Salvager II", "Rocket Launcher II", "Gas Cloud Scoop II", "Hobgoblin II", "Hail S"];
    Weapon Item "Hybrid", "Blasters and railguns", of::HYBRID,
        ["125mm Railgun II", "Neutron Blaster Cannon II"], ["Heavy Pulse Laser II", "Large Vorton Projector II"];
    Weapon Item "Small Hybrid", "Hybrid turrets of small size", All(&[of::HYBRID, of::SMALL]),
        ["125mm Railgun II"], ["250mm Railgun II"];
    Weapon Item "Medium Hybrid", "Hybrid turrets of medium size", All(&[of::HYBRID, of::MEDIUM]),
        ["250mm Railgun II", "Heavy Neutron Blaster II"], ["125mm Railgun II", "425mm AutoCannon II"];
    Weapon Item "Large Hybrid", "Hybrid turrets of large size", All(&[of::HYBRID, of::LARGE]),
        ["Neutron Blaster Cannon II", "425mm Railgun II"], ["250mm Railgun II", "Ion Siege Blaster II"];
    Weapon Item "Capital Hybrid", "Hybrid turrets of capital size", All(&[of::HYBRID, of::CAPITAL]),
        ["Ion Siege Blaster II"], ["Neutron Blaster Cannon II"];
    Weapon Item "Projectile", "Autocannons and artillery", of::PROJECTILE,
        ["425mm AutoCannon II", "1400mm Howitzer Artillery II"], ["125mm Railgun II"];
    Weapon Item "Small Projectile", "Projectile turrets of small size", All(&[of::PROJECTILE, of::SMALL]),
        ["200mm AutoCannon II", "280mm Howitzer Artillery II"], ["425mm AutoCannon II"];
    Weapon Item "Medium Projectile", "Projectile turrets of medium size", All(&[of::PROJECTILE, of::MEDIUM]),
        ["425mm AutoCannon II", "720mm Howitzer Artillery II"], ["800mm Repeating Cannon II"];
    Weapon Item "Large Projectile", "Projectile turrets of large size", All(&[of::PROJECTILE, of::LARGE]),
        ["800mm Repeating Cannon II", "1400mm Howitzer Artillery II"], ["425mm AutoCannon II"];
    Weapon Item "Capital Projectile", "Projectile turrets of capital size", All(&[of::PROJECTILE, of::CAPITAL]),
        ["Hexa 2500mm Repeating Cannon II"], ["800mm Repeating Cannon II"];
    Weapon Item "Energy", "Pulse and beam lasers", of::ENERGY,
        ["Heavy Pulse Laser II", "Tachyon Beam Laser II"], ["Heavy Energy Neutralizer II", "Lux Kontos"];
    Weapon Item "Small Energy", "Energy turrets of small size", All(&[of::ENERGY, of::SMALL]),
        ["Small Focused Pulse Laser II"], ["Heavy Pulse Laser II"];
    Weapon Item "Medium Energy", "Energy turrets of medium size", All(&[of::ENERGY, of::MEDIUM]),
        ["Heavy Pulse Laser II"], ["Mega Pulse Laser II"];
    Weapon Item "Large Energy", "Energy turrets of large size", All(&[of::ENERGY, of::LARGE]),
        ["Mega Pulse Laser II", "Tachyon Beam Laser II"], ["Heavy Pulse Laser II"];
    Weapon Item "Capital Energy", "Energy turrets of capital size", All(&[of::ENERGY, of::CAPITAL]),
        ["Dual Giga Pulse Laser II"], ["Mega Pulse Laser II"];
    Weapon Item "Precursor", "Entropic disintegrators", of::PRECURSOR,
        ["Light Entropic Disintegrator II", "Ultratidal Entropic Disintegrator I"], ["Entropic Radiation Sink II"];
    Weapon Item "Small Precursor", "Entropic disintegrators of small size", All(&[of::PRECURSOR, of::SMALL]),
        ["Light Entropic Disintegrator II"], ["Heavy Entropic Disintegrator II"];
    Weapon Item "Medium Precursor", "Entropic disintegrators of medium size", All(&[of::PRECURSOR, of::MEDIUM]),
        ["Heavy Entropic Disintegrator II"], ["Supratidal Entropic Disintegrator II"];
    Weapon Item "Large Precursor", "Entropic disintegrators of large size", All(&[of::PRECURSOR, of::LARGE]),
        ["Supratidal Entropic Disintegrator II"], ["Heavy Entropic Disintegrator II"];
    Weapon Item "Capital Precursor", "Entropic disintegrators of capital size", All(&[of::PRECURSOR, of::CAPITAL]),
        ["Ultratidal Entropic Disintegrator I"], ["Supratidal Entropic Disintegrator II"];
    Weapon Item "Vorton", "Vorton projectors, the structures' arcing one included", of::VORTON,
        ["Large Vorton Projector II", "Standup Arcing Vorton Projector I"], ["Vorton Tuning System II"];
    Weapon Item "Small Vorton", "Vorton projectors of small size", All(&[of::VORTON, of::SMALL]),
        ["Small Vorton Projector II"], ["Large Vorton Projector II"];
    Weapon Item "Medium Vorton", "Vorton projectors of medium size", All(&[of::VORTON, of::MEDIUM]),
        ["Medium Vorton Projector II"], ["Large Vorton Projector II"];
    Weapon Item "Large Vorton", "Vorton projectors of large size", All(&[of::VORTON, of::LARGE]),
        ["Large Vorton Projector II"], ["Small Vorton Projector II"];
    Weapon Item "Missile", "Launchers of rockets, missiles and torpedoes", of::MISSILE,
        ["Rocket Launcher II", "Rapid Light Missile Launcher II", "Heavy Assault Missile Launcher II",
         "Heavy Missile Launcher II", "Torpedo Launcher II", "Cruise Missile Launcher II", "XL Torpedo Launcher II",
         "Civilian Light Missile Launcher", "Standup Multirole Missile Launcher I"],
        ["Bomb Launcher I", "Festival Launcher", "Defender Launcher I", "Core Probe Launcher II",
         "Small Breacher Pod Launcher", "Ballistic Control System II"];
    Weapon Item "Small Missile", "Launchers that fire rockets or light missiles", of::SMALL_MISSILE,
        ["Rocket Launcher II", "Light Missile Launcher II", "Rapid Light Missile Launcher II"],
        ["Heavy Assault Missile Launcher II", "Torpedo Launcher II"];
    Weapon Item "Medium Missile", "Launchers that fire heavy or heavy assault missiles", of::MEDIUM_MISSILE,
        ["Heavy Missile Launcher II", "Heavy Assault Missile Launcher II", "Rapid Heavy Missile Launcher II"],
        ["Cruise Missile Launcher II", "Rapid Light Missile Launcher II"];
    Weapon Item "Large Missile", "Launchers that fire cruise missiles or torpedoes", of::LARGE_MISSILE,
        ["Cruise Missile Launcher II", "Torpedo Launcher II", "Rapid Torpedo Launcher II"],
        ["Heavy Missile Launcher II", "XL Torpedo Launcher II"];
    Weapon Item "Capital Missile", "Launchers that fire XL missiles", of::CAPITAL_MISSILE,
        ["XL Cruise Missile Launcher II", "XL Torpedo Launcher II", "Standup Anticapital Missile Launcher I"],
        ["Cruise Missile Launcher II"];
    Weapon Item "Drone", "Drones that do damage", of::DRONE,
        ["Hobgoblin II", "Gecko", "Garde II", "Light Mutated Drone", "Orbweaver SW-300-I"],
        ["Mining Drone II", "Hornet EC-300", "Heavy Armor Maintenance Bot I", "Templar I", "Drone Damage Amplifier II"];
    Weapon Item "Light Drone", "Light drones that do damage", of::LIGHT_DRONE,
        ["Hobgoblin II", "Civilian Hobgoblin", "Light Mutated Drone", "Orbweaver SW-300-I"],
        ["Hammerhead II", "Hornet EC-300", "Mining Drone II"];
    Weapon Item "Medium Drone", "Medium drones that do damage", of::MEDIUM_DRONE,
        ["Hammerhead II", "Aralez", "Huntsman SW-600-I"], ["Hobgoblin II", "Ogre II"];
    Weapon Item "Heavy Drone", "Heavy drones that do damage", of::HEAVY_DRONE,
        ["Ogre II", "Gecko", "Heavy Mutated Drone", "Arabellata SW-900-I"], ["Garde II", "Hammerhead II"];
    Weapon Item "Sentry Drone", "Sentry drones", of::SENTRY_DRONE, ["Garde II", "Sentry Mutated Drone"], ["Ogre II"];
    Weapon Item "Fighter", "Fighter squadrons of every kind", of::FIGHTER,
        ["Templar I", "Scarab II", "Mantis I", "Standup Templar I"], ["Ogre II", "Fighter Support Unit II"];
    Weapon Item "Light Fighter", "Light fighters", Group(&[group::LIGHT_FIGHTER, group::STRUCTURE_LIGHT_FIGHTER]),
        ["Templar I", "Standup Templar I"], ["Mantis I"];
    Weapon Item "Support Fighter", "Support fighters", Group(&[group::SUPPORT_FIGHTER, group::STRUCTURE_SUPPORT_FIGHTER]),
        ["Scarab II", "Standup Siren I"], ["Templar I"];
    Weapon Item "Heavy Fighter", "Heavy fighters", Group(&[group::HEAVY_FIGHTER, group::STRUCTURE_HEAVY_FIGHTER]),
        ["Mantis I", "Shadow", "Standup Mantis I"], ["Templar I"];
    Weapon Item "Smartbomb", "Smartbombs", of::SMARTBOMB, ["Large EMP Smartbomb II"], ["Bomb Launcher I"];
    Weapon Item "Bomb", "Bomb launchers", of::BOMB,
        ["Bomb Launcher I", "Standup Guided Bomb Launcher I"], ["Large EMP Smartbomb II", "Torpedo Launcher II"];

    Support Item "Shield Extender", "Adds shield hit points", Group(&[group::SHIELD_EXTENDER]),
        ["Large Shield Extender II"],
        ["EM Shield Amplifier II", "Large Core Defense Field Extender I", "Large Shield Booster II"];
    Support Item "Shield Booster", "Repairs its own shield, ancillary boosters included",
        Group(&[group::SHIELD_BOOSTER, group::ANCILLARY_SHIELD_BOOSTER]),
        ["Large Shield Booster II", "X-Large Ancillary Shield Booster"],
        ["Large Remote Shield Booster II", "Shield Boost Amplifier II"];
    Support Item "Shield Hardener", "Active shield resistance, flex hardeners included; amplifiers are passive",
        Group(&[group::SHIELD_HARDENER, group::FLEX_SHIELD_HARDENER]),
        ["Multispectrum Shield Hardener II", "EM Shield Hardener II", "Capital Flex Shield Hardener II"],
        ["EM Shield Amplifier II", "Thermal Armor Hardener II"];
    Support Item "Armor Plate", "Adds armor hit points", Group(&[group::ARMOR_PLATE]),
        ["1600mm Steel Plates II"], ["Multispectrum Coating II", "Large Trimark Armor Pump I"];
    Support Item "Armor Repairer", "Repairs its own armor, ancillary repairers included",
        Group(&[group::ARMOR_REPAIR_UNIT, group::ANCILLARY_ARMOR_REPAIRER]),
        ["Large Armor Repairer II", "Large Ancillary Armor Repairer"],
        ["Large Remote Armor Repairer II", "Medium Hull Repairer II"];
    Support Item "Armor Hardener", "Active armor resistance, reactive and flex hardeners included; membranes are passive",
        Group(&[group::ARMOR_HARDENER, group::SHIFT_HARDENER, group::FLEX_ARMOR_HARDENER]),
        ["Thermal Armor Hardener II", "Reactive Armor Hardener", "Capital Flex Armor Hardener II"],
        ["Multispectrum Energized Membrane II", "EM Shield Hardener II"];
    Support Item "Hull Repairer", "Repairs its own hull", Group(&[group::HULL_REPAIR_UNIT]),
        ["Medium Hull Repairer II"], ["Large Remote Hull Repairer II", "Large Armor Repairer II"];
    Support Item "Damage Control", "Damage controls, assault damage controls included", Group(&[group::DAMAGE_CONTROL]),
        ["Damage Control II", "Assault Damage Control II"], ["Multispectrum Energized Membrane II"];
    Support Item "Remote Shield", "Repairs others' shields: modules and drones",
        Any(&[
            Group(&[group::REMOTE_SHIELD_BOOSTER, group::ANCILLARY_REMOTE_SHIELD_BOOSTER]),
            Effect(&[effect::DRONE_REMOTE_SHIELD]),
        ]),
        ["Large Remote Shield Booster II", "Large Ancillary Remote Shield Booster", "Heavy Shield Maintenance Bot I"],
        ["Large Shield Booster II", "Large Remote Capacitor Transmitter II"];
    Support Item "Remote Armor", "Repairs others' armor: modules, ancillary and mutadaptive ones included, and drones",
        Any(&[
            Group(&[
                group::REMOTE_ARMOR_REPAIRER,
                group::ANCILLARY_REMOTE_ARMOR_REPAIRER,
                group::MUTADAPTIVE_REMOTE_ARMOR_REPAIRER,
            ]),
            Effect(&[effect::DRONE_REMOTE_ARMOR]),
        ]),
        ["Large Remote Armor Repairer II", "Large Ancillary Remote Armor Repairer",
         "Heavy Mutadaptive Remote Armor Repairer II", "Heavy Armor Maintenance Bot I"],
        ["Large Armor Repairer II", "Large Remote Hull Repairer II", "Heavy Hull Maintenance Bot I"];
    Support Item "Remote Capacitor", "Gives capacitor to others", Group(&[group::REMOTE_CAPACITOR_TRANSMITTER]),
        ["Large Remote Capacitor Transmitter II"], ["Heavy Energy Nosferatu II", "Heavy Capacitor Booster II"];
    Support Item "Capacitor Booster", "Fills its own capacitor from charges", Group(&[group::CAPACITOR_BOOSTER]),
        ["Heavy Capacitor Booster II"], ["Cap Recharger II", "Large Cap Battery II"];
    Support Item "Energy Neutralizer", "Destroys others' capacitor: modules, drones, fighters, burst projectors",
        Any(&[
            Group(&[group::ENERGY_NEUTRALIZER]),
            Effect(&[effect::DRONE_NEUTRALIZER, effect::FIGHTER_NEUTRALIZER, effect::STRUCTURE_NEUTRALIZER, effect::BURST_NEUTRALIZER]),
        ]),
        ["Heavy Energy Neutralizer II", "Praetor EV-900", "Cenobite II", "Standup XL Energy Neutralizer I",
         "Energy Neutralization Burst Projector", "Tick EV-300-I"],
        ["Heavy Energy Nosferatu II", "Heavy Pulse Laser II"];
    Support Item "Nosferatu", "Drains others' capacitor into its own", Group(&[group::ENERGY_NOSFERATU]),
        ["Heavy Energy Nosferatu II"], ["Heavy Energy Neutralizer II"];
    Support Item "ECM", "Jams targeting: modules, burst jammers, drones, fighters, burst projectors",
        Any(&[
            Group(&[group::ECM, group::BURST_JAMMER]),
            Effect(&[effect::DRONE_ECM, effect::FIGHTER_ECM, effect::STRUCTURE_ECM, effect::BURST_ECM]),
        ]),
        ["Multispectral ECM II", "Burst Jammer II", "Hornet EC-300", "Scarab II", "Standup Variable Spectrum ECM I",
         "ECM Jammer Burst Projector", "Inshore EC-300-I"],
        ["Signal Distortion Amplifier II", "Remote Sensor Dampener II"];
    Support Item "Sensor Dampener", "Shortens others' targeting: modules, drones, burst projectors",
        Any(&[
            Group(&[group::SENSOR_DAMPENER]),
            Effect(&[effect::DRONE_DAMPENER, effect::STRUCTURE_DAMPENER, effect::BURST_DAMPENER]),
        ]),
        ["Remote Sensor Dampener II", "Hobgoblin SD-300", "Standup Remote Sensor Dampener I",
         "Sensor Dampening Burst Projector"],
        ["Remote Sensor Booster II", "Tracking Disruptor II"];
    Support Item "Tracking Disruptor", "Disturbs others' turrets: modules, drones, burst projectors",
        Effect(&[
            effect::TRACKING_DISRUPTOR,
            effect::DRONE_WEAPON_DISRUPTION,
            effect::STRUCTURE_WEAPON_DISRUPTION,
            effect::BURST_TRACKING,
        ]),
        ["Tracking Disruptor II", "Acolyte TD-300", "Standup Weapon Disruptor I", "Weapon Disruption Burst Projector"],
        ["Guidance Disruptor II", "Tracking Computer II", "Remote Tracking Computer II"];
    Support Item "Guidance Disruptor", "Disturbs others' missiles: modules, and the structures' weapon disruptor",
        Effect(&[effect::GUIDANCE_DISRUPTOR, effect::STRUCTURE_WEAPON_DISRUPTION]),
        ["Guidance Disruptor II", "Standup Weapon Disruptor I"], ["Tracking Disruptor II", "Missile Guidance Computer II"];
    Support Item "Target Painter", "Enlarges others' signature: modules, drones, burst projectors",
        Any(&[
            Group(&[group::TARGET_PAINTER]),
            Effect(&[effect::DRONE_PAINTER, effect::STRUCTURE_PAINTER, effect::BURST_PAINTER]),
        ]),
        ["Target Painter II", "Warrior TP-300", "Standup Target Painter I", "Target Illumination Burst Projector"],
        ["Remote Tracking Computer II", "Sensor Booster II"];
    Support Item "Sensor Booster", "Improves targeting, its own or another ship's",
        Group(&[group::SENSOR_BOOSTER, group::REMOTE_SENSOR_BOOSTER]),
        ["Sensor Booster II", "Remote Sensor Booster II"], ["Signal Amplifier II", "Remote Tracking Computer II"];
    Support Item "Command Burst", "Fleet boosts", Group(&[group::COMMAND_BURST]),
        ["Shield Command Burst II", "Mining Foreman Burst II"],
        ["Medium Command Processor I", "Mining Foreman Link - Laser Optimization II"];
    Support Item "Cloak", "Cloaking devices", Group(&[group::CLOAKING_DEVICE]),
        ["Covert Ops Cloaking Device II", "Prototype Cloaking Device I"], ["Covert Cynosural Field Generator I"];
    Support Item "Cynosural Field", "Beacons for jump drives, industrial ones included, covert ones not",
        All(&[
            Group(&[group::CYNOSURAL_FIELD_GENERATOR]),
            Effect(&[effect::CYNOSURAL_GENERATION]),
            Not(&Effect(&[effect::COVERT_CPU])),
        ]),
        ["Cynosural Field Generator I", "Industrial Cynosural Field Generator"],
        ["Covert Cynosural Field Generator I", "Jump Portal Generator I"];
    Support Item "Covert Cynosural Field", "Covert beacons for jump drives",
        All(&[Effect(&[effect::CYNOSURAL_GENERATION]), Effect(&[effect::COVERT_CPU])]),
        ["Covert Cynosural Field Generator I"], ["Cynosural Field Generator I", "Covert Ops Cloaking Device II"];
    Support Item "Bastion/Siege/Triage", "Stationary modes of marauders, dreadnoughts and force auxiliaries",
        Effect(&[effect::BASTION, effect::SIEGE, effect::TRIAGE]),
        ["Bastion Module I", "Siege Module II", "Triage Module II", "Abyssal Siege Module"],
        ["Capital Industrial Core II"];
    Support Item "Entosis", "Entosis links", Group(&[group::ENTOSIS_LINK]), ["Entosis Link II"], ["Salvager II"];
    Support Item "Probe Launcher", "Launchers of scan and survey probes",
        Group(&[group::SCAN_PROBE_LAUNCHER, group::SURVEY_PROBE_LAUNCHER]),
        ["Core Probe Launcher II", "Expanded Probe Launcher II", "Survey Probe Launcher I"],
        ["Interdiction Sphere Launcher I", "Rocket Launcher II"];
    Support Item "Salvager", "Salvagers: modules and drones",
        Any(&[Group(&[group::SALVAGER]), Effect(&[effect::SALVAGING, effect::SALVAGE_DRONE])]),
        ["Salvager II", "Salvage Drone I"], ["Small Tractor Beam II", "Medium Salvage Tackle I"];
    Support Item "Mining", "Miners of ore, ice and gas: modules and drones",
        Effect(&[effect::MINING_LASER, effect::MINING_CLOUDS, effect::DRONE_MINING]),
        ["Miner II", "Strip Miner I", "Ice Harvester II", "Modulated Strip Miner II", "Gas Cloud Scoop II",
         "Gas Cloud Harvester II", "Mining Drone II"],
        ["Mining Laser Upgrade II", "Mining Foreman Burst II", "Heavy Pulse Laser II", "Salvager II"];

    Tackle Item "Afterburner", "Afterburners", Effect(&[effect::AFTERBURNER]),
        ["10MN Afterburner II", "100MN Afterburner II"], ["50MN Microwarpdrive II"];
    Tackle Item "Microwarpdrive", "Microwarpdrives", Effect(&[effect::MICROWARPDRIVE]),
        ["50MN Microwarpdrive II", "5MN Microwarpdrive I", "50MN Abyssal Microwarpdrive"],
        ["10MN Afterburner II", "Large Micro Jump Drive"];
    Tackle Item "Micro Jump Drive", "Micro jump drives and micro jump field generators",
        Effect(&[effect::MICRO_JUMP_DRIVE, effect::MICRO_JUMP_FIELD, effect::CAPITAL_MICRO_JUMP_FIELD]),
        ["Large Micro Jump Drive", "Micro Jump Field Generator", "Capital Micro Jump Drive",
         "Capital Micro Jump Field Generator"],
        ["50MN Microwarpdrive II", "Jump Portal Generator I"];
    Tackle Item "Warp Disruptor", "Holds others at long range: modules, support fighters",
        Effect(&[effect::WARP_DISRUPT, effect::FIGHTER_WARP_DISRUPTION]),
        ["Warp Disruptor II", "Heavy Warp Disruptor II", "Siren II", "Civilian Warp Disruptor"],
        ["Warp Scrambler II", "Warp Disruption Field Generator II"];
    Tackle Item "Warp Scrambler", "Holds others at short range and stops microwarpdrives",
        Effect(&[effect::WARP_SCRAMBLE, effect::STRUCTURE_WARP_SCRAMBLE]),
        ["Warp Scrambler II", "Heavy Warp Scrambler II", "Standup Focused Warp Disruptor I"], ["Warp Disruptor II"];
    Tackle Item "Stasis Webifier", "Slows others: modules, drones, support fighters, burst projectors",
        Any(&[
            Group(&[group::STASIS_WEB]),
            Effect(&[effect::DRONE_WEBIFIER, effect::FIGHTER_WEBIFIER, effect::STRUCTURE_WEBIFIER, effect::BURST_WEB]),
        ]),
        ["Stasis Webifier II", "Warrior SW-300", "Dromi II", "Standup Stasis Webifier I",
         "Stasis Webification Burst Projector", "Orbweaver SW-300-I"],
        ["Heavy Stasis Grappler II", "Warp Scrambler II"];
    Tackle Item "Stasis Grappler", "Slows others strongly at very short range", Group(&[group::STASIS_GRAPPLER]),
        ["Heavy Stasis Grappler II"], ["Stasis Webifier II"];
    Tackle Item "Interdiction Sphere", "Launches warp disruption probes (bubbles)",
        Group(&[group::INTERDICTION_SPHERE_LAUNCHER]),
        ["Interdiction Sphere Launcher I"], ["Warp Disruption Field Generator II", "Core Probe Launcher II"];
    Tackle Item "Warp Disruption Field", "Warp disruption field around the ship (bubble), burst projector included",
        Any(&[Group(&[group::WARP_DISRUPT_FIELD_GENERATOR]), Effect(&[effect::BURST_BUBBLE])]),
        ["Warp Disruption Field Generator II", "Warp Disruption Burst Projector"],
        ["Warp Disruptor II", "Interdiction Sphere Launcher I"];
    Tackle Item "Warp Core Stabilizer", "Resists warp disruption", Group(&[group::WARP_CORE_STABILIZER]),
        ["Warp Core Stabilizer II"], ["Inertial Stabilizers II"];
    Tackle Item "Nullifier", "Ignores bubbles", Group(&[group::INTERDICTION_NULLIFIER]),
        ["Interdiction Nullifier II"], ["Legion Propulsion - Interdiction Nullifier"];
}
