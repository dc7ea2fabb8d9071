// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Files that look as if they held a secret. They are never traced: a fingerprint can be tried
//! against guesses.

/// Names, in lowercase, of files with passwords, tokens and keys.
const NAMES: [&str; 14] = [
    ".env",
    ".netrc",
    ".htpasswd",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".git-credentials",
    "credentials",
    "credentials.json",
    "secrets.json",
    "secrets.yaml",
    "secrets.yml",
    "secrets.toml",
    "shadow",
];

/// Endings, in lowercase.
const ENDINGS: [&str; 11] =
    [".pem", ".key", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".gpg", ".asc", ".ppk", ".ovpn"];

/// Starts, in lowercase.
const STARTS: [&str; 4] = [".env.", "id_rsa", "id_ed25519", "id_ecdsa"];

/// What stands in a file with a key or token.
const CONTENTS: [&[u8]; 6] = [
    b"PRIVATE KEY-----",
    b"PRIVATE KEY BLOCK-----",
    b"AWS_SECRET_ACCESS_KEY=",
    b"aws_secret_access_key =",
    b"PuTTY-User-Key-File",
    b"AGE-SECRET-KEY-1",
];

/// Returns whether a file looks as if it held a secret, by its name or its content.
pub fn looks_secret(name: &str, bytes: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    NAMES.contains(&name.as_str())
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || STARTS.iter().any(|start| name.starts_with(start))
        || CONTENTS.iter().any(|text| memchr::memmem::find(bytes, text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_name_and_content() {
        for name in [".env", ".env.local", "server.PEM", "id_rsa", "id_ed25519.bak", "tls.key"] {
            assert!(looks_secret(name, b""), "{name}");
        }
        for name in ["keys.rs", "environment.py", "identity.c", "monkey", "README.md"] {
            assert!(!looks_secret(name, b"a text"), "{name}");
        }
        let key = concat!("x = '''-----BEGIN RSA PRIVATE", " KEY-----\nMII");
        assert!(looks_secret("deploy.py", key.as_bytes()));
    }
}
