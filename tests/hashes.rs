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

/// The hashes when a run has become as long as its seed says, and when it is whole.
const GOLDEN: [(&str, &str); 2] = [
    ("hashes.txt", include_str!("golden/hashes.txt")),
    ("whole-hashes.txt", include_str!("golden/whole-hashes.txt")),
];

const RUNS: u64 = 200;

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
    for (lines, (name, golden)) in all.iter().zip(GOLDEN) {
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
