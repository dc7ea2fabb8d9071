// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What people write for us: `copyhold.toml`, a project's own policy, and `copyhold.lock`, what a
//! consumer pins.
//!
//! Unknown keys are refused: a typo must not switch a check off. Neither file can make `verify`
//! weaker: of the tree it looks at, `verify` reads neither.

mod links;
mod lock;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::domain::{Digest, Instant, LicenseExpr, LicenseName, PathGlob};
use crate::license::{Licenses, WrittenFacts};

pub use links::{FromLink, Links};
pub use lock::{LOCK_FILE, Lock, Pin};

/// The name of the file, at the root of a project.
pub const CONFIG_FILE: &str = "copyhold.toml";

/// A project's policy, as `copyhold.toml` has it.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The project.
    #[serde(default)]
    pub project: Project,
    /// Parts that are used in another way than by derivation.
    #[serde(default, rename = "part")]
    pub parts: Vec<Part>,
    /// What the project asks of itself.
    #[serde(default)]
    pub policy: Policy,
    /// Licenses that were found out by a person.
    #[serde(default, rename = "override")]
    pub overrides: Vec<Override>,
    /// Findings that are known and accepted.
    #[serde(default, rename = "suppress")]
    pub suppressions: Vec<Suppression>,
    /// What licenses of the project's own ask, by their `LicenseRef-` name.
    #[serde(default, rename = "license")]
    #[cfg_attr(test, schemars(with = "BTreeMap<String, WrittenFacts>"))]
    written: BTreeMap<LicenseName, Spanned<WrittenFacts>>,
    /// The same, with everybody's, once they were found to hold together.
    #[serde(skip)]
    pub licenses: Licenses,
}

/// The project as a whole.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// Its name.
    pub name: Option<String>,
    /// What it is offered under as a whole.
    pub license: Option<LicenseExpr>,
    /// Whose it is, for works that do not say.
    #[serde(default)]
    pub copyright: Vec<String>,
}

/// How a part of a project comes into the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum PartUse {
    /// The whole is one work with it, or derives from it.
    Derivative,
    /// It is linked or otherwise combined, and stays a work of its own.
    Combine,
    /// It only lies beside the rest.
    Aggregate,
}

/// Some works of a project.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Which works.
    pub paths: Vec<PathGlob>,
    /// How they come into the whole.
    #[serde(rename = "use")]
    pub used: PartUse,
    /// What the part is offered under, where that differs from the project's license.
    pub license: Option<LicenseExpr>,
    /// Why.
    pub reason: Option<String>,
    /// How much of its fingerprints the record has, where that differs from the rest. The last part
    /// that says so counts.
    pub traces: Option<Traces>,
}

/// How much of works' fingerprints a record has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Traces {
    /// Nothing: only unchanged copies are found.
    None,
    /// About 1.4 % of the text: whole works are found, and most parts of some length.
    #[default]
    Compact,
    /// About 5 % of the text: parts from ten lines on are found, with their lines.
    Full,
}

/// What a project asks of itself.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether every work needs a signed statement.
    #[serde(default)]
    pub statements: Statements,
    /// How works are taken that are no text.
    #[serde(default)]
    pub binary: Treatment,
    /// How works are taken that a tool made.
    #[serde(default)]
    pub generated: Treatment,
    /// How works are taken that tests look at.
    #[serde(default, rename = "test-data")]
    pub test_data: Treatment,
    /// How works are taken that were brought along from others.
    #[serde(default)]
    pub vendored: Treatment,
}

/// How works of one nature are taken.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Treatment {
    /// As every other work.
    #[default]
    Full,
    /// They need state neither license nor copyright; what they state counts as ever.
    Unstated,
    /// The same, and they only lie beside the rest, as a part with `use = "aggregate"`.
    Aside,
}

/// Whether every work needs a signed statement.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Statements {
    /// No.
    #[default]
    Optional,
    /// Yes.
    Required,
}

/// A license that a person found out.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Which works.
    pub paths: Vec<PathGlob>,
    /// What they are under.
    pub license: LicenseExpr,
    /// How that is known.
    pub reason: String,
    /// The bytes it is known of; for others the override does not apply.
    pub sha256: Option<Digest>,
}

