// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A place with people and their keys, and projects in it. Nothing outside of it is read or written.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use copyhold::domain::KeyId;
use copyhold::sign::SecretKey;
use serde_json::Value;
use tempfile::TempDir;

/// The time every run takes for now.
pub const NOW: &str = "2026-11-22T12:00:00Z";

/// People with keys. Their seeds are for tests alone.
const PEOPLE: [(&str, u8); 3] = [("Ann", 1), ("Bob", 2), ("Eve", 3)];

/// The program of a work that is large enough to be found again.
pub const TIDE: &str = "
def high_water(age, port):
    late = age * 48.76 / 60
    return (port.establishment + late) % 12.42


def low_water(age, port):
    return (high_water(age, port) + 6.21) % 12.42
";

/// Another.
pub const MOON: &str = "
def age_of_moon(day):
    epochs = (day - 6.0) / 29.530588
    return (epochs - int(epochs)) * 29.530588


def is_full(day):
    return 14.0 < age_of_moon(day) < 15.5
";

/// Returns a work's head: whose it is and under which license.
pub fn head(holder: &str, license: &str) -> String {
    format!("# SPDX-File{}Text: {holder}\n# SPDX-License-{}: {license}\n", "Copyright", "Identifier")
}

/// A folder of its own, with people and their keys.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // A run without privileges must get in.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        for (person, seed) in PEOPLE {
            let keys = folder.path().join("people").join(person).join("keys");
            fs::create_dir_all(&keys).unwrap();
            let secret = SecretKey::from_seed(&[seed; 32]).unwrap();
            secret.write_new(&keys.join("default"), None).unwrap();
        }
        fs::create_dir(folder.path().join("home")).unwrap();
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes an empty folder a project can be in.
    pub fn project(&self, name: &str) -> Project<'_> {
        let project = Project { place: self, root: self.path(name) };
        fs::create_dir_all(&project.root).unwrap();
        project
    }

    /// Copies a tree of fixtures here.
    pub fn fixture(&self, from: &str, name: &str) -> Project<'_> {
        let project = Project { place: self, root: self.path(name) };
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(from), &project.root);
        project
    }

    /// Runs copyhold in `folder` as `person`.
    #[track_caller]
    pub fn run(&self, person: &str, folder: &Path, args: &[&str]) -> Run {
        Run::of(self.command(person, folder, args).output().unwrap(), args)
    }

    pub fn command(&self, person: &str, folder: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_copyhold"));
        command.env_clear().current_dir(folder).arg("--now").arg(NOW).args(args);
        command.env("HOME", self.path("home"));
        command.env("COPYHOLD_CONFIG_DIR", self.path("people").join(person));
        command
    }
}

/// Returns the id of a person's key.
pub fn key_id(person: &str) -> KeyId {
    let (_, seed) = PEOPLE.iter().find(|(name, _)| *name == person).unwrap();
    SecretKey::from_seed(&[*seed; 32]).unwrap().public().id()
}

/// Returns a person's key as `root propose` takes it.
pub fn key_text(person: &str) -> String {
    let (_, seed) = PEOPLE.iter().find(|(name, _)| *name == person).unwrap();
    let key = SecretKey::from_seed(&[*seed; 32]).unwrap();
    format!("ed25519:{}", key.public().to_text())
}

/// One tree in a place; commands run in it.
pub struct Project<'a> {
    pub place: &'a Place,
    pub root: PathBuf,
}

