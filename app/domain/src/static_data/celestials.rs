//! Stars, planets, moons and belts, for naming the place of a kill: 459,095 bodies in 3 MB (`static-data/README.md` tells
//! the layout's source, `static-data/pack_celestials.py` writes it).
//!
//! Positions are within 0.5 km per axis for planets and belts and within 5 km for moons, which are bigger than that.
//! Unpacked on first use and kept as columns.

use super::{CelestialKind, Landmark, StaticData, SystemInfo};
use crate::{
    ids::{CelestialId, SolarSystemId},
    killmail::{Coordinates, Killmail},
};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, OnceLock},
};

static PACKED: &[u8] = include_bytes!("../../static-data/celestials.bin.zst");
const PLANET_M: f64 = 1_000.0;
const MOON_M: f64 = 10_000.0;
const BELT_M: f64 = 1_000.0;

/// A table of celestials that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CelestialsError {
    #[error("table of celestials cannot be unpacked")]
    Packed(#[from] std::io::Error),
    #[error("table of celestials is malformed")]
    Malformed,
}

/// The nearest thing with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Nearest {
    /// Unknown of a star that the table lacks: that of a system newer than it.
    pub id: Option<CelestialId>,
    pub name: String,
    pub kind: CelestialKind,
    /// From its centre.
    pub distance_m: f64,
}

/// Where a system's rows are.
#[derive(Clone, Copy, Debug)]
struct Span {
    star: CelestialId,
    slope: f64,
    planets: (usize, usize),
    first_moon: usize,
    first_belt: usize,
}

/// Columns of one kind of body, within the unpacked table.
#[derive(Clone, Copy, Debug, Default)]
struct Columns {
    count: usize,
    ordinals: usize,
    /// Begin of the ids, and byte planes of one.
    ids: (usize, usize),
    /// Begins of x, y, z.
    axes: [usize; 3],
    /// Byte planes per axis.
    width: usize,
}

/// A body before it has a name.
#[derive(Clone, Copy, Debug)]
struct Body {
    kind: CelestialKind,
    row: usize,
    planet: usize,
}

/// Every planet, moon and belt by system.
pub struct Celestials {
    data: Box<[u8]>,
    systems: HashMap<SolarSystemId, Span>,
    planets: Columns,
    /// Begins of the columns of moons and belts per planet.
    counts: [usize; 2],
    moons: Columns,
    belts: Columns,
    /// Names that do not follow from system and ordinals, by kind and row.
    irregular: HashMap<(CelestialKind, usize), String>,
}

impl fmt::Debug for Celestials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Celestials").field("systems", &self.systems.len()).finish_non_exhaustive()
    }
}

/// Takes values off the front of the table.
struct Reader<'a> {
    data: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn skip(&mut self, bytes: usize) -> Result<usize, CelestialsError> {
        let begin = self.at;
        self.at = begin.checked_add(bytes).filter(|end| *end <= self.data.len()).ok_or(CelestialsError::Malformed)?;
        Ok(begin)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], CelestialsError> {
        let begin = self.skip(N)?;
        self.data.get(begin..self.at).and_then(|bytes| bytes.try_into().ok()).ok_or(CelestialsError::Malformed)
    }

    fn number(&mut self) -> Result<usize, CelestialsError> {
        Ok(u32::from_le_bytes(self.bytes()?) as usize)
    }

    /// The columns of one kind of body after its ordinals: ids of so many byte planes, then coordinates.
    fn bodies(
        &mut self,
        count: usize,
        ordinals: usize,
        id_width: usize,
        width: usize,
    ) -> Result<Columns, CelestialsError> {
        let size = |width: usize| count.checked_mul(width).ok_or(CelestialsError::Malformed);
        let ids = (self.skip(size(id_width)?)?, id_width);
        let axis = size(width)?;
        Ok(Columns { count, ordinals, ids, axes: [self.skip(axis)?, self.skip(axis)?, self.skip(axis)?], width })
    }
}

impl Celestials {
    /// The bundled table, unpacked once per process (some 10 ms) and shared.
    ///
    /// # Panics
    /// Never in a tested build: the table is part of the binary and a test reads it.
    pub fn bundled() -> Arc<Self> {
        static BUNDLED: OnceLock<Arc<Celestials>> = OnceLock::new();
        Arc::clone(BUNDLED.get_or_init(|| {
            Arc::new(Self::read(PACKED).expect("the celestials inside the binary are readable: a test reads them"))
        }))
    }

