// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What one license or expression gives and asks, for people and programs.

use std::collections::BTreeMap;

use serde::Serialize;

use super::catalog::{Licenses, all_known, catalog};
use super::compat::{Use, Verdict};
use super::model::Duty;
use super::pair::{self, Party};
use super::terms::{Class, Kind, Reach, Restriction};
use crate::domain::{LicenseExpr, LicenseName, LicenseTerm};

/// What every term of an expression gives and asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "License"))]
pub struct Profile {
    /// The version of this document.
    pub schema: &'static str,
    /// The expression.
    #[serde(serialize_with = "super::compat::as_text")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub expression: LicenseExpr,
    /// Its terms, sorted.
    pub terms: Vec<TermProfile>,
}

/// What one term gives and asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TermProfile {
    /// The term.
    pub license: String,
    /// Where its text is.
    pub source: String,
    /// What sort of license it is.
    pub class: Class,
    /// What it was written for.
    pub kinds: Vec<Kind>,
    /// How far its terms reach.
    pub reach: Reach,
    /// What everybody may do.
    pub rights: Vec<&'static str>,
    /// What somebody who shares a derivative has to do, with sections.
    pub duties: Vec<Duty>,
    /// What it forbids, with the section.
    pub restrictions: BTreeMap<Restriction, String>,
    /// What the exception frees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exception: Option<String>,
    /// The licenses a derivative may go under, with the verdict.
    pub flows_into: BTreeMap<String, Verdict>,
}

/// Returns what every term of an expression gives and asks; the first name there are no facts on where
/// there is one.
pub fn profile(expression: &LicenseExpr, licenses: &Licenses) -> Result<Profile, LicenseName> {
    let terms = expression
        .current()
        .terms()
        .into_iter()
        .map(|term| of(term, licenses).ok_or_else(|| term.license.clone()))
        .collect::<Result<_, _>>()?;
    Ok(Profile { schema: "https://w3id.org/copyhold/license/v0.1", expression: expression.clone(), terms })
}

fn of(term: &LicenseTerm, licenses: &Licenses) -> Option<TermProfile> {
    let facts = licenses.known(term)?.facts;
    let rights = [
        ("share it", Restriction::Closed),
        ("share changed versions", Restriction::Nd),
        ("use it commercially", Restriction::Nc),
        ("use it for every purpose", Restriction::Use),
    ]
    .into_iter()
    .filter(|(_, against)| !facts.forbids(*against) && !facts.forbids(Restriction::Closed))
    .map(|(right, _)| right)
    .collect();
    let flows_into = all_known()
        .filter_map(|to| {
            let target = LicenseTerm { license: to.id().parse().ok()?, or_later: false, exception: None };
            let verdict =
                pair::judge(Party::of(term, licenses), Party::of(&target, licenses), Use::Derivative).verdict;
            (verdict >= Verdict::Conditional).then(|| (to.id(), verdict))
        })
        .collect();
    let exception = term.exception.as_ref().map(|name| match catalog().exceptions.get(name.as_str()) {
        Some(exception) => format!("{name}: {} ({})", exception.text, exception.cite),
        None => format!("{name}: there are no facts on it; it may be dropped"),
    });
    Some(TermProfile {
        license: term.to_string(),
        source: facts.source.clone(),
        class: facts.class,
        kinds: facts.kinds.clone(),
        reach: facts.reach,
        rights,
        duties: facts.duties().to_vec(),
        restrictions: facts.restrictions.clone(),
        exception,
        flows_into,
    })
}

/// Returns the text of a license or exception on the SPDX list.
pub fn text(name: &LicenseName) -> Option<&'static str> {
    spdx::license_id(name.as_str())
        .map(spdx::LicenseId::text)
        .or_else(|| spdx::exception_id(name.as_str()).map(spdx::ExceptionId::text))
}
