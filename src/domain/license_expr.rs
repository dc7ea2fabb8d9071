// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! SPDX license expressions (SPDX 3.0.1, annex B) with an equality of their own.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use std::sync::LazyLock;

use spdx::ParseMode;
use spdx::error::Reason;
use spdx::expression::{ExprNode as SpdxNode, Operator};

use super::text_form::text_form;

mod current;

/// The longest expression read, in bytes. The longest in practice (kernel headers) is 1.5 kB.
pub const MAX_EXPR_BYTES: usize = 32 * 1024;

/// The deepest alternation of `AND` and `OR` read.
const MAX_DEPTH: usize = 64;

/// A license expression, normalised: operands of one operator are flattened, sorted and unique, so
/// `B OR (A OR B)` equals `A OR B`.
///
/// Ids that are not on the SPDX list are kept, since they occur and a verdict on them must exist;
/// [`LicenseName::is_listed`] tells them apart.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenseExpr(ExprNode);

/// One node of an expression.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExprNode {
    /// One license, with what follows it.
    Term(LicenseTerm),
    /// All of them apply. At least two, sorted.
    And(Vec<ExprNode>),
    /// Any one of them may be chosen. At least two, sorted.
    Or(Vec<ExprNode>),
}

/// One license as an expression names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenseTerm {
    /// The license.
    pub license: LicenseName,
    /// `+`: this or any later version. GNU ids say so in the id instead (`GPL-3.0-or-later`).
    pub or_later: bool,
    /// What stands behind `WITH`.
    pub exception: Option<LicenseName>,
}

/// A license or exception id: on the SPDX list, a `LicenseRef-`, or unknown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LicenseName(String);

/// Why a text is no expression: what is wrong and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExprError {
    /// What is wrong.
    pub problem: ExprProblem,
    /// The bytes of the text it is about.
    pub span: Range<usize>,
}

/// What is wrong with an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprProblem {
    /// Nothing in it.
    Empty,
    /// More than [`MAX_EXPR_BYTES`], or nested deeper than 64 levels.
    TooLarge,
    /// Not the grammar of annex B; the text says what was expected.
    Grammar(String),
}

impl fmt::Display for ExprError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            ExprProblem::Empty => f.write_str("an expression may not be empty"),
            ExprProblem::TooLarge => f.write_str("the expression is too long or too deeply nested"),
            ExprProblem::Grammar(what) => write!(f, "{what}, at character {}", self.span.start + 1),
        }
    }
}

impl std::error::Error for ExprError {}

impl LicenseName {
    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns it in the spelling of the SPDX list, where it differs from a listed id only in case.
    #[must_use]
    pub fn canonical(&self) -> Self {
        listed_spelling(&self.0).map_or_else(|| self.clone(), |id| Self(id.to_owned()))
    }

    /// Returns whether the SPDX list has it, as a license or an exception.
    pub fn is_listed(&self) -> bool {
        spdx::license_id(&self.0).is_some() || spdx::exception_id(&self.0).is_some()
    }

    /// Returns whether it is a `LicenseRef-` or `AdditionRef-`, named by the project itself.
    pub fn is_ref(&self) -> bool {
        self.0.starts_with("LicenseRef-")
            || self.0.starts_with("AdditionRef-")
            || self.0.starts_with("DocumentRef-")
    }

    /// Returns whether the SPDX list has it and advises against it (`GPL-3.0`).
    pub fn is_deprecated(&self) -> bool {
        spdx::license_id(&self.0).is_some_and(spdx::LicenseId::is_deprecated)
            || spdx::exception_id(&self.0).is_some_and(spdx::ExceptionId::is_deprecated)
    }
}

impl fmt::Display for LicenseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LicenseName {
    type Err = ExprError;

    /// Takes one idstring (annex B: letters, digits, `-` and `.`; `:` joins a `DocumentRef-`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = text.char_indices().find(|(_, c)| !is_id_char(*c));
        match wrong {
            Some((at, _)) => Err(ExprError {
                problem: ExprProblem::Grammar("a license id has letters, digits, `-` and `.` only".into()),
                span: at..at + 1,
            }),
            None if text.is_empty() => Err(ExprError { problem: ExprProblem::Empty, span: 0..0 }),
            None if text.len() > 256 => {
                Err(ExprError { problem: ExprProblem::TooLarge, span: 0..text.len() })
            }
            None => Ok(Self(text.to_owned())),
        }
    }
}

