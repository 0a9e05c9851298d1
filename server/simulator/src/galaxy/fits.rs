//! Fits that the hulls could really undock with: racks, hardpoints, group limits, rig sizes, calibration, power and
//! processor are kept.

use super::{
    armoury::{Armoury, Module},
    ships::{Hull, Purpose},
};
use domain::{Slot, TypeId, static_data::Hardpoint};
use rand::{Rng, seq::IndexedRandom};
use std::collections::HashMap;

/// Nanite Repair Paste.
const REPAIR_PASTE: TypeId = TypeId(28_668);

/// One fitted module and what it is loaded with.
#[derive(Clone, Debug, PartialEq)]
pub struct Fitted {
    pub flag: i64,
    pub module: TypeId,
    pub charge: Option<(TypeId, i64)>,
}

/// A hull ready to fly.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    pub hull: TypeId,
    pub fitted: Vec<Fitted>,
    /// Flag, type, quantity.
    pub held: Vec<(i64, TypeId, i64)>,
    /// What its damage is credited to.
    pub weapons: Vec<TypeId>,
}

/// First flag of a rack.
fn first_flag(slot: Slot) -> i64 {
    match slot {
        Slot::Low => 11,
        Slot::Mid => 19,
        Slot::High => 27,
        Slot::Rig => 92,
        Slot::Subsystem => 125,
        Slot::Service => 164,
    }
}

/// A hull while it is being fitted.
pub(super) struct Bench<'a, R> {
    armoury: &'a Armoury,
    pub hull: &'a Hull,
    pub rng: &'a mut R,
    fit: Fit,
    used: HashMap<Slot, usize>,
    of_group: HashMap<i64, usize>,
    pub turrets: usize,
    pub launchers: usize,
    calibration: f64,
    cpu: f64,
    power: f64,
}

