// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Input that is missing, broken or hostile: a clear word, exit 2 (or a finding), nothing half-written.

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::io::Read as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Stdio;

use copyhold::manifest::{Files, Record, bundle};

use super::common::{MOON, Place, Project, Run, TIDE, head};

/// A signed, recorded and bundled project.
fn recorded(place: &Place) -> (Project<'_>, String) {
    let project = place.project("tides");
    let bundle = project.begin("0BSD").publish();
    (project, bundle)
}

/// Returns every path below `root`, with what a file holds.
fn everything(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(path) = open.pop() {
        let kind = path.symlink_metadata().unwrap().file_type();
        let name = path.to_string_lossy().into_owned();
        if kind.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            all.push((name, Vec::new()));
        } else if kind.is_file() {
            all.push((name, fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

/// Checks that a command refuses, says why, and leaves everything as it was.
#[track_caller]
fn refuses(project: &Project<'_>, args: &[&str], text: &str) -> Run {
    let before = everything(&project.place.path(""));
    let run = project.run(args).refuses(text);
    let after = everything(&project.place.path(""));
    let new: Vec<_> = after.iter().filter(|entry| !before.contains(entry)).map(|(name, _)| name).collect();
    assert!(before == after, "{args:?} left something behind: {new:?}");
    run
}

#[test]
fn what_is_not_there_is_named() {
    let place = Place::new();
    let (project, bundle) = recorded(&place);
    for args in [
        &["audit", "nowhere"][..],
        &["verify", "nowhere", "--upstream", &bundle],
        &["verify", ".", "--upstream", "nowhere"],
        &["hash", "nowhere"],
        &["scan", "nowhere"],
        &["sign", "nowhere"],
        &["init", "nowhere", "--person", "Ann"],
        &["upstream", "add", "nowhere"],
        &["manifest", "show", "nowhere"],
        &["manifest", "for", "nowhere"],
        &["manifest", "prove", "nowhere"],
        &["manifest", "prove", "--check", "nowhere"],
        &["manifest", "diff", "1", "nowhere"],
        &["key", "import", "nowhere"],
        &["sign", "--key", "nowhere"],
    ] {
        refuses(&project, args, "nowhere");
    }
    let plain = place.project("plain");
    plain.write("tide.py", TIDE);
    refuses(&plain, &["sign"], "is no copyhold project yet");
    refuses(&plain, &["manifest"], "is no copyhold project yet");
    refuses(&plain, &["manifest", "bundle"], "is no copyhold project yet");
    refuses(&plain, &["verify"], "no upstream to hold it against");
    refuses(&plain, &["audit", "tide.py"], "tide.py");
}

#[test]
fn files_people_write_are_refused_with_their_line() {
    let place = Place::new();
    let (project, bundle) = recorded(&place);
    for (file, text, line) in [
        ("copyhold.toml", "[project]\nlicense = \"MIT\"\n[policy", "copyhold.toml:3"),
        ("copyhold.toml", "[policy]\nstatments = \"required\"\n", "copyhold.toml:2"),
        ("copyhold.toml", "[[suppress]]\ncode = \"CH999\"\nreason = \"x\"\n", "CH999"),
        ("copyhold.toml", "\u{1b}[31m = 1\n", "copyhold.toml:1"),
        ("copyhold.lock", "[[upstream]]\nname = 1\n", "copyhold.lock:2"),
        ("copyhold.lock", "[[upstream]]\nname = \"a\"\nrot = \"x\"\n", "copyhold.lock"),
    ] {
        let whole = project.root.join(file);
        let before = fs::read(&whole).ok();
        project.write(file, text);
        let commands: &[&[&str]] = if file == "copyhold.toml" {
            &[&["audit"], &["sign"], &["manifest"]]
        } else {
            &[&["manifest"], &["upstream", "list"], &["verify", ".", "--upstream", &bundle]]
        };
        for args in commands {
            refuses(&project, args, line);
        }
        match before {
            Some(before) => fs::write(whole, before).unwrap(),
            None => fs::remove_file(whole).unwrap(),
        }
    }
    project.write("copyhold.toml", b"\xff\xfe");
    refuses(&project, &["audit"], "copyhold.toml: not UTF-8 text");
}

#[test]
fn keys_that_are_wrong_open_to_others_or_missing_sign_nothing() {
    let place = Place::new();
    let (project, _) = recorded(&place);
    project.write("tide.py", head("2024 Ann Ito", "0BSD") + MOON);
    let key = place.path("people/Ann/keys/default");
    fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    refuses(&project, &["sign"], "chmod 600");
    fs::set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    // Eve is in no role of this project.
    let before = everything(&project.root);
    project.run_as("Eve", &["manifest"]).refuses("is nobody's key in root 1");
    assert_eq!(everything(&project.root), before);
    fs::write(&key, "no key\n").unwrap();
    refuses(&project, &["sign"], "not an OpenSSH private key");
    fs::remove_file(&key).unwrap();
    fs::remove_file(key.with_extension("pub")).unwrap();
    refuses(&project, &["sign"], "key");
}

#[test]
fn a_refused_init_leaves_nothing() {
    let place = Place::new();
    let plain = place.project("plain");
    plain.write("tide.py", TIDE);
    refuses(&plain, &["init"], "nothing says what you are called");
    refuses(&plain, &["init", "--person", "ann@example.org"], "e-mail");
    refuses(&plain, &["init", "--person", "Ann", "--license", "MIT OR"], "MIT OR");
    refuses(&plain, &["init", "--person", "Ann", "--key", "none"], "none");
    plain.write("copyhold.toml", "");
    refuses(&plain, &["init", "--person", "Ann"], "copyhold.toml is there already");
    refuses(&plain, &["init", "tide.py", "--person", "Ann"], "tide.py");
}

/// Returns whether a bundle's bytes still make a record.
fn loads(bytes: &[u8]) -> bool {
    bundle::read(bytes).is_ok_and(|files| Record::load(files).is_ok())
}

#[test]
fn a_bundle_that_is_cut_off_anywhere_is_no_record() {
    let place = Place::new();
    let (_, path) = recorded(&place);
    let whole = fs::read(path).unwrap();
    assert!(loads(&whole));
    for length in (0..whole.len()).step_by(97).chain([whole.len() - 1, whole.len() - 512]) {
        assert!(!loads(&whole[..length]), "cut at {length} of {}", whole.len());
    }
    assert!(!loads(&[&whole[..], &whole[..]].concat()));
}

#[test]
fn a_bundle_with_one_flipped_bit_is_no_record() {
    let place = Place::new();
    let (_, path) = recorded(&place);
    let whole = fs::read(path).unwrap();
    let step = (whole.len() / 1500).max(1);
    for at in (0..whole.len()).step_by(step) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(!loads(&flipped), "flipped at {at} of {}", whole.len());
    }
}

#[test]
fn the_binary_never_passes_a_broken_bundle() {
    let place = Place::new();
    let (project, path) = recorded(&place);
    let pin = project.fingerprint();
    let whole = fs::read(&path).unwrap();
    let verify = ["verify", ".", "--upstream", &path, "--pin", &pin];
    project.run(&verify).exits(0);
    for part in 0..8 {
        let at = whole.len() / 8 * part + 300;
        fs::write(&path, &whole[..at]).unwrap();
        project.run(&verify).exits(2).says("tides.copyhold");
        refuses(&project, &["manifest", "show", &path], "tides.copyhold");
        let mut flipped = whole.clone();
        flipped[at] ^= 0x10;
        fs::write(&path, &flipped).unwrap();
        project.run(&verify).exits(2).says("tides.copyhold");
        let consumer = place.project("consumer");
        refuses(&consumer, &["upstream", "add", &path, "--pin", &pin], "tides.copyhold");
    }
    for foreign in [&b""[..], b"{}", &[0; 4096], b"copyhold"] {
        fs::write(&path, foreign).unwrap();
        project.run(&verify).exits(2).says("tides.copyhold");
    }
}

/// A record whose file `name` is changed: each way of reading it refuses.
#[track_caller]
fn broken_record(change: impl FnOnce(&Project<'_>), text: &str) {
    let place = Place::new();
    let (project, _) = recorded(&place);
    change(&project);
    project.run(&["verify", "."]).exits(2).says(text);
    project.run(&["audit", "--fail-on", "never"]).exits(2).says(text);
    refuses(&project, &["manifest"], text);
    refuses(&project, &["manifest", "bundle"], text);
}

#[test]
fn a_record_edited_in_its_folder_does_not_hold() {
    let leaves = ".copyhold/manifest/1.leaves.jsonl";
    let manifest = ".copyhold/manifest/1.manifest.intoto.json";
    let root = ".copyhold/root/1.root.dsse.json";
    broken_record(|p| _ = p.write(leaves, ""), "leaves file");
    broken_record(|p| _ = p.write(manifest, "{\"payload\":"), "manifest 1");
    broken_record(|p| _ = p.write(manifest, "[".repeat(100_000)), "manifest 1");
    broken_record(|p| _ = p.remove(leaves), "1.leaves.jsonl: it is missing");
    broken_record(
        |p| {
            let text = String::from_utf8(p.read(leaves)).unwrap();
            p.write(leaves, text.replace("tide.py", "../t.py"));
        },
        "leaves file",
    );
    broken_record(
        |p| {
            for notice in p.record_files("notices") {
                p.write(&notice, "Do what you like.\n");
            }
        },
        "not the text of this digest",
    );
    let place = Place::new();
    let (project, _) = recorded(&place);
    project.write(root, "{}");
    project.run(&["verify", "."]).exits(2).says("root");
    refuses(&project, &["sign"], "root");
}

/// Traces are a subject of the manifest: changed or gone, they are not the ones it was made over.
#[test]
fn traces_that_were_tampered_with_fail_their_digest() {
    let place = Place::new();
    let project = place.project("tides");
    project.write("tide.py", head("2024 Ann Ito", "0BSD") + TIDE).license("0BSD");
    project.ok(&["manifest", "for", ".", "--traces", "full", "--output", "../tides.copyhold"]);
    let files = bundle::read(&fs::read(place.path("tides.copyhold")).unwrap()).unwrap();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let changed = files.iter().map(|(name, bytes)| {
            let mut bytes = bytes.to_vec();
            if name == "manifest/1.traces" {
                change(&mut bytes);
            }
            (name.to_owned(), bytes)
        });
        let changed = changed.filter(|(_, bytes)| !bytes.is_empty()).collect();
        fs::write(place.path("changed.copyhold"), bundle::write(&Files::new(changed)).unwrap()).unwrap();
        project.run(&["verify", ".", "--upstream", "../changed.copyhold"])
    };
    with(&|_| {}).exits(0);
    with(&|bytes| *bytes.last_mut().unwrap() ^= 1).exits(2).says("not the ones the manifest was made over");
    with(&Vec::clear).exits(2).says("1.traces: it is missing");
}

/// An unsigned record is nobody's word, so anybody can write one: it is checked all the same.
#[test]
fn a_record_by_a_stranger_is_checked_line_by_line() {
    let place = Place::new();
    let project = place.project("tides");
    project.write("tide.py", head("2024 Ann Ito", "0BSD") + TIDE).license("0BSD");
    project.ok(&["manifest", "for", ".", "--traces", "none", "--output", "../bare.copyhold"]);
    let files = bundle::read(&fs::read(place.path("bare.copyhold")).unwrap()).unwrap();
    let changed = |from: &str, to: &str| {
        let changed = files.iter().map(|(name, bytes)| {
            let text = String::from_utf8(bytes.to_vec()).unwrap().replace(from, to);
            (name.to_owned(), text.into_bytes())
        });
        let bytes = bundle::write(&Files::new(changed.collect())).unwrap();
        fs::write(place.path("changed.copyhold"), bytes).unwrap();
        project.run(&["verify", ".", "--upstream", "../changed.copyhold"])
    };
    changed("nothing there", "").exits(0);
    for (from, to) in [
        ("tide.py", "../t.py"),
        ("tide.py", "/tide.py"),
        ("copyhold/manifest/v0.1", "copyhold/manifest/v9.9"),
        ("in-toto.io/Statement/v1", "in-toto.io/Statement/v2"),
        ("\"kind\":\"work\"", "\"kind\":\"toll\""),
        ("\"version\":1", "\"version\":2"),
        ("\"version\":1", "\"version\":-1"),
        ("rfc9162-sha256", "md5"),
        ("2026-11-22T12:00:00Z", "yesterday"),
        ("0BSD", "0BSD OR"),
    ] {
        changed(from, to).exits(2).says("changed.copyhold");
    }
}

#[test]
fn a_tree_with_what_is_no_file_is_never_hung_on_and_never_passed() {
    let place = Place::new();
    let (project, bundle) = recorded(&place);
    let pipe = project.root.join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from_raw_mode(0o644)).unwrap();
    project.run(&["audit"]).exits(2).says("pipe");
    project.run(&["verify", "."]).exits(2).says("pipe");
    project.run(&["verify", ".", "--upstream", &bundle]).exits(2).says("pipe");
    project.run(&["scan"]).exits(2).says("pipe");
    project.run(&["hash"]).exits(2).says("pipe");
    refuses(&project, &["manifest"], "pipe");
    refuses(&project, &["manifest", "for", ".", "--output", "x.copyhold"], "pipe");
    // The same in place of what is read by name.
    fs::remove_file(&pipe).unwrap();
    for name in ["copyhold.toml", "copyhold.lock"] {
        let path = project.root.join(name);
        let _ = fs::remove_file(&path);
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::from_raw_mode(0o644)).unwrap();
        project.run(&["manifest"]).refuses(name);
        fs::remove_file(path).unwrap();
    }
    // And in place of what is named on the command line, or lies in the record.
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::from_raw_mode(0o644)).unwrap();
    fs::rename(&pipe, place.path("pipe")).unwrap();
    for args in [
        &["verify", ".", "--upstream", "../pipe"][..],
        &["verify", ".", "--lock", "../pipe"],
        &["manifest", "show", "../pipe"],
        &["manifest", "prove", "--check", "../pipe"],
        &["upstream", "add", "../pipe"],
        &["key", "import", "../pipe"],
        &["audit", "../pipe"],
    ] {
        project.run(args).refuses("../pipe");
    }
    project.run(&["verify", ".", "--upstream", "/dev/null"]).exits(2);
    // Where results go, a pipe (or a device) is written to, and never replaced.
    let out = place.path("out");
    rustix::fs::mkfifoat(rustix::fs::CWD, &out, rustix::fs::Mode::from_raw_mode(0o644)).unwrap();
    for args in [&["audit"][..], &["manifest", "bundle"]] {
        let reader = std::thread::spawn({
            let out = out.clone();
            move || fs::read(out).unwrap()
        });
        project.run(&[args, &["--output", "../out"]].concat());
        assert!(!reader.join().unwrap().is_empty());
        assert!(fs::symlink_metadata(&out).unwrap().file_type().is_fifo());
    }
    project.remove(".copyhold/manifest/1.leaves.jsonl");
    fs::rename(place.path("pipe"), project.root.join(".copyhold/manifest/1.leaves.jsonl")).unwrap();
    project.run(&["verify", "."]).exits(2).says("1.leaves.jsonl");
}

