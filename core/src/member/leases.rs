//! Leases at a member: keeping them alive, asking for them, ending those that have expired
//! (`etcdserver/v3_server.go`, `etcdserver/api/v3rpc/lease.go`).

use std::rc::Rc;

use raft::StateRole;
use raft::eraftpb::Message;

use crate::catalog::Lease;
use crate::etcd::{
    Error, InternalRaftRequest, LeaseKeepAliveResponse, LeaseLeasesResponse, LeaseRevokeRequest,
    LeaseStatus, LeaseTimeToLiveResponse, Operation, Request, Response, encoded,
};

use super::identity::Identity;
use super::peers::{
    ASK_AGAIN_US, Answer, Asker, Client, Due, LEASE_ANSWER, LEASE_QUESTION, Outcome, Question,
    REFUSED_PAUSE_US, content, envelope,
};
use super::running::Running;
use super::{Host, LeaseDeadline, Micros, Note, Options, RequestId};

/// The shortest time to live of a lease, in seconds: one and a half election timeouts, so
/// that a change of leader need not cost a lease (`etcdserver/server.go`, `NewServer`).
pub(super) fn min_ttl_s(options: &Options) -> i64 {
    let ticks = u64::from(3 * options.election_ticks / 2);
    let seconds = (ticks * options.tick_us).div_ceil(1_000_000);
    i64::try_from(seconds).unwrap_or(i64::MAX)
}

impl Running {
    /// A client asks to keep a lease alive, or how much time it has left.
    pub(super) fn ask_about_lease(
        &mut self,
        identity: &Identity,
        now: Micros,
        request: RequestId,
        asks: Request,
        host: &mut impl Host,
    ) -> Result<(), Error> {
        self.requests.admit()?;
        let client = Client {
            request,
            asks,
            header: self.header(identity, self.catalog.revision()),
            started_at: now,
        };
        self.ask(identity, now, client, host);
        Ok(())
    }

    /// Answers a client, if this node counts the time of leases, or asks the one that does.
    fn ask(&mut self, identity: &Identity, now: Micros, client: Client, host: &mut impl Host) {
        let question = question(0, &client.asks);
        // etcd's leader answers the one only when it counts, and the other as soon as it leads.
        let is_mine = match question.renew {
            true => self.lessor.is_primary(),
            false => self.raw.raft.state == StateRole::Leader,
        };
        if is_mine {
            self.look_up(identity, now, &question, Asker::Client(client), host);
            return;
        }
        let call = self.take_id();
        self.requests.calls.add(call, client);
        self.pass_on(identity, now, call, host);
    }

    /// Asks the leader what a client wants to know.
    fn pass_on(&mut self, identity: &Identity, now: Micros, call: u64, host: &mut impl Host) {
        let Some(client) = self.requests.calls.get(call) else {
            return;
        };
        let (me, leader) = (self.raw.raft.id, self.raw.raft.leader_id);
        let pause_us = if leader == raft::INVALID_ID {
            identity.options.election_timeout_us()
        } else if leader == me {
            REFUSED_PAUSE_US
        } else {
            let question = question(call, &client.asks);
            host.send(&mut envelope(me, leader, LEASE_QUESTION, &question));
            ASK_AGAIN_US
        };
        self.requests.calls.ask_at(call, now + pause_us);
    }

    /// Does what is due about the questions that are with the leader.
    pub(super) fn look_after_calls(
        &mut self,
        identity: &Identity,
        now: Micros,
        host: &mut impl Host,
    ) {
        let limit_us = identity.options.request_timeout_us();
        while let Some(due) = self.requests.calls.due(now, limit_us) {
            match due {
                Due::Expire(client) => {
                    let error = match self.raw.raft.leader_id {
                        raft::INVALID_ID => Error::NoLeader,
                        _ => Error::Timeout,
                    };
                    host.answer(client.request, Err(error));
                }
                Due::Ask(call) => {
                    // By now this node may lead.
                    match self.requests.calls.get(call) {
                        Some(_) if self.lessor.is_primary() => {
                            if let Some(client) = self.requests.calls.take(call) {
                                self.ask(identity, now, client, host);
                            }
                        }
                        _ => self.pass_on(identity, now, call, host),
                    }
                }
            }
        }
    }

