//! What is to happen, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::member::{Micros, NodeId, RequestId};

/// Something that is to happen. What concerns a running node names the start of the node
/// that it was meant for: a crash calls it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    /// The node's clock ticks.
    Tick { node: NodeId, start: u32 },
    /// A message arrives; see [`super::network::Network`].
    Arrival { slot: u32 },
    /// The sync that a node's disk is at has ended.
    Sync { node: NodeId, start: u32 },
    /// The node wants to look at its time limits.
    Wake { node: NodeId, start: u32 },
    /// A client tries once more to reach its node.
    Retry { request: RequestId },
    /// A client's patience ends.
    Deadline { request: RequestId },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Item {
    at: Micros,
    /// Orders items of the same time by when they were put in.
    sequence: u64,
    due: Due,
}

/// The one queue of a world.
#[derive(Debug, Default)]
pub(super) struct Queue {
    items: BinaryHeap<Reverse<Item>>,
    sequence: u64,
}

impl Queue {
    pub(super) fn push(&mut self, at: Micros, due: Due) {
        self.sequence += 1;
        self.items.push(Reverse(Item {
            at,
            sequence: self.sequence,
            due,
        }));
    }

    /// When the next thing happens.
    pub(super) fn next_at(&self) -> Option<Micros> {
        self.items.peek().map(|Reverse(item)| item.at)
    }

    /// Takes the next thing out: when, and what.
    pub(super) fn pop(&mut self) -> Option<(Micros, Due)> {
        let Reverse(item) = self.items.pop()?;
        Some((item.at, item.due))
    }
}
