//! How the item list is ordered: by slot, then by hold; charges under their module; equal rows counted together.

use contract::ItemRow;
use domain::{Hold, Isk, Location, Slot, sde::category};

/// A slot group or hold with its lines.
#[derive(Debug)]
pub struct ItemGroup<'a> {
    pub label: &'static str,
    pub lines: Vec<Line<'a>>,
    pub total: Total,
}

/// One line: one row of the mail, or several equal ones.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    pub row: &'a ItemRow,
    pub destroyed: i64,
    pub dropped: i64,
    pub value: Option<Isk>,
    /// A charge, shown under the module it was loaded in.
    pub is_loaded: bool,
}

/// A sum of values that knows whether something in it had no price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// Absent when nothing had a price.
    pub value: Option<Isk>,
    pub has_unpriced: bool,
}

impl Total {
    fn add(&mut self, value: Option<Isk>) {
        match value {
            Some(value) => self.value = Some(self.value.unwrap_or_default() + value),
            None => self.has_unpriced = true,
        }
    }

    /// Rows with all they contain.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a ItemRow>) -> Self {
        let mut total = Self::default();
        let mut open: Vec<&ItemRow> = rows.into_iter().collect();
        while let Some(row) = open.pop() {
            total.add(row.value);
            open.extend(&row.contents);
        }
        total
    }
}

/// Groups of the list, in reading order; empty ones are left out.
pub fn item_groups(items: &[ItemRow]) -> Vec<ItemGroup<'_>> {
    let mut keys: Vec<(u32, &'static str)> =
        items.iter().map(|row| (rank(row.location), row.location.label())).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .map(|key| {
            let rows: Vec<&ItemRow> =
                items.iter().filter(|row| (rank(row.location), row.location.label()) == key).collect();
            let is_rack = rows.first().is_some_and(|row| row.location.slot().is_some());
            ItemGroup {
                label: key.1,
                lines: if is_rack { rack_lines(&rows) } else { hold_lines(&rows) },
                total: Total::of(rows),
            }
        })
        .collect()
}

/// Slots as in the fitting window, what flies with the ship, what the pilot carried in the body, then the holds.
fn rank(location: Location) -> u32 {
    match location {
        Location::Fitted(slot, _) => Slot::ALL.iter().position(|each| *each == slot).unwrap_or(0) as u32,
        Location::Held(hold) => match hold {
            Hold::FighterTube => 10,
            Hold::FighterBay => 11,
            Hold::DroneBay => 12,
            Hold::Implant => 13,
            Hold::Booster => 14,
            Hold::Cargo => 15,
            _ => 20,
        },
        Location::Other(_) => 90,
    }
}

/// Slot by slot, each module followed by its charges; equal modules with equal charges become one line with a count.
fn rack_lines<'a>(rows: &[&'a ItemRow]) -> Vec<Line<'a>> {
    let is_charge = |row: &ItemRow| row.category_id == Some(category::CHARGE.0);
    let mut positions: Vec<Location> = Vec::new();
    for row in rows {
        if !positions.contains(&row.location) {
            positions.push(row.location);
        }
    }
    positions.sort_by_key(|location| match location {
        Location::Fitted(_, index) => *index,
        _ => u8::MAX,
    });
    let mut stacks: Vec<Vec<Line<'a>>> = Vec::new();
    for position in positions {
        let at = || rows.iter().copied().filter(move |row| row.location == position);
        let has_module = at().any(|row| !is_charge(row));
        let modules = at().filter(|row| !is_charge(row)).map(|row| Line::new(row, false));
        let charges = at().filter(|row| is_charge(row)).map(|row| Line::new(row, has_module));
        let stack: Vec<_> = modules.chain(charges).collect();
        match stacks.iter_mut().find(|other| same_stack(other, &stack)) {
            Some(other) => other.iter_mut().zip(&stack).for_each(|(line, more)| line.absorb(more)),
            None => stacks.push(stack),
        }
    }
    stacks.into_iter().flatten().collect()
}