    /// Another member asks about a lease.
    pub(super) fn take_question(
        &mut self,
        identity: &Identity,
        now: Micros,
        message: &Message,
        host: &mut impl Host,
    ) {
        let Some(question) = content::<Question>(message) else {
            return;
        };
        let asker = Asker::Peer {
            node: message.from,
            call: question.call,
        };
        match self.requests.admit() {
            Ok(()) => self.look_up(identity, now, &question, asker, host),
            Err(_) => self.tell(identity, asker, Outcome::Refused, (0, 0, &[]), host),
        }
    }

    /// Another member answers.
    pub(super) fn take_answer(
        &mut self,
        identity: &Identity,
        now: Micros,
        message: &Message,
        host: &mut impl Host,
    ) {
        let Some(answer) = content::<Answer>(message) else {
            return;
        };
        if answer.outcome() == Outcome::Refused {
            let at = now + REFUSED_PAUSE_US;
            self.requests.calls.ask_at(answer.call, at);
            return;
        }
        if let Some(client) = self.requests.calls.take(answer.call) {
            let told = (answer.ttl, answer.granted_ttl, &answer.keys[..]);
            let outcome = answer.outcome();
            self.tell(identity, Asker::Client(client), outcome, told, host);
        }
    }

    /// Looks for what is asked about a lease, and has it begin its time anew if that is
    /// wanted. One that has expired is as good as gone, but whoever wants to keep it alive
    /// is told so only once it is.
    fn look_up(
        &mut self,
        identity: &Identity,
        now: Micros,
        question: &Question,
        asker: Asker,
        host: &mut impl Host,
    ) {
        let id = question.lease;
        if question.renew && !self.lessor.is_primary() {
            self.tell(identity, asker, Outcome::Refused, (0, 0, &[]), host);
            return;
        }
        let Some(lease) = self.catalog.lease(id) else {
            self.tell(identity, asker, Outcome::NotFound, (0, 0, &[]), host);
            return;
        };
        let ttl = lease.ttl();
        if !question.renew {
            let keys: Vec<_> = match question.keys {
                true => lease.keys().map(|key| key.0.clone()).collect(),
                false => Vec::new(),
            };
            let left = self.lessor.remaining_s(now, id);
            self.tell(identity, asker, Outcome::Known, (left, ttl, &keys), host);
        } else if self.lessor.has_expired(now, id) {
            self.requests.calls.park(asker, id);
        } else {
            self.renew(now, id, ttl, host);
            self.tell(identity, asker, Outcome::Known, (ttl, ttl, &[]), host);
        }
    }

    /// Tells whoever asked about a lease: what it has left, what it begins with, its keys.
    fn tell(
        &self,
        identity: &Identity,
        asker: Asker,
        outcome: Outcome,
        (ttl, granted_ttl, keys): (i64, i64, &[bytes::Bytes]),
        host: &mut impl Host,
    ) {
        match asker {
            Asker::Peer { node, call } => {
                let answer = Answer {
                    call,
                    outcome: outcome.into(),
                    ttl,
                    granted_ttl,
                    keys: keys.to_vec(),
                };
                let mut envelope = envelope(self.raw.raft.id, node, LEASE_ANSWER, &answer);
                envelope.reject = outcome != Outcome::Known;
                host.send(&mut envelope);
            }
            Asker::Client(client) => {
                let response = match client.asks {
                    Request::LeaseTimeToLive(asked) => {
                        let is_known = outcome == Outcome::Known;
                        Response::LeaseTimeToLive(LeaseTimeToLiveResponse {
                            header: Some(self.header(identity, self.catalog.revision())),
                            id: asked.id,
                            ttl: if is_known { ttl } else { -1 },
                            granted_ttl,
                            keys: keys.to_vec(),
                        })
                    }
                    asked => Response::LeaseKeepAlive(LeaseKeepAliveResponse {
                        header: Some(client.header),
                        id: question(0, &asked).lease,
                        ttl,
                    }),
                };
                host.answer(client.request, Ok(response));
            }
        }
    }

    fn renew(&mut self, now: Micros, lease: i64, ttl: i64, host: &mut impl Host) {
        let expires_at = Some(self.lessor.renew(now, lease, ttl, 0));
        Self::note_deadline(lease, ttl, expires_at, host);
    }

