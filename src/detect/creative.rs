// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The licenses of Creative Commons, which people name by their elements, in any order and language:
//! `CC BY-SA 4.0`, `Creative Commons Attribution-ShareAlike License, version 3.0`, `Creative Commons
//! Namensnennung – Weitergabe unter gleichen Bedingungen 4.0`, `creativecommons.org/licenses/by-sa/3.0/de`.

use super::notice::How;
use super::phrases::Found;
use super::words::{NextTo, Words};

/// What a license asks for (<https://creativecommons.org/share-your-work/cclicenses/>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Element {
    Attribution,
    ShareAlike,
    NonCommercial,
    NoDerivatives,
}

use Element::{Attribution, NoDerivatives, NonCommercial, ShareAlike};

/// How the elements are called in deeds, without accents; `noncommercial` is read as two words.
const NAMES: [(&str, &[Element]); 61] = [
    ("by", &[Attribution]),
    ("sa", &[ShareAlike]),
    ("nc", &[NonCommercial]),
    ("nd", &[NoDerivatives]),
    ("bysa", &[Attribution, ShareAlike]),
    ("attribution", &[Attribution]),
    ("attributions", &[Attribution]),
    ("namensnennung", &[Attribution]),
    ("atribucion", &[Attribution]),
    ("reconocimiento", &[Attribution]),
    ("attribuzione", &[Attribution]),
    ("atribuicao", &[Attribution]),
    ("paternite", &[Attribution]),
    ("naamsvermelding", &[Attribution]),
    ("uznanie autorstwa", &[Attribution]),
    ("erkannande", &[Attribution]),
    ("navngivelse", &[Attribution]),
    ("nimea", &[Attribution]),
    ("sharealike", &[ShareAlike]),
    ("share alike", &[ShareAlike]),
    ("weitergabe unter gleichen bedingungen", &[ShareAlike]),
    ("partage dans les memes conditions", &[ShareAlike]),
    ("partage des conditions initiales a lidentique", &[ShareAlike]),
    ("partage a lidentique", &[ShareAlike]),
    ("compartirigual", &[ShareAlike]),
    ("compartir igual", &[ShareAlike]),
    ("condividi allo stesso modo", &[ShareAlike]),
    ("compartilhaigual", &[ShareAlike]),
    ("compartilha igual", &[ShareAlike]),
    ("gelijkdelen", &[ShareAlike]),
    ("gelijk delen", &[ShareAlike]),
    ("na tych samych warunkach", &[ShareAlike]),
    ("dela lika", &[ShareAlike]),
    ("del pa samme vilkar", &[ShareAlike]),
    ("jaasamoin", &[ShareAlike]),
    ("non commercial", &[NonCommercial]),
    ("nicht kommerziell", &[NonCommercial]),
    ("keine kommerzielle nutzung", &[NonCommercial]),
    ("pas dutilisation commerciale", &[NonCommercial]),
    ("nocomercial", &[NonCommercial]),
    ("no comercial", &[NonCommercial]),
    ("non commerciale", &[NonCommercial]),
    ("naocomercial", &[NonCommercial]),
    ("nao comercial", &[NonCommercial]),
    ("nietcommercieel", &[NonCommercial]),
    ("niet commercieel", &[NonCommercial]),
    ("uzycie niekomercyjne", &[NonCommercial]),
    ("noderivatives", &[NoDerivatives]),
    ("no derivatives", &[NoDerivatives]),
    ("no derivative works", &[NoDerivatives]),
    ("noderivs", &[NoDerivatives]),
    ("no derivs", &[NoDerivatives]),
    ("no derivative", &[NoDerivatives]),
    ("keine bearbeitung", &[NoDerivatives]),
    ("keine bearbeitungen", &[NoDerivatives]),
    ("pas de modification", &[NoDerivatives]),
    ("sinobraderivada", &[NoDerivatives]),
    ("sinderivadas", &[NoDerivatives]),
    ("non opere derivate", &[NoDerivatives]),
    ("semderivacoes", &[NoDerivatives]),
    ("geen afgeleide werken", &[NoDerivatives]),
];

/// What a name begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// `Creative Commons`.
    Full,
    /// `CC`.
    Short,
    /// `creativecommons.org/licenses`.
    Address,
    /// Nothing: `Attribution-ShareAlike 4.0 International`.
    Bare,
}

/// What was read of a name so far.
#[derive(Debug, Default)]
struct Name<'w> {
    elements: Vec<Element>,
    version: Option<&'w str>,
    says_license: bool,
    /// Behind the last word that belongs to it.
    end: usize,
}

