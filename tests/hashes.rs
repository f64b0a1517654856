//! Two hundred runs in which everything happens: each has one hash, on every machine, natively
//! and in wasm (where this runs in a browser).
//!
//! When a change is meant to alter what happens, `GLASSRAFT_ACCEPT=1 cargo test -p
//! glassraft-tests --test hashes` writes the new hashes.

use std::fmt::Write as _;

use glassraft_core::trace::{Run, TraceHash};
use glassraft_tests::chaos::{self, Dice};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const GOLDEN: &str = include_str!("golden/hashes.txt");

const RUNS: u64 = 200;

/// The most events of a run.
const MAX_EVENTS: u64 = 5_000;

/// The run of a seed. Most are short, the longest has as many events as are allowed.
fn hash(seed: u64) -> TraceHash {
    let mut run = Run::new(chaos::setup(), seed).expect("the setup is valid");
    let events = MAX_EVENTS / (1 + seed % 5);
    chaos::disturb(&mut run, &mut Dice::new(seed), events);
    let mut hash = TraceHash::new();
    assert!(hash.take_in(run.record()), "the record is whole");
    hash
}

#[cfg_attr(not(target_arch = "wasm32"), test)]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn every_run_has_its_hash() {
    let mut hashes = String::new();
    for seed in 0..RUNS {
        let hash = hash(seed);
        writeln!(hashes, "{seed} {} {hash}", hash.events()).expect("a string takes everything");
    }
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("GLASSRAFT_ACCEPT").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/hashes.txt");
        std::fs::write(path, &hashes).expect("the hashes can be written");
        return;
    }
    for (got, golden) in hashes.lines().zip(GOLDEN.lines()) {
        assert_eq!(got, golden, "seed, events and hash");
    }
    assert_eq!(hashes.lines().count(), GOLDEN.lines().count());
}
