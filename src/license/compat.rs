// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! May a work under one expression go into a work under another? The algebra over pairs of terms.
//!
//! Inbound `OR` is the taker's choice, inbound `AND` binds all of it. A work offered under `A OR B` lets
//! its recipients choose, so what comes in must flow into every arm. A work under `A AND B` asks its
//! recipients to keep both; so what comes in must flow into one of them that tolerates the terms of each
//! other, unless it flows into that other too. Parts of an `AND` that all stand in it already may stay.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::catalog::Licenses;
use super::model::{Duty, Tier};
use super::pair::{self, Party};
use super::repair;
use crate::domain::{ExprNode, LicenseExpr, LicenseTerm};

/// How one work is used in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Use {
    /// Changed, translated, ported, or parts of it copied in.
    Derivative,
    /// Linked, embedded, or built in unmixed.
    Combine,
    /// Carried beside it on the same medium.
    Aggregate,
}

/// What the engine says, from the one that permits least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A clause is in the way.
    NotAllowed,
    /// Nobody has settled it, or the license is unknown.
    Unclear,
    /// Where the conditions hold.
    Conditional,
    /// It may, with the usual duties.
    Allowed,
}

/// One reason for a verdict.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reason {
    /// The license whose clause it is.
    pub license: String,
    /// The clause.
    pub clause: String,
    /// Where to read it.
    pub source: String,
    /// The rule, and what the clause says.
    pub text: String,
    /// The number of the rule; for an edge, also how near to the source it is.
    #[cfg_attr(test, schemars(skip))]
    pub basis: String,
    /// How near to the source it is, for an explicit edge. Absent where a rule reads the license text.
    #[cfg_attr(test, schemars(skip_serializing_if = "Option::is_none"))]
    pub tier: Option<Tier>,
    /// Since when, where it was not always so.
    #[cfg_attr(test, schemars(skip_serializing_if = "Option::is_none"))]
    pub since: Option<String>,
}

/// The rule stands at the end of the text: "… (rule R4, T1)".
impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Reason", 6)?;
        fields.serialize_field("license", &self.license)?;
        fields.serialize_field("clause", &self.clause)?;
        fields.serialize_field("source", &self.source)?;
        fields.serialize_field("text", &format!("{} (rule {})", self.text, self.basis))?;
        match self.tier {
            Some(tier) => fields.serialize_field("tier", &tier)?,
            None => fields.skip_field("tier")?,
        }
        match &self.since {
            Some(since) => fields.serialize_field("since", since)?,
            None => fields.skip_field("since")?,
        }
        fields.end()
    }
}

/// The numbered rules. Each reason names the one it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// R0: under the same license everything may stay.
    Same,
    /// R1: no derivatives means none.
    NoDerivatives,
    /// R2: what asks nothing goes anywhere.
    Free,
    /// R3: what asks for notices goes wherever its further conditions are tolerated.
    Permissive,
    /// R4: copyleft flows by an explicit edge, by its version rule or not at all.
    Copyleft,
    /// R5: non-commercial stays non-commercial.
    NonCommercial,
    /// R6: what may not be used for everything goes only where that stays so.
    Restricted,
    /// R7: for a use other than derivative, the reach decides.
    Reach,
    /// R8: an exception may be dropped, never added.
    Exception,
    /// R9: OR is a choice, AND is all; what is unknown is unclear.
    Algebra,
}

/// A verdict with all that explains it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Compat"))]
pub struct Judgement {
    /// The version of this document.
    pub schema: &'static str,
    /// What comes in.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub from: LicenseExpr,
    /// What the result is offered under.
    #[serde(serialize_with = "as_text")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub to: LicenseExpr,
    /// How it is used.
    #[serde(rename = "use")]
    pub use_: Use,
    /// Whether it may.
    pub verdict: Verdict,
    /// Why, with clause and source. Never empty.
    pub why: Vec<Reason>,
    /// What must hold or be done for this verdict.
    pub conditions: Vec<String>,
    /// What a path that is allowed without conditions asks on the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// What would make it work, where something would.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<String>,
    /// The duties that come with what flows, by license.
    #[serde(rename = "duties", skip_serializing_if = "BTreeMap::is_empty")]
    pub follows: BTreeMap<String, Vec<Duty>>,
}

pub(super) fn as_text<S: Serializer>(expr: &LicenseExpr, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(expr)
}

/// The name of the document [`Judgement`] serialises to.
const SCHEMA: &str = "https://w3id.org/copyhold/compat/v0.1";

