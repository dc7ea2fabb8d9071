// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

// REUSE-IgnoreStart

use super::*;

/// Returns what a text says: each license with its line, `?` for one that is not clear.
fn said(text: &str) -> Vec<String> {
    let show = |notice: Notice| match (&notice.expr, notice.is_clear) {
        (Some(expr), true) => format!("{}: {expr}", notice.first_line),
        (Some(expr), false) => format!("{}: {expr}?", notice.first_line),
        (None, _) => format!("{}: ?", notice.first_line),
    };
    find(text.as_bytes(), &[]).into_iter().map(show).collect()
}

#[test]
fn what_people_write() {
    let rows = include_str!("names.tsv").lines().filter(|line| !line.starts_with('#'));
    let wrong: Vec<String> = rows
        .filter_map(|row| {
            let (text, expected) = row.split_once('\t')?;
            let said: Vec<String> = said(text).iter().map(|said| said["1: ".len()..].to_owned()).collect();
            (said.join("; ") != expected).then(|| format!("{text}\t{}", said.join("; ")))
        })
        .collect();
    assert!(wrong.is_empty(), "read otherwise:\n{}", wrong.join("\n"));
}

#[test]
fn what_is_not_explicit_is_no_choice() {
    assert_eq!(said("MIT/GPL2 Licensed"), ["1: MIT", "1: GPL-2.0-only"]);
}

#[test]
fn a_grant_counts_more_than_the_name_before_it() {
    let text = "as defined by the MPL 2.0.\nThis is subject to the terms of the MPL 2.0.";
    assert_eq!(said(text), ["2: MPL-2.0"]);
}

#[test]
fn what_stands_in_one_line_with_a_text_is_told_too() {
    let line = text("MIT").split_whitespace().collect::<Vec<_>>().join(" ");
    let code = "function f(a){return a}".repeat(200);
    let grant = "is distributed under the GNU General Public License, version 2 or later";
    for minified in
        [format!("/*! {line} */{code}/*! this {grant} */"), format!("/*! this {grant} */{code}/*! {line} */")]
    {
        let known = super::super::text::find(&"a.min.js".parse().unwrap(), minified.as_bytes());
        let found = find(minified.as_bytes(), &known);
        let mut told: Vec<String> =
            found.iter().filter_map(|notice| notice.expr.as_ref()).map(LicenseExpr::to_string).collect();
        told.extend(known.iter().map(|text| text.ids[0].to_string()));
        told.sort();
        assert_eq!(told, ["GPL-2.0-or-later", "MIT"]);
    }
}

#[test]
fn a_text_many_times_over_is_told_where_it_first_stands() {
    let many = format!("The first line.\n{}", text("Zlib").replacen("as-is", "as is", 1).repeat(500));
    assert_eq!(said(&many)[0], "2: Zlib");
}

#[test]
fn a_label_belongs_to_what_stands_behind_it() {
    assert_eq!(said("Syntax support for Vim\nLicense: MIT\n"), ["2: MIT"]);
    assert_eq!(said("see http://www.gnu.org/licenses/\n\nVim syntax file\n"), [""; 0]);
    assert_eq!(said("License\n-------\n\nMIT\n"), ["4: MIT"]);
    assert_eq!(said("under the MIT\nlicense.\n"), ["1: MIT"]);
}

#[test]
fn what_is_offered_is_named_once() {
    let offer = "may be used under the GNU Lesser General Public License version 2.1 or version 3\nas published by the Free Software Foundation and appearing in the files LICENSE.LGPLv21 and\nLICENSE.LGPLv3 included; see https://www.gnu.org/licenses/old-licenses/lgpl-2.1.html";
    assert_eq!(said(offer), ["1: LGPL-2.1-only OR LGPL-3.0-only"]);
    let excepted = "described in The Qt Company LGPL Exception version 1.1";
    let excepted = format!("under the GNU Lesser General Public License version 2.1, {excepted}");
    assert_eq!(said(&excepted), ["1: LGPL-2.1-only WITH Qt-LGPL-exception-1.1"]);
}

#[test]
fn what_is_no_grant() {
    for text in [
        "EXPORT_SYMBOL_GPL(f);",
        "This library is GPL compatible.",
        "It contains no GPL code.",
        "permission denied: copying failed",
        "the general public uses it freely",
        "import golang.org/x/net/context // license",
    ] {
        assert_eq!(said(text), [""; 0], "{text}");
    }
}

fn text(id: &str) -> &'static str {
    spdx::license_id(id).unwrap().text()
}

