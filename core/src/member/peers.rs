//! What members ask each other beside Raft.
//!
//! How much time a lease has left is known to the leader alone, so a member that is asked
//! passes the question on. etcd does that by HTTP (`lease/leasehttp/http.go`). Here it goes
//! over the simulated network like everything between members, in the raft crate's envelope,
//! under two types of message that the crate keeps to itself and that never come to it.
//!
//! A question that is lost is asked once more after half a second, where TCP would send its
//! bytes again; one that a member cannot answer any more is asked of the next leader.

use bytes::Bytes;
use raft::eraftpb::{Message, MessageType};

use crate::etcd::{Request, ResponseHeader, decoded, encoded};
use crate::order::Ascending;

use super::{Micros, RequestId};

/// The type of message that carries a question about a lease between members.
pub const LEASE_QUESTION: MessageType = MessageType::MsgUnreachable;

/// The type of message that carries the answer to one.
pub const LEASE_ANSWER: MessageType = MessageType::MsgSnapStatus;

/// How long to wait for an answer before the question is asked once more, in µs.
pub(super) const ASK_AGAIN_US: Micros = 500_000;

/// How long to wait where a member did not want to answer, in µs.
pub(super) const REFUSED_PAUSE_US: Micros = 50_000;

/// A question about a lease.
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Question {
    /// Who waits for the answer, in the words of the member that asks.
    #[prost(uint64, tag = "1")]
    pub(super) call: u64,
    #[prost(int64, tag = "2")]
    pub(super) lease: i64,
    /// Whether the lease is to begin its time anew.
    #[prost(bool, tag = "3")]
    pub(super) renew: bool,
    /// Whether to list its keys.
    #[prost(bool, tag = "4")]
    pub(super) keys: bool,
}

/// What a question comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub(super) enum Outcome {
    /// It is answered.
    Known = 0,
    /// There is no such lease.
    NotFound = 1,
    /// The member does not answer: it does not count the time, or too many wait there.
    Refused = 2,
}

/// The answer to a [`Question`].
#[derive(Clone, PartialEq, prost::Message)]
pub(super) struct Answer {
    #[prost(uint64, tag = "1")]
    pub(super) call: u64,
    #[prost(enumeration = "Outcome", tag = "2")]
    pub(super) outcome: i32,
    /// What the lease has left, in seconds.
    #[prost(int64, tag = "3")]
    pub(super) ttl: i64,
    /// What it has when it begins, in seconds.
    #[prost(int64, tag = "4")]
    pub(super) granted_ttl: i64,
    #[prost(bytes = "bytes", repeated, tag = "5")]
    pub(super) keys: Vec<bytes::Bytes>,
}

/// Puts a question or an answer into the envelope.
pub(super) fn envelope(
    from: u64,
    to: u64,
    kind: MessageType,
    content: &impl prost::Message,
) -> Message {
    let mut message = Message {
        from,
        to,
        context: encoded(content),
        ..Message::default()
    };
    message.set_msg_type(kind);
    message
}

/// The question or the answer in an envelope; `None` if it holds none.
pub(super) fn content<C: prost::Message + Default>(message: &Message) -> Option<C> {
    decoded(Bytes::copy_from_slice(&message.context))
}

/// Who asks about a lease.
#[derive(Clone, Debug)]
pub(super) enum Asker {
    /// A client of this member.
    Client(Client),
    /// Another member, in whose words the question is this one.
    Peer { node: u64, call: u64 },
}

/// A client that asks about a lease.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) request: RequestId,
    /// What it asks.
    pub(super) asks: Request,
    /// Where the store stood then.
    pub(super) header: ResponseHeader,
    pub(super) started_at: Micros,
}

/// A question that is with the leader, or will be once one is known.
#[derive(Debug)]
struct Call {
    client: Client,
    ask_at: Micros,
}

/// What the leader alone can answer.
#[derive(Debug, Default)]
pub(super) struct Calls {
    asked: Ascending<u64, Call>,
    /// Who waits, at the leader, for the revocation of a lease that has expired already.
    parked: Vec<(Asker, i64)>,
}

/// What is to be done about a question now.
#[derive(Debug)]
pub(super) enum Due {
    /// Ask it.
    Ask(u64),
    /// Its client has waited for too long.
    Expire(Client),
}

impl Calls {
    /// How many clients and members wait.
    pub(super) fn waiting(&self) -> usize {
        self.asked.len() + self.parked.len()
    }

    /// Adds a question, to be asked at once.
    pub(super) fn add(&mut self, call: u64, client: Client) {
        self.asked.insert(call, Call { client, ask_at: 0 });
    }

    /// What a client asks.
    pub(super) fn get(&self, call: u64) -> Option<&Client> {
        self.asked.get(&call).map(|call| &call.client)
    }

    /// The question is to be asked then, if nobody has answered it before.
    pub(super) fn ask_at(&mut self, call: u64, at: Micros) {
        if let Some(call) = self.asked.get_mut(&call) {
            call.ask_at = at;
        }
    }

    /// The question is answered; its client, if it still waits.
    pub(super) fn take(&mut self, call: u64) -> Option<Client> {
        self.asked.remove(&call).map(|call| call.client)
    }

    /// The next thing to be done about a question now. Asking puts its time off, so this
    /// comes to an end.
    pub(super) fn due(&mut self, now: Micros, limit_us: Micros) -> Option<Due> {
        let is_over = |call: &Call| call.client.started_at + limit_us <= now;
        let is_due = |call: &Call| is_over(call) || call.ask_at <= now;
        let due = self.asked.iter().find(|(_, call)| is_due(call));
        match due.map(|(id, call)| (*id, is_over(call)))? {
            (id, true) => self.take(id).map(Due::Expire),
            (id, false) => Some(Due::Ask(id)),
        }
    }

    /// Whether nothing is asked.
    pub(super) fn is_empty(&self) -> bool {
        self.asked.is_empty()
    }

    /// When something is to be done next.
    pub(super) fn next_at(&self, limit_us: Micros) -> Option<Micros> {
        let all = self.asked.values();
        let times = all.map(|call| call.ask_at.min(call.client.started_at + limit_us));
        times.min()
    }

    /// Has somebody wait until a lease is revoked.
    pub(super) fn park(&mut self, asker: Asker, lease: i64) {
        self.parked.push((asker, lease));
    }

    /// The lease is revoked, or (`None`) this member does not lead any more: who waited.
    pub(super) fn unpark(&mut self, lease: Option<i64>) -> Vec<Asker> {
        let ended = self
            .parked
            .extract_if(.., |(_, parked)| lease.is_none_or(|lease| lease == *parked));
        ended.map(|(asker, _)| asker).collect()
    }

    /// A client has given up.
    pub(super) fn cancel(&mut self, request: RequestId) {
        let is_of = |client: &Client| client.request == request;
        let asked = self.asked.iter().find(|(_, call)| is_of(&call.client));
        if let Some(id) = asked.map(|(id, _)| *id) {
            self.asked.remove(&id);
        }
        let is_of = |asker: &Asker| matches!(asker, Asker::Client(client) if is_of(client));
        self.parked.retain(|(asker, _)| !is_of(asker));
    }
}
