//! What happens in a world.

use std::rc::Rc;

use crate::etcd::{Error, Request, Response, StreamRequest, StreamResponse};
use crate::member::{
    LEASE_ANSWER, LEASE_QUESTION, Message, MessageType, Micros, NodeId, Note, RequestId,
};

use super::{Action, EventId, Slot};

/// One thing that happened.
///
/// A record holds hundreds of thousands of these and is written all the time, so an event
/// is to fit a cache line; see the test.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, in µs since the run began.
    pub at: Micros,
    /// The number of the cause, or [`NO_CAUSE`].
    cause: u64,
    /// What.
    pub kind: EventKind,
}

/// Stands for no cause. (An `Option` would take as much room again.)
const NO_CAUSE: u64 = u64::MAX;

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum EventKind {
    /// Something inside a node.
    Node {
        /// The node.
        node: NodeId,
        /// What.
        note: Note,
    },
    /// A person did something. (A request is an event of its own, below.) What follows from
    /// it names this event as its cause.
    Acted {
        /// The node that it was done to, or the first of them.
        node: NodeId,
        /// What.
        action: Rc<Action>,
    },
    /// A message under way will arrive at another time.
    Rerouted {
        /// The event with which it left.
        sent: EventId,
        /// Where it is.
        slot: Slot,
        /// The node that it goes to.
        to: NodeId,
        /// When it will arrive; `None` while it is held.
        arrives_at: Option<Micros>,
    },
    /// A message left.
    Sent {
        /// The message. The number of this event names it from now on.
        packet: Packet,
        /// When it will arrive, if nothing happens to it on the way.
        arrives_at: Micros,
        /// Where it is until then.
        slot: Slot,
    },
    /// A message arrived.
    Delivered {
        /// The event with which it left.
        sent: EventId,
        /// The message.
        packet: Packet,
        /// Where it was.
        slot: Slot,
    },
    /// A message was lost.
    Lost {
        /// The event with which it left.
        sent: EventId,
        /// The message.
        packet: Packet,
        /// Where it was.
        slot: Slot,
        /// Why.
        reason: LossReason,
    },
    /// A client began a request.
    Requested {
        /// The request's number.
        id: RequestId,
        /// The node that is asked.
        node: NodeId,
        /// The request.
        request: Rc<Request>,
        /// Which client asks, from 1, if it works by itself ([`super::Workload`]); `None`
        /// if a person does.
        client: Option<u32>,
    },
    /// A client's request ended.
    Answered {
        /// The request's number.
        id: RequestId,
        /// The node that was asked.
        node: NodeId,
        /// The answer, or the error that the client sees.
        result: Rc<Result<Response, Error>>,
        /// Whether nobody can say if it was, or will be, carried out.
        unknown: bool,
    },
    /// Something happened on a stream between a client and a node.
    Stream {
        /// The stream's number, from the same count as those of requests.
        id: RequestId,
        /// The node that it is opened at.
        node: NodeId,
        /// What.
        step: StreamStep,
    },
}

/// What happens on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamStep {
    /// The client began it, with this said first.
    Opened(Rc<StreamRequest>),
    /// The client said this: because a person had it do so, because it was time to keep a
    /// lease alive, or because it takes its watchers up again after a break.
    Said(Rc<StreamRequest>),
    /// The client heard this.
    Heard(Rc<StreamResponse>),
    /// The stream broke, as the client noticed by this error, and the client will try again.
    Broke(Error),
    /// It ended for good: by this error, or because the client wished so or had nothing left
    /// to ask for.
    Closed(Option<Error>),
}

impl Event {
    /// Something that happened at a time, in µs since the run began, and what led to it.
    /// (The world makes its own events; others are for whoever tries out what reads them.)
    #[must_use]
    pub fn new(at: Micros, cause: Option<EventId>, kind: EventKind) -> Self {
        Self {
            at,
            cause: cause.map_or(NO_CAUSE, |id| id.0),
            kind,
        }
    }

    /// The event that led to it; `None` where an action or the run's beginning did.
    #[must_use]
    pub fn cause(&self) -> Option<EventId> {
        (self.cause != NO_CAUSE).then_some(EventId(self.cause))
    }

