//! What surrounds the members: the time, the queue, the network, the disks, the clients,
//! and the events that tell of it all.

use std::rc::Rc;

use prost::Message as _;

use crate::etcd::{Error, Response, StreamResponse};
use crate::member::{Clock, Halt, Host, Message, Micros, NodeId, Note, Pool, RequestId};

use super::backlog::Backlog;
use super::clients::{Clients, Next};
use super::disk::Disk;
use super::links::{End, Passage};
use super::network::{Flight, Network};
use super::queue::{Due, Queue};
use super::random::{Concern, Stream};
use super::streams::Streams;
use super::workload::Workers;
use super::{Event, EventId, EventKind, LossReason, MAX_NODES, Packet, Setup, Slot, Span};

/// What belongs to one node and lies outside its member.
#[derive(Debug)]
pub(super) struct Site {
    /// How often the node was started; see [`Due`].
    pub(super) start: u32,
    /// The identifier of the cluster that it is a part of.
    pub(super) cluster: u64,
    pub(super) disk: Disk,
    pub(super) clock: Clock,
    /// What waits while its process is stopped; `None` while it goes on.
    pub(super) backlog: Option<Box<Backlog>>,
    /// When the node was started or went on after a pause; `None` while it does not go on.
    pub(super) up_since: Option<Micros>,
    /// The event that last set the node's timer, and so will have caused its running out.
    pub(super) timer_set_by: Option<EventId>,
    /// The event that led to the node's newest wish to look at its time limits.
    pub(super) wake_set_by: Option<EventId>,
}

/// A node that does not go on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopping {
    pub(super) node: NodeId,
    /// Why it is to stop; `None` if it has done so.
    pub(super) reason: Option<Halt>,
}

/// Everything but the members.
#[derive(Debug)]
pub(super) struct Environment {
    pub(super) now: Micros,
    pub(super) queue: Queue,
    pub(super) network: Network,
    pub(super) clients: Clients,
    pub(super) streams: Streams,
    /// By node, for as many as there may be.
    pub(super) sites: Vec<Site>,
    pub(super) workload: Workers,
    /// Whether not all nodes are of the same cluster.
    pub(super) are_apart: bool,
    /// The token that is shown with what is being asked.
    pub(super) token: Option<Rc<str>>,
    /// A node that has stopped by itself in this step, or cannot go on and is to stop.
    pub(super) stopping: Option<Stopping>,
    /// Where events go. It belongs to whoever keeps them, and is lent for one step.
    pub(super) events: Vec<Event>,
    /// How many events there were since the run began.
    emitted: u64,
    /// What the next event is put down to.
    pub(super) cause: Option<EventId>,
    /// The number of the first event of this step.
    step_began: u64,
    pool: Pool,
}

impl Environment {
    pub(super) fn new(setup: &Setup, seed: u64) -> Self {
        let sites = NodeId::first(MAX_NODES).map(|node| Site {
            start: 0,
            cluster: 0,
            disk: Disk::new(setup.disk.sync, seed, node),
            clock: Clock::new(setup.options.tick_us, 0, 0),
            backlog: None,
            up_since: None,
            timer_set_by: None,
            wake_set_by: None,
        });
        Self {
            now: 0,
            queue: Queue::default(),
            network: Network::new(setup, seed),
            clients: Clients::default(),
            streams: Streams::default(),
            sites: sites.collect(),
            workload: Workers::new(seed),
            are_apart: false,
            token: None,
            stopping: None,
            events: Vec::new(),
            emitted: 0,
            cause: None,
            step_began: 0,
            pool: Pool::default(),
        }
    }

    /// The time from a node's start to the first tick of its clock.
    pub(super) fn clock_phase(setup: &Setup, seed: u64, node: NodeId) -> Micros {
        Stream::new(seed, Concern::ClockPhase, node).draw(Span {
            min_us: 1,
            max_us: setup.options.tick_us,
        })
    }