/// Pairs looked at before a judgement is given up: 300 terms against 300. The longest expressions in
/// practice have 30 terms.
const MAX_STEPS: usize = 90_000;

/// Pairs explained; the rest say the same again.
const MAX_EXPLAINED: usize = 32;

/// Returns whether a work under `from` may be used so in a work offered under `to`, and why.
pub fn judge(from: &LicenseExpr, to: &LicenseExpr, use_: Use) -> Judgement {
    Licenses::default().judge(from, to, use_)
}

impl Licenses {
    /// Returns the same where a project has licenses of its own.
    pub fn judge(&self, from: &LicenseExpr, to: &LicenseExpr, use_: Use) -> Judgement {
        let (from, to) = (&from.current(), &to.current());
        let (mut judgement, refused) = unrepaired(from, to, use_, self);
        judgement.repair = refused.and_then(|(from, to, verdict)| repair::of(from, to, use_, verdict, self));
        judgement
    }
}

/// A pair that was refused, with its verdict.
type Refused<'a> = (&'a LicenseTerm, &'a LicenseTerm, Verdict);

/// Returns the judgement without the search for a repair, and the first pair that would need one.
pub(super) fn unrepaired<'a>(
    from: &'a LicenseExpr,
    to: &'a LicenseExpr,
    use_: Use,
    licenses: &'a Licenses,
) -> (Judgement, Option<Refused<'a>>) {
    let mut algebra = Algebra { use_, licenses, steps: 0, memo: BTreeMap::new() };
    let pairs = from.terms().len().saturating_mul(to.terms().len());
    let too_many = Found { verdict: Verdict::Unclear, pairs: BTreeSet::new(), choices: BTreeSet::new() };
    let found = if pairs > MAX_STEPS { too_many } else { algebra.node(from.node(), to.node()) };
    let mut judgement = Judgement {
        schema: SCHEMA,
        from: from.clone(),
        to: to.clone(),
        use_,
        verdict: found.verdict,
        why: Vec::new(),
        conditions: Vec::new(),
        then: Vec::new(),
        repair: None,
        follows: BTreeMap::new(),
    };
    if pairs.max(algebra.steps) > MAX_STEPS {
        judgement.verdict = Verdict::Unclear;
        judgement.why.push(Rule::Algebra.because(
            &format!("{} terms", from.terms().len()),
            "the whole expression",
            "copyhold",
            "the expressions are too large to judge",
        ));
        return (judgement, None);
    }
    let mut refused = None;
    for choice in found.choices {
        judgement.why.push(Rule::Algebra.because(
            &choice,
            "OR",
            "SPDX 3.0.1, annex B",
            "chosen among the alternatives",
        ));
    }
    for (from, to) in found.pairs.iter().take(MAX_EXPLAINED) {
        let one = pair::judge(Party::of(from, licenses), Party::of(to, licenses), use_);
        if refused.is_none() && one.verdict < Verdict::Conditional {
            refused = Some((*from, *to, one.verdict));
        }
        add_new(&mut judgement.why, one.why);
        if found.verdict >= Verdict::Conditional {
            add_new(&mut judgement.conditions, one.conditions);
            add_new(&mut judgement.then, one.then);
            judgement.follows.extend(one.follows);
        }
    }
    (judgement, refused)
}

pub(super) fn add_new<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for one in more {
        if !all.contains(&one) {
            all.push(one);
        }
    }
}

/// A verdict on two nodes, with the pairs that decided it and the arms chosen on the way.
#[derive(Clone)]
struct Found<'a> {
    verdict: Verdict,
    pairs: BTreeSet<(&'a LicenseTerm, &'a LicenseTerm)>,
    choices: BTreeSet<String>,
}

struct Algebra<'a> {
    use_: Use,
    licenses: &'a Licenses,
    steps: usize,
    memo: BTreeMap<(&'a LicenseTerm, &'a LicenseTerm), Verdict>,
}

