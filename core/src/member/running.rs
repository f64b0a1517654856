//! A node that runs: the raft crate and the catalog in memory.

use std::rc::Rc;

use raft::eraftpb::{ConfState, HardState, Message, MessageType};
use raft::{Config, RawNode, ReadOnlyOption, StateRole};

use crate::catalog::Catalog;
use crate::etcd::Error;

use super::identity::Identity;
use super::image::{Image, Shipment, configuration, in_order};
use super::lessor::Lessor;
use super::membership::Membership;
use super::peers::{LEASE_ANSWER, LEASE_QUESTION};
use super::requests::Requests;
use super::tokens::Tokens;
use super::watching::Streams;
use super::{
    Clock, Configuration, Halt, Host, Log, Micros, NodeId, Note, ReadMode, Remains, Role, Timeout,
};

/// What was last noted of the node, so that only changes are.
#[derive(Debug, PartialEq)]
pub(super) struct Noted {
    pub(super) role: Role,
    pub(super) term: u64,
    pub(super) leader: Option<NodeId>,
    pub(super) vote: Option<NodeId>,
    pub(super) commit: u64,
    pub(super) expires_at: Option<Micros>,
}

/// What was taken from the raft crate already, so that only what is new is ready.
#[derive(Debug)]
pub(super) struct Taken {
    /// Term, vote and commit index.
    pub(super) hard_state: HardState,
    /// Committed entries, up to this index.
    pub(super) committed: u64,
}

impl Taken {
    /// What a node knows that has just started.
    fn at_start(raw: &RawNode<Log>) -> Self {
        Self {
            hard_state: raw.raft.hard_state(),
            committed: raw.raft.raft_log.applied,
        }
    }
}

