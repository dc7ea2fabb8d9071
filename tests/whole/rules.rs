// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Every rule, both ways: a tree that shows it, and its repair. The trees are in fixtures/rules; what
//! cannot be committed as it must be broken is made here, by one function for each rule.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use copyhold::rule::{Level, RULES, Rule};

use super::common::{MOON, Place, Project, Run, TIDE, head, key_id};
use super::deps;
use super::duties;
use super::govern::{
    not_fresh, revoked_later, root_expired, signer_revoked, statement_revoked, threshold_not_met, weakened,
    weakened_without_consent,
};

pub const AUDIT: &[&str] = &["audit", ".", "--format", "json"];
pub const VERIFY: &[&str] = &["verify", ".", "--format", "json"];

/// Makes a tree that shows a rule, or its repair, and reports on it.
type Case = fn(&Place, Kind) -> Run;

/// Which of the two trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bad,
    Good,
}
use Kind::{Bad, Good};

const MADE: &[(&str, Case)] = &[
    ("CH109", ch109_broken_reuse_toml),
    ("CH201", ch201_digest_mismatch),
    ("CH202", ch202_work_missing),
    ("CH203", ch203_work_not_recorded),
    ("CH204", ch204_path_collision),
    ("CH205", ch205_unportable_path),
    ("CH207", ch207_link_leaves_tree),
    ("CH208", ch208_line_ends_changed),
    ("CH209", ch209_mode_changed),
    ("CH210", ch210_submodule),
    ("CH301", ch301_no_anchor),
    ("CH302", ch302_anchor_mismatch),
    ("CH303", ch303_bad_signature),
    ("CH304", threshold_not_met),
    ("CH305", ch305_statement_not_accepted),
    ("CH306", ch306_statement_mismatch),
    ("CH307", ch307_no_statement),
    ("CH308", ch308_unknown_key),
    ("CH309", ch309_unsigned_upstream),
    ("CH310", ch310_rollback),
    ("CH311", ch311_broken_record),
    ("CH312", signer_revoked),
    ("CH313", statement_revoked),
    ("CH314", root_expired),
    ("CH315", not_fresh),
    ("CH316", revoked_later),
    ("CH317", weakened_without_consent),
    ("CH410", |place, kind| deps::of_rule("CH410", place, kind == Bad)),
    ("CH411", |place, kind| deps::of_rule("CH411", place, kind == Bad)),
    ("CH412", |place, kind| deps::of_rule("CH412", place, kind == Bad)),
    ("CH413", |place, kind| deps::of_rule("CH413", place, kind == Bad)),
    ("CH414", |place, kind| deps::of_rule("CH414", place, kind == Bad)),
    ("CH507", ch507_notice_file_dropped),
    ("CH404", weakened),
    ("CH406", ch406_license_restricted),
    ("CH508", ch508_chain_broken),
    ("CH509", ch509_chain_missing),
    ("CH510", ch510_false_derivation),
    ("CH512", |place, kind| duties::of_rule("CH512", place, kind == Bad)),
    ("CH513", |place, kind| duties::of_rule("CH513", place, kind == Bad)),
    ("CH514", |place, kind| duties::of_rule("CH514", place, kind == Bad)),
    ("CH515", |place, kind| duties::of_rule("CH515", place, kind == Bad)),
    ("CH516", |place, kind| duties::of_rule("CH516", place, kind == Bad)),
    ("CH517", |place, kind| duties::of_rule("CH517", place, kind == Bad)),
    ("CH518", |place, kind| duties::of_rule("CH518", place, kind == Bad)),
    ("CH519", |place, kind| duties::of_rule("CH519", place, kind == Bad)),
    ("CH520", |place, kind| duties::of_rule("CH520", place, kind == Bad)),
    ("CH521", |place, kind| duties::of_rule("CH521", place, kind == Bad)),
    ("CH530", ch530_likely_derived),
    ("CH531", ch531_undeclared_derivation),
    ("CH532", ch532_unlike_its_source),
    ("CH533", ch533_no_traces),
    ("CH901", ch901_unreadable),
    ("CH902", ch902_special_file),
    ("CH903", ch903_unrecordable_name),
    ("CH904", ch904_changed_while_read),
    ("CH905", ch905_not_looked_at),
];

