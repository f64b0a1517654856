//! The world itself.

use std::rc::Rc;

use crate::etcd::{Error, Request, Response};
use crate::member::{Effect, Member, MemberView, Micros, NodeId, Note, Outbox, RequestId};

use super::clients::{Clients, MAX_REQUESTS, Next};
use super::disk::Disk;
use super::network::{Flight, Network};
use super::queue::{Due, Queue};
use super::random::{Concern, Stream};
use super::{
    Action, ActionError, Event, EventId, EventKind, LossReason, Packet, Setup, SetupError, Span,
};

/// A node's place in the world.
struct Place {
    member: Member,
    /// How often the node was started; see [`Due`].
    start: u32,
    disk: Disk,
    /// The event that last set the node's timer, and so will have caused its running out.
    timer_set_by: Option<EventId>,
}

/// A cluster, its network, its disks and its clients, at one moment.
pub struct World {
    setup: Setup,
    now: Micros,
    queue: Queue,
    network: Network,
    clients: Clients,
    places: Vec<Place>,
    outbox: Outbox,
    /// Events that nobody has taken yet.
    events: Vec<Event>,
    /// How many events there were before those.
    events_taken: u64,
    /// What the next event is put down to.
    cause: Option<EventId>,
    /// The number of the first event of this step.
    step_began: u64,
    steps: u64,
}

impl World {
    /// A world at time 0 with every node just started.
    ///
    /// # Errors
    /// The setup is not one to begin with.
    pub fn new(setup: Setup, seed: u64) -> Result<Self, SetupError> {
        setup.validate()?;
        let mut world = Self {
            now: 0,
            queue: Queue::default(),
            network: Network::new(&setup, seed),
            clients: Clients::default(),
            places: Vec::new(),
            outbox: Outbox::default(),
            events: Vec::new(),
            events_taken: 0,
            cause: None,
            step_began: 0,
            steps: 0,
            setup,
        };
        for node in NodeId::first(world.setup.nodes) {
            world.boot(node, seed);
        }
        Ok(world)
    }

    fn boot(&mut self, node: NodeId, seed: u64) {
        self.begin_step(None);
        let phase = Stream::new(seed, Concern::ClockPhase, node).draw(Span {
            min_us: 1,
            max_us: self.setup.options.tick_us,
        });
        let first_tick = self.now + phase;
        let member = Member::start(
            node,
            self.setup.nodes,
            self.setup.options.clone(),
            seed,
            first_tick,
            &mut self.outbox,
        );
        self.places.push(Place {
            member,
            start: 0,
            disk: Disk::new(self.setup.disk.sync, seed, node),
            timer_set_by: None,
        });
        self.queue.push(first_tick, Due::Tick { node, start: 0 });
        self.work_off(node);
    }

