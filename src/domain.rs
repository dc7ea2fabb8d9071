// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! Values that are valid because they exist.
//!
//! Each type here has a private field, one parser ([`std::str::FromStr`]), one printer
//! ([`std::fmt::Display`]) and one spelling per value, so equal values are equal bytes.
//! Serde goes through exactly these. Nothing in this layer does I/O.

mod digest;
mod duty_name;
mod instant;
mod key;
mod license_expr;
mod path_glob;
mod relation;
mod role;
mod shown;
mod text_form;
mod work_path;

pub use digest::{Digest, DirHash, GitOid, MerkleRoot, ParseDigestError};
pub use duty_name::DutyName;
pub use instant::{Instant, ParseInstantError};
pub use key::{KeyError, KeyId, ParseKeyIdError, PersonId, PublicKey, Scheme};
pub use license_expr::{
    ExprError, ExprNode, ExprProblem, LicenseExpr, LicenseName, LicenseTerm, MAX_EXPR_BYTES,
};
pub use path_glob::{ParseGlobError, PathGlob};
pub use relation::Relation;
pub use role::{ParseRoleError, Role};
pub use shown::{Shown, shown};
pub use work_path::{Mode, ParsePathError, PathProblem, WorkPath};
