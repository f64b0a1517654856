//! Where two runs part.

use std::rc::Rc;

use crate::member::{LogEntry, NodeId};
use crate::world::{Event, EventId};

use super::{Frame, Liveness, NodeFrame, RecordLimits, Recording, Rewind, RunError, Target};

/// How much of each run is kept while they are compared.
pub(super) const LIMITS: RecordLimits = RecordLimits { max_events: 2_048 };

/// How many steps or actions are taken in between two looks at the budget.
const STEPS_PER_LOOK: u32 = 64;

/// One of two runs at the first event where they differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Half {
    /// What happened in it.
    pub event: Event,
    /// The picture after that.
    pub frame: Frame,
}

/// The first event where two runs differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Its number; all events before are the same in both.
    pub event: EventId,
    /// The picture before it.
    pub before: Frame,
    /// What it is in the first run, and in the second.
    pub halves: [Half; 2],
}

/// What a comparison has come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Compared {
    /// There is more to compare.
    Working {
        /// How many events are the same so far.
        events: u64,
    },
    /// As far as both have come, the runs are the same.
    Same {
        /// So far, in events.
        events: u64,
    },
    /// The runs differ.
    Differs(Box<Difference>),
}

/// Two runs that are compared event by event, a little at a time.
///
/// Both are played from the beginning, side by side, so it does not matter which of their
/// events are kept; it costs as much as running both to where they part.
pub struct Comparison {
    sides: [Rewind; 2],
    /// The picture after the last event that both have.
    common: Frame,
}

impl Comparison {
    /// Compares two runs, each up to a moment.
    ///
    /// # Errors
    /// A setup is not one to begin with.
    pub fn new(sides: [(Rc<Recording>, Target); 2]) -> Result<Self, RunError> {
        let [(first, first_end), (second, second_end)] = sides;
        let common = Frame::new(first.setup.nodes);
        Ok(Self {
            sides: [
                Rewind::with_limits(first, first_end, LIMITS)?,
                Rewind::with_limits(second, second_end, LIMITS)?,
            ],
            common,
        })
    }

    /// Goes on until a difference or the end of a run, or until `over_budget` says that it
    /// is enough for now.
    ///
    /// # Errors
    /// A recording cannot be played.
    pub fn advance(&mut self, mut over_budget: impl FnMut() -> bool) -> Result<Compared, RunError> {
        let mut left = STEPS_PER_LOOK;
        loop {
            if let Some(difference) = self.compare() {
                return Ok(Compared::Differs(Box::new(difference)));
            }
            let events = self.common.events;
            // All that one of them has brought is compared; only that one may go on, so
            // that the other's events stay in its record.
            let behind = self
                .sides
                .iter_mut()
                .find(|side| side.run().record().len() == events);
            let Some(behind) = behind.filter(|side| !side.progress().done) else {
                return Ok(Compared::Same { events });
            };
            behind.advance_by_one()?;
            left -= 1;
            if left == 0 {
                if over_budget() {
                    return Ok(Compared::Working { events });
                }
                left = STEPS_PER_LOOK;
            }
        }
    }

    /// Once a difference was found: goes on to where both runs have come, or until
    /// `over_budget` says that it is enough for now. Returns the pictures there.
    ///
    /// # Errors
    /// A recording cannot be played.
    pub fn ends(
        &mut self,
        mut over_budget: impl FnMut() -> bool,
    ) -> Result<Option<[Frame; 2]>, RunError> {
        for side in &mut self.sides {
            if !side.advance(&mut over_budget)?.done {
                return Ok(None);
            }
        }
        let [first, second] = self.sides.each_ref();
        Ok(Some([
            first.run().frame().clone(),
            second.run().frame().clone(),
        ]))
    }

    /// Compares what both have brought.
    fn compare(&mut self) -> Option<Difference> {
        let [first, second] = self.sides.each_ref().map(|side| side.run().record());
        let from = EventId(self.common.events);
        for ((id, event), (_, other)) in first.since(from).zip(second.since(from)) {
            if event != other {
                let half = |event: &Event| {
                    let mut frame = self.common.clone();
                    frame.apply(event);
                    let event = event.clone();
                    Half { event, frame }
                };
                let halves = [half(event), half(other)];
                return Some(Difference {
                    event: id,
                    before: self.common.clone(),
                    halves,
                });
            }
            self.common.apply(event);
        }
        None
    }
}

/// What two pictures say of one node, part by part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contrast {
    /// The node.
    pub node: NodeId,
    /// Each part by its name, as each of the pictures has it.
    pub parts: Vec<(&'static str, [String; 2])>,
}

/// What two pictures say of every node that is in one of them. A node that is down has
/// nothing in memory, and one that is not there has nothing at all: `-`.
#[must_use]
pub fn contrast(first: &Frame, second: &Frame) -> Vec<Contrast> {
    let nodes = first.nodes.len().max(second.nodes.len());
    let nodes = NodeId::first(u8::try_from(nodes).unwrap_or(u8::MAX));
    nodes
        .map(|node| {
            let [one, other] =
                [first, second].map(|frame| parts(frame.node(node).map(|node| &**node)));
            let pairs = PARTS.into_iter().zip(one.into_iter().zip(other));
            Contrast {
                node,
                parts: pairs
                    .map(|(name, (one, other))| (name, [one, other]))
                    .collect(),
            }
        })
        .collect()
}

/// What is told of a node.
const PARTS: [&str; 7] = [
    "state", "term", "vote", "commit", "applied", "last", "revision",
];

fn parts(node: Option<&NodeFrame>) -> [String; 7] {
    const NOTHING: &str = "-";
    let Some(node) = node else {
        return PARTS.map(|_| NOTHING.to_owned());
    };
    let state = match node.liveness {
        Liveness::Up(role) => role.name(),
        Liveness::Paused(_) => "paused",
        Liveness::Down => "down",
        Liveness::Removed => "removed",
    };
    let in_memory = |number: String| match node.role() {
        Some(_) => number,
        None => NOTHING.to_owned(),
    };
    let last = node.entry(node.last()).map(LogEntry::term);
    let last = last.map_or(node.last().to_string(), |term| {
        format!("{} (t{term})", node.last())
    });
    [
        state.to_owned(),
        node.term.to_string(),
        node.vote
            .map_or(NOTHING.to_owned(), |vote| vote.to_string()),
        node.commit.to_string(),
        in_memory(node.applied.to_string()),
        last,
        in_memory(node.revision.to_string()),
    ]
}
