//! Numbers of the static data that rules name: each stands here once, beside its name and a sample type, and a test asks
//! the static data whether they belong together (two well-known tools typed such numbers by hand and got eight groups
//! wrong). A rule elsewhere says `group::CAPSULE`, never 29; a test of the server looks for numbers that stray.
//!
//! Location flags are no part of the static data: `location.rs` has them. The simulator keeps numbers of its own, since
//! it plays the other side.

/// Declares constants and, for the tests, the list of them with the names they must have in the static data.
macro_rules! declare {
    ($kind:ty, $make:path { $($name:ident = $id:literal, $label:literal, $sample:literal;)* }) => {
        $(pub const $name: $kind = $make($id);)*
        /// Each constant with its name and a sample type.
        #[cfg(test)]
        pub const LISTED: &[($kind, &str, &str)] = &[$(($name, $label, $sample)),*];
    };
}

/// Categories, the coarsest division of types.
pub mod category {
    use crate::ids::CategoryId;

    declare! { CategoryId, CategoryId {
        SHIP = 6, "Ship", "Rifter";
        MODULE = 7, "Module", "200mm AutoCannon II";
        CHARGE = 8, "Charge", "Hail S";
        SKILL = 16, "Skill", "Gunnery";
        DRONE = 18, "Drone", "Hobgoblin II";
        IMPLANT = 20, "Implant", "Standard Crash Booster";
        DEPLOYABLE = 22, "Deployable", "Mobile Depot";
        STARBASE = 23, "Starbase", "Amarr Control Tower";
        SUBSYSTEM = 32, "Subsystem", "Legion Core - Dissolution Sequencer";
        SOVEREIGNTY_STRUCTURE = 40, "Sovereignty Structures", "Sovereignty Hub";
        ORBITAL = 46, "Orbitals", "Customs Office Gantry";
        STRUCTURE = 65, "Structure", "Astrahus";
        STRUCTURE_MODULE = 66, "Structure Module", "Standup Market Hub I";
        FIGHTER = 87, "Fighter", "Templar I";
        SKIN = 91, "SKINs", "Apocalypse Kador SKIN";
    } }

    /// What is fitted into slots.
    pub const FITTED: [CategoryId; 3] = [MODULE, SUBSYSTEM, STRUCTURE_MODULE];
    /// What is carried in bays and fights from there.
    pub const CARRIED: [CategoryId; 2] = [DRONE, FIGHTER];
    /// What stands in space and is no deployable.
    pub const STRUCTURES: [CategoryId; 4] = [STARBASE, SOVEREIGNTY_STRUCTURE, ORBITAL, STRUCTURE];
    /// What can be lost by itself: others never head a killmail.
    pub const LOST: [CategoryId; 8] =
        [SHIP, DRONE, DEPLOYABLE, STARBASE, SOVEREIGNTY_STRUCTURE, ORBITAL, STRUCTURE, FIGHTER];
}

/// Meta groups: how rare or advanced a type is.
pub mod meta_group {
    use crate::ids::MetaGroupId;

    declare! { MetaGroupId, MetaGroupId {
        TECH_I = 1, "Tech I", "Rifter";
        TECH_II = 2, "Tech II", "200mm AutoCannon II";
        STORYLINE = 3, "Storyline", "'Basic' Damage Control";
        FACTION = 4, "Faction", "Republic Fleet Gyrostabilizer";
        OFFICER = 5, "Officer", "Estamel's Modified Ballistic Control System";
        DEADSPACE = 6, "Deadspace", "Gist X-Type Large Shield Booster";
        TECH_III = 14, "Tech III", "Tengu";
        ABYSSAL = 15, "Abyssal", "50MN Abyssal Microwarpdrive";
        STRUCTURE_FACTION = 52, "Structure Faction", "Standup Shadow";
        STRUCTURE_TECH_II = 53, "Structure Tech II", "Standup Templar II";
        STRUCTURE_TECH_I = 54, "Structure Tech I", "Standup Market Hub I";
    } }
}

/// Groups of types, each within one category.
pub mod group {
    use crate::ids::GroupId;

