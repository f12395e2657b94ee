//! Rules about the source itself that neither the compiler nor clippy keeps.

#![expect(clippy::unwrap_used, reason = "a test that cannot read the source has failed")]

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

/// Which floor of the house each crate is on. A crate uses lower floors only,
/// never its own. The load driver and the developer's commands stand beside the
/// house: the driver knows what clients know, the commands know nothing of it.
const FLOORS: [(&str, u8); 12] = [
    ("confab-core", 1),
    ("confab-proto", 1),
    ("confab-bus", 2),
    ("confab-db", 2),
    ("confab-rpc", 2),
    ("confab-auth", 3),
    ("confab-gateway", 3),
    ("confab-media", 3),
    ("confab-message", 3),
    ("confab", 4),
    ("confab-bench", 2),
    ("xtask", 1),
];

/// The longest file. A longer one becomes a folder with the same public face.
const LINES_MAX: usize = 400;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 9] =
    ["common", "helper", "helpers", "manager", "misc", "shared", "util", "utils", "utilities"];

/// What was made by tools or by others.
const NOT_OURS: [&str; 7] = [".git", "dist", "gen", "node_modules", "target", "test-results", "third_party"];

#[test]
fn crates_use_lower_floors_only() {
    let floors = BTreeMap::from(FLOORS);
    let workspace = manifest(&root());
    let members = workspace["workspace"]["members"].as_array().unwrap();
    for member in members {
        let manifest = manifest(&root().join(member.as_str().unwrap()));
        let name = manifest["package"]["name"].as_str().unwrap();
        let floor = floors.get(name).unwrap_or_else(|| panic!("say in FLOORS which floor {name} is on"));
        for used in dependencies(&manifest).filter(|used| floors.contains_key(used.as_str())) {
            assert!(floors[used.as_str()] < *floor, "{name} must not use {used}: it is not on a lower floor");
        }
    }
}

#[test]
fn every_rust_file_says_what_it_is() {
    check(&["rs"], |text| {
        let says = text.starts_with("//! ");
        (!says).then(|| "must begin with a line `//! …` that says what it is".to_owned())
    });
}

#[test]
fn no_file_is_too_long() {
    check(&["rs", "ts", "tsx"], |text| {
        let lines = text.lines().count();
        (lines > LINES_MAX).then(|| format!("has {lines} lines, more than {LINES_MAX}; make a folder of it"))
    });
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file passes too.
    let marks = [["TO", "DO"].concat(), ["FIX", "ME"].concat()];
    check(&["rs", "ts", "tsx", "css", "proto", "toml"], |text| {
        let mark = marks.iter().find(|mark| text.contains(mark.as_str()))?;
        Some(format!("has a {mark}; do it, or write an issue"))
    });
}

#[test]
fn names_say_something() {
    let empty: Vec<_> = sources().into_iter().filter(|path| has_empty_name(path)).collect();
    assert!(empty.is_empty(), "these names say nothing about what is inside: {empty:#?}");
}

/// Fails with every file for which `problem` finds one.
fn check(extensions: &[&str], problem: impl Fn(&str) -> Option<String>) {
    let mut problems = Vec::new();
    for path in sources() {
        if !extensions.iter().any(|extension| path.extension() == Some(OsStr::new(extension))) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        problems.extend(problem(&text).map(|problem| format!("{}: {problem}", path.display())));
    }
    assert!(problems.is_empty(), "{problems:#?}");
}

fn has_empty_name(path: &Path) -> bool {
    let inside = path.strip_prefix(root()).unwrap();
    let names = inside.iter().map(|part| part.to_string_lossy().to_lowercase());
    names.into_iter().any(|name| {
        let stem = name.split('.').next().unwrap_or_default();
        EMPTY_NAMES.contains(&stem)
    })
}

/// Every file of ours.
fn sources() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if NOT_OURS.contains(&name.as_str()) || path.is_symlink() {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn manifest(folder: &Path) -> Table {
    fs::read_to_string(folder.join("Cargo.toml")).unwrap().parse().unwrap()
}

/// Everything a crate uses, also for its tests and for building it, but not itself.
fn dependencies(manifest: &Table) -> impl Iterator<Item = String> {
    let own = manifest["package"]["name"].as_str().unwrap();
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"].into_iter();
    let tables = tables.filter_map(|table| manifest.get(table)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).filter(move |name| name != own)
}
