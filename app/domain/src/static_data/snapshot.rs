//! The snapshot of CCP's static data that the binary carries (`static-data/README.md` names source and build).

use super::{
    BUILD_ENTRY, CelestialKind, ConstellationInfo, Dogma, GroupInfo, Hardpoint, Landmark, RegionInfo, SnapshotError,
    Stargate, StaticData, StaticRows, SystemInfo, TypeInfo,
};
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
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::HashMap,
    io::Read,
    sync::{Arc, OnceLock},
};

pub(crate) static SNAPSHOT: &[u8] = include_bytes!("../../static-data/snapshot.tar.zst");
/// Named in provenance lines; see `static-data/README.md`.
pub const BUNDLED_BUILD: &str = "types 2026-10-26 (build 3650286), universe 2024-06-18";

#[derive(Deserialize)]
struct TypeRow {
    type_id: i64,
    name: String,
    group_id: i64,
    category_id: i64,
    meta_group_id: Option<i64>,
    tech_level: Option<f64>,
    meta_level: Option<f64>,
    variation_parent_type_id: Option<i64>,
    mass: Option<f64>,
    volume: Option<f64>,
    capacity: Option<f64>,
    base_price: Option<f64>,
    published: u8,
    slot: String,
    hardpoint: String,
    is_abyssal: u8,
}

#[derive(Deserialize)]
struct GroupRow {
    group_id: i64,
    name: String,
    category_id: i64,
    published: u8,
}

#[derive(Deserialize)]
struct SystemRow {
    system_id: i64,
    name: String,
    security: f64,
    band: String,
    constellation_id: i64,
    region_id: i64,
    wormhole_class: Option<u8>,
    x: Option<f64>,
    y: Option<f64>,
    z: Option<f64>,
}

#[derive(Deserialize)]
struct ConstellationRow {
    constellation_id: i64,
    name: String,
    region_id: i64,
}

#[derive(Deserialize)]
struct RegionRow {
    region_id: i64,
    name: String,
}

#[derive(Deserialize)]
struct GateRow {
    gate_id: i64,
    system_id: i64,
    dest_system_id: i64,
    x: f64,
    y: f64,
    z: f64,
}

#[derive(Deserialize)]
struct StationRow {
    station_id: i64,
    name: String,
    system_id: i64,
    x: f64,
    y: f64,
    z: f64,
}

#[derive(Deserialize)]
struct FactionRow {
    faction_id: i64,
    name: String,
}

#[derive(Deserialize)]
struct AttributeRow {
    type_id: i64,
    attribute_id: i32,
    value: f64,
}

#[derive(Deserialize)]
struct EffectRow {
    type_id: i64,
    effect_id: i32,
}

#[derive(Deserialize)]
struct NpcCorporationRow {
    corporation_id: i64,
    name: String,
}

impl StaticData {
    /// The bundled snapshot, read once per process (about 0.2 s) and shared.
    ///
    /// # Panics
    /// Never in a tested build: the archive is part of the binary and a test reads it.
    pub fn bundled() -> Arc<Self> {
        static BUNDLED: OnceLock<Arc<StaticData>> = OnceLock::new();
        Arc::clone(BUNDLED.get_or_init(|| {
            let rows = read_snapshot(SNAPSHOT).expect("the snapshot inside the binary is readable: a test reads it");
            Arc::new(Self::new(rows))
        }))
    }
}

impl Dogma {
    /// Effects and attributes of the bundled snapshot, shared with [`StaticData::bundled`].
    pub fn bundled() -> Arc<Self> {
        StaticData::bundled().shared_dogma()
    }
}

/// The snapshot inside the binary, packed.
pub fn bundled_archive() -> &'static [u8] {
    SNAPSHOT
}

