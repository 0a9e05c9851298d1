//! Pilots in ships: gangs that roam through gates, sides of a battle, lone hunters and their prey.

use super::{
    population::Habitat,
    ships::{Purpose, Size},
    universe::Galaxy,
};
use domain::{
    AllianceId, Attacker, CharacterId, CorporationId, FactionId, SecurityBand, SolarSystemId, TypeId, Victim,
};
use rand::{
    Rng,
    seq::{IndexedRandom, IteratorRandom},
};
use rand_chacha::ChaCha8Rng;

/// Someone flying something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pilot {
    /// Index into the population's characters.
    pub character: usize,
    /// Index into the galaxy's hulls.
    pub hull: usize,
    /// Which of the hull's fits.
    pub fit: usize,
}

/// Pilots who fly together.
#[derive(Clone, Debug)]
pub struct Gang {
    pub members: Vec<Pilot>,
    pub system: SolarSystemId,
    pub habitat: Habitat,
    /// Kills until they go home.
    pub patience: u32,
}

/// Two large gangs in one system.
#[derive(Clone, Debug)]
pub struct Battle {
    pub sides: [Vec<Pilot>; 2],
    pub system: SolarSystemId,
    pub kills_left: u32,
    pub position: domain::Coordinates,
}

impl Galaxy {
    /// A pilot's corporation, or alliance where there is one: whom they do not shoot.
    pub fn loyalty(&self, character: usize) -> (usize, Option<usize>) {
        let corporation = self.population.characters[character].corporation;
        (corporation, self.population.corporations[corporation].alliance)
    }

    pub fn are_friends(&self, a: usize, b: usize) -> bool {
        let (a, b) = (self.loyalty(a), self.loyalty(b));
        a.0 == b.0 || (a.1.is_some() && a.1 == b.1)
    }

    pub fn any_character(&self, rng: &mut ChaCha8Rng) -> usize {
        rng.random_range(0..self.population.characters.len())
    }

    /// Someone who is no friend of `character`.
    pub fn stranger_to(&self, character: usize, rng: &mut ChaCha8Rng) -> usize {
        let mut stranger = self.any_character(rng);
        while self.are_friends(character, stranger) {
            stranger = self.any_character(rng);
        }
        stranger
    }

    pub fn habitat_of(&self, character: usize) -> Habitat {
        self.population.corporation_of(character).habitat
    }

    /// A system of the pilot's home.
    pub fn home_system(&self, character: usize, rng: &mut ChaCha8Rng) -> SolarSystemId {
        let corporation = self.population.corporation_of(character);
        let systems = self.systems_of(corporation.home, corporation.habitat.band());
        systems.choose(rng).copied().unwrap_or(SolarSystemId(30_000_142))
    }

    pub fn pilot(&self, character: usize, purpose: Purpose, rng: &mut ChaCha8Rng) -> Pilot {
        let hull = self.hull_for(purpose, rng);
        Pilot { character, hull, fit: rng.random_range(0..self.fits[hull].len()) }
    }

    pub fn gang(&self, rng: &mut ChaCha8Rng) -> Gang {
        let leader = self.any_character(rng);
        let habitat = self.habitat_of(leader);
        let size = match rng.random_range(0..100) {
            0..60 => rng.random_range(2..7),
            60..92 => rng.random_range(7..16),
            _ => rng.random_range(16..42),
        };
        Gang {
            members: self.force(leader, size, rng),
            system: self.home_system(leader, rng),
            habitat,
            patience: rng.random_range(2..14),
        }
    }

    /// Pilots of the leader's corporation and alliance with a doctrine: a few hulls flown by most.
    pub fn force(&self, leader: usize, size: usize, rng: &mut ChaCha8Rng) -> Vec<Pilot> {
        let population = &self.population;
        let (corporation, alliance) = self.loyalty(leader);
        let corporations: Vec<usize> =
            alliance.map_or_else(|| vec![corporation], |alliance| population.alliances[alliance].corporations.clone());
        let everyone = corporations.iter().flat_map(|corporation| &population.corporations[*corporation].members);
        let crew: Vec<usize> = everyone.copied().choose_multiple(rng, size);
        let doctrine: Vec<Pilot> = (0..3).map(|_| self.pilot(leader, Purpose::Combat, rng)).collect();
        crew.into_iter()
            .map(|character| match rng.random_range(0..100) {
                0..70 => Pilot { character, ..*doctrine.choose(rng).unwrap_or(&doctrine[0]) },
                70..78 if size > 6 => self.pilot(character, Purpose::Logistics, rng),
                78..84 if size > 3 => self.pilot(character, Purpose::Interdiction, rng),
                84..88 if size > 3 => self.pilot(character, Purpose::Bomber, rng),
                _ => self.pilot(character, Purpose::Combat, rng),
            })
            .collect()
    }

