// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The rules for one term into one term, R0 to R8. Explicit edges come first, and are never chained.

use std::collections::BTreeMap;

use super::catalog::{Known, Licenses, catalog};
use super::compat::{Reason, Rule, Use, Verdict};
use super::edge::{along, edge};
use super::model::{Duty, Exception, Facts, Later};
use super::terms::{Class, DutyCode, Extra, Reach, Restriction};
use crate::domain::{LicenseName, LicenseTerm};

/// One side of a pair.
#[derive(Clone, Copy)]
pub(super) struct Party<'a> {
    term: &'a LicenseTerm,
    known: Option<Known<'a>>,
}

/// What the rules found for one pair.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) verdict: Verdict,
    pub(super) why: Vec<Reason>,
    pub(super) conditions: Vec<String>,
    /// What an edge that permits asks for, beyond conditions.
    pub(super) then: Vec<String>,
    pub(super) follows: BTreeMap<String, Vec<Duty>>,
    /// Whether what comes in goes out under other terms, and leaves its own copyleft behind.
    pub(super) converted: bool,
    /// The later version it is taken under.
    pub(super) taken: Option<Known<'static>>,
}

impl<'a> Party<'a> {
    pub(super) fn of(term: &'a LicenseTerm, licenses: &'a Licenses) -> Self {
        Self { term, known: licenses.known(term) }
    }

    /// Returns what of the term nobody here knows: the license, or an addition the SPDX list lacks. A
    /// listed exception is at least known to be a permission, so it may always be dropped.
    fn unknown(self) -> Option<&'a LicenseName> {
        if self.known.is_none() {
            return Some(&self.term.license);
        }
        self.term.exception.as_ref().filter(|e| !e.is_listed() && self.exception().is_none())
    }

    /// Returns whether the other is the same term, or the same without an additional permission.
    fn stays(self, to: Self) -> bool {
        let (from, to) = (self.term, to.term);
        let same = from.license == to.license && from.or_later == to.or_later;
        same && (from.exception == to.exception || (to.exception.is_none() && self.unknown().is_none()))
    }

    fn exception(self) -> Option<&'static Exception> {
        catalog().exceptions.get(self.term.exception.as_ref()?.as_str())
    }
}

impl Found {
    pub(super) fn new(verdict: Verdict, reason: Reason) -> Self {
        Self {
            verdict,
            why: vec![reason],
            conditions: Vec::new(),
            then: Vec::new(),
            follows: BTreeMap::new(),
            converted: false,
            taken: None,
        }
    }

