//! What may be wrong with the bytes of a link.

use std::fmt;

use crate::share::limits::Excess;

/// Why bytes are no recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// They end too early, or hold something that is no number, no text or no known action.
    Unreadable {
        /// The part of the link.
        part: &'static str,
        /// The action, from 0, where it is about one.
        place: Option<usize>,
    },
    /// The runs of this version take another course than those of the one that made it.
    Behaviour {
        /// The course that the link is for.
        found: u32,
        /// The course of this version.
        known: u32,
    },
    /// A setting that this version does not have, or a value that it cannot have.
    Setting {
        /// Its number.
        number: u8,
    },
    /// More is behind the last action.
    Trailing {
        /// How many bytes.
        bytes: usize,
    },
    /// It asks for too much.
    Excess(Excess),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { part, place } => {
                if let Some(place) = place {
                    write!(f, "actions[{place}]: ")?;
                }
                write!(f, "the {part} cannot be read")
            }
            Self::Behaviour { found, known } => write!(
                f,
                "it was made for runs of behaviour {found}, and this version's runs are of \
                 behaviour {known}: it would not show what it showed then"
            ),
            Self::Setting { number } => write!(
                f,
                "setup: setting {number} is not known here, or cannot have its value"
            ),
            Self::Trailing { bytes } => write!(f, "{bytes} bytes are left over at its end"),
            Self::Excess(excess) => excess.fmt(f),
        }
    }
}

impl std::error::Error for Problem {}

/// Something cannot be read.
pub(super) fn unreadable(part: &'static str, place: Option<usize>) -> Problem {
    Problem::Unreadable { part, place }
}
