use super::*;
use crate::{killmail::Item, static_data::StaticData};
use chrono::{DateTime, TimeDelta};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;
use std::sync::{Arc, LazyLock};

static SDE: LazyLock<Arc<StaticData>> = LazyLock::new(StaticData::bundled);

const TRITANIUM: TypeId = TypeId(34);
const RIFTER: TypeId = TypeId(587);
const CAPSULE: TypeId = TypeId(670);
const NOT_IN_STATIC_DATA: TypeId = TypeId(99_999_999);

fn id(name: &str) -> TypeId {
    SDE.type_by_name(name).unwrap_or_else(|| panic!("no type is called {name}")).id
}

/// Hull, modules, charges, a drone, a fighter, a blueprint, a SKIN, a rolled module and a type newer than the data.
fn types() -> Vec<TypeId> {
    let named = [
        "Damage Control II",
        "Rifter Blueprint",
        "50MN Abyssal Microwarpdrive",
        "Hail S",
        "Warrior II",
        "Nanite Repair Paste",
    ];
    let skin = SDE.types().find(|info| info.category_id == category::SKIN && info.published).map(|info| info.id);
    named.into_iter().map(id).chain(skin).chain([TRITANIUM, RIFTER, CAPSULE, NOT_IN_STATIC_DATA]).collect()
}

fn killmail(ship: TypeId, items: Vec<Item>) -> Killmail {
    let mut killmail: Killmail = serde_json::from_value(json!({
        "killmail_id": 1, "killmail_time": "2026-01-02T03:04:05Z", "solar_system_id": 30_000_142,
        "victim": {"ship_type_id": ship.0, "damage_taken": 1}, "attackers": [],
    }))
    .expect("a killmail");
    killmail.victim.items = items;
    killmail
}

fn item(type_id: TypeId, flag: i64, destroyed: i64, dropped: i64) -> Item {
    Item {
        item_type_id: type_id,
        flag,
        singleton: 0,
        quantity_destroyed: Some(destroyed).filter(|quantity| *quantity > 0),
        quantity_dropped: Some(dropped).filter(|quantity| *quantity > 0),
        items: Vec::new(),
    }
}

fn unit(hundredths: i64, source: PriceSource) -> UnitPrice {
    let at = DateTime::from_timestamp(1_767_322_000, 0).expect("a time");
    UnitPrice { price: Isk::from_hundredths(hundredths), source, at }
}

type Prices = BTreeMap<TypeId, UnitPrice>;

fn value(killmail: &Killmail, prices: &Prices) -> (Valuation, Prices) {
    value_killmail(killmail, &SDE, &|type_id| prices.get(&type_id).copied())
}

#[test]
fn ids_of_the_rules_are_those_of_sample_types() {
    assert_eq!(
        SDE.type_info(CAPSULE).map(|info| (info.name.as_str(), info.group_id)),
        Some(("Capsule", group::CAPSULE))
    );
    assert_eq!(
        SDE.type_name(id("Capsule - Genolution 'Auroral' 197-variant")),
        Some("Capsule - Genolution 'Auroral' 197-variant")
    );
    assert_eq!(SDE.type_info(id("Warrior II")).map(|info| info.category_id), Some(category::DRONE));
    assert_eq!(SDE.type_name(TRITANIUM), Some("Tritanium"));
    assert_eq!(SDE.type_name(RIFTER), Some("Rifter"));
    assert!(SDE.type_info(NOT_IN_STATIC_DATA).is_none());
    assert!(types().iter().any(|id| SDE.type_info(*id).is_some_and(|info| info.category_id == category::SKIN)));
    assert!(SDE.type_info(id("50MN Abyssal Microwarpdrive")).is_some_and(|info| info.is_abyssal));
}

