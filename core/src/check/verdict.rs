//! Whether a promise held, and if not, what shows it.

use std::fmt;

use crate::etcd::Operation;
use crate::member::{LogEntry, NodeId};
use crate::world::EventId;

use super::promise::Promise;

/// What became of a promise so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Verdict {
    /// Nothing has broken it.
    #[default]
    Held,
    /// It is broken.
    Broken {
        /// The event that broke it first.
        at: EventId,
        /// What shows it.
        evidence: Evidence,
        /// How often it was broken again since.
        later: u64,
    },
}

impl Verdict {
    /// Whether the promise was broken by an event up to `id`: the verdict as of then.
    #[must_use]
    pub fn is_broken_at(&self, id: EventId) -> bool {
        matches!(self, Self::Broken { at, .. } if *at <= id)
    }

    /// Whether nothing has broken the promise.
    #[must_use]
    pub fn is_held(&self) -> bool {
        matches!(self, Self::Held)
    }

    pub(super) fn breaks(&mut self, id: EventId, evidence: impl FnOnce() -> Evidence) {
        match self {
            Self::Held => {
                *self = Self::Broken {
                    at: id,
                    evidence: evidence(),
                    later: 0,
                }
            }
            Self::Broken { later, .. } => *later += 1,
        }
    }
}

/// What became of all promises.
#[derive(Clone, Debug, Default)]
pub(super) struct Verdicts {
    /// In the paper's order.
    pub(super) of_each: [Verdict; Promise::ALL.len()],
    /// How often any was broken.
    pub(super) breaches: u64,
}

impl Verdicts {
    pub(super) fn breaks(
        &mut self,
        promise: Promise,
        id: EventId,
        evidence: impl FnOnce() -> Evidence,
    ) {
        self.breaches += 1;
        self.of_each[promise.place()].breaks(id, evidence);
    }
}

/// What shows that a promise is broken.
#[derive(Clone, Debug, PartialEq)]
pub enum Evidence {
    /// Two nodes lead in one term.
    TwoLeaders {
        /// The term.
        term: u64,
        /// Who led first.
        first: NodeId,
        /// The event in which it became leader.
        first_at: EventId,
        /// Who leads as well.
        second: NodeId,
    },
    /// A leader changed an entry that it had.
    LeaderRewrote {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: u64,
        /// The index.
        index: u64,
        /// What stood there; `None` if that is not remembered.
        had: Option<LogEntry>,
        /// What stands there now; `None` for nothing.
        has: Option<LogEntry>,
    },
    /// Two logs share an entry's index and term, and are not the same up to it.
    LogsDiffer {
        /// The index that both have an entry of `term` at.
        index: u64,
        /// That term.
        term: u64,
        /// The first index at which they are known to differ.
        differ_at: u64,
        /// What each has there; `None` if that is not remembered.
        holders: [Holder; 2],
    },
    /// A leader lacks an entry that was committed in an earlier term.
    CommittedIsMissing {
        /// The entry.
        entry: LogEntry,
        /// The term in which it was committed.
        committed_in: u64,
        /// The node that first knew it.
        committed_by: NodeId,
        /// The event in which that node did.
        committed_at: EventId,
        /// The leader.
        leader: NodeId,
        /// The leader's term.
        term: u64,
        /// What it has at that index; `None` for nothing.
        instead: Option<LogEntry>,
    },
    /// Two nodes, or one node twice, applied different entries at one index.
    AppliedDiffer {
        /// The index.
        index: u64,
        /// Who applied something first, and what.
        first: Holder,
        /// Who applied something else.
        second: Holder,
    },
    /// The same entry changed two catalogs differently.
    ChangesDiffer {
        /// The entry's index.
        index: u64,
        /// Who applied it first.
        first: Holder,
        /// Whose catalog changed otherwise.
        second: Holder,
    },
    /// A snapshot holds another catalog than the entries that it stands for make.
    SnapshotDiffers {
        /// The last entry that the snapshot stands for.
        index: u64,
        /// Who applied that entry first.
        first: Holder,
        /// Who took the snapshot in.
        node: NodeId,
    },
}