/// Dearest first, what has no price last.
fn hold_lines<'a>(rows: &[&'a ItemRow]) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = Vec::new();
    for row in rows {
        let line = Line::new(row, false);
        match lines.iter_mut().find(|other| other.is_same(&line)) {
            Some(other) => other.absorb(&line),
            None => lines.push(line),
        }
    }
    lines.sort_by_key(|line| std::cmp::Reverse((!line.row.contents.is_empty(), line.value)));
    lines
}

impl<'a> Line<'a> {
    pub fn new(row: &'a ItemRow, is_loaded: bool) -> Self {
        Self { row, destroyed: row.destroyed, dropped: row.dropped, value: row.value, is_loaded }
    }

    pub fn quantity(&self) -> i64 {
        self.destroyed.saturating_add(self.dropped)
    }

    /// Whether both can be one line: same thing, same fate, no contents.
    fn is_same(&self, other: &Self) -> bool {
        let (a, b) = (self.row, other.row);
        a.item.type_id == b.item.type_id
            && a.is_blueprint_copy == b.is_blueprint_copy
            && a.is_abyssal == b.is_abyssal
            && !a.is_abyssal
            && (a.destroyed > 0) == (b.destroyed > 0)
            && (a.dropped > 0) == (b.dropped > 0)
            && a.contents.is_empty()
            && b.contents.is_empty()
    }

    fn absorb(&mut self, other: &Self) {
        self.destroyed = self.destroyed.saturating_add(other.destroyed);
        self.dropped = self.dropped.saturating_add(other.dropped);
        self.value = match (self.value, other.value) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
    }
}

fn same_stack(a: &[Line<'_>], b: &[Line<'_>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.is_same(b))
}

/// Lines of a container's contents.
pub fn contents_lines(contents: &[ItemRow]) -> Vec<Line<'_>> {
    hold_lines(&contents.iter().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::kill::fixtures::{charge, dropped, held, module, priced};

    fn names(group: &ItemGroup<'_>) -> Vec<(String, i64, bool)> {
        group.lines.iter().map(|line| (line.row.item.display_name(), line.quantity(), line.is_loaded)).collect()
    }

    #[test]
    fn slots_come_first_in_the_order_of_the_fitting_window() {
        let items = [
            held(5, "Nanite Repair Paste", 20),
            module(92, "Rig"),
            module(11, "Low"),
            module(19, "Mid"),
            module(27, "High"),
        ];
        let labels: Vec<_> = item_groups(&items).iter().map(|group| group.label).collect();
        assert_eq!(labels, ["High slots", "Mid slots", "Low slots", "Rigs", "Cargo hold"]);
    }

    #[test]
    fn charges_follow_their_module_and_equal_pairs_are_counted() {
        let items = [
            charge(28, "Hail S", 100),
            module(28, "Gun"),
            module(27, "Gun"),
            charge(27, "Hail S", 120),
            module(29, "Nos"),
        ];
        let groups = item_groups(&items);
        assert_eq!(
            names(&groups[0]),
            [("Gun".into(), 2, false), ("Hail S".into(), 220, true), ("Nos".into(), 1, false)]
        );
    }

    #[test]
    fn a_dropped_module_stays_apart_from_a_destroyed_one() {
        let items = [module(27, "Gun"), dropped(module(28, "Gun"))];
        assert_eq!(item_groups(&items)[0].lines.len(), 2);
    }

    #[test]
    fn totals_count_contents_and_say_when_something_has_no_price() {
        let mut container = priced(held(5, "Container", 1), 10_000);
        container.contents = vec![priced(held(0, "Ore", 10), 5), held(0, "Unknown", 1)];
        let groups = item_groups(std::slice::from_ref(&container));
        assert_eq!(groups[0].total, Total { value: Some(Isk::from_isk(10_050)), has_unpriced: true });
    }

    #[test]
    fn holds_are_sorted_by_value() {
        let items = [priced(held(5, "Cheap", 1), 1), held(5, "Unpriced", 1), priced(held(5, "Dear", 1), 100)];
        let groups = item_groups(&items);
        let order: Vec<_> = names(&groups[0]).into_iter().map(|(name, ..)| name).collect();
        assert_eq!(order, ["Dear", "Cheap", "Unpriced"]);
    }
}
