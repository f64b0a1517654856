//! The observers of a run: which cluster each node is a part of, and what became of the
//! promises.

use std::rc::Rc;

use crate::member::{MAX_NODES, NodeId, Origin};
use crate::world::{Action, Event, EventId, EventKind};

use super::cluster::Cluster;
use super::promise::Promise;
use super::verdict::{Verdict, Verdicts};

/// Follows a run from its first event on, and says of each promise whether it has held.
///
/// An event costs O(1) amortised for each node of the cluster, and most events (messages
/// and timers) cost a look at what they are. A snapshot that is taken in costs what it
/// holds. The module says what is remembered, and how much.
#[derive(Clone, Debug)]
pub struct Checks {
    /// The clusters that have nodes, the oldest first. There is one until a node is given
    /// the data of another, and so never more than there are nodes, and one.
    clusters: Vec<Cluster>,
    /// By node, the place of its cluster.
    places: [usize; MAX_NODES as usize],
    /// By node, when it was given the data of a new cluster.
    given: [Option<EventId>; MAX_NODES as usize],
    verdicts: Verdicts,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            clusters: vec![Cluster::default()],
            places: [0; MAX_NODES as usize],
            given: [None; MAX_NODES as usize],
            verdicts: Verdicts::default(),
        }
    }
}

impl Checks {
    /// Observers of a run that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Each promise, in the paper's order, with what became of it.
    pub fn verdicts(&self) -> impl Iterator<Item = (Promise, &Verdict)> {
        Promise::ALL.into_iter().zip(&self.verdicts.of_each)
    }

    /// What became of one promise.
    #[must_use]
    pub fn verdict(&self, promise: Promise) -> &Verdict {
        &self.verdicts.of_each[promise.place()]
    }

    /// How often any promise was broken.
    #[must_use]
    pub fn breaches(&self) -> u64 {
        self.verdicts.breaches
    }

    /// The promise that was broken first, with the event that did it.
    #[must_use]
    pub fn first_broken(&self) -> Option<(Promise, EventId)> {
        let broken = self
            .verdicts()
            .filter_map(|(promise, verdict)| match verdict {
                Verdict::Broken { at, .. } => Some((promise, *at)),
                Verdict::Held => None,
            });
        broken.min_by_key(|(_, at)| *at)
    }

    /// Takes the next event in. None may be left out.
    pub fn observe(&mut self, id: EventId, event: &Event) {
        match &event.kind {
            EventKind::Node { node, note } => {
                let place = self.places[node.index()];
                self.clusters[place].note(id, *node, note, &mut self.verdicts);
            }
            EventKind::Delivered { packet, sent, .. } if self.clusters.len() > 1 => {
                // What it sent before that, its former cluster sent. Who has it still by now
                // (its process was stopped) has begun no new one.
                if self.given[packet.from.index()].is_none_or(|given| given < *sent) {
                    self.meet(id, packet.from, packet.to);
                }
            }
            EventKind::Acted { action, .. } => self.act(id, action),
            EventKind::Rerouted { .. }
            | EventKind::Sent { .. }
            | EventKind::Delivered { .. }
            | EventKind::Lost { .. }
            | EventKind::Requested { .. }
            | EventKind::Answered { .. }
            | EventKind::Stream { .. } => {}
        }
    }

    fn act(&mut self, id: EventId, action: &Rc<Action>) {
        match &**action {
            // Of all clusters it may join any; it is of the one that it hears from.
            Action::Join { node } if self.clusters.len() > 1 => {
                self.move_to(*node, Cluster::default());
            }
            // Both mean an empty disk.
            Action::Wipe { node } | Action::Join { node } => {
                self.clusters[self.places[node.index()]].empty(*node);
            }
            Action::Restore { node, origin } => {
                self.given[node.index()] = Some(id);
                self.found(*node, origin, action);
            }
            _ => {}
        }
    }

    /// A node begins in a new cluster, or in one that others began in the same way.
    fn found(&mut self, node: NodeId, origin: &Origin, action: &Rc<Action>) {
        let mut known = self.clusters.iter();
        match known.rposition(|cluster| cluster.takes(node, origin)) {
            Some(place) => {
                self.clusters[place].found(node, origin);
                self.leave(node, place);
            }
            None => {
                let mut cluster = Cluster::made_by(action);
                cluster.found(node, origin);
                self.move_to(node, cluster);
            }
        }
    }

    fn move_to(&mut self, node: NodeId, cluster: Cluster) {
        self.clusters.push(cluster);
        self.leave(node, self.clusters.len() - 1);
    }

    /// A node leaves its cluster for another one.
    fn leave(&mut self, node: NodeId, place: usize) {
        let before = std::mem::replace(&mut self.places[node.index()], place);
        if before != place {
            self.clusters[before].empty(node);
            if !self.places.contains(&before) {
                self.take_out(before);
            }
        }
    }

    fn take_out(&mut self, place: usize) -> Cluster {
        for other in self.places.iter_mut().filter(|other| **other > place) {
            *other -= 1;
        }
        self.clusters.remove(place)
    }

    /// A message got from a node to another. If these were of different clusters, the
    /// clusters are one. But who has nothing yet, since its disk was emptied, has no part in
    /// what a cluster has promised, and is of the one that it hears from.
    fn meet(&mut self, id: EventId, from: NodeId, to: NodeId) {
        let (one, other) = (self.places[from.index()], self.places[to.index()]);
        if one == other {
            return;
        }
        for (node, before, after) in [(to, other, one), (from, one, other)] {
            if let Some(blank) = self.clusters[before].take_blank(node) {
                self.clusters[after].put(node, blank);
                self.leave(node, after);
                return;
            }
        }
        let (older, younger) = (one.min(other), one.max(other));
        for place in self.places.iter_mut().filter(|place| **place == younger) {
            *place = older;
        }
        let younger = self.take_out(younger);
        self.clusters[older].merge(id, younger, &mut self.verdicts);
    }
}