/// Returns the license that is named from a word on.
pub(super) fn at(words: &Words, at: usize) -> Option<Found> {
    let (opening, start) = match (words.at(at), words.at(at + 1), words.at(at + 2)) {
        ("creative", "commons" | "common", _) => (Opening::Full, at + 2),
        ("creativecommons", "org", "licenses" | "license" | "l") => (Opening::Address, at + 3),
        ("cc", ..) => (Opening::Short, at + 1),
        // The texts of ports name another license as an example: `(e.g. Attribution-…)`.
        _ if at > 1 && (words.at(at - 2), words.at(at - 1)) == ("e", "g") => return None,
        (word, ..)
            if word.len() > 2 && element(words, at).is_some_and(|(named, _)| named == [Attribution]) =>
        {
            (Opening::Bare, at)
        }
        _ => return None,
    };
    let name = read(words, start);
    let has = |element| name.elements.contains(&element);
    if name.elements.is_empty()
        || (opening == Opening::Bare && (name.version.is_none() || name.elements.len() < 2))
    {
        return None;
    }
    let short = [(Attribution, "BY"), (NonCommercial, "NC"), (NoDerivatives, "ND"), (ShareAlike, "SA")];
    let elements = |all: bool| {
        let is_said = |element: Element| has(element) || all && element == Attribution;
        short.iter().filter(|(one, _)| is_said(*one)).map(|(_, short)| *short).collect::<Vec<_>>().join("-")
    };
    let found = |target: String, how, end| Found { target, how, is_vague: false, start: at, end };
    let Some(version) = name.version else {
        // `Creative Commons attribution` may be what is given, and `cc by` the copy to somebody.
        let how = match opening {
            Opening::Full if name.says_license || name.elements.len() > 1 => How::Name,
            Opening::Short => How::Word,
            _ => return None,
        };
        return Some(found(format!("?CC {}", elements(true)), how, name.end));
    };
    let version = if version.contains('.') { version.to_owned() } else { format!("{version}.0") };
    // Since 2.0 all of them ask for attribution.
    let id = [false, true]
        .map(|all| format!("CC-{}-{version}", elements(all)))
        .into_iter()
        .find(|id| spdx::license_id(id).is_some())?;
    let how = if opening == Opening::Address { How::Link } else { How::Name };
    if let Some((code, len)) = spelled(words, name.end) {
        let ported = format!("{id}-{code}");
        let target = if spdx::license_id(&ported).is_some() {
            ported
        } else {
            format!("!{id} as ported to a country, for which the SPDX list has no id")
        };
        return Some(found(target, how, name.end + len));
    }
    let ported = country(words, name.end, how).map(|country| format!("{id}-{}", country.to_uppercase()));
    Some(match ported.filter(|id| spdx::license_id(id).is_some()) {
        Some(ported) => found(ported, how, name.end + 1),
        None => found(id, how, name.end),
    })
}

/// Reads elements, a version and what stands between them; and the same again behind it: `(CC BY-SA 4.0)`.
fn read(words: &Words, start: usize) -> Name<'_> {
    let mut name = read_once(words, start);
    if words.at(name.end) == "cc" && !name.elements.is_empty() {
        let again = read_once(words, name.end + 1);
        let is_same = again.elements.len() == name.elements.len()
            && again.elements.iter().all(|element| name.elements.contains(element))
            && (again.version == name.version || again.version.is_none() || name.version.is_none());
        if is_same {
            name.version = name.version.or(again.version);
            name.end = again.end;
        }
    }
    name
}

fn read_once(words: &Words, start: usize) -> Name<'_> {
    let mut name = Name { end: start, ..Name::default() };
    let mut at = start;
    loop {
        if let Some((elements, end)) = element(words, at) {
            if elements.iter().any(|element| name.elements.contains(element)) {
                break;
            }
            name.elements.extend(elements);
            at = end;
        } else if let Some(version) = version(words.at(at)).filter(|_| name.version.is_none()) {
            name.version = Some(version);
            at += 1;
        } else {
            match words.at(at) {
                "license" => name.says_license |= !name.elements.is_empty(),
                "version" | "v" | "ver" | "public" => {}
                "unported" | "international" | "generic" if name.version.is_some() => {}
                _ => break,
            }
            at += 1;
            if matches!(words.at(at - 1), "version" | "v" | "ver" | "public") {
                continue;
            }
        }
        name.end = at;
    }
    name
}

/// Returns the elements named at a word, and where their name ends.
fn element(words: &Words, at: usize) -> Option<(&'static [Element], usize)> {
    let first = words.at(at);
    let fits = |name: &&str| {
        name.starts_with(first) && name.split(' ').enumerate().all(|(next, word)| words.at(at + next) == word)
    };
    let named = NAMES.iter().filter(|(name, _)| fits(name)).max_by_key(|(name, _)| name.len())?;
    Some((named.1, at + named.0.split(' ').count()))
}

/// Returns the version in a word.
fn version(word: &str) -> Option<&str> {
    let number = word.strip_prefix('v').unwrap_or(word);
    matches!(number, "1" | "1.0" | "2" | "2.0" | "2.1" | "2.5" | "3" | "3.0" | "4" | "4.0").then_some(number)
}

