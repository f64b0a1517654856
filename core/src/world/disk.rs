//! A node's disk: when writes are safe.
//!
//! One sync runs at a time and covers what was written before it began. Writes that come
//! while it runs wait and are covered together by the next one (group commit), so a slow
//! disk makes batches and not an ever longer queue.

use crate::member::{Micros, NodeId};

use super::random::{Concern, Stream};
use super::{EventId, Span};

/// A sync that begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sync {
    /// How long it takes, in µs.
    pub(super) takes_us: Micros,
    /// The event that led to its first write.
    pub(super) cause: Option<EventId>,
}

/// The disk of one node.
#[derive(Debug)]
pub(super) struct Disk {
    stream: Stream,
    sync: Span,
    /// How many writes the running sync covers; 0 while the disk is idle.
    syncing: usize,
    /// How many writes wait for the next one.
    waiting: usize,
    /// The event that led to the first of those.
    waiting_for: Option<EventId>,
}

impl Disk {
    pub(super) fn new(sync: Span, seed: u64, node: NodeId) -> Self {
        Self {
            stream: Stream::new(seed, Concern::DiskSync, node),
            sync,
            syncing: 0,
            waiting: 0,
            waiting_for: None,
        }
    }

    /// Takes a write that `cause` led to. Returns the sync that begins with it, if one does.
    pub(super) fn write(&mut self, cause: Option<EventId>) -> Option<Sync> {
        if self.waiting == 0 {
            self.waiting_for = cause;
        }
        self.waiting += 1;
        (self.syncing == 0).then(|| self.begin())
    }

    /// The running sync has ended: how many writes it covered, and the next sync if there
    /// is something to do.
    pub(super) fn synced(&mut self) -> (usize, Option<Sync>) {
        let covered = std::mem::take(&mut self.syncing);
        let next = (self.waiting > 0).then(|| self.begin());
        (covered, next)
    }

    /// The power failed: nothing is under way any more.
    pub(super) fn crash(&mut self) {
        self.syncing = 0;
        self.waiting = 0;
    }

    fn begin(&mut self) -> Sync {
        self.syncing = std::mem::take(&mut self.waiting);
        Sync {
            takes_us: self.stream.draw(self.sync),
            cause: self.waiting_for.take(),
        }
    }
}