    /// Through a gate (or a wormhole) into a system of the same kind of space where there is one.
    pub fn next_system(&self, from: SolarSystemId, habitat: Habitat, rng: &mut ChaCha8Rng) -> SolarSystemId {
        let band = |id: &SolarSystemId| self.sde.system(*id).map(|system| system.band);
        if habitat == Habitat::Wormhole {
            return self.systems_in(SecurityBand::Wspace).choose(rng).copied().unwrap_or(from);
        }
        let gates = self.sde.neighbours(from);
        let alike = gates.iter().filter(|id| band(id) == Some(habitat.band())).choose(rng);
        alike.or_else(|| gates.choose(rng)).copied().unwrap_or(from)
    }

    /// What a chance victim in this kind of space is up to.
    pub fn prey_purpose(&self, habitat: Habitat, rng: &mut ChaCha8Rng) -> Purpose {
        match (rng.random_range(0..1_000), habitat) {
            (0..80, _) => Purpose::Miner,
            (80..140, _) => Purpose::Hauler,
            (140..146, Habitat::Highsec) => Purpose::Freighter,
            (146..200, _) => Purpose::Covert,
            (200..230, _) => Purpose::Bomber,
            (230..260, _) => Purpose::Logistics,
            (260..290, Habitat::Nullsec | Habitat::Lowsec) => Purpose::Interdiction,
            (290..340, _) => Purpose::Trifle,
            (340..345, Habitat::Nullsec | Habitat::Lowsec) => Purpose::Dreadnought,
            (345..349, Habitat::Nullsec | Habitat::Lowsec) => Purpose::Carrier,
            (349, Habitat::Nullsec) => Purpose::Supercapital,
            _ => Purpose::Combat,
        }
    }

    /// The pilot as victim, without items and damage.
    pub fn victim(&self, character: usize, ship: TypeId, position: domain::Coordinates) -> Victim {
        let population = &self.population;
        let corporation = population.corporation_of(character);
        Victim {
            character_id: Some(CharacterId(population.characters[character].id)),
            corporation_id: Some(CorporationId(corporation.id)),
            alliance_id: population.alliance_of(character).map(|alliance| AllianceId(alliance.id)),
            faction_id: corporation.militia.map(FactionId),
            ship_type_id: ship,
            damage_taken: 0,
            position: Some(position),
            items: Vec::new(),
        }
    }

    /// The pilot as attacker, without damage, and the share of the damage they are likely to do.
    pub fn attacker(&self, pilot: Pilot, rng: &mut ChaCha8Rng) -> (Attacker, f64) {
        let population = &self.population;
        let corporation = population.corporation_of(pilot.character);
        let hull = &self.hulls[pilot.hull];
        let fit = &self.fits[pilot.hull][pilot.fit];
        // A third of all attackers on real mails have their ship as weapon, and one in twenty no weapon.
        let weapon = match rng.random_range(0..100) {
            0..28 => Some(hull.id),
            28..32 => None,
            _ => fit.weapons.choose(rng).copied().or(Some(hull.id)),
        };
        let share = match (hull.purpose, hull.size) {
            (Purpose::Logistics | Purpose::Covert | Purpose::Hauler, _) => 0.0,
            (Purpose::Interdiction | Purpose::Trifle | Purpose::Miner, _) => 0.2,
            (_, Size::Small) => 1.0,
            (_, Size::Medium) => 2.5,
            (_, Size::Large) => 4.0,
            (_, Size::Capital) => 15.0,
        };
        // Some only got on the mail: tackled, jammed, or arrived late.
        let share = if rng.random_bool(0.07) { 0.0 } else { share };
        let attacker = Attacker {
            character_id: Some(CharacterId(population.characters[pilot.character].id)),
            corporation_id: Some(CorporationId(corporation.id)),
            alliance_id: population.alliance_of(pilot.character).map(|alliance| AllianceId(alliance.id)),
            faction_id: corporation.militia.map(FactionId),
            ship_type_id: Some(hull.id),
            weapon_type_id: weapon,
            damage_done: 0,
            final_blow: false,
            security_status: population.characters[pilot.character].security_status,
        };
        (attacker, share)
    }
}
