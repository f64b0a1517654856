//! A running node's clients: reads, writes, and the answers to them
//! (`etcdserver/v3_server.go`).

use prost::Message as _;
use raft::ReadState;

use crate::etcd::{
    Error, InternalRaftRequest, MAX_REQUEST_BYTES, Operation, RangeRequest, Request, Response,
    ResponseHeader,
};

use super::identity::Identity;
use super::requests::Proposal;
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
        id: RequestId,
        request: Request,
        host: &mut impl Host,
    ) {
        let is_for_all = matches!(&request, Request::Range(range) if range.serializable);
        match request {
            _ if !is_for_all && self.is_learner(identity) => {
                host.answer(id, Err(Error::NotSupportedForLearner));
            }
            Request::Range(range) if range.serializable => {
                let result = self.read(identity, &range);
                host.answer(id, result);
            }
            Request::Range(range) => self.read_later(id, range, host),
            Request::MemberList(_) => {
                let answer = self.list_members(identity);
                host.answer(id, Ok(answer));
            }
            change @ (Request::MemberAdd(_)
            | Request::MemberRemove(_)
            | Request::MemberUpdate(_)
            | Request::MemberPromote(_)) => {
                if let Err(error) = self.change_members(identity, now, id, &change, host) {
                    host.answer(id, Err(error));
                }
            }
            write => {
                if let Err(error) = self.propose(identity, now, id, write, host) {
                    host.answer(id, Err(error));
                }
            }
        }
        self.settle(identity, now, host);
    }

    fn read(&self, identity: &Identity, range: &RangeRequest) -> Result<Response, Error> {
        let response = Response::Range(self.catalog.range(range)?);
        Ok(self.with_header(identity, response))
    }

    fn read_later(&mut self, id: RequestId, range: RangeRequest, host: &mut impl Host) {
        if let Err(error) = self.requests.admit() {
            host.answer(id, Err(error));
            return;
        }
        self.requests.add_read(id, range);
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

    /// Asks to be woken for the next time limit, unless that is done already.
    pub(super) fn ask_to_be_woken(&mut self, identity: &Identity, host: &mut impl Host) {
        let limit_us = identity.options.request_timeout_us();
        let limits = self.requests.next_limit(limit_us).into_iter();
        let Some(at) = limits.chain(self.streams.next_at()).min() else {
            return;
        };
        if self.wake_at.is_none_or(|earlier| at < earlier) {
            self.wake_at = Some(at);
            host.wake_at(at);
        }
    }

    fn propose(
        &mut self,
        identity: &Identity,
        now: Micros,
        request_id: RequestId,
        request: Request,
        host: &mut impl Host,
    ) -> Result<(), Error> {
        self.requests.admit()?;
        if let Request::Put(put) = &request
            && self.catalog.cost_bytes_with(&put.key, &put.value) > identity.options.quota_bytes
        {
            return Err(Error::NoSpace);
        }
        let id = self.take_id();
        let encoded = Operation::of(request)
            .map(|write| InternalRaftRequest::new(id, write).encode_to_vec())
            .unwrap_or_default();
        if encoded.len() > MAX_REQUEST_BYTES {
            return Err(Error::RequestTooLarge);
        }
        self.requests.add_write(id, request_id, now);
        self.requests.hold(id, Proposal::Write(encoded));
        self.propose_held(host);
        Ok(())
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
                && let Some(request) = self.requests.take_write(id)
            {
                host.answer(request, Err(Error::ProposalDropped));
            }
        }
    }

    pub(super) fn serve_reads(
        &mut self,
        identity: &Identity,
        read_states: &[ReadState],
        host: &mut impl Host,
    ) {
        for state in read_states {
            if let Ok(context) = state.request_ctx[..].try_into() {
                self.requests
                    .confirm(u64::from_be_bytes(context), state.index);
            }
        }
        for (request, range) in self.requests.ready_reads(self.applied) {
            let result = self.read(identity, &range);
            host.answer(request, result);
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
