// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Reports of other scanners as facts: ScanCode's JSON (provenant writes the same), SPDX 2 as JSON and as
//! tag-value, CycloneDX as JSON. What they say of packages is theirs; taken over is what they say of files.

mod forms;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::{Digest, WorkPath};
use crate::hash;
use crate::scan::{FACTS_SCHEMA, Facts, Found, FoundLicense};
use crate::work::{Reader, Tree};

/// The forms of reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactsForm {
    /// ScanCode's JSON.
    ScanCode,
    /// SPDX 2.
    Spdx,
    /// CycloneDX.
    CycloneDx,
}

impl FactsForm {
    /// Returns the form as a word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ScanCode => "scancode",
            Self::Spdx => "spdx",
            Self::CycloneDx => "cyclonedx",
        }
    }
}

/// A report as it was read.
#[derive(Debug)]
pub struct Report {
    /// Its form.
    pub form: FactsForm,
    /// What it says of works of this tree.
    pub facts: Facts,
    /// The folder that its paths begin with and that is taken for this tree; empty where there is none.
    pub root: String,
    /// How many files it names that are no works here.
    pub elsewhere: usize,
    /// How many files have other bytes here than it looked at, and are left out.
    pub stale: usize,
    /// How many license names in it could not be read.
    pub unread: usize,
}

/// What a report says of one file.
#[derive(Debug, Default)]
struct Said {
    path: String,
    licenses: Vec<Result<FoundLicense, String>>,
    copyright: Vec<String>,
    sha256: Option<Digest>,
    sha1: Option<String>,
}

/// Reads a report on a tree. Fails with the reason.
pub fn facts(text: &str, tree: &Tree) -> Result<Report, String> {
    let (form, by, said) = read(text)?;
    let said: Vec<Said> =
        said.into_iter().filter(|said| !said.licenses.is_empty() || !said.copyright.is_empty()).collect();
    let root = root(&said, tree);
    let facts = Facts { schema: FACTS_SCHEMA.to_owned(), by, works: BTreeMap::new() };
    let mut report = Report { form, facts, root, elsewhere: 0, stale: 0, unread: 0 };
    for said in said {
        report.take(said, tree);
    }
    Ok(report)
}

type Read = (FactsForm, String, Vec<Said>);

fn read(text: &str) -> Result<Read, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    if first.is_some_and(|line| line.starts_with("SPDXVersion:")) {
        let (by, said) = forms::tag_value(text)?;
        return Ok((FactsForm::Spdx, by, said));
    }
    let document: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if document.get("files").is_some_and(Value::is_array) && document.get("headers").is_some() {
        let (by, said) = forms::scancode(&document)?;
        return Ok((FactsForm::ScanCode, by, said));
    }
    if document.get("spdxVersion").is_some() {
        let (by, said) = forms::spdx(&document)?;
        return Ok((FactsForm::Spdx, by, said));
    }
    if document["bomFormat"] == "CycloneDX" {
        let (by, said) = forms::cyclonedx(&document)?;
        return Ok((FactsForm::CycloneDx, by, said));
    }
    Err("neither ScanCode's JSON, nor SPDX 2, nor CycloneDX".into())
}

/// Returns the folder all paths begin with under which most of them are works; the shortest of several.
/// A scan that was started beside a tree puts its name in front of each path.
fn root(said: &[Said], tree: &Tree) -> String {
    let folders = |path: &str| path.rfind('/').map_or(String::new(), |end| path[..=end].to_owned());
    let Some(first) = said.first() else { return String::new() };
    let mut common = folders(&first.path);
    for said in said {
        while !said.path.starts_with(&common) {
            common = folders(common.trim_end_matches('/'));
        }
    }
    let ends = std::iter::once(0).chain(common.match_indices('/').map(|(at, _)| at + 1));
    let here = |root: &str| said.iter().filter(|said| work(&said.path, root, tree).is_some()).count();
    let best = ends.map(|end| &common[..end]).max_by_key(|root| (here(root), std::cmp::Reverse(root.len())));
    best.unwrap_or_default().to_owned()
}

fn work(path: &str, root: &str, tree: &Tree) -> Option<WorkPath> {
    let path: WorkPath = path.strip_prefix(root)?.parse().ok()?;
    tree.entry(&path).map(|entry| entry.path.clone())
}

impl Report {
    /// Keeps what is said of a file. What is said of it in two places holds together.
    fn take(&mut self, said: Said, tree: &Tree) {
        let Some(work) = work(&said.path, &self.root, tree) else {
            self.elsewhere += 1;
            return;
        };
        let Ok(sha256) = looked_at(&said, &work, tree.reader()) else {
            self.stale += 1;
            return;
        };
        let found: &mut Found = self.facts.works.entry(work).or_default();
        found.sha256 = found.sha256.or(sha256);
        for license in said.licenses {
            match license {
                Ok(license) => found.licenses.push(license),
                Err(text) => {
                    self.unread += 1;
                    found.unread.push(text);
                }
            }
        }
        found.copyright.extend(said.copyright);
    }
}

/// The work has other bytes than a report is about.
struct Stale;

/// Returns the digest of the bytes a report looked at, where it names one and they are those of the work.
fn looked_at(said: &Said, work: &WorkPath, reader: Reader<'_>) -> Result<Option<Digest>, Stale> {
    if said.sha256.is_none() && said.sha1.is_none() {
        return Ok(None);
    }
    let same = reader.look(work, |content| {
        let is_same = match (&said.sha256, &said.sha1) {
            (Some(digest), _) => *digest == content.sha256(),
            (None, Some(sha1)) => content.is_whole() && hash::sha1(content.bytes()).as_ref() == Some(sha1),
            (None, None) => true,
        };
        is_same.then(|| content.sha256())
    });
    same.flatten().map(Some).ok_or(Stale)
}
