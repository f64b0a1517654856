//! What each node was, over the whole time of a run, and what is worth a mark: the data of
//! the ribbon.

use std::collections::VecDeque;

use crate::member::{Micros, NodeId, Note, Role};
use crate::world::{Event, EventKind};

/// The most spans that a lane keeps, and the most marks that are kept; the oldest give way.
const MAX_SPANS: usize = 4_000;
const MAX_MARKS: usize = 4_000;

/// What a node was for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It ran in this role.
    Up(Role),
    /// It was down.
    Down,
}

/// A stretch of time in which a node's phase and term did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When it began.
    pub since: Micros,
    /// What the node was.
    pub phase: Phase,
    /// Its term.
    pub term: u64,
}

/// The spans of one node, oldest first; each lasts until the next begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lane {
    /// The spans.
    pub spans: VecDeque<Span>,
}

/// What a mark is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// The node won an election.
    Elected {
        /// The term that it leads.
        term: u64,
    },
    /// The node crashed.
    Crashed,
    /// The node started again.
    Restarted,
    /// An entry was committed, at this node first.
    Committed {
        /// The highest committed index.
        index: u64,
    },
}

/// A moment worth finding again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Micros,
    /// Where.
    pub node: NodeId,
    /// What.
    pub kind: MarkKind,
}

/// Every node's lane and all marks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lanes {
    /// By node.
    pub lanes: Vec<Lane>,
    /// Oldest first.
    pub marks: VecDeque<Mark>,
    commit: u64,
}

impl Lanes {
    /// Lanes for so many nodes.
    #[must_use]
    pub fn new(nodes: u8) -> Self {
        Self {
            lanes: vec![Lane::default(); usize::from(nodes)],
            marks: VecDeque::new(),
            commit: 0,
        }
    }

    /// Takes the next event in.
    pub fn apply(&mut self, event: &Event) {
        let EventKind::Node { node, note } = &event.kind else {
            return;
        };
        match note {
            Note::Started { term, .. } => {
                // A node that joins begins a lane.
                let lanes = self.lanes.len().max(node.index() + 1);
                self.lanes.resize(lanes, Lane::default());
                let again = !self.lanes[node.index()].spans.is_empty();
                self.begin(event.at, *node, Phase::Up(Role::Follower), *term);
                if again {
                    self.mark(event.at, *node, MarkKind::Restarted);
                }
            }
            Note::Crashed(remains) => {
                self.begin(event.at, *node, Phase::Down, remains.term);
                self.mark(event.at, *node, MarkKind::Crashed);
            }
            Note::Became { role, term, .. } => {
                let began = self.begin(event.at, *node, Phase::Up(*role), *term);
                if began && *role == Role::Leader {
                    self.mark(event.at, *node, MarkKind::Elected { term: *term });
                }
            }
            Note::Committed { index } if *index > self.commit => {
                self.commit = *index;
                self.mark(event.at, *node, MarkKind::Committed { index: *index });
            }
            _ => {}
        }
    }

    /// Begins a span, unless the last one goes on.
    fn begin(&mut self, since: Micros, node: NodeId, phase: Phase, term: u64) -> bool {
        let spans = &mut self.lanes[node.index()].spans;
        // What lasted for no time at all is nothing to see.
        if spans.back().is_some_and(|span| span.since == since) {
            spans.pop_back();
        }
        if spans
            .back()
            .is_some_and(|span| span.phase == phase && span.term == term)
        {
            return false;
        }
        if spans.len() == MAX_SPANS {
            spans.pop_front();
        }
        spans.push_back(Span { since, phase, term });
        true
    }

    fn mark(&mut self, at: Micros, node: NodeId, kind: MarkKind) {
        if self.marks.len() == MAX_MARKS {
            self.marks.pop_front();
        }
        self.marks.push_back(Mark { at, node, kind });
    }
}