#[test]
fn every_rule_has_one_bad_and_one_good_tree_and_every_tree_a_rule() {
    let committed = committed();
    let made: BTreeSet<String> = MADE.iter().map(|(code, _)| (*code).to_owned()).collect();
    assert_eq!(made.len(), MADE.len(), "no rule twice");
    assert!(made.is_disjoint(&committed), "committed or made, not both");
    let covered: BTreeSet<String> = committed.into_iter().chain(made).collect();
    let rules: BTreeSet<String> = RULES.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(covered, rules);
}

#[test]
fn the_committed_trees_show_their_rules() {
    for code in committed() {
        let run = |kind: Kind| {
            let place = Place::new();
            let folder = if kind == Bad { "bad" } else { "good" };
            let tree = place.fixture(&format!("rules/{code}/{folder}"), "tree");
            if tree.root.join("upstream").is_dir() {
                tree.run(&["verify", "derivative", "--upstream", "upstream", "--format", "json"])
            } else {
                tree.run(AUDIT)
            }
        };
        check(&code, &run(Bad), &run(Good));
    }
}

#[test]
fn the_made_trees_show_their_rules() {
    for (code, case) in MADE {
        let (bad, good) = (case(&Place::new(), Bad), case(&Place::new(), Good));
        check(code, &bad, &good);
    }
}

/// Returns the codes that have a folder of fixtures.
fn committed() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// The bad tree shows the rule, the good one does not, and what else is told is told of both, unless
/// it follows from the same fault.
#[track_caller]
fn check(code: &str, bad: &Run, good: &Run) {
    let rule = Rule::find(code).unwrap_or_else(|| panic!("{code} is no rule"));
    let shows = |run: &Run| run.findings().iter().any(|(found, _)| found == code);
    assert!(shows(bad), "{code} is not found in its bad tree: {bad:?}");
    assert!(!shows(good), "{code} is found in its good tree: {good:?}");
    // A record that does not hold leaves nothing to decide by.
    let is_blind = code.starts_with("CH9") || bad.json()["verdict"] == "undecided";
    match (rule.level, is_blind) {
        (Level::Error, true) => assert_eq!(bad.code, 2, "{code}: {bad:?}"),
        (Level::Error, false) => assert_eq!(bad.code, 1, "{code}: {bad:?}"),
        _ => {}
    }
    assert_eq!(good.code, 0, "{code}: the repair is enough: {good:?}");
}

/// A project of Ann's that is signed and recorded.
pub fn recorded(place: &Place) -> Project<'_> {
    let project = place.project("tides");
    project.begin("MIT").publish();
    project
}

/// A recorded project, changed where the tree is to be bad, verified against its own record.
fn recorded_then(place: &Place, kind: Kind, change: impl FnOnce(&Project<'_>)) -> Run {
    let project = recorded(place);
    if kind == Bad {
        change(&project);
    }
    project.run(VERIFY)
}

fn tree(place: &Place) -> Project<'_> {
    let tree = place.project("tree");
    tree.write("tide.py", head("2024 Ann Ito", "0BSD") + TIDE).license("0BSD");
    tree
}

fn ch109_broken_reuse_toml(place: &Place, kind: Kind) -> Run {
    let path = if kind == Bad { "3" } else { "\"*.csv\"" };
    tree(place).write("REUSE.toml", format!("version = 1\n\n[[annotations]]\npath = {path}\n")).run(AUDIT)
}

