//! The run in the address: `#nodes=5&seed=42`.

use glassraft_core::world::{Setup, SetupError};

/// What a run begins with, as far as the page lets a person choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// How many nodes.
    pub(crate) nodes: u8,
    /// The seed of all chance in it.
    pub(crate) seed: u64,
}

/// What is wrong with a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LinkError {
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

/// How much of a wrong part is repeated to the person.
const MAX_QUOTED_CHARS: usize = 40;

impl Start {
    /// The setup of the core for it.
    pub(crate) fn setup(self) -> Result<Setup, SetupError> {
        let setup = Setup {
            nodes: self.nodes,
            ..Setup::default()
        };
        setup.validate()?;
        Ok(setup)
    }

    /// The fragment of the address.
    pub(crate) fn to_fragment(self) -> String {
        format!("nodes={}&seed={}", self.nodes, self.seed)
    }

    /// Reads a fragment. What it leaves out is taken from `default`.
    pub(crate) fn parse(fragment: &str, default: Self) -> Result<Self, LinkError> {
        let (mut nodes, mut seed) = (None, None);
        for part in fragment.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| LinkError::NoValue { part: quoted(part) })?;
            match name {
                "nodes" => set(&mut nodes, "nodes", parse_nodes(value)?)?,
                "seed" => set(&mut seed, "seed", parse_seed(value)?)?,
                _ => {
                    return Err(LinkError::UnknownName { name: quoted(name) });
                }
            }
        }
        Ok(Self {
            nodes: nodes.unwrap_or(default.nodes),
            seed: seed.unwrap_or(default.seed),
        })
    }
}

fn set<T>(place: &mut Option<T>, name: &'static str, value: T) -> Result<(), LinkError> {
    match place.replace(value) {
        Some(_) => Err(LinkError::Twice { name }),
        None => Ok(()),
    }
}

fn parse_nodes(value: &str) -> Result<u8, LinkError> {
    let wrong = || LinkError::Nodes {
        found: quoted(value),
    };
    let nodes = value.parse().map_err(|_| wrong())?;
    let start = Start { nodes, seed: 0 };
    start.setup().map_err(|_| wrong())?;
    Ok(nodes)
}

/// Reads a seed as a person writes it.
pub(crate) fn parse_seed(value: &str) -> Result<u64, LinkError> {
    value.trim().parse().map_err(|_| LinkError::Seed {
        found: quoted(value),
    })
}

fn quoted(text: &str) -> String {
    if text.chars().count() <= MAX_QUOTED_CHARS {
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
    fn a_link_is_read_back() {
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
