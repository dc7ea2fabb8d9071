// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Secret keys at rest and in memory.

use std::fmt;
use std::io;
use std::path::Path;

use ed25519_dalek::{Signer as _, SigningKey};
use ssh_key::private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData};
use ssh_key::public::Ed25519PublicKey;
use ssh_key::{Cipher, Kdf, LineEnding, PrivateKey};
use zeroize::Zeroizing;

use crate::domain::{KeyError, PublicKey, Scheme};
use crate::store::{self, Access, PathError};

/// The largest key file that is read, in bytes.
pub(super) const MAX_KEY_BYTES: u64 = 64 << 10;

/// How long a passphrase is stretched: `ssh-keygen`'s own default since OpenSSH 9.4 is 24 rounds.
const ROUNDS: u32 = 24;

/// A secret that signs as `ed25519`. It is wiped from memory when dropped and never printed.
pub struct SecretKey {
    signing: SigningKey,
    public: PublicKey,
}

/// Why a key cannot be made, kept or used.
#[derive(Debug)]
#[non_exhaustive]
pub enum SecretError {
    /// The system gives no random bytes.
    Random(io::Error),
    /// The file cannot be read or written.
    File(PathError),
    /// It is no OpenSSH private key.
    Unreadable,
    /// It is a key copyhold does not take.
    Key(KeyError),
    /// It wants a passphrase, and none was given.
    Locked,
    /// The passphrase does not open it.
    WrongPassphrase,
    /// The private file and the public file beside it are not one key.
    Mismatch,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Random(_) => f.write_str("the system gives no random bytes"),
            Self::File(error) => error.fmt(f),
            Self::Unreadable => f.write_str("not an OpenSSH private key"),
            Self::Key(error) => error.fmt(f),
            Self::Locked => f.write_str("the key wants a passphrase"),
            Self::WrongPassphrase => f.write_str("the passphrase does not open the key"),
            Self::Mismatch => f.write_str("the private key does not belong to the public key beside it"),
        }
    }
}

impl std::error::Error for SecretError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Random(error) => Some(error),
            Self::File(error) => error.source(),
            _ => None,
        }
    }
}

impl From<PathError> for SecretError {
    fn from(error: PathError) -> Self {
        Self::File(error)
    }
}

impl SecretKey {
    /// Makes a new key from the system's random bytes.
    pub fn generate() -> Result<Self, SecretError> {
        let mut seed = Zeroizing::new([0; 32]);
        fill(&mut *seed)?;
        Self::from_seed(&seed)
    }

    /// Takes the 32 bytes RFC 8032 calls the private key.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, SecretError> {
        let signing = SigningKey::from_bytes(seed);
        let public = PublicKey::ed25519(Scheme::Ed25519, signing.verifying_key().to_bytes())
            .map_err(SecretError::Key)?;
        Ok(Self { signing, public })
    }

    /// Returns the public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Returns the 64 bytes of the signature over `message`.
    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.signing.sign(message).to_bytes()
    }

    /// Writes the key to `path` as an OpenSSH private key its owner alone can read, sealed with the
    /// passphrase where there is one, and its public half to `path` with `.pub`. What is there stays,
    /// and is an error.
    pub fn write_new(&self, path: &Path, passphrase: Option<&str>) -> Result<(), SecretError> {
        let mut random = Zeroizing::new([0; 20]);
        fill(&mut *random)?;
        let (checkint, salt) = random.split_first_chunk().expect("20 bytes are more than 4");
        let pair = Ed25519Keypair {
            public: Ed25519PublicKey(*self.public.point()),
            private: Ed25519PrivateKey::from_bytes(&Zeroizing::new(self.signing.to_bytes())),
        };
        let mut key = PrivateKey::new(KeypairData::Ed25519(pair), "").map_err(|_| SecretError::Unreadable)?;
        if let Some(passphrase) = passphrase {
            let kdf = Kdf::Bcrypt { salt: salt.to_vec(), rounds: ROUNDS };
            key = key
                .encrypt_with(Cipher::Aes256Ctr, kdf, u32::from_be_bytes(*checkint), passphrase)
                .map_err(|_| SecretError::WrongPassphrase)?;
        }
        let text = key.to_openssh(LineEnding::LF).map_err(|_| SecretError::Unreadable)?;
        store::write_new(path, text.as_bytes(), Access::Private)?;
        let line = format!("{}\n", self.public.to_openssh());
        store::write_new(&public_path(path), line.as_bytes(), Access::Public)?;
        Ok(())
    }

    /// Reads an OpenSSH private key that nobody but its owner can read. `passphrase` is asked for
    /// only where the key is sealed.
    pub fn load(
        path: &Path,
        passphrase: impl FnOnce() -> Option<Zeroizing<String>>,
    ) -> Result<Self, SecretError> {
        let bytes = Zeroizing::new(store::read_private(path, MAX_KEY_BYTES)?);
        let mut key = PrivateKey::from_openssh(&*bytes).map_err(|_| SecretError::Unreadable)?;
        if key.is_encrypted() {
            let passphrase = passphrase().ok_or(SecretError::Locked)?;
            key = key.decrypt(passphrase.as_bytes()).map_err(|_| SecretError::WrongPassphrase)?;
        }
        let Some(pair) = key.key_data().ed25519() else {
            return Err(SecretError::Key(KeyError::Unsupported(key.algorithm().to_string())));
        };
        let secret = Self::from_seed(&Zeroizing::new(pair.private.to_bytes()))?;
        // A public half that is not the secret's makes a signing oracle (CVE-2022-50237).
        if secret.public.point() == &pair.public.0 { Ok(secret) } else { Err(SecretError::Mismatch) }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public.id())
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), SecretError> {
    getrandom::fill(bytes).map_err(|error| SecretError::Random(io::Error::other(error.to_string())))
}

/// Returns where the public half of the key at `path` lies.
pub(super) fn public_path(path: &Path) -> std::path::PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_loaded_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let secret = SecretKey::generate().unwrap();
        for (name, passphrase) in [("plain", None), ("sealed", Some("a passphrase"))] {
            let path = folder.path().join(name);
            secret.write_new(&path, passphrase).unwrap();
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
            let given = || passphrase.map(|text| Zeroizing::new(text.to_owned()));
            let loaded = SecretKey::load(&path, given).unwrap();
            assert_eq!(loaded.public(), secret.public());
            assert_eq!(loaded.sign(b"message"), secret.sign(b"message"));
            let line = std::fs::read_to_string(public_path(&path)).unwrap();
            assert_eq!(PublicKey::from_openssh(&line).unwrap().point(), secret.public().point());
            assert!(secret.write_new(&path, passphrase).is_err(), "nothing is overwritten");
        }
        let sealed = folder.path().join("sealed");
        assert!(matches!(SecretKey::load(&sealed, || None), Err(SecretError::Locked)));
        let wrong = SecretKey::load(&sealed, || Some(Zeroizing::new("wrong".to_owned())));
        assert!(matches!(wrong, Err(SecretError::WrongPassphrase)));
    }

    #[test]
    fn a_key_others_can_read_is_refused_with_the_repair() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        SecretKey::generate().unwrap().write_new(&path, None).unwrap();
        for mode in [0o640, 0o604, 0o660] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let error = SecretKey::load(&path, || None).unwrap_err();
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(cause.contains("chmod 600"), "{cause}");
        }
    }

    #[test]
    fn the_secret_is_not_printed() {
        let secret = SecretKey::from_seed(&[7; 32]).unwrap();
        assert_eq!(format!("{secret:?}"), format!("SecretKey({})", secret.public().id()));
    }
}
