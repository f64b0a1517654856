//! The numbers of a node that conditions compare.

use crate::trace::NodeFrame;

/// A number of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Its term.
    Term,
    /// Its commit index.
    Commit,
    /// The index of the last entry in its catalog.
    Applied,
    /// The index of the last entry of its log.
    Last,
    /// The index up to which its log is on its disk.
    Synced,
    /// The last entry that its snapshot stands for.
    Snapshot,
    /// The revision of its catalog.
    Revision,
}

/// The words for them.
pub(super) const NUMBERS: [(&str, Number); 7] = [
    ("term", Number::Term),
    ("commit", Number::Commit),
    ("applied", Number::Applied),
    ("last", Number::Last),
    ("synced", Number::Synced),
    ("snapshot", Number::Snapshot),
    ("revision", Number::Revision),
];

impl Number {
    pub(super) fn name(self) -> &'static str {
        let known = NUMBERS.iter().find(|(_, number)| *number == self);
        known.map_or("", |(name, _)| name)
    }

    /// Whether it is the place of an entry in the log.
    pub(super) fn is_index(self) -> bool {
        !matches!(self, Self::Term | Self::Revision)
    }

    /// The node's number. A node that is down has no catalog.
    pub(super) fn of(self, node: &NodeFrame) -> Option<u64> {
        let in_memory = |number| node.role().map(|_| number);
        match self {
            Self::Term => Some(node.term),
            Self::Commit => Some(node.commit),
            Self::Applied => in_memory(node.applied),
            Self::Last => Some(node.last()),
            Self::Synced => Some(node.synced),
            Self::Snapshot => Some(node.snapshot),
            Self::Revision => in_memory(u64::try_from(node.revision).unwrap_or(0)),
        }
    }
}

/// How two numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Not the same.
    Unequal,
    /// Above.
    Above,
    /// Above or the same.
    AtLeast,
    /// Below.
    Below,
    /// Below or the same.
    AtMost,
}

impl Comparison {
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "=" | "==" => Self::Equal,
            "!=" => Self::Unequal,
            ">" => Self::Above,
            ">=" | "≥" => Self::AtLeast,
            "<" => Self::Below,
            "<=" | "≤" => Self::AtMost,
            _ => return None,
        })
    }

    pub(super) fn holds(self, left: u64, right: u64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Above => left > right,
            Self::AtLeast => left >= right,
            Self::Below => left < right,
            Self::AtMost => left <= right,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
        }
    }
}
