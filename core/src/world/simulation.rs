//! The world itself.

use std::rc::Rc;

use crate::etcd::Error;
use crate::member::{Clock, Member, MemberView, Micros, NodeId, RequestId};

use super::backlog::Waiting;
use super::clients::MAX_REQUESTS;
use super::environment::{Environment, Stopping};
use super::queue::Due;
use super::{Action, ActionError, Event, EventId, EventKind, LossReason, Setup, SetupError, Slot};

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
        let clock = Clock::new(self.setup.options.tick_us, 0, environment.now + phase);
        environment.site(node).clock = clock;
        environment.after(phase, Due::Tick { node, start: 0 });
        environment.site(node).up_since = Some(environment.now);
        let member = Member::start(
            node,
            self.setup.nodes,
            self.setup.options.clone(),
            seed,
            clock,
            &mut environment.at(node),
        );
        environment.site(node).cluster = member.cluster_id();
        self.members.push(member);
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

    /// Lets the next thing happen, if it is due until `until`, and returns whether it was.
    /// Some steps leave no event: a tick that only brings a timer nearer, a deadline of what
    /// has long ended.
    #[inline]
    pub fn step_until(&mut self, until: Micros, events: &mut Vec<Event>) -> bool {
        let Some((at, due)) = self.environment.queue.pop(until) else {
            return false;
        };
        self.environment.now = at;
        self.steps += 1;
        self.environment.begin_step(None);
        self.telling(events, |world| {
            world.happen(due);
            world.stop_who_cannot_go_on();
        });
        true
    }

    fn happen(&mut self, due: Due) {
        match due {
            Due::Tick { node, start } => self.tick(node, start),
            Due::Arrival { slot, mark } => self.arrive(slot, mark),
            Due::Sync { node, start } => self.sync(node, start),
            Due::Wake { node, start } => self.wake(node, start),
            Due::Retry { request } => {
                let open = self.environment.clients.get(request);
                self.environment.cause = open.map(|open| open.began);
                self.send_request(request);
            }
            Due::Deadline { request } => self.give_up(request),
            Due::Think { client } => self.ask_for_client(client),
            Due::Stream { stream } => self.attend(stream),
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
        Ok(self.telling(events, |world| {
            let request = world.carry_out(action);
            world.stop_who_cannot_go_on();
            request
        }))
    }

    /// Whether an action makes sense now.
    ///
    /// # Errors
    /// What [`World::act`] would refuse it for.
    pub fn check(&self, action: &Action) -> Result<(), ActionError> {
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
            Action::As { token, action } => self.check_token(token, action),
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
            | Action::Restore { .. }
            | Action::Reconfigure { .. } => self.check_governance(action),
            Action::Open { .. } | Action::Say { .. } | Action::Close { .. } => {
                self.check_streaming(action)
            }
        }
    }

    fn carry_out(&mut self, action: Action) -> Option<RequestId> {
        let action = match action {
            Action::Request {
                node,
                request,
                timeout_us,
            } => return Some(self.begin_request(node, request, timeout_us, None)),
            Action::As { token, action } => {
                self.environment.token = Some(token.into());
                let began = self.carry_out(*action);
                self.environment.token = None;
                return began;
            }
            Action::Open { node, request } => return Some(self.open(node, request)),
            Action::Say { stream, request } => {
                self.say(stream, &request);
                return None;
            }
            Action::Close { stream } => {
                self.close(stream);
                return None;
            }
            action => Rc::new(action),
        };
        let node = action.node();
        self.environment.emit(EventKind::Acted {
            node,
            action: Rc::clone(&action),
        });
        match &*action {
            Action::Request { .. }
            | Action::As { .. }
            | Action::Open { .. }
            | Action::Say { .. }
            | Action::Close { .. } => unreachable!("handled above"),
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
            | Action::Restore { .. }
            | Action::Reconfigure { .. } => self.govern(&action),
        }
        None
    }

    fn tick(&mut self, node: NodeId, start: u32) {
        if !self.runs(node, start) {
            return;
        }
        let environment = &mut self.environment;
        let site = environment.site(node);
        if let Some(backlog) = &mut site.backlog {
            backlog.tick();
            backlog.clock_waits = true;
            return;
        }
        let cause = site.timer_set_by;
        let next_at = site.clock.tick();
        environment.queue.push(next_at, Due::Tick { node, start });
        self.tick_member(node, cause);
    }

    /// A tick comes to a node; what follows is put down to `cause`.
    pub(super) fn tick_member(&mut self, node: NodeId, cause: Option<EventId>) {
        let environment = &mut self.environment;
        let clock = environment.site(node).clock;
        environment.cause = cause;
        let now = environment.now;
        self.members[node.index()].tick(now, clock, &mut environment.at(node));
    }

    fn arrive(&mut self, slot: Slot, mark: u32) {
        let environment = &mut self.environment;
        let network = &environment.network;
        let Some(flight) = network.due_now(slot, mark, environment.now) else {
            return;
        };
        environment.cause = Some(flight.sent);
        if flight.is_doomed() {
            environment.lose(slot, LossReason::Chance);
        } else if network.links.is_cut(flight.packet.from, flight.packet.to) {
            environment.lose(slot, LossReason::Cut);
        } else {
            let to = flight.packet.to;
            self.receive(to, slot);
        }
    }

    /// A message is at its receiver's.
    #[inline]
    pub(super) fn receive(&mut self, to: NodeId, slot: Slot) {
        let environment = &mut self.environment;
        let Some(member) = self.members.get_mut(to.index()) else {
            environment.lose(slot, LossReason::NoReceiver);
            return;
        };
        if !member.is_running() {
            let is_gone = member.is_removed();
            environment.lose(
                slot,
                match is_gone {
                    true => LossReason::NoReceiver,
                    false => LossReason::ReceiverDown,
                },
            );
            return;
        }
        if environment.are_apart && environment.is_refused(slot) {
            environment.lose(slot, LossReason::OtherCluster);
            return;
        }
        if let Some(backlog) = &mut environment.sites[to.index()].backlog {
            backlog.message(slot);
            environment.network.leave_at_the_door(slot);
            return;
        }
        let Some((flight, mut message)) = environment.network.land(slot) else {
            return;
        };
        let (sent, packet) = (flight.sent, flight.packet);
        environment.emit(EventKind::Delivered { sent, packet, slot });
        let now = environment.now;
        member.deliver(now, &mut message, &mut environment.at(to));
        environment.network.give_back(message);
    }

    fn crash(&mut self, node: NodeId) {
        let environment = &mut self.environment;
        let site = environment.site(node);
        let backlog = site.backlog.as_ref();
        let has_synced = backlog.is_some_and(|backlog| backlog.has_sync());
        let synced = site.disk.crash(has_synced);
        self.members[node.index()].crash(synced, &mut environment.at(node));
        self.disconnect(node);
    }

    /// Stops a node that has to write to a full disk, and cleans up behind one that has
    /// stopped by itself.
    #[inline]
    pub(super) fn stop_who_cannot_go_on(&mut self) {
        if let Some(stopping) = self.environment.stopping.take() {
            self.stop(stopping);
        }
    }

    #[cold]
    fn stop(&mut self, Stopping { node, reason }: Stopping) {
        let environment = &mut self.environment;
        if let Some(reason) = reason {
            self.members[node.index()].halt(reason, &mut environment.at(node));
            environment.stopping = None;
        }
        environment.site(node).disk.crash(false);
        self.disconnect(node);
    }

    /// Nobody is there any more: what waits for the node is lost, and its clients notice.
    fn disconnect(&mut self, node: NodeId) {
        let environment = &mut self.environment;
        environment.site(node).up_since = None;
        let backlog = environment.site(node).backlog.take();
        for waiting in backlog.into_iter().flat_map(|backlog| backlog.into_items()) {
            if let Waiting::Message(slot) = waiting {
                environment.lose(slot, LossReason::ReceiverDown);
            }
        }
        for request in environment.clients.sent_to(node) {
            environment.fail(request, Error::ConnectionClosed);
        }
        self.break_streams(node);
    }

    fn restart(&mut self, node: NodeId) {
        let environment = &mut self.environment;
        let tick_us = self.members[node.index()].next_tick_us();
        let now = environment.now;
        let site = environment.site(node);
        site.start += 1;
        site.up_since = Some(now);
        let start = site.start;
        let rate_ppm = site.clock.rate_ppm();
        site.clock = Clock::new(tick_us, rate_ppm, now);
        // The first tick comes a tick after the start.
        let first_at = site.clock.tick();
        let clock = site.clock;
        environment.queue.push(first_at, Due::Tick { node, start });
        self.members[node.index()].restart(clock, &mut environment.at(node));
    }

    /// Whether the node still runs since that start.
    fn runs(&self, node: NodeId, start: u32) -> bool {
        let place = node.index();
        self.environment.sites[place].start == start && self.members[place].is_running()
    }

    fn wake(&mut self, node: NodeId, start: u32) {
        if !self.runs(node, start) {
            return;
        }
        match &mut self.environment.site(node).backlog {
            Some(backlog) => backlog.wake(),
            None => self.wake_member(node),
        }
    }

    pub(super) fn wake_member(&mut self, node: NodeId) {
        let now = self.now();
        let cause = self.environment.site(node).wake_set_by;
        // At the end of a pause, that is what led to it.
        if self.environment.cause.is_none() {
            self.environment.cause = cause;
        }
        let host = &mut self.environment.at(node);
        self.members[node.index()].wake(now, host);
    }

    fn sync(&mut self, node: NodeId, start: u32) {
        if !self.runs(node, start) {
            return;
        }
        match &mut self.environment.site(node).backlog {
            Some(backlog) => backlog.sync(),
            None => self.end_sync(node, None),
        }
    }

    /// A sync has ended; what follows is put down to `cause`, or to what led to the first of
    /// its writes. Whatever was written while it lasted is synced next, in one go.
    pub(super) fn end_sync(&mut self, node: NodeId, cause: Option<EventId>) {
        let environment = &mut self.environment;
        let ended = environment.site(node).disk.synced();
        environment.cause = cause.or(ended.cause);
        if let Some(sync_us) = ended.next_us {
            environment.begin_sync(node, sync_us);
        }
        let now = environment.now;
        let host = &mut environment.at(node);
        self.members[node.index()].synced(now, ended.writes, ended.is_lie, host);
    }
}
