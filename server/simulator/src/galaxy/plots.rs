//! The single plots of the stream: hunts, ganks, rats, structures, battles.

use super::{
    fights::{Generator, Loss, assemble},
    losses,
    population::Habitat,
    scenes::{Battle, Pilot},
    ships::Purpose,
    universe::Galaxy,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Attacker, SecurityBand, SolarSystemId, TypeId};
use rand::{Rng, seq::IndexedRandom};

/// Catalyst, Thrasher, Coercer, Tornado, Talos: what gankers fly.
const GANKERS: [&str; 5] = ["Catalyst", "Thrasher", "Coercer", "Tornado", "Talos"];
/// Fuel blocks of the four empires.
const FUEL: [TypeId; 4] = [TypeId(4_051), TypeId(4_246), TypeId(4_247), TypeId(4_312)];

impl Generator {
    /// Attackers of a group of pilots: most of them, in a random order.
    fn join(&mut self, galaxy: &Galaxy, pilots: &[Pilot], least: f64) -> Vec<(Attacker, f64)> {
        let share = self.rng.random_range(least..=1.0);
        let count = ((pilots.len() as f64 * share).round() as usize).clamp(1, pilots.len());
        let joined: Vec<Pilot> = pilots.choose_multiple(&mut self.rng, count).copied().collect();
        joined.into_iter().map(|pilot| galaxy.attacker(pilot, &mut self.rng)).collect()
    }

    pub(super) fn gang_kill(&mut self, galaxy: &Galaxy, now: DateTime<Utc>) -> Loss {
        let index = self.take_gang(galaxy);
        let gang = self.gangs[index].clone();
        let prey = self.prey(galaxy, gang.members[0].character, gang.habitat);
        let mut attackers = self.join(galaxy, &gang.members, 0.2);
        if gang.habitat == Habitat::Nullsec && self.rng.random_bool(0.08) {
            // The victim was fighting rats when the gang came.
            let region = galaxy.sde.system(gang.system).map_or(0, |system| system.region_id.0);
            attackers.extend(galaxy.npcs.pirates(region, 2, &mut self.rng).into_iter().map(|it| (it, 0.1)));
        }
        let place = (gang.system, self.position());
        let mut loss = self.ship_loss(galaxy, now, prey, place, attackers);
        if gang.habitat == Habitat::Highsec {
            loss.war_id = Some(self.rng.random_range(712_000..790_000));
        }
        loss
    }

    pub(super) fn solo_kill(&mut self, galaxy: &Galaxy, now: DateTime<Utc>) -> Loss {
        let hunter = galaxy.any_character(&mut self.rng);
        let habitat = galaxy.habitat_of(hunter);
        let purpose = if self.rng.random_bool(0.9) { Purpose::Combat } else { Purpose::Bomber };
        let hunter = galaxy.pilot(hunter, purpose, &mut self.rng);
        let corporation = galaxy.population.corporation_of(hunter.character);
        let friend = corporation.members.choose(&mut self.rng).filter(|it| **it != hunter.character);
        let prey = match friend {
            // Now and then someone is shot by their own corporation.
            Some(friend) if self.rng.random_bool(0.01) => galaxy.pilot(*friend, Purpose::Combat, &mut self.rng),
            _ => self.prey(galaxy, hunter.character, habitat),
        };
        let place = (galaxy.home_system(hunter.character, &mut self.rng), self.position());
        let attackers = vec![galaxy.attacker(hunter, &mut self.rng)];
        self.ship_loss(galaxy, now, prey, place, attackers)
    }