    declare! { GroupId, GroupId {
        CAPSULE = 29, "Capsule", "Capsule";
        SHUTTLE = 31, "Shuttle", "Caldari Shuttle";
        SHIELD_EXTENDER = 38, "Shield Extender", "Large Shield Extender II";
        SHIELD_BOOSTER = 40, "Shield Booster", "Large Shield Booster II";
        REMOTE_SHIELD_BOOSTER = 41, "Remote Shield Booster", "Large Remote Shield Booster II";
        PROPULSION_MODULE = 46, "Propulsion Module", "50MN Microwarpdrive II";
        ENERGY_WEAPON = 53, "Energy Weapon", "Heavy Pulse Laser II";
        PROJECTILE_WEAPON = 55, "Projectile Weapon", "425mm AutoCannon II";
        DAMAGE_CONTROL = 60, "Damage Control", "Damage Control II";
        ARMOR_REPAIR_UNIT = 62, "Armor Repair Unit", "Large Armor Repairer II";
        HULL_REPAIR_UNIT = 63, "Hull Repair Unit", "Medium Hull Repairer II";
        STASIS_WEB = 65, "Stasis Web", "Stasis Webifier II";
        REMOTE_CAPACITOR_TRANSMITTER = 67, "Remote Capacitor Transmitter", "Large Remote Capacitor Transmitter II";
        ENERGY_NOSFERATU = 68, "Energy Nosferatu", "Heavy Energy Nosferatu II";
        ENERGY_NEUTRALIZER = 71, "Energy Neutralizer", "Heavy Energy Neutralizer II";
        SMART_BOMB = 72, "Smart Bomb", "Large EMP Smartbomb II";
        HYBRID_WEAPON = 74, "Hybrid Weapon", "Neutron Blaster Cannon II";
        CAPACITOR_BOOSTER = 76, "Capacitor Booster", "Heavy Capacitor Booster II";
        SHIELD_HARDENER = 77, "Shield Hardener", "Multispectrum Shield Hardener II";
        BURST_JAMMER = 80, "Burst Jammer", "Burst Jammer II";
        ECM = 201, "ECM", "Multispectral ECM II";
        SENSOR_DAMPENER = 208, "Sensor Dampener", "Remote Sensor Dampener II";
        SENSOR_BOOSTER = 212, "Sensor Booster", "Sensor Booster II";
        CORVETTE = 237, "Corvette", "Reaper";
        REMOTE_SENSOR_BOOSTER = 290, "Remote Sensor Booster", "Remote Sensor Booster II";
        BOOSTER = 303, "Booster", "Standard Crash Booster";
        WARP_CORE_STABILIZER = 315, "Warp Core Stabilizer", "Warp Core Stabilizer II";
        REMOTE_ARMOR_REPAIRER = 325, "Remote Armor Repairer", "Large Remote Armor Repairer II";
        ARMOR_HARDENER = 328, "Armor Hardener", "Thermal Armor Hardener II";
        ARMOR_PLATE = 329, "Armor Plate", "1600mm Steel Plates II";
        CLOAKING_DEVICE = 330, "Cloaking Device", "Covert Ops Cloaking Device II";
        TARGET_PAINTER = 379, "Target Painter", "Target Painter II";
        SCAN_PROBE_LAUNCHER = 481, "Scan Probe Launcher", "Expanded Probe Launcher II";
        CRUISE_LAUNCHER = 506, "Missile Launcher Cruise", "Cruise Missile Launcher II";
        ROCKET_LAUNCHER = 507, "Missile Launcher Rocket", "Rocket Launcher II";
        TORPEDO_LAUNCHER = 508, "Missile Launcher Torpedo", "Torpedo Launcher II";
        LIGHT_LAUNCHER = 509, "Missile Launcher Light", "Light Missile Launcher II";
        HEAVY_LAUNCHER = 510, "Missile Launcher Heavy", "Heavy Missile Launcher II";
        RAPID_LIGHT_LAUNCHER = 511, "Missile Launcher Rapid Light", "Rapid Light Missile Launcher II";
        XL_TORPEDO_LAUNCHER = 524, "Missile Launcher XL Torpedo", "XL Torpedo Launcher II";
        INTERDICTION_SPHERE_LAUNCHER = 589, "Interdiction Sphere Launcher", "Interdiction Sphere Launcher I";
        CYNOSURAL_FIELD_GENERATOR = 658, "Cynosural Field Generator", "Cynosural Field Generator I";
        HEAVY_ASSAULT_LAUNCHER = 771, "Missile Launcher Heavy Assault", "Heavy Assault Missile Launcher II";
        LOGISTICS = 832, "Logistics", "Guardian";
        BOMB_LAUNCHER = 862, "Missile Launcher Bomb", "Bomb Launcher I";
        WARP_DISRUPT_FIELD_GENERATOR = 899, "Warp Disrupt Field Generator", "Warp Disruption Field Generator II";
        SALVAGER = 1122, "Salvager", "Salvager II";
        SHIFT_HARDENER = 1150, "Armor Resistance Shift Hardener", "Reactive Armor Hardener";
        ANCILLARY_SHIELD_BOOSTER = 1156, "Ancillary Shield Booster", "X-Large Ancillary Shield Booster";
        ANCILLARY_ARMOR_REPAIRER = 1199, "Ancillary Armor Repairer", "Large Ancillary Armor Repairer";
        SURVEY_PROBE_LAUNCHER = 1226, "Survey Probe Launcher", "Survey Probe Launcher I";
        RAPID_HEAVY_LAUNCHER = 1245, "Missile Launcher Rapid Heavy", "Rapid Heavy Missile Launcher II";
        ENTOSIS_LINK = 1313, "Entosis Link", "Entosis Link II";
        STRUCTURE_XL_LAUNCHER = 1327, "Structure XL Missile Launcher", "Standup Anticapital Missile Launcher I";
        STRUCTURE_BOMB_LAUNCHER = 1328, "Structure Guided Bomb Launcher", "Standup Guided Bomb Launcher I";
        LOGISTICS_FRIGATE = 1527, "Logistics Frigate", "Deacon";
        SUPPORT_FIGHTER = 1537, "Support Fighter", "Scarab II";
        FORCE_AUXILIARY = 1538, "Force Auxiliary", "Apostle";
        STRUCTURE_LAUNCHER = 1562, "Structure Multirole Missile Launcher", "Standup Multirole Missile Launcher I";
        LIGHT_FIGHTER = 1652, "Light Fighter", "Templar I";
        HEAVY_FIGHTER = 1653, "Heavy Fighter", "Mantis I";
        STASIS_GRAPPLER = 1672, "Stasis Grappler", "Heavy Stasis Grappler II";
        RAPID_TORPEDO_LAUNCHER = 1673, "Missile Launcher Rapid Torpedo", "Rapid Torpedo Launcher II";
        XL_CRUISE_LAUNCHER = 1674, "Missile Launcher XL Cruise", "XL Cruise Missile Launcher II";
        ANCILLARY_REMOTE_SHIELD_BOOSTER = 1697, "Ancillary Remote Shield Booster", "Large Ancillary Remote Shield Booster";
        ANCILLARY_REMOTE_ARMOR_REPAIRER = 1698, "Ancillary Remote Armor Repairer", "Large Ancillary Remote Armor Repairer";
        FLEX_ARMOR_HARDENER = 1699, "Flex Armor Hardener", "Capital Flex Armor Hardener II";
        FLEX_SHIELD_HARDENER = 1700, "Flex Shield Hardener", "Capital Flex Shield Hardener II";
        COMMAND_BURST = 1770, "Command Burst", "Shield Command Burst II";
        PRECURSOR_WEAPON = 1986, "Precursor Weapon", "Heavy Entropic Disintegrator II";
        MUTADAPTIVE_REMOTE_ARMOR_REPAIRER = 2018, "Mutadaptive Remote Armor Repairer",
        "Heavy Mutadaptive Remote Armor Repairer II";
        VORTON_PROJECTOR = 4060, "Vorton Projector", "Large Vorton Projector II";
        INTERDICTION_NULLIFIER = 4117, "Interdiction Nullifier", "Interdiction Nullifier II";
        STRUCTURE_LIGHT_FIGHTER = 4777, "Structure Light Fighter", "Standup Templar I";
        STRUCTURE_SUPPORT_FIGHTER = 4778, "Structure Support Fighter", "Standup Siren I";
        STRUCTURE_HEAVY_FIGHTER = 4779, "Structure Heavy Fighter", "Standup Mantis I";
    } }
}

