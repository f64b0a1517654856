//! Watches (`etcdserverpb/rpc.proto`, `mvccpb/kv.proto`).

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{KeyValue, ResponseHeader};

/// What happened to a key (`mvccpb.Event.EventType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum EventType {
    /// It was put.
    Put = 0,
    /// It was deleted, or its lease ended.
    Delete = 1,
}

/// A change of a key (`mvccpb.Event`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct Event {
    /// See [`EventType`].
    #[prost(enumeration = "EventType", tag = "1")]
    pub r#type: i32,
    /// The pair after it; of a deletion, the key and the mod revision alone.
    #[prost(message, optional, tag = "2")]
    pub kv: Option<KeyValue>,
    /// The pair before it, if asked for and there was one.
    #[prost(message, optional, tag = "3")]
    pub prev_kv: Option<KeyValue>,
}

/// Changes that a watcher does not want to hear of (`WatchCreateRequest.FilterType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum FilterType {
    /// No puts.
    NoPut = 0,
    /// No deletions.
    NoDelete = 1,
}

/// Asks for all changes of a key or a range (`etcdserverpb.WatchCreateRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct WatchCreateRequest {
    /// The first key.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// As in [`super::RangeRequest::range_end`].
    #[prost(bytes = "bytes", tag = "2")]
    pub range_end: Bytes,
    /// The first revision of interest; 0 and below for what is still to come.
    #[prost(int64, tag = "3")]
    pub start_revision: i64,
    /// Whether to say from time to time that nothing has happened.
    #[prost(bool, tag = "4")]
    pub progress_notify: bool,
    /// See [`FilterType`].
    #[prost(enumeration = "FilterType", repeated, tag = "5")]
    pub filters: Vec<i32>,
    /// Whether to send the pair that was there before.
    #[prost(bool, tag = "6")]
    pub prev_kv: bool,
    /// The watcher's number in its stream; 0 to have one chosen.
    #[prost(int64, tag = "7")]
    pub watch_id: i64,
    /// Whether a large answer may come in parts.
    #[prost(bool, tag = "8")]
    pub fragment: bool,
}

/// Ends a watcher (`etcdserverpb.WatchCancelRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct WatchCancelRequest {
    /// The watcher.
    #[prost(int64, tag = "1")]
    pub watch_id: i64,
}

/// Asks how far the stream has come (`etcdserverpb.WatchProgressRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct WatchProgressRequest {}

/// What is said on a stream of watchers.
#[derive(Clone, PartialEq, Eq, prost::Oneof, Serialize, Deserialize)]
pub enum WatchRequestUnion {
    /// Begins a watcher.
    #[prost(message, tag = "1")]
    Create(WatchCreateRequest),
    /// Ends one.
    #[prost(message, tag = "2")]
    Cancel(WatchCancelRequest),
    /// Asks for the progress.
    #[prost(message, tag = "3")]
    Progress(WatchProgressRequest),
}

/// What is said on a stream of watchers (`etcdserverpb.WatchRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct WatchRequest {
    /// What.
    #[prost(oneof = "WatchRequestUnion", tags = "1, 2, 3")]
    pub request: Option<WatchRequestUnion>,
}

/// What is heard on a stream of watchers (`etcdserverpb.WatchResponse`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct WatchResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The watcher; -1 where none is meant.
    #[prost(int64, tag = "2")]
    pub watch_id: i64,
    /// The watcher has begun.
    #[prost(bool, tag = "3")]
    pub created: bool,
    /// The watcher has ended.
    #[prost(bool, tag = "4")]
    pub canceled: bool,
    /// Why it ended: what it asked for was compacted, up to here.
    #[prost(int64, tag = "5")]
    pub compact_revision: i64,
    /// Why it ended.
    #[prost(string, tag = "6")]
    pub cancel_reason: String,
    /// More parts of this answer follow.
    #[prost(bool, tag = "7")]
    pub fragment: bool,
    /// The changes, in order.
    #[prost(message, repeated, tag = "11")]
    pub events: Vec<Event>,
}
