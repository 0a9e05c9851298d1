//! The numbers against the static data.

use super::*;
use crate::{
    SecurityBand, StaticData,
    static_data::{SNAPSHOT, read_table},
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Named {
    #[serde(alias = "effect_id", alias = "attribute_id", alias = "category_id", alias = "meta_group_id")]
    id: i64,
    name: String,
}

fn names_in(table: &'static str) -> BTreeMap<i64, String> {
    let rows: Vec<Named> = read_table(SNAPSHOT, table).expect(table);
    rows.into_iter().map(|row| (row.id, row.name)).collect()
}

#[test]
fn every_constant_is_what_it_says() {
    let sde = StaticData::bundled();
    let sample = |name: &str| sde.type_by_name(name).unwrap_or_else(|| panic!("no published type {name}"));
    let mut faults = Vec::new();
    let mut check = |is_true: bool, what: String| {
        if !is_true {
            faults.push(what);
        }
    };
    let (effects, attributes) = (names_in("dogma_effects.csv"), names_in("dogma_attributes.csv"));
    let (categories, meta_groups) = (names_in("categories.csv"), names_in("meta_groups.csv"));
    for (id, label, name) in group::LISTED {
        check(sde.group(*id).is_some_and(|group| group.name == *label), format!("group {id} is not {label}"));
        check(sample(name).group_id == *id, format!("{name} is not in group {id} {label}"));
    }
    for (id, label, name) in category::LISTED {
        check(categories.get(&id.0).is_some_and(|is| is == label), format!("category {id} is not {label}"));
        check(sample(name).category_id == *id, format!("{name} is not in category {id} {label}"));
    }
    for (id, label, name) in meta_group::LISTED {
        check(meta_groups.get(&id.0).is_some_and(|is| is == label), format!("meta group {id} is not {label}"));
        check(sample(name).meta_group_id == Some(*id), format!("{name} is not of meta group {id} {label}"));
    }
    for (id, label, name) in effect::LISTED {
        check(effects.get(&i64::from(*id)).is_some_and(|is| is == label), format!("effect {id} is not {label}"));
        check(sde.dogma().has_effect(sample(name).id, *id), format!("{name} lacks effect {id} {label}"));
    }
    for (id, label, name) in attribute::LISTED {
        check(attributes.get(&i64::from(*id)).is_some_and(|is| is == label), format!("attribute {id} is not {label}"));
        check(sde.dogma().value(sample(name).id, *id).is_some(), format!("{name} lacks attribute {id} {label}"));
    }
    for (id, label, name) in skill::LISTED {
        check(sde.type_name(*id) == Some(label), format!("skill {id} is not {label}"));
        let needs = [attribute::REQUIRED_SKILL_1, attribute::REQUIRED_SKILL_2]
            .into_iter()
            .any(|slot| sde.dogma().value(sample(name).id, slot).is_some_and(|skill| skill as i64 == id.0));
        check(needs, format!("{name} does not need {label}"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn regions_lie_where_their_ids_say() {
    let sde = StaticData::bundled();
    for system in sde.systems() {
        let region = system.region_id.0;
        let is_at_home = match system.band {
            SecurityBand::Wspace => region::WORMHOLE_SPACE.contains(&region),
            SecurityBand::Abyssal => region > *region::WORMHOLE_SPACE.end(),
            SecurityBand::Pochven => {
                region::KNOWN_SPACE.contains(&region) && system.wormhole_class == Some(POCHVEN_CLASS)
            }
            SecurityBand::Highsec | SecurityBand::Lowsec | SecurityBand::Nullsec => {
                region::KNOWN_SPACE.contains(&region) && system.wormhole_class != Some(POCHVEN_CLASS)
            }
        };
        assert!(is_at_home, "{} in region {region}", system.name);
    }
}
