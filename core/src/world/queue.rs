//! What is to happen, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

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
    /// A client has something to do about a stream: it tries again to reach its node, keeps
    /// leases alive, or gives them up.
    Stream { stream: RequestId },
}

/// When an item is due, in one number: from the top, its time in µs (64 bits), by when it
/// was put in (40 bits), and its slot (24 bits). A heap moves its items all the time, and
/// one number is moved and compared the fastest.
type Key = u128;

const SLOT_BITS: u32 = 24;
const SEQUENCE_BITS: u32 = 40;

/// How far the near part of the queue reaches at least, in µs. Messages, ticks and syncs are
/// due within it, time limits of requests beyond.
const NEAR_US: Micros = 500_000;

/// The one queue of a world. It holds at most 2²⁴ items; members, messages and requests are
/// bounded far below that.
///
/// Most items are due soon and a few are due late, and those would make every way through a
/// heap longer: they wait in a heap of their own until their time is near.
#[derive(Debug, Default)]
pub(super) struct Queue {
    /// What is due before the horizon.
    near: BinaryHeap<Reverse<Key>>,
    /// What is due at the horizon or later.
    far: BinaryHeap<Reverse<Key>>,
    horizon: Micros,
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
        if at < self.horizon {
            self.near.push(Reverse(key));
        } else {
            self.far.push(Reverse(key));
        }
    }

    /// When the next thing happens.
    #[inline]
    pub(super) fn next_at(&self) -> Option<Micros> {
        let next = self.near.peek().or_else(|| self.far.peek());
        next.map(|Reverse(key)| time_of(*key))
    }

    /// Takes the next thing out: when, and what.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<(Micros, Due)> {
        if self.near.is_empty() {
            self.look_further();
        }
        let Reverse(key) = self.near.pop()?;
        let slot = (key & ((1 << SLOT_BITS) - 1)) as u32;
        self.free.push(slot);
        Some((time_of(key), self.dues[slot as usize]))
    }

    /// Moves the horizon beyond what is next.
    #[cold]
    fn look_further(&mut self) {
        let Some(first) = self.far.pop() else {
            return;
        };
        self.horizon = time_of(first.0).saturating_add(NEAR_US);
        self.near.push(first);
        while let Some(next) = self.far.peek_mut()
            && time_of(next.0) < self.horizon
        {
            self.near.push(PeekMut::pop(next));
        }
    }
}

fn time_of(key: Key) -> Micros {
    (key >> (SEQUENCE_BITS + SLOT_BITS)) as Micros
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::Micros;

    /// What is due comes in the order of its time, and at one time in the order in which it
    /// was put in, wherever the horizon is.
    #[test]
    fn what_is_due_comes_in_order() {
        let mut queue = Queue::default();
        let mut expected: Vec<(Micros, u32)> = Vec::new();
        let mut state = 7_u64;
        let mut now = 0;
        for client in 0..20_000 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let delay = match state >> 60 {
                0 => 0,
                1 => NEAR_US - 1,
                2 => NEAR_US,
                3 => NEAR_US + 1,
                4 => Micros::MAX - now,
                5..=8 => (state >> 20) % (20 * NEAR_US),
                _ => (state >> 20) % (NEAR_US / 4),
            };
            queue.push(now + delay, Due::Think { client });
            expected.push((now + delay, client));
            if state >> 32 & 1 == 0 {
                now = take(&mut queue, &mut expected);
                if now == Micros::MAX {
                    break;
                }
            }
        }
        while !expected.is_empty() {
            take(&mut queue, &mut expected);
        }
        assert_eq!(queue.next_at(), None);
        assert!(queue.pop().is_none());
    }

    fn take(queue: &mut Queue, expected: &mut Vec<(Micros, u32)>) -> Micros {
        let first = (0..expected.len()).min_by_key(|&place| expected[place]);
        let (at, client) = expected.remove(first.expect("there is one"));
        assert_eq!(queue.next_at(), Some(at));
        let (due_at, due) = queue.pop().expect("there is one");
        assert!(matches!(due, Due::Think { client: found } if found == client));
        assert_eq!(due_at, at);
        at
    }
}
