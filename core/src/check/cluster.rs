//! The five observers at work on one cluster.

use std::rc::Rc;

use crate::member::{Entries, LogEntry, NodeId, Note, Origin, Restored, Role};
use crate::order::Ascending;
use crate::world::{Action, EventId};

use super::applied::Applied;
use super::committed::Committed;
use super::digest;
use super::log::Log;
use super::promise::Promise;
use super::verdict::{Evidence, Holder, Verdicts};

/// The most terms, the newest, whose leaders are remembered.
pub const MAX_TERMS: usize = 65_536;

/// What is known of a node.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    log: Log,
    term: u64,
    leads: bool,
}

/// What is known of a cluster, whose nodes have one log.
#[derive(Clone, Debug, Default)]
pub(super) struct Cluster {
    /// By node; one of another cluster has nothing here.
    nodes: Vec<Node>,
    leaders: Ascending<u64, (NodeId, EventId)>,
    committed: Committed,
    applied: Applied,
    /// By what its first members got their disks, if it was made of a snapshot.
    made_by: Option<Rc<Action>>,
    /// Who these were.
    founders: Vec<NodeId>,
}

impl Cluster {
    /// A cluster that begins with a snapshot by this action.
    pub(super) fn made_by(action: &Rc<Action>) -> Self {
        Self {
            made_by: Some(Rc::clone(action)),
            ..Self::default()
        }
    }

    /// Whether a node may begin in it as others have begun in it: with the same snapshot and
    /// members. One that did so before cannot: it has lost what it had.
    pub(super) fn takes(&self, node: NodeId, of: &Origin) -> bool {
        let origin = self.made_by.as_deref().and_then(origin_of);
        origin == Some(of) && !self.founders.contains(&node)
    }

    /// A node's empty disk gets what a member begins with.
    pub(super) fn found(&mut self, node: NodeId, origin: &Origin) {
        self.founders.push(node);
        let node = self.node(node);
        *node = Node::default();
        node.term = Origin::TERM;
        // All of them begin alike.
        node.log.restart(origin.index(), Some(digest::EMPTY));
    }

    /// Takes a node out that has no entry.
    pub(super) fn take_blank(&mut self, node: NodeId) -> Option<Node> {
        let node = self.node(node);
        (node.log.last() == 0).then(|| std::mem::take(node))
    }

    /// Takes a node in.
    pub(super) fn put(&mut self, node: NodeId, known: Node) {
        *self.node(node) = known;
    }

    /// A node has an empty disk.
    pub(super) fn empty(&mut self, node: NodeId) {
        *self.node(node) = Node::default();
    }

    /// Takes the nodes of a younger cluster in, because they hear from each other: both are
    /// one from now on. What either has committed, the leaders of the other have to have.
    /// What happened in both before they met is not compared.
    pub(super) fn merge(&mut self, id: EventId, mut younger: Self, verdicts: &mut Verdicts) {
        self.judge_leaders(id, &younger, verdicts);
        younger.judge_leaders(id, self, verdicts);
        for (place, mut node) in younger.nodes.into_iter().enumerate() {
            node.log.forget_beginning();
            if node.term > 0 || node.log.last() > 0 {
                *self.node(node_at(place)) = node;
            }
        }
    }

    /// Leader Completeness, of the leaders of another cluster that this one has met.
    fn judge_leaders(&mut self, id: EventId, other: &Self, verdicts: &mut Verdicts) {
        for (place, Node { log, term, leads }) in other.nodes.iter().enumerate() {
            let index = self.committed.last_before(*term);
            if *leads && !self.committed.is_in(log, index) {
                let leader = node_at(place);
                let evidence = self.committed.missing(log, index, leader, *term);
                verdicts.breaks(Promise::LeaderCompleteness, id, || evidence);
            }
        }
    }

