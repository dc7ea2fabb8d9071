// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The facts: read once from the TOML files of `facts`, refused as a whole where they are wrong.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::compat::{Use, Verdict};
use super::terms::{Class, DutyCode, Extra, Kind, Reach, Restriction};
use crate::domain::{LicenseName, LicenseTerm};

/// What one license asks and grants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its id without `-only` and `-or-later`.
    pub id: String,
    /// What sort of license it is.
    pub class: Class,
    /// What it was written for.
    pub kinds: Vec<Kind>,
    /// How far its terms reach.
    pub reach: Reach,
    /// The family its versions belong to.
    pub family: String,
    /// Its version, number by number. Empty where there is only one.
    pub version: Vec<u32>,
    /// Which later versions everybody may use without the grant saying so.
    pub later: Option<Later>,
    /// Its conditions beyond notices.
    pub extras: Vec<Extra>,
    /// The sections of those conditions, where no duty stands for them.
    pub extra_cites: BTreeMap<Extra, String>,
    /// The conditions of others that it tolerates in a work under it.
    pub tolerates: Vec<Extra>,
    /// What it forbids, with the clause.
    pub restrictions: BTreeMap<Restriction, String>,
    /// What it asks of somebody who shares a derivative.
    pub duties: Vec<Duty>,
    /// What it says of larger works.
    pub combine: Option<Larger>,
    /// Where it says that separate works beside it stay free of it.
    pub aggregate: Option<String>,
    /// Where the text is.
    pub source: String,
}

/// One thing to do, with its clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Duty {
    /// What has to be done.
    pub code: DutyCode,
    /// The section that asks for it.
    pub cite: String,
    /// The checks a file tree allows for it.
    pub check: Vec<String>,
    /// What a record must hold, where the section lists it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// A license's own rule on its later versions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Later {
    /// The section that grants it.
    pub cite: String,
    /// What must hold, where the section excepts something.
    pub condition: Option<String>,
}

/// What a license says of a larger work that contains it unmixed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Larger {
    /// What follows for the larger work.
    pub verdict: Verdict,
    /// The section.
    pub cite: String,
    /// What it says.
    pub text: String,
    /// What must hold.
    #[serde(default)]
    pub conditions: Vec<String>,
}

/// An explicit one-way permission or refusal between two licenses.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edge {
    /// Ids or `family:X`.
    pub from: Vec<String>,
    /// Ids or `family:X`.
    pub to: Vec<String>,
    /// For which uses. Empty means derivative, and with it everything weaker.
    #[serde(default, rename = "use")]
    pub uses: Vec<Use>,
    /// The verdict.
    pub verdict: Verdict,
    /// The clause, or the anchor of a steward's page.
    pub cite: String,
    /// Where a steward says so. The license text where absent.
    pub source: Option<String>,
    /// Since when, where it was not always so.
    pub since: Option<String>,
    /// Who says so.
    pub tier: Tier,
    /// What it says.
    pub text: String,
    /// What must hold.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// What somebody who takes this path has to do.
    #[serde(default)]
    pub then: Vec<String>,
    /// Whether the target may also be offered as "or any later version".
    #[serde(default)]
    pub later: bool,
    /// Whether it puts the copy under other terms although it is only for `combine`.
    #[serde(default)]
    pub converts: bool,
    /// Whether only targets of the same or a later version are meant.
    #[serde(default)]
    pub upward: bool,
}

/// How near to the source a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Tier {
    /// The license text.
    T1,
    /// A steward's statement.
    T2,
    /// Derived from T1 or T2.
    T3,
}

/// An additional permission (`WITH`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// What it frees.
    pub scope: String,
    /// What it makes of `combine`.
    pub verdict: Verdict,
    /// The paragraph.
    pub cite: String,
    /// What it says.
    pub text: String,
    /// What must hold.
    #[serde(default)]
    pub conditions: Vec<String>,
    /// For which targets only: ids or `family:X`. Empty means every one.
    #[serde(default)]
    pub to: Vec<String>,
    /// Targets of these classes it does not help.
    #[serde(default)]
    pub not_class: Vec<Class>,
}

/// One license as a term names it: its facts, and whether later versions are granted with it.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The facts.
    pub facts: &'static Facts,
    /// Whether the grant says "or any later version".
    pub later: bool,
    /// Whether it is one whose id carries that in a suffix.
    pub(super) suffixed: bool,
}

impl Known {
    /// Returns the id as SPDX spells it now.
    pub fn id(self) -> String {
        match (self.suffixed, self.later) {
            (true, true) => format!("{}-or-later", self.facts.id),
            (true, false) => format!("{}-only", self.facts.id),
            (false, true) => format!("{}+", self.facts.id),
            (false, false) => self.facts.id.clone(),
        }
    }

    /// Returns whether its id says that no later version is granted.
    pub(super) fn grants_only(self) -> bool {
        self.suffixed && !self.later
    }

    /// Returns the same license granted with later versions.
    pub(super) fn with_later(self) -> Self {
        Self { later: true, ..self }
    }

