// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What other people's tools and files say of who had a part, as assertions: never as contributions,
//! which their contributors sign; and what their scanners found of licenses, as facts.

mod facts;
mod people;

use std::collections::BTreeSet;

use crate::domain::{PublicKey, WorkPath};
use crate::manifest::{AssertedBy, Assertions};
use crate::work::Commit;

pub use facts::{FactsForm, Report, facts};
pub use people::{is_list_of_people, people};

/// Trailers that name somebody, in lower case, and the part they tell of.
const TRAILERS: [(&str, &str); 7] = [
    ("co-authored-by", "coAuthored"),
    ("co-developed-by", "coAuthored"),
    ("signed-off-by", "signedOff"),
    ("reviewed-by", "reviewed"),
    ("assisted-by", "assisted"),
    ("generated-by", "assisted"),
    ("tested-by", "tested"),
];

/// Adds what a commit says of who made it. Of the works it touched, those in `works` are told.
pub fn commit(commit: &Commit, works: &BTreeSet<WorkPath>, assertions: &mut Assertions) {
    let touched = || commit.touched.iter().filter(|path| works.contains(path));
    assertions.add(&commit.author, "authored", touched());
    if commit.is_signed {
        assertions.add(&commit.author, "signed", []);
    }
    for (key, value) in &commit.trailers {
        let key = key.to_ascii_lowercase();
        let Some((_, part)) = TRAILERS.iter().find(|(trailer, _)| *trailer == key) else { continue };
        match *part {
            "coAuthored" | "assisted" => assertions.add(value, part, touched()),
            _ => assertions.add(value, part, []),
        }
    }
}

/// Reads a list of keys in the form of OpenSSH's allowed signers (ssh-keygen(1), ALLOWED SIGNERS).
/// Returns the lines, from 1, that name no ed25519 key, or nobody but an address.
pub fn allowed_signers(text: &str) -> (Assertions, Vec<usize>) {
    let mut assertions = Assertions::new(AssertedBy::AllowedSigners);
    let mut passed_over = Vec::new();
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = ["ssh-ed25519 ", "sk-ssh-ed25519@openssh.com "].iter().find_map(|kind| line.find(kind));
        let key = at.map(|at| &line[at..]).and_then(|key| {
            let words: Vec<_> = key.split_whitespace().take(2).collect();
            PublicKey::from_openssh(&words.join(" ")).ok()
        });
        let before = assertions.parts();
        let principals = line.split_whitespace().next().unwrap_or_default();
        let comment = at.and_then(|at| line[at..].splitn(3, ' ').nth(2)).unwrap_or_default();
        if let Some(key) = key {
            // Addresses stand there most often; what is before the sign is a name like another.
            for principal in principals.split(',') {
                let name = principal.split('@').next().unwrap_or_default();
                assertions.add_key(if name.is_empty() { comment } else { name }, key.id());
            }
        }
        if assertions.parts() == before {
            passed_over.push(number);
        }
    }
    (assertions, passed_over)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_names_who_made_it_and_whom_its_trailers_name() {
        let works = BTreeSet::from(["a.c".parse().unwrap()]);
        let trailer = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let mut assertions = Assertions::new(AssertedBy::Git);
        let told = Commit {
            author: "Ann".into(),
            trailers: vec![
                trailer("Co-Authored-By", "Bob <bob@example.org>"),
                trailer("Signed-off-by", "Ann <ann@example.org>"),
                trailer("Assisted-by", "tool:1"),
                trailer("Reviewed-by", "eve@example.org"),
                trailer("Fixes", "Dan"),
            ],
            is_signed: true,
            touched: vec!["a.c".parse().unwrap(), "gone.c".parse().unwrap()],
        };
        commit(&told, &works, &mut assertions);
        let told: Vec<_> = assertions
            .into_leaves()
            .into_iter()
            .map(|leaf| (leaf.name, leaf.parts.into_keys().collect::<Vec<_>>().join(" "), leaf.works.len()))
            .collect();
        let expected =
            [("Ann", "authored signed signedOff", 1), ("Bob", "coAuthored", 1), ("tool:1", "assisted", 1)];
        assert_eq!(told, expected.map(|(name, parts, works)| (name.to_owned(), parts.to_owned(), works)));
    }

    #[test]
    fn allowed_signers_give_keys_to_names_and_never_to_addresses() {
        const KEY: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEEGN4czi4pr1mkgeBxz0+u7o1CcKkc5C5ztYZ8AKuMZ";
        let text =
            format!("# list\nann@example.org,bob namespaces=\"git\" {KEY} x\n\n* ssh-rsa AAAA\n@x {KEY}\n");
        let (assertions, passed_over) = allowed_signers(&text);
        assert_eq!(passed_over, [4, 5]);
        let leaves = assertions.into_leaves();
        let names: Vec<_> = leaves.iter().map(|leaf| leaf.name.as_str()).collect();
        assert_eq!(names, ["ann", "bob"]);
        assert_eq!(leaves[0].keys[0].as_str(), "SHA256:PZFmXGJNnFDfNEGYNJOqny5ob2wDxH69/fVNWyR+zY8");
    }
}
