//! A picture of the whole cluster, folded from events.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use imbl::{OrdMap, Vector};

use crate::catalog::{Key, Version};
use crate::member::{
    Configuration, Halt, LogEntry, Micros, NodeId, Note, Options, Remains, RequestId, Restored,
    Role,
};
use crate::world::{
    Action, ClockChange, DiskChange, Event, EventId, EventKind, LossReason, Packet, Span, Workload,
};

use super::{Flight, Flights, Links};

/// How long a lost message stays in the picture, in µs.
pub const LOSS_SHOWN_US: Micros = 600_000;

/// The most lost messages that stay in the picture.
const MAX_LOSSES: usize = 64;

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// It runs in this role.
    Up(Role),
    /// It runs in this role, and its process is stopped for a while.
    Paused(Role),
    /// It is down.
    Down,
    /// It was removed from the cluster, and is down for good.
    Removed,
}

/// An election timer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When it was last reset.
    pub since: Micros,
    /// When it runs out, if nothing resets it before.
    pub expires_at: Micros,
}

impl Timer {
    /// How much of it has passed at `now`, from 0 to 1.
    #[must_use]
    pub fn passed(&self, now: Micros) -> f64 {
        let whole = self.expires_at.saturating_sub(self.since).max(1);
        let passed = now.saturating_sub(self.since).min(whole);
        passed as f64 / whole as f64
    }
}

/// What is different about a node's machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Whether its disk is full.
    pub disk_full: bool,
    /// Whether its disk lies about its syncs.
    pub disk_lies: bool,
    /// How long a sync takes; `None` is as in the run's setup.
    pub sync: Option<Span>,
    /// How many millionths its clock goes faster than time.
    pub clock_ppm: i32,
}

/// The keys of one node's catalog, newest versions alone.
pub type Shelf = OrdMap<Key, Arc<Version>>;

/// What the record says of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeFrame {
    /// The node.
    pub node: NodeId,
    /// Whether and as what it runs.
    pub liveness: Liveness,
    /// Its term.
    pub term: u64,
    /// Its vote in this term.
    pub vote: Option<NodeId>,
    /// The leader that it knows of.
    pub leader: Option<NodeId>,
    /// Its commit index.
    pub commit: u64,
    /// The index of the newest entry in its catalog.
    pub applied: u64,
    /// Its log is on the disk up to this index.
    pub synced: u64,
    /// The index of the first entry that its log has room for; what was before is in the
    /// snapshot.
    pub first: u64,
    /// Its log; entry `i` is at place `i - first`.
    pub log: Vector<LogEntry>,
    /// The newest entry that its newest snapshot stands for, 0 if it has none.
    pub snapshot: u64,
    /// Who belongs to the cluster, as the node has it.
    pub configuration: Rc<Configuration>,
    /// Its election timer; `None` for a leader and for a node that is down.
    pub timer: Option<Timer>,
    /// The revision of its catalog.
    pub revision: i64,
    /// Its catalog. Of a node that is down, what it had in memory: its log on the disk
    /// brings it back.
    pub shelf: Shelf,
    /// What is different about its machine.
    pub machine: Machine,
    /// How it is set from its next start on, if a person changed that.
    pub next_options: Option<Rc<Options>>,
}

impl NodeFrame {
    fn new(node: NodeId) -> Self {
        Self {
            node,
            liveness: Liveness::Down,
            term: 0,
            vote: None,
            leader: None,
            commit: 0,
            applied: 0,
            synced: 0,
            first: 1,
            log: Vector::new(),
            snapshot: 0,
            configuration: Rc::default(),
            timer: None,
            revision: 1,
            shelf: OrdMap::new(),
            machine: Machine::default(),
            next_options: None,
        }
    }