/// Reads a zstd-compressed tar of CSV tables.
///
/// # Errors
/// When the archive or a table is damaged or missing.
pub fn read_snapshot(archive: &[u8]) -> Result<StaticRows, SnapshotError> {
    let mut tables: HashMap<String, String> = HashMap::new();
    let mut tar = tar::Archive::new(zstd::stream::read::Decoder::new(archive)?);
    for entry in tar.entries()? {
        let mut entry = entry?;
        let name = entry.path()?.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut text = String::new();
        entry.read_to_string(&mut text)?;
        tables.insert(name, text);
    }
    let gates: Vec<GateRow> = rows(&tables, "stargates.csv")?.collect();
    let stations = rows(&tables, "stations.csv")?.map(|row: StationRow| Landmark {
        id: CelestialId(row.station_id),
        system_id: SolarSystemId(row.system_id),
        name: row.name,
        kind: CelestialKind::Station,
        position: Coordinates { x: row.x, y: row.y, z: row.z },
    });
    let systems: Vec<SystemInfo> = rows(&tables, "systems.csv")?.map(system_info).collect();
    let system_names = systems.iter().map(|system| (system.id.0, system.name.as_str())).collect();
    Ok(StaticRows {
        build: tables.get(BUILD_ENTRY).map_or(BUNDLED_BUILD, |build| build.trim()).to_owned(),
        types: rows(&tables, "types.csv")?.map(type_info).collect(),
        groups: rows(&tables, "groups.csv")?
            .map(|row: GroupRow| GroupInfo {
                id: GroupId(row.group_id),
                name: row.name,
                category_id: CategoryId(row.category_id),
                published: row.published == 1,
            })
            .collect(),
        constellations: rows(&tables, "constellations.csv")?
            .map(|row: ConstellationRow| ConstellationInfo {
                id: ConstellationId(row.constellation_id),
                name: row.name,
                region_id: RegionId(row.region_id),
            })
            .collect(),
        regions: rows(&tables, "regions.csv")?
            .map(|row: RegionRow| RegionInfo { id: RegionId(row.region_id), name: row.name })
            .collect(),
        stargates: gates
            .iter()
            .map(|row| Stargate { from: SolarSystemId(row.system_id), to: SolarSystemId(row.dest_system_id) })
            .collect(),
        landmarks: gates.iter().map(|row| stargate(row, &system_names)).chain(stations).collect(),
        factions: rows(&tables, "factions.csv")?.map(|row: FactionRow| (FactionId(row.faction_id), row.name)).collect(),
        npc_corporations: rows(&tables, "npc_corporations.csv")?
            .map(|row: NpcCorporationRow| (CorporationId(row.corporation_id), row.name))
            .collect(),
        attributes: rows(&tables, "type_dogma.csv")?
            .map(|row: AttributeRow| (TypeId(row.type_id), row.attribute_id, row.value))
            .collect(),
        effects: rows(&tables, "type_effects.csv")?
            .map(|row: EffectRow| (TypeId(row.type_id), row.effect_id))
            .collect(),
        systems,
    })
}

/// Reads one table of the archive, leaving the others packed.
#[cfg(test)]
pub(crate) fn read_table<R: DeserializeOwned>(archive: &[u8], table: &'static str) -> Result<Vec<R>, SnapshotError> {
    let mut tar = tar::Archive::new(zstd::stream::read::Decoder::new(archive)?);
    for entry in tar.entries()? {
        let entry = entry?;
        if entry.path()?.file_name().is_some_and(|name| name == table) {
            let rows: Result<Vec<R>, _> = csv::Reader::from_reader(entry).into_deserialize().collect();
            return rows.map_err(|source| SnapshotError::Table { table, source });
        }
    }
    Err(SnapshotError::Missing(table))
}

fn rows<R: DeserializeOwned>(
    tables: &HashMap<String, String>,
    table: &'static str,
) -> Result<std::vec::IntoIter<R>, SnapshotError> {
    let text = tables.get(table).ok_or(SnapshotError::Missing(table))?;
    let rows: Result<Vec<R>, _> = csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect();
    Ok(rows.map_err(|source| SnapshotError::Table { table, source })?.into_iter())
}

fn type_info(row: TypeRow) -> TypeInfo {
    TypeInfo {
        id: TypeId(row.type_id),
        name: row.name,
        group_id: GroupId(row.group_id),
        category_id: CategoryId(row.category_id),
        meta_group_id: row.meta_group_id.map(MetaGroupId),
        tech_level: row.tech_level.map(|level| level as u8),
        meta_level: row.meta_level.map(|level| level as u8),
        variation_parent_id: row.variation_parent_type_id.map(TypeId),
        mass_kg: row.mass,
        volume_m3: row.volume,
        capacity_m3: row.capacity,
        base_price: row.base_price.filter(|price| *price > 0.0).and_then(|price| Isk::try_from_f64(price).ok()),
        published: row.published == 1,
        slot: match row.slot.as_str() {
            "high" => Some(Slot::High),
            "med" => Some(Slot::Mid),
            "low" => Some(Slot::Low),
            "rig" => Some(Slot::Rig),
            "subsystem" => Some(Slot::Subsystem),
            "service" => Some(Slot::Service),
            _ => None,
        },
        hardpoint: match row.hardpoint.as_str() {
            "turret" => Some(Hardpoint::Turret),
            "launcher" => Some(Hardpoint::Launcher),
            _ => None,
        },
        is_abyssal: row.is_abyssal == 1,
    }
}

