//! The links of a picture: what is different about them.

use crate::member::NodeId;
use crate::order::Ascending;
use crate::world::{Latency, LinkChange};

/// What is different about one direction of a link. `None` is as in the run's setup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Whether it is cut.
    pub cut: bool,
    /// How long a message takes.
    pub latency: Option<Latency>,
    /// How many of a million messages are lost.
    pub loss_ppm: Option<u32>,
    /// How many of a million messages arrive twice.
    pub duplicate_ppm: Option<u32>,
    /// How many of a million messages may overtake others.
    pub reorder_ppm: Option<u32>,
    /// How many bytes go through in a second; 0 for as many as come.
    pub bandwidth_bytes_per_s: Option<u32>,
}

/// Every direction of a link that an action has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links(Ascending<(NodeId, NodeId), Link>);

impl Links {
    /// The link from one node to another.
    #[must_use]
    pub fn get(&self, from: NodeId, to: NodeId) -> Link {
        self.0.get(&(from, to)).copied().unwrap_or_default()
    }

    /// Those that are different, by sender and receiver.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, NodeId, &Link)> {
        self.0.iter().map(|((from, to), link)| (*from, *to, link))
    }

    pub(super) fn change(&mut self, from: NodeId, to: NodeId, change: LinkChange) {
        let link = self.0.get_or_insert_with((from, to), Link::default);
        match change {
            LinkChange::Cut(cut) => link.cut = cut,
            LinkChange::Latency(latency) => link.latency = Some(latency),
            LinkChange::Loss(ppm) => link.loss_ppm = Some(ppm),
            LinkChange::Duplicate(ppm) => link.duplicate_ppm = Some(ppm),
            LinkChange::Reorder(ppm) => link.reorder_ppm = Some(ppm),
            LinkChange::Bandwidth(bytes_per_s) => link.bandwidth_bytes_per_s = Some(bytes_per_s),
        }
        if *link == Link::default() {
            self.0.remove(&(from, to));
        }
    }

    /// Cuts the links between nodes that share no group, and heals every other.
    pub(super) fn partition(&mut self, nodes: &[NodeId], groups: &[Vec<NodeId>]) {
        for from in nodes {
            for to in nodes.iter().filter(|to| *to != from) {
                let holds_both = |group: &Vec<_>| group.contains(from) && group.contains(to);
                let cut = !groups.iter().any(holds_both);
                self.change(*from, *to, LinkChange::Cut(cut));
            }
        }
    }

    /// Heals every link that is cut.
    pub(super) fn heal(&mut self) {
        for (_, link) in self.0.iter_mut() {
            link.cut = false;
        }
        self.0.retain(|_, link| *link != Link::default());
    }
}
