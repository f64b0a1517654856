//! What happens in a world.

use std::rc::Rc;

use crate::etcd::{Error, Request, Response};
use crate::member::{Message, MessageType, Micros, NodeId, Note, RequestId};

/// An event, numbered over the whole run from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u64);

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, in µs since the run began.
    pub at: Micros,
    /// The event that led to it; `None` where an action or the run's beginning did.
    pub cause: Option<EventId>,
    /// What.
    pub kind: EventKind,
}

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
    /// A message left.
    Sent {
        /// The message. The number of this event names it from now on.
        packet: Packet,
        /// When it will arrive, if nothing happens to it on the way.
        arrives_at: Micros,
    },
    /// A message arrived.
    Delivered {
        /// The event with which it left.
        sent: EventId,
        /// The message.
        packet: Packet,
    },
    /// A message was lost.
    Lost {
        /// The event with which it left.
        sent: EventId,
        /// The message.
        packet: Packet,
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
    },
    /// A client's request ended.
    Answered {
        /// The request's number.
        id: RequestId,
        /// The node that was asked.
        node: NodeId,
        /// The answer, or the error that the client sees.
        result: Rc<Result<Response, Error>>,
    },
}

impl Event {
    /// The node that it happened at.
    #[must_use]
    pub fn node(&self) -> NodeId {
        match &self.kind {
            EventKind::Node { node, .. }
            | EventKind::Requested { node, .. }
            | EventKind::Answered { node, .. } => *node,
            EventKind::Sent { packet, .. } => packet.from,
            EventKind::Delivered { packet, .. } | EventKind::Lost { packet, .. } => packet.to,
        }
    }
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossReason {
    /// Its receiver was down when it arrived.
    ReceiverDown,
    /// As many messages as the network holds were under way when it was sent.
    NetworkFull,
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
            MessageType::MsgHup
            | MessageType::MsgBeat
            | MessageType::MsgUnreachable
            | MessageType::MsgSnapStatus
            | MessageType::MsgCheckQuorum => {
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
        }
    }
}

/// What a message says, without what it carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet {
    /// What it is for.
    pub kind: MessageKind,
    /// Who sent it.
    pub from: NodeId,
    /// Who is to get it.
    pub to: NodeId,
    /// The sender's term; 0 where the raft crate sends none (proposals, read index).
    pub term: u64,
    /// Of an append, the index before its entries; of an answer, the index answered.
    pub index: u64,
    /// The term of the entry at `index`, where the receiver is to compare it.
    pub log_term: u64,
    /// The sender's commit index, as far as it tells the receiver.
    pub commit: u64,
    /// How many entries it carries.
    pub entries: u32,
    /// Whether it says no.
    pub reject: bool,
}

impl Packet {
    /// The summary of a message; `None` if it is not for a node.
    pub(super) fn of(message: &Message, from: NodeId) -> Option<Self> {
        Some(Self {
            kind: MessageKind::of(message.get_msg_type()),
            from,
            to: NodeId::from_raft(message.to)?,
            term: message.term,
            index: message.index,
            log_term: message.log_term,
            commit: message.commit,
            entries: u32::try_from(message.entries.len()).unwrap_or(u32::MAX),
            reject: message.reject,
        })
    }
}
