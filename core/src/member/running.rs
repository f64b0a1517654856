//! A node that runs: the raft crate and the catalog in memory.

use prost::Message as _;
use raft::eraftpb::{Entry, EntryType, Message, MessageType};
use raft::{Config, RawNode, ReadOnlyOption, ReadState, StateRole};
use smallvec::SmallVec;

use crate::catalog::{Catalog, Changes};
use crate::etcd::{
    Error, InternalRaftRequest, MAX_REQUEST_BYTES, RangeRequest, Request, Response, ResponseHeader,
};

use super::identity::Identity;
use super::requests::Requests;
use super::{
    Clock, Host, Log, LogEntry, MemberView, Micros, NodeId, Note, Remains, RequestId, Role, Timeout,
};

/// What was last noted of the node, so that only changes are.
#[derive(Debug, PartialEq)]
struct Noted {
    role: Role,
    term: u64,
    leader: Option<NodeId>,
    vote: Option<NodeId>,
    commit: u64,
    expires_at: Option<Micros>,
}

/// Everything that a crash forgets, and the log, which it does not.
pub(super) struct Running {
    raw: RawNode<Log>,
    pub(super) catalog: Catalog,
    pub(super) applied: u64,
    requests: Requests,
    noted: Noted,
    /// The election timeout in ticks, and the term that it is for.
    timeout: (u64, usize),
    /// When the node's clock ticks.
    clock: Clock,
    /// When this node last learned of a new leader.
    leader_found_at: Micros,
    next_id: u64,
    /// The time limit that the node has asked to be woken for.
    wake_at: Option<Micros>,
}

impl Running {
    /// Starts the node with what its disk holds.
    pub(super) fn start(identity: &Identity, log: Log, clock: Clock, host: &mut impl Host) -> Self {
        let hard_state = log.hard_state().clone();
        let options = &identity.options;
        let config = Config {
            id: identity.node.raft_id(),
            election_tick: options.election_ticks as usize,
            heartbeat_tick: options.heartbeat_ticks as usize,
            max_size_per_msg: options.max_size_per_message_bytes,
            max_inflight_msgs: options.max_inflight_messages as usize,
            check_quorum: options.check_quorum,
            pre_vote: options.pre_vote,
            read_only_option: ReadOnlyOption::Safe,
            ..Config::default()
        };
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let raw = RawNode::new(&config, log, &logger)
            .expect("validated options and a log written by the raft crate itself");
        let vote = NodeId::from_raft(hard_state.vote);
        host.note(Note::Started {
            term: hard_state.term,
            vote,
            commit: hard_state.commit,
        });
        let mut running = Self {
            raw,
            catalog: Catalog::new(),
            applied: 0,
            requests: Requests::default(),
            noted: Noted {
                role: Role::Follower,
                term: hard_state.term,
                leader: None,
                vote,
                commit: hard_state.commit,
                expires_at: None,
            },
            timeout: (
                hard_state.term,
                identity.election_timeout_ticks(hard_state.term),
            ),
            clock,
            leader_found_at: 0,
            next_id: identity.first_request_id(),
            wake_at: None,
        };
        // Nothing that happens at a start looks at the time: there is no leader to find and
        // nobody asks yet.
        running.settle(identity, 0, host);
        running
    }

    /// Stops at once and gives back the log as the disk holds it. The oldest `synced` writes
    /// have reached it, although nobody has told the node.
    pub(super) fn crash(mut self, synced: usize, host: &mut impl Host) -> Log {
        let mut log = std::mem::take(self.raw.mut_store());
        log.sync(synced, false);
        let (from, restored) = log.crash();
        let hard_state = log.hard_state();
        host.note(Note::Crashed(Box::new(Remains {
            term: hard_state.term,
            vote: NodeId::from_raft(hard_state.vote),
            commit: hard_state.commit,
            from,
            restored,
        })));
        log
    }

