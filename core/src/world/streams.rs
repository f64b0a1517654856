//! The clients' side of streams: what etcd's Go client keeps about one.
//!
//! A client remembers what it would have to say again. When its connection breaks, it tries
//! to connect with gRPC's pauses, and then takes each of its watchers up again at the
//! revision after the last one that it heard of (`clientv3/watch.go`, `serveSubstream` and
//! `nextResume`), so that every change comes once and in order. It asks for the numbers that
//! its watchers had; etcd's client, who shows nobody their numbers, does not.
//!
//! A client and its node are side by side: what they say takes no time, as with requests. A
//! stopped process keeps its connections, and its clients wait. (gRPC's own pings are left
//! out, with which `etcdctl` finds after 8 s that nobody is there.)

use std::rc::Rc;

use crate::etcd::{Code, Error, StreamRequest, StreamResponse};
use crate::member::{Micros, NodeId, RequestId};
use crate::order::Ascending;

use super::EventId;
use super::clients::{FIRST_CONNECT_PAUSE_US, longer_pause};
use super::keeping::{LOOK_US, Leases};
use super::watching::Watchers;

/// The most streams at one node.
pub(super) const MAX_STREAMS: usize = 100;

/// The most watchers, or leases, of one stream.
pub(super) const MAX_ON_STREAM: usize = 100;

/// All open streams.
pub(super) type Streams = Ascending<RequestId, Stream>;

/// What a stream is for.
#[derive(Debug)]
enum Purpose {
    Watch(Watchers),
    KeepAlive(Leases),
}

/// An open stream, as its client has it.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) node: NodeId,
    /// The event that what the client does next by itself is put down to.
    pub(super) cause: EventId,
    /// Whether the node has the stream.
    pub(super) is_connected: bool,
    /// When the client does something next; an earlier item of the queue is passed over.
    pub(super) timer_at: Option<Micros>,
    reconnect_at: Option<Micros>,
    pause_us: Micros,
    purpose: Purpose,
    /// The token that is shown on it.
    pub(super) token: Option<Rc<str>>,
}

impl Stream {
    /// A stream that the event `opened` began.
    pub(super) fn new(node: NodeId, now: Micros, opened: EventId, first: &StreamRequest) -> Self {
        Self {
            node,
            cause: opened,
            is_connected: false,
            timer_at: None,
            reconnect_at: None,
            pause_us: FIRST_CONNECT_PAUSE_US,
            token: None,
            purpose: match first {
                StreamRequest::Watch(_) => Purpose::Watch(Watchers::default()),
                StreamRequest::LeaseKeepAlive(_) => Purpose::KeepAlive(Leases::new(now)),
            },
        }
    }

    /// Whether something may be said on it: it is of the same kind.
    pub(super) fn suits(&self, request: &StreamRequest) -> bool {
        matches!(
            (&self.purpose, request),
            (Purpose::Watch(_), StreamRequest::Watch(_))
                | (Purpose::KeepAlive(_), StreamRequest::LeaseKeepAlive(_))
        )
    }

    /// Whether it has as many watchers or leases as it may have.
    pub(super) fn is_full(&self) -> bool {
        let count = match &self.purpose {
            Purpose::Watch(watchers) => watchers.len(),
            Purpose::KeepAlive(leases) => leases.len(),
        };
        count >= MAX_ON_STREAM
    }

    /// Takes in what a person has the client say.
    pub(super) fn say(&mut self, now: Micros, request: &StreamRequest) {
        match (&mut self.purpose, request) {
            (Purpose::Watch(watchers), StreamRequest::Watch(request)) => {
                watchers.say(self.is_connected, request);
            }
            (Purpose::KeepAlive(leases), StreamRequest::LeaseKeepAlive(request)) => {
                leases.say(now, self.is_connected, request.id);
            }
            _ => {}
        }
    }

    /// Takes in what the client hears, and what event that was. Returns whether it has no
    /// more to ask for: all leases are gone. (A stream without watchers stays open.)
    pub(super) fn hear(&mut self, now: Micros, heard: EventId, response: &StreamResponse) -> bool {
        match (&mut self.purpose, response) {
            (Purpose::Watch(watchers), StreamResponse::Watch(response)) => {
                watchers.hear(response);
                false
            }
            (Purpose::KeepAlive(leases), StreamResponse::LeaseKeepAlive(response)) => {
                self.cause = heard;
                leases.hear(now, response)
            }
            _ => false,
        }
    }

    /// Whether the client gives up when the node ends the stream with this error. A watching
    /// client tries again as long as the service may come back (`clientv3/watch.go`,
    /// `isHaltErr`), one that keeps leases alive always does. (Both would ask a learner for
    /// ever, and hear the same.)
    pub(super) fn is_ended_by(&self, error: &Error) -> bool {
        match self.purpose {
            _ if *error == Error::NotSupportedForLearner => true,
            Purpose::Watch(_) => error.code() != Code::Unavailable,
            Purpose::KeepAlive(_) => false,
        }
    }

    /// The connection broke, or the node ended the stream.
    pub(super) fn interrupt(&mut self, now: Micros, cause: EventId, is_node_there: bool) {
        self.cause = cause;
        self.is_connected = false;
        self.pause_us = FIRST_CONNECT_PAUSE_US;
        match &mut self.purpose {
            Purpose::Watch(watchers) => watchers.interrupt(),
            Purpose::KeepAlive(leases) => leases.interrupt(),
        }
        match is_node_there {
            true => self.reconnect_at = Some(now.saturating_add(LOOK_US)),
            false => self.pause(now),
        }
    }

    /// The node cannot be reached: the client waits until it tries again.
    pub(super) fn pause(&mut self, now: Micros) {
        self.reconnect_at = Some(now.saturating_add(self.pause_us));
        self.pause_us = longer_pause(self.pause_us);
    }

    /// Whether it is time to try to connect.
    pub(super) fn is_to_reconnect(&self, now: Micros) -> bool {
        self.reconnect_at.is_some_and(|at| at <= now)
    }

    /// The node is reached.
    pub(super) fn connect(&mut self) {
        self.is_connected = true;
        self.reconnect_at = None;
        self.pause_us = FIRST_CONNECT_PAUSE_US;
    }

    /// What to say on a new connection.
    pub(super) fn take_up(&mut self, now: Micros) -> Vec<StreamRequest> {
        match &mut self.purpose {
            Purpose::Watch(watchers) => watchers.take_up(),
            Purpose::KeepAlive(leases) => leases.due(now),
        }
    }

    /// What to say now by itself.
    pub(super) fn due(&mut self, now: Micros) -> Vec<StreamRequest> {
        match &mut self.purpose {
            Purpose::KeepAlive(leases) if self.is_connected => leases.due(now),
            _ => Vec::new(),
        }
    }

    /// Whether the client gives the stream up: nothing was answered for too long.
    pub(super) fn gives_up(&mut self, now: Micros) -> bool {
        match &mut self.purpose {
            Purpose::Watch(_) => false,
            Purpose::KeepAlive(leases) => leases.give_up(now),
        }
    }

    /// When there is something to do next.
    pub(super) fn next_at(&self) -> Option<Micros> {
        let purpose_at = match &self.purpose {
            Purpose::Watch(_) => None,
            Purpose::KeepAlive(leases) => leases.next_at(self.is_connected),
        };
        purpose_at.into_iter().chain(self.reconnect_at).min()
    }
}