#[test]
fn a_text_may_be_offered_as_a_choice() {
    let read = |text: &str| {
        let facts = crate::detect::in_bytes(&"a.c".parse().unwrap(), text.as_bytes());
        let exprs = facts.notices.iter().filter_map(|notice| notice.expr.as_ref());
        exprs.map(ToString::to_string).collect::<Vec<_>>()
    };
    for (id, meant) in [("MIT", "GPL-2.0-only OR MIT"), ("BSD-2-Clause", "BSD-2-Clause OR GPL-2.0-only")] {
        let above =
            format!("{}\n\nAlternatively, this may be distributed under the GPL version 2.", text(id));
        assert_eq!(read(&above), [meant]);
        let below = format!("You may use it under the GPL version 2, or the license below:\n\n{}", text(id));
        assert_eq!(read(&below), [meant]);
        let apart = format!("A part is under the GPL version 2.\n\n{}", text(id));
        assert_eq!(read(&apart), ["GPL-2.0-only"]);
    }
    let named = format!("Licensed under the GPL v2 or the X11 license.\n\n{}", text("MIT"));
    assert_eq!(read(&named), ["GPL-2.0-only OR MIT"]);
}

#[test]
fn what_is_granted_far_from_a_version_is_about_another_part() {
    let near = "Released under the GPL.\n\nLicensed under the GPL version 2.";
    assert_eq!(said(near), ["3: GPL-2.0-only"]);
    let far =
        format!("Licensed under the GPL version 2.{}This part is released under the GPL.", "\n".repeat(150));
    assert_eq!(said(&far), ["1: GPL-2.0-only", "151: GPL-1.0-or-later"]);
}

#[test]
fn texts_are_known_by_what_others_make_of_them() {
    fn lead<'t>(text: &'t str, to: &str) -> &'t str {
        &text[..text.find(to).unwrap()]
    }
    let older = lead(text("HPND-sell-variant"), "OPENVISION DISCLAIMS").replace("OpenVision", "M.I.T.");
    assert_eq!(said(&older), ["3: HPND-sell-variant"]);
    let postgres = text("PostgreSQL");
    let body = &postgres[postgres.find("Permission to use").unwrap()..];
    assert_eq!(said(&body.replace("THE UNIVERSITY OF CALIFORNIA", "THE AUTHOR")), ["1: PostgreSQL"]);
    let x11 = text("X11").replace("THE X CONSORTIUM", "THE AUTHORS OR COPYRIGHT HOLDERS");
    assert_eq!(said(&lead(&x11, "X Window System is").replace("the X Consortium", "Ann Ito")), ["1: X11"]);
}

#[test]
fn texts_are_known_in_the_dress_of_markdown_and_html() {
    let linked = "licenses is dedicated to the public domain under the [CC0 Public Domain Dedication]\
                  (https://creativecommons.org/publicdomain/zero/1.0/legalcode). Except for";
    let later = text("CC-BY-SA-4.0")
        .replacen("Except for", &format!("The text of the Creative Commons public {linked}"), 1)
        .replace(
            "creativecommons.org/compatiblelicenses",
            "[here](http://creativecommons.org/compatiblelicenses)",
        );
    assert_eq!(said(&later), ["1: CC-BY-SA-4.0"]);
    let lgpl = text("LGPL-3.0-only");
    let lesser = &lgpl[..lgpl.find("GNU GENERAL PUBLIC LICENSE\nVersion 3").unwrap()];
    assert_eq!(said(&lesser.replace("As used", "So used")), ["1: LGPL-3.0-only"]);
    let afl = text("AFL-2.1");
    let terms = &afl[..afl.find("END OF ACADEMIC").unwrap()];
    assert_eq!(said(&terms.replace("v. 2.1", "v. 2.1 (plain text)")), ["1: AFL-2.1"]);
    let gpl = text("GPL-2.0-only");
    let more = "If your program is a library, you may\nuse the [GNU Lesser General\nPublic License]\
                (https://www.gnu.org/licenses/lgpl.html) instead of this License.\n";
    assert_eq!(said(&format!("{}{more}", gpl.replace("    a) ", "**a)** "))), ["1: GPL-2.0-only"]);
    let both = format!("{}\n\n{}", text("Apache-2.0").replace("Grantee", "grantee,"), text("Zlib"));
    assert_eq!(said(&both).iter().map(|said| &said[said.len() - 4..]).collect::<Vec<_>>(), ["-2.0", "Zlib"]);
}

