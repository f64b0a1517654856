//! A look into a node.

use crate::catalog::Catalog;

use super::{LogEntry, Micros, NodeId, Role};

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
    /// Its log, by index.
    pub entries: &'a [LogEntry],
    /// Its catalog; `None` while the node is down.
    pub catalog: Option<&'a Catalog>,
    /// When its election timer runs out; `None` for a leader and while it is down.
    pub expires_at: Option<Micros>,
}
