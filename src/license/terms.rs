// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The words facts are written in.

use serde::{Deserialize, Serialize};

/// Gives a vocabulary its words: kebab-case in the fact files, and a sentence for people.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $(= $spelling:literal)? => $says:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $($(#[$vdoc])* $(#[serde(rename = $spelling)])? $variant,)*
        }

        impl $name {
            /// Returns it in words for people.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$variant => $says,)* }
            }
        }
    };
}

words! {
    /// What sort of license it is, from the weakest protection of the commons to none at all.
    Class {
        /// Gives everything up, or asks nothing.
        PublicDomain => "public domain or no conditions",
        /// Asks for notices, not for the same license.
        Permissive => "permissive",
        /// The same license for its own files, modules or library.
        WeakCopyleft => "weak copyleft",
        /// The same license for content, data or fonts derived from it.
        ShareAlike => "share-alike",
        /// The same license for the whole work.
        StrongCopyleft => "strong copyleft",
        /// May be shared, but not for every purpose, or not changed.
        Restricted => "restricted",
        /// All rights reserved.
        Proprietary => "all rights reserved",
    }
}

words! {
    /// What it was written for.
    Kind {
        /// Programs.
        Software => "software",
        /// Texts, pictures, sound, documentation.
        Content => "content",
        /// Databases and data sets.
        Data => "data",
        /// Fonts.
        Font => "fonts",
        /// Hardware designs.
        Hardware => "hardware",
        /// Trained models.
        Model => "models",
    }
}

words! {
    /// How far its terms reach beyond the bytes it covers.
    Reach {
        /// Not at all.
        None => "its own bytes only",
        /// The files or modules that hold some of it.
        File => "files and modules that contain it",
        /// The library, with conditions on what is linked to it.
        Library => "the library, with conditions on what links to it",
        /// The font, never the documents set in it.
        Font => "the font, not documents made with it",
        /// The database, with a notice on what is produced from it.
        Database => "databases derived from it",
        /// What is adapted from it.
        Adaptation => "adaptations of it",
        /// The whole work that contains it.
        Work => "the whole work that contains it",
        /// The whole work, also where it is only used over a network.
        Network => "the whole work, also when only used over a network",
    }
}

words! {
    /// A condition beyond keeping notices, which another license may or may not tolerate.
    Extra {
        /// Advertising must acknowledge.
        Ack => "an acknowledgement in advertising or documentation",
        /// The running program must give credit.
        UiCredit => "credit shown by the running program or its site",
        /// Documentation must give credit.
        DocCredit => "credit in the documentation",
        /// Suing over patents in it ends the patent license.
        PatentRetaliation => "patent rights that end when you sue over it",
        /// Suing over patents ends the whole license.
        PatentDefence => "a license that ends when you sue over patents",
        /// Whose law governs, or where to sue.
        Law => "a choice of law or court",
        /// Names must change or may not be used beyond ordinary non-endorsement.
        Naming => "rules on the name of changed versions",
        /// Changes only in one form (patches), or on set terms.
        DistributionForm => "a set form for distributing changes",
        /// Distributors indemnify others.
        Indemnity => "an indemnity from distributors",
        /// Source code only under itself.
        SourceForm => "source only under the same license",
        /// No technical protection measures.
        Tpm => "a ban on technical protection measures",
        /// Attribution in set parts.
        Attribution => "attribution in set parts",
        /// The database itself only under the same license.
        DataForm => "the database to stay under its terms",
        /// The text of the license with the data.
        DataText => "the license text made available with the data",
    }
}

impl Extra {
    /// Returns whether stewards agree that it is a further restriction. Whether attribution rules and
    /// bans on protection measures are one is what nobody has settled, so they make a verdict unclear
    /// rather than negative.
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Tpm | Self::Attribution | Self::DataText | Self::DataForm)
    }
}

