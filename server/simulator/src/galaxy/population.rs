//! The stable population of a seed: alliances, corporations and pilots with homes and habits.

use super::names::{self, Bearer};
use crate::hash::mix;
use domain::{CorporationId, RegionId, SecurityBand, SolarSystemId, StaticData};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, HashMap, HashSet};

/// First ids of the ranges the real game hands out today.
const FIRST_CHARACTER: i64 = 2_112_000_000;
const FIRST_CORPORATION: i64 = 98_000_000;
const FIRST_ALLIANCE: i64 = 99_000_000;
const ALLIANCES: usize = 25;
const CORPORATIONS: usize = 150;
const CHARACTERS: usize = 4_200;

/// Where a group of pilots lives and hunts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Habitat {
    Highsec,
    Lowsec,
    Nullsec,
    Wormhole,
}

impl Habitat {
    pub fn band(self) -> SecurityBand {
        match self {
            Self::Highsec => SecurityBand::Highsec,
            Self::Lowsec => SecurityBand::Lowsec,
            Self::Nullsec => SecurityBand::Nullsec,
            Self::Wormhole => SecurityBand::Wspace,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Alliance {
    pub id: i64,
    pub name: String,
    pub ticker: String,
    pub habitat: Habitat,
    pub home: RegionId,
    pub corporations: Vec<usize>,
    pub founded: i64,
}

#[derive(Clone, Debug)]
pub struct Corporation {
    pub id: i64,
    pub name: String,
    pub ticker: String,
    pub alliance: Option<usize>,
    pub habitat: Habitat,
    /// Systems of the home region (of the habitat's kind).
    pub home: RegionId,
    /// Side in faction warfare (500001 to 500004).
    pub militia: Option<i64>,
    pub members: Vec<usize>,
    pub founded: i64,
}

#[derive(Clone, Debug)]
pub struct Character {
    pub id: i64,
    pub name: String,
    pub corporation: usize,
    pub security_status: f64,
    pub birthday: i64,
}

/// Who lives in the galaxy. The same seed gives the same population.
#[derive(Debug, Default)]
pub struct Population {
    pub alliances: Vec<Alliance>,
    pub corporations: Vec<Corporation>,
    pub characters: Vec<Character>,
    by_id: HashMap<i64, Member>,
}

#[derive(Clone, Copy, Debug)]
pub enum Member {
    Alliance(usize),
    Corporation(usize),
    Character(usize),
}

/// Systems by region and habitat, only those that can be reached or are W-space.
pub fn systems_by_region(sde: &StaticData) -> BTreeMap<(RegionId, SecurityBand), Vec<SolarSystemId>> {
    let mut regions: BTreeMap<_, Vec<SolarSystemId>> = BTreeMap::new();
    for system in sde.systems() {
        let reachable = !sde.neighbours(system.id).is_empty() || system.band == SecurityBand::Wspace;
        if reachable {
            regions.entry((system.region_id, system.band)).or_default().push(system.id);
        }
    }
    regions.values_mut().for_each(|systems| systems.sort_unstable());
    regions
}

/// Regions where those of a habitat may live.
type Homes = HashMap<Habitat, Vec<RegionId>>;

fn homes(sde: &StaticData) -> Homes {
    let regions = systems_by_region(sde);
    let of = |habitat: Habitat| {
        let large = regions.iter().filter(|((_, band), systems)| *band == habitat.band() && systems.len() >= 8);
        large.map(|((region, _), _)| *region).collect()
    };
    [Habitat::Highsec, Habitat::Lowsec, Habitat::Nullsec, Habitat::Wormhole]
        .into_iter()
        .map(|habitat| (habitat, of(habitat)))
        .collect()
}

impl Population {
    pub fn new(seed: u64, sde: &StaticData) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(mix(seed, 0x90b));
        let homes = homes(sde);
        let mut taken = Taken::default();
        let mut population = Self::default();
        population.found_alliances(&mut rng, &homes, &mut taken);
        population.found_corporations(&mut rng, &homes, &mut taken);
        population.create_characters(&mut rng, &mut taken);
        population.index();
        population
    }

    fn found_alliances(&mut self, rng: &mut ChaCha8Rng, homes: &Homes, taken: &mut Taken) {
        for index in 0..ALLIANCES {
            let habitat = match index % 10 {
                0..6 => Habitat::Nullsec,
                6..8 => Habitat::Lowsec,
                8 => Habitat::Wormhole,
                _ => Habitat::Highsec,
            };
            let (name, ticker) = taken.name(rng, Bearer::Alliance);
            self.alliances.push(Alliance {
                id: FIRST_ALLIANCE + 1 + index as i64 * 457 + rng.random_range(0..400),
                name,
                ticker,
                habitat,
                home: home(rng, homes, habitat),
                corporations: Vec::new(),
                founded: rng.random_range(1_200_000_000..1_750_000_000),
            });
        }
    }

    fn found_corporations(&mut self, rng: &mut ChaCha8Rng, homes: &Homes, taken: &mut Taken) {
        for index in 0..CORPORATIONS {
            // Two in three corporations are in an alliance; the first ones make sure that none is empty.
            let alliance = match index {
                0..ALLIANCES => Some(index),
                _ => rng.random_bool(0.6).then(|| rng.random_range(0..ALLIANCES)),
            };
            let habitat = alliance.map_or_else(
                || {
                    *[Habitat::Highsec, Habitat::Highsec, Habitat::Lowsec, Habitat::Wormhole]
                        .choose(rng)
                        .unwrap_or(&Habitat::Highsec)
                },
                |alliance| self.alliances[alliance].habitat,
            );
            let home_region =
                alliance.map_or_else(|| home(rng, homes, habitat), |alliance| self.alliances[alliance].home);
            let (name, ticker) = taken.name(rng, Bearer::Corporation);
            self.corporations.push(Corporation {
                id: FIRST_CORPORATION + 1 + index as i64 * 5_003 + rng.random_range(0..5_000),
                name,
                ticker,
                alliance,
                habitat,
                home: home_region,
                militia: (habitat == Habitat::Lowsec && rng.random_bool(0.5))
                    .then(|| rng.random_range(500_001..500_005)),
                members: Vec::new(),
                founded: rng.random_range(1_200_000_000..1_780_000_000),
            });
            if let Some(alliance) = alliance {
                self.alliances[alliance].corporations.push(index);
            }
        }
    }

    fn create_characters(&mut self, rng: &mut ChaCha8Rng, taken: &mut Taken) {
        // Sizes follow a power law: a few large corporations, many small ones.
        let weights: Vec<f64> = (0..CORPORATIONS).map(|_| rng.random_range(0.02_f64..1.0).powi(2)).collect();
        for index in 0..CHARACTERS {
            let corporation = if index < CORPORATIONS { index } else { weighted(rng, &weights) };
            let (name, _) = taken.name(rng, Bearer::Character);
            let habitat = self.corporations[corporation].habitat;
            let typical = match habitat {
                Habitat::Highsec => 2.0,
                Habitat::Lowsec => -4.0,
                Habitat::Nullsec => 0.5,
                Habitat::Wormhole => -0.5,
            };
            let status: f64 = typical + rng.random_range(-3.0..3.0);
            self.characters.push(Character {
                id: FIRST_CHARACTER + 1 + index as i64 * 2_377 + rng.random_range(0..2_300),
                name,
                corporation,
                // Adding zero turns -0.0 into 0.0.
                security_status: (status * 10.0).round().clamp(-100.0, 50.0) / 10.0 + 0.0,
                birthday: rng.random_range(1_060_000_000..1_780_000_000),
            });
            self.corporations[corporation].members.push(index);
        }
    }

    fn index(&mut self) {
        let alliances = self.alliances.iter().enumerate().map(|(index, it)| (it.id, Member::Alliance(index)));
        let corporations = self.corporations.iter().enumerate().map(|(index, it)| (it.id, Member::Corporation(index)));
        let characters = self.characters.iter().enumerate().map(|(index, it)| (it.id, Member::Character(index)));
        self.by_id = alliances.chain(corporations).chain(characters).collect();
    }

    pub fn find(&self, id: i64) -> Option<Member> {
        self.by_id.get(&id).copied()
    }

    pub fn corporation_of(&self, character: usize) -> &Corporation {
        &self.corporations[self.characters[character].corporation]
    }

    pub fn alliance_of(&self, character: usize) -> Option<&Alliance> {
        self.corporation_of(character).alliance.map(|alliance| &self.alliances[alliance])
    }

    /// The corporation as the killmail writes it.
    pub fn corporation_id_of(&self, character: usize) -> CorporationId {
        CorporationId(self.corporation_of(character).id)
    }
}

fn home(rng: &mut ChaCha8Rng, homes: &HashMap<Habitat, Vec<RegionId>>, habitat: Habitat) -> RegionId {
    homes.get(&habitat).and_then(|regions| regions.choose(rng)).copied().unwrap_or(RegionId(10_000_002))
}

fn weighted(rng: &mut ChaCha8Rng, weights: &[f64]) -> usize {
    let mut rest = rng.random_range(0.0..weights.iter().sum());
    for (index, weight) in weights.iter().enumerate() {
        rest -= weight;
        if rest <= 0.0 {
            return index;
        }
    }
    weights.len() - 1
}

/// Names and tickers given so far; the game allows each once.
#[derive(Default)]
struct Taken {
    names: HashSet<String>,
    tickers: HashSet<String>,
}

impl Taken {
    fn name(&mut self, rng: &mut ChaCha8Rng, bearer: Bearer) -> (String, String) {
        let name = loop {
            let name = names::invented(bearer, rng.random());
            if self.names.insert(name.to_lowercase()) {
                break name;
            }
        };
        if bearer == Bearer::Character {
            return (name, String::new());
        }
        let mut attempt = 0;
        loop {
            let ticker = names::ticker(&name, attempt);
            if self.tickers.insert(ticker.clone()) {
                return (name, ticker);
            }
            attempt += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_population() {
        let sde = StaticData::bundled();
        let population = Population::new(1, &sde);
        assert_eq!(population.characters.len(), CHARACTERS);
        assert!(population.corporations.iter().all(|corporation| !corporation.members.is_empty()));
        assert!(population.alliances.iter().all(|alliance| !alliance.corporations.is_empty()));
        assert_eq!(population.by_id.len(), CHARACTERS + CORPORATIONS + ALLIANCES, "ids are unique");
        assert!(population.characters.iter().all(|it| (FIRST_CHARACTER..i64::from(i32::MAX)).contains(&it.id)));
        let names = |seed| Population::new(seed, &sde).characters.into_iter().map(|it| it.name).collect::<Vec<_>>();
        assert_eq!(names(1), names(1));
        assert_ne!(names(1), names(2));
    }
}
