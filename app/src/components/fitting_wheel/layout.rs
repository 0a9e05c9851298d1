//! Geometry of the fitting wheel: which position of which rack sits where. Pure numbers, no view.
//!
//! Four arcs of 84 degrees: high slots on top, mid slots right, low slots below; on the left rigs and subsystems, or the
//! service modules of a structure, whose rigs then move to the inner ring. Degrees run clockwise from the top.

use contract::ItemRow;
use domain::{Location, Slot, sde::category};

pub const SIZE: f64 = 520.0;
pub const CENTRE: f64 = SIZE / 2.0;
/// Radius of the hull's picture.
pub const HULL_RADIUS: f64 = 134.0;
/// Side of a module's and of a charge's picture.
pub const MODULE_ICON: f64 = 36.0;
pub const CHARGE_ICON: f64 = 22.0;
const LABEL_RADIUS: f64 = 252.0;
/// Degrees from one position to the next on a full arc of eight.
const STEP: f64 = 10.5;
const INNER_STEP: f64 = 14.0;

/// A ring of positions: inner and outer radius.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ring {
    pub inner: f64,
    pub outer: f64,
}

pub const OUTER_RING: Ring = Ring { inner: 190.0, outer: 238.0 };
pub const INNER_RING: Ring = Ring { inner: 146.0, outer: 184.0 };
pub const CHARGE_RING: Ring = Ring { inner: 158.0, outer: 186.0 };

impl Ring {
    pub fn middle(self) -> f64 {
        f64::midpoint(self.inner, self.outer)
    }
}

/// One position of a rack with what sat in it.
#[derive(Debug)]
pub struct Cell<'a> {
    pub slot: Slot,
    /// Counts from 0.
    pub index: u8,
    pub ring: Ring,
    /// Middle of the position.
    pub angle: f64,
    /// Degrees covered.
    pub width: f64,
    pub module: Option<&'a ItemRow>,
    pub charges: Vec<&'a ItemRow>,
}

/// A rack with its positions.
#[derive(Debug)]
pub struct Rack<'a> {
    pub slot: Slot,
    pub label_angle: f64,
    pub label_radius: f64,
    pub cells: Vec<Cell<'a>>,
}

impl Rack<'_> {
    pub fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| cell.module.is_some()).count()
    }
}

/// The racks to draw. Empty positions appear up to the game's maximum, as a hull's real number is not on the mail.
pub fn racks(items: &[ItemRow]) -> Vec<Rack<'_>> {
    let has = |slot| items.iter().any(|row| row.location.slot() == Some(slot));
    let is_structure = has(Slot::Service);
    let mut racks = vec![
        rack(items, Slot::High, 8, 0.0, OUTER_RING),
        rack(items, Slot::Mid, 8, 90.0, OUTER_RING),
        rack(items, Slot::Low, 8, 180.0, OUTER_RING),
    ];
    if is_structure {
        racks.push(rack(items, Slot::Service, 8, 270.0, OUTER_RING));
        racks.push(rack(items, Slot::Rig, 3, 270.0, INNER_RING));
    } else if has(Slot::Subsystem) {
        racks.push(rack(items, Slot::Rig, 3, 243.75, OUTER_RING));
        racks.push(rack(items, Slot::Subsystem, 4, 291.0, OUTER_RING));
    } else {
        racks.push(rack(items, Slot::Rig, 3, 270.0, OUTER_RING));
    }
    racks
}

fn rack(items: &[ItemRow], slot: Slot, usual: u8, middle: f64, ring: Ring) -> Rack<'_> {
    let in_slot = |index: u8| items.iter().filter(move |row| row.location == Location::Fitted(slot, index));
    let highest = items.iter().filter_map(|row| match row.location {
        Location::Fitted(in_rack, index) if in_rack == slot => Some(index + 1),
        _ => None,
    });
    let count = highest.max().unwrap_or(0).max(usual);
    // More than the usual positions share the room of the usual ones.
    let full_step = if ring == OUTER_RING { STEP } else { INNER_STEP };
    let step = full_step * (f64::from(usual) / f64::from(count));
    let first = middle - step * (f64::from(count) - 1.0) / 2.0;
    let cells = (0..count)
        .map(|index| {
            let is_charge = |row: &&ItemRow| row.category_id == Some(category::CHARGE.0);
            Cell {
                slot,
                index,
                ring,
                angle: first + step * f64::from(index),
                width: step,
                module: in_slot(index).find(|row| !is_charge(row)),
                charges: in_slot(index).filter(is_charge).collect(),
            }
        })
        .collect();
    Rack {
        slot,
        label_angle: middle,
        label_radius: if ring == OUTER_RING { LABEL_RADIUS } else { INNER_RING.inner - 8.0 },
        cells,
    }
}