    /// The role, `None` while it is down.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self.liveness {
            Liveness::Up(role) | Liveness::Paused(role) => Some(role),
            Liveness::Down | Liveness::Removed => None,
        }
    }

    /// The index of the last entry of its log, 0 if there is none.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.first - 1 + self.log.len() as u64
    }

    /// The entry at an index.
    #[must_use]
    pub fn entry(&self, index: u64) -> Option<&LogEntry> {
        self.log
            .get(usize::try_from(index.checked_sub(self.first)?).ok()?)
    }

    fn apply(&mut self, at: Micros, note: &Note) {
        match note {
            Note::Started { term, vote, commit } => {
                self.liveness = Liveness::Up(Role::Follower);
                self.term = *term;
                self.vote = *vote;
                self.leader = None;
                self.commit = *commit;
                self.applied = 0;
                self.revision = 1;
                self.shelf = OrdMap::new();
            }
            Note::Crashed(remains) => self.crash(remains),
            Note::TimedOut(_) => {}
            Note::TimerReset { expires_at } => {
                self.timer = Some(Timer {
                    since: at,
                    expires_at: *expires_at,
                });
            }
            Note::Became { role, term, leader } => self.become_role(*role, *term, *leader),
            Note::Voted { candidate, .. } => self.vote = Some(*candidate),
            Note::Appended { entries } => {
                if let Some(first) = entries.first() {
                    self.replace_log(first.index(), entries);
                    self.synced = self.synced.min(first.index() - 1);
                }
            }
            Note::Synced { through } => self.synced = *through,
            Note::Committed { index } => self.commit = *index,
            Note::Applied { index, changes } => {
                self.applied = *index;
                for version in changes {
                    self.revision = version.kv.mod_revision;
                    self.shelve(version);
                }
            }
            Note::Configured { configuration } => {
                self.configuration = Rc::clone(configuration);
                self.stop_idle_timer();
            }
            Note::Compacted { snapshot, first } => {
                self.snapshot = *snapshot;
                self.drop_log_before(*first);
            }
            Note::Restored(restored) => self.restore(restored),
            Note::Halted { reason } => {
                self.liveness = match reason {
                    Halt::Removed => Liveness::Removed,
                    Halt::DiskFull | Halt::LogLost => Liveness::Down,
                };
                self.leader = None;
                self.timer = None;
            }
        }
    }

    /// What an action changes that no note tells.
    fn act(&mut self, action: &Action) {
        let machine = &mut self.machine;
        match (action, self.liveness) {
            (Action::Pause { .. }, Liveness::Up(role)) => self.liveness = Liveness::Paused(role),
            (Action::Resume { .. }, Liveness::Paused(role)) => self.liveness = Liveness::Up(role),
            (Action::Disk { change, .. }, _) => match *change {
                DiskChange::Sync(span) => machine.sync = Some(span),
                DiskChange::Full(full) => machine.disk_full = full,
                DiskChange::Lies(lies) => machine.disk_lies = lies,
            },
            (
                Action::Clock {
                    change: ClockChange::Rate(ppm),
                    ..
                },
                _,
            ) => machine.clock_ppm = *ppm,
            (Action::Options { options, .. }, _) => {
                self.next_options = Some(Rc::new((**options).clone()));
            }
            _ => {}
        }
    }

    fn drop_log_before(&mut self, first: u64) {
        let dropped = usize::try_from(first.saturating_sub(self.first)).unwrap_or(usize::MAX);
        self.log = self.log.skip(dropped.min(self.log.len()));
        self.first = self.first.max(first);
    }

    fn restore(&mut self, restored: &Restored) {
        self.snapshot = restored.index;
        // At a start the snapshot belongs to the log on the disk. One that a leader sent
        // takes the log's place, or the raft crate would not have asked for it.
        let continues = self.first == restored.index + 1;
        let agrees = self.entry(restored.index).map(LogEntry::term) == Some(restored.term);
        if !continues && !agrees {
            self.log = Vector::new();
            self.first = restored.index + 1;
            self.synced = 0;
        }
        self.commit = self.commit.max(restored.index);
        self.applied = restored.index;
        self.configuration = Rc::new(restored.configuration.clone());
        self.stop_idle_timer();
        self.revision = restored.catalog.revision();
        let versions = restored.catalog.iter();
        self.shelf = versions
            .map(|version| (Key::from(&version.kv.key), Arc::clone(version)))
            .collect();
    }

    /// A node without a vote has no election timer.
    fn stop_idle_timer(&mut self) {
        let Configuration {
            voters, outgoing, ..
        } = &*self.configuration;
        if !voters.contains(&self.node) && !outgoing.contains(&self.node) {
            self.timer = None;
        }
    }

    fn crash(&mut self, remains: &Remains) {
        self.term = remains.term;
        self.vote = remains.vote;
        self.commit = remains.commit;
        if remains.first < self.first {
            // The beginning of the log is there again, and with it all that follows.
            self.log = Vector::new();
            self.first = remains.first;
        }
        // A snapshot may be on the disk although nobody had told the node.
        self.drop_log_before(remains.first);
        self.snapshot = remains.snapshot;
        self.replace_log(remains.from, &remains.restored);
        self.synced = self.last();
        if self.liveness != Liveness::Removed {
            self.liveness = Liveness::Down;
        }
        self.leader = None;
        self.timer = None;
    }

    fn become_role(&mut self, role: Role, term: u64, leader: Option<NodeId>) {
        self.liveness = Liveness::Up(role);
        if term != self.term {
            self.vote = None;
        }
        self.term = term;
        self.leader = leader;
        if role == Role::Leader {
            self.timer = None;
        }
    }

    fn replace_log(&mut self, from: u64, entries: &[LogEntry]) {
        let keep = usize::try_from(from.saturating_sub(self.first)).unwrap_or(usize::MAX);
        if keep < self.log.len() {
            self.log.truncate(keep);
        }
        self.log.extend(entries.iter().cloned());
    }

    fn shelve(&mut self, version: &Arc<Version>) {
        if version.deleted {
            self.shelf.remove(&Key::from(&version.kv.key));
        } else {
            self.shelf
                .insert(Key::from(&version.kv.key), Arc::clone(version));
        }
    }
}