text_form!(LicenseName, "^[A-Za-z0-9.:-]+$", "SPDX license or exception id, or a LicenseRef");

impl LicenseExpr {
    /// Returns the expression that is this one term.
    pub fn from_term(term: LicenseTerm) -> Self {
        Self(ExprNode::Term(term))
    }

    /// Returns the expression with this tree, normalised.
    pub fn from_node(node: ExprNode) -> Self {
        Self(normalised(node))
    }

    /// Returns the conjunction of `parts`: all of them apply. Nothing where there are none.
    pub fn all_of(parts: impl IntoIterator<Item = LicenseExpr>) -> Option<Self> {
        join(parts.into_iter().map(|e| e.0).collect(), ExprNode::And).map(Self)
    }

    /// Returns the choice among `parts`. Nothing where there are none.
    pub fn any_of(parts: impl IntoIterator<Item = LicenseExpr>) -> Option<Self> {
        join(parts.into_iter().map(|e| e.0).collect(), ExprNode::Or).map(Self)
    }

    /// Returns the root of the expression's tree.
    pub fn node(&self) -> &ExprNode {
        &self.0
    }

    /// Returns the one term the expression is, where it is only one.
    pub fn as_term(&self) -> Option<&LicenseTerm> {
        match &self.0 {
            ExprNode::Term(term) => Some(term),
            _ => None,
        }
    }

    /// Returns every distinct term, sorted.
    pub fn terms(&self) -> BTreeSet<&LicenseTerm> {
        let mut found = BTreeSet::new();
        let mut open = vec![&self.0];
        while let Some(node) = open.pop() {
            match node {
                ExprNode::Term(term) => {
                    found.insert(term);
                }
                ExprNode::And(parts) | ExprNode::Or(parts) => open.extend(parts),
            }
        }
        found
    }

    /// Returns every distinct license and exception named, sorted.
    pub fn names(&self) -> BTreeSet<&LicenseName> {
        self.terms()
            .into_iter()
            .flat_map(|t| std::iter::once(&t.license).chain(t.exception.as_ref()))
            .collect()
    }
}

/// Joins nodes under one operator: flattened, sorted, unique; a single one stays itself.
fn join(nodes: Vec<ExprNode>, operator: fn(Vec<ExprNode>) -> ExprNode) -> Option<ExprNode> {
    let mut flat = BTreeSet::new();
    for node in nodes {
        match (node, operator(Vec::new())) {
            (ExprNode::And(parts), ExprNode::And(_)) | (ExprNode::Or(parts), ExprNode::Or(_)) => {
                flat.extend(parts);
            }
            (node, _) => {
                flat.insert(node);
            }
        }
    }
    let mut flat: Vec<_> = flat.into_iter().collect();
    if flat.len() < 2 { flat.pop() } else { Some(operator(flat)) }
}

/// The ids of the SPDX list, licenses and exceptions, by their lowercase form.
static LISTED: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let licenses = spdx::identifiers::LICENSES.iter().map(|license| license.name);
    let exceptions = spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name);
    licenses.chain(exceptions).map(|id| (id.to_ascii_lowercase(), id)).collect()
});

/// Returns the listed id that differs from this one in case only (annex B: ids are matched without it).
fn listed_spelling(id: &str) -> Option<&'static str> {
    if spdx::license_id(id).is_some() || spdx::exception_id(id).is_some() {
        return None;
    }
    LISTED.get(&id.to_ascii_lowercase()).copied()
}

/// Returns the text with every id as the SPDX list spells it. Nothing moves: only the case of letters
/// changes.
fn listed_spellings(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for token in text.split_inclusive(|c: char| !is_id_char(c)) {
        let id = token.trim_end_matches(|c: char| !is_id_char(c));
        out.push_str(listed_spelling(id).unwrap_or(id));
        out.push_str(&token[id.len()..]);
    }
    out
}

fn is_id_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-.:".contains(c)
}

impl FromStr for LicenseExpr {
    type Err = ExprError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_EXPR_BYTES {
            return Err(ExprError { problem: ExprProblem::TooLarge, span: 0..text.len() });
        }
        let text = &listed_spellings(text);
        let mode = ParseMode {
            allow_deprecated: true,
            allow_unknown: true,
            allow_postfix_plus_on_gpl: true,
            ..ParseMode::STRICT
        };
        let parsed = spdx::Expression::parse_mode(text, mode).map_err(|e| ExprError {
            problem: match e.reason {
                Reason::Empty => ExprProblem::Empty,
                reason => ExprProblem::Grammar(reason.to_string()),
            },
            span: e.span,
        })?;