/// Gates are named after where they lead.
fn stargate(row: &GateRow, system_names: &HashMap<i64, &str>) -> Landmark {
    let to = row.dest_system_id;
    Landmark {
        id: CelestialId(row.gate_id),
        system_id: SolarSystemId(row.system_id),
        name: system_names.get(&to).map_or_else(|| format!("Stargate ({to})"), |name| format!("Stargate ({name})")),
        kind: CelestialKind::Stargate,
        position: Coordinates { x: row.x, y: row.y, z: row.z },
    }
}

fn system_info(row: SystemRow) -> SystemInfo {
    let band = match row.band.as_str() {
        "highsec" => SecurityBand::Highsec,
        "lowsec" => SecurityBand::Lowsec,
        "wormhole" => SecurityBand::Wspace,
        "abyssal" | "void" => SecurityBand::Abyssal,
        "pochven" => SecurityBand::Pochven,
        _ => SecurityBand::Nullsec,
    };
    SystemInfo {
        id: SolarSystemId(row.system_id),
        name: row.name,
        true_security: row.security,
        security: SecurityStatus::from_true_security(row.security),
        band,
        constellation_id: ConstellationId(row.constellation_id),
        region_id: RegionId(row.region_id),
        wormhole_class: row.wormhole_class,
        position: row.x.zip(row.y).zip(row.z).map(|((x, y), z)| Coordinates { x, y, z }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundled_snapshot_is_whole() {
        let sde = StaticData::bundled();
        assert_eq!(sde.types().count(), 53_289);
        assert_eq!(sde.systems().count(), 8_436);
        assert_eq!(sde.regions().count(), 112);
        let jita = sde.system_by_name("jita").expect("Jita");
        assert_eq!((jita.id, jita.band, jita.security.0), (SolarSystemId(30_000_142), SecurityBand::Highsec, 9));
        assert_eq!(sde.region(jita.region_id).map(|region| region.name.as_str()), Some("The Forge"));
        assert!(sde.neighbours(jita.id).contains(&sde.system_by_name("Perimeter").expect("Perimeter").id));
        let rifter = sde.type_by_name("Rifter").expect("Rifter");
        assert_eq!((rifter.id, rifter.group_id), (TypeId(587), GroupId(25)));
    }

    #[test]
    fn light_years() {
        let sde = StaticData::bundled();
        let id = |name: &str| sde.system_by_name(name).unwrap_or_else(|| panic!("{name}")).id;
        let between = |a: &str, b: &str| sde.light_years_between(id(a), id(b)).expect("known");
        assert!(between("Jita", "Jita") < 1e-9);
        assert!((between("Jita", "Amarr") - between("Amarr", "Jita")).abs() < 1e-9);
        // By an independent script from the table of systems.
        for (from, to, expected) in [
            ("Jita", "Perimeter", 2.1025),
            ("Jita", "Amarr", 20.2784),
            ("Jita", "Hek", 6.7580),
            ("Tama", "Rancer", 8.4762),
            ("1DQ1-A", "Jita", 50.8515),
        ] {
            assert!((between(from, to) - expected).abs() < 1e-3, "{from} to {to}: {}", between(from, to));
        }
        assert!(between("Jita", "Amarr") <= between("Jita", "Perimeter") + between("Perimeter", "Amarr"));
        assert_eq!(sde.light_years_between(SolarSystemId(1), id("Jita")), None);
    }

    #[test]
    fn variations_know_their_parent() {
        let sde = StaticData::bundled();
        let info = sde.type_by_name("Damage Control II").expect("Damage Control II");
        let parent = info.variation_parent_id.and_then(|id| sde.type_info(id)).expect("parent");
        assert_eq!((parent.name.as_str(), info.meta_level, parent.tech_level), ("Damage Control I", Some(5), Some(1)));
    }

    #[test]
    fn bands_agree_with_displayed_security() {
        for system in StaticData::bundled().systems() {
            let expected = match system.band {
                SecurityBand::Highsec => system.security.0 >= 5,
                SecurityBand::Lowsec => (1..=4).contains(&system.security.0),
                SecurityBand::Nullsec => system.security.0 <= 0,
                _ => true,
            };
            assert!(expected, "{} shows {} and is {}", system.name, system.security, system.band);
        }
    }
}
