// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the words around the name of a GNU license make of it: a grant, a name, or something said about
//! the license and not with it.

use super::super::notice::How;
use super::super::words::Words;
use super::Mention;

/// Whether another license was made after the one named here: `a modified version of the …`.
pub(in super::super) fn is_model(words: &Words, start: usize) -> bool {
    (start.saturating_sub(4)..start).any(|at| {
        let is_license = words.at(at.saturating_sub(2)) == "license";
        match (words.at(at), words.at(at + 1)) {
            ("adapted", "from")
            | ("similar", "to")
            | ("modeled" | "modelled" | "patterned", "on" | "after") => true,
            ("based", "on" | "upon") | ("derived", "from") => is_license,
            ("version" | "form" | "variant", "of") => words.at(at.saturating_sub(1)) == "modified",
            _ => false,
        }
    })
}

/// What is said about a license, not with it.
pub(super) fn is_denied(words: &Words, mention: &Mention) -> bool {
    let before = (mention.start.saturating_sub(4)..mention.start).map(|at| words.at(at));
    let is_example = (mention.start.saturating_sub(9)..mention.start).any(|at| {
        matches!(
            (words.at(at), words.at(at + 1)),
            ("such", "as")
                | ("e", "g")
                | ("no", "gpl")
                | ("presumed", _)
                | ("successor", "of")
                | ("complements", "the")
                | ("why", "not")
                | ("relicensed" | "changed" | "switched" | "moved", "from")
                | ("other", "software")
        )
    });
    let is_refused = is_example
        || (mention.start.saturating_sub(14)..mention.start).any(|at| {
            matches!(
                (words.at(at), words.at(at + 1)),
                ("not", "available" | "covered" | "licensed") | ("doesnt", "mean")
            )
        });
    let is_discussed = (mention.end..mention.end + 5)
        .any(|at| matches!(words.at(at), "considered" | "inappropriate" | "incompatible" | "zealots"))
        || words.at(mention.start.saturating_sub(1)) == "including"
        || words.at(mention.start.saturating_sub(2)) == "including";
    // `an exception to allow linking to GPL2 code`, `Apache-2.0 with GPL2-LGPL2-Exception`.
    let is_linked = (mention.start.saturating_sub(5)..mention.start).any(|at| {
        matches!(
            (words.at(at), words.at(at + 1)),
            (
                "link" | "linked" | "linking" | "combine" | "combined" | "combining" | "combination",
                "to" | "with" | "against"
            )
        )
    });
    let is_exceptions = (mention.start.saturating_sub(3)..mention.start).any(|at| words.at(at) == "with")
        && (mention.end..mention.end + 3)
            .take_while(|at| words.at(*at) != "with")
            .any(|at| matches!(words.at(at), "exception" | "exceptions"));
    let denies = is_refused
        || is_model(words, mention.start)
        || is_discussed
        || is_linked
        || is_exceptions
        || before.into_iter().any(|word| {
            matches!(
                word,
                "incompatible"
                    | "compatible"
                    | "unlike"
                    | "non"
                    | "violates"
                    | "violating"
                    | "violation"
                    | "isnt"
                    | "except"
                    | "compatibility"
                    | "replace"
                    | "replaces"
            )
        });
    let behind = (mention.end..mention.end + 2).any(|at| {
        matches!(
            words.at(at),
            "compatible"
                | "incompatible"
                | "compatibility"
                | "violation"
                | "violations"
                | "symbols"
                | "module"
                | "modules"
                | "ghostscript"
                | "faq"
                | "compliance"
        )
    });
    denies || behind
}

/// Words of a grant.
const GRANTS: [&str; 27] = [
    "licensed",
    "released",
    "distributed",
    "terms",
    "redistribute",
    "covered",
    "governed",
    "provided",
    "available",
    "redistributed",
    "under",
    "published",
    "protected",
    "copyrighted",
    "subject",
    "relicensed",
    "copy",
    "copying",
    "accordance",
    "conditions",
    "placed",
    "falls",
    "bedingungen",
    "termes",
    "terminos",
    "termos",
    "termini",
];

/// Words that make of a name that of this work's license, in the languages people write it in.
const LICENSE: [&str; 7] = ["license", "licenses", "licensing", "copyright", "dual", "http", "identifier"];

/// Returns whether what stands in front of a name speaks of other works, or of a condition: then nothing is
/// granted here.
pub(in super::super) fn is_hedged(words: &Words, start: usize) -> bool {
    const HEDGES: [&str; 18] = [
        "if",
        "whether",
        "unless",
        "checks",
        "depends",
        "links",
        "requires",
        "cannot",
        "projects",
        "packages",
        "contributions",
        "legal",
        "assert",
        "expect",
        "detect",
        "reports",
        "print",
        "example",
    ];
    (start.saturating_sub(9)..start)
        .any(|at| HEDGES.contains(&words.at(at)) || (words.at(at) == "code" && words.at(at + 1) == "that"))
}

/// How sure a mention without a version is about this work.
pub(super) fn context(words: &Words, mention: &Mention) -> Option<How> {
    let near = |back: usize, ahead: usize, list: &[&str]| {
        (mention.start.saturating_sub(back)..mention.start)
            .chain(mention.end..(mention.end + ahead).min(words.len()))
            .any(|at| list.contains(&words.at(at)))
    };
    let is_said_of_work = mention.start > 1
        && words.at(mention.start - 1) == "is"
        && matches!(
            words.at(mention.start - 2),
            "file" | "code" | "program" | "software" | "library" | "module" | "driver" | "package" | "script"
        );
    if is_said_of_work || near(14, 10, &GRANTS) {
        return Some(if is_hedged(words, mention.start) { How::Name } else { How::Grant });
    }
    let says_license =
        near(6, 4, &LICENSE) || matches!(words.at(mention.start), "gpld" | "gpled" | "lgpld" | "lgpled");
    // An address that ends in the name of a license: `…/lgpl-2.1.txt`.
    let line = words.line(mention.start);
    let is_address = (mention.start.saturating_sub(14)..mention.start)
        .any(|at| words.line(at) == line && matches!(words.at(at), "http" | "https"));
    let says_license = says_license || is_address;
    (mention.is_spelled_out || says_license).then_some(How::Name)
}
