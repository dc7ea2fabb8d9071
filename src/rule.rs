// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The one table of what can be wrong.
//!
//! A rule is a code, a name, a level, typed facts, a sentence and what mends it; its doc comment is
//! the page `copyhold explain` prints. Nothing about a rule lives elsewhere. Codes are never used
//! again for something else. Families: CH1xx statements in files, CH2xx integrity and portability,
//! CH3xx signatures, keys and governance, CH4xx the license chain, CH5xx derivatives and duties,
//! CH9xx what could not be looked at.

use std::fmt;

use serde::Serialize;

use crate::domain::{Digest, LicenseExpr, LicenseName, Mode, PathProblem, Relation, WorkPath};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Note,
    /// Likely wrong.
    Warning,
    /// Wrong.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// A rule as the table has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The code, as in `CH101`.
    pub code: &'static str,
    /// The name, as in `no-license`; reads after "allow".
    pub name: &'static str,
    /// How much it weighs.
    pub level: Level,
    /// The lines of its page.
    pub page: &'static [&'static str],
    /// What mends it, with the facts in braces.
    pub help: &'static str,
}

impl Rule {
    /// Finds a rule by its code or its name.
    pub fn find(text: &str) -> Option<&'static Rule> {
        RULES.iter().find(|rule| rule.code.eq_ignore_ascii_case(text) || rule.name == text)
    }

    /// Returns the first line of its page.
    pub fn summary(&self) -> &'static str {
        self.page.first().map_or("", |line| line.trim())
    }
}

/// Expands the table to [`Problem`], [`RULES`] and what each problem says.
macro_rules! rules {
    ($(
        $(#[doc = $page:literal])+
        $code:ident $name:literal $level:ident
        $variant:ident { $($field:ident: $type:ty),* $(,)? } => $sentence:literal, $help:literal;
    )+) => {
        /// Something wrong, with its facts.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Problem {
            $(
                $(#[doc = $page])+
                $variant {
                    $(
                        #[doc = concat!("The fact `", stringify!($field), "`.")]
                        $field: $type
                    ),*
                },
            )+
        }

        /// Every rule, sorted by code.
        pub static RULES: &[Rule] = &[
            $(Rule {
                code: stringify!($code),
                name: $name,
                level: Level::$level,
                page: &[$($page),+],
                help: $help,
            }),+
        ];

        impl Problem {
            /// Returns the problem's rule.
            pub fn rule(&self) -> &'static Rule {
                let code = match self { $(Self::$variant { .. } => stringify!($code),)+ };
                let at = RULES.binary_search_by_key(&code, |rule| rule.code);
                &RULES[at.expect("every variant is expanded from the table, which is sorted")]
            }

            /// Returns what mends it.
            #[expect(unused_variables, reason = "a rule's help need not use its facts")]
            pub fn help(&self) -> String {
                match self { $(Self::$variant { $($field),* } => format!($help),)+ }
            }

            /// Returns the typed facts, by name, without texts that are empty.
            pub fn facts(&self) -> serde_json::Map<String, serde_json::Value> {
                match self {
                    $(Self::$variant { $($field),* } => [
                        $((stringify!($field).to_owned(), serde_json::json!($field))),*
                    ].into_iter().filter(|(_, fact): &(_, serde_json::Value)| fact != "").collect(),)+
                }
            }
        }

        impl fmt::Display for Problem {
            #[expect(unused_variables, reason = "a rule's sentence need not use all of its facts")]
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Self::$variant { $($field),* } => write!(f, $sentence),)+ }
            }
        }
    };
}