    /// The surroundings as a node's member sees them.
    pub(super) fn at(&mut self, node: NodeId) -> At<'_> {
        At {
            environment: self,
            node,
        }
    }

    pub(super) fn site(&mut self, node: NodeId) -> &mut Site {
        &mut self.sites[node.index()]
    }

    pub(super) fn begin_step(&mut self, cause: Option<EventId>) {
        self.cause = cause;
        self.step_began = self.emitted;
    }

    /// Puts an event down. The first of a step is put down to what led to the step, each
    /// later one to the first.
    pub(super) fn emit(&mut self, kind: EventKind) -> EventId {
        let id = EventId(self.emitted);
        self.emitted += 1;
        self.events.push(Event::new(self.now, self.cause, kind));
        if self.cause.is_none_or(|cause| cause.0 < self.step_began) {
            self.cause = Some(id);
        }
        id
    }

    /// A message leaves. It is taken out of `message`.
    #[cold]
    pub(super) fn take_off(
        &mut self,
        packet: Packet,
        passage: &Passage,
        message: &mut Message,
    ) -> EventId {
        let (slot, is_free) = self.network.next_slot();
        let sent = self.emit(EventKind::Sent {
            packet,
            arrives_at: passage.arrives_at,
            slot,
        });
        let lost = match passage.end {
            End::DiesNow(reason) => Some(reason),
            End::Arrives | End::DiesAt(_) => (!is_free).then_some(LossReason::NetworkFull),
        };
        if let Some(reason) = lost {
            self.emit(EventKind::Lost {
                sent,
                packet,
                slot,
                reason,
            });
            return sent;
        }
        let flight = Flight::new(sent, packet, passage);
        let (due_at, due) = flight.due(slot);
        self.network.take_off(flight, message);
        self.queue.push(due_at, due);
        sent
    }

    /// A message leaves by a link that nothing is wrong with. (This is what nearly all do, so
    /// it takes the shortest way.)
    #[inline]
    fn take_off_plainly(&mut self, packet: Packet, arrives_at: Micros, message: &mut Message) {
        let (slot, is_free) = self.network.next_slot();
        if !is_free {
            self.take_off(packet, &Passage::whole(arrives_at), message);
            return;
        }
        let sent = self.emit(EventKind::Sent {
            packet,
            arrives_at,
            slot,
        });
        let flight = Flight::whole(sent, packet, arrives_at);
        let (due_at, due) = flight.due(slot);
        self.network.take_off(flight, message);
        self.queue.push(due_at, due);
    }

    #[cold]
    fn send_through_faults(&mut self, packet: Packet, message: &mut Message) {
        let bytes = message.encoded_len() as u64;
        let passage = self.network.links.send(self.now, &packet, bytes);
        let copy = passage.copy_arrives_at.map(|at| (at, message.clone()));
        let sent = self.take_off(packet, &passage, message);
        if let Some((arrives_at, mut message)) = copy {
            let cause = self.cause.replace(sent);
            let passage = Passage::whole(arrives_at);
            self.take_off(packet, &passage, &mut message);
            self.cause = cause;
        }
    }

    /// Has `due` happen after so many microseconds.
    pub(super) fn after(&mut self, delay_us: Micros, due: Due) {
        self.queue.push(self.now.saturating_add(delay_us), due);
    }

    /// The node is of this cluster from now on; `known` nodes exist.
    pub(super) fn put_in_cluster(&mut self, node: NodeId, cluster: u64, known: usize) {
        self.site(node).cluster = cluster;
        let mut sites = self.sites.iter().take(known);
        self.are_apart = sites.any(|site| site.cluster != cluster);
    }

    /// Whether the message of a slot comes from another cluster than its receiver's, which
    /// refuses it (`rafthttp/http.go`, `checkClusterCompatibilityFromHeader`).
    #[cold]
    pub(super) fn is_refused(&self, slot: Slot) -> bool {
        let packet = self.network.packet(slot);
        packet.is_some_and(|packet| !self.are_of_one_cluster(packet.from, packet.to))
    }

    fn are_of_one_cluster(&self, one: NodeId, other: NodeId) -> bool {
        let cluster = |node: NodeId| self.sites.get(node.index()).map(|site| site.cluster);
        cluster(one) == cluster(other)
    }

    /// What is under way from a node and to it is lost: its machine is in another cluster.
    pub(super) fn lose_all_of(&mut self, node: NodeId) {
        for slot in self.network.slots_of(node) {
            self.lose(slot, LossReason::OtherCluster);
        }
    }

    /// A message is lost on its way or at its end.
    #[cold]
    pub(super) fn lose(&mut self, slot: Slot, reason: LossReason) {
        let Some((flight, boxed)) = self.network.land(slot) else {
            return;
        };
        let (sent, packet) = (flight.sent, flight.packet);
        self.network.give_back(boxed);
        self.emit(EventKind::Lost {
            sent,
            packet,
            slot,
            reason,
        });
    }

    pub(super) fn begin_sync(&mut self, node: NodeId, sync_us: Micros) {
        let start = self.site(node).start;
        self.after(sync_us, Due::Sync { node, start });
    }

    /// A request failed on the way or at the node; the client may try again.
    pub(super) fn fail(&mut self, id: RequestId, error: Error) {
        match self.clients.failed(id, error) {
            Some(Next::RetryAfter(pause)) => self.after(pause, Due::Retry { request: id }),
            Some(Next::End(error)) => self.end(id, Err(error)),
            None => {}
        }
    }

    pub(super) fn end(&mut self, id: RequestId, result: Result<Response, Error>) {
        let Some(open) = self.clients.end(id) else {
            return;
        };
        // A time limit ran out, of the client or of its node: it began with the request.
        self.cause = self.cause.or(Some(open.began));
        let error = result.as_ref().err();
        let unknown = open.may_be_done() && error.is_some_and(Error::outcome_unknown);
        let answered = self.emit(EventKind::Answered {
            id,
            node: open.node,
            result: Rc::new(result),
            unknown,
        });
        if let Some(client) = open.client
            && let Some(think_us) = self.workload.ended(client, answered)
        {
            self.after(think_us, Due::Think { client });
        }
    }
}

