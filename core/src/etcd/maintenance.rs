//! Maintenance of a cluster and its members (`etcdserverpb/rpc.proto`).

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ResponseHeader;

/// What is wrong (`AlarmType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum AlarmType {
    /// Nothing, or anything.
    None = 0,
    /// A member's quota is used up.
    NoSpace = 1,
    /// A member's store differs from the others'.
    Corrupt = 2,
}

/// What is done about alarms (`AlarmRequest.AlarmAction`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum AlarmAction {
    /// They are listed.
    Get = 0,
    /// One is raised.
    Activate = 1,
    /// One is taken back.
    Deactivate = 2,
}

/// Asks for alarms, or raises or takes one back (`etcdserverpb.AlarmRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AlarmRequest {
    /// See [`AlarmAction`].
    #[prost(enumeration = "AlarmAction", tag = "1")]
    pub action: i32,
    /// The member that it is about; 0 for all.
    #[prost(uint64, tag = "2")]
    pub member_id: u64,
    /// See [`AlarmType`].
    #[prost(enumeration = "AlarmType", tag = "3")]
    pub alarm: i32,
}

/// An alarm (`etcdserverpb.AlarmMember`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AlarmMember {
    /// The member that it is about.
    #[prost(uint64, tag = "1")]
    pub member_id: u64,
    /// See [`AlarmType`].
    #[prost(enumeration = "AlarmType", tag = "2")]
    pub alarm: i32,
}

/// The answer to an [`AlarmRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AlarmResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The alarms that are up, or that were raised or taken back.
    #[prost(message, repeated, tag = "2")]
    pub alarms: Vec<AlarmMember>,
}

/// Asks a member for its state (`etcdserverpb.StatusRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct StatusRequest {}

/// The answer to a [`StatusRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct StatusResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The version of etcd.
    #[prost(string, tag = "2")]
    pub version: String,
    /// What the store takes on the disk, in bytes.
    #[prost(int64, tag = "3")]
    pub db_size: i64,
    /// The leader as the member knows it; 0 for none.
    #[prost(uint64, tag = "4")]
    pub leader: u64,
    /// The member's last log index.
    #[prost(uint64, tag = "5")]
    pub raft_index: u64,
    /// The member's term.
    #[prost(uint64, tag = "6")]
    pub raft_term: u64,
    /// The newest entry that is in the member's store.
    #[prost(uint64, tag = "7")]
    pub raft_applied_index: u64,
    /// What is wrong.
    #[prost(string, repeated, tag = "8")]
    pub errors: Vec<String>,
    /// What of that is in use, in bytes.
    #[prost(int64, tag = "9")]
    pub db_size_in_use: i64,
    /// Whether the member has no vote.
    #[prost(bool, tag = "10")]
    pub is_learner: bool,
}

/// Asks for the hash of all versions up to a revision (`etcdserverpb.HashKVRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct HashKvRequest {
    /// The revision; 0 for the newest.
    #[prost(int64, tag = "1")]
    pub revision: i64,
}

/// The answer to a [`HashKvRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct HashKvResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// CRC-32C over all versions (`mvcc/kvstore.go`, `hashByRev`).
    #[prost(uint32, tag = "2")]
    pub hash: u32,
    /// The revision that was compacted last.
    #[prost(int64, tag = "3")]
    pub compact_revision: i64,
}

/// Asks for the hash of the whole store (`etcdserverpb.HashRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct HashRequest {}

/// The answer to a [`HashRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct HashResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The hash.
    #[prost(uint32, tag = "2")]
    pub hash: u32,
}

/// Has a member tidy up its disk (`etcdserverpb.DefragmentRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct DefragmentRequest {}

/// Has the leader hand over (`etcdserverpb.MoveLeaderRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MoveLeaderRequest {
    /// The member that is to lead.
    #[prost(uint64, tag = "1")]
    pub target_id: u64,
}

/// Asks for a member's whole store (`etcdserverpb.SnapshotRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct SnapshotRequest {}

/// The answer to a [`SnapshotRequest`]. (etcd sends it in parts.)
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct SnapshotResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// How many bytes are still to come.
    #[prost(uint64, tag = "2")]
    pub remaining_bytes: u64,
    /// The store.
    #[prost(bytes = "bytes", tag = "3")]
    pub blob: Bytes,
}
