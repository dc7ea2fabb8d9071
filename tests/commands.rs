// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `hash`, `scan`, `explain`, `schema`, `completions` and `man`, through the binary.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use copyhold::rule::RULES;
use copyhold::schema::SCHEMAS;
use serde_json::Value;

const A: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
const B: &str = "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";

/// What a run left behind.
struct Run {
    code: i32,
    out: String,
    err: String,
}

impl Run {
    #[track_caller]
    fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        self
    }

    #[track_caller]
    fn fits(&self, schema: &str) -> Value {
        let (_, schema) = SCHEMAS.iter().find(|(name, _)| *name == schema).unwrap();
        let validator = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
        let document = serde_json::from_str(&self.out).unwrap();
        validator.validate(&document).unwrap_or_else(|error| panic!("{error}: {}", self.out));
        document
    }
}

fn copyhold(folder: &Path, args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_copyhold"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .output()
        .unwrap();
    Run {
        code: output.status.code().expect("no signal ended it"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    root
}

fn fifo(path: &Path) {
    rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RUSR).unwrap();
}

#[test]
fn a_tree_is_hashed_in_the_order_of_its_paths() {
    let root = tree(&[("t/b", "b"), ("t/a/x", "a"), ("t/a.txt", "b")]);
    symlink("b", root.path().join("t/link")).unwrap();
    let expected = format!("{B}  t/a.txt\n{A}  t/a/x\n{B}  t/b\n");
    for given in ["t", "t/"] {
        let run = copyhold(root.path(), &["hash", given]).exits(0);
        assert_eq!(run.out, expected);
        assert!(run.err.contains("files: 3, symbolic links: 1, worksDirHash: "), "{}", run.err);
    }
    let inside = copyhold(&root.path().join("t"), &["hash", "--quiet"]).exits(0);
    assert_eq!((inside.out, inside.err), (expected.replace("  t/", "  "), String::new()));
    let digest = copyhold::hash::sha256(expected.replace("  t/", "  ").as_bytes());
    let whole = copyhold(root.path(), &["hash", "--tree", "t"]).exits(0);
    assert_eq!(whole.out, format!("{digest}  t\n"));
}

#[test]
fn ids_are_those_of_git() {
    // Computed with `git hash-object`.
    let root = tree(&[("b.txt", "b")]);
    symlink("b.txt", root.path().join("link")).unwrap();
    let id = "63d8dbd40c23542e740659a7168a0ce3138ea748";
    let link = "19acdd81ab0abc15c771fe005bf1c2825e4e6080";
    let run = copyhold(root.path(), &["hash", "--ids"]).exits(0);
    let lines: Vec<Vec<_>> = run.out.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(lines[0], [B, &format!("gitoid:blob:sha1:{id}"), &format!("swh:1:cnt:{id}"), "b.txt"]);
    assert_eq!(lines[1][1..], [&format!("gitoid:blob:sha1:{link}"), &format!("swh:1:cnt:{link}"), "link"]);
}

#[test]
fn a_large_file_has_the_id_of_git_too() {
    let root = tree(&[]);
    fs::File::create(root.path().join("large")).unwrap().set_len((64 << 20) + 1).unwrap();
    let run = copyhold(root.path(), &["hash", "--ids", "large"]).exits(0);
    assert!(run.out.contains("\tgitoid:blob:sha1:4d38bbd52d336b129cf35f58f8af683f6134ad0d\t"), "{}", run.out);
}

#[test]
fn names_are_written_as_sha256sum_writes_them() {
    let root = tree(&[("n\nl", "a"), ("back\\slash", "a"), ("\u{1b}[31mred", "a")]);
    let run = copyhold(root.path(), &["hash"]).exits(0);
    assert_eq!(run.out, format!("{A}  \u{1b}[31mred\n\\{A}  back\\\\slash\n\\{A}  n\\nl\n"));
    let run = copyhold(root.path(), &["hash", "--ids"]).exits(0);
    let names: Vec<_> = run.out.lines().filter_map(|line| line.rsplit('\t').next()).collect();
    assert_eq!(names, ["\\x1b[31mred", "back\\\\slash", "n\\nl"]);
    let missing = copyhold(root.path(), &["hash", "\u{1b}[2J"]).exits(2);
    assert!(!missing.err.contains('\u{1b}'), "{}", missing.err);
}

#[test]
fn what_cannot_be_hashed_is_told_after_the_rest() {
    let root = tree(&[("t/a", "a")]);
    fs::write(root.path().join("t").join(OsStr::from_bytes(b"caf\xe9")), "b").unwrap();
    let run = copyhold(root.path(), &["hash", "t"]).exits(2);
    assert_eq!(run.out, format!("{A}  t/a\n{B}  t/caf\\xe9\n"));
    assert!(run.err.contains("error: t/caf\\xe9: its name is not UTF-8"), "{}", run.err);
    assert!(!run.err.contains("worksDirHash"), "{}", run.err);
    fifo(&root.path().join("pipe"));
    let run = copyhold(root.path(), &["hash", "pipe", "missing", "t/a"]).exits(2);
    assert_eq!(run.out, format!("{A}  t/a\n"));
    assert!(run.err.contains("error: pipe: a FIFO, socket or device"), "{}", run.err);
    assert!(run.err.contains("error: missing: cannot be read: No such file"), "{}", run.err);
    copyhold(root.path(), &["hash", "--tree", "t"]).exits(2);
    let json = copyhold(root.path(), &["hash", "--format", "json", "--ids", "t", "t/a", "pipe"]).exits(2);
    let document = json.fits("hash");
    assert_eq!(document["trees"][0]["problems"][0]["sha256"], B);
    assert_eq!(document["trees"][0]["worksDirHash"], Value::Null);
}

#[test]
fn in_git_works_are_what_is_not_ignored_unless_named() {
    let root = tree(&[("tracked", "a"), ("new", "a"), (".gitignore", "out\n"), ("out/built", "b")]);
    let repository = gix::init(root.path()).unwrap();
    let mut index = gix::index::State::new(gix::hash::Kind::Sha1);
    let id = gix::hash::Kind::Sha1.empty_blob();
    let (stat, flags) = (gix::index::entry::Stat::default(), gix::index::entry::Flags::empty());
    for path in ["gone", "tracked"] {
        index.dangerously_push_entry(stat, id, flags, gix::index::entry::Mode::FILE, path.into());
    }
    let commit = gix::index::entry::Mode::COMMIT;
    index.dangerously_push_entry(stat, id, flags, commit, "vendored".into());
    gix::index::File::from_state(index, repository.index_path())
        .write(gix::index::write::Options::default())
        .unwrap();
    let json = copyhold(root.path(), &["hash", "--ids", "--format", "json"]).exits(0);
    let document = json.fits("hash");
    let works = document["trees"][0]["works"].as_array().unwrap();
    let seen: Vec<_> = works.iter().map(|work| (work["path"].as_str().unwrap(), &work["tracked"])).collect();
    assert_eq!(
        seen,
        [
            (".gitignore", &false.into()),
            ("new", &false.into()),
            ("tracked", &true.into()),
            ("vendored", &true.into())
        ]
    );
    assert_eq!(works[3]["swhid"], format!("swh:1:rev:{id}"));
    assert!(json.err.contains("warning: gone: tracked by git but not in the work tree"), "{}", json.err);
    assert!(json.err.contains("submodules: 1, not tracked by git: 2"), "{}", json.err);
    let named = copyhold(root.path(), &["hash", "-q", "out/built", "out"]).exits(0);
    assert_eq!(named.out, format!("{B}  out/built\n{B}  out/built\n"));
}

// REUSE-IgnoreStart
#[test]
fn a_scan_tells_licenses_and_where_they_stand() {
    let tagged = "// SPDX-License-Identifier: GPL-3.0-or-later\n// SPDX-FileCopyrightText: 2026 A\n";
    let root = tree(&[("a.rs", tagged), ("b.rs", tagged), ("\u{1b}c", "?"), ("d", "?")]);
    let toml = "[[override]]\npaths = [\"d\"]\nlicense = \"MIT\"\nreason = \"asked\"\n";
    fs::write(root.path().join("copyhold.toml"), toml).unwrap();
    let run = copyhold(root.path(), &["scan"]).exits(0);
    assert_eq!(
        run.out,
        "GPL-3.0-or-later  2 works  (tag 2)\nMIT  1 work  (declared 1)\nno license  2 works\n  \\x1bc\n  copyhold.toml\n"
    );
    let run = copyhold(root.path(), &["scan", "-v"]).exits(0);
    assert!(run.out.contains("\na.rs: GPL-3.0-or-later  [tag a.rs:1]\n"), "{}", run.out);
    let document = copyhold(root.path(), &["scan", "--format", "json"]).exits(0).fits("scan");
    assert_eq!(document["works"].as_array().unwrap().len(), 5);
    fifo(&root.path().join("pipe"));
    copyhold(root.path(), &["scan"]).exits(2);
    copyhold(root.path(), &["scan", "missing"]).exits(2);
    fs::write(root.path().join("copyhold.toml"), "[").unwrap();
    let broken = copyhold(root.path(), &["scan"]).exits(2);
    assert!(broken.err.contains("error: copyhold.toml:1: "), "{}", broken.err);
}
// REUSE-IgnoreEnd

#[test]
fn a_verdict_on_two_licenses_fits_its_schema() {
    let root = tree(&[]);
    for (from, to, code) in [("MIT", "GPL-3.0-or-later", 0), ("GPL-2.0-only", "Apache-2.0", 1)] {
        let run = copyhold(root.path(), &["compat", from, to, "--format", "json"]).exits(code);
        assert_eq!(run.fits("compat")["from"], from);
    }
}

// REUSE-IgnoreStart
#[test]
fn two_trees_are_laid_side_by_side() {
    let head = |holder: &str, license: &str| {
        format!("// SPDX-FileCopyrightText: {holder}\n// SPDX-License-Identifier: {license}\n")
    };
    let tide = "
float tide(float age, float port)
{
    float late = age * 48.76 / 60;
    float low = port + late;
    if (low > 12.42)
        low = low - 12.42;
    return low + 6.21 * port;
}

float springs(float moon, float port)
{
    float angle = moon / 29.530588 * 2 * 3.14159265;
    float range = 4.2 + 1.1 * cos(2 * angle);
    if (port < 0.5)
        range = range * 0.93;
    return range - 0.2 * port;
}
";
    let harbours = "\nint count_of_all_harbours(int harbours)\n{\n    return harbours + 1;\n}\n";
    let root = tree(&[
        ("a/tide.c", &(head("2024 Ann", "GPL-3.0-or-later") + tide)),
        ("a/same.c", &(head("2024 Ann", "GPL-3.0-or-later") + harbours)),
        ("b/same.c", &(head("2024 Ann", "GPL-3.0-or-later") + harbours)),
        ("b/own.c", "int main(void) { return 0; }\n"),
        ("b/src/ebb.c", &(head("2026 Bob", "MIT") + "\n#include \"ebb.h\"\n" + tide)),
        ("few.c", "// few\n    float late = age * 48.76 / 60;\n"),
    ]);
    let run = copyhold(root.path(), &["compare", "a", "b"]).exits(0);
    assert_eq!(
        run.out,
        "src/ebb.c  descendantOf tide.c  (derived)
  94 % of it, 89 % of its source: lines 6–22 from 4–20
  license  GPL-3.0-or-later -> MIT
  lost     “2024 Ann”  line 1 there
  lost     “GPL-3.0-or-later”  line 2 there
  added    “2026 Bob”  src/ebb.c:1
  added    “MIT”  src/ebb.c:2

same.c  copyOf same.c  (derived)
  license  GPL-3.0-or-later
  kept     “2024 Ann”  same.c:1
  kept     “GPL-3.0-or-later”  same.c:2

2 of 3 works match a: 1 the same bytes, 1 edited; 2 notices lost; 1 license changed
"
    );
    let quiet = copyhold(root.path(), &["compare", "a", "b", "--quiet"]).exits(0);
    assert!(quiet.out.contains("src/ebb.c") && !quiet.out.contains("copyOf"), "{}", quiet.out);
    let json = copyhold(root.path(), &["compare", "a", "b", "--format", "json"]).exits(0).fits("compare");
    assert_eq!(json["works"][1]["ranges"][0]["source_lines"], serde_json::json!([4, 20]));

    // What two files have in common is told, also where it is too little to say more.
    let files = copyhold(root.path(), &["compare", "a/tide.c", "b/src/ebb.c"]).exits(0);
    assert!(files.out.starts_with("ebb.c  descendantOf tide.c  (derived)\n"), "{}", files.out);
    let few = copyhold(root.path(), &["compare", "a/tide.c", "few.c"]).exits(0);
    assert!(few.out.contains("few.c  is not seen to come from tide.c\n"), "{}", few.out);
    assert!(few.out.contains(": lines 2 from 6\n"), "{}", few.out);
    for (from, to) in [("a", "few.c"), ("a", "nothing"), ("nothing", "few.c")] {
        copyhold(root.path(), &["compare", from, to]).exits(2);
    }
    fifo(&root.path().join("b/pipe"));
    let blind = copyhold(root.path(), &["compare", "a", "b"]).exits(2);
    assert!(blind.err.contains("b could not be read whole") && blind.out.is_empty(), "{}", blind.err);
}
// REUSE-IgnoreEnd

#[test]
fn the_matrix_says_of_a_pair_what_is_said_of_it_alone() {
    let root = tree(&[]);
    for use_ in ["derivative", "combine", "aggregate"] {
        let matrix =
            copyhold(root.path(), &["compat", "--matrix", "--use", use_, "--format", "json"]).exits(0);
        let matrix = matrix.fits("matrix");
        let ids: Vec<&str> =
            matrix["licenses"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(ids.len() > 480, "{}", ids.len());
        let table = copyhold(root.path(), &["compat", "--matrix", "--use", use_]).exits(0).out;
        for (from, to) in [("MIT", "GPL-2.0-only"), ("GPL-2.0-only", "Apache-2.0"), ("MPL-2.0", "MIT")] {
            let alone = copyhold(root.path(), &["compat", from, to, "--use", use_, "--format", "json"])
                .fits("compat");
            let [row, column] = [from, to].map(|id| ids.iter().position(|one| *one == id).unwrap());
            assert_eq!(matrix["verdicts"][row][column], alone["verdict"], "{from} {to} {use_}");
            let cell = table.lines().nth(row + 1).unwrap().split('\t').nth(column + 1).unwrap();
            assert_eq!(cell, alone["verdict"]);
        }
    }
}

// REUSE-IgnoreStart
#[test]
fn an_outbound_license_is_found_for_a_tree_and_for_licenses() {
    const PART: &str = "[[part]]\npaths = [\"lib/**\"]\nuse = \"combine\"\n";
    let root = tree(&[
        ("a.py", "# SPDX-License-Identifier: MIT\n"),
        ("lib/b.py", "# SPDX-License-Identifier: LGPL-2.1-only\n"),
        ("c.py", "import a\n"),
    ]);
    let possible = |args: &[&str]| -> Vec<String> {
        let run = copyhold(root.path(), &[&["license", "suggest", "--format", "json"], args].concat());
        let document = run.fits("suggest");
        let names = document["possible"].as_array().unwrap().iter().map(|one| one["license"].to_string());
        names.map(|name| name.trim_matches('"').to_owned()).collect()
    };
    let has = |ids: &[String], id: &str| ids.iter().any(|one| one == id);
    let derived = possible(&["."]);
    assert!(has(&derived, "GPL-3.0-or-later") && !has(&derived, "MIT"), "{derived:?}");
    assert_eq!(derived, possible(&["MIT", "LGPL-2.1-only"]));
    fs::write(root.path().join("copyhold.toml"), PART).unwrap();
    assert!(has(&possible(&["."]), "MIT"), "what is only linked stays under its own license");
    let told = copyhold(root.path(), &["license", "suggest", "."]).exits(0);
    assert!(told.err.contains("2 works without a known license left out"), "{}", told.err);
    let none = copyhold(root.path(), &["license", "suggest", "GPL-2.0-only", "Apache-2.0"]).exits(1);
    assert!(none.out.contains("Apache-2.0 with GPL-2.0-only: "), "{}", none.out);
    let error = copyhold(root.path(), &["license", "suggest", "no/where"]).exits(2);
    assert!(error.err.contains("is no folder, and no SPDX expression"), "{}", error.err);
}
// REUSE-IgnoreEnd

#[test]
fn licenses_of_a_projects_own_are_judged_by_its_facts() {
    const OWN: &str =
        "[license.\"LicenseRef-House\"]\nlike = \"GPL-3.0\"\nsource = \"https://example.org\"\n";
    let root = tree(&[("copyhold.toml", OWN), ("sub/x", "")]);
    let house = copyhold(&root.path().join("sub"), &["compat", "LicenseRef-House", "MIT"]).exits(1);
    assert!(house.out.contains("https://example.org"), "{}", house.out);
    copyhold(root.path(), &["compat", "MIT", "LicenseRef-House"]).exits(0);
    copyhold(root.path(), &["compat", "LicenseRef-Other", "MIT"]).exits(4);
    let profile = copyhold(root.path(), &["license", "LicenseRef-House", "--format", "json"]).exits(0);
    assert_eq!(profile.fits("license")["terms"][0]["class"], "strong-copyleft");
    fs::write(root.path().join("copyhold.toml"), OWN.replace("like", "\n[project]\nlike")).unwrap();
    copyhold(root.path(), &["compat", "MIT", "MIT"]).exits(2);
    let wrong = format!("[project]\nname = \"x\"\n\n{OWN}class = \"permissive\"\n");
    fs::write(root.path().join("copyhold.toml"), wrong).unwrap();
    let refused = copyhold(root.path(), &["audit", "."]).exits(2);
    assert!(
        refused.err.contains("copyhold.toml:4: ") && refused.err.contains("LicenseRef-House"),
        "{}",
        refused.err
    );
}

#[test]
fn every_rule_and_every_topic_has_a_page() {
    let root =
        tree(&[(".copyhold/manifest/12.manifest.intoto.json", ""), (".copyhold/root/3.root.dsse.json", "")]);
    let list = copyhold(root.path(), &["explain"]).exits(0).out;
    for rule in RULES {
        let page = copyhold(root.path(), &["explain", rule.code]).exits(0).out;
        assert!(page.starts_with(&format!("{} {} (", rule.code, rule.name)), "{page}");
        assert!(list.contains(rule.summary()), "{}", rule.code);
    }
    let (_, topics) = list.split_once("\n\n").unwrap();
    for topic in topics.lines().filter_map(|line| line.split_whitespace().next()) {
        assert!(copyhold(root.path(), &["explain", topic]).exits(0).out.lines().count() > 5, "{topic}");
    }
    let by_hand = copyhold(root.path(), &["explain", "verify-by-hand"]).exits(0).out;
    assert!(by_hand.starts_with("N=12 ROOT=3\n"), "{by_hand}");
    let unknown = copyhold(root.path(), &["explain", "no-licence"]).exits(2);
    assert!(unknown.err.contains("hint: did you mean no-license"), "{}", unknown.err);
    let json = copyhold(root.path(), &["explain", "ch101", "--format", "json"]).exits(0).out;
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap()["name"], "no-license");
}

#[test]
fn what_is_generated_is_printed() {
    let root = tree(&[]);
    let names = copyhold(root.path(), &["schema"]).exits(0).out;
    for (name, schema) in SCHEMAS {
        assert!(names.lines().any(|line| line == *name));
        assert_eq!(copyhold(root.path(), &["schema", name]).exits(0).out, *schema);
    }
    copyhold(root.path(), &["schema", "nothing"]).exits(2);
    assert!(copyhold(root.path(), &["completions", "bash"]).exits(0).out.contains("_copyhold()"));
    assert!(copyhold(root.path(), &["man"]).exits(0).out.contains(".TH copyhold 1"));
}
