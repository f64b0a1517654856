//! `HashKV`, beside the hashes that an etcd 3.4.23 told after the same requests.

use glassraft_core::catalog::Catalog;
use glassraft_core::etcd::Error;

use crate::{delete, do_delete, do_put, do_txn, op, put, txn};

fn hash(catalog: &Catalog, revision: i64) -> Result<u32, Error> {
    Ok(catalog.hash_kv(revision)?.hash)
}

#[test]
fn hashes_are_etcds() {
    let mut catalog = Catalog::new();
    assert_eq!(hash(&catalog, 0), Ok(1_084_519_789));
    catalog.grant_lease(7, 1000, 2).expect("it is new");
    do_put(&mut catalog, "a", "1");
    let mut write = catalog.write();
    let mut leased = put("b", "2");
    leased.lease = 7;
    write.put(&leased).expect("the lease is there");
    assert_eq!(write.end().len(), 1);
    do_put(&mut catalog, "a", "3");
    assert_eq!(hash(&catalog, 0), Ok(2_719_140_733));
    let changes = [op(put("c", "4")), op(delete("a", "")), op(put("d", ""))];
    do_txn(&mut catalog, &txn([], changes, [])).expect("nothing overlaps");
    let of_each = [
        1_084_519_789,
        2_587_454_935,
        1_848_723_582,
        2_719_140_733,
        1_602_296_894,
    ];
    for (revision, expected) in (1..).zip(of_each) {
        assert_eq!(hash(&catalog, revision), Ok(expected), "at {revision}");
    }
    do_put(&mut catalog, "a", "again");
    do_delete(&mut catalog, "b", "d");
    assert_eq!(hash(&catalog, 0), Ok(2_253_643_600));

    catalog.compact(5).expect("it is within the store");
    assert_eq!(hash(&catalog, 4), Err(Error::Compacted));
    assert_eq!(hash(&catalog, 5), Err(Error::Compacted));
    assert_eq!(hash(&catalog, 6), Ok(3_463_409_157));
    assert_eq!(hash(&catalog, 7), Ok(4_099_825_842));
    assert_eq!(hash(&catalog, 8), Err(Error::FutureRevision));
    assert_eq!(catalog.hash_kv(0).map(|hash| hash.compact_revision), Ok(5));

    // Where nothing is left, what compaction left counts again.
    do_delete(&mut catalog, "\0", "\0");
    assert_eq!(hash(&catalog, 0), Ok(3_854_168_489));
    assert_eq!(hash(&catalog, 6), Ok(3_463_409_157));
    catalog.compact(8).expect("it is within the store");
    assert_eq!(hash(&catalog, 0), Ok(1_084_519_789));
    do_put(&mut catalog, "z", "1");
    assert_eq!(hash(&catalog, 0), Ok(3_419_164_979));
    assert_eq!(hash(&catalog, -5), Ok(1_084_519_789));
}

#[test]
fn the_whole_hash_tells_what_hash_kv_does_not() {
    let mut catalog = Catalog::new();
    let before = catalog.hash();
    catalog.grant_lease(1, 60, 2).expect("it is new");
    assert_eq!(hash(&catalog, 0), hash(&Catalog::new(), 0));
    assert_ne!(catalog.hash(), before);
}
