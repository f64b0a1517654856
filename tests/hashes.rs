//! Two hundred runs in which everything happens, and some of other kinds: each has one hash, on
//! every machine, natively and in wasm (where this runs in a browser).
//!
//! When a change is meant to alter what happens, `GLASSRAFT_ACCEPT=1 cargo test -p
//! glassraft-tests --test hashes` writes the new hashes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use glassraft_core::etcd::Error;
use glassraft_core::trace::{Run, TraceHash};
use glassraft_core::world::{EventId, EventKind, StreamStep};
use glassraft_tests::chaos::{self, Dice, Recoveries};
use glassraft_tests::crowd::Crowd;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// The hashes of runs in which clients ask for everything: transactions, leases, watchers,
/// users.
const CROWDED: [(&str, &str); 1] = [(
    "crowded-hashes.txt",
    include_str!("golden/crowded-hashes.txt"),
)];

/// The hashes of runs in which clusters are made of snapshots.
const RECOVERED: [(&str, &str); 1] = [(
    "recovered-hashes.txt",
    include_str!("golden/recovered-hashes.txt"),
)];

/// The hashes when a run has become as long as its seed says, and when it is whole.
const GOLDEN: [(&str, &str); 2] = [
    ("hashes.txt", include_str!("golden/hashes.txt")),
    ("whole-hashes.txt", include_str!("golden/whole-hashes.txt")),
];

const RUNS: u64 = 200;

/// How many of them are crowded.
const CROWDED_RUNS: u64 = 12;

/// How many runs there are in which clusters are made of snapshots.
const RECOVERED_RUNS: u64 = 12;

/// The events of a whole run.
const EVENTS: u64 = 5_000;

/// The hashes of the run of a seed, on its way and at its end.
fn hashes(seed: u64) -> [TraceHash; 2] {
    let mut run = Run::new(chaos::setup(), seed).expect("the setup is valid");
    let mut dice = Dice::new(seed);
    let mut hash = TraceHash::new();
    [EVENTS / (1 + seed % 5), EVENTS].map(|events| {
        chaos::disturb(&mut run, &mut dice, events);
        assert!(hash.take_in(run.record()), "the record is whole");
        hash
    })
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_run_has_its_hash() {
    let mut all = [String::new(), String::new()];
    for seed in 0..RUNS {
        for (lines, hash) in all.iter_mut().zip(hashes(seed)) {
            writeln!(lines, "{seed} {} {hash}", hash.events()).expect("a string takes all");
        }
    }
    compare(&all, GOLDEN);
}

/// What came of all that was asked in crowded runs.
#[derive(Debug, Default)]
struct Answers {
    /// The calls that were answered well.
    calls: BTreeSet<u8>,
    /// How often somebody was refused who may not do something.
    denied: u32,
    /// How much was heard on streams.
    heard: u32,
}

/// The hash of the crowded run of a seed.
fn crowded(seed: u64, answers: &mut Answers) -> TraceHash {
    let mut run = Run::new(chaos::setup(), seed).expect("the setup is valid");
    Crowd::default().disturb(&mut run, &mut Dice::new(seed), EVENTS);
    for (_, event) in run.record().since(EventId(0)) {
        match &event.kind {
            EventKind::Answered { result, .. } => match &**result {
                Ok(response) => _ = answers.calls.insert(response.number()),
                Err(Error::PermissionDenied) => answers.denied += 1,
                Err(_) => {}
            },
            EventKind::Stream {
                step: StreamStep::Heard(_),
                ..
            } => answers.heard += 1,
            _ => {}
        }
    }
    let mut hash = TraceHash::new();
    assert!(hash.take_in(run.record()), "the record is whole");
    hash
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_crowded_run_has_its_hash() {
    let mut lines = String::new();
    let mut answers = Answers::default();
    for seed in 0..CROWDED_RUNS {
        let hash = crowded(seed, &mut answers);
        writeln!(lines, "{seed} {} {hash}", hash.events()).expect("a string takes all");
    }
    let Answers {
        calls,
        denied,
        heard,
    } = &answers;
    let is_all = calls.len() > 25 && *denied > 0 && *heard > 100;
    assert!(is_all, "{answers:?}");
    compare(&[lines], CROWDED);
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_run_with_recoveries_has_its_hash() {
    let mut lines = String::new();
    for seed in 0..RECOVERED_RUNS {
        let mut run = Run::new(chaos::setup(), seed).expect("the setup is valid");
        let mut dice = Dice::new(seed);
        let mut recoveries = Recoveries::default();
        let mut restored = 0;
        while run.record().len() < EVENTS {
            restored += recoveries.disturb(&mut run, &mut dice, 200);
        }
        assert!(restored > 10, "seed {seed}: {restored}");
        let mut hash = TraceHash::new();
        assert!(hash.take_in(run.record()), "the record is whole");
        writeln!(lines, "{seed} {} {hash}", hash.events()).expect("a string takes all");
    }
    compare(&[lines], RECOVERED);
}

/// Compares hashes with those of files, or writes them there.
fn compare<const N: usize>(all: &[String; N], files: [(&str, &str); N]) {
    for (lines, (name, golden)) in all.iter().zip(files) {
        #[cfg(not(target_arch = "wasm32"))]
        if std::env::var_os("GLASSRAFT_ACCEPT").is_some() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/golden");
            let path = std::path::Path::new(folder).join(name);
            std::fs::write(path, lines).expect("the hashes can be written");
            continue;
        }
        for (got, golden) in lines.lines().zip(golden.lines()) {
            assert_eq!(got, golden, "{name}: seed, events and hash");
        }
        assert_eq!(lines.lines().count(), golden.lines().count(), "{name}");
    }
}
