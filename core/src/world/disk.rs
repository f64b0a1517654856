//! A node's disk: when writes are safe.
//!
//! One sync runs at a time and covers what was written before it began. Writes that come
//! while it runs wait and are covered together by the next one (group commit), so a slow
//! disk makes batches and not an ever longer queue.

use crate::member::{Micros, NodeId};

use super::random::{Concern, Stream};
use super::{EventId, Span};

/// A sync that has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// How many writes it covered.
    pub(super) writes: usize,
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
}

/// The disk of one node.
#[derive(Debug)]
pub(super) struct Disk {
    stream: Stream,
    sync: Span,
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
        let Batch { writes, cause } = std::mem::take(&mut self.syncing);
        let next_us = (self.waiting.writes > 0).then(|| self.begin());
        Ended {
            writes,
            cause,
            next_us,
        }
    }

    /// The power failed: nothing is under way any more.
    pub(super) fn crash(&mut self) {
        self.syncing = Batch::default();
        self.waiting = Batch::default();
    }

    fn begin(&mut self) -> Micros {
        self.syncing = std::mem::take(&mut self.waiting);
        self.stream.draw(self.sync)
    }
}
