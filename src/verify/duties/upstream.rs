// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The license texts and NOTICE files of an upstream, read once for all works that come from it.

use std::collections::BTreeSet;

use super::elsewhere::squeezed;
use super::reach::named;
use crate::detect::in_bytes;
use crate::domain::{Digest, LicenseName, WorkPath};
use crate::license::text;
use crate::manifest::{Leaf, Record};

/// A text that travels with an upstream's record.
pub(super) struct TextFile<'a> {
    pub(super) path: &'a WorkPath,
    /// The license it is the text of; none for a NOTICE file.
    pub(super) license: Option<&'a LicenseName>,
    pub(super) text: String,
    /// The copyright notices in it that are not the license's own.
    pub(super) notices: Vec<String>,
    /// Its paragraphs, if it is a NOTICE file.
    pub(super) paragraphs: Vec<Paragraph>,
}

/// A part of a NOTICE file.
pub(super) struct Paragraph {
    /// The works and folders it names.
    pub(super) about: Vec<WorkPath>,
    /// Its lines, blanks collapsed.
    pub(super) lines: Vec<String>,
}

/// What one upstream hands on beside its works.
pub(super) struct UpstreamFiles<'a> {
    pub(super) texts: Vec<TextFile<'a>>,
    /// Its works of forms that pictures and documents are edited in, by folder and stem.
    pub(super) media: BTreeSet<(Option<WorkPath>, &'a str)>,
    /// The digests of its works.
    pub(super) digests: BTreeSet<Digest>,
}

impl<'a> UpstreamFiles<'a> {
    pub(super) fn read(record: &'a Record) -> Self {
        let mut texts = Vec::new();
        let mut media = BTreeSet::new();
        let mut paths: Vec<&WorkPath> = record.works().map(|work| &work.path).collect();
        paths.sort_unstable();
        for leaf in record.leaves() {
            let (path, sha256, license) = match leaf {
                Leaf::Notice(leaf) => (&leaf.path, &leaf.sha256, None),
                Leaf::License(leaf) => (&leaf.path, &leaf.sha256, Some(&leaf.id)),
                Leaf::Work(work) => {
                    let (stem, extension) = super::source::split(work.path.file_name());
                    if super::source::MEDIA.contains(&extension) {
                        media.insert((work.path.parent(), stem));
                    }
                    continue;
                }
                _ => continue,
            };
            let Some(bytes) = record.notice(sha256) else { continue };
            let canonical = license.and_then(text).unwrap_or_default();
            let is_own =
                |notice: &String| notice.contains(['<', '[', '{']) || canonical.contains(notice.as_str());
            let notices = in_bytes(path, bytes).copyright.into_iter().map(|notice| notice.text);
            let notices = notices.filter(|notice| !is_own(notice)).collect();
            let text = String::from_utf8_lossy(bytes).replace('\r', "");
            let paragraphs = if license.is_none() { paragraphs(path, &text, &paths) } else { Vec::new() };
            texts.push(TextFile { path, license, text, notices, paragraphs });
        }
        Self { texts, media, digests: record.works().map(|work| work.sha256).collect() }
    }

    pub(super) fn notice_files(&self) -> impl Iterator<Item = &TextFile<'a>> {
        self.texts.iter().filter(|file| file.license.is_none())
    }
}

fn paragraphs(path: &WorkPath, text: &str, paths: &[&WorkPath]) -> Vec<Paragraph> {
    let folder = path.parent();
    let parts = text.split("\n\n").filter(|part| !part.trim().is_empty());
    parts
        .map(|part| Paragraph {
            about: named(part, folder.as_ref(), paths),
            lines: part.lines().map(squeezed).filter(|line| !line.is_empty()).collect(),
        })
        .collect()
}
