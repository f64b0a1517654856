//! Picking events out of a record: those of a kind, and those that one led to.

use std::collections::VecDeque;

use crate::member::{NodeId, Note};
use crate::world::{Event, EventId, EventKind, MessageKind};

use super::Record;

/// What kind of event it is. An event may be of two: a message that was lost is a message
/// and a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventClass {
    /// What a person did to the cluster, and what went wrong: a crash, a lost message.
    Fault,
    /// A node starts, stops, votes, or has another role, term or leader.
    Role,
    /// A node learns that an entry is committed, or applies it.
    Commit,
    /// A client's request begins or ends, or something happens on a stream.
    Request,
    /// A message leaves, arrives, is lost or is held up.
    Message,
    /// A timer runs out or starts anew.
    Timer,
    /// What a node keeps: its log, its snapshot, the members that it knows.
    Log,
}

impl EventClass {
    /// All of them; the first that an event is of says most about it.
    pub const ALL: [Self; 7] = [
        Self::Fault,
        Self::Role,
        Self::Commit,
        Self::Request,
        Self::Message,
        Self::Timer,
        Self::Log,
    ];

    /// The kind that says most about an event.
    #[must_use]
    pub fn of(event: &Event) -> Self {
        let mut all = Self::ALL.into_iter();
        // Every event is of a kind; there is a test.
        all.find(|class| class.has(event)).unwrap_or(Self::Log)
    }

    /// Whether an event is of this kind.
    #[must_use]
    pub fn has(self, event: &Event) -> bool {
        match &event.kind {
            EventKind::Sent { .. } | EventKind::Delivered { .. } => self == Self::Message,
            EventKind::Lost { .. } | EventKind::Rerouted { .. } => {
                matches!(self, Self::Message | Self::Fault)
            }
            EventKind::Acted { .. } => self == Self::Fault,
            EventKind::Requested { .. } | EventKind::Answered { .. } | EventKind::Stream { .. } => {
                self == Self::Request
            }
            EventKind::Node { note, .. } => match note {
                Note::Crashed(_) | Note::Halted { .. } => {
                    matches!(self, Self::Role | Self::Fault)
                }
                Note::Started { .. } | Note::Became { .. } | Note::Voted { .. } => {
                    self == Self::Role
                }
                Note::TimedOut(_) | Note::TimerReset { .. } | Note::LeasesTimed { .. } => {
                    self == Self::Timer
                }
                Note::Committed { .. } | Note::Applied { .. } => self == Self::Commit,
                Note::Appended { .. }
                | Note::Synced { .. }
                | Note::Configured { .. }
                | Note::Compacted { .. }
                | Note::Restored(_) => self == Self::Log,
            },
        }
    }
}

/// Which events are looked at. What is `None` is not asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Those at this node; of a message, those from or to it.
    pub node: Option<NodeId>,
    /// Those of this kind.
    pub class: Option<EventClass>,
    /// Messages of this type that leave, arrive or are lost.
    pub message: Option<MessageKind>,
}

impl EventFilter {
    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether an event is one of those.
    #[must_use]
    pub fn has(&self, event: &Event) -> bool {
        let packet = match &event.kind {
            EventKind::Sent { packet, .. }
            | EventKind::Delivered { packet, .. }
            | EventKind::Lost { packet, .. } => Some(packet),
            _ => None,
        };
        let is_at = |node: NodeId| {
            packet.map_or(event.node() == node, |packet| {
                packet.from == node || packet.to == node
            })
        };
        self.node.is_none_or(is_at)
            && self.class.is_none_or(|class| class.has(event))
            && self
                .message
                .is_none_or(|kind| packet.is_some_and(|packet| packet.kind == kind))
    }
}

/// The events of a record that a filter lets through, kept up as the record grows. It holds
/// as many numbers as the record keeps events at most, and none if the filter is open.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    filter: EventFilter,
    /// The numbers of what was let through, of events that are kept.
    ids: VecDeque<u64>,
    /// The oldest event that is kept, and how many there were in all.
    dropped: u64,
    seen: u64,
}

impl Listing {
    /// Nothing yet of what a filter lets through.
    #[must_use]
    pub fn new(filter: EventFilter) -> Self {
        Self {
            filter,
            ..Self::default()
        }
    }

    /// What it lets through.
    #[must_use]
    pub fn filter(&self) -> EventFilter {
        self.filter
    }

    /// Takes in what is new in a record, and forgets what is not kept any more. It has to
    /// be the same run each time.
    pub fn follow(&mut self, record: &Record) {
        self.dropped = record.dropped();
        if !self.filter.is_open() {
            for (id, event) in record.since(EventId(self.seen)) {
                if self.filter.has(event) {
                    self.ids.push_back(id.0);
                }
            }
            while self.ids.front().is_some_and(|id| *id < self.dropped) {
                self.ids.pop_front();
            }
        }
        self.seen = record.len();
    }

    /// How many events it lists.
    #[must_use]
    pub fn len(&self) -> usize {
        match self.filter.is_open() {
            true => usize::try_from(self.seen - self.dropped).unwrap_or(usize::MAX),
            false => self.ids.len(),
        }
    }

    /// Whether it lists none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The event at a place, from 0 for the oldest.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<EventId> {
        if place >= self.len() {
            return None;
        }
        Some(EventId(match self.filter.is_open() {
            true => self.dropped + place as u64,
            false => *self.ids.get(place)?,
        }))
    }

    /// How many of the listed are among the first `events` of the run.
    #[must_use]
    pub fn count_of(&self, events: u64) -> usize {
        match self.filter.is_open() {
            true => {
                let count = events.min(self.seen).saturating_sub(self.dropped);
                usize::try_from(count).unwrap_or(usize::MAX)
            }
            false => self.ids.partition_point(|id| *id < events),
        }
    }
}

impl Record {
    /// The events that one led to at once, oldest first and `most` at most, and whether there
    /// are more. It looks through all that is kept behind the event.
    #[must_use]
    pub fn effects(&self, id: EventId, most: usize) -> (Vec<EventId>, bool) {
        let behind = self.since(EventId(id.0.saturating_add(1)));
        let mut effects: Vec<EventId> = behind
            .filter(|(_, event)| event.cause() == Some(id))
            .map(|(effect, _)| effect)
            .take(most.saturating_add(1))
            .collect();
        let more = effects.len() > most;
        effects.truncate(most);
        (effects, more)
    }
}