/// The point at `angle` on a circle around the centre.
pub fn point(angle: f64, radius: f64) -> (f64, f64) {
    let radians = angle.to_radians();
    (CENTRE + radius * radians.sin(), CENTRE - radius * radians.cos())
}

/// Path of a ring's piece, `gap` units narrower than its share on each side.
pub fn sector(ring: Ring, angle: f64, width: f64, gap: f64) -> String {
    let edge = |radius: f64, side: f64| point(angle + side * (width / 2.0 - (gap / radius).to_degrees()), radius);
    let (ax, ay) = edge(ring.outer, -1.0);
    let (bx, by) = edge(ring.outer, 1.0);
    let (cx, cy) = edge(ring.inner, 1.0);
    let (dx, dy) = edge(ring.inner, -1.0);
    let (outer, inner) = (ring.outer, ring.inner);
    format!(
        "M{ax:.1} {ay:.1}A{outer} {outer} 0 0 1 {bx:.1} {by:.1}L{cx:.1} {cy:.1}A{inner} {inner} 0 0 0 {dx:.1} {dy:.1}Z"
    )
}

/// Path of the outer edge of a piece, as a stroke to mark it.
pub fn edge(radius: f64, angle: f64, width: f64, gap: f64) -> String {
    let half = width / 2.0 - (gap / radius).to_degrees();
    let (ax, ay) = point(angle - half, radius);
    let (bx, by) = point(angle + half, radius);
    format!("M{ax:.1} {ay:.1}A{radius} {radius} 0 0 1 {bx:.1} {by:.1}")
}

/// `rotate(...)` that lays text along the circle and keeps it upright enough to read.
pub fn tangent(angle: f64, x: f64, y: f64) -> String {
    let turned = angle.rem_euclid(360.0);
    let rotation = if (90.1..269.9).contains(&turned) { turned - 180.0 } else { turned };
    format!("rotate({rotation:.1} {x:.1} {y:.1})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{charge, module};

    #[test]
    fn a_ship_has_eight_eight_eight_and_three_positions() {
        let racks = racks(&[]);
        let counts: Vec<_> = racks.iter().map(|rack| (rack.slot, rack.cells.len())).collect();
        assert_eq!(counts, [(Slot::High, 8), (Slot::Mid, 8), (Slot::Low, 8), (Slot::Rig, 3)]);
        assert!(racks.iter().all(|rack| rack.filled() == 0));
    }

    #[test]
    fn charges_sit_at_their_module_and_never_take_its_place() {
        // The mail may name the charge first.
        let items =
            [charge(27, "Hail S", 120), module(27, "150mm Light AutoCannon II"), module(29, "Small Nosferatu II")];
        let racks = racks(&items);
        let high = &racks[0];
        assert_eq!(high.filled(), 2);
        assert_eq!(high.cells[0].module.map(|row| row.item.display_name()), Some("150mm Light AutoCannon II".into()));
        assert_eq!(high.cells[0].charges.len(), 1);
        assert!(high.cells[1].module.is_none());
        assert!(high.cells[2].module.is_some());
    }

    #[test]
    fn a_structure_has_services_left_and_rigs_inside() {
        let items = [module(164, "Standup Market Hub I"), module(92, "Standup M-Set Thukker")];
        let racks = racks(&items);
        assert_eq!(racks[3].slot, Slot::Service);
        assert_eq!(racks[4].cells[0].ring, INNER_RING);
    }

    #[test]
    fn no_two_positions_overlap() {
        let strategic: Vec<_> = (125..129).map(|flag| module(flag, "Legion Core")).collect();
        for items in [&[][..], &strategic] {
            let mut spans: Vec<_> = racks(items)
                .iter()
                .flat_map(|rack| rack.cells.iter().map(|cell| cell.angle.rem_euclid(360.0)).collect::<Vec<_>>())
                .collect();
            spans.sort_by(f64::total_cmp);
            assert!(spans.windows(2).all(|pair| pair[1] - pair[0] >= STEP - 0.01), "{spans:?}");
        }
    }
}
