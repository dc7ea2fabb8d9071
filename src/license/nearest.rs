// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Ids that a text may mean which is none.

use crate::domain::LicenseName;

/// Ids proposed for one that is not known.
const MAX_NEAR: usize = 3;

/// The longest text ids are proposed for.
const MAX_NEAR_BYTES: usize = 128;

/// Returns up to three ids near to one that is not known, nearest first.
pub fn nearest(name: &LicenseName) -> Vec<&'static str> {
    near(name.as_str())
}

/// Returns up to three ids that a text may mean which is no expression, such as `BSD 3-Clause`, `GPL-2+`
/// and `MIT/Apache 2`, nearest first.
pub fn nearest_text(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    if text.len() > MAX_NEAR_BYTES {
        return found;
    }
    let whole = near(text);
    let mut all: Vec<_> = if whole.is_empty() {
        text.split(['/', ',', ';', '|', '&']).map(near).filter(|ids| !ids.is_empty()).collect()
    } else {
        vec![whole]
    };
    if all.len() > 1 {
        for ids in &mut all {
            ids.truncate(1);
        }
    }
    for id in all.into_iter().flatten() {
        if !found.iter().any(|one| one == id) && found.len() < MAX_NEAR {
            found.push(id.to_owned());
        }
    }
    found
}

/// What a text without its `+` or "or later" reads like: the same letters and digits, then the same
/// beginning, then a few letters that differ. Deprecated ids are not proposed.
fn near(text: &str) -> Vec<&'static str> {
    if text.len() > MAX_NEAR_BYTES {
        return Vec::new();
    }
    let lower = text.trim().to_ascii_lowercase();
    let stem =
        ["+", "or later", "or any later version", "or-later"].iter().find_map(|end| lower.strip_suffix(end));
    let (wanted, later) = (key(stem.unwrap_or(&lower)), stem.is_some());
    if wanted.is_empty() {
        return Vec::new();
    }
    let licenses = spdx::identifiers::LICENSES.iter().map(|license| license.name);
    let exceptions = spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name);
    let ids = || {
        licenses.clone().chain(exceptions.clone()).filter(|id| {
            !spdx::license_id(id).is_some_and(spdx::LicenseId::is_deprecated)
                && !spdx::exception_id(id).is_some_and(spdx::ExceptionId::is_deprecated)
        })
    };
    if let Some(same) = ids().find(|id| key(id) == wanted) {
        return vec![same];
    }
    let mut begin: Vec<_> = ids().filter(|id| wanted.len() >= 3 && key(id).starts_with(&wanted)).collect();
    if later && begin.iter().any(|id| id.ends_with("-or-later")) {
        begin.retain(|id| id.ends_with("-or-later"));
    }
    if begin.iter().any(|id| spdx::license_id(id).is_some()) {
        begin.retain(|id| spdx::license_id(id).is_some());
    }
    // The shortest goes on least; of those as long, the last is the latest version.
    begin.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| b.cmp(a)));
    if begin.is_empty() {
        let mut near: Vec<_> = ids()
            .map(|id| (distance(&wanted, &key(id)), id))
            .filter(|(distance, _)| *distance <= 1.max(wanted.len() / 4))
            .collect();
        near.sort_unstable();
        let least = near.first().map_or(0, |(least, _)| *least);
        begin = near.into_iter().filter(|(distance, _)| *distance == least).map(|(_, id)| id).collect();
    }
    begin.truncate(MAX_NEAR);
    begin
}

/// Returns the letters and digits of an id or a name, in lowercase, with the long names of the GNU and
/// Mozilla licenses as their short ones and without the words that tell nothing apart.
fn key(text: &str) -> String {
    let mut text = text.to_ascii_lowercase();
    for (long, short) in [
        ("lesser general public license", "lgpl"),
        ("library general public license", "lgpl"),
        ("affero general public license", "agpl"),
        ("general public license", "gpl"),
        ("free documentation license", "gfdl"),
        ("mozilla public license", "mpl"),
        ("eclipse public license", "epl"),
        ("european union public license", "eupl"),
    ] {
        text = text.replace(long, short);
    }
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let words =
        words.filter(|word| !matches!(*word, "" | "gnu" | "the" | "license" | "licence" | "version" | "v"));
    let mut key = String::new();
    for word in words {
        // "v2" and "gplv3" are a 2 and a GPL 3.
        let mut rest = word.chars().peekable();
        while let Some(c) = rest.next() {
            if c != 'v' || !rest.peek().is_some_and(char::is_ascii_digit) {
                key.push(c);
            }
        }
    }
    key
}

/// Returns how many letters have to be put in, left out, changed or swapped with the next.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