#[test]
fn an_address_names_the_license_that_is_read_there() {
    for (line, expected) in [
        ("License: http://www.rosenlaw.com/AFL3.0.htm", "1: AFL-3.0"),
        ("see the license at https://blueoakcouncil.org/license/1.0.0.", "1: BlueOak-1.0.0"),
        ("License: http://dev.perl.org/licenses/artistic.html", "1: Artistic-1.0-Perl"),
        ("License: <https://fedoraproject.org/wiki/Licensing:MIT#Modern_Variants>", "1: MIT-Modern-Variant"),
        ("http://creativecommons.org/licenses/by-sa/3.0/de/ (license)", "1: CC-BY-SA-3.0-DE"),
        ("http://creativecommons.org/licenses/by-sa/3.0/deed.fr (license)", "1: CC-BY-SA-3.0"),
        ("http://creativecommons.org/licenses/by-sa/3.0/ in all it says", "1: CC-BY-SA-3.0"),
    ] {
        assert_eq!(said(line), [expected], "{line}");
    }
    assert!(find(b"by http://creativecommons.org/licenses/by/3.0/ in it", &[])[0].note.is_none());
    let ported = find(b"http://creativecommons.org/licenses/by-sa/3.0/fr/", &[]);
    assert!(ported[0].note.as_ref().unwrap().starts_with("ported to a country"), "{ported:?}");
}

#[test]
fn a_change_announced_behind_a_name_is_told() {
    let found = find(b"Licensed under the GPLv2, with the following modifications: you may not sell.", &[]);
    assert!(!found[0].is_clear && found[0].note.as_ref().unwrap().contains("modifications"), "{found:?}");
    let pixar = "Licensed under the Apache License, Version 2.0 (the \"Apache License\") with the following \
                 modification; you may not use this file except in compliance with the Apache License and the \
                 following modification to it: Section 6. Trademarks. is deleted and replaced with:";
    assert_eq!(said(pixar), ["1: Pixar"]);
    assert_eq!(said("Licensed under GPLv2 or later with the following exception."), ["1: GPL-2.0-or-later"]);
}

#[test]
fn a_license_made_after_another_does_not_name_it() {
    for line in [
        "ATTRIBUTION LICENSE (adapted from the original BSD license)",
        "This license is a modified version of the GNU General Public License.",
        "This license is similar to the MIT license.",
        "The License is based on the Mozilla Public License Version 1.1.",
    ] {
        assert_eq!(said(line), [""; 0], "{line}");
    }
}

#[test]
fn a_changed_text_is_told_beside_its_name() {
    let turned = text("MIT").replace("Permission is hereby granted", "Permission is not hereby granted");
    let found = find(format!("Licensed under the MIT license:\n\n{turned}").as_bytes(), &[]);
    assert!(found.iter().any(|notice| !notice.is_clear), "{found:?}");
    // A name in front of a text is no second statement.
    let titled = format!("MPL-2.0\n\n{}", text("MPL-2.0").replacen("which", "that", 3));
    assert_eq!(said(&titled), ["3: MPL-2.0"]);
}

#[test]
fn a_changed_text_is_told() {
    let mit = text("MIT");
    assert_eq!(said(mit), ["1: MIT"]);
    let named = mit.replace("COPYRIGHT HOLDERS", "MOON TEAM");
    assert_eq!(said(&named), ["1: MIT"]);
    let turned = mit.replace("Permission is hereby granted", "Permission is not hereby granted");
    let found = find(turned.as_bytes(), &[]);
    assert!(!found[0].is_clear && found[0].note.as_ref().unwrap().contains("adds `not`"), "{found:?}");
    let gpl = text("GPL-2.0-only");
    let (from, to) = (gpl.find("2. You may modify").unwrap(), gpl.find("3. You may copy").unwrap());
    let shorter = format!("{}{}", &gpl[..from], &gpl[to..]);
    let found = find(shorter.as_bytes(), &[]);
    assert!(found.iter().all(|notice| notice.how != How::Text || !notice.is_clear), "{found:?}");
    let zlib = text("Zlib");
    let open_end = &zlib[..zlib.find("This notice may not be removed").unwrap()];
    let found = find(open_end.as_bytes(), &[]);
    assert!(found[0].note.as_ref().unwrap().contains("lacks `this notice may not be"), "{found:?}");
    let clause = format!("\"Commons Clause\" License Condition v1.0\n\n{}", text("Apache-2.0"));
    assert!(said(&clause).contains(&"1: ?".to_owned()));
}

#[test]
fn much_of_it_is_bounded() {
    let mit = text("MIT");
    assert!(find(mit.repeat(2000).as_bytes(), &[]).len() <= 64);
    let line = format!("{}{}", mit.replace('\n', " "), "x=1;".repeat(1 << 19));
    assert_eq!(said(&line), ["1: MIT"]);
}

proptest::proptest! {
    #[test]
    fn any_words_are_read(
        text in "(GNU |GPL |Lesser |version |2 |3\\.0 |or |later |\\+|License |\n|not |only |MIT |<a |&amp;|\\\\n|\u{e9}|permission |of |the ){0,60}"
    ) {
        for notice in find(text.as_bytes(), &[]) {
            proptest::prop_assert!(notice.first_line <= notice.last_line);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        let _ = find(&[b"licen ".as_slice(), &bytes].concat(), &[]);
    }
}

// REUSE-IgnoreEnd
