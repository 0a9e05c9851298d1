//! Module tags as words: the few that tell most on a row, all by family on the kill page. Each is a link that narrows
//! the live list by the tag.

use crate::{components::filter_link::with_tag, routes};
use domain::KillFilter;
use leptos::prelude::*;

/// Words on one row.
const ON_A_ROW: usize = 4;

/// Tags worth a word on a row, the most telling first, with the word pilots use. What is not here (technology, slots,
/// sizes, pairs) says too little on a row.
const TELLING: &[(&str, &str)] = &[
    ("Covert Cynosural Field", "covert cyno"),
    ("Cynosural Field", "cyno"),
    ("Interdiction Sphere", "bubble"),
    ("Warp Disruption Field", "bubble"),
    ("Warp Scrambler", "scram"),
    ("Warp Disruptor", "point"),
    ("Stasis Grappler", "grappler"),
    ("Stasis Webifier", "web"),
    ("Bastion/Siege/Triage", "siege"),
    ("Command Burst", "links"),
    ("Remote Shield", "remote shield"),
    ("Remote Armor", "remote armor"),
    ("Remote Capacitor", "remote cap"),
    ("Officer", "officer"),
    ("Smartbomb", "smartbomb"),
    ("Bomb", "bombs"),
    ("Energy Neutralizer", "neut"),
    ("ECM", "ecm"),
    ("Shield Booster", "shield active"),
    ("Shield Extender", "shield buffer"),
    ("Armor Repairer", "armor active"),
    ("Armor Plate", "armor buffer"),
    ("Hull Repairer", "hull rep"),
    ("Fighter", "fighters"),
    ("Precursor", "disintegrator"),
    ("Vorton", "vorton"),
    ("Missile", "missiles"),
    ("Hybrid", "hybrid"),
    ("Projectile", "projectile"),
    ("Energy", "lasers"),
    ("Sensor Dampener", "damp"),
    ("Tracking Disruptor", "track disruptor"),
    ("Guidance Disruptor", "guidance disruptor"),
    ("Target Painter", "painter"),
    ("Nosferatu", "nos"),
    ("Entosis", "entosis"),
    ("Cloak", "cloak"),
    ("Mining", "mining"),
    ("Probe Launcher", "probes"),
    ("Salvager", "salvager"),
    ("Warp Core Stabilizer", "stabs"),
    ("Nullifier", "nullified"),
    ("Micro Jump Drive", "mjd"),
    ("Drone", "drones"),
    ("Microwarpdrive", "mwd"),
    ("Afterburner", "ab"),
];

/// Families of tags in the order of the kill page.
const FAMILIES: [&str; 6] = [TACKLE, WEAPONS, SUPPORT, PAIRS, TECH, SLOTS];
const TACKLE: &str = "Propulsion and tackle";
const WEAPONS: &str = "Weapons";
const SUPPORT: &str = "Defence and support";
const PAIRS: &str = "Technology of weapons and tank";
const TECH: &str = "Technology";
const SLOTS: &str = "Slots";

/// The tags a reader can choose from: those seen in the page's data, in the order of the alphabet.
pub fn vocabulary<'a>(seen: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut tags: Vec<String> = seen.into_iter().map(str::to_owned).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// Which family a tag belongs to.
fn family(tag: &str) -> &'static str {
    const TECHS: [&str; 8] = ["T1", "T2", "T3", "Storyline", "Faction", "Deadspace", "Officer", "Abyssal"];
    const WEAPON_CLASSES: [&str; 11] = [
        "Guns",
        "Hybrid",
        "Projectile",
        "Energy",
        "Precursor",
        "Vorton",
        "Missile",
        "Drone",
        "Fighter",
        "Smartbomb",
        "Bomb",
    ];
    const MOVING: [&str; 11] = [
        "Afterburner",
        "Microwarpdrive",
        "Micro Jump Drive",
        "Warp Disruptor",
        "Warp Scrambler",
        "Stasis Webifier",
        "Stasis Grappler",
        "Interdiction Sphere",
        "Warp Disruption Field",
        "Warp Core Stabilizer",
        "Nullifier",
    ];
    let last = tag.rsplit(' ').next().unwrap_or(tag);
    if tag.starts_with("Hull:") || TECHS.contains(&tag) {
        TECH
    } else if tag.split_once(' ').is_some_and(|(first, _)| TECHS.contains(&first)) {
        PAIRS
    } else if last == "Slot" || ["Rig", "Subsystem"].contains(&tag) {
        SLOTS
    } else if MOVING.contains(&tag) {
        TACKLE
    } else if WEAPON_CLASSES.contains(&last) {
        WEAPONS
    } else {
        SUPPORT
    }
}

/// Whether a tag says what a ship was for, rather than how it was made.
pub fn is_about_use(tag: &str) -> bool {
    [TACKLE, WEAPONS, SUPPORT].contains(&family(tag))
}

