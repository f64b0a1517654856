//! How much time leases have left, as a leader's picture shows it.

use std::sync::Arc;

use crate::member::{LeaseDeadline, Micros};
use crate::order::Ascending;

/// The time of a lease that is burning down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTime {
    /// How long it lives without being kept alive, in seconds.
    pub ttl_s: i64,
    /// When it was granted, was kept alive or got another leader, in µs.
    pub since: Micros,
    /// When it expires, if nobody keeps it alive, in µs.
    pub expires_at: Micros,
}

/// The times of all leases, by identifier. Frames of the past share it while nothing changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeaseTimes(Arc<Ascending<i64, LeaseTime>>);

impl LeaseTimes {
    /// The time of a lease.
    #[must_use]
    pub fn get(&self, lease: i64) -> Option<&LeaseTime> {
        self.0.get(&lease)
    }

    /// All of them, by ascending identifier.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &LeaseTime)> {
        self.0.iter().map(|(lease, time)| (*lease, time))
    }

    pub(super) fn take(&mut self, at: Micros, deadlines: &[LeaseDeadline]) {
        if deadlines.is_empty() {
            return;
        }
        let times = Arc::make_mut(&mut self.0);
        for deadline in deadlines {
            match deadline.expires_at {
                Some(expires_at) => {
                    let time = LeaseTime {
                        ttl_s: deadline.ttl_s,
                        since: at,
                        expires_at,
                    };
                    times.insert(deadline.lease, time);
                }
                None => {
                    times.remove(&deadline.lease);
                }
            }
        }
    }

    pub(super) fn clear(&mut self) {
        if !self.0.is_empty() {
            *self = Self::default();
        }
    }
}
