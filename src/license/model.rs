// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What facts are made of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::compat::{Use, Verdict};
use super::terms::{Class, DutyCode, Extra, Kind, Reach, Restriction};

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Later {
    /// The section that grants it.
    pub cite: String,
    /// What must hold, where the section excepts something.
    pub condition: Option<String>,
}

/// What a license says of a larger work that contains it unmixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
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
}