#[test]
fn links_are_recorded_and_never_followed() {
    let place = Place::new();
    let (project, _) = recorded(&place);
    symlink("b", project.root.join("a")).unwrap();
    symlink("a", project.root.join("b")).unwrap();
    symlink(".", project.root.join("self")).unwrap();
    symlink("nothing", project.root.join("dangling")).unwrap();
    symlink("/etc", project.root.join("etc")).unwrap();
    project.run(&["audit"]).exits(0).says("etc").says_not("passwd");
    project.ok(&["manifest"]);
    project.run(&["verify", "."]).exits(0);
    // A record behind a link is somebody else's.
    let other = place.project("other");
    other.write("tide.py", head("2024 Ann Ito", "0BSD") + TIDE).license("0BSD");
    symlink("../tides/.copyhold", other.root.join(".copyhold")).unwrap();
    assert_ne!(other.run(&["verify", "."]).code, 0);
}

#[test]
fn names_from_strangers_are_shown_escaped() {
    let place = Place::new();
    let (project, _) = recorded(&place);
    for name in [
        "a\nb.py",
        "\u{1b}[31mred.py",
        "::error file=x::pwn",
        "##[error]x",
        "%0A::warning::x",
        "tab\there.py",
        "\u{202e}fdp.py",
        "-rf",
        "$(touch x)",
    ] {
        project.write(name, TIDE);
    }
    // Every run is checked for control characters and for lines a CI log would obey.
    for args in [
        &["audit", "-v"][..],
        &["audit", "-v", "--color", "never"],
        &["audit", "--format", "json"],
        &["verify", ".", "-v"],
        &["scan"],
        // As text, `hash` writes what `sha256sum -c` reads: the names as they are.
        &["hash", "--format", "json"],
        &["sign"],
        &["manifest"],
        &["manifest", "show"],
        &["verify", ".", "-v"],
    ] {
        project.run(args);
    }
    project.run(&["audit", "-v"]).says("a\\nb.py").says("\\x1b[31mred.py").says("CH205");
    project.run(&["sign", "::error file=x::pwn2"]).refuses("::error file=x::pwn2");
    project.run(&["audit", "\u{1b}[2J"]).refuses("\\x1b[2J");
}

