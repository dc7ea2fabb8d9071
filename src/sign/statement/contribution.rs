// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A contribution: who did what to which works, under which license, from where.

use serde::{Deserialize, Serialize};

use super::{Contributor, Predicate, ProjectRef, StatementError, Subject};
use crate::domain::{Digest, DutyName, Instant, LicenseExpr, Relation, Role, WorkPath};

/// What a contributor states about works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Contribution {
    /// The project the works are contributed to.
    pub project: ProjectRef,
    /// Who states it, with the key that signs.
    pub contributor: Contributor,
    /// What the contributor certifies; absent where nothing but the facts is stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declaration: Option<Declaration>,
    /// What the contributor offers all works under that have no license of their own here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outbound_license: Option<LicenseExpr>,
    /// One entry for each subject.
    pub items: Vec<Item>,
    /// Tools that made part of the works.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assistance: Vec<Assistance>,
    /// When the contributor says this was stated. Nothing is decided by it.
    pub stated_at: Instant,
}

/// What the contributor certifies about their right to contribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Declaration {
    /// The text that is certified.
    pub text: DeclarationText,
    /// The clause of it that applies.
    pub clause: Clause,
}

/// A text contributors certify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum DeclarationText {
    /// The Developer Certificate of Origin, version 1.1 (<https://developercertificate.org/>).
    #[serde(rename = "DCO-1.1")]
    Dco11,
}

/// A clause of the Developer Certificate of Origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Clause {
    /// Created by the contributor, in whole or in part.
    A,
    /// Based upon previous work that may be passed on under the license.
    B,
    /// Provided by somebody who certified it.
    C,
    /// Public, with the record of it.
    D,
}

/// What was done to one work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Item {
    /// The work, as its index among the subjects, from 0.
    pub subject: u32,
    /// What was done.
    pub act: Act,
    /// The parts the contributor had in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// What the contributor offers this work under; absent where `outboundLicense` says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<LicenseExpr>,
    /// Copyright notices of the work, without addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copyright: Vec<String>,
    /// What the work is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Who is to be named as its creators, without addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub creators: Vec<String>,
    /// Where the work is to be found, as a URI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What was changed in it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<String>,
    /// Duties toward upstreams that no tree shows and the contributor says are kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attests: Vec<Attestation>,
    /// The works it comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Source>,
}

/// The contributor's word that a duty is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Attestation {
    /// The duty.
    pub duty: DutyName,
    /// How it is kept, in words: an address, the lines that do not pertain, what was converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What a contributor did to a work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Act {
    /// Made it.
    Created,
    /// Changed what others had made.
    Modified,
    /// Put it into another language.
    Translated,
    /// Put it into another format or medium.
    Converted,
    /// Brought it in from elsewhere unchanged.
    Imported,
    /// Looked it over and stands by it.
    Reviewed,
}

/// A work that another one comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The digest of its bytes.
    pub sha256: Digest,
    /// How the subject relates to it.
    pub relation: Relation,
    /// What it was received under.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<LicenseExpr>,
    /// Where it was found, as URIs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locator: Vec<String>,
    /// The name of the upstream it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
    /// Its path there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<WorkPath>,
    /// The digests of the notices that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notice_sha256: Vec<Digest>,
}

/// A tool that made part of the works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Assistance {
    /// What the tool did.
    pub kind: AssistanceKind,
    /// The tool's name and version, as in `name:version`.
    pub tool: String,
    /// How much of the works it made.
    pub extent: AssistanceExtent,
    /// Whether the contributor has gone through what it made.
    pub reviewed: bool,
}

/// What a tool did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum AssistanceKind {
    /// Generated what had not been there.
    Generative,
    /// Put it into another language.
    Translation,
    /// Changed it by rule, as a formatter does.
    Transformation,
}

/// How much of the works a tool made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum AssistanceExtent {
    /// Little that matters.
    Minor,
    /// Part.
    Partial,
    /// All or nearly all.
    Whole,
}

