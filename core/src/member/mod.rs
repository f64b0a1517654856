//! One node: the raft crate with a log, a disk and a catalog around it.
//!
//! To the world above, a node is a small interface ([`Member`]): time passes
//! ([`Member::tick`]), a message arrives ([`Member::deliver`]), a write reaches the disk
//! ([`Member::synced`]), a client asks ([`Member::request`]), the power fails
//! ([`Member::crash`]) and comes back ([`Member::restart`]). Whatever follows, it tells
//! its [`Host`], in order: what happened inside ([`Note`]), messages to send, writes to
//! start, answers to clients. A member reads no clock and draws no random number: the
//! time is handed in, and its election timeouts are a function of (seed, node, term).
//!
//! # A write, from request to answer
//! The member that is asked gives the write an identifier, encodes it as etcd's
//! `InternalRaftRequest` and proposes it; the raft crate forwards it to the leader. Once
//! the entry is committed, every member applies it to its own catalog, and the one whose
//! client waits for that identifier answers. A member that knows no leader holds the write
//! until it knows one, as etcd does, or until the time limit.
//!
//! # Persistence
//! The raft crate has entries and votes to save and messages to send (`ready.rs`). A leader's
//! messages go out at once (thesis §10.2.1); a follower's answers wait until what they promise
//! is on the disk. Between writing and sync the log already shows the new entries ([`Log`]),
//! which also keeps what the disk holds, so that a crash can take back whatever was not synced.
//!
//! # Membership
//! Who belongs to the cluster is replicated state, like the catalog, and part of each
//! snapshot. A node is told who the cluster began with; every change is an entry of the log
//! and counts from the moment at which it is applied. A node that finds itself removed
//! stops at once and for good: its messages have left by then. (etcd waits for a second, so
//! that they do.) What the log says of a node's number may be meant for an older machine of
//! that number; the time at which a change was asked for decides.

mod applying;
mod auth;
mod changes;
mod clock;
mod content;
mod entry;
mod host;
mod identity;
mod ids;
mod image;
mod leases;
mod lessor;
mod log;
mod maintenance;
mod membership;
mod node;
mod note;
mod noting;
mod origin;
mod peers;
mod ready;
mod requests;
mod running;
mod serving;
mod snapshots;
mod streams;
mod tokens;
mod view;
mod watching;

pub use clock::Clock;
pub use entry::{Entries, LogEntry, Pool};
pub use host::Host;
pub use ids::{Configuration, MAX_NODES, Micros, NodeId, Options, ReadMode, Role};
pub use log::Log;
pub use node::{Arrival, Member};
pub use note::{Halt, LeaseDeadline, Note, Remains, RequestId, Restored, Timeout};
pub use origin::{MAX_SNAPSHOT_BYTES, MAX_TOKEN_BYTES, Origin};
pub use peers::{LEASE_ANSWER, LEASE_QUESTION};
pub use raft::eraftpb::{Message, MessageType};
pub use view::MemberView;
