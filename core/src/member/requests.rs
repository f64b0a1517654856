//! The requests that clients of this member wait for (`etcdserver/v3_server.go`).

use std::collections::VecDeque;
use std::rc::Rc;

use raft::eraftpb::ConfChange;

use crate::etcd::{Error, Request};
use crate::order::Ascending;

use super::peers::Calls;
use super::{Micros, NodeId, RequestId};

/// The most requests that may wait at one member; one more is refused with etcd's "too
/// many requests".
const MAX_WAITING: usize = 5_000;

/// How long a member waits for the answer to a ReadIndex before it asks again, in µs
/// (`etcdserver/v3_server.go`, `readIndexRetryTime`).
const READ_INDEX_RETRY_US: Micros = 500_000;

/// What is proposed to the raft crate.
#[derive(Debug)]
pub(super) enum Proposal {
    /// An encoded write.
    Write(Vec<u8>),
    /// A change of the membership.
    Change(Box<ConfChange>),
}

/// Who waits for a write to be applied.
#[derive(Clone, Debug)]
pub(super) struct Waiter {
    pub(super) request: RequestId,
    /// What the client hears then, whatever comes of the write; `None` for its result.
    pub(super) refused: Option<Error>,
    /// Of a proof of who the client is, the auth revision that it was looked at under.
    pub(super) checked_revision: u64,
}

impl Waiter {
    /// A client that waits for the result.
    pub(super) fn of(request: RequestId) -> Self {
        Self {
            request,
            refused: None,
            checked_revision: 0,
        }
    }
}

/// A request with the token that its client shows, empty for none.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) id: RequestId,
    pub(super) request: Rc<Request>,
    pub(super) token: String,
}

/// A write that is on its way through the log.
#[derive(Debug)]
struct PendingWrite {
    waiter: Waiter,
    started_at: Micros,
}

/// The reads that wait for one answer to one ReadIndex.
#[derive(Debug)]
struct Batch {
    /// What the raft crate hands back with the answer.
    context: u64,
    reads: Vec<Asked>,
    started_at: Micros,
    retry_at: Micros,
}

/// Everything that waits. All of it is memory: a crash forgets it.
#[derive(Debug, Default)]
pub(super) struct Requests {
    /// Writes by the identifier that they carry in the log, and so by age.
    writes: Ascending<u64, PendingWrite>,
    /// Proposals that wait until a leader is known, with their identifiers.
    held: VecDeque<(u64, Proposal)>,
    /// Reads for the next ReadIndex; one is under way at a time.
    queued: Vec<Asked>,
    asking: Option<Batch>,
    /// Reads whose index is known and not yet applied, with that index.
    confirmed: Vec<(u64, Asked)>,
    /// Requests whose token is not known yet, with the index of the entry that it comes from.
    strangers: Vec<(u64, Asked)>,
    /// What the leader alone can answer.
    pub(super) calls: Calls,
    /// Who waits for this node, the leader, to hand over, and to which node.
    transfers: Vec<(RequestId, NodeId)>,
}

/// What to do now about time limits.
#[derive(Debug, Default)]
pub(super) struct Overdue {
    /// Writes and reads that have waited for too long, with the time at which they began.
    pub(super) expired: Vec<(Waiter, Micros)>,
    /// Writes that were never proposed, because there was no leader for too long.
    pub(super) unproposed: Vec<Waiter>,
    /// The ReadIndex to ask for once more.
    pub(super) ask_again: Option<u64>,
}

impl Requests {
    /// # Errors
    /// Too many wait already.
    pub(super) fn admit(&self) -> Result<(), Error> {
        let asking = self.asking.as_ref().map_or(0, |batch| batch.reads.len());
        let reads = self.queued.len() + asking + self.confirmed.len();
        let others = self.calls.waiting() + self.transfers.len() + self.strangers.len();
        let waiting = self.writes.len() + reads + others;
        if waiting >= MAX_WAITING {
            return Err(Error::TooManyRequests);
        }
        Ok(())
    }

    pub(super) fn add_write(&mut self, id: u64, request: RequestId, started_at: Micros) {
        self.add_waiter(id, Waiter::of(request), started_at);
    }

    pub(super) fn add_waiter(&mut self, id: u64, waiter: Waiter, started_at: Micros) {
        let write = PendingWrite { waiter, started_at };
        self.writes.insert(id, write);
    }

    /// The write with this identifier was applied or refused; its client, if it is ours.
    pub(super) fn take_write(&mut self, id: u64) -> Option<Waiter> {
        self.writes.remove(&id).map(|write| write.waiter)
    }

    /// A client waits for this node to hand over to another one.
    pub(super) fn await_transfer(&mut self, request: RequestId, to: NodeId) {
        self.transfers.push((request, to));
    }

    /// A node is known to lead: the clients that waited for that.
    pub(super) fn end_transfers(&mut self, leader: NodeId) -> Vec<RequestId> {
        let ended = self.transfers.extract_if(.., |(_, to)| *to == leader);
        ended.map(|(request, _)| request).collect()
    }

    pub(super) fn hold(&mut self, id: u64, proposal: Proposal) {
        self.held.push_back((id, proposal));
    }

