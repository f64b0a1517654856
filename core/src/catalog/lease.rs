//! A lease, as far as it is replicated (`lease/lessor.go`): how long it lives, which keys hang
//! on it. How much time it has left is known to the leader alone.

use std::sync::Arc;

use imbl::OrdMap;

use super::Key;

/// All leases by their identifiers.
pub(super) type Leases = OrdMap<i64, Arc<Lease>>;

/// A lease.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    ttl: i64,
    keys: OrdMap<Key, ()>,
}

impl Lease {
    pub(super) fn new(ttl: i64) -> Self {
        Self {
            ttl,
            keys: OrdMap::new(),
        }
    }

    /// How long it lives without being kept alive, in seconds.
    #[must_use]
    pub fn ttl(&self) -> i64 {
        self.ttl
    }

    /// The keys that are deleted with it, in ascending order.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.keys()
    }

    pub(super) fn attach(&mut self, key: Key) {
        self.keys.insert(key, ());
    }

    pub(super) fn detach(&mut self, key: &[u8]) {
        self.keys.remove(key);
    }
}
