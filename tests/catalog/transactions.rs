//! Transactions, leases, alarms and costs, where a model cannot speak: what is refused, and
//! what an etcd 3.4.23 did in odd cases.

use glassraft_core::catalog::{Catalog, cost_bytes};
use glassraft_core::etcd::{
    AlarmRequest, AlarmType, Compare, Error, InternalRaftRequest, MAX_TXN_DEPTH, MAX_TXN_OPS,
    Operation, Request, RequestOp, TargetUnion, TxnRequest,
};

use prost::Message as _;

use crate::{delete, do_put, do_txn, keys, op, put, range, txn};

fn check(request: TxnRequest) -> Result<(), Error> {
    Request::Txn(request).check()
}

fn all(ops: impl Into<Vec<RequestOp>>) -> TxnRequest {
    txn([], ops, [])
}

#[test]
fn a_key_is_changed_once() {
    let twice = || [op(put("d", "1")), op(put("d", "2"))];
    let inner = |ops: Vec<RequestOp>| op(all(ops));
    let duplicate = Err(Error::DuplicateKey);
    assert_eq!(check(all(twice())), duplicate);
    assert_eq!(check(txn([], [], twice())), duplicate);
    assert_eq!(
        check(all([op(put("d", "1")), op(delete("a", "z"))])),
        duplicate
    );
    assert_eq!(
        check(all([op(put("d", "1")), op(delete("d", ""))])),
        duplicate
    );
    assert_eq!(
        check(all([op(put("d", "1")), op(delete("a", "d"))])),
        Ok(())
    );
    assert_eq!(
        check(all([op(delete("d", "")), op(delete("a", "z"))])),
        Ok(())
    );
    assert_eq!(
        check(all([inner(vec![op(put("d", ""))]), op(put("d", ""))])),
        duplicate
    );
    // The branches of one transaction exclude each other; those of two do not.
    let either = || op(txn([], [op(put("d", "1"))], [op(put("d", "2"))]));
    assert_eq!(check(all([either()])), Ok(()));
    assert_eq!(check(all([either(), either()])), duplicate);
    // As etcd's interval tree has it.
    assert_eq!(
        check(all([op(put("b", "")), op(delete("a", "\0"))])),
        Ok(())
    );
    assert_eq!(check(all([op(delete("z", "b")), op(put("z", ""))])), Ok(()));
    let (puts, deletes) = (vec![op(put("a", ""))], vec![op(delete("a", ""))]);
    assert_eq!(
        check(all([inner(puts.clone()), inner(deletes.clone())])),
        Ok(())
    );
    assert_eq!(
        check(all([inner(deletes.clone()), inner(puts.clone())])),
        duplicate
    );
    assert_eq!(check(all([puts[0].clone(), inner(deletes)])), duplicate);
}

#[test]
fn overlaps_are_found_among_many_deletions() {
    for (first, end) in [("c", ""), ("b", "d"), ("a", "cc"), ("c", "z")] {
        let mut ops = vec![op(put("c", ""))];
        for (other, other_end) in [("a", "b"), ("a", "ab"), ("d", "f"), ("e", "g"), ("x", "")] {
            ops.push(op(delete(other, other_end)));
        }
        assert_eq!(check(all(ops.clone())), Ok(()));
        ops.insert(3, op(delete(first, end)));
        assert_eq!(check(all(ops)), Err(Error::DuplicateKey), "{first}..{end}");
    }
}

#[test]
fn operations_are_counted() {
    let puts = |number: usize| -> Vec<RequestOp> {
        (0..number).map(|n| op(put(&format!("k{n}"), ""))).collect()
    };
    assert_eq!(MAX_TXN_OPS, 128);
    assert_eq!(check(all(puts(128))), Ok(()));
    assert_eq!(check(all(puts(129))), Err(Error::TooManyOps));
    assert_eq!(check(txn([], puts(128), puts(128))), Ok(()));
    // One within has what is left.
    let nested = |number| all([op(all(puts(number)))]);
    assert_eq!(check(nested(127)), Ok(()));
    assert_eq!(check(nested(128)), Err(Error::TooManyOps));
}

#[test]
fn every_operation_is_looked_at_as_alone() {
    let empty = || vec![RequestOp::default()];
    assert_eq!(check(all(empty())), Err(Error::KeyNotFound));
    assert_eq!(check(txn([], [], empty())), Err(Error::KeyNotFound));
    assert_eq!(
        check(txn([Compare::default()], [], [])),
        Err(Error::EmptyKey)
    );
    assert_eq!(check(all([op(put("", "x"))])), Err(Error::EmptyKey));
    assert_eq!(check(all([op(range("", "", 0))])), Err(Error::EmptyKey));
    assert_eq!(check(all([op(delete("", ""))])), Err(Error::EmptyKey));
    let mut both = put("a", "x");
    both.ignore_value = true;
    assert_eq!(check(all([op(all([op(both)]))])), Err(Error::ValueProvided));
    let mut leased = put("a", "x");
    (leased.lease, leased.ignore_lease) = (1, true);
    assert_eq!(check(all([op(leased)])), Err(Error::LeaseProvided));
}

