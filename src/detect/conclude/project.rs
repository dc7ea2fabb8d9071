// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a folder declares for all below it: manifests and license files.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{LicenseExpr, LicenseName, WorkPath};

use super::super::copyright::normalised_copyright;
use super::super::notice::{How, Notice};
use super::super::package::{self, Declared};
use super::super::text::{FullText, is_license_file};
use super::super::{FileFacts, Structured};
use super::super::{reuse, tags};
use super::{Evidence, EvidenceKind, FileInput, Part, Problem, ProblemKind, UnclearLicense, folder, words};

/// More words than a title, a preface and an appendix have may change what a text says.
const MANY_WORDS: u32 = 60;

/// What the folders declare.
pub(super) struct Declarations {
    /// What each declares, `""` for the root.
    folders: BTreeMap<String, Declaration>,
    /// Why some declare nothing that is known.
    pub(super) problems: Vec<Problem>,
}

/// What one folder declares.
#[derive(Default)]
pub(super) struct Declaration {
    /// Nothing where it declares something that is not known.
    pub(super) license: Option<LicenseExpr>,
    pub(super) evidence: Vec<Evidence>,
    /// The dated copyright notices of its clear license documents, each once.
    pub(super) notices: Vec<String>,
    /// The manifests that declare something else of some works.
    parted: Vec<Declared>,
}

impl Declarations {
    pub(super) fn read(files: &BTreeMap<WorkPath, FileInput>) -> Self {
        let mut folders: BTreeMap<String, Found> = BTreeMap::new();
        for (path, file) in files.iter().filter(|(path, _)| !reuse::is_in_ignored_folder(path)) {
            let facts = &file.facts;
            if let Some(Structured::Package(Some(declared))) = &facts.structured {
                let found = folders.entry(package::folder_of(path).to_owned()).or_default();
                found.packages.push((declared.expr.clone(), package_evidence(declared)));
                if !declared.parts.is_empty() {
                    found.parted.push(declared.clone());
                }
                if declared.expr.is_none() {
                    found.open.push(package::may_mean(&declared.text));
                }
            } else if matches!(&facts.structured, Some(Structured::BrokenPackage(_))) {
                // What it declares of its folder is not known.
                folders.entry(package::folder_of(path).to_owned()).or_default().open.push(Vec::new());
            } else if (facts.is_license_document || is_license_file(path))
                && !path.as_str().ends_with(reuse::SIDECAR)
            {
                let mut texts = declared(path, facts);
                if texts.is_empty() {
                    texts = tags(path, facts);
                }
                let why = if facts.is_license_document { unclear(facts) } else { None };
                if texts.is_empty() && why.is_none() {
                    continue;
                }
                let found = folders.entry(folder(path).to_owned()).or_default();
                if why.is_none() && facts.is_license_document {
                    for notice in notices(facts) {
                        if !found.notices.contains(&notice) {
                            found.notices.push(notice);
                        }
                    }
                }
                if let Some(why) = why {
                    found.unclear.push((path.clone(), why));
                    if texts.is_empty() {
                        texts.push((None, unknown_evidence(path)));
                    }
                }
                found.texts.extend(texts);
            }
        }
        let mut problems = Vec::new();
        let folders = folders.into_iter().map(|(folder, found)| (folder, found.declaration(&mut problems)));
        Self { folders: folders.collect(), problems }
    }

    pub(super) fn at(&self, folder: &str) -> Option<&Declaration> {
        self.folders.get(folder)
    }
}

#[derive(Default)]
struct Found {
    packages: Vec<(Option<LicenseExpr>, Evidence)>,
    texts: Vec<(Option<LicenseExpr>, Evidence)>,
    /// The license documents that do not say one known thing.
    unclear: Vec<(WorkPath, UnclearLicense)>,
    /// What the others say of copyright.
    notices: Vec<String>,
    /// The manifests that declare something else of some works.
    parted: Vec<Declared>,
    /// What the manifests may mean that have no one meaning, each.
    open: Vec<Vec<String>>,
}

