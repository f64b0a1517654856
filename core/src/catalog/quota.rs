//! What is counted against the quota (`etcdserver/quota.go`).
//!
//! etcd compares the size of its file with the quota. A store in memory has no file, so what
//! is kept is counted as etcd estimates what a request will add.

use crate::etcd::{Operation, PutRequest, Request, RequestOp, RequestUnion, TxnRequest};

use super::Catalog;
use super::version::put_cost_bytes;

/// What each lease costs, in bytes (`leaseOverhead`).
pub(super) const LEASE_OVERHEAD_BYTES: u64 = 64;

/// What a write may add to a store, in bytes; `None` for one that is carried out whatever
/// the quota, such as a deletion. Of a transaction, the dearer of its branches counts.
///
/// While the NOSPACE alarm is up, what costs more than nothing is refused
/// (`etcdserver/apply.go`, `applierV3Capped`).
///
/// A put in a transaction within a transaction counts as well. etcd 3.4.23 forgets it, so
/// that such a put passes the alarm.
#[must_use]
pub fn cost_bytes(operation: &Operation) -> Option<u64> {
    match operation {
        Operation::Put(put) => Some(put_cost(put)),
        Operation::Txn(txn) => Some(txn_cost(txn)).filter(|&bytes| bytes > 0),
        Operation::LeaseGrant(_) => Some(LEASE_OVERHEAD_BYTES),
        _ => None,
    }
}

/// The same for a request that is not in the log yet.
#[must_use]
pub fn request_cost_bytes(request: &Request) -> Option<u64> {
    match request {
        Request::Put(put) => Some(put_cost(put)),
        Request::Txn(txn) => Some(txn_cost(txn)).filter(|&bytes| bytes > 0),
        Request::LeaseGrant(_) => Some(LEASE_OVERHEAD_BYTES),
        _ => None,
    }
}

fn put_cost(put: &PutRequest) -> u64 {
    put_cost_bytes(&put.key, &put.value)
}

fn txn_cost(txn: &TxnRequest) -> u64 {
    let branch = |ops: &[RequestOp]| ops.iter().map(op_cost).sum::<u64>();
    branch(&txn.success).max(branch(&txn.failure))
}

fn op_cost(op: &RequestOp) -> u64 {
    match &op.request {
        Some(RequestUnion::Put(put)) => put_cost(put),
        Some(RequestUnion::Txn(txn)) => txn_cost(txn),
        _ => 0,
    }
}

impl Catalog {
    /// What the store counts against the quota, in bytes: every version that is kept, and
    /// every lease.
    #[must_use]
    pub fn cost_bytes(&self) -> u64 {
        self.cost_bytes
    }

    /// What a put would bring the store's size to, in bytes, as the quota counts.
    #[must_use]
    pub fn cost_bytes_with(&self, key: &[u8], value: &[u8]) -> u64 {
        self.cost_bytes + put_cost_bytes(key, value)
    }
}