fn ch406_license_restricted(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    let to = if kind == Bad { "PolyForm-Noncommercial-1.0.0" } else { "Apache-2.0" };
    project.write("tide.py", head("2024 Ann Ito", to) + TIDE).license(to);
    let made = project.ok(&["manifest"]);
    if kind == Bad {
        made.says("was under MIT; PolyForm-Noncommercial-1.0.0 adds: no commercial use");
    }
    project.run(&["manifest", "diff", "1", "2", "--format", "json"])
}

fn ch201_digest_mismatch(place: &Place, kind: Kind) -> Run {
    recorded_then(place, kind, |p| _ = p.write("tide.py", head("2024 Ann Ito", "MIT") + MOON))
}

fn ch202_work_missing(place: &Place, kind: Kind) -> Run {
    recorded_then(place, kind, |p| _ = p.remove("tide.py"))
}

fn ch203_work_not_recorded(place: &Place, kind: Kind) -> Run {
    recorded_then(place, kind, |p| _ = p.write("moon.py", head("2024 Ann Ito", "MIT") + MOON))
}

fn ch204_path_collision(place: &Place, kind: Kind) -> Run {
    let other = if kind == Bad { "Tide.py" } else { "moon.py" };
    tree(place).write(other, head("2024 Ann Ito", "0BSD") + MOON).run(AUDIT)
}

fn ch205_unportable_path(place: &Place, kind: Kind) -> Run {
    let other = if kind == Bad { "aux.py" } else { "moon.py" };
    tree(place).write(other, head("2024 Ann Ito", "0BSD") + MOON).run(AUDIT)
}

fn ch207_link_leaves_tree(place: &Place, kind: Kind) -> Run {
    let tree = tree(place);
    let target = if kind == Bad { "../elsewhere.py" } else { "tide.py" };
    symlink(target, tree.root.join("link.py")).unwrap();
    tree.run(AUDIT)
}

fn ch208_line_ends_changed(place: &Place, kind: Kind) -> Run {
    recorded_then(place, kind, |p| {
        let text = String::from_utf8(p.read("tide.py")).unwrap();
        p.write("tide.py", text.replace('\n', "\r\n"));
    })
}

fn ch209_mode_changed(place: &Place, kind: Kind) -> Run {
    recorded_then(place, kind, |p| {
        fs::set_permissions(p.root.join("tide.py"), Permissions::from_mode(0o755)).unwrap();
    })
}

fn ch210_submodule(place: &Place, kind: Kind) -> Run {
    let tree = tree(place);
    git(&tree, if kind == Bad { &["charts"] } else { &[] });
    tree.run(AUDIT)
}

