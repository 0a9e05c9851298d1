//! The packed table against fixed samples and, when it lies beside the checkout, against the table it was made from.

use super::*;
use crate::StaticData;
use serde::Deserialize;

fn nearest(system: &str, [x, y, z]: [f64; 3]) -> Option<Nearest> {
    let sde = StaticData::bundled();
    let system = sde.system_by_name(system).expect(system);
    Celestials::bundled().nearest(system, sde.landmarks(system.id), Coordinates { x, y, z })
}

#[test]
fn samples() {
    for (id, at, name, kind, km) in [
        (40_000_002, [161_891_117_336.0, 21_288_951_986.0, -73_529_712_226.0], "Tanoo I", CelestialKind::Planet, 0.0),
        (
            40_000_014,
            [-1_107_384_185_485.0, -145_622_867_658.0, 182_647_898_961.0 + 500_000.0],
            "Tanoo V - Moon 3",
            CelestialKind::Moon,
            500.0,
        ),
        (
            40_000_018,
            [1_536_128_163_840.0 + 30_000.0, 201_778_421_760.0, 318_727_249_920.0],
            "Tanoo VI - Asteroid Belt 1",
            CelestialKind::Belt,
            30.0,
        ),
        (40_000_001, [1_000.0, 0.0, 0.0], "Tanoo - Star", CelestialKind::Star, 1.0),
    ] {
        let found = nearest("Tanoo", at).expect(name);
        assert_eq!((found.id, found.name.as_str(), found.kind), (Some(CelestialId(id)), name, kind));
        let error = (found.distance_m / 1_000.0 - km).abs();
        assert!(error <= if kind == CelestialKind::Moon { 8.7 } else { 0.9 }, "{name}: {found:?}");
    }
    assert_eq!(nearest("Tanoo", [f64::NAN, 0.0, 0.0]), None);
    assert!(nearest("Tanoo", [1e18, 1e18, -1e18]).is_some());
}

#[test]
fn names_by_id() {
    let ids = [40_000_001, 40_000_014, 40_000_018, 40_009_087, 60_003_760, 50_001_248, 1].map(CelestialId);
    let names = Celestials::bundled().names(&ids, &StaticData::bundled());
    let name = |id: i64| names.get(&CelestialId(id)).map(String::as_str);
    assert_eq!(name(40_000_001), Some("Tanoo - Star"));
    assert_eq!(name(40_000_014), Some("Tanoo V - Moon 3"));
    assert_eq!(name(40_000_018), Some("Tanoo VI - Asteroid Belt 1"));
    assert_eq!(name(40_009_087), Some("Jita IV - Moon 4"));
    assert_eq!(name(60_003_760), Some("Jita IV - Moon 4 - Caldari Navy Assembly Plant"));
    assert_eq!(name(50_001_248), Some("Jita: Stargate (Maurasi)"));
    assert_eq!(name(1), None);
}

#[test]
fn gates_and_stations_count() {
    let sde = StaticData::bundled();
    let jita = sde.system_by_name("Jita").expect("Jita");
    let landmarks = sde.landmarks(jita.id);
    assert!(landmarks.iter().any(|landmark| landmark.name.starts_with("Jita IV - Moon 4 - Caldari Navy")));
    assert!(landmarks.iter().any(|landmark| landmark.name == "Stargate (Perimeter)"));
    for landmark in landmarks {
        let found = Celestials::bundled().nearest(jita, landmarks, landmark.position).expect("something");
        assert!(found.distance_m < 1.0, "{found:?}");
    }
}

#[test]
fn damaged_tables_are_refused() {
    let whole = zstd::decode_all(PACKED).expect("readable");
    let packed = |data: &[u8]| zstd::encode_all(data, 1).expect("packable");
    assert!(Celestials::read(&packed(&whole)).is_ok());
    for cut in [0, 3, 23, 1_000, whole.len() / 2, whole.len() - 1] {
        assert!(Celestials::read(&packed(&whole[..cut])).is_err(), "{cut}");
    }
    let mut counts = whole;
    for at in 4..24 {
        counts[at] ^= 0xff;
        assert!(Celestials::read(&packed(&counts)).is_err(), "{at}");
        counts[at] ^= 0xff;
    }
    assert!(Celestials::read(b"no archive").is_err());
}

#[derive(Deserialize)]
struct Row {
    item_id: i64,
    system_id: i64,
    kind: String,
    name: String,
    x: f64,
    y: f64,
    z: f64,
}

/// Every body of the source table has its name and its place within the stated precision.
#[test]
fn equals_the_table_it_was_made_from() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/sde/celestials.csv.zst");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: no table of celestials beside the checkout");
        return;
    };
    let sde = StaticData::bundled();
    let celestials = Celestials::bundled();
    let mut known: HashMap<(i64, String), (Coordinates, CelestialId)> = HashMap::new();
    for system in sde.systems() {
        for (body, position) in celestials.bodies(system.id) {
            assert_eq!(
                known.insert((system.id.0, celestials.name(body, &system.name)), (position, celestials.id(body))),
                None
            );
        }
    }
    assert_eq!(known.len(), 67_961 + 342_170 + 40_928);
    let mut seen = 0;
    let mut worst: HashMap<String, f64> = HashMap::new();
    for row in csv::Reader::from_reader(zstd::Decoder::new(file).expect("zstd")).into_deserialize() {
        let row: Row = row.expect("row");
        let there = Coordinates { x: row.x, y: row.y, z: row.z };
        match row.kind.as_str() {
            "planet" | "moon" | "belt" => {
                let (here, id) =
                    known.get(&(row.system_id, row.name.clone())).unwrap_or_else(|| panic!("{}", row.name));
                assert_eq!(*id, CelestialId(row.item_id), "{}", row.name);
                let error = [here.x - there.x, here.y - there.y, here.z - there.z].map(f64::abs);
                let error = error.into_iter().fold(0.0, f64::max);
                let worst = worst.entry(row.kind).or_default();
                *worst = worst.max(error);
                seen += 1;
            }
            "star" => {
                assert_eq!(there, STAR, "{}", row.name);
                let span = celestials.systems.get(&SolarSystemId(row.system_id));
                assert_eq!(span.map(|span| span.star), Some(CelestialId(row.item_id)), "{}", row.name);
            }
            _ => {
                let landmarks = sde.landmarks(SolarSystemId(row.system_id));
                let is_it = |l: &Landmark| l.id.0 == row.item_id && l.name == row.name && l.position == there;
                assert!(landmarks.iter().any(is_it), "{}", row.name);
            }
        }
    }
    assert_eq!(seen, known.len());
    // Half a unit per axis, and the rounding of the source to metres.
    for (kind, bound) in [("planet", 501.0), ("belt", 501.0), ("moon", 5_001.0)] {
        assert!(worst[kind] <= bound, "{kind}: {} m", worst[kind]);
    }
}