    fn note_deadline(lease: i64, ttl_s: i64, expires_at: Option<Micros>, host: &mut impl Host) {
        let deadlines = Rc::new([LeaseDeadline {
            lease,
            ttl_s,
            expires_at,
        }]);
        host.note(Note::LeasesTimed { deadlines });
    }

    /// The leader's first entry is applied, and with it all that leaders before it did: it
    /// counts the time of leases from now on.
    pub(super) fn count_leases(&mut self, identity: &Identity, now: Micros, host: &mut impl Host) {
        if self.raw.raft.state != StateRole::Leader {
            return;
        }
        let extension_us = identity.options.election_timeout_us();
        let leases = self.catalog.leases().map(|(id, lease)| (id, lease.ttl()));
        self.lessor.promote(now, extension_us, leases);
        self.note_deadlines(host);
    }

    /// Says when every lease expires, if there are any.
    pub(super) fn note_deadlines(&self, host: &mut impl Host) {
        let all = self.lessor.deadlines().into_iter();
        let deadlines: Rc<[LeaseDeadline]> = all
            .map(|(expires_at, lease)| LeaseDeadline {
                lease,
                ttl_s: self.catalog.lease(lease).map_or(0, Lease::ttl),
                expires_at: Some(expires_at),
            })
            .collect();
        if !deadlines.is_empty() {
            host.note(Note::LeasesTimed { deadlines });
        }
    }

    /// The node does not lead any more, so somebody else counts the time of leases.
    pub(super) fn stop_counting_leases(
        &mut self,
        identity: &Identity,
        now: Micros,
        host: &mut impl Host,
    ) {
        self.lessor.demote();
        for asker in self.requests.calls.unpark(None) {
            match asker {
                Asker::Client(client) => self.ask(identity, now, client, host),
                Asker::Peer { .. } => {
                    self.tell(identity, asker, Outcome::Refused, (0, 0, &[]), host);
                }
            }
        }
    }

    /// A lease was granted.
    pub(super) fn lease_granted(&mut self, now: Micros, id: i64, ttl: i64, host: &mut impl Host) {
        if self.lessor.is_primary() {
            self.renew(now, id, ttl, host);
        }
    }

    /// A lease is gone.
    pub(super) fn lease_revoked(&mut self, identity: &Identity, id: i64, host: &mut impl Host) {
        if self.lessor.forget(id) {
            Self::note_deadline(id, 0, None, host);
        }
        for asker in self.requests.calls.unpark(Some(id)) {
            self.tell(identity, asker, Outcome::NotFound, (0, 0, &[]), host);
        }
    }

    /// Has the leases revoked whose time is over.
    pub(super) fn revoke_expired(&mut self, now: Micros) {
        if !self.lessor.is_primary() {
            return;
        }
        for id in self.lessor.expired(now) {
            let revoke = Operation::LeaseRevoke(LeaseRevokeRequest { id });
            let revoke = InternalRaftRequest {
                header: Some(self.as_root().header(self.take_id())),
                operation: Some(revoke),
            };
            // What the raft crate refuses now is asked for once more in three seconds.
            let _ = self.raw.propose(Vec::new(), encoded(&revoke));
        }
    }

    /// The leases that this node knows of; where it counts their time, those with the least
    /// left come first.
    pub(super) fn list_leases(&self, identity: &Identity) -> Response {
        let status = |id| LeaseStatus { id };
        let leases: Vec<_> = match self.lessor.is_primary() {
            true => {
                let deadlines = self.lessor.deadlines().into_iter();
                deadlines.map(|(_, id)| status(id)).collect()
            }
            false => self.catalog.leases().map(|(id, _)| status(id)).collect(),
        };
        Response::LeaseLeases(LeaseLeasesResponse {
            header: Some(self.header(identity, self.catalog.revision())),
            leases,
        })
    }
}

/// What a client asks, as it is passed on.
fn question(call: u64, asks: &Request) -> Question {
    let (lease, renew, keys) = match asks {
        Request::LeaseKeepAlive(asked) => (asked.id, true, false),
        Request::LeaseTimeToLive(asked) => (asked.id, false, asked.keys),
        _ => (0, false, false),
    };
    Question {
        call,
        lease,
        renew,
        keys,
    }
}
