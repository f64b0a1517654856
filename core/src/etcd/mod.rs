//! The etcd v3 vocabulary: requests, responses and errors, as etcd 3.4 names and numbers
//! them.
//!
//! The types are the messages of etcd's `etcdserverpb/rpc.proto` and `mvccpb/kv.proto`
//! with their field numbers, so their encoded bytes (in the Raft log, in size limits) are
//! etcd's own. [`gateway`] is their JSON, which goes by the table of fields in `schema.rs`.

mod auth;
mod calls;
mod check;
mod cluster;
mod coding;
mod errors;
pub mod gateway;
mod gateway_read;
pub(crate) mod go_json;
mod identity;
mod kv;
mod lease;
mod log;
mod maintenance;
mod schema;
mod streams;
mod txn;
mod watch;

pub use auth::*;
pub use calls::{Request, Response};
pub use check::{MAX_TXN_DEPTH, MAX_TXN_OPS};
pub use cluster::*;
pub(crate) use coding::{decoded, encoded};
pub use errors::{Code, Error};
pub use identity::{
    CLUSTER_TOKEN, added_member_id, client_url, cluster_id, member_id, member_id_by,
    node_of_peer_url, peer_url,
};
pub use kv::*;
pub use lease::*;
pub use log::{InternalAuthenticateRequest, InternalRaftRequest, Operation, RequestHeader};
pub use maintenance::*;
pub use streams::{StreamRequest, StreamResponse};
pub use txn::*;
pub use watch::*;

/// The version of etcd that this is.
pub const VERSION: &str = "3.4.23";

/// The largest request that a member proposes, in bytes of its encoding
/// (`embed/config.go`, `DefaultMaxRequestBytes`).
pub const MAX_REQUEST_BYTES: usize = 1_572_864;

/// The largest message that etcd's Go client sends, in bytes (`clientv3/options.go`,
/// `defaultMaxCallSendMsgSize`).
pub const MAX_CLIENT_SEND_BYTES: usize = 2 * 1024 * 1024;
