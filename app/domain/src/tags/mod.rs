//! Tags of a killmail: stable words for what was fitted (domain.md 2.2; the list with meanings is docs/TAGS.md).
//!
//! One declared table (`table.rs`) gives each tag a meaning and a predicate over static data; nothing looks at names.
//! The browser gets the words and meanings, the server also the predicates (feature `snapshot`).

mod family;
mod table;

#[cfg(feature = "snapshot")]
mod index;
#[cfg(feature = "snapshot")]
mod predicate;

#[cfg(feature = "snapshot")]
pub use index::TypeTags;

pub use family::{Family, Subject};

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};
use table::{ROWS, TABLE};

/// A tag with its meaning.
#[derive(Clone, Debug)]
pub struct TagInfo {
    pub tag: Cow<'static, str>,
    pub family: Family,
    pub subject: Subject,
    pub meaning: Cow<'static, str>,
}

/// The technologies of the pairs.
const PAIR_TECHS: [&str; 8] = ["T1", "T2", "T3", "Storyline", "Faction", "Deadspace", "Officer", "Abyssal"];
/// The weapons and tank modules of the pairs.
const PAIR_CLASSES: [&str; 19] = [
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
    "Shield Extender",
    "Shield Booster",
    "Shield Hardener",
    "Armor Plate",
    "Armor Repairer",
    "Armor Hardener",
    "Hull Repairer",
    "Damage Control",
];

/// Number of tags.
const COUNT: usize = ROWS + PAIR_TECHS.len() * PAIR_CLASSES.len();

static VOCABULARY: LazyLock<Vec<TagInfo>> = LazyLock::new(|| {
    let rows = TABLE.iter().map(|row| TagInfo {
        tag: Cow::Borrowed(row.tag),
        family: row.family,
        subject: row.subject,
        meaning: Cow::Borrowed(row.meaning),
    });
    let pairs = PAIR_TECHS.iter().flat_map(|tech| {
        PAIR_CLASSES.iter().map(move |class| TagInfo {
            tag: Cow::Owned(format!("{tech} {class}")),
            family: Family::Pair,
            subject: Subject::Item,
            meaning: Cow::Owned(format!("One item that is both {tech} and {class}")),
        })
    });
    let mut tags = Vec::with_capacity(COUNT);
    tags.extend(rows.chain(pairs));
    tags
});

static PLACES: LazyLock<HashMap<&'static str, usize>> =
    LazyLock::new(|| VOCABULARY.iter().enumerate().map(|(place, info)| (info.tag.as_ref(), place)).collect());

/// Every tag, in the order in which a killmail lists its own.
pub fn vocabulary() -> &'static [TagInfo] {
    &VOCABULARY
}

/// The tag with this name, case counting.
pub fn find(tag: &str) -> Option<&'static TagInfo> {
    PLACES.get(tag).and_then(|place| VOCABULARY.get(*place))
}

/// The tag written the way the vocabulary writes it, whatever the case of `text`.
pub fn canonical(text: &str) -> Option<&'static TagInfo> {
    find(text).or_else(|| VOCABULARY.iter().find(|info| info.tag.eq_ignore_ascii_case(text)))
}

#[cfg(test)]
mod coverage_tests;
#[cfg(test)]
mod docs_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod types_tests;