rules! {
    /// A work has no license information.
    ///
    /// Nothing in the file, beside it, in REUSE.toml or in the project says under which license it
    /// may be used, so nobody may: without a license all rights stay with the author. A name without a
    /// version it needs, and a text that somebody changed, say too little; they are told.
    CH101 "no-license" Error
    NoLicense { unclear: String } => "no license information{unclear}",
        "state it: a tag in the file, a `.license` file beside it, an entry in REUSE.toml, or a LICENSE file for all";

    /// A license expression cannot be read.
    ///
    /// What a `SPDX-License-Identifier` tag, REUSE.toml or a package manifest says must follow the
    /// grammar of SPDX 3.0.1, annex B.
    CH102 "invalid-expression" Error
    InvalidExpression { expression: String, reason: String, near: String } =>
        "`{expression}` is no SPDX license expression: {reason}", "write an SPDX expression, as in `{near}`";

    /// A license id is on no list.
    ///
    /// The id is neither on the SPDX license list nor a `LicenseRef-` of the project's own. What
    /// it stands for is unknown, and so is everything that would follow from it.
    CH103 "unknown-license" Error
    UnknownLicense { license: LicenseName } => "`{license}` is not on the SPDX license list",
        "use the id from the SPDX license list, or `LicenseRef-{license}` with its text in LICENSES/";

    /// The text of a license that works are under is not in the tree.
    ///
    /// Nearly every license asks that its text travels with the work. REUSE 3.3 asks for it as
    /// `LICENSES/<id>.txt`; a LICENSE or COPYING file with the text is accepted as well.
    CH104 "license-text-missing" Error
    LicenseTextMissing { license: LicenseName, works: usize } =>
        "the text of {license} is not in the tree (works under it: {works})",
        "`copyhold license text {license} > LICENSES/{license}.txt`";

    /// A license text is in LICENSES/ but no work is under it.
    ///
    /// REUSE 3.3 asks that LICENSES/ holds exactly the licenses in use, so that the folder can be
    /// believed.
    CH105 "license-text-unused" Warning
    LicenseTextUnused { license: LicenseName } => "no work is under {license}",
        "remove the file, or state the license where it applies";

    /// A license id is deprecated.
    ///
    /// The SPDX list keeps it for old documents. `GPL-3.0` does not say whether later versions may
    /// be chosen; `GPL-3.0-only` and `GPL-3.0-or-later` do.
    CH106 "deprecated-license" Warning
    DeprecatedLicense { license: LicenseName } => "`{license}` is deprecated on the SPDX license list",
        "use its successor, as in `GPL-3.0-only` for `GPL-3.0`";

    /// A work has no copyright notice.
    ///
    /// Most licenses ask that notices are kept; where there is none, nobody can be credited. REUSE
    /// 3.3 asks for one in every file.
    CH107 "no-copyright" Note
    NoCopyright {} => "no copyright notice", "say whose it is: `SPDX-FileCopyrightText: 2026 Jane Doe`";

    /// A work states no license itself.
    ///
    /// Its license is taken from the project's LICENSE file or package manifest. That is what
    /// people mean, mostly; but a file that leaves the project leaves its license behind.
    CH108 "license-inherited" Note
    LicenseInherited { license: LicenseExpr, source: WorkPath } =>
        "states no license; {license} is taken from {source}", "state it in the file or in REUSE.toml";

    /// A REUSE.toml cannot be read.
    ///
    /// What it says of the works below it is unknown.
    CH109 "broken-reuse-toml" Error
    BrokenReuseToml { reason: String } => "cannot be read as REUSE.toml: {reason}",
        "mend it; https://reuse.software/spec-3.3/ has the format";

    /// A file below LICENSES/ has a name that says nothing.
    ///
    /// REUSE 3.3 asks for one file for each license, named `<SPDX id>.<extension>`.
    CH110 "bad-license-file" Error
    BadLicenseFile { reason: String } => "{reason}", "name it after its license, as in LICENSES/MIT.txt";

    /// A block that is opened is not closed.
    ///
    /// `REUSE-IgnoreStart` without `REUSE-IgnoreEnd` hides every statement to the end of the file; a
    /// snippet without its end is the whole rest of the file.
    CH111 "unclosed-block" Warning
    UnclosedBlock { what: String } => "{what}", "close it";

    /// What a license file means is not known here.
    ///
    /// It holds no text that is known word for word, or several, or says more than its text. What
    /// lies below it and states nothing itself has no known license: the license of the folder above
    /// is not guessed for it.
    CH112 "unclear-license-file" Warning
    UnclearLicenseFile { reason: String } => "{reason}",
        "say what it means: a tag or REUSE.toml for the works below it, or an [[override]] in copyhold.toml";

    /// The words of a file say another license than its tag, or what is stated about it elsewhere.
    ///
    /// A tag, a `.license` file or an entry in REUSE.toml is short, and a notice or a text is what the author
    /// wrote; where they name different licenses, one of them is wrong, or speaks of a part. What is stated is
    /// taken until somebody decides; an entry with `precedence = "override"` decides it.
    CH113 "tag-conflict" Warning
    TagConflict { stated: LicenseExpr, said: LicenseExpr } =>
        "stated is {stated}, the words of the file say {said}",
        "ask who wrote it; then mend the one that is wrong, or put a snippet's license into a snippet";

    /// An override of copyhold.toml is about nothing any more.
    ///
    /// It names works that are not there, or other bytes than they have. What somebody found out about a
    /// work need not hold for what it became, so the override is not applied.
    CH114 "stale-override" Warning
    StaleOverride { paths: String, reason: String } => "the override of {paths} does not apply: {reason}",
        "look at the work again; then mend or remove the [[override]] in copyhold.toml";

    /// A package manifest cannot be read.
    ///
    /// It may declare a license for its folder, so nothing below it takes the license of what lies above
    /// or beside it.
    CH115 "broken-manifest" Error
    BrokenManifest { reason: String } => "this package manifest cannot be read: {reason}",
        "mend it, or take it out of the tree";

    /// A package manifest declares another license than the license file beside it.
    ///
    /// The manifest is what registries show, the text is what recipients get. One of them is wrong, or one
    /// of them is about a part only. The manifest is taken until somebody decides.
    CH116 "manifest-conflict" Warning
    ManifestConflict { declared: LicenseExpr, text: LicenseExpr } =>
        "the manifest says {declared}, the license file beside it has the text of {text}",
        "ask who wrote it; then mend the manifest or put the right text beside it";

    /// A work's bytes are not the recorded ones.
    ///
    /// Either the work or the record changed after signing.
    CH201 "digest-mismatch" Error
    DigestMismatch { recorded: Digest, actual: Digest } => "recorded as sha256:{recorded}, is sha256:{actual}",
        "restore the work, or have a maintainer record it anew: `copyhold manifest`";

    /// A recorded work is not in the tree.
    CH202 "work-missing" Error
    WorkMissing { recorded: Digest } => "recorded, but not in the tree",
        "restore the work, or have a maintainer record the tree anew: `copyhold manifest`";

    /// A work of the tree is not in its record.
    ///
    /// The record says nothing of it: not its license, not whose it is.
    CH203 "work-not-recorded" Warning
    WorkNotRecorded {} => "not in the record", "have a maintainer record the tree anew: `copyhold manifest`";

    /// Two paths fall together on a file system that ignores case or Unicode composition.
    ///
    /// On such a system (macOS, Windows) one of the two works is lost at checkout.
    CH204 "path-collision" Warning
    PathCollision { other: WorkPath } => "its path and {other} are one on macOS and Windows", "rename one of them";

    /// A path is not portable, or hides what it is.
    CH205 "unportable-path" Warning
    UnportablePath { problem: PathProblem } => "{problem}", "rename it";

    /// A work is a git LFS pointer instead of its content.
    ///
    /// The checkout did not fetch the content, so a digest of this file says nothing about the work.
    CH206 "lfs-pointer" Warning
    LfsPointer {} => "a git LFS pointer, not the work itself", "fetch the content with `git lfs pull`";

    /// A symbolic link points outside of the tree.
    CH207 "link-leaves-tree" Warning
    LinkLeavesTree { target: String } => "a symbolic link to {target}, outside of the tree",
        "link to a work of the tree, or remove it";

    /// A work differs from its record only in its line ends.
    ///
    /// The checkout converted them (`core.autocrlf`, `text=auto`). Digests are over the bytes in the
    /// work tree, so the work is not the recorded one.
    CH208 "line-ends-changed" Error
    LineEndsChanged { recorded: Digest, actual: Digest } => "its line ends were converted since it was recorded",
        "check out without conversion: `* -text` in .gitattributes";

    /// A work's mode is not the recorded one.
    CH209 "mode-changed" Warning
    ModeChanged { recorded: Mode, actual: Mode } => "recorded as mode {recorded}, is {actual}",
        "restore the mode, or have a maintainer record the tree anew: `copyhold manifest`";

    /// A submodule's content is another project's.
    ///
    /// Its commit is recorded, its works are not: they have a record of their own or none.
    CH210 "submodule" Note
    Submodule {} => "a submodule; its works are not looked at here",
        "audit it on its own";

    /// Nothing says which project the upstream's record must come from.
    ///
    /// Anybody can make a record that is signed and whole. An anchor is what the consumer pins: the
    /// fingerprint of the project's first root, learned once over a channel the consumer trusts.
    CH301 "no-anchor" Error
    NoAnchor { upstream: String, root: Digest } =>
        "nothing pins {upstream}: its record is whole, but whose it is, is not shown",
        "compare the fingerprint with the project's own word, then pin it: `--pin {root}`, or `copyhold upstream add` for copyhold.lock";

    /// The upstream's record comes from another project than the pinned one.
    CH302 "anchor-mismatch" Error
    AnchorMismatch { upstream: String, pinned: Digest, found: Digest } =>
        "{upstream} is pinned as {pinned}, but this record's root is {found}",
        "get the record from the project that is pinned; change the pin only if the project says so";

    /// A signature is not by the key it names, or not over these bytes.
    CH303 "bad-signature" Error
    BadSignature { document: String, reason: String } => "{document}: {reason}",
        "get the document anew from its source; if it stays so, tell the project";

    /// Too few people signed a root or a manifest.
    ///
    /// The root says how many of which people must sign. People count, not keys: whoever signs with two
    /// keys has signed once. What too few signed, the project has not said.
    CH304 "threshold-not-met" Error
    ThresholdNotMet { document: String, role: String, needed: usize, found: usize, missing: String } =>
        "{document}: {needed} of the role `{role}` must sign and {found} did",
        "the project must have it signed by more of: {missing}; get it from there anew";

    /// A statement is signed, but no manifest has accepted it yet.
    ///
    /// Authorship is shown (this key said so), authority is not (no maintainer has accepted it).
    /// This is how a pull request looks before it is merged.
    CH305 "statement-not-accepted" Note
    StatementNotAccepted { statement: Digest, by: String } =>
        "statement {statement} by {by} is not yet accepted by a maintainer", "a maintainer accepts it with `copyhold manifest`";

    /// A signed statement is about other bytes than the work has.
    ///
    /// The work changed after it was signed, and nobody has signed what it is now.
    CH306 "statement-mismatch" Error
    StatementMismatch { statement: Digest, stated: Digest, actual: Digest } =>
        "the statement on it is about other bytes (sha256:{stated})", "sign what it is now: `copyhold sign`";

    /// The policy asks for a signed statement on every work, and this one has none.
    CH307 "no-statement" Error
    NoStatement {} => "nobody has signed a statement on it, which the policy asks for",
        "its author signs it: `copyhold sign`";

    /// A statement is signed by a key that is not enrolled.
    ///
    /// The signature is good, but whose key it is, nobody has said yet.
    CH308 "unknown-key" Warning
    UnknownKey { statement: Digest, key: String, name: String } =>
        "statement {statement} is signed by {key}, which says it is {name} and is not enrolled",
        "a maintainer enrols it: `copyhold manifest --accept-key '{key}={name}'`";

    /// The upstream has no signed record.
    ///
    /// What is compared with is a tree as it lies there. Nothing shows that it is the upstream's.
    CH309 "unsigned-upstream" Note
    UnsignedUpstream { upstream: String } =>
        "{upstream} has no signed record: what is compared with is only what lies there",
        "ask the project to publish a record, or keep the tree's digest with the review";

    /// The record is older than one that was seen before.
    ///
    /// copyhold.lock keeps the newest version that was seen, so that nobody can show an older one.
    CH310 "rollback" Error
    Rollback { document: String, seen: u64, found: u64 } =>
        "{document} is version {found}, but version {seen} was seen before", "get the newest record of the project";

    /// A record cannot be read, or contradicts itself.
    ///
    /// Nothing it says can be believed, so no verdict is possible.
    CH311 "broken-record" Error
    BrokenRecord { document: String, reason: String } => "{document}: {reason}",
        "get the record anew from its source";

    /// The newest manifest stands by a key that was revoked since.
    ///
    /// Without that key too few people signed it. What the key signed up to the last good manifest
    /// stays; this manifest came after that.
    CH312 "signer-revoked" Error
    SignerRevoked { document: String, role: String, missing: String } =>
        "{document} stands by a revoked key; without it too few of the role `{role}` signed",
        "the project makes a new manifest, signed by others of: {missing}";

    /// A statement is by a key that was revoked before any manifest held it.
    ///
    /// A statement is as old as the first manifest that holds it, whatever date it gives itself. What
    /// a revoked key signed later may be somebody else's word.
    CH313 "statement-revoked" Error
    StatementRevoked { statement: Digest, by: String } =>
        "statement {statement} by {by} is signed by a key that was revoked by then",
        "its author signs it again with another key: `copyhold sign --key`";

    /// The project's root has expired.
    ///
    /// What was signed stays true. Whether there is something newer, an expired root leaves open.
    CH314 "root-expired" Warning
    RootExpired { document: String, expired: String } => "{document} expired on {expired}",
        "get the project's newest record; `verify --fresh` makes this an error";

    /// The record is not as fresh as was asked for.
    ///
    /// Raised by `verify --fresh` where the root has expired or says nothing of when it does, and by
    /// `--max-age` where the manifest says it is older. Its date is its signers' own word.
    CH315 "not-fresh" Error
    NotFresh { document: String, reason: String } => "{document} is not fresh: {reason}",
        "get the project's newest record";

    /// A record that was good when it was pinned was revoked since.
    ///
    /// A newer root of the same project, also at hand here, revokes a key it stands by. The project
    /// below pinned it in good faith.
    CH316 "revoked-later" Warning
    RevokedLater { upstream: String, reason: String } => "the record of {upstream} was revoked later: {reason}",
        "pin a newer manifest of it: `copyhold upstream add`";

    /// A work's license became weaker without what that takes.
    ///
    /// A majority cannot give away what others made. A work that stays in the project goes under a
    /// license its own does not allow only with the quorum `licenseChange` and with the signed consent of
    /// everybody who signed a statement on it.
    CH317 "license-weakened-without-consent" Error
    WeakenedWithoutConsent { version: u64, from: LicenseExpr, to: String, missing: String } =>
        "manifest {version} took it from {from} to {to} without {missing}",
        "put it back under {from}, or ask for consent: `copyhold consent request`";

    /// A part's license does not let it go out under the project's license.
    ///
    /// The outbound license is what the project as a whole is offered under; each part's license
    /// must allow that for how the part is used.
    CH401 "license-conflict" Error
    LicenseConflict { license: LicenseExpr, outbound: LicenseExpr, clause: String, repair: String } =>
        "{license} cannot go out under {outbound}", "{repair}";

    /// A part may go out under the project's license if a condition is met.
    CH402 "license-condition" Warning
    LicenseCondition { license: LicenseExpr, outbound: LicenseExpr, condition: String } =>
        "{license} may go out under {outbound} if {condition}", "check the condition, and record the answer in copyhold.toml";

    /// Whether a part may go out under the project's license is not known.
    ///
    /// No rule or authority says so. That is neither yes nor no, and it does not pass.
    CH403 "license-unclear" Error
    LicenseUnclear { license: LicenseExpr, outbound: LicenseExpr, reason: String } =>
        "whether {license} can go out under {outbound} is unclear: {reason}",
        "ask the licensor, or record what you know in copyhold.toml";

    /// A work went under a weaker license than it had.
    ///
    /// What it was under does not allow what it is under now: a copyleft is left, "or later" is added, a
    /// choice is taken away that others relied on. Only those who made the work can do that, all of them:
    /// a record takes it in with their signed consent alone (CH317). Copies that were given before keep
    /// the license they came with.
    CH404 "license-weakened" Error
    LicenseWeakened { from: LicenseExpr, to: String } =>
        "was under {from}, which does not allow {to}",
        "put it back under {from}, or ask for consent: `copyhold consent request`";

    /// The project says nowhere what it is offered under.
    CH405 "no-outbound-license" Warning
    NoOutboundLicense {} => "the project declares no license, so its parts were not judged together",
        "put a LICENSE file at its root, or `license = \"…\"` under [project] in copyhold.toml";

    /// A work went under a license that forbids more than the one it had.
    ///
    /// What it was under allows that, as permissive licenses do: nobody's consent is missing. But from
    /// here on people may no longer do with it what they could. Copies that were given before keep the
    /// license they came with.
    CH406 "license-restricted" Warning
    LicenseRestricted { from: LicenseExpr, to: LicenseExpr, forbids: String } =>
        "was under {from}; {to} adds: {forbids}", "put it back under {from}, or tell those who use it";

    /// A dependency's license does not let the whole go out under its license.
    ///
    /// A program that is combined with what it depends on is passed on with it. Raised by `audit --deps`.
    CH410 "dependency-conflict" Error
    DependencyConflict { package: String, license: LicenseExpr, outbound: LicenseExpr, chain: String, clause: String } =>
        "{package} is under {license}, which cannot be combined into what goes out under {outbound}; it comes in by {chain}",
        "replace it, or what brings it in; or change the outbound license ({clause})";

    /// A dependency may be combined into the whole if a condition is met.
    CH411 "dependency-condition" Warning
    DependencyCondition { package: String, license: LicenseExpr, outbound: LicenseExpr, chain: String, condition: String } =>
        "{package} is under {license}, which may be combined into what goes out under {outbound} if {condition}; it comes in by {chain}",
        "check the condition";

    /// Whether a dependency may be combined into the whole is not known.
    CH412 "dependency-unclear" Error
    DependencyUnclear { package: String, license: LicenseExpr, outbound: LicenseExpr, chain: String, reason: String } =>
        "whether {package} under {license} may be combined into what goes out under {outbound} is unclear: {reason}; it comes in by {chain}",
        "ask the licensor, or record what you know in copyhold.toml";

    /// A dependency is here, and what license it is under is not known.
    CH413 "dependency-without-license" Error
    DependencyWithoutLicense { package: String, chain: String, said: String } =>
        "{package} declares no license that is known{said}; it comes in by {chain}",
        "look at it, and ask its authors to state it; without a license nobody may use it";

    /// A dependency was not looked at.
    ///
    /// It is not on this machine, or its lock file is missing or of a form that is not read. Nothing is
    /// fetched, so what it asks for is unknown.
    CH414 "dependency-not-seen" Warning
    DependencyNotSeen { package: String, chain: String, reason: String } =>
        "{package} was not looked at: {reason}; it comes in by {chain}",
        "fetch it with its own tool, as in `cargo fetch`, `npm ci` or `go mod download`, then run again";

    /// A work derived from an upstream is under a license the upstream's does not allow.
    ///
    /// The upstream's license decides under what an edited copy may be passed on. For a copy
    /// without edits it is the same: who copies cannot change the license.
    CH501 "license-changed" Error
    LicenseChanged { upstream: LicenseExpr, now: LicenseExpr, source: String, clause: String } =>
        "{source} is under {upstream}; {now} is not allowed for what derives from it",
        "put it back under {upstream}";

    /// A work derived from an upstream says nothing of its license, which asks that it be kept.
    CH502 "license-dropped" Error
    LicenseDropped { upstream: LicenseExpr, source: String, clause: String } =>
        "{source} is under {upstream}, and here no license is stated ({clause})",
        "state {upstream} in it or beside it";

    /// A copyright notice of the upstream's work is gone.
    CH503 "notice-dropped" Error
    NoticeDropped { notice: String, source: String, clause: String } =>
        "the notice \u{201c}{notice}\u{201d} of {source} is gone ({clause})",
        "put it back: in the file, a `.license` file beside it, or a NOTICE file";

    /// The text of the upstream's license is not passed on.
    CH504 "license-text-dropped" Error
    LicenseTextDropped { license: LicenseName, source: String, clause: String } =>
        "the text of {license}, which {source} is under, is not passed on ({clause})",
        "`copyhold license text {license} > LICENSES/{license}.txt`";

    /// Whether the license of a derived work is allowed by the upstream's is not known.
    CH505 "license-change-unclear" Error
    LicenseChangeUnclear { upstream: LicenseExpr, now: LicenseExpr, source: String, reason: String } =>
        "{source} is under {upstream}; whether {now} is allowed for what derives from it is unclear: {reason}",
        "put it under {upstream}, or ask the licensor";

    /// The license of a derived work is allowed under a condition.
    CH506 "license-change-conditional" Warning
    LicenseChangeConditional { upstream: LicenseExpr, now: LicenseExpr, source: String, condition: String } =>
        "{source} is under {upstream}; {now} is allowed for what derives from it if {condition}",
        "check the condition";

    /// The lines of the upstream's NOTICE file are gone.
    CH507 "notice-file-dropped" Error
    NoticeFileDropped { notice: WorkPath, upstream: String, clause: String } =>
        "{notice} of {upstream} is not passed on ({clause})", "pass its lines on in a NOTICE file";

    /// A link of the chain of upstreams is broken.
    ///
    /// The upstream's own record names an upstream whose record does not hold.
    CH508 "chain-broken" Error
    ChainBroken { upstream: String, reason: String } => "the record of {upstream} does not hold: {reason}",
        "get the upstream's bundle anew from its source";

    /// A link of the chain of upstreams is not there.
    CH509 "chain-missing" Error
    ChainMissing { upstream: String } => "the record of {upstream} is not at hand, so what it asks for was not checked",
        "ask for the upstream's whole bundle: `copyhold manifest bundle`";

    /// A record claims a derivation its upstream's record does not bear out.
    CH510 "false-derivation" Error
    FalseDerivation { upstream: String, source: WorkPath, sha256: Digest } =>
        "said to derive from {source} of {upstream}, which has no such work (sha256:{sha256})",
        "correct the statement: `copyhold sign --from`";

    /// The upstream's record does not know the license of a work that is derived from here.
    ///
    /// What that license asks for is unknown, so nothing of it was checked. The derivative cannot mend
    /// the record; it can ask.
    CH511 "upstream-license-unknown" Warning
    UpstreamLicenseUnknown { source: String } =>
        "{source} has no known license in its record, so what it asks for was not checked",
        "ask the upstream to state it and to record the tree anew";

    /// A changed work does not say that it was changed.
    ///
    /// It is told only where the work's license asks for it in so many words: "You must cause the modified
    /// files to carry prominent notices" (GPL-2.0, section 2(a)), "You must cause any modified files to carry
    /// prominent notices" (Apache-2.0, section 4(b)), "indicate if You modified the Licensed Material" (CC
    /// BY 4.0, section 3(a)(1)(B)). Who does not is outside of the license, so it is an error. A notice of
    /// change may stand in the file's head, in a `.license` file beside it, in a change log that names the
    /// file, or in a signed statement (`copyhold sign --changes`). The GNU licenses of version 3 ask it of
    /// the work as a whole, so one dated notice in a read-me is enough. Some licenses ask for its date, too.
    /// Version control is no notice: it is lost with the first archive.
    CH512 "change-not-marked" Error
    ChangeNotMarked { source: String, missing: String, clause: String } =>
        "changed since {source}, and {missing} ({clause})",
        "write `Modified by NAME, DATE: WHAT` in it, or `copyhold sign --changes`";

    /// What would be wrong is not, if a signed statement is true.
    ///
    /// A NOTICE line may be left out where it pertains to nothing that was taken (Apache-2.0, section
    /// 4(d)), and the format of a work may change where its content may not (CC BY-ND 4.0, section
    /// 2(a)(4)). No file shows that; somebody signed it. Who relies on the derivative has to know.
    CH513 "rests-on-statement" Warning
    RestsOnStatement { what: String, by: String, text: String, clause: String } =>
        "{what}, which is right only if {by} is: \u{201c}{text}\u{201d} ({clause})", "check what they say";

    /// A license asks for what no file shows.
    ///
    /// That a use is not commercial, or that the source is offered to those who use a work over a
    /// network, is not in a tree. Somebody can sign it, and it is shown as their word.
    CH514 "statement-wanted" Note
    StatementWanted { license: String, duty: String, clause: String } =>
        "{clause}: no file shows whether it is kept ({duty})",
        "sign how it is kept: `copyhold sign --attest {duty}=TEXT`";

    /// A credit lacks parts that the license lists.
    ///
    /// Each version of a license lists its own: CC 1.0 to 3.0 want the title, 4.0 does not. A part is
    /// asked for where the upstream's record has it. It may stand in the work's signed record, in its
    /// head, in a `.license` file beside it, or in a credits file where the work is named.
    CH515 "attribution-incomplete" Error
    AttributionIncomplete { source: String, missing: String, clause: String } =>
        "the credit for {source} lacks {missing} ({clause})",
        "name it in a credits file beside the work's name, or sign it: `copyhold sign --title … --creator … --source …`";

    /// A built work comes without its source.
    ///
    /// For object code, bytecode or a minified script the license asks for the form people change it
    /// in: in the tree, at an address its record names, or by an offer in a read-me.
    CH516 "source-not-provided" Error
    SourceNotProvided { source: String, wanted: String, clause: String } =>
        "a built form of {source}, and {wanted} is not here ({clause})",
        "put the source beside it, or name where it is: `copyhold sign --source URI`";

    /// A restriction is added to a work whose license forbids that.
    ///
    /// What is found are words: a Commons Clause, "personal use only", a ban on reverse
    /// engineering; in the work, beside it, or in what speaks for its folder.
    CH517 "restriction-added" Error
    RestrictionAdded { text: String, source: String, clause: String } =>
        "\u{201c}{text}\u{201d} restricts what came from {source} ({clause})",
        "take it out, or say which works it is about that came from nowhere else";

    /// A work is under a technical protection measure that its license forbids.
    ///
    /// It is a sign: some encrypted containers only obfuscate fonts.
    CH518 "protection-applied" Warning
    ProtectionApplied { what: String, source: String, clause: String } =>
        "{what}; {source} may not be passed on so ({clause})", "pass it on without the measure as well";

    /// A changed font keeps a name its upstream reserves.
    CH519 "reserved-name-kept" Error
    ReservedNameKept { name: String, reserved: String, source: String, clause: String } =>
        "a changed version of {source} is still named \u{201c}{name}\u{201d}; \u{201c}{reserved}\u{201d} is reserved ({clause})",
        "give the font another name, or ask for permission";

    /// An invariant section of the upstream is named nowhere any more.
    CH520 "invariant-section-dropped" Error
    InvariantSectionDropped { section: String, source: String, clause: String } =>
        "the invariant section \u{201c}{section}\u{201d} of {source} is named nowhere ({clause})",
        "put the section and the notice that lists it back";

    /// "All rights reserved" stands over what others gave under a license.
    ///
    /// The words have no effect on what the license grants, but readers take them for the terms.
    CH521 "all-rights-reserved-added" Warning
    AllRightsReservedAdded { notice: String, source: String } =>
        "\u{201c}{notice}\u{201d} stands over what came from {source} under a license",
        "take the words off, or say which part is meant";
    /// A work most likely derives from an upstream's.
    ///
    /// They have too much in common for chance, but too little to be sure: a few lines, or the shape of
    /// a program under other names. Somebody should look. Short parts may also be too little to be
    /// anybody's own; that is no question for a program.
    CH530 "likely-derived" Warning
    LikelyDerived { upstream: String, source: WorkPath, percent: u32 } =>
        "matches {source} of {upstream} in parts ({percent} % of it)",
        "compare the two; if it derives, keep what the license asks for, and say so: `copyhold sign --from`";

    /// A work derives from an upstream's, and the record does not say so.
    ///
    /// The record of the derivative states where its other works come from. Whoever takes this one from
    /// here learns nothing of its source.
    CH531 "undeclared-derivation" Note
    UndeclaredDerivation { upstream: String, source: WorkPath } =>
        "matches {source} of {upstream}, which its record does not name as its source",
        "say so: `copyhold sign --from {upstream}:{source}`, or `copyhold derive` for all of them, then record the tree anew";

    /// A work has nothing in common with what it is said to derive from.
    ///
    /// The upstream's record holds the work that is named, but its bytes or its traces show no likeness:
    /// it is no copy of it, and no edited or partial one. A translation is `variantOf`.
    CH532 "unlike-its-source" Warning
    UnlikeItsSource { upstream: String, source: WorkPath, relation: Relation } =>
        "said to be {relation} {source} of {upstream}, which its bytes do not show",
        "name the work it does come from, or the relation that holds: `copyhold sign --from`";

    /// An upstream's record has no traces.
    ///
    /// Only unchanged works, and those with another header or layout, could be found. Edited, renamed
    /// and partial copies were not looked for.
    CH533 "no-traces" Note
    NoTraces { upstream: String } =>
        "{upstream} has no traces, so edited and partial copies of its works were not looked for",
        "ask for a record with traces, or give the upstream's tree: `--upstream TREE`";

    /// A file could not be read.
    ///
    /// What it holds is unknown, so no verdict on the tree is possible.
    CH901 "unreadable" Error
    Unreadable { reason: String } => "cannot be read: {reason}", "make it readable, or take it out of the tree";

    /// Something in the tree is no file and no link.
    CH902 "special-file" Error
    SpecialFile {} => "a FIFO, socket or device", "take it out of the tree";

    /// A name cannot be recorded.
    CH903 "unrecordable-name" Error
    UnrecordableName { name: String, reason: String } => "`{name}` cannot be recorded: {reason}", "rename it";

    /// A file changed while it was read.
    CH904 "changed-while-read" Error
    ChangedWhileRead {} => "changed while it was read", "run again when nothing writes to the tree";

    /// A part of the tree was not looked at.
    CH905 "not-looked-at" Note
    NotLookedAt { reason: String } => "not looked at: {reason}", "look at it on its own";
}

impl Problem {
    /// Returns whether no verdict is possible while it is so.
    pub fn is_blind(&self) -> bool {
        let rule = self.rule();
        rule.code.starts_with("CH9") && rule.level == Level::Error
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(RULES.is_sorted_by(|a, b| a.code < b.code), "sorted, and no code twice");
        let names: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), RULES.len(), "no name twice");
        for rule in RULES {
            assert!(rule.code.len() == 5 && rule.code.starts_with("CH"), "{}", rule.code);
            assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", rule.name);
            assert!(rule.summary().ends_with('.'), "{} has a page", rule.code);
            assert_eq!(Rule::find(rule.name), Rule::find(rule.code));
        }
    }
}
