//! Masses that performance metrics count with (domain.md 2.5): what a kill destroyed and what a pilot lost, in kg.

use crate::{
    ids::{CharacterId, GroupId, TypeId},
    killmail::Killmail,
    location::Location,
    sde::{category, effect, group},
    static_data::StaticData,
};
use std::collections::HashSet;

/// Hulls made to keep others alive.
const LOGISTICS_GROUPS: [GroupId; 3] = [group::LOGISTICS, group::LOGISTICS_FRIGATE, group::FORCE_AUXILIARY];

/// Longer reach of remote armor repairers and of remote shield boosters: hull bonuses that, outside the logistics groups,
/// only the Tech I logistics hulls have (a test lists them).
const LOGISTICS_BONUSES: [i32; 2] = [effect::REMOTE_ARMOR_FALLOFF_BONUS, effect::REMOTE_SHIELD_FALLOFF_BONUS];

/// M: hull and fitted modules of the victim, loaded charges, drones and cargo left out. A module without a mass weighs
/// nothing, as in the game; what it adds to the ship by its effect (armor plates) is no destroyed mass. 0 for capsules;
/// absent when the static data do not know the hull.
pub fn fitted_mass_kg(killmail: &Killmail, static_data: &StaticData) -> Option<f64> {
    let hull = static_data.type_info(killmail.victim.ship_type_id)?;
    if hull.group_id == group::CAPSULE {
        return Some(0.0);
    }
    let modules: f64 = killmail
        .victim
        .items
        .iter()
        .filter(|item| matches!(item.location(), Location::Fitted(..)))
        .filter_map(|item| static_data.type_info(item.item_type_id).map(|info| (item, info)))
        .filter(|(_, info)| category::FITTED.contains(&info.category_id))
        .map(|(item, info)| info.mass_kg.unwrap_or(0.0) * item.quantity() as f64)
        .sum();
    Some(hull.mass_kg? + modules)
}

/// Whether the hull is made to keep others alive: logistics cruisers and frigates, force auxiliaries, and the Tech I
/// logistics hulls.
pub fn is_logistics_hull(hull: TypeId, static_data: &StaticData) -> bool {
    static_data.type_info(hull).is_some_and(|info| {
        LOGISTICS_GROUPS.contains(&info.group_id)
            || LOGISTICS_BONUSES.iter().any(|effect| static_data.dogma().has_effect(hull, *effect))
    })
}

/// What the victim lost: the hull's mass; 0 for capsules and for logistics hulls, whose pilots seldom show on kills.
/// Absent when the static data do not know the hull.
pub fn lost_mass_kg(killmail: &Killmail, static_data: &StaticData) -> Option<f64> {
    let hull = static_data.type_info(killmail.victim.ship_type_id)?;
    if hull.group_id == group::CAPSULE || is_logistics_hull(hull.id, static_data) {
        return Some(0.0);
    }
    hull.mass_kg
}

/// The distinct player characters among the attackers who share the destroyed mass: those not in capsules.
pub fn mass_sharers(killmail: &Killmail, static_data: &StaticData) -> HashSet<CharacterId> {
    let in_capsule = |ship: Option<TypeId>| {
        ship.and_then(|id| static_data.type_info(id)).is_some_and(|info| info.group_id == group::CAPSULE)
    };
    killmail
        .attackers
        .iter()
        .filter(|attacker| !in_capsule(attacker.ship_type_id))
        .filter_map(|attacker| attacker.character_id)
        .filter(|id| id.is_player())
        .collect()
}

/// The destroyed mass that each of the sharers is credited with: M/N. Absent when nobody shares it or the hull is
/// unknown.
pub fn destroyed_share_kg(killmail: &Killmail, static_data: &StaticData) -> Option<f64> {
    let sharers = mass_sharers(killmail, static_data).len();
    if sharers == 0 {
        return None;
    }
    fitted_mass_kg(killmail, static_data).map(|mass| mass / sharers as f64)
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
