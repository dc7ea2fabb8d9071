// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What bytes show of the duties of whoever passes a work on: notices of change, added restrictions,
//! protection measures, built forms, the names of a font. Each is a sign, not a judgement.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::copyright::CopyrightLine;
use crate::domain::WorkPath;

/// What one file shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Its copyright notices, with their lines.
    pub notices: Vec<CopyrightLine>,
    /// Lines of its head that tell of a change.
    pub changes: Vec<ChangeMark>,
    /// Lines that restrict what its reader may do.
    pub restrictions: Vec<TermsLine>,
    /// The line of a program that shows its user that there is no warranty, as the GNU licenses' appendix
    /// words it.
    pub shows_notice: Option<u32>,
    /// What shows a technical protection measure.
    pub protection: Option<&'static str>,
    /// Whether it is made from another form by a tool: object code, bytecode, minified scripts.
    pub is_built: bool,
    /// The names a font goes by: family, full, PostScript and typographic family.
    pub font_names: Vec<String>,
    /// Its bytes, where it tells of the whole tree: a change log, a read-me.
    pub prose: Option<Vec<u8>>,
}

/// A line that tells of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeMark {
    /// Its number, from 1.
    pub line: u32,
    /// Whether it, or the line below, names a year.
    pub is_dated: bool,
}

/// A line that restricts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsLine {
    /// Its number, from 1.
    pub line: u32,
    /// What it says, cut where it is long.
    pub text: String,
}

/// How far the head of a file reaches, in bytes.
const HEAD: usize = 8 << 10;

/// How much of a change log is kept, in bytes.
const MAX_PROSE: usize = 256 << 10;

/// How many lines of a kind are kept of one file.
const MAX_LINES: usize = 8;

/// The longest text of a line that is kept, in characters.
const MAX_TEXT: usize = 120;

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is constant and a test uses it")
}

/// Comment signs, then what people write who changed something.
static CHANGE: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i-u)^[\s#/*;%!<>'.\x22-]*(?:SPDX-FileComment:\s*)?",
        r"(?:(?:this|the)\s+[a-z]+\s+(?:has been|was|is|were)\s+)?",
        r"(?:modified|modifications?|changed|changes|adapted|ported|translated|converted|based|derived|altered|edited|cropped|resized|remixed)\b",
        r"(?:\s+(?:by|from|for|in|on|to|version|since)\b|\s*:|\s*,?\s+\(?(?:19|20)[0-9]{2})",
    ))
});

static YEAR: LazyLock<Regex> = LazyLock::new(|| regex(r"(?-u)\b(?:19|20)[0-9]{2}\b"));

/// Restrictions that no license with a "no further restrictions" clause holds itself; a test keeps it so.
static RESTRICTION: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?i-u)commons clause|the right to sell the software",
        r"|for (?:personal|private|non-?commercial|educational|academic|research|evaluation|internal)",
        r"(?:(?:,| or| and|/)+ ?[a-z-]+)* (?:use|purposes?) only",
        r"|non-?commercial use only|no commercial use|not for (?:any )?commercial (?:use|purposes?)",
        r"|(?:may|must|shall|can) ?not be used (?:for (?:any )?commercial|commercially)",
        r"|shall be used for good, not evil",
        r"|you (?:may|must|shall) not (?:sell|redistribute|reverse[- ]engineer|decompile|disassemble)",
        r"|(?:may|must|shall) not be (?:redistributed|reverse[- ]engineered|decompiled)",
        r"|redistribution (?:is|of this \w+ is) (?:prohibited|forbidden|not (?:allowed|permitted))",
        r"|advertising materials? mentioning features",
    ))
});

/// Returns what `bytes` show. `is_text` as the caller knows it; `notices` as they were found in it.
pub fn marks(path: &WorkPath, bytes: &[u8], is_text: bool, notices: &[CopyrightLine]) -> Marks {
    let name = path.file_name().to_ascii_lowercase();
    let mut marks = Marks { notices: notices.to_vec(), is_built: is_built(&name, bytes), ..Marks::default() };
    if is_text {
        let is_prose = speaks_for_the_tree(&name);
        let head = if is_prose { bytes } else { &bytes[..bytes.len().min(HEAD)] };
        marks.changes = changes(head, is_prose || is_plain(&name));
        marks.restrictions = restrictions(head);
        marks.shows_notice = if is_prose || is_plain(&name) { None } else { shows_notice(bytes) };
        marks.prose = is_prose.then(|| bytes[..bytes.len().min(MAX_PROSE)].to_vec());
    } else {
        look_at_font(bytes, &mut marks);
    }
    // A PDF need not have a byte that makes it binary.
    marks.protection = marks.protection.or_else(|| protection(bytes));
    marks
}

/// Returns whether a file of this name, in small letters, tells of the whole tree.
fn speaks_for_the_tree(name: &str) -> bool {
    const NAMES: [&str; 14] = [
        "change",
        "history",
        "news",
        "readme",
        "modif",
        "credit",
        "attribution",
        "notice",
        "author",
        "thanks",
        "license",
        "licence",
        "eula",
        "terms",
    ];
    (is_plain(name) || !name.contains('.')) && NAMES.iter().any(|known| name.starts_with(known))
}

