//! What a seed makes of the static data and no kill changes: who lives where, what flies in which fit, what it is worth.

use super::{
    armoury::{Armoury, choose},
    fits::{self, Fit},
    losses::Goods,
    npcs::Npcs,
    population::{Population, systems_by_region},
    prices::Prices,
    ships::{self, Hull, Purpose},
};
use crate::hash::mix;
use domain::{RegionId, SecurityBand, SolarSystemId, StaticData, TypeId, static_data::Dogma};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

const FITS_PER_HULL: usize = 4;
const KEPT_GALAXIES: usize = 3;

/// Everything about the universe that kills do not change.
#[derive(Debug)]
pub struct Galaxy {
    pub sde: Arc<StaticData>,
    pub population: Population,
    pub prices: Prices,
    pub hulls: Vec<Hull>,
    /// Fits by hull, in the order of `hulls`.
    pub fits: Vec<Vec<Fit>>,
    pub armoury: Armoury,
    pub goods: Goods,
    pub npcs: Npcs,
    by_purpose: HashMap<Purpose, Vec<usize>>,
    regions: BTreeMap<(RegionId, SecurityBand), Vec<SolarSystemId>>,
    bands: HashMap<SecurityBand, Vec<SolarSystemId>>,
    pub(super) deployables: Vec<TypeId>,
    pub(super) towers: Vec<TypeId>,
    pub(super) cores: HashMap<String, TypeId>,
}

impl Galaxy {
    /// The galaxy of a seed. Building one takes a second in a debug build, so the last few are kept for the next
    /// simulator of the process.
    pub fn shared(seed: u64) -> Arc<Self> {
        static BUILT: Mutex<VecDeque<(u64, Arc<Galaxy>)>> = Mutex::new(VecDeque::new());
        let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, galaxy)) = built.iter().find(|(its, _)| *its == seed) {
            return Arc::clone(galaxy);
        }
        let galaxy = Arc::new(Self::new(seed));
        built.push_back((seed, Arc::clone(&galaxy)));
        if built.len() > KEPT_GALAXIES {
            built.pop_front();
        }
        galaxy
    }

    fn new(seed: u64) -> Self {
        let sde = StaticData::bundled();
        let dogma = Dogma::bundled();
        let mut rng = ChaCha8Rng::seed_from_u64(mix(seed, 0xf175));
        let armoury = Armoury::new(&sde, &dogma);
        let hulls = ships::all(&sde, &dogma);
        let fits = hulls
            .iter()
            .map(|hull| (0..FITS_PER_HULL).map(|_| fits::fit(hull, &armoury, &mut rng)).collect())
            .collect();
        let mut by_purpose: HashMap<Purpose, Vec<usize>> = HashMap::new();
        for (index, hull) in hulls.iter().enumerate() {
            by_purpose.entry(hull.purpose).or_default().push(index);
        }
        let mut bands: HashMap<SecurityBand, Vec<SolarSystemId>> = HashMap::new();
        for system in sde.systems() {
            bands.entry(system.band).or_default().push(system.id);
        }
        bands.values_mut().for_each(|systems| systems.sort_unstable());
        let of_groups = |groups: &[i64]| {
            let mut types: Vec<TypeId> = sde
                .types()
                .filter(|info| info.published && groups.contains(&info.group_id.0))
                .map(|info| info.id)
                .collect();
            types.sort_unstable();
            types
        };
        let core_name = |id: TypeId| Some(sde.type_name(id)?.strip_suffix(" Upwell Quantum Core")?.to_owned());
        Self {
            population: Population::new(seed, &sde),
            prices: Prices::new(&sde),
            goods: Goods::new(&sde),
            npcs: Npcs::new(&sde),
            regions: systems_by_region(&sde),
            // Tractor units count thrice: they are lost most often.
            deployables: [1_250, 1_250, 1_250, 1_246, 361, 1_249, 1_276, 4_093]
                .iter()
                .flat_map(|group| of_groups(&[*group]))
                .collect(),
            towers: of_groups(&[365]),
            cores: of_groups(&[4_086]).into_iter().filter_map(|id| Some((core_name(id)?, id))).collect(),
            bands,
            by_purpose,
            fits,
            hulls,
            armoury,
            sde,
        }
    }

    pub fn systems_in(&self, band: SecurityBand) -> &[SolarSystemId] {
        self.bands.get(&band).map_or(&[], Vec::as_slice)
    }

    pub fn systems_of(&self, region: RegionId, band: SecurityBand) -> &[SolarSystemId] {
        self.regions.get(&(region, band)).map_or(&[], Vec::as_slice)
    }

    pub fn hull_for(&self, purpose: Purpose, rng: &mut ChaCha8Rng) -> usize {
        let hulls = self.by_purpose.get(&purpose).map_or(&[][..], Vec::as_slice);
        choose(hulls, |hull| self.hulls[*hull].weight, rng).copied().unwrap_or(0)
    }
}