impl<'a> Project<'a> {
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) -> &Self {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.root.join(path)).unwrap()
    }

    pub fn remove(&self, path: &str) -> &Self {
        fs::remove_file(self.root.join(path)).unwrap();
        self
    }

    /// Writes the license's text where REUSE wants it.
    pub fn license(&self, id: &str) -> &Self {
        let text = self.ok(&["license", "text", id]).out;
        self.write(&format!("LICENSES/{id}.txt"), text)
    }

    /// Copies the whole tree, as a fork would.
    pub fn fork(&self, name: &str) -> Project<'a> {
        let fork = Project { place: self.place, root: self.place.path(name) };
        copy(&self.root, &fork.root);
        fork
    }

    /// Takes over the files below `folder` that are not here yet, as a merge would.
    pub fn merge(&self, from: &Project<'_>, folder: &str) -> &Self {
        copy(&from.root.join(folder), &self.root.join(folder));
        self
    }

    /// Runs as Ann.
    #[track_caller]
    pub fn run(&self, args: &[&str]) -> Run {
        self.run_as("Ann", args)
    }

    #[track_caller]
    pub fn run_as(&self, person: &str, args: &[&str]) -> Run {
        self.place.run(person, &self.root, args)
    }

    /// Runs as Ann, and it goes well.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Run {
        self.run(args).exits(0)
    }

    /// A project of Ann's with one work, not recorded yet.
    pub fn begin(&self, license: &str) -> &Self {
        let name = self.root.file_name().unwrap().to_str().unwrap();
        self.write("tide.py", head("2024 Ann Ito", license) + TIDE).license(license);
        self.ok(&["init", "--name", name, "--license", license, "--person", "Ann"]);
        self
    }

    /// The same, signed and recorded, handed on as a bundle beside it; returns the bundle's path.
    pub fn publish(&self) -> String {
        self.ok(&["sign", "--person", "Ann"]);
        self.ok(&["manifest"]);
        self.bundle()
    }

    /// Proposes the next root, has it signed by `people`, and puts it in force.
    #[track_caller]
    pub fn root(&self, change: &[&str], people: &[&str]) -> &Self {
        self.ok(&[&["root"], change].concat());
        for person in people {
            self.run_as(person, &["root", "sign"]).exits(0);
        }
        self.ok(&["root", "apply"]);
        self
    }

    /// Hands the newest record on.
    pub fn bundle(&self) -> String {
        let path = format!("{}.copyhold", self.root.display());
        self.ok(&["manifest", "bundle", "--output", &path]);
        path
    }

    /// Returns the project's fingerprint.
    pub fn fingerprint(&self) -> String {
        let shown = self.ok(&["manifest", "show"]).out;
        let line = shown.lines().find_map(|line| line.strip_prefix("fingerprint")).unwrap();
        line.trim().to_owned()
    }

    /// Returns the paths of the files in a folder of the record, sorted.
    pub fn record_files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.join(".copyhold").join(folder)).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| format!(".copyhold/{folder}/{}", entry.unwrap().file_name().to_str().unwrap()))
            .collect();
        names.sort();
        names
    }
}

/// Copies a tree; links stay links.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Checks a document against the schema of its kind.
#[track_caller]
pub fn fits(document: &Value, schema: &str) {
    let (_, schema) = copyhold::schema::SCHEMAS.iter().find(|(name, _)| *name == schema).unwrap();
    let validator = jsonschema::draft202012::new(&serde_json::from_str(schema).unwrap()).unwrap();
    validator.validate(document).unwrap_or_else(|error| panic!("{error}: {document}"));
}

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub out: String,
    pub err: String,
    said: String,
}

impl Run {
    /// Takes what holds for every run: no panic, no control character, nothing a CI log would take
    /// for a command.
    #[track_caller]
    pub fn of(output: Output, args: &[&str]) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("copyhold prints UTF-8");
        let (out, err) = (text(output.stdout), text(output.stderr));
        let said = format!("copyhold {}\n--- stdout\n{out}\n--- stderr\n{err}", args.join(" "));
        let code = output.status.code().unwrap_or_else(|| panic!("ended by a signal: {said}"));
        assert!(!err.contains("panicked") && !err.contains("RUST_BACKTRACE"), "{said}");
        // License texts are printed as they are, and some have tabs.
        let is_text = args.starts_with(&["license", "text"]);
        let is_raw = |c: char| c.is_control() && !(is_text && c == '\t');
        for line in out.lines().chain(err.lines()) {
            assert!(!line.chars().any(is_raw), "{line:?} in {said}");
            assert!(!line.starts_with("::") && !line.starts_with("##["), "{said}");
        }
        Self { code, out, err, said }
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}", self.said);
        self
    }

    /// Checks that a text is told, on either stream.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text) || self.err.contains(text), "`{text}` is not in {}", self.said);
        self
    }

    #[track_caller]
    pub fn says_not(self, text: &str) -> Self {
        assert!(!self.out.contains(text) && !self.err.contains(text), "`{text}` is in {}", self.said);
        self
    }

    /// Checks that nothing went to standard output but an error to the other one.
    #[track_caller]
    pub fn refuses(self, text: &str) -> Self {
        let run = self.exits(2).says(text);
        assert!(run.err.starts_with("error: ") && run.out.is_empty(), "{}", run.said);
        run
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.said))
    }

    /// Returns the codes of a report's findings, sorted, each once, with the works they are about.
    #[track_caller]
    pub fn findings(&self) -> Vec<(String, String)> {
        let document = self.json();
        let findings = document["findings"].as_array().unwrap_or_else(|| panic!("{}", self.said));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut found: Vec<_> = findings.iter().map(|f| (text(&f["code"]), text(&f["path"]))).collect();
        found.sort();
        found.dedup();
        found
    }

    /// Checks that these codes, each with its work, are the findings above a note.
    #[track_caller]
    pub fn finds(self, expected: &[(&str, &str)]) -> Self {
        let document = self.json();
        let is_note =
            |code: &str| copyhold::rule::Rule::find(code).unwrap().level == copyhold::rule::Level::Note;
        assert!(document["verdict"].is_string(), "{}", self.said);
        let mut found = self.findings();
        found.retain(|(code, _)| !is_note(code));
        let found: Vec<_> = found.iter().map(|(code, path)| (code.as_str(), path.as_str())).collect();
        assert_eq!(found, expected, "{}", self.said);
        self
    }
}
