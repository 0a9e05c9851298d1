#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use domain::{
    GroupId, MetaGroupId, SecurityBand, SecurityStatus, Slot, SolarSystemId, StaticData, TypeId,
    static_data::{Hardpoint, bundled_archive, read_snapshot},
};
use eve_sde::{
    model::{
        Attribute, Constellation, DynamicItemAttributes, Effect, Faction, Group, Moon, NpcCorporation, NpcStation,
        Planet, Region, SolarSystem, Star, Stargate, StationOperation, Type, TypeBonuses, TypeDogma,
    },
    testing::ArchiveBuilder,
};
use std::{collections::BTreeMap, error::Error as _, io::Cursor};

const AT: &str = r#""position":{"x":1.5,"y":-2.0,"z":3.0}"#;

/// A galaxy of one gate, one station, one wormhole, one pocket of Abyssal deadspace and one test region.
fn galaxy() -> ArchiveBuilder {
    let region = |id: u32, name: &str, rest: &str| {
        format!(r#"{{"_key":{id},"name":{{"en":"{name}"}},"nebulaID":1,{AT}{rest}}}"#)
    };
    let constellation = |id: u32, region: u32, rest: &str| {
        format!(r#"{{"_key":{id},"name":{{"en":"C{id}"}},"regionID":{region},{AT}{rest}}}"#)
    };
    let system = |id: u32, name: &str, constellation: u32, region: u32, security: f64, rest: &str| {
        format!(
            r#"{{"_key":{id},"name":{{"en":"{name}"}},"constellationID":{constellation},"regionID":{region},"securityStatus":{security},"radius":1e12,{AT}{rest}}}"#
        )
    };
    let regions = [
        region(10_000_002, "The Forge", r#","wormholeClassID":7"#),
        region(10_000_070, "Pochven", r#","wormholeClassID":25"#),
        region(11_000_001, "A-R00001", r#","wormholeClassID":1"#),
        region(12_000_001, "ADR01", r#","wormholeClassID":19"#),
        region(14_000_001, "VR-01", ""),
    ];
    let constellations = [
        constellation(20_000_020, 10_000_002, ""),
        constellation(20_000_787, 10_000_070, ""),
        constellation(21_000_001, 11_000_001, r#","wormholeClassID":3"#),
        constellation(22_000_001, 12_000_001, ""),
        constellation(24_000_001, 14_000_001, ""),
    ];
    let systems = [
        system(30_000_142, "Jita", 20_000_020, 10_000_002, 0.9459, r#","starID":40009076"#),
        system(30_000_144, "Perimeter", 20_000_020, 10_000_002, 0.449, ""),
        system(30_000_145, "Edge", 20_000_020, 10_000_002, 0.01, ""),
        system(30_000_146, "Jorund", 20_000_020, 10_000_002, -0.007, ""),
        system(30_000_157, "Otela", 20_000_787, 10_000_070, 0.0, ""),
        system(31_000_001, "J000001", 21_000_001, 11_000_001, -0.99, ""),
        system(31_000_002, "J000002", 21_000_001, 11_000_001, -0.99, r#","wormholeClassID":6"#),
        system(32_000_001, "AD001", 22_000_001, 12_000_001, -0.99, ""),
        system(34_000_001, "V-001", 24_000_001, 14_000_001, -0.99, ""),
    ];
    let gate = |id: u32, from: u32, to_gate: u32, to: u32| {
        format!(
            r#"{{"_key":{id},"destination":{{"solarSystemID":{to},"stargateID":{to_gate}}},{AT},"solarSystemID":{from},"typeID":29624}}"#
        )
    };
    let gates =
        [gate(50_001_248, 30_000_142, 50_001_249, 30_000_144), gate(50_001_249, 30_000_144, 50_001_248, 30_000_142)];
    ArchiveBuilder::new(4_000_000)
        .release_date("2026-11-20T11:00:00Z")
        .rows::<Region>(regions.join("\n"))
        .rows::<Constellation>(constellations.join("\n"))
        .rows::<SolarSystem>(systems.join("\n"))
        .rows::<Stargate>(gates.join("\n"))
        .rows::<Star>(r#"{"_key":40009076,"radius":1.0,"solarSystemID":30000142,"statistics":{"age":1,"life":1,"luminosity":1,"spectralClass":"G","temperature":1},"typeID":6}"#)
}

fn types(archive: ArchiveBuilder) -> ArchiveBuilder {
    let group = |id: u32, category: u32, name: &str| {
        format!(
            r#"{{"_key":{id},"anchorable":false,"anchored":false,"categoryID":{category},"fittableNonSingleton":false,"name":{{"en":"{name}"}},"published":true,"useBasePrice":false}}"#
        )
    };
    let groups = [group(25, 6, "Frigate"), group(53, 7, "Energy Weapon"), group(303, 20, "Booster")];
    let types = [
        r#"{"_key":587,"groupID":25,"name":{"en":"Rifter"},"portionSize":1,"published":true,"mass":1067000.0,"volume":27289.0,"capacity":140.0,"basePrice":400000.0,"metaGroupID":1,"raceID":2,"factionID":500002}"#,
        r#"{"_key":450,"groupID":53,"name":{"en":"Gatling Pulse Laser I"},"portionSize":1,"published":true,"mass":0.0}"#,
        r#"{"_key":9947,"groupID":303,"name":{"en":"Crash, \"Standard\""},"portionSize":1,"published":false}"#,
        r#"{"_key":47408,"groupID":53,"name":{"en":"Abyssal Laser"},"portionSize":1,"published":true,"metaGroupID":15}"#,
    ];
    let effect = |id: u32, name: &str, category: u32| {
        format!(
            r#"{{"_key":{id},"disallowAutoRepeat":false,"effectCategoryID":{category},"electronicChance":false,"isAssistance":false,"isOffensive":true,"isWarpSafe":false,"name":"{name}","propulsionChance":false,"published":true,"rangeChance":false}}"#
        )
    };
    let attribute = |id: u32, name: &str| {
        format!(
            r#"{{"_key":{id},"dataType":5,"defaultValue":0.0,"displayWhenZero":false,"highIsGood":true,"name":"{name}","published":true,"stackable":true}}"#
        )
    };
    archive
        .rows::<Group>(groups.join("\n"))
        .rows::<Type>(types.join("\n"))
        .rows::<Effect>([effect(12, "hiPower", 0), effect(42, "turretFitted", 0), effect(10, "targetAttack", 2)].join("\n"))
        .rows::<Attribute>([attribute(422, "techLevel"), attribute(633, "metaLevelOld"), attribute(9_999, "newOne")].join("\n"))
        .rows::<TypeDogma>(
            r#"{"_key":450,"dogmaAttributes":[{"attributeID":422,"value":1.0},{"attributeID":633,"value":0.0},{"attributeID":9999,"value":5.0}],"dogmaEffects":[{"effectID":42,"isDefault":false},{"effectID":12,"isDefault":false},{"effectID":10,"isDefault":true}]}"#,
        )
        .rows::<DynamicItemAttributes>(
            r#"{"_key":47297,"attributeIDs":[{"_key":6,"max":1.4,"min":0.6}],"inputOutputMapping":[{"applicableTypes":[450],"resultingType":47408}]}"#,
        )
        .rows::<TypeBonuses>(
            r#"{"_key":587,"roleBonuses":[{"bonus":50.0,"bonusText":{"en":"bonus to speed"},"importance":1,"unitID":105}],"types":[{"_key":3331,"_value":[{"bonus":5.0,"bonusText":{"en":"bonus to damage"},"importance":1,"unitID":105}]}]}"#,
        )
}

fn names(archive: ArchiveBuilder) -> ArchiveBuilder {
    let statistics = r#""statistics":{"density":1,"eccentricity":0,"escapeVelocity":1,"locked":false,"massDust":1,"rotationRate":1,"spectralClass":"G","temperature":1}"#;
    let shape = r#""attributes":{"heightMap1":1,"heightMap2":1,"shaderPreset":1}"#;
    archive
        .rows::<Faction>(r#"{"_key":500001,"description":{"en":"x"},"iconID":1,"name":{"en":"Caldari State"},"sizeFactor":5.0,"solarSystemID":30000145,"uniqueName":true}"#)
        .rows::<NpcCorporation>(r#"{"_key":1000035,"deleted":false,"extent":"G","hasPlayerPersonnelManager":false,"initialPrice":0,"memberLimit":0,"minSecurity":0.0,"minimumJoinStanding":0,"name":{"en":"Caldari Navy"},"sendCharTerminationMessage":false,"shares":0,"size":"H","taxRate":0.1,"tickerName":"CN","uniqueName":true,"factionID":500001}"#)
        .rows::<StationOperation>(r#"{"_key":26,"activityID":1,"border":0,"corridor":0,"fringe":0,"hub":0,"manufacturingFactor":1,"operationName":{"en":"Assembly Plant"},"ratio":1,"researchFactor":1}"#)
        .rows::<NpcStation>(format!(r#"{{"_key":60003760,"celestialIndex":4,"operationID":26,"orbitID":40009082,"orbitIndex":4,"ownerID":1000035,{AT},"reprocessingEfficiency":0.5,"reprocessingHangarFlag":4,"reprocessingStationsTake":0.05,"solarSystemID":30000142,"typeID":52678,"useOperationName":true}}"#))
        .rows::<Moon>(format!(r#"{{"_key":40009082,{shape},"celestialIndex":4,"orbitID":40009081,"orbitIndex":4,{AT},"radius":1.0,"solarSystemID":30000142,"typeID":14}}"#))
        .rows::<Planet>(format!(r#"{{"_key":40009081,{shape},"celestialIndex":4,"orbitID":40009076,{AT},"radius":1.0,"solarSystemID":30000142,{statistics},"typeID":13}}"#))
}

fn tables_of(archive: ArchiveBuilder) -> Result<SdeTables, SdeError> {
    let previous = SnapshotTables::read(bundled_archive()).unwrap();
    read(&mut Archive::from_reader(Cursor::new(archive.into_bytes()))?, &previous)
}

fn text<'a>(tables: &'a SnapshotTables, name: &str) -> &'a str {
    std::str::from_utf8(tables.get(name).unwrap()).unwrap()
}

#[test]
fn an_archive_becomes_the_rows_that_a_snapshot_gives() {
    let sde = tables_of(names(types(galaxy()))).unwrap();
    assert_eq!((sde.build.as_str(), sde.build_number), ("2026-11-20 (build 4000000)", 4_000_000));
    let data = StaticData::new(read_snapshot(&sde.tables.write().unwrap()).unwrap());
    assert_eq!(data.build(), sde.build);

    let rifter = data.type_info(TypeId(587)).unwrap();
    assert_eq!((rifter.name.as_str(), rifter.group_id, rifter.category_id.0), ("Rifter", GroupId(25), 6));
    assert_eq!((rifter.mass_kg, rifter.volume_m3, rifter.slot), (Some(1_067_000.0), Some(27_289.0), None));
    assert_eq!(
        (rifter.meta_group_id, rifter.base_price),
        (Some(MetaGroupId(1)), domain::Isk::try_from_f64(400_000.0).ok())
    );
    let laser = data.type_info(TypeId(450)).unwrap();
    assert_eq!((laser.slot, laser.hardpoint), (Some(Slot::High), Some(Hardpoint::Turret)));
    assert_eq!((laser.tech_level, laser.mass_kg, laser.is_abyssal), (Some(1), None, false));
    assert!(data.type_info(TypeId(47408)).unwrap().is_abyssal);
    assert!(!data.type_info(TypeId(9947)).unwrap().published);

    let places: BTreeMap<&str, (SecurityBand, SecurityStatus, Option<u8>)> =
        data.systems().map(|info| (info.name.as_str(), (info.band, info.security, info.wormhole_class))).collect();
    for (name, band, tenths, class) in [
        ("Jita", SecurityBand::Highsec, 9, Some(7)),
        ("Perimeter", SecurityBand::Lowsec, 4, Some(7)),
        ("Edge", SecurityBand::Lowsec, 1, Some(7)),
        ("Jorund", SecurityBand::Nullsec, 0, Some(7)),
        ("Otela", SecurityBand::Pochven, 0, Some(25)),
        // From the constellation, and from the system itself.
        ("J000001", SecurityBand::Wspace, -10, Some(3)),
        ("J000002", SecurityBand::Wspace, -10, Some(6)),
        ("AD001", SecurityBand::Abyssal, -10, Some(19)),
        ("V-001", SecurityBand::Abyssal, -10, None),
    ] {
        assert_eq!(places[name], (band, SecurityStatus(tenths), class), "{name}");
    }
    assert_eq!(data.neighbours(SolarSystemId(30_000_142)), [SolarSystemId(30_000_144)]);
    assert_eq!(data.npc_corporation_name(1_000_035.into()), Some("Caldari Navy"));
    assert_eq!(data.faction_name(500_001.into()), Some("Caldari State"));

    let line = |name: &str, row: usize| text(&sde.tables, name).lines().nth(row).unwrap_or_default().to_owned();
    assert_eq!(
        line("stations.csv", 1),
        "60003760,Jita IV - Moon 4 - Caldari Navy Assembly Plant,30000142,52678,1000035,1.5,-2.0,3.0"
    );
    assert_eq!(line("types.csv", 3), r#"9947,"Crash, ""Standard""",303,20,,,,,,,,,,,,0,booster,,,0"#);
    assert_eq!(
        line("systems.csv", 1),
        "30000142,Jita,0.9459,0.9,highsec,20000020,10000002,7,,,1.5,-2.0,3.0,6,1000000000000.0,"
    );
    assert_eq!(line("ship_traits.csv", 2), "587,skill,3331,5.0,105,bonus to damage");
    assert_eq!(line("mutaplasmid_map.csv", 1), "47297,450,47408");
    assert_eq!(line("dogma_effects.csv", 1), "12,hiPower,Passive,1,0");
    assert_eq!(line("type_effects.csv", 3), "450,10,1");
    // An attribute that the snapshot before does not keep is left out, one that only it knows stays.
    assert_eq!(text(&sde.tables, "type_dogma.csv").lines().skip(1).collect::<Vec<_>>(), ["450,422,1.0", "450,633,0.0"]);
    assert!(text(&sde.tables, "dogma_attributes.csv").contains("\n6,capacitorNeed,"));
    assert!(!text(&sde.tables, "dogma_attributes.csv").contains("newOne"));
}

/// Whoever reads a snapshot finds the same columns whether it is bundled or imported; other tables pass unchanged.
#[test]
fn every_table_keeps_its_columns() {
    let mut bundled = SnapshotTables::read(bundled_archive()).unwrap();
    bundled.insert("future.csv", b"a\n1\n".to_vec());
    let archive = names(types(galaxy())).into_bytes();
    let sde = read(&mut Archive::from_reader(Cursor::new(archive)).unwrap(), &bundled).unwrap();
    let mut untouched = Vec::new();
    for name in bundled.names() {
        let header = |tables: &SnapshotTables| text(tables, name).lines().next().map(str::to_owned);
        assert_eq!(header(&sde.tables), header(&bundled), "{name}");
        if sde.tables.get(name) == bundled.get(name) {
            untouched.push(name);
        }
    }
    assert_eq!(untouched, ["future.csv"]);
    assert_eq!(sde.tables.names().count(), bundled.names().count() + 1, "only the build is added");
}

#[test]
fn what_is_wrong_is_named() {
    let whole = || names(types(galaxy()));
    let cases = [
        (whole().without("types.jsonl"), "types.jsonl"),
        (whole().without("mapSolarSystems.jsonl"), "mapSolarSystems.jsonl"),
        (whole().without("_sde.jsonl"), "_sde.jsonl"),
        (whole().rows::<Type>(""), "types.jsonl has no records"),
        (whole().rows::<Region>(""), "mapRegions.jsonl"),
        (whole().rows::<Group>(r#"{"_key":1}"#), "groups.jsonl` line 1"),
        (
            whole().rows::<Type>(r#"{"_key":5,"groupID":77,"name":{"en":"x"},"portionSize":1,"published":true}"#),
            "types.jsonl: 5 belongs to 77, which groups.jsonl lacks",
        ),
        (galaxy(), "groups.jsonl has no records"),
    ];
    for (archive, expected) in cases {
        let error = tables_of(archive).expect_err(expected);
        let cause = error.source().map(ToString::to_string).unwrap_or_default();
        assert!(format!("{error}: {cause}").contains(expected), "{error}: {cause}");
    }
}
