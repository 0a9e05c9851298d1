//! What a loss was worth (domain.md 2.3). Prices come in as a lookup; unknown prices stay unknown, never 0.

use crate::{
    ids::TypeId,
    isk::Isk,
    killmail::Killmail,
    location::{Hold, Location},
    price::{PriceSource, UnitPrice},
    sde::{category, group},
    static_data::StaticData,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A capsule's hull, fixed by the product.
pub const CAPSULE_PRICE: Isk = Isk::from_isk(10_000);
/// Blueprint copies and SKINs, fixed by the product.
pub const TOKEN_PRICE: Isk = Isk::from_hundredths(1);

/// The values of one loss. `None` means that nothing in that part has a known price.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Valuation {
    pub hull_value: Option<Isk>,
    /// Hull, slots and loaded charges.
    pub fitted_value: Option<Isk>,
    /// Hull and destroyed items.
    pub destroyed_value: Option<Isk>,
    pub dropped_value: Option<Isk>,
    /// Destroyed and dropped.
    pub total_value: Option<Isk>,
    /// How many distinct types on the mail have no known price. Above 0 the sums are lower bounds.
    pub unpriced_types: u32,
}

/// Values a killmail and returns each unit price it used.
pub fn value_killmail(
    killmail: &Killmail,
    static_data: &StaticData,
    price_of: &dyn Fn(TypeId) -> Option<UnitPrice>,
) -> (Valuation, BTreeMap<TypeId, UnitPrice>) {
    let mut used = BTreeMap::new();
    let mut unpriced = BTreeSet::new();
    let mut unit_price = |type_id: TypeId, is_blueprint_copy: bool| {
        let price = fixed_price(type_id, is_blueprint_copy, static_data, killmail).or_else(|| price_of(type_id));
        match price {
            // A copy's token price must not stand for the original's in the table of unit prices.
            Some(price) if !is_blueprint_copy => {
                used.insert(type_id, price);
            }
            Some(_) => {}
            None => {
                unpriced.insert(type_id);
            }
        }
        price.map(|unit| unit.price)
    };

    let hull = unit_price(killmail.victim.ship_type_id, false);
    let mut fitted = hull;
    let mut destroyed = hull;
    let mut dropped = None;
    for (item, location) in killmail.items_flat() {
        let Some(price) = unit_price(item.item_type_id, item.is_blueprint_copy()) else { continue };
        if matches!(location, Location::Fitted(..) | Location::Held(Hold::FighterTube)) {
            add(&mut fitted, price.times(item.quantity()));
        }
        if item.destroyed() > 0 {
            add(&mut destroyed, price.times(item.destroyed()));
        }
        if item.dropped() > 0 {
            add(&mut dropped, price.times(item.dropped()));
        }
    }
    let total = match (destroyed, dropped) {
        (None, None) => None,
        (destroyed, dropped) => Some(destroyed.unwrap_or_default() + dropped.unwrap_or_default()),
    };
    let valuation = Valuation {
        hull_value: hull,
        fitted_value: fitted,
        destroyed_value: destroyed,
        dropped_value: dropped,
        total_value: total,
        unpriced_types: u32::try_from(unpriced.len()).unwrap_or(u32::MAX),
    };
    (valuation, used)
}

/// Values a killmail again with the prices it was valued with: a price that was used stays when the market moves,
/// unless a source of better evidence has one now or there was none. A price by rule is the rules' of now.
pub fn value_again(
    killmail: &Killmail,
    static_data: &StaticData,
    used: &BTreeMap<TypeId, UnitPrice>,
    price_of: &dyn Fn(TypeId) -> Option<UnitPrice>,
) -> (Valuation, BTreeMap<TypeId, UnitPrice>) {
    let best = |type_id: TypeId| {
        let old = used.get(&type_id).copied().filter(|unit| unit.source != PriceSource::Rule);
        match (old, price_of(type_id)) {
            (Some(old), Some(new)) if new.source < old.source => Some(new),
            (old, new) => old.or(new),
        }
    };
    value_killmail(killmail, static_data, &best)
}

/// As [`value_again`], after better prices have come. `None` when they change nothing.
pub fn revalue_killmail(
    killmail: &Killmail,
    static_data: &StaticData,
    used: &BTreeMap<TypeId, UnitPrice>,
    price_of: &dyn Fn(TypeId) -> Option<UnitPrice>,
) -> Option<(Valuation, BTreeMap<TypeId, UnitPrice>)> {
    let (valuation, unit_prices) = value_again(killmail, static_data, used, price_of);
    (unit_prices != *used).then_some((valuation, unit_prices))
}

fn add(sum: &mut Option<Isk>, value: Isk) {
    *sum = Some(sum.unwrap_or_default() + value);
}

/// Prices set by rule, whatever the market says.
fn fixed_price(
    type_id: TypeId,
    is_blueprint_copy: bool,
    static_data: &StaticData,
    killmail: &Killmail,
) -> Option<UnitPrice> {
    let info = static_data.type_info(type_id);
    let price = if is_blueprint_copy || info.is_some_and(|info| info.category_id == category::SKIN) {
        TOKEN_PRICE
    } else if info.is_some_and(|info| info.group_id == group::CAPSULE) {
        CAPSULE_PRICE
    } else {
        return None;
    };
    Some(UnitPrice { price, source: PriceSource::Rule, at: killmail.killmail_time })
}

#[cfg(test)]
#[path = "valuation_tests.rs"]
mod tests;
