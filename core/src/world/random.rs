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

    /// A duration from the span, in µs. (A setup's spans fit 32 bits, and a draw of 32 bits
    /// takes half the time of one of 64.)
    pub(super) fn draw(&mut self, span: Span) -> Micros {
        let width = span.max_us.saturating_sub(span.min_us);
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        span.min_us + Micros::from(self.0.gen_range(0..=width))
    }
}
