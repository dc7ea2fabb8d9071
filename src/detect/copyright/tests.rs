// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

// REUSE-IgnoreStart

use super::super::in_bytes;
use super::*;

/// The notices in a text, each with its line.
fn found(text: &str) -> Vec<String> {
    let facts = in_bytes(&"src/file.x".parse().unwrap(), text.as_bytes());
    facts.copyright.into_iter().map(|notice| format!("{}: {}", notice.line, notice.text)).collect()
}

#[test]
fn a_notice_is_kept_as_written_in_any_comment() {
    for (text, expected) in [
        ("/* Copyright (c) 2020 Jane Doe */", "Copyright (c) 2020 Jane Doe"),
        (
            "// Copyright 2015 The Go Authors. All rights reserved.",
            "Copyright 2015 The Go Authors. All rights reserved.",
        ),
        ("# (c) 2019 Jane Doe", "(c) 2019 Jane Doe"),
        (" * (C) Copyright 1999-2003, 2005 Foo GmbH", "(C) Copyright 1999-2003, 2005 Foo GmbH"),
        ("dnl Copyright \u{a9} 2007 Foo", "Copyright \u{a9} 2007 Foo"),
        (
            ".\\\" Copyright (c) 1990 The Regents of the University of California.",
            "Copyright (c) 1990 The Regents of the University of California.",
        ),
        ("<p>&copy; 2019 Foo Ltd</p>", "&copy; 2019 Foo Ltd"),
        ("printf(\"Copyright (C) 2004 Foo, Inc.\\n\");", "Copyright (C) 2004 Foo, Inc."),
        ("COPYRIGHT (C) 1986 Gary S. Brown.", "COPYRIGHT (C) 1986 Gary S. Brown."),
        ("copyright 2003 by Joe", "copyright 2003 by Joe"),
        ("Copr. 1999 Foo", "Copr. 1999 Foo"),
        ("Portions Copyright (c) 2001 Bar", "Portions Copyright (c) 2001 Bar"),
        ("This file is Copyright Jane Doe.", "Copyright Jane Doe."),
        ("Copyright The Tide Authors", "Copyright The Tide Authors"),
        ("Copyright Jane Doe and contributors", "Copyright Jane Doe and contributors"),
        (
            "Copyright (c) jQuery Foundation and other contributors",
            "Copyright (c) jQuery Foundation and other contributors",
        ),
        ("Copyright 2011 Foo. Licensed under the GPL", "Copyright 2011 Foo"),
        ("Copyright 2011 Foo.  This program is free software", "Copyright 2011 Foo"),
        ("Copyright tidal contributors", "Copyright tidal contributors"),
        ("(C)opyright 2019 Jane Doe", "(C)opyright 2019 Jane Doe"),
        (" * Ann Ito (ann@x.org) (c) 2003", "Ann Ito (ann@x.org) (c) 2003"),
        ("Copyright 2001 Jane (jane@{a,b}.org)", "Copyright 2001 Jane (jane@{a,b}.org)"),
        ("Ann Ito \u{a9} 2003<i>\u{e9}</i>", "\u{a9} 2003\u{e9}"),
        ("a,b /*! (c) 2019 Foo */ c", "(c) 2019 Foo"),
    ] {
        assert_eq!(found(text), [format!("1: {expected}")], "{text}");
    }
}

