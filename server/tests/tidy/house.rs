//! House rules that a compiler does not know: dependency direction, where SQL and HTTP may be, module docs.

use crate::workspace::{packages, root};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Workspace packages each package may use outside tests.
const ALLOWED: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("contract", &["domain"]),
    ("app", &["contract", "domain"]),
    ("frontend", &["app"]),
    ("fitting", &["domain"]),
    ("store", &["domain"]),
    ("upstream", &["domain"]),
    ("simulator", &["domain"]),
    ("server", &["app", "contract", "domain", "fitting", "store", "upstream"]),
];

/// Crates that only one package may use outside tests, since it owns what they do.
const OWNED: [(&str, &[&str]); 7] = [
    ("sqlx", &["store"]),
    ("reqwest", &["upstream"]),
    ("reqwest-eventsource", &["upstream"]),
    ("esf-data", &["fitting"]),
    ("esf-dogma-engine", &["fitting"]),
    ("esf-format", &["fitting"]),
    // Shared limits there, news between nodes here.
    ("redis", &["upstream", "server"]),
];

/// The core does no input or output.
const FORBIDDEN_IN_DOMAIN: [&str; 7] = ["tokio", "sqlx", "axum", "reqwest", "leptos", "web-sys", "rand"];

#[test]
fn dependencies_point_one_way() {
    let packages: BTreeMap<&str, &BTreeSet<String>> =
        packages().iter().map(|package| (package.name.as_str(), &package.dependencies)).collect();
    assert_eq!(packages.len(), ALLOWED.len(), "a package without a rule");
    for (package, allowed) in ALLOWED {
        for (other, _) in ALLOWED {
            let is_used = packages[package].contains(other);
            assert!(!is_used || allowed.contains(&other), "{package} must not use {other}");
        }
    }
    for (owned, owners) in OWNED {
        for (package, used) in &packages {
            assert!(!used.contains(owned) || owners.contains(package), "{package} must not use {owned}");
        }
    }
    for forbidden in FORBIDDEN_IN_DOMAIN {
        assert!(!packages["domain"].contains(forbidden), "domain must not use {forbidden}");
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "sql") {
            found.push(path);
        }
    }
}

#[test]
fn every_module_says_what_it_owns_and_stays_readable() {
    let mut files = Vec::new();
    for package in packages() {
        sources(&package.folder, &mut files);
    }
    assert!(files.len() > 60, "the sources are found");
    let mut faults = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        let is_test = file.file_stem().is_some_and(|stem| stem.to_string_lossy().contains("tests"));
        if !text.starts_with("//!") && !text.starts_with("-- ") && !is_test {
            faults.push(format!("{} does not open with its purpose", file.display()));
        }
        let lines = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
        if lines > 500 && !is_test {
            faults.push(format!("{} has {lines} lines", file.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What has to happen with every change of a kill's enrichment has one place then.
#[test]
fn stored_enrichments_are_written_in_one_place() {
    let mut files = Vec::new();
    sources(&root().join("server/store/src"), &mut files);
    let mut writers = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        let words: Vec<&str> = text.split_whitespace().collect();
        let writes = |verbs: &[&str]| words.windows(verbs.len()).any(|words| words == verbs);
        if writes(&["INSERT", "INTO", "killmails_enriched"])
            || writes(&["UPDATE", "killmails_enriched"])
            || writes(&["DELETE", "FROM", "killmails_enriched"])
        {
            let file = file.strip_prefix(root().join("server/store/src")).expect("below it").to_owned();
            writers.insert(file.display().to_string());
        }
    }
    let door = ["insert/enriched.sql", "insert/update/fits.rs", "insert/update/values.rs"];
    assert_eq!(writers, BTreeSet::from(door.map(str::to_owned)));
}

#[test]
fn every_migration_can_be_reverted() {
    let folder = root().join("migrations");
    let names: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("migrations")
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let up: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".up.sql")).collect();
    assert!(!up.is_empty());
    for name in up {
        assert!(names.contains(&format!("{name}.down.sql")), "{name} has no way back");
    }
}

#[test]
fn tasks_are_started_by_their_table_only() {
    let mut files = Vec::new();
    for folder in ["server/src", "server/store/src", "server/upstream/src"] {
        sources(&root().join(folder), &mut files);
    }
    let mut found = Vec::new();
    for file in files {
        let name = file.strip_prefix(root()).expect("below the root").display().to_string();
        let is_test = name.contains("tests") || name.contains("testing");
        if is_test || name.starts_with("server/src/lifecycle/") || name == "server/src/tasks.rs" {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("UTF-8");
        let code = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]"));
        let starts = ["tokio::spawn(", "task::spawn(", "lifecycle.spawn(", "lifecycle.every("];
        for line in code.filter(|line| starts.iter().any(|start| line.contains(start))) {
            found.push(format!("{name}: {}", line.trim()));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// `a/{b,c}.rs` as two paths.
fn alternatives(path: &str) -> Vec<String> {
    let parts = path.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    match parts {
        Some((before, (words, after))) => words.split(',').map(|word| format!("{before}{word}{after}")).collect(),
        None => vec![path.to_owned()],
    }
}

/// Paths in backquotes that do not exist, from the root or, as they are shortened, from the server's and the upstreams'
/// sources. A star stands for any end.
fn missing_paths(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let quoted = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_path = |word: &&str| {
        let is_plain = word.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-./{},*".contains(letter));
        is_plain && word.contains('/') && !word.starts_with('/') && !word.starts_with("./")
    };
    let paths = quoted.filter(is_path).flat_map(alternatives);
    let is_there = |path: &str| {
        let path =
            path.split_once('*').map_or(path, |(before, _)| before.rsplit_once('/').map_or("", |(folder, _)| folder));
        ["", "server/src/", "server/upstream/src/"].iter().any(|base| exists(&format!("{base}{path}")))
    };
    paths.filter(|path| !is_there(path)).collect()
}

#[test]
fn the_map_names_places_that_exist() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let missing = missing_paths(&text, |path| root().join(path).exists());
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_place_that_moved_is_missed() {
    let text =
        "`a/b.rs`, `a/{b,gone}.rs` and `x` of `POST /kills`, `./run`, `rate/*.lua`; `old/*.lua` | `http/render.rs`";
    let exists = |path: &str| ["a/b.rs", "server/upstream/src/rate", "server/src/http/render.rs"].contains(&path);
    assert_eq!(missing_paths(text, exists), ["a/gone.rs", "old/*.lua"]);
}
