//! Static data indexed in memory: look-ups of types, groups, systems and regions by id or name.

use super::{
    dogma::Dogma,
    gates::GateGraph,
    rows::{ConstellationInfo, GroupInfo, Landmark, RegionInfo, StaticRows, SystemInfo, TypeInfo},
};
use crate::ids::{ConstellationId, CorporationId, FactionId, GroupId, RegionId, SolarSystemId, TypeId};
#[cfg(feature = "snapshot")]
use crate::{killmail::Killmail, tags::TypeTags};
use std::{collections::HashMap, sync::Arc};

/// Metres in a light year.
const LIGHT_YEAR_M: f64 = 9_460_730_472_580_800.0;

/// Static data indexed for the hot path. Look-ups are hash lookups; the whole takes about 30 MB.
#[derive(Debug, Default)]
pub struct StaticData {
    build: String,
    types: HashMap<TypeId, TypeInfo>,
    groups: HashMap<GroupId, GroupInfo>,
    systems: HashMap<SolarSystemId, SystemInfo>,
    constellations: HashMap<ConstellationId, ConstellationInfo>,
    regions: HashMap<RegionId, RegionInfo>,
    neighbours: HashMap<SolarSystemId, Vec<SolarSystemId>>,
    gates: GateGraph,
    landmarks: HashMap<SolarSystemId, Vec<Landmark>>,
    factions: HashMap<FactionId, String>,
    npc_corporations: HashMap<CorporationId, String>,
    published_type_by_name: HashMap<String, TypeId>,
    system_by_name: HashMap<String, SolarSystemId>,
    dogma: Arc<Dogma>,
    /// What each type tags a killmail with; worked out here so that tagging is a few ORs.
    #[cfg(feature = "snapshot")]
    type_tags: TypeTags,
}

impl StaticData {
    pub fn new(rows: StaticRows) -> Self {
        let published_type_by_name =
            rows.types.iter().filter(|info| info.published).map(|info| (info.name.to_lowercase(), info.id)).collect();
        let system_by_name = rows.systems.iter().map(|info| (info.name.to_lowercase(), info.id)).collect();
        let mut neighbours: HashMap<SolarSystemId, Vec<SolarSystemId>> = HashMap::new();
        for gate in &rows.stargates {
            neighbours.entry(gate.from).or_default().push(gate.to);
        }
        let gates = GateGraph::new(&rows.stargates);
        let mut landmarks: HashMap<SolarSystemId, Vec<Landmark>> = HashMap::new();
        for landmark in rows.landmarks {
            landmarks.entry(landmark.system_id).or_default().push(landmark);
        }
        let dogma = Dogma::new(rows.attributes, rows.effects);
        #[cfg(feature = "snapshot")]
        let type_tags = TypeTags::new(&rows.types, &dogma);
        Self {
            build: rows.build,
            types: rows.types.into_iter().map(|info| (info.id, info)).collect(),
            groups: rows.groups.into_iter().map(|info| (info.id, info)).collect(),
            systems: rows.systems.into_iter().map(|info| (info.id, info)).collect(),
            constellations: rows.constellations.into_iter().map(|info| (info.id, info)).collect(),
            regions: rows.regions.into_iter().map(|info| (info.id, info)).collect(),
            neighbours,
            gates,
            landmarks,
            factions: rows.factions.into_iter().collect(),
            npc_corporations: rows.npc_corporations.into_iter().collect(),
            published_type_by_name,
            system_by_name,
            dogma: Arc::new(dogma),
            #[cfg(feature = "snapshot")]
            type_tags,
        }
    }

    #[cfg(feature = "snapshot")]
    pub(super) fn shared_dogma(&self) -> Arc<Dogma> {
        Arc::clone(&self.dogma)
    }

    /// Effects and attributes of types.
    pub fn dogma(&self) -> &Dogma {
        &self.dogma
    }

    /// The words for what a killmail's ship had fitted, in the order of the vocabulary.
    #[cfg(feature = "snapshot")]
    pub fn tags_of(&self, killmail: &Killmail) -> Vec<String> {
        self.type_tags.of_killmail(killmail)
    }

