//! What a person does to a world.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::etcd::{Request, StreamRequest};
use crate::member::{Micros, NodeId, Options, Origin, RequestId};

use super::{EventId, Latency, Span};

/// Anything that is done to a world from outside. All of it is recorded, and a run is a
/// function of what is recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// A client sends a request to a node.
    Request {
        /// The node that it is sent to.
        node: NodeId,
        /// The request.
        request: Request,
        /// How long the client waits, in µs.
        timeout_us: Micros,
    },
    /// A client that has proved who it is sends a request, or opens a stream.
    As {
        /// The token that it got for that (`etcd::AuthenticateResponse`), at most 100 bytes.
        token: String,
        /// What it does: [`Action::Request`] or [`Action::Open`].
        action: Box<Action>,
    },
    /// The node's power fails.
    Crash {
        /// The node.
        node: NodeId,
    },
    /// The node's power comes back.
    Restart {
        /// The node.
        node: NodeId,
    },
    /// The node's process stops for a while, as in a long garbage collection: its clock goes
    /// on, messages and clients wait for it, and it does nothing. When it goes on, it handles
    /// what waits in the order in which it came, and of the ticks that it missed one.
    Pause {
        /// The node.
        node: NodeId,
    },
    /// The node's process goes on.
    Resume {
        /// The node.
        node: NodeId,
    },
    /// The node's disk behaves differently from now on.
    Disk {
        /// The node.
        node: NodeId,
        /// How.
        change: DiskChange,
    },
    /// The disk of a node that is down is emptied.
    Wipe {
        /// The node.
        node: NodeId,
    },
    /// The node's clock goes differently from now on, or jumps.
    Clock {
        /// The node.
        node: NodeId,
        /// How.
        change: ClockChange,
    },
    /// One direction of one link behaves differently from now on.
    Link {
        /// Who sends.
        from: NodeId,
        /// Who receives.
        to: NodeId,
        /// How.
        change: LinkChange,
    },
    /// Cuts every link between nodes that share no group, and heals every other. A node in
    /// several groups is a bridge; one in none is alone.
    Partition {
        /// The groups.
        groups: Vec<Vec<NodeId>>,
    },
    /// Heals every link that is cut.
    Heal,
    /// Something happens to a message under way.
    Message {
        /// The event with which it left.
        sent: EventId,
        /// What.
        fate: Fate,
    },
    /// The node stands for election at once.
    Campaign {
        /// The node.
        node: NodeId,
    },
    /// The node's election timeout in its present term is this, from now on.
    ElectionTimeout {
        /// The node.
        node: NodeId,
        /// In ticks, from `election_ticks` to twice that, less one.
        ticks: u32,
    },
    /// The node is asked to hand its leadership over (thesis §3.10).
    TransferLeader {
        /// Who is asked.
        node: NodeId,
        /// Who is to lead.
        to: NodeId,
    },
    /// The node is set like this from its next start on, as with etcd's flags.
    Options {
        /// The node.
        node: NodeId,
        /// How.
        options: Box<Options>,
    },
    /// A new machine starts with an empty disk, and waits to be told by a leader who is in
    /// the cluster (etcd's `--initial-cluster-state existing`).
    Join {
        /// Its number; no node has it, or one that was removed, or that was emptied and is of
        /// another cluster.
        node: NodeId,
    },
    /// The node proposes a change of the membership in the raw form of the raft crate, in
    /// one go: through a joint configuration wherever more than one voter changes.
    Reconfigure {
        /// Who proposes.
        node: NodeId,
        /// The voters that are to be.
        voters: Vec<NodeId>,
        /// The learners that are to be.
        learners: Vec<NodeId>,
    },
    /// Clients begin to work in place of those that did; with no clients, none does.
    Workload {
        /// How they work.
        workload: Workload,
    },
    /// A client opens a stream at a node. What it hears on it are events.
    Open {
        /// The node.
        node: NodeId,
        /// What it says first; this decides what the stream is for.
        request: StreamRequest,
    },
    /// The client of an open stream says more on it.
    Say {
        /// The stream.
        stream: RequestId,
        /// What it says; of the kind that was said first.
        request: StreamRequest,
    },
    /// The client of an open stream ends it.
    Close {
        /// The stream.
        stream: RequestId,
    },
    /// The empty disk of a node that is down gets what a member of a new cluster begins with,
    /// which is made of a snapshot (`etcdctl snapshot restore`). What was under way from the
    /// node and to it is lost.
    Restore {
        /// The node; one of the new members.
        node: NodeId,
        /// What the cluster is made of.
        origin: Box<Origin>,
    },
}

