//! A node as the world handles it, running or crashed.

use raft::eraftpb::Message;

use crate::etcd::Request;

use super::identity::Identity;
use super::running::Running;
use super::{Clock, Halt, Host, Log, MemberView, Micros, NodeId, Note, Options, RequestId};

enum State {
    // Boxed, for both are large.
    Running(Box<Running>),
    Crashed(Box<Log>),
}

/// One node of the cluster.
pub struct Member {
    identity: Identity,
    state: State,
}

impl Member {
    /// A node of a cluster of `nodes` voters, with an empty disk, started.
    #[must_use]
    pub fn start(
        node: NodeId,
        nodes: u8,
        options: Options,
        seed: u64,
        clock: Clock,
        host: &mut impl Host,
    ) -> Self {
        let identity = Identity::new(node, nodes, options, seed);
        let log = Log::new(NodeId::first(nodes).map(NodeId::raft_id).collect());
        let running = Running::start(&identity, log, clock, host);
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

    /// One tick of the node's clock has passed; the next ones come as `clock` says.
    pub fn tick(&mut self, now: Micros, clock: Clock, host: &mut impl Host) {
        if let State::Running(running) = &mut self.state {
            running.tick(&self.identity, now, clock, host);
        }
    }

    /// The node's clock goes differently from now on.
    pub fn set_clock(&mut self, clock: Clock, host: &mut impl Host) {
        if let State::Running(running) = &mut self.state {
            running.set_clock(clock, host);
        }
    }

    /// A message has arrived. It is taken out of `message`. One that shows that the node
    /// has lost a part of its log stops the node.
    pub fn deliver(&mut self, now: Micros, message: &mut Message, host: &mut impl Host) {
        let State::Running(running) = &mut self.state else {
            return;
        };
        if running.shows_lost_log(message) {
            self.halt(Halt::LogLost, host);
            return;
        }
        running.deliver(&self.identity, now, message, host);
    }

    /// The oldest `writes` of those under way have reached the disk. If that is a lie, they
    /// have not, and a crash takes them back until a later sync tells the truth.
    pub fn synced(&mut self, now: Micros, writes: usize, is_lie: bool, host: &mut impl Host) {
        if let State::Running(running) = &mut self.state {
            running.synced(&self.identity, now, writes, is_lie, host);
        }
    }

    /// The node stops by itself. As after a crash, what was not synced is lost.
    pub fn halt(&mut self, reason: Halt, host: &mut impl Host) {
        if self.is_running() {
            host.note(Note::Halted { reason });
            self.crash(0, host);
        }
    }

    /// A time has come that the node asked to be woken at.
    pub fn wake(&mut self, now: Micros, host: &mut impl Host) {
        if let State::Running(running) = &mut self.state {
            running.wake(&self.identity, now, host);
        }
    }

    /// A client asks. The answer comes by [`Host::answer`], in this call or in a later
    /// one, once at the most: a crash takes it away.
    pub fn request(&mut self, now: Micros, id: RequestId, request: Request, host: &mut impl Host) {
        let State::Running(running) = &mut self.state else {
            return;
        };
        match request.check() {
            Ok(()) => running.request(&self.identity, now, id, request, host),
            Err(error) => host.answer(id, Err(error)),
        }
    }

    /// The client of a request has given up: as in etcd, whose handlers end with their
    /// client, a write that still waits for a leader is dropped. Returns whether it was, and
    /// so is known never to be carried host.
    pub fn cancel(&mut self, request: RequestId) -> bool {
        match &mut self.state {
            State::Running(running) => running.cancel(request),
            State::Crashed(_) => false,
        }
    }

    /// The power fails: memory and unsynced writes are lost. Of the writes under way the
    /// oldest `synced` are on the disk, although nobody has told the node.
    pub fn crash(&mut self, synced: usize, host: &mut impl Host) {
        let placeholder = State::Crashed(Box::default());
        self.state = match std::mem::replace(&mut self.state, placeholder) {
            State::Running(running) => State::Crashed(Box::new(running.crash(synced, host))),
            crashed => crashed,
        };
    }

    /// The power comes back: the node starts with what its disk holds.
    pub fn restart(&mut self, clock: Clock, host: &mut impl Host) {
        let placeholder = State::Crashed(Box::default());
        self.state = match std::mem::replace(&mut self.state, placeholder) {
            State::Crashed(log) => {
                self.identity.started_again();
                State::Running(Box::new(Running::start(&self.identity, *log, clock, host)))
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
