//! What a fit's statistics depend on, in one canonical order, and its hash.
//!
//! Hull, fitted modules with their charges, drones and fighters. Where in its rack a module sits, what was destroyed and
//! what dropped, cargo and implants do not matter: two losses with the same key have the same statistics, which are then
//! computed once.

use crate::{
    Killmail, StaticData,
    fit::{FittedModule, fitted_modules},
    ids::TypeId,
    location::{Hold, Location, Slot},
    sde::category,
};
use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128, SipHasher24};
use std::{collections::BTreeMap, fmt, hash::Hasher, str::FromStr};

/// Raise when the key or its order changes: stored hashes then no longer mean the same.
const HASH_VERSION: u8 = 1;
/// Modules of one rack that are looked at; a rack has eight places, old mails have a few more rows.
const MAX_IN_RACK: usize = 32;

/// 128 bits over a [`FitKey`], as 32 hexadecimal digits. The same in every process and version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FitHash(u128);

/// A text that is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fit hash is 32 hexadecimal digits")]
pub struct InvalidFitHash;

impl fmt::Display for FitHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for FitHash {
    type Err = InvalidFitHash;
    fn from_str(text: &str) -> Result<Self, InvalidFitHash> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidFitHash);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| InvalidFitHash)
    }
}

impl Serialize for FitHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FitHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for FitHash {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "FitHash".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "description": "32 hexadecimal digits; equal for losses with the same hull, modules, charges, drones and fighters" })
    }
}

/// A module with its charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyModule {
    pub module: TypeId,
    pub charge: Option<TypeId>,
}

/// Where drones and fighters were.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Bay {
    Drones,
    Fighters,
    /// One squadron in a launch tube.
    Tube,
}

/// See the module. Every list is sorted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitKey {
    pub hull: TypeId,
    /// By rack in the order of [`Slot::ALL`].
    pub racks: [Vec<KeyModule>; Slot::ALL.len()],
    /// Bay, type, quantity.
    pub bays: Vec<(Bay, TypeId, i64)>,
    /// A mutated module is on it, whose rolls no killmail tells.
    pub has_abyssal: bool,
}

impl FitKey {
    pub fn of(killmail: &Killmail, static_data: &StaticData) -> Self {
        let modules = fitted_modules(killmail, static_data);
        let racks = Slot::ALL.map(|slot| {
            let of_rack = modules.iter().filter(|module| module.slot == slot);
            let mut rack: Vec<KeyModule> =
                of_rack.map(|&FittedModule { module, charge, .. }| KeyModule { module, charge }).collect();
            rack.sort_unstable();
            rack.truncate(MAX_IN_RACK);
            rack
        });
        let bays = bays(killmail, static_data);
        let is_abyssal = |id: TypeId| static_data.type_info(id).is_some_and(|info| info.is_abyssal);
        let has_abyssal = modules.iter().any(|module| is_abyssal(module.module))
            || bays.iter().any(|(_, type_id, _)| is_abyssal(*type_id));
        Self { hull: killmail.victim.ship_type_id, racks, bays, has_abyssal }
    }

    /// One rack, sorted.
    pub fn rack(&self, slot: Slot) -> &[KeyModule] {
        let index = Slot::ALL.iter().position(|known| *known == slot);
        index.and_then(|index| self.racks.get(index)).map_or(&[], Vec::as_slice)
    }

    pub fn hash(&self) -> FitHash {
        let mut hasher = SipHasher24::new();
        let mut number = |value: i64| hasher.write(&value.to_le_bytes());
        number(HASH_VERSION.into());
        number(self.hull.0);
        for rack in &self.racks {
            number(rack.len() as i64);
            for KeyModule { module, charge } in rack {
                number(module.0);
                number(charge.map_or(0, |charge| charge.0));
            }
        }
        for (bay, type_id, quantity) in &self.bays {
            number(*bay as i64);
            number(type_id.0);
            number(*quantity);
        }
        FitHash(hasher.finish128().as_u128())
    }

    /// Whether anything was fitted or carried that the statistics could tell from the bare hull.
    pub fn is_bare(&self) -> bool {
        self.racks.iter().all(Vec::is_empty) && self.bays.is_empty()
    }
}

/// Drones and fighters by bay and type; squadrons in tubes stay apart.
fn bays(killmail: &Killmail, static_data: &StaticData) -> Vec<(Bay, TypeId, i64)> {
    let mut stacks: BTreeMap<(Bay, TypeId), i64> = BTreeMap::new();
    let mut squadrons = Vec::new();
    for item in &killmail.victim.items {
        let category = static_data.type_info(item.item_type_id).map(|info| info.category_id);
        let bay = match item.location() {
            Location::Held(Hold::DroneBay) if category == Some(category::DRONE) => Bay::Drones,
            Location::Held(Hold::FighterBay) if category == Some(category::FIGHTER) => Bay::Fighters,
            Location::Held(Hold::FighterTube) if category == Some(category::FIGHTER) => Bay::Tube,
            _ => continue,
        };
        if bay == Bay::Tube {
            squadrons.push((bay, item.item_type_id, item.quantity()));
        } else {
            let quantity = stacks.entry((bay, item.item_type_id)).or_default();
            *quantity = quantity.saturating_add(item.quantity());
        }
    }
    squadrons.sort_unstable();
    stacks.into_iter().map(|((bay, type_id), quantity)| (bay, type_id, quantity)).chain(squadrons).collect()
}

#[cfg(test)]
#[path = "fit_key_tests.rs"]
mod tests;
