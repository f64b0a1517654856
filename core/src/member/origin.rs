//! A new cluster made of an old one's data, as `etcdctl snapshot restore` makes one
//! (`clientv3/snapshot/v3_snapshot.go`, `Restore`).
//!
//! Every member gets a data directory of its own, and all of them the same: the store as it
//! was saved, and a log that begins anew. It has an entry for each member, by which they were
//! added in term 1, all of them committed, and a snapshot that stands for them (`saveDB`,
//! `saveWALAndSnap`). So revisions go on, and indexes, terms and members do not. The cluster's
//! identifier is made of the members' addresses and the token, as ever: with the same ones the
//! new cluster cannot be told from the old.

use std::rc::Rc;

use bytes::Bytes;
use raft::eraftpb::{ConfState, HardState};
use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;

use super::identity::Founders;
use super::image::Image;
use super::membership::Membership;
use super::{Log, NodeId};

/// The most bytes of a snapshot that a cluster is made of: 512 KiB. It is part of the run's
/// recording, once for each node.
pub const MAX_SNAPSHOT_BYTES: usize = 512 * 1024;

/// The most bytes of a cluster's token.
pub const MAX_TOKEN_BYTES: usize = 100;

/// What a new cluster is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The store, as a member answers who asks for a snapshot; at most
    /// [`MAX_SNAPSHOT_BYTES`].
    pub snapshot: Bytes,
    /// The members (etcd's `--initial-cluster`), by ascending number.
    pub members: Vec<NodeId>,
    /// etcd's `--initial-cluster-token`; at most [`MAX_TOKEN_BYTES`].
    pub token: String,
}

impl Origin {
    /// The term of all that the logs begin with (`saveWALAndSnap`).
    pub const TERM: u64 = 1;

    /// The last entry that the logs begin with.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.members.len() as u64
    }

    /// For whom all members voted in that term: the one with the lowest identifier.
    #[must_use]
    pub fn vote(&self) -> Option<NodeId> {
        let founders = self.founders();
        let members = founders.members.iter().copied();
        members.min_by_key(|member| founders.member_id(*member))
    }

    pub(super) fn founders(&self) -> Founders {
        Founders {
            members: self.members.clone(),
            token: self.token.clone(),
        }
    }

    /// What a member's disk has; `None` if the snapshot is damaged.
    pub(super) fn log(&self) -> Option<Log> {
        let members = self.members.iter();
        let conf_state = ConfState {
            voters: members.map(|member| member.raft_id()).collect(),
            ..ConfState::default()
        };
        let image = Image {
            index: self.index(),
            term: Self::TERM,
            conf_state: conf_state.clone(),
            catalog: Catalog::decode(&self.snapshot)?,
            membership: Membership::new(&self.founders(), false),
        };
        let hard_state = HardState {
            term: Self::TERM,
            vote: self.vote().map_or(0, NodeId::raft_id),
            commit: self.index(),
        };
        Some(Log::beginning_with(conf_state, Rc::new(image), hard_state))
    }
}