#[test]
fn copies_skins_and_capsules_have_fixed_prices_whatever_the_market_says() {
    let blueprint = id("Rifter Blueprint");
    let skin = types().into_iter().find(|id| SDE.type_info(*id).is_some_and(|info| info.category_id == category::SKIN));
    let skin = skin.expect("a SKIN");
    let mut copy = item(blueprint, 5, 3, 0);
    copy.singleton = 2;
    let mail = killmail(CAPSULE, vec![copy, item(blueprint, 5, 0, 1), item(skin, 5, 0, 2)]);
    let dear = unit(90_000_000_000, PriceSource::Janice);
    let prices: Prices = [(CAPSULE, dear), (blueprint, dear), (skin, dear)].into();
    let (values, used) = value(&mail, &prices);
    assert_eq!(values.hull_value, Some(CAPSULE_PRICE));
    assert_eq!(values.destroyed_value, Some(CAPSULE_PRICE + TOKEN_PRICE.times(3)), "the copies");
    assert_eq!(values.dropped_value, Some(dear.price + TOKEN_PRICE.times(2)), "the original and the SKINs");
    assert_eq!((used[&skin].source, used[&blueprint]), (PriceSource::Rule, dear));
    assert_eq!(value(&mail, &Prices::new()).0.unpriced_types, 1, "only the original has no price");
}

#[test]
fn without_any_price_there_is_no_value() {
    let mail = killmail(RIFTER, vec![item(TRITANIUM, 5, 10, 10), item(NOT_IN_STATIC_DATA, 27, 1, 0)]);
    let (values, used) = value(&mail, &Prices::new());
    assert_eq!(values, Valuation { unpriced_types: 3, ..Valuation::default() });
    assert!(used.is_empty());
    let hull_only = [(RIFTER, unit(500, PriceSource::StaticBase))].into();
    let (values, _) = value(&killmail(RIFTER, Vec::new()), &hull_only);
    assert_eq!((values.total_value, values.dropped_value), (Some(Isk::from_isk(5)), None));
}

#[test]
fn a_better_source_replaces_a_used_price_and_an_equal_one_does_not() {
    let mail = killmail(RIFTER, vec![item(TRITANIUM, 5, 10, 0), item(id("Hail S"), 27, 1, 0)]);
    let early: Prices =
        [(RIFTER, unit(50_000, PriceSource::EsiAverage)), (TRITANIUM, unit(400, PriceSource::Janice))].into();
    let (_, used) = value(&mail, &early);
    let revalue = |now: &Prices| revalue_killmail(&mail, &SDE, &used, &|type_id| now.get(&type_id).copied());

    assert_eq!(revalue(&early), None, "nothing new");
    assert_eq!(revalue(&Prices::new()), None, "what is no longer known stays");
    let moved: Prices =
        [(RIFTER, unit(60_000, PriceSource::EsiAverage)), (TRITANIUM, unit(900, PriceSource::EsiAdjusted))].into();
    assert_eq!(revalue(&moved), None, "a price that moved is not a better one");

    let later: Prices = [
        (RIFTER, unit(70_000, PriceSource::Janice)),
        (TRITANIUM, unit(900, PriceSource::Janice)),
        (id("Hail S"), unit(50, PriceSource::StaticBase)),
    ]
    .into();
    let (values, used) = revalue(&later).expect("better prices");
    assert_eq!(values.hull_value, Some(Isk::from_isk(700)));
    assert_eq!(values.total_value, Some(Isk::from_hundredths(70_000 + 4_000 + 50)));
    assert_eq!((values.unpriced_types, used[&TRITANIUM].price), (0, Isk::from_isk(4)));

    // A type that a rule priced once and no rule prices now is a type like any other.
    let ruled: Prices = [(RIFTER, unit(1, PriceSource::Rule))].into();
    let (values, used) = value_again(&mail, &SDE, &ruled, &|type_id| later.get(&type_id).copied());
    assert_eq!((values.hull_value, used[&RIFTER].source), (Some(Isk::from_isk(700)), PriceSource::Janice));
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let row = (select(types()), select(vec![5_i64, 11, 19, 27, 87, 92, 159, 5_000]), 0..40_i64, 0..40_i64, 0..6_u8);
    let row = row.prop_map(|(type_id, flag, destroyed, dropped, singleton)| {
        let mut row = item(type_id, flag, destroyed + i64::from(dropped == 0), dropped);
        row.singleton = if singleton == 0 { 2 } else { 0 };
        row
    });
    let container = (row.clone(), option::weighted(0.2, vec(row, 0..4)));
    vec(container.prop_map(|(row, inside)| Item { items: inside.unwrap_or_default(), ..row }), 0..12)
}

fn prices() -> impl Strategy<Value = Prices> {
    let price = option::weighted(0.7, (1..5_000_000_000_i64, select(PriceSource::ALL[1..].to_vec())));
    let types = types();
    vec(price, types.len()).prop_map(move |row| {
        let priced = types.iter().zip(row);
        priced.filter_map(|(id, price)| price.map(|(hundredths, source)| (*id, unit(hundredths, source)))).collect()
    })
}

