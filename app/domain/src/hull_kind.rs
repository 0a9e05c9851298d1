//! What kind of thing was lost or flown. Worked out where the static data are; the browser only has words and pictures
//! for it.

use crate::{
    sde::{category, group},
    static_data::TypeInfo,
};
use serde::{Deserialize, Serialize};

/// What kind of thing a hull is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HullKind {
    /// Any other hull, and what is unknown.
    #[default]
    Ship,
    Capsule,
    /// Upwell structures, starbases, sovereignty structures and customs offices.
    Structure,
    Deployable,
}

impl HullKind {
    pub fn of(info: &TypeInfo) -> Self {
        if info.group_id == group::CAPSULE {
            Self::Capsule
        } else if category::STRUCTURES.contains(&info.category_id) {
            Self::Structure
        } else if info.category_id == category::DEPLOYABLE {
            Self::Deployable
        } else {
            Self::Ship
        }
    }

    pub fn is_ship(&self) -> bool {
        *self == Self::Ship
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ShipRef, StaticData, TypeId};

    #[test]
    fn hulls_are_of_the_kind_that_pilots_call_them() {
        let sde = StaticData::bundled();
        for (name, kind) in [
            ("Rifter", HullKind::Ship),
            ("Ogre II", HullKind::Ship),
            ("Capsule", HullKind::Capsule),
            ("Capsule - Genolution 'Auroral' 197-variant", HullKind::Capsule),
            ("Astrahus", HullKind::Structure),
            ("Amarr Control Tower", HullKind::Structure),
            ("Sovereignty Hub", HullKind::Structure),
            ("Customs Office Gantry", HullKind::Structure),
            ("Mobile Depot", HullKind::Deployable),
        ] {
            let ship = ShipRef::new(sde.type_by_name(name).expect(name).id, &sde);
            assert_eq!(ship.kind, kind, "{name}");
        }
        assert_eq!(ShipRef::new(TypeId(99_999_999), &sde).kind, HullKind::Ship);
    }

    #[test]
    fn a_ship_is_written_as_before_there_were_kinds() {
        let sde = StaticData::bundled();
        let json = |name: &str| {
            let ship = ShipRef::new(sde.type_by_name(name).expect(name).id, &sde);
            serde_json::to_value(ship).expect("JSON")
        };
        assert_eq!(json("Capsule")["kind"], "capsule");
        let old = json("Rifter");
        assert!(old.get("kind").is_none());
        assert_eq!(serde_json::from_value::<ShipRef>(old).expect("a ship").kind, HullKind::Ship);
    }
}
