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
    /// A client has something to do about a stream: it tries again to reach its node, keeps
    /// leases alive, or gives them up.
    Stream { stream: RequestId },
}

/// When an item is due, in one number: from the top, its time in µs (64 bits), how many were
/// put in before it (40 bits), and its slot (24 bits).
type Key = u128;

const SLOT_BITS: u32 = 24;
const SEQUENCE_BITS: u32 = 40;

/// A bucket is for so many microseconds, 2 to the power of this.
const BUCKET_BITS: u32 = 12;

/// How many buckets there are: one for each bit of a number.
const BUCKETS: usize = u64::BITS as usize;

/// The most items of a bucket that an item is put behind.
const MAX_WALK: usize = 32;

/// The end of a list.
const NONE: u32 = u32::MAX;

/// What is to happen.
#[derive(Clone, Copy, Debug)]
struct Item {
    at: Micros,
    /// How many were put in before.
    sequence: u64,
    due: Due,
    /// The slot of what comes next in its bucket, or of the next that is free.
    next: u32,
}

/// The one queue of a world. It holds at most 2²⁴ items; members, messages and requests are
/// bounded far below that.
///
/// Messages, ticks and syncs are mostly due within a quarter of a second from now. For that
/// time there are buckets of four milliseconds each, lists in order that hold one item or two:
/// putting one in and taking one out cost O(1). All else waits in a heap, as does what would
/// have to be put behind very many of its bucket.
#[derive(Debug)]
pub(super) struct Queue {
    /// The slot of the first item of each bucket. An item's bucket follows from its time.
    buckets: [u32; BUCKETS],
    /// Which buckets hold something.
    filled: u64,
    /// What is in no bucket.
    heap: BinaryHeap<Reverse<Key>>,
    /// When the first of them is due; [`Micros::MAX`] if there is none.
    heap_at: Micros,
    /// What is to happen, at slots that are used again.
    items: Vec<Item>,
    /// The first slot that is free.
    free: u32,
    sequence: u64,
    /// When the last item was due that was taken out. None that is left is due earlier.
    now: Micros,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            buckets: [NONE; BUCKETS],
            filled: 0,
            heap: BinaryHeap::new(),
            heap_at: Micros::MAX,
            items: Vec::new(),
            free: NONE,
            sequence: 0,
            now: 0,
        }
    }
}

impl Queue {
    pub(super) fn push(&mut self, at: Micros, due: Due) {
        let sequence = self.sequence;
        self.sequence += 1;
        let item = Item {
            at,
            sequence,
            due,
            next: NONE,
        };
        let slot = self.free;
        let slot = match self.items.get_mut(slot as usize) {
            Some(free) => {
                self.free = free.next;
                *free = item;
                slot
            }
            None => {
                self.items.push(item);
                u32::try_from(self.items.len() - 1).expect("the queue is bounded")
            }
        };
        let ahead = (at >> BUCKET_BITS) - (self.now >> BUCKET_BITS);
        if ahead >= u64::from(u64::BITS) || !self.put_into_bucket(at, slot) {
            let order = u128::from(sequence) << SLOT_BITS | u128::from(slot);
            let key = u128::from(at) << (SEQUENCE_BITS + SLOT_BITS) | order;
            self.heap.push(Reverse(key));
            self.heap_at = self.heap_at.min(at);
        }
    }

    /// Puts an item behind those of its bucket that are due until then; not if there are very
    /// many.
    fn put_into_bucket(&mut self, at: Micros, slot: u32) -> bool {
        let bucket = bucket_of(at);
        let mut before = NONE;
        let mut after = self.buckets[bucket as usize];
        let mut walked = 0;
        while let Some(item) = self.items.get(after as usize)
            && item.at <= at
        {
            if walked == MAX_WALK {
                return false;
            }
            walked += 1;
            before = after;
            after = item.next;
        }
        self.items[slot as usize].next = after;
        match self.items.get_mut(before as usize) {
            Some(item) => item.next = slot,
            None => {
                self.buckets[bucket as usize] = slot;
                self.filled |= 1 << bucket;
            }
        }
        true
    }

