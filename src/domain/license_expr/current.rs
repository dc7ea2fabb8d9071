// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Ids the SPDX list has deprecated because an expression or another id says the same.

use super::{ExprNode, LicenseExpr, LicenseTerm};

/// What to write instead (SPDX license list, `licenseComments` of the deprecated ids).
const INSTEAD: [(&str, &str); 14] = [
    ("BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views"),
    ("BSD-2-Clause-NetBSD", "BSD-2-Clause"),
    ("bzip2-1.0.5", "bzip2-1.0.6"),
    ("eCos-2.0", "GPL-2.0-or-later WITH eCos-exception-2.0"),
    ("GPL-2.0-with-autoconf-exception", "GPL-2.0-only WITH Autoconf-exception-2.0"),
    ("GPL-2.0-with-bison-exception", "GPL-2.0-only WITH Bison-exception-2.2"),
    ("GPL-2.0-with-classpath-exception", "GPL-2.0-only WITH Classpath-exception-2.0"),
    ("GPL-2.0-with-font-exception", "GPL-2.0-only WITH Font-exception-2.0"),
    ("GPL-2.0-with-GCC-exception", "GPL-2.0-only WITH GCC-exception-2.0"),
    ("GPL-3.0-with-autoconf-exception", "GPL-3.0-only WITH Autoconf-exception-3.0"),
    ("GPL-3.0-with-GCC-exception", "GPL-3.0-only WITH GCC-exception-3.1"),
    ("Nunit", "zlib-acknowledgement"),
    ("StandardML-NJ", "SMLNJ"),
    ("wxWindows", "LGPL-2.0-or-later WITH WxWindows-exception-3.1"),
];

impl LicenseExpr {
    /// Returns the same without ids that SPDX has deprecated in favour of others.
    #[must_use]
    pub fn current(&self) -> Self {
        Self::from_node(current(self.node()))
    }
}

fn current(node: &ExprNode) -> ExprNode {
    match node {
        ExprNode::And(parts) => ExprNode::And(parts.iter().map(current).collect()),
        ExprNode::Or(arms) => ExprNode::Or(arms.iter().map(current).collect()),
        ExprNode::Term(term) => instead(term).unwrap_or_else(|| node.clone()),
    }
}

fn instead(term: &LicenseTerm) -> Option<ExprNode> {
    let (_, to) = INSTEAD.iter().find(|(from, _)| *from == term.license.as_str())?;
    let to = to.parse::<LicenseExpr>().ok()?;
    let mut to = to.as_term()?.clone();
    // Two exceptions to one license cannot be written.
    if term.exception.is_some() && to.exception.is_some() {
        return None;
    }
    to.exception = to.exception.or_else(|| term.exception.clone());
    to.or_later |= term.or_later;
    Some(ExprNode::Term(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_deprecated_and_what_is_written_instead_is_not() {
        for (from, to) in INSTEAD {
            let from: LicenseExpr = from.parse().unwrap();
            let to: LicenseExpr = to.parse().unwrap();
            assert!(from.names().iter().all(|name| name.is_deprecated()), "{from}");
            assert!(to.names().iter().all(|name| name.is_listed() && !name.is_deprecated()), "{to}");
            assert_eq!(from.current(), to);
        }
        let mixed: LicenseExpr = "MIT OR (Zlib AND wxWindows)".parse().unwrap();
        assert_eq!(
            mixed.current().to_string(),
            "MIT OR LGPL-2.0-or-later WITH WxWindows-exception-3.1 AND Zlib"
        );
    }
}
