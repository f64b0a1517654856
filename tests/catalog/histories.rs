//! Random histories: beside the model, over snapshots, with and without compaction.

use glassraft_core::catalog::Catalog;
use glassraft_tests::recordings::Random;

use crate::model::Model;
use crate::programs::{Deed, ask, ask_model, deed, range};
use crate::range as plain_range;

const HISTORIES: u64 = 60;
const DEEDS: usize = 150;

#[test]
fn a_model_agrees_with_every_answer() {
    for seed in 0..HISTORIES {
        let mut random = Random::new(seed);
        let (mut catalog, mut model) = (Catalog::new(), Model::new());
        for number in 0..DEEDS {
            let deed = deed(&mut random, model.revision());
            let expected = ask_model(&mut model, &deed);
            let (changes, answer) = ask(&mut catalog, &deed);
            assert_eq!(answer, expected, "seed {seed}, {number}: {deed:?}");
            let told: Vec<_> = changes.iter().map(|change| change.kv.key.clone()).collect();
            let steps = model.steps.iter();
            let newest = steps.filter(|step| step.main == catalog.revision());
            let newest: Vec<_> = newest.map(|step| step.key.clone()).collect();
            if !changes.is_empty() {
                assert_eq!(
                    told, newest,
                    "seed {seed}, {number}: the changes of {deed:?}"
                );
            }
            same_beside(seed, &catalog, &model);
        }
    }
}

/// The two agree on leases, and the store kept what it should, no more and no less.
fn same_beside(seed: u64, catalog: &Catalog, model: &Model) {
    assert_eq!(catalog.revision(), model.revision(), "seed {seed}");
    let leases: Vec<i64> = catalog.leases().map(|(id, _)| id).collect();
    let expected: Vec<i64> = model.leases.keys().copied().collect();
    assert_eq!(leases, expected, "seed {seed}");
    for (id, lease) in catalog.leases() {
        let keys = model.keys_of_lease(id);
        assert!(
            lease.keys().map(|key| &key.0).eq(&keys),
            "seed {seed}: lease {id}"
        );
    }
    let kept = model.steps.iter().filter(|step| model.keeps(step));
    let found = catalog
        .changes_since(0)
        .map(|version| (version.kv.mod_revision, &version.kv.key));
    assert!(
        found.eq(kept.map(|step| (step.main, &step.key))),
        "seed {seed}"
    );
    let versions = catalog.changes_since(0);
    let bytes = versions.map(|version| 256 + version.kv.key.len() + version.kv.value.len());
    let bytes = bytes.sum::<usize>() + 64 * leases.len();
    assert_eq!(catalog.cost_bytes(), bytes as u64, "seed {seed}");
}

#[test]
fn a_history_from_any_snapshot_gives_the_same_catalog_and_hash() {
    for seed in 0..HISTORIES {
        let mut random = Random::new(seed);
        let mut catalog = Catalog::new();
        let mut restored: Vec<Catalog> = Vec::new();
        for _ in 0..DEEDS {
            let deed = deed(&mut random, catalog.revision());
            let (_, answer) = ask(&mut catalog, &deed);
            for other in &mut restored {
                let (_, same) = ask(other, &deed);
                assert_eq!(same, answer, "seed {seed}: {deed:?}");
            }
            if random.chance(5) {
                let image = catalog.encode();
                restored.push(Catalog::decode(&image).expect("it was encoded"));
            }
        }
        for other in &restored {
            assert_eq!(*other, catalog, "seed {seed}");
            assert_eq!(other.hash(), catalog.hash(), "seed {seed}");
            assert_eq!(other.hash_kv(0), catalog.hash_kv(0), "seed {seed}");
        }
    }
}

#[test]
fn compaction_never_changes_what_may_still_be_read() {
    let mut shorter = 0;
    for seed in 0..HISTORIES {
        let mut random = Random::new(seed);
        let (mut whole, mut compacted) = (Catalog::new(), Catalog::new());
        for _ in 0..DEEDS {
            let deed = deed(&mut random, whole.revision());
            let changed = !matches!(deed, Deed::Compact(_) | Deed::Txn(_) | Deed::Range(_));
            if changed {
                let (_, expected) = ask(&mut whole, &deed);
                let (_, answer) = ask(&mut compacted, &deed);
                assert_eq!(answer, expected, "seed {seed}: {deed:?}");
            } else if let Deed::Compact(revision) = deed {
                let _refused = compacted.compact(revision);
            }
            let request = range(&mut random, whole.revision());
            let readable = request.revision <= 0 || request.revision >= compacted.compacted();
            if readable {
                let answer = compacted.range(&request);
                assert_eq!(answer, whole.range(&request), "seed {seed}: {request:?}");
            }
        }
        shorter += u64::from(compacted.versions() < whole.versions());
    }
    assert!(shorter > HISTORIES / 2, "little was compacted");
}

#[test]
fn a_clone_keeps_what_was() {
    let mut random = Random::new(7);
    let mut catalog = Catalog::new();
    let mut pictures = Vec::new();
    for _ in 0..DEEDS {
        let everything = plain_range("\0", "\0", 0);
        let now = catalog.range(&everything).expect("the newest revision");
        pictures.push((catalog.clone(), now, catalog.encode()));
        ask(
            &mut catalog,
            &deed(&mut random, pictures[0].0.revision() + 20),
        );
    }
    for (picture, then, image) in pictures {
        assert_eq!(picture.range(&plain_range("\0", "\0", 0)), Ok(then));
        assert_eq!(picture.encode(), image);
    }
}

#[test]
fn damaged_images_are_refused_or_are_other_catalogs() {
    let mut random = Random::new(3);
    let mut catalog = Catalog::new();
    for _ in 0..40 {
        let deed = deed(&mut random, catalog.revision());
        ask(&mut catalog, &deed);
    }
    let image = catalog.encode();
    for place in 0..image.len() {
        assert_ne!(
            Catalog::decode(&image[..place]),
            Some(catalog.clone()),
            "cut at {place}"
        );
        let mut damaged = image.clone();
        damaged[place] ^= 1 << random.below(8);
        if let Some(other) = Catalog::decode(&damaged) {
            assert_ne!(other, catalog, "byte {place} tells nothing");
            // Whatever it is, it can be worked with.
            for _ in 0..3 {
                let deed = deed(&mut random, other.revision().min(1_000));
                ask(&mut other.clone(), &deed);
            }
        }
    }
}
