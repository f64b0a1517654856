//! A node as the world handles it, running or crashed.

use raft::eraftpb::Message;

use crate::catalog::Catalog;
use crate::etcd::{self, Request};

use super::running::Running;
use super::{Log, LogEntry, Micros, NodeId, Options, Outbox, RequestId, Role};

/// What does not change while a node exists, but for the count of its starts.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) node: NodeId,
    pub(super) options: Options,
    pub(super) cluster_id: u64,
    pub(super) member_id: u64,
    /// Seeds this node's election timeouts.
    seed: u64,
    /// How often the node was started.
    starts: u16,
}

impl Identity {
    /// The election timeout of a term, in ticks.
    pub(super) fn election_timeout_ticks(&self, term: u64) -> usize {
        let ticks = u64::from(self.options.election_ticks);
        let draw = mix(mix(self.seed ^ self.node.raft_id()) ^ term) % ticks;
        usize::try_from(ticks + draw).unwrap_or(usize::MAX)
    }

    /// The first identifier that this start of the node gives to a write. The node and the
    /// start are part of it, so no two writes of a run ever share one.
    pub(super) fn first_request_id(&self) -> u64 {
        self.node.raft_id() << 56 | u64::from(self.starts) << 40
    }
}

/// A bijection of 64 bits that leaves no pattern of its input visible (the finalizer of
/// SplitMix64, Steele et al. 2014).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

enum State {
    // Boxed: a running node is a thousand times the size of a crashed one.
    Running(Box<Running>),
    Crashed(Log),
}

/// One node of the cluster.
pub struct Member {
    identity: Identity,
    state: State,
}

/// What a node holds, read straight from it.
#[derive(Debug)]
pub struct MemberView<'a> {
    /// `None` while the node is down.
    pub role: Option<Role>,
    /// The node's term.
    pub term: u64,
    /// Its vote in that term.
    pub vote: Option<NodeId>,
    /// The leader that it knows of.
    pub leader: Option<NodeId>,
    /// Its commit index.
    pub commit: u64,
    /// The index of the newest entry in its catalog.
    pub applied: u64,
    /// Its log is on the disk up to this index.
    pub synced: u64,
    /// Its log, by index.
    pub entries: &'a [LogEntry],
    /// Its catalog; `None` while the node is down.
    pub catalog: Option<&'a Catalog>,
    /// When its election timer runs out; `None` for a leader and while it is down.
    pub expires_at: Option<Micros>,
}

impl Member {
    /// A node of a cluster of `nodes` voters, with an empty disk, started.
    #[must_use]
    pub fn start(
        node: NodeId,
        nodes: u8,
        options: Options,
        seed: u64,
        now: Micros,
        out: &mut Outbox,
    ) -> Self {
        let voters = || NodeId::first(nodes).map(NodeId::raft_id);
        let identity = Identity {
            node,
            options,
            cluster_id: etcd::cluster_id(voters().map(etcd::member_id)),
            member_id: etcd::member_id(node.raft_id()),
            seed,
            starts: 0,
        };
        let log = Log::new(voters().collect());
        let running = Running::start(&identity, log, now, out);
        Self {
            identity,
            state: State::Running(Box::new(running)),
        }
    }

    /// Whether the node is up.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }

    /// One tick of the node's clock has passed.
    pub fn tick(&mut self, now: Micros, out: &mut Outbox) {
        if let State::Running(running) = &mut self.state {
            running.tick(&self.identity, now, out);
        }
    }

    /// A message has arrived.
    pub fn deliver(&mut self, now: Micros, message: Message, out: &mut Outbox) {
        if let State::Running(running) = &mut self.state {
            running.deliver(&self.identity, now, message, out);
        }
    }

    /// The oldest write under way has reached the disk.
    pub fn synced(&mut self, now: Micros, out: &mut Outbox) {
        if let State::Running(running) = &mut self.state {
            running.synced(&self.identity, now, out);
        }
    }

    /// A time has come that the node asked to be woken at.
    pub fn wake(&mut self, now: Micros, out: &mut Outbox) {
        if let State::Running(running) = &mut self.state {
            running.wake(&self.identity, now, out);
        }
    }

    /// A client asks. The answer comes as an [`super::Effect::Answer`], in this call or in a
    /// later one, once at the most: a crash takes it away.
    pub fn request(&mut self, now: Micros, id: RequestId, request: Request, out: &mut Outbox) {
        let State::Running(running) = &mut self.state else {
            return;
        };
        match request.check() {
            Ok(()) => running.request(&self.identity, now, id, request, out),
            Err(error) => out.answer(id, Err(error)),
        }
    }

    /// The power fails: memory and unsynced writes are lost.
    pub fn crash(&mut self, out: &mut Outbox) {
        let placeholder = State::Crashed(Log::default());
        self.state = match std::mem::replace(&mut self.state, placeholder) {
            State::Running(running) => State::Crashed(running.crash(out)),
            crashed => crashed,
        };
    }

    /// The power comes back: the node starts with what its disk holds.
    pub fn restart(&mut self, now: Micros, out: &mut Outbox) {
        let placeholder = State::Crashed(Log::default());
        self.state = match std::mem::replace(&mut self.state, placeholder) {
            State::Crashed(log) => {
                self.identity.starts += 1;
                State::Running(Box::new(Running::start(&self.identity, log, now, out)))
            }
            running => running,
        };
    }

    /// What the node holds.
    #[must_use]
    pub fn view(&self) -> MemberView<'_> {
        match &self.state {
            State::Running(running) => running.view(),
            State::Crashed(log) => MemberView {
                role: None,
                term: log.hard_state().term,
                vote: NodeId::from_raft(log.hard_state().vote),
                leader: None,
                commit: log.hard_state().commit,
                applied: 0,
                synced: log.last(),
                entries: log.entries(),
                catalog: None,
                expires_at: None,
            },
        }
    }
}
