// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What makes signatures: a secret key in memory, or `ssh-keygen`.

use std::fmt;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use super::pae::{BadSignature, Namespace};
use super::secret::{MAX_KEY_BYTES, SecretError, SecretKey, public_path};
use crate::domain::{KeyError, KeyId, PublicKey};
use crate::store;

/// One key that can sign.
#[derive(Debug)]
pub enum Signer {
    /// A key in memory, of scheme `ed25519`.
    Raw(SecretKey),
    /// A key `ssh-keygen` signs with, of an `sshsig` scheme.
    SshKeygen {
        /// The key.
        public: PublicKey,
        /// Its private file, or its public file where an agent or a hardware key holds the secret;
        /// absent, the agent is asked.
        path: Option<PathBuf>,
    },
}

/// Why nothing was signed.
#[derive(Debug)]
#[non_exhaustive]
pub enum SignError {
    /// There is no `ssh-keygen` to sign with.
    NoSshKeygen,
    /// `ssh-keygen` could not be run.
    Run(io::Error),
    /// `ssh-keygen` did not sign; it has said why on standard error.
    SshKeygen(ExitStatus),
    /// What came back is no signature by this key.
    Bad(BadSignature),
    /// The key has signed this payload before.
    AlreadySigned(KeyId),
    /// An envelope holds no more signatures.
    TooManySignatures,
    /// No key was given to sign with.
    NoSigner,
    /// What was read is not what would be signed.
    OtherPayload,
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSshKeygen => {
                f.write_str("`ssh-keygen` is not installed; an OpenSSH key signs through it")
            }
            Self::Run(_) => f.write_str("cannot run `ssh-keygen`"),
            Self::SshKeygen(status) => write!(f, "`ssh-keygen` did not sign ({status})"),
            Self::Bad(_) => f.write_str("the new signature does not hold"),
            Self::AlreadySigned(key) => write!(f, "key {key} has signed already"),
            Self::TooManySignatures => f.write_str("the envelope holds no more signatures"),
            Self::NoSigner => f.write_str("no key was given to sign with"),
            Self::OtherPayload => f.write_str("the document that was read is not the one to be signed"),
        }
    }
}

impl std::error::Error for SignError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Run(error) => Some(error),
            Self::Bad(why) => Some(why),
            _ => None,
        }
    }
}

impl Signer {
    /// Returns the public key the signatures are checked with.
    pub fn public(&self) -> &PublicKey {
        match self {
            Self::Raw(secret) => secret.public(),
            Self::SshKeygen { public, .. } => public,
        }
    }

    /// Signs `message` and returns the bytes an envelope holds for it.
    pub(super) fn sign(&self, namespace: Namespace, message: &[u8]) -> Result<Vec<u8>, SignError> {
        match self {
            Self::Raw(secret) => Ok(secret.sign(message).to_vec()),
            Self::SshKeygen { path: Some(path), .. } => ssh_keygen(path, namespace, message),
            Self::SshKeygen { public, path: None } => {
                let mut file = tempfile::Builder::new().suffix(".pub").tempfile().map_err(SignError::Run)?;
                writeln!(file, "{}", public.to_openssh()).map_err(SignError::Run)?;
                ssh_keygen(file.path(), namespace, message)
            }
        }
    }
}

/// Reads the public key of an OpenSSH key file, private or public. It signs as `sshsig-…`.
pub fn read_openssh_public(path: &Path) -> Result<PublicKey, SecretError> {
    let bytes = zeroize::Zeroizing::new(store::read(path, MAX_KEY_BYTES)?);
    let text = std::str::from_utf8(&bytes).map_err(|_| SecretError::Unreadable)?;
    if !text.starts_with("-----BEGIN") {
        return public_line(text).map_err(SecretError::Key);
    }
    // The format holds the public key in the clear, also where the private one is sealed.
    if let Ok(private) = ssh_key::PrivateKey::from_openssh(text) {
        let line = private.public_key().to_openssh().map_err(|_| SecretError::Unreadable)?;
        return public_line(&line).map_err(SecretError::Key);
    }
    let beside = store::read(&public_path(path), MAX_KEY_BYTES).map_err(|_| SecretError::Unreadable)?;
    let line = std::str::from_utf8(&beside).map_err(|_| SecretError::Unreadable)?;
    public_line(line).map_err(SecretError::Key)
}

fn public_line(line: &str) -> Result<PublicKey, KeyError> {
    PublicKey::from_openssh(line).map_err(|error| match line.split_whitespace().next() {
        // Kinds the parser does not even know.
        Some(kind) if error == KeyError::Unreadable && kind.contains("ecdsa") => {
            KeyError::Unsupported(kind.to_owned())
        }
        _ => error,
    })
}

/// Has `ssh-keygen` sign. It asks for passphrases on the terminal itself, speaks to the agent, and
/// tells on standard error when a hardware key waits to be touched.
fn ssh_keygen(path: &Path, namespace: Namespace, message: &[u8]) -> Result<Vec<u8>, SignError> {
    let mut child = Command::new("ssh-keygen")
        .args(["-q", "-Y", "sign", "-n", namespace.as_str(), "-f"])
        .arg(path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => SignError::NoSshKeygen,
            _ => SignError::Run(error),
        })?;
    let mut stdin = child.stdin.take().expect("standard input was piped");
    let written = stdin.write_all(message);
    drop(stdin);
    // It writes its few lines only once it has read everything, so neither waits for the other.
    let output = child.wait_with_output().map_err(SignError::Run)?;
    if !output.status.success() {
        return Err(SignError::SshKeygen(output.status));
    }
    written.map_err(SignError::Run)?;
    Ok(output.stdout)
}
