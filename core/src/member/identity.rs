//! Who a node is.

use crate::etcd;

use super::{NodeId, Options};

/// What does not change while a node exists, but for the count of its starts.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) node: NodeId,
    pub(super) options: Options,
    pub(super) cluster_id: u64,
    pub(super) member_id: u64,
    /// Seeds this node's election timeouts.
    seed: u64,
    /// How often the node was started.
    starts: u16,
}

impl Identity {
    /// The identity of a node in a cluster of `nodes` voters.
    pub(super) fn new(node: NodeId, nodes: u8, options: Options, seed: u64) -> Self {
        let members = NodeId::first(nodes).map(|node| etcd::member_id(node.raft_id()));
        Self {
            node,
            options,
            cluster_id: etcd::cluster_id(members),
            member_id: etcd::member_id(node.raft_id()),
            seed,
            starts: 0,
        }
    }

    /// The node was started once more.
    pub(super) fn started_again(&mut self) {
        self.starts += 1;
    }

    /// The election timeout of a term, in ticks.
    pub(super) fn election_timeout_ticks(&self, term: u64) -> usize {
        let ticks = u64::from(self.options.election_ticks);
        let draw = mix(mix(self.seed ^ self.node.raft_id()) ^ term) % ticks;
        usize::try_from(ticks + draw).unwrap_or(usize::MAX)
    }

    /// The first identifier that this start of the node gives to a write. The node and the
    /// start are part of it, so no two writes of a run ever share one.
    pub(super) fn first_request_id(&self) -> u64 {
        self.node.raft_id() << 56 | u64::from(self.starts) << 40
    }
}

/// A bijection of 64 bits that leaves no pattern of its input visible (the finalizer of
/// SplitMix64, Steele et al. 2014).
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