    /// Returns the same license granted in this version only.
    #[must_use]
    pub fn only(self) -> Self {
        Self { later: false, ..self }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    license: BTreeMap<String, Raw>,
    #[serde(default)]
    exception: BTreeMap<String, Exception>,
    #[serde(default)]
    edge: Vec<Edge>,
}

/// Facts as written: what is absent is taken from the license named by `like`, duties are added to its.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    like: Option<String>,
    class: Option<Class>,
    kinds: Option<Vec<Kind>>,
    reach: Option<Reach>,
    family: Option<String>,
    version: Option<String>,
    later: Option<Later>,
    extras: Option<Vec<Extra>>,
    extra_cites: Option<BTreeMap<Extra, String>>,
    tolerates: Option<Vec<Extra>>,
    #[serde(default)]
    restrictions: BTreeMap<Restriction, String>,
    #[serde(default)]
    duties: BTreeMap<DutyCode, RawDuty>,
    combine: Option<Larger>,
    aggregate: Option<String>,
    source: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum RawDuty {
    Cite(String),
    Full(FullDuty),
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct FullDuty {
    cite: String,
    check: Option<Vec<String>>,
    #[serde(default)]
    fields: Vec<String>,
}

pub(super) struct Catalog {
    pub(super) licenses: BTreeMap<String, Facts>,
    pub(super) exceptions: BTreeMap<String, Exception>,
    pub(super) edges: Vec<Edge>,
}

const FILES: &[(&str, &str)] = &[
    ("gnu", include_str!("facts/gnu.toml")),
    ("permissive", include_str!("facts/permissive.toml")),
    ("permissive-extra", include_str!("facts/permissive-extra.toml")),
    ("permissive-historic", include_str!("facts/permissive-historic.toml")),
    ("copyleft", include_str!("facts/copyleft.toml")),
    ("european", include_str!("facts/european.toml")),
    ("creative-commons", include_str!("facts/creative-commons.toml")),
    ("content-data", include_str!("facts/content-data.toml")),
    ("hardware-font", include_str!("facts/hardware-font.toml")),
    ("restricted", include_str!("facts/restricted.toml")),
    ("exceptions", include_str!("facts/exceptions.toml")),
];

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| read(FILES).expect("the fact files are embedded and a test reads them"));

pub(super) fn catalog() -> &'static Catalog {
    &CATALOG
}

fn read(files: &[(&str, &str)]) -> Result<Catalog, String> {
    let mut raw = BTreeMap::new();
    let mut found = Catalog { licenses: BTreeMap::new(), exceptions: BTreeMap::new(), edges: Vec::new() };
    for (name, text) in files {
        let file: File = toml::from_str(text).map_err(|e| format!("{name}.toml: {e}"))?;
        for (id, facts) in file.license {
            if raw.insert(id.clone(), facts).is_some() {
                return Err(format!("{name}.toml: {id} stands twice"));
            }
        }
        found.exceptions.extend(file.exception);
        found.edges.extend(file.edge);
    }
    for id in raw.keys() {
        let facts = resolved(id, &raw, 0)?;
        found.licenses.insert(id.clone(), facts);
    }
    Ok(found)
}

fn resolved(id: &str, all: &BTreeMap<String, Raw>, depth: usize) -> Result<Facts, String> {
    let raw = all.get(id).ok_or_else(|| format!("{id} is named and has no facts"))?;
    if depth > 8 {
        return Err(format!("{id}: `like` goes in a circle"));
    }
    let base = raw.like.as_ref().map(|like| resolved(like, all, depth + 1)).transpose()?;
    let base = base.as_ref();
    let missing = |what| format!("{id}: {what} is missing");
    let mut duties: BTreeMap<DutyCode, Duty> =
        base.iter().flat_map(|b| &b.duties).map(|d| (d.code, d.clone())).collect();
    for (code, duty) in &raw.duties {
        let full = match duty.clone() {
            RawDuty::Cite(cite) => FullDuty { cite, check: None, fields: Vec::new() },
            RawDuty::Full(full) => full,
        };
        let check = full.check.unwrap_or_else(|| code.checks().iter().map(|c| (*c).to_owned()).collect());
        duties.insert(*code, Duty { code: *code, cite: full.cite, check, fields: full.fields });
    }
    let version = match &raw.version {
        Some(text) => text
            .split('.')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| format!("{id}: a version is numbers and dots"))?,
        None => Vec::new(),
    };
    let mut restrictions = base.map(|b| b.restrictions.clone()).unwrap_or_default();
    restrictions.extend(raw.restrictions.clone());
    Ok(Facts {
        id: id.to_owned(),
        class: raw.class.or(base.map(|b| b.class)).ok_or_else(|| missing("class"))?,
        kinds: raw.kinds.clone().or(base.map(|b| b.kinds.clone())).ok_or_else(|| missing("kinds"))?,
        reach: raw.reach.or(base.map(|b| b.reach)).unwrap_or(Reach::None),
        // A family is stated, never taken over: being like another license is not being a version of it.
        family: raw.family.clone().unwrap_or_else(|| id.to_owned()),
        version,
        later: raw.later.clone(),
        extras: raw.extras.clone().or(base.map(|b| b.extras.clone())).unwrap_or_default(),
        extra_cites: raw.extra_cites.clone().or(base.map(|b| b.extra_cites.clone())).unwrap_or_default(),
        tolerates: raw.tolerates.clone().or(base.map(|b| b.tolerates.clone())).unwrap_or_default(),
        restrictions,
        duties: duties.into_values().collect(),
        combine: raw.combine.clone().or(base.and_then(|b| b.combine.clone())),
        aggregate: raw.aggregate.clone().or(base.and_then(|b| b.aggregate.clone())),
        source: raw.source.clone().unwrap_or_else(|| format!("https://spdx.org/licenses/{id}.html")),
    })
}

