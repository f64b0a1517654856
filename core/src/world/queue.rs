//! What is to happen, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::member::{Micros, NodeId, RequestId};

/// Something that is to happen. What concerns a running node names the start of the node
/// that it was meant for: a crash calls it off.
#[derive(Clone, Copy, Debug)]
pub(super) enum Due {
    /// The node's clock ticks.
    Tick { node: NodeId, start: u32 },
    /// A message arrives. `mark` tells it from others that have its slot later; see
    /// [`super::network::Network`].
    Arrival { slot: u32, mark: u32 },
    /// The sync that a node's disk is at has ended.
    Sync { node: NodeId, start: u32 },
    /// The node wants to look at its time limits.
    Wake { node: NodeId, start: u32 },
    /// A client tries once more to reach its node.
    Retry { request: RequestId },
    /// A client's patience ends.
    Deadline { request: RequestId },
    /// A client that works by itself has thought.
    Think { client: u32 },
}

/// When an item is due, in one number: from the top, its time in µs (64 bits), by when it
/// was put in (40 bits), and its slot (24 bits). A heap moves its items all the time, and
/// one number is moved and compared the fastest.
type Key = u128;

const SLOT_BITS: u32 = 24;
const SEQUENCE_BITS: u32 = 40;

/// The one queue of a world. It holds at most 2²⁴ items; members, messages and requests are
/// bounded far below that.
#[derive(Debug, Default)]
pub(super) struct Queue {
    keys: BinaryHeap<Reverse<Key>>,
    /// What is to happen, at slots that are used again.
    dues: Vec<Due>,
    free: Vec<u32>,
    sequence: u64,
}

impl Queue {
    pub(super) fn push(&mut self, at: Micros, due: Due) {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.dues.push(due);
            u32::try_from(self.dues.len() - 1).expect("the queue is bounded")
        });
        self.dues[slot as usize] = due;
        self.sequence += 1;
        let order = u128::from(self.sequence) << SLOT_BITS | u128::from(slot);
        let key = u128::from(at) << (SEQUENCE_BITS + SLOT_BITS) | order;
        self.keys.push(Reverse(key));
    }

    /// When the next thing happens.
    pub(super) fn next_at(&self) -> Option<Micros> {
        self.keys.peek().map(|Reverse(key)| time_of(*key))
    }

    /// Takes the next thing out: when, and what.
    pub(super) fn pop(&mut self) -> Option<(Micros, Due)> {
        let Reverse(key) = self.keys.pop()?;
        let slot = (key & ((1 << SLOT_BITS) - 1)) as u32;
        self.free.push(slot);
        Some((time_of(key), self.dues[slot as usize]))
    }
}

fn time_of(key: Key) -> Micros {
    (key >> (SEQUENCE_BITS + SLOT_BITS)) as Micros
}
