//! Names, roles and settings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment or a span of virtual time, in microseconds.
pub type Micros = u64;

/// The most nodes of a cluster, those that join later among them.
pub const MAX_NODES: u8 = 15;

/// A node, numbered from 1. The same number is its identifier in the raft crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(u8);

impl NodeId {
    /// The node with this number, from 1; `None` for 0.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number == 0 {
            None
        } else {
            Some(Self(number))
        }
    }

    /// The node that the raft crate knows by this identifier, `None` for its "nobody".
    pub(crate) fn from_raft(id: u64) -> Option<Self> {
        u8::try_from(id).ok().and_then(Self::new)
    }

    /// The number, from 1.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// The identifier in the raft crate.
    #[must_use]
    pub fn raft_id(self) -> u64 {
        u64::from(self.0)
    }

    /// The place in a list of all nodes, from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::from(self.0) - 1
    }

    /// The first `count` nodes.
    pub fn first(count: u8) -> impl Iterator<Item = Self> {
        (1..=count).map(Self)
    }
}

/// `n3` for node 3.
impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

/// What a running node is to its term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Takes entries from a leader.
    Follower,
    /// Asks whether it could win, before it raises the term (thesis §9.6).
    PreCandidate,
    /// Asks for votes.
    Candidate,
    /// Orders the log of its term.
    Leader,
}

impl Role {
    /// The name in the trace.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Follower => "follower",
            Self::PreCandidate => "pre-candidate",
            Self::Candidate => "candidate",
            Self::Leader => "leader",
        }
    }
}

/// Who belongs to the cluster, as one node has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// Who votes, by number.
    pub voters: Vec<NodeId>,
    /// Who voted before, while a change goes through a joint configuration (§6); a majority
    /// of both is needed then. Empty otherwise.
    pub outgoing: Vec<NodeId>,
    /// Who gets the log without a vote.
    pub learners: Vec<NodeId>,
}

/// How a leader makes sure that a linearizable read sees the newest state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadMode {
    /// It asks a majority whether it still leads (thesis §6.4).
    #[default]
    ReadIndex,
    /// It trusts its clock: no other can lead before an election timeout has passed since a
    /// majority heard of it (thesis §6.4.1). Wrong where clocks go wrong. Needs
    /// `check_quorum`.
    Lease,
}

/// How every node of a cluster is set; the defaults are etcd 3.4's (`embed/config.go`,
/// `etcdserver/raft.go`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The time between two ticks of a node's clock, in µs; also the heartbeat interval.
    pub tick_us: Micros,
    /// Ticks without a leader's message after which a follower may stand for election. The
    /// timeout of each term lies in `election_ticks .. 2 * election_ticks`.
    pub election_ticks: u32,
    /// Ticks between two heartbeats of a leader.
    pub heartbeat_ticks: u32,
    /// Ask before standing for election (thesis §9.6).
    pub pre_vote: bool,
    /// A leader that does not hear from a majority for an election timeout steps down.
    pub check_quorum: bool,
    /// The most bytes of entries in one append message.
    pub max_size_per_message_bytes: u64,
    /// The most append messages under way to one follower.
    pub max_inflight_messages: u32,
    /// The size of the catalog, in bytes as etcd counts them, from which puts are refused.
    pub quota_bytes: u64,
    /// How a linearizable read is made sure of.
    pub read_mode: ReadMode,
    /// How many entries are applied between two snapshots (`--snapshot-count`).
    pub snapshot_entries: u32,
    /// How many entries before a snapshot stay in the log for followers that are a little
    /// behind (`etcdserver/server.go`, `SnapshotCatchUpEntries`).
    pub catch_up_entries: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tick_us: 100_000,
            election_ticks: 10,
            heartbeat_ticks: 1,
            pre_vote: false,
            check_quorum: true,
            max_size_per_message_bytes: 1024 * 1024,
            max_inflight_messages: 512,
            quota_bytes: 64 * 1024 * 1024,
            read_mode: ReadMode::ReadIndex,
            snapshot_entries: 100_000,
            catch_up_entries: 5_000,
        }
    }
}

impl Options {
    /// The shortest election timeout in µs.
    #[must_use]
    pub fn election_timeout_us(&self) -> Micros {
        Micros::from(self.election_ticks) * self.tick_us
    }

    /// How long a member tries to carry a request out, in µs: 5 s, and twice the election
    /// timeout for a change of leader (`etcdserver/config.go`, `ReqTimeout`).
    #[must_use]
    pub fn request_timeout_us(&self) -> Micros {
        5_000_000 + 2 * self.election_timeout_us()
    }
}
