//! The table against the static data: constants, samples, traps, coverage.

use super::*;
use crate::{
    StaticData,
    ids::{GroupId, TypeId},
};
use std::collections::BTreeSet;

fn tags_as(subject: Subject, name: &str) -> Vec<String> {
    let sde = StaticData::bundled();
    let info = sde.type_by_name(name).unwrap_or_else(|| panic!("no published type {name}"));
    sde.tags_of_type(info.id, subject == Subject::Hull)
}

#[test]
fn every_predicate_holds_for_its_samples_and_for_nothing_that_looks_alike() {
    let mut faults = Vec::new();
    for row in TABLE {
        // Two hull technologies exist in the vocabulary for the sake of one rule and on no type.
        if row.has.is_empty() && !row.meaning.contains("no type is today") {
            faults.push(format!("{} has no sample", row.tag));
        }
        if row.lacks.is_empty() {
            faults.push(format!("{} has no counter-sample", row.tag));
        }
        for name in row.has {
            let tags = tags_as(row.subject, name);
            if !tags.iter().any(|tag| tag == row.tag) {
                faults.push(format!("{name} lacks {}: {tags:?}", row.tag));
            }
        }
        for name in row.lacks {
            if tags_as(row.subject, name).iter().any(|tag| tag == row.tag) {
                faults.push(format!("{name} has {}", row.tag));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn rows_said_to_be_empty_are_empty() {
    let sde = StaticData::bundled();
    let worn: BTreeSet<String> = sde
        .types()
        .flat_map(|info| [sde.tags_of_type(info.id, false), sde.tags_of_type(info.id, true)].concat())
        .collect();
    for row in TABLE {
        assert_eq!(worn.contains(row.tag), !row.has.is_empty(), "{}", row.tag);
    }
}

#[test]
fn vocabulary_is_a_set_of_plain_words() {
    let mut seen = BTreeSet::new();
    assert_eq!(vocabulary().len(), COUNT);
    for info in vocabulary() {
        assert!(seen.insert(info.tag.to_lowercase()), "{} twice", info.tag);
        // Filters join tags by commas and bound their length.
        assert!(!info.tag.contains(',') && info.tag.trim() == info.tag && info.tag.len() <= 64, "{}", info.tag);
        assert!(!info.meaning.is_empty(), "{}", info.tag);
        assert_eq!(find(&info.tag).map(|found| &found.tag), Some(&info.tag));
    }
    assert!(find("t2 guns").is_none());
    assert_eq!(canonical("t2 guns").map(|info| info.tag.as_ref()), Some("T2 Guns"));
    assert!(canonical("no such tag").is_none());
    for part in PAIR_TECHS.iter().chain(&PAIR_CLASSES) {
        assert!(find(part).is_some(), "{part} of the pairs is no tag");
    }
}

/// Type ids and groups that well-known tools typed by hand and got wrong (the two lists of peers.md): each against
/// its right name and against the name it was given.
#[test]
fn numbers_others_got_wrong() {
    let sde = StaticData::bundled();
    for (id, right, wrong) in [
        (11985, "Basilisk", "Guardian"),
        (11987, "Guardian", "Basilisk"),
        (11993, "Cerberus", "Scimitar"),
        (11978, "Scimitar", "Cerberus"),
        (12003, "Zealot", "Cerberus"),
        (12005, "Ishtar", "Zealot"),
        (12011, "Eagle", "Ishtar"),
        (12015, "Muninn", "Eagle"),
        (22442, "Eos", "Damnation"),
        (22474, "Damnation", "Eos"),
        (11176, "Crow", "Stiletto"),
    ] {
        assert_eq!(sde.type_name(TypeId(id)), Some(right));
        assert_ne!(sde.type_by_name(wrong).map(|info| info.id), Some(TypeId(id)), "{wrong}");
    }
    // Group, what it is, a member, what it was taken for, a member of that.
    for (id, right, member, wrong, other) in [
        (295, "Shield Resistance Amplifier", "EM Shield Amplifier II", "Shield Extender", "Large Shield Extender II"),
        (
            510,
            "Missile Launcher Heavy",
            "Heavy Missile Launcher II",
            "Missile Launcher Heavy Assault",
            "Heavy Assault Missile Launcher II",
        ),
        (
            506,
            "Missile Launcher Cruise",
            "Cruise Missile Launcher II",
            "Missile Launcher Heavy",
            "Heavy Missile Launcher II",
        ),
        (
            511,
            "Missile Launcher Rapid Light",
            "Rapid Light Missile Launcher II",
            "Missile Launcher Torpedo",
            "Torpedo Launcher II",
        ),
        (
            508,
            "Missile Launcher Torpedo",
            "Torpedo Launcher II",
            "Missile Launcher Cruise",
            "Cruise Missile Launcher II",
        ),
        (
            771,
            "Missile Launcher Heavy Assault",
            "Heavy Assault Missile Launcher II",
            "Missile Launcher Rapid Light",
            "Rapid Light Missile Launcher II",
        ),
        (209, "Remote Tracking Computer", "Remote Tracking Computer II", "Target Painter", "Target Painter II"),
        (1404, "Engineering Complex", "Raitaru", "Micro Jump Drive", "Large Micro Jump Drive"),
    ] {
        assert_eq!(sde.group(GroupId(id)).map(|group| group.name.as_str()), Some(right));
        assert_eq!(sde.type_by_name(member).map(|info| info.group_id), Some(GroupId(id)), "{member}");
        let other = sde.type_by_name(other).expect(other);
        assert_ne!(other.group_id, GroupId(id), "{}", other.name);
        assert_eq!(sde.group(other.group_id).map(|group| group.name.as_str()), Some(wrong));
    }
    // Group 70, taken for nosferatus, does not even exist.
    assert!(sde.group(GroupId(70)).is_none());
    assert!(sde.types().all(|info| info.group_id != GroupId(70)));
    // The groups of the roles table, as it names them.
    for (group, member) in [
        (325, "Large Remote Armor Repairer II"),
        (1698, "Large Ancillary Remote Armor Repairer"),
        (41, "Large Remote Shield Booster II"),
        (1697, "Large Ancillary Remote Shield Booster"),
        (67, "Large Remote Capacitor Transmitter II"),
        (832, "Guardian"),
        (1527, "Deacon"),
        (1538, "Apostle"),
        (52, "Warp Disruptor II"),
        (52, "Warp Scrambler II"),
        (65, "Stasis Webifier II"),
        (1672, "Heavy Stasis Grappler II"),
        (589, "Interdiction Sphere Launcher I"),
        (899, "Warp Disruption Field Generator II"),
        (1770, "Shield Command Burst II"),
        (201, "Multispectral ECM II"),
        (208, "Remote Sensor Dampener II"),
        (291, "Tracking Disruptor II"),
        (291, "Guidance Disruptor II"),
        (379, "Target Painter II"),
        (71, "Heavy Energy Neutralizer II"),
        (68, "Heavy Energy Nosferatu II"),
        (290, "Remote Sensor Booster II"),
        (209, "Remote Tracking Computer II"),
        (658, "Cynosural Field Generator I"),
        (658, "Covert Cynosural Field Generator I"),
        (515, "Siege Module II"),
        (515, "Bastion Module I"),
        (515, "Triage Module II"),
        (53, "Heavy Pulse Laser II"),
        (55, "425mm AutoCannon II"),
        (74, "Neutron Blaster Cannon II"),
        (1986, "Heavy Entropic Disintegrator II"),
        (507, "Rocket Launcher II"),
        (509, "Light Missile Launcher II"),
        (1245, "Rapid Heavy Missile Launcher II"),
        (524, "XL Torpedo Launcher II"),
        (329, "1600mm Steel Plates II"),
        (38, "Large Shield Extender II"),
        (62, "Large Armor Repairer II"),
        (1199, "Large Ancillary Armor Repairer"),
        (40, "Large Shield Booster II"),
        (1156, "X-Large Ancillary Shield Booster"),
        (60, "Damage Control II"),
        (46, "10MN Afterburner II"),
        (46, "50MN Microwarpdrive II"),
        (1189, "Large Micro Jump Drive"),
        (1533, "Micro Jump Field Generator"),
        (481, "Expanded Probe Launcher II"),
        (330, "Covert Ops Cloaking Device II"),
        (72, "Large EMP Smartbomb II"),
    ] {
        assert_eq!(sde.type_by_name(member).map(|info| info.group_id), Some(GroupId(group)), "{member}");
    }
    // A regular expression took any capital "I" for Tech I.
    for name in
        ["Damage Control II", "Tengu", "Republic Fleet Gyrostabilizer", "Ishtar", "Gist X-Type Large Shield Booster"]
    {
        for subject in [Subject::Item, Subject::Hull] {
            let tags = tags_as(subject, name);
            assert!(!tags.iter().any(|tag| tag == "T1" || tag == "Hull:T1"), "{name}: {tags:?}");
        }
    }
}

/// The missile launchers have no charge size; their groups stand in for it. The charges say the same.
#[test]
fn missile_sizes_agree_with_the_charges() {
    let sde = StaticData::bundled();
    let charge_groups = [604, 605, 606, 609, 610];
    let mut checked = 0;
    for info in sde.types().filter(|info| info.published) {
        let tags = sde.tags_of_type(info.id, false);
        let Some(size) = tags.iter().find_map(|tag| tag.strip_suffix(" Missile").filter(|word| word.len() > 4)) else {
            continue;
        };
        let Some(words): Option<&[&str]> = (match size {
            "Small" => Some(&["Rocket", "Light"]),
            "Medium" => Some(&["Heavy"]),
            "Large" => Some(&["Cruise", "Torpedo"]),
            "Capital" => Some(&["XL", "Anti"]),
            _ => None,
        }) else {
            continue;
        };
        for attribute in charge_groups {
            let Some(group) = sde.dogma().value(info.id, attribute).and_then(|id| sde.group(GroupId(id as i64))) else {
                continue;
            };
            checked += 1;
            assert!(
                words.iter().any(|word| group.name.contains(word)) && (size == "Capital" || !group.name.contains("XL")),
                "{} is {size} and takes {}",
                info.name,
                group.name
            );
        }
    }
    assert!(checked > 100, "{checked}");
}