impl Found {
    /// A manifest tells how several texts relate and what an unknown one means, so it decides; texts
    /// alone all apply, if each of them is clear.
    fn declaration(mut self, problems: &mut Vec<Problem>) -> Declaration {
        let all = |found: &[(Option<LicenseExpr>, Evidence)]| {
            LicenseExpr::all_of(found.iter().filter_map(|(expr, _)| expr.clone()))
        };
        if self.unclear.is_empty() {
            problems.extend(self.other_text());
        }
        let mut license = all(&self.packages).filter(|_| self.open.is_empty());
        if license.is_none() {
            if self.unclear.is_empty() {
                let by_texts = all(&without_base(&self.texts));
                license = by_texts.filter(|license| self.open.iter().all(|open| is_among(license, open)));
            }
            for (path, why) in &self.unclear {
                for (_, evidence) in self.texts.iter_mut().filter(|(_, e)| e.source == *path) {
                    doubt(evidence, why);
                }
            }
            problems.extend(self.unclear.into_iter().map(|(path, why)| Problem {
                path,
                line: None,
                kind: ProblemKind::UnclearLicenseFile(why),
            }));
        }
        let evidence = self.packages.into_iter().chain(self.texts).map(|(_, evidence)| evidence).collect();
        Declaration { license, evidence, notices: self.notices, parted: self.parted }
    }
}

impl Found {
    /// Returns that no license file beside a manifest has the text of a license the manifest declares.
    fn other_text(&self) -> Option<Problem> {
        let (declared, evidence) = self.packages.iter().find(|(expr, _)| expr.is_some())?;
        let declared = declared.as_ref()?;
        let texts = without_base(&self.texts);
        let texts: Vec<&LicenseExpr> = texts.iter().filter_map(|(expr, _)| expr.as_ref()).collect();
        let bases: Vec<&str> = declared.names().iter().map(|name| base_id(name.as_str())).collect();
        let is_declared = |text: &&LicenseExpr| {
            text.names().iter().any(|name| bases.contains(&base_id(name.as_str())) || name.is_ref())
        };
        if texts.is_empty() || texts.iter().any(is_declared) {
            return None;
        }
        let text = LicenseExpr::all_of(texts.into_iter().cloned())?;
        let kind = ProblemKind::OtherText(declared.clone(), text);
        Some(Problem { path: evidence.source.clone(), line: evidence.line, kind })
    }
}

/// Returns an id without what is said of later versions.
fn base_id(id: &str) -> &str {
    let id = id.strip_suffix('+').unwrap_or(id);
    id.strip_suffix("-only").or_else(|| id.strip_suffix("-or-later")).unwrap_or(id)
}

/// Whether a license is one of those that a manifest without one meaning may mean.
fn is_among(license: &LicenseExpr, open: &[String]) -> bool {
    license.names().iter().all(|name| open.iter().any(|one| one == name.as_str()))
}

/// Returns the copyright notices of a license document that have a year and are not the text's own, as
/// the Free Software Foundation's in the GNU texts.
fn notices(facts: &FileFacts) -> Vec<String> {
    let dated: Vec<&str> =
        facts.copyright.iter().map(|line| line.text.as_str()).filter(|t| is_dated(t)).collect();
    if dated.is_empty() {
        return Vec::new();
    }
    let ids: BTreeSet<&str> =
        facts.full_texts.iter().filter_map(|text| text.ids.first()).map(LicenseName::as_str).collect();
    let canonical = ids.into_iter().filter_map(spdx::license_id).flat_map(|id| {
        let lines = tags::find(id.text().as_bytes()).copyright;
        lines.into_iter().map(|line| line.text).filter(|line| is_dated(line))
    });
    let own: Vec<String> = canonical.map(|line| who_and_when(&line)).collect();
    // An address may follow on the line, or be left out.
    let is_own = |notice: &str| {
        let notice = who_and_when(notice);
        own.iter().any(|own| own.starts_with(&notice) || notice.starts_with(own.as_str()))
    };
    dated.into_iter().filter(|notice| !is_own(notice)).map(str::to_owned).collect()
}

