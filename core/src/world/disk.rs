//! A node's disk: when writes are safe.
//!
//! One sync runs at a time and covers what was written before it began. Writes that come
//! while it runs wait and are covered together by the next one (group commit), so a slow
//! disk makes batches and not an ever longer queue.
//!
//! A disk that lies says at once that a sync has ended, and what it covered is lost with the
//! power. (The first sync after the disk has come back to the truth covers that too.) A disk
//! that is full takes no write at all, and a node that has to write stops.

use crate::member::{Micros, NodeId};

use super::random::{Concern, Stream};
use super::{EventId, Span};

/// A sync that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// How many writes it covered.
    pub(super) writes: usize,
    /// Whether they are not on the disk in truth.
    pub(super) is_lie: bool,
    /// The event that led to the first of them.
    pub(super) cause: Option<EventId>,
    /// How long the next sync takes, in µs, if there is something to sync.
    pub(super) next_us: Option<Micros>,
}

/// Writes, and the event that led to the first of them.
#[derive(Clone, Copy, Debug, Default)]
struct Batch {
    writes: usize,
    cause: Option<EventId>,
    is_lie: bool,
}

/// The disk of one node.
#[derive(Debug)]
pub(super) struct Disk {
    stream: Stream,
    pub(super) sync: Span,
    /// Whether no write gets there any more.
    pub(super) full: bool,
    /// Whether it lies.
    pub(super) lies: bool,
    /// What the running sync covers; nothing while the disk is idle.
    syncing: Batch,
    /// What waits for the next one.
    waiting: Batch,
}

impl Disk {
    pub(super) fn new(sync: Span, seed: u64, node: NodeId) -> Self {
        Self {
            stream: Stream::new(seed, Concern::DiskSync, node),
            sync,
            full: false,
            lies: false,
            syncing: Batch::default(),
            waiting: Batch::default(),
        }
    }

    /// Takes a write that `cause` led to. If a sync begins with it, says how long that
    /// takes, in µs.
    pub(super) fn write(&mut self, cause: Option<EventId>) -> Option<Micros> {
        if self.waiting.writes == 0 {
            self.waiting.cause = cause;
        }
        self.waiting.writes += 1;
        (self.syncing.writes == 0).then(|| self.begin())
    }

    /// The running sync has ended, and the next one begins if there is something to do.
    pub(super) fn synced(&mut self) -> Ended {
        let Batch {
            writes,
            cause,
            is_lie,
        } = std::mem::take(&mut self.syncing);
        let next_us = (self.waiting.writes > 0).then(|| self.begin());
        Ended {
            writes,
            is_lie,
            cause,
            next_us,
        }
    }

    /// The power failed: nothing is under way any more. Returns how many of the writes under
    /// way are on the disk, if the running sync had ended and the node did not know yet.
    pub(super) fn crash(&mut self, has_synced: bool) -> usize {
        let syncing = std::mem::take(&mut self.syncing);
        self.waiting = Batch::default();
        if has_synced && !syncing.is_lie {
            syncing.writes
        } else {
            0
        }
    }

    /// Another disk takes its place, of a new machine: honest, with room, and this fast.
    pub(super) fn replace(&mut self, sync: Span) {
        self.crash(false);
        self.sync = sync;
        self.full = false;
        self.lies = false;
    }

    fn begin(&mut self) -> Micros {
        self.syncing = std::mem::take(&mut self.waiting);
        self.syncing.is_lie = self.lies;
        if self.lies {
            return 0;
        }
        self.stream.draw(self.sync)
    }
}
