// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a file says beside the name of its license that decides what the license allows, and for which
//! SPDX has an id of its own: the exhibits of the MPL and EPL, invariant sections, reserved font names.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::notice::{How, Notice};
use super::text::FullText;
use crate::domain::{ExprNode, LicenseExpr, LicenseTerm};

/// What a file says of how a license applies to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saying {
    /// MPL-2.0, Exhibit B: "Incompatible With Secondary Licenses".
    Incompatible,
    /// EPL-2.0, Exhibit A: Secondary Licenses are named.
    Secondary,
    /// GFDL, addendum: there are invariant sections or cover texts.
    Invariants,
    /// GFDL, addendum: there are none.
    NoInvariants,
    /// OFL-1.1, definitions: a font name is reserved.
    ReservedName,
}

/// Such words, and where they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exhibit {
    saying: Saying,
    line: u32,
}

/// A word that is in the file where the saying is, and the saying: words with anything but letters between
/// them, and no `<name>` to fill in after them.
static SAYINGS: LazyLock<Vec<(&str, Saying, Regex)>> = LazyLock::new(|| {
    [
        ("Secondary", Saying::Incompatible, "Incompatible With Secondary Licenses"),
        ("Secondary", Saying::Secondary, "made available under the following Secondary Licenses"),
        ("nvariant", Saying::NoInvariants, "with no Invariant Sections"),
        ("nvariant", Saying::Invariants, "with the Invariant Sections"),
        ("nvariant", Saying::Invariants, "Invariant Sections being"),
        ("Reserved", Saying::ReservedName, "with Reserved Font Name"),
    ]
    .map(|(word, saying, words)| {
        let pattern = format!("(?i-u){}[^a-z<\\[]{{1,8}}[a-z]", words.replace(' ', "[^a-z<]{1,16}"));
        (word, saying, Regex::new(&pattern).expect("the pattern is constant and a test uses it"))
    })
    .into()
});

/// Finds what a text says of how its license applies, outside of the license texts in it, whole or
/// changed, which say how that is to be said.
pub(super) fn find(text: &[u8], full_texts: &[FullText], notices: &[Notice]) -> Vec<Exhibit> {
    let changed = notices.iter().filter(|notice| notice.how == How::Text);
    let texts: Vec<(u32, u32)> = full_texts
        .iter()
        .map(|text| (text.first_line, text.last_line))
        .chain(changed.map(|text| (text.first_line, text.last_line)))
        .collect();
    let mut found = Vec::new();
    for (word, saying, pattern) in SAYINGS.iter() {
        if memchr::memmem::find(text, word.as_bytes()).is_none() {
            continue;
        }
        let hits = pattern.find_iter(text).filter(|hit| !is_appendix(text, hit.start()));
        let lines = hits.map(|hit| {
            let line = memchr::memchr_iter(b'\n', &text[..hit.start()]).count() + 1;
            u32::try_from(line).unwrap_or(u32::MAX)
        });
        let own = |line: &u32| !texts.iter().any(|(first, last)| (first..=last).contains(&line));
        found.extend(lines.take(1 + texts.len() * 2).find(own).map(|line| Exhibit { saying: *saying, line }));
    }
    found
}

/// Whether what stands there tells how the GFDL is used, behind its text.
fn is_appendix(text: &[u8], at: usize) -> bool {
    /// How far behind the title the words are, in bytes.
    const FAR: usize = 2500;
    static TITLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("(?i-u)how[^a-z]{1,16}to[^a-z]{1,16}use[^a-z]{1,16}this[^a-z]{1,16}license")
            .expect("a constant pattern")
    });
    TITLE.is_match(&text[at.saturating_sub(FAR)..at])
}

/// Returns the license as the file's own words make it, and the line that does so; nothing where they
/// change nothing.
pub(super) fn applied(
    license: &LicenseExpr,
    exhibits: &[Exhibit],
    notices: &[Notice],
) -> Option<(LicenseExpr, u32)> {
    let mut license = license.clone();
    let mut decisive = None;
    for exhibit in exhibits {
        let second = if exhibit.saying == Saying::Secondary { secondary(exhibit, notices) } else { None };
        let changed = rewrite(license.node(), exhibit.saying, second.as_ref());
        if let Some(changed) = changed.filter(|changed| *changed != license) {
            license = changed;
            decisive = Some(exhibit.line);
        }
    }
    decisive.map(|line| (license, line))
}

/// Returns the licenses named after the words, any of which may be taken.
fn secondary(exhibit: &Exhibit, notices: &[Notice]) -> Option<LicenseExpr> {
    let is_gnu = |expr: &LicenseExpr| {
        expr.names().iter().all(|name| {
            name.as_str().contains("GPL-") || !name.is_listed() || spdx::exception_id(name.as_str()).is_some()
        })
    };
    let named = notices.iter().filter(|notice| notice.last_line >= exhibit.line);
    LicenseExpr::any_of(named.filter_map(|notice| notice.expr.clone()).filter(is_gnu))
}