        // The parser hands out postfix order. Operands are gathered first and sorted once at the end.
        let mut stack: Vec<(ExprNode, usize)> = Vec::new();
        for node in parsed.iter() {
            match node {
                SpdxNode::Req(req) => {
                    let span = req.span.start as usize..req.span.end as usize;
                    stack.push((ExprNode::Term(LicenseTerm::read(&req.req, text, span)?), 1));
                }
                SpdxNode::Op(operator) => {
                    let (Some(right), Some(left)) = (stack.pop(), stack.pop()) else {
                        return Err(ExprError {
                            problem: ExprProblem::Grammar("an operator lacks an operand".into()),
                            span: 0..text.len(),
                        });
                    };
                    let (node, depth) = gather(left, right, *operator);
                    if depth > MAX_DEPTH {
                        return Err(ExprError { problem: ExprProblem::TooLarge, span: 0..text.len() });
                    }
                    stack.push((node, depth));
                }
            }
        }
        match stack.pop() {
            Some((root, _)) if stack.is_empty() => Ok(Self(normalised(root))),
            _ => Err(ExprError { problem: ExprProblem::Empty, span: 0..text.len() }),
        }
    }
}

/// Puts two nodes under one operator, in constant time for long chains; tells the depth too.
fn gather(left: (ExprNode, usize), right: (ExprNode, usize), operator: Operator) -> (ExprNode, usize) {
    let same = |node: &ExprNode| match operator {
        Operator::And => matches!(node, ExprNode::And(_)),
        Operator::Or => matches!(node, ExprNode::Or(_)),
    };
    let (chain, other) = if same(&right.0) { (right, left) } else { (left, right) };
    let is_chain = same(&chain.0);
    let depth = (chain.1 + usize::from(!is_chain)).max(other.1 + 1);
    let mut parts = match chain.0 {
        ExprNode::And(parts) | ExprNode::Or(parts) if is_chain => parts,
        node => vec![node],
    };
    parts.push(other.0);
    let node = match operator {
        Operator::And => ExprNode::And(parts),
        Operator::Or => ExprNode::Or(parts),
    };
    (node, depth)
}

fn normalised(node: ExprNode) -> ExprNode {
    let (parts, operator) = match node {
        ExprNode::Term(_) => return node,
        ExprNode::And(parts) => (parts, ExprNode::And as fn(Vec<ExprNode>) -> ExprNode),
        ExprNode::Or(parts) => (parts, ExprNode::Or as fn(Vec<ExprNode>) -> ExprNode),
    };
    join(parts.into_iter().map(normalised).collect(), operator).expect("an operator has operands")
}

impl LicenseTerm {
    /// Reads one requirement. Where an id is not on the list, the parser does not tell a reference
    /// from an unknown id, so its text is taken from where it stands.
    fn read(req: &spdx::LicenseReq, text: &str, span: Range<usize>) -> Result<Self, ExprError> {
        let rest = text.get(span.end..).unwrap_or_default();
        let (license, or_later) = match &req.license {
            spdx::LicenseItem::Spdx { id, or_later } => (LicenseName(id.name.to_owned()), *or_later),
            spdx::LicenseItem::Other(_) => (text.get(span).unwrap_or_default().parse()?, false),
        };
        let exception = match &req.addition {
            None => None,
            Some(spdx::AdditionItem::Spdx(id)) => Some(LicenseName(id.name.to_owned())),
            Some(spdx::AdditionItem::Other(_)) => {
                let mut words = rest.trim_start_matches('+').split_whitespace();
                let name = words.nth(1).unwrap_or_default();
                Some(name.split(')').next().unwrap_or_default().parse()?)
            }
        };
        Ok(Self { license, or_later, exception })
    }
}

impl fmt::Display for LicenseTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.license, if self.or_later { "+" } else { "" })?;
        match &self.exception {
            Some(exception) => write!(f, " WITH {exception}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for LicenseExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn write(node: &ExprNode, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let (parts, word) = match node {
                ExprNode::Term(term) => return write!(f, "{term}"),
                ExprNode::And(parts) => (parts, " AND "),
                ExprNode::Or(parts) => (parts, " OR "),
            };
            for (i, part) in parts.iter().enumerate() {
                if i > 0 {
                    f.write_str(word)?;
                }
                // AND binds tighter than OR, so only an OR inside an AND needs its brackets.
                if matches!((node, part), (ExprNode::And(_), ExprNode::Or(_))) {
                    f.write_str("(")?;
                    write(part, f)?;
                    f.write_str(")")?;
                } else {
                    write(part, f)?;
                }
            }
            Ok(())
        }
        write(&self.0, f)
    }
}