/// A tag as it stands in lists: with the word pilots use, where that is another one.
pub fn shown(tag: &str) -> String {
    tag.strip_prefix("Hull:").map_or_else(|| tag.to_owned(), |tech| format!("{tech} hull"))
}

/// The most telling tags of a kill with their words; of two tags with one word the first.
fn telling(tags: &[String]) -> Vec<(&'static str, &'static str)> {
    let mut words: Vec<(&str, &str)> = Vec::new();
    for (tag, word) in TELLING {
        if words.len() < ON_A_ROW
            && tags.iter().any(|other| other == tag)
            && words.iter().all(|(_, other)| other != word)
        {
            words.push((tag, word));
        }
    }
    words
}

/// The words of a row; nothing without a telling tag. `base` is the filter the links narrow.
pub fn tag_line(tags: &[String], base: &KillFilter) -> Option<AnyView> {
    let words = telling(tags);
    if words.is_empty() {
        return None;
    }
    let links = words
        .into_iter()
        .map(|(tag, word)| {
            view! {
                <a class="name-link tag-word" href=routes::live(&with_tag(base, tag)) title=tag data-tag=tag>{word}</a>
            }
        })
        .collect_view();
    Some(view! { <span class="tag-line">{links}</span> }.into_any())
}

/// All tags by family; nothing without a tag.
pub fn tag_families(tags: &[String]) -> Option<AnyView> {
    if tags.is_empty() {
        return None;
    }
    let families = FAMILIES
        .into_iter()
        .filter_map(|name| {
            let links: Vec<AnyView> = tags
                .iter()
                .filter(|tag| family(tag) == name)
                .map(|tag| {
                    let href = routes::live(&with_tag(&KillFilter::default(), tag));
                    view! { <li><a href=href data-tag=tag.clone()>{shown(tag)}</a></li> }.into_any()
                })
                .collect();
            (!links.is_empty()).then(|| {
                view! {
                    <div class="tag-family">
                        <dt>{name}</dt>
                        <dd><ul class="tag-words">{links}</ul></dd>
                    </div>
                }
            })
        })
        .collect_view();
    Some(view! { <dl class="tag-families">{families}</dl> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(list: &[&str]) -> Vec<String> {
        list.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn a_row_says_the_few_most_telling_and_never_technology_or_slots() {
        let all = tags(&[
            "T1",
            "T2",
            "High Slot",
            "Rig",
            "Microwarpdrive",
            "Missile",
            "T2 Missile",
            "Shield Extender",
            "Warp Disruption Field",
            "Interdiction Sphere",
            "Stasis Webifier",
            "Cynosural Field",
        ]);
        let words: Vec<&str> = telling(&all).into_iter().map(|(_, word)| word).collect();
        assert_eq!(words, ["cyno", "bubble", "web", "shield buffer"]);
        assert!(telling(&tags(&["T1", "T2", "High Slot", "T2 Guns", "Hull:T2"])).is_empty());
        assert!(tag_line(&[], &KillFilter::default()).is_none());
    }

    #[test]
    fn a_word_narrows_the_list_it_stands_in_by_its_tag() {
        let base = KillFilter::from_query("band=lowsec&tags=Cloak", &[]).unwrap();
        let html = tag_line(&tags(&["Stasis Webifier"]), &base).unwrap().to_html();
        assert!(html.contains("href=\"/?band=lowsec&amp;tags=Cloak%2CStasis+Webifier\""), "{html}");
        assert!(html.contains(">web<") && html.contains("title=\"Stasis Webifier\""), "{html}");
    }

    #[test]
    fn every_tag_is_in_one_family() {
        for (tag, wanted) in [
            ("T2", TECH),
            ("Hull:T3", TECH),
            ("High Slot", SLOTS),
            ("Subsystem", SLOTS),
            ("T2 Armor Repairer", PAIRS),
            ("Medium Hybrid", WEAPONS),
            ("Energy", WEAPONS),
            ("Energy Neutralizer", SUPPORT),
            ("Bastion/Siege/Triage", SUPPORT),
            ("Warp Scrambler", TACKLE),
            ("a tag of tomorrow", SUPPORT),
        ] {
            assert_eq!(family(tag), wanted, "{tag}");
            assert_eq!(is_about_use(tag), ![TECH, SLOTS, PAIRS].contains(&wanted), "{tag}");
        }
        let html = tag_families(&tags(&["T2", "Hull:T2", "Cloak", "Warp Scrambler"])).unwrap().to_html();
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text} is missing in {html}"));
        assert!(at(TACKLE) < at(SUPPORT) && at(SUPPORT) < at(TECH) && !html.contains(WEAPONS));
        assert!(html.contains("T2 hull") && html.contains("/?tags=Hull%3AT2"));
    }

    #[test]
    fn the_vocabulary_has_each_tag_once() {
        assert_eq!(vocabulary(["Cloak", "ECM", "Cloak"]), ["Cloak", "ECM"]);
    }
}
