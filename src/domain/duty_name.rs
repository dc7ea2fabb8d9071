// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a license asks of whoever passes a work on, by the name it has in reports and statements.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One thing a derivative must do or leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum DutyName {
    /// A license that the source's allows.
    License,
    /// No sharing of changed versions; what may be stated is a change of format alone.
    NoDerivatives,
    /// The copyright notices of the source.
    CopyrightNotices,
    /// The lines of the upstream's NOTICE files; what may be stated is which do not pertain.
    NoticeFile,
    /// Invariant sections and cover texts.
    InvariantSections,
    /// The license's text, or its address where that is enough.
    LicenseText,
    /// The parts of a credit the license lists.
    Attribution,
    /// An acknowledgement in documentation or advertising.
    Acknowledgement,
    /// A mark on what was changed, dated where that is asked.
    ChangesMarked,
    /// The form preferred for changing the work.
    Source,
    /// The source for those who use the work over a network.
    NetworkSource,
    /// The legal notices of an interactive program.
    InteractiveNotice,
    /// No further restrictions.
    NoAddedRestrictions,
    /// No technical protection measures.
    NoProtection,
    /// Another name for a changed version.
    ReservedNames,
    /// No commercial use.
    NonCommercial,
    /// No use the license excludes.
    UseRestrictions,
    /// No claim of endorsement.
    NoEndorsement,
    /// The license's patent clause.
    Patents,
}

impl DutyName {
    /// The duties a contributor can state to keep, because their keeping is not seen in a tree.
    pub const ATTESTABLE: [Self; 12] = [
        Self::NonCommercial,
        Self::UseRestrictions,
        Self::NoEndorsement,
        Self::Patents,
        Self::NetworkSource,
        Self::InteractiveNotice,
        Self::Acknowledgement,
        Self::Source,
        Self::ReservedNames,
        Self::InvariantSections,
        Self::NoticeFile,
        Self::NoDerivatives,
    ];

    /// Returns it as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::License => "license",
            Self::NoDerivatives => "no-derivatives",
            Self::CopyrightNotices => "copyright-notices",
            Self::NoticeFile => "notice-file",
            Self::InvariantSections => "invariant-sections",
            Self::LicenseText => "license-text",
            Self::Attribution => "attribution",
            Self::Acknowledgement => "acknowledgement",
            Self::ChangesMarked => "changes-marked",
            Self::Source => "source",
            Self::NetworkSource => "network-source",
            Self::InteractiveNotice => "interactive-notice",
            Self::NoAddedRestrictions => "no-added-restrictions",
            Self::NoProtection => "no-protection",
            Self::ReservedNames => "reserved-names",
            Self::NonCommercial => "non-commercial",
            Self::UseRestrictions => "use-restrictions",
            Self::NoEndorsement => "no-endorsement",
            Self::Patents => "patents",
        }
    }

    /// Finds one that can be stated, by its name.
    pub fn attestable(text: &str) -> Option<Self> {
        Self::ATTESTABLE.into_iter().find(|duty| duty.as_str() == text)
    }
}

impl fmt::Display for DutyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_documents_say() {
        for duty in DutyName::ATTESTABLE {
            assert_eq!(serde_json::json!(duty), duty.as_str());
            assert_eq!(DutyName::attestable(duty.as_str()), Some(duty));
        }
        assert_eq!(DutyName::attestable("license"), None, "the tree shows it, so nobody's word is asked");
    }
}
