//! A node as the world handles it, running or crashed.

use std::rc::Rc;

use raft::eraftpb::{ConfState, Message};

use crate::etcd::{Request, StreamRequest};

use super::identity::{Birth, Founders, Identity};
use super::requests::Asked;
use super::running::Running;
use super::{
    Clock, Configuration, Halt, Host, Log, MemberView, Micros, NodeId, Note, Options, Origin,
    RequestId, Role,
};

enum State {
    // Boxed: a running node is a hundred times the size of a crashed one.
    Running(Box<Running>),
    Crashed(Box<Log>),
}

/// How a node comes to a cluster that runs.
#[derive(Clone, Copy)]
pub struct Arrival<'a> {
    /// When, in µs.
    pub at: Micros,
    /// Its clock.
    pub clock: Clock,
    /// The node that had its number, if one did.
    pub former: Option<&'a Member>,
    /// A member of the cluster that it joins.
    pub host: &'a Member,
}

/// One node of the cluster.
pub struct Member {
    identity: Identity,
    state: State,
}

/// An empty log of a cluster that began with these voters.
fn empty_log(founders: &Founders) -> Log {
    let members = founders.members.iter();
    Log::new(ConfState {
        voters: members.map(|member| member.raft_id()).collect(),
        ..ConfState::default()
    })
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
        let identity = Identity::new(node, Founders::first(nodes), options, seed);
        Self::begin(identity, clock, host)
    }

    /// A node that joins a cluster, with an empty disk, started. It knows who the cluster
    /// began with (etcd's `--initial-cluster`, with
    /// `--initial-cluster-state existing`), does not stand for election, and waits for a
    /// leader that has it among its members.
    #[must_use]
    pub fn join(
        node: NodeId,
        options: Options,
        seed: u64,
        arrival: Arrival<'_>,
        host: &mut impl Host,
    ) -> Self {
        let former = arrival.former.map(|former| &former.identity);
        let birth = Birth {
            joined_at: arrival.at,
            predecessor_removed_at: former.and_then(|former| former.removed_at).unwrap_or(0),
        };
        let starts = former.map_or(0, |former| former.starts + 1);
        let founders = arrival.host.identity.founders.clone();
        let identity = Identity::new(node, founders, options, seed).born(birth, starts);
        Self::begin(identity, arrival.clock, host)
    }

    fn begin(identity: Identity, clock: Clock, host: &mut impl Host) -> Self {
        let log = empty_log(&identity.founders);
        let running = Running::start(&identity, log, clock, host);
        Self {
            identity,
            state: State::Running(Box::new(running)),
        }
    }

    /// Does something with a node that runs. If the node is to stop by that, it stops.
    fn running<H: Host>(
        &mut self,
        host: &mut H,
        doing: impl FnOnce(&mut Running, &Identity, &mut H),
    ) {
        let State::Running(running) = &mut self.state else {
            return;
        };
        doing(running, &self.identity, host);
        if let Some((reason, asked_at)) = running.halting {
            if reason == Halt::Removed {
                self.identity.removed_at = Some(asked_at);
            }
            self.halt(reason, host);
        }
    }

    /// Whether the node is up.
    #[must_use]
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running(_))
    }

    /// Whether the node was removed from the cluster, knows of it, and so is down for good.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.identity.removed_at.is_some()
    }

    /// How the node is set.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.identity.options
    }

    /// The time between two ticks from the next start on, in µs.
    #[must_use]
    pub fn next_tick_us(&self) -> Micros {
        let options = self.identity.next_options.as_ref();
        options.unwrap_or(&self.identity.options).tick_us
    }

    /// The node is set like this from its next start on.
    pub fn set_options(&mut self, options: Options) {
        self.identity.next_options = Some(options);
    }

    /// What the node is to its term, and the leader that it knows of; `None` while it is
    /// down.
    #[must_use]
    pub fn role(&self) -> Option<(Role, Option<NodeId>)> {
        match &self.state {
            State::Running(running) => Some(running.role()),
            State::Crashed(_) => None,
        }
    }

    /// Who belongs to the cluster, as the node has it; `None` while it is down.
    #[must_use]
    pub fn configuration(&self) -> Option<&Configuration> {
        match &self.state {
            State::Running(running) => Some(running.configuration()),
            State::Crashed(_) => None,
        }
    }

    /// Whether the node may stand for election now: it votes, and belongs to the cluster.
    #[must_use]
    pub fn may_campaign(&self) -> bool {
        match &self.state {
            State::Running(running) => {
                running.raw.raft.promotable() && running.may_campaign(&self.identity)
            }
            State::Crashed(_) => false,
        }
    }

    /// One tick of the node's clock has passed; the next ones come as `clock` says.
    pub fn tick(&mut self, now: Micros, clock: Clock, host: &mut impl Host) {
        self.running(host, |running, identity, host| {
            running.tick(identity, now, clock, host);
        });
    }

    /// The node's clock goes differently from now on.
    pub fn set_clock(&mut self, now: Micros, clock: Clock, host: &mut impl Host) {
        self.running(host, |running, identity, host| {
            running.set_clock(identity, now, clock, host);
        });
    }

    /// The node's clock jumps ahead by so many µs. (Its ticks come beside that, and
    /// [`Member::set_clock`].)
    pub fn jump_clock(&mut self, span_us: Micros) {
        if let State::Running(running) = &mut self.state {
            running.lessor.jump(span_us);
        }
    }

    /// A message has arrived. It is taken out of `message`. One that shows that the node
    /// has lost a part of its log stops the node.
    #[inline]
    pub fn deliver(&mut self, now: Micros, message: &mut Message, host: &mut impl Host) {
        self.running(host, |running, identity, host| {
            if running.shows_lost_log(message) {
                running.halting = Some((Halt::LogLost, now));
                return;
            }
            running.deliver(identity, now, message, host);
        });
    }

    /// The oldest `writes` of those under way have reached the disk. If that is a lie, they
    /// have not, and a crash takes them back until a later sync tells the truth.
    pub fn synced(&mut self, now: Micros, writes: usize, is_lie: bool, host: &mut impl Host) {
        self.running(host, |running, identity, host| {
            running.synced(identity, now, writes, is_lie, host);
        });
    }

    /// A time has come that the node asked to be woken at.
    pub fn wake(&mut self, now: Micros, host: &mut impl Host) {
        self.running(host, |running, identity, host| {
            running.wake(identity, now, host);
        });
    }

    /// A client asks. The answer comes by [`Host::answer`], in this call or in a later
    /// one, once at the most: a crash takes it away.
    /// The client shows a token by which the member knows it, or none.
    pub fn request(
        &mut self,
        now: Micros,
        id: RequestId,
        request: Rc<Request>,
        token: &str,
        host: &mut impl Host,
    ) {
        let asked = Asked {
            id,
            request,
            token: token.to_owned(),
        };
        self.running(host, |running, identity, host| {
            running.request(identity, now, asked, host);
        });
    }

    /// The client of a request has given up: as in etcd, whose handlers end with their
    /// client, a write that still waits for a leader is dropped. Returns whether it was, and
    /// so is known never to be carried out.
    pub fn cancel(&mut self, request: RequestId) -> bool {
        match &mut self.state {
            State::Running(running) => running.cancel(request),
            State::Crashed(_) => false,
        }
    }

    /// A client says something on a stream, which begins with what is said first. What it
    /// hears comes by [`Host::stream`], in this call and in later ones, until the client hangs
    /// up or the node is gone.
    pub fn say(
        &mut self,
        now: Micros,
        stream: RequestId,
        request: &StreamRequest,
        token: &str,
        host: &mut impl Host,
    ) {
        self.running(host, |running, identity, host| {
            running.say(identity, now, stream, request, token, host);
        });
    }

    /// The client of a stream is gone.
    pub fn hang_up(&mut self, stream: RequestId) {
        if let State::Running(running) = &mut self.state {
            running.hang_up(stream);
        }
    }

    /// The node stands for election at once. (Only if it may: the raft crate would have a
    /// learner stand, too.)
    pub fn campaign(&mut self, now: Micros, host: &mut impl Host) {
        let may = self.may_campaign();
        self.running(host, |running, identity, host| {
            if may {
                // The crate refuses while a change of the membership is not applied.
                let _ = running.raw.campaign();
            }
            running.settle(identity, now, host);
        });
    }

    /// The node's election timeout of the present term is this, in ticks. It has to be one
    /// that the term could have drawn: from `election_ticks` to twice that, less one.
    pub fn set_election_timeout(&mut self, now: Micros, ticks: u32, host: &mut impl Host) {
        self.running(host, |running, identity, host| {
            running.set_election_timeout(ticks);
            running.settle(identity, now, host);
        });
    }

    /// The node hands its leadership over, if it leads (thesis §3.10).
    pub fn transfer_leader(&mut self, now: Micros, to: NodeId, host: &mut impl Host) {
        self.running(host, |running, identity, host| {
            running.raw.transfer_leader(to.raft_id());
            running.settle(identity, now, host);
        });
    }

    /// The node proposes that these nodes vote, and those get the log without a vote. More
    /// than one change goes through a joint configuration (§6), which the leader ends by
    /// itself.
    pub fn reconfigure(
        &mut self,
        now: Micros,
        voters: &[NodeId],
        learners: &[NodeId],
        host: &mut impl Host,
    ) {
        self.running(host, |running, identity, host| {
            running.reconfigure(now, voters, learners);
            running.settle(identity, now, host);
        });
    }

    /// The node stops by itself. As after a crash, what was not synced is lost.
    pub fn halt(&mut self, reason: Halt, host: &mut impl Host) {
        if self.is_running() {
            host.note(Note::Halted { reason });
            self.crash(0, host);
        }
    }

    /// The power fails: memory and unsynced writes are lost. Of the writes under way the
    /// oldest `synced` are on the disk, although nobody has told the node.
    pub fn crash(&mut self, synced: usize, host: &mut impl Host) {
        let placeholder = State::Crashed(Box::default());
        self.state = match std::mem::replace(&mut self.state, placeholder) {
            State::Running(running) => State::Crashed(Box::new(running.crash(synced, host))),
            crashed @ State::Crashed(_) => crashed,
        };
    }

    /// The disk of a node that is down is emptied. What a node knows without its disk stays:
    /// its number, its settings, and who the cluster began with. So it may vote, and has
    /// forgotten whether it did. (etcd refuses to begin a cluster with such a node again,
    /// and a leader that remembers it stops it; see [`Halt::LogLost`].)
    pub fn wipe(&mut self) {
        if let State::Crashed(log) = &mut self.state {
            **log = empty_log(&self.identity.founders);
        }
    }

    /// Whether the node is down and nothing is on its disk.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match &self.state {
            State::Running(_) => false,
            State::Crashed(log) => {
                log.last() == 0 && log.image_index() == 0 && log.hard_state().term == 0
            }
        }
    }

    /// The disk of a node that is down gets what a member of a new cluster begins with, and
    /// the node is that member from its next start on. Nothing happens if the snapshot is
    /// damaged.
    pub fn found(&mut self, origin: &Origin) {
        if let State::Crashed(log) = &mut self.state
            && let Some(beginning) = origin.log()
        {
            **log = beginning;
            self.identity = self.identity.in_cluster(origin.founders());
        }
    }

    /// The identifier of the cluster that the node is a part of.
    #[must_use]
    pub fn cluster_id(&self) -> u64 {
        self.identity.cluster_id
    }

    /// The power comes back: the node starts with what its disk holds.
    pub fn restart(&mut self, clock: Clock, host: &mut impl Host) {
        let placeholder = State::Crashed(Box::default());
        self.state = match std::mem::replace(&mut self.state, placeholder) {
            State::Crashed(log) => {
                self.identity.started_again();
                State::Running(Box::new(Running::start(&self.identity, *log, clock, host)))
            }
            running @ State::Running(_) => running,
        };
        // What it applies as it starts may be its own removal.
        self.running(host, |_, _, _| {});
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
                first: log.first(),
                entries: log.entries(),
                snapshot: log.image_index(),
                configuration: None,
                is_removed: self.is_removed(),
                catalog: None,
                expires_at: None,
            },
        }
    }
}
