// SPDX-FileCopyrightText: 2026 The copyhold authors
// SPDX-License-Identifier: GPL-3.0-or-later

//! A point in time as whole UTC seconds. It never reads the clock.

use std::fmt;
use std::str::FromStr;

use super::text_form::text_form;

/// A second in UTC, written `2026-11-22T14:00:00Z` (RFC 3339, section 5.6, always `Z`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(jiff::Timestamp);

/// Why a text is no [`Instant`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseInstantError;

impl fmt::Display for ParseInstantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a UTC time like 2026-11-22T14:00:00Z")
    }
}

impl std::error::Error for ParseInstantError {}

impl Instant {
    /// Returns the instant `seconds` after 1970-01-01T00:00:00Z, where the calendar reaches it.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        jiff::Timestamp::from_second(seconds).ok().map(Self)
    }

    /// Returns the seconds since 1970-01-01T00:00:00Z.
    pub fn unix(self) -> i64 {
        self.0.as_second()
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0}", self.0)
    }
}

impl FromStr for Instant {
    type Err = ParseInstantError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let instant = Self(text.parse().map_err(|_| ParseInstantError)?);
        // One spelling per value: parse, print, compare.
        if instant.to_string() == text { Ok(instant) } else { Err(ParseInstantError) }
    }
}

text_form!(
    Instant,
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
    "RFC 3339 time in UTC, whole seconds"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        let text = "2026-11-22T14:00:00Z";
        assert_eq!(text.parse::<Instant>().unwrap().to_string(), text);
        for bad in
            ["2026-11-22T14:00:00+00:00", "2026-11-22T14:00:00.5Z", "2026-11-22t14:00:00z", "2026-11-22", ""]
        {
            assert!(bad.parse::<Instant>().is_err(), "{bad}");
        }
    }
}
