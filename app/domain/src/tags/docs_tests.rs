//! docs/TAGS.md is written from the table; this writes it, or fails when it is out of date.

use super::{predicate::Predicate, *};
use crate::{
    StaticData,
    static_data::{SNAPSHOT, read_table},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

#[derive(Deserialize)]
struct Named {
    #[serde(alias = "effect_id", alias = "attribute_id", alias = "category_id", alias = "meta_group_id")]
    id: i64,
    name: String,
}

/// Names for the numbers in predicates.
struct Names {
    sde: std::sync::Arc<StaticData>,
    effects: BTreeMap<i64, String>,
    attributes: BTreeMap<i64, String>,
    categories: BTreeMap<i64, String>,
    meta_groups: BTreeMap<i64, String>,
}

impl Names {
    fn new() -> Self {
        let table = |table| {
            let rows: Vec<Named> = read_table(SNAPSHOT, table).expect(table);
            rows.into_iter().map(|row| (row.id, row.name)).collect()
        };
        Self {
            sde: StaticData::bundled(),
            effects: table("dogma_effects.csv"),
            attributes: table("dogma_attributes.csv"),
            categories: table("categories.csv"),
            meta_groups: table("meta_groups.csv"),
        }
    }

    fn words(&self, predicate: &Predicate) -> String {
        let list = |kind: &str, ids: Vec<i64>, name: &dyn Fn(i64) -> String| {
            let names: Vec<String> = ids.iter().map(|id| format!("{} ({id})", name(*id))).collect();
            format!("{kind} {}", names.join(" or "))
        };
        let named = |table: &BTreeMap<i64, String>, id: i64| table.get(&id).cloned().unwrap_or_default();
        match *predicate {
            Predicate::Category(ids) => {
                list("category", ids.iter().map(|id| id.0).collect(), &|id| named(&self.categories, id))
            }
            Predicate::Group(ids) => list("group", ids.iter().map(|id| id.0).collect(), &|id| {
                self.sde.group(crate::GroupId(id)).map(|group| group.name.clone()).unwrap_or_default()
            }),
            Predicate::MetaGroup(ids) => {
                list("meta group", ids.iter().map(|id| id.0).collect(), &|id| named(&self.meta_groups, id))
            }
            Predicate::NoMetaGroup => "no meta group".to_owned(),
            Predicate::TechLevel(level) => format!("tech level {level}"),
            Predicate::MetaLevelBelow(level) => format!("meta level below {level} or none"),
            Predicate::Slot(slot) => format!("fits the rack \"{}\"", slot.label()),
            Predicate::Hardpoint(hardpoint) => format!("takes a {hardpoint:?} hardpoint").to_lowercase(),
            Predicate::Effect(ids) => {
                list("effect", ids.iter().map(|id| i64::from(*id)).collect(), &|id| named(&self.effects, id))
            }
            Predicate::Attribute(id, value) => {
                format!("attribute {} ({id}) = {value}", named(&self.attributes, i64::from(id)))
            }
            Predicate::Skill(id) => format!("needs skill {} ({id})", self.sde.type_name(id).unwrap_or_default()),
            Predicate::All(parts) => self.joined(parts, " and "),
            Predicate::Any(parts) => self.joined(parts, " or "),
            Predicate::Not(part) => format!("not {}", self.words(part)),
        }
    }

    fn joined(&self, parts: &[Predicate], word: &str) -> String {
        let parts: Vec<String> = parts
            .iter()
            .map(|part| match part {
                Predicate::All(_) | Predicate::Any(_) => format!("({})", self.words(part)),
                _ => self.words(part),
            })
            .collect();
        parts.join(word)
    }
}

fn document() -> String {
    let names = Names::new();
    let sde = &names.sde;
    let mut worn: BTreeMap<String, usize> = BTreeMap::new();
    for info in sde.types().filter(|info| info.published) {
        let tags: BTreeSet<String> =
            [sde.tags_of_type(info.id, false), sde.tags_of_type(info.id, true)].concat().into_iter().collect();
        for tag in tags {
            *worn.entry(tag).or_default() += 1;
        }
    }
    let mut text = String::from(HEAD);
    for family in Family::ALL.into_iter().filter(|family| *family != Family::Pair) {
        let _ = write!(
            text,
            "\n## {}\n\n| Tag | Meaning | Holds for | Published types | For example |\n|---|---|---|--:|---|\n",
            family.label()
        );
        for row in TABLE.iter().filter(|row| row.family == family) {
            let subject = match row.subject {
                Subject::Item => "",
                Subject::Hull => "hull: ",
            };
            let _ = writeln!(
                text,
                "| `{}` | {} | {subject}{} | {} | {} |",
                row.tag,
                row.meaning,
                names.words(&row.predicate),
                worn.get(row.tag).copied().unwrap_or_default(),
                row.has.iter().take(3).copied().collect::<Vec<_>>().join(", ")
            );
        }
    }
    let _ = write!(
        text,
        "\n## {}\n\n{PAIRS}\n| Class | {} |\n|---|{}\n",
        Family::Pair.label(),
        PAIR_TECHS.join(" | "),
        "--:|".repeat(PAIR_TECHS.len())
    );
    for class in PAIR_CLASSES {
        let counts: Vec<String> = PAIR_TECHS
            .iter()
            .map(|tech| worn.get(&format!("{tech} {class}")).map_or_else(|| "-".to_owned(), usize::to_string))
            .collect();
        let _ = writeln!(text, "| `{class}` | {} |", counts.join(" | "));
    }
    text.push_str(WITHOUT);
    let groups = super::coverage_tests::groups_without_function();
    let (rigs, others): (Vec<_>, Vec<_>) = groups.iter().partition(|(group, _)| group.contains("Rig"));
    for (what, groups) in [("Rigs", rigs), ("Others", others)] {
        let words: Vec<String> = groups.iter().map(|(group, types)| format!("{group} ({types})")).collect();
        let _ = writeln!(text, "\n{what}, {} groups: {}.", words.len(), words.join(", "));
    }
    text.push_str(CHECKED);
    text
}

const WITHOUT: &str = "
## What gets no word for its function

Groups of published modules, drones and structure modules with types that have no weapon, support or tackle tag, and how
many such types. They have their slot and technology; what they do for a fit shows in its statistics.
";

const HEAD: &str = "# Tags

<!-- Written from app/domain/src/tags/table.rs; do not edit. After a change of the table:
     UPDATE_DOCS=1 cargo test -p domain --lib tags::docs_tests -->

Every kill carries tags: words for what was fitted, worked out from the static data alone. They filter kill lists
(`?tags=T2 Guns,Warp Scrambler`; all must be present, case does not matter) and stand in `module_tags` of the API.

What counts: modules, subsystems and structure modules in slots, drones in the drone bay, fighters in the fighter bay
and in tubes, and, for tags that begin with `Hull:`, what was lost. What does not: loaded charges, cargo and other
holds, contents of containers, implants. A kill lists its tags in the order of this page.
";

const PAIRS: &str = "`T2 Guns` means that one and the same item is `T2` and one of the `Guns`. Every technology of items is paired with every
class below; the numbers are published types, and a pair without any (`-`) is a valid filter that finds nothing.
";

const CHECKED: &str = "
## How the tags are checked

- Every number in a predicate stands beside its name in the static data and a sample type, and a test compares the three.
- Every tag has types that must have it and look-alikes that must not; more than 250 named types are held against their
  exact slot and tags, written down by hand from the game; the numbers that two well-known tools got wrong are there
  by right and wrong name.
- Every published item and hull has one technology but for 13 limited editions and oddities that the static data give
  none; the list above is written by a test from the table and the static data, so that a change of either shows in it.
- 60 real killmails, chosen for variety, have their tags, masses and totals committed
  (`app/domain/tests/it/expected_mails.tsv`). A second, independent reckoning in Python
  (`app/domain/tests/check_mails.py`) reads the static data tables directly, shares neither code nor predicates with
  the first (it goes by names of groups and effects), and must give the same. Over all 2,280 mails of the curated file
  three kinds of difference came up, each was looked up in the mails and the tables, and none is left: civilian guns
  (the crate was wrong), anticapital launchers and structures' support fighters (the script was wrong).
";

#[test]
fn the_page_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/TAGS.md");
    let document = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &document).expect("docs/TAGS.md can be written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == document,
        "docs/TAGS.md is out of date: UPDATE_DOCS=1 cargo test -p domain --lib tags::docs_tests"
    );
}
