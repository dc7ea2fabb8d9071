// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What is said of the GNU licenses: which one, which version, and whether later ones.
//!
//! People write it in a hundred ways, so it is no list of phrases: the name is found first, then a
//! version behind it or in front of it, then what is said of later versions. Where no version is named,
//! any may be chosen (GPL-1.0, section 7; GPL-2.0, section 9; GPL-3.0, section 14; LGPL-2.1, section 13).
//! Where a version is named without a word about later ones, that version alone is granted for certain.

use super::notice::{How, Raw};
use super::words::{AT_LEAST, Words};

mod about;

use about::{context, is_denied};
pub(super) use about::{is_hedged, is_model};

/// A license of the family, as its id begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name {
    General,
    Lesser,
    Affero,
    Documentation,
}

impl Name {
    /// The id of a version, if there is one.
    fn version(self, version: &str) -> Option<&'static str> {
        Some(match (self, version) {
            (Self::General, "1" | "1.0") => "GPL-1.0",
            (Self::General, "2" | "2.0") => "GPL-2.0",
            (Self::General, "3" | "3.0") => "GPL-3.0",
            (Self::Lesser, "2" | "2.0") => "LGPL-2.0",
            (Self::Lesser, "2.1" | "21") => "LGPL-2.1",
            (Self::Lesser, "3" | "3.0") => "LGPL-3.0",
            (Self::Affero, "1" | "1.0") => "AGPL-1.0",
            (Self::Affero, "3" | "3.0") => "AGPL-3.0",
            (Self::Documentation, "1.1") => "GFDL-1.1",
            (Self::Documentation, "1.2") => "GFDL-1.2",
            (Self::Documentation, "1.3") => "GFDL-1.3",
            _ => return None,
        })
    }

    /// The first version its publisher put out under the clause that lets one choose.
    fn any(self, is_lesser: bool) -> &'static str {
        match self {
            // It was called the Library license before 2.1.
            Self::Lesser if is_lesser => "LGPL-2.1-or-later",
            Self::General => "GPL-1.0-or-later",
            Self::Lesser => "LGPL-2.0-or-later",
            Self::Affero => "AGPL-3.0-or-later",
            Self::Documentation => "GFDL-1.1-or-later",
        }
    }
}

/// A place where a license is named.
#[derive(Debug)]
struct Mention {
    name: Name,
    start: usize,
    end: usize,
    /// Written together with the name, as in `GPLv2+`.
    version: Option<String>,
    is_spelled_out: bool,
    /// Whether it says `Lesser`, not `Library` or `LGPL`.
    is_lesser: bool,
}

/// The score of a name that stands in what goes with every notice of the family.
pub(super) const BOILERPLATE: f64 = 0.7;

/// How far behind a name its version may stand, in words.
const REACH: usize = 16;

/// Returns what is said of GNU licenses, except where `covered`.
pub(super) fn find(words: &Words, covered: &[bool]) -> Vec<Raw> {
    let mut mentions = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match mention(words, at) {
            Some(found) => {
                at = found.end;
                if !covered[found.start] {
                    mentions.push(found);
                }
            }
            None => at += 1,
        }
    }
    let mut found: Vec<Raw> = Vec::new();
    for (i, mention) in mentions.iter().enumerate() {
        let before = i.checked_sub(1).map_or(0, |i| mentions[i].end);
        let after = mentions.get(i + 1).map_or(words.len(), |next| next.start);
        // A second version of what was named before is no further license.
        let is_known = found.last().is_some_and(|last| mention.start < last.end);
        if is_known || is_denied(words, mention) {
            continue;
        }
        found.extend(read(words, mention, before, after));
    }
    found
}

