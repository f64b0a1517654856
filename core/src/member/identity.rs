//! Who a node is.

use crate::etcd;

use super::{Micros, NodeId, Options};

/// What a cluster began with, which makes its identifier and theirs.
#[derive(Clone, Debug)]
pub(super) struct Founders {
    /// The first members, all of them voters, by number.
    pub(super) members: Vec<NodeId>,
    /// etcd's `--initial-cluster-token`.
    pub(super) token: String,
}

impl Founders {
    /// So many nodes, with etcd's usual token.
    pub(super) fn first(nodes: u8) -> Self {
        Self {
            members: NodeId::first(nodes).collect(),
            token: etcd::CLUSTER_TOKEN.to_owned(),
        }
    }

    /// The identifier of the member that a node is.
    pub(super) fn member_id(&self, node: NodeId) -> u64 {
        etcd::member_id_by(node.raft_id(), &self.token)
    }
}

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
    pub(super) starts: u16,
    pub(super) founders: Founders,
    /// Of a machine that joined later.
    birth: Option<Birth>,
    /// How the node is to be set from its next start on.
    pub(super) next_options: Option<Options>,
    /// When its removal from the cluster was asked for, once it knows of it.
    pub(super) removed_at: Option<Micros>,
}

/// When a machine joined that was not there from the beginning. What the log says about its
/// number may be meant for an older machine.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Birth {
    pub(super) joined_at: Micros,
    /// When the removal of the machine before it was asked for; 0 if there was none.
    pub(super) predecessor_removed_at: Micros,
}

impl Identity {
    /// The identity of a node in a cluster.
    pub(super) fn new(node: NodeId, founders: Founders, options: Options, seed: u64) -> Self {
        let members = &founders.members;
        Self {
            node,
            options,
            cluster_id: etcd::cluster_id(members.iter().map(|node| founders.member_id(*node))),
            member_id: founders.member_id(node),
            seed,
            starts: 0,
            founders,
            birth: None,
            next_options: None,
            removed_at: None,
        }
    }

    /// The identity of a machine that joins, and is not the first to have its number if
    /// there were `starts` before.
    pub(super) fn born(self, birth: Birth, starts: u16) -> Self {
        Self {
            birth: Some(birth),
            starts,
            ..self
        }
    }

    /// The same machine in another cluster, from its beginning on.
    pub(super) fn in_cluster(&self, founders: Founders) -> Self {
        Self {
            starts: self.starts,
            next_options: self.next_options.clone(),
            ..Self::new(self.node, founders, self.options.clone(), self.seed)
        }
    }

    /// Whether the node joined later.
    pub(super) fn joined(&self) -> bool {
        self.birth.is_some()
    }

    /// Whether a change of the membership that adds this node's number is meant for this
    /// machine. (A machine may be added before it joins, so its predecessor's removal
    /// decides.)
    pub(super) fn is_meant(&self, asked_at: Micros) -> bool {
        self.birth
            .is_none_or(|birth| asked_at > birth.predecessor_removed_at)
    }

    /// Whether a change of the membership that removes this node's number is meant for this
    /// machine.
    pub(super) fn is_removed_by(&self, asked_at: Micros) -> bool {
        self.birth.is_none_or(|birth| asked_at > birth.joined_at)
    }

    /// The node was started once more.
    pub(super) fn started_again(&mut self) {
        self.starts += 1;
        if let Some(options) = self.next_options.take() {
            self.options = options;
        }
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
pub(super) fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
