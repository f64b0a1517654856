//! What the stage reads out of a frame.

use std::rc::Rc;

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
            chips: frame.log.iter().skip(first).map(chip).collect(),
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

/// What the frame says of the majority.
pub(super) fn quorum(frame: &Frame) -> Quorum {
    // Who votes, as the node of the highest term has it. (While two configurations are
    // joined, this is the new one.)
    let newest_node = frame.nodes.iter().max_by_key(|node| node.term);
    let voters = newest_node.map_or(&[][..], |node| &node.configuration.voters[..]);
    let votes = |node: &&Rc<NodeFrame>| voters.contains(&node.node);
    let nodes = voters.len();
    let majority = nodes / 2 + 1;
    let newest = frame.leader().filter(|leader| leader.last() > 0);
    let Some(leader) = newest else {
        return Quorum::NoLeader {
            up: frame
                .nodes
                .iter()
                .filter(votes)
                .filter(|node| node.role().is_some())
                .count(),
            nodes,
            majority,
        };
    };
    let index = leader.last();
    let term = leader.entry(index).map(LogEntry::term);
    let holds =
        |node: &NodeFrame| node.synced >= index && node.entry(index).map(LogEntry::term) == term;
    Quorum::Newest {
        index,
        copies: frame
            .nodes
            .iter()
            .filter(votes)
            .filter(|node| holds(node))
            .count(),
        nodes,
        majority,
        committed: leader.commit >= index,
    }
}