impl Action {
    /// The node that an action is done to, or the first of them.
    #[must_use]
    pub fn node(&self) -> NodeId {
        let first = NodeId::new(1).expect("1 is a number");
        match self {
            Self::Request { node, .. }
            | Self::Crash { node }
            | Self::Restart { node }
            | Self::Pause { node }
            | Self::Resume { node }
            | Self::Disk { node, .. }
            | Self::Wipe { node }
            | Self::Clock { node, .. }
            | Self::Campaign { node }
            | Self::ElectionTimeout { node, .. }
            | Self::TransferLeader { node, .. }
            | Self::Options { node, .. }
            | Self::Join { node }
            | Self::Reconfigure { node, .. }
            | Self::Open { node, .. }
            | Self::Restore { node, .. } => *node,
            Self::As { action, .. } => action.node(),
            Self::Link { from, .. } => *from,
            Self::Partition { groups } => groups.iter().flatten().copied().next().unwrap_or(first),
            Self::Heal
            | Self::Message { .. }
            | Self::Workload { .. }
            | Self::Say { .. }
            | Self::Close { .. } => first,
        }
    }
}

/// How a disk changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiskChange {
    /// A sync takes so long.
    Sync(Span),
    /// Whether it is full: what is written does not get there, and a node that has to write
    /// stops as etcd does, with a fatal error.
    Full(bool),
    /// Whether it lies: it says that a sync has ended, and a crash takes back all that was
    /// written since it began to lie.
    Lies(bool),
}

/// How a clock changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockChange {
    /// It goes so many millionths faster (or slower, below zero) than time; −900 000 to
    /// 9 000 000.
    Rate(i32),
    /// It jumps ahead by so many µs: as many whole ticks as fit in happen at once, 1 to 1000.
    /// (A stopped process takes them for one; see [`Action::Pause`].)
    Jump(Micros),
}

/// How one direction of a link changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkChange {
    /// Whether it is cut: what is sent is lost, and what is under way when it would arrive.
    Cut(bool),
    /// How long a message takes.
    Latency(Latency),
    /// How many of a million messages are lost.
    Loss(u32),
    /// How many of a million messages arrive twice.
    Duplicate(u32),
    /// How many of a million messages may overtake others.
    Reorder(u32),
    /// How many bytes go through in a second; 0 for as many as come.
    Bandwidth(u32),
}

/// What happens to a message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// It arrives now, whatever its link is like.
    Deliver,
    /// It is lost.
    Drop,
    /// A copy of it leaves, and arrives when it does.
    Duplicate,
    /// It arrives so many µs later; 1 µs to 1 h.
    Delay(Micros),
    /// It waits on the way until somebody lets it go on.
    Hold,
    /// It goes on, and arrives now, whatever its link is like.
    Release,
}

/// What clients do by themselves. Each sends a request, waits for its end, thinks, and sends
/// the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Workload {
    /// How many clients; 0 to 100.
    pub clients: u32,
    /// How many keys they share; 1 to 10 000.
    pub keys: u32,
    /// How many of a hundred requests are reads.
    pub read_percent: u32,
    /// How many of a hundred reads are serializable.
    pub serializable_percent: u32,
    /// How long a client thinks between two requests; 1 ms to 1 h.
    pub think: Span,
    /// How long a client waits for an answer, in µs; 1 ms to 1 h.
    pub timeout_us: Micros,
}

impl Default for Workload {
    fn default() -> Self {
        Self {
            clients: 0,
            keys: 10,
            read_percent: 50,
            serializable_percent: 0,
            think: Span {
                min_us: 200_000,
                max_us: 2_000_000,
            },
            timeout_us: 5_000_000,
        }
    }
}

