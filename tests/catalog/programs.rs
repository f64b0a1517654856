//! Requests drawn at random, over so few keys that they collide.

use glassraft_core::catalog::{Catalog, Changes};
use glassraft_core::etcd::{
    Compare, DeleteRangeRequest, Error, PutRequest, RangeRequest, Request, RequestOp, TargetUnion,
    TxnRequest, TxnResponse,
};
use glassraft_tests::recordings::Random;
use prost::bytes::Bytes;

use crate::model::Model;
use crate::op;

/// What is asked of a store.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    Put(PutRequest),
    Delete(DeleteRangeRequest),
    Txn(TxnRequest),
    Range(RangeRequest),
    Compact(i64),
    Grant(i64),
    Revoke(i64),
}

/// The leases that there may be.
const LEASES: u64 = 4;

fn key(random: &mut Random) -> Bytes {
    let keys = ["a", "ab", "b", "c", "d", "dd", "e", "\0", "\u{7f}"];
    keys[random.place(keys.len())].into()
}

fn value(random: &mut Random) -> Bytes {
    Bytes::from("x".repeat(random.place(4)))
}

fn range_end(random: &mut Random) -> Bytes {
    match random.below(6) {
        0..3 => Bytes::new(),
        3 => "\0".into(),
        _ => key(random),
    }
}

fn lease(random: &mut Random) -> i64 {
    let lease = i64::try_from(random.below(LEASES) + 1).expect("few leases");
    if random.chance(50) { 0 } else { lease }
}

/// A revision about those of the store, sometimes none.
pub(crate) fn revision(random: &mut Random, newest: i64) -> i64 {
    match random.below(8) {
        0..4 => 0,
        4 => -1,
        5 => newest + 1,
        _ => i64::try_from(random.magnitude(20)).expect("small") % (newest + 1),
    }
}

fn put(random: &mut Random) -> PutRequest {
    let ignore_value = random.chance(12);
    let ignore_lease = random.chance(12);
    PutRequest {
        key: key(random),
        value: if ignore_value {
            Bytes::new()
        } else {
            value(random)
        },
        lease: if ignore_lease { 0 } else { lease(random) },
        prev_kv: random.chance(50),
        ignore_value,
        ignore_lease,
    }
}

fn delete(random: &mut Random) -> DeleteRangeRequest {
    DeleteRangeRequest {
        key: key(random),
        range_end: range_end(random),
        prev_kv: random.chance(50),
    }
}

pub(crate) fn range(random: &mut Random, newest: i64) -> RangeRequest {
    let mut bound = || match random.below(5) {
        0 => i64::try_from(random.below(40)).expect("small"),
        _ => 0,
    };
    RangeRequest {
        min_mod_revision: bound(),
        max_mod_revision: bound(),
        min_create_revision: bound(),
        max_create_revision: bound(),
        key: key(random),
        range_end: range_end(random),
        limit: i64::try_from(random.below(5)).expect("small") - 1,
        revision: revision(random, newest),
        sort_order: i32::try_from(random.below(3)).expect("small"),
        sort_target: i32::try_from(random.below(5)).expect("small"),
        serializable: random.chance(50),
        keys_only: random.chance(20),
        count_only: random.chance(20),
    }
}

fn compare(random: &mut Random) -> Compare {
    let number = i64::try_from(random.below(30)).expect("small");
    let small = number % 4;
    Compare {
        result: i32::try_from(random.below(4)).expect("small"),
        target: i32::try_from(random.below(5)).expect("small"),
        key: key(random),
        target_union: match random.below(7) {
            0 => Some(TargetUnion::Version(small)),
            1 => Some(TargetUnion::CreateRevision(number)),
            2 => Some(TargetUnion::ModRevision(number)),
            3 => Some(TargetUnion::Value(value(random))),
            4 => Some(TargetUnion::Lease(small)),
            _ => None,
        },
        range_end: range_end(random),
    }
}