    /// The setup that the world began with.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The time, in µs since the run began.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.now
    }

    /// How many steps were taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// When the next step happens.
    #[must_use]
    pub fn next_at(&self) -> Option<Micros> {
        self.queue.next_at()
    }

    /// Lets time pass until `at`, if nothing is to happen before.
    pub fn pass_until(&mut self, at: Micros) {
        let next = self.next_at().unwrap_or(at);
        self.now = self.now.max(at.min(next));
    }

    /// What a node holds.
    #[must_use]
    pub fn view(&self, node: NodeId) -> Option<MemberView<'_>> {
        self.places
            .get(node.index())
            .map(|place| place.member.view())
    }

    /// Takes the events since the last call, in order.
    pub fn take_events(&mut self) -> impl Iterator<Item = Event> + '_ {
        self.events_taken += self.events.len() as u64;
        self.events.drain(..)
    }

    /// Lets the next thing happen. Some steps leave no event: a tick that only brings a
    /// timer nearer, a deadline of what has long ended.
    pub fn step(&mut self) {
        let Some((at, due)) = self.queue.pop() else {
            return;
        };
        self.now = at;
        self.steps += 1;
        self.begin_step(None);
        match due {
            Due::Tick { node, start } => self.tick(node, start),
            Due::Arrival { slot } => self.arrive(slot),
            Due::Sync { node, start } => {
                self.sync(node, start);
            }
            Due::Wake { node, start } => {
                if let Some((member, out)) = self.running(node, start) {
                    member.wake(at, out);
                    self.work_off(node);
                }
            }
            Due::Retry { request } => self.send_request(request),
            Due::Deadline { request } => self.give_up(request),
        }
    }

    fn begin_step(&mut self, cause: Option<EventId>) {
        self.cause = cause;
        self.step_began = self.events_taken + self.events.len() as u64;
    }

    /// Does what a person asks for, now.
    ///
    /// # Errors
    /// The action makes no sense now; nothing has happened.
    pub fn act(&mut self, action: Action) -> Result<Option<RequestId>, ActionError> {
        let (Action::Request { node, .. } | Action::Crash { node } | Action::Restart { node }) =
            action;
        let place = self.places.get(node.index());
        let up = place
            .ok_or(ActionError::NoSuchNode(node))?
            .member
            .is_running();
        self.begin_step(None);
        let request = match action {
            Action::Crash { .. } if !up => return Err(ActionError::AlreadyDown(node)),
            Action::Restart { .. } if up => return Err(ActionError::AlreadyUp(node)),
            Action::Request { .. } if self.clients.is_full() => {
                return Err(ActionError::TooManyRequests(MAX_REQUESTS));
            }
            Action::Crash { .. } => {
                self.crash(node);
                None
            }
            Action::Restart { .. } => {
                self.restart(node);
                None
            }
            Action::Request {
                request,
                timeout_us,
                ..
            } => Some(self.begin_request(node, request, timeout_us)),
        };
        Ok(request)
    }

    fn tick(&mut self, node: NodeId, start: u32) {
        let now = self.now;
        let tick_us = self.setup.options.tick_us;
        let Some((member, out)) = self.running(node, start) else {
            return;
        };
        member.tick(now, out);
        let tick = Due::Tick { node, start };
        self.queue.push(now + tick_us, tick);
        self.cause = self.places[node.index()].timer_set_by;
        self.work_off(node);
    }

    fn arrive(&mut self, slot: u32) {
        let Some(flight) = self.network.land(slot) else {
            return;
        };
        let Flight {
            sent,
            packet,
            mut message,
        } = flight;
        self.cause = Some(sent);
        let place = &mut self.places[packet.to.index()];
        if !place.member.is_running() {
            let reason = LossReason::ReceiverDown;
            self.emit(EventKind::Lost {
                sent,
                packet,
                reason,
            });
            return;
        }
        place
            .member
            .deliver(self.now, &mut message, &mut self.outbox);
        self.outbox.give_back(message);
        self.emit(EventKind::Delivered { sent, packet });
        self.work_off(packet.to);
    }

    fn crash(&mut self, node: NodeId) {
        let place = &mut self.places[node.index()];
        place.member.crash(&mut self.outbox);
        place.disk.crash();
        self.work_off(node);
        for request in self.clients.sent_to(node) {
            self.fail(request, Error::ConnectionClosed);
        }
    }

    fn restart(&mut self, node: NodeId) {
        let place = &mut self.places[node.index()];
        place.start += 1;
        let start = place.start;
        let first_tick = self.now + self.setup.options.tick_us;
        place.member.restart(first_tick, &mut self.outbox);
        let tick = Due::Tick { node, start };
        self.queue.push(first_tick, tick);
        self.work_off(node);
    }

    fn begin_request(&mut self, node: NodeId, request: Request, timeout_us: Micros) -> RequestId {
        let request = Rc::new(request);
        let id = self.clients.begin(node, &request);
        let checked = request.check_client_size();
        self.emit(EventKind::Requested { id, node, request });
        if let Err(error) = checked {
            self.end(id, Err(error));
            return id;
        }
        let deadline = self.now.saturating_add(timeout_us);
        let due = Due::Deadline { request: id };
        self.queue.push(deadline, due);
        self.send_request(id);
        id
    }

    /// A client sends its request, or finds that the node is down.
    fn send_request(&mut self, id: RequestId) {
        let Some(open) = self.clients.get(id) else {
            return;
        };
        let node = open.node;
        let request = Rc::clone(&open.request);
        let place = &mut self.places[node.index()];
        if !place.member.is_running() {
            if let Some(pause) = self.clients.unreachable(id) {
                self.retry_after(id, pause);
            }
            return;
        }
        self.clients.mark_sent(id);
        place
            .member
            .request(self.now, id, (*request).clone(), &mut self.outbox);
        self.work_off(node);
    }

    fn retry_after(&mut self, id: RequestId, pause: Micros) {
        let due = Due::Retry { request: id };
        self.queue.push(self.now + pause, due);
    }

    /// A request failed on the way or at the node; the client may try again.
    fn fail(&mut self, id: RequestId, error: Error) {
        match self.clients.failed(id, error) {
            Some(Next::RetryAfter(pause)) => self.retry_after(id, pause),
            Some(Next::End(error)) => self.end(id, Err(error)),
            None => {}
        }
    }

    /// A client's patience ends.
    fn give_up(&mut self, id: RequestId) {
        let Some(open) = self.clients.get(id) else {
            return;
        };
        let node = open.node;
        if self.places[node.index()].member.cancel(id) {
            self.clients.mark_undone(id);
        }
        self.end(id, Err(Error::DeadlineExceeded));
    }

    fn end(&mut self, id: RequestId, result: Result<Response, Error>) {
        let Some(open) = self.clients.end(id) else {
            return;
        };
        let error = result.as_ref().err();
        let unknown = open.may_be_done() && error.is_some_and(Error::outcome_unknown);
        self.emit(EventKind::Answered {
            id,
            node: open.node,
            result: Rc::new(result),
            unknown,
        });
    }

    /// The member and the outbox, if the node still runs since that start.
    fn running(&mut self, node: NodeId, start: u32) -> Option<(&mut Member, &mut Outbox)> {
        let place = &mut self.places[node.index()];
        (place.start == start && place.member.is_running())
            .then_some((&mut place.member, &mut self.outbox))
    }

    /// Carries out what a member asked for.
    fn work_off(&mut self, node: NodeId) {
        let mut effects = std::mem::take(&mut self.outbox.effects);
        for effect in effects.drain(..) {
            match effect {
                Effect::Note(note) => self.note(node, note),
                Effect::Send => self.send(node),
                Effect::Write => self.write(node),
                Effect::Wake(at) => {
                    let start = self.places[node.index()].start;
                    self.queue.push(at, Due::Wake { node, start });
                }
                Effect::Answer { request, result } => match *result {
                    Ok(response) => self.end(request, Ok(response)),
                    Err(error) => self.fail(request, error),
                },
            }
        }
        // Nothing above reaches a member, so the outbox is still empty: give it its
        // memory back.
        self.outbox.effects = effects;
    }

    fn note(&mut self, node: NodeId, note: Note) {
        let sets_timer = matches!(note, Note::TimerReset { .. } | Note::Became { .. });
        let event = self.emit(EventKind::Node { node, note });
        if sets_timer {
            self.places[node.index()].timer_set_by = Some(event);
        }
    }

    fn send(&mut self, node: NodeId) {
        let Some(message) = self.outbox.messages.pop_front() else {
            return;
        };
        let Some(packet) = Packet::of(&message, node) else {
            return;
        };
        let arrives_at = self.network.arrival(self.now, &packet);
        let sent = self.emit(EventKind::Sent { packet, arrives_at });
        if self.network.is_full() {
            let reason = LossReason::NetworkFull;
            self.emit(EventKind::Lost {
                sent,
                packet,
                reason,
            });
            return;
        }
        let slot = self.network.take_off(Flight {
            sent,
            packet,
            message,
        });
        self.queue.push(arrives_at, Due::Arrival { slot });
    }

    /// The node started a write; if the disk is idle, it begins to sync.
    fn write(&mut self, node: NodeId) {
        let place = &mut self.places[node.index()];
        if let Some(sync_us) = place.disk.write(self.cause) {
            self.begin_sync(node, sync_us);
        }
    }

    fn begin_sync(&mut self, node: NodeId, sync_us: Micros) {
        let start = self.places[node.index()].start;
        let due = Due::Sync { node, start };
        self.queue.push(self.now + sync_us, due);
    }

    /// A sync has ended. Whatever was written while it lasted is synced next, in one go.
    fn sync(&mut self, node: NodeId, start: u32) {
        if self.running(node, start).is_none() {
            return;
        }
        let ended = self.places[node.index()].disk.synced();
        self.cause = ended.cause;
        if let Some(sync_us) = ended.next_us {
            self.begin_sync(node, sync_us);
        }
        let member = &mut self.places[node.index()].member;
        member.synced(self.now, ended.writes, &mut self.outbox);
        self.work_off(node);
    }

    /// Puts an event down. The first of a step is put down to what led to the step, each
    /// later one to the first.
    fn emit(&mut self, kind: EventKind) -> EventId {
        let id = EventId(self.events_taken + self.events.len() as u64);
        self.events.push(Event::new(self.now, self.cause, kind));
        if self.cause_is_past() {
            self.cause = Some(id);
        }
        id
    }

    /// Whether the current cause lies before this step, or is none.
    fn cause_is_past(&self) -> bool {
        self.cause.is_none_or(|cause| cause.0 < self.step_began)
    }
}