/// Returns whether a year stands in it.
fn is_dated(notice: &str) -> bool {
    notice
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns a notice for comparison, without an address in angle brackets.
fn who_and_when(notice: &str) -> String {
    normalised_copyright(notice.split_once('<').map_or(notice, |(before, _)| before))
}

/// Marks the evidence of a file that does not conclude.
fn doubt(evidence: &mut Evidence, why: &UnclearLicense) {
    evidence.score = evidence.score.min(0.5);
    let why = why.to_string();
    evidence.note = Some(match evidence.note.take() {
        Some(note) if note != why => format!("{why}; {note}"),
        _ => why,
    });
}

fn unknown_evidence(path: &WorkPath) -> Evidence {
    Evidence {
        kind: EvidenceKind::Text,
        expression: "NOASSERTION".to_owned(),
        line: None,
        end_line: None,
        score: 0.0,
        source: path.clone(),
        note: None,
    }
}

/// Returns why a license document does not say one known thing, if so. Tags that can be read tell what
/// it means.
pub(super) fn unclear(facts: &FileFacts) -> Option<UnclearLicense> {
    /// A notice and the words that go with it are no longer than this.
    const NOTICE_WORDS: u32 = 250;
    let is_tagged = !facts.statements.is_empty() && facts.statements.iter().all(|s| s.expr.is_ok());
    if words::choice(facts).is_some() {
        return None;
    }
    let Some(first) = facts.full_texts.first() else {
        let notices = || facts.notices.iter().filter(|notice| words::grants(notice));
        let Some(notice) = notices().next() else { return (!is_tagged).then_some(UnclearLicense::Unknown) };
        let many = if notice.how == How::Text { MANY_WORDS } else { NOTICE_WORDS };
        let is_clear = notices().all(|notice| notice.is_clear);
        return match &notice.expr {
            Some(expr) if is_clear && notice.words_beside > many && !is_tagged => {
                Some(UnclearLicense::MoreThanText(expr.to_string(), notice.words_beside))
            }
            Some(_) if is_clear => None,
            _ => (!is_tagged).then(|| differs(notice)),
        };
    };
    if let Some(notice) = facts.notices.iter().find(|notice| notice.how == How::Text && notice.expr.is_none())
        && !is_tagged
    {
        return Some(UnclearLicense::MoreThanText(name_of(first), notice.words_beside));
    }
    // The text of the LGPL 3 may have the GPL 3 with it.
    let is_gnu_3 = |text: &FullText, start: &str| text.ids.iter().any(|id| id.as_str().starts_with(start));
    let has_lesser = facts.full_texts.iter().any(|text| is_gnu_3(text, "LGPL-3.0-"));
    let mut names: Vec<&FullText> = Vec::new();
    for text in &facts.full_texts {
        let is_base = has_lesser && is_gnu_3(text, "GPL-3.0-");
        if !is_base && !names.iter().any(|known| known.ids == text.ids) {
            names.push(text);
        }
    }
    if names.len() > 1 {
        return Some(UnclearLicense::Several(names.iter().map(|text| name_of(text)).collect()));
    }
    if let Some(added) = facts.added.as_ref().filter(|_| !is_tagged) {
        return Some(UnclearLicense::AddsTerms(name_of(first), added.line, added.text.clone()));
    }
    if let Some((name, line)) = words::named_beside(facts).filter(|_| !is_tagged) {
        return Some(UnclearLicense::AlsoNames(name_of(first), name, line));
    }
    (first.words_beside > MANY_WORDS && !is_tagged)
        .then(|| UnclearLicense::MoreThanText(name_of(names.first().unwrap_or(&first)), first.words_beside))
}

/// Returns what is unclear of a notice: how a text differs, where it is one.
fn differs(notice: &Notice) -> UnclearLicense {
    match (&notice.note, &notice.expr) {
        (Some(note), Some(expr)) if notice.how == How::Text => {
            UnclearLicense::Differs(format!("a text like that of {expr}, which {note}"))
        }
        (Some(note), None) if notice.how == How::Text => UnclearLicense::Differs(note.clone()),
        _ => UnclearLicense::Unknown,
    }
}

/// Returns how a text is called in a sentence.
fn name_of(text: &FullText) -> String {
    let ids = text.ids.as_slice();
    let one = if let [one] = ids { Some(one) } else { undecided(ids).or_else(|| base(ids)) };
    one.map_or_else(|| join(ids), ToString::to_string)
}

/// The LGPL 3 adds permissions to the GPL 3, whose text must lie beside it: it alone is meant.
fn without_base(texts: &[(Option<LicenseExpr>, Evidence)]) -> Vec<(Option<LicenseExpr>, Evidence)> {
    let is = |text: &(Option<LicenseExpr>, Evidence), start: &str| text.1.expression.starts_with(start);
    let has_lesser = texts.iter().any(|text| is(text, "LGPL-3.0-"));
    texts.iter().filter(|text| !(has_lesser && is(text, "GPL-3.0-"))).cloned().collect()
}

impl Declaration {
    /// Returns what a work below inherits, with the evidence.
    pub(super) fn inherited(&self, path: &WorkPath) -> (Option<LicenseExpr>, Vec<Evidence>) {
        let relative = |declared: &Declared| {
            let folder = package::folder_of(&declared.path);
            path.as_str().strip_prefix(folder).map(|path| path.trim_start_matches('/').to_owned())
        };
        let own = self.parted.iter().find_map(|declared| {
            let part = declared.of(&relative(declared)?);
            (part.line != declared.line).then_some(part)
        });
        let (license, evidence) = match own {
            Some(part) => (part.expr.clone(), vec![package_evidence(part)]),
            None => (self.license.clone(), self.evidence.clone()),
        };
        let halved = |evidence: &Evidence| Evidence {
            kind: EvidenceKind::Inherited,
            score: evidence.score / 2.0,
            ..evidence.clone()
        };
        (license, evidence.iter().map(halved).collect())
    }
}

pub(super) fn package_evidence(declared: &Declared) -> Evidence {
    Evidence {
        kind: EvidenceKind::Package,
        expression: declared.expr.as_ref().map_or_else(|| declared.text.clone(), ToString::to_string),
        line: Some(declared.line),
        end_line: None,
        score: if declared.expr.is_some() { 0.95 } else { 0.0 },
        source: declared.path.clone(),
        note: declared.expr.is_none().then(|| package::why_unclear(&declared.text)),
    }
}

/// Returns what the tags of a license file without a known text say.
fn tags(path: &WorkPath, facts: &FileFacts) -> Vec<(Option<LicenseExpr>, Evidence)> {
    let part =
        Part { kind: EvidenceKind::Tag, source: path, statements: &facts.statements, copyright: Vec::new() };
    facts.statements.iter().map(|statement| statement.expr.clone().ok()).zip(part.evidence()).collect()
}

/// Returns what a license document declares: the choice it offers, its texts, or its notices.
fn declared(path: &WorkPath, facts: &FileFacts) -> Vec<(Option<LicenseExpr>, Evidence)> {
    let said = words::said(path, facts);
    let offered = words::choice(facts).map(ToString::to_string);
    let counts = said.into_iter().filter(|said| match &offered {
        Some(choice) => said.evidence.expression == *choice,
        None => said.grants && (facts.full_texts.is_empty() || said.evidence.kind == EvidenceKind::Text),
    });
    counts
        .map(|said| match said.expr.as_ref().and_then(|expr| words::exhibited(path, facts, expr)) {
            Some((applied, evidence)) => (Some(applied), evidence),
            None => (said.expr, said.evidence),
        })
        .collect()
}

/// Returns what the license texts in a file say.
pub(super) fn texts(path: &WorkPath, facts: &FileFacts) -> Vec<(Option<LicenseExpr>, Evidence)> {
    let is_license_file = facts.is_license_document || is_license_file(path);
    let read = |text: &FullText| {
        let (expr, mut evidence) = read_text(path, text, is_license_file);
        // With a term more it is not that license.
        let Some(added) = &facts.added else { return (expr, evidence) };
        let note = format!("line {} adds: \u{201c}{}\u{201d}", added.line, added.text);
        evidence.score = evidence.score.min(0.49);
        evidence.note = Some(evidence.note.map_or_else(|| note.clone(), |first| format!("{first}; {note}")));
        (None, evidence)
    };
    facts.full_texts.iter().map(read).collect()
}

fn read_text(path: &WorkPath, text: &FullText, is_license_file: bool) -> (Option<LicenseExpr>, Evidence) {
    let mut notes = Vec::new();
    let mut score = 1.0;
    let name = match text.ids.as_slice() {
        [one] => Some(one),
        several => match (undecided(several), base(several)) {
            (Some(only), _) => {
                score = 0.6;
                notes.push("the text does not say `or later`".to_owned());
                Some(only)
            }
            (None, base) => base,
        },
    };
    if is_license_file && text.words_beside > MANY_WORDS {
        score *= 0.5;
        notes.push(format!("the file has {} words beside the text", text.words_beside));
    }
    let expr: Option<LicenseExpr> = name.and_then(|name| name.as_str().parse().ok());
    let evidence = Evidence {
        kind: EvidenceKind::Text,
        expression: expr.as_ref().map_or_else(|| join(&text.ids), ToString::to_string),
        line: None,
        end_line: None,
        score: if expr.is_some() { score } else { 0.0 },
        source: path.clone(),
        note: (!notes.is_empty()).then(|| notes.join("; ")),
    };
    (expr, evidence.on_lines(text.first_line, text.last_line))
}

/// Returns `X-only` where all the ids are variants of it: what a text alone grants for certain.
fn undecided(ids: &[LicenseName]) -> Option<&LicenseName> {
    ids.iter().find(|id| {
        id.as_str().strip_suffix("-only").is_some_and(|base| {
            ids.iter()
                .all(|other| other.as_str().strip_prefix(base).is_some_and(|rest| rest.starts_with('-')))
        })
    })
}

/// Returns the id that all the others only make more precise, as `OFL-1.1` of `OFL-1.1-RFN`.
fn base(ids: &[LicenseName]) -> Option<&LicenseName> {
    ids.iter().find(|id| ids.iter().all(|other| other.as_str().starts_with(id.as_str())))
}

fn join(ids: &[LicenseName]) -> String {
    ids.iter().map(LicenseName::as_str).collect::<Vec<_>>().join(" or ")
}
