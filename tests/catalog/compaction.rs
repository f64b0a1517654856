//! Compaction, by the example at the head of etcd's `mvcc/key_index.go`.

use glassraft_core::catalog::Catalog;
use glassraft_core::etcd::Error;

use crate::{do_delete, do_put, keys, range};

/// Two generations of a key. (The example begins at revision 1, where a store is empty.)
fn two_generations() -> Catalog {
    let mut catalog = Catalog::new();
    do_put(&mut catalog, "foo", "2");
    do_put(&mut catalog, "foo", "3");
    do_delete(&mut catalog, "foo", "");
    do_put(&mut catalog, "foo", "5");
    do_delete(&mut catalog, "foo", "");
    catalog
}

fn kept_after(revision: i64) -> Vec<i64> {
    let mut catalog = two_generations();
    catalog.compact(revision).expect("it is within the store");
    let by_key: Vec<i64> = catalog.history(b"foo").map(|v| v.kv.mod_revision).collect();
    let by_revision: Vec<i64> = catalog
        .changes_since(0)
        .map(|v| v.kv.mod_revision)
        .collect();
    assert_eq!(by_key, by_revision);
    assert_eq!(catalog.versions(), by_key.len());
    by_key
}

#[test]
fn the_largest_revision_up_to_the_compacted_one_is_kept() {
    assert_eq!(kept_after(1), [2, 3, 4, 5, 6]);
    assert_eq!(kept_after(2), [2, 3, 4, 5, 6]);
    assert_eq!(kept_after(3), [3, 4, 5, 6]);
    assert_eq!(kept_after(4), [5, 6]);
    assert_eq!(kept_after(5), [5, 6]);
    assert_eq!(kept_after(6), [0; 0]);
}

#[test]
fn compacting_in_steps_keeps_what_compacting_at_once_does() {
    for last in 1..=6 {
        let mut catalog = two_generations();
        for revision in 0..=last {
            catalog.compact(revision).expect("it ascends");
        }
        let kept: Vec<i64> = catalog
            .changes_since(0)
            .map(|v| v.kv.mod_revision)
            .collect();
        assert_eq!(kept, kept_after(last), "up to {last}");
    }
}

#[test]
fn the_compacted_revision_can_be_read_and_those_below_cannot() {
    let mut catalog = two_generations();
    catalog.compact(3).expect("it is within the store");
    let at = |revision| keys(&catalog, &range("foo", "", revision));
    assert_eq!(at(2), Err(Error::Compacted));
    assert_eq!(at(3), Ok(vec![("foo".to_owned(), 3)]));
    assert_eq!(at(4), Ok(Vec::new()));
    assert_eq!(at(7), Err(Error::FutureRevision));
    assert_eq!(at(0), at(6));
}

#[test]
fn revision_0_is_compacted_once() {
    let mut catalog = Catalog::new();
    assert_eq!(catalog.compacted(), -1);
    assert_eq!(catalog.compact(2), Err(Error::FutureRevision));
    assert_eq!(catalog.compact(-1), Err(Error::Compacted));
    assert_eq!(catalog.compact(0), Ok(()));
    assert_eq!(catalog.compact(0), Err(Error::Compacted));
    assert_eq!(Catalog::decode(&catalog.encode()), Some(catalog));
}

#[test]
fn what_is_compacted_leaves_no_cost_behind() {
    let mut catalog = Catalog::new();
    for number in 0..1_000 {
        do_put(&mut catalog, &format!("k{}", number % 10), "value");
    }
    let newest = catalog.revision();
    catalog.compact(newest).expect("it is within the store");
    assert_eq!(catalog.versions(), 10);
    assert_eq!(catalog.cost_bytes(), 10 * (256 + 2 + 5));
    do_delete(&mut catalog, "k", "l");
    catalog.compact(newest + 1).expect("it is within the store");
    assert_eq!(catalog.versions(), 0);
    assert_eq!(catalog.cost_bytes(), 0);
    assert_eq!(catalog.iter().count(), 0);
}
