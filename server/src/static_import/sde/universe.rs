//! Regions, constellations, systems and stargates. A wormhole class stands on a system, else on its constellation,
//! else on its region; the kind of space follows from the class and the range of the id.

use super::{SdeError, table::Table};
use domain::{sde, static_data::SnapshotTables};
use eve_sde::{
    Archive, Record, SecurityBand, SpaceKind,
    ids::{CelestialId, ConstellationId, RegionId, SystemId},
    model::{Constellation, Region, SecondarySun, SolarSystem, Star, Stargate},
};
use std::{
    collections::{HashMap, HashSet},
    io::{Read, Seek},
};

/// What names of stations are made of.
#[derive(Debug, Default)]
pub struct Places {
    pub systems: HashMap<SystemId, String>,
    pub stars: HashSet<CelestialId>,
}

/// Columns of the systems' table.
const SYSTEM_COLUMNS: &[&str] = &[
    "system_id",
    "name",
    "security",
    "security_display",
    "band",
    "constellation_id",
    "region_id",
    "wormhole_class",
    "faction_id",
    "security_class",
    "x",
    "y",
    "z",
    "sun_type_id",
    "radius",
    "wh_effect_beacon_type_id",
];

pub fn read<R: Read + Seek>(archive: &mut Archive<R>, tables: &mut SnapshotTables) -> Result<Places, SdeError> {
    let regions = regions(archive, tables)?;
    let constellations = constellations(archive, &regions, tables)?;
    let mut suns = HashMap::new();
    let mut stars = HashSet::new();
    for star in archive.records::<Star>()? {
        let star = star?;
        suns.insert(star.solar_system_id, star.type_id);
        stars.insert(star.id);
    }
    let mut beacons = HashMap::new();
    for sun in archive.records::<SecondarySun>()? {
        let sun = sun?;
        beacons.insert(sun.solar_system_id, sun.effect_beacon_type_id);
    }
    let mut systems = HashMap::new();
    let mut table = Table::new(SYSTEM_COLUMNS)?;
    for system in archive.records::<SolarSystem>()? {
        let system = system?;
        let constellation = constellations
            .get(&system.constellation_id)
            .ok_or_else(|| dangling::<SolarSystem>(system.id.0, system.constellation_id.0, Constellation::FILE))?;
        let region = regions
            .get(&system.region_id)
            .ok_or_else(|| dangling::<SolarSystem>(system.id.0, system.region_id.0, Region::FILE))?;
        let class = system.wormhole_class_id.or(*constellation).or(*region);
        table.push((
            system.id,
            &system.name,
            system.security_status,
            system.security_rounded(),
            band(&system, class),
            system.constellation_id,
            system.region_id,
            class,
            system.faction_id,
            &system.security_class,
            system.position.x,
            system.position.y,
            system.position.z,
            suns.get(&system.id),
            system.radius,
            beacons.get(&system.id),
        ))?;
        systems.insert(system.id, system.name);
    }
    table.finish_filled::<SolarSystem>("systems.csv", tables)?;
    stargates(archive, &systems, tables)?;
    Ok(Places { systems, stars })
}

fn band(system: &SolarSystem, class: Option<u32>) -> &'static str {
    match system.space() {
        SpaceKind::Wormhole => "wormhole",
        SpaceKind::Abyssal => "abyssal",
        SpaceKind::KnownSpace if class == Some(sde::POCHVEN_CLASS.into()) => "pochven",
        SpaceKind::KnownSpace => match system.security_band() {
            SecurityBand::High => "highsec",
            SecurityBand::Low => "lowsec",
            _ => "nullsec",
        },
        // The test regions beside Abyssal deadspace.
        _ => "void",
    }
}

/// Wormhole classes of the regions.
fn regions<R: Read + Seek>(
    archive: &mut Archive<R>,
    tables: &mut SnapshotTables,
) -> Result<HashMap<RegionId, Option<u32>>, SdeError> {
    let mut classes = HashMap::new();
    let mut table = Table::new(&["region_id", "name", "universe", "faction_id", "wormhole_class", "x", "y", "z"])?;
    for region in archive.records::<Region>()? {
        let region = region?;
        let universe = match i64::from(region.id.0) {
            id if sde::region::KNOWN_SPACE.contains(&id) => "eve",
            id if sde::region::WORMHOLE_SPACE.contains(&id) => "wormhole",
            id if sde::region::ABYSSAL_DEADSPACE.contains(&id) => "abyssal",
            _ => "void",
        };
        let at = region.position;
        table.push((
            region.id,
            region.name,
            universe,
            region.faction_id,
            region.wormhole_class_id,
            at.x,
            at.y,
            at.z,
        ))?;
        classes.insert(region.id, region.wormhole_class_id);
    }
    table.finish_filled::<Region>("regions.csv", tables)?;
    Ok(classes)
}

/// Wormhole classes of the constellations.
fn constellations<R: Read + Seek>(
    archive: &mut Archive<R>,
    regions: &HashMap<RegionId, Option<u32>>,
    tables: &mut SnapshotTables,
) -> Result<HashMap<ConstellationId, Option<u32>>, SdeError> {
    let mut classes = HashMap::new();
    let mut table =
        Table::new(&["constellation_id", "name", "region_id", "faction_id", "wormhole_class", "x", "y", "z"])?;
    for row in archive.records::<Constellation>()? {
        let row = row?;
        if !regions.contains_key(&row.region_id) {
            return Err(dangling::<Constellation>(row.id.0, row.region_id.0, Region::FILE));
        }
        let at = row.position;
        table.push((row.id, row.name, row.region_id, row.faction_id, row.wormhole_class_id, at.x, at.y, at.z))?;
        classes.insert(row.id, row.wormhole_class_id);
    }
    table.finish_filled::<Constellation>("constellations.csv", tables)?;
    Ok(classes)
}

fn stargates<R: Read + Seek>(
    archive: &mut Archive<R>,
    systems: &HashMap<SystemId, String>,
    tables: &mut SnapshotTables,
) -> Result<(), SdeError> {
    let mut table = Table::new(&["gate_id", "system_id", "dest_gate_id", "dest_system_id", "type_id", "x", "y", "z"])?;
    for gate in archive.records::<Stargate>()? {
        let gate = gate?;
        for end in [gate.solar_system_id, gate.destination.solar_system_id] {
            if !systems.contains_key(&end) {
                return Err(dangling::<Stargate>(gate.id.0, end.0, SolarSystem::FILE));
            }
        }
        let (to, at) = (gate.destination, gate.position);
        table.push((
            gate.id,
            gate.solar_system_id,
            to.stargate_id,
            to.solar_system_id,
            gate.type_id,
            at.x,
            at.y,
            at.z,
        ))?;
    }
    table.finish("stargates.csv", tables)
}

fn dangling<T: Record>(id: u32, owner: u32, owners: &'static str) -> SdeError {
    SdeError::Dangling { file: T::FILE, id, owner, owners }
}