/// Dogma effects. Their names are CCP's, for programmers.
pub mod effect {
    use super::number;

    declare! { i32, number {
        TARGET_ATTACK = 10, "targetAttack", "Hobgoblin II";
        DRONE_MINING = 17, "mining", "Mining Drone II";
        WARP_DISRUPT = 39, "warpDisrupt", "Warp Disruptor II";
        LAUNCHER_FITTED = 40, "launcherFitted", "Rocket Launcher II";
        TURRET_FITTED = 42, "turretFitted", "200mm AutoCannon II";
        MINING_LASER = 67, "miningLaser", "Strip Miner I";
        MINING_CLOUDS = 2726, "miningClouds", "Gas Cloud Scoop II";
        SALVAGING = 2757, "salvaging", "Salvager II";
        CYNOSURAL_GENERATION = 2857, "cynosuralGeneration", "Cynosural Field Generator I";
        MICRO_JUMP_DRIVE = 4921, "microJumpDrive", "Large Micro Jump Drive";
        SALVAGE_DRONE = 5163, "salvageDroneEffect", "Salvage Drone I";
        COVERT_CPU = 5261, "CovertCloakCPUAddition", "Covert Cynosural Field Generator I";
        WARP_SCRAMBLE = 5934, "warpScrambleBlockMWDWithNPCEffect", "Warp Scrambler II";
        MICRO_JUMP_FIELD = 6208, "microJumpPortalDrive", "Micro Jump Field Generator";
        STRUCTURE_NEUTRALIZER = 6216, "structureEnergyNeutralizerFalloff", "Standup XL Energy Neutralizer I";
        STRUCTURE_WARP_SCRAMBLE = 6222, "structureWarpScrambleBlockMWDWithNPCEffect", "Standup Focused Warp Disruptor I";
        REMOTE_SHIELD_FALLOFF_BONUS = 6368, "shieldTransporterFalloffBonus", "Osprey";
        REMOTE_ARMOR_FALLOFF_BONUS = 6373, "armorRepairProjectorFalloffBonus", "Augoror";
        GUIDANCE_DISRUPTOR = 6423, "shipModuleGuidanceDisruptor", "Guidance Disruptor II";
        TRACKING_DISRUPTOR = 6424, "shipModuleTrackingDisruptor", "Tracking Disruptor II";
        FIGHTER_NEUTRALIZER = 6434, "fighterAbilityEnergyNeutralizer", "Cenobite II";
        FIGHTER_WEBIFIER = 6435, "fighterAbilityStasisWebifier", "Dromi II";
        FIGHTER_WARP_DISRUPTION = 6436, "fighterAbilityWarpDisruption", "Siren II";
        FIGHTER_ECM = 6437, "fighterAbilityECM", "Scarab II";
        STRUCTURE_LIGHTNING = 6447, "lightningWeapon", "Standup Arcing Vorton Projector I";
        BURST_WEB = 6476, "doomsdayAOEWeb", "Stasis Webification Burst Projector";
        BURST_NEUTRALIZER = 6477, "doomsdayAOENeut", "Energy Neutralization Burst Projector";
        BURST_PAINTER = 6478, "doomsdayAOEPaint", "Target Illumination Burst Projector";
        BURST_TRACKING = 6479, "doomsdayAOETrack", "Weapon Disruption Burst Projector";
        BURST_DAMPENER = 6481, "doomsdayAOEDamp", "Sensor Dampening Burst Projector";
        BURST_BUBBLE = 6482, "doomsdayAOEBubble", "Warp Disruption Burst Projector";
        BURST_ECM = 6513, "doomsdayAOEECM", "ECM Jammer Burst Projector";
        TRIAGE = 6581, "moduleBonusTriageModule", "Triage Module II";
        SIEGE = 6582, "moduleBonusSiegeModule", "Siege Module II";
        BASTION = 6658, "moduleBonusBastionModule", "Bastion Module I";
        STRUCTURE_WEBIFIER = 6682, "structureModuleEffectStasisWebifier", "Standup Stasis Webifier I";
        STRUCTURE_PAINTER = 6683, "structureModuleEffectTargetPainter", "Standup Target Painter I";
        STRUCTURE_DAMPENER = 6684, "structureModuleEffectRemoteSensorDampener", "Standup Remote Sensor Dampener I";
        STRUCTURE_ECM = 6685, "structureModuleEffectECM", "Standup Variable Spectrum ECM I";
        STRUCTURE_WEAPON_DISRUPTION = 6686, "structureModuleEffectWeaponDisruption", "Standup Weapon Disruptor I";
        DRONE_REMOTE_ARMOR = 6687, "npcEntityRemoteArmorRepairer", "Heavy Armor Maintenance Bot I";
        DRONE_REMOTE_SHIELD = 6688, "npcEntityRemoteShieldBooster", "Heavy Shield Maintenance Bot I";
        DRONE_WEBIFIER = 6690, "remoteWebifierEntity", "Warrior SW-300";
        DRONE_NEUTRALIZER = 6691, "entityEnergyNeutralizerFalloff", "Praetor EV-900";
        DRONE_PAINTER = 6692, "remoteTargetPaintEntity", "Warrior TP-300";
        DRONE_DAMPENER = 6693, "remoteSensorDampEntity", "Hobgoblin SD-300";
        DRONE_WEAPON_DISRUPTION = 6694, "npcEntityWeaponDisruptor", "Acolyte TD-300";
        DRONE_ECM = 6695, "entityECMFalloff", "Hornet EC-300";
        MICROWARPDRIVE = 6730, "moduleBonusMicrowarpdrive", "50MN Microwarpdrive II";
        AFTERBURNER = 6731, "moduleBonusAfterburner", "10MN Afterburner II";
        CAPITAL_MICRO_JUMP_FIELD = 12126, "microJumpPortalDriveCapital", "Capital Micro Jump Field Generator";
    } }
}

