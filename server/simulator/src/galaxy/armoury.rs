//! Modules, charges, drones and rigs by group, and which of them go onto which hull.

use super::ships::{Hull, Size, attribute};
use domain::{
    Slot, StaticData, TypeId,
    static_data::{Dogma, Hardpoint, TypeInfo},
};
use rand::Rng;
use std::collections::HashMap;

#[derive(Clone, Debug)]
pub struct Module {
    pub id: TypeId,
    pub group: i64,
    pub slot: Slot,
    pub hardpoint: Option<Hardpoint>,
    /// How common the quality is.
    pub weight: f64,
    tier: Tier,
    /// From the name, where the group has sizes.
    size: Option<Size>,
    charge_size: Option<i32>,
    pub charge_groups: Vec<i64>,
    capacity: f64,
    rig_size: Option<i32>,
    pub calibration: f64,
    pub cpu: f64,
    pub power: f64,
    fits_groups: Vec<i64>,
    fits_types: Vec<i64>,
    pub most_of_group: Option<usize>,
    is_capital: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tier {
    Plain,
    TechTwo,
    Faction,
    Rich,
    Abyssal,
}

#[derive(Clone, Debug)]
struct Charge {
    id: TypeId,
    size: Option<i32>,
    volume: f64,
    is_tech_two: bool,
    weight: f64,
}

#[derive(Clone, Copy, Debug)]
pub struct Drone {
    pub id: TypeId,
    pub volume: f64,
    pub is_tech_two: bool,
}

/// What the market offers.
#[derive(Debug, Default)]
pub struct Armoury {
    modules: HashMap<i64, Vec<Module>>,
    charges: HashMap<i64, Vec<Charge>>,
    pub drones: Vec<Drone>,
    /// Light (1652), heavy (1653) and support (1537) fighters by group.
    pub fighters: HashMap<i64, Vec<Drone>>,
    /// Implants and the slot of the head each takes.
    pub implants: Vec<(TypeId, i32)>,
}

/// Groups whose modules come in sizes told by a word of the name: extenders, boosters, repairers, batteries, boosters
/// of capacitor, propulsion, neutralisers, plates, remote repair, smart bombs, ancillaries.
const SIZED_GROUPS: [i64; 15] = [38, 40, 41, 46, 61, 62, 67, 68, 71, 72, 76, 325, 329, 1156, 1199];

fn size_in_name(name: &str) -> Option<Size> {
    name.split_whitespace().find_map(|word| {
        Some(match word {
            "Small" | "1MN" | "5MN" | "100mm" | "200mm" | "400mm" | "Micro" => Size::Small,
            "Medium" | "10MN" | "50MN" | "800mm" => Size::Medium,
            "Large" | "X-Large" | "Heavy" | "100MN" | "500MN" | "1600mm" => Size::Large,
            "Capital" | "10000MN" | "50000MN" | "25000mm" => Size::Capital,
            _ => return None,
        })
    })
}

impl Armoury {
    pub fn new(sde: &StaticData, dogma: &Dogma) -> Self {
        let mut armoury = Self::default();
        let mut types: Vec<&TypeInfo> = sde.types().filter(|info| info.published).collect();
        types.sort_by_key(|info| info.id);
        for info in types {
            let number = |attribute| dogma.value(info.id, attribute);
            let is_tech_two = info.tech_level == Some(2) || info.meta_group_id.is_some_and(|meta| meta.0 == 2);
            let drone = Drone { id: info.id, volume: info.volume_m3.unwrap_or(5.0), is_tech_two };
            match info.category_id.0 {
                7 | 32 | 66 => armoury.add_module(info, dogma),
                8 => {
                    let meta = info.meta_group_id.map_or(1, |meta| meta.0);
                    armoury.charges.entry(info.group_id.0).or_default().push(Charge {
                        id: info.id,
                        size: number(attribute::CHARGE_SIZE).map(|size| size as i32),
                        volume: info.volume_m3.unwrap_or(0.01).max(1e-4),
                        is_tech_two,
                        weight: if meta == 4 { 2.0 } else { 1.0 },
                    });
                }
                18 if info.group_id.0 == 100 && !info.is_abyssal => armoury.drones.push(drone),
                87 => armoury.fighters.entry(info.group_id.0).or_default().push(drone),
                20 if info.group_id.0 != 303 => {
                    armoury.implants.extend(number(attribute::IMPLANT_SLOT).map(|slot| (info.id, slot as i32)));
                }
                _ => {}
            }
        }
        armoury
    }

