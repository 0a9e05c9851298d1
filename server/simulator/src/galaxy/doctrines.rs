//! What goes onto which kind of ship: the racks by purpose, the better modules first. Numbers are the game's groups.

use super::{
    fits::Bench,
    ships::{Hull, Purpose, Race, Size},
};
use domain::Slot;
use rand::{Rng, seq::IndexedRandom};

/// Turret group of a race and the modules that help it.
fn guns(race: Race) -> (i64, i64) {
    match race {
        Race::Amarr => (53, 205),
        Race::Caldari | Race::Gallente => (74, 302),
        Race::Minmatar | Race::Other => (55, 59),
        Race::Triglavian => (1_986, 1_988),
    }
}

fn launchers(hull: &Hull) -> &'static [i64] {
    match (hull.purpose, hull.size) {
        (Purpose::Bomber, _) => &[508],
        (Purpose::Structure, _) => &[1_562, 1_327],
        (_, Size::Small) => &[507, 509],
        (_, Size::Medium) => &[510, 771, 511],
        (_, Size::Large) => &[506, 508, 1_245],
        (_, Size::Capital) => &[524, 1_674],
    }
}

impl<R: Rng> Bench<'_, R> {
    pub fn weapons(&mut self) {
        let (gun_group, _) = guns(self.hull.race);
        if self.turrets > 0 && self.hull.turrets >= self.hull.launchers {
            self.fit(gun_group, 8);
        }
        if let Some(group) = launchers(self.hull).choose(self.rng).copied()
            && self.launchers > 0
        {
            self.fit(group, 8);
        }
        if self.turrets > 0 && self.free(Slot::High) > 0 && self.hull.turrets < self.hull.launchers {
            self.fit_chance(gun_group, 0.4);
        }
    }

    fn tank(&mut self) {
        if self.hull.is_shield_tanked() {
            self.fit(38, 1 + usize::from(self.hull.mid > 4));
            self.fit_chance(77, 0.8);
            self.fit_chance(40, 0.3);
        } else {
            self.fit(329, 1);
            self.fit_chance(326, 0.7);
            self.fit_chance(328, 0.7);
            self.fit_chance(62, 0.45);
        }
    }

    pub fn combat(&mut self) {
        self.weapons();
        self.fit_chance(46, 0.95);
        self.fit_chance(52, 0.75);
        self.fit_chance(65, 0.45);
        self.fit_chance(60, 0.8);
        let (_, helper) = guns(self.hull.race);
        let helper = if self.hull.launchers > self.hull.turrets { 367 } else { helper };
        let helper = if self.hull.turrets + self.hull.launchers == 0 { 645 } else { helper };
        let helpers = self.rng.random_range(1..=3);
        self.tank();
        self.fit(helper, helpers);
        self.fill(Slot::High, &[71, 68, 71, 68, 481, 330]);
        if self.hull.is_shield_tanked() {
            self.fill(Slot::Mid, &[38, 77, 212, 379, 38, 65]);
            self.fill(Slot::Low, &[762, 763, 211, 285, 60, 295, helper]);
        } else {
            self.fill(Slot::Mid, &[76, 61, 212, 379, 291, 65, 213]);
            self.fill(Slot::Low, &[98, 326, 329, 62, 328, helper, 285]);
        }
    }

    pub fn logistics(&mut self) {
        let repairer = if self.hull.is_shield_tanked() { 41 } else { 325 };
        self.fit(repairer, 4);
        self.fit_chance(67, 0.5);
        self.fit(46, 1);
        self.tank();
        self.fit_chance(60, 0.9);
        self.fill(Slot::High, &[repairer, 330]);
        self.fill(Slot::Mid, &[77, 43, 61, 38, 212]);
        self.fill(Slot::Low, &[326, 328, 285, 767, 98]);
    }

    pub fn miner(&mut self) {
        if self.fit(464, 3) + self.fit(54, 3) == 0 {
            self.fit(4_138, 2);
        }
        self.fill(Slot::Mid, &[38, 77, 46, 49, 40]);
        self.fill(Slot::Low, &[546, 546, 60, 285]);
        self.fill(Slot::High, &[54, 1_770, 4_138, 325]);
    }

    pub fn hauler(&mut self) {
        self.fit_chance(46, 0.8);
        self.fit_chance(60, 0.6);
        self.fit_chance(330, 0.5);
        self.fill(Slot::Mid, &[38, 77, 38]);
        self.fill(Slot::Low, &[765, 765, 762, 78]);
    }

    pub fn covert(&mut self) {
        self.fit(330, 1);
        self.fit_chance(481, 0.9);
        self.fit(46, 1);
        self.fill(Slot::Mid, &[538, 538, 47, 61, 1_223]);
        self.fill(Slot::Low, &[763, 762, 315, 60]);
    }

    pub fn bomber(&mut self) {
        self.weapons();
        self.fit(862, 1);
        self.fit(330, 1);
        self.fit_chance(46, 0.5);
        self.fill(Slot::Mid, &[379, 208, 52, 38]);
        self.fill(Slot::Low, &[367, 367, 763]);
    }

    pub fn capital(&mut self) {
        if self.hull.purpose == Purpose::Dreadnought {
            self.weapons();
            self.fit(515, 1);
        } else {
            self.fill(Slot::High, &[71, 325, 41, 407]);
        }
        self.fit_chance(46, 0.4);
        self.fit(60, 1);
        self.tank();
        self.fill(Slot::High, &[71, 68, 330]);
        self.fill(Slot::Mid, &[77, 61, 76, 38, 212]);
        self.fill(Slot::Low, &[326, 328, 329, 645, 98]);
    }

    pub fn structure(&mut self) {
        self.weapons();
        self.fill(Slot::High, &[1_329, 1_328]);
        self.fill(Slot::Mid, &[1_332, 1_441, 1_442, 1_719, 1_966]);
        self.fill(Slot::Low, &[1_429, 1_430, 1_967, 1_968]);
        self.fill(Slot::Service, &[1_321, 1_415, 1_322]);
        self.fill(
            Slot::Rig,
            &[1_816, 1_819, 1_820, 1_826, 1_833, 1_850, 1_854, 1_859, 1_867, 1_868, 1_613, 1_941, 1_944],
        );
    }

    pub fn rigs(&mut self) {
        let (gun_group, _) = guns(self.hull.race);
        let weapon_rigs = match gun_group {
            53 => 775,
            74 => 776,
            55 => 777,
            _ => 782,
        };
        let weapon_rigs = if self.hull.launchers > self.hull.turrets { 779 } else { weapon_rigs };
        let tank_rigs = if self.hull.is_shield_tanked() { 774 } else { 773 };
        let groups: &[i64] = match self.hull.purpose {
            Purpose::Hauler | Purpose::Freighter => &[782, 774, 773],
            Purpose::Miner => &[774, 774, 778],
            Purpose::Covert => &[1_233, 786, 782],
            _ => &[weapon_rigs, tank_rigs, tank_rigs, 781, 782],
        };
        self.fill(Slot::Rig, groups);
    }
}