/// Findings that are known and accepted.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Suppression {
    /// The finding's code.
    pub code: String,
    /// On which works; on all where absent.
    #[serde(default)]
    pub paths: Vec<PathGlob>,
    /// Why that is acceptable.
    pub reason: String,
    /// Until when.
    pub expires: Option<Instant>,
}

/// Why a file people write cannot be used.
#[derive(Debug)]
pub struct ConfigError {
    file: &'static str,
    line: Option<usize>,
    message: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for ConfigError {}

/// Reads TOML into `T`, naming the line of what is wrong.
fn read_toml<T: serde::de::DeserializeOwned>(file: &'static str, bytes: &[u8]) -> Result<T, ConfigError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ConfigError {
        file,
        line: None,
        message: "not UTF-8 text".into(),
    })?;
    toml::from_str(text).map_err(|error| ConfigError {
        file,
        line: error.span().map(|span| line_at(bytes, span.start)),
        message: error.message().to_owned(),
    })
}

/// Returns the line, from 1, that holds the byte at `offset`.
fn line_at(bytes: &[u8], offset: usize) -> usize {
    memchr::memchr_iter(b'\n', &bytes[..offset.min(bytes.len())]).count() + 1
}

impl Config {
    /// Reads `copyhold.toml`.
    pub fn parse(bytes: &[u8]) -> Result<Self, ConfigError> {
        let mut config: Self = read_toml(CONFIG_FILE, bytes)?;
        for (name, facts) in &config.written {
            config.licenses.add(name, facts.get_ref()).map_err(|message| ConfigError {
                file: CONFIG_FILE,
                line: Some(line_at(bytes, facts.span().start)),
                message: format!("[license.\"…\"]: {message}"),
            })?;
        }
        let unknown = config.suppressions.iter().find(|s| crate::rule::Rule::find(&s.code).is_none());
        let refuse = |message: String| Err(ConfigError { file: CONFIG_FILE, line: None, message });
        if let Some(suppression) = unknown {
            return refuse(format!("[[suppress]]: there is no finding `{}`", suppression.code));
        }
        let is_empty = |reason: &str| reason.trim().is_empty();
        if config.suppressions.iter().any(|suppression| is_empty(&suppression.reason)) {
            return refuse("[[suppress]]: `reason` is empty; say why the finding is accepted".into());
        }
        if config.overrides.iter().any(|stated| is_empty(&stated.reason)) {
            return refuse("[[override]]: `reason` is empty; say how the license is known".into());
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refuses(text: &str, message: &str) {
        let error = Config::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn a_typo_switches_nothing_off() {
        refuses("[policy]\nstatments = \"required\"", "copyhold.toml:2: unknown field `statments`");
        refuses("[[override]]\npaths = [\"a\"]\nlicense = \"MIT OR\"\nreason = \"x\"", "copyhold.toml:3");
        refuses("[[override]]\npaths = [\"a\"]\nlicense = \"MIT\"", "missing field `reason`");
        refuses("[[suppress]]\ncode = \"CH107\"\nreason = \" \"", "`reason` is empty");
        refuses("[[suppress]]\ncode = \"CH999\"\nreason = \"x\"", "there is no finding `CH999`");
        refuses("[project]\nlicense = ", "copyhold.toml:2");
    }

    #[test]
    fn a_whole_policy_is_read() {
        let config = Config::parse(
            br#"
            [project]
            name = "merge-kit"
            license = "GPL-3.0-or-later"
            [[part]]
            paths = ["docs/**"]
            use = "aggregate"
            [policy]
            statements = "required"
            [[override]]
            paths = ["vendor/md5.c"]
            license = "Unlicense"
            reason = "the author's page says so"
            [[suppress]]
            code = "CH107"
            reason = "generated"
            "#,
        )
        .unwrap();
        assert_eq!(config.policy.statements, Statements::Required);
        assert_eq!(config.parts[0].used, PartUse::Aggregate);
    }
}
