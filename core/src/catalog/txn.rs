//! Transactions (`etcdserver/apply.go`, `Txn`).
//!
//! All conditions, those of the transactions within the transaction too, are judged by what
//! is there before anything is written; they decide which operations will be done. Then
//! those are looked over for what cannot be done, and only then the first is.

use std::cmp::Ordering;

use crate::etcd::{
    Compare, CompareResult, CompareTarget, Error, KeyValue, PutRequest, RangeRequest, RequestOp,
    RequestUnion, ResponseHeader, ResponseOp, ResponseUnion, TargetUnion, TxnRequest, TxnResponse,
};

use super::{Catalog, KeyRange, WriteTxn};

/// The branches that a transaction takes: its own, and after it those of the transactions in
/// the branch taken, each followed by what is in it.
struct Path(Vec<bool>);

impl Path {
    fn of(catalog: &Catalog, txn: &TxnRequest) -> Self {
        let mut path = Self(Vec::new());
        path.extend(catalog, txn);
        path
    }

    fn extend(&mut self, catalog: &Catalog, txn: &TxnRequest) {
        let succeeds = txn.compare.iter().all(|compare| holds(catalog, compare));
        self.0.push(succeeds);
        for op in branch(txn, succeeds) {
            if let Some(RequestUnion::Txn(inner)) = &op.request {
                self.extend(catalog, inner);
            }
        }
    }
}

fn branch(txn: &TxnRequest, succeeds: bool) -> &[RequestOp] {
    match succeeds {
        true => &txn.success,
        false => &txn.failure,
    }
}

/// Calls `visit` for every operation that will be done, but for the transactions in the
/// transaction, of which it sees what is in them.
fn each_op<'a>(
    txn: &'a TxnRequest,
    path: &mut impl Iterator<Item = bool>,
    visit: &mut impl FnMut(&'a RequestUnion) -> Result<(), Error>,
) -> Result<(), Error> {
    let succeeds = path.next().unwrap_or_default();
    for op in branch(txn, succeeds) {
        match &op.request {
            Some(RequestUnion::Txn(inner)) => each_op(inner, path, visit)?,
            Some(other) => visit(other)?,
            None => {}
        }
    }
    Ok(())
}

/// Whether a condition holds. A key that is not there compares as one whose numbers are all
/// 0; only its value equals nothing, and differs from nothing.
fn holds(catalog: &Catalog, compare: &Compare) -> bool {
    let range = KeyRange::new(&compare.key, &compare.range_end);
    let mut found = catalog.visible(&range, catalog.revision()).peekable();
    if found.peek().is_none() {
        return compare.target() != CompareTarget::Value && is_met(compare, &KeyValue::default());
    }
    found.all(|version| is_met(compare, &version.kv))
}

fn is_met(compare: &Compare, kv: &KeyValue) -> bool {
    // What is given of another kind than the target counts as 0, or as an empty value. A
    // target or a result that is none of etcd's finds all things equal, and all in order.
    let given = compare.target_union.as_ref();
    let order = match CompareTarget::from_i32(compare.target) {
        Some(CompareTarget::Version) => kv.version.cmp(&match given {
            Some(TargetUnion::Version(version)) => *version,
            _ => 0,
        }),
        Some(CompareTarget::Create) => kv.create_revision.cmp(&match given {
            Some(TargetUnion::CreateRevision(revision)) => *revision,
            _ => 0,
        }),
        Some(CompareTarget::Mod) => kv.mod_revision.cmp(&match given {
            Some(TargetUnion::ModRevision(revision)) => *revision,
            _ => 0,
        }),
        Some(CompareTarget::Lease) => kv.lease.cmp(&match given {
            Some(TargetUnion::Lease(lease)) => *lease,
            _ => 0,
        }),
        Some(CompareTarget::Value) => kv.value[..].cmp(match given {
            Some(TargetUnion::Value(value)) => value,
            _ => b"",
        }),
        None => Ordering::Equal,
    };
    match CompareResult::from_i32(compare.result) {
        Some(CompareResult::Equal) => order == Ordering::Equal,
        Some(CompareResult::NotEqual) => order != Ordering::Equal,
        Some(CompareResult::Greater) => order == Ordering::Greater,
        Some(CompareResult::Less) => order == Ordering::Less,
        None => true,
    }
}

/// `checkRequestPut`: whether a put can be done.
fn check_put(catalog: &Catalog, put: &PutRequest) -> Result<(), Error> {
    if (put.ignore_value || put.ignore_lease) && catalog.get(&put.key).is_none() {
        return Err(Error::KeyNotFound);
    }
    if put.lease != 0 && catalog.lease(put.lease).is_none() {
        return Err(Error::LeaseNotFound);
    }
    Ok(())
}

