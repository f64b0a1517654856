//! The state of a node after an entry: what a snapshot holds, on a disk or on its way to
//! another node.

use bytes::Bytes;
use raft::eraftpb::{ConfState, Snapshot, SnapshotMetadata};

use crate::catalog::Catalog;
use crate::etcd::{decoded, encoded};
use crate::order::sort_short;

use super::membership::Membership;
use super::{Configuration, Micros, NodeId, Restored};

/// The state after an entry.
#[derive(Clone, Debug)]
pub(super) struct Image {
    /// The entry.
    pub(super) index: u64,
    /// Its term.
    pub(super) term: u64,
    pub(super) conf_state: ConfState,
    pub(super) catalog: Catalog,
    pub(super) membership: Membership,
}

/// A snapshot under way to a follower.
#[derive(Debug)]
pub(super) struct Shipment {
    pub(super) to: u64,
    pub(super) sent_at: Micros,
}

/// What goes into the data of a snapshot.
#[derive(Clone, PartialEq, prost::Message)]
struct Data {
    #[prost(bytes = "vec", tag = "1")]
    catalog: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    membership: Vec<u8>,
}

impl Image {
    /// The snapshot to send.
    pub(super) fn encode(&self) -> Snapshot {
        let data = Data {
            catalog: self.catalog.encode(),
            membership: self.membership.encode(),
        };
        Snapshot {
            data: encoded(&data),
            metadata: Some(SnapshotMetadata {
                conf_state: Some(self.conf_state.clone()),
                index: self.index,
                term: self.term,
            }),
        }
    }

    /// The state that a snapshot carries; `None` if it makes no sense: damaged bytes, no
    /// voter, members that are not those of the configuration.
    pub(super) fn decode(snapshot: &Snapshot) -> Option<Self> {
        let metadata = snapshot.metadata.as_ref()?;
        let conf_state = metadata.conf_state.clone()?;
        let data = decoded::<Data>(Bytes::copy_from_slice(&snapshot.data))?;
        let membership = Membership::decode(&data.membership)?;
        if metadata.index == 0 || conf_state.voters.is_empty() || !membership.is_of(&conf_state) {
            return None;
        }
        Some(Self {
            index: metadata.index,
            term: metadata.term,
            conf_state,
            catalog: Catalog::decode(&data.catalog)?,
            membership,
        })
    }

    pub(super) fn restored(&self) -> Restored {
        Restored {
            index: self.index,
            term: self.term,
            catalog: self.catalog.clone(),
            configuration: configuration(&self.conf_state),
        }
    }
}

/// The raft crate's configuration with its lists in order. (The crate lists hash sets, whose
/// order differs between 32 and 64 bits.)
pub(super) fn in_order(mut conf_state: ConfState) -> ConfState {
    for list in [
        &mut conf_state.voters,
        &mut conf_state.voters_outgoing,
        &mut conf_state.learners,
        &mut conf_state.learners_next,
    ] {
        sort_short(list, |a, b| a > b);
    }
    conf_state
}

/// The configuration in numbers of nodes.
pub(super) fn configuration(conf_state: &ConfState) -> Configuration {
    let nodes = |ids: &[u64]| {
        let mut nodes: Vec<NodeId> = ids.iter().copied().filter_map(NodeId::from_raft).collect();
        sort_short(&mut nodes, |a, b| a > b);
        nodes
    };
    Configuration {
        voters: nodes(&conf_state.voters),
        outgoing: nodes(&conf_state.voters_outgoing),
        learners: nodes(&conf_state.learners),
    }
}
