//! The random streams of a world.

use rand::Rng as _;
use rand_pcg::Pcg32;

use crate::member::{Micros, NodeId};

use super::{Latency, Shape, Span};

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
    /// Which messages of a node are lost.
    Loss = 4,
    /// Which messages of a node arrive twice.
    Duplicate = 5,
    /// Which messages of a node may overtake others.
    Reorder = 6,
    /// What a client does.
    Workload = 7,
}

/// One stream.
#[derive(Clone, Debug)]
pub(super) struct Stream(Pcg32);

impl Stream {
    /// The stream of one node for one concern.
    pub(super) fn new(seed: u64, concern: Concern, node: NodeId) -> Self {
        Self(Pcg32::new(seed, (concern as u64) << 8 | node.raft_id()))
    }

    /// The stream of one client.
    pub(super) fn of_client(seed: u64, client: u32) -> Self {
        let concern = Concern::Workload as u64;
        Self(Pcg32::new(seed, concern << 40 | u64::from(client)))
    }

    /// A duration from the span, in µs. (A setup's spans fit 32 bits, and a draw of 32 bits
    /// takes half the time of one of 64.)
    pub(super) fn draw(&mut self, span: Span) -> Micros {
        let width = span.max_us.saturating_sub(span.min_us);
        let width = u32::try_from(width).unwrap_or(u32::MAX);
        span.min_us + Micros::from(self.0.gen_range(0..=width))
    }

    /// How long a message takes, in µs.
    #[inline]
    pub(super) fn draw_latency(&mut self, latency: Latency) -> Micros {
        let Latency {
            min_us,
            max_us,
            shape,
        } = latency;
        match shape {
            Shape::Even => self.draw(Span { min_us, max_us }),
            Shape::Bell | Shape::LongTail => self.draw_shaped(latency),
        }
    }

    /// A latency that is not spread evenly.
    #[cold]
    fn draw_shaped(&mut self, latency: Latency) -> Micros {
        let Latency {
            min_us,
            max_us,
            shape,
        } = latency;
        let width_us = max_us.saturating_sub(min_us);
        let above_min = Span {
            min_us: 0,
            max_us: width_us,
        };
        let [first, second, third] = [(); 3].map(|()| self.draw(above_min));
        // Each is below 2³², so no product of two overflows.
        min_us
            + match shape {
                Shape::LongTail if width_us > 0 => first * second / width_us * third / width_us,
                Shape::Even | Shape::Bell | Shape::LongTail => (first + second + third) / 3,
            }
    }

    /// Whether something happens that happens so many times in a million. Draws nothing if
    /// it never does.
    pub(super) fn happens(&mut self, ppm: u32) -> bool {
        ppm > 0 && self.below(1_000_000) < ppm
    }

    /// A number from 0 to one less than `end`, which is not 0.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.0.gen_range(0..end)
    }
}