/// Returns what a mention says for which no version is found.
fn unversioned(words: &Words, mention: &Mention) -> Option<Raw> {
    let is_boilerplate = (mention.end..mention.end + 4)
        .any(|at| words.at(at) == "more" && words.at(at + 1) == "details")
        || (mention.start.saturating_sub(6)..mention.start).any(|at| words.at(at) == "received");
    Some(Raw {
        ids: vec![mention.name.any(mention.is_lesser).to_owned()],
        start: mention.start,
        end: mention.end,
        how: context(words, mention)?,
        score: if is_boilerplate { BOILERPLATE } else { 0.8 },
        note: Some("no version is named: the license lets any be chosen".to_owned()),
    })
}

/// Returns what one mention says; neighbours bound where is looked.
fn read(words: &Words, mention: &Mention, before: usize, after: usize) -> Option<Raw> {
    let raw = |ids: Vec<String>, start, end, how, score, note: Option<&str>| Raw {
        ids,
        start,
        end,
        how,
        score,
        note: note.map(str::to_owned),
    };
    let behind = version_behind(words, mention, after);
    let ahead = || version_ahead(words, mention, before);
    let (versions, start, end) = match (&mention.version, behind) {
        (Some(version), behind) => {
            let end = behind.as_ref().filter(|(v, _, _)| v[0] == *version).map_or(mention.end, |b| b.2);
            (vec![version.clone()], mention.start, end)
        }
        (None, Some((versions, _, end))) => (versions, mention.start, end),
        (None, None) => {
            let Some((version, start)) = ahead() else { return unversioned(words, mention) };
            (vec![version], start, mention.end)
        }
    };
    if !mention.is_spelled_out && mention.version.is_none() && context(words, mention).is_none() {
        return None;
    }
    // `GPL 2.1` is a slip of the pen for the one license that has such a version.
    let is_slip = mention.name == Name::General && versions.iter().any(|version| version == "2.1");
    let name = if is_slip { Name::Lesser } else { mention.name };
    let bases: Vec<&str> = versions.iter().filter_map(|version| name.version(version)).collect();
    if bases.is_empty() {
        return None;
    }
    let (said, end) = later(words, start, end, after);
    let is_last = |i: usize| i + 1 == bases.len();
    let ids = bases.iter().enumerate().map(|(i, base)| match said {
        Later::Yes if is_last(i) => format!("{base}-or-later"),
        _ => format!("{base}-only"),
    });
    let ids = ids.collect();
    let how = context(words, mention).unwrap_or(How::Name);
    Some(match said {
        _ if is_slip => {
            raw(ids, start, end, how, 0.5, Some("there is no version 2.1 of the GPL, but of the LGPL"))
        }
        Later::Yes | Later::No => raw(ids, start, end, how, 1.0, None),
        Later::Proxy => {
            raw(ids, start, end, how, 0.9, Some("later versions only where the one it names accepts them"))
        }
        Later::Unsaid => raw(ids, start, end, how, 0.9, Some("says neither `only` nor `or later`")),
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Later {
    Yes,
    /// If somebody accepts them (GPL-3.0, section 14; LGPL-3.0, section 6).
    Proxy,
    No,
    Unsaid,
}

/// How people say that later versions may be chosen.
const LATER: [&[&str]; 45] = [
    &[AT_LEAST],
    &["any", "later"],
    &["or", "later"],
    &["or", "newer"],
    &["or", "above"],
    &["or", "higher"],
    &["or", "greater"],
    &["and", "later"],
    &["and", "above"],
    &["and", "newer"],
    &["and", "higher"],
    &["any", "newer"],
    &["any", "higher"],
    &["any", "greater"],
    &["any", "subsequent"],
    &["any", "superior"],
    &["any", "above"],
    &["later", "version"],
    &["later", "versions"],
    &["newer", "version"],
    &["newer", "versions"],
    &["higher", "version"],
    &["or", "any", "version"],
    &["or", "upper"],
    &["or", "at", "your", "option", "any"],
    &["at", "your", "option", "later"],
    &["version", "ulterieure"],
    &["ou", "ulterieure"],
    &["ou", "superieure"],
    &["ou", "plus", "recente"],
    &["version", "posterior"],
    &["version", "posterior"],
    &["version", "successiva"],
    &["o", "posterior"],
    &["ou", "posterior"],
    &["o", "superior"],
    &["o", "successiva"],
    &["spatere", "version"],
    &["spateren", "version"],
    &["oder", "spater"],
    &["jeder", "neueren"],
    &["jede", "neuere"],
    &["oder", "hoher"],
    &["oder", "neuer"],
    &["latere", "version"],
];

/// Returns what is said of later versions around a version, and where that ends.
fn later(words: &Words, start: usize, end: usize, after: usize) -> (Later, usize) {
    let to = after.min(end + 14).min(words.len());
    let from = start.saturating_sub(3);
    let place = |phrase: &[&str], from: usize, to: usize| {
        let is_at =
            |at: &usize| phrase.iter().enumerate().all(|(i, word)| at + i < to && words.at(at + i) == *word);
        (from..to).find(is_at).map(|at| at + phrase.len())
    };
    let has = |phrase: &[&str], from: usize, to: usize| place(phrase, from, to).is_some();
    if words.at(end) == "+" || words.at(end.saturating_sub(1)) == "+" {
        return (Later::Yes, end);
    }
    let is_accepted = |at: usize| {
        let next = (words.at(at + 1), words.at(at + 2), words.at(at + 3));
        words.at(at) == "version"
            && matches!(next, ("accepted" | "approved", ..) | ("at", "the", "discretion"))
    };
    if let Some(at) = (start..to).find(|at| words.at(*at) == "later" && is_accepted(at + 1)) {
        return (Later::Proxy, end.max(at + 2));
    }
    let denied = place(&["not", "any", "later"], start, to);
    if let (Some(said), None) = (LATER.iter().filter_map(|phrase| place(phrase, start, to)).max(), denied) {
        return (Later::Yes, end.max(said));
    }
    let is_no = denied.is_some()
        || has(&["only"], from, end + 3)
        || has(&["no", "other"], start, to)
        || has(&["no", "later"], start, to)
        || has(&["only", "version"], from, to);
    (if is_no { Later::No } else { Later::Unsaid }, end)
}

/// Returns the versions named behind a mention, and where the naming begins and ends.
fn version_behind(words: &Words, mention: &Mention, after: usize) -> Option<(Vec<String>, usize, usize)> {
    let to = after.min(mention.end + REACH);
    let mut at = mention.end;
    // Right behind it, with few words between.
    let mut direct = true;
    while at < to {
        let word = words.at(at);
        // An abbreviation and its version stand in one line.
        if !mention.is_spelled_out && words.line(at) != words.line(mention.end - 1) && word != "version" {
            return None;
        }
        let is_word_for_version =
            matches!(word, "version" | "versions" | "v" | "ver" | "vers" | "revision" | "rev" | "release");
        if is_word_for_version {
            let skip = usize::from(matches!(words.at(at + 1), "number" | "no"));
            if let Some(version) = number(words.at(at + 1 + skip)) {
                let (versions, end) = more_versions(words, version, at + 2 + skip, after);
                return Some((versions, at, end));
            }
            direct = false;
        } else if let Some(version) =
            word.strip_prefix('v').and_then(number).or_else(|| number(word).filter(|_| direct))
        {
            // A number of its own, unless it numbers something else: a year, a list.
            if words.at(at + 1) != "clause" {
                let (versions, end) = more_versions(words, version, at + 1, after);
                return Some((versions, at, end));
            }
        } else if matches!(
            word,
            "more" | "received" | "see" | "exception" | "exceptions" | "apache" | "mozilla" | "bsd" | "mit"
        ) {
            return None;
        }
        direct &= matches!(
            word,
            "license"
                | "licenses"
                | "gpl"
                | "lgpl"
                | "agpl"
                | "the"
                | "fdl"
                | "gfdl"
                | "gnu"
                | "under"
                | "only"
                | "as"
                | "either"
                | AT_LEAST
        );
        at += 1;
    }
    None
}

/// `2 or 3`, `2 or version 3`, `2 and 3`: further versions.
fn more_versions(words: &Words, first: String, mut end: usize, after: usize) -> (Vec<String>, usize) {
    let mut versions = vec![first];
    while end < after {
        let mut at = end;
        while at < end + 8
            && matches!(
                words.at(at),
                "or" | "and"
                    | "of"
                    | "the"
                    | "license"
                    | "at"
                    | "your"
                    | "option"
                    | "gpl"
                    | "version"
                    | "versions"
                    | "v"
                    | "either"
                    | "gnu"
            )
        {
            at += 1;
        }
        let joins = (end..at).any(|i| matches!(words.at(i), "or" | "and"));
        let Some(version) = number(words.at(at).trim_start_matches('v')).filter(|_| joins) else { break };
        if version.len() == 1 && versions.contains(&version) {
            break;
        }
        versions.push(version);
        end = at + 1;
    }
    (versions, end)
}

/// Returns the version named in front of a mention: `version 2 or later of the GPL`.
fn version_ahead(words: &Words, mention: &Mention, before: usize) -> Option<(String, usize)> {
    /// Further up, in lines, it is that of another license.
    const NEAR: u32 = 3;
    let line = words.line(mention.start);
    let from = before.max(mention.start.saturating_sub(14));
    let from = (from..mention.start).find(|at| words.line(*at) + NEAR >= line).unwrap_or(mention.start);
    let is_of = |at: usize| matches!(words.at(at), "of" | "the" | "gnu" | "from" | "by");
    if mention.start == 0 || !is_of(mention.start - 1) {
        return None;
    }
    (from..mention.start).rev().find_map(|at| {
        let word = words.at(at);
        if matches!(word, "version" | "versions" | "v" | "ver") {
            return number(words.at(at + 1)).map(|version| (version, at));
        }
        let version = word.strip_prefix('v').and_then(number)?;
        Some((version, at))
    })
}

/// Reads a number of a version.
fn number(word: &str) -> Option<String> {
    let word = match word {
        "one" => "1",
        "two" | "ii" => "2",
        "three" | "iii" => "3",
        other => other,
    };
    let is_known = matches!(word, "1" | "1.0" | "1.1" | "1.2" | "1.3" | "2" | "2.0" | "2.1" | "3" | "3.0");
    is_known.then(|| word.to_owned())
}

/// Returns the mention that begins at a word.
fn mention(words: &Words, at: usize) -> Option<Mention> {
    let start = at;
    let is =
        |from: usize, phrase: &[&str]| phrase.iter().enumerate().all(|(i, word)| words.at(from + i) == *word);
    let mut gnu = usize::from(matches!(words.at(at), "gnu" | "gnus"));
    let mut at = at + gnu;
    let mut name = match words.at(at) {
        "lesser" | "library" => Name::Lesser,
        "affero" => Name::Affero,
        _ => Name::General,
    };
    let mut is_lesser = words.at(at) == "lesser";
    if name != Name::General {
        at += 1;
        // `Lesser or Library General Public License`, `Library/Lesser`.
        while name == Name::Lesser && matches!(words.at(at), "or" | "lesser" | "library" | "gnu") {
            is_lesser &= words.at(at) != "library";
            gnu = gnu.max(usize::from(words.at(at) == "gnu"));
            at += 1;
        }
    }
    let is_license =
        |at: usize| matches!(words.at(at), "license" | "licenses" | "lisence" | "licens" | "licensing");
    let rest: usize = if is(at, &["general", "public"]) && (is_license(at + 2) || gnu == 1) {
        2 + usize::from(is_license(at + 2))
    } else if (is(at, &["public", "license"]) || is(at, &["general", "license"])) && gnu == 1 {
        2
    } else if name != Name::General && (is(at, &["gpl"]) || (is(at, &["license"]) && gnu == 1)) {
        1
    } else if is(at, &["free", "documentation", "license"]) {
        name = Name::Documentation;
        3
    } else {
        usize::from(is(at, &["copyleft"]) && gnu == 1)
    };
    if rest > 0 {
        // What comes before may name another family.
        if gnu == 0 && start > 0 && matches!(words.at(start - 1), "noweb" | "sun") {
            return None;
        }
        let mut end = at + rest;
        if is(end, &["gpl"])
            || is(end, &["lgpl"])
            || is(end, &["agpl"])
            || is(end, &["gfdl"])
            || is(end, &["fdl"])
        {
            end += 1;
        }
        return Some(Mention { name, start, end, version: None, is_spelled_out: true, is_lesser });
    }
    if name != Name::General {
        return None;
    }
    if let Some((name, end)) = translated(words, start) {
        return Some(Mention { name, start, end, version: None, is_spelled_out: true, is_lesser: false });
    }
    let word = words.at(at);
    let (name, rest) = [
        ("agpl", Name::Affero),
        ("lgpl", Name::Lesser),
        ("gpl", Name::General),
        ("gfdl", Name::Documentation),
        ("fdl", Name::Documentation),
    ]
    .into_iter()
    .find_map(|(short, name)| Some((name, word.strip_prefix(short)?)))?;
    let is_file_name = start > 0 && words.at(start - 1) == "copying";
    if (word.starts_with("fdl") && gnu == 0) || is_file_name {
        return None;
    }
    let rest = rest.trim_start_matches('v').trim_start_matches("ersion");
    // `GPL'd`, `GPLed`.
    let version = if matches!(rest, "" | "d" | "ed") { None } else { Some(number(rest)?) };
    Some(Mention { name, start, end: at + 1, version, is_spelled_out: false, is_lesser: false })
}

/// How translators name the license, with `GNU` in front of it or behind it.
const TRANSLATED: [(&[&str], Name); 12] = [
    (&["license", "publique", "generale"], Name::General),
    (&["license", "publique", "generale", "limitee"], Name::Lesser),
    (&["license", "publique", "generale", "amoindrie"], Name::Lesser),
    (&["license", "publique", "generale", "affero"], Name::Affero),
    (&["license", "publica", "general"], Name::General),
    (&["license", "publica", "general", "reducida"], Name::Lesser),
    (&["license", "publica", "general", "menor"], Name::Lesser),
    (&["license", "publica", "geral"], Name::General),
    (&["license", "publica", "geral", "menor"], Name::Lesser),
    (&["license", "pubblica", "generica"], Name::General),
    (&["license", "pubblica", "generale"], Name::General),
    (&["allgemeinen", "offentlichen", "license"], Name::General),
];

/// Returns the license that a translated name at a word means, and where the name ends.
fn translated(words: &Words, at: usize) -> Option<(Name, usize)> {
    let is_gnu = |at: usize| words.at(at) == "gnu";
    let from = at + usize::from(is_gnu(at));
    let fits = |phrase: &[&str]| phrase.iter().enumerate().all(|(i, word)| words.at(from + i) == *word);
    let (phrase, name) =
        TRANSLATED.iter().filter(|(phrase, _)| fits(phrase)).max_by_key(|row| row.0.len())?;
    let end = from + phrase.len();
    // `Licencia Pública General de GNU`.
    let of = usize::from(matches!(words.at(end), "de" | "da" | "di" | "del"));
    let end_of_gnu = if is_gnu(end) { Some(end + 1) } else { is_gnu(end + of).then_some(end + of + 1) };
    (from > at || end_of_gnu.is_some()).then_some((*name, end_of_gnu.unwrap_or(end)))
}
