//! What waits for a node whose process is stopped.
//!
//! A stopped process does nothing, and the rest of the world goes on around it. What
//! reaches its machine meanwhile waits in the kernel, and the process finds it in that order
//! when it goes on: messages and requests in their sockets, the end of a write, the end of a
//! request whose client gave up. Of the ticks of its clock it finds one: Go's `time.Ticker`
//! keeps a single tick for a slow receiver and drops the others.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::etcd::{Request, StreamRequest};
use crate::member::RequestId;

use super::Slot;

/// The most requests of clients, on streams or not, that wait for one stopped node; one more
/// does not get through. (Messages are limited by the network, and all else to one of each.)
const MAX_WAITING_REQUESTS: u32 = 10_000;

/// Something that waits.
#[derive(Debug)]
pub(super) enum Waiting {
    /// The first tick that was missed.
    Tick,
    /// A message.
    Message(Slot),
    /// A sync that has ended.
    Sync,
    /// The node wanted to look at its time limits.
    Wake,
    /// A client's request, with its token.
    Request(RequestId, Rc<Request>, Option<Rc<str>>),
    /// A client gave up.
    Cancel(RequestId),
    /// What a client says on a stream.
    Said(RequestId, Rc<StreamRequest>, Option<Rc<str>>),
    /// The client of a stream is gone.
    HangUp(RequestId),
}

/// All that waits, in the order in which it came.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    items: VecDeque<Waiting>,
    has_tick: bool,
    /// Whether no further tick is to come by itself: the first that was missed is here.
    pub(super) clock_waits: bool,
    has_sync: bool,
    has_wake: bool,
    requests: u32,
}

impl Backlog {
    pub(super) fn tick(&mut self) {
        if !std::mem::replace(&mut self.has_tick, true) {
            self.items.push_back(Waiting::Tick);
        }
    }

    pub(super) fn message(&mut self, slot: Slot) {
        self.items.push_back(Waiting::Message(slot));
    }

    pub(super) fn sync(&mut self) {
        self.has_sync = true;
        self.items.push_back(Waiting::Sync);
    }

    /// Whether a sync has ended that the node does not know of.
    pub(super) fn has_sync(&self) -> bool {
        self.has_sync
    }

    pub(super) fn wake(&mut self) {
        if !std::mem::replace(&mut self.has_wake, true) {
            self.items.push_back(Waiting::Wake);
        }
    }

    /// Takes a request, if there is room for one more.
    pub(super) fn request(
        &mut self,
        id: RequestId,
        request: Rc<Request>,
        token: Option<Rc<str>>,
    ) -> bool {
        self.ask(Waiting::Request(id, request, token))
    }

    /// Takes what a client says on a stream, if there is room for it.
    pub(super) fn say(
        &mut self,
        id: RequestId,
        request: Rc<StreamRequest>,
        token: Option<Rc<str>>,
    ) -> bool {
        self.ask(Waiting::Said(id, request, token))
    }

    fn ask(&mut self, waiting: Waiting) -> bool {
        if self.requests == MAX_WAITING_REQUESTS {
            return false;
        }
        self.requests += 1;
        self.items.push_back(waiting);
        true
    }

    /// The client of a stream is gone that the node has, or of which something waits here.
    pub(super) fn hang_up(&mut self, id: RequestId) {
        self.items.push_back(Waiting::HangUp(id));
    }

    /// A client gave up that the node had a request of, or that waits here.
    pub(super) fn cancel(&mut self, id: RequestId) {
        self.items.push_back(Waiting::Cancel(id));
    }

    pub(super) fn into_items(self) -> VecDeque<Waiting> {
        self.items
    }
}