/// Returns the country behind a name, whose text is a port to its law: `/fr` in an address, `DE` elsewhere.
fn country(words: &Words, at: usize, how: How) -> Option<&str> {
    let next = words.next_to(at);
    let is_told = if how == How::Link { next.is(NextTo::PATH) } else { next.is(NextTo::CAPITALS) };
    let word = words.at(at);
    (is_told && (word.len() == 2 || word == "igo") && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        .then_some(word)
}

/// Countries as the titles of ports name them, and the code that their SPDX ids end in; none has one where it
/// is empty.
const COUNTRIES: [(&str, &str); 24] = [
    ("united states", "US"),
    ("deutschland", "DE"),
    ("germany", "DE"),
    ("austria", "AT"),
    ("osterreich", "AT"),
    ("australia", "AU"),
    ("france", "FR"),
    ("netherlands", "NL"),
    ("nederland", "NL"),
    ("united kingdom", "UK"),
    ("uk england wales", "UK"),
    ("england and wales", "UK"),
    ("japan", "JP"),
    ("canada", ""),
    ("italy", ""),
    ("italia", ""),
    ("spain", ""),
    ("espana", ""),
    ("brazil", ""),
    ("brasil", ""),
    ("poland", ""),
    ("switzerland", ""),
    ("schweiz", ""),
    ("new zealand", ""),
];

/// Returns the code of the country that is named behind a version, and how many words name it.
fn spelled(words: &Words, at: usize) -> Option<(&'static str, usize)> {
    let fits = |name: &str| name.split(' ').enumerate().all(|(next, word)| words.at(at + next) == word);
    COUNTRIES.iter().find(|(name, _)| fits(name)).map(|(name, code)| (*code, name.split(' ').count()))
}

/// Whether the license that was found is ported to a country of which the SPDX list has no id.
pub(super) fn is_ported(words: &Words, found: &Found) -> bool {
    found.target.starts_with("CC-")
        && found.target.ends_with(|c: char| c.is_ascii_digit())
        && country(words, found.end, found.how).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_license_is_named_by_its_elements() {
        for (text, expected) in [
            ("Creative Commons BY-SA 4.0", "CC-BY-SA-4.0"),
            ("Creative Commons 3.0 BY", "CC-BY-3.0"),
            ("Creative Commons Attribution Share-Alike (CC BY-SA) 3.0", "CC-BY-SA-3.0"),
            ("Creative Commons Attribution-ShareAlike License, version 3.0", "CC-BY-SA-3.0"),
            ("CC Attribution-NonCommercial-NoDerivs 2.5", "CC-BY-NC-ND-2.5"),
            ("Attribution-ShareAlike 3.0 Unported (CC BY-SA 3.0)", "CC-BY-SA-3.0"),
            ("Creative Commons Share Alike 3.0", "CC-BY-SA-3.0"),
            ("Creative Commons ShareAlike 1.0", "CC-SA-1.0"),
            ("cc-by-nc-sa-4", "CC-BY-NC-SA-4.0"),
            ("CC BY-SA 3.0 DE", "CC-BY-SA-3.0-DE"),
            ("CC BY 3.0 at the site", "CC-BY-3.0"),
            ("Creative Commons Attribution 3.0 United States License", "CC-BY-3.0-US"),
            (
                "Creative Commons Attribution-ShareAlike 2.5 Canada",
                "!CC-BY-SA-2.5 as ported to a country, for which the SPDX list has no id",
            ),
            ("creativecommons.org/licenses/by-sa/3.0/de/deed.en", "CC-BY-SA-3.0-DE"),
            ("creativecommons.org/licenses/by-nd-nc/1.0", "CC-BY-NC-ND-1.0"),
            ("Creative Commons Namensnennung - Weitergabe unter gleichen Bedingungen 4.0", "CC-BY-SA-4.0"),
            ("Creative Commons Attribution - Partage dans les Mêmes Conditions 4.0", "CC-BY-SA-4.0"),
            ("Creative Commons Reconocimiento-NoComercial-CompartirIgual 3.0", "CC-BY-NC-SA-3.0"),
            ("Creative Commons Attribuzione - Condividi allo stesso modo 4.0", "CC-BY-SA-4.0"),
            ("Creative Commons Attribution-ShareAlike License", "?CC BY-SA"),
            ("CC BY-SA", "?CC BY-SA"),
            ("Creative Commons attribution", ""),
            ("attribution 4.0", ""),
            ("by the way", ""),
            ("CC BY 7.3", "?CC BY"),
        ] {
            let found = at(&Words::read(text, 1), 0);
            assert_eq!(found.map(|found| found.target).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn two_licenses_are_two() {
        let words = Words::read("CC BY-SA 3.0, CC BY 4.0", 1);
        let first = at(&words, 0).unwrap();
        assert_eq!((first.target.as_str(), first.end), ("CC-BY-SA-3.0", 4));
        assert_eq!(at(&words, 4).unwrap().target, "CC-BY-4.0");
    }
}