impl Facts {
    /// Returns what it asks of somebody who shares a derivative, each with its section.
    pub fn duties(&self) -> &[Duty] {
        &self.duties
    }

    /// Returns whether derivatives must stay under it.
    pub fn is_copyleft(&self) -> bool {
        self.same_license().is_some()
    }

    /// Returns the duty to keep the same license, where there is one.
    pub fn same_license(&self) -> Option<&Duty> {
        self.duties.iter().find(|d| d.code.is_same_license())
    }

    /// Returns the duty with this code.
    pub fn duty(&self, code: DutyCode) -> Option<&Duty> {
        self.duties.iter().find(|d| d.code == code)
    }

    /// Returns whether it forbids this.
    pub fn forbids(&self, what: Restriction) -> bool {
        self.restrictions.contains_key(&what)
    }

    /// Returns whether an edge end names it: its id or `family:X`.
    pub(super) fn is_named(&self, selector: &str) -> bool {
        match selector.strip_prefix("family:") {
            Some(family) => self.family == family,
            None => self.id == selector,
        }
    }

    /// Returns the versions of the same family that came after it, oldest first.
    pub(super) fn successors(&self) -> impl Iterator<Item = &'static Facts> {
        let mut later: Vec<_> = catalog()
            .licenses
            .values()
            .filter(|other| other.family == self.family && other.version > self.version)
            .collect();
        later.sort_by(|a, b| a.version.cmp(&b.version));
        later.into_iter()
    }
}

/// Returns the facts on the license of a term; nothing where there are none.
pub fn facts(term: &LicenseTerm) -> Option<&'static Facts> {
    known(term).map(|known| known.facts)
}

/// Returns the license of a term with what the term says of later versions.
pub fn known(term: &LicenseTerm) -> Option<Known> {
    let mut found = lookup(term.license.as_str())?;
    found.later |= term.or_later;
    Some(found)
}

/// Reads an id. GNU ids carry their later-version rule: `-only`, `-or-later`, and the deprecated plain
/// form, which SPDX defines as "only".
fn lookup(id: &str) -> Option<Known> {
    let licenses = &catalog().licenses;
    if let Some((stem, later)) = id
        .strip_suffix("-or-later")
        .or_else(|| id.strip_suffix('+'))
        .map(|stem| (stem, true))
        .or_else(|| id.strip_suffix("-only").map(|stem| (stem, false)))
    {
        return licenses.get(stem).map(|facts| Known { facts, later, suffixed: is_suffixed(stem) });
    }
    licenses.get(id).or_else(|| licenses.get(unported(id)?)).map(|facts| Known {
        facts,
        later: false,
        suffixed: is_suffixed(id),
    })
}

/// Returns the Creative Commons license a jurisdiction port stands for: `CC-BY-SA-3.0-DE` has the
/// elements and, for what is judged here, the rules of `CC-BY-SA-3.0`.
fn unported(id: &str) -> Option<&str> {
    let (stem, port) = id.rsplit_once('-')?;
    let is_port = id.starts_with("CC-BY") && port.len() <= 3 && port.bytes().all(|b| b.is_ascii_uppercase());
    is_port.then_some(stem)
}

/// Returns whether SPDX spells this license with `-only` and `-or-later`.
fn is_suffixed(stem: &str) -> bool {
    spdx::license_id(&format!("{stem}-only")).is_some()
}

/// Returns every license there are facts on, in all the ways SPDX spells it.
pub(super) fn all_known() -> impl Iterator<Item = Known> {
    catalog().licenses.values().flat_map(|facts| {
        let suffixed = is_suffixed(&facts.id);
        let plain = Known { facts, later: false, suffixed };
        std::iter::once(plain).chain(suffixed.then_some(Known { later: true, ..plain }))
    })
}

/// Returns whether an id is on the SPDX list, or a reference or other name with a source of its own.
#[cfg(test)]
pub(super) fn is_listed_or_noted(facts: &Facts) -> bool {
    spdx::license_id(&facts.id).is_some()
        || is_suffixed(&facts.id)
        || !facts.source.contains("spdx.org/licenses")
}

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
