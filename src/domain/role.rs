// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a contributor did: a CRediT role (ANSI/NISO Z39.104-2022) or one of the few it lacks.

use std::fmt;
use std::str::FromStr;

use super::text_form::text_form;

const CREDIT: &str = "https://credit.niso.org/contributor-roles/";
const OURS: &str = "https://w3id.org/copyhold/role/";

/// The slugs of <https://credit.niso.org/>, all fourteen.
const CREDIT_SLUGS: [&str; 14] = [
    "conceptualization",
    "data-curation",
    "formal-analysis",
    "funding-acquisition",
    "investigation",
    "methodology",
    "project-administration",
    "resources",
    "software",
    "supervision",
    "validation",
    "visualization",
    "writing-original-draft",
    "writing-review-editing",
];

/// What people do in software and art projects and CRediT has no word for.
const OUR_SLUGS: [&str; 8] =
    ["art", "documentation", "maintenance", "music", "packaging", "review", "testing", "translation"];

/// A contributor role, written as its URI.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Role {
    prefix: &'static str,
    slug: &'static str,
}

/// Why a text names no [`Role`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseRoleError;

impl fmt::Display for ParseRoleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected a role: {}", Role::all().map(|r| r.slug).collect::<Vec<_>>().join(", "))
    }
}

impl std::error::Error for ParseRoleError {}

impl Role {
    /// Returns every role, CRediT's first.
    pub fn all() -> impl Iterator<Item = Role> {
        let ours = OUR_SLUGS.into_iter().map(|slug| Role { prefix: OURS, slug });
        CREDIT_SLUGS.into_iter().map(|slug| Role { prefix: CREDIT, slug }).chain(ours)
    }

    /// Returns the short name, as typed on the command line.
    pub fn slug(self) -> &'static str {
        self.slug
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.prefix, self.slug, if self.prefix == CREDIT { "/" } else { "" })
    }
}

impl FromStr for Role {
    type Err = ParseRoleError;

    /// Takes a role's URI or its short name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Role::all().find(|role| role.slug == text || role.to_string() == text).ok_or(ParseRoleError)
    }
}

text_form!(
    Role,
    "^https://(credit\\.niso\\.org/contributor-roles/[a-z-]+/|w3id\\.org/copyhold/role/[a-z-]+)$",
    "contributor role as a URI: CRediT, or copyhold's own where CRediT has none"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_read_back_from_both_its_names() {
        for role in Role::all() {
            assert_eq!(role.slug().parse::<Role>().unwrap(), role);
            assert_eq!(role.to_string().parse::<Role>().unwrap(), role);
        }
        assert!("king".parse::<Role>().is_err());
    }
}