fn rewrite(node: &ExprNode, saying: Saying, secondary: Option<&LicenseExpr>) -> Option<LicenseExpr> {
    let each = |nodes: &[ExprNode]| -> Option<Vec<LicenseExpr>> {
        nodes.iter().map(|node| rewrite(node, saying, secondary)).collect()
    };
    match node {
        ExprNode::Or(arms) => LicenseExpr::any_of(each(arms)?),
        ExprNode::And(parts) => {
            // What is named as a choice was first read as asked for too.
            let arms = secondary.map(|expr| match expr.node() {
                ExprNode::Or(arms) => arms.as_slice(),
                one => std::slice::from_ref(one),
            });
            let parts: Vec<_> =
                parts.iter().filter(|part| !arms.unwrap_or_default().contains(part)).cloned().collect();
            LicenseExpr::all_of(each(&parts)?)
        }
        ExprNode::Term(term) => {
            let own = LicenseExpr::from_term(term.clone());
            match (term.license.as_str(), secondary) {
                ("EPL-2.0", Some(second)) => LicenseExpr::any_of([own, second.clone()]),
                _ => Some(renamed(term, saying).map_or(own, LicenseExpr::from_term)),
            }
        }
    }
}

/// Returns the id SPDX has for the license with what is said of it.
fn renamed(term: &LicenseTerm, saying: Saying) -> Option<LicenseTerm> {
    let id = term.license.as_str();
    let name = match saying {
        Saying::Incompatible if id == "MPL-2.0" => "MPL-2.0-no-copyleft-exception".to_owned(),
        Saying::ReservedName if matches!(id, "OFL-1.0" | "OFL-1.1") => format!("{id}-RFN"),
        Saying::Invariants | Saying::NoInvariants => {
            let (version, grant) = id.strip_prefix("GFDL-")?.split_once('-')?;
            let kind = if saying == Saying::Invariants { "invariants" } else { "no-invariants" };
            format!("GFDL-{version}-{kind}-{grant}")
        }
        _ => return None,
    };
    let license = name.parse().ok().filter(crate::domain::LicenseName::is_listed)?;
    Some(LicenseTerm { license, ..term.clone() })
}

#[cfg(test)]
mod tests {
    use super::super::in_bytes;
    use super::*;

    #[track_caller]
    fn check(license: &str, words: &str, expected: &str) {
        let facts = in_bytes(&"work.txt".parse().unwrap(), words.as_bytes());
        let license: LicenseExpr = license.parse().unwrap();
        let found = applied(&license, &facts.exhibits, &facts.notices);
        assert_eq!(
            found.map_or(license.to_string(), |(applied, _)| applied.to_string()),
            expected,
            "{words}"
        );
    }

    #[test]
    fn the_words_of_exhibits_and_addenda_decide() {
        let exhibit_b =
            "/* This Source Code Form is \"Incompatible\n * With Secondary Licenses\", as defined */";
        check("MPL-2.0", exhibit_b, "MPL-2.0-no-copyleft-exception");
        check("MIT OR MPL-2.0", exhibit_b, "MIT OR MPL-2.0-no-copyleft-exception");
        check("MPL-1.1", exhibit_b, "MPL-1.1");
        let exhibit_a = "// may also be made available under the following Secondary\n// Licenses when the \
                         conditions are satisfied: GNU General Public License, version 2\n// or later";
        check("EPL-2.0", exhibit_a, "EPL-2.0 OR GPL-2.0-or-later");
        check("EPL-2.0 AND GPL-2.0-or-later", exhibit_a, "EPL-2.0 OR GPL-2.0-or-later");
        check("EPL-2.0", "the following Secondary Licenses when", "EPL-2.0");
        check("GFDL-1.3-or-later", "with no Invariant Sections, no", "GFDL-1.3-no-invariants-or-later");
        check("GFDL-1.2-only", "with the Invariant Sections being X", "GFDL-1.2-invariants-only");
        check("GPL-3.0-only", "with no Invariant Sections, no", "GPL-3.0-only");
        check("OFL-1.1", "2024 Ann,\nwith Reserved Font Name \"Tide\".", "OFL-1.1-RFN");
    }

    #[test]
    fn a_text_that_says_how_to_say_it_says_nothing() {
        for id in ["MPL-2.0", "EPL-2.0", "GFDL-1.3-or-later", "OFL-1.1"] {
            let text = crate::license::text(&id.parse().unwrap()).unwrap();
            check(id, text, id);
            check(id, &text.replacen("which", "that", 3), id);
        }
        check("OFL-1.1", "2024 <Ann>, with Reserved Font Name <Name>.", "OFL-1.1");
        let wrapped = |id: &str| {
            let text = crate::license::text(&id.parse().unwrap()).unwrap();
            text.split("\n\n")
                .map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ") + "\n\n")
                .collect::<String>()
        };
        check("GFDL-1.3-only", &wrapped("GFDL-1.3-only"), "GFDL-1.3-only");
    }
}