fn txn(random: &mut Random, newest: i64, depth: u32) -> TxnRequest {
    let ops = |random: &mut Random| -> Vec<RequestOp> {
        let one = |random: &mut Random| match random.below(8) {
            0..3 => op(put(random)),
            3..5 => op(delete(random)),
            5 if depth > 0 => op(txn(random, newest, depth - 1)),
            _ => op(range(random, newest)),
        };
        (0..random.below(4)).map(|_| one(random)).collect()
    };
    let (success, failure) = (ops(random), ops(random));
    TxnRequest {
        compare: (0..random.below(3)).map(|_| compare(random)).collect(),
        success,
        failure,
    }
}

/// Something to ask; what the API layer refuses is not asked.
pub(crate) fn deed(random: &mut Random, newest: i64) -> Deed {
    loop {
        let deed = match random.below(20) {
            0..7 => Deed::Put(put(random)),
            7..9 => Deed::Delete(delete(random)),
            9..14 => Deed::Txn(txn(random, newest, 2)),
            14..17 => Deed::Range(range(random, newest)),
            17 => Deed::Compact(revision(random, newest)),
            18 => Deed::Grant(i64::try_from(random.below(LEASES) + 1).expect("few leases")),
            _ => Deed::Revoke(i64::try_from(random.below(LEASES) + 1).expect("few leases")),
        };
        let request = match &deed {
            Deed::Put(put) => Request::Put(put.clone()),
            Deed::Delete(delete) => Request::DeleteRange(delete.clone()),
            Deed::Txn(txn) => Request::Txn(txn.clone()),
            _ => return deed,
        };
        if request.check().is_ok() {
            return deed;
        }
    }
}

/// Does it to the store. Returns the changes, and the answer as one can compare it.
pub(crate) fn ask(catalog: &mut Catalog, deed: &Deed) -> (Changes, String) {
    let mut changes = Changes::new();
    let answer = match deed {
        Deed::Put(put) => {
            let mut write = catalog.write();
            let answer = write.put(put);
            changes = write.end();
            format!("{answer:?}")
        }
        Deed::Delete(delete) => {
            let mut write = catalog.write();
            let answer = write.delete_range(delete);
            changes = write.end();
            format!("{answer:?}")
        }
        Deed::Txn(txn) => {
            let reads = txn.is_read_only().then(|| catalog.read_txn(txn));
            let mut write = catalog.write();
            let answer = write.txn(txn);
            changes = write.end();
            if let Some(read) = reads {
                assert_eq!(read, answer, "read alone: {txn:?}");
            }
            format!("{answer:?}")
        }
        Deed::Range(range) => format!("{:?}", catalog.range(range)),
        Deed::Compact(revision) => format!("{:?}", catalog.compact(*revision)),
        Deed::Grant(id) => {
            let granted = catalog.grant_lease(*id, 60, 2);
            format!("{:?}", granted.map(|granted| granted.ttl))
        }
        Deed::Revoke(id) => {
            let revoked = catalog.revoke_lease(*id, None);
            let answer = format!("{:?}", revoked.as_ref().map(|_| ()));
            changes = revoked.unwrap_or_default();
            answer
        }
    };
    (changes, answer)
}

/// Does it to the model. A transaction may stop a real member midway; the model then says so.
pub(crate) fn ask_model(model: &mut Model, deed: &Deed) -> String {
    match deed {
        Deed::Put(put) => format!("{:?}", model.put(put)),
        Deed::Delete(delete) => format!("{:?}", model.delete_range(delete)),
        Deed::Txn(txn) => {
            let answer: Result<TxnResponse, Error> = model.txn(txn);
            format!("{answer:?}")
        }
        Deed::Range(range) => format!("{:?}", model.range(range)),
        Deed::Compact(revision) => format!("{:?}", model.compact(*revision)),
        Deed::Grant(id) => {
            let granted = match model.leases.contains_key(id) {
                true => Err(Error::LeaseExists),
                false => Ok(60),
            };
            model.leases.entry(*id).or_insert(60);
            format!("{granted:?}")
        }
        Deed::Revoke(id) => format!("{:?}", model.revoke(*id)),
    }
}