impl Predicate for Contribution {
    const TYPE: &'static str = "https://w3id.org/copyhold/contribution/v0.1";

    fn check(&self, subjects: &[Subject]) -> Result<(), StatementError> {
        self.contributor.check()?;
        let mut items = vec![0; subjects.len()];
        for item in &self.items {
            let index = usize::try_from(item.subject).unwrap_or(usize::MAX);
            *items.get_mut(index).ok_or(StatementError::NoSuchSubject(item.subject))? += 1;
            let texts = item.copyright.iter().chain(&item.creators).chain(&item.title).chain(&item.changes);
            let texts = texts.chain(item.attests.iter().filter_map(|attestation| attestation.text.as_ref()));
            if let Some(text) = texts.into_iter().find(|text| text.split_whitespace().any(is_address)) {
                return Err(StatementError::Address(text.clone()));
            }
        }
        match subjects.iter().zip(items).find(|(_, count)| *count != 1) {
            Some((subject, _)) => Err(StatementError::ItemCount(subject.name.clone())),
            None => Ok(()),
        }
    }
}

/// Returns `text` without the e-mail addresses in it, as a notice is written into a statement.
pub fn without_addresses(text: &str) -> String {
    text.split_whitespace().filter(|word| !is_address(word)).collect::<Vec<_>>().join(" ")
}

