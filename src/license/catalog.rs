// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The facts: read once from the TOML files of `facts`, refused as a whole where they are wrong; and
//! with them, those a project has on licenses of its own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::model::{Edge, Exception, Facts};
use super::written::WrittenFacts;
use crate::domain::{LicenseName, LicenseTerm};

/// One license as a term names it: its facts, and whether later versions are granted with it.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// Whether the grant says "or any later version".
    pub later: bool,
    /// Whether it is one whose id carries that in a suffix.
    pub(super) suffixed: bool,
}

impl Known<'_> {
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

/// The licenses there are facts on: everybody's, and those a project describes itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Licenses {
    own: BTreeMap<String, Facts>,
}

impl Licenses {
    /// Adds facts on a license of one's own, a `LicenseRef-`. Says what is missing or contradicts itself.
    pub fn add(&mut self, name: &LicenseName, written: &WrittenFacts) -> Result<(), String> {
        if !name.is_ref() {
            return Err(format!("{name} is no name of one's own: those begin with `LicenseRef-`"));
        }
        if written.family.is_some() || written.version.is_some() || written.later.is_some() {
            return Err(format!(
                "{name}: `family`, `version` and `later` are not for a license of one's own"
            ));
        }
        let base = match &written.like {
            None => None,
            Some(like) => Some(catalog().licenses.get(like).ok_or_else(|| {
                format!("{name}: it is said to be like {like}, on which there are no facts")
            })?),
        };
        let mut facts = written.over(name.as_str(), base)?;
        if written.source.is_none() {
            "copyhold.toml".clone_into(&mut facts.source);
        }
        self.own.insert(name.as_str().to_owned(), facts);
        Ok(())
    }

    /// Returns the license of a term with what the term says of later versions.
    pub fn known<'a>(&'a self, term: &LicenseTerm) -> Option<Known<'a>> {
        match self.own.get(term.license.as_str()) {
            Some(facts) => Some(Known { facts, later: false, suffixed: false }),
            None => known(term),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    license: BTreeMap<String, WrittenFacts>,
    #[serde(default)]
    exception: BTreeMap<String, Exception>,
    #[serde(default)]
    edge: Vec<Edge>,
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
    let mut written = BTreeMap::new();
    let mut found = Catalog { licenses: BTreeMap::new(), exceptions: BTreeMap::new(), edges: Vec::new() };
    for (name, text) in files {
        let file: File = toml::from_str(text).map_err(|e| format!("{name}.toml: {e}"))?;
        for (id, facts) in file.license {
            if written.insert(id.clone(), facts).is_some() {
                return Err(format!("{name}.toml: {id} stands twice"));
            }
        }
        found.exceptions.extend(file.exception);
        found.edges.extend(file.edge);
    }
    for id in written.keys() {
        resolve(id, &written, &mut found.licenses, 0)?;
    }
    Ok(found)
}

/// Resolves what a license is like first, then the license.
fn resolve(
    id: &str,
    written: &BTreeMap<String, WrittenFacts>,
    found: &mut BTreeMap<String, Facts>,
    depth: usize,
) -> Result<(), String> {
    if found.contains_key(id) {
        return Ok(());
    }
    let own = written.get(id).ok_or_else(|| format!("{id} is named and has no facts"))?;
    if depth > 8 {
        return Err(format!("{id}: `like` goes in a circle"));
    }
    if let Some(like) = &own.like {
        resolve(like, written, found, depth + 1)?;
    }
    let facts = own.over(id, own.like.as_ref().and_then(|like| found.get(like)))?;
    found.insert(id.to_owned(), facts);
    Ok(())
}

impl Facts {
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
pub fn known(term: &LicenseTerm) -> Option<Known<'static>> {
    let mut found = lookup(term.license.as_str())?;
    found.later |= term.or_later;
    Some(found)
}

/// Reads an id. GNU ids carry their later-version rule: `-only`, `-or-later`, and the deprecated plain
/// form, which SPDX defines as "only".
fn lookup(id: &str) -> Option<Known<'static>> {
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

/// The jurisdictions Creative Commons ported its licenses to, and intergovernmental organisations.
const PORTS: &str = "AR AT AU BE BG BR CA CH CL CN CO CR CZ DE DK EC EE EG ES FI FR GR GT HK HR HU IE IGO IL \
                     IN IT JP KR LU MK MT MX MY NL NO NZ PE PH PL PR PT RO RS SE SG SI TH TW UG UK US VN ZA";

/// Returns the Creative Commons license a jurisdiction port stands for: `CC-BY-SA-3.0-DE` has the
/// elements and, for what is judged here, the rules of `CC-BY-SA-3.0`. Version 4.0 is never ported.
fn unported(id: &str) -> Option<&str> {
    let (stem, port) = id.rsplit_once('-')?;
    let is_port = id.starts_with("CC-BY") && !stem.ends_with("-4.0") && PORTS.split(' ').any(|p| p == port);
    is_port.then_some(stem)
}

/// Returns whether SPDX spells this license with `-only` and `-or-later`.
fn is_suffixed(stem: &str) -> bool {
    spdx::license_id(&format!("{stem}-only")).is_some()
}

/// Returns every license there are facts on, in all the ways SPDX spells it.
pub(super) fn all_known() -> impl Iterator<Item = Known<'static>> {
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
