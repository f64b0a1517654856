//! The random streams of a world.

use rand::Rng as _;
use rand_pcg::Pcg32;

use crate::member::{Micros, NodeId};

use super::Span;

/// What a stream is drawn for. Each has its own, so that one more draw for one leaves the
/// others as they were.
#[derive(Clone, Copy, Debug)]
pub(super) enum Concern {
    /// When a node's clock ticks for the first time.
    ClockPhase = 1,
    /// How long the messages of a node take.
    Latency = 2,
    /// How long the writes of a node take.
    DiskSync = 3,
}

/// One stream.
#[derive(Clone, Debug)]
pub(super) struct Stream(Pcg32);

impl Stream {
    /// The stream of one node for one concern.
    pub(super) fn new(seed: u64, concern: Concern, node: NodeId) -> Self {
        Self(Pcg32::new(seed, (concern as u64) << 8 | node.raft_id()))
    }

    /// A duration from the span, in µs.
    pub(super) fn draw(&mut self, span: Span) -> Micros {
        self.0.gen_range(span.min_us..=span.max_us)
    }
}