/// `checkRequestRange`: whether a range can be read. Unlike alone, a revision below 0 is too
/// low here once something was compacted.
fn check_range(catalog: &Catalog, range: &RangeRequest) -> Result<(), Error> {
    match range.revision {
        0 => Ok(()),
        revision if revision > catalog.revision() => Err(Error::FutureRevision),
        revision if revision < catalog.compacted() => Err(Error::Compacted),
        _ => Ok(()),
    }
}

/// Refuses what cannot be done. All puts are looked at before the first range.
fn check(catalog: &Catalog, txn: &TxnRequest, path: &Path) -> Result<(), Error> {
    let steps = || path.0.iter().copied();
    each_op(txn, &mut steps(), &mut |op| match op {
        RequestUnion::Put(put) => check_put(catalog, put),
        _ => Ok(()),
    })?;
    each_op(txn, &mut steps(), &mut |op| match op {
        RequestUnion::Range(range) => check_range(catalog, range),
        _ => Ok(()),
    })
}

/// Whether an operation may fail that was looked over: a put that keeps what is there fails
/// if the transaction has deleted it. etcd stops the whole member then ("unexpected error
/// during txn").
fn may_fail_midway(txn: &TxnRequest, path: &Path) -> bool {
    let (mut keeps, mut deletes) = (false, false);
    let looked = each_op(txn, &mut path.0.iter().copied(), &mut |op| {
        match op {
            RequestUnion::Put(put) => keeps |= put.ignore_value || put.ignore_lease,
            RequestUnion::DeleteRange(_) => deletes = true,
            RequestUnion::Range(_) | RequestUnion::Txn(_) => {}
        }
        Ok(())
    });
    looked.is_ok() && keeps && deletes
}

impl Catalog {
    /// Answers a transaction that only reads, as [`TxnRequest::is_read_only`] says.
    ///
    /// # Errors
    /// A revision that is compacted or still to come; an operation that does not only read.
    pub fn read_txn(&self, request: &TxnRequest) -> Result<TxnResponse, Error> {
        let path = Path::of(self, request);
        check(self, request, &path)?;
        let succeeded = path.0.first().copied().unwrap_or_default();
        let mut responses = Vec::new();
        for op in branch(request, succeeded) {
            let Some(RequestUnion::Range(range)) = &op.request else {
                return Err(Error::KeyNotFound);
            };
            responses.push(answer(ResponseUnion::Range(self.range(range)?)));
        }
        Ok(TxnResponse {
            header: Some(ResponseHeader {
                revision: self.revision(),
                ..ResponseHeader::default()
            }),
            succeeded,
            responses,
        })
    }
}

impl WriteTxn<'_> {
    /// Carries a transaction out that [`crate::etcd::Request::check`] let pass.
    ///
    /// # Errors
    /// What an operation of the branch taken fails for; nothing has changed then.
    pub fn txn(&mut self, request: &TxnRequest) -> Result<TxnResponse, Error> {
        let path = Path::of(self.catalog, request);
        check(self.catalog, request, &path)?;
        let before =
            may_fail_midway(request, &path).then(|| (self.catalog.clone(), self.changes.clone()));
        match self.carry_out(request, &mut path.0.iter().copied()) {
            Ok(response) => Ok(TxnResponse {
                header: Some(self.header()),
                ..response
            }),
            Err(error) => {
                if let Some((catalog, changes)) = before {
                    *self.catalog = catalog;
                    self.changes = changes;
                }
                Err(error)
            }
        }
    }

    /// The answer to a transaction within the transaction has an empty header, as etcd's.
    fn carry_out(
        &mut self,
        request: &TxnRequest,
        path: &mut impl Iterator<Item = bool>,
    ) -> Result<TxnResponse, Error> {
        let succeeded = path.next().unwrap_or_default();
        let ops = branch(request, succeeded);
        let mut responses = Vec::with_capacity(ops.len());
        for op in ops {
            responses.push(match &op.request {
                Some(RequestUnion::Range(range)) => {
                    let response = self.catalog.range_at(range, self.revision())?;
                    answer(ResponseUnion::Range(response))
                }
                Some(RequestUnion::Put(put)) => answer(ResponseUnion::Put(self.put(put)?)),
                Some(RequestUnion::DeleteRange(delete)) => {
                    answer(ResponseUnion::DeleteRange(self.delete_range(delete)))
                }
                Some(RequestUnion::Txn(inner)) => {
                    answer(ResponseUnion::Txn(self.carry_out(inner, path)?))
                }
                None => ResponseOp::default(),
            });
        }
        Ok(TxnResponse {
            header: Some(ResponseHeader::default()),
            succeeded,
            responses,
        })
    }
}

fn answer(response: ResponseUnion) -> ResponseOp {
    ResponseOp {
        response: Some(response),
    }
}