    /// Takes a note of a node of this cluster in.
    pub(super) fn note(&mut self, id: EventId, node: NodeId, note: &Note, verdicts: &mut Verdicts) {
        match note {
            Note::TimedOut(_)
            | Note::TimerReset { .. }
            | Note::Voted { .. }
            | Note::Synced { .. }
            | Note::LeasesTimed { .. }
            | Note::Configured { .. } => {}
            Note::Started { term, .. } => self.turn(node, *term, false),
            Note::Crashed(remains) => {
                self.turn(node, remains.term, false);
                self.node(node).log.cut(remains.from);
                self.append(id, node, &remains.restored, verdicts);
            }
            Note::Halted { .. } => self.node(node).leads = false,
            Note::Became { role, term, .. } => self.become_role(id, node, *role, *term, verdicts),
            Note::Appended { entries } => {
                if let Some(first) = entries.first() {
                    self.judge_rewriting(id, node, entries, verdicts);
                    self.node(node).log.cut(first.index());
                    self.append(id, node, entries, verdicts);
                }
            }
            Note::Committed { index } => self.commit(id, node, *index, verdicts),
            Note::Applied { index, changes } => {
                let entry = self
                    .nodes
                    .get(node.index())
                    .and_then(|it| it.log.entry(*index));
                let different = self.applied.apply(*index, entry, changes, node, id);
                if let Some(evidence) = different {
                    verdicts.breaks(Promise::StateMachineSafety, id, || evidence);
                }
            }
            Note::Compacted { first, .. } => self.node(node).log.forget_before(*first),
            Note::Restored(restored) => self.restore(id, node, restored, verdicts),
        }
    }

    fn node(&mut self, node: NodeId) -> &mut Node {
        let place = node.index();
        if place >= self.nodes.len() {
            self.nodes.resize_with(place + 1, Node::default);
        }
        &mut self.nodes[place]
    }

    fn turn(&mut self, node: NodeId, term: u64, leads: bool) {
        let node = self.node(node);
        node.term = term;
        node.leads = leads;
    }

    fn become_role(
        &mut self,
        id: EventId,
        node: NodeId,
        role: Role,
        term: u64,
        verdicts: &mut Verdicts,
    ) {
        let leads = role == Role::Leader;
        let before = self.node(node);
        let is_elected = leads && !(before.leads && before.term == term);
        self.turn(node, term, leads);
        if is_elected {
            self.judge_election(id, node, term, verdicts);
            self.judge_completeness(id, node, self.committed.last_before(term), verdicts);
        }
    }

    /// Election Safety.
    fn judge_election(&mut self, id: EventId, node: NodeId, term: u64, verdicts: &mut Verdicts) {
        let (first, first_at) = *self.leaders.get_or_insert_with(term, || (node, id));
        if first != node {
            verdicts.breaks(Promise::ElectionSafety, id, || Evidence::TwoLeaders {
                term,
                first,
                first_at,
                second: node,
            });
        }
        if self.leaders.len() > MAX_TERMS {
            self.leaders.pop_first();
        }
    }

    /// Leader Completeness: a leader has all that was committed, before its term, up to an
    /// index.
    fn judge_completeness(
        &mut self,
        id: EventId,
        leader: NodeId,
        index: u64,
        verdicts: &mut Verdicts,
    ) {
        let Node { log, term, .. } = &self.nodes[leader.index()];
        if !self.committed.is_in(log, index) {
            let evidence = self.committed.missing(log, index, leader, *term);
            verdicts.breaks(Promise::LeaderCompleteness, id, || evidence);
        }
    }

    /// Leader Append-Only: whether entries that a leader writes leave what it had as it was.
    fn judge_rewriting(
        &mut self,
        id: EventId,
        leader: NodeId,
        entries: &[LogEntry],
        verdicts: &mut Verdicts,
    ) {
        let Node { log, term, leads } = self.node(leader);
        let Some(first) = entries.first().map(LogEntry::index) else {
            return;
        };
        if !*leads || first > log.last() {
            return;
        }
        let mut written = entries.iter();
        let changed = (first..=log.last()).find_map(|index| {
            let (had, has) = (log.entry(index), written.next());
            (had != has).then(|| (index, had.cloned(), has.cloned()))
        });
        let (term, changed) = (*term, changed);
        if let Some((index, had, has)) = changed {
            verdicts.breaks(Promise::LeaderAppendOnly, id, || Evidence::LeaderRewrote {
                leader,
                term,
                index,
                had,
                has,
            });
        }
    }