    fn when(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Takes `other` where it permits more.
    fn or(self, other: Self) -> Self {
        if other.verdict > self.verdict { other } else { self }
    }
}

/// Returns whether a work under the one term may be used so in a work under the other.
pub(super) fn judge(from: Party<'_>, to: Party<'_>, use_: Use) -> Found {
    if from.stays(to)
        && let Some(mut found) = unchanged(to, use_)
    {
        found.why.extend(dropped(from, to, use_));
        return found;
    }
    let (Some(inbound), Some(outbound), None) = (from.known, to.known, from.unknown().or(to.unknown()))
    else {
        let name = from.unknown().or(to.unknown()).map_or("", LicenseName::as_str);
        return Found::new(
            Verdict::Unclear,
            Rule::Algebra.because(name, "none known", "copyhold's license facts", "there are no facts on it"),
        );
    };
    let mut found = base(inbound, outbound, use_);
    if inbound.later {
        for facts in inbound.facts.successors() {
            let next = Known { facts, later: inbound.later, suffixed: inbound.suffixed };
            let mut other = Found { taken: Some(next.only()), ..base(next, outbound, use_) };
            other.why.insert(
                0,
                because(
                    Rule::Copyleft,
                    inbound.facts,
                    "or any later version",
                    &format!("it was granted with later versions, so it may be taken under {}", next.id()),
                ),
            );
            found = found.or(other);
        }
    }
    if use_ == Use::Combine
        && let Some(exception) = from.exception()
        && exception.helps(outbound.facts)
    {
        found = found.or(excepted(from, exception));
    }
    if let Some(added) =
        to.term.exception.as_ref().filter(|added| Some(*added) != from.term.exception.as_ref())
        && found.verdict > Verdict::NotAllowed
        && inbound.facts.is_copyleft()
        && (use_ == Use::Derivative || (use_ == Use::Combine && reaches_whole(inbound.facts)))
    {
        return Found::new(
            Verdict::NotAllowed,
            because(
                Rule::Exception,
                inbound.facts,
                clause(inbound.facts),
                &format!("its terms were granted without {added}, and only the holders can add it"),
            ),
        );
    }
    if found.verdict >= Verdict::Conditional {
        found.why.extend(dropped(from, to, use_));
        let kept = found.taken.unwrap_or(inbound);
        // A conditional path is an offer under both licenses, so nothing is left behind.
        let leaves =
            found.converted && found.verdict == Verdict::Allowed && kept.facts.id != outbound.facts.id;
        let duties: Vec<_> =
            kept.facts.duties.iter().filter(|duty| !leaves || !duty.code.is_copyleft()).cloned().collect();
        if !duties.is_empty() {
            found.follows.insert(kept.id(), duties);
        }
    }
    found
}

/// R8: a derivative may go without an additional permission.
fn dropped(from: Party<'_>, to: Party<'_>, use_: Use) -> Option<Reason> {
    let name = from.term.exception.as_ref().filter(|name| Some(*name) != to.term.exception.as_ref())?;
    let cite = from.exception().map_or("the exception", |exception| &exception.cite);
    let text = "an additional permission may be dropped";
    (use_ == Use::Derivative)
        .then(|| Rule::Exception.because(name.as_str(), cite, &exception_url(name), text))
}

/// R0: under the same term everything may stay, also where nobody here knows what it asks. Nothing where
/// the term grants no such use, where it asks something even of itself (an edge into itself), and for
/// `NOASSERTION`, which names no license that could be the same.
fn unchanged(party: Party<'_>, use_: Use) -> Option<Found> {
    let name = &party.term.license;
    if party.unknown().is_some() {
        return (name.as_str() != "NOASSERTION").then(|| {
            let text = "the license stays the same; its terms are not known here";
            Found::new(
                Verdict::Allowed,
                Rule::Same.because(name.as_str(), "whole text", "copyhold's license facts", text),
            )
        });
    }
    let facts = party.known?.facts;
    let refused = facts.forbids(Restriction::Closed)
        || (use_ == Use::Derivative && facts.forbids(Restriction::Nd))
        || edge(facts, facts, use_).is_some();
    (!refused).then(|| {
        let mut found = Found::new(
            Verdict::Allowed,
            because(Rule::Same, facts, clause(facts), "the license stays the same"),
        );
        if !facts.duties.is_empty() {
            found.follows.insert(party.term.to_string(), facts.duties.clone());
        }
        found
    })
}

impl Exception {
    fn helps(&self, to: &Facts) -> bool {
        (self.to.is_empty() || self.to.iter().any(|name| to.is_named(name)))
            && !self.not_class.contains(&to.class)
    }
}

fn excepted(from: Party<'_>, exception: &Exception) -> Found {
    let name = from.term.exception.as_ref().expect("it has the exception");
    let reason =
        Rule::Exception.because(name.as_str(), &exception.cite, &exception_url(name), &exception.text);
    Found { conditions: exception.conditions.clone(), ..Found::new(exception.verdict, reason) }
}

fn exception_url(name: &LicenseName) -> String {
    format!("https://spdx.org/licenses/{name}.html")
}

/// The rules without exceptions and "or later".
fn base(from: Known<'_>, to: Known<'_>, use_: Use) -> Found {
    if let Some(cite) = from.facts.restrictions.get(&Restriction::Closed) {
        return Found::new(
            Verdict::NotAllowed,
            because(Rule::Restricted, from.facts, cite, "no right to copy, change or share is granted"),
        );
    }
    match use_ {
        Use::Derivative => derivative(from, to),
        Use::Combine => combine(from, to),
        Use::Aggregate => aggregate(from, to),
    }
}

fn derivative(from: Known<'_>, to: Known<'_>) -> Found {
    let (f, t) = (from.facts, to.facts);
    if let Some(cite) = f.restrictions.get(&Restriction::Nd) {
        return Found::new(
            Verdict::NotAllowed,
            because(Rule::NoDerivatives, f, cite, &format!("{} lets it be shared unchanged only", f.id)),
        );
    }
    if let Some(edge) = edge(f, t, Use::Derivative) {
        return along(edge, from, to);
    }
    if f.id == t.id {
        return same(from, to);
    }
    if f.family == t.family
        && t.version > f.version
        && let Some(later) = &f.later
    {
        return upgraded(from, to, later);
    }
    if f.class == Class::PublicDomain {
        return Found::new(
            Verdict::Allowed,
            because(Rule::Free, f, "whole text", &format!("{} asks for nothing", f.id)),
        );
    }
    if let Some(cite) = f.restrictions.get(&Restriction::Use) {
        return Found::new(
            Verdict::NotAllowed,
            because(
                Rule::Restricted,
                f,
                cite,
                &format!("{} does not allow every purpose, and {} does", f.id, t.id),
            ),
        );
    }
    if let Some(cite) = f.restrictions.get(&Restriction::Nc).filter(|_| !t.forbids(Restriction::Nc)) {
        return Found::new(
            Verdict::NotAllowed,
            because(
                Rule::NonCommercial,
                f,
                cite,
                &format!("{} allows no commercial use, and {} does", f.id, t.id),
            ),
        );
    }
    if let Some(duty) = f.same_license() {
        return Found::new(
            Verdict::NotAllowed,
            because(
                Rule::Copyleft,
                f,
                &duty.cite,
                &format!(
                    "{id} {} keeps {} under {id}; nothing in the license or from its steward lets it go out under {}",
                    duty.cite,
                    duty.code.kept(),
                    t.id,
                    id = f.id,
                ),
            ),
        );
    }
    permissive(f, t)
}

/// R3: a license that asks for notices and perhaps more.
fn permissive(f: &Facts, t: &Facts) -> Found {
    let cite = f.duties.first().map_or("whole text", |duty| duty.cite.as_str());
    if t.class == Class::PublicDomain {
        return Found::new(
            Verdict::Conditional,
            because(
                Rule::Permissive,
                f,
                cite,
                &format!("the notices of {} must stay, and {} asks for none", f.id, t.id),
            ),
        )
        .when(format!("only your own part is under {}; the part under {} keeps its notices", t.id, f.id));
    }
    let (settled, open): (Vec<Extra>, Vec<Extra>) =
        f.extras.iter().filter(|extra| !t.tolerates.contains(extra)).partition(|extra| extra.is_settled());
    let of_extras = |extras: &[Extra]| {
        let cites: Vec<_> =
            extras.iter().filter_map(|extra| f.extra_cites.get(extra)).map(String::as_str).collect();
        if cites.is_empty() { cite.to_owned() } else { cites.join(", ") }
    };
    let says = |extras: &[Extra]| extras.iter().map(|extra| extra.says()).collect::<Vec<_>>().join(", ");
    if t.is_copyleft() && !settled.is_empty() {
        let Some(no_further) = t.duty(DutyCode::R) else {
            return Found::new(
                Verdict::Unclear,
                because(
                    Rule::Permissive,
                    f,
                    &of_extras(&settled),
                    &format!("{} asks for {}, on which {} is silent", f.id, says(&settled), t.id),
                ),
            );
        };
        let mut found = Found::new(
            Verdict::NotAllowed,
            because(
                Rule::Permissive,
                t,
                &no_further.cite,
                &format!("{} allows no restrictions beyond its own", t.id),
            ),
        );
        found.why.push(because(
            Rule::Permissive,
            f,
            &of_extras(&settled),
            &format!("{} asks for {}", f.id, says(&settled)),
        ));
        return found;
    }
    if open.is_empty() {
        return Found::new(
            Verdict::Allowed,
            because(
                Rule::Permissive,
                f,
                cite,
                &format!("what {} asks for can be kept in a work under {}", f.id, t.id),
            ),
        );
    }
    let reason = because(
        Rule::Permissive,
        f,
        &of_extras(&open),
        &format!("{} asks for {}, and {} does not", f.id, says(&open), t.id),
    );
    if t.is_copyleft() && reaches_whole(t) {
        // Whether such a condition is a further restriction is for a steward to say.
        return Found::new(Verdict::Unclear, reason);
    }
    Found::new(Verdict::Conditional, reason)
        .when(format!("the part under {} is marked as such and keeps its terms", f.id))
}

fn same(from: Known<'_>, to: Known<'_>) -> Found {
    let f = from.facts;
    if to.later && !from.later && f.later.is_none() && f.is_copyleft() {
        return no_later(from, to);
    }
    Found::new(Verdict::Allowed, because(Rule::Same, f, clause(f), "the license stays the same"))
}

pub(super) fn no_later(from: Known<'_>, to: Known<'_>) -> Found {
    Found::new(
        Verdict::NotAllowed,
        because(
            Rule::Copyleft,
            from.facts,
            clause(from.facts),
            &format!(
                "{} also offers versions not yet written, and {} does not grant those",
                to.id(),
                from.id()
            ),
        ),
    )
}

fn upgraded(from: Known<'_>, to: Known<'_>, later: &Later) -> Found {
    if to.later && to.facts.later.is_none() {
        return no_later(from, to);
    }
    let verdict = if later.condition.is_some() { Verdict::Conditional } else { Verdict::Allowed };
    let reason = because(
        Rule::Copyleft,
        from.facts,
        &later.cite,
        &format!("{} lets it go out under a later version", from.facts.id),
    );
    let conditions = later.condition.iter().cloned().collect();
    Found { conditions, converted: true, ..Found::new(verdict, reason) }
}

fn combine(from: Known<'_>, to: Known<'_>) -> Found {
    let (f, t) = (from.facts, to.facts);
    if let Some(edge) = edge(f, t, Use::Combine) {
        return along(edge, from, to);
    }
    let mixed = derivative(from, to);
    if mixed.verdict == Verdict::Allowed || f.class == Class::PublicDomain {
        return mixed;
    }
    for (restriction, rule) in [(Restriction::Use, Rule::Restricted), (Restriction::Nc, Rule::NonCommercial)]
    {
        if let Some(cite) = f.restrictions.get(&restriction).filter(|_| !t.forbids(restriction)) {
            let text = format!(
                "{} allows {}, so the whole could not be used as {} allows",
                f.id,
                allows(restriction),
                t.id
            );
            return Found::new(Verdict::NotAllowed, because(rule, f, cite, &text));
        }
    }
    if let Some(larger) = &f.combine
        && (matches!(f.reach, Reach::Font | Reach::Database) || lets_in(t))
    {
        let reason = because(Rule::Reach, f, &larger.cite, &larger.text);
        let found = Found { conditions: larger.conditions.clone(), ..Found::new(larger.verdict, reason) };
        return beside(found, t);
    }
    if f.reach == Reach::None && !f.forbids(Restriction::Nd) && lets_in(t) {
        let text = format!("{} stays with its own part of the larger work", f.id);
        return beside(Found::new(Verdict::Allowed, because(Rule::Reach, f, clause(f), &text)), t);
    }
    mixed
}

/// Returns whether a work under it may hold parts under other terms: its reach ends before the whole, or
/// it says what follows for a larger work.
fn lets_in(facts: &Facts) -> bool {
    !matches!(facts.reach, Reach::Work | Reach::Network)
        || facts.combine.as_ref().is_some_and(|larger| larger.verdict >= Verdict::Conditional)
}

/// Adds what the license of the whole itself says of a larger work.
fn beside(mut found: Found, whole: &Facts) -> Found {
    if matches!(whole.reach, Reach::Work | Reach::Network)
        && let Some(larger) = &whole.combine
    {
        found.verdict = found.verdict.min(larger.verdict);
        found.why.push(because(Rule::Reach, whole, &larger.cite, &larger.text));
        found.conditions.extend(larger.conditions.iter().cloned());
    }
    found
}

/// Returns whether the terms reach the whole of a work that contains some of it.
fn reaches_whole(facts: &Facts) -> bool {
    matches!(facts.reach, Reach::Work | Reach::Network | Reach::Adaptation | Reach::Database)
}

fn aggregate(from: Known<'_>, to: Known<'_>) -> Found {
    let (f, t) = (from.facts, to.facts);
    for (restriction, rule) in [(Restriction::Use, Rule::Restricted), (Restriction::Nc, Rule::NonCommercial)]
    {
        if let Some(cite) =
            f.restrictions.get(&restriction).filter(|_| !t.forbids(restriction) && f.id != t.id)
        {
            return Found::new(
                Verdict::Conditional,
                because(rule, f, cite, &format!("{} allows {}", f.id, allows(restriction))),
            )
            .when(format!("whoever uses the collection keeps to {} for that part", f.id));
        }
    }
    let cite = f.aggregate.as_deref().unwrap_or(clause(f));
    let reason = because(Rule::Reach, f, cite, "separate works side by side each keep their own license");
    Found::new(Verdict::Allowed, reason)
}

/// Returns what a license with this restriction allows.
fn allows(restriction: Restriction) -> &'static str {
    if restriction == Restriction::Use { "not every purpose" } else { restriction.says() }
}

/// Returns the clause that best stands for the whole license.
fn clause(facts: &Facts) -> &str {
    facts.same_license().or(facts.duties.first()).map_or("whole text", |duty| &duty.cite)
}

pub(super) fn because(rule: Rule, facts: &Facts, clause: &str, text: &str) -> Reason {
    rule.because(&facts.id, clause, &facts.source, text)
}
