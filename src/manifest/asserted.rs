// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! People who are said to have had a part, by sources that nobody signed: git's history, lists of
//! people, lists of keys. They are credited as that, and prove nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::leaf::LeafError;
use crate::domain::{KeyId, WorkPath};
use crate::sign::canonical::{JcsError, from_jcs, to_jcs};
use crate::sign::statement::without_addresses;

/// The most works that are named for one person; how many more there are is told.
const MAX_NAMED_WORKS: usize = 256;

/// The longest name, in bytes.
const MAX_NAME_BYTES: usize = 256;

/// The most people one source may name.
const MAX_PEOPLE: usize = 100_000;

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum AssertedBy {
    /// A list of keys in the form of OpenSSH's allowed signers.
    AllowedSigners,
    /// The commits of the repository.
    Git,
    /// Lists of people in the tree: AUTHORS, CITATION.cff, .all-contributorsrc, REUSE contributors.
    People,
}

impl AssertedBy {
    /// Returns its name, as in the file its assertions are kept in.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AllowedSigners => "allowed-signers",
            Self::Git => "git",
            Self::People => "people",
        }
    }

    /// Returns every source.
    pub fn all() -> [Self; 3] {
        [Self::AllowedSigners, Self::Git, Self::People]
    }
}

/// Somebody who is said to have had a part, by no statement of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssertedLeaf {
    /// Who said it.
    pub by: AssertedBy,
    /// Keys that are said to be the person's, by OpenSSH's fingerprint.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<KeyId>,
    /// How many works more than `works` there are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_works: u64,
    /// What the person, or the tool, is called.
    pub name: String,
    /// Which part, and how often: `authored`, `coAuthored`, `signedOff`, `reviewed`, `assisted` and
    /// `signed` (commits with a signature, which was not checked), or a list's own word.
    pub parts: BTreeMap<String, u64>,
    /// Works that the part was in, as far as they are still there, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub works: Vec<WorkPath>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Gathers what one source says, person by person.
#[derive(Debug)]
pub struct Assertions {
    by: AssertedBy,
    people: BTreeMap<String, Person>,
}

#[derive(Debug, Default)]
struct Person {
    parts: BTreeMap<String, u64>,
    works: std::collections::BTreeSet<WorkPath>,
    keys: std::collections::BTreeSet<KeyId>,
}

impl Assertions {
    /// Begins with nothing.
    pub fn new(by: AssertedBy) -> Self {
        Self { by, people: BTreeMap::new() }
    }

    /// Adds that `name` had a part in `works`. An address in the name is left out; a name of nothing
    /// else is not taken, since no address enters a record.
    pub fn add<'a>(&mut self, name: &str, part: &str, works: impl IntoIterator<Item = &'a WorkPath>) {
        if let Some(person) = self.person(name) {
            *person.parts.entry(part.to_owned()).or_default() += 1;
            person.works.extend(works.into_iter().cloned());
        }
    }

    /// Adds that a key is said to be of `name`.
    pub fn add_key(&mut self, name: &str, key: KeyId) {
        if let Some(person) = self.person(name) {
            *person.parts.entry("key".to_owned()).or_default() += 1;
            person.keys.insert(key);
        }
    }

    fn person(&mut self, name: &str) -> Option<&mut Person> {
        let name = without_addresses(name);
        let name = name.trim_matches(|c: char| c.is_whitespace() || "\"'<>(),;".contains(c));
        let is_name = !name.is_empty() && name.len() <= MAX_NAME_BYTES && !name.contains('@');
        if !is_name || (self.people.len() == MAX_PEOPLE && !self.people.contains_key(name)) {
            return None;
        }
        Some(self.people.entry(name.to_owned()).or_default())
    }

    /// Returns how many parts were added.
    pub fn parts(&self) -> u64 {
        self.people.values().flat_map(|person| person.parts.values()).sum()
    }

    /// Returns a leaf for each person, sorted by name.
    pub fn into_leaves(self) -> Vec<AssertedLeaf> {
        let by = self.by;
        let leaf = |(name, person): (String, Person)| AssertedLeaf {
            by,
            keys: person.keys.into_iter().collect(),
            more_works: person.works.len().saturating_sub(MAX_NAMED_WORKS) as u64,
            name,
            parts: person.parts,
            works: person.works.into_iter().take(MAX_NAMED_WORKS).collect(),
        };
        self.people.into_iter().map(leaf).collect()
    }
}

/// Writes what a source said, a line a person, each in canonical form.
pub fn write_asserted(leaves: &[AssertedLeaf]) -> Result<Vec<u8>, JcsError> {
    let mut bytes = Vec::new();
    for leaf in leaves {
        bytes.extend(to_jcs(leaf)?);
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Reads it back.
pub fn read_asserted(bytes: &[u8]) -> Result<Vec<AssertedLeaf>, LeafError> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let lines = super::leaf::lines(bytes)?.into_iter().zip(1..);
    lines.map(|(line, number)| from_jcs(line).map_err(|error| LeafError::Line(number, error))).collect()
}