#[test]
fn what_fails_leaves_nothing_behind() {
    let mut catalog = Catalog::new();
    do_put(&mut catalog, "k", "v");
    do_put(&mut catalog, "j", "v");
    let mut missing = put("none", "");
    missing.ignore_value = true;
    let mut leased = put("b", "");
    leased.lease = 42;
    let mut keeps = put("k", "");
    keeps.ignore_value = true;
    let failing = [
        (
            all([op(put("a", "")), op(missing.clone())]),
            Error::KeyNotFound,
        ),
        (all([op(put("a", "")), op(leased)]), Error::LeaseNotFound),
        (
            all([op(put("a", "")), op(range("k", "", 9))]),
            Error::FutureRevision,
        ),
        (
            all([op(put("a", "")), op(range("k", "", -2))]),
            Error::Compacted,
        ),
        // The put is found first, wherever it stands.
        (
            all([op(range("k", "", 9)), op(all([op(missing)]))]),
            Error::KeyNotFound,
        ),
        // Passes the looking over, and stops an etcd midway.
        (all([op(delete("a", "\0")), op(keeps)]), Error::KeyNotFound),
    ];
    let before = catalog.clone();
    for (request, error) in failing {
        assert_eq!(check(request.clone()), Ok(()), "{request:?}");
        assert_eq!(do_txn(&mut catalog, &request), Err(error), "{request:?}");
        assert_eq!(catalog, before, "{request:?}");
    }
}

#[test]
fn a_failing_transaction_leaves_the_changes_before_it() {
    let mut catalog = Catalog::new();
    do_put(&mut catalog, "k", "v");
    let mut keeps = put("k", "");
    keeps.ignore_value = true;
    let mut write = catalog.write();
    write.put(&put("first", "")).expect("a plain put");
    let failing = all([op(delete("a", "\0")), op(keeps)]);
    assert_eq!(write.txn(&failing), Err(Error::KeyNotFound));
    assert_eq!(write.end().len(), 1);
    let found = keys(&catalog, &range("\0", "\0", 0));
    assert_eq!(
        found,
        Ok(vec![("first".to_owned(), 3), ("k".to_owned(), 2)])
    );
}

#[test]
fn a_revision_below_0_is_compacted_in_a_transaction_once_something_was() {
    let mut catalog = Catalog::new();
    do_put(&mut catalog, "k", "v");
    let reading = |revision| all([op(range("k", "", revision))]);
    assert!(catalog.read_txn(&reading(-1)).is_ok());
    catalog.compact(0).expect("it is the first");
    assert_eq!(catalog.read_txn(&reading(-1)), Err(Error::Compacted));
    assert!(catalog.range(&range("k", "", -1)).is_ok());
}

#[test]
fn a_comparison_of_what_etcd_does_not_know_holds() {
    let mut catalog = Catalog::new();
    do_put(&mut catalog, "k", "v");
    let compare = |target, result| Compare {
        key: "k".into(),
        target,
        result,
        target_union: Some(TargetUnion::Version(9)),
        ..Compare::default()
    };
    let succeeds = |compare: Compare| {
        let answer = catalog.read_txn(&txn([compare], [], []));
        answer.map(|answer| answer.succeeded)
    };
    assert_eq!(succeeds(compare(0, 0)), Ok(false));
    assert_eq!(succeeds(compare(77, 0)), Ok(true));
    assert_eq!(succeeds(compare(0, 77)), Ok(true));
}

#[test]
fn what_only_reads_is_known() {
    let serializable = |is| {
        let mut range = range("k", "", 0);
        range.serializable = is;
        op(range)
    };
    let of = |txn: TxnRequest| (txn.is_read_only(), txn.is_serializable());
    assert_eq!(of(all([])), (true, true));
    assert_eq!(of(all([serializable(true)])), (true, true));
    assert_eq!(
        of(all([serializable(true), serializable(false)])),
        (true, false)
    );
    assert_eq!(of(txn([], [], [op(put("a", ""))])), (false, false));
    assert_eq!(of(all([op(all([]))])), (false, false));
}