/// What a row counts one for, written down a second time.
fn expected_price(row: &Item, prices: &Prices) -> Option<Isk> {
    let info = SDE.type_info(row.item_type_id);
    if row.singleton == 2 || info.is_some_and(|info| info.category_id == category::SKIN) {
        return Some(Isk::from_hundredths(1));
    }
    if info.is_some_and(|info| info.group_id == group::CAPSULE) {
        return Some(Isk::from_isk(10_000));
    }
    prices.get(&row.item_type_id).map(|unit| unit.price)
}

fn sum(parts: impl Iterator<Item = Isk>) -> Option<Isk> {
    parts.fold(None, |sum: Option<Isk>, part| Some(sum.unwrap_or_default() + part))
}

proptest! {
    #[test]
    fn parts_add_up_and_the_unknown_is_never_0(ship in select(types()), items in items(), prices in prices()) {
        let mail = killmail(ship, items.clone());
        let (values, used) = value(&mail, &prices);
        let hull = expected_price(&item(ship, 0, 1, 0), &prices);
        let rows: Vec<&Item> = items.iter().flat_map(|row| std::iter::once(row).chain(&row.items)).collect();
        let part = |quantity: fn(&Item) -> i64| {
            let priced = rows.iter().filter(move |row| quantity(row) > 0);
            priced.filter_map(|row| Some(expected_price(row, &prices)?.times(quantity(row)))).collect::<Vec<_>>()
        };
        let destroyed = sum(hull.into_iter().chain(part(Item::destroyed)));
        let dropped = sum(part(Item::dropped).into_iter());
        prop_assert_eq!(values.hull_value, hull);
        prop_assert_eq!(values.destroyed_value, destroyed);
        prop_assert_eq!(values.dropped_value, dropped);
        prop_assert_eq!(values.total_value, sum(destroyed.into_iter().chain(dropped)));
        prop_assert!(values.fitted_value.unwrap_or_default() <= values.total_value.unwrap_or_default());
        for value in [values.hull_value, values.fitted_value, destroyed, dropped, values.total_value] {
            prop_assert!(value != Some(Isk::ZERO), "nothing that has a price costs nothing");
        }
        let unpriced: BTreeSet<TypeId> = rows
            .iter()
            .filter(|row| expected_price(row, &prices).is_none())
            .map(|row| row.item_type_id)
            .chain(hull.is_none().then_some(ship))
            .collect();
        prop_assert_eq!(values.unpriced_types as usize, unpriced.len());
        prop_assert!(unpriced.iter().all(|id| !used.contains_key(id)));
        for (type_id, unit) in &used {
            prop_assert!(unit.source == PriceSource::Rule || prices[type_id] == *unit, "with its source and time");
        }
    }

    #[test]
    fn the_order_of_items_does_not_matter(items in items(), prices in prices()) {
        let backwards: Vec<Item> = items.iter().rev().cloned().collect();
        prop_assert_eq!(value(&killmail(RIFTER, items), &prices), value(&killmail(RIFTER, backwards), &prices));
    }

    #[test]
    fn revaluing_ends_where_the_best_source_of_each_type_is(
        items in items(), before in prices(), after in prices(), minutes in 1..600_i64,
    ) {
        let mail = killmail(RIFTER, items);
        let (values, used) = value(&mail, &before);
        let after: Prices =
            after.into_iter().map(|(id, unit)| (id, UnitPrice { at: unit.at + TimeDelta::minutes(minutes), ..unit })).collect();
        let again = revalue_killmail(&mail, &SDE, &used, &|type_id| after.get(&type_id).copied());
        let (new_values, new_used) = again.unwrap_or_else(|| (values.clone(), used.clone()));
        prop_assert!(new_values.unpriced_types <= values.unpriced_types);
        for (type_id, unit) in &new_used {
            let best = [used.get(type_id), after.get(type_id)].into_iter().flatten().map(|unit| unit.source).min();
            prop_assert_eq!(Some(unit.source), best);
            prop_assert!(used.get(type_id).is_none_or(|old| old.source != unit.source || old == unit));
        }
        let settled = revalue_killmail(&mail, &SDE, &new_used, &|type_id| after.get(&type_id).copied());
        prop_assert_eq!(settled, None);
    }
}