    /// The first bucket that holds something, and its first item.
    #[inline]
    fn first_of_buckets(&self) -> Option<(u32, u32, &Item)> {
        let now = bucket_of(self.now);
        let ahead = self.filled.rotate_right(now).trailing_zeros();
        let bucket = (now + ahead) % u64::BITS;
        let slot = self.buckets[bucket as usize];
        let item = self.items.get(slot as usize)?;
        Some((bucket, slot, item))
    }

    /// When the next thing happens.
    #[inline]
    pub(super) fn next_at(&self) -> Option<Micros> {
        match self.first_of_buckets() {
            Some((_, _, item)) => Some(item.at.min(self.heap_at)),
            None => self.heap.peek().map(|Reverse(key)| time_of(*key)),
        }
    }

    /// Takes the next thing out, if it is due until `until`: when, and what.
    #[inline]
    pub(super) fn pop(&mut self, until: Micros) -> Option<(Micros, Due)> {
        let slot = match self.first_of_buckets() {
            Some((bucket, slot, &Item { at, next, .. })) if at < self.heap_at => {
                if at > until {
                    return None;
                }
                self.begin_bucket(bucket, next);
                slot
            }
            _ => self.pop_from_heap(until)?,
        };
        let item = &mut self.items[slot as usize];
        item.next = self.free;
        self.free = slot;
        self.now = item.at;
        Some((item.at, item.due))
    }

    /// What a bucket began with was taken out; it begins with this slot now.
    fn begin_bucket(&mut self, bucket: u32, slot: u32) {
        self.buckets[bucket as usize] = slot;
        if slot == NONE {
            self.filled &= !(1 << bucket);
        }
    }

    /// The same where the heap may have what is next; its slot.
    #[cold]
    fn pop_from_heap(&mut self, until: Micros) -> Option<u32> {
        let key = self.heap.peek().map(|Reverse(key)| *key);
        if let Some((bucket, slot, item)) = self.first_of_buckets()
            && key.is_none_or(|key| (item.at, item.sequence) < (time_of(key), sequence_of(key)))
        {
            if item.at > until {
                return None;
            }
            self.begin_bucket(bucket, item.next);
            return Some(slot);
        }
        let key = key.filter(|key| time_of(*key) <= until)?;
        self.heap.pop();
        let next = self.heap.peek();
        self.heap_at = next.map_or(Micros::MAX, |Reverse(key)| time_of(*key));
        Some((key & ((1 << SLOT_BITS) - 1)) as u32)
    }
}

fn bucket_of(at: Micros) -> u32 {
    u32::try_from((at >> BUCKET_BITS) % u64::from(u64::BITS)).unwrap_or(0)
}

fn time_of(key: Key) -> Micros {
    (key >> (SEQUENCE_BITS + SLOT_BITS)) as Micros
}

fn sequence_of(key: Key) -> u64 {
    ((key >> SLOT_BITS) & ((1 << SEQUENCE_BITS) - 1)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::Micros;

    /// For how long the buckets are.
    const NEAR_US: Micros = (BUCKETS as Micros) << BUCKET_BITS;

    /// What is due comes in the order of its time, and at one time in the order in which it
    /// was put in, in a bucket or not.
    #[test]
    fn what_is_due_comes_in_order() {
        let mut queue = Queue::default();
        let mut expected: Vec<(Micros, u32)> = Vec::new();
        let mut state = 7_u64;
        let mut now = 0;
        // More at one time than go into a bucket.
        for client in 20_000..20_100 {
            queue.push(0, Due::Think { client });
            expected.push((0, client));
        }
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
                5 => 1_000,
                6..=8 => (state >> 20) % (20 * NEAR_US),
                _ => (state >> 20) % (NEAR_US / 2),
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
        assert!(queue.pop(Micros::MAX).is_none());
    }

    fn take(queue: &mut Queue, expected: &mut Vec<(Micros, u32)>) -> Micros {
        let first = (0..expected.len()).min_by_key(|&place| expected[place].0);
        let (at, client) = expected.remove(first.expect("there is one"));
        assert_eq!(queue.next_at(), Some(at));
        assert!(at == 0 || queue.pop(at - 1).is_none());
        let (due_at, due) = queue.pop(at).expect("there is one");
        assert!(matches!(due, Due::Think { client: found } if found == client));
        assert_eq!(due_at, at);
        at
    }
}