/// Returns whether a file of this name has prose, not comments in a program.
fn is_plain(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        matches!(extension, "txt" | "text" | "md" | "markdown" | "rst" | "adoc" | "html" | "htm" | "license")
    })
}

fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    [&b"#"[..], b"//", b"/*", b"*", b";", b"%", b"<!--", b"--", b"\""].iter().any(|s| line.starts_with(s))
}

fn changes(head: &[u8], is_prose: bool) -> Vec<ChangeMark> {
    let lines: Vec<&[u8]> = head.split(|byte| *byte == b'\n').collect();
    let tells = |line: &[u8]| (is_prose || is_comment(line)) && CHANGE.is_match(line);
    (1..)
        .zip(&lines)
        .filter(|(_, line)| tells(line))
        .map(|(number, line)| {
            let below = lines.get(number as usize).is_some_and(|line| YEAR.is_match(line));
            ChangeMark { line: number, is_dated: below || YEAR.is_match(line) }
        })
        .take(MAX_LINES)
        .collect()
}

fn restrictions(head: &[u8]) -> Vec<TermsLine> {
    if !RESTRICTION.is_match(head) {
        return Vec::new();
    }
    let restricts = |line: &[u8]| RESTRICTION.find_iter(line).any(|found| is_meant(line, found.start()));
    (1..)
        .zip(head.split(|byte| *byte == b'\n'))
        .filter(|(_, line)| restricts(line))
        .map(|(line, text)| TermsLine {
            line,
            text: String::from_utf8_lossy(text).trim().chars().take(MAX_TEXT).collect(),
        })
        .take(MAX_LINES)
        .collect()
}

/// Returns whether words that restrict are meant as they stand: not quoted, not a text in a program, not
/// denied. The Commons Clause has quotation marks in its own name.
fn is_meant(line: &[u8], start: usize) -> bool {
    let line = String::from_utf8_lossy(line);
    let Some((before, words)) = line.split_at_checked(start) else { return true };
    if words.to_ascii_lowercase().starts_with("commons clause") {
        return words.to_ascii_lowercase().contains("license condition");
    }
    let is_inside = |mark: char| before.matches(mark).count() % 2 == 1 && words.contains(mark);
    let is_between = |[open, close]: [char; 2]| {
        let last = before.rfind(open);
        last.is_some_and(|at| !before[at..].contains(close)) && words.contains(close)
    };
    let is_quoted = ['"', '`'].into_iter().any(is_inside)
        || [['\u{201c}', '\u{201d}'], ['\u{201e}', '\u{201c}'], ['\u{ab}', '\u{bb}']]
            .into_iter()
            .any(is_between)
        || before.trim_start().starts_with('>');
    let clause = before.rsplit([',', '.', ':', ';']).next().unwrap_or_default().to_lowercase();
    let mut last = clause.split_whitespace().rev().take(3);
    let is_denied = last.any(|word| {
        matches!(word, "not" | "never" | "without" | "unlike" | "no" | "isn't" | "aren't" | "instead")
    });
    !is_quoted && !is_denied
}

/// Finds where a program shows its user the words of GPL-2.0 and GPL-3.0, "How to Apply These Terms".
fn shows_notice(bytes: &[u8]) -> Option<u32> {
    let at = memchr::memmem::find(bytes, b"ABSOLUTELY NO WARRANTY")?;
    let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |line| line + 1);
    let number = memchr::memchr_iter(b'\n', &bytes[..at]).count() + 1;
    u32::try_from(number).ok().filter(|_| !is_comment(&bytes[start..at]) || bytes[start..at].contains(&b'"'))
}

/// Names of files whose content must not be looked at for more than this: a ZIP directory and a PDF's
/// dictionaries stand in the file as they are, so nothing is unpacked.
fn protection(bytes: &[u8]) -> Option<&'static str> {
    let has = |needle: &[u8]| memchr::memmem::find(bytes, needle).is_some();
    if bytes.starts_with(b"%PDF-") && has(b"/Encrypt ") {
        Some("the PDF is encrypted (/Encrypt)")
    } else if bytes.starts_with(b"PK\x03\x04") && has(b"META-INF/encryption.xml") {
        Some("the EPUB is encrypted (META-INF/encryption.xml)")
    } else {
        None
    }
}

fn look_at_font(bytes: &[u8], marks: &mut Marks) {
    let starts = [&b"\0\x01\0\0"[..], b"OTTO", b"true", b"ttcf"];
    if !starts.iter().any(|start| bytes.starts_with(start)) {
        return;
    }
    let Ok(face) = ttf_parser::Face::parse(bytes, 0) else { return };
    if face.permissions() == Some(ttf_parser::Permissions::Restricted) {
        marks.protection = Some("the font forbids embedding (fsType 2)");
    }
    let is_name = |id| matches!(id, 1 | 4 | 6 | 16);
    marks.font_names = face
        .names()
        .into_iter()
        .filter(|name| is_name(name.name_id))
        .map(|name| name.to_string().unwrap_or_else(|| String::from_utf8_lossy(name.name).into_owned()))
        .map(|name| name.chars().take(MAX_TEXT).collect())
        .take(4 * MAX_LINES)
        .collect();
    marks.font_names.sort();
    marks.font_names.dedup();
}

