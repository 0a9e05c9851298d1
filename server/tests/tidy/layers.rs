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
    &["tasks"],
    &["wiring"],
    &["http"],
    &["ingest", "backfill", "jobs"],
    &["enrichment"],
    &["services"],
    &["node"],
    &["live", "bus", "static_import"],
    &["config", "telemetry", "lifecycle", "postgres"],
];

/// `app/domain/src`.
const DOMAIN: Order = &[];

/// The folder or file below the source folder that a file belongs to.
fn room(file: &Path) -> String {
    let first = file.iter().next().unwrap_or_default().to_string_lossy();
    first.strip_suffix(".rs").unwrap_or(&first).to_owned()
}

/// What breaks the order, one line a pair of rooms.
fn faults(order: Order, files: &BTreeSet<std::path::PathBuf>, imports: &BTreeSet<Import>) -> Vec<String> {
    let floor = |room: &str| order.iter().position(|line| line.contains(&room));
    // The root declares and passes on; what it defines itself is for all.
    let rooms: BTreeSet<String> = files.iter().map(|file| room(file)).filter(|room| room != "lib").collect();
    let mut faults: Vec<String> =
        rooms.iter().filter(|room| floor(room).is_none()).map(|room| format!("{room} has no place in the order")).collect();
    let ordered = order.iter().flat_map(|line| line.iter());
    faults.extend(ordered.filter(|room| !rooms.contains(**room)).map(|room| format!("there is no {room}")));
    let mut up: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for import in imports {
        let (from, to) = (room(&import.from), room(&import.to));
        let is_down = match (floor(&from), floor(&to)) {
            (Some(from), Some(to)) => from < to,
            // Told above, or the root, which uses nobody.
            _ => to == "lib" || !rooms.contains(&from) || floor(&from).is_none() || floor(&to).is_none(),
        };
        if from != to && !is_down {
            let story = format!("\n  {} -> {}: {}", import.from.display(), import.to.display(), import.name);
            up.entry((from, to)).or_default().push(story);
        }
    }
    faults.extend(up.iter().map(|((from, to), stories)| format!("{from} uses {to}, which is not below it{}", stories.concat())));
    faults
}

fn check(package: &str, order: Order) {
    let uses = &workspace::package(package).uses;
    let faults = faults(order, &uses.files, &uses.imports);
    assert!(faults.is_empty(), "the rooms of {package}:\n{}", faults.join("\n"));
}

#[test]
fn rooms_of_the_server_use_those_below_only() {
    check("server", SERVER);
}

#[test]
fn rooms_of_the_domain_use_those_below_only() {
    check("domain", DOMAIN);
}
