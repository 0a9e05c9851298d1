//! Dogma effects and attributes of types (slot counts, charge sizes, what a module does), sorted for binary search.
//!
//! The attributes are those the tables of the snapshot hold: 156 of use for tags and fits, 106,678 values in 1.7 MB.

use crate::ids::TypeId;

/// What the game's rules say a type is and does.
#[derive(Debug, Default)]
pub struct Dogma {
    /// Type, attribute, value.
    attributes: Box<[(i64, i32, f64)]>,
    /// Type, effect.
    effects: Box<[(i64, i32)]>,
}

impl Dogma {
    pub fn new(attributes: Vec<(TypeId, i32, f64)>, effects: Vec<(TypeId, i32)>) -> Self {
        let mut attributes: Vec<_> =
            attributes.into_iter().map(|(type_id, attribute, value)| (type_id.0, attribute, value)).collect();
        attributes.sort_unstable_by_key(|(type_id, attribute, _)| (*type_id, *attribute));
        let mut effects: Vec<_> = effects.into_iter().map(|(type_id, effect)| (type_id.0, effect)).collect();
        effects.sort_unstable();
        Self { attributes: attributes.into_boxed_slice(), effects: effects.into_boxed_slice() }
    }

    /// The value of an attribute on a type; absent when the static data names none.
    pub fn value(&self, type_id: TypeId, attribute: i32) -> Option<f64> {
        let key = (type_id.0, attribute);
        let index =
            self.attributes.binary_search_by_key(&key, |(type_id, attribute, _)| (*type_id, *attribute)).ok()?;
        self.attributes.get(index).map(|(_, _, value)| *value)
    }

    pub fn has_effect(&self, type_id: TypeId, effect: i32) -> bool {
        self.effects.binary_search(&(type_id.0, effect)).is_ok()
    }

    /// Effects of a type, in the order of their numbers.
    pub fn effects(&self, type_id: TypeId) -> impl Iterator<Item = i32> + '_ {
        let start = self.effects.partition_point(|(owner, _)| *owner < type_id.0);
        self.effects.iter().skip(start).take_while(move |(owner, _)| *owner == type_id.0).map(|(_, effect)| *effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StaticData;

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

    #[test]
    fn effects_of_a_cloak() {
        let sde = StaticData::bundled();
        let cloak = sde.type_by_name("Covert Ops Cloaking Device II").expect("cloak").id;
        let effects: Vec<i32> = sde.dogma().effects(cloak).collect();
        assert!(effects.iter().all(|effect| sde.dogma().has_effect(cloak, *effect)));
        // 12 is hiPower, 980 cloakingWarpSafe.
        assert!(effects.contains(&12) && effects.contains(&980), "{effects:?}");
        assert!(!sde.dogma().has_effect(cloak, 11));
        assert_eq!(sde.dogma().effects(TypeId(i64::MAX)).count(), 0);
    }
}
