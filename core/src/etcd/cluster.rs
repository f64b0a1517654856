//! The membership messages of `etcdserverpb/rpc.proto`, and what a member tells of itself.

use serde::{Deserialize, Serialize};

use super::ResponseHeader;

/// One member of the cluster (`etcdserverpb.Member`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MemberInfo {
    /// The identifier of the member.
    #[prost(uint64, tag = "1")]
    pub id: u64,
    /// Its name; empty until it has started for the first time.
    #[prost(string, tag = "2")]
    pub name: String,
    /// Where the other members reach it.
    #[prost(string, repeated, tag = "3")]
    pub peer_urls: Vec<String>,
    /// Where clients reach it; empty until it has started for the first time.
    #[prost(string, repeated, tag = "4")]
    pub client_urls: Vec<String>,
    /// Whether it gets the log without a vote.
    #[prost(bool, tag = "5")]
    pub is_learner: bool,
}

/// Adds a member (`etcdserverpb.MemberAddRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MemberAddRequest {
    /// Where the other members will reach it.
    #[prost(string, repeated, tag = "1")]
    pub peer_urls: Vec<String>,
    /// Whether it is to get the log without a vote.
    #[prost(bool, tag = "2")]
    pub is_learner: bool,
}

/// The answer to a [`MemberAddRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MemberAddResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The new member.
    #[prost(message, optional, tag = "2")]
    pub member: Option<MemberInfo>,
    /// All members, by identifier.
    #[prost(message, repeated, tag = "3")]
    pub members: Vec<MemberInfo>,
}

/// Removes a member (`etcdserverpb.MemberRemoveRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MemberRemoveRequest {
    /// The member.
    #[prost(uint64, tag = "1")]
    pub id: u64,
}

/// Moves a member to other addresses (`etcdserverpb.MemberUpdateRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MemberUpdateRequest {
    /// The member.
    #[prost(uint64, tag = "1")]
    pub id: u64,
    /// Where the other members reach it from now on.
    #[prost(string, repeated, tag = "2")]
    pub peer_urls: Vec<String>,
}

/// Gives a learner a vote (`etcdserverpb.MemberPromoteRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MemberPromoteRequest {
    /// The learner.
    #[prost(uint64, tag = "1")]
    pub id: u64,
}

/// Asks who belongs to the cluster (`etcdserverpb.MemberListRequest`). As in etcd 3.4 the
/// member that is asked says what it has, however stale.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MemberListRequest {}

/// The answer to a [`MemberListRequest`], and to all other requests about members but the
/// addition: etcd's messages for them are the same, field by field.
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct MembersResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// All members, by identifier.
    #[prost(message, repeated, tag = "2")]
    pub members: Vec<MemberInfo>,
}

/// What a member tells of itself when it has started (`membershippb.Attributes`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct Attributes {
    /// Its name.
    #[prost(string, tag = "1")]
    pub name: String,
    /// Where clients reach it.
    #[prost(string, repeated, tag = "2")]
    pub client_urls: Vec<String>,
}

/// Tells everybody the attributes of a member (`membershippb.ClusterMemberAttrSetRequest`,
/// as from etcd 3.5 on; 3.4 writes the same into its old store).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct AttributesRequest {
    /// The member.
    #[prost(uint64, tag = "1")]
    pub member_id: u64,
    /// What it tells.
    #[prost(message, optional, tag = "2")]
    pub attributes: Option<Attributes>,
}
