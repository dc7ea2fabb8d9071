// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Facts as people write them: in the fact files, and in `copyhold.toml` for licenses of one's own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::model::{Duty, Facts, Larger, Later};
use super::terms::{Class, DutyCode, Extra, Kind, Reach, Restriction};

/// Facts as written: what is absent is taken from the license named by `like`, duties are added to its.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WrittenFacts {
    /// A license whose facts hold where nothing else is written.
    pub like: Option<String>,
    /// What sort of license it is.
    pub class: Option<Class>,
    /// What it was written for.
    pub kinds: Option<Vec<Kind>>,
    /// How far its terms reach.
    pub reach: Option<Reach>,
    /// The family its versions belong to; in the fact files alone.
    pub family: Option<String>,
    /// Its version; in the fact files alone.
    pub version: Option<String>,
    /// Its rule on later versions; in the fact files alone.
    pub later: Option<Later>,
    /// Its conditions beyond notices.
    pub extras: Option<Vec<Extra>>,
    /// The sections of those conditions.
    pub extra_cites: Option<BTreeMap<Extra, String>>,
    /// The conditions of others that it tolerates in a work under it.
    pub tolerates: Option<Vec<Extra>>,
    /// What it forbids, with the clause.
    #[serde(default)]
    pub restrictions: BTreeMap<Restriction, String>,
    /// What it asks of somebody who shares a derivative, with the section.
    #[serde(default)]
    pub duties: BTreeMap<DutyCode, WrittenDuty>,
    /// What it says of larger works.
    pub combine: Option<Larger>,
    /// Where it says that separate works beside it stay free of it.
    pub aggregate: Option<String>,
    /// Where the text is.
    pub source: Option<String>,
}

/// A duty as written.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum WrittenDuty {
    /// The section alone.
    Cite(String),
    /// The section and more.
    Full(FullDuty),
}

/// A duty with what a record must hold for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FullDuty {
    /// The section that asks for it.
    pub cite: String,
    /// The checks a file tree allows for it.
    pub check: Option<Vec<String>>,
    /// What a record must hold.
    #[serde(default)]
    pub fields: Vec<String>,
}

impl WrittenFacts {
    /// Returns the facts under `id`, over those of the license it is like; says what is missing or
    /// contradicts itself.
    pub(super) fn over(&self, id: &str, base: Option<&Facts>) -> Result<Facts, String> {
        let missing = |what| format!("{id}: {what} is missing");
        let mut duties: BTreeMap<DutyCode, Duty> =
            base.iter().flat_map(|b| &b.duties).map(|d| (d.code, d.clone())).collect();
        for (code, duty) in &self.duties {
            let full = match duty.clone() {
                WrittenDuty::Cite(cite) => FullDuty { cite, check: None, fields: Vec::new() },
                WrittenDuty::Full(full) => full,
            };
            let check = full.check.unwrap_or_else(|| code.checks().iter().map(|c| (*c).to_owned()).collect());
            duties.insert(*code, Duty { code: *code, cite: full.cite, check, fields: full.fields });
        }
        let version = match &self.version {
            Some(text) => text
                .split('.')
                .map(str::parse)
                .collect::<Result<_, _>>()
                .map_err(|_| format!("{id}: a version is numbers and dots"))?,
            None => Vec::new(),
        };
        let mut restrictions = base.map(|b| b.restrictions.clone()).unwrap_or_default();
        restrictions.extend(self.restrictions.clone());
        let facts = Facts {
            id: id.to_owned(),
            class: self.class.or(base.map(|b| b.class)).ok_or_else(|| missing("class"))?,
            kinds: self.kinds.clone().or(base.map(|b| b.kinds.clone())).ok_or_else(|| missing("kinds"))?,
            reach: self.reach.or(base.map(|b| b.reach)).unwrap_or(Reach::None),
            // A family is stated, never taken over: being like another license is not being a version of it.
            family: self.family.clone().unwrap_or_else(|| id.to_owned()),
            version,
            later: self.later.clone(),
            extras: self.extras.clone().or(base.map(|b| b.extras.clone())).unwrap_or_default(),
            extra_cites: self.extra_cites.clone().or(base.map(|b| b.extra_cites.clone())).unwrap_or_default(),
            tolerates: self.tolerates.clone().or(base.map(|b| b.tolerates.clone())).unwrap_or_default(),
            restrictions,
            duties: duties.into_values().collect(),
            combine: self.combine.clone().or(base.and_then(|b| b.combine.clone())),
            aggregate: self.aggregate.clone().or(base.and_then(|b| b.aggregate.clone())),
            source: self.source.clone().unwrap_or_else(|| format!("https://spdx.org/licenses/{id}.html")),
        };
        check(&facts).map_err(|problem| format!("{id}: {problem}"))?;
        Ok(facts)
    }
}

/// Says where facts contradict themselves.
fn check(facts: &Facts) -> Result<(), String> {
    let class = facts.class.says();
    let limited = matches!(facts.class, Class::Restricted | Class::Proprietary);
    let copyleft = matches!(facts.class, Class::WeakCopyleft | Class::ShareAlike | Class::StrongCopyleft);
    if let Some(duty) = facts.duties.iter().find(|duty| duty.cite.trim().is_empty()) {
        return Err(format!("the duty {:?} names no section", duty.code));
    }
    match (facts.same_license(), facts.duties.first()) {
        (None, _) if copyleft => {
            return Err(format!("it is {class}, and no duty keeps a work under it (Sw, Sf, Sl, Sa or Sd)"));
        }
        (Some(duty), _) if !copyleft && !limited => {
            return Err(format!("it is {class}, and the duty {:?} keeps works under it", duty.code));
        }
        (_, Some(duty)) if facts.class == Class::PublicDomain => {
            return Err(format!("it is {class}, and has the duty {:?}", duty.code));
        }
        (Some(duty), _) if facts.forbids(Restriction::Nd) => {
            return Err(format!(
                "it forbids sharing changed versions, and the duty {:?} is about them",
                duty.code
            ));
        }
        _ => {}
    }
    if copyleft && facts.reach == Reach::None {
        return Err(format!("it is {class}, and reaches its own bytes only"));
    }
    if matches!(facts.class, Class::PublicDomain | Class::Permissive) && facts.reach != Reach::None {
        return Err(format!("it is {class}, and reaches {}", facts.reach.says()));
    }
    match facts.restrictions.keys().next() {
        Some(restriction) if !limited => Err(format!("it is {class}, and says: {}", restriction.says())),
        None if limited => Err(format!("it is {class}, and no restriction says how")),
        _ => Ok(()),
    }
}
