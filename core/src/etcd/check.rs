//! What the API layer refuses before anything else happens (`etcdserver/api/v3rpc/key.go`).

use crate::order::sort_long;

use super::{
    DeleteRangeRequest, Error, PutRequest, RangeRequest, Request, RequestOp, RequestUnion,
    SortTarget, TxnRequest,
};

/// The most operations of a transaction (`embed/config.go`, `DefaultMaxTxnOps`).
pub const MAX_TXN_OPS: usize = 128;

/// The most transactions within each other. etcd has no such limit but the number of
/// operations; here what is in the log is read by a codec that stops at a hundred messages
/// within each other, and a transaction takes two.
pub const MAX_TXN_DEPTH: usize = 32;

impl Request {
    /// What the API layer refuses before anything else happens.
    ///
    /// # Errors
    /// The error that etcd answers.
    pub fn check(&self) -> Result<(), Error> {
        match self {
            Self::Range(range) => check_range(range),
            Self::Put(put) => check_put(put),
            Self::DeleteRange(delete) => check_delete(delete),
            Self::Txn(txn) => {
                check_txn(txn, MAX_TXN_OPS, MAX_TXN_DEPTH)?;
                Reach::of(&txn.success)?;
                Reach::of(&txn.failure)?;
                Ok(())
            }
            // etcd 3.4.23 forgets to look, and every member stops (`auth/store.go`).
            Self::RoleGrantPermission(grant) if grant.perm.is_none() => Err(Error::EmptyKey),
            _ => Ok(()),
        }
    }
}

impl TxnRequest {
    /// Whether it only reads, whichever branch it takes, so that it need not go through the
    /// log (`etcdserver/v3_server.go`, `isTxnReadonly`).
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.all_ops(&|op| matches!(op, Some(RequestUnion::Range(_))))
    }

    /// Whether any member may answer it at once, however stale (`etcdserver/v3_server.go`,
    /// `isTxnSerializable`).
    #[must_use]
    pub fn is_serializable(&self) -> bool {
        self.all_ops(&|op| matches!(op, Some(RequestUnion::Range(range)) if range.serializable))
    }

    fn all_ops(&self, meets: &dyn Fn(&Option<RequestUnion>) -> bool) -> bool {
        let mut ops = self.success.iter().chain(&self.failure);
        ops.all(|op| meets(&op.request))
    }
}

fn check_range(range: &RangeRequest) -> Result<(), Error> {
    if range.key.is_empty() {
        return Err(Error::EmptyKey);
    }
    // etcd 3.4.23 forgets to look, and every member stops that is asked for it. An order
    // that is none it takes for "as stored". (Later versions refuse both.)
    if !SortTarget::is_valid(range.sort_target) {
        return Err(Error::InvalidSortOption);
    }
    Ok(())
}

fn check_put(put: &PutRequest) -> Result<(), Error> {
    if put.key.is_empty() {
        return Err(Error::EmptyKey);
    }
    if put.ignore_value && !put.value.is_empty() {
        return Err(Error::ValueProvided);
    }
    if put.ignore_lease && put.lease != 0 {
        return Err(Error::LeaseProvided);
    }
    Ok(())
}

fn check_delete(delete: &DeleteRangeRequest) -> Result<(), Error> {
    match delete.key.is_empty() {
        true => Err(Error::EmptyKey),
        false => Ok(()),
    }
}

/// `checkTxnRequest`. The longest of the three lists counts; what is left of the limit is
/// that of each transaction within.
fn check_txn(txn: &TxnRequest, ops_max: usize, depth_max: usize) -> Result<(), Error> {
    let depth_left = depth_max.checked_sub(1).ok_or(Error::TooManyOps)?;
    let ops = txn.compare.len().max(txn.success.len());
    let ops = ops.max(txn.failure.len());
    let Some(ops_left) = ops_max.checked_sub(ops) else {
        return Err(Error::TooManyOps);
    };
    if txn.compare.iter().any(|compare| compare.key.is_empty()) {
        return Err(Error::EmptyKey);
    }
    for op in txn.success.iter().chain(&txn.failure) {
        match &op.request {
            Some(RequestUnion::Range(range)) => check_range(range)?,
            Some(RequestUnion::Put(put)) => check_put(put)?,
            Some(RequestUnion::DeleteRange(delete)) => check_delete(delete)?,
            Some(RequestUnion::Txn(inner)) => check_txn(inner, ops_left, depth_left)?,
            None => return Err(Error::KeyNotFound),
        }
    }
    Ok(())
}