#[test]
fn a_name_that_is_not_utf_8_is_told_and_never_recorded() {
    let place = Place::new();
    let (project, _) = recorded(&place);
    fs::write(project.root.join(OsStr::from_bytes(b"mar\xe9e.py")), TIDE).unwrap();
    project.run(&["audit"]).exits(2).says("mar\\xe9e.py");
    project.run(&["verify", "."]).exits(2).says("mar\\xe9e.py");
    refuses(&project, &["manifest"], "its name is not UTF-8");
    project.run(&["hash"]).says("mar");
}

#[test]
fn statements_from_strangers_break_nothing() {
    let place = Place::new();
    let (project, _) = recorded(&place);
    let id = "0".repeat(64);
    for text in ["", "{", "{}", "[]", "null", "{\"payload\":\"\",\"payloadType\":\"x\",\"signatures\":[]}"] {
        project.write(&format!(".copyhold/statements/{id}.intoto.json"), text);
        project.run(&["audit"]).exits(1).says("CH303").says(&id);
        refuses(&project, &["manifest"], &id);
    }
    // Under another name than its own digest.
    let path = project.record_files("statements").into_iter().find(|path| !path.contains(&id)).unwrap();
    project.write(&format!(".copyhold/statements/{id}.intoto.json"), project.read(&path));
    project.run(&["audit"]).exits(1).says(&id);
    // What no record has is left alone.
    project.remove(&format!(".copyhold/statements/{id}.intoto.json"));
    project.write(".copyhold/statements/readme.txt", "x").write(".copyhold/odd", "x");
    project.run(&["audit"]).exits(0);
}

