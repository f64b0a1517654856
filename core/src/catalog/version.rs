//! One change of one key, and its place among all changes.

use crate::etcd::KeyValue;

/// The place of one change in the history of a store (`mvcc/revision.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision {
    /// The transaction, from 2 on; 1 is the empty store.
    pub main: i64,
    /// The change in the transaction, from 0.
    pub sub: i64,
}

/// What each version costs beside its key and value, in bytes (`etcdserver/quota.go`,
/// `kvOverhead`).
const VERSION_OVERHEAD_BYTES: u64 = 256;

/// What a put counts against the quota, in bytes (`etcdserver/quota.go`, `costPut`).
pub(super) fn put_cost_bytes(key: &[u8], value: &[u8]) -> u64 {
    VERSION_OVERHEAD_BYTES + key.len() as u64 + value.len() as u64
}

/// One change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The pair; of a deletion, the key and the mod revision alone, as in etcd's events.
    pub kv: KeyValue,
    /// Its place within its transaction.
    pub sub: i64,
    /// Whether the change deleted the key.
    pub deleted: bool,
}

impl Version {
    /// Where the change stands in the history.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision {
            main: self.kv.mod_revision,
            sub: self.sub,
        }
    }

    /// What it counts against the quota, in bytes.
    pub(super) fn cost_bytes(&self) -> u64 {
        put_cost_bytes(&self.kv.key, &self.kv.value)
    }
}
