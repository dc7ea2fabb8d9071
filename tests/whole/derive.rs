// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What works come from, where the bytes alone do not say it: by git's history, by the links that
//! somebody writes.

use std::fs;
use std::path::Path;

use gix::objs::tree::{Entry, EntryKind};

use super::common::{MOON, Place, Project, TIDE, fits, head};

/// Commits the tree as it lies there.
fn commit(project: &Project<'_>) {
    let is_new = !project.root.join(".git").exists();
    let repository = if is_new { gix::init(&project.root) } else { gix::open(&project.root) };
    let repository = repository.unwrap();
    let tree = write(&repository, &project.root);
    let time = gix::date::Time { seconds: 1_700_000_000, offset: 0 };
    let who = gix::actor::Signature { name: "Ann".into(), email: "nobody@example.org".into(), time };
    let mut buffer = gix::date::parse::TimeBuf::default();
    let who = who.to_ref(&mut buffer);
    let parents: Vec<_> = repository.head_id().ok().map(gix::Id::detach).into_iter().collect();
    repository.commit_as(who, who, "HEAD", "a change", tree, parents).unwrap();
}

fn write(repository: &gix::Repository, folder: &Path) -> gix::ObjectId {
    let mut tree = gix::objs::Tree::empty();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_str().unwrap().to_owned();
        let (mode, oid) = if name == ".git" {
            continue;
        } else if entry.file_type().unwrap().is_dir() {
            (EntryKind::Tree, write(repository, &entry.path()))
        } else {
            let bytes = fs::read(entry.path()).unwrap();
            (EntryKind::Blob, repository.write_blob(bytes).unwrap().detach())
        };
        tree.entries.push(Entry { mode: mode.into(), filename: name.into(), oid });
    }
    tree.entries.sort();
    repository.write_object(&tree).unwrap().detach()
}

#[test]
fn history_tells_what_a_work_was_when_nothing_is_left_of_it() {
    let place = Place::new();
    let upstream = place.project("tides");
    upstream.write("moon.py", head("2023 Ann Ito", "GPL-3.0-or-later") + MOON);
    upstream.begin("GPL-3.0-or-later");
    commit(&upstream);
    let bundle = upstream.publish();
    let pin = upstream.fingerprint();

    // Moved, then written anew, under another license.
    let fork = upstream.fork("fork");
    fs::remove_dir_all(fork.root.join(".copyhold")).unwrap();
    fork.remove("copyhold.toml").remove("tide.py");
    fork.write("src/high.py", upstream.read("tide.py"));
    commit(&fork);
    let new =
        "\ndef table(rows):\n    for row in rows:\n        yield row.hour, row.height * 0.3048, row.port\n";
    fork.write("src/high.py", head("2024 Ann Ito", "MIT") + new).license("MIT");
    commit(&fork);
    let verify = ["verify", ".", "--upstream", &bundle, "--pin", &pin];
    let json = ["--format", "json"];
    let without = fork.run(&[&verify[..], &json].concat()).exits(0).json();
    assert!(without["history"].as_array().unwrap().is_empty(), "{without}");
    let with = fork.run(&[&verify[..], &["--git"], &json].concat()).exits(1);
    let document = with.finds(&[("CH501", "src/high.py"), ("CH512", "src/high.py")]).json();
    let derivations = document["derivations"].as_array().unwrap();
    let named: Vec<_> = derivations.iter().map(|d| (d["path"].as_str().unwrap(), &d["history"])).collect();
    assert_eq!(named[0].0, "moon.py");
    assert_eq!(named[0].1["edits"], 0, "what is found by its bytes is followed as well");
    assert_eq!((named[1].0, &named[1].1["edits"]), ("src/high.py", &2.into()));
    assert_eq!(derivations[1]["source"], "tide.py");
    assert_eq!(document["history"][0]["state"], "followed");
    let text = fork.run(&[&verify[..], &["--git"]].concat()).exits(1);
    text.says("history: 2 works followed from commit ").says(", 1 of them by nothing else");

    // Without that history it is as if nobody had asked.
    fs::remove_dir_all(fork.root.join(".git")).unwrap();
    let text = fork.run(&[&verify[..], &["--git"]].concat()).exits(0);
    text.says("history: not used, this tree is in no git repository");
    commit(&fork);
    let text = fork.run(&[&verify[..], &["--git"]].concat()).exits(0);
    text.says("of its record is not in it; a shallow clone may lack it");
}