/// Why an action cannot be taken. Nothing has happened then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionError {
    /// The cluster has no such node.
    NoSuchNode(NodeId),
    /// The node is down.
    Down(NodeId),
    /// The node is down already.
    AlreadyDown(NodeId),
    /// The node is up already.
    AlreadyUp(NodeId),
    /// The node is paused, and can neither be paused once more nor do anything.
    AlreadyPaused(NodeId),
    /// The node is not paused.
    NotPaused(NodeId),
    /// The node was removed from the cluster, and stays down.
    Removed(NodeId),
    /// The node exists already.
    Exists(NodeId),
    /// The node does not lead.
    NotLeader(NodeId),
    /// The node knows no leader.
    NoLeader(NodeId),
    /// The node has no vote.
    NotVoter(NodeId),
    /// The node is not down.
    NotDown(NodeId),
    /// The node's disk is not empty.
    NotEmpty(NodeId),
    /// The snapshot for the node is damaged.
    BadSnapshot(NodeId),
    /// A link leads from a node to another one.
    LinkToItself(NodeId),
    /// No message under way left with this event.
    NoSuchMessage(EventId),
    /// The message that left with this event is held, and can be delivered, released or
    /// dropped.
    Held(EventId),
    /// The message that left with this event is not held.
    NotHeld(EventId),
    /// A number is out of bounds: what it is for, and what it has to be.
    OutOfBounds {
        /// What the number is for.
        what: &'static str,
        /// What is allowed.
        allowed: &'static str,
    },
    /// As many client requests as are allowed are under way.
    TooManyRequests(usize),
    /// As many messages as are allowed are under way.
    TooManyMessages(usize),
    /// No stream with this number is open.
    NoSuchStream(RequestId),
    /// As many streams as are allowed are open at the node.
    TooManyStreams(NodeId, usize),
    /// As many watchers or leases as are allowed are on the stream.
    TooManyOnStream(RequestId, usize),
    /// The stream is for something else than what is to be said on it.
    OtherStream(RequestId),
    /// The record holds as many actions as it may.
    TooManyActions(usize),
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchNode(node) => write!(f, "there is no node {node}"),
            Self::Down(node) => write!(f, "{node} is down"),
            Self::AlreadyDown(node) => write!(f, "{node} is down already"),
            Self::AlreadyUp(node) => write!(f, "{node} is up already"),
            Self::AlreadyPaused(node) => write!(f, "{node} is paused"),
            Self::NotPaused(node) => write!(f, "{node} is not paused"),
            Self::Removed(node) => write!(f, "{node} was removed from the cluster"),
            Self::Exists(node) => write!(f, "there is a node {node} already"),
            Self::NotLeader(node) => write!(f, "{node} is not the leader"),
            Self::NoLeader(node) => write!(f, "{node} knows no leader"),
            Self::NotVoter(node) => write!(f, "{node} has no vote"),
            Self::NotDown(node) => write!(f, "{node} is not down"),
            Self::NotEmpty(node) => write!(f, "the disk of {node} is not empty"),
            Self::BadSnapshot(node) => write!(f, "the snapshot for {node} is damaged"),
            Self::LinkToItself(node) => write!(f, "no link leads from {node} to itself"),
            Self::NoSuchMessage(EventId(sent)) => {
                write!(f, "message {sent} is not under way")
            }
            Self::Held(EventId(sent)) => write!(f, "message {sent} is held"),
            Self::NotHeld(EventId(sent)) => write!(f, "message {sent} is not held"),
            Self::OutOfBounds { what, allowed } => write!(f, "{what} has to be {allowed}"),
            Self::TooManyRequests(limit) => {
                write!(f, "{limit} requests are under way; that is the limit")
            }
            Self::TooManyMessages(limit) => {
                write!(f, "{limit} messages are under way; that is the limit")
            }
            Self::NoSuchStream(RequestId(id)) => write!(f, "stream {id} is not open"),
            Self::TooManyStreams(node, limit) => {
                write!(f, "{limit} streams are open at {node}; that is the limit")
            }
            Self::TooManyOnStream(RequestId(id), limit) => write!(
                f,
                "stream {id} has {limit} watchers or leases; that is the limit"
            ),
            Self::OtherStream(RequestId(id)) => {
                write!(f, "stream {id} is for something else")
            }
            Self::TooManyActions(limit) => {
                write!(f, "the run holds {limit} actions; that is the limit")
            }
        }
    }
}

impl std::error::Error for ActionError {}
