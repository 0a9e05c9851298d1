//! What differs between two builds of the static data, for the operator who imports and for those who wonder why a
//! ship has another name today.

use super::{StaticData, SystemInfo, TypeInfo};
use crate::ids::GroupId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rows kept of each list; the totals always count all.
const KEPT: usize = 200;
/// Relative difference below which two masses are the same: sources round to single precision.
const MASS_TOLERANCE: f64 = 1e-6;

/// The differences between two builds. A type with two changes is counted twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StaticReport {
    pub from: String,
    pub to: String,
    pub types_added: Listing<NamedEntry>,
    pub types_removed: Listing<NamedEntry>,
    pub types_renamed: Listing<Difference>,
    /// Group, slot, hardpoint, meta group, mass, published.
    pub types_changed: Listing<Difference>,
    pub systems_added: Listing<NamedEntry>,
    pub systems_removed: Listing<NamedEntry>,
    /// Name, security, band, region, wormhole class.
    pub systems_changed: Listing<Difference>,
}

/// A list cut after its first rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Listing<T> {
    pub total: u64,
    /// The first 200, by id.
    pub first: Vec<T>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NamedEntry {
    pub id: i64,
    pub name: String,
}

/// One property of one thing that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    pub id: i64,
    /// The name in the newer build.
    pub name: String,
    /// `name`, `group`, `slot` …
    pub what: String,
    pub before: String,
    pub after: String,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { total: 0, first: Vec::new() }
    }
}

impl<T> Listing<T> {
    fn push(&mut self, row: T) {
        self.total += 1;
        if self.first.len() < KEPT {
            self.first.push(row);
        }
    }
}

impl StaticReport {
    /// Compares two builds.
    pub fn between(old: &StaticData, new: &StaticData) -> Self {
        let mut report = Self { from: old.build().to_owned(), to: new.build().to_owned(), ..Self::default() };
        for (id, (before, after)) in paired(old.types().map(|i| (i.id.0, i)), new.types().map(|i| (i.id.0, i))) {
            match (before, after) {
                (None, Some(after)) => report.types_added.push(entry(id, &after.name)),
                (Some(before), None) => report.types_removed.push(entry(id, &before.name)),
                (Some(before), Some(after)) => report.compare_types((before, old), (after, new)),
                (None, None) => {}
            }
        }
        for (id, (before, after)) in paired(old.systems().map(|i| (i.id.0, i)), new.systems().map(|i| (i.id.0, i))) {
            match (before, after) {
                (None, Some(after)) => report.systems_added.push(entry(id, &after.name)),
                (Some(before), None) => report.systems_removed.push(entry(id, &before.name)),
                (Some(before), Some(after)) => report.compare_systems((before, old), (after, new)),
                (None, None) => {}
            }
        }
        report
    }

