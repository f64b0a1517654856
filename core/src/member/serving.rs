//! A running node's clients: reads, writes, and the answers to them
//! (`etcdserver/v3_server.go`).

use raft::ReadState;

use crate::catalog::request_cost_bytes;
use crate::etcd::{
    AlarmAction, AlarmRequest, AlarmType, Error, InternalRaftRequest, MAX_REQUEST_BYTES, Operation,
    Request, Response, ResponseHeader, encoded,
};

use super::auth::Who;
use super::identity::Identity;
use super::requests::{Asked, Proposal, Waiter};
use super::running::Running;
use super::{Host, Micros, RequestId};

impl Running {
    /// A client has given up; see [`super::Member::cancel`].
    pub(super) fn cancel(&mut self, request: RequestId) -> bool {
        self.requests.cancel(request)
    }

    /// Which of etcd's time-outs a request met that began at `started_at`
    /// (`etcdserver/v3_server.go`, `parseProposeCtxErr`).
    pub(super) fn timeout_error(&self, identity: &Identity, started_at: Micros) -> Error {
        let before = 2 * identity.options.election_timeout_us();
        let lost_at = self.leader_found_at.saturating_sub(before);
        if started_at > lost_at && started_at < self.leader_found_at {
            return Error::TimeoutDueToLeaderFail;
        }
        Error::Timeout
    }

    pub(super) fn request(
        &mut self,
        identity: &Identity,
        now: Micros,
        asked: Asked,
        host: &mut impl Host,
    ) {
        self.begin_or_refuse(identity, now, asked, host);
        self.settle(identity, now, host);
    }

    fn begin_or_refuse(
        &mut self,
        identity: &Identity,
        now: Micros,
        asked: Asked,
        host: &mut impl Host,
    ) {
        let id = asked.id;
        if let Err(error) = self.begin(identity, now, asked, host) {
            host.answer(id, Err(error));
        }
    }

    /// Answers a request, or begins what leads to its answer. What is wrong is looked for in
    /// etcd's order: what a learner does not do, the quota, the request itself.
    fn begin(
        &mut self,
        identity: &Identity,
        now: Micros,
        asked: Asked,
        host: &mut impl Host,
    ) -> Result<(), Error> {
        if self.is_learner(identity) && !is_for_learners(&asked.request) {
            return Err(Error::NotSupportedForLearner);
        }
        if let Some(index) = self.may_know_soon(&asked.token) {
            self.requests.admit()?;
            self.requests.await_token(index, asked);
            return Ok(());
        }
        let Asked { id, request, token } = asked;
        if !self.has_room_for(identity, request_cost_bytes(&request)) {
            self.requests.admit()?;
            self.raise_no_space(now, Some(id));
            return Ok(());
        }
        request.check()?;
        if is_read(&request) && !is_serializable(&request) {
            self.requests.admit()?;
            self.requests.add_read(Asked { id, request, token });
            return Ok(());
        }
        if is_answered_here(&request) {
            self.permit(now, &token, &request)?;
        }
        if let Some(answer) = self.read(identity, &request) {
            host.answer(id, Ok(answer?));
            return Ok(());
        }
        let answer = match &*request {
            ask @ (Request::LeaseKeepAlive(_) | Request::LeaseTimeToLive(_)) => {
                return self.ask_about_lease(identity, now, id, ask.clone(), host);
            }
            change @ (Request::MemberAdd(_)
            | Request::MemberRemove(_)
            | Request::MemberUpdate(_)
            | Request::MemberPromote(_)) => {
                return self.change_members(identity, now, id, change, host);
            }
            Request::MoveLeader(wanted) => return self.move_leader(identity, id, wanted, host),
            Request::MemberList(_) => self.list_members(identity),
            Request::LeaseLeases(_) => self.list_leases(identity),
            Request::Status(_) => self.status(identity),
            Request::Hash(_) => self.hash(identity),
            Request::HashKv(asked) => self.hash_kv(identity, asked)?,
            Request::Defragment(_) => self.defragment(),
            Request::Snapshot(_) => self.snapshot(),
            write => {
                let who = self.asker(now, &token, write)?;
                return self.propose(now, id, write, who, host);
            }
        };
        host.answer(id, Ok(answer));
        Ok(())
    }

