//! Module tags as words: the few that tell most on a row, all by family on the kill page. Each is a link that narrows
//! the live list by the tag.

use crate::{components::filter_link::with_tag, routes};
use domain::{
    KillFilter,
    tags::{self, Family},
};
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
const FAMILIES: [Family; 6] =
    [Family::Tackle, Family::Weapon, Family::Support, Family::Pair, Family::Tech, Family::Slot];

/// Which family a tag belongs to; none for one of an earlier vocabulary.
fn family(tag: &str) -> Option<Family> {
    tags::find(tag).map(|info| info.family)
}

/// Whether a tag says what a ship was for, rather than how it was made.
pub fn is_about_use(tag: &str) -> bool {
    matches!(family(tag), Some(Family::Tackle | Family::Weapon | Family::Support))
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
        .filter_map(|wanted| {
            let links: Vec<AnyView> = tags
                .iter()
                .filter(|tag| family(tag) == Some(wanted))
                .map(|tag| {
                    let href = routes::live(&with_tag(&KillFilter::default(), tag));
                    view! { <li><a href=href data-tag=tag.clone()>{shown(tag)}</a></li> }.into_any()
                })
                .collect();
            (!links.is_empty()).then(|| {
                view! {
                    <div class="tag-family">
                        <dt>{wanted.label()}</dt>
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

    fn list(list: &[&str]) -> Vec<String> {
        list.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn a_row_says_the_few_most_telling_and_never_technology_or_slots() {
        let all = list(&[
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
        assert!(telling(&list(&["T1", "T2", "High Slot", "T2 Guns", "Hull:T2"])).is_empty());
        assert!(tag_line(&[], &KillFilter::default()).is_none());
    }

    #[test]
    fn a_word_narrows_the_list_it_stands_in_by_its_tag() {
        let base = KillFilter::from_query("band=lowsec&tags=Cloak", &[]).unwrap();
        let html = tag_line(&list(&["Stasis Webifier"]), &base).unwrap().to_html();
        assert!(html.contains("href=\"/?band=lowsec&amp;tags=Cloak%2CStasis+Webifier\""), "{html}");
        assert!(html.contains(">web<") && html.contains("title=\"Stasis Webifier\""), "{html}");
    }

    #[test]
    fn every_tag_stands_with_its_family() {
        let html = tag_families(&list(&["T2", "Hull:T2", "Cloak", "Warp Scrambler"])).unwrap().to_html();
        let at = |text: &str| html.find(text).unwrap_or_else(|| panic!("{text} is missing in {html}"));
        assert!(at(Family::Tackle.label()) < at(Family::Support.label()));
        assert!(at(Family::Support.label()) < at(Family::Tech.label()) && !html.contains(Family::Weapon.label()));
        assert!(html.contains("T2 hull") && html.contains("/?tags=Hull%3AT2"));
        assert!(is_about_use("Energy Neutralizer") && !is_about_use("T2") && !is_about_use("a tag of yesterday"));
    }

    #[test]
    fn words_on_rows_are_for_tags_that_exist() {
        for (tag, _) in TELLING {
            assert!(tags::find(tag).is_some(), "{tag} is not in the vocabulary");
        }
    }
}
