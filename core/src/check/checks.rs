//! The five observers at work.

use crate::member::{Entries, LogEntry, NodeId, Note, Restored, Role};
use crate::order::Ascending;
use crate::world::{Action, Event, EventId, EventKind};

use super::applied::Applied;
use super::committed::Committed;
use super::log::Log;
use super::promise::Promise;
use super::verdict::{Evidence, Holder, Verdict};

/// The most terms, the newest, whose leaders are remembered.
pub const MAX_TERMS: usize = 65_536;

/// What is known of a node.
#[derive(Clone, Debug, Default)]
struct Node {
    log: Log,
    term: u64,
    leads: bool,
}

/// Follows a run from its first event on, and says of each promise whether it has held.
///
/// An event costs O(1) amortised for each node of the cluster, and most events (messages
/// and timers) cost a look at what they are. A snapshot that is taken in costs what it
/// holds. The module says what is remembered, and how much.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    nodes: Vec<Node>,
    leaders: Ascending<u64, (NodeId, EventId)>,
    committed: Committed,
    applied: Applied,
    verdicts: [Verdict; Promise::ALL.len()],
    breaches: u64,
}

impl Checks {
    /// Observers of a run that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Each promise, in the paper's order, with what became of it.
    pub fn verdicts(&self) -> impl Iterator<Item = (Promise, &Verdict)> {
        Promise::ALL.into_iter().zip(&self.verdicts)
    }

    /// What became of one promise.
    #[must_use]
    pub fn verdict(&self, promise: Promise) -> &Verdict {
        &self.verdicts[promise.place()]
    }

    /// How often any promise was broken.
    #[must_use]
    pub fn breaches(&self) -> u64 {
        self.breaches
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
            EventKind::Node { node, note } => self.note(id, *node, note),
            EventKind::Acted { action, .. } => {
                // Both mean an empty disk.
                if let Action::Wipe { node } | Action::Join { node } = &**action {
                    *self.node(*node) = Node::default();
                }
            }
            EventKind::Rerouted { .. }
            | EventKind::Sent { .. }
            | EventKind::Delivered { .. }
            | EventKind::Lost { .. }
            | EventKind::Requested { .. }
            | EventKind::Answered { .. }
            | EventKind::Stream { .. } => {}
        }
    }

    fn note(&mut self, id: EventId, node: NodeId, note: &Note) {
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
                self.append(id, node, &remains.restored);
            }
            Note::Halted { .. } => self.node(node).leads = false,
            Note::Became { role, term, .. } => self.become_role(id, node, *role, *term),
            Note::Appended { entries } => {
                if let Some(first) = entries.first() {
                    self.judge_rewriting(id, node, entries);
                    self.node(node).log.cut(first.index());
                    self.append(id, node, entries);
                }
            }
            Note::Committed { index } => self.commit(id, node, *index),
            Note::Applied { index, changes } => {
                let entry = self
                    .nodes
                    .get(node.index())
                    .and_then(|it| it.log.entry(*index));
                let different = self.applied.apply(*index, entry, changes, node, id);
                if let Some(evidence) = different {
                    self.breaks(Promise::StateMachineSafety, id, || evidence);
                }
            }
            Note::Compacted { first, .. } => self.node(node).log.forget_before(*first),
            Note::Restored(restored) => self.restore(id, node, restored),
        }
    }

    fn node(&mut self, node: NodeId) -> &mut Node {
        let place = node.index();
        if place >= self.nodes.len() {
            self.nodes.resize_with(place + 1, Node::default);
        }
        &mut self.nodes[place]
    }

    fn breaks(&mut self, promise: Promise, id: EventId, evidence: impl FnOnce() -> Evidence) {
        self.breaches += 1;
        self.verdicts[promise.place()].breaks(id, evidence);
    }

    fn turn(&mut self, node: NodeId, term: u64, leads: bool) {
        let node = self.node(node);
        node.term = term;
        node.leads = leads;
    }

    fn become_role(&mut self, id: EventId, node: NodeId, role: Role, term: u64) {
        let leads = role == Role::Leader;
        let before = self.node(node);
        let is_elected = leads && !(before.leads && before.term == term);
        self.turn(node, term, leads);
        if is_elected {
            self.judge_election(id, node, term);
            self.judge_completeness(id, node, self.committed.last_before(term));
        }
    }

    /// Election Safety.
    fn judge_election(&mut self, id: EventId, node: NodeId, term: u64) {
        let (first, first_at) = *self.leaders.get_or_insert_with(term, || (node, id));
        if first != node {
            self.breaks(Promise::ElectionSafety, id, || Evidence::TwoLeaders {
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
    fn judge_completeness(&mut self, id: EventId, leader: NodeId, index: u64) {
        let Node { log, term, .. } = &self.nodes[leader.index()];
        if !self.committed.is_in(log, index) {
            let evidence = self.committed.missing(log, index, leader, *term);
            self.breaks(Promise::LeaderCompleteness, id, || evidence);
        }
    }

    /// Leader Append-Only: whether entries that a leader writes leave what it had as it was.
    fn judge_rewriting(&mut self, id: EventId, leader: NodeId, entries: &[LogEntry]) {
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
            self.breaks(Promise::LeaderAppendOnly, id, || Evidence::LeaderRewrote {
                leader,
                term,
                index,
                had,
                has,
            });
        }
    }

    /// Puts entries at the end of a node's log.
    fn append(&mut self, id: EventId, node: NodeId, entries: &Entries) {
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
                self.judge_matching(id, node, index);
            }
        }
    }

    /// Log Matching: whether a node's log is the same as every other one that has the same
    /// term at its end.
    fn judge_matching(&mut self, id: EventId, node: NodeId, index: u64) {
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
        self.breaks(Promise::LogMatching, id, || Evidence::LogsDiffer {
            index,
            term,
            differ_at,
            holders,
        });
    }

    /// A node learned that the entries of its log up to an index are committed.
    fn commit(&mut self, id: EventId, node: NodeId, index: u64) {
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
                self.judge_completeness(id, node_at(place), last);
            }
        }
    }

    /// A snapshot took the place of a node's catalog and of its log up to it.
    fn restore(&mut self, id: EventId, node: NodeId, restored: &Restored) {
        if let Some(evidence) = self.applied.restore(restored, node) {
            self.breaks(Promise::StateMachineSafety, id, || evidence);
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
            self.breaks(Promise::LeaderAppendOnly, id, || Evidence::LeaderRewrote {
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