/// Everything that a crash forgets, and the log, which it does not.
pub(super) struct Running {
    pub(super) raw: RawNode<Log>,
    pub(super) catalog: Catalog,
    pub(super) applied: u64,
    /// The size of what would be the store's file, in bytes: it grows, and only tidying up
    /// makes it smaller.
    pub(super) file_bytes: u64,
    pub(super) lessor: Lessor,
    pub(super) tokens: Tokens,
    /// The last entry of the log when the node was started. What goes up to it counts as
    /// applied before.
    pub(super) applied_before: u64,
    pub(super) requests: Requests,
    pub(super) streams: Streams,
    pub(super) noted: Noted,
    /// The election timeout in ticks, and the term that it is for.
    timeout: (u64, usize),
    /// When the node's clock ticks.
    pub(super) clock: Clock,
    /// When this node last learned of a new leader.
    pub(super) leader_found_at: Micros,
    pub(super) next_id: u64,
    /// The time limit that the node has asked to be woken for.
    pub(super) wake_at: Option<Micros>,
    /// The members as of the newest applied entry, for the raft crate, for a picture, and
    /// as clients know them.
    pub(super) conf_state: ConfState,
    pub(super) configuration: Rc<Configuration>,
    pub(super) membership: Membership,
    /// Its own identifier.
    pub(super) member_id: u64,
    /// Whether its number belongs to the cluster.
    pub(super) belongs: bool,
    /// Whether it is known to be itself that belongs, and not an older machine of its
    /// number; until then it does not stand for election.
    pub(super) admitted: bool,
    /// When to tell the others its name; `None` if they know.
    pub(super) publish_at: Option<Micros>,
    /// Why it is to stop now, and when that was asked for.
    pub(super) halting: Option<(Halt, Micros)>,
    /// The entry that its newest snapshot goes up to, on the disk or not.
    pub(super) snapshot_at: u64,
    /// What the raft crate was asked for already.
    pub(super) taken: Taken,
    /// Snapshots under way to followers.
    pub(super) shipments: Vec<Shipment>,
    /// The state that the raft crate has just been handed as a snapshot.
    pub(super) arriving: Option<Rc<Image>>,
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
            read_only_option: match options.read_mode {
                ReadMode::ReadIndex => ReadOnlyOption::Safe,
                ReadMode::Lease => ReadOnlyOption::LeaseBased,
            },
            applied: log.image_index(),
            ..Config::default()
        };
        let image = log.image().cloned();
        let conf_state = image.as_ref().map(|image| &image.conf_state);
        let conf_state = conf_state.unwrap_or(log.initial()).clone();
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let raw = RawNode::new(&config, log, &logger)
            .expect("validated options and a log written by the raft crate itself");
        let taken = Taken::at_start(&raw);
        let vote = NodeId::from_raft(hard_state.vote);
        host.note(Note::Started {
            term: hard_state.term,
            vote,
            commit: hard_state.commit,
        });
        let membership = Membership::new(&identity.founders, true);
        let applied_before = raw.raft.raft_log.last_index();
        let mut running = Self {
            raw,
            configuration: Rc::new(configuration(&conf_state)),
            conf_state: in_order(conf_state),
            belongs: membership.of_node(identity.node.raft_id()).is_some(),
            membership,
            member_id: identity.member_id,
            admitted: !identity.joined(),
            publish_at: None,
            halting: None,
            snapshot_at: 0,
            taken,
            shipments: Vec::new(),
            arriving: None,
            catalog: Catalog::new(),
            applied: 0,
            file_bytes: 0,
            lessor: Lessor::new(&clock),
            tokens: Tokens::default(),
            applied_before,
            requests: Requests::default(),
            streams: Streams::default(),
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
        match image {
            Some(image) => running.restore(identity, &image, host),
            None => {
                running.note_configuration(identity, host);
            }
        }
        // Nothing that happens at a start looks at the time: there is no leader to find and
        // nobody asks yet.
        running.settle(identity, 0, host);
        running
    }

    /// Stops at once and gives back the log as the disk holds it. The oldest `synced` writes
    /// have reached it, although nobody has told the node.
    pub(super) fn crash(mut self, synced: usize, host: &mut impl Host) -> Log {
        let mut log = std::mem::take(self.raw.mut_store());
        // No sync that ended is not an empty one: that would make safe what a disk lied about.
        if synced > 0 {
            log.sync(synced, false);
        }
        let left = log.crash();
        let hard_state = log.hard_state();
        host.note(Note::Crashed(Box::new(Remains {
            term: hard_state.term,
            vote: NodeId::from_raft(hard_state.vote),
            commit: hard_state.commit,
            from: left.from,
            restored: left.entries,
            first: log.first(),
            snapshot: log.image_index(),
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
        if !self.shipments.is_empty() {
            self.look_after_snapshots(now);
        }
        if !self.may_campaign(identity) {
            return;
        }
        let led = self.raw.raft.state == StateRole::Leader;
        if !self.raw.tick() {
            // A timer is nearer to its end, and nothing else has changed.
            return;
        }
        let raft = &self.raw.raft;
        let leads = raft.state == StateRole::Leader;
        // The crate resets the count of ticks of the timer that ran out.
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

    /// The clock goes differently from now on, or has jumped.
    pub(super) fn set_clock(
        &mut self,
        identity: &Identity,
        now: Micros,
        clock: Clock,
        host: &mut impl Host,
    ) {
        self.clock = clock;
        self.note_timer(host);
        if self.lessor.set_clock(now, &clock) {
            self.note_deadlines(host);
            self.ask_to_be_woken(identity, host);
        }
    }

    /// Whether the node's election timer runs. It does not for a machine that has not been
    /// admitted yet. And one that is alone in its configuration, and so leads as soon as it
    /// stands for election, does so only once its log is on the disk: the raft crate
    /// relies on it.
    pub(super) fn may_campaign(&self, identity: &Identity) -> bool {
        if !self.admitted {
            return false;
        }
        let log = &self.raw.raft.raft_log;
        let is_me = |node: &NodeId| *node == identity.node;
        let configuration = &self.configuration;
        let mut voters = configuration.voters.iter().chain(&configuration.outgoing);
        log.persisted == log.last_index()
            || self.raw.raft.state == StateRole::Leader
            || !voters.all(is_me)
    }

    /// Whether a message makes etcd panic ("tocommit is out of range. Was the raft log
    /// corrupted, truncated, or lost?"): the leader knows that this node had entries on its
    /// disk that it has lost since (`raft/log.go`, `commitTo`).
    ///
    /// An append shows it, too, if its leader has lost entries itself: to the raft crate an
    /// entry that neither of them has is of term 0 for both, and so is the same.
    pub(super) fn shows_lost_log(&self, message: &Message) -> bool {
        let last = || self.raw.raft.raft_log.last_index();
        let shows = match message.get_msg_type() {
            MessageType::MsgHeartbeat => message.commit > last(),
            MessageType::MsgAppend => {
                message.log_term == 0 && message.index.min(message.commit) > last()
            }
            _ => false,
        };
        shows && message.term >= self.raw.raft.term
    }

    pub(super) fn deliver(
        &mut self,
        identity: &Identity,
        now: Micros,
        message: &mut Message,
        host: &mut impl Host,
    ) {
        let passes = match message.get_msg_type() {
            MessageType::MsgSnapshot => self.unpack(message),
            MessageType::MsgPropose => !self.screen_proposal(message, host),
            MessageType::MsgTimeoutNow => self.may_campaign(identity),
            LEASE_QUESTION => {
                self.take_question(identity, now, message, host);
                false
            }
            LEASE_ANSWER => {
                self.take_answer(identity, now, message, host);
                false
            }
            _ => true,
        };
        if !passes {
            self.ask_to_be_woken(identity, host);
            return;
        }
        if !self.is_answer_of_a_stranger(message) {
            // The crate refuses proposals when there is no leader: a forwarded one is lost, as
            // in etcd.
            let _refused = self.raw.raft.step(std::mem::take(message));
        }
        self.settle(identity, now, host);
    }

    /// Whether a message answers what this node asked of one that is no member any more. (The
    /// crate's `RawNode::step` looks for that as well, and for messages that a node sends
    /// itself, which the network has no name for; but it moves the message once more, and a
    /// message is large.)
    fn is_answer_of_a_stranger(&self, message: &Message) -> bool {
        let is_answer = matches!(
            message.get_msg_type(),
            MessageType::MsgAppendResponse
                | MessageType::MsgRequestVoteResponse
                | MessageType::MsgHeartbeatResponse
                | MessageType::MsgRequestPreVoteResponse
        );
        is_answer && self.raw.raft.prs().get(message.from).is_none()
    }

    /// The oldest `writes` have reached the disk.
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
        if let Some((snapshot, first)) = safe.compacted {
            host.note(Note::Compacted { snapshot, first });
        }
        for mut messages in safe.messages {
            Self::send_all(&mut messages, host);
            self.reuse(messages);
        }
        if let Some(index) = safe.installed {
            self.raw.raft.on_persist_snap(index);
        }
        if let Some((index, term)) = safe.last {
            self.raw.raft.on_persist_entries(index, term);
        }
        self.settle(identity, now, host);
    }

    pub(super) fn wake(&mut self, identity: &Identity, now: Micros, host: &mut impl Host) {
        let overdue = self
            .requests
            .overdue(now, identity.options.request_timeout_us());
        for waiter in overdue.unproposed {
            Self::answer(waiter, Err(Error::NotProposed), host);
        }
        for (waiter, started_at) in overdue.expired {
            let error = self.timeout_error(identity, started_at);
            Self::answer(waiter, Err(error), host);
        }
        if let Some(context) = overdue.ask_again {
            self.raw.read_index(context.to_be_bytes().to_vec());
        }
        self.look_after_calls(identity, now, host);
        self.revoke_expired(now);
        self.look_after_watchers(identity, now, host);
        if self.wake_at.is_some_and(|at| at <= now) {
            self.wake_at = None;
        }
        self.settle(identity, now, host);
    }

    /// Works off everything that the raft crate has ready. (That changes neither its role nor
    /// its term, vote or leader, so those are looked at once.)
    pub(super) fn settle(&mut self, identity: &Identity, now: Micros, host: &mut impl Host) {
        self.pin_timeout(identity);
        self.note_state(identity, now, host);
        if self.requests.has_held() {
            self.propose_held(host);
        }
        if self.publish_at.is_some() {
            self.publish_when_due(identity, now);
        }
        loop {
            let messages = std::mem::take(&mut self.raw.raft.msgs);
            if self.has_more_than_messages() {
                self.raw.raft.msgs = messages;
                self.handle_ready(identity, now, host);
                if self.halting.is_some() {
                    return;
                }
                continue;
            }
            // Often there is nothing but messages to send.
            match messages.is_empty() {
                true => self.raw.raft.msgs = messages,
                false => self.send_alone(messages, now, host),
            }
            if self.requests.has_held() && self.raw.raft.leader_id != raft::INVALID_ID {
                self.propose_held(host);
            } else if !self.ask_for_read_index(now) {
                break;
            }
        }
        self.arriving = None;
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

    /// The election timeout of the present term is this, in ticks.
    pub(super) fn set_election_timeout(&mut self, ticks: u32) {
        self.timeout = (self.raw.raft.term, ticks as usize);
    }
}