/// Holds a copy of a recorded project against its bundle.
fn copy_of_recorded(place: &Place, more: impl FnOnce(&Project<'_>) -> Vec<String>) -> Run {
    let project = recorded(place);
    let copy = place.project("copy");
    copy.write("tide.py", project.read("tide.py")).license("MIT");
    let bundle = place.path("tides.copyhold").to_str().unwrap().to_owned();
    let mut args = vec!["verify".to_owned(), ".".into(), "--upstream".into(), bundle];
    args.extend(more(&project));
    args.extend(["--format".into(), "json".into()]);
    copy.run(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

fn ch301_no_anchor(place: &Place, kind: Kind) -> Run {
    copy_of_recorded(place, |project| match kind {
        Bad => vec![],
        Good => vec!["--pin".into(), project.fingerprint()],
    })
}

fn ch302_anchor_mismatch(place: &Place, kind: Kind) -> Run {
    copy_of_recorded(place, |project| {
        let pin = if kind == Bad { "1".repeat(64) } else { project.fingerprint() };
        vec!["--pin".into(), pin]
    })
}

fn ch303_bad_signature(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    if kind == Bad {
        let statement = &project.record_files("statements")[0];
        let text = String::from_utf8(project.read(statement)).unwrap();
        project.write(statement, forged(&text));
    }
    project.run(AUDIT)
}

/// Changes one character in the middle of an envelope's signature.
fn forged(envelope: &str) -> String {
    let at = envelope.find("\"sig\":\"").expect("an envelope has a signature") + 20;
    let other = if &envelope[at..=at] == "A" { "B" } else { "A" };
    format!("{}{other}{}", &envelope[..at], &envelope[at + 1..])
}

fn ch305_statement_not_accepted(place: &Place, kind: Kind) -> Run {
    let project = place.project("tides");
    project.begin("MIT").ok(&["sign", "--person", "Ann"]);
    if kind == Good {
        project.ok(&["manifest"]);
    }
    project.run(AUDIT)
}

fn ch306_statement_mismatch(place: &Place, kind: Kind) -> Run {
    let project = place.project("tides");
    project.begin("MIT").ok(&["sign", "--person", "Ann"]);
    project.write("tide.py", head("2024 Ann Ito", "MIT") + MOON);
    if kind == Good {
        project.ok(&["sign", "--person", "Ann"]);
    }
    project.run(AUDIT)
}

fn ch307_no_statement(place: &Place, kind: Kind) -> Run {
    let project = place.project("tides");
    let policy =
        head("2024 Ann Ito", "MIT") + "[project]\nlicense = \"MIT\"\n[policy]\nstatements = \"required\"\n";
    project.begin("MIT").write("copyhold.toml", policy);
    if kind == Good {
        project.ok(&["sign", "--person", "Ann"]);
    }
    project.run(AUDIT)
}

fn ch308_unknown_key(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    project.write("moon.py", head("2024 Bob Roe", "MIT") + MOON);
    project.run_as("Bob", &["sign", "moon.py", "--person", "Bob"]).exits(0);
    if kind == Good {
        project.ok(&["manifest", "--accept-key", &format!("{}=Bob", key_id("Bob"))]);
    }
    project.run(AUDIT)
}

fn ch309_unsigned_upstream(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    let copy = place.project("copy");
    copy.write("tide.py", project.read("tide.py")).license("MIT");
    if kind == Bad {
        fs::remove_dir_all(project.root.join(".copyhold")).unwrap();
        return copy.run(&["verify", ".", "--upstream", "../tides", "--format", "json"]);
    }
    let pin = project.fingerprint();
    copy.run(&["verify", ".", "--upstream", "../tides", "--pin", &pin, "--format", "json"])
}

fn ch310_rollback(place: &Place, kind: Kind) -> Run {
    let project = recorded(place);
    let (old, new) = (place.path("old.copyhold"), place.path("tides.copyhold"));
    fs::copy(&new, &old).unwrap();
    project.write("moon.py", head("2024 Ann Ito", "MIT") + MOON).publish();
    let copy = place.project("copy");
    copy.write("tide.py", project.read("tide.py")).license("MIT");
    copy.ok(&["upstream", "add", new.to_str().unwrap(), "--trust"]);
    let given = if kind == Bad { old } else { new };
    copy.run(&["verify", ".", "--upstream", given.to_str().unwrap(), "--format", "json"])
}

fn ch311_broken_record(place: &Place, kind: Kind) -> Run {
    copy_of_recorded(place, |project| {
        let bundle = place.path("tides.copyhold");
        if kind == Bad {
            let whole = fs::read(&bundle).unwrap();
            fs::write(bundle, &whole[..whole.len() / 2]).unwrap();
        }
        vec!["--pin".into(), project.fingerprint()]
    })
}

fn ch507_notice_file_dropped(place: &Place, kind: Kind) -> Run {
    let upstream = place.project("upstream");
    let notice = "Tides, by Ann Ito.\nWith tables of the harbour office.\n";
    upstream.write("tide.py", head("2024 Ann Ito", "Apache-2.0") + TIDE).license("Apache-2.0");
    upstream.write("NOTICE", notice);
    let copy = upstream.fork("copy");
    if kind == Bad {
        copy.write("NOTICE", "Tides, by Ann Ito.\n");
    }
    copy.run(&["verify", ".", "--upstream", "../upstream", "--format", "json"])
}

/// A project of Bob's with a work of Ann's, whose bundle it holds.
fn downstream(place: &Place) -> Project<'_> {
    let upstream = recorded(place);
    let project = place.project("harbour");
    project.begin("MIT").write("tide.py", upstream.read("tide.py"));
    project.ok(&["upstream", "add", "../tides.copyhold", "--trust"]);
    project.ok(&["sign", "tide.py", "--from", "tides:tide.py", "--person", "Ann"]);
    project.ok(&["sign", "--person", "Ann"]);
    project.ok(&["manifest"]);
    project
}

fn ch508_chain_broken(place: &Place, kind: Kind) -> Run {
    let project = downstream(place);
    if kind == Bad {
        let bundle = &project.record_files("upstream")[0];
        let mut bytes = project.read(bundle);
        bytes[1000] ^= 1;
        project.write(bundle, bytes);
    }
    project.run(VERIFY)
}

fn ch509_chain_missing(place: &Place, kind: Kind) -> Run {
    let project = downstream(place);
    if kind == Bad {
        project.remove(&project.record_files("upstream")[0]);
    }
    project.run(VERIFY)
}

/// The upstream's newer record no longer has the work that the project says it took.
fn ch510_false_derivation(place: &Place, kind: Kind) -> Run {
    let project = downstream(place);
    if kind == Bad {
        let upstream = Project { place, root: place.path("tides") };
        upstream.write("tide.py", head("2024 Ann Ito", "MIT") + MOON).publish();
        project.ok(&["upstream", "add", "../tides.copyhold"]);
        project.ok(&["sign", "--person", "Ann"]);
        project.ok(&["manifest"]);
    }
    project.run(VERIFY)
}

/// A few lines of the upstream's among others of one's own.
fn ch530_likely_derived(place: &Place, kind: Kind) -> Run {
    let upstream = place.project("upstream");
    upstream.write("tide.py", head("2024 Ann Ito", "0BSD") + TIDE).license("0BSD");
    let copy = place.project("copy");
    let taken: String = TIDE.split_inclusive('\n').skip(1).take(6).collect();
    let own = MOON.repeat(if kind == Bad { 2 } else { 1 });
    let text = if kind == Bad { format!("{own}\n{taken}{MOON}") } else { own };
    copy.write("moon.py", head("2025 Bob", "0BSD") + &text).license("0BSD");
    copy.run(&["verify", ".", "--upstream", "../upstream", "--format", "json"])
}

fn ch531_undeclared_derivation(place: &Place, kind: Kind) -> Run {
    let upstream = recorded(place);
    let project = place.project("harbour");
    project.begin("MIT").write("tide.py", upstream.read("tide.py"));
    project.ok(&["upstream", "add", "../tides.copyhold", "--trust"]);
    if kind == Good {
        project.ok(&["sign", "tide.py", "--from", "tides:tide.py", "--person", "Ann"]);
    }
    project.ok(&["sign", "--person", "Ann"]);
    project.ok(&["manifest"]);
    project.run(VERIFY)
}

fn ch532_unlike_its_source(place: &Place, kind: Kind) -> Run {
    let upstream = recorded(place);
    let project = place.project("harbour");
    let text = if kind == Bad {
        (head("2024 Ann Ito", "MIT") + MOON).into_bytes()
    } else {
        upstream.read("tide.py")
    };
    project.begin("MIT").write("tide.py", text);
    project.ok(&["upstream", "add", "../tides.copyhold", "--trust"]);
    project.ok(&["sign", "tide.py", "--from", "tides:tide.py", "--person", "Ann"]);
    project.ok(&["sign", "--person", "Ann"]);
    project.ok(&["manifest"]);
    project.run(VERIFY)
}

fn ch533_no_traces(place: &Place, kind: Kind) -> Run {
    let upstream = place.project("upstream");
    upstream.write("tide.py", head("2024 Ann Ito", "0BSD") + TIDE).license("0BSD");
    let traces = if kind == Bad { "none" } else { "compact" };
    upstream.ok(&["manifest", "for", ".", "--traces", traces, "--output", "../tides.copyhold"]);
    let copy = upstream.fork("copy");
    copy.run(&["verify", ".", "--upstream", "../tides.copyhold", "--format", "json"])
}

fn ch901_unreadable(place: &Place, kind: Kind) -> Run {
    let tree = tree(place);
    if kind == Bad {
        fs::set_permissions(tree.root.join("tide.py"), Permissions::from_mode(0o000)).unwrap();
    }
    let mut command = place.command("Ann", &tree.root, AUDIT);
    if rustix::process::getuid().is_root() {
        // Nothing is unreadable to root, so nobody looks.
        command.uid(65_534).gid(65_534);
    }
    Run::of(command.output().expect("nobody may run copyhold"), AUDIT)
}

fn ch902_special_file(place: &Place, kind: Kind) -> Run {
    let tree = tree(place);
    if kind == Bad {
        let pipe = tree.root.join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, pipe, rustix::fs::Mode::from_raw_mode(0o644)).unwrap();
    }
    tree.run(AUDIT)
}

fn ch903_unrecordable_name(place: &Place, kind: Kind) -> Run {
    let tree = tree(place);
    let name: &[u8] = if kind == Bad { b"mar\xe9e.py" } else { b"maree.py" };
    let path = tree.root.join(std::ffi::OsStr::from_bytes(name));
    fs::write(path, head("2024 Ann Ito", "0BSD") + MOON).unwrap();
    tree.run(AUDIT)
}

/// Somebody writes to a work all the time it is read.
fn ch904_changed_while_read(place: &Place, kind: Kind) -> Run {
    let tree = tree(place);
    tree.write("log.py", head("2024 Ann Ito", "0BSD") + &"# tide\n".repeat(1 << 20));
    if kind == Good {
        return tree.run(AUDIT);
    }
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut log = OpenOptions::new().append(true).open(tree.root.join("log.py")).unwrap();
            while !is_done.load(Ordering::Relaxed) {
                log.write_all(b"#").unwrap();
            }
        });
        let seen = (0..50).map(|_| tree.run(AUDIT)).find(|run| run.code == 2);
        is_done.store(true, Ordering::Relaxed);
        seen.expect("in fifty runs the work changed under one of them")
    })
}

