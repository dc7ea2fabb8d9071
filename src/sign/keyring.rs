// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The folder with the keys a person signs with.
//!
//! A key made here is the two files `NAME` (OpenSSH private key) and `NAME.pub`, and signs as
//! `ed25519`. A key that lives elsewhere is a file `NAME.json` that says what it is and where its
//! private file lies, and signs through `ssh-keygen`; where it says no place, the agent is asked.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::secret::{MAX_KEY_BYTES, SecretError, SecretKey};
use super::signer::Signer;
use super::statement::WireKey;
use crate::domain::{PublicKey, Scheme, shown};
use crate::store::{self, Access, PathError};

/// The name of the key that is used where none is named.
pub const DEFAULT_NAME: &str = "default";

/// A folder of keys. It need not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyring {
    folder: PathBuf,
}

/// One key in a [`Keyring`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    name: String,
    public: PublicKey,
    home: Home,
}

/// Where the secret of a key is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Home {
    /// In the keyring, in this file.
    Own(PathBuf),
    /// In this OpenSSH file, or in the agent or hardware key its public half stands for.
    File(PathBuf),
    /// In the agent.
    Agent,
}

/// What `NAME.json` holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Imported {
    scheme: Scheme,
    public: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
}

/// Why a keyring does not give or take a key.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyringError {
    /// A file in it, or the folder, cannot be read or written.
    File(PathError),
    /// A file in it holds no key.
    Entry(PathBuf, SecretError),
    /// No key is called that way.
    Name(String),
    /// A key has this name already.
    Taken(String),
    /// The key is in it already, under this name.
    Known(String),
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Entry(path, _) => write!(f, "no key in {}", shown(&path.to_string_lossy())),
            Self::Name(name) => write!(
                f,
                "`{}` is no name for a key: 1 to 64 letters, digits, `-`, `_` and `.`, a letter or digit first",
                shown(name)
            ),
            Self::Taken(name) => write!(f, "there is a key `{name}` already"),
            Self::Known(name) => write!(f, "the key is there already, as `{name}`"),
        }
    }
}

impl std::error::Error for KeyringError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File(error) => error.source(),
            Self::Entry(_, error) => Some(error),
            _ => None,
        }
    }
}

impl From<PathError> for KeyringError {
    fn from(error: PathError) -> Self {
        Self::File(error)
    }
}