words! {
    /// What a license forbids for good.
    Restriction {
        /// No commercial use.
        Nc = "NC" => "no commercial use",
        /// No sharing of changed versions.
        Nd = "ND" => "no sharing of changed versions",
        /// Not for some purposes or people.
        Use => "not for every purpose",
        /// No rights at all beyond what the law gives.
        Closed => "no right to copy, change or share",
    }
}

words! {
    /// What somebody who shares a derivative has to do. The codes are those of the audit.
    DutyCode {
        /// Copyright notices.
        C = "C" => "keep the copyright notices",
        /// License text.
        L = "L" => "ship the license text",
        /// License text or a link to it.
        Lu = "Lu" => "ship the license text or link to it",
        /// License notices and disclaimers.
        K = "K" => "keep license notices and disclaimers intact",
        /// NOTICE lines.
        N = "N" => "carry on the NOTICE lines",
        /// Attribution.
        A = "A" => "attribute the creators",
        /// Mark changes.
        M = "M" => "mark what you changed",
        /// Mark changes with a date.
        Md = "Md" => "mark what you changed, with the date",
        /// A summary of changes.
        Ms = "Ms" => "summarise what you changed",
        /// Same license, whole work.
        Sw = "Sw" => "put the whole work under the same license",
        /// Same license, file.
        Sf = "Sf" => "keep its files under the same license",
        /// Same license, library.
        Sl = "Sl" => "keep the library under the same license",
        /// Same license, adaptation.
        Sa = "Sa" => "put adaptations under the same license",
        /// Same license, database.
        Sd = "Sd" => "put derived databases under the same license",
        /// Source.
        Src = "Src" => "provide the source",
        /// Network.
        Net = "Net" => "provide the source to users over a network",
        /// No further restrictions.
        R = "R" => "add no further restrictions",
        /// No technical protection.
        T = "T" => "apply no technical protection measures",
        /// Patents.
        P = "P" => "mind its patent clause",
        /// Endorsement.
        E = "E" => "claim no endorsement",
        /// Acknowledgement.
        Ack = "Ack" => "carry its acknowledgement or credit line",
        /// Rename.
        Nm = "Nm" => "rename changed versions where names are reserved",
        /// Use restrictions passed on.
        U = "U" => "pass on its use restrictions",
    }
}

impl DutyCode {
    /// Returns the checks a file tree allows for it (research/compat.md §3.2), none where only a signed
    /// statement can tell.
    pub const fn checks(self) -> &'static [&'static str] {
        match self {
            Self::C | Self::K => &["k1"],
            Self::L => &["k2"],
            Self::Lu => &["k2u"],
            Self::N => &["k3"],
            Self::A => &["k4"],
            Self::M | Self::Md | Self::Ms => &["k5"],
            Self::Sw | Self::Sl | Self::Sa | Self::Sd => &["k6"],
            Self::Sf => &["k6f"],
            Self::Src => &["k7"],
            Self::Net => &["k8n"],
            Self::R | Self::Ack => &["k9"],
            Self::T => &["k10"],
            Self::Nm => &["k11"],
            Self::U => &["k12"],
            Self::P | Self::E => &[],
        }
    }

    /// Returns what it keeps under the same license.
    pub const fn kept(self) -> &'static str {
        match self {
            Self::Sf => "its files",
            Self::Sl => "the library",
            Self::Sa => "adaptations",
            Self::Sd => "derived databases",
            _ => "the whole work",
        }
    }

    /// Returns whether it is one of those that keep a work free: same license, source, nothing on top.
    /// They end with the license where a work leaves it.
    pub const fn is_copyleft(self) -> bool {
        self.is_same_license() || matches!(self, Self::Src | Self::Net | Self::R | Self::T)
    }

    /// Returns whether it asks for the same license, at whatever reach.
    pub const fn is_same_license(self) -> bool {
        matches!(self, Self::Sw | Self::Sf | Self::Sl | Self::Sa | Self::Sd)
    }
}