    /// A client has given up. Its read is dropped, and its write if it still waits for a
    /// leader; one that was proposed cannot be called back. Returns whether the request
    /// will never be carried out.
    pub(super) fn cancel(&mut self, request: RequestId) -> bool {
        self.queued.retain(|read| read.id != request);
        self.strangers.retain(|(_, asked)| asked.id != request);
        self.transfers.retain(|(waiting, _)| *waiting != request);
        self.calls.cancel(request);
        self.confirmed.retain(|(_, read)| read.id != request);
        if let Some(batch) = &mut self.asking {
            batch.reads.retain(|read| read.id != request);
        }
        let of_client = |write: &PendingWrite| write.waiter.request == request;
        let write = self.writes.iter().find(|(_, write)| of_client(write));
        let Some(id) = write.map(|(id, _)| *id) else {
            return false;
        };
        self.writes.remove(&id);
        let held = self.held.len();
        self.held.retain(|(held, _)| *held != id);
        self.held.len() < held
    }

    /// The held proposals, to be made now.
    pub(super) fn take_held(&mut self) -> VecDeque<(u64, Proposal)> {
        std::mem::take(&mut self.held)
    }

    pub(super) fn has_held(&self) -> bool {
        !self.held.is_empty()
    }

    pub(super) fn add_read(&mut self, read: Asked) {
        self.queued.push(read);
    }

    /// A request waits until the entry at this index is applied.
    pub(super) fn await_token(&mut self, index: u64, asked: Asked) {
        self.strangers.push((index, asked));
    }

    /// The requests that waited for what is applied now.
    pub(super) fn known_now(&mut self, applied: u64) -> Vec<Asked> {
        let known = self
            .strangers
            .extract_if(.., |(index, _)| *index <= applied);
        known.map(|(_, asked)| asked).collect()
    }

    /// Makes the queued reads the batch under the identifier `context`, if there are any
    /// and no other batch is under way. Returns whether there is a new batch.
    pub(super) fn begin_batch(&mut self, context: u64, now: Micros) -> bool {
        if self.asking.is_some() || self.queued.is_empty() {
            return false;
        }
        self.asking = Some(Batch {
            context,
            reads: std::mem::take(&mut self.queued),
            started_at: now,
            retry_at: now + READ_INDEX_RETRY_US,
        });
        true
    }

    /// The ReadIndex `context` is answered; answers to an earlier asking are passed over.
    pub(super) fn confirm(&mut self, context: u64, index: u64) {
        if let Some(batch) = self.asking.take_if(|batch| batch.context == context) {
            let reads = batch.reads.into_iter();
            self.confirmed.extend(reads.map(|read| (index, read)));
        }
    }

    /// The reads that may be served from a catalog at this applied index.
    pub(super) fn ready_reads(&mut self, applied: u64) -> Vec<Asked> {
        if self.confirmed.is_empty() {
            return Vec::new();
        }
        self.confirmed
            .extract_if(.., |(index, _)| *index <= applied)
            .map(|(_, read)| read)
            .collect()
    }

    /// The leader changed: what was asked of the old one will not be answered.
    pub(super) fn fail_batch(&mut self) -> Vec<RequestId> {
        let batch = self.asking.take();
        batch
            .into_iter()
            .flat_map(|batch| batch.reads)
            .map(|read| read.id)
            .collect()
    }

    /// Ends what has waited for `limit_us` and says whether to ask for the read index
    /// again.
    pub(super) fn overdue(&mut self, now: Micros, limit_us: Micros) -> Overdue {
        let mut overdue = Overdue::default();
        let is_due = |write: &PendingWrite| write.started_at + limit_us <= now;
        while self.writes.first().is_some_and(|(_, write)| is_due(write)) {
            let Some((id, write)) = self.writes.pop_first() else {
                break;
            };
            let proposed = self.held.iter().all(|(held, _)| *held != id);
            if proposed {
                overdue.expired.push((write.waiter, write.started_at));
            } else {
                self.held.retain(|(held, _)| *held != id);
                overdue.unproposed.push(write.waiter);
            }
        }
        if let Some(batch) = self
            .asking
            .take_if(|batch| batch.started_at + limit_us <= now)
        {
            let started_at = batch.started_at;
            let reads = batch.reads.into_iter();
            overdue
                .expired
                .extend(reads.map(|read| (Waiter::of(read.id), started_at)));
        }
        if let Some(batch) = &mut self.asking
            && batch.retry_at <= now
        {
            batch.retry_at = now + READ_INDEX_RETRY_US;
            overdue.ask_again = Some(batch.context);
        }
        overdue
    }

    /// When the oldest write began.
    pub(super) fn oldest_write_at(&self) -> Option<Micros> {
        self.writes.first().map(|(_, write)| write.started_at)
    }

    /// Whether nothing waits for a time limit.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.writes.is_empty() && self.only_writes()
    }

    /// Whether nothing but writes waits for a time limit.
    #[inline]
    pub(super) fn only_writes(&self) -> bool {
        self.asking.is_none() && self.calls.is_empty()
    }

    /// The next time at which something but a write is overdue.
    pub(super) fn next_limit(&self, limit_us: Micros) -> Option<Micros> {
        let read = self.asking.as_ref().map(|batch| batch.retry_at);
        let call = self.calls.next_at(limit_us);
        read.into_iter().chain(call).min()
    }
}