impl Keyring {
    /// Takes the folder the keys lie in.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Returns the keys in the order of their names.
    pub fn list(&self) -> Result<Vec<Entry>, KeyringError> {
        let mut entries = Vec::new();
        for path in store::list(&self.folder)? {
            let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            if let Some(name) = file_name.strip_suffix(".pub") {
                let private = self.folder.join(name);
                if is_name(name) && private.is_file() {
                    entries.push(own(name, private, &path)?);
                }
            } else if let Some(name) = file_name.strip_suffix(".json").filter(|name| is_name(name)) {
                entries.push(imported(name, &path)?);
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    /// Finds a key by its name, key id, OpenSSH fingerprint, contributor id, or file.
    pub fn find(&self, text: &str) -> Result<Option<Entry>, KeyringError> {
        Ok(self.list()?.into_iter().find(|entry| entry.is_called(text)))
    }

    /// Returns the key that is used where none is named: the one called `default`, else the only one.
    pub fn default_key(&self) -> Result<Option<Entry>, KeyringError> {
        let mut entries = self.list()?;
        if let Some(at) = entries.iter().position(|entry| entry.name == DEFAULT_NAME) {
            return Ok(Some(entries.swap_remove(at)));
        }
        Ok(if entries.len() == 1 { entries.pop() } else { None })
    }

    /// Keeps a new key as `name`, sealed with the passphrase where there is one.
    pub fn add(
        &self,
        name: &str,
        secret: &SecretKey,
        passphrase: Option<&str>,
    ) -> Result<Entry, KeyringError> {
        self.check_free(name)?;
        let path = self.folder.join(name);
        secret.write_new(&path, passphrase).map_err(|error| match error {
            SecretError::File(error) => KeyringError::File(error),
            error => KeyringError::Entry(path.clone(), error),
        })?;
        Ok(Entry { name: name.to_owned(), public: secret.public().clone(), home: Home::Own(path) })
    }

    /// Notes as `name` a key that `ssh-keygen` signs with: from the file at `path`, or by the agent.
    pub fn import(
        &self,
        name: &str,
        public: &PublicKey,
        path: Option<PathBuf>,
    ) -> Result<Entry, KeyringError> {
        if let Some(known) = self.list()?.into_iter().find(|entry| entry.public == *public) {
            return Err(KeyringError::Known(known.name));
        }
        self.check_free(name)?;
        let WireKey { scheme, public: text } = public.into();
        let document = Imported { scheme, public: text, path };
        let mut bytes = serde_json::to_vec_pretty(&document)
            .map_err(|error| KeyringError::File(PathError::new("write", &self.folder, error.into())))?;
        bytes.push(b'\n');
        store::write_new(&self.folder.join(format!("{name}.json")), &bytes, Access::Public)?;
        let home = document.path.map_or(Home::Agent, Home::File);
        Ok(Entry { name: name.to_owned(), public: public.clone(), home })
    }

    /// Refuses a `name` that is none, or that a key has.
    pub fn check_free(&self, name: &str) -> Result<(), KeyringError> {
        if !is_name(name) {
            return Err(KeyringError::Name(name.to_owned()));
        }
        let taken = ["", ".pub", ".json"].iter().any(|end| self.folder.join(format!("{name}{end}")).exists());
        if taken { Err(KeyringError::Taken(name.to_owned())) } else { Ok(()) }
    }
}

impl Entry {
    /// Returns the key's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the key.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Returns where its secret is.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Makes the key ready to sign. `passphrase` is asked for only where the key is in the keyring and
    /// sealed; `ssh-keygen` asks for others itself, when it signs.
    pub fn signer(
        &self,
        passphrase: impl FnOnce() -> Option<Zeroizing<String>>,
    ) -> Result<Signer, SecretError> {
        let path = match &self.home {
            Home::Own(path) => {
                let secret = SecretKey::load(path, passphrase)?;
                return if *secret.public() == self.public {
                    Ok(Signer::Raw(secret))
                } else {
                    Err(SecretError::Mismatch)
                };
            }
            Home::File(path) => Some(path.clone()),
            Home::Agent => None,
        };
        Ok(Signer::SshKeygen { public: self.public.clone(), path })
    }

    fn is_called(&self, text: &str) -> bool {
        let at = |path: &Path| {
            let there = path.canonicalize();
            there.is_ok() && there.ok() == Path::new(text).canonicalize().ok()
        };
        self.name == text
            || self.public.id().as_str() == text
            || self.public.fingerprint() == text
            || self.public.person().as_str() == text
            || matches!(&self.home, Home::Own(path) | Home::File(path) if at(path))
    }
}

fn own(name: &str, private: PathBuf, public: &Path) -> Result<Entry, KeyringError> {
    let key = super::signer::read_openssh_public(public)
        .and_then(|key| PublicKey::ed25519(Scheme::Ed25519, *key.point()).map_err(SecretError::Key))
        .map_err(|error| KeyringError::Entry(public.to_owned(), error))?;
    Ok(Entry { name: name.to_owned(), public: key, home: Home::Own(private) })
}

fn imported(name: &str, path: &Path) -> Result<Entry, KeyringError> {
    let bytes = store::read(path, MAX_KEY_BYTES)?;
    let document: Imported = serde_json::from_slice(&bytes)
        .map_err(|error| KeyringError::File(PathError::new("read", path, error.into())))?;
    let public = PublicKey::from_text(document.scheme, &document.public)
        .map_err(|error| KeyringError::Entry(path.to_owned(), SecretError::Key(error)))?;
    let home = document.path.map_or(Home::Agent, Home::File);
    Ok(Entry { name: name.to_owned(), public, home })
}

fn is_name(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && Path::new(text).extension().is_none_or(|end| end != "pub" && end != "json")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEEGN4czi4pr1mkgeBxz0+u7o1CcKkc5C5ztYZ8AKuMZ";

    #[test]
    fn a_key_is_found_by_each_of_its_names() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Keyring::new(folder.path().join("keys"));
        assert!(keyring.list().unwrap().is_empty(), "a folder that is not there holds no keys");
        let secret = SecretKey::generate().unwrap();
        let own = keyring.add("work", &secret, None).unwrap();
        assert_eq!(keyring.default_key().unwrap().as_ref(), Some(&own), "the only one");
        let ssh = PublicKey::from_openssh(LINE).unwrap();
        let imported = keyring.import("agent", &ssh, None).unwrap();
        assert_eq!(keyring.list().unwrap(), [imported.clone(), own.clone()]);
        assert_eq!(keyring.default_key().unwrap(), None, "there are two");
        for entry in [&own, &imported] {
            let key = entry.public();
            for text in [entry.name(), key.id().as_str(), &key.fingerprint(), key.person().as_str()] {
                assert_eq!(keyring.find(text).unwrap().as_ref(), Some(entry), "{text}");
            }
        }
        let file = folder.path().join("keys/work");
        assert_eq!(keyring.find(file.to_str().unwrap()).unwrap().as_ref(), Some(&own));
        assert_eq!(keyring.find("nobody").unwrap(), None);
        assert_eq!(own.signer(|| None).unwrap().public(), secret.public());
        assert!(matches!(imported.signer(|| None).unwrap(), Signer::SshKeygen { path: None, .. }));

        assert!(matches!(keyring.add("agent", &secret, None), Err(KeyringError::Taken(_))));
        assert!(matches!(keyring.import("twice", &ssh, None), Err(KeyringError::Known(_))));
        for bad in ["", ".hidden", "../up", "a/b", "a.pub", "a.json", "-f", &"a".repeat(65)] {
            assert!(matches!(keyring.check_free(bad), Err(KeyringError::Name(_))), "{bad}");
        }
    }

    #[test]
    fn a_private_key_put_beside_another_public_one_does_not_sign() {
        let folder = tempfile::tempdir().unwrap();
        let keyring = Keyring::new(folder.path());
        let entry = keyring.add("mine", &SecretKey::generate().unwrap(), None).unwrap();
        store::write(&folder.path().join("mine.pub"), LINE.as_bytes(), Access::Public).unwrap();
        assert!(entry.signer(|| None).is_ok());
        let swapped = keyring.find("mine").unwrap().unwrap();
        assert!(matches!(swapped.signer(|| None), Err(SecretError::Mismatch)));
    }
}