/// Dogma attributes. Their names are CCP's, for programmers.
pub mod attribute {
    use super::number;

    declare! { i32, number {
        CHARGE_SIZE = 128, "chargeSize", "Heavy Pulse Laser II";
        REQUIRED_SKILL_1 = 182, "requiredSkill1", "Hobgoblin II";
        REQUIRED_SKILL_2 = 183, "requiredSkill2", "Orbweaver SW-300-I";
        TECH_LEVEL = 422, "techLevel", "Gyrostabilizer II";
        META_LEVEL = 633, "metaLevelOld", "Gyrostabilizer II";
        BANDWIDTH_USED = 1272, "droneBandwidthUsed", "Hobgoblin II";
    } }
}

/// Types that are skills; each sample is a type that needs it as its first or second.
pub mod skill {
    use crate::ids::TypeId;

    declare! { TypeId, TypeId {
        HEAVY_DRONE_OPERATION = 3441, "Heavy Drone Operation", "Ogre II";
        SENTRY_DRONE_INTERFACING = 23594, "Sentry Drone Interfacing", "Garde II";
        LIGHT_DRONE_OPERATION = 24241, "Light Drone Operation", "Hobgoblin II";
        MEDIUM_DRONE_OPERATION = 33699, "Medium Drone Operation", "Hammerhead II";
    } }
}

/// Ids of regions by the kind of space they lie in.
pub mod region {
    use std::ops::RangeInclusive;

    /// Empire, null-sec and Pochven.
    pub const KNOWN_SPACE: RangeInclusive<i64> = 10_000_000..=10_999_999;
    pub const WORMHOLE_SPACE: RangeInclusive<i64> = 11_000_000..=11_999_999;
    pub const ABYSSAL_DEADSPACE: RangeInclusive<i64> = 12_000_000..=12_999_999;
}

/// The wormhole class by which Pochven's systems, which lie among those of known space, are told apart.
pub const POCHVEN_CLASS: u8 = 25;

const fn number(id: i32) -> i32 {
    id
}

#[cfg(test)]
#[path = "sde_tests.rs"]
mod tests;
