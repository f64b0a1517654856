//! A lease, as far as it is replicated (`lease/lessor.go`): how long it lives, which keys hang
//! on it. How much time it has left is known to the leader alone.

use std::sync::Arc;

use crate::order::Ascending;

use super::Key;

/// All leases by their identifiers. (Lists, not persistent maps: what a store holds beside
/// its pairs is shared as a whole, and each type of such a map is 9 kB of the page's code.)
pub(super) type Leases = Ascending<i64, Arc<Lease>>;

/// A lease.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    ttl: i64,
    keys: Ascending<Key, ()>,
}

impl Lease {
    pub(super) fn new(ttl: i64) -> Self {
        Self {
            ttl,
            keys: Ascending::default(),
        }
    }

    /// How long it lives without being kept alive, in seconds.
    #[must_use]
    pub fn ttl(&self) -> i64 {
        self.ttl
    }

    /// The keys that are deleted with it, in ascending order.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter().map(|(key, ())| key)
    }

    pub(super) fn attach(&mut self, key: Key) {
        self.keys.insert(key, ());
    }

    pub(super) fn detach(&mut self, key: &Key) {
        self.keys.remove(key);
    }
}