/// A message that was lost a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The event with which it left.
    pub sent: EventId,
    /// What it said.
    pub packet: Packet,
    /// When it left.
    pub sent_at: Micros,
    /// When it would have arrived; `None` if it was held.
    pub arrives_at: Option<Micros>,
    /// When it was lost.
    pub at: Micros,
    /// Why.
    pub reason: LossReason,
}

/// The whole cluster after an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// How many events it is made of.
    pub events: u64,
    /// The time of the last of them.
    pub at: Micros,
    /// By node.
    pub nodes: Vec<Rc<NodeFrame>>,
    /// What is different about the links.
    pub links: Rc<Links>,
    /// The messages under way, and those that wait at the door of a node that is paused.
    pub flights: Flights,
    /// The messages lost lately, oldest first.
    pub losses: VecDeque<Loss>,
    /// The requests that have not ended, with the node that each was put to.
    pub requests: BTreeMap<RequestId, NodeId>,
    /// How many requests were begun so far; the number of the newest.
    pub requests_begun: u64,
    /// How clients work by themselves.
    pub workload: Rc<Workload>,
    /// What each of these clients waits for, by its number.
    pub clients: BTreeMap<u32, RequestId>,
    /// How many messages were sent so far.
    pub messages_sent: u64,
}

impl Frame {
    /// The picture before the first event.
    #[must_use]
    pub fn new(nodes: u8) -> Self {
        Self {
            events: 0,
            at: 0,
            nodes: NodeId::first(nodes)
                .map(|node| Rc::new(NodeFrame::new(node)))
                .collect(),
            links: Rc::default(),
            flights: Flights::default(),
            losses: VecDeque::new(),
            requests: BTreeMap::new(),
            requests_begun: 0,
            workload: Rc::default(),
            clients: BTreeMap::new(),
            messages_sent: 0,
        }
    }

    /// A node of the cluster.
    #[must_use]
    pub fn node(&self, node: NodeId) -> Option<&Rc<NodeFrame>> {
        self.nodes.get(node.index())
    }

    /// The leader of the highest term that has one. There may be an older one that does
    /// not know yet.
    #[must_use]
    pub fn leader(&self) -> Option<&Rc<NodeFrame>> {
        self.nodes
            .iter()
            .filter(|node| node.role() == Some(Role::Leader))
            .max_by_key(|node| node.term)
    }

