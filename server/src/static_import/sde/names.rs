//! Factions, NPC corporations and NPC stations. The archive has no names of stations: they are made of the names of
//! the planet or moon, of the owner and of what is done there.

use super::{
    SdeError,
    table::{Table, copy},
    universe::Places,
};
use domain::static_data::SnapshotTables;
use eve_sde::{
    Archive,
    ids::CelestialId,
    model::{Faction, Moon, NpcCorporation, NpcStation, Planet, StationOperation},
    names,
};
use std::{
    collections::{HashMap, HashSet},
    io::{Read, Seek},
};

pub fn read<R: Read + Seek>(
    archive: &mut Archive<R>,
    places: &Places,
    tables: &mut SnapshotTables,
) -> Result<(), SdeError> {
    let faction_columns = &[
        "faction_id",
        "name",
        "corporation_id",
        "militia_corporation_id",
        "home_system_id",
        "size_factor",
        "unique_name",
    ];
    copy(archive, ("factions.csv", faction_columns), tables, |row: Faction| {
        let unique_name = u8::from(row.unique_name);
        let home = row.solar_system_id;
        (row.id, row.name, row.corporation_id, row.militia_corporation_id, home, row.size_factor, unique_name)
    })?;
    let mut owners = HashMap::new();
    let mut table = Table::new(&["corporation_id", "name", "ticker", "faction_id", "deleted"])?;
    for row in archive.records::<NpcCorporation>()? {
        let row = row?;
        table.push((row.id, &row.name, row.ticker_name, row.faction_id, u8::from(row.deleted)))?;
        owners.insert(row.id, row.name);
    }
    table.finish("npc_corporations.csv", tables)?;

    let operations = archive.table::<StationOperation>()?;
    let mut stations = Vec::new();
    for station in archive.records::<NpcStation>()? {
        stations.push(station?);
    }
    let orbited = orbited(archive, &stations, places)?;
    let mut table = Table::new(&["station_id", "name", "system_id", "type_id", "corporation_id", "x", "y", "z"])?;
    for station in stations {
        let system = places.systems.get(&station.solar_system_id).map_or("Unknown system", String::as_str);
        // A station at a star, as in Zarzakh, is named after the system.
        let is_at_star = places.stars.contains(&station.orbit_id);
        let place = orbited.get(&station.orbit_id).filter(|_| !is_at_star).map_or(system, String::as_str);
        let operation = operations.get(&station.operation_id).filter(|_| station.use_operation_name);
        let name = names::station(
            place,
            owners.get(&station.owner_id).map(String::as_str),
            operation.map(|operation| operation.operation_name.as_str()),
        );
        let at = station.position;
        table.push((station.id, name, station.solar_system_id, station.type_id, station.owner_id, at.x, at.y, at.z))?;
    }
    table.finish("stations.csv", tables)
}

/// Names of the planets and moons that stations orbit. Of some 400,000 only these few thousand are kept in memory.
fn orbited<R: Read + Seek>(
    archive: &mut Archive<R>,
    stations: &[NpcStation],
    places: &Places,
) -> Result<HashMap<CelestialId, String>, SdeError> {
    let wanted: HashSet<CelestialId> = stations.iter().map(|station| station.orbit_id).collect();
    let mut moons = Vec::new();
    for moon in archive.records::<Moon>()? {
        let moon = moon?;
        if wanted.contains(&moon.id) {
            moons.push(moon);
        }
    }
    let planets: HashSet<CelestialId> = moons.iter().map(|moon| moon.orbit_id).chain(wanted).collect();
    let mut found = HashMap::new();
    for planet in archive.records::<Planet>()? {
        let planet = planet?;
        if !planets.contains(&planet.id) {
            continue;
        }
        let system = places.systems.get(&planet.solar_system_id).map_or("Unknown system", String::as_str);
        let name = planet.unique_name.unwrap_or_else(|| names::planet(system, planet.celestial_index));
        found.insert(planet.id, name);
    }
    for moon in moons {
        let planet = found.get(&moon.orbit_id).map_or("Unknown planet", String::as_str);
        let name = moon.unique_name.unwrap_or_else(|| names::moon(planet, moon.orbit_index));
        found.insert(moon.id, name);
    }
    Ok(found)
}