fn is_built(name: &str, bytes: &[u8]) -> bool {
    const ENDINGS: [&str; 10] =
        [".min.js", ".min.css", ".pyc", ".class", ".o", ".so", ".dll", ".exe", ".wasm", ".jar"];
    const STARTS: [&[u8]; 6] =
        [b"\x7fELF", b"!<arch>\n", b"\0asm", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"];
    ENDINGS.iter().any(|ending| name.ends_with(ending)) || STARTS.iter().any(|start| bytes.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, text: &str) -> Marks {
        marks(&path.parse().unwrap(), text.as_bytes(), true, &[])
    }

    #[test]
    fn a_notice_of_change_is_seen_with_its_date() {
        for (path, text, expected) in [
            ("a.py", "# Modified by Bob Roe, 2026-03-01: faster", Some(true)),
            ("a.c", "/*\n * Changes: faster\n */", Some(false)),
            ("a.c", "// Changes by Bob:\n// 2026: faster", Some(true)),
            ("a.svg.license", concat!("SPDX-File", "Comment: cropped from the original"), Some(false)),
            ("a.rs", "    changes: Vec<Change>,", None),
            ("a.py", "modified = changed(2026)", None),
            ("a.md", "This text was translated from French in 2024.", Some(true)),
            ("a.py", "# Based on the tide tables of the harbour", Some(false)),
        ] {
            assert_eq!(of(path, text).changes.first().map(|mark| mark.is_dated), expected, "{text}");
        }
    }

    #[test]
    fn added_restrictions_are_seen_and_no_license_that_forbids_them_has_one_itself() {
        for text in [
            "\u{201c}Commons Clause\u{201d} License Condition v1.0",
            "For personal, non-commercial use only.",
            "for educational and research purposes only",
            "This file may not be used for any commercial purpose.",
            "You may not reverse engineer it.",
            "The Software shall be used for Good, not Evil.",
            "3. All advertising materials mentioning features or use of this software",
        ] {
            assert_eq!(of("LICENSE", text).restrictions.len(), 1, "{text}");
        }
        for text in [
            "Fonts with the words \u{201c}for personal use only\u{201d} in them are refused.",
            "    if text.contains(\"for personal use only\") {",
            "> You may not sell it.",
            "This is not for personal use only: sell it if you like.",
            "Nothing here is under the Commons Clause.",
        ] {
            assert_eq!(of("README", text).restrictions, [], "{text}");
        }
        for license in spdx::identifiers::LICENSES {
            let Ok(name) = license.name.parse() else { continue };
            let Some(text) = crate::license::text(&name) else { continue };
            let term = crate::domain::LicenseTerm { license: name, or_later: false, exception: None };
            let Some(facts) = crate::license::facts(&term) else { continue };
            if facts.duty(crate::license::DutyCode::R).is_some() && facts.restrictions.is_empty() {
                assert_eq!(of("LICENSE", text).restrictions, [], "{}", license.name);
            }
        }
    }

    #[test]
    fn a_program_that_shows_its_notice_is_seen() {
        let shown = "int main(void)\n{\n    puts(\"tide comes with ABSOLUTELY NO WARRANTY\");\n";
        assert_eq!(of("a.c", shown).shows_notice, Some(3));
        assert_eq!(of("a.c", "/* It comes with ABSOLUTELY NO WARRANTY. */").shows_notice, None);
        assert_eq!(of("README", "It comes with ABSOLUTELY NO WARRANTY.").shows_notice, None);
    }

    #[test]
    fn built_and_protected_files_are_known_by_what_they_are() {
        let marks = |path: &str, bytes: &[u8]| marks(&path.parse().unwrap(), bytes, false, &[]);
        assert!(marks("tide", b"\x7fELF\x02\x01").is_built);
        assert!(marks("tide.min.js", b"f()").is_built && !marks("tide.js", b"f()").is_built);
        assert!(marks("a.pdf", b"%PDF-1.7\ntrailer << /Encrypt 5 0 R >>").protection.is_some());
        assert_eq!(marks("a.pdf", b"%PDF-1.7\ntrailer << /Root 1 0 R >>").protection, None);
        let plain = super::marks(&"a.pdf".parse().unwrap(), b"%PDF-1.4\n<< /Encrypt 1 0 R >>", true, &[]);
        assert!(plain.protection.is_some());
        assert!(marks("a.epub", b"PK\x03\x04..META-INF/encryption.xml").protection.is_some());
        assert_eq!(marks("a.ttf", b"\0\x01\0\0\xff\xff\xff\xff\xff\xff").font_names, [""; 0]);
    }
}