/// From a key up to, and without, another; of a single key the other is nothing.
type Span<'a> = (&'a [u8], &'a [u8]);

/// What a list of operations may change (`checkIntervals`).
#[derive(Default)]
struct Reach<'a> {
    /// The keys that are put, ascending, each once.
    puts: Vec<Span<'a>>,
    /// The keys and ranges that are deleted; ranges ascend, and neither overlap nor touch.
    deletes: Vec<Span<'a>>,
}

impl<'a> Reach<'a> {
    /// What operations may change. A key may be put once, and not be deleted as well: then
    /// the order would matter, and revisions could not tell it. The branches of one
    /// transaction exclude each other, so both may put the same key.
    ///
    /// Two things pass, as in etcd: a range to the end of the keys (`\0`) is compared as if
    /// it ended before any key; and what a transaction within puts may be deleted by a later
    /// one.
    fn of(ops: &'a [RequestOp]) -> Result<Self, Error> {
        let mut reach = Self::default();
        for op in ops {
            if let Some(RequestUnion::DeleteRange(delete)) = &op.request {
                reach.deletes.push((&delete.key, &delete.range_end));
            }
        }
        unite(&mut reach.deletes);
        for op in ops {
            if let Some(RequestUnion::Txn(inner)) = &op.request {
                let mut either = Self::of(&inner.success)?;
                let other = Self::of(&inner.failure)?;
                either.puts.extend(other.puts);
                sort_long(&mut either.puts, Ord::cmp);
                either.puts.dedup();
                reach.check_deletes(&either.puts)?;
                reach.puts.extend(either.puts);
                reach.deletes.extend(either.deletes);
                reach.deletes.extend(other.deletes);
                unite(&mut reach.deletes);
            }
        }
        let first_own = reach.puts.len();
        for op in ops {
            if let Some(RequestUnion::Put(put)) = &op.request {
                reach.puts.push((&put.key, &[]));
            }
        }
        reach.check_deletes(&reach.puts[first_own..])?;
        sort_long(&mut reach.puts, Ord::cmp);
        match reach.puts.windows(2).any(|pair| pair[0] == pair[1]) {
            true => Err(Error::DuplicateKey),
            false => Ok(reach),
        }
    }

    fn check_deletes(&self, puts: &[Span<'a>]) -> Result<(), Error> {
        match puts.iter().any(|(key, _)| self.deletes(key)) {
            true => Err(Error::DuplicateKey),
            false => Ok(()),
        }
    }

    fn deletes(&self, key: &[u8]) -> bool {
        let after = self.deletes.partition_point(|(first, _)| *first <= key);
        after.checked_sub(1).is_some_and(|place| {
            let (first, end) = self.deletes[place];
            first == key || key < end
        })
    }
}

/// Sorts keys and ranges, and makes one of those that overlap. A single key stays by itself
/// unless it lies in a range.
fn unite(spans: &mut Vec<Span<'_>>) {
    sort_long(spans, Ord::cmp);
    let mut united: Vec<Span<'_>> = Vec::with_capacity(spans.len());
    for &(first, end) in spans.iter() {
        match united.last_mut() {
            Some((_, last_end)) if first < *last_end => *last_end = end.max(*last_end),
            // A single key, then a range from it on.
            Some((last, last_end)) if first == *last => *last_end = end.max(*last_end),
            // What ends before it begins has no key in it.
            _ if !end.is_empty() && end <= first => {}
            _ => united.push((first, end)),
        }
    }
    *spans = united;
}
