//! The clients: what etcd's Go client does around a request.
//!
//! A client gives up at its deadline. It cannot reach a node that is down, and tries again
//! with gRPC's growing pauses. When the connection breaks while a request is with the
//! node, or the node answers that it cannot serve now, a read is sent again, and so is what
//! concerns leases and alarms; a write is not, because it may have been carried out
//! (`clientv3/retry.go`).

use std::rc::Rc;

use crate::etcd::{Code, Error, Request};
use crate::member::{Micros, NodeId, RequestId};

use crate::order::Ascending;

use super::EventId;

/// The most requests under way.
pub(super) const MAX_REQUESTS: usize = 10_000;

/// The pause before the second attempt to connect, in µs, what each further pause is of
/// the one before, in tenths, and the longest (gRPC's connection backoff; its jitter is
/// left out).
pub(super) const FIRST_CONNECT_PAUSE_US: Micros = 1_000_000;
const CONNECT_PAUSE_GROWTH_TENTHS: Micros = 16;
const MAX_CONNECT_PAUSE_US: Micros = 120_000_000;

/// The pause before a request is sent again, in µs (`clientv3/options.go`,
/// `defaultBackoffWaitBetween`).
const READ_RETRY_PAUSE_US: Micros = 25_000;

/// The pause after one of this length, in µs.
pub(super) fn longer_pause(pause_us: Micros) -> Micros {
    let longer = pause_us * CONNECT_PAUSE_GROWTH_TENTHS / 10;
    longer.min(MAX_CONNECT_PAUSE_US)
}

/// A request that has not ended.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) node: NodeId,
    pub(super) request: Rc<Request>,
    /// The event with which it began: the cause of what its client does later.
    pub(super) began: EventId,
    /// Whose it is, if a client works by itself.
    pub(super) client: Option<u32>,
    /// The token that is shown with it.
    pub(super) token: Option<Rc<str>>,
    /// Whether the node has it.
    sent: bool,
    /// Whether it has been sent before, and nobody knows what came of that.
    was_sent: bool,
    connect_pause_us: Micros,
}

impl Open {
    /// Whether the node has it.
    pub(super) fn is_sent(&self) -> bool {
        self.sent
    }

    /// Whether the request may change something although its client hears nothing of it: a
    /// write that a node has, or had.
    pub(super) fn may_be_done(&self) -> bool {
        (self.sent || self.was_sent) && !self.request.is_read()
    }
}

/// What a client does next about a request.
#[derive(Debug)]
pub(super) enum Next {
    /// Wait this long, in µs, and try again.
    RetryAfter(Micros),
    /// The request ends with this error.
    End(Error),
}

/// The requests that have not ended.
#[derive(Debug, Default)]
pub(super) struct Clients {
    open: Ascending<RequestId, Open>,
    last: u64,
}

impl Clients {
    pub(super) fn is_full(&self) -> bool {
        self.open.len() >= MAX_REQUESTS
    }

    /// The number of the next request.
    pub(super) fn next(&self) -> RequestId {
        RequestId(self.last + 1)
    }

    /// Takes the number of the next request, for a stream.
    pub(super) fn take_number(&mut self) -> RequestId {
        self.last += 1;
        RequestId(self.last)
    }

    /// Begins a request, with this event.
    pub(super) fn begin(
        &mut self,
        node: NodeId,
        request: &Rc<Request>,
        client: Option<u32>,
        began: EventId,
        token: Option<Rc<str>>,
    ) -> RequestId {
        let id = self.next();
        self.last += 1;
        self.open.insert(
            id,
            Open {
                node,
                request: Rc::clone(request),
                began,
                client,
                token,
                sent: false,
                was_sent: false,
                connect_pause_us: FIRST_CONNECT_PAUSE_US,
            },
        );
        id
    }

    pub(super) fn get(&self, id: RequestId) -> Option<&Open> {
        self.open.get(&id)
    }

    /// The client turns to another node.
    pub(super) fn turn_to(&mut self, id: RequestId, node: NodeId) {
        if let Some(open) = self.open.get_mut(&id) {
            open.node = node;
        }
    }

    /// The node has dropped the request before it could have any effect.
    pub(super) fn mark_undone(&mut self, id: RequestId) {
        if let Some(open) = self.open.get_mut(&id) {
            open.sent = false;
        }
    }

    pub(super) fn mark_sent(&mut self, id: RequestId) {
        if let Some(open) = self.open.get_mut(&id) {
            open.sent = true;
        }
    }

    /// The node could not be reached: how long to wait before the next attempt, in µs.
    pub(super) fn unreachable(&mut self, id: RequestId) -> Option<Micros> {
        let open = self.open.get_mut(&id)?;
        let pause = open.connect_pause_us;
        open.connect_pause_us = longer_pause(pause);
        Some(pause)
    }

    /// The request failed on the way or at the node.
    pub(super) fn failed(&mut self, id: RequestId, error: Error) -> Option<Next> {
        let open = self.open.get_mut(&id)?;
        // etcd's client would ask a learner a hundred times, and hear the same.
        let may_help = error.code() == Code::Unavailable && error != Error::NotSupportedForLearner;
        if open.request.is_repeatable() && may_help {
            open.was_sent |= error.outcome_unknown();
            open.sent = false;
            return Some(Next::RetryAfter(READ_RETRY_PAUSE_US));
        }
        Some(Next::End(error))
    }

    /// The requests that the node has.
    pub(super) fn sent_to(&self, node: NodeId) -> Vec<RequestId> {
        self.open
            .iter()
            .filter(|(_, open)| open.node == node && open.sent)
            .map(|(id, _)| *id)
            .collect()
    }

    pub(super) fn end(&mut self, id: RequestId) -> Option<Open> {
        self.open.remove(&id)
    }
}
