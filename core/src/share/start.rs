//! A run without actions in an address: `nodes=5&seed=42`.

use std::fmt;

use crate::trace::Recording;
use crate::world::{Setup, SetupError};

/// What a run begins with, as far as a short link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// How many nodes.
    pub nodes: u8,
    /// The seed of all chance in it.
    pub seed: u64,
}

impl Default for Start {
    fn default() -> Self {
        Self { nodes: 5, seed: 1 }
    }
}

/// What is wrong with a short link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// A part is not `name=value`.
    NoValue {
        /// The part.
        part: String,
    },
    /// Nothing has this name.
    UnknownName {
        /// The name.
        name: String,
    },
    /// A name stands there twice.
    Twice {
        /// The name.
        name: &'static str,
    },
    /// A number of nodes that no cluster has.
    Nodes {
        /// What stands there.
        found: String,
    },
    /// Not a seed.
    Seed {
        /// What stands there.
        found: String,
    },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoValue { part } => write!(f, "`{part}' is not name=value"),
            Self::UnknownName { name } => {
                write!(
                    f,
                    "there is no `{name}' in a link; it has nodes and seed, or run alone"
                )
            }
            Self::Twice { name } => write!(f, "`{name}' stands there twice"),
            Self::Nodes { found } => write!(f, "nodes is `{found}', but has to be 1 to 15"),
            Self::Seed { found } => {
                write!(
                    f,
                    "seed is `{found}', but has to be a number from 0 to 2^64 - 1"
                )
            }
        }
    }
}

impl std::error::Error for StartError {}

/// How much of a wrong part is repeated to the person.
const MAX_QUOTED_CHARS: usize = 40;

impl Start {
    /// The start of a recording, if a short link says all of it: it has no actions, and its
    /// setup is the default but for the number of nodes.
    #[must_use]
    pub fn of(recording: &Recording) -> Option<Self> {
        let start = Self {
            nodes: recording.setup.nodes,
            seed: recording.seed,
        };
        let is_all = recording.actions.is_empty()
            && recording.setup
                == Setup {
                    nodes: start.nodes,
                    ..Setup::default()
                };
        is_all.then_some(start)
    }

    /// The setup for it.
    ///
    /// # Errors
    /// No cluster has so many nodes.
    pub fn setup(self) -> Result<Setup, SetupError> {
        let setup = Setup {
            nodes: self.nodes,
            ..Setup::default()
        };
        setup.validate()?;
        Ok(setup)
    }

    /// The fragment of the address.
    #[must_use]
    pub fn to_fragment(self) -> String {
        format!("nodes={}&seed={}", self.nodes, self.seed)
    }

    /// Reads a fragment. What it leaves out is taken from `default`.
    ///
    /// # Errors
    /// The first part that is wrong.
    pub fn parse(fragment: &str, default: Self) -> Result<Self, StartError> {
        let (mut nodes, mut seed) = (None, None);
        for part in fragment.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| StartError::NoValue { part: quoted(part) })?;
            match name {
                "nodes" => set(&mut nodes, "nodes", Self::parse_nodes(value)?)?,
                "seed" => set(&mut seed, "seed", Self::parse_seed(value)?)?,
                _ => {
                    return Err(StartError::UnknownName { name: quoted(name) });
                }
            }
        }
        Ok(Self {
            nodes: nodes.unwrap_or(default.nodes),
            seed: seed.unwrap_or(default.seed),
        })
    }

    /// Reads a number of nodes as a person writes it.
    ///
    /// # Errors
    /// No cluster has so many nodes.
    pub fn parse_nodes(value: &str) -> Result<u8, StartError> {
        let wrong = || StartError::Nodes {
            found: quoted(value),
        };
        let nodes = value.parse().map_err(|_| wrong())?;
        let start = Self { nodes, seed: 0 };
        start.setup().map_err(|_| wrong())?;
        Ok(nodes)
    }

    /// Reads a seed as a person writes it.
    ///
    /// # Errors
    /// It is no number from 0 to 2^64 − 1.
    pub fn parse_seed(value: &str) -> Result<u64, StartError> {
        value.trim().parse().map_err(|_| StartError::Seed {
            found: quoted(value),
        })
    }
}

fn set<T>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), StartError> {
    match place.replace(value) {
        Some(_) => Err(StartError::Twice { name }),
        None => Ok(()),
    }
}

/// The beginning of a text, for a message.
pub(super) fn quoted(text: &str) -> String {
    if text.chars().nth(MAX_QUOTED_CHARS).is_none() {
        return text.to_owned();
    }
    let start: String = text.chars().take(MAX_QUOTED_CHARS).collect();
    format!("{start}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: Start = Start { nodes: 5, seed: 1 };

    #[test]
    fn a_short_link_is_read_back() {
        for (nodes, seed) in [(3, 0), (9, u64::MAX)] {
            let start = Start { nodes, seed };
            assert_eq!(Start::parse(&start.to_fragment(), DEFAULT), Ok(start));
        }
    }

    #[test]
    fn what_is_left_out_is_the_default() {
        assert_eq!(Start::parse("", DEFAULT), Ok(DEFAULT));
        let start = Start { seed: 7, ..DEFAULT };
        assert_eq!(Start::parse("seed=7", DEFAULT), Ok(start));
    }

    #[test]
    fn nonsense_is_an_error() {
        for fragment in [
            "nodes",
            "nodes=16",
            "nodes=0",
            "nodes=-1",
            "nodes=256",
            "nodes=1000000",
            "seed=",
            "seed=1e3",
            "seed=18446744073709551616",
            "seed=1&seed=2",
            "x=1",
            "%E0%A4%A&&==",
        ] {
            assert!(Start::parse(fragment, DEFAULT).is_err(), "{fragment}");
        }
    }
}
