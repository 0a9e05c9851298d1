//! Numbers of the static data have one home, `domain::sde`, where a test compares them with the data.

use crate::workspace::{packages, root};
use std::path::{Path, PathBuf};

const HOME: &str = "app/domain/src/sde.rs";

/// Kinds of ids that the static data give out.
const IDS: [&str; 9] = [
    "TypeId",
    "GroupId",
    "CategoryId",
    "MetaGroupId",
    "AttributeId",
    "FactionId",
    "RegionId",
    "ConstellationId",
    "SolarSystemId",
];
/// Fields that hold them as bare numbers.
const FIELDS: [&str; 6] = ["type_id", "group_id", "category_id", "region_id", "attribute_id", "effect_id"];
/// How constants of such numbers are called.
const CONSTANTS: [&str; 7] = ["CATEGORY", "GROUP", "META_GROUP", "EFFECT", "ATTRIBUTE", "SKILL", "REGION"];

fn is_number(text: &str) -> bool {
    text.trim_start_matches(['[', '&', ' ']).starts_with(|letter: char| letter.is_ascii_digit())
}

/// Whether a line of code has a number in place of a name.
fn strays(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let makes_id = IDS
        .iter()
        .any(|id| code.match_indices(&format!("{id}(")).any(|(at, found)| is_number(&code[at + found.len()..])));
    let compares = FIELDS.iter().any(|field| {
        code.match_indices(field).any(|(at, _)| {
            let rest = code[at + field.len()..].trim_start_matches(".0").trim_start();
            let value = rest.strip_prefix("==").or_else(|| rest.strip_prefix("!="));
            value.is_some_and(|value| is_number(value.trim_start().trim_start_matches("Some(")))
        })
    });
    let declares = code.split_once("const ").and_then(|(_, rest)| rest.split_once('=')).is_some_and(|(name, value)| {
        let is_one =
            CONSTANTS.iter().any(|kind| name.strip_prefix(kind).is_some_and(|rest| rest.starts_with(['_', 'S', ':'])));
        is_one && is_number(value)
    });
    makes_id || compares || declares
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

#[test]
fn numbers_of_the_static_data_are_named_in_one_place() {
    let (mut found, mut lines) = (Vec::new(), 0);
    // The simulator plays the other side and has its own.
    for package in packages().iter().filter(|package| package.name != "simulator") {
        let mut files = Vec::new();
        sources(&package.folder, &mut files);
        for file in files {
            let name =
                file.strip_prefix(root().canonicalize().expect("the root")).unwrap_or(&file).display().to_string();
            if ["test", "fixtures"].iter().any(|word| name.contains(word)) || name == HOME {
                continue;
            }
            let text = std::fs::read_to_string(&file).expect("UTF-8");
            let code = text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).inspect(|_| lines += 1);
            found.extend(code.filter(|line| strays(line)).map(|line| format!("{name}: {}", line.trim())));
        }
    }
    assert!(lines > 20_000, "the sources are found");
    assert!(found.is_empty(), "not in {HOME}:\n{}", found.join("\n"));
}

#[test]
fn a_number_that_strays_is_found() {
    for line in [
        "const CAPSULES: GroupId = GroupId(29);",
        "if info.category_id.0 == 91 {",
        "row.category_id == Some(8)",
        "const CATEGORY_SHIP: i64 = 6;",
        "const GROUPS: [i64; 2] = [38, 40];",
    ] {
        assert!(strays(line), "{line}");
    }
    for line in [
        "GroupId(row.group_id)",
        "// GroupId(29) is a capsule",
        "info.group_id == group::CAPSULE",
        "const GROUPED: u32 = 3;",
        "struct TypeId(i64);",
    ] {
        assert!(!strays(line), "{line}");
    }
}