#[test]
fn what_speaks_of_copyright_is_no_notice() {
    for text in [
        "The above copyright notice and this permission notice shall be included",
        "Copyright notice",
        "THE COPYRIGHT HOLDERS AND CONTRIBUTORS \"AS IS\"",
        "The Copyright holder is unclear",
        "Copyright law is hard.",
        "Copyright and license",
        "copyright owner that is granting the License",
        "under the Copyright Act of 1976",
        "Copyright [yyyy] [name of copyright owner]",
        "Copyright (C) <year>  <name of author>",
        "Copyright (c) <year> <copyright holders>",
        "Copyright (C) 19yy  <name of author>",
        "if (c) { return toupper(c) + 20; }",
        "    (c) You must retain all notices",
        "let copyright = read(\"2020\");",
        "content: \"\u{a9}\";",
        "Copyright (c) {{year}} {{holder}}",
        "<pre>Copyright (c) &lt;year&gt; &lt;owner&gt;</pre>",
        "show_copyright(c);",
        "# Copyright",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn a_notice_goes_on_where_the_line_is_not_enough() {
    for (text, expected) in [
        (
            "/*\n * Copyright (c) 1989, 1993\n *\tThe Regents of the University of California.  All rights reserved.\n *\n */",
            &[
                "2: Copyright (c) 1989, 1993 The Regents of the University of California.  All rights reserved.",
            ][..],
        ),
        (
            "# Copyright (C) 2004, 2005,\n# 2006 Free Software Foundation,\n# Inc.\n#\n# This file is free",
            &["1: Copyright (C) 2004, 2005, 2006 Free Software Foundation, Inc."],
        ),
        (
            "/* Copyright (C) 2001-2004 Foo\n * (C) 2005 Bar\n *     2006, 2007 Baz <baz@x.org>\n */",
            &["1: Copyright (C) 2001-2004 Foo", "2: (C) 2005 Bar", "3: 2006, 2007 Baz <baz@x.org>"],
        ),
        ("/* (C) 2005\n * Bar Ltd\n */", &["1: (C) 2005 Bar Ltd"]),
        ("// Copyright 2020 Foo,\nint main(void)\n", &["1: Copyright 2020 Foo"]),
        ("# Copyright 2020 Foo,\n# All rights reserved.\n", &["1: Copyright 2020 Foo"]),
        ("/* Copyright 2020\n * Permission is granted */", &["1: Copyright 2020"]),
    ] {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn two_spellings_of_one_notice_are_equal() {
    for (one, other) in [
        ("Copyright (c) 2019 Jane Doe <jane@x.org>", "\u{a9} 2019 Jane Doe. All rights reserved."),
        ("SPDX-FileCopyrightText: 2019 Jane Doe", "Copyright Jane Doe, 2019"),
        ("Copyright 2015 The Go Authors", "(C) 2015 by Go Authors"),
        ("Copyright 2003, 2004, 2005-2007 Foo, Inc.", "Copyright (C) 2003\u{2013}2007 Foo Inc"),
        ("Copyright 1998, 99 Foo", "Copyright 1998-1999 Foo"),
        ("Copyright 2019 Foo (https://foo.example)", "Copyright 2019 Foo"),
        ("Portions Copyright 2019 Foo", "Copyright 2019 Foo"),
        ("Copyright O'Neil 2019", "Copyright 2019 O\u{2019}Neil"),
        ("Copyright Jane Doe (2019)", "2019 Jane Doe"),
        ("&copy; 2019 Foo", "(c) 2019 Foo"),
        ("Jane Doe (c) 2019", "Copyright 2019 Jane Doe"),
        ("Copyright May 2019 Foo", "Copyright 2019 Foo"),
    ] {
        assert_eq!(normalised_copyright(one), normalised_copyright(other), "{one} | {other}");
    }
    for (one, other) in [
        ("Copyright 2019 Jane Doe", "Copyright 2019 John Doe"),
        ("Copyright 2019 Jane Doe", "Copyright 2020 Jane Doe"),
        ("Copyright 2019 jane@x.org", "Copyright 2019 john@x.org"),
        ("Copyright 2019- Jane", "Copyright 2019 Jane Roe"),
    ] {
        assert_ne!(normalised_copyright(one), normalised_copyright(other), "{one} | {other}");
    }
}

#[test]
fn years_are_read_into_spans() {
    for (text, expected) in [
        ("Copyright 1999, 2001-2003, 2005 Foo", "1999 2001-2003 2005 foo"),
        ("Copyright 1999-present Foo", "1999- foo"),
        ("Copyright 2019 - 20 Foo", "2019-2020 foo"),
        ("Copyright 2007, 2006 and 2005 Foo", "2005-2007 foo"),
        ("Copyright 3Com 1997", "1997 3com"),
    ] {
        assert_eq!(normalised_copyright(text), expected, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn a_notice_is_found_and_equal_in_every_dress(
        name in "[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}",
        year in 1970u16..2030,
        sign in proptest::sample::select(vec!["Copyright ", "Copyright (c) ", "Copyright (C) ", "\u{a9} ", "(c) ", "COPYRIGHT (C) ", "copyright "]),
        comment in proptest::sample::select(vec![("# ", ""), ("// ", ""), ("/* ", " */"), (" * ", ""), ("<!-- ", " -->"), ("-- ", ""), ("; ", ""), (".\\\" ", "")]),
        address in proptest::sample::select(vec!["", " <a.b@example.org>", " (https://example.org)"]),
    ) {
        // What is dropped in front of a name is no part of it.
        let is_dropped = ["The ", "Are ", "Parts ", "Portions "].iter().any(|word| name.starts_with(word));
        proptest::prop_assume!(!is_dropped);
        let text = format!("first line\n{}{sign}{year} {name}{address}{}\nlast\n", comment.0, comment.1);
        proptest::prop_assert_eq!(found(&text), [format!("2: {sign}{year} {name}{address}")]);
        let normal = format!("{year} {}", name.to_lowercase());
        proptest::prop_assert_eq!(normalised_copyright(&format!("{sign}{year} {name}{address}")), normal);
    }

    #[test]
    fn the_normal_form_is_its_own(text in "Copyright( \\(c\\)| \u{a9})?( 20[0-9]{2}){0,3}( the|,| and| Jane| Doe Inc\\.| <a@b\\.c>){0,6}") {
        let once = normalised_copyright(&text);
        proptest::prop_assert_eq!(normalised_copyright(&once), once);
    }
}

// REUSE-IgnoreEnd
