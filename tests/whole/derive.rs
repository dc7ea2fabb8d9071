// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What works come from, where the bytes alone do not say it: by git's history, by the links that
//! somebody writes.

use std::fs;
use std::path::Path;

use gix::objs::tree::{Entry, EntryKind};

use super::common::{MOON, Place, Project, head};

/// Commits the tree as it lies there.
fn commit(project: &Project<'_>) {
    let is_new = !project.root.join(".git").exists();
    let repository =
        if is_new { gix::init(&project.root) } else { gix::open(&project.root).map_err(Into::into) };
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
