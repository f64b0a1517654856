//! Leases (`etcdserverpb/rpc.proto`).

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::ResponseHeader;

/// Grants a lease (`etcdserverpb.LeaseGrantRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseGrantRequest {
    /// How long it lives without being kept alive, in seconds.
    #[prost(int64, tag = "1")]
    pub ttl: i64,
    /// Its identifier; 0 to have one chosen.
    #[prost(int64, tag = "2")]
    pub id: i64,
}

/// The answer to a [`LeaseGrantRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseGrantResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The lease.
    #[prost(int64, tag = "2")]
    pub id: i64,
    /// How long it lives, in seconds; longer than asked for where that was too short.
    #[prost(int64, tag = "3")]
    pub ttl: i64,
    /// Unused by etcd.
    #[prost(string, tag = "4")]
    pub error: String,
}

/// Ends a lease and deletes its keys (`etcdserverpb.LeaseRevokeRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseRevokeRequest {
    /// The lease.
    #[prost(int64, tag = "1")]
    pub id: i64,
}

/// Has a lease begin its time anew (`etcdserverpb.LeaseKeepAliveRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseKeepAliveRequest {
    /// The lease.
    #[prost(int64, tag = "1")]
    pub id: i64,
}

/// The answer to a [`LeaseKeepAliveRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseKeepAliveResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The lease.
    #[prost(int64, tag = "2")]
    pub id: i64,
    /// How long it lives from now on, in seconds; 0 if it is not there.
    #[prost(int64, tag = "3")]
    pub ttl: i64,
}

/// Asks how long a lease has left (`etcdserverpb.LeaseTimeToLiveRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseTimeToLiveRequest {
    /// The lease.
    #[prost(int64, tag = "1")]
    pub id: i64,
    /// Whether to list its keys.
    #[prost(bool, tag = "2")]
    pub keys: bool,
}

/// The answer to a [`LeaseTimeToLiveRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseTimeToLiveResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The lease.
    #[prost(int64, tag = "2")]
    pub id: i64,
    /// How long it has left, in seconds; -1 if it is not there.
    #[prost(int64, tag = "3")]
    pub ttl: i64,
    /// How long it lives, in seconds.
    #[prost(int64, tag = "4")]
    pub granted_ttl: i64,
    /// Its keys, if asked for.
    #[prost(bytes = "bytes", repeated, tag = "5")]
    pub keys: Vec<Bytes>,
}

/// Lists the leases (`etcdserverpb.LeaseLeasesRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseLeasesRequest {}

/// A lease in a list (`etcdserverpb.LeaseStatus`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseStatus {
    /// The lease.
    #[prost(int64, tag = "1")]
    pub id: i64,
}

/// The answer to a [`LeaseLeasesRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct LeaseLeasesResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The leases; those with the least time left come first.
    #[prost(message, repeated, tag = "2")]
    pub leases: Vec<LeaseStatus>,
}