/// Returns whether a word is written as an address: `a@b.c`, in whatever brackets.
fn is_address(word: &str) -> bool {
    let word = word.strip_prefix("mailto:").unwrap_or(word);
    word.rsplit_once('@').is_some_and(|(local, host)| {
        let local = local.trim_start_matches(|c: char| !c.is_alphanumeric());
        // A locator such as `git+https://host/path@commit` is none.
        !local.is_empty() && !local.contains('/') && host.trim_end_matches('.').contains('.')
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::sign::canonical::to_jcs;
    use crate::sign::{Envelope, Namespace, OpenError, PayloadType, SecretKey, Signer, Statement};

    fn signer(seed: u8) -> Signer {
        Signer::Raw(SecretKey::from_seed(&[seed; 32]).unwrap())
    }

    fn document() -> Value {
        let key = signer(1).public().clone();
        json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [
                {"name": "a.rs", "digest": {"sha256": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}},
                {"name": "b.rs", "digest": {"sha256": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}}
            ],
            "predicateType": "https://w3id.org/copyhold/contribution/v0.1",
            "predicate": {
                "project": {"name": "merge-kit"},
                "contributor": {
                    "id": key.person(), "name": "Alice", "links": ["https://orcid.org/0000-0002-1825-0097"],
                    "key": {"scheme": "ed25519", "public": key.to_text()}
                },
                "declaration": {"text": "DCO-1.1", "clause": "b"},
                "outboundLicense": "GPL-3.0-or-later",
                "items": [
                    {"subject": 0, "act": "created", "roles": ["https://credit.niso.org/contributor-roles/software/"]},
                    {"subject": 1, "act": "modified", "copyright": ["2020 Bob"], "from": [{
                        "sha256": "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
                        "relation": "descendantOf", "license": "GPL-2.0-or-later",
                        "locator": ["git+https://example.org/up@0123#src/m.rs"]
                    }]}
                ],
                "assistance": [{"kind": "generative", "tool": "x:1", "extent": "partial", "reviewed": true}],
                "statedAt": "2026-11-22T14:00:00Z"
            }
        })
    }

    fn envelope(document: &Value, by: &[&Signer]) -> Envelope {
        let payload = to_jcs(document).unwrap();
        Envelope::seal(PayloadType::InToto, payload, Namespace::Statement, by).unwrap()
    }

    fn read(document: &Value) -> Result<Statement<Contribution>, StatementError> {
        let verified = envelope(document, &[&signer(1)]);
        let verified =
            verified.open(PayloadType::InToto, Namespace::Statement, [signer(1).public()]).unwrap();
        Statement::read(verified).map(crate::sign::Verified::into_inner)
    }

    #[test]
    fn a_contribution_is_written_as_it_was_read() {
        let statement = read(&document()).unwrap();
        assert_eq!(statement.to_payload().unwrap(), to_jcs(&document()).unwrap());
        let again = Statement::new(statement.subjects().to_vec(), statement.predicate().clone()).unwrap();
        assert_eq!(again, statement);
        let mut newer = document();
        newer["predicate"]["mood"] = json!("good");
        assert_eq!(read(&newer).unwrap(), statement, "a field that is not known is ignored");
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let cases: [(&str, Value, &str); 14] = [
            ("/_type", json!("x"), "`x` is no in-toto statement (v1)"),
            ("/predicateType", json!("x"), "a statement of type `x`"),
            ("/subject", json!([]), "a statement has 1 to 1024 subjects, this one has 0"),
            ("/subject/1/name", json!("a.rs"), "two subjects are named `a.rs`"),
            ("/subject/1/name", json!("../a"), "the document cannot be read"),
            ("/subject/1/digest/sha1", json!("00"), "the document cannot be read"),
            ("/predicate/items/1/subject", json!(2), "an item names subject 2, which there is not"),
            ("/predicate/items/1/subject", json!(0), "the subject `a.rs` has not exactly one item"),
            ("/predicate/items/1/act", json!("stolen"), "the document cannot be read"),
            (
                "/predicate/contributor/name",
                json!("alice@home"),
                "`alice@home` looks like an e-mail address; a signed statement is public for ever and holds none",
            ),
            (
                "/predicate/contributor/links/0",
                json!("mailto:a@b.c"),
                "`mailto:a@b.c` looks like an e-mail address; a signed statement is public for ever and holds none",
            ),
            (
                "/predicate/items/1/copyright/0",
                json!("2020 Bob <bob@b.org>"),
                "`2020 Bob <bob@b.org>` looks like an e-mail address; a signed statement is public for ever and holds none",
            ),
            (
                "/predicate/contributor/id",
                json!(signer(2).public().person()),
                "the contributor's id is not that of the key beside it",
            ),
            ("/predicate/statedAt", json!("2026-11-22T14:00:00.5Z"), "the document cannot be read"),
        ];
        for (pointer, value, expected) in cases {
            let mut changed = document();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            match changed.pointer_mut(parent).unwrap() {
                Value::Array(values) => values[key.parse::<usize>().unwrap()] = value,
                parent => parent[key] = value,
            }
            assert_eq!(read(&changed).unwrap_err().to_string(), expected, "{pointer}");
        }
    }

    #[test]
    fn a_stranger_is_believed_about_their_own_key_only() {
        let (alice, bob) = (signer(1), signer(2));
        let opened = envelope(&document(), &[&alice, &bob]).self_asserted().unwrap();
        assert_eq!(opened.signers().iter().collect::<Vec<_>>(), [alice.public()]);
        assert_eq!(opened.unknown().iter().collect::<Vec<_>>(), [&bob.public().id()]);
        assert!(matches!(envelope(&document(), &[&bob]).self_asserted(), Err(OpenError::NoKnownKey(_))));
        let mut other_id = document();
        other_id["predicate"]["contributor"]["id"] = json!(bob.public().person());
        assert!(matches!(envelope(&other_id, &[&alice]).self_asserted(), Err(OpenError::ContributorKey)));
        let mut other_key = document();
        other_key["predicate"]["contributor"]["key"]["scheme"] = json!("sshsig-ed25519");
        assert!(matches!(envelope(&other_key, &[&alice]).self_asserted(), Err(OpenError::ContributorKey)));
    }

    #[test]
    fn addresses_are_taken_out_and_locators_stay() {
        for (text, expected) in [
            ("2020 Bob <bob@b.org>", "2020 Bob"),
            ("mailto:bob@b.org.", ""),
            ("Bob at b.org, @bob", "Bob at b.org, @bob"),
            ("git+https://example.org/up@v1.0", "git+https://example.org/up@v1.0"),
        ] {
            assert_eq!(without_addresses(text), expected);
        }
    }
}