/// The surroundings of one node.
pub(super) struct At<'a> {
    environment: &'a mut Environment,
    node: NodeId,
}

impl Host for At<'_> {
    fn note(&mut self, note: Note) {
        let node = self.node;
        let sets_timer = matches!(note, Note::TimerReset { .. } | Note::Became { .. });
        let stops = matches!(note, Note::Halted { .. });
        let event = self.environment.emit(EventKind::Node { node, note });
        if sets_timer {
            self.environment.site(node).timer_set_by = Some(event);
        }
        if stops {
            let reason = None;
            self.environment.stopping = Some(Stopping { node, reason });
        }
    }

    fn send(&mut self, message: &mut Message) {
        let environment = &mut *self.environment;
        let Some(to) = NodeId::from_raft(message.to) else {
            return;
        };
        let packet = Packet::of(message, self.node, to);
        let links = &mut environment.network.links;
        match links.send_plainly(environment.now, &packet) {
            Some(arrives_at) => environment.take_off_plainly(packet, arrives_at, message),
            None => environment.send_through_faults(packet, message),
        }
    }

    /// If the disk is idle, it begins to sync; if it is full, the node cannot go on.
    fn write(&mut self) {
        let environment = &mut *self.environment;
        let cause = environment.cause;
        let node = self.node;
        if environment.site(node).disk.full {
            let reason = Some(Halt::DiskFull);
            environment.stopping = Some(Stopping { node, reason });
            return;
        }
        if let Some(sync_us) = environment.site(self.node).disk.write(cause) {
            environment.begin_sync(self.node, sync_us);
        }
    }

    fn answer(&mut self, request: RequestId, result: Result<Response, Error>) {
        if self.environment.streams.contains_key(&request) {
            self.environment.stream_answer(request, result);
            return;
        }
        match result {
            Ok(response) => self.environment.end(request, Ok(response)),
            Err(error) => self.environment.fail(request, error),
        }
    }

    fn stream(&mut self, stream: RequestId, result: Result<StreamResponse, Error>) {
        self.environment.stream(stream, result);
    }

    fn wake_at(&mut self, at: Micros) {
        let node = self.node;
        let cause = self.environment.cause;
        let site = self.environment.site(node);
        site.wake_set_by = cause;
        let start = site.start;
        // A clock that jumps ahead may leave behind what its node waits for.
        let at = at.max(self.environment.now);
        self.environment.queue.push(at, Due::Wake { node, start });
    }

    /// The nodes keep connections to each other while both go on and the link between them
    /// is whole in both directions.
    fn connected_since(&self, peer: NodeId) -> Option<Micros> {
        if !self.environment.are_of_one_cluster(self.node, peer) {
            return None;
        }
        let up_since = |node: NodeId| self.environment.sites.get(node.index())?.up_since;
        let both_since = up_since(self.node)?.max(up_since(peer)?);
        let links = &self.environment.network.links;
        Some(both_since.max(links.whole_since(self.node, peer)?))
    }

    fn pool(&mut self) -> &mut Pool {
        &mut self.environment.pool
    }
}
