//! What conditions there are, and when they hold.

use crate::check::Promise;
use crate::member::{LogEntry, Micros, NodeId, RequestId, Role};
use crate::trace::{Frame, Liveness, NodeFrame};
use crate::world::EventId;

use super::number::{Comparison, Number};

/// What a condition is said of.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// The picture from which on a change counts.
    pub before: &'a Frame,
    /// The picture now.
    pub now: &'a Frame,
    /// The time now, in µs since the run began. It passes between two events as well, so it
    /// may be later than the picture's last.
    pub at: Micros,
    /// The promise that was broken first by now, and the event that did it.
    pub broken: Option<(Promise, EventId)>,
}

/// Something that holds at a moment, or does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// There is a leader, or this node leads.
    Leader(Option<NodeId>),
    /// Nobody leads.
    NoLeader,
    /// There is a leader, and it is another one than before, or of another term.
    LeaderChanges,
    /// A number of a node, or the highest of all nodes, compares like this.
    Number {
        /// Which number.
        what: Number,
        /// How it has to compare.
        is: Comparison,
        /// With what.
        with: u64,
        /// Whose it is; `None` for the highest of all nodes.
        on: Option<On>,
    },
    /// The number of the last event, as a trace has it, compares like this.
    Event(Comparison, u64),
    /// The time, in µs since the run began, compares like this.
    Time(Comparison, Micros),
    /// A node runs in this role.
    Role(NodeId, Role),
    /// A node is in this state.
    State(NodeId, State),
    /// A key has this value, or none, in the catalog of nodes that run.
    Value {
        /// The key.
        key: String,
        /// The value; `None` for none.
        value: Option<String>,
        /// In whose catalogs; `None` for any.
        on: Option<On>,
    },
    /// A request was begun and has ended.
    Answered(RequestId),
    /// Nothing is left to be done: no request is open, and all nodes that run have applied
    /// the same log.
    Quiet,
    /// A promise of the Raft algorithm was broken, now or before.
    Broken,
    /// It does not hold.
    Not(Box<Condition>),
    /// All of them hold.
    All(Vec<Condition>),
}

/// Whose number or catalog is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// This node's.
    Node(NodeId),
    /// The leader's, whoever leads then.
    Leader,
    /// That of every node that runs; at least one has to.
    All,
}

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs, paused or not.
    Up,
    /// It is down, for now or for good.
    Down,
    /// Its process is stopped for a while.
    Paused,
    /// It was removed from the cluster.
    Removed,
}

/// The words for states.
pub(super) const STATES: [(&str, State); 4] = [
    ("up", State::Up),
    ("down", State::Down),
    ("paused", State::Paused),
    ("removed", State::Removed),
];

impl Condition {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, moment: Moment<'_>) -> bool {
        let now = moment.now;
        let is = |node: NodeId, is: &dyn Fn(&NodeFrame) -> bool| {
            now.node(node).is_some_and(|node| is(node))
        };
        match self {
            Self::Leader(None) => now.leader().is_some(),
            Self::Leader(Some(node)) => now.leader().is_some_and(|leader| leader.node == *node),
            Self::NoLeader => now.leader().is_none(),
            Self::LeaderChanges => {
                let reign = |frame: &Frame| frame.leader().map(|node| (node.node, node.term));
                now.leader().is_some() && reign(now) != reign(moment.before)
            }
            Self::Number { what, is, with, on } => match on {
                None => {
                    let highest = now.nodes.iter().filter_map(|node| what.of(node)).max();
                    highest.is_some_and(|number| is.holds(number, *with))
                }
                Some(on) => on.holds(now, |node| {
                    what.of(node).is_some_and(|number| is.holds(number, *with))
                }),
            },
            Self::Event(is, with) => now
                .events
                .checked_sub(1)
                .is_some_and(|last| is.holds(last, *with)),
            Self::Time(is, with) => is.holds(moment.at, *with),
            Self::Role(node, role) => is(*node, &|node| node.role() == Some(*role)),
            Self::State(node, state) => is(*node, &|node| match state {
                State::Up => node.role().is_some(),
                State::Down => node.role().is_none(),
                State::Paused => matches!(node.liveness, Liveness::Paused(_)),
                State::Removed => node.liveness == Liveness::Removed,
            }),
            Self::Value { key, value, on } => {
                let has = |node: &NodeFrame| {
                    let version = node.shelf.get(key.as_bytes());
                    let found = version.map(|version| &version.kv.value[..]);
                    node.role().is_some() && found == value.as_ref().map(String::as_bytes)
                };
                match on {
                    None => now.nodes.iter().any(|node| has(node)),
                    Some(on) => on.holds(now, has),
                }
            }
            Self::Answered(id) => {
                id.0 >= 1
                    && id.0 <= now.requests_begun
                    && !now.requests.contains_key(id)
                    && !now.streams.contains_key(id)
            }
            Self::Quiet => is_quiet(now),
            Self::Broken => moment.broken.is_some(),
            Self::Not(condition) => !condition.holds(moment),
            Self::All(all) => all.iter().all(|condition| condition.holds(moment)),
        }
    }

    /// The next moment after `at` at which it may begin to hold though nothing happens, in µs;
    /// `None` if time alone changes nothing of it.
    #[must_use]
    pub fn next_at(&self, at: Micros) -> Option<Micros> {
        match self {
            // What is asked of a moment may be so from there on, or from the next one on.
            Self::Time(_, with) => [*with, with.saturating_add(1)]
                .into_iter()
                .find(|next| *next > at),
            Self::Not(condition) => condition.next_at(at),
            Self::All(all) => all
                .iter()
                .filter_map(|condition| condition.next_at(at))
                .min(),
            _ => None,
        }
    }

    /// Whether it says something of a change, and so needs a picture from before.
    #[must_use]
    pub fn compares(&self) -> bool {
        match self {
            Self::LeaderChanges => true,
            Self::Not(condition) => condition.compares(),
            Self::All(all) => all.iter().any(Self::compares),
            _ => false,
        }
    }
}

impl On {
    fn holds(self, now: &Frame, is: impl Fn(&NodeFrame) -> bool) -> bool {
        match self {
            Self::Node(node) => now.node(node).is_some_and(|node| is(node)),
            Self::Leader => now.leader().is_some_and(|node| is(node)),
            Self::All => {
                let mut running = now.nodes.iter().filter(|node| node.role().is_some());
                running.clone().next().is_some() && running.all(|node| is(node))
            }
        }
    }
}

fn is_quiet(now: &Frame) -> bool {
    let Some(leader) = now.leader() else {
        return false;
    };
    let last = leader.last();
    let term = |node: &NodeFrame| node.entry(last).map(LogEntry::term);
    // An entry that a snapshot stands for is not there any more. It is committed, so it is
    // the same everywhere.
    let is_same =
        |node: &NodeFrame| term(node).is_none_or(|of| term(leader).is_none_or(|is| of == is));
    let is_done = |node: &NodeFrame| {
        [node.last(), node.commit, node.applied, node.synced] == [last; 4] && is_same(node)
    };
    let mut running = now.nodes.iter().filter(|node| node.role().is_some());
    now.requests.is_empty() && running.all(|node| is_done(node))
}