    /// What a read reads; `None` for any other request.
    fn read(&self, identity: &Identity, request: &Request) -> Option<Result<Response, Error>> {
        let read = match request {
            Request::Txn(txn) if txn.is_read_only() => {
                self.catalog.read_txn(txn).map(Response::Txn)
            }
            Request::Range(range) => self.catalog.range(range).map(Response::Range),
            _ => return None,
        };
        Some(read.map(|response| self.with_header(identity, response)))
    }

    /// Asks for the index that queued reads may be served at, if there are any and nothing
    /// was asked before. Returns whether it asked.
    pub(super) fn ask_for_read_index(&mut self, now: Micros) -> bool {
        let context = self.next_id;
        if !self.requests.begin_batch(context, now) {
            return false;
        }
        self.next_id += 1;
        self.raw.read_index(context.to_be_bytes().to_vec());
        true
    }

    /// Asks to be woken for the next time limit, unless that is done already. (This is called
    /// for every message, and mostly nothing waits, or a write that has waited before.)
    #[inline]
    pub(super) fn ask_to_be_woken(&mut self, identity: &Identity, host: &mut impl Host) {
        let is_idle =
            self.requests.is_idle() && self.lessor.is_idle() && self.streams.watching.is_empty();
        if !is_idle {
            self.ask_for_next_limit(identity, host);
        }
    }

    #[inline(never)]
    fn ask_for_next_limit(&mut self, identity: &Identity, host: &mut impl Host) {
        let mut at = Micros::MAX;
        if let Some(oldest) = self.requests.oldest_write_at() {
            at = oldest + identity.options.request_timeout_us();
        }
        let few = self.requests.only_writes() && self.lessor.is_idle();
        if !few || !self.streams.watching.is_empty() {
            at = at.min(self.next_limit(identity));
        }
        if at < self.wake_at.unwrap_or(Micros::MAX) {
            self.wake_at = Some(at);
            host.wake_at(at);
        }
    }

    /// The next time limit of anything but a write.
    #[inline(never)]
    fn next_limit(&self, identity: &Identity) -> Micros {
        let limit_us = identity.options.request_timeout_us();
        let asked = self.requests.next_limit(limit_us);
        let scan = self.lessor.next_scan_at();
        let watchers = self.streams.next_at();
        let soonest = |at: Option<Micros>| at.unwrap_or(Micros::MAX);
        soonest(asked).min(soonest(scan)).min(soonest(watchers))
    }

    /// Proposes a client's write.
    ///
    /// # Errors
    /// Too many wait, or the write is too large.
    fn propose(
        &mut self,
        now: Micros,
        request_id: RequestId,
        request: &Request,
        who: Who,
        host: &mut impl Host,
    ) -> Result<(), Error> {
        self.requests.admit()?;
        let mut operation = Operation::of(request.clone());
        if let Some(Operation::LeaseGrant(grant)) = &mut operation
            && grant.id == 0
        {
            // etcd takes the same numbers, those above 0.
            grant.id = (self.take_id() & (u64::MAX >> 1)).cast_signed();
        }
        let id = self.take_id();
        let write = InternalRaftRequest {
            header: Some(who.header(id)),
            operation,
        };
        let encoded = encoded(&write);
        if encoded.len() > MAX_REQUEST_BYTES {
            return Err(Error::RequestTooLarge);
        }
        self.requests.add_write(id, request_id, now);
        self.requests.hold(id, Proposal::Write(encoded));
        self.propose_held(host);
        Ok(())
    }

    /// Whether the store may grow by so many bytes (`etcdserver/quota.go`, `Available`).
    pub(super) fn has_room_for(&self, identity: &Identity, cost_bytes: Option<u64>) -> bool {
        cost_bytes.is_none_or(|bytes| self.file_bytes + bytes < identity.options.quota_bytes)
    }

