//! The streams in a picture: who watches what where, and how far it has seen.

use std::rc::Rc;

use crate::etcd::StreamRequest;
use crate::member::{Micros, NodeId, RequestId};
use crate::order::Ascending;
use crate::world::{Event, Leases, StreamStep, Watchers};

/// An open stream, as its client has it.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamFrame {
    /// The node that it is open at.
    pub node: NodeId,
    /// When it was opened, in µs since the run began.
    pub opened_at: Micros,
    /// Whether the node was not reached, or was lost, and nothing was said to it since.
    pub is_broken: bool,
    /// What the client watches.
    pub watchers: Watchers,
    /// What it keeps alive.
    pub leases: Leases,
    /// How many answers it has heard so far.
    pub heard: u64,
}

/// The open streams by their numbers.
pub type StreamFrames = Ascending<RequestId, Rc<StreamFrame>>;

/// Takes in what happened on a stream. `is_up` says whether its node was up.
pub(super) fn apply(
    streams: &mut StreamFrames,
    event: &Event,
    id: RequestId,
    node: NodeId,
    step: &StreamStep,
    is_up: bool,
) {
    match step {
        StreamStep::Opened(request) => {
            let mut stream = StreamFrame {
                node,
                opened_at: event.at,
                is_broken: !is_up,
                watchers: Watchers::default(),
                leases: Leases::new(event.at),
                heard: 0,
            };
            stream.say(event.at, request);
            streams.insert(id, Rc::new(stream));
        }
        StreamStep::Closed(_) => {
            streams.remove(&id);
        }
        step => {
            if let Some(stream) = streams.get_mut(&id) {
                Rc::make_mut(stream).apply(event, step);
            }
        }
    }
}

impl StreamFrame {
    fn apply(&mut self, event: &Event, step: &StreamStep) {
        match step {
            StreamStep::Opened(_) | StreamStep::Closed(_) => {}
            StreamStep::Said(request) => {
                // What a client says by itself tells that it has reached the node. Of watchers
                // it says what it has said before.
                let by_itself = event.cause().is_some();
                self.is_broken &= !by_itself;
                let again = by_itself && matches!(**request, StreamRequest::Watch(_));
                if !again {
                    self.say(event.at, request);
                }
            }
            StreamStep::Heard(response) => {
                self.heard += 1;
                self.watchers.hear_any(response);
                self.leases.hear_any(event.at, response);
            }
            StreamStep::Broke(_) => {
                self.is_broken = true;
                self.watchers.interrupt();
                self.leases.interrupt();
            }
        }
    }

    fn say(&mut self, at: Micros, request: &StreamRequest) {
        match request {
            StreamRequest::Watch(request) => self.watchers.say(!self.is_broken, request),
            StreamRequest::LeaseKeepAlive(request) => {
                self.leases.say(at, !self.is_broken, request.id);
            }
        }
    }
}
