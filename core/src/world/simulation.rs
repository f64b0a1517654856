//! The world itself.

use std::rc::Rc;

use crate::etcd::{Error, Request};
use crate::member::{Member, MemberView, Micros, NodeId, RequestId};

use super::clients::MAX_REQUESTS;
use super::environment::Environment;
use super::network::Flight;
use super::queue::Due;
use super::{Action, ActionError, Event, EventKind, LossReason, Setup, SetupError, Slot};

/// A cluster, its network, its disks and its clients, at one moment.
///
/// The world keeps no event: whatever happens in a step goes to the end of the list that
/// the step is given.
pub struct World {
    pub(super) setup: Setup,
    pub(super) members: Vec<Member>,
    pub(super) environment: Environment,
    pub(super) seed: u64,
    steps: u64,
}

impl World {
    /// A world at time 0 with every node just started.
    ///
    /// # Errors
    /// The setup is not one to begin with.
    pub fn new(setup: Setup, seed: u64, events: &mut Vec<Event>) -> Result<Self, SetupError> {
        setup.validate()?;
        let mut world = Self {
            members: Vec::new(),
            environment: Environment::new(&setup, seed),
            seed,
            steps: 0,
            setup,
        };
        world.telling(events, |world| {
            for node in NodeId::first(world.setup.nodes) {
                world.boot(node);
            }
        });
        Ok(world)
    }

    /// Does something whose events go to the end of `events`.
    fn telling<R>(&mut self, events: &mut Vec<Event>, doing: impl FnOnce(&mut Self) -> R) -> R {
        std::mem::swap(events, &mut self.environment.events);
        let result = doing(self);
        std::mem::swap(events, &mut self.environment.events);
        result
    }

    fn boot(&mut self, node: NodeId) {
        let seed = self.seed;
        let environment = &mut self.environment;
        environment.begin_step(None);
        let phase = Environment::clock_phase(&self.setup, seed, node);
        let first_tick = environment.now + phase;
        environment.after(phase, Due::Tick { node, start: 0 });
        environment.site(node).up_since = Some(environment.now);
        self.members.push(Member::start(
            node,
            self.setup.nodes,
            self.setup.options.clone(),
            seed,
            first_tick,
            &mut environment.at(node),
        ));
    }