impl<'a> Algebra<'a> {
    fn node(&mut self, from: &'a ExprNode, to: &'a ExprNode) -> Found<'a> {
        match (from, to) {
            (_, ExprNode::Or(arms)) => all(arms.iter().map(|arm| self.node(from, arm)).collect()),
            // What already goes out together goes on together, whatever its parts say of each other.
            (ExprNode::And(parts), ExprNode::And(homes))
                if parts.iter().all(|part| homes.binary_search(part).is_ok()) =>
            {
                let home = |part| &homes[homes.binary_search(part).expect("it was found just now")];
                all(parts.iter().map(|part| self.node(part, home(part))).collect())
            }
            (ExprNode::And(parts), _) => all(parts.iter().map(|part| self.node(part, to)).collect()),
            (ExprNode::Or(arms), _) => {
                let mut best: Option<(&ExprNode, Found<'a>)> = None;
                for arm in arms {
                    let found = self.node(arm, to);
                    if best.as_ref().is_none_or(|(_, best)| found.verdict > best.verdict) {
                        best = Some((arm, found));
                    }
                }
                let (arm, mut found) = best.expect("an OR has arms");
                if found.verdict >= Verdict::Conditional
                    && let ExprNode::Term(term) = arm
                {
                    found.choices.insert(term.to_string());
                }
                found
            }
            (ExprNode::Term(term), ExprNode::And(parts)) => self.home_among(from, term, parts),
            (ExprNode::Term(from), ExprNode::Term(to)) => {
                let verdict = self.pair(from, to);
                Found { verdict, pairs: BTreeSet::from([(from, to)]), choices: BTreeSet::new() }
            }
        }
    }

    /// One term into `A AND B`. The home is the operand it flows into; every other must either take it
    /// too, or ask nothing that the home would not tolerate.
    fn home_among(&mut self, from: &'a ExprNode, term: &LicenseTerm, parts: &'a [ExprNode]) -> Found<'a> {
        let each: Vec<_> = parts.iter().map(|part| self.node(from, part)).collect();
        let mut best = all(each.clone());
        for (home, found) in
            each.iter().enumerate().filter(|(_, found)| found.verdict > best.verdict).collect::<Vec<_>>()
        {
            let mut verdict = found.verdict;
            for (other, into_other) in each.iter().enumerate().filter(|(other, _)| *other != home) {
                if self.steps > MAX_STEPS {
                    break;
                }
                verdict = verdict.min(into_other.verdict.max(self.node(&parts[other], &parts[home]).verdict));
            }
            if verdict > best.verdict {
                best = Found { verdict, ..found.clone() };
                best.choices.insert(format!("{term}, which goes under {}", shown(&parts[home])));
            }
        }
        best
    }

    fn pair(&mut self, from: &'a LicenseTerm, to: &'a LicenseTerm) -> Verdict {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Verdict::Unclear;
        }
        let (use_, licenses) = (self.use_, self.licenses);
        *self
            .memo
            .entry((from, to))
            .or_insert_with(|| pair::judge(Party::of(from, licenses), Party::of(to, licenses), use_).verdict)
    }
}

/// All must hold: the worst verdict. What is explained is what made it so, or all of it where it permits.
fn all(parts: Vec<Found<'_>>) -> Found<'_> {
    let verdict = parts.iter().map(|part| part.verdict).min().expect("an operator has operands");
    let mut found = Found { verdict, pairs: BTreeSet::new(), choices: BTreeSet::new() };
    for part in parts {
        if part.verdict == verdict || verdict >= Verdict::Conditional {
            found.pairs.extend(part.pairs.into_iter().take(MAX_EXPLAINED));
            found.choices.extend(part.choices.into_iter().take(MAX_EXPLAINED));
        }
    }
    found
}

fn shown(node: &ExprNode) -> String {
    match node {
        ExprNode::Term(term) => term.to_string(),
        ExprNode::And(parts) | ExprNode::Or(parts) => parts
            .iter()
            .map(shown)
            .collect::<Vec<_>>()
            .join(if matches!(node, ExprNode::And(_)) { " AND " } else { " OR " }),
    }
}

impl Rule {
    /// Returns a reason under this rule.
    pub(super) fn because(self, license: &str, clause: &str, source: &str, text: &str) -> Reason {
        Reason {
            license: license.to_owned(),
            clause: clause.to_owned(),
            source: source.to_owned(),
            text: text.to_owned(),
            basis: self.to_string(),
            tier: None,
            since: None,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R{}", *self as u8)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allowed => "allowed",
            Self::Conditional => "conditional",
            Self::NotAllowed => "not-allowed",
            Self::Unclear => "unclear",
        })
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Derivative => "derivative",
            Self::Combine => "combine",
            Self::Aggregate => "aggregate",
        })
    }
}

/// A text that is no [`Use`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseUseError;

impl fmt::Display for ParseUseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a use is derivative, combine or aggregate")
    }
}

impl std::error::Error for ParseUseError {}

impl FromStr for Use {
    type Err = ParseUseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "derivative" => Ok(Self::Derivative),
            "combine" => Ok(Self::Combine),
            "aggregate" => Ok(Self::Aggregate),
            _ => Err(ParseUseError),
        }
    }
}
