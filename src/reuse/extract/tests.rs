// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

// REUSE-IgnoreStart

use super::*;

/// What the file says of itself, as `notice, … | expression, …`.
fn shown(bytes: &[u8]) -> String {
    let said = extract(bytes).file;
    let join = |set: &BTreeSet<String>| set.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    format!("{} | {}", join(&said.copyright), join(&said.expressions))
}

#[test]
fn lines_are_read_as_reuse_reads_them() {
    for (text, expected) in [
        ("/* SPDX-License-Identifier: MIT */", " | MIT"),
        ("<!-- SPDX-License-Identifier: MIT -->", " | MIT"),
        ("{# SPDX-License-Identifier: MIT #}", " | MIT"),
        ("<tag value=\"SPDX-License-Identifier: MIT\"/>", " | MIT"),
        (".. [SPDX-License-Identifier: MIT] ::", " | MIT"),
        ("# SPDX-License-Identifier: MIT #", " | MIT"),
        ("x = \"SPDX-License-Identifier: MIT\";", " | MIT\";"),
        // A comment that goes on behind the tag is part of it.
        ("/* SPDX-License-Identifier: MIT */ int x;", " | MIT */ int x;"),
        ("SPDX-License-Identifier:", " | "),
        ("SPDX-FileCopyrightText: 2020 A", "SPDX-FileCopyrightText: 2020 A | "),
        ("* Copyright (c) 2020 A */", "Copyright (c) 2020 A | "),
        ("Copyright: 2020 A", " | "),
        ("copyright 2020 A", " | "),
        ("(c) 2020 A", " | "),
        ("© 2020 A", "© 2020 A | "),
        ("The Copyright holder is unclear", "Copyright holder is unclear | "),
        ("Copyright", " | "),
        // A line says one thing.
        ("Copyright 2020 A SPDX-License-Identifier: MIT", "Copyright 2020 A SPDX-License-Identifier: MIT | "),
        ("SPDX-License-Identifier: MIT\rSPDX-License-Identifier: ISC\r\n", " | ISC, MIT"),
        ("a REUSE-IgnoreStart SPDX-License-Identifier: MIT\nREUSE-IgnoreEnd\nCopyright B", "Copyright B | "),
        ("REUSE-IgnoreStart\nCopyright A", " | "),
        ("REUSE-IgnoreEnd\nCopyright A", "Copyright A | "),
    ] {
        assert_eq!(shown(text.as_bytes()), expected, "{text}");
    }
}

// The marks above end the block: REUSE-IgnoreStart

#[test]
fn the_encoding_is_libmagics() {
    let utf16: Vec<u8> = "\u{feff}© A".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let late = [vec![b'x'; 3000], b"\n\xa9 2020 A".to_vec()].concat();
    for (bytes, expected) in [
        (b"\xa9 2020 A".as_slice(), "© 2020 A | "),
        // Windows-1252 quotes make it no Latin-1, and what is read as UTF-8 has no such sign.
        (b"\x93 \xa9 2020 A", " | "),
        (b"\x01 Copyright A", " | "),
        (b"\xef\xbb\xbfCopyright A", "Copyright A | "),
        (&utf16, "© A | "),
        (&late, " | "),
    ] {
        assert_eq!(shown(bytes), expected, "{bytes:?}");
    }
}

#[test]
fn snippets_are_told_apart() {
    let text = "Copyright A\nSPDX-SnippetBegin\nSPDX-License-Identifier: MIT\nSPDX-SnippetEnd\nCopyright B\n";
    let found = extract(text.as_bytes());
    assert_eq!((found.file.copyright.len(), found.file.expressions.len()), (2, 0));
    assert_eq!(found.snippets.expressions.len(), 1);
    assert!(!found.is_snippet_open);
    assert!(extract(b"SPDX-SnippetBegin\nCopyright A").is_snippet_open);
}

// REUSE-IgnoreEnd
