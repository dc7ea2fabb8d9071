// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Names of licenses that say less than one license: what is open, and what to write instead.

/// A name people write, in lowercase, and the licenses it stands for.
const FAMILIES: [(&str, &[&str]); 24] = [
    ("bsd4", &["BSD-4-Clause"]),
    ("bsd-4", &["BSD-4-Clause"]),
    ("bsd 4", &["BSD-4-Clause"]),
    ("bsd", &["BSD-2-Clause", "BSD-3-Clause"]),
    ("apache", &["Apache-1.1", "Apache-2.0"]),
    ("artistic", &["Artistic-1.0", "Artistic-1.0-Perl", "Artistic-2.0"]),
    ("mpl", &["MPL-1.1", "MPL-2.0"]),
    ("mozilla public", &["MPL-1.1", "MPL-2.0"]),
    ("epl", &["EPL-1.0", "EPL-2.0"]),
    ("eclipse public", &["EPL-1.0", "EPL-2.0"]),
    ("cddl", &["CDDL-1.0", "CDDL-1.1"]),
    ("eupl", &["EUPL-1.1", "EUPL-1.2"]),
    ("cc-by-sa", &["CC-BY-SA-3.0", "CC-BY-SA-4.0"]),
    ("cc by-sa", &["CC-BY-SA-3.0", "CC-BY-SA-4.0"]),
    ("cc-by", &["CC-BY-3.0", "CC-BY-4.0"]),
    ("cc by", &["CC-BY-3.0", "CC-BY-4.0"]),
    ("creative commons", &["CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"]),
    ("ofl", &["OFL-1.0", "OFL-1.1"]),
    ("public domain", &["CC0-1.0", "Unlicense"]),
    ("psf", &["PSF-2.0", "Python-2.0"]),
    ("python", &["PSF-2.0", "Python-2.0"]),
    ("zpl", &["ZPL-2.0", "ZPL-2.1"]),
    ("ssl", &["OpenSSL"]),
    ("same as perl", &["Artistic-1.0-Perl OR GPL-1.0-or-later"]),
];

/// The names of the GNU licenses, the longer ones first: their id, and the versions they have.
const GNU: [(&str, &str, &[&str]); 9] = [
    ("gnu affero general public", "AGPL", &["3.0"]),
    ("gnu lesser general public", "LGPL", &["2.1", "3.0"]),
    ("gnu library general public", "LGPL", &["2.0"]),
    ("gnu general public", "GPL", &["2.0", "3.0"]),
    ("gnu free documentation", "GFDL", &["1.2", "1.3"]),
    ("agpl", "AGPL", &["3.0"]),
    ("lgpl", "LGPL", &["2.1", "3.0"]),
    ("gpl", "GPL", &["2.0", "3.0"]),
    ("gfdl", "GFDL", &["1.2", "1.3"]),
];

/// Returns the ids of which a name may mean any, the likeliest first; none where nothing is near.
pub fn may_mean(text: &str) -> Vec<String> {
    let lower = text.trim().to_lowercase();
    let name = lower.strip_prefix("the ").unwrap_or(&lower);
    let is_short = |rest: &&str| ["gpl", "lgpl", "agpl", "gfdl"].iter().any(|short| rest.starts_with(short));
    let plain = name.strip_prefix("gnu ").filter(is_short).unwrap_or(name);
    if let Some((start, id, versions)) = GNU.iter().find(|(start, ..)| plain.starts_with(start)) {
        // What follows has the version, if anything: `GPL-2`, `GPLv3`, `LGPL 2.1`.
        let rest = &plain[start.len()..];
        let said: String = rest
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let said = said.trim_end_matches('.');
        let whole = if said.contains('.') { said.to_owned() } else { format!("{said}.0") };
        let versions =
            if said.is_empty() { versions.iter().map(ToString::to_string).collect() } else { vec![whole] };
        let both = |version: &String| ["only", "or-later"].map(|end| format!("{id}-{version}-{end}"));
        let ids = versions.iter().flat_map(both).filter(|id| spdx::license_id(id).is_some());
        return ids.collect();
    }
    let family = FAMILIES.iter().find(|(start, _)| name.starts_with(start) && !name.contains(" or "));
    family.map_or_else(Vec::new, |(_, ids)| ids.iter().map(ToString::to_string).collect())
}

/// Returns whether a name says that the public gets no license.
pub fn is_proprietary(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.trim() == "unlicensed"
        || ["proprietary", "commercial", "allrightsreserved", "all rights reserved", "closed"]
            .iter()
            .any(|word| lower.contains(word))
}

/// Returns why a declared name has no one meaning, as the rest of a sentence about it.
pub fn why_unclear(text: &str) -> String {
    let lower = text.trim().to_lowercase();
    if lower.starts_with("see license in") || lower.starts_with("file ") {
        return "it points to another file, and only a person can say what that is".to_owned();
    }
    if lower.contains("+ file ") {
        return "the file it names adds terms, and only a person can say what these are".to_owned();
    }
    if lower == "unlicensed" {
        return "with npm it says that no license is given; a `LicenseRef-` with its text can say what holds"
            .to_owned();
    }
    if is_proprietary(text) {
        return "it says that no license is given to all; a `LicenseRef-` with its text can say what holds"
            .to_owned();
    }
    match may_mean(text).as_slice() {
        [] => "it is no name with one meaning".to_owned(),
        [one] => format!("it may mean {one}"),
        [first @ .., last] => format!("it may mean {} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_name_leaves_open_is_told() {
        for (text, expected) in [
            ("BSD", "it may mean BSD-2-Clause or BSD-3-Clause"),
            ("GPL-3", "it may mean GPL-3.0-only or GPL-3.0-or-later"),
            ("GNU GPL v2", "it may mean GPL-2.0-only or GPL-2.0-or-later"),
            ("LGPLv2.1", "it may mean LGPL-2.1-only or LGPL-2.1-or-later"),
            ("GNU Affero General Public License", "it may mean AGPL-3.0-only or AGPL-3.0-or-later"),
            ("GPL", "it may mean GPL-2.0-only, GPL-2.0-or-later, GPL-3.0-only or GPL-3.0-or-later"),
            ("Apache License", "it may mean Apache-1.1 or Apache-2.0"),
            ("GNU General Public License v3 (GPLv3)", "it may mean GPL-3.0-only or GPL-3.0-or-later"),
            ("BSD4", "it may mean BSD-4-Clause"),
            (
                "GPL-3 + file LICENSE",
                "the file it names adds terms, and only a person can say what these are",
            ),
            (
                "Other/Proprietary License",
                "it says that no license is given to all; a `LicenseRef-` with its text can say what holds",
            ),
            ("GPL 7", "it is no name with one meaning"),
            ("Some terms", "it is no name with one meaning"),
            ("SEE LICENSE IN terms.md", "it points to another file, and only a person can say what that is"),
        ] {
            assert_eq!(why_unclear(text), expected, "{text}");
        }
        let ids = FAMILIES.iter().flat_map(|(_, ids)| ids.iter());
        assert!(ids.clone().all(|id| id.parse::<crate::domain::LicenseExpr>().is_ok()));
    }
}