    fn add_module(&mut self, info: &TypeInfo, dogma: &Dogma) {
        // Civilian modules come with rookie ships and are worth nothing.
        let Some(slot) = info.slot.filter(|_| !info.name.starts_with("Civilian ")) else { return };
        let number = |attribute| dogma.value(info.id, attribute);
        let ids = |attributes: &[i32]| attributes.iter().filter_map(|it| number(*it)).map(|id| id as i64).collect();
        let group = info.group_id.0;
        let (tier, weight) = match info.meta_group_id.map_or(1, |meta| meta.0) {
            _ if info.is_abyssal => (Tier::Abyssal, 0.4),
            2 | 53 => (Tier::TechTwo, 9.0),
            4 => (Tier::Faction, 0.5),
            5 => (Tier::Rich, 0.004),
            3 => (Tier::Rich, 0.02),
            6 => (Tier::Rich, 0.15),
            _ => (Tier::Plain, 1.0),
        };
        self.modules.entry(group).or_default().push(Module {
            id: info.id,
            group,
            slot,
            hardpoint: info.hardpoint,
            weight,
            tier,
            size: match group {
                // Heavy scramblers and disruptors are for battleships.
                52 => info.name.contains("Heavy").then_some(Size::Large),
                _ => SIZED_GROUPS.contains(&group).then(|| size_in_name(&info.name)).flatten(),
            },
            charge_size: number(attribute::CHARGE_SIZE).map(|size| size as i32),
            charge_groups: ids(&attribute::CHARGE_GROUPS),
            capacity: info.capacity_m3.unwrap_or(0.0),
            rig_size: number(attribute::RIG_SIZE).map(|size| size as i32),
            calibration: number(attribute::CALIBRATION_COST).unwrap_or(0.0),
            cpu: number(attribute::CPU_NEED).unwrap_or(0.0),
            power: number(attribute::POWER_NEED).unwrap_or(0.0),
            fits_groups: ids(&attribute::FITS_GROUPS),
            fits_types: ids(&attribute::FITS_TYPES),
            most_of_group: number(attribute::MAX_GROUP_FITTED).map(|most| most as usize),
            is_capital: number(attribute::CAPITAL).is_some_and(|capital| capital > 0.0),
        });
    }

    /// A module of the group for the hull, richer on dearer hulls.
    pub fn pick(&self, group: i64, hull: &Hull, size: Size, rng: &mut impl Rng) -> Option<&Module> {
        let is_dear = hull.is_faction || hull.tech >= 2 || hull.size >= Size::Large;
        let modules = self.modules.get(&group)?;
        let weight = |module: &Module| match module.tier {
            _ if !module.suits(hull, size) => 0.0,
            Tier::TechTwo if !is_dear => module.weight * 0.3,
            Tier::Faction | Tier::Rich | Tier::Abyssal if !is_dear => 0.0,
            _ => module.weight,
        };
        choose(modules, weight, rng)
    }

    /// A load of ammunition for the module and how many fit in.
    pub fn charge_for(&self, module: &Module, rng: &mut impl Rng) -> Option<(TypeId, i64)> {
        let charges: Vec<&Charge> = module
            .charge_groups
            .iter()
            .filter_map(|group| self.charges.get(group))
            .flatten()
            .filter(|charge| module.charge_size.is_none() || charge.size == module.charge_size)
            .filter(|charge| !charge.is_tech_two || module.tier == Tier::TechTwo)
            .filter(|charge| charge.volume <= module.capacity)
            .collect();
        let charge = choose(&charges, |charge| charge.weight, rng)?;
        Some((charge.id, ((module.capacity / charge.volume + 1e-6).floor() as i64).max(1)))
    }
}

impl Module {
    /// Whether the hull may carry it and it is of the hull's size.
    fn suits(&self, hull: &Hull, size: Size) -> bool {
        let is_allowed = (self.fits_groups.is_empty() && self.fits_types.is_empty())
            || self.fits_groups.contains(&hull.group)
            || self.fits_types.contains(&hull.id.0);
        let is_rig_of_size = self.slot != Slot::Rig || self.rig_size == Some(hull.rig_size);
        let is_gun = self.hardpoint == Some(Hardpoint::Turret);
        let is_sized = match (self.size, is_gun) {
            (_, true) => self.charge_size.is_none_or(|charge| charge == size as i32),
            // Plates of the largest common kind go onto cruisers as well.
            (Some(Size::Large), false) if self.group == 329 => size == Size::Large || size == Size::Medium,
            (Some(own), false) => own == size,
            (None, false) => true,
        };
        let is_capital_right = !self.is_capital || hull.size == Size::Capital;
        is_allowed && is_rig_of_size && is_sized && is_capital_right
    }
}

/// A weighted choice; `None` when every weight is zero.
pub fn choose<'a, T>(items: &'a [T], weight: impl Fn(&T) -> f64, rng: &mut impl Rng) -> Option<&'a T> {
    let total: f64 = items.iter().map(&weight).sum();
    if total <= 0.0 {
        return None;
    }
    let mut rest = rng.random_range(0.0..total);
    let mut last = None;
    for item in items {
        let share = weight(item);
        if share > 0.0 {
            rest -= share;
            last = Some(item);
            if rest <= 0.0 {
                break;
            }
        }
    }
    last
}
