//! Faults that have a name, so that a page and a console mean the same by it.

use crate::member::{Micros, NodeId};
use crate::trace::{Frame, Liveness};
use crate::world::{Latency, Shape, Span};

/// How long a sync of a slow disk takes: `disk n2 slow`.
pub const SLOW_SYNC: Span = Span {
    min_us: 400_000,
    max_us: 800_000,
};

/// How long a message takes on a slow link: `link n1 n2 slow`.
pub const SLOW_LINK: Latency = Latency {
    min_us: 500_000,
    max_us: 1_000_000,
    shape: Shape::Even,
};

/// How many of a million messages a lossy link loses: `link n1 n2 lossy`.
pub const LOSSY_PPM: u32 = 300_000;

/// How much faster than time a fast clock goes, in millionths: `clock n2 fast`.
pub const FAST_PPM: i32 = 1_000_000;

/// How much faster than time a slow clock goes, in millionths: `clock n2 slow`.
pub const SLOW_PPM: i32 = -500_000;

/// How far a clock jumps if nothing else is said, in µs.
pub const JUMP_US: Micros = 2_000_000;

/// How long a message is delayed if nothing else is said, in µs.
pub const DELAY_US: Micros = 1_000_000;

/// A partition that has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// The leader is cut off from all others.
    LeaderAlone,
    /// The leader is with as many as are no majority.
    Minority,
    /// Two sides that do not reach each other, and one node in the middle that reaches both.
    Bridge,
    /// Three groups, none of them a majority.
    Thirds,
}

impl Split {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::LeaderAlone,
        Self::Minority,
        Self::Bridge,
        Self::Thirds,
    ];

    /// The name behind `partition`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LeaderAlone => "leader-alone",
            Self::Minority => "minority",
            Self::Bridge => "bridge",
            Self::Thirds => "thirds",
        }
    }

    /// The groups of this cluster; `None` if it is too small for it, or has no leader and
    /// needs one.
    #[must_use]
    pub fn groups(self, frame: &Frame) -> Option<Vec<Vec<NodeId>>> {
        let belongs = frame
            .nodes
            .iter()
            .filter(|node| node.liveness != Liveness::Removed);
        let nodes: Vec<NodeId> = belongs.map(|node| node.node).collect();
        let minority = nodes.len().saturating_sub(1) / 2;
        let leader_first = || {
            let leader = frame.leader()?.node;
            let others = nodes.iter().copied().filter(|node| *node != leader);
            Some(std::iter::once(leader).chain(others).collect::<Vec<_>>())
        };
        let halves = |nodes: &[NodeId], at: usize| vec![nodes[..at].to_vec(), nodes[at..].to_vec()];
        match self {
            Self::LeaderAlone if nodes.len() >= 2 => Some(halves(&leader_first()?, 1)),
            Self::Minority if minority >= 2 => Some(halves(&leader_first()?, minority)),
            Self::Bridge if nodes.len() >= 3 && nodes.len() % 2 == 1 => {
                let middle = nodes.len() / 2;
                Some(vec![nodes[..=middle].to_vec(), nodes[middle..].to_vec()])
            }
            Self::Thirds if nodes.len() >= 6 => {
                let third = nodes.len().div_ceil(3);
                Some(nodes.chunks(third).map(<[_]>::to_vec).collect())
            }
            _ => None,
        }
    }
}