    /// The setup that the world began with.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The time, in µs since the run began.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.environment.now
    }

    /// How many steps were taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// When the next step happens.
    #[must_use]
    pub fn next_at(&self) -> Option<Micros> {
        self.environment.queue.next_at()
    }

    /// Lets time pass until `at`, if nothing is to happen before.
    pub fn pass_until(&mut self, at: Micros) {
        let next = self.next_at().unwrap_or(at);
        self.environment.now = self.now().max(at.min(next));
    }

    /// What a node holds.
    #[must_use]
    pub fn view(&self, node: NodeId) -> Option<MemberView<'_>> {
        self.members.get(node.index()).map(Member::view)
    }

    /// Lets the next thing happen. Some steps leave no event: a tick that only brings a
    /// timer nearer, a deadline of what has long ended.
    pub fn step(&mut self, events: &mut Vec<Event>) {
        let Some((at, due)) = self.environment.queue.pop() else {
            return;
        };
        self.environment.now = at;
        self.steps += 1;
        self.environment.begin_step(None);
        self.telling(events, |world| world.happen(due));
    }

    fn happen(&mut self, due: Due) {
        let now = self.now();
        match due {
            Due::Tick { node, start } => self.tick(node, start),
            Due::Arrival { slot } => self.arrive(slot),
            Due::Sync { node, start } => self.sync(node, start),
            Due::Wake { node, start } => {
                if self.runs(node, start) {
                    let host = &mut self.environment.at(node);
                    self.members[node.index()].wake(now, host);
                }
            }
            Due::Retry { request } => self.send_request(request),
            Due::Deadline { request } => self.give_up(request),
        }
        self.bury_halted();
    }

    /// The connections of nodes that have stopped by themselves break.
    fn bury_halted(&mut self) {
        while let Some(node) = self.environment.halted.pop() {
            self.cut_off(node);
        }
    }

    /// A node is down now: its disk is idle, and its clients find their connections broken.
    fn cut_off(&mut self, node: NodeId) {
        let environment = &mut self.environment;
        let site = environment.site(node);
        site.disk.crash();
        site.up_since = None;
        for request in environment.clients.sent_to(node) {
            environment.fail(request, Error::ConnectionClosed);
        }
    }

    /// Does what a person asks for, now.
    ///
    /// # Errors
    /// The action makes no sense now; nothing has happened.
    pub fn act(
        &mut self,
        action: Action,
        events: &mut Vec<Event>,
    ) -> Result<Option<RequestId>, ActionError> {
        self.check(&action)?;
        self.environment.begin_step(None);
        Ok(self.telling(events, |world| world.carry_out(action)))
    }

    /// Whether an action makes sense now.
    fn check(&self, action: &Action) -> Result<(), ActionError> {
        let node = action.node();
        let up = || {
            let member = self.members.get(node.index());
            let member = member.ok_or(ActionError::NoSuchNode(node))?;
            Ok(member.is_running())
        };
        match action {
            Action::Request { .. } => {
                up()?;
                if self.environment.clients.is_full() {
                    return Err(ActionError::TooManyRequests(MAX_REQUESTS));
                }
                Ok(())
            }
            Action::Crash { .. } | Action::Restart { .. }
                if !up()? && self.members[node.index()].is_removed() =>
            {
                Err(ActionError::Removed(node))
            }
            Action::Crash { .. } if !up()? => Err(ActionError::AlreadyDown(node)),
            Action::Restart { .. } if up()? => Err(ActionError::AlreadyUp(node)),
            Action::Crash { .. } | Action::Restart { .. } => Ok(()),
            Action::Pause { .. }
            | Action::Resume { .. }
            | Action::Disk { .. }
            | Action::Clock { .. }
            | Action::Link { .. }
            | Action::Partition { .. }
            | Action::Heal
            | Action::Message { .. }
            | Action::Workload { .. } => self.check_disturbance(action),
            Action::Wipe { .. }
            | Action::Campaign { .. }
            | Action::ElectionTimeout { .. }
            | Action::TransferLeader { .. }
            | Action::Options { .. }
            | Action::Join { .. }
            | Action::Reconfigure { .. } => self.check_governance(action),
        }
    }

    fn carry_out(&mut self, action: Action) -> Option<RequestId> {
        if let Action::Request {
            node,
            request,
            timeout_us,
        } = action
        {
            let id = self.begin_request(node, request, timeout_us);
            self.bury_halted();
            return Some(id);
        }
        let action = Rc::new(action);
        let node = action.node();
        self.environment.emit(EventKind::Acted {
            node,
            action: Rc::clone(&action),
        });
        match &*action {
            Action::Request { .. } => unreachable!("handled above"),
            Action::Crash { node } => self.crash(*node),
            Action::Restart { node } => self.restart(*node),
            Action::Pause { .. }
            | Action::Resume { .. }
            | Action::Disk { .. }
            | Action::Clock { .. }
            | Action::Link { .. }
            | Action::Partition { .. }
            | Action::Heal
            | Action::Message { .. }
            | Action::Workload { .. } => self.disturb(&action),
            Action::Wipe { .. }
            | Action::Campaign { .. }
            | Action::ElectionTimeout { .. }
            | Action::TransferLeader { .. }
            | Action::Options { .. }
            | Action::Join { .. }
            | Action::Reconfigure { .. } => self.govern(&action),
        }
        self.bury_halted();
        None
    }

    fn tick(&mut self, node: NodeId, start: u32) {
        if !self.runs(node, start) {
            return;
        }
        let environment = &mut self.environment;
        let tick_us = self.members[node.index()].options().tick_us;
        environment.after(tick_us, Due::Tick { node, start });
        environment.cause = environment.site(node).timer_set_by;
        self.members[node.index()].tick(environment.now, &mut environment.at(node));
    }

    fn arrive(&mut self, slot: Slot) {
        let environment = &mut self.environment;
        let Some((Flight { sent, packet }, mut message)) = environment.network.land(slot) else {
            return;
        };
        environment.cause = Some(sent);
        let receiver = self.members.get_mut(packet.to.index());
        let receiver = receiver.filter(|member| !member.is_removed());
        let is_known = receiver.is_some();
        let Some(member) = receiver.filter(|member| member.is_running()) else {
            let reason = match is_known {
                true => LossReason::ReceiverDown,
                false => LossReason::NoReceiver,
            };
            environment.emit(EventKind::Lost {
                sent,
                packet,
                slot,
                reason,
            });
            return;
        };
        environment.emit(EventKind::Delivered { sent, packet, slot });
        let now = environment.now;
        member.deliver(now, &mut message, &mut environment.at(packet.to));
        environment.network.give_back(message);
    }

    fn crash(&mut self, node: NodeId) {
        let host = &mut self.environment.at(node);
        self.members[node.index()].crash(host);
        self.cut_off(node);
    }

    fn restart(&mut self, node: NodeId) {
        let environment = &mut self.environment;
        let now = environment.now;
        let site = environment.site(node);
        site.start += 1;
        site.up_since = Some(now);
        let start = site.start;
        let tick_us = self.members[node.index()].next_tick_us();
        let first_tick = environment.now + tick_us;
        environment.after(tick_us, Due::Tick { node, start });
        self.members[node.index()].restart(first_tick, &mut environment.at(node));
    }

    fn begin_request(&mut self, node: NodeId, request: Request, timeout_us: Micros) -> RequestId {
        let environment = &mut self.environment;
        let request = Rc::new(request);
        let id = environment.clients.begin(node, &request);
        let checked = request.check_client_size();
        environment.emit(EventKind::Requested { id, node, request });
        if let Err(error) = checked {
            environment.end(id, Err(error));
            return id;
        }
        environment.after(timeout_us, Due::Deadline { request: id });
        self.send_request(id);
        id
    }

    /// A client sends its request, or finds that the node is down.
    fn send_request(&mut self, id: RequestId) {
        let environment = &mut self.environment;
        let Some(open) = environment.clients.get(id) else {
            return;
        };
        let node = open.node;
        let request = Rc::clone(&open.request);
        let member = &mut self.members[node.index()];
        if !member.is_running() {
            if let Some(pause) = environment.clients.unreachable(id) {
                environment.after(pause, Due::Retry { request: id });
            }
            return;
        }
        environment.clients.mark_sent(id);
        let now = environment.now;
        member.request(now, id, (*request).clone(), &mut environment.at(node));
    }

    /// A client's patience ends.
    fn give_up(&mut self, id: RequestId) {
        let environment = &mut self.environment;
        let Some(open) = environment.clients.get(id) else {
            return;
        };
        if self.members[open.node.index()].cancel(id) {
            environment.clients.mark_undone(id);
        }
        environment.end(id, Err(Error::DeadlineExceeded));
    }

    /// Whether the node still runs since that start.
    fn runs(&self, node: NodeId, start: u32) -> bool {
        let place = node.index();
        self.environment.sites[place].start == start && self.members[place].is_running()
    }

    /// A sync has ended. Whatever was written while it lasted is synced next, in one go.
    fn sync(&mut self, node: NodeId, start: u32) {
        if !self.runs(node, start) {
            return;
        }
        let environment = &mut self.environment;
        let ended = environment.site(node).disk.synced();
        environment.cause = ended.cause;
        if let Some(sync_us) = ended.next_us {
            environment.begin_sync(node, sync_us);
        }
        let now = environment.now;
        let host = &mut environment.at(node);
        self.members[node.index()].synced(now, ended.writes, false, host);
    }
}
