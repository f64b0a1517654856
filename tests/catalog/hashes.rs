//! `HashKV`, beside the hashes that an etcd 3.4.23 told after the same requests.

use glassraft_core::catalog::Catalog;
use glassraft_core::etcd::{Compare, CompareResult, Error, TargetUnion};
use glassraft_tests::recordings::Random;

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

/// A write of a long program over 23 keys, as the etcd was asked.
fn write(catalog: &mut Catalog, random: &mut Random) {
    let key = |number: u64| format!("k{number:02}");
    let text = |letter: &str, random: &mut Random| letter.repeat(random.place(30));
    match random.below(10) {
        0..6 => {
            let name = key(random.below(23));
            do_put(catalog, &name, &text("v", random));
        }
        6..8 => {
            do_delete(catalog, &key(random.below(23)), "");
        }
        8 => {
            let first = random.below(23);
            do_delete(catalog, &key(first), &key(first + 5));
        }
        _ => {
            let name = key(random.below(23));
            let value = text("t", random);
            let other = format!("x{:02}", random.below(23));
            let often = Compare {
                key: name.clone().into(),
                result: CompareResult::Greater as i32,
                target_union: Some(TargetUnion::Version(1)),
                ..Compare::default()
            };
            let puts = [op(put(&name, &value)), op(put(&other, ""))];
            let request = txn([often], [op(delete(&name, ""))], puts);
            do_txn(catalog, &request).expect("nothing overlaps");
        }
    }
}

#[test]
fn hashes_are_etcds_all_along_a_program_with_compactions() {
    // The revision that was compacted, the hash then, and that of another revision.
    let etcds = [
        (31, 220_082_272, 37, 2_999_900_801),
        (65, 1_880_164_071, 68, 3_971_007_285),
        (103, 2_208_950_322, 108, 1_051_825_846),
        (129, 156_965_210, 136, 2_532_037_502),
        (181, 2_495_440_100, 0, 0),
        (212, 1_893_131_559, 214, 359_253_392),
        (244, 3_030_484_145, 248, 2_167_446_389),
        (277, 3_449_613_779, 282, 1_792_783_962),
        (313, 1_744_168_379, 324, 3_918_079_287),
        (351, 2_750_631_760, 354, 1_011_598_868),
    ];
    let mut random = Random::new(1);
    let mut catalog = Catalog::new();
    for (compacted, newest, revision, then) in etcds {
        for _ in 0..40 {
            write(&mut catalog, &mut random);
        }
        let back = random.below(20).cast_signed();
        let target = (catalog.revision() - back).max(1);
        assert_eq!((target, catalog.compact(target)), (compacted, Ok(())));
        assert_eq!(hash(&catalog, 0), Ok(newest), "compacted up to {compacted}");
        let left = (catalog.revision() - compacted).max(1).cast_unsigned();
        let other = compacted + 1 + random.below(left).cast_signed();
        if revision != 0 {
            assert_eq!((other, hash(&catalog, other)), (revision, Ok(then)));
        }
    }
}

#[test]
fn the_whole_hash_tells_what_hash_kv_does_not() {
    let mut catalog = Catalog::new();
    let before = catalog.hash();
    catalog.grant_lease(1, 60, 2).expect("it is new");
    assert_eq!(hash(&catalog, 0), hash(&Catalog::new(), 0));
    assert_ne!(catalog.hash(), before);
}
