//! Steps of a kind: from one event that matters to the next, or back.

use crate::member::{Micros, Note, Role};
use crate::world::{Event, EventId, EventKind};

use super::{Frame, Run, SeekError};

/// How far a world is run on in search of an event, in µs: ten minutes.
const MAX_SEARCH_US: Micros = 600_000_000;

/// How many events are looked at, or steps taken, in between two looks at the budget.
const LOOKS: u32 = 64;

/// What a step goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Any event.
    Event,
    /// A message leaves, arrives or is lost.
    Message,
    /// A node has another role than before. To be down is a role here.
    Role,
    /// The highest commit index of all nodes rises.
    Commit,
    /// A client begins a request, a request ends, or something happens on a stream.
    Request,
}

/// As much of a picture as it takes to tell whether an event is of a kind.
#[derive(Clone, Debug)]
struct Watch {
    kind: StepKind,
    /// By node: its role, `None` while it is down, and its commit index.
    nodes: Vec<(Option<Role>, u64)>,
}

impl Watch {
    fn of(kind: StepKind, frame: &Frame) -> Self {
        let nodes = frame.nodes.iter();
        Self {
            kind,
            nodes: nodes.map(|node| (node.role(), node.commit)).collect(),
        }
    }

    /// Takes the next event in, and says whether it is of the kind.
    fn take(&mut self, event: &Event) -> bool {
        match (&event.kind, self.kind) {
            (_, StepKind::Event)
            | (
                EventKind::Sent { .. } | EventKind::Delivered { .. } | EventKind::Lost { .. },
                StepKind::Message,
            )
            | (
                EventKind::Requested { .. } | EventKind::Answered { .. } | EventKind::Stream { .. },
                StepKind::Request,
            ) => true,
            (EventKind::Node { node, note }, StepKind::Role | StepKind::Commit) => {
                let highest = self.nodes.iter().map(|(_, commit)| *commit).max();
                if node.index() >= self.nodes.len() {
                    self.nodes.resize(node.index() + 1, (None, 0));
                }
                let (role, commit) = &mut self.nodes[node.index()];
                let role_before = *role;
                change(role, commit, note);
                match self.kind {
                    StepKind::Role => *role != role_before,
                    _ => matches!(note, Note::Committed { .. }) && Some(*commit) > highest,
                }
            }
            _ => false,
        }
    }
}

/// What a note changes of a node's role and commit index; as in [`Frame::apply`].
fn change(role: &mut Option<Role>, commit: &mut u64, note: &Note) {
    match note {
        Note::Started { commit: kept, .. } => (*role, *commit) = (Some(Role::Follower), *kept),
        Note::Crashed(remains) => (*role, *commit) = (None, remains.commit),
        Note::Became { role: new, .. } => *role = Some(*new),
        Note::Halted { .. } => *role = None,
        Note::Committed { index } => *commit = *index,
        Note::Restored(restored) => *commit = restored.index.max(*commit),
        _ => {}
    }
}

impl Run {
    /// The first event of a kind after a picture of `shown` events, among those that are
    /// recorded; `None` if there is none yet. [`Search`] lets the world run on to it.
    ///
    /// # Errors
    /// Events from there on are not kept any more, or there were not so many yet.
    pub fn next_like(&self, kind: StepKind, shown: u64) -> Result<Option<EventId>, SeekError> {
        let mut watch = self.watch(kind, shown)?;
        let mut behind = self.record.since(EventId(shown));
        let next = behind.find(|(_, event)| watch.take(event));
        Ok(next.map(|(id, _)| id))
    }

    /// The last event of a kind before the one that a picture of `shown` events ends with;
    /// `None` if there is none back to the run's beginning. It costs as much as there is
    /// between the two, and a chunk of the record.
    ///
    /// # Errors
    /// Events before there are not kept any more, or there were not so many yet.
    pub fn previous_like(&self, kind: StepKind, shown: u64) -> Result<Option<EventId>, SeekError> {
        if shown > self.frame.events {
            return Err(SeekError::Future);
        }
        let mut end = shown.saturating_sub(1);
        while end > 0 {
            let frame = self.frame_near(end - 1);
            if frame.events < self.record.dropped() {
                return Err(SeekError::Dropped);
            }
            let mut watch = Watch::of(kind, &frame);
            let stretch = self.record.since(EventId(frame.events));
            let last = stretch
                .take_while(|(id, _)| id.0 < end)
                .filter(|(_, event)| watch.take(event))
                .last();
            if let Some((id, _)) = last {
                return Ok(Some(id));
            }
            end = frame.events;
        }
        Ok(None)
    }

    /// The watch after a picture of so many events.
    fn watch(&self, kind: StepKind, shown: u64) -> Result<Watch, SeekError> {
        if shown < self.record.dropped() {
            return Err(SeekError::Dropped);
        }
        // Only these two look at more than the event.
        let knows = matches!(kind, StepKind::Role | StepKind::Commit);
        if !knows && shown <= self.frame.events {
            return Ok(Watch::of(kind, &self.frame));
        }
        Ok(Watch::of(kind, &self.frame_of(shown)?))
    }
}

/// What a search has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Searched {
    /// The event; the world stands at the end of the step that it belongs to.
    Found(EventId),
    /// There is more to look through.
    Working,
    /// Nothing of the kind happens within ten minutes of virtual time.
    Nothing,
}

/// A step forward that lets the world run on where the record ends.
#[derive(Clone, Debug)]
pub struct Search {
    watch: Watch,
    seen: u64,
    until: Micros,
}

impl Search {
    /// For the first event of a kind after a picture of `shown` events.
    ///
    /// # Errors
    /// Events from there on are not kept any more, or there were not so many yet.
    pub fn new(run: &Run, kind: StepKind, shown: u64) -> Result<Self, SeekError> {
        Ok(Self {
            watch: run.watch(kind, shown)?,
            seen: shown,
            until: run.now().saturating_add(MAX_SEARCH_US),
        })
    }

    /// Goes on until the event is found, or until `over_budget` says that it is enough for
    /// now. It has to be the same run each time.
    pub fn advance(&mut self, run: &mut Run, mut over_budget: impl FnMut() -> bool) -> Searched {
        let mut left = LOOKS;
        loop {
            for (id, event) in run.record.since(EventId(self.seen)) {
                self.seen = id.0 + 1;
                if self.watch.take(event) {
                    return Searched::Found(id);
                }
            }
            if run.now() >= self.until || run.step().is_none() {
                return Searched::Nothing;
            }
            left -= 1;
            if left == 0 {
                if over_budget() {
                    return Searched::Working;
                }
                left = LOOKS;
            }
        }
    }
}