    /// Each list's name with its total, in the order in which people read them.
    pub fn totals(&self) -> [(&'static str, u64); 7] {
        [
            ("types added", self.types_added.total),
            ("types renamed", self.types_renamed.total),
            ("types removed", self.types_removed.total),
            ("changes of types", self.types_changed.total),
            ("systems added", self.systems_added.total),
            ("systems removed", self.systems_removed.total),
            ("changes of systems", self.systems_changed.total),
        ]
    }

    /// The same with at most `rows` of each list.
    #[must_use]
    pub fn cut(mut self, rows: usize) -> Self {
        self.types_added.first.truncate(rows);
        self.types_removed.first.truncate(rows);
        self.types_renamed.first.truncate(rows);
        self.types_changed.first.truncate(rows);
        self.systems_added.first.truncate(rows);
        self.systems_removed.first.truncate(rows);
        self.systems_changed.first.truncate(rows);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.totals().iter().all(|(_, total)| *total == 0)
    }

    fn compare_types(&mut self, (before, old): (&TypeInfo, &StaticData), (after, new): (&TypeInfo, &StaticData)) {
        let difference = |what: &str, before: String, after_text: String| Difference {
            id: after.id.0,
            name: after.name.clone(),
            what: what.to_owned(),
            before,
            after: after_text,
        };
        if before.name != after.name {
            self.types_renamed.push(difference("name", before.name.clone(), after.name.clone()));
        }
        if before.group_id != after.group_id {
            self.types_changed.push(difference("group", group(before.group_id, old), group(after.group_id, new)));
        }
        let slot = |info: &TypeInfo| info.slot.map_or_else(none, |slot| slot.label().to_owned());
        if before.slot != after.slot {
            self.types_changed.push(difference("slot", slot(before), slot(after)));
        }
        let hardpoint = |info: &TypeInfo| info.hardpoint.map_or_else(none, |point| format!("{point:?}").to_lowercase());
        if before.hardpoint != after.hardpoint {
            self.types_changed.push(difference("hardpoint", hardpoint(before), hardpoint(after)));
        }
        let meta = |info: &TypeInfo| info.meta_group_id.map_or_else(none, |id| id.to_string());
        if before.meta_group_id != after.meta_group_id {
            self.types_changed.push(difference("meta group", meta(before), meta(after)));
        }
        let mass = |info: &TypeInfo| info.mass_kg.map_or_else(none, |mass| format!("{mass} kg"));
        if is_other_mass(before.mass_kg, after.mass_kg) {
            self.types_changed.push(difference("mass", mass(before), mass(after)));
        }
        if before.published != after.published {
            self.types_changed.push(difference("published", yes(before.published), yes(after.published)));
        }
    }

    fn compare_systems(&mut self, (before, old): (&SystemInfo, &StaticData), (after, new): (&SystemInfo, &StaticData)) {
        let region = |info: &SystemInfo, data: &StaticData| {
            data.region(info.region_id).map_or_else(|| info.region_id.to_string(), |region| region.name.clone())
        };
        let class = |info: &SystemInfo| info.wormhole_class.map_or_else(none, |class| class.to_string());
        let properties = [
            ("name", before.name.clone(), after.name.clone()),
            ("security", before.security.to_string(), after.security.to_string()),
            ("band", before.band.label().to_owned(), after.band.label().to_owned()),
            ("region", region(before, old), region(after, new)),
            ("wormhole class", class(before), class(after)),
        ];
        for (what, was, is) in properties {
            if was != is {
                self.systems_changed.push(Difference {
                    id: after.id.0,
                    name: after.name.clone(),
                    what: what.to_owned(),
                    before: was,
                    after: is,
                });
            }
        }
    }
}

/// Both sides of each id, in order of the ids.
fn paired<'a, T>(
    old: impl Iterator<Item = (i64, &'a T)>,
    new: impl Iterator<Item = (i64, &'a T)>,
) -> BTreeMap<i64, (Option<&'a T>, Option<&'a T>)> {
    let mut pairs: BTreeMap<i64, (Option<&T>, Option<&T>)> = old.map(|(id, row)| (id, (Some(row), None))).collect();
    for (id, row) in new {
        pairs.entry(id).or_default().1 = Some(row);
    }
    pairs
}

fn entry(id: i64, name: &str) -> NamedEntry {
    NamedEntry { id, name: name.to_owned() }
}

fn none() -> String {
    "none".to_owned()
}

fn yes(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}

fn group(id: GroupId, data: &StaticData) -> String {
    data.group(id).map_or_else(|| format!("group {id}"), |group| group.name.clone())
}

fn is_other_mass(before: Option<f64>, after: Option<f64>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => (before - after).abs() > before.abs().max(after.abs()) * MASS_TOLERANCE,
        (before, after) => before.is_some() != after.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::static_data::{bundled_archive, read_snapshot};

    #[test]
    fn every_kind_of_difference_is_reported_once() {
        let old_rows = read_snapshot(bundled_archive()).expect("bundled");
        let mut new_rows = old_rows.clone();
        new_rows.build = "new (build 9)".to_owned();
        let rifter = new_rows.types.iter_mut().find(|info| info.name == "Rifter").expect("Rifter");
        rifter.name = "Rifter Mk2".to_owned();
        rifter.mass_kg = rifter.mass_kg.map(|mass| mass * 2.0);
        let mut added = rifter.clone();
        added.id = crate::TypeId(9_999_999);
        added.name = "Brand New".to_owned();
        new_rows.types.retain(|info| info.name != "Punisher");
        let slasher = new_rows.types.iter_mut().find(|info| info.name == "Slasher").expect("Slasher");
        slasher.mass_kg = slasher.mass_kg.map(|mass| mass * (1.0 + 1e-8));
        new_rows.types.push(added);
        let jita = new_rows.systems.iter_mut().find(|info| info.name == "Jita").expect("Jita");
        jita.security = crate::SecurityStatus(10);
        let (old, new) = (StaticData::new(old_rows), StaticData::new(new_rows));

        let report = StaticReport::between(&old, &new);
        assert_eq!((report.from.as_str(), report.to.as_str()), (old.build(), "new (build 9)"));
        assert_eq!(report.types_added.first, [entry(9_999_999, "Brand New")]);
        assert_eq!(report.types_removed.first, [entry(597, "Punisher")]);
        let texts = |listing: &Listing<Difference>| {
            listing
                .first
                .iter()
                .map(|d| format!("{} {}: {} -> {}", d.id, d.what, d.before, d.after))
                .collect::<Vec<_>>()
        };
        assert_eq!(texts(&report.types_renamed), ["587 name: Rifter -> Rifter Mk2"]);
        assert_eq!(texts(&report.types_changed), ["587 mass: 1067000 kg -> 2134000 kg"]);
        assert_eq!(texts(&report.systems_changed), ["30000142 security: 0.9 -> 1.0"]);
        assert_eq!(report.totals().iter().map(|(_, total)| total).sum::<u64>(), 5);

        assert!(StaticReport::between(&old, &old).is_empty());
        let all = StaticReport::between(&StaticData::default(), &old).types_added;
        assert_eq!((all.total, all.first.len()), (53_289, KEPT));
    }
}
