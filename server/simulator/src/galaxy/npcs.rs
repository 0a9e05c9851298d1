//! Rats, police and abyssal inhabitants: who kills pilots without being one.

use domain::{AllianceId, Attacker, CorporationId, FactionId, StaticData, TypeId};
use rand::{Rng, seq::IndexedRandom};

/// A faction's ships, weak to strong.
#[derive(Debug)]
pub struct Rats {
    faction: i64,
    corporation: i64,
    ships: Vec<TypeId>,
}

#[derive(Debug)]
pub struct Npcs {
    pirates: Vec<Rats>,
    abyssal: Vec<Rats>,
    police: Rats,
}

/// Faction, corporation and the words its groups begin with.
const PIRATES: [(i64, i64, &str); 6] = [
    (500_011, 1_000_124, "Asteroid Angel Cartel"),
    (500_012, 1_000_134, "Asteroid Blood Raiders"),
    (500_010, 1_000_127, "Asteroid Guristas"),
    (500_019, 1_000_162, "Asteroid Sansha's Nation"),
    (500_020, 1_000_135, "Asteroid Serpentis"),
    (500_025, 1_000_287, "Asteroid Rogue Drone"),
];

impl Npcs {
    pub fn new(sde: &StaticData) -> Self {
        let ships = |wanted: &dyn Fn(&str) -> bool| {
            let groups: Vec<_> =
                sde.groups().filter(|group| group.category_id.0 == 11 && wanted(&group.name)).map(|it| it.id).collect();
            let mut ships: Vec<TypeId> =
                sde.types().filter(|info| groups.contains(&info.group_id)).map(|info| info.id).collect();
            ships.sort_unstable();
            ships
        };
        let pirates = PIRATES
            .iter()
            .map(|(faction, corporation, prefix)| Rats {
                faction: *faction,
                corporation: *corporation,
                ships: ships(&|name| name.starts_with(prefix) && !name.contains("Hauler") && !name.contains("Officer")),
            })
            .collect();
        let abyssal = vec![
            Rats {
                faction: 500_026,
                corporation: 1_000_298,
                ships: ships(&|name| name.starts_with("Abyssal") && name.contains("Ship")),
            },
            Rats {
                faction: 500_024,
                corporation: 1_000_274,
                ships: ships(&|name| name.starts_with("Abyssal Drifter")),
            },
        ];
        let police = Rats { faction: 500_006, corporation: 1_000_125, ships: vec![TypeId(3_885)] };
        Self { pirates, abyssal: abyssal.into_iter().filter(|rats| !rats.ships.is_empty()).collect(), police }
    }

    /// The pirates of a region; always the same for the same region.
    pub fn pirates(&self, region: i64, count: usize, rng: &mut impl Rng) -> Vec<Attacker> {
        let index = region.unsigned_abs() as usize % self.pirates.len();
        self.pirates[index].attackers(count, rng)
    }

    pub fn abyssal(&self, count: usize, rng: &mut impl Rng) -> Vec<Attacker> {
        self.abyssal.choose(rng).unwrap_or(&self.pirates[5]).attackers(count, rng)
    }

    pub fn police(&self, rng: &mut impl Rng) -> Vec<Attacker> {
        self.police.attackers(1, rng)
    }
}

impl Rats {
    fn attackers(&self, count: usize, rng: &mut impl Rng) -> Vec<Attacker> {
        let attacker = |ship: Option<TypeId>| Attacker {
            character_id: None,
            corporation_id: Some(CorporationId(self.corporation)),
            alliance_id: None::<AllianceId>,
            faction_id: Some(FactionId(self.faction)),
            ship_type_id: ship,
            weapon_type_id: None,
            damage_done: 0,
            final_blow: false,
            security_status: 0.0,
        };
        (0..count).map(|_| attacker(self.ships.choose(rng).copied())).collect()
    }
}