impl<R: Rng> Bench<'_, R> {
    fn slots(&self, slot: Slot) -> usize {
        match slot {
            Slot::High => self.hull.high,
            Slot::Mid => self.hull.mid,
            Slot::Low => self.hull.low,
            Slot::Rig => self.hull.rigs,
            Slot::Subsystem => self.hull.subsystems,
            Slot::Service => self.hull.services,
        }
        .min(8)
    }

    pub fn free(&self, slot: Slot) -> usize {
        self.slots(slot) - self.used.get(&slot).copied().unwrap_or(0)
    }

    /// Fits up to `count` of one module of the group; tells how many went on.
    pub fn fit(&mut self, group: i64, count: usize) -> usize {
        let Some(module) = self.armoury.pick(group, self.hull, self.hull.size, self.rng) else { return 0 };
        let charge = self.armoury.charge_for(module, self.rng);
        (0..count).take_while(|_| self.fit_one(module, charge)).count()
    }

    pub fn fit_chance(&mut self, group: i64, chance: f64) {
        if self.rng.random_bool(chance) {
            self.fit(group, 1);
        }
    }

    fn fit_one(&mut self, module: &Module, charge: Option<(TypeId, i64)>) -> bool {
        let used = self.used.get(&module.slot).copied().unwrap_or(0);
        let of_group = self.of_group.get(&module.group).copied().unwrap_or(0);
        let has_hardpoint = match module.hardpoint {
            Some(Hardpoint::Turret) => self.turrets > 0,
            Some(Hardpoint::Launcher) => self.launchers > 0,
            None => true,
        };
        let is_within_limit = module.most_of_group.is_none_or(|most| of_group < most);
        let is_calibrated = module.slot != Slot::Rig || module.calibration <= self.calibration;
        let is_powered = module.cpu <= self.cpu && module.power <= self.power;
        if used >= self.slots(module.slot) || !has_hardpoint || !is_within_limit || !is_calibrated || !is_powered {
            return false;
        }
        self.cpu -= module.cpu;
        self.power -= module.power;
        match module.hardpoint {
            Some(Hardpoint::Turret) => self.turrets -= 1,
            Some(Hardpoint::Launcher) => self.launchers -= 1,
            None => {}
        }
        self.calibration -= if module.slot == Slot::Rig { module.calibration } else { 0.0 };
        self.used.insert(module.slot, used + 1);
        self.of_group.insert(module.group, of_group + 1);
        let flag = first_flag(module.slot) + used as i64;
        self.fit.fitted.push(Fitted { flag, module: module.id, charge });
        if module.hardpoint.is_some() && self.fit.weapons.last() != Some(&module.id) {
            self.fit.weapons.push(module.id);
        }
        true
    }

    /// Fills the rest of a rack from a list of groups.
    pub fn fill(&mut self, slot: Slot, groups: &[i64]) {
        // A group may be used up (one damage control); a few misses end the filling.
        for _ in 0..self.free(slot) * 3 {
            if self.free(slot) == 0 {
                return;
            }
            if let Some(group) = groups.choose(self.rng) {
                self.fit(*group, 1);
            }
        }
    }

    fn drones(&mut self) {
        let bay = self.hull.drone_bay;
        if bay < 5.0 || self.armoury.drones.is_empty() {
            return;
        }
        // Five of the heaviest the hull controls, then light ones while there is room.
        let heaviest = [25.0, 10.0, 5.0].into_iter().find(|it| self.hull.bandwidth >= it * 4.0 && bay >= it * 4.0);
        let mut room = bay;
        let mut flights = vec![heaviest.unwrap_or(5.0)];
        if self.rng.random_bool(0.6) {
            flights.push(5.0);
        }
        for volume in flights {
            let wanted = volume + 0.5;
            let mut drones = self
                .armoury
                .drones
                .iter()
                .filter(|it| it.volume > volume - 0.5 && it.volume < wanted)
                .collect::<Vec<_>>();
            if self.rng.random_bool(0.75) {
                drones.retain(|it| it.is_tech_two);
            }
            let count = ((room / volume).floor() as i64).min(5);
            if let (Some(drone), 1..) = (drones.choose(self.rng), count) {
                room -= count as f64 * drone.volume;
                self.fit.held.push((87, drone.id, count));
                if self.fit.weapons.is_empty() || self.rng.random_bool(0.2) {
                    self.fit.weapons.push(drone.id);
                }
            }
        }
    }

    fn fighters(&mut self) {
        let group = match (self.hull.purpose, self.hull.group) {
            (Purpose::Supercapital, 659) => 1_653,
            (Purpose::Carrier, 547) => 1_652,
            (Purpose::Structure, _) if self.rng.random_bool(0.5) => 4_777,
            _ => return,
        };
        let Some(fighters) = self.armoury.fighters.get(&group) else { return };
        let mut room = self.hull.fighter_bay;
        for tube in 0..self.hull.fighter_tubes {
            if let Some(fighter) = fighters.choose(self.rng) {
                let count = ((room / fighter.volume).floor() as i64).min(6);
                if count > 0 {
                    room -= count as f64 * fighter.volume;
                    self.fit.held.push((159 + tube as i64, fighter.id, count));
                    self.fit.weapons.push(fighter.id);
                }
            }
        }
        if let Some(fighter) = fighters.choose(self.rng) {
            let count = ((room / fighter.volume).floor() as i64).min(12);
            if count > 0 {
                self.fit.held.push((158, fighter.id, count));
            }
        }
    }

    fn spares(&mut self) {
        let loads: Vec<_> = self.fit.fitted.iter().filter_map(|it| it.charge).collect();
        for (charge, load) in loads.choose_multiple(self.rng, 2) {
            let count = load * self.rng.random_range(2..12);
            if !self.fit.held.iter().any(|(flag, id, _)| *flag == 5 && id == charge) {
                self.fit.held.push((5, *charge, count));
            }
        }
        if self.rng.random_bool(0.35) {
            self.fit.held.push((5, REPAIR_PASTE, self.rng.random_range(5..80)));
        }
    }
}

/// Fits a hull. The same numbers give the same fit.
pub fn fit(hull: &Hull, armoury: &Armoury, rng: &mut impl Rng) -> Fit {
    let mut bench = Bench {
        armoury,
        hull,
        rng,
        fit: Fit { hull: hull.id, fitted: Vec::new(), held: Vec::new(), weapons: Vec::new() },
        used: HashMap::new(),
        of_group: HashMap::new(),
        turrets: hull.turrets,
        launchers: hull.launchers,
        calibration: hull.calibration,
        cpu: hull.cpu,
        power: hull.power,
    };
    for group in [958, 954, 956, 957].into_iter().take(hull.subsystems) {
        bench.fit(group, 1);
    }
    match hull.purpose {
        Purpose::Combat | Purpose::Interdiction => {
            if hull.purpose == Purpose::Interdiction {
                bench.fit(589, 1);
                bench.fit(899, 1);
            }
            bench.combat();
        }
        Purpose::Logistics => bench.logistics(),
        Purpose::Covert => bench.covert(),
        Purpose::Bomber => bench.bomber(),
        Purpose::Miner => bench.miner(),
        Purpose::Hauler | Purpose::Freighter => bench.hauler(),
        Purpose::Dreadnought | Purpose::Carrier | Purpose::Supercapital => bench.capital(),
        Purpose::Structure => bench.structure(),
        Purpose::Trifle => bench.weapons(),
    }
    if !matches!(hull.purpose, Purpose::Structure | Purpose::Trifle) {
        bench.rigs();
    }
    bench.drones();
    bench.fighters();
    bench.spares();
    bench.fit
}
