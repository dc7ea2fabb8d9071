// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The project a command works on: where it is, its policy, its record.

use std::path::{Path, PathBuf};

use super::error::CliError;
use crate::audit::Statements;
use crate::config::{CONFIG_FILE, Config, LOCK_FILE, Lock, Pin};
use crate::domain::shown;
use crate::govern::RootChain;
use crate::import::FactsForm;
use crate::license::Licenses;
use crate::manifest::{Files, Record, RecordError, bundle};
use crate::scan::{Facts, Scan};
use crate::store;
use crate::work::{RECORD_FOLDER, Repository};

/// The largest file people write for us, in bytes.
pub(crate) const MAX_CONFIG_BYTES: u64 = 4 << 20;

/// The largest report of another tool that is read, in bytes.
pub(crate) const MAX_FACTS_BYTES: u64 = 1 << 30;

/// A project, as far as it could be read.
pub(crate) struct Project {
    /// The root of its tree.
    pub(crate) root: PathBuf,
    /// Its policy.
    pub(crate) config: Config,
    /// The files of its record.
    pub(crate) files: Files,
    /// Its roots, if it has a record.
    pub(crate) roots: Result<Option<RootChain>, RecordError>,
    /// Its record, if it has a manifest.
    pub(crate) record: Result<Option<Record>, RecordError>,
}

impl Project {
    /// Reads the project at `path`, or the one that holds the current folder.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, CliError> {
        let root = match path {
            Some(path) if path.is_file() => {
                return Err(CliError::new(format!(
                    "{} is a file; this takes a tree",
                    shown(&path.to_string_lossy())
                ))
                .hint("give the folder that holds it; `copyhold scan -v` tells of single files"));
            }
            Some(path) => path.to_owned(),
            None => find_root(Path::new(".")),
        };
        let config = read_config(&root)?;
        let files = read_record_files(&root)?;
        let roots = files.roots();
        let record = load_record(&files);
        Ok(Self { root, config, files, roots, record })
    }

    /// Returns where a file of the record lies.
    pub(crate) fn record_path(&self, name: &str) -> PathBuf {
        self.root.join(RECORD_FOLDER).join(name)
    }

    /// Returns the project's roots, which `init` made.
    pub(crate) fn roots(&self) -> Result<&RootChain, CliError> {
        match &self.roots {
            Ok(Some(roots)) => Ok(roots),
            Ok(None) => Err(CliError::new(format!(
                "{} is no copyhold project yet",
                shown(&self.root.canonicalize().unwrap_or_else(|_| self.root.clone()).to_string_lossy())
            ))
            .hint("make it one: `copyhold init`")),
            Err(error) => Err(broken(&self.root, error)),
        }
    }

    /// Returns the project's newest record; none where no manifest was made yet.
    pub(crate) fn record(&self) -> Result<Option<&Record>, CliError> {
        self.record.as_ref().map(Option::as_ref).map_err(|error| broken(&self.root, error))
    }

    /// Returns what the project pins.
    pub(crate) fn lock(&self) -> Result<Lock, CliError> {
        read_lock(&self.root.join(LOCK_FILE))
    }

    /// Returns the record of a pinned upstream from its vendored bundle, or why it is not that.
    pub(crate) fn vendored(&self, pin: &Pin) -> Result<Record, String> {
        let file = format!("upstream/{}.copyhold", pin.manifest);
        let bytes = self.files.get(&file).ok_or_else(|| format!("{RECORD_FOLDER}/{file} is missing"))?;
        let files = bundle::read(bytes).map_err(|error| error.to_string())?;
        let record = Record::load(files).map_err(|error| error.to_string())?;
        if record.digest() != pin.manifest {
            return Err("its manifest is not the pinned one".into());
        }
        if record.fingerprint() != pin.root {
            return Err("its root is not the pinned one".into());
        }
        Ok(record)
    }

    /// The same, for a command that cannot go on without it.
    pub(crate) fn upstream(&self, pin: &Pin) -> Result<Record, CliError> {
        self.vendored(pin).map_err(|reason| {
            CliError::new(format!("the bundle of {}, which {LOCK_FILE} pins: {reason}", shown(&pin.name)))
                .hint("add it again: `copyhold upstream add FILE`")
        })
    }

    /// Opens every statement that lies in the record.
    pub(crate) fn statements(&self) -> Statements {
        let roots = self.roots.as_ref().ok().and_then(Option::as_ref);
        let record = self.record.as_ref().ok().and_then(Option::as_ref);
        Statements::open(&self.files, roots, record)
    }
}

