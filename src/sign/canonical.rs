// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! The one spelling of a document: JSON as RFC 8785 (JCS) writes it.
//!
//! A reader writes what it has read in canonical form and compares with what it was given. That one
//! test refuses duplicate keys at any depth, keys out of order, `1e2`, `\/`, white space, a final
//! newline and a byte order mark, so two readers can never see two documents in the same bytes.
//! Numbers are integers within ±(2⁵³−1), which every JSON reader keeps exact.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::domain::shown;

/// How deep arrays and objects may nest.
pub const MAX_DEPTH: usize = 32;

/// The largest integer an IEEE 754 double holds exactly with all its neighbours (RFC 7493, 2.2).
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Why bytes are no canonical document, or a value has no canonical form.
#[derive(Debug)]
#[non_exhaustive]
pub enum JcsError {
    /// It is not JSON, or not the document that was expected; says what and where.
    Json(serde_json::Error),
    /// The bytes leave their canonical form at this byte.
    NotCanonical(usize),
    /// The value at this JSON pointer is a number other than an integer within ±(2⁵³−1).
    Number(String),
    /// The value at this JSON pointer lies deeper than [`MAX_DEPTH`].
    Depth(String),
}

impl fmt::Display for JcsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(_) => f.write_str("the document cannot be read"),
            Self::NotCanonical(byte) => {
                write!(f, "the document is not in canonical form (RFC 8785), from byte {byte} on")
            }
            Self::Number(at) => {
                write!(f, "the number at `{}` is no integer within ±(2^53-1)", shown(at))
            }
            Self::Depth(at) => write!(f, "the value at `{}` is nested deeper than {MAX_DEPTH}", shown(at)),
        }
    }
}

impl std::error::Error for JcsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Json(error) => Some(error),
            _ => None,
        }
    }
}

/// Writes `document` in canonical form, without a final newline.
pub fn to_jcs<T: Serialize + ?Sized>(document: &T) -> Result<Vec<u8>, JcsError> {
    let value = serde_json::to_value(document).map_err(JcsError::Json)?;
    check(&value, &mut Vec::new())?;
    serde_json_canonicalizer::to_vec(&value).map_err(JcsError::Json)
}

/// Reads a document from bytes that are its canonical form, byte for byte. Fields `T` does not know
/// are covered by that test and then ignored, unless `T` denies them.
pub fn from_jcs<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JcsError> {
    let value: Value = serde_json::from_slice(bytes).map_err(JcsError::Json)?;
    check(&value, &mut Vec::new())?;
    let canonical = serde_json_canonicalizer::to_vec(&value).map_err(JcsError::Json)?;
    if canonical != bytes {
        let same = canonical.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        return Err(JcsError::NotCanonical(same));
    }
    serde_json::from_slice(bytes).map_err(JcsError::Json)
}

fn check(value: &Value, at: &mut Vec<String>) -> Result<(), JcsError> {
    if (value.is_array() || value.is_object()) && at.len() == MAX_DEPTH {
        return Err(JcsError::Depth(pointer(at)));
    }
    let mut inside = |key: String, value: &Value| {
        at.push(key);
        check(value, at)?;
        at.pop();
        Ok(())
    };
    match value {
        Value::Array(values) => {
            values.iter().enumerate().try_for_each(|(index, value)| inside(index.to_string(), value))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| inside(key.clone(), value)),
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            if size.is_some_and(|size| size <= MAX_INTEGER) {
                Ok(())
            } else {
                Err(JcsError::Number(pointer(at)))
            }
        }
        _ => Ok(()),
    }
}

/// Writes the JSON pointer (RFC 6901) of a place in a document.
fn pointer(at: &[String]) -> String {
    at.iter().fold(String::new(), |text, key| text + "/" + &key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_canonical_is_read_and_written_back() {
        for text in [
            r#"{"a":1,"b":[true,null,"ü\n"],"c":{"":-9007199254740991}}"#,
            "9007199254740991",
            "[]",
            r#"{"€":1,"😀":2,"\ufb33":3}"#,
        ] {
            // The last case is in the table for its order: UTF-16 code units, so 😀 before U+FB33.
            let text = text.replace("\\ufb33", "\u{fb33}");
            let value: Value = from_jcs(text.as_bytes()).unwrap();
            assert_eq!(to_jcs(&value).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
        for (text, expected) in [
            (r#"{"a":1,"a":1}"#, "the document is not in canonical form (RFC 8785), from byte 6 on"),
            (r#"{"x":{"a":2,"a":1}}"#, "the document is not in canonical form (RFC 8785), from byte 10 on"),
            (r#"{"b":1,"a":1}"#, "the document is not in canonical form (RFC 8785), from byte 2 on"),
            (r#"{"\ufb33":3,"😀":2}"#, "the document is not in canonical form (RFC 8785), from byte 2 on"),
            (r#"{"a":1.0}"#, "the number at `/a` is no integer within ±(2^53-1)"),
            (r#"{"a":1.5}"#, "the number at `/a` is no integer within ±(2^53-1)"),
            ("1e2", "the number at `` is no integer within ±(2^53-1)"),
            ("-0", "the number at `` is no integer within ±(2^53-1)"),
            ("[9007199254740992]", "the number at `/0` is no integer within ±(2^53-1)"),
            ("[-9007199254740992]", "the number at `/0` is no integer within ±(2^53-1)"),
            ("[99999999999999999999999]", "the number at `/0` is no integer within ±(2^53-1)"),
            (r#""\u00e9""#, "the document is not in canonical form (RFC 8785), from byte 1 on"),
            (r#""\/""#, "the document is not in canonical form (RFC 8785), from byte 1 on"),
            (r#"{"a": 1}"#, "the document is not in canonical form (RFC 8785), from byte 5 on"),
            ("1\n", "the document is not in canonical form (RFC 8785), from byte 1 on"),
            ("\u{feff}1", "the document cannot be read"),
            ("1 1", "the document cannot be read"),
            ("", "the document cannot be read"),
            (r#""\ud800""#, "the document cannot be read"),
        ] {
            assert_eq!(from_jcs::<Value>(text.as_bytes()).unwrap_err().to_string(), expected, "{text}");
        }
        assert!(matches!(from_jcs::<Value>(deep.as_bytes()), Err(JcsError::Depth(_))));
        assert!(from_jcs::<Value>(&deep.as_bytes()[1..65]).is_ok(), "32 is not too deep");
        assert!(from_jcs::<Value>(b"\"\xff\"").is_err(), "not UTF-8");
        assert!(to_jcs(&1.5).is_err() && to_jcs(&u64::MAX).is_err(), "neither is it written");
    }
}
