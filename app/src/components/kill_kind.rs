//! What kind of thing was lost: decides glyph, word and picture of a row.

use domain::{GroupId, ShipRef, sde::group};

/// Groups of the categories Structure (65), Starbase (23), Sovereignty Structures (40) and Orbitals (46) that can be lost.
const STRUCTURE_GROUPS: &[i64] = &[
    311, 363, 364, 365, 397, 404, 413, 414, 416, 417, 418, 426, 430, 438, 439, 440, 441, 443, 444, 445, 449, 471, 473,
    480, 707, 709, 710, 837, 838, 839, 840, 877, 1003, 1004, 1005, 1012, 1025, 1073, 1106, 1212, 1282, 1404, 1405,
    1406, 1407, 1408, 1409, 1410, 1657, 1876, 1924, 2015, 2016, 2017, 4644, 4736, 4744,
];
/// Groups of the category Deployable (22).
const DEPLOYABLE_GROUPS: &[i64] = &[
    361, 1149, 1246, 1247, 1249, 1250, 1273, 1274, 1275, 1276, 1297, 1312, 2005, 4093, 4107, 4137, 4477, 4499, 4810,
    4913,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KillKind {
    Ship,
    Capsule,
    Structure,
    Deployable,
}

impl KillKind {
    pub fn of(ship: &ShipRef) -> Self {
        match ship.group_id {
            Some(group::CAPSULE) => Self::Capsule,
            Some(GroupId(id)) if STRUCTURE_GROUPS.binary_search(&id).is_ok() => Self::Structure,
            Some(GroupId(id)) if DEPLOYABLE_GROUPS.binary_search(&id).is_ok() => Self::Deployable,
            _ => Self::Ship,
        }
    }

    /// Name of the glyph in the icon sheet.
    pub fn glyph(self) -> &'static str {
        match self {
            Self::Ship => "ship",
            Self::Capsule => "capsule",
            Self::Structure => "structure",
            Self::Deployable => "deployable",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Self::Ship => "Ship",
            Self::Capsule => "Capsule",
            Self::Structure => "Structure",
            Self::Deployable => "Deployable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{CategoryId, StaticData};

    #[test]
    fn groups_are_those_of_the_static_data() {
        let data = StaticData::bundled();
        let of = |categories: &[i64]| {
            let mut ids: Vec<i64> = data
                .groups()
                .filter(|group| categories.iter().any(|id| group.category_id == CategoryId(*id)))
                .map(|group| group.id.0)
                .collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(of(&[23, 40, 46, 65]), STRUCTURE_GROUPS);
        assert_eq!(of(&[22]), DEPLOYABLE_GROUPS);
    }
}