    /// The highest commit index of any node.
    #[must_use]
    pub fn commit(&self) -> u64 {
        self.nodes.iter().map(|node| node.commit).max().unwrap_or(0)
    }

    /// Takes the next event in. Costs O(log n) in the size of what is shown.
    pub fn apply(&mut self, event: &Event) {
        let id = EventId(self.events);
        self.events += 1;
        self.at = event.at;
        self.forget_losses();
        match &event.kind {
            EventKind::Node { node, note } => {
                if let Some(frame) = self.nodes.get_mut(node.index()) {
                    Rc::make_mut(frame).apply(event.at, note);
                }
            }
            EventKind::Sent {
                packet,
                arrives_at,
                slot,
            } => {
                self.messages_sent += 1;
                let flight = Flight {
                    sent: id,
                    packet: *packet,
                    sent_at: event.at,
                    arrives_at: Some(*arrives_at),
                };
                self.flights.take_off(*slot, flight);
            }
            EventKind::Delivered { slot, .. } => {
                self.flights.land(*slot);
            }
            EventKind::Lost {
                sent,
                packet,
                slot,
                reason,
            } => {
                let flight = self.flights.land(*slot);
                self.lose(Loss {
                    sent: *sent,
                    packet: *packet,
                    sent_at: flight.map_or(event.at, |flight| flight.sent_at),
                    arrives_at: flight.and_then(|flight| flight.arrives_at),
                    at: event.at,
                    reason: *reason,
                });
            }
            EventKind::Acted { action, .. } => self.act(action),
            EventKind::Rerouted {
                slot, arrives_at, ..
            } => self.flights.reroute(*slot, *arrives_at),
            EventKind::Requested {
                id, node, client, ..
            } => {
                self.requests.insert(*id, *node);
                self.requests_begun = id.0;
                if let Some(client) = client {
                    self.clients.insert(*client, *id);
                }
            }
            EventKind::Answered { id, .. } => {
                self.requests.remove(id);
                self.clients.retain(|_, request| request != id);
            }
        }
    }

    /// What an action changes that no other event tells.
    fn act(&mut self, action: &Action) {
        match action {
            Action::Join { node } => {
                let known = u8::try_from(self.nodes.len()).unwrap_or(u8::MAX);
                let new = NodeId::first(node.number()).skip(known.into());
                self.nodes
                    .extend(new.map(|node| Rc::new(NodeFrame::new(node))));
                if let Some(frame) = self.nodes.get_mut(node.index()) {
                    *frame = Rc::new(NodeFrame::new(*node));
                }
            }
            Action::Link { from, to, change } => {
                Rc::make_mut(&mut self.links).change(*from, *to, *change);
            }
            Action::Partition { groups } => {
                let nodes: Vec<NodeId> = self.nodes.iter().map(|node| node.node).collect();
                Rc::make_mut(&mut self.links).partition(&nodes, groups);
            }
            Action::Heal => Rc::make_mut(&mut self.links).heal(),
            Action::Workload { workload } => self.workload = Rc::new(workload.clone()),
            Action::Pause { node }
            | Action::Resume { node }
            | Action::Disk { node, .. }
            | Action::Clock { node, .. }
            | Action::Options { node, .. } => {
                if let Some(frame) = self.nodes.get_mut(node.index()) {
                    Rc::make_mut(frame).act(action);
                }
            }
            Action::Wipe { node } => self.empty(*node),
            _ => {}
        }
    }

    /// The node's disk has nothing any more; its machine is the same.
    fn empty(&mut self, node: NodeId) {
        if let Some(frame) = self.nodes.get_mut(node.index()) {
            *frame = Rc::new(NodeFrame {
                machine: frame.machine,
                next_options: frame.next_options.clone(),
                ..NodeFrame::new(node)
            });
        }
    }

    fn lose(&mut self, loss: Loss) {
        if self.losses.len() == MAX_LOSSES {
            self.losses.pop_front();
        }
        self.losses.push_back(loss);
    }

    fn forget_losses(&mut self) {
        let since = self.at.saturating_sub(LOSS_SHOWN_US);
        while self.losses.front().is_some_and(|loss| loss.at < since) {
            self.losses.pop_front();
        }
    }
}
