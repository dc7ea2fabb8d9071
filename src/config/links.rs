// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Links from works to what they come from, written down to be gone through before they are signed.

use serde::{Deserialize, Serialize};

use super::{ConfigError, read_toml};
use crate::domain::{Digest, Relation, WorkPath};

/// A list of links.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Links {
    /// The links.
    #[serde(default, rename = "link")]
    pub links: Vec<FromLink>,
}

/// One link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FromLink {
    /// The work.
    pub path: WorkPath,
    /// The digest of its bytes.
    pub sha256: Digest,
    /// How it relates to its source.
    pub relation: Relation,
    /// The upstream.
    pub upstream: String,
    /// The upstream's work.
    pub source: WorkPath,
    /// The digest of its bytes.
    pub source_sha256: Digest,
    /// Why it is on the list; for the reader.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

const HEAD: &str = "\
# What these works come from, as far as it was found and nobody has said it yet. Go through it: take out
# what is not so, and put the relation right where another holds: copyOf, descendantOf, excerptOf,
# variantOf, contains. Then sign what is left: `copyhold derive --sign FILE`.

";

impl Links {
    /// Reads a list.
    pub fn parse(bytes: &[u8]) -> Result<Self, ConfigError> {
        read_toml("the list of links", bytes)
    }

    /// Writes the list, with what to do with it in its head.
    pub fn to_bytes(&self) -> Vec<u8> {
        format!("{HEAD}{}", toml::to_string(self).expect("links are plain tables")).into_bytes()
    }
}
