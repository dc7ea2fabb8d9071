// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! README.md says what happens: every line `$ …` of its console blocks is run, and what comes out
//! must be what stands there; `? 1` is an exit code. `[..]` stands for anything in a line. `UPDATE=1`
//! writes what came out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, Permissions};
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use snapbox::Data;
use snapbox::assert::Action;

#[test]
fn readme_says_what_happens() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let said = fs::read_to_string(&path).unwrap();
    assert!(!said.contains("\n...\n"), "a line `...` would also stand for an exit code");
    let action = if std::env::var_os("UPDATE").is_some() { Action::Overwrite } else { Action::Verify };
    let happened = replay(&said, &mut Sandbox::new());
    snapbox::Assert::new().action(action).eq(happened, Data::read_from(&path, None));
}

/// Returns `page` with the output of every command as it is now.
fn replay(page: &str, sandbox: &mut Sandbox) -> String {
    let mut replayed = String::new();
    let mut in_block = false;
    for line in page.lines() {
        let command = line.strip_prefix("$ ");
        if line.starts_with("```") {
            in_block = line == "```console";
        } else if in_block && command.is_none() {
            continue;
        }
        replayed.push_str(line);
        replayed.push('\n');
        if let Some(command) = command.filter(|_| in_block) {
            replayed.push_str(&sandbox.run(command));
        }
    }
    replayed
}

/// A home with Ann's key, the projects of `fixtures/readme`, and the folder we are in.
struct Sandbox {
    root: tempfile::TempDir,
    folder: PathBuf,
}

impl Sandbox {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let ours = Path::new(env!("CARGO_MANIFEST_DIR"));
        copy(&ours.join("fixtures/readme"), root.path());
        for project in ["libmerge", "kart"] {
            let text = ours.join("LICENSES/GPL-3.0-or-later.txt");
            copy(&text, &root.path().join(project).join("LICENSES"));
        }
        let keys = root.path().join("home/.config/copyhold/keys");
        copy(&ours.join("fixtures/keys/ann"), &keys);
        copy(&ours.join("fixtures/keys/ann.pub"), &keys);
        // Git does not keep the mode without which nobody signs.
        fs::rename(keys.join("ann"), keys.join("default")).unwrap();
        fs::rename(keys.join("ann.pub"), keys.join("default.pub")).unwrap();
        fs::set_permissions(keys.join("default"), Permissions::from_mode(0o600)).unwrap();
        fs::write(root.path().join("home/.gitconfig"), "[user]\n\tname = Ann Ito\n").unwrap();
        Self { folder: root.path().to_owned(), root }
    }

    /// Runs one command and returns its exit code, unless 0, and all it wrote.
    fn run(&mut self, command: &str) -> String {
        let mut words = command.split_whitespace();
        match words.next() {
            Some("cd") => {
                self.folder.push(words.next().expect("cd has a folder"));
                self.folder = self.folder.canonicalize().unwrap();
                String::new()
            }
            Some("copyhold") => self.copyhold(words).unwrap(),
            _ => panic!("README.md runs `{command}`"),
        }
    }

    fn copyhold<'a>(&self, arguments: impl Iterator<Item = &'a str>) -> io::Result<String> {
        let (mut reader, writer) = io::pipe()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_copyhold"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("HOME", self.root.path().join("home"))
            .env("SOURCE_DATE_EPOCH", "1795305600")
            .stdout(writer.try_clone()?)
            .stderr(writer);
        let mut child = command.spawn()?;
        // It holds the writing ends, and the output ends where they do.
        drop(command);
        let mut written = String::new();
        reader.read_to_string(&mut written)?;
        let code = child.wait()?.code().expect("copyhold ends by itself");
        Ok(if code == 0 { written } else { format!("? {code}\n{written}") })
    }
}

/// Copies a file into a folder, or what is in one folder into another.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    if from.is_file() {
        fs::copy(from, to.join(from.file_name().unwrap())).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let folder = entry.file_type().unwrap().is_dir();
        copy(&entry.path(), &if folder { to.join(entry.file_name()) } else { to.to_owned() });
    }
}