    /// The tags that one type gives a killmail, as an item or, with `as_hull`, as what was lost.
    #[cfg(feature = "snapshot")]
    pub fn tags_of_type(&self, type_id: TypeId, as_hull: bool) -> Vec<String> {
        self.type_tags.of_type(type_id, as_hull)
    }

    /// Origin and build of the data, for provenance lines.
    pub fn build(&self) -> &str {
        &self.build
    }

    pub fn type_info(&self, id: TypeId) -> Option<&TypeInfo> {
        self.types.get(&id)
    }

    pub fn type_name(&self, id: TypeId) -> Option<&str> {
        self.types.get(&id).map(|info| info.name.as_str())
    }

    /// A published type by its English name, case ignored.
    pub fn type_by_name(&self, name: &str) -> Option<&TypeInfo> {
        self.published_type_by_name.get(&name.to_lowercase()).and_then(|id| self.types.get(id))
    }

    pub fn group(&self, id: GroupId) -> Option<&GroupInfo> {
        self.groups.get(&id)
    }

    pub fn system(&self, id: SolarSystemId) -> Option<&SystemInfo> {
        self.systems.get(&id)
    }

    pub fn system_by_name(&self, name: &str) -> Option<&SystemInfo> {
        self.system_by_name.get(&name.to_lowercase()).and_then(|id| self.systems.get(id))
    }

    pub fn constellation(&self, id: ConstellationId) -> Option<&ConstellationInfo> {
        self.constellations.get(&id)
    }

    pub fn region(&self, id: RegionId) -> Option<&RegionInfo> {
        self.regions.get(&id)
    }

    /// Systems one gate away, in no particular order.
    pub fn neighbours(&self, id: SolarSystemId) -> &[SolarSystemId] {
        self.neighbours.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The least number of gate jumps from one system to another; absent when no gates join them.
    pub fn jumps_between(&self, from: SolarSystemId, to: SolarSystemId) -> Option<u32> {
        self.gates.jumps_between(from, to)
    }

    /// Light years (of 9.4607e15 m) between two systems.
    pub fn light_years_between(&self, from: SolarSystemId, to: SolarSystemId) -> Option<f64> {
        let (from, to) = (self.system(from)?.position?, self.system(to)?.position?);
        let [x, y, z] = [to.x - from.x, to.y - from.y, to.z - from.z];
        Some((x * x + y * y + z * z).sqrt() / LIGHT_YEAR_M)
    }

    /// Stargates and stations of a system.
    pub fn landmarks(&self, id: SolarSystemId) -> &[Landmark] {
        self.landmarks.get(&id).map_or(&[], Vec::as_slice)
    }

    pub fn faction_name(&self, id: FactionId) -> Option<&str> {
        self.factions.get(&id).map(String::as_str)
    }

    pub fn npc_corporation_name(&self, id: CorporationId) -> Option<&str> {
        self.npc_corporations.get(&id).map(String::as_str)
    }

    pub fn types(&self) -> impl Iterator<Item = &TypeInfo> {
        self.types.values()
    }

    pub fn groups(&self) -> impl Iterator<Item = &GroupInfo> {
        self.groups.values()
    }

    pub fn systems(&self) -> impl Iterator<Item = &SystemInfo> {
        self.systems.values()
    }

    pub fn constellations(&self) -> impl Iterator<Item = &ConstellationInfo> {
        self.constellations.values()
    }

    pub fn regions(&self) -> impl Iterator<Item = &RegionInfo> {
        self.regions.values()
    }

    pub fn factions(&self) -> impl Iterator<Item = (FactionId, &str)> {
        self.factions.iter().map(|(id, name)| (*id, name.as_str()))
    }

    pub fn npc_corporations(&self) -> impl Iterator<Item = (CorporationId, &str)> {
        self.npc_corporations.iter().map(|(id, name)| (*id, name.as_str()))
    }
}
