// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the derivative's own people signed about its works.

use std::collections::BTreeMap;

use crate::audit::Standing;
use crate::domain::{Digest, DutyName, WorkPath};
use crate::manifest::WorkLeaf;
use crate::scan::Seen;
use crate::sign::statement::Item;
use crate::verify::Target;

/// What was signed, by the work's path and bytes: a word on other bytes says nothing of these.
pub(super) struct Own<'a> {
    leaves: BTreeMap<(&'a WorkPath, Digest), &'a WorkLeaf>,
    items: BTreeMap<(&'a WorkPath, Digest), Vec<Attested<'a>>>,
}

/// One item of a signed statement, and whose word it is.
pub(super) struct Attested<'a> {
    item: &'a Item,
    by: String,
    pub(super) text: Option<&'a str>,
    duty: Option<DutyName>,
}

impl<'a> Own<'a> {
    pub(super) fn read(target: &Target<'a>) -> Self {
        let works = target.record.into_iter().flat_map(crate::manifest::Record::works);
        let leaves = works.map(|work| ((&work.path, work.sha256), work)).collect();
        let mut items: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (stated, standing) in target.statements.held.values() {
            let contribution = stated.statement.predicate();
            let who = &contribution.contributor;
            let key = who.key.read().map(|key| key.id().to_string()).unwrap_or_default();
            let by = match (&who.name, standing) {
                (Some(name), Standing::Accepted) => format!("{name} ({key})"),
                (Some(name), _) => format!("{name} ({key}, not accepted by a manifest)"),
                (None, Standing::Accepted) => key,
                (None, _) => format!("{key}, not accepted by a manifest"),
            };
            for item in &contribution.items {
                let index = usize::try_from(item.subject).unwrap_or(usize::MAX);
                let Some(subject) = stated.statement.subjects().get(index) else { continue };
                let said: &mut Vec<_> = items.entry((&subject.name, subject.digest.sha256)).or_default();
                let by = || by.clone();
                said.push(Attested { item, by: by(), text: None, duty: None });
                said.extend(item.attests.iter().map(|attestation| Attested {
                    item,
                    by: by(),
                    text: attestation.text.as_deref(),
                    duty: Some(attestation.duty),
                }));
            }
        }
        Self { leaves, items }
    }

    /// Returns the work's leaf in the derivative's record, if it is about these bytes.
    pub(super) fn leaf(&self, work: &'a Seen) -> Option<&'a WorkLeaf> {
        self.leaves.get(&(&work.path, work.sha256)).copied()
    }

    /// Returns what statements say of these bytes, with whose word it is.
    pub(super) fn items(&self, work: &'a Seen) -> impl Iterator<Item = (&'a Item, &str)> {
        let words = self.items.get(&(&work.path, work.sha256)).map_or(&[][..], Vec::as_slice);
        words.iter().filter(|word| word.duty.is_none()).map(|word| (word.item, word.by.as_str()))
    }

    pub(super) fn attested(&self, work: &'a Seen, duty: DutyName) -> Option<&Attested<'a>> {
        let words = self.items.get(&(&work.path, work.sha256))?;
        words.iter().find(|word| word.duty == Some(duty))
    }

    /// Returns every word on a duty, of whatever work.
    pub(super) fn all(&self, duty: DutyName) -> impl Iterator<Item = &Attested<'a>> {
        self.items.values().flatten().filter(move |word| word.duty == Some(duty))
    }
}

impl Attested<'_> {
    pub(super) fn by(&self) -> &str {
        &self.by
    }

    pub(super) fn shown(&self) -> String {
        match self.text {
            Some(text) => format!("{}: {text}", self.by),
            None => self.by.clone(),
        }
    }
}
