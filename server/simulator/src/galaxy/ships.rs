//! The hulls that fly and the structures that stand: slots, hardpoints, bays and toughness from the static data.

use domain::{
    StaticData, TypeId,
    static_data::{Dogma, TypeInfo},
};

/// Dogma attributes by the game's numbers.
pub mod attribute {
    pub const STRUCTURE_HP: i32 = 9;
    pub const POWER_OUTPUT: i32 = 11;
    pub const LOW_SLOTS: i32 = 12;
    pub const MID_SLOTS: i32 = 13;
    pub const HIGH_SLOTS: i32 = 14;
    pub const POWER_NEED: i32 = 30;
    pub const CPU_OUTPUT: i32 = 48;
    pub const CPU_NEED: i32 = 50;
    pub const LAUNCHERS: i32 = 101;
    pub const TURRETS: i32 = 102;
    pub const CHARGE_SIZE: i32 = 128;
    pub const SKILLS: [i32; 3] = [182, 183, 184];
    pub const SHIELD_HP: i32 = 263;
    pub const ARMOR_HP: i32 = 265;
    pub const DRONE_BAY: i32 = 283;
    pub const IMPLANT_SLOT: i32 = 331;
    pub const CHARGE_GROUPS: [i32; 5] = [604, 605, 606, 609, 610];
    pub const CALIBRATION: i32 = 1_132;
    pub const RIG_SLOTS: i32 = 1_137;
    pub const CALIBRATION_COST: i32 = 1_153;
    pub const DRONE_BANDWIDTH: i32 = 1_271;
    pub const FITS_GROUPS: [i32; 6] = [1_298, 1_299, 1_300, 1_301, 1_872, 1_879];
    pub const FITS_TYPES: [i32; 5] = [1_302, 1_303, 1_304, 1_305, 1_380];
    pub const SUBSYSTEMS: i32 = 1_367;
    pub const MAX_GROUP_FITTED: i32 = 1_544;
    pub const RIG_SIZE: i32 = 1_547;
    pub const CAPITAL: i32 = 1_785;
    pub const FIGHTER_BAY: i32 = 2_055;
    pub const SERVICE_SLOTS: i32 = 2_056;
    pub const FIGHTER_TUBES: i32 = 2_216;
}

/// Size of weapons and modules a hull carries; the discriminant is the game's charge size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Size {
    Small = 1,
    Medium = 2,
    Large = 3,
    Capital = 4,
}

/// What a hull is for; decides its fit and where it is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    Combat,
    Logistics,
    /// Interdictors and their heavy kin.
    Interdiction,
    Covert,
    Bomber,
    Miner,
    Hauler,
    Freighter,
    Dreadnought,
    Carrier,
    Supercapital,
    Trifle,
    Structure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Race {
    Amarr,
    Caldari,
    Gallente,
    Minmatar,
    Triglavian,
    Other,
}

/// A ship or an Upwell structure that can be fitted.
#[derive(Clone, Debug)]
pub struct Hull {
    pub id: TypeId,
    pub name: String,
    pub group: i64,
    pub purpose: Purpose,
    pub size: Size,
    pub race: Race,
    pub is_faction: bool,
    pub tech: u8,
    pub high: usize,
    pub mid: usize,
    pub low: usize,
    pub rigs: usize,
    pub services: usize,
    /// Strategic cruisers take four, and their slots come from them.
    pub subsystems: usize,
    pub turrets: usize,
    pub launchers: usize,
    pub rig_size: i32,
    pub calibration: f64,
    /// Processor (tf) and powergrid (MW) with the skills that raise them; no bound for hulls whose subsystems bring more.
    pub cpu: f64,
    pub power: f64,
    pub drone_bay: f64,
    pub bandwidth: f64,
    pub fighter_bay: f64,
    pub fighter_tubes: usize,
    pub cargo: f64,
    pub hit_points: f64,
    /// How often the hull is met, against the others of its purpose.
    pub weight: f64,
}

/// What CPU Management V and Power Grid Management V make of a hull's output. Other skills make modules need less, which
/// is left as a margin.
const SKILLED: f64 = 1.25;

