//! The rows of static data: what an import brings, before indexing.

use crate::{
    ids::{
        CategoryId, CelestialId, ConstellationId, CorporationId, FactionId, GroupId, MetaGroupId, RegionId,
        SolarSystemId, TypeId,
    },
    isk::Isk,
    killmail::Coordinates,
    location::Slot,
    security::{SecurityBand, SecurityStatus},
};
use serde::{Deserialize, Serialize};

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
    pub position: Option<Coordinates>,
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
    pub id: CelestialId,
    pub system_id: SolarSystemId,
    pub name: String,
    pub kind: CelestialKind,
    pub position: Coordinates,
}

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