/// A node with an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Holder {
    /// The node.
    pub node: NodeId,
    /// The entry; `None` if it is not remembered.
    pub entry: Option<LogEntry>,
    /// The event in which it came there, or was applied.
    pub at: EventId,
}

/// Says what was broken, and where.
impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TwoLeaders {
                term,
                first,
                first_at,
                second,
            } => write!(
                f,
                "{second} leads in term {term}, which {first} led before (event {})",
                first_at.0
            ),
            Self::LeaderRewrote {
                leader,
                term,
                index,
                had,
                has,
            } => {
                let had = Shown(had.as_ref());
                write!(
                    f,
                    "{leader}, the leader of term {term}, had {had} at index {index}, and "
                )?;
                match has {
                    Some(has) => write!(f, "now has {}", Shown(Some(has))),
                    None => write!(f, "now has nothing there"),
                }
            }
            Self::LogsDiffer {
                index,
                term,
                differ_at,
                holders: [a, b],
            } => write!(
                f,
                "{} and {} both have an entry of term {term} at index {index}, but at index \
                 {differ_at} {}, and {}",
                a.node,
                b.node,
                a.who("has"),
                b.who("has")
            ),
            Self::CommittedIsMissing {
                entry,
                committed_in,
                committed_by,
                committed_at,
                leader,
                term,
                instead,
            } => {
                write!(
                    f,
                    "{leader} leads in term {term} without {} of index {}, which was committed in \
                     term {committed_in} ({committed_by}, event {})",
                    Shown(Some(entry)),
                    entry.index(),
                    committed_at.0
                )?;
                match instead {
                    Some(instead) => write!(f, "; it has {} there", Shown(Some(instead))),
                    None => write!(f, "; it has nothing there"),
                }
            }
            Self::AppliedDiffer {
                index,
                first,
                second,
            } => write!(
                f,
                "at index {index} {}, and {}",
                first.who("applied"),
                second.who("applied")
            ),
            Self::ChangesDiffer {
                index,
                first,
                second,
            } => write!(
                f,
                "{} at index {index}, and it changed the catalog otherwise than when {}",
                second.who("applied"),
                first.who("applied")
            ),
            Self::SnapshotDiffers { index, first, node } => write!(
                f,
                "the snapshot that {node} took in for index {index} holds another catalog than \
                 {} had after it (event {})",
                first.node, first.at.0
            ),
        }
    }
}

impl Holder {
    /// Who did what with the entry, and when.
    fn who(&self, did: &str) -> String {
        let entry = Shown(self.entry.as_ref());
        format!("{} {did} {entry} (event {})", self.node, self.at.0)
    }
}

/// The most bytes of a key that are shown.
const MAX_SHOWN_BYTES: usize = 32;

/// An entry in words.
struct Shown<'a>(Option<&'a LogEntry>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(entry) = self.0 else {
            return write!(f, "an entry that is not remembered");
        };
        let (term, bytes) = (entry.term(), entry.data().len());
        match entry.type_code() {
            0 if bytes == 0 => return write!(f, "the empty entry of term {term}"),
            0 => {}
            _ => return write!(f, "a change of membership of term {term} ({bytes} bytes)"),
        }
        let named = match entry
            .request()
            .and_then(|request| request.operation.as_ref())
        {
            Some(Operation::Put(put)) => Some(("put", &put.key)),
            Some(Operation::DeleteRange(delete)) => Some(("delete", &delete.key)),
            _ => None,
        };
        match named {
            Some((what, key)) => {
                let shown = &key[..key.len().min(MAX_SHOWN_BYTES)];
                let cut = if shown.len() < key.len() { "…" } else { "" };
                let key = shown.escape_ascii();
                write!(f, "`{what} {key}{cut}' of term {term}")
            }
            None => write!(f, "an entry of term {term} ({bytes} bytes)"),
        }
    }
}
