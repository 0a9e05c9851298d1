//! Numbers of the static data that the tag predicates name. Each stands beside its name and a sample type, and a test
//! asks the static data whether they belong together: two well-known tools typed such numbers by hand and got eight
//! groups wrong.

use crate::ids::{CategoryId, GroupId, MetaGroupId, TypeId};

/// Declares constants and, for the tests, the list of them with the names they must have in the static data.
macro_rules! declare {
    ($list:ident: $kind:ty, $make:path { $($name:ident = $id:literal, $label:literal, $sample:literal;)* }) => {
        $(pub const $name: $kind = $make($id);)*
        #[cfg(test)]
        pub const $list: &[($kind, &str, &str)] = &[$(($name, $label, $sample)),*];
    };
}

const fn number(id: i32) -> i32 {
    id
}

declare! { CATEGORIES: CategoryId, CategoryId {
    SHIP = 6, "Ship", "Rifter";
    MODULE = 7, "Module", "200mm AutoCannon II";
    DRONE = 18, "Drone", "Hobgoblin II";
    DEPLOYABLE = 22, "Deployable", "Mobile Depot";
    STARBASE = 23, "Starbase", "Amarr Control Tower";
    SUBSYSTEM = 32, "Subsystem", "Legion Core - Dissolution Sequencer";
    SOVEREIGNTY_STRUCTURE = 40, "Sovereignty Structures", "Sovereignty Hub";
    ORBITAL = 46, "Orbitals", "Customs Office Gantry";
    STRUCTURE = 65, "Structure", "Astrahus";
    STRUCTURE_MODULE = 66, "Structure Module", "Standup Market Hub I";
    FIGHTER = 87, "Fighter", "Templar I";
} }

declare! { META_GROUPS: MetaGroupId, MetaGroupId {
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

declare! { GROUPS: GroupId, GroupId {
    SHIELD_EXTENDER = 38, "Shield Extender", "Large Shield Extender II";
    SHIELD_BOOSTER = 40, "Shield Booster", "Large Shield Booster II";
    REMOTE_SHIELD_BOOSTER = 41, "Remote Shield Booster", "Large Remote Shield Booster II";
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
    REMOTE_SENSOR_BOOSTER = 290, "Remote Sensor Booster", "Remote Sensor Booster II";
    REMOTE_ARMOR_REPAIRER = 325, "Remote Armor Repairer", "Large Remote Armor Repairer II";
    ARMOR_HARDENER = 328, "Armor Hardener", "Thermal Armor Hardener II";
    ARMOR_PLATE = 329, "Armor Plate", "1600mm Steel Plates II";
    CLOAKING_DEVICE = 330, "Cloaking Device", "Covert Ops Cloaking Device II";
    TARGET_PAINTER = 379, "Target Painter", "Target Painter II";
    WARP_CORE_STABILIZER = 315, "Warp Core Stabilizer", "Warp Core Stabilizer II";
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
    STRUCTURE_LAUNCHER = 1562, "Structure Multirole Missile Launcher", "Standup Multirole Missile Launcher I";
    SUPPORT_FIGHTER = 1537, "Support Fighter", "Scarab II";
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

declare! { EFFECTS: i32, number {
    TARGET_ATTACK = 10, "targetAttack", "Hobgoblin II";
    DRONE_MINING = 17, "mining", "Mining Drone II";
    WARP_DISRUPT = 39, "warpDisrupt", "Warp Disruptor II";
    MINING_LASER = 67, "miningLaser", "Strip Miner I";
    SALVAGING = 2757, "salvaging", "Salvager II";
    MINING_CLOUDS = 2726, "miningClouds", "Gas Cloud Scoop II";
    CYNOSURAL_GENERATION = 2857, "cynosuralGeneration", "Cynosural Field Generator I";
    MICRO_JUMP_DRIVE = 4921, "microJumpDrive", "Large Micro Jump Drive";
    SALVAGE_DRONE = 5163, "salvageDroneEffect", "Salvage Drone I";
    COVERT_CPU = 5261, "CovertCloakCPUAddition", "Covert Cynosural Field Generator I";
    WARP_SCRAMBLE = 5934, "warpScrambleBlockMWDWithNPCEffect", "Warp Scrambler II";
    MICRO_JUMP_FIELD = 6208, "microJumpPortalDrive", "Micro Jump Field Generator";
    STRUCTURE_NEUTRALIZER = 6216, "structureEnergyNeutralizerFalloff", "Standup XL Energy Neutralizer I";
    STRUCTURE_WARP_SCRAMBLE = 6222, "structureWarpScrambleBlockMWDWithNPCEffect", "Standup Focused Warp Disruptor I";
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

declare! { ATTRIBUTES: i32, number {
    CHARGE_SIZE = 128, "chargeSize", "Heavy Pulse Laser II";
    REQUIRED_SKILL_1 = 182, "requiredSkill1", "Hobgoblin II";
    REQUIRED_SKILL_2 = 183, "requiredSkill2", "Orbweaver SW-300-I";
    BANDWIDTH_USED = 1272, "droneBandwidthUsed", "Hobgoblin II";
} }

declare! { SKILLS: TypeId, TypeId {
    HEAVY_DRONE_OPERATION = 3441, "Heavy Drone Operation", "Ogre II";
    SENTRY_DRONE_INTERFACING = 23594, "Sentry Drone Interfacing", "Garde II";
    LIGHT_DRONE_OPERATION = 24241, "Light Drone Operation", "Hobgoblin II";
    MEDIUM_DRONE_OPERATION = 33699, "Medium Drone Operation", "Hammerhead II";
} }