#[test]
fn leases_are_granted_as_etcd_does() {
    let mut catalog = Catalog::new();
    let mut ttl = |id, ttl| catalog.grant_lease(id, ttl, 2).map(|granted| granted.ttl);
    assert_eq!(ttl(7, 100), Ok(100));
    assert_eq!(ttl(7, 100), Err(Error::LeaseExists));
    assert_eq!(ttl(8, 1), Ok(2));
    assert_eq!(ttl(11, -3), Ok(2));
    assert_eq!(ttl(-5, 50), Ok(50));
    assert_eq!(ttl(7, 9_000_000_001), Err(Error::LeaseTtlTooLarge));
    assert_eq!(ttl(12, 9_000_000_000), Ok(9_000_000_000));
    assert_eq!(ttl(0, 9), Err(Error::LeaseNotFound));
    let ids: Vec<i64> = catalog.leases().map(|(id, _)| id).collect();
    assert_eq!(ids, [-5, 7, 8, 11, 12]);
    assert_eq!(Catalog::decode(&catalog.encode()), Some(catalog.clone()));
    let mut leased = put("nokey", "");
    (leased.lease, leased.ignore_value) = (99, true);
    assert_eq!(catalog.write().put(&leased), Err(Error::LeaseNotFound));
    assert_eq!(catalog.revoke_lease(99, None), Err(Error::LeaseNotFound));
}

#[test]
fn alarms_are_a_set() {
    let mut catalog = Catalog::new();
    let ask = |catalog: &mut Catalog, action, member_id, alarm: AlarmType| -> Vec<(u64, i32)> {
        let answer = catalog.alarm(&AlarmRequest {
            action,
            member_id,
            alarm: alarm as i32,
        });
        assert_eq!(answer.header, None);
        let alarms = answer.alarms.iter();
        alarms.map(|up| (up.member_id, up.alarm)).collect()
    };
    let (get, raise, take_back) = (0, 1, 2);
    let (none, space, corrupt) = (AlarmType::None, AlarmType::NoSpace, AlarmType::Corrupt);
    assert_eq!(ask(&mut catalog, raise, 9, space), [(9, 1)]);
    assert_eq!(ask(&mut catalog, raise, 9, space), [(9, 1)]);
    assert_eq!(ask(&mut catalog, raise, 3, corrupt), [(3, 2)]);
    assert_eq!(ask(&mut catalog, get, 0, none), [(9, 1), (3, 2)]);
    assert_eq!(ask(&mut catalog, get, 0, corrupt), [(3, 2)]);
    assert_eq!(ask(&mut catalog, take_back, 3, space), []);
    assert!(catalog.is_alarmed(space) && catalog.is_alarmed(corrupt));
    assert_eq!(Catalog::decode(&catalog.encode()), Some(catalog.clone()));
    assert_eq!(ask(&mut catalog, take_back, 9, space), [(9, 1)]);
    assert_eq!(ask(&mut catalog, take_back, 9, space), []);
    assert!(!catalog.is_alarmed(space));
    // As an etcd 3.4.23 has it, an alarm may be of no kind.
    assert_eq!(ask(&mut catalog, raise, 5, none), [(5, 0)]);
    assert_eq!(ask(&mut catalog, take_back, 5, none), [(5, 0)]);
}

#[test]
fn the_dearer_branch_counts() {
    let cost = |request: TxnRequest| cost_bytes(&Operation::Txn(request));
    let one = || op(put("ab", "cde"));
    assert_eq!(cost_bytes(&Operation::Put(put("ab", "cde"))), Some(261));
    assert_eq!(
        cost_bytes(&Operation::LeaseGrant(Default::default())),
        Some(64)
    );
    assert_eq!(cost_bytes(&Operation::DeleteRange(delete("a", ""))), None);
    assert_eq!(
        cost(all([op(delete("a", "")), op(range("a", "", 0))])),
        None
    );
    assert_eq!(cost(txn([], [one()], [one(), one()])), Some(522));
    assert_eq!(cost(all([one(), op(txn([], [one()], []))])), Some(522));
}

#[test]
fn a_transaction_that_passes_can_be_read_from_a_log() {
    let mut deep = all([op(put("k", ""))]);
    for depth in 1..=MAX_TXN_DEPTH {
        let write = InternalRaftRequest::new(1, Operation::Txn(deep.clone()));
        let decoded = InternalRaftRequest::decode(&write.encode_to_vec()[..]);
        assert_eq!(check(deep.clone()), Ok(()), "{depth} within each other");
        assert_eq!(decoded, Ok(write), "{depth} within each other");
        deep = all([op(deep)]);
    }
    assert_eq!(check(deep), Err(Error::TooManyOps));
}
