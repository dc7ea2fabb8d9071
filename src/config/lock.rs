// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! `copyhold.lock`: the upstreams a consumer has pinned.

use serde::{Deserialize, Serialize};

use super::{ConfigError, read_toml};
use crate::domain::Digest;

/// The name of the file, in the folder `copyhold` runs in.
pub const LOCK_FILE: &str = "copyhold.lock";

/// What a consumer has pinned.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The pinned upstreams, sorted by name.
    #[serde(default, rename = "upstream")]
    pub upstreams: Vec<Pin>,
}

/// One pinned upstream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Pin {
    /// The project's name.
    pub name: String,
    /// The digest of its first root: its fingerprint. Absent for an unsigned record.
    pub root: Option<Digest>,
    /// The newest root seen. An older one is a rollback.
    pub root_version: Option<u64>,
    /// The digest of the manifest that was added.
    pub manifest: Digest,
    /// Its version. An older one is a rollback.
    pub manifest_version: u64,
}

impl Lock {
    /// Reads `copyhold.lock`.
    pub fn parse(bytes: &[u8]) -> Result<Self, ConfigError> {
        read_toml(LOCK_FILE, bytes)
    }

    /// Writes the lock, so that equal locks are equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = "# The upstreams this project pins. Made by `copyhold upstream add`.\n\n";
        let body = toml::to_string(self).expect("a lock is plain tables");
        format!("{head}{body}").into_bytes()
    }

    /// Pins `pin`, in place of an earlier pin of the same name.
    pub fn set(&mut self, pin: Pin) {
        self.upstreams.retain(|other| other.name != pin.name);
        self.upstreams.push(pin);
        self.upstreams.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_read_back() {
        let mut lock = Lock::default();
        for (name, root) in [("b", Some(Digest::from_bytes([1; 32]))), ("a", None), ("b", None)] {
            let manifest = Digest::from_bytes([2; 32]);
            lock.set(Pin { name: name.into(), root, root_version: None, manifest, manifest_version: 7 });
        }
        assert_eq!(lock.upstreams.len(), 2);
        assert_eq!(Lock::parse(&lock.to_bytes()).unwrap(), lock);
        assert!(Lock::parse(b"[[upstream]]\nname = \"a\"\nrot = \"x\"").is_err());
    }
}
