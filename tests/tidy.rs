// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The house rules a compiler does not keep. Each exception stands here with its reason.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The longest a file may be. Generated ones may be longer, and so may the one table of rules.
const MAX_LINES: usize = 600;
const GENERATED: &[&str] = &["src/detect/texts_table.rs", "src/rule.rs"];

/// What only some layers may do, as the text that does it. Tests inside the modules are free to.
const RESERVED: &[(&str, &[&str])] = &[
    ("std::fs", &["store", "work", "cli"]),
    ("rustix::fs", &["store", "work", "cli"]),
    ("walkdir::", &["store", "work"]),
    // `ssh-keygen` takes the public key of an agent's key from a file only: `sign` writes one for it.
    ("tempfile::", &["store", "sign"]),
    ("std::process::{Command", &["sign"]),
    ("std::process::Command", &["sign"]),
    ("std::env::", &["cli"]),
    ("SystemTime", &["cli"]),
    ("stdout()", &["cli"]),
    ("stderr()", &["cli"]),
    ("println!", &["cli"]),
    ("print!(", &["cli"]),
    ("std::net", &[]),
];

/// What is found nowhere. Written so that this file does not hold it.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("db", "g!("),
    concat!("to", "do!("),
    concat!("unimplemented", "!("),
];

/// How a file states its license. In one piece, this file would seem to state another.
const LICENSE: &str = concat!("// SPDX-License-", "Identifier: ");

#[test]
fn the_house_is_in_order() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    for folder in ["src", "tests"] {
        read(root, &root.join(folder), &mut files);
    }
    let layers: Vec<&str> = files["src/lib.rs"]
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert!(layers.len() > 10, "src/lib.rs lists its layers one a line");

    let mut wrong = Vec::new();
    for (path, text) in &files {
        let mut complain = |line: usize, what: String| wrong.push(format!("{path}:{line}: {what}"));
        if !text.starts_with("// SPDX-FileCopyrightText: ") {
            complain(1, "starts with no copyright notice".into());
        }
        if !text.lines().nth(1).is_some_and(|line| line.starts_with(LICENSE)) {
            complain(2, "states no license".into());
        }
        let length = text.lines().count();
        if length > MAX_LINES && !GENERATED.contains(&path.as_str()) {
            complain(length, format!("is longer than {MAX_LINES} lines"));
        }
        for (number, line) in (1..).zip(text.lines()) {
            for word in UNFINISHED.iter().filter(|word| line.contains(**word)) {
                complain(number, format!("holds `{word}`"));
            }
        }
        let Some(layer) = layer(path) else { continue };
        let Some(level) = layers.iter().position(|known| *known == layer) else {
            complain(1, format!("belongs to `{layer}`, which src/lib.rs does not list"));
            continue;
        };
        for (number, line) in code(path, text) {
            for name in named(line) {
                match layers.iter().position(|known| *known == name) {
                    Some(other) if other > level => {
                        complain(number, format!("`{layer}` uses `{name}`, a layer above it"));
                    }
                    Some(_) => {}
                    None => complain(number, format!("`crate::{name}` names no layer")),
                }
            }
            for (text, by) in RESERVED.iter().filter(|(text, _)| line.contains(text)) {
                if !by.contains(&layer) {
                    complain(number, format!("`{text}` is for {by:?} alone"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Reads every Rust file below `folder`, by its path from `root`.
fn read(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

/// Returns the layer a file belongs to: none for what stands outside of the library.
fn layer(path: &str) -> Option<&str> {
    let path = path.strip_prefix("src/")?;
    let first = path.split('/').next()?;
    let layer = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(layer, "lib" | "main")).then_some(layer)
}

/// Returns the numbered lines that are neither comments nor tests.
fn code<'a>(path: &str, text: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let is_test = path.contains("/tests/") || path.ends_with("/tests.rs");
    let end = if is_test { 0 } else { text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len()) };
    (1..).zip(text[..end].lines()).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Returns what a line names directly below `crate::`; `{` where it is a group.
fn named(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        &rest[..end.max(usize::from(rest.starts_with('{')))]
    })
}