    /// Gankers kill a hauler or miner in highsec and lose their ships to the police.
    pub(super) fn gank(&mut self, galaxy: &Galaxy, now: DateTime<Utc>) -> Loss {
        let leader = galaxy.any_character(&mut self.rng);
        let ship = GANKERS.choose(&mut self.rng).unwrap_or(&GANKERS[0]);
        let hull = galaxy.hulls.iter().position(|hull| hull.name == *ship).unwrap_or(0);
        let count = self.rng.random_range(1..9);
        let mut gankers = galaxy.force(leader, count, &mut self.rng);
        gankers.iter_mut().for_each(|pilot| (pilot.hull, pilot.fit) = (hull, pilot.fit % galaxy.fits[hull].len()));
        let purpose = *[Purpose::Miner, Purpose::Miner, Purpose::Hauler, Purpose::Hauler, Purpose::Freighter]
            .choose(&mut self.rng)
            .unwrap_or(&Purpose::Hauler);
        let character = galaxy.stranger_to(leader, &mut self.rng);
        let prey = galaxy.pilot(character, purpose, &mut self.rng);
        let system = galaxy.systems_in(SecurityBand::Highsec).choose(&mut self.rng).copied();
        let place = (system.unwrap_or(SolarSystemId(30_000_142)), self.position());
        let attackers = self.join(galaxy, &gankers, 1.0);
        let mut loss = self.ship_loss(galaxy, now, prey, place, attackers);
        if self.rng.random_bool(0.3) {
            loss.attackers.extend(galaxy.npcs.police(&mut self.rng));
        }
        for ganker in gankers.iter().take(2).copied() {
            let police = galaxy.npcs.police(&mut self.rng).into_iter().map(|it| (it, 1.0)).collect();
            let seconds = self.rng.random_range(3..18);
            let punished = self.ship_loss(galaxy, now + TimeDelta::seconds(seconds), ganker, place, police);
            self.follow(punished, now, seconds);
        }
        loss
    }

    pub(super) fn ratting_loss(&mut self, galaxy: &Galaxy, now: DateTime<Utc>) -> Loss {
        let character = galaxy.any_character(&mut self.rng);
        let purpose = if self.rng.random_bool(0.8) { Purpose::Combat } else { Purpose::Miner };
        let prey = galaxy.pilot(character, purpose, &mut self.rng);
        let system = galaxy.home_system(character, &mut self.rng);
        let region = galaxy.sde.system(system).map_or(0, |system| system.region_id.0);
        let count = self.rng.random_range(1..9);
        let rats = galaxy.npcs.pirates(region, count, &mut self.rng).into_iter().map(|it| (it, 1.0)).collect();
        let place = (system, self.position());
        self.ship_loss(galaxy, now, prey, place, rats)
    }

    /// Abyssal space takes the capsule with the ship, so none follows.
    pub(super) fn abyssal_loss(&mut self, galaxy: &Galaxy) -> Loss {
        let character = galaxy.any_character(&mut self.rng);
        let prey = galaxy.pilot(character, Purpose::Combat, &mut self.rng);
        let hull = &galaxy.hulls[prey.hull];
        let system = galaxy.systems_in(SecurityBand::Abyssal).choose(&mut self.rng).copied();
        let position = self.position();
        let mut victim = galaxy.victim(character, hull.id, position);
        victim.items = losses::of_fit(&galaxy.fits[prey.hull][prey.fit], &mut self.rng);
        let count = self.rng.random_range(1..12);
        let rats = galaxy.npcs.abyssal(count, &mut self.rng).into_iter().map(|it| (it, 1.0)).collect();
        let damage = (hull.hit_points * self.rng.random_range(1.5..5.0)) as i64;
        assemble(&mut self.rng, system.unwrap_or(SolarSystemId(32_000_001)), victim, rats, damage)
    }

    pub(super) fn deployable_loss(&mut self, galaxy: &Galaxy) -> Loss {
        let index = self.take_gang(galaxy);
        let gang = self.gangs[index].clone();
        let owner = galaxy.stranger_to(gang.members[0].character, &mut self.rng);
        let what = galaxy.deployables.choose(&mut self.rng).copied().unwrap_or(TypeId(33_475));
        let position = self.position();
        let mut victim = galaxy.victim(owner, what, position);
        for (flag, id, count) in &galaxy.fits[gang.members[0].hull][gang.members[0].fit].held {
            if *flag == 5 && self.rng.random_bool(0.4) {
                victim.items.push(losses::row(5, *id, *count, self.rng.random_bool(0.5)));
            }
        }
        let mut attackers = self.join(galaxy, &gang.members, 0.1);
        attackers.truncate(5);
        let damage = self.rng.random_range(22_000..180_000);
        assemble(&mut self.rng, gang.system, victim, attackers, damage)
    }