    /// One tick has passed; the next ones come as `clock` says.
    pub(super) fn tick(
        &mut self,
        identity: &Identity,
        now: Micros,
        clock: Clock,
        host: &mut impl Host,
    ) {
        self.clock = clock;
        let led = self.raw.raft.state == StateRole::Leader;
        if !self.raw.tick() {
            // A timer is nearer to its end, and nothing else has changed.
            return;
        }
        let raft = &self.raw.raft;
        let leads = raft.state == StateRole::Leader;
        // The crate resets the count of ticks of the timer that ran host.
        let timeout = match (led, leads) {
            (true, true) => (raft.heartbeat_elapsed() == 0).then_some(Timeout::Heartbeat),
            (true, false) => Some(Timeout::CheckQuorum),
            (false, _) => (raft.election_elapsed == 0).then_some(Timeout::Election),
        };
        if let Some(timeout) = timeout {
            host.note(Note::TimedOut(timeout));
        }
        self.settle(identity, now, host);
    }

    /// The clock goes differently from now on.
    pub(super) fn set_clock(&mut self, clock: Clock, host: &mut impl Host) {
        self.clock = clock;
        self.note_timer(host);
    }

    /// Whether a message makes etcd panic ("tocommit is out of range. Was the raft log
    /// corrupted, truncated, or lost?"): the leader knows that this node had entries on its
    /// disk that it has lost since (`raft/log.go`, `commitTo`).
    pub(super) fn shows_lost_log(&self, message: &Message) -> bool {
        message.get_msg_type() == MessageType::MsgHeartbeat
            && message.term >= self.raw.raft.term
            && message.commit > self.raw.raft.raft_log.last_index()
    }

    pub(super) fn deliver(
        &mut self,
        identity: &Identity,
        now: Micros,
        message: &mut Message,
        host: &mut impl Host,
    ) {
        // The crate refuses proposals when there is no leader (a forwarded one is lost, as
        // in etcd) and answers of strangers; neither concerns anybody here.
        let _refused = self.raw.step(std::mem::take(message));
        self.settle(identity, now, host);
    }

    /// The oldest `writes` have reached the disk, or so it says.
    pub(super) fn synced(
        &mut self,
        identity: &Identity,
        now: Micros,
        writes: usize,
        is_lie: bool,
        host: &mut impl Host,
    ) {
        let Some(safe) = self.raw.mut_store().sync(writes, is_lie) else {
            return;
        };
        host.note(Note::Synced {
            through: self.raw.store().synced_through(),
        });
        for messages in safe.messages {
            send_all(messages, host);
        }
        self.raw.on_persist_ready(safe.number);
        self.settle(identity, now, host);
    }

    pub(super) fn wake(&mut self, identity: &Identity, now: Micros, host: &mut impl Host) {
        let overdue = self
            .requests
            .overdue(now, identity.options.request_timeout_us());
        for (request, started_at) in overdue.expired {
            host.answer(request, Err(self.timeout_error(identity, started_at)));
        }
        if let Some(context) = overdue.ask_again {
            self.raw.read_index(context.to_be_bytes().to_vec());
        }
        if self.wake_at.is_some_and(|at| at <= now) {
            self.wake_at = None;
        }
        self.settle(identity, now, host);
    }

    /// A client has given up; see [`super::Member::cancel`].
    pub(super) fn cancel(&mut self, request: RequestId) -> bool {
        self.requests.cancel(request)
    }

