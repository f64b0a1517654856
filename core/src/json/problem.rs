//! What is wrong with a text, and where.

use std::fmt;

/// A place in a text: the line from 1, and how many of its bytes were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The bytes of the line up to there.
    pub(crate) column: usize,
}

impl Place {
    /// The place behind so many bytes of a text.
    pub(super) fn behind(text: &str, bytes: usize) -> Self {
        let before = &text.as_bytes()[..bytes.min(text.len())];
        let line_start = before.iter().rposition(|byte| *byte == b'\n');
        Self {
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            column: before.len() - line_start.map_or(0, |newline| newline + 1),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} column {}", self.line, self.column)
    }
}

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// What is wrong.
    pub(crate) what: &'static str,
    /// Where.
    pub(crate) at: Place,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.what, self.at)
    }
}

impl std::error::Error for Problem {}
