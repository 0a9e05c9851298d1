//! Metrics are counted under names of one table, as the kind and with the labels that stand there.

use crate::workspace::packages;
use server::meters::{Kind, Meter, TABLE};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// A call of one of the macros.
#[derive(Debug, PartialEq)]
struct Counted {
    kind: Kind,
    /// Last word of the path, or whatever else is there.
    name: String,
    labels: Vec<String>,
}

const MACROS: [(&str, Kind); 3] =
    [("counter!(", Kind::Counter), ("gauge!(", Kind::Gauge), ("histogram!(", Kind::Histogram)];

/// What stands before the bracket that closes the call.
fn arguments(text: &str) -> &str {
    let mut open = 1;
    let end = text.char_indices().find(|(_, letter)| {
        open += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        open == 0
    });
    end.map_or(text, |(end, _)| &text[..end])
}

fn counted(text: &str) -> Vec<Counted> {
    let code: String =
        text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join(" ");
    let mut found = Vec::new();
    for (start, kind) in MACROS {
        for (at, _) in code.match_indices(&format!("metrics::{start}")) {
            let arguments = arguments(&code[at + "metrics::".len() + start.len()..]);
            let name = arguments.split(',').next().unwrap_or_default().trim();
            let words: Vec<&str> = arguments.split('"').collect();
            let labels = (1..words.len())
                .step_by(2)
                .filter(|nth| words.get(nth + 1).is_some_and(|after| after.trim_start().starts_with("=>")));
            found.push(Counted {
                kind,
                name: name.rsplit("::").next().unwrap_or_default().to_owned(),
                labels: labels.map(|nth| words[nth].to_owned()).collect(),
            });
        }
    }
    found
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What does not agree.
fn faults(table: &[Meter], counted: &[(String, Counted)]) -> Vec<String> {
    let rows: BTreeMap<String, &Meter> = table.iter().map(|row| (row.name.to_uppercase(), row)).collect();
    let mut found = Vec::new();
    if rows.len() != table.len() {
        found.push("a name stands twice in the table".to_owned());
    }
    for (file, call) in counted {
        match rows.get(&call.name) {
            None => found.push(format!("{file}: {} is no name of the table", call.name)),
            Some(row) if row.kind != call.kind => found.push(format!("{file}: {} is a {:?}", row.name, row.kind)),
            Some(row) if row.labels != call.labels => {
                found.push(format!("{file}: {} has the labels {:?}, not {:?}", row.name, row.labels, call.labels));
            }
            Some(_) => {}
        }
    }
    let used: BTreeSet<&str> = counted.iter().map(|(_, call)| call.name.as_str()).collect();
    found.extend(
        rows.iter()
            .filter(|(name, _)| !used.contains(name.as_str()))
            .map(|(_, row)| format!("nobody counts {}", row.name)),
    );
    found
}

#[test]
fn metrics_are_those_of_the_table() {
    let mut calls = Vec::new();
    for package in packages() {
        let mut files = Vec::new();
        sources(&package.folder, &mut files);
        for file in files {
            let text = std::fs::read_to_string(&file).expect("UTF-8");
            let name = file.display().to_string();
            calls.extend(counted(&text).into_iter().map(|call| (name.clone(), call)));
        }
    }
    assert!(calls.len() > 70, "the calls are found");
    let found = faults(TABLE, &calls);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn names_say_what_is_counted() {
    for row in TABLE {
        assert_eq!(row.kind == Kind::Counter, row.name.ends_with("_total"), "{}", row.name);
        assert!(row.kind != Kind::Histogram || row.name.ends_with("_seconds"), "{} has no buckets", row.name);
        assert!(!row.help.is_empty() && !row.help.ends_with('.'), "{}", row.name);
    }
}

#[test]
fn a_metric_that_is_not_as_it_stands_in_the_table_is_found() {
    const ROW: Meter = Meter { name: "kills_total", kind: Kind::Counter, labels: &["feed"], help: "Kills" };
    let of = |text: &str| {
        let calls: Vec<_> = counted(text).into_iter().map(|call| ("a.rs".to_owned(), call)).collect();
        faults(&[ROW], &calls).len()
    };
    assert_eq!(of("metrics::counter!(crate::meters::KILLS_TOTAL, \"feed\" => a(\"b\")).increment(1);"), 0);
    for text in [
        "",
        "metrics::counter!(KILLS_TOTAL)",
        "metrics::gauge!(KILLS_TOTAL, \"feed\" => feed)",
        "metrics::counter!(KILLS_TOTAL,\n    \"source\" => feed)",
    ] {
        assert_eq!(of(text), 1, "{text}");
    }
    assert_eq!(of("metrics::counter!(\"kills_total\", \"feed\" => feed)"), 2);
}
