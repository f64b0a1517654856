//! What can be said.

use std::rc::Rc;

use bytes::Bytes;

use crate::etcd::{AlarmAction, Compare, Error, Operation, Request, RequestUnion, TxnRequest};
use crate::member::{Configuration, Halt, LogEntry, Micros, NodeId};
use crate::world::{Action, LossReason, MessageKind, Packet};

/// What an entry or a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The empty entry with which a leader begins its term.
    Empty,
    /// A put of this key.
    Put(Bytes),
    /// A deletion from this key on.
    Delete(Bytes),
    /// A read from this key on.
    Range(Bytes),
    /// A transaction, by the first key that it compares or touches.
    Txn(Bytes),
    /// The past of the store before this revision is forgotten.
    Compaction(i64),
    /// A lease of so many seconds.
    Grant(i64),
    /// The end of this lease.
    Revoke(i64),
    /// An alarm is raised or asked for (`false`), or taken back (`true`).
    Alarm(bool),
    /// Another call, by its name in traces.
    Call(&'static str),
    /// The members of the cluster.
    Members,
}

impl Subject {
    /// What an entry is about.
    #[must_use]
    pub fn of_entry(entry: &LogEntry) -> Self {
        let request = entry.request();
        match request.and_then(|request| request.operation.as_ref()) {
            _ if entry.changes_members() => Self::Members,
            None => Self::Empty,
            Some(Operation::Attributes(_)) => Self::Members,
            Some(Operation::Authenticate(_)) => Self::Call("authenticate"),
            // A copy is cheap but for a transaction, of which the first key is enough.
            Some(Operation::Txn(txn)) => Self::Txn(first_key(txn)),
            Some(operation) => operation
                .request()
                .map_or(Self::Empty, |request| Self::of_request(&request)),
        }
    }

    /// What a request is about.
    #[must_use]
    pub fn of_request(request: &Request) -> Self {
        match request {
            Request::Range(range) => Self::Range(range.key.clone()),
            Request::Put(put) => Self::Put(put.key.clone()),
            Request::DeleteRange(delete) => Self::Delete(delete.key.clone()),
            Request::Txn(txn) => Self::Txn(first_key(txn)),
            Request::Compaction(compaction) => Self::Compaction(compaction.revision),
            Request::LeaseGrant(grant) => Self::Grant(grant.ttl),
            Request::LeaseRevoke(revoke) => Self::Revoke(revoke.id),
            Request::Alarm(alarm) => Self::Alarm(alarm.action == AlarmAction::Deactivate as i32),
            request if request.is_about_members() => Self::Members,
            request => Self::Call(request.label()),
        }
    }
}

/// The first key that a transaction compares or touches; nothing if there is none, or if
/// only a transaction inside of it has one.
fn first_key(txn: &TxnRequest) -> Bytes {
    let compared = txn.compare.iter().map(|Compare { key, .. }| key);
    let touched = txn.success.iter().chain(&txn.failure);
    let touched = touched.filter_map(|operation| match operation.request.as_ref()? {
        RequestUnion::Range(range) => Some(&range.key),
        RequestUnion::Put(put) => Some(&put.key),
        RequestUnion::DeleteRange(delete) => Some(&delete.key),
        RequestUnion::Txn(_) => None,
    });
    compared.chain(touched).next().cloned().unwrap_or_default()
}

/// So many of so many voters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many of them.
    pub count: usize,
    /// How many there are.
    pub of: usize,
}

impl Share {
    /// How many of these voters satisfy a condition.
    #[must_use]
    pub fn of(voters: &[NodeId], is_one: impl Fn(NodeId) -> bool) -> Self {
        Self {
            count: voters.iter().filter(|voter| is_one(**voter)).count(),
            of: voters.len(),
        }
    }

    /// How many make a majority.
    #[must_use]
    pub fn majority(self) -> usize {
        self.of / 2 + 1
    }
}

