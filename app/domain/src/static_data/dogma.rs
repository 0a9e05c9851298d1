//! Dogma attributes of types (slot counts, hit points, rig sizes …), read from the bundled snapshot on request.
//!
//! Kept apart from [`super::StaticData`] because only tools that build fits need it: 106,678 values in 1.7 MB.

use super::snapshot::{SNAPSHOT, SnapshotError, read_table};
use crate::ids::TypeId;
use serde::Deserialize;
use std::sync::{Arc, OnceLock};

/// Values of dogma attributes by type, sorted for binary search.
#[derive(Debug, Default)]
pub struct Dogma {
    /// Type, attribute, value.
    values: Box<[(i32, i32, f64)]>,
}

#[derive(Deserialize)]
struct DogmaRow {
    type_id: i32,
    attribute_id: i32,
    value: f64,
}

impl Dogma {
    /// The bundled table, read once per process and shared.
    ///
    /// # Panics
    /// Never in a tested build: the archive is part of the binary and a test reads it.
    pub fn bundled() -> Arc<Self> {
        static BUNDLED: OnceLock<Arc<Dogma>> = OnceLock::new();
        Arc::clone(BUNDLED.get_or_init(|| {
            Arc::new(Self::read(SNAPSHOT).expect("the snapshot inside the binary is readable: a test reads it"))
        }))
    }

    fn read(archive: &[u8]) -> Result<Self, SnapshotError> {
        let mut values: Vec<_> = read_table(archive, "type_dogma.csv")?
            .into_iter()
            .map(|row: DogmaRow| (row.type_id, row.attribute_id, row.value))
            .collect();
        values.sort_unstable_by_key(|(type_id, attribute, _)| (*type_id, *attribute));
        Ok(Self { values: values.into_boxed_slice() })
    }

    /// The value of an attribute on a type; absent when the static data names none.
    pub fn value(&self, type_id: TypeId, attribute: i32) -> Option<f64> {
        let key = (i32::try_from(type_id.0).ok()?, attribute);
        let index = self.values.binary_search_by_key(&key, |(type_id, attribute, _)| (*type_id, *attribute)).ok()?;
        self.values.get(index).map(|(_, _, value)| *value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_of_a_rifter() {
        let dogma = Dogma::bundled();
        let rifter = TypeId(587);
        // High, mid, low and rig slots; a Rifter has three turret hardpoints.
        let slots = [14, 13, 12, 1137, 102].map(|attribute| dogma.value(rifter, attribute).map(|value| value as i32));
        assert_eq!(slots, [Some(3), Some(3), Some(4), Some(3), Some(3)]);
        assert_eq!(dogma.value(rifter, 1), None);
        assert_eq!(dogma.value(TypeId(i64::MAX), 14), None);
    }
}
