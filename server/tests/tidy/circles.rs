//! Files that import each other, in one step or in several.

use crate::{
    reader::Import,
    workspace::{self, Package},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

/// Groups of files of which each leads to each other one.
fn circles(imports: &BTreeSet<Import>) -> Vec<BTreeSet<PathBuf>> {
    let mut uses: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> = BTreeMap::new();
    for import in imports {
        uses.entry(&import.from).or_default().insert(&import.to);
    }
    let reachable = |start: &PathBuf| {
        let mut found: BTreeSet<&PathBuf> = BTreeSet::new();
        let mut open: Vec<&PathBuf> = uses.get(start).into_iter().flatten().copied().collect();
        while let Some(file) = open.pop() {
            if found.insert(file) {
                open.extend(uses.get(file).into_iter().flatten());
            }
        }
        found
    };
    let reach: BTreeMap<&PathBuf, BTreeSet<&PathBuf>> = uses.keys().map(|file| (*file, reachable(file))).collect();
    let mut found: Vec<BTreeSet<PathBuf>> = Vec::new();
    for (file, reached) in reach.iter().filter(|(file, reached)| reached.contains(**file)) {
        if found.iter().all(|circle| !circle.contains(*file)) {
            let back = reached.iter().filter(|other| reach.get(**other).is_some_and(|reached| reached.contains(file)));
            found.push(back.map(|file| (*file).clone()).collect());
        }
    }
    found
}

/// A circle with the names that tie it.
fn story(package: &Package, circle: &BTreeSet<PathBuf>) -> String {
    let mut ties: BTreeMap<(String, String), Vec<&str>> = BTreeMap::new();
    for import in package.uses.imports.iter().filter(|it| circle.contains(&it.from) && circle.contains(&it.to)) {
        let ends = (import.from.display().to_string(), import.to.display().to_string());
        ties.entry(ends).or_default().push(&import.name);
    }
    let lines = ties.iter().map(|((from, to), names)| format!("\n  {from} -> {to}: {}", names.join(", ")));
    format!("{}: {} files{}", package.name, circle.len(), lines.collect::<String>())
}

#[test]
fn no_files_import_each_other() {
    let stories = workspace::packages()
        .iter()
        .flat_map(|package| circles(&package.uses.imports).into_iter().map(move |circle| story(package, &circle)));
    let stories: Vec<String> = stories.collect();
    assert!(stories.is_empty(), "import circles:\n{}", stories.join("\n"));
}

#[test]
fn a_circle_is_found_whole_and_apart_from_others() {
    let import = |(from, to): &(&str, &str)| Import { from: from.into(), to: to.into(), name: String::new() };
    let of = |arrows: &[(&str, &str)]| circles(&arrows.iter().map(import).collect());
    assert!(of(&[("a", "b"), ("b", "c"), ("a", "c"), ("d", "b")]).is_empty());
    let files = |names: &[&str]| names.iter().map(PathBuf::from).collect::<BTreeSet<_>>();
    let found = of(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "e"), ("e", "d"), ("e", "f")]);
    assert_eq!(found, [files(&["a", "b", "c"]), files(&["d", "e"])]);
}
