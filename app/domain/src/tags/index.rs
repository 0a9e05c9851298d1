//! From types to tags: each type's tags as a bit set, worked out once per import, and a killmail's as their union.

use super::{COUNT, PAIR_CLASSES, PAIR_TECHS, PLACES, ROWS, Subject, TABLE, VOCABULARY};
use crate::{
    ids::{CategoryId, TypeId},
    killmail::Killmail,
    location::{Hold, Location},
    sde::category,
    static_data::{Dogma, TypeInfo},
};
use std::collections::HashMap;

/// A set of tags, by place in the vocabulary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct TagSet([u64; COUNT.div_ceil(64)]);

impl TagSet {
    fn insert(&mut self, place: usize) {
        if let Some(word) = self.0.get_mut(place / 64) {
            *word |= 1 << (place % 64);
        }
    }

    fn contains(&self, place: usize) -> bool {
        self.0.get(place / 64).is_some_and(|word| word >> (place % 64) & 1 == 1)
    }

    fn unite(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(other.0) {
            *word |= more;
        }
    }

    fn names(&self) -> Vec<String> {
        VOCABULARY
            .iter()
            .enumerate()
            .filter(|(place, _)| self.contains(*place))
            .map(|(_, info)| info.tag.clone().into_owned())
            .collect()
    }
}

/// Where a type has to be to count as fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mount {
    Slot,
    Bay,
    /// Can be lost but not fitted.
    Nowhere,
}

#[derive(Clone, Copy, Debug)]
struct TagsOfType {
    place: Mount,
    as_item: TagSet,
    as_hull: TagSet,
}

/// The tags of every type that can be fitted, carried or lost.
#[derive(Debug, Default)]
pub struct TypeTags {
    types: HashMap<TypeId, TagsOfType>,
}

impl TypeTags {
    pub fn new(types: &[TypeInfo], dogma: &Dogma) -> Self {
        let place_of = |id: CategoryId| {
            if category::FITTED.contains(&id) {
                Some(Mount::Slot)
            } else if category::CARRIED.contains(&id) {
                Some(Mount::Bay)
            } else {
                category::LOST.contains(&id).then_some(Mount::Nowhere)
            }
        };
        let types = types
            .iter()
            .filter_map(|info| place_of(info.category_id).map(|place| (info.id, tags_of(info, place, dogma))))
            .collect();
        Self { types }
    }

    /// The tags of a killmail: of what sat in slots, of drones and fighters in their bays and tubes, of the hull; in the
    /// order of the vocabulary. Charges, cargo and implants do not count.
    pub fn of_killmail(&self, killmail: &Killmail) -> Vec<String> {
        let types = &self.types;
        let mut tags = types.get(&killmail.victim.ship_type_id).map_or_else(TagSet::default, |hull| hull.as_hull);
        for item in &killmail.victim.items {
            let place = match item.location() {
                Location::Fitted(..) => Mount::Slot,
                Location::Held(Hold::DroneBay | Hold::FighterBay | Hold::FighterTube) => Mount::Bay,
                Location::Held(_) | Location::Other(_) => continue,
            };
            if let Some(item) = types.get(&item.item_type_id)
                && item.place == place
            {
                tags.unite(&item.as_item);
            }
        }
        tags.names()
    }

    /// The tags that one type gives a killmail, as an item or, with `as_hull`, as what was lost.
    pub fn of_type(&self, type_id: TypeId, as_hull: bool) -> Vec<String> {
        self.types
            .get(&type_id)
            .map_or_else(Vec::new, |tags| if as_hull { tags.as_hull.names() } else { tags.as_item.names() })
    }
}

fn tags_of(info: &TypeInfo, place: Mount, dogma: &Dogma) -> TagsOfType {
    let mut tags = TagsOfType { place, as_item: TagSet::default(), as_hull: TagSet::default() };
    for (index, row) in TABLE.iter().enumerate() {
        let (set, applies) = match row.subject {
            Subject::Item => (&mut tags.as_item, place != Mount::Nowhere),
            Subject::Hull => (&mut tags.as_hull, place != Mount::Slot),
        };
        if applies && row.predicate.holds(info, dogma) {
            set.insert(index);
        }
    }
    let item = tags.as_item;
    let has = |tag: &str| PLACES.get(tag).is_some_and(|place| item.contains(*place));
    for (nth_tech, tech) in PAIR_TECHS.iter().enumerate() {
        for (nth_class, class) in PAIR_CLASSES.iter().enumerate() {
            if has(tech) && has(class) {
                tags.as_item.insert(ROWS + nth_tech * PAIR_CLASSES.len() + nth_class);
            }
        }
    }
    tags
}