    /// The node that it happened at.
    #[must_use]
    pub fn node(&self) -> NodeId {
        match &self.kind {
            EventKind::Node { node, .. }
            | EventKind::Acted { node, .. }
            | EventKind::Requested { node, .. }
            | EventKind::Answered { node, .. }
            | EventKind::Stream { node, .. } => *node,
            EventKind::Rerouted { to, .. } => *to,
            EventKind::Sent { packet, .. } => packet.from,
            EventKind::Delivered { packet, .. } | EventKind::Lost { packet, .. } => packet.to,
        }
    }
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossReason {
    /// Its receiver was down when it arrived, or went down before its stopped process took it.
    ReceiverDown,
    /// As many messages as the network holds were under way when it was sent, or as many bytes
    /// as fit waited for the link's bandwidth.
    NetworkFull,
    /// The link was cut when it was sent, or when it would have arrived.
    Cut,
    /// The link loses some messages, and this was one. It is lost half-way.
    Chance,
    /// A person dropped it.
    Dropped,
    /// Its receiver is not, or no longer, in the cluster.
    NoReceiver,
    /// Its receiver is in another cluster than its sender, or was given the data of another
    /// one meanwhile.
    OtherCluster,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageKind {
    /// A follower passes a client's write on to the leader.
    Proposal,
    /// The leader sends entries, or learns where a follower's log ends.
    Append,
    /// The answer to an append.
    AppendAnswer,
    /// A candidate asks for a vote.
    VoteRequest,
    /// The answer to a candidate.
    Vote,
    /// A node asks whether it could win.
    PreVoteRequest,
    /// The answer to that.
    PreVote,
    /// The leader says that it is there.
    Heartbeat,
    /// The answer to a heartbeat.
    HeartbeatAnswer,
    /// The leader sends its catalog.
    Snapshot,
    /// A follower asks for the index to read at.
    ReadIndex,
    /// The answer to that.
    ReadIndexAnswer,
    /// The leader asks a node to stand for election at once.
    TimeoutNow,
    /// The leader is asked to hand over.
    TransferLeader,
    /// A follower passes a client's question about a lease on to the leader.
    LeaseQuestion,
    /// The answer to that.
    LeaseAnswer,
}

impl MessageKind {
    fn of(message: MessageType) -> Self {
        match message {
            MessageType::MsgPropose => Self::Proposal,
            MessageType::MsgAppend => Self::Append,
            MessageType::MsgAppendResponse => Self::AppendAnswer,
            MessageType::MsgRequestVote => Self::VoteRequest,
            MessageType::MsgRequestVoteResponse => Self::Vote,
            MessageType::MsgRequestPreVote => Self::PreVoteRequest,
            MessageType::MsgRequestPreVoteResponse => Self::PreVote,
            MessageType::MsgHeartbeat => Self::Heartbeat,
            MessageType::MsgHeartbeatResponse => Self::HeartbeatAnswer,
            MessageType::MsgSnapshot => Self::Snapshot,
            MessageType::MsgReadIndex => Self::ReadIndex,
            MessageType::MsgReadIndexResp => Self::ReadIndexAnswer,
            MessageType::MsgTimeoutNow => Self::TimeoutNow,
            MessageType::MsgTransferLeader => Self::TransferLeader,
            LEASE_QUESTION => Self::LeaseQuestion,
            LEASE_ANSWER => Self::LeaseAnswer,
            MessageType::MsgHup | MessageType::MsgBeat | MessageType::MsgCheckQuorum => {
                unreachable!("the raft crate keeps its local messages to itself")
            }
        }
    }

    /// The name in the trace.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Proposal => "proposal",
            Self::Append => "append",
            Self::AppendAnswer => "append-answer",
            Self::VoteRequest => "vote-request",
            Self::Vote => "vote",
            Self::PreVoteRequest => "pre-vote-request",
            Self::PreVote => "pre-vote",
            Self::Heartbeat => "heartbeat",
            Self::HeartbeatAnswer => "heartbeat-answer",
            Self::Snapshot => "snapshot",
            Self::ReadIndex => "read-index",
            Self::ReadIndexAnswer => "read-index-answer",
            Self::TimeoutNow => "timeout-now",
            Self::TransferLeader => "transfer-leader",
            Self::LeaseQuestion => "lease-question",
            Self::LeaseAnswer => "lease-answer",
        }
    }
}

/// What a message says, without what it carries. A run cannot reach the numbers that do
/// not fit: each term and each entry is an event of its own, and takes memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What it is for.
    pub kind: MessageKind,
    /// Who sent it.
    pub from: NodeId,
    /// Who is to get it.
    pub to: NodeId,
    /// Whether it says no.
    pub reject: bool,
    /// The sender's term; 0 where the raft crate sends none (proposals, read index).
    pub term: u32,
    /// Of an append, the index before its entries; of a snapshot, the last that it stands
    /// for; of an answer, the index answered.
    pub index: u32,
    /// The term of the entry at `index`, where the receiver is to compare it or to take it.
    pub log_term: u32,
    /// The sender's commit index, as far as it tells the receiver.
    pub commit: u32,
    /// How many entries it carries.
    pub entries: u32,
}

impl Packet {
    /// The summary of a message.
    pub(super) fn of(message: &Message, from: NodeId, to: NodeId) -> Self {
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        let kind = MessageKind::of(message.get_msg_type());
        let (index, log_term) = match kind {
            MessageKind::Snapshot => {
                let metadata = message.get_snapshot().get_metadata();
                (metadata.index, metadata.term)
            }
            _ => (message.index, message.log_term),
        };
        Self {
            kind,
            from,
            to,
            reject: message.reject,
            term: narrow(message.term),
            index: narrow(index),
            log_term: narrow(log_term),
            commit: narrow(message.commit),
            entries: narrow(message.entries.len() as u64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn an_event_fits_a_cache_line() {
        assert!(size_of::<Event>() <= 64, "{} bytes", size_of::<Event>());
    }
}