/// A project of Ann's that took two works of another and has said nothing of it yet.
fn taker(place: &Place) -> (Project<'_>, String) {
    let upstream = place.project("tides");
    upstream.write("moon.py", head("2023 Ann Ito", "MIT") + MOON);
    let bundle = upstream.begin("MIT").publish();
    let taker = place.project("harbour");
    taker.write("src/high.py", head("2024 Ann Ito", "MIT") + "\n# faster\n" + TIDE + "\n\nFAST = 1\n");
    taker.write("moon.py", upstream.read("moon.py")).license("MIT");
    taker.ok(&["init", "--name", "harbour", "--license", "MIT", "--person", "Ann"]);
    (taker, bundle)
}

#[test]
fn missing_links_are_listed_gone_through_and_signed() {
    let place = Place::new();
    let (taker, bundle) = taker(&place);
    taker.run(&["derive"]).refuses("no upstream is given, and copyhold.lock pins none");
    taker.ok(&["derive", "--upstream", &bundle]).says("tides is not pinned here").says("2 links");
    taker.ok(&["upstream", "add", &bundle, "--trust"]);
    let table = taker.ok(&["derive"]).says("2 links that nobody declares");
    let lines: Vec<_> = table.out.lines().collect();
    assert_eq!(lines[0], "moon.py      copyOf        tides:moon.py  100 %");
    assert!(lines[1].starts_with("src/high.py  descendantOf  tides:tide.py  "), "{}", table.out);
    let document = taker.ok(&["derive", "--format", "json"]).json();
    assert_eq!(document["links"][0]["license"], "MIT");
    fits(&document, "derive");

    // What somebody states is not proposed any more, and stays.
    taker.ok(&["sign", "moon.py", "--from", "tides:moon.py", "--relation", "variantOf", "--person", "Ann"]);
    taker.ok(&["derive"]).says("1 link that nobody declares").says_not("moon.py  ");
    taker.ok(&["derive", "--write", "../links.toml"]);
    taker.run(&["derive", "--write", "../links.toml"]).refuses("links.toml");
    let list = fs::read_to_string(place.path("links.toml")).unwrap();
    assert!(list.starts_with("# What these works come from") && !list.contains("moon.py"), "{list}");
    fs::write(place.path("links.toml"), list.replace("descendantOf\"", "excerptOf\"")).unwrap();
    taker.ok(&["derive", "--sign", "../links.toml", "--person", "Ann"]).says("1 link signed by");
    taker.ok(&["derive", "--sign", "../links.toml"]).says("somebody has said it").says("nothing to sign");
    taker.ok(&["derive"]).says("no link is missing");

    // Who looked a work over has not yet signed that they made it.
    taker.ok(&["sign", "src/high.py", "--person", "Ann"]).says("1 work signed");
    taker.ok(&["manifest"]);
    let leaves = String::from_utf8(taker.read(".copyhold/manifest/1.leaves.jsonl")).unwrap();
    let leaf = |path: &str| leaves.lines().find(|leaf| leaf.contains(&format!("\"work {path}\""))).unwrap();
    assert!(leaf("src/high.py").contains("\"relation\":\"excerptOf\""), "{leaves}");
    assert!(leaf("src/high.py").contains("\"upstream\":\"tides\""), "{leaves}");
    assert!(leaf("moon.py").contains("\"relation\":\"variantOf\""), "{leaves}");
    let run = taker.run(&["verify", ".", "--format", "json"]).exits(0);
    assert!(!run.out.contains("CH531"), "{}", run.out);
    taker.ok(&["derive"]).says("no link is missing");
}

#[test]
fn a_list_of_links_that_no_longer_fits_is_refused() {
    let place = Place::new();
    let (taker, bundle) = taker(&place);
    taker.ok(&["upstream", "add", &bundle, "--trust"]);
    taker.ok(&["derive", "--write", "../links.toml"]);
    let list = fs::read_to_string(place.path("links.toml")).unwrap();
    for (from, to, why) in [
        ("source = \"tide.py\"", "source = \"wave.py\"", "there is no tides:wave.py with these bytes"),
        ("upstream = \"tides\"", "upstream = \"waves\"", "there is no waves:"),
        ("relation = \"copyOf\"", "relation = \"stolenFrom\"", "the list of links:"),
    ] {
        fs::write(place.path("links.toml"), list.replace(from, to)).unwrap();
        taker.run(&["derive", "--sign", "../links.toml"]).refuses(why);
    }
    fs::write(place.path("links.toml"), &list).unwrap();
    taker.write("moon.py", head("2023 Ann Ito", "MIT") + MOON + "\nMORE = 1\n");
    taker.run(&["derive", "--sign", "../links.toml"]).refuses("moon.py is not what it was");
    assert!(!taker.root.join(".copyhold/statements").exists(), "nothing was signed");
    taker.ok(&["derive", "--sign", "--person", "Ann"]).says("2 links signed by");
    taker.ok(&["derive"]).says("no link is missing");
}
