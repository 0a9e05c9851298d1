//! Which published types get tags, and which groups get none that says what they do.

use super::*;
use crate::{StaticData, static_data::TypeInfo};
use std::collections::{BTreeMap, BTreeSet};

fn functional(tags: &[String]) -> bool {
    tags.iter().any(|tag| {
        find(tag).is_some_and(|info| matches!(info.family, Family::Weapon | Family::Support | Family::Tackle))
    })
}

fn published(categories: &[i64]) -> Vec<TypeInfo> {
    let sde = StaticData::bundled();
    let mut types: Vec<TypeInfo> =
        sde.types().filter(|info| info.published && categories.contains(&info.category_id.0)).cloned().collect();
    types.sort_by_key(|info| info.id);
    types
}

/// Technology: of every item that the static data give one, and one only.
#[test]
fn every_published_item_and_hull_has_its_technology() {
    let sde = StaticData::bundled();
    let mut without = BTreeSet::new();
    for (as_hull, categories) in [(false, &[7, 18, 32, 66, 87][..]), (true, &[6][..])] {
        for info in published(categories) {
            let tags = sde.tags_of_type(info.id, as_hull);
            let tech: Vec<&String> =
                tags.iter().filter(|tag| find(tag).is_some_and(|found| found.family == Family::Tech)).collect();
            assert!(tech.len() <= 1, "{}: {tech:?}", info.name);
            if tech.is_empty() {
                without.insert(info.name.clone());
            }
        }
    }
    // What the static data call neither: limited editions, and rarities without a meta group.
    let expected = [
        "'Habitat' Miner I",
        "'Subverted' JVN-UC49",
        "Apotheosis",
        "Frostline 'Clavicula' Integrated Analyzer",
        "Frostline 'Omnivore' Harvester Upgrade",
        "InterBus Shuttle",
        "Khanid Navy Torpedo Launcher",
        "Lux Ballistra",
        "Lux Kontos",
        "Lux Kopis",
        "Lux Xiphos",
        "ML-EKP 'Polybolos' Ballistic Control System",
        "Zephyr",
    ];
    let without: Vec<&str> = without.iter().map(String::as_str).filter(|name| !name.contains("Outpost Rig")).collect();
    assert_eq!(without, expected);
}

#[test]
fn every_published_module_has_its_slot() {
    let sde = StaticData::bundled();
    let mut without = Vec::new();
    for info in published(&[7, 32, 66]) {
        let tags = sde.tags_of_type(info.id, false);
        let slots = tags.iter().filter(|tag| find(tag).is_some_and(|found| found.family == Family::Slot)).count();
        assert_eq!(slots, usize::from(info.slot.is_some()), "{}: {tags:?}", info.name);
        if slots == 0 {
            without.push(info.name);
        }
    }
    // Quantum cores, the turrets of nothing, and a plant that is no module any more.
    assert!(without.len() <= 14, "{without:?}");
}

/// All types of a group do the same, so they get the same tags but for technology and size. The exceptions are groups
/// that the game fills with several kinds.
#[test]
fn groups_are_tagged_whole() {
    let sde = StaticData::bundled();
    let mut kinds: BTreeMap<i64, BTreeSet<bool>> = BTreeMap::new();
    for info in published(&[7, 18, 32, 66, 87]) {
        kinds.entry(info.group_id.0).or_default().insert(functional(&sde.tags_of_type(info.id, false)));
    }
    let mixed: Vec<&str> = kinds
        .iter()
        .filter(|(_, kinds)| kinds.len() > 1)
        .filter_map(|(id, _)| sde.group(crate::GroupId(*id)).map(|group| group.name.as_str()))
        .collect();
    // Energy weapons: four without a turret; siege: industrial cores; drones: hull maintenance bots.
    assert_eq!(mixed, ["Energy Weapon", "Siege Module", "Logistic Drone"]);
}

/// Groups of which published types get no functional tag, with how many, for the report in docs/TAGS.md, which a test
/// holds against this. Passive and fitting modules have none by design.
pub fn groups_without_function() -> BTreeMap<String, usize> {
    let sde = StaticData::bundled();
    let mut untagged: BTreeMap<String, usize> = BTreeMap::new();
    for info in published(&[7, 18, 66, 87]) {
        if !functional(&sde.tags_of_type(info.id, false)) {
            let group = sde.group(info.group_id).map_or_else(String::new, |group| group.name.clone());
            *untagged.entry(group).or_default() += 1;
        }
    }
    untagged
}