    /// Tells all members that this one has no space left (`api/v3rpc/quota.go`,
    /// `quotaAlarmer`). The client whose request showed it is refused once they know.
    pub(super) fn raise_no_space(&mut self, now: Micros, request: Option<RequestId>) {
        let alarm = Operation::Alarm(AlarmRequest {
            action: AlarmAction::Activate.into(),
            member_id: self.member_id,
            alarm: AlarmType::NoSpace.into(),
        });
        let id = self.take_id();
        let alarm = encoded(&InternalRaftRequest::new(id, alarm));
        let Some(request) = request else {
            // Nobody waits: if there is no leader now, the next write will show it again.
            let _ = self.raw.propose(Vec::new(), alarm);
            return;
        };
        let waiter = Waiter {
            refused: Some(Error::NoSpace),
            ..Waiter::of(request)
        };
        self.requests.add_waiter(id, waiter, now);
        self.requests.hold(id, Proposal::Write(alarm));
    }

    /// The end of a write that a client of this node waits for.
    pub(super) fn answer(waiter: Waiter, result: Result<Response, Error>, host: &mut impl Host) {
        let result = waiter.refused.map_or(result, Err);
        host.answer(waiter.request, result);
    }

    /// Proposes what waits for a leader, if there is one.
    pub(super) fn propose_held(&mut self, host: &mut impl Host) {
        if self.raw.raft.leader_id == raft::INVALID_ID {
            return;
        }
        for (id, proposal) in self.requests.take_held() {
            let proposed = match proposal {
                Proposal::Write(encoded) => self.raw.propose(Vec::new(), encoded),
                Proposal::Change(change) => self.raw.propose_conf_change(Vec::new(), *change),
            };
            if proposed.is_err()
                && let Some(waiter) = self.requests.take_write(id)
            {
                Self::answer(waiter, Err(Error::ProposalDropped), host);
            }
        }
    }

    pub(super) fn serve_reads(
        &mut self,
        identity: &Identity,
        now: Micros,
        read_states: &[ReadState],
        host: &mut impl Host,
    ) {
        for state in read_states {
            if let Ok(context) = state.request_ctx[..].try_into() {
                self.requests
                    .confirm(u64::from_be_bytes(context), state.index);
            }
        }
        for Asked { id, request, token } in self.requests.ready_reads(self.applied) {
            if let Request::Authenticate(asked) = &*request {
                self.authenticate(identity, now, (id, &token), asked, host);
            } else if let Err(error) = self.permit(now, &token, &request) {
                host.answer(id, Err(error));
            } else if let Some(read) = self.read(identity, &request) {
                host.answer(id, read);
            }
        }
        for asked in self.requests.known_now(self.applied) {
            self.begin_or_refuse(identity, now, asked, host);
        }
    }

    pub(super) fn with_header(&self, identity: &Identity, mut response: Response) -> Response {
        let revision = response
            .header()
            .map_or(self.catalog.revision(), |header| header.revision);
        response.set_header(self.header(identity, revision));
        response
    }

    pub(super) fn header(&self, identity: &Identity, revision: i64) -> ResponseHeader {
        ResponseHeader {
            cluster_id: identity.cluster_id,
            member_id: self.member_id,
            revision,
            raft_term: self.raw.raft.term,
        }
    }

    /// An identifier for what is proposed or asked next.
    pub(super) fn take_id(&mut self) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }
}

/// Whether a learner answers a request (`api/v3rpc/util.go`, `isRPCSupportedForLearner`).
fn is_for_learners(request: &Request) -> bool {
    match request {
        Request::Status(_) => true,
        Request::Range(range) => range.serializable,
        _ => false,
    }
}

/// Whether a request has to be looked at with the newest state, and need not go into the log,
/// or not yet.
fn is_read(request: &Request) -> bool {
    match request {
        Request::Txn(txn) => txn.is_read_only(),
        request => matches!(request, Request::Range(_) | Request::Authenticate(_)),
    }
}

/// Whether this member answers, and so sees to it that its client may ask. What goes through
/// the log is looked at when it is applied.
fn is_answered_here(request: &Request) -> bool {
    is_read(request)
        || matches!(
            request,
            Request::Hash(_)
                | Request::HashKv(_)
                | Request::Defragment(_)
                | Request::Snapshot(_)
                | Request::MemberAdd(_)
                | Request::MemberRemove(_)
                | Request::MemberUpdate(_)
                | Request::MemberPromote(_)
        )
}

/// Whether a read may be served from whatever the member has.
fn is_serializable(request: &Request) -> bool {
    match request {
        Request::Range(range) => range.serializable,
        Request::Txn(txn) => txn.is_serializable(),
        _ => false,
    }
}