text_form!(LicenseExpr, "^[A-Za-z0-9.:+() -]+$", "SPDX license expression");

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, printed: &str) {
        let expr: LicenseExpr = text.parse().unwrap();
        assert_eq!(expr.to_string(), printed);
        assert_eq!(printed.parse::<LicenseExpr>().unwrap(), expr, "one spelling");
    }

    #[test]
    fn printed_in_one_spelling() {
        check("MIT", "MIT");
        check("MIT OR Apache-2.0", "Apache-2.0 OR MIT");
        check("(MIT OR (Apache-2.0 OR MIT))", "Apache-2.0 OR MIT");
        check("MIT and (Zlib or ISC)", "MIT AND (ISC OR Zlib)");
        check("MIT AND ISC OR Zlib", "Zlib OR ISC AND MIT");
        check("GPL-2.0+", "GPL-2.0-or-later");
        check("MPL-1.1+", "MPL-1.1+");
        check("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0");
        check("LicenseRef-a OR DocumentRef-b:LicenseRef-c", "DocumentRef-b:LicenseRef-c OR LicenseRef-a");
        check("NoSuchLicense-1.0", "NoSuchLicense-1.0");
    }

    #[test]
    fn ids_match_in_any_case() {
        check("mit", "MIT");
        check("gpl-2.0-only or APACHE-2.0", "Apache-2.0 OR GPL-2.0-only");
        check("(cc-by-sa-4.0)", "CC-BY-SA-4.0");
        check("gpl-2.0+", "GPL-2.0-or-later");
        check("mpl-1.1+", "MPL-1.1+");
        check("GPL-2.0-ONLY WITH classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0");
        check("LicenseRef-mit", "LicenseRef-mit");
        check("DocumentRef-mit:LicenseRef-isc", "DocumentRef-mit:LicenseRef-isc");
        check("nosuchlicense-1.0", "nosuchlicense-1.0");
        assert_eq!("bsd-3-clause".parse::<LicenseName>().unwrap().canonical().as_str(), "BSD-3-Clause");
    }

    #[test]
    fn no_listed_id_is_read_as_another() {
        for id in spdx::identifiers::LICENSES.iter().map(|license| license.name) {
            let upper: LicenseExpr = id.to_ascii_uppercase().parse().unwrap();
            assert_eq!(upper, id.parse().unwrap(), "{id}");
        }
    }

    #[test]
    fn what_is_no_expression_says_where() {
        for (text, message) in [
            ("", "an expression may not be empty"),
            ("MIT OR", "expected one of `<license>`, `(` here, at character 7"),
            ("MIT Apache-2.0", "expected one of `AND`, `OR`, `WITH`, `)`, `+` here, at character 5"),
            ("(MIT", "unclosed parens, at character 1"),
            ("MIT/ISC", "invalid character(s), at character 4"),
        ] {
            assert_eq!(text.parse::<LicenseExpr>().unwrap_err().to_string(), message, "{text:?}");
        }
    }

    #[test]
    fn hostile_sizes_end_quickly() {
        assert!("(".repeat(1_000_000).parse::<LicenseExpr>().is_err());
        let chain = vec!["MIT"; 4000].join(" OR ");
        assert_eq!(chain.parse::<LicenseExpr>().unwrap().to_string(), "MIT");
        let distinct = (0..3000).map(|i| format!("L{i}")).collect::<Vec<_>>().join(" OR ");
        assert_eq!(distinct.parse::<LicenseExpr>().unwrap().terms().len(), 3000);
        let mut deep = String::from("MIT");
        for i in 0..100 {
            deep = format!("({deep}) {} L-{i}", if i % 2 == 0 { "AND" } else { "OR" });
        }
        assert_eq!(deep.parse::<LicenseExpr>().unwrap_err().problem, ExprProblem::TooLarge);
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_prints_what_it_reads(text in "[A-Za-z0-9 ()+.:-]{0,40}|(MIT|ISC| OR | AND | WITH |\\(|\\)){0,12}") {
            if let Ok(expr) = text.parse::<LicenseExpr>() {
                let printed = expr.to_string();
                proptest::prop_assert_eq!(printed.parse::<LicenseExpr>().unwrap(), expr);
            }
        }
    }
}