    fn read(packed: &[u8]) -> Result<Self, CelestialsError> {
        let data = zstd::decode_all(packed)?.into_boxed_slice();
        let mut reader = Reader { data: &data, at: 0 };
        if reader.bytes()? != *b"CEL2" {
            return Err(CelestialsError::Malformed);
        }
        let [systems, planets, moons, belts, irregular] =
            [reader.number()?, reader.number()?, reader.number()?, reader.number()?, reader.number()?];
        let mut ids = Vec::with_capacity(systems.min(data.len()));
        for _ in 0..systems {
            ids.push(SolarSystemId(reader.number()? as i64));
        }
        let mut slopes = Vec::with_capacity(ids.len());
        for _ in 0..systems {
            slopes.push(f64::from(f32::from_le_bytes(reader.bytes()?)));
        }
        let mut stars = Vec::with_capacity(ids.len());
        for _ in 0..systems {
            stars.push(CelestialId(reader.number()? as i64));
        }
        let planets_of = reader.skip(systems)?;
        let ordinals = reader.skip(planets)?;
        let counts = [reader.skip(planets)?, reader.skip(planets)?];
        let planets = reader.bodies(planets, ordinals, 4, 5)?;
        let ordinals = reader.skip(moons)?;
        let moons = reader.bodies(moons, ordinals, 2, 4)?;
        let ordinals = reader.skip(belts)?;
        let belts = reader.bodies(belts, ordinals, 2, 4)?;
        let mut names = HashMap::new();
        for _ in 0..irregular {
            let kind = match reader.bytes()? {
                [0] => CelestialKind::Planet,
                [1] => CelestialKind::Moon,
                [2] => CelestialKind::Belt,
                _ => return Err(CelestialsError::Malformed),
            };
            let row = reader.number()?;
            let [length] = reader.bytes()?;
            let begin = reader.skip(usize::from(length))?;
            let name = data.get(begin..reader.at).and_then(|bytes| std::str::from_utf8(bytes).ok());
            names.insert((kind, row), name.ok_or(CelestialsError::Malformed)?.to_owned());
        }
        if reader.at != data.len() {
            return Err(CelestialsError::Malformed);
        }

        let byte = |at: usize| data.get(at).map_or(0, |byte| usize::from(*byte));
        let mut spans = HashMap::with_capacity(ids.len());
        let (mut planet, mut moon, mut belt) = (0, 0, 0);
        for (nth, ((id, slope), star)) in ids.into_iter().zip(slopes).zip(stars).enumerate() {
            let end = planet + byte(planets_of + nth);
            spans.insert(id, Span { star, slope, planets: (planet, end), first_moon: moon, first_belt: belt });
            for row in planet..end {
                moon += byte(counts[0] + row);
                belt += byte(counts[1] + row);
            }
            planet = end;
        }
        if (planet, moon, belt) != (planets.count, moons.count, belts.count) {
            return Err(CelestialsError::Malformed);
        }
        Ok(Self { data, systems: spans, planets, counts, moons, belts, irregular: names })
    }

    fn byte(&self, at: usize) -> u8 {
        self.data.get(at).copied().unwrap_or_default()
    }

    /// A number in byte planes.
    fn coded(&self, begin: usize, width: usize, count: usize, row: usize) -> u64 {
        (0..width).fold(0_u64, |value, plane| value | u64::from(self.byte(begin + plane * count + row)) << (8 * plane))
    }

    fn id(&self, body: Body) -> CelestialId {
        let number = |columns: &Columns, row| self.coded(columns.ids.0, columns.ids.1, columns.count, row) as i64;
        let planet = number(&self.planets, body.planet);
        CelestialId(match body.kind {
            CelestialKind::Moon => planet + number(&self.moons, body.row),
            CelestialKind::Belt => planet + number(&self.belts, body.row),
            _ => planet,
        })
    }

    /// One coordinate, in units of the column.
    fn value(&self, columns: &Columns, axis: usize, row: usize) -> f64 {
        let begin = columns.axes.get(axis).copied().unwrap_or_default();
        let coded = self.coded(begin, columns.width, columns.count, row);
        let half = (coded >> 1) as i64;
        (if coded & 1 == 1 { -half - 1 } else { half }) as f64
    }

    fn position(&self, columns: &Columns, row: usize, origin: Coordinates, unit: f64, slope: f64) -> Coordinates {
        let [x, y, z] = [0, 1, 2].map(|axis| self.value(columns, axis, row));
        let y = y + (slope * x).round_ties_even();
        Coordinates { x: origin.x + x * unit, y: origin.y + y * unit, z: origin.z + z * unit }
    }

    /// Every planet of a system, each with its moons and belts behind it.
    fn rows(&self, span: Span) -> Vec<Body> {
        let mut bodies = Vec::new();
        let (mut moon, mut belt) = (span.first_moon, span.first_belt);
        for planet in span.planets.0..span.planets.1 {
            bodies.push(Body { kind: CelestialKind::Planet, row: planet, planet });
            for _ in 0..self.byte(self.counts[0] + planet) {
                bodies.push(Body { kind: CelestialKind::Moon, row: moon, planet });
                moon += 1;
            }
            for _ in 0..self.byte(self.counts[1] + planet) {
                bodies.push(Body { kind: CelestialKind::Belt, row: belt, planet });
                belt += 1;
            }
        }
        bodies
    }

