//! What clients did, and what came of it.
//!
//! Each request is one [`Operation`] with its start, its end and its outcome. From them
//! alone it can be judged whether the cluster looked like one store to its clients: an
//! operation takes effect at one moment between its start and its end if it is [`Outcome::Ok`],
//! never if it is [`Outcome::Failed`], and at any moment from its start on, or never, if it
//! is [`Outcome::Unknown`] or has not ended.

use std::collections::VecDeque;
use std::rc::Rc;

use bytes::Bytes;

use crate::etcd::{Error, KeyValue, Request, Response};
use crate::member::{Micros, NodeId, RequestId};
use crate::world::{Event, EventId, EventKind};

/// The most bytes of operations that a history keeps: 32 MiB. The oldest give way.
pub const MAX_HISTORY_BYTES: u64 = 32 << 20;

/// What an operation, and a pair in its answer, count beside their keys and values, in
/// bytes. (Small operations: about 100 000 are kept.)
const OVERHEAD_BYTES: u64 = 256;

/// When something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The event.
    pub event: EventId,
    /// Its time, in µs since the run began.
    pub at: Micros,
}

/// What the client knows of an operation that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out.
    Ok,
    /// It was not carried out, and never will be.
    Failed,
    /// It was carried out, or will be, or never will: nobody can say.
    Unknown,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// When.
    pub when: Moment,
    /// What the client knows of it.
    pub outcome: Outcome,
    /// The answer, or the error that the client saw.
    pub result: Rc<Result<Response, Error>>,
}

/// One request of one client.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// The request's number.
    pub id: RequestId,
    /// The client, if it works by itself; `None` for a person, who begins a request without
    /// waiting for the end of another.
    pub client: Option<u32>,
    /// The node that was asked.
    pub node: NodeId,
    /// What was asked.
    pub request: Rc<Request>,
    /// When it began.
    pub start: Moment,
    /// How it ended; `None` while it has not.
    pub end: Option<End>,
}

impl Operation {
    /// The key, or the first one of a range; `None` if it is not about keys.
    #[must_use]
    pub fn key(&self) -> Option<&Bytes> {
        match &*self.request {
            Request::Range(range) => Some(&range.key),
            Request::Put(put) => Some(&put.key),
            Request::DeleteRange(delete) => Some(&delete.key),
            _ => None,
        }
    }

    /// Where a range of keys ends, as etcd says it; empty for one key.
    #[must_use]
    pub fn range_end(&self) -> &[u8] {
        match &*self.request {
            Request::Range(range) => &range.range_end,
            Request::DeleteRange(delete) => &delete.range_end,
            _ => &[],
        }
    }

    /// The value that it is to write; `None` for a read or a deletion.
    #[must_use]
    pub fn written(&self) -> Option<&Bytes> {
        match &*self.request {
            Request::Put(put) => Some(&put.value),
            _ => None,
        }
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        self.end.as_ref().map(|end| end.outcome)
    }

    /// The pairs that its answer brought: what a read found, or what stood there before a
    /// write that asked for it. `None` if there was no answer.
    #[must_use]
    pub fn pairs(&self) -> Option<&[KeyValue]> {
        let answer = self.end.as_ref()?.result.as_ref().as_ref().ok()?;
        Some(answer.kvs())
    }

    /// What it counts against [`MAX_HISTORY_BYTES`].
    fn cost_bytes(&self) -> u64 {
        let pairs = self.pairs().unwrap_or_default().iter();
        let pairs = pairs.map(|kv| OVERHEAD_BYTES + (kv.key.len() + kv.value.len()) as u64);
        OVERHEAD_BYTES + self.request.encoded_len() as u64 + pairs.sum::<u64>()
    }
}

/// The operations of a run, the newest of them.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// By number, which is the order of their starts.
    operations: VecDeque<Operation>,
    cost_bytes: u64,
    dropped: u64,
}

impl History {
    /// The history of a run that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The operations that are kept, by their start.
    pub fn operations(&self) -> impl DoubleEndedIterator<Item = &Operation> {
        self.operations.iter()
    }

    /// An operation, if it is kept.
    #[must_use]
    pub fn get(&self, id: RequestId) -> Option<&Operation> {
        self.operations.get(self.place(id)?)
    }

    /// How many operations are not kept any more.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes the next event in. Costs O(1) for most, O(log n) for the end of one of n
    /// operations.
    pub fn observe(&mut self, id: EventId, event: &Event) {
        let moment = Moment {
            event: id,
            at: event.at,
        };
        match &event.kind {
            EventKind::Requested {
                id,
                node,
                request,
                client,
            } => self.begin(Operation {
                id: *id,
                client: *client,
                node: *node,
                request: Rc::clone(request),
                start: moment,
                end: None,
            }),
            EventKind::Answered {
                id,
                result,
                unknown,
                ..
            } => self.end(*id, moment, result, *unknown),
            _ => {}
        }
    }

    fn begin(&mut self, operation: Operation) {
        self.cost_bytes += operation.cost_bytes();
        self.operations.push_back(operation);
        self.tidy();
    }

    fn end(
        &mut self,
        id: RequestId,
        when: Moment,
        result: &Rc<Result<Response, Error>>,
        unknown: bool,
    ) {
        let Some(place) = self.place(id) else {
            return;
        };
        let outcome = match (&**result, unknown) {
            (Ok(_), _) => Outcome::Ok,
            (Err(_), true) => Outcome::Unknown,
            (Err(_), false) => Outcome::Failed,
        };
        let operation = &mut self.operations[place];
        self.cost_bytes -= operation.cost_bytes();
        operation.end = Some(End {
            when,
            outcome,
            result: Rc::clone(result),
        });
        self.cost_bytes += operation.cost_bytes();
        self.tidy();
    }

    /// Drops what is too much, oldest first.
    fn tidy(&mut self) {
        while self.cost_bytes > MAX_HISTORY_BYTES {
            let Some(oldest) = self.operations.pop_front() else {
                return;
            };
            self.cost_bytes -= oldest.cost_bytes();
            self.dropped += 1;
        }
    }

    fn place(&self, id: RequestId) -> Option<usize> {
        let found = self
            .operations
            .binary_search_by_key(&id, |operation| operation.id);
        found.ok()
    }
}
