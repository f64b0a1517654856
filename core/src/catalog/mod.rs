//! The multi-version key-value store of one member: etcd's `mvcc`, without Raft and
//! without a disk.
//!
//! Every write transaction takes the next *main* revision, and each change in it a *sub*
//! revision from 0, so a [`Revision`] orders all changes there ever were. The store keeps
//! every version of every key twice over: by key, for reads at any revision, and in the
//! order of revisions, for whoever follows the changes. Both are persistent collections,
//! so cloning a catalog costs nothing and a clone shares what has not changed since.
//!
//! An empty store is at revision 1. A transaction that changes nothing does not take a
//! revision (`mvcc/kvstore.go`, `kvstore_txn.go`, `key_index.go`).
//!
//! A range of *k* keys among *n* costs O(log n + k); a put costs O(log n). A compaction
//! looks once at each change since the last one, and at nothing else; what survived earlier
//! ones stands in a map of its own, from the middle of which a version can leave.
//!
//! Beside the pairs a store holds all else that etcd replicates: leases with the keys that
//! hang on them, the alarms that are up, users and roles. Time is no part of it: when a lease
//! ends is decided by the leader, and what a token proves by each member.
//!
//! Nothing is undone here. Whatever can fail is found before the first change
//! (`etcdserver/apply.go`), but for one thing that stops a real etcd (see `txn.rs`).
//!
//! Limits: a transaction has at most [`crate::etcd::MAX_TXN_OPS`] operations and is
//! [`crate::etcd::MAX_TXN_DEPTH`] deep, a stream has
//! [`WATCHERS_MAX`] watchers, a batch that catches up [`WATCH_REVISIONS_MAX`] revisions. What
//! is kept is bounded by the quota, as far as members refuse what exceeds it
//! ([`cost_bytes`]).

mod access;
mod accounts;
mod alarms;
mod auth;
mod beside;
mod compaction;
mod hash;
mod history;
mod image;
mod key;
mod keys;
mod lease;
mod leases;
mod quota;
mod range;
mod shared;
mod store;
mod txn;
mod version;
mod watch;
mod write;

pub use access::AuthInfo;
pub use hash::hash_of_image;
pub use key::{Key, same_bytes};
pub use keys::KeyRange;
pub use lease::Lease;
pub use leases::MAX_LEASE_TTL_S;
pub use quota::{cost_bytes, request_cost_bytes};
pub use shared::SharedVersions;
pub use store::Catalog;
pub use version::{Revision, Version};
pub use watch::{WATCH_FRAGMENT_BYTES, WATCH_REVISIONS_MAX, WATCHERS_MAX, WatchStream, Watcher};
pub use write::{Changes, WriteTxn};