    /// An Upwell structure: owned by a corporation, no pilot on the mail.
    pub(super) fn structure_loss(&mut self, galaxy: &Galaxy) -> Loss {
        let owner = galaxy.any_character(&mut self.rng);
        let besieger = galaxy.stranger_to(owner, &mut self.rng);
        let count = self.rng.random_range(8..90);
        let force = galaxy.force(besieger, count, &mut self.rng);
        let structure = galaxy.pilot(owner, Purpose::Structure, &mut self.rng);
        let hull = &galaxy.hulls[structure.hull];
        let position = self.position();
        let mut victim = galaxy.victim(owner, hull.id, position);
        victim.character_id = None;
        victim.items = losses::of_fit(&galaxy.fits[structure.hull][structure.fit], &mut self.rng);
        let fuel = *FUEL.choose(&mut self.rng).unwrap_or(&FUEL[0]);
        victim.items.push(losses::row(172, fuel, self.rng.random_range(40..9_000), self.rng.random_bool(0.5)));
        victim.items.extend(galaxy.cores.get(&hull.name).map(|core| losses::row(180, *core, 1, true)));
        let attackers = self.join(galaxy, &force, 0.7);
        let damage = (hull.hit_points * self.rng.random_range(1.2..2.0)) as i64;
        let system = galaxy.home_system(owner, &mut self.rng);
        assemble(&mut self.rng, system, victim, attackers, damage)
    }

    /// A starbase at a moon.
    pub(super) fn tower_loss(&mut self, galaxy: &Galaxy) -> Loss {
        let owner = galaxy.any_character(&mut self.rng);
        let besieger = galaxy.stranger_to(owner, &mut self.rng);
        let count = self.rng.random_range(4..30);
        let force = galaxy.force(besieger, count, &mut self.rng);
        let tower = galaxy.towers.choose(&mut self.rng).copied().unwrap_or(TypeId(16_213));
        let position = self.position();
        let mut victim = galaxy.victim(owner, tower, position);
        victim.character_id = None;
        let attackers = self.join(galaxy, &force, 0.6);
        let damage = self.rng.random_range(4_000_000..90_000_000);
        let system = galaxy.home_system(owner, &mut self.rng);
        let mut loss = assemble(&mut self.rng, system, victim, attackers, damage);
        loss.moon_id = Some(40_000_000 + self.rng.random_range(1..490_000));
        loss
    }

    pub(super) fn start_battle(&mut self, galaxy: &Galaxy) {
        let first = galaxy.any_character(&mut self.rng);
        let second = galaxy.stranger_to(first, &mut self.rng);
        let mut side = |leader| {
            let size = self.rng.random_range(60..320);
            let mut pilots = galaxy.force(leader, size, &mut self.rng);
            if self.rng.random_bool(0.35) {
                for pilot in pilots.iter_mut().take(size / 12) {
                    let purpose = if self.rng.random_bool(0.7) { Purpose::Dreadnought } else { Purpose::Carrier };
                    *pilot = galaxy.pilot(pilot.character, purpose, &mut self.rng);
                }
            }
            pilots
        };
        let sides = [side(first), side(second)];
        let system = galaxy.home_system(second, &mut self.rng);
        let kills_left = self.rng.random_range(30..120);
        let position = self.position();
        self.battle = Some(Battle { sides, system, kills_left, position });
    }

    pub(super) fn battle_loss(&mut self, galaxy: &Galaxy, now: DateTime<Utc>) -> Loss {
        let Some(mut battle) = self.battle.take() else { return self.gang_kill(galaxy, now) };
        // The first side wins twice as often.
        let loser = usize::from(self.rng.random_bool(0.66));
        let index = self.rng.random_range(0..battle.sides[loser].len());
        let prey = battle.sides[loser].swap_remove(index);
        let winners = battle.sides[1 - loser].clone();
        let attackers = self.join(galaxy, &winners, 0.25);
        let loss = self.ship_loss(galaxy, now, prey, (battle.system, battle.position), attackers);
        battle.kills_left = battle.kills_left.saturating_sub(1);
        let has_fighters = battle.sides.iter().all(|side| side.len() > 4);
        self.battle = (battle.kills_left > 0 && has_fighters).then_some(battle);
        loss
    }
}