/// Something worth saying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// Every node has just started, and nobody leads.
    Began {
        /// How many nodes.
        nodes: usize,
    },
    /// A node heard from no leader for too long and stands for election.
    StandsForElection {
        /// The node.
        node: NodeId,
        /// The term that it wants to lead.
        term: u64,
    },
    /// A node gave its vote to another.
    Voted {
        /// The node.
        node: NodeId,
        /// Who got the vote.
        candidate: NodeId,
        /// The term.
        term: u64,
        /// How many votes the candidate has been given now, its own among them.
        votes: Share,
        /// The same among those who voted before, while two configurations are joined.
        outgoing: Option<Share>,
    },
    /// A node refused its vote.
    RefusedVote {
        /// The node.
        node: NodeId,
        /// Who asked.
        candidate: NodeId,
        /// The term.
        term: u64,
    },
    /// A node heard from no leader for too long, and asks whether it could win.
    AsksAhead {
        /// The node.
        node: NodeId,
        /// The term that it would lead.
        term: u64,
    },
    /// A leader has not heard from a majority for an election timeout, and steps down.
    LostMajority {
        /// The node.
        node: NodeId,
    },
    /// A candidate won.
    Elected {
        /// The node.
        node: NodeId,
        /// The term that it leads.
        term: u64,
    },
    /// A node that led, or wanted to, follows again.
    SteppedDown {
        /// The node.
        node: NodeId,
        /// Whether it led.
        led: bool,
        /// Its term now.
        term: u64,
    },
    /// A node's power failed.
    Crashed {
        /// The node.
        node: NodeId,
        /// Whether it led.
        led: bool,
        /// Entries that had not reached its disk, and are gone.
        lost_entries: u64,
    },
    /// A node's power came back.
    Restarted {
        /// The node.
        node: NodeId,
        /// The index of the last entry on its disk.
        last: u64,
    },
    /// A node stopped by itself.
    Halted {
        /// The node.
        node: NodeId,
        /// Why.
        reason: Halt,
    },
    /// The cluster has other members: the first node knows.
    Configured {
        /// The node.
        node: NodeId,
        /// Who belongs to the cluster now.
        configuration: Rc<Configuration>,
    },
    /// A node took a snapshot, and dropped the beginning of its log.
    Compacted {
        /// The node.
        node: NodeId,
        /// The entry that the snapshot goes up to.
        snapshot: u64,
        /// The first entry that is left in the log.
        first: u64,
    },
    /// A snapshot took the place of a node's catalog, and of its log up to it.
    Restored {
        /// The node.
        node: NodeId,
        /// The entry that it goes up to.
        index: u64,
        /// Whether it lay on the node's own disk as it started; if not, a leader sent it.
        own: bool,
    },
    /// A person did something that nothing else tells of.
    Acted {
        /// What.
        action: Rc<Action>,
    },
    /// A client asked a node.
    Requested {
        /// The node.
        node: NodeId,
        /// What for.
        subject: Subject,
        /// Whether it runs at all.
        down: bool,
    },
    /// The leader put a new entry into its log and sends it to the others.
    Proposed {
        /// The leader.
        node: NodeId,
        /// The entry.
        index: u64,
        /// What it is about.
        subject: Subject,
    },
    /// A node has an entry on its disk.
    Stored {
        /// The node.
        node: NodeId,
        /// The index up to which its log is on the disk.
        index: u64,
        /// How many voters have that entry on their disks.
        copies: Share,
    },
    /// A follower threw entries away that its leader does not have.
    Overwrote {
        /// The follower.
        node: NodeId,
        /// The first entry that went.
        from: u64,
    },
    /// An entry is committed: the first node knows.
    Committed {
        /// The node that knows it first.
        node: NodeId,
        /// The entry.
        index: u64,
        /// What it is about.
        subject: Subject,
    },
    /// A node has everything that is committed again, after it was behind.
    CaughtUp {
        /// The node.
        node: NodeId,
        /// The index that it has applied.
        index: u64,
    },
    /// A request was answered.
    Answered {
        /// The node that was asked.
        node: NodeId,
        /// The revision of the answer.
        revision: i64,
        /// Of a transaction, whether its comparisons held.
        succeeded: Option<bool>,
    },
    /// A lease's time is over: the leader, which counts it, has it ended through the log.
    LeaseExpired {
        /// The leader.
        node: NodeId,
        /// The lease.
        lease: i64,
        /// The entry that ends it.
        index: u64,
    },
    /// A client begins to watch keys, or goes on after its stream broke.
    Watches {
        /// The node that it asks.
        node: NodeId,
        /// The first key.
        key: Bytes,
        /// The revision from which it wants to hear; 0 for what comes from now on.
        from: i64,
    },
    /// A client begins to keep a lease alive.
    KeepsAlive {
        /// The node that it asks.
        node: NodeId,
        /// The lease.
        lease: i64,
    },
    /// A client that watches heard of changes.
    Watched {
        /// The node that it watches at.
        node: NodeId,
        /// How many changes.
        changes: usize,
        /// The revision of the last of them.
        revision: i64,
    },
    /// A client's stream broke, and will be taken up again.
    StreamBroke {
        /// The node that it was open at.
        node: NodeId,
    },
    /// A client's stream, or a watcher on it, was ended by an error.
    StreamEnded {
        /// The node that it was open at.
        node: NodeId,
        /// The error.
        error: Error,
    },
    /// A request failed.
    Failed {
        /// The node that was asked.
        node: NodeId,
        /// Why.
        error: Error,
        /// Whether nobody can say if it was, or will be, carried out.
        unknown: bool,
    },
    /// A message was lost.
    Lost {
        /// The sender.
        from: NodeId,
        /// Who would have got it.
        to: NodeId,
        /// What it was.
        kind: MessageKind,
        /// Why.
        reason: LossReason,
    },
    /// What an event says by itself. No narrator tells of it.
    Plain(Plain),
}

/// What an event says by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Plain {
    /// A message left.
    Sent(Packet),
    /// A message arrived.
    Received(Packet),
    /// A message to this node arrives at another time than it would have, in µs, or is held.
    Rerouted(NodeId, Option<Micros>),
    /// A client spoke on its stream at this node.
    Said(NodeId),
    /// A client heard something on its stream at this node.
    Heard(NodeId),
    /// A client ended its stream at this node.
    Closed(NodeId),
    /// Something about a node.
    Node(NodeId, Deed),
}

/// What a node did, or what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It starts in this term.
    Start(u64),
    /// Its memory is gone.
    Crash,
    /// It has heard from no leader for its election timeout.
    ElectionTimeout,
    /// It is time for a leader's next heartbeat.
    HeartbeatTimeout,
    /// Its election timer starts anew, and runs out at this time, in µs.
    SetTimer(Micros),
    /// It follows this leader, if it knows one, in this term.
    Follow(Option<NodeId>, u64),
    /// It votes for a node in this term.
    Vote(NodeId, u64),
    /// It has new entries in its log, from one index to another; the first is about this.
    Append(u64, u64, Subject),
    /// Its log is on the disk up to this index.
    Sync(u64),
    /// It knows that everything up to this index is committed.
    LearnCommit(u64),
    /// It has this entry in its catalog, which has another revision now if one is given.
    Apply(u64, Option<i64>),
    /// It counts the time of so many leases.
    CountLeases(usize),
    /// It has its catalog from a snapshot up to this index.
    Load(u64),
}
