//! Types, groups, systems and regions by id: CCP's static data export, indexed in memory.
//!
//! Owns the shape and the look-ups. Where the rows come from is not its concern: the bundled snapshot
//! (`snapshot.rs`, native only) or an import elsewhere; [`StaticData::new`] takes plain rows.

#[cfg(feature = "snapshot")]
mod archive;
mod build;
#[cfg(feature = "snapshot")]
mod celestials;
mod dogma;
mod gates;
mod report;
#[cfg(feature = "snapshot")]
mod snapshot;

#[cfg(feature = "snapshot")]
pub use archive::{BUILD_ENTRY, SnapshotTables};
pub use build::build_number;
#[cfg(feature = "snapshot")]
pub use celestials::{Celestials, CelestialsError, Nearest};
pub use dogma::Dogma;
pub use report::{Difference, Listing, NamedEntry, StaticReport};
#[cfg(feature = "snapshot")]
pub use snapshot::{BUNDLED_BUILD, SnapshotError, bundled_archive, read_snapshot};
#[cfg(test)]
pub(crate) use snapshot::{SNAPSHOT, read_table};

use crate::{
    ids::{
        CategoryId, ConstellationId, CorporationId, FactionId, GroupId, MetaGroupId, RegionId, SolarSystemId, TypeId,
    },
    isk::Isk,
    killmail::Position,
    location::Slot,
    security::{SecurityBand, SecurityStatus},
};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// A turret or launcher hardpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hardpoint {
    Turret,
    Launcher,
}

/// One inventory type.
#[derive(Clone, Debug)]
pub struct TypeInfo {
    pub id: TypeId,
    pub name: String,
    pub group_id: GroupId,
    pub category_id: CategoryId,
    pub meta_group_id: Option<MetaGroupId>,
    pub tech_level: Option<u8>,
    /// 0-4 for Tech I, 5 Tech II, above for named rarities; absent for most hulls.
    pub meta_level: Option<u8>,
    /// The plain type that this one is a variation of.
    pub variation_parent_id: Option<TypeId>,
    pub mass_kg: Option<f64>,
    /// Assembled volume, not packaged.
    pub volume_m3: Option<f64>,
    pub capacity_m3: Option<f64>,
    /// CCP's nominal price. Absent for most types and never a market price.
    pub base_price: Option<Isk>,
    pub published: bool,
    /// The rack the module fits into.
    pub slot: Option<Slot>,
    pub hardpoint: Option<Hardpoint>,
    /// A module whose attributes were rolled with a mutaplasmid.
    pub is_abyssal: bool,
}

#[derive(Clone, Debug)]
pub struct GroupInfo {
    pub id: GroupId,
    pub name: String,
    pub category_id: CategoryId,
    pub published: bool,
}

#[derive(Clone, Debug)]
pub struct SystemInfo {
    pub id: SolarSystemId,
    pub name: String,
    pub true_security: f64,
    pub security: SecurityStatus,
    pub band: SecurityBand,
    pub constellation_id: ConstellationId,
    pub region_id: RegionId,
    /// 1-6, 12-18 in W-space; 7-9 in known space; 19-23 abyssal; 25 Pochven.
    pub wormhole_class: Option<u8>,
    /// Metres, in the frame of all of New Eden.
    pub position: Option<Position>,
}

#[derive(Clone, Debug)]
pub struct ConstellationInfo {
    pub id: ConstellationId,
    pub name: String,
    pub region_id: RegionId,
}

#[derive(Clone, Debug)]
pub struct RegionInfo {
    pub id: RegionId,
    pub name: String,
}

/// Two systems joined by a stargate, in travel direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stargate {
    pub from: SolarSystemId,
    pub to: SolarSystemId,
}

/// What stands in space under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum CelestialKind {
    Star,
    Planet,
    Moon,
    Belt,
    Stargate,
    Station,
}

/// A stargate or station and where in its system it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Landmark {
    pub system_id: SolarSystemId,
    pub name: String,
    pub kind: CelestialKind,
    pub position: Position,
}

/// Metres in a light year.
const LIGHT_YEAR_M: f64 = 9_460_730_472_580_800.0;

/// The rows of an import, before indexing.
#[derive(Clone, Debug, Default)]
pub struct StaticRows {
    /// Names the origin and build, e.g. `types 2026-10-26 build 3650286, universe 2024-06-18`.
    pub build: String,
    pub types: Vec<TypeInfo>,
    pub groups: Vec<GroupInfo>,
    pub systems: Vec<SystemInfo>,
    pub constellations: Vec<ConstellationInfo>,
    pub regions: Vec<RegionInfo>,
    pub stargates: Vec<Stargate>,
    pub landmarks: Vec<Landmark>,
    pub factions: Vec<(FactionId, String)>,
    pub npc_corporations: Vec<(CorporationId, String)>,
    /// Type, dogma attribute, value.
    pub attributes: Vec<(TypeId, i32, f64)>,
    /// Type, dogma effect.
    pub effects: Vec<(TypeId, i32)>,
}

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
    gates: gates::GateGraph,
    landmarks: HashMap<SolarSystemId, Vec<Landmark>>,
    factions: HashMap<FactionId, String>,
    npc_corporations: HashMap<CorporationId, String>,
    published_type_by_name: HashMap<String, TypeId>,
    system_by_name: HashMap<String, SolarSystemId>,
    dogma: Arc<Dogma>,
    /// What each type tags a killmail with; worked out here so that tagging is a few ORs.
    #[cfg(feature = "snapshot")]
    type_tags: crate::tags::TypeTags,
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
        let gates = gates::GateGraph::new(&rows.stargates);
        let mut landmarks: HashMap<SolarSystemId, Vec<Landmark>> = HashMap::new();
        for landmark in rows.landmarks {
            landmarks.entry(landmark.system_id).or_default().push(landmark);
        }
        let dogma = Dogma::new(rows.attributes, rows.effects);
        #[cfg(feature = "snapshot")]
        let type_tags = crate::tags::TypeTags::new(&rows.types, &dogma);
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

    /// Effects and attributes of types.
    pub fn dogma(&self) -> &Dogma {
        &self.dogma
    }

    #[cfg(feature = "snapshot")]
    pub(crate) fn type_tags(&self) -> &crate::tags::TypeTags {
        &self.type_tags
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
