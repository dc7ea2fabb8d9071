// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Each duty that a tree can show, kept and not: what people do with works of others, made small. The
//! derivative says itself what it comes from, so that only the duty is tried.

use serde_json::Value;

use super::common::{Place, Run, TIDE, head};

/// A derivative: the work that comes from the upstream's, what stands around it, what is signed with it.
struct Tree {
    work: (&'static str, Vec<u8>),
    beside: Vec<(&'static str, String)>,
    sign: Vec<&'static str>,
}

/// One duty, broken in one tree and kept in the other.
struct Row {
    what: &'static str,
    license: &'static str,
    upstream: (&'static str, Vec<u8>),
    beside: Vec<(&'static str, String)>,
    sign: Vec<&'static str>,
    duty: &'static str,
    /// The rule of the bad tree.
    code: &'static str,
    states: [&'static str; 2],
    bad: Tree,
    good: Tree,
}

fn tree(path: &'static str, work: impl Into<Vec<u8>>) -> Tree {
    Tree { work: (path, work.into()), beside: Vec::new(), sign: Vec::new() }
}

impl Tree {
    fn with(mut self, path: &'static str, text: &str) -> Self {
        self.beside.push((path, text.to_owned()));
        self
    }

    fn signed(mut self, args: &[&'static str]) -> Self {
        self.sign.extend(args);
        self
    }
}

fn row(
    what: &'static str,
    license: &'static str,
    upstream: (&'static str, impl Into<Vec<u8>>),
    (duty, code): (&'static str, &'static str),
    bad: Tree,
    good: Tree,
) -> Row {
    let upstream = (upstream.0, upstream.1.into());
    let (beside, sign) = (Vec::new(), Vec::new());
    Row { what, license, upstream, beside, sign, duty, code, states: ["broken", "met"], bad, good }
}

fn tide(license: &str) -> (&'static str, String) {
    ("tide.py", head("2024 Ann Ito", license) + TIDE)
}

/// The same with another number in it, and more in its head.
fn edited(license: &str, more: &str) -> Tree {
    tree("tide.py", head("2024 Ann Ito", license) + more + &TIDE.replace("12.42", "12.4206"))
}

/// A picture that is large enough to be found again.
pub const PICTURE: &str = "<svg><path d='M0 0h10v10z'/><path d='M5 5h10v10z'/><path d='M7 7h10v10z'/></svg>";

/// The same of a work that was put into another form.
fn converted(license: &str) -> String {
    sidecar(license) + concat!("SPDX-File", "Comment: converted from the text\n")
}

/// What stands beside a work that cannot say it itself.
pub fn sidecar(license: &str) -> String {
    head("2024 Ann Ito", license).replace("# ", "")
}

#[expect(clippy::too_many_lines, reason = "a table of trees")]
fn table() -> Vec<Row> {
    let mark = "# Modified by Bob Roe, 2026-03-01: finer.\n";
    let changes = ("changes-marked", "CH512");
    let credit = ("attribution", "CH515");
    let story = "The sea comes in, and the sea goes out, and nobody asked it to.\n".repeat(3);
    let text = |license: &str| ("sea.md", head("2024 Ann Ito", license).replace('#', "") + &story);
    let longer = |license: &str| {
        tree(
            "sea.md",
            head("2024 Ann Ito", license).replace('#', "")
                + &story
                + "And again.\n\nModified by Bob Roe, 2026-03-01: longer.\n",
        )
    };
    let pdf = |encrypted: &str| {
        format!("%PDF-1.7\n{}\ntrailer << /Root 1 0 R {encrypted}>>\n\u{0}", "x".repeat(80))
    };
    let epub = |name: &str| format!("PK\u{3}\u{4}\0{}{name}", "x".repeat(80));
    let minified = head("2024 Ann Ito\n# Converted by Bob Roe, 2026-03-01", "GPL-3.0-or-later")
        .replace('#', "//")
        + &"f(12.42);".repeat(20);
    let credits = ["--title", "The Sea", "--creator", "Ann Ito", "--source", "https://sea.example/1"];
    let ofl = "Copyright 2020 Ann Ito, with Reserved Font Name \"Tide Sans\".\n";
    let invariant =
        "Permission is granted under the GFDL, with the Invariant Sections being \"Of Storms\".\n";
    vec![
        row(
            "GPL-2.0 2(a): nothing marks the change",
            "GPL-2.0-only",
            tide("GPL-2.0-only"),
            changes,
            edited("GPL-2.0-only", ""),
            edited("GPL-2.0-only", mark),
        ),
        row(
            "GPL-3.0 5(a): a change without a date",
            "GPL-3.0-or-later",
            tide("GPL-3.0-or-later"),
            changes,
            edited("GPL-3.0-or-later", "# Modified by Bob Roe: finer.\n"),
            edited("GPL-3.0-or-later", "").with("ChangeLog", "2026-03-01  Bob Roe\n\n\t* tide.py: finer.\n"),
        ),
        row(
            "Apache-2.0 4(b): a change signed instead of marked",
            "Apache-2.0",
            tide("Apache-2.0"),
            changes,
            edited("Apache-2.0", ""),
            edited("Apache-2.0", "").signed(&["--changes", "finer"]),
        ),
        row(
            "CC BY 4.0 3(a)(1)(B): a picture marked in its sidecar",
            "CC-BY-4.0",
            ("cat.svg", PICTURE),
            changes,
            tree("cat.svg", PICTURE.replace("10", "11")).with("cat.svg.license", &sidecar("CC-BY-4.0")),
            tree("cat.svg", PICTURE.replace("10", "11")).with(
                "cat.svg.license",
                &(sidecar("CC-BY-4.0") + concat!("SPDX-File", "Comment: adapted from the original, wider\n")),
            ),
        )
        .beside("cat.svg.license", &sidecar("CC-BY-4.0")),
        row(
            "CC BY 3.0 4(b): the title is part of the credit",
            "CC-BY-3.0",
            text("CC-BY-3.0"),
            credit,
            tree("sea.md", text("CC-BY-3.0").1)
                .with("CREDITS.md", "sea.md is by Ann Ito, https://sea.example/1\n"),
            tree("sea.md", text("CC-BY-3.0").1)
                .with("CREDITS.md", "sea.md is \"The Sea\" by Ann Ito, https://sea.example/1\n"),
        )
        .signed(&credits),
        row(
            "CC BY 4.0 3(a)(1)(A): no title asked, but where it is from",
            "CC-BY-4.0",
            text("CC-BY-4.0"),
            credit,
            tree("sea.md", text("CC-BY-4.0").1),
            tree("sea.md", text("CC-BY-4.0").1)
                .with("CREDITS.md", "sea.md: Ann Ito, https://sea.example/1\n"),
        )
        .signed(&credits),
        row(
            "CC BY 4.0: the credit is signed",
            "CC-BY-4.0",
            text("CC-BY-4.0"),
            credit,
            tree("sea.md", text("CC-BY-4.0").1).signed(&["--creator", "Ann Ito"]),
            tree("sea.md", text("CC-BY-4.0").1).signed(&[
                "--creator",
                "Ann Ito",
                "--source",
                "https://sea.example/1",
            ]),
        )
        .signed(&credits),
        row(
            "GPL-3.0 6: a minified script without its source",
            "GPL-3.0-or-later",
            tide("GPL-3.0-or-later"),
            ("source", "CH516"),
            tree("tide.min.js", minified.clone()),
            tree("tide.min.js", minified).with(
                "tide.js",
                &(head("2024 Ann Ito", "GPL-3.0-or-later").replace('#', "//") + &"f(12.42);\n".repeat(20)),
            ),
        ),
        row(
            "GPL-3.0 10: the Commons Clause on top",
            "GPL-3.0-or-later",
            tide("GPL-3.0-or-later"),
            ("no-added-restrictions", "CH517"),
            tree("tide.py", tide("GPL-3.0-or-later").1).with(
                "LICENSE",
                "GPL-3.0-or-later with the \u{201c}Commons Clause\u{201d} License Condition v1.0\n",
            ),
            tree("tide.py", tide("GPL-3.0-or-later").1),
        ),
        row(
            "CC BY-SA 3.0 4(a): a picture folder on a non-commercial site",
            "CC-BY-SA-3.0",
            text("CC-BY-SA-3.0"),
            ("no-added-restrictions", "CH517"),
            tree("site/pages/sea.md", text("CC-BY-SA-3.0").1)
                .with("site/README.md", "All of this site is for personal, non-commercial use only.\n"),
            tree("site/pages/sea.md", text("CC-BY-SA-3.0").1).with("site/README.md", "A site on tides.\n"),
        ),
        row(
            "CC BY-SA 4.0 2(a)(5): an encrypted PDF",
            "CC-BY-SA-4.0",
            text("CC-BY-SA-4.0"),
            ("no-protection", "CH518"),
            tree("sea.pdf", pdf("/Encrypt 5 0 R ")).with("sea.pdf.license", &converted("CC-BY-SA-4.0")),
            tree("sea.pdf", pdf("")).with("sea.pdf.license", &converted("CC-BY-SA-4.0")),
        ),
        row(
            "CC BY 4.0 2(a)(5)(B): an encrypted book",
            "CC-BY-4.0",
            text("CC-BY-4.0"),
            ("no-protection", "CH518"),
            tree("sea.epub", epub("META-INF/encryption.xml"))
                .with("sea.epub.license", &converted("CC-BY-4.0")),
            tree("sea.epub", epub("META-INF/container.xml"))
                .with("sea.epub.license", &converted("CC-BY-4.0")),
        ),
        row(
            "CC BY 4.0 2(a)(5)(B): a font that forbids embedding",
            "CC-BY-4.0",
            ("tide.ttf", font("Tide Sans", 1, 0)),
            ("no-protection", "CH518"),
            tree("tide.ttf", font("Tide Sans", 1, 2)).with("tide.ttf.license", &converted("CC-BY-4.0")),
            tree("tide.ttf", font("Tide Sans", 2, 0)).with("tide.ttf.license", &converted("CC-BY-4.0")),
        ),
        row(
            "OFL 3: a changed font under its reserved name",
            "OFL-1.1",
            ("tide.ttf", font("Tide Sans", 1, 0)),
            ("reserved-names", "CH519"),
            tree("tide.ttf", font("Tide Sans Bold", 2, 0))
                .with("tide.ttf.license", &sidecar("OFL-1.1"))
                .with("NOTICE", ofl),
            tree("ebb.ttf", font("Ebb", 2, 0))
                .with("ebb.ttf.license", &sidecar("OFL-1.1"))
                .with("NOTICE", ofl),
        )
        .beside("NOTICE", ofl),
        row(
            "GFDL 4(L): an invariant section is named no more",
            "GFDL-1.3-or-later",
            text("GFDL-1.3-or-later"),
            ("invariant-sections", "CH520"),
            longer("GFDL-1.3-or-later").with("NOTICE", "Under the GFDL.\n"),
            longer("GFDL-1.3-or-later").with("NOTICE", invariant),
        )
        .beside("NOTICE", invariant),
        row(
            "All rights reserved, over an MIT work",
            "MIT",
            tide("MIT"),
            ("copyright-notices", "CH521"),
            tree(
                "tide.py",
                head("2024 Ann Ito\n# Copyright 2026 Bob Roe. All rights reserved.", "MIT") + TIDE,
            ),
            tree("tide.py", head("2024 Ann Ito\n# Copyright 2026 Bob Roe", "MIT") + TIDE),
        )
        .states(["met", "met"]),
        row(
            "CC BY-NC 4.0: nobody says that the use is not commercial",
            "CC-BY-NC-4.0",
            text("CC-BY-NC-4.0"),
            ("non-commercial", "CH514"),
            tree("sea.md", text("CC-BY-NC-4.0").1),
            tree("sea.md", text("CC-BY-NC-4.0").1)
                .signed(&["--attest", "non-commercial=for a school, nothing is sold"]),
        )
        .states(["not-seen", "attested"]),
        row(
            "AGPL 13: nobody says where users get the source",
            "AGPL-3.0-or-later",
            tide("AGPL-3.0-or-later"),
            ("network-source", "CH514"),
            tree("tide.py", tide("AGPL-3.0-or-later").1),
            tree("tide.py", tide("AGPL-3.0-or-later").1)
                .signed(&["--attest", "network-source=/source on every page"]),
        )
        .states(["not-seen", "attested"]),
        row(
            "AGPL 13: the address that somebody signed stands on no page",
            "AGPL-3.0-or-later",
            tide("AGPL-3.0-or-later"),
            ("network-source", "CH514"),
            tree("tide.py", tide("AGPL-3.0-or-later").1)
                .with("page.html", "<a href='/about'>About</a>\n")
                .signed(&["--attest", "network-source=https://sea.example/source on every page"]),
            tree("tide.py", tide("AGPL-3.0-or-later").1)
                .with("page.html", "<a href='https://sea.example/source'>Source</a>\n")
                .signed(&["--attest", "network-source=https://sea.example/source on every page"]),
        )
        .states(["not-seen", "attested"]),
        row(
            "CC BY-ND 4.0 2(a)(4): only the format changed, as somebody signed",
            "CC-BY-ND-4.0",
            text("CC-BY-ND-4.0"),
            ("no-derivatives", "CH513"),
            longer("CC-BY-ND-4.0").signed(&["--attest", "no-derivatives=wrapped for print"]),
            tree("sea.md", text("CC-BY-ND-4.0").1),
        )
        .states(["attested", "met"]),
        row(
            "Apache-2.0 4(d): a NOTICE line that does not pertain, as somebody signed",
            "Apache-2.0",
            tide("Apache-2.0"),
            ("notice-file", "CH513"),
            tree("tide.py", tide("Apache-2.0").1)
                .with("NOTICE", "Tides, by Ann Ito.\n")
                .signed(&["--attest", "notice-file=With tables of the harbour office."]),
            tree("tide.py", tide("Apache-2.0").1)
                .with("NOTICE", "Tides, by Ann Ito.\nWith tables of the harbour office.\n"),
        )
        .beside("NOTICE", "Tides, by Ann Ito.\nWith tables of the harbour office.\n")
        .states(["attested", "met"]),
        row(
            "MIT: the license file names another holder",
            "MIT",
            ("tide.py", head("2024 The tide authors", "MIT") + TIDE),
            ("license-text", "CH503"),
            tree("tide.py", head("2024 The tide authors", "MIT") + TIDE)
                .with("LICENSE", "MIT License\n\nCopyright (c) 2026 Bob Roe\n"),
            tree("tide.py", head("2024 The tide authors", "MIT") + TIDE)
                .with("LICENSE", "MIT License\n\nCopyright (c) 2024 Ann Ito\n"),
        )
        .beside(
            "LICENSES/MIT.txt",
            "MIT License\n\nCopyright (c) 2024 Ann Ito\n\nPermission is hereby granted\n",
        ),
    ]
}

impl Row {
    fn beside(mut self, path: &'static str, text: &str) -> Self {
        self.beside.push((path, text.to_owned()));
        self
    }

    fn signed(mut self, args: &[&'static str]) -> Self {
        self.sign.extend(args);
        self
    }

    fn states(self, states: [&'static str; 2]) -> Self {
        Self { states, ..self }
    }

    /// Publishes the upstream, makes the derivative and verifies it against its own record; the duty is
    /// in the state it must be in.
    #[track_caller]
    fn run(&self, place: &Place, is_bad: bool) -> Run {
        let make = |name: &str, (path, work): &(&str, Vec<u8>), beside: &[(&str, String)]| {
            let project = place.project(name);
            let text = copyhold::license::text(&self.license.parse().unwrap()).unwrap();
            project.write(&format!("LICENSES/{}.txt", self.license), text).write(path, work);
            for (path, text) in beside {
                project.write(path, text);
            }
            project.ok(&["init", "--name", name, "--license", self.license, "--person", "Ann"]);
            project
        };
        let tree = if is_bad { &self.bad } else { &self.good };
        let upstream = make("sea", &self.upstream, &self.beside);
        upstream.ok(&[&["sign", self.upstream.0, "--person", "Ann"], &self.sign[..]].concat());
        upstream.ok(&["manifest"]);
        upstream.bundle();
        let fork = make("fork", &tree.work, &tree.beside);
        fork.ok(&["upstream", "add", "../sea.copyhold", "--trust"]);
        let from = format!("sea:{}", self.upstream.0);
        fork.ok(&[&["sign", tree.work.0, "--from", &from, "--person", "Ann"], &tree.sign[..]].concat());
        fork.ok(&["manifest"]);
        let run = fork.run(&["verify", ".", "--format", "json"]);
        let which = format!("{} ({})\n{}", self.what, if is_bad { "bad" } else { "good" }, run.out);
        assert_eq!(run.findings().iter().any(|(code, _)| code == self.code), is_bad, "{which}");
        assert_eq!(state(&run.json(), self.duty), self.states[usize::from(!is_bad)], "{which}");
        if !is_bad {
            assert_eq!(run.code, 0, "{which}");
        }
        run
    }
}

/// Makes the tree of a rule that the table has.
pub fn of_rule(code: &str, place: &Place, is_bad: bool) -> Run {
    table().iter().find(|row| row.code == code).unwrap().run(place, is_bad)
}

/// The rest: the first row of each rule is tried with the rules.
#[test]
fn every_duty_is_seen_broken_and_kept() {
    let mut codes = vec!["CH503"];
    for row in table() {
        if codes.contains(&row.code) {
            row.run(&Place::new(), true);
            row.run(&Place::new(), false);
        }
        codes.push(row.code);
    }
}

/// GPL-2.0, section 2(c), and GPL-3.0, section 5(d): a program shows it, or somebody says how.
#[test]
fn the_notice_of_an_interactive_program_is_seen_where_it_is_shown() {
    for (beside, expected) in [
        ("    print('harbours and tides')\n", "not-seen"),
        ("    print('tides comes with ABSOLUTELY NO WARRANTY; see the license')\n", "met"),
    ] {
        let place = Place::new();
        let upstream = place.project("sea");
        upstream.write("tide.py", tide("GPL-2.0-only").1).license("GPL-2.0-only");
        let fork = upstream.fork("fork");
        fork.write("main.py", head("2026 Bob Roe", "GPL-2.0-only") + "def main():\n" + beside);
        let run = fork.run(&["verify", ".", "--upstream", "../sea", "--format", "json"]);
        assert_eq!(state(&run.json(), "interactive-notice"), expected, "{}", run.out);
    }
}

/// Returns the state of a duty of the only work that has it.
fn state(document: &Value, duty: &str) -> String {
    let derivations = document["derivations"].as_array().unwrap();
    let duties = derivations.iter().flat_map(|derivation| derivation["duties"].as_array().unwrap());
    let mut found = duties.filter(|row| row["duty"] == duty);
    found.next().map_or_else(|| "none".to_owned(), |row| row["state"].as_str().unwrap().to_owned())
}

/// The smallest font that has a name.
fn font(name: &str, revision: u8, fs_type: u8) -> Vec<u8> {
    let mut head = vec![0, 1, 0, 0, 0, revision, 0, 0, 0, 0, 0, 0, 0x5f, 0x0f, 0x3c, 0xf5, 0, 0, 3, 0xe8];
    head.resize(54, 0);
    let mut hhea = vec![0, 1, 0, 0];
    hhea.resize(36, 0);
    let maxp = vec![0, 0, 0x50, 0, 0, 1];
    let mut os2 = vec![0; 78];
    os2[9] = fs_type;
    let utf16: Vec<u8> = name.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let length = u8::try_from(utf16.len()).unwrap();
    let mut names = vec![0, 0, 0, 1, 0, 18, 0, 3, 0, 1, 4, 9, 0, 1, 0, length, 0, 0];
    names.extend(utf16);
    let tables: [(&[u8; 4], Vec<u8>); 5] =
        [(b"OS/2", os2), (b"head", head), (b"hhea", hhea), (b"maxp", maxp), (b"name", names)];
    let mut font = vec![0, 1, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0];
    let mut at = 12 + 16 * 5;
    for (tag, table) in &tables {
        font.extend(*tag);
        font.extend([0; 4]);
        font.extend(u32::try_from(at).unwrap().to_be_bytes());
        font.extend(u32::try_from(table.len()).unwrap().to_be_bytes());
        at += table.len().next_multiple_of(4);
    }
    for (_, mut table) in tables {
        table.resize(table.len().next_multiple_of(4), 0);
        font.extend(table);
    }
    font
}
