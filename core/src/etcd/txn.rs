//! Transactions and compaction (`etcdserverpb/rpc.proto`).

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{
    DeleteRangeRequest, DeleteRangeResponse, PutRequest, PutResponse, RangeRequest, RangeResponse,
    ResponseHeader,
};

/// How a compared value must stand to the given one (`Compare.CompareResult`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum CompareResult {
    /// Equal to it.
    Equal = 0,
    /// Above it.
    Greater = 1,
    /// Below it.
    Less = 2,
    /// Other than it.
    NotEqual = 3,
}

/// What of a key is compared (`Compare.CompareTarget`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum CompareTarget {
    /// Its version.
    Version = 0,
    /// Its create revision.
    Create = 1,
    /// Its mod revision.
    Mod = 2,
    /// Its value.
    Value = 3,
    /// Its lease.
    Lease = 4,
}

/// What is compared with (`Compare.target_union`).
#[derive(Clone, PartialEq, Eq, prost::Oneof, Serialize, Deserialize)]
pub enum TargetUnion {
    /// A version.
    #[prost(int64, tag = "4")]
    Version(i64),
    /// A create revision.
    #[prost(int64, tag = "5")]
    CreateRevision(i64),
    /// A mod revision.
    #[prost(int64, tag = "6")]
    ModRevision(i64),
    /// A value.
    #[prost(bytes = "bytes", tag = "7")]
    Value(Bytes),
    /// A lease.
    #[prost(int64, tag = "8")]
    Lease(i64),
}

/// A condition of a transaction (`etcdserverpb.Compare`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct Compare {
    /// See [`CompareResult`].
    #[prost(enumeration = "CompareResult", tag = "1")]
    pub result: i32,
    /// See [`CompareTarget`].
    #[prost(enumeration = "CompareTarget", tag = "2")]
    pub target: i32,
    /// The key, or the first of a range.
    #[prost(bytes = "bytes", tag = "3")]
    pub key: Bytes,
    /// What is compared with; 0 or nothing if it is missing.
    #[prost(oneof = "TargetUnion", tags = "4, 5, 6, 7, 8")]
    pub target_union: Option<TargetUnion>,
    /// As in [`RangeRequest::range_end`]; then every key of the range must meet the condition.
    #[prost(bytes = "bytes", tag = "64")]
    pub range_end: Bytes,
}

/// One operation of a transaction.
#[derive(Clone, PartialEq, Eq, prost::Oneof, Serialize, Deserialize)]
pub enum RequestUnion {
    /// A read.
    #[prost(message, tag = "1")]
    Range(RangeRequest),
    /// A put.
    #[prost(message, tag = "2")]
    Put(PutRequest),
    /// A deletion.
    #[prost(message, tag = "3")]
    DeleteRange(DeleteRangeRequest),
    /// A transaction within the transaction.
    #[prost(message, tag = "4")]
    Txn(TxnRequest),
}

/// One operation of a transaction (`etcdserverpb.RequestOp`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct RequestOp {
    /// The operation.
    #[prost(oneof = "RequestUnion", tags = "1, 2, 3, 4")]
    pub request: Option<RequestUnion>,
}

/// What one operation of a transaction answered.
#[derive(Clone, PartialEq, Eq, prost::Oneof, Serialize, Deserialize)]
pub enum ResponseUnion {
    /// To a read.
    #[prost(message, tag = "1")]
    Range(RangeResponse),
    /// To a put.
    #[prost(message, tag = "2")]
    Put(PutResponse),
    /// To a deletion.
    #[prost(message, tag = "3")]
    DeleteRange(DeleteRangeResponse),
    /// To a transaction within the transaction.
    #[prost(message, tag = "4")]
    Txn(TxnResponse),
}

/// What one operation of a transaction answered (`etcdserverpb.ResponseOp`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct ResponseOp {
    /// The answer.
    #[prost(oneof = "ResponseUnion", tags = "1, 2, 3, 4")]
    pub response: Option<ResponseUnion>,
}

/// Operations that are carried out together, and which of two lists depends on conditions
/// (`etcdserverpb.TxnRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct TxnRequest {
    /// All must hold for the transaction to succeed.
    #[prost(message, repeated, tag = "1")]
    pub compare: Vec<Compare>,
    /// What is done if they do.
    #[prost(message, repeated, tag = "2")]
    pub success: Vec<RequestOp>,
    /// What is done if they do not.
    #[prost(message, repeated, tag = "3")]
    pub failure: Vec<RequestOp>,
}

/// The answer to a [`TxnRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct TxnResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// Whether the conditions held.
    #[prost(bool, tag = "2")]
    pub succeeded: bool,
    /// The answers of the operations that were done, in their order.
    #[prost(message, repeated, tag = "3")]
    pub responses: Vec<ResponseOp>,
}

/// Forgets what was overwritten or deleted before a revision (`etcdserverpb.CompactionRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct CompactionRequest {
    /// The revision: what stands there stays readable.
    #[prost(int64, tag = "1")]
    pub revision: i64,
    /// Whether to answer only once the disk is tidied up.
    #[prost(bool, tag = "2")]
    pub physical: bool,
}