#[test]
fn results_that_cannot_be_written_are_an_error() {
    let place = Place::new();
    let (project, _) = recorded(&place);
    for output in ["/proc/report.json", "LICENSES", "tide.py/report.json"] {
        let run = project.run(&["audit", "--format", "json", "--output", output]);
        run.exits(2).says(output.trim_start_matches("/proc/"));
    }
    let mut command = place.command("Ann", &project.root, &["audit", "-v", "--format", "json"]);
    command.stdout(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let run = Run::of(command.output().unwrap(), &["audit", "> /dev/full"]);
    run.exits(2).says("the results could not be written");
    project.ok(&["audit", "--format", "json", "--output", "../report.json"]);
    let report = fs::read(place.path("report.json")).unwrap();
    assert!(serde_json::from_slice::<serde_json::Value>(&report).is_ok());
    project.run(&["audit", "nowhere", "--output", "../report.json"]).exits(2);
    assert_eq!(fs::read(place.path("report.json")).unwrap(), report, "an old result is not half replaced");
    let left = everything(&place.path(""));
    let is_temporary =
        |name: &str| name.rsplit('/').next().is_some_and(|name| name.starts_with(".copyhold-"));
    assert!(left.iter().all(|(name, _)| !is_temporary(name)));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    let (project, _) = recorded(&place);
    let mut command = place.command("Ann", &project.root, &["license", "text", "GPL-3.0-only"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((said.as_str(), child.wait().unwrap().code()), ("", Some(0)));
}

#[test]
fn what_may_not_be_read_is_named_and_nothing_is_decided() {
    let place = Place::new();
    let (project, bundle) = recorded(&place);
    let run = |args: &[&str]| {
        let mut command = place.command("Ann", &project.root, args);
        if rustix::process::getuid().is_root() {
            // Nothing is unreadable to root, so nobody looks.
            command.uid(65_534).gid(65_534);
        }
        Run::of(command.output().expect("nobody may run copyhold"), args)
    };
    let shut = |path: &str, mode| fs::set_permissions(project.root.join(path), Permissions::from_mode(mode));
    for path in ["tide.py", "LICENSES"] {
        shut(path, 0).unwrap();
        run(&["audit"]).exits(2).says(path);
        run(&["verify", "."]).exits(2).says(path);
        run(&["scan"]).exits(2).says(path);
        run(&["hash"]).exits(2).says(path);
        shut(path, 0o755).unwrap();
    }
    for path in ["copyhold.toml", ".copyhold", ".copyhold/manifest", ".copyhold/manifest/1.leaves.jsonl"] {
        shut(path, 0).unwrap();
        run(&["audit"]).exits(2).says("ermission");
        shut(path, 0o755).unwrap();
    }
    fs::set_permissions(&bundle, Permissions::from_mode(0o000)).unwrap();
    run(&["verify", ".", "--upstream", &bundle]).refuses("tides.copyhold");
    // A place nobody may write to keeps nothing of a result.
    run(&["audit", "--output", "report.txt"]).exits(2).says("report.txt");
    assert!(!project.root.join("report.txt").exists());
}
