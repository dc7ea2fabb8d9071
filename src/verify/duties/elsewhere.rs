// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the derivative says in files that speak of others, for finding what moved there.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::{first_year, normalised_copyright, normalised_holder};
use crate::domain::{LicenseTerm, WorkPath};
use crate::license::facts;
use crate::scan::Scan;

pub(in crate::verify) struct Elsewhere<'a> {
    /// Lines and copyright notices, normalised.
    lines: BTreeSet<String>,
    /// The holders that copyright notices name, with the first year each has; none where no year is named.
    holders: BTreeMap<String, Option<u16>>,
    /// License texts and notices, blanks collapsed.
    text: String,
    /// Files that tell of the tree: change logs, read-mes, credits, license files.
    pub(super) prose: Vec<(&'a WorkPath, String)>,
}

pub(super) fn squeezed(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl<'a> Elsewhere<'a> {
    pub(in crate::verify) fn read(scan: &'a Scan) -> Self {
        let mut elsewhere =
            Self { lines: BTreeSet::new(), holders: BTreeMap::new(), text: String::new(), prose: Vec::new() };
        for work in &scan.works {
            if let Some(bytes) = work.kept.as_ref() {
                for line in String::from_utf8_lossy(bytes).lines() {
                    let line = squeezed(line);
                    elsewhere.lines.insert(normalised_copyright(&line));
                    elsewhere.text.push_str(&line);
                    elsewhere.text.push('\n');
                }
                for notice in &work.marks.notices {
                    elsewhere.add_notice(&notice.text);
                }
            }
            if let Some(bytes) = &work.marks.prose {
                elsewhere.prose.push((&work.path, String::from_utf8_lossy(bytes).into_owned()));
            }
        }
        elsewhere
    }

    fn add_notice(&mut self, notice: &str) {
        self.lines.insert(normalised_copyright(notice));
        let (holder, year) = (normalised_holder(notice), first_year(notice));
        let first = self.holders.entry(holder).or_insert(year);
        *first = (*first).into_iter().chain(year).min();
    }

    /// Returns whether any line keeps a notice, as [`keeps`](super::keeps) says, or has it in it.
    pub(in crate::verify) fn has_notice(&self, notice: &str) -> bool {
        let holder = normalised_holder(notice);
        let is_kept_by = |first: &Option<u16>| {
            first_year(notice).is_none_or(|year| first.is_some_and(|first| first <= year))
        };
        self.lines.contains(&normalised_copyright(notice))
            || (!holder.is_empty() && self.holders.get(&holder).is_some_and(is_kept_by))
            || self.has_line(&squeezed(notice))
    }

    pub(super) fn has_line(&self, line: &str) -> bool {
        memchr::memmem::find(self.text.as_bytes(), line.as_bytes()).is_some()
    }

    /// Returns whether a text stands in a file that tells of the tree.
    pub(super) fn tells(&self, text: &str) -> bool {
        self.has_line(text) || self.prose.iter().any(|(_, prose)| prose.contains(text))
    }

    /// Returns whether a license's address is named, whatever the scheme and the ending: its source,
    /// or, for a Creative Commons license, that of its deed.
    pub(super) fn has_link(&self, term: &LicenseTerm) -> bool {
        links(term).iter().any(|link| self.tells(link))
    }

    /// Returns the paragraphs that name a work, joined, of the files that tell of the tree.
    pub(super) fn paragraphs_on(&self, names: &[&str]) -> Option<(&'a WorkPath, String)> {
        let names_it = |text: &str| names.iter().any(|name| name.len() >= 3 && text.contains(name));
        self.prose.iter().find_map(|(path, prose)| {
            if !names_it(prose) {
                return None;
            }
            let text = prose.replace('\r', "");
            let found: Vec<&str> = text.split("\n\n").filter(|paragraph| names_it(paragraph)).collect();
            (!found.is_empty()).then(|| (*path, found.join("\n")))
        })
    }
}

/// Returns the addresses a license is known by, without scheme.
pub(super) fn links(term: &LicenseTerm) -> Vec<String> {
    let source = facts(term).map_or("", |facts| facts.source.as_str());
    let bare = source.split("://").last().unwrap_or(source).trim_end_matches(['/', '.']);
    let bare = (!bare.is_empty()).then(|| bare.to_owned());
    bare.into_iter().chain(deed(term.license.as_str())).collect()
}

/// Returns the address of a Creative Commons deed: `CC-BY-SA-4.0` is at
/// `creativecommons.org/licenses/by-sa/4.0`, a port at `…/by-sa/3.0/de`.
fn deed(id: &str) -> Option<String> {
    let id = id.strip_prefix("CC-")?.to_ascii_lowercase();
    let (elements, rest) = id.split_at(id.find(|c: char| c.is_ascii_digit())?);
    let path = format!("{}/{}", elements.trim_end_matches('-'), rest.replace('-', "/"));
    Some(format!("creativecommons.org/licenses/{path}"))
}