    /// Which of etcd's time-outs a request met that began at `started_at`
    /// (`etcdserver/v3_server.go`, `parseProposeCtxErr`).
    fn timeout_error(&self, identity: &Identity, started_at: Micros) -> Error {
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
        match request {
            Request::Range(range) if range.serializable => {
                let result = self.read(identity, &range);
                host.answer(id, result);
            }
            Request::Range(range) => self.read_later(id, range, host),
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
    fn ask_for_read_index(&mut self, now: Micros) -> bool {
        let context = self.next_id;
        if !self.requests.begin_batch(context, now) {
            return false;
        }
        self.next_id += 1;
        self.raw.read_index(context.to_be_bytes().to_vec());
        true
    }

    /// Asks to be woken for the next time limit, unless that is done already.
    fn ask_to_be_woken(&mut self, identity: &Identity, host: &mut impl Host) {
        let limit_us = identity.options.request_timeout_us();
        let Some(at) = self.requests.next_limit(limit_us) else {
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
        let id = self.next_id;
        self.next_id += 1;
        let encoded = InternalRaftRequest::new(id, request)
            .map(|write| write.encode_to_vec())
            .unwrap_or_default();
        if encoded.len() > MAX_REQUEST_BYTES {
            return Err(Error::RequestTooLarge);
        }
        self.requests.add_write(id, request_id, now);
        self.requests.hold(id, encoded);
        self.propose_held(host);
        Ok(())
    }

    /// Proposes what waits for a leader, if there is one.
    fn propose_held(&mut self, host: &mut impl Host) {
        if self.raw.raft.leader_id == raft::INVALID_ID {
            return;
        }
        for (id, encoded) in self.requests.take_held() {
            if self.raw.propose(Vec::new(), encoded).is_err()
                && let Some(request) = self.requests.take_write(id)
            {
                host.answer(request, Err(Error::ProposalDropped));
            }
        }
    }

    /// Works off everything that the raft crate has ready. (That changes neither its role nor
    /// its term, vote or leader, so those are looked at once.)
    fn settle(&mut self, identity: &Identity, now: Micros, host: &mut impl Host) {
        self.pin_timeout(identity);
        self.note_state(now, host);
        if self.requests.has_held() {
            self.propose_held(host);
        }
        while self.raw.has_ready() || (self.ask_for_read_index(now) && self.raw.has_ready()) {
            self.handle_ready(identity, host);
        }
        self.note_timer(host);
        self.ask_to_be_woken(identity, host);
    }

    /// The crate draws election timeouts from the thread's random numbers. Overwritten
    /// after every call, they are a function of (seed, node, term).
    fn pin_timeout(&mut self, identity: &Identity) {
        let term = self.raw.raft.term;
        if self.timeout.0 != term {
            self.timeout = (term, identity.election_timeout_ticks(term));
        }
        if self.raw.raft.randomized_election_timeout() != self.timeout.1 {
            self.raw
                .raft
                .set_randomized_election_timeout(self.timeout.1);
        }
    }

    fn handle_ready(&mut self, identity: &Identity, host: &mut impl Host) {
        let mut ready = self.raw.ready();
        let number = ready.number();
        let must_sync = ready.must_sync();
        if let Some(hard_state) = ready.hs() {
            let hard_state = hard_state.clone();
            self.raw.mut_store().set_hard_state(hard_state);
        }
        let entries = ready.take_entries();
        let now = ready.take_messages();
        let once_safe = ready.take_persisted_messages();
        let committed = ready.take_committed_entries();
        let read_states = ready.take_read_states();
        let already_safe = if must_sync {
            let log = self.raw.mut_store();
            let written = log.write(number, entries, once_safe, host.pool());
            if !written.is_empty() {
                let entries = written.into();
                host.note(Note::Appended { entries });
            }
            host.write();
            None
        } else {
            self.raw.mut_store().wait_for_write(number, once_safe)
        };
        self.raw.advance_append_async(ready);
        send_all(now, host);
        self.note_commit(host);
        for entry in &committed {
            self.apply(identity, entry, host);
        }
        if !committed.is_empty() {
            self.raw.advance_apply_to(self.applied);
        }
        self.serve_reads(identity, &read_states, host);
        if let Some(messages) = already_safe {
            send_all(messages, host);
            self.raw.on_persist_ready(number);
        }
    }

    fn apply(&mut self, identity: &Identity, entry: &Entry, host: &mut impl Host) {
        // Membership does not change yet: nobody proposes another type of entry.
        debug_assert_eq!(entry.get_entry_type(), EntryType::EntryNormal);
        self.applied = entry.index;
        let written = self.raw.store().entry(entry.index).cloned();
        let Some(write) = written.as_ref().and_then(LogEntry::request) else {
            host.note(Note::Applied {
                index: entry.index,
                changes: Changes::new(),
            });
            return;
        };
        let id = write.id();
        let mut txn = self.catalog.write();
        let result = match (&write.put, &write.delete_range) {
            (Some(put), _) => txn.put(put).map(Response::Put),
            (None, Some(delete)) => Ok(Response::DeleteRange(txn.delete_range(delete))),
            (None, None) => Err(Error::EmptyKey),
        };
        let changes = txn.end();
        host.note(Note::Applied {
            index: entry.index,
            changes,
        });
        if let Some(request) = self.requests.take_write(id) {
            let result = result.map(|response| self.with_header(identity, response));
            host.answer(request, result);
        }
    }

    fn serve_reads(
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

    fn with_header(&self, identity: &Identity, mut response: Response) -> Response {
        let revision = response
            .header()
            .map_or(self.catalog.revision(), |header| header.revision);
        response.set_header(ResponseHeader {
            cluster_id: identity.cluster_id,
            member_id: identity.member_id,
            revision,
            raft_term: self.raw.raft.term,
        });
        response
    }

    fn note_state(&mut self, now: Micros, host: &mut impl Host) {
        let raft = &self.raw.raft;
        let role = match raft.state {
            StateRole::Follower => Role::Follower,
            StateRole::PreCandidate => Role::PreCandidate,
            StateRole::Candidate => Role::Candidate,
            StateRole::Leader => Role::Leader,
        };
        let leader = NodeId::from_raft(raft.leader_id);
        let vote = NodeId::from_raft(raft.vote);
        let term = raft.term;
        let noted = &self.noted;
        if (role, term, leader, vote) == (noted.role, noted.term, noted.leader, noted.vote) {
            return;
        }
        if (role, term, leader) != (self.noted.role, self.noted.term, self.noted.leader) {
            host.note(Note::Became { role, term, leader });
            if leader.is_some() && leader != self.noted.leader {
                self.leader_found_at = now;
                for request in self.requests.fail_batch() {
                    host.answer(request, Err(Error::LeaderChanged));
                }
            }
        }
        let voted_now = vote != self.noted.vote || term != self.noted.term;
        if let (true, Some(candidate)) = (voted_now, vote) {
            host.note(Note::Voted { term, candidate });
        }
        self.noted = Noted {
            role,
            term,
            leader,
            vote,
            ..self.noted
        };
    }

    fn note_commit(&mut self, host: &mut impl Host) {
        let index = self.raw.raft.raft_log.committed;
        if index != self.noted.commit {
            self.noted.commit = index;
            host.note(Note::Committed { index });
        }
    }

    fn note_timer(&mut self, host: &mut impl Host) {
        let raft = &self.raw.raft;
        let expires_at = (raft.state != StateRole::Leader).then(|| {
            let left = raft
                .randomized_election_timeout()
                .saturating_sub(raft.election_elapsed + 1);
            self.clock.tick_at(left as u64)
        });
        if expires_at == self.noted.expires_at {
            return;
        }
        self.noted.expires_at = expires_at;
        if let Some(expires_at) = expires_at {
            host.note(Note::TimerReset { expires_at });
        }
    }

    /// What the raft crate holds, for whoever checks a picture against it.
    pub(super) fn view(&self) -> MemberView<'_> {
        let raft = &self.raw.raft;
        MemberView {
            role: Some(self.noted.role),
            term: raft.term,
            vote: NodeId::from_raft(raft.vote),
            leader: NodeId::from_raft(raft.leader_id),
            commit: raft.raft_log.committed,
            applied: self.applied,
            synced: self.raw.store().synced_through(),
            entries: self.raw.store().entries(),
            catalog: Some(&self.catalog),
            expires_at: self.noted.expires_at,
        }
    }
}

/// Sends messages. The raft crate visits its peers in the order of a hash that differs
/// between 32 and 64 bits; sorted by receiver, natively and in wasm the network sees the
/// same. (The places are sorted and not the messages, which are large.)
fn send_all(mut messages: Vec<Message>, host: &mut impl Host) {
    if messages.is_sorted_by_key(|message| message.to) {
        for message in &mut messages {
            host.send(message);
        }
        return;
    }
    let mut order: SmallVec<[usize; 16]> = (0..messages.len()).collect();
    order.sort_by_key(|&place| messages[place].to);
    for place in order {
        host.send(&mut messages[place]);
    }
}
