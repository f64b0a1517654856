//! A look into a node.

use crate::catalog::Catalog;

use super::{Configuration, LogEntry, Micros, NodeId, Role};

/// What a node holds, read straight from it.
#[derive(Debug)]
pub struct MemberView<'a> {
    /// `None` while the node is down.
    pub role: Option<Role>,
    /// The node's term.
    pub term: u64,
    /// Its vote in that term.
    pub vote: Option<NodeId>,
    /// The leader that it knows of.
    pub leader: Option<NodeId>,
    /// Its commit index.
    pub commit: u64,
    /// The index of the newest entry in its catalog.
    pub applied: u64,
    /// Its log is on the disk up to this index.
    pub synced: u64,
    /// The index of the first entry that its log has room for.
    pub first: u64,
    /// Its log, by index, from `first` on.
    pub entries: &'a [LogEntry],
    /// The last entry that its newest snapshot stands for, 0 if it has none.
    pub snapshot: u64,
    /// Who belongs to the cluster, as it has it; `None` while it is down.
    pub configuration: Option<&'a Configuration>,
    /// Whether it was removed from the cluster, and is down for good.
    pub is_removed: bool,
    /// Its catalog; `None` while the node is down.
    pub catalog: Option<&'a Catalog>,
    /// When its election timer runs out; `None` for a leader and while it is down.
    pub expires_at: Option<Micros>,
}
