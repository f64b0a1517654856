//! What was committed, for Leader Completeness.

use crate::member::NodeId;
use crate::world::EventId;

use super::log::Log;
use super::verdict::Evidence;
use super::window::Window;

/// How an entry was committed.
#[derive(Clone, Copy, Debug)]
struct Commit {
    /// The term of the node that knew it first: the leader that committed it, unless
    /// somebody learned of it in a later term still.
    term: u64,
    by: NodeId,
    at: EventId,
}

/// The entries that were committed, as the first node that knew it had them. What a node
/// once held for committed stays so here, whatever becomes of its disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Committed {
    log: Log,
    commits: Window<Commit>,
}

impl Committed {
    /// The newest index.
    pub(super) fn last(&self) -> u64 {
        self.log.last()
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// A node of this term, with this log, has learned that all entries up to `index` are
    /// committed.
    pub(super) fn extend(&mut self, log: &Log, index: u64, term: u64, by: NodeId, at: EventId) {
        if log.base() > self.last() {
            // Nobody told of what is in between; at the latest a snapshot did.
            self.log.restart(log.base(), log.digest(log.base()));
            self.commits.restart(log.base());
        }
        for index in self.last() + 1..=index.min(log.last()) {
            if let Some(slot) = log.slot(index) {
                self.log.push(slot.entry.clone(), log.digest(index), at);
                self.commits.push(Commit { term, by, at });
            }
        }
    }

    /// The newest entry that was committed before a term.
    pub(super) fn last_before(&self, term: u64) -> u64 {
        self.commits.last_that(|commit| commit.term < term)
    }

    /// Whether a log has all that was committed up to `index`. What a snapshot stands for
    /// counts as had: its catalog is compared where it is taken in.
    pub(super) fn is_in(&self, log: &Log, index: u64) -> bool {
        index <= log.base() || index <= self.log.base() || {
            index <= log.last() && log.is_same_through(&self.log, index)
        }
    }

    /// The first committed entry, up to `index`, that the leader of a term lacks; there is
    /// one.
    pub(super) fn missing(&self, log: &Log, index: u64, leader: NodeId, term: u64) -> Evidence {
        // Up to where both are remembered, they are taken to be the same.
        let same = log.base().max(self.log.base());
        let both = index.min(log.last());
        let missing = if both <= same || log.is_same_through(&self.log, both) {
            log.last().max(same) + 1
        } else {
            log.first_difference(&self.log, both)
        };
        let entry = self.log.entry(missing).cloned();
        let commit = self.commits.get(missing).copied();
        let (entry, commit) = entry
            .zip(commit)
            .expect("it lies behind the base, and not behind `index`");
        Evidence::CommittedIsMissing {
            entry,
            committed_in: commit.term,
            committed_by: commit.by,
            committed_at: commit.at,
            leader,
            term,
            instead: log.entry(missing).cloned(),
        }
    }
}
