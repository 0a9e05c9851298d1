//! The network of stargates as dense numbers, for shortest ways.

use super::Stargate;
use crate::ids::SolarSystemId;
use std::collections::HashMap;

/// Systems with gates, numbered from 0, and whom each leads to.
#[derive(Debug, Default)]
pub(super) struct GateGraph {
    number: HashMap<SolarSystemId, u16>,
    /// Where each system's row of `neighbours` begins; one more at the end.
    starts: Box<[u32]>,
    neighbours: Box<[u16]>,
}

/// One side of the search: everything within `depth` jumps of where it began.
struct Side {
    edge: Vec<u16>,
    depth: u32,
    mark: u8,
}

impl GateGraph {
    pub fn new(gates: &[Stargate]) -> Self {
        let mut number = HashMap::new();
        let mut rows: Vec<Vec<u16>> = Vec::new();
        let mut numbered = |id: SolarSystemId, rows: &mut Vec<Vec<u16>>| {
            *number.entry(id).or_insert_with(|| {
                rows.push(Vec::new());
                // New Eden has 5,400 systems with gates; a larger one would only lose its last ones.
                u16::try_from(rows.len() - 1).unwrap_or(u16::MAX)
            })
        };
        for gate in gates {
            let (from, to) = (numbered(gate.from, &mut rows), numbered(gate.to, &mut rows));
            // Gates come in pairs; a lone one is taken for both ways.
            for (from, to) in [(from, to), (to, from)] {
                if let Some(row) = rows.get_mut(usize::from(from)) {
                    row.push(to);
                }
            }
        }
        let mut starts = vec![0];
        let mut neighbours = Vec::new();
        for mut row in rows {
            row.sort_unstable();
            row.dedup();
            neighbours.extend(row);
            starts.push(u32::try_from(neighbours.len()).unwrap_or(u32::MAX));
        }
        Self { number, starts: starts.into_boxed_slice(), neighbours: neighbours.into_boxed_slice() }
    }

    fn neighbours(&self, system: u16) -> &[u16] {
        let at = usize::from(system);
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(from), Some(to)) => self.neighbours.get(*from as usize..*to as usize).unwrap_or_default(),
            _ => &[],
        }
    }

    /// The least number of gate jumps: breadth-first from both ends, a whole ring at a time from the smaller one, so
    /// that the first meeting is the shortest way.
    pub fn jumps_between(&self, a: SolarSystemId, b: SolarSystemId) -> Option<u32> {
        if a == b {
            return Some(0);
        }
        let (a, b) = (*self.number.get(&a)?, *self.number.get(&b)?);
        let mut marks = vec![0_u8; self.number.len()];
        let mut near = Side { edge: vec![a], depth: 0, mark: 1 };
        let mut far = Side { edge: vec![b], depth: 0, mark: 2 };
        for (system, mark) in [(a, near.mark), (b, far.mark)] {
            *marks.get_mut(usize::from(system))? = mark;
        }
        loop {
            let (side, other) = if near.edge.len() <= far.edge.len() { (&mut near, &far) } else { (&mut far, &near) };
            if side.edge.is_empty() {
                return None;
            }
            side.depth += 1;
            let mut edge = Vec::with_capacity(side.edge.len() * 2);
            for system in &side.edge {
                for next in self.neighbours(*system) {
                    let Some(mark) = marks.get_mut(usize::from(*next)) else { continue };
                    if *mark == other.mark {
                        return Some(side.depth + other.depth);
                    }
                    if *mark == 0 {
                        *mark = side.mark;
                        edge.push(*next);
                    }
                }
            }
            side.edge = edge;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StaticData;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    /// Distances by the textbook: one end, a queue.
    fn textbook(sde: &StaticData, from: SolarSystemId) -> HashMap<SolarSystemId, u32> {
        let mut distances = HashMap::from([(from, 0)]);
        let mut queue = VecDeque::from([from]);
        while let Some(system) = queue.pop_front() {
            let distance = distances[&system];
            for next in sde.neighbours(system) {
                if !distances.contains_key(next) {
                    distances.insert(*next, distance + 1);
                    queue.push_back(*next);
                }
            }
        }
        distances
    }

    #[test]
    fn well_known_ways() {
        let sde = StaticData::bundled();
        let id = |name: &str| sde.system_by_name(name).unwrap_or_else(|| panic!("{name}")).id;
        for (from, to, jumps) in [
            ("Jita", "Jita", Some(0)),
            ("Jita", "Perimeter", Some(1)),
            ("Jita", "New Caldari", Some(1)),
            ("Jita", "J105433", None),
            ("J105433", "J105433", Some(0)),
            ("Thera", "Jita", None),
            // Counted by an independent script from the table of stargates.
            ("Jita", "Amarr", Some(11)),
            ("Jita", "Dodixie", Some(12)),
            ("Jita", "Rens", Some(15)),
            ("Jita", "Hek", Some(9)),
            ("Tama", "Rancer", Some(9)),
            ("Jita", "1DQ1-A", Some(42)),
            ("Otela", "Amarr", None), // Pochven
        ] {
            assert_eq!(sde.jumps_between(id(from), id(to)), jumps, "{from} to {to}");
        }
        assert_eq!(sde.jumps_between(SolarSystemId(1), id("Jita")), None);
    }

    #[test]
    fn every_gate_has_its_pair() {
        let sde = StaticData::bundled();
        for system in sde.systems() {
            for next in sde.neighbours(system.id) {
                assert!(sde.neighbours(*next).contains(&system.id), "{} and {next}", system.name);
            }
        }
    }

    #[test]
    fn equals_the_textbook_from_trade_hubs_to_everywhere() {
        let sde = StaticData::bundled();
        for hub in ["Jita", "Amarr", "1DQ1-A"] {
            let hub = sde.system_by_name(hub).expect(hub).id;
            let distances = textbook(&sde, hub);
            assert!(distances.len() > 5_000, "{}", distances.len());
            for system in sde.systems() {
                assert_eq!(sde.jumps_between(hub, system.id), distances.get(&system.id).copied(), "{}", system.name);
            }
        }
    }

    proptest! {
        #[test]
        fn any_network(pairs in prop::collection::vec((0_i64..12, 0_i64..12), 0..20), a in 0_i64..12, b in 0_i64..12) {
            let gates: Vec<Stargate> = pairs
                .iter()
                .flat_map(|(a, b)| [(*a, *b), (*b, *a)])
                .map(|(from, to)| Stargate { from: SolarSystemId(from), to: SolarSystemId(to) })
                .collect();
            let sde = StaticData::new(super::super::StaticRows { stargates: gates, ..Default::default() });
            let (a, b) = (SolarSystemId(a), SolarSystemId(b));
            let expected = textbook(&sde, a).get(&b).copied();
            prop_assert_eq!(sde.jumps_between(a, b), expected);
            prop_assert_eq!(sde.jumps_between(b, a), expected);
        }
    }
}
