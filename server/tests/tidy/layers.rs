//! The order of rooms: a room uses those below it only.

use crate::{reader::Import, workspace};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// From the top; those of one line do not use each other.
type Order = &'static [&'static [&'static str]];

/// `server/src`.
const SERVER: Order = &[
    &["commands"],
    &["wiring", "tasks"],
    &["http"],
    &["backend"],
    &["ingest", "jobs"],
    &["backfill"],
    &["enrichment", "services"],
    &["books"],
    &["node"],
    &["live", "cluster", "static_import"],
    &["lifecycle", "postgres", "telemetry"],
    &["config", "meters"],
];

/// The folder or file below the source folder that a file belongs to.
pub fn room(file: &Path) -> String {
    let first = file.iter().next().unwrap_or_default().to_string_lossy();
    first.strip_suffix(".rs").unwrap_or(&first).to_owned()
}

/// What is wrong with the order itself.
fn unplaced(order: Order, rooms: &BTreeSet<String>) -> Vec<String> {
    let ordered: BTreeSet<String> = order.iter().flat_map(|line| line.iter()).map(|room| (*room).to_owned()).collect();
    let missing = rooms.difference(&ordered).map(|room| format!("{room} has no place in the order"));
    missing.chain(ordered.difference(rooms).map(|room| format!("there is no {room}"))).collect()
}

/// Pairs of rooms of which the first uses the second and is not above it, with what is used.
fn not_down(order: Order, imports: &BTreeSet<Import>) -> BTreeMap<(String, String), Vec<String>> {
    let floor = |room: &str| order.iter().position(|line| line.contains(&room));
    let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for import in imports {
        let (from, to) = (room(&import.from), room(&import.to));
        let (Some(above), Some(below)) = (floor(&from), floor(&to)) else { continue };
        if from != to && above >= below {
            let story = format!("\n  {} -> {}: {}", import.from.display(), import.to.display(), import.name);
            found.entry((from, to)).or_default().push(story);
        }
    }
    found
}

#[test]
fn rooms_of_the_server_use_those_below_only() {
    let uses = &workspace::package("server").uses;
    // The root declares rooms; it is none.
    let rooms = uses.files.iter().map(|file| room(file)).filter(|room| room != "lib").collect();
    let faults = unplaced(SERVER, &rooms);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let up = not_down(SERVER, &uses.imports);
    let stories =
        up.iter().map(|((from, to), stories)| format!("{from} uses {to}, which is not below it{}", stories.concat()));
    assert!(up.is_empty(), "{}", stories.collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_interface_is_known_to_http_only() {
    let outside = &workspace::package("server").uses.outside;
    let users: BTreeSet<String> =
        outside.iter().filter(|(_, word)| word == "app").map(|(file, _)| room(file)).collect();
    assert_eq!(users.iter().map(String::as_str).collect::<Vec<_>>(), ["http"]);
}

#[test]
fn an_arrow_up_one_aside_and_a_room_without_a_place_are_found() {
    const ORDER: Order = &[&["a"], &["b", "c"], &["d"]];
    let import = |(from, to): (&str, &str)| Import { from: from.into(), to: to.into(), name: "X".to_owned() };
    let of = |from, to| not_down(ORDER, &BTreeSet::from([import((from, to))])).len();
    assert_eq!(of("a/mod.rs", "b.rs") + of("b.rs", "d/x/y.rs") + of("a/x.rs", "a/y.rs") + of("d.rs", "lib.rs"), 0);
    assert_eq!((of("b.rs", "a/x.rs"), of("c/x.rs", "b.rs"), of("d/mod.rs", "a.rs")), (1, 1, 1));
    let rooms = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert!(unplaced(ORDER, &rooms(&["a", "b", "c", "d"])).is_empty());
    assert_eq!(unplaced(ORDER, &rooms(&["a", "b", "c", "e"])), ["e has no place in the order", "there is no d"]);
}