    /// Puts entries at the end of a node's log.
    fn append(&mut self, id: EventId, node: NodeId, entries: &Entries, verdicts: &mut Verdicts) {
        for entry in entries {
            let index = entry.index();
            let log = &mut self.node(node).log;
            if index != log.last() + 1 {
                // What is in between was not told.
                log.cut(index);
            }
            let before = log.digest(log.last());
            // Most entries stand in another log already, behind the same ones. What holds
            // for that log holds for this one.
            let known = before.and_then(|before| {
                self.nodes.iter().find_map(|Node { log, .. }| {
                    let slot = log.slot(index)?;
                    let same =
                        slot.entry.is_same_copy(entry) && log.digest(index - 1) == Some(before);
                    log.digest(index).filter(|_| same)
                })
            });
            let digest = known.or_else(|| self.node(node).log.digest_with(entry));
            self.node(node).log.push(entry.clone(), digest, id);
            if known.is_none() {
                self.judge_matching(id, node, index, verdicts);
            }
        }
    }

    /// Log Matching: whether a node's log is the same as every other one that has the same
    /// term at its end.
    fn judge_matching(&mut self, id: EventId, node: NodeId, index: u64, verdicts: &mut Verdicts) {
        let own = &self.nodes[node.index()].log;
        let Some(term) = own.entry(index).map(LogEntry::term) else {
            return;
        };
        let differs = |other: &Log| {
            other.entry(index).map(LogEntry::term) == Some(term)
                && !own.is_same_through(other, index)
        };
        let Some(place) = self.nodes.iter().position(|node| differs(&node.log)) else {
            return;
        };
        let other = &self.nodes[place].log;
        let differ_at = own.first_difference(other, index);
        let holder = |node: NodeId, log: &Log| Holder {
            node,
            entry: log.entry(differ_at).cloned(),
            at: log.slot(differ_at).map_or(id, |slot| slot.at),
        };
        let holders = [holder(node, own), holder(node_at(place), other)];
        verdicts.breaks(Promise::LogMatching, id, || Evidence::LogsDiffer {
            index,
            term,
            differ_at,
            holders,
        });
    }

    /// A node learned that the entries of its log up to an index are committed.
    fn commit(&mut self, id: EventId, node: NodeId, index: u64, verdicts: &mut Verdicts) {
        if index <= self.committed.last() {
            return;
        }
        let Some(Node { log, term, .. }) = self.nodes.get(node.index()) else {
            return;
        };
        let term = *term;
        self.committed.extend(log, index, term, node, id);
        // Somebody may lead a later term already, and has to have them too.
        let last = self.committed.last();
        for place in 0..self.nodes.len() {
            if self.nodes[place].leads && self.nodes[place].term > term {
                self.judge_completeness(id, node_at(place), last, verdicts);
            }
        }
    }

    /// A snapshot took the place of a node's catalog and of its log up to it.
    fn restore(&mut self, id: EventId, node: NodeId, restored: &Restored, verdicts: &mut Verdicts) {
        if let Some(evidence) = self.applied.restore(restored, node) {
            verdicts.breaks(Promise::StateMachineSafety, id, || evidence);
        }
        let Restored { index, term, .. } = *restored;
        let agrees = |log: &Log| log.entry(index).map(LogEntry::term) == Some(term);
        let Node {
            log,
            term: led,
            leads,
        } = self.node(node);
        if index <= log.base() || agrees(log) {
            log.forget_before(index + 1);
            return;
        }
        let (led, lost) = (
            *led,
            (*leads).then(|| log.entry(index + 1).cloned()).flatten(),
        );
        // An entry's index and term tell all before it, if Log Matching holds.
        let logs = self.nodes.iter().map(|node| &node.log);
        let digest = [self.committed.log()]
            .into_iter()
            .chain(logs)
            .find_map(|log| log.digest(index).filter(|_| agrees(log)));
        self.node(node).log.restart(index, digest);
        if lost.is_some() {
            verdicts.breaks(Promise::LeaderAppendOnly, id, || Evidence::LeaderRewrote {
                leader: node,
                term: led,
                index: index + 1,
                had: lost,
                has: None,
            });
        }
    }
}

/// The node at a place of the list.
fn node_at(place: usize) -> NodeId {
    let number = u8::try_from(place + 1).ok();
    let node = number.and_then(NodeId::new);
    node.expect("the number of a node made the place")
}

/// What the cluster of an action is made of.
fn origin_of(action: &Action) -> Option<&Origin> {
    match action {
        Action::Restore { origin, .. } => Some(origin),
        _ => None,
    }
}