/// Purpose, size and frequency of a ship group.
fn group_traits(group: i64) -> Option<(Purpose, Size, f64)> {
    use Purpose::{
        Bomber, Carrier, Combat, Covert, Dreadnought, Freighter, Hauler, Interdiction, Logistics, Miner, Structure,
        Supercapital, Trifle,
    };
    use Size::{Capital, Large, Medium, Small};
    Some(match group {
        25 => (Combat, Small, 1.0),
        26 => (Combat, Medium, 1.6),
        27 => (Combat, Large, 0.7),
        28 => (Hauler, Medium, 1.0),
        30 => (Supercapital, Capital, 0.5),
        31 | 237 => (Trifle, Small, 1.0),
        324 => (Combat, Small, 1.5),
        358 => (Combat, Medium, 1.6),
        380 => (Hauler, Medium, 0.8),
        419 => (Combat, Medium, 1.1),
        420 => (Combat, Small, 2.2),
        463 => (Miner, Medium, 3.0),
        485 => (Dreadnought, Capital, 1.0),
        513 => (Freighter, Capital, 1.0),
        540 => (Combat, Medium, 0.5),
        541 => (Interdiction, Small, 1.0),
        543 => (Miner, Medium, 2.0),
        547 => (Carrier, Capital, 1.0),
        659 => (Supercapital, Capital, 1.0),
        830 => (Covert, Small, 2.0),
        831 => (Combat, Small, 0.9),
        832 => (Logistics, Medium, 1.0),
        833 | 906 => (Combat, Medium, 0.5),
        834 => (Bomber, Small, 1.0),
        883 => (Miner, Capital, 0.15),
        893 => (Combat, Small, 0.2),
        894 => (Interdiction, Medium, 0.3),
        898 => (Combat, Large, 0.15),
        900 => (Combat, Large, 0.35),
        902 => (Freighter, Capital, 0.6),
        941 => (Miner, Large, 0.5),
        963 => (Combat, Medium, 1.0),
        1201 => (Combat, Large, 0.5),
        1202 => (Hauler, Medium, 1.0),
        1283 => (Miner, Small, 1.0),
        1305 => (Combat, Small, 1.2),
        1404 | 1406 | 1657 => (Structure, Capital, 1.0),
        1527 => (Logistics, Small, 0.6),
        1534 => (Combat, Small, 0.6),
        1538 => (Carrier, Capital, 0.8),
        4594 => (Dreadnought, Capital, 0.2),
        _ => return None,
    })
}

impl Hull {
    /// The hull of a type; `None` for types that do not fly here (unpublished, prizes, test objects).
    pub fn new(info: &TypeInfo, sde: &StaticData, dogma: &Dogma) -> Option<Self> {
        let (purpose, size, frequency) = group_traits(info.group_id.0)?;
        let meta = info.meta_group_id.map_or(1, |meta| meta.0);
        let is_rare = purpose == Purpose::Structure && meta == 4;
        if !info.published || !matches!(info.category_id.0, 6 | 65) || !matches!(meta, 1 | 2 | 4 | 14 | 54) || is_rare {
            return None;
        }
        let number = |attribute| dogma.value(info.id, attribute).unwrap_or(0.0);
        let count = |attribute| number(attribute).max(0.0) as usize;
        let skills = attribute::SKILLS.iter().filter_map(|skill| dogma.value(info.id, *skill));
        let skills: Vec<&str> = skills.filter_map(|skill| sde.type_name(TypeId(skill as i64))).collect();
        let trained = |race: &str| skills.iter().any(|skill| skill.starts_with(race));
        let race = [
            ("Minmatar", Race::Minmatar),
            ("Caldari", Race::Caldari),
            ("Gallente", Race::Gallente),
            ("Amarr", Race::Amarr),
            ("Precursor", Race::Triglavian),
        ]
        .into_iter()
        .find(|(name, _)| trained(name))
        .map_or(Race::Other, |(_, race)| race);
        let is_modular = info.group_id.0 == 963;
        let is_faction = meta == 4;
        let mut hull = Self {
            id: info.id,
            name: info.name.clone(),
            group: info.group_id.0,
            purpose,
            size,
            race,
            is_faction,
            tech: info.tech_level.unwrap_or(1),
            high: count(attribute::HIGH_SLOTS),
            mid: count(attribute::MID_SLOTS),
            low: count(attribute::LOW_SLOTS),
            rigs: count(attribute::RIG_SLOTS),
            services: count(attribute::SERVICE_SLOTS),
            subsystems: if is_modular { count(attribute::SUBSYSTEMS).min(4) } else { 0 },
            turrets: count(attribute::TURRETS),
            launchers: count(attribute::LAUNCHERS),
            rig_size: number(attribute::RIG_SIZE) as i32,
            calibration: number(attribute::CALIBRATION),
            cpu: if is_modular { f64::INFINITY } else { number(attribute::CPU_OUTPUT) * SKILLED },
            power: if is_modular { f64::INFINITY } else { number(attribute::POWER_OUTPUT) * SKILLED },
            drone_bay: number(attribute::DRONE_BAY),
            bandwidth: number(attribute::DRONE_BANDWIDTH),
            fighter_bay: number(attribute::FIGHTER_BAY),
            fighter_tubes: count(attribute::FIGHTER_TUBES).min(5),
            cargo: info.capacity_m3.unwrap_or(0.0),
            hit_points: number(attribute::STRUCTURE_HP) + number(attribute::SHIELD_HP) + number(attribute::ARMOR_HP),
            weight: frequency * if is_faction { 0.3 } else { 1.0 },
        };
        if is_modular {
            // Subsystems bring the slots. Every combination has at least these.
            (hull.high, hull.mid, hull.low) = (5, 3, 3);
            match race {
                Race::Caldari => hull.launchers = 5,
                _ => hull.turrets = 4,
            }
        }
        Some(hull)
    }

    /// Whether it is a shield hull; the others tank armor.
    pub fn is_shield_tanked(&self) -> bool {
        match self.race {
            Race::Caldari => true,
            Race::Minmatar | Race::Other => self.mid >= self.low,
            Race::Amarr | Race::Gallente | Race::Triglavian => false,
        }
    }
}

/// Every hull, sorted by id so that draws repeat.
pub fn all(sde: &StaticData, dogma: &Dogma) -> Vec<Hull> {
    let mut hulls: Vec<_> = sde.types().filter_map(|info| Hull::new(info, sde, dogma)).collect();
    hulls.sort_by_key(|hull| hull.id);
    hulls
}
