//! What the stage reads out of a frame.

use std::rc::Rc;

use glassraft_core::lesson::Share;
use glassraft_core::member::{LogEntry, NodeId};
use glassraft_core::trace::{Frame, NodeFrame};

use crate::words::{NodeFacts, Quorum, State};

/// An entry as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chip {
    pub(super) index: u64,
    pub(super) term: u64,
    pub(super) committed: bool,
    pub(super) synced: bool,
}

/// Everything that is drawn of a node, but for its timer.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NodeLook {
    pub(super) node: NodeId,
    pub(super) state: State,
    pub(super) term: u64,
    pub(super) commit: u64,
    pub(super) applied: u64,
    pub(super) last: u64,
    pub(super) revision: i64,
    /// The last entries, oldest first.
    pub(super) chips: Vec<Chip>,
}

impl NodeLook {
    /// The look of a node with so many entries.
    pub(super) fn of(frame: &NodeFrame, chips: usize) -> Self {
        let first = frame.log.len().saturating_sub(chips);
        let chip = |entry: &LogEntry| Chip {
            index: entry.index(),
            term: entry.term(),
            committed: entry.index() <= frame.commit,
            synced: entry.index() <= frame.synced,
        };
        Self {
            node: frame.node,
            state: State::of(frame),
            term: frame.term,
            commit: frame.commit,
            applied: frame.applied,
            last: frame.last(),
            revision: frame.revision,
            chips: (first..frame.log.len())
                .filter_map(|place| frame.log.get(place))
                .map(chip)
                .collect(),
        }
    }

    /// The same for those who listen.
    pub(super) fn facts(&self) -> NodeFacts {
        NodeFacts {
            node: self.node,
            state: self.state,
            term: self.term,
            commit: self.commit,
            last: self.last,
        }
    }

    /// The state as tests and styles know it.
    pub(super) fn state_name(&self) -> &'static str {
        self.state.name()
    }
}

/// What the frame says of the majority: of both, while two configurations are joined.
pub(super) fn quorum(frame: &Frame) -> Quorum {
    // Who votes, as the leader has it, or the node of the highest term.
    let newest_node = frame.nodes.iter().max_by_key(|node| node.term);
    let known = frame.leader().or(newest_node);
    let configuration = known.map(|node| Rc::clone(&node.configuration));
    let configuration = configuration.unwrap_or_default();
    let count = |is_one: &dyn Fn(&NodeFrame) -> bool| {
        let is_one = |node: NodeId| frame.node(node).is_some_and(|node| is_one(node));
        let outgoing = &configuration.outgoing;
        (
            Share::of(&configuration.voters, is_one),
            (!outgoing.is_empty()).then(|| Share::of(outgoing, is_one)),
        )
    };
    let newest = frame.leader().filter(|leader| leader.last() > 0);
    let Some(leader) = newest else {
        let (up, outgoing) = count(&|node| node.role().is_some());
        return Quorum::NoLeader { up, outgoing };
    };
    let index = leader.last();
    let term = leader.entry(index).map(LogEntry::term);
    let (copies, outgoing) =
        count(&|node| node.synced >= index && node.entry(index).map(LogEntry::term) == term);
    Quorum::Newest {
        index,
        copies,
        outgoing,
        committed: leader.commit >= index,
    }
}
