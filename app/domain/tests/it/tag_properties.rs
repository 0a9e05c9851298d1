//! What holds for the tags of any killmail.

use domain::{
    CharacterId, Item, Killmail, KillmailId, SolarSystemId, StaticData, Timestamp, TypeId, Victim, metrics, tags,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Types that can be fitted, carried or lost, and some that cannot.
fn any_type() -> impl Strategy<Value = TypeId> {
    let sde = StaticData::bundled();
    let mut types: Vec<TypeId> = sde
        .types()
        .filter(|info| matches!(info.category_id.0, 6 | 7 | 8 | 18 | 20 | 32 | 65 | 66 | 87))
        .map(|info| info.id)
        .collect();
    types.sort();
    types.push(TypeId(i64::MAX));
    prop::sample::select(types)
}

fn any_flag() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => prop::sample::select(vec![11, 19, 27, 92, 125, 164]),
        2 => prop::sample::select(vec![87, 158, 159, 163]),
        1 => prop::sample::select(vec![0, 5, 89, 90, 155, 177, 9_999]),
    ]
}

fn any_item() -> impl Strategy<Value = Item> {
    (any_type(), any_flag(), 0_i64..5, prop::collection::vec(any_type(), 0..3)).prop_map(
        |(item_type_id, flag, quantity, inside)| {
            let row = |item_type_id, items| Item {
                item_type_id,
                flag,
                singleton: 0,
                quantity_destroyed: Some(quantity),
                quantity_dropped: None,
                items,
            };
            row(item_type_id, inside.into_iter().map(|inner| row(inner, Vec::new())).collect())
        },
    )
}

fn mail(ship_type_id: TypeId, items: Vec<Item>) -> Killmail {
    Killmail {
        killmail_id: KillmailId(1),
        killmail_time: Timestamp::UNIX_EPOCH,
        solar_system_id: SolarSystemId(30_000_142),
        moon_id: None,
        war_id: None,
        victim: Victim {
            character_id: Some(CharacterId(90_000_001)),
            corporation_id: None,
            alliance_id: None,
            faction_id: None,
            ship_type_id,
            damage_taken: 0,
            position: None,
            items,
        },
        attackers: Vec::new(),
    }
}

fn set(tags: Vec<String>) -> BTreeSet<String> {
    tags.into_iter().collect()
}

proptest! {
    #[test]
    fn tags_are_of_the_vocabulary_in_its_order_and_once(hull in any_type(), items in prop::collection::vec(any_item(), 0..30)) {
        let found = StaticData::bundled().tags_of(&mail(hull, items));
        let places: Option<Vec<usize>> =
            found.iter().map(|tag| tags::vocabulary().iter().position(|info| info.tag == *tag)).collect();
        let places = places.expect("every tag is in the vocabulary");
        prop_assert!(places.is_sorted_by(|a, b| a < b), "{:?}", found);
    }

    #[test]
    fn the_order_of_items_does_not_matter(
        (items, shuffled) in prop::collection::vec(any_item(), 0..30)
            .prop_flat_map(|items| (Just(items.clone()), Just(items).prop_shuffle())),
        hull in any_type(),
    ) {
        let sde = StaticData::bundled();
        let (one, other) = (mail(hull, items), mail(hull, shuffled));
        prop_assert_eq!(sde.tags_of(&one), sde.tags_of(&other));
        prop_assert_eq!(metrics::lost_mass_kg(&one, &sde), metrics::lost_mass_kg(&other, &sde));
    }

    /// The whole is the union of its parts: nothing a module adds depends on the others.
    #[test]
    fn tags_add_up(hull in any_type(), items in prop::collection::vec(any_item(), 0..30), at in 0_usize..30) {
        let sde = StaticData::bundled();
        let (front, back) = items.split_at(at.min(items.len()));
        let parts = &set(sde.tags_of(&mail(hull, front.to_vec())))
            | &set(sde.tags_of(&mail(hull, back.to_vec())));
        prop_assert_eq!(set(sde.tags_of(&mail(hull, items))), parts);
    }

    /// Charges, cargo, implants and what lies in containers say nothing.
    #[test]
    fn what_is_not_fitted_does_not_count(hull in any_type(), items in prop::collection::vec(any_item(), 0..30)) {
        let sde = StaticData::bundled();
        let fitted: Vec<Item> = items
            .iter()
            .filter(|item| {
                let category = sde.type_info(item.item_type_id).map(|info| info.category_id.0);
                match item.flag {
                    11 | 19 | 27 | 92 | 125 | 164 => matches!(category, Some(7 | 32 | 66)),
                    87 | 158 | 159 | 163 => matches!(category, Some(18 | 87)),
                    _ => false,
                }
            })
            .map(|item| Item { items: Vec::new(), ..item.clone() })
            .collect();
        prop_assert_eq!(sde.tags_of(&mail(hull, items)), sde.tags_of(&mail(hull, fitted)));
    }
}
