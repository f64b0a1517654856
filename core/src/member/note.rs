//! What happens inside a member.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Changes};

use super::{Configuration, Entries, Micros, NodeId, Role};

/// A client's request, numbered over the whole run from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u64);

/// Which timer ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// No word from a leader for the node's election timeout.
    Election,
    /// It is time for the leader's next heartbeat.
    Heartbeat,
    /// The leader has not heard from a majority for an election timeout, and steps down.
    CheckQuorum,
}

/// What a node's disk holds after a crash.
#[derive(Clone, Debug, PartialEq)]
pub struct Remains {
    /// The term on the disk.
    pub term: u64,
    /// The vote on the disk.
    pub vote: Option<NodeId>,
    /// The commit index on the disk.
    pub commit: u64,
    /// The first index at which the log on the disk differs from what the node had.
    pub from: u64,
    /// What the disk holds from there on.
    pub restored: Entries,
    /// The first index that the log on the disk has room for. If it is below what the node
    /// had, `from` is the same: the log's beginning is there again. It is above that if a
    /// snapshot of the node's own is on the disk and nobody had told the node.
    pub first: u64,
    /// The last entry that the snapshot on the disk stands for, 0 if there is none.
    pub snapshot: u64,
}

/// What a node got by a snapshot, or found on its disk in place of a log's beginning.
#[derive(Clone, Debug, PartialEq)]
pub struct Restored {
    /// The last entry that the snapshot stands for.
    pub index: u64,
    /// Its term.
    pub term: u64,
    /// The catalog after that entry.
    pub catalog: Catalog,
    /// The cluster after that entry.
    pub configuration: Configuration,
}

/// When a lease expires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseDeadline {
    /// The lease.
    pub lease: i64,
    /// How long it lives without being kept alive, in seconds.
    pub ttl_s: i64,
    /// When it expires, as far as the leader's clock goes on as it does; it is revoked a
    /// little later. `None` if it is gone.
    pub expires_at: Option<Micros>,
}

/// One thing that happened inside a node. Together the notes of a node say everything
/// that a picture of it shows; whoever folds them never looks at the node itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The node started with what its disk holds, and an empty catalog.
    Started {
        /// The term on its disk.
        term: u64,
        /// The vote on its disk.
        vote: Option<NodeId>,
        /// The commit index on its disk.
        commit: u64,
    },
    /// Memory and unsynced writes are gone.
    Crashed(Box<Remains>),
    /// A timer ran out.
    TimedOut(Timeout),
    /// The election timer starts anew.
    TimerReset {
        /// When it will run out, if nothing resets it before.
        expires_at: Micros,
    },
    /// Role, term or known leader changed.
    Became {
        /// The role from now on.
        role: Role,
        /// The term from now on.
        term: u64,
        /// The leader that the node knows of.
        leader: Option<NodeId>,
    },
    /// The node gave its vote of this term.
    Voted {
        /// The term.
        term: u64,
        /// Who got the vote.
        candidate: NodeId,
    },
    /// Entries went into the log; what stood there from the first one's index on is gone.
    Appended {
        /// The entries, by ascending index, not empty.
        entries: Entries,
    },
    /// A write reached the disk.
    Synced {
        /// The log is on the disk up to this index.
        through: u64,
    },
    /// The node learned that entries are committed.
    Committed {
        /// All entries up to this index.
        index: u64,
    },
    /// The node applied an entry to its catalog.
    Applied {
        /// The entry's index.
        index: u64,
        /// What changed in the catalog, in order; the last one carries its new revision.
        changes: Changes,
    },
    /// The node leads, and counts the time of these leases: they expire then, unless they are
    /// kept alive, or they are gone.
    LeasesTimed {
        /// The leases; those with the least time left come first.
        deadlines: Rc<[LeaseDeadline]>,
    },
    /// The node knows another configuration from now on.
    Configured {
        /// The configuration.
        configuration: Rc<Configuration>,
    },
    /// The node took a snapshot, and dropped the beginning of its log.
    Compacted {
        /// The entry that the snapshot goes up to.
        snapshot: u64,
        /// The first entry that is left in the log.
        first: u64,
    },
    /// A snapshot took the place of the catalog and of the log up to it. (At a start, the
    /// snapshot on the disk does.)
    Restored(Rc<Restored>),
    /// The node stopped by itself.
    Halted {
        /// Why.
        reason: Halt,
    },
}

/// Why a node stopped by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// It was removed from the cluster; as etcd does, it stops for good.
    Removed,
    /// Its disk is full.
    DiskFull,
    /// Its leader counts on entries that it has lost: its disk lied, or was emptied. etcd
    /// panics ("Was the raft log corrupted, truncated, or lost?").
    LogLost,
}
