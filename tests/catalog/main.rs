//! The catalog alone: without Raft, beside a model of it, and beside what etcd 3.4.23 did.
#![cfg(not(target_arch = "wasm32"))]

mod auth;
mod compaction;
mod desk;
mod hashes;
mod histories;
mod model;
mod programs;
mod transactions;
mod watched;
mod watches;

use glassraft_core::catalog::{Catalog, Changes};
use glassraft_core::etcd::{
    Compare, DeleteRangeRequest, Error, PutRequest, RangeRequest, RequestOp, RequestUnion,
    ResponseHeader, TxnRequest, TxnResponse,
};

fn put(key: &str, value: &str) -> PutRequest {
    PutRequest {
        key: key.to_owned().into(),
        value: value.to_owned().into(),
        ..PutRequest::default()
    }
}

fn delete(key: &str, range_end: &str) -> DeleteRangeRequest {
    DeleteRangeRequest {
        key: key.to_owned().into(),
        range_end: range_end.to_owned().into(),
        ..DeleteRangeRequest::default()
    }
}

fn range(key: &str, range_end: &str, revision: i64) -> RangeRequest {
    RangeRequest {
        key: key.to_owned().into(),
        range_end: range_end.to_owned().into(),
        revision,
        ..RangeRequest::default()
    }
}

fn op(request: impl Into<Op>) -> RequestOp {
    let Op(request) = request.into();
    RequestOp {
        request: Some(request),
    }
}

/// An operation of a transaction, of any kind.
struct Op(RequestUnion);

impl From<PutRequest> for Op {
    fn from(put: PutRequest) -> Self {
        Self(RequestUnion::Put(put))
    }
}

impl From<DeleteRangeRequest> for Op {
    fn from(delete: DeleteRangeRequest) -> Self {
        Self(RequestUnion::DeleteRange(delete))
    }
}

impl From<RangeRequest> for Op {
    fn from(range: RangeRequest) -> Self {
        Self(RequestUnion::Range(range))
    }
}

impl From<TxnRequest> for Op {
    fn from(txn: TxnRequest) -> Self {
        Self(RequestUnion::Txn(txn))
    }
}

fn txn(
    compare: impl Into<Vec<Compare>>,
    success: impl Into<Vec<RequestOp>>,
    failure: impl Into<Vec<RequestOp>>,
) -> TxnRequest {
    TxnRequest {
        compare: compare.into(),
        success: success.into(),
        failure: failure.into(),
    }
}

fn header(revision: i64) -> Option<ResponseHeader> {
    Some(ResponseHeader {
        revision,
        ..ResponseHeader::default()
    })
}

fn do_put(catalog: &mut Catalog, key: &str, value: &str) -> Changes {
    let mut write = catalog.write();
    write.put(&put(key, value)).expect("a plain put");
    write.end()
}

fn do_delete(catalog: &mut Catalog, key: &str, range_end: &str) -> Changes {
    let mut write = catalog.write();
    write.delete_range(&delete(key, range_end));
    write.end()
}

fn do_txn(catalog: &mut Catalog, request: &TxnRequest) -> Result<TxnResponse, Error> {
    let mut write = catalog.write();
    let result = write.txn(request);
    let changes = write.end();
    assert!(result.is_ok() || changes.is_empty(), "{request:?}");
    result
}

/// The keys that a range finds, with their mod revisions.
fn keys(catalog: &Catalog, request: &RangeRequest) -> Result<Vec<(String, i64)>, Error> {
    let found = catalog.range(request)?.kvs;
    let text = |key: &[u8]| String::from_utf8_lossy(key).into_owned();
    let keys = found.iter().map(|kv| (text(&kv.key), kv.mod_revision));
    Ok(keys.collect())
}