fn ch905_not_looked_at(place: &Place, kind: Kind) -> Run {
    let tree = tree(place);
    git(&tree, &[]);
    if kind == Bad {
        git(&Project { place, root: tree.root.join("other") }, &[]);
    }
    tree.run(AUDIT)
}

/// Makes a tree the work tree of a git repository whose index holds nothing but submodules.
pub fn git(tree: &Project<'_>, submodules: &[&str]) {
    for folder in ["objects", "refs/heads"] {
        fs::create_dir_all(tree.root.join(".git").join(folder)).unwrap();
    }
    tree.write(".git/HEAD", "ref: refs/heads/main\n");
    tree.write(".git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n");
    // gitformat-index(5): a head, sorted entries, a checksum that may be left at zero.
    let mut index = b"DIRC\0\0\0\x02".to_vec();
    index.extend(u32::try_from(submodules.len()).unwrap().to_be_bytes());
    for path in submodules {
        let mut entry = vec![0; 62];
        entry[24..28].copy_from_slice(&0o160_000_u32.to_be_bytes());
        entry[40..60].fill(0x5a);
        entry[61] = u8::try_from(path.len()).unwrap();
        entry.extend(path.as_bytes());
        entry.resize(entry.len() / 8 * 8 + 8, 0);
        index.extend(entry);
    }
    index.extend([0; 20]);
    tree.write(".git/index", index);
}