fn broken(root: &Path, error: &RecordError) -> CliError {
    CliError::new(format!(
        "the record in {} does not hold: {error}",
        shown(&root.join(RECORD_FOLDER).to_string_lossy())
    ))
    .hint("restore .copyhold from version control")
}

/// Loads a record where there is a manifest.
pub(crate) fn load_record(files: &Files) -> Result<Option<Record>, RecordError> {
    match files.manifest_version() {
        None => Ok(None),
        Some(_) => Record::load(files.clone()).map(Some),
    }
}

/// Reads the files of the record of the project at `root`.
pub(crate) fn read_record_files(root: &Path) -> Result<Files, CliError> {
    let files = store::read_below(&root.join(RECORD_FOLDER), bundle::MAX_BUNDLE_BYTES, Files::is_known)?;
    Ok(Files::new(files))
}

/// Reads the policy of the project at `root`; the default where there is none.
pub(crate) fn read_config(root: &Path) -> Result<Config, CliError> {
    Ok(match read_optional(&root.join(CONFIG_FILE))? {
        Some(bytes) => Config::parse(&bytes)?,
        None => Config::default(),
    })
}

/// Reads a lock; an empty one where there is none.
pub(crate) fn read_lock(path: &Path) -> Result<Lock, CliError> {
    Ok(match read_optional(path)? {
        Some(bytes) => Lock::parse(&bytes)?,
        None => Lock::default(),
    })
}

/// Where in the record folder what a tool found is kept.
pub(crate) fn facts_file(form: FactsForm) -> String {
    format!("facts/{}.json", form.as_str())
}

/// Adds what was taken over of other tools' findings to a scan of the tree at `root`.
pub(crate) fn add_facts(scan: &mut Scan, root: &Path) -> Result<(), CliError> {
    for form in [FactsForm::ScanCode, FactsForm::Spdx, FactsForm::CycloneDx] {
        let name = format!("{RECORD_FOLDER}/{}", facts_file(form));
        let bytes = match store::read(&root.join(&name), MAX_FACTS_BYTES) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        let facts: Facts = serde_json::from_slice(&bytes).map_err(|error| {
            CliError::new(format!("{name}: {error}")).hint("import it again: `copyhold import facts FILE`")
        })?;
        scan.add_facts(&facts, &name.parse().expect("a name written here is a path"));
    }
    Ok(())
}

fn read_optional(path: &Path) -> Result<Option<Vec<u8>>, CliError> {
    match store::read(path, MAX_CONFIG_BYTES) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Returns the licenses known in the current folder: everybody's, and its project's own.
pub(crate) fn licenses_here() -> Result<Licenses, CliError> {
    Ok(read_config(&find_root(Path::new(".")))?.licenses)
}

/// Returns the root of the project that holds `start`: the nearest folder above it with a record or
/// a policy, else the root of its git work tree, else `start`.
pub(crate) fn find_root(start: &Path) -> PathBuf {
    let Ok(absolute) = start.canonicalize() else { return start.to_owned() };
    let repository = Repository::containing(start).map(|repository| repository.work_tree().to_owned());
    for folder in absolute.ancestors() {
        let is_project = folder.join(RECORD_FOLDER).is_dir() || folder.join(CONFIG_FILE).is_file();
        if is_project || repository.as_deref() == Some(folder) {
            return relative(&absolute, folder);
        }
    }
    start.to_owned()
}

/// Returns `folder`, an ancestor of `start`, as `.` or `../…`, so that messages stay short.
fn relative(start: &Path, folder: &Path) -> PathBuf {
    let steps = start.strip_prefix(folder).map_or(0, |below| below.components().count());
    if steps == 0 { PathBuf::from(".") } else { std::iter::repeat_n("..", steps).collect() }
}

/// Returns the path of the lock in the current folder.
pub(crate) fn lock_path() -> PathBuf {
    PathBuf::from(LOCK_FILE)
}
