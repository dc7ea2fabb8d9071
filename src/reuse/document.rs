// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The JSON of a verdict: what `reuse lint --json` has, under the same keys.

use serde::Serialize;

use super::{Lint, SourceKind};

/// How the JSON of a REUSE verdict names itself.
pub const LINT_SCHEMA: &str = "https://w3id.org/copyhold/reuse/v0.1";

/// What `copyhold audit --reuse --format json` prints: the document of `reuse lint --json`, with `schema`,
/// and with what that leaves out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct LintDocument<'a> {
    /// Names this format and its version.
    schema: &'a str,
    /// The version of the keys, as reuse counts it.
    lint_version: &'a str,
    /// The version of the specification.
    reuse_spec_version: &'a str,
    /// The version of reuse whose keys these are.
    reuse_tool_version: &'a str,
    /// The covered files, sorted by path.
    files: Vec<LintedFile<'a>>,
    /// What is wrong, by kind.
    non_compliant: NonCompliant,
    /// Counts.
    summary: Summary<'a>,
    /// What would mend it, in words.
    recommendations: Vec<&'a str>,
}

/// One covered file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct LintedFile<'a> {
    /// Where it is.
    path: &'a str,
    /// Its copyright notices.
    copyrights: Vec<Copyright<'a>>,
    /// Its license expressions.
    spdx_expressions: Vec<LintedExpression<'a>>,
}

/// One copyright notice.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Copyright<'a> {
    /// The notice as written.
    value: &'a str,
    /// The file it is in.
    source: &'a str,
    /// What that file is.
    source_type: SourceType,
}

/// One license expression.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct LintedExpression<'a> {
    /// The expression, in one spelling where it is valid.
    value: &'a str,
    /// Whether it follows the grammar.
    is_valid: bool,
    /// The file it is in.
    source: &'a str,
    /// What that file is.
    source_type: SourceType,
}

/// What a file says is found in.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
enum SourceType {
    /// The file itself.
    FileHeader,
    /// Its `.license` file.
    DotLicense,
    /// A `REUSE.toml`.
    ReuseToml,
    /// `.reuse/dep5`.
    Dep5,
}

/// What is wrong, by kind. Each list is sorted.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct NonCompliant {
    /// Ids of files below `LICENSES/` that are neither listed nor a project's own.
    bad_licenses: Vec<String>,
    /// Ids of files below `LICENSES/` that the SPDX list advises against.
    deprecated_licenses: Vec<String>,
    /// Ids of files below `LICENSES/` whose names have no extension.
    licenses_without_extension: Vec<String>,
    /// Ids in use without a file below `LICENSES/`.
    missing_licenses: Vec<String>,
    /// Ids of files below `LICENSES/` that are not in use.
    unused_licenses: Vec<String>,
    /// Files that could not be read.
    read_errors: Vec<String>,
    /// Covered files without a copyright notice.
    missing_copyright_info: Vec<String>,
    /// Covered files without a license.
    missing_licensing_info: Vec<String>,
    /// What reuse 6.2 fails for and does not list; absent under `--reuse-compat`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    further: Option<Further>,
}

/// What `reuse lint --json` has no list for.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Further {
    /// Covered files with an expression that cannot be read.
    invalid_spdx_expressions: Vec<String>,
    /// Files below `LICENSES/` for an id that another one has.
    duplicate_licenses: Vec<String>,
    /// Covered files with a snippet that has no end.
    unclosed_snippets: Vec<String>,
}

/// Counts.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Summary<'a> {
    /// The licenses in use, sorted.
    used_licenses: Vec<&'a str>,
    /// How many files are covered.
    files_total: usize,
    /// How many of them have a copyright notice.
    files_with_copyright_info: usize,
    /// How many of them have a license.
    files_with_licensing_info: usize,
    /// Whether nothing is wrong.
    compliant: bool,
}

impl Lint {
    /// Returns the document that is printed as JSON.
    pub fn document(&self) -> LintDocument<'_> {
        let problems = self.problems();
        let mut recommendations: Vec<&str> = problems.kinds().map(|kind| kind.help).collect();
        recommendations.dedup();
        let files = self.files.iter().map(|file| LintedFile {
            path: file.path.as_str(),
            copyrights: file
                .stated
                .iter()
                .flat_map(|stated| {
                    stated.copyright.iter().map(|value| Copyright {
                        value,
                        source: stated.source.as_str(),
                        source_type: stated.kind.into(),
                    })
                })
                .collect(),
            spdx_expressions: file
                .stated
                .iter()
                .flat_map(|stated| {
                    stated.expressions.iter().map(|expression| LintedExpression {
                        value: &expression.text,
                        is_valid: expression.is_valid,
                        source: stated.source.as_str(),
                        source_type: stated.kind.into(),
                    })
                })
                .collect(),
        });
        let total = self.files.len();
        let summary = Summary {
            used_licenses: self.used().into_keys().collect(),
            files_total: total,
            files_with_copyright_info: total - problems.missing_copyright_info.len(),
            files_with_licensing_info: total - problems.missing_licensing_info.len(),
            compliant: self.is_compliant(),
        };
        LintDocument {
            schema: LINT_SCHEMA,
            lint_version: "1.0",
            reuse_spec_version: "3.3",
            reuse_tool_version: "6.2.0",
            files: files.collect(),
            summary,
            recommendations,
            non_compliant: NonCompliant {
                bad_licenses: problems.bad_licenses,
                deprecated_licenses: problems.deprecated_licenses,
                licenses_without_extension: problems.licenses_without_extension,
                missing_licenses: problems.missing_licenses,
                unused_licenses: problems.unused_licenses,
                read_errors: problems.read_errors,
                missing_copyright_info: problems.missing_copyright_info,
                missing_licensing_info: problems.missing_licensing_info,
                further: (!self.compat).then_some(Further {
                    invalid_spdx_expressions: problems.invalid_spdx_expressions,
                    duplicate_licenses: problems.duplicate_licenses,
                    unclosed_snippets: problems.unclosed_snippets,
                }),
            },
        }
    }
}

impl From<SourceKind> for SourceType {
    fn from(kind: SourceKind) -> Self {
        match kind {
            SourceKind::FileHeader => Self::FileHeader,
            SourceKind::DotLicense => Self::DotLicense,
            SourceKind::ReuseToml => Self::ReuseToml,
            SourceKind::Dep5 => Self::Dep5,
        }
    }
}
