//! Granting and revoking leases, and what hangs on them (`lease/lessor.go`).

use std::sync::Arc;

use crate::etcd::{Error, LeaseGrantResponse, ResponseHeader};

use super::quota::LEASE_OVERHEAD_BYTES;
use super::{Catalog, Changes, Key, Lease, SharedVersions, Version};

/// The longest time to live of a lease, in seconds (`lease/lessor.go`, `MaxLeaseTTL`).
pub const MAX_LEASE_TTL_S: i64 = 9_000_000_000;

impl Catalog {
    /// The leases by ascending identifier.
    pub fn leases(&self) -> impl Iterator<Item = (i64, &Lease)> {
        let leases = self.beside.leases.iter();
        leases.map(|(&id, lease)| (id, &**lease))
    }

    /// A lease.
    #[must_use]
    pub fn lease(&self, id: i64) -> Option<&Lease> {
        self.beside.leases.get(&id).map(|lease| &**lease)
    }

    /// Grants a lease. One that would live for less than `min_ttl` seconds lives for so
    /// long (`lease/lessor.go`, `Grant`). The identifier is the member's choice before the
    /// request goes into the log, so 0 is none.
    ///
    /// # Errors
    /// There is no identifier, the time is above [`MAX_LEASE_TTL_S`], or the lease is there
    /// already.
    pub fn grant_lease(
        &mut self,
        id: i64,
        ttl: i64,
        min_ttl: i64,
    ) -> Result<LeaseGrantResponse, Error> {
        if id == 0 {
            return Err(Error::LeaseNotFound);
        }
        if ttl > MAX_LEASE_TTL_S {
            return Err(Error::LeaseTtlTooLarge);
        }
        if self.lease(id).is_some() {
            return Err(Error::LeaseExists);
        }
        let ttl = ttl.max(min_ttl);
        self.add_lease(id, Lease::new(ttl));
        Ok(LeaseGrantResponse {
            header: Some(ResponseHeader {
                revision: self.revision(),
                ..ResponseHeader::default()
            }),
            id,
            ttl,
            error: String::new(),
        })
    }

    /// Ends a lease and deletes its keys, in ascending order and in one revision. Returns
    /// the deletions.
    ///
    /// # Errors
    /// There is no such lease.
    pub fn revoke_lease(
        &mut self,
        id: i64,
        shared: Option<&mut SharedVersions>,
    ) -> Result<Changes, Error> {
        let lease = self.beside.leases.get(&id).ok_or(Error::LeaseNotFound)?;
        let keys = lease.keys().cloned().collect::<Vec<Key>>();
        let mut txn = match shared {
            Some(shared) => self.write_sharing(shared),
            None => self.write(),
        };
        for key in &keys {
            txn.bury(&key.0);
        }
        let changes = txn.end();
        Arc::make_mut(&mut self.beside).leases.remove(&id);
        self.cost_bytes -= LEASE_OVERHEAD_BYTES;
        Ok(changes)
    }

    /// Takes a lease in as it is.
    pub(super) fn add_lease(&mut self, id: i64, lease: Lease) {
        let leases = &mut Arc::make_mut(&mut self.beside).leases;
        leases.insert(id, Arc::new(lease));
        self.cost_bytes += LEASE_OVERHEAD_BYTES;
    }

    /// Has a key that changed hang on the lease of its new version, and on no other.
    pub(super) fn attach(&mut self, version: &Version, previous: Option<&Version>) {
        let before = previous.map_or(0, |previous| previous.kv.lease);
        let now = version.kv.lease;
        // Nearly always there is neither.
        if before == now {
            return;
        }
        let leases = &mut Arc::make_mut(&mut self.beside).leases;
        let key = Key::from(&version.kv.key);
        if let Some(lease) = leases.get_mut(&before) {
            Arc::make_mut(lease).detach(&key);
        }
        if let Some(lease) = leases.get_mut(&now) {
            Arc::make_mut(lease).attach(key);
        }
    }
}