    /// Every planet, moon and belt of a system, and where it is.
    fn bodies(&self, system: SolarSystemId) -> Vec<(Body, Coordinates)> {
        let Some(span) = self.systems.get(&system).copied() else { return Vec::new() };
        let mut planet = STAR;
        let place = |body: Body| {
            let at = match body.kind {
                CelestialKind::Moon => self.position(&self.moons, body.row, planet, MOON_M, span.slope),
                CelestialKind::Belt => self.position(&self.belts, body.row, planet, BELT_M, span.slope),
                _ => {
                    planet = self.position(&self.planets, body.row, STAR, PLANET_M, span.slope);
                    planet
                }
            };
            (body, at)
        };
        self.rows(span).into_iter().map(place).collect()
    }

    fn name(&self, body: Body, system: &str) -> String {
        if let Some(name) = self.irregular.get(&(body.kind, body.row)) {
            return name.clone();
        }
        let planet = || self.name(Body { kind: CelestialKind::Planet, row: body.planet, planet: body.planet }, system);
        match body.kind {
            CelestialKind::Moon => format!("{} - Moon {}", planet(), self.byte(self.moons.ordinals + body.row)),
            CelestialKind::Belt => {
                format!("{} - Asteroid Belt {}", planet(), self.byte(self.belts.ordinals + body.row))
            }
            _ => format!("{system} {}", roman(self.byte(self.planets.ordinals + body.row))),
        }
    }

    /// Names of celestials by id, as far as they are known. One walk through the table: some milliseconds.
    pub fn names(&self, wanted: &[CelestialId], static_data: &StaticData) -> HashMap<CelestialId, String> {
        let wanted: HashSet<CelestialId> = wanted.iter().copied().collect();
        let mut names = HashMap::new();
        let mut add = |id: CelestialId, name: &dyn Fn() -> String| {
            if wanted.contains(&id) {
                names.insert(id, name());
            }
        };
        for system in static_data.systems() {
            for landmark in static_data.landmarks(system.id) {
                add(landmark.id, &|| match landmark.kind {
                    // Named after where it leads, which says little without where it stands.
                    CelestialKind::Stargate => format!("{}: {}", system.name, landmark.name),
                    _ => landmark.name.clone(),
                });
            }
            let Some(span) = self.systems.get(&system.id).copied() else { continue };
            add(span.star, &|| star_name(system));
            for body in self.rows(span) {
                add(self.id(body), &|| self.name(body, &system.name));
            }
        }
        names
    }

    /// What stands nearest to where a kill happened; `None` when the position is unknown, and in abyssal deadspace,
    /// where nothing has a name.
    pub fn nearest_to(&self, killmail: &Killmail, static_data: &StaticData) -> Option<Nearest> {
        let system = static_data.system(killmail.solar_system_id)?;
        self.nearest(system, static_data.landmarks(system.id), killmail.victim.position?)
    }

    /// What stands nearest to a place: star, planet, moon, belt, or one of the system's gates and stations.
    pub fn nearest(&self, system: &SystemInfo, landmarks: &[Landmark], place: Coordinates) -> Option<Nearest> {
        if ![place.x, place.y, place.z].iter().all(|axis| axis.is_finite()) {
            return None;
        }
        let distance = |other: Coordinates| {
            let [x, y, z] = [place.x - other.x, place.y - other.y, place.z - other.z];
            (x * x + y * y + z * z).sqrt()
        };
        let bodies = self.bodies(system.id);
        let nearest_body =
            bodies.iter().map(|(body, at)| (distance(*at), *body)).min_by(|(a, _), (b, _)| a.total_cmp(b));
        let nearest_landmark = landmarks
            .iter()
            .map(|landmark| (distance(landmark.position), landmark))
            .min_by(|(a, _), (b, _)| a.total_cmp(b));
        // A system of which nothing is known has no star to measure from either.
        let star = (!bodies.is_empty() || !landmarks.is_empty()).then(|| Nearest {
            id: self.systems.get(&system.id).map(|span| span.star),
            name: star_name(system),
            kind: CelestialKind::Star,
            distance_m: distance(STAR),
        });
        let body = nearest_body.map(|(distance_m, body)| Nearest {
            id: Some(self.id(body)),
            name: self.name(body, &system.name),
            kind: body.kind,
            distance_m,
        });
        let landmark = nearest_landmark.map(|(distance_m, landmark)| Nearest {
            id: Some(landmark.id),
            name: landmark.name.clone(),
            kind: landmark.kind,
            distance_m,
        });
        [landmark, body, star].into_iter().flatten().min_by(|a, b| a.distance_m.total_cmp(&b.distance_m))
    }
}

/// Stars stand at the origin.
const STAR: Coordinates = Coordinates { x: 0.0, y: 0.0, z: 0.0 };

fn star_name(system: &SystemInfo) -> String {
    format!("{} - Star", system.name)
}

fn roman(mut number: u8) -> String {
    let mut text = String::new();
    for (value, sign) in [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")] {
        while number >= value {
            text.push_str(sign);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
#[path = "celestials_tests.rs"]
mod celestials_tests;
