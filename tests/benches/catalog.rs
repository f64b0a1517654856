//! The pace of a catalog alone, native. `cargo xtask bench` runs it.

use std::time::Instant;

use glassraft_tests::pace::catalog;

fn main() {
    let began = Instant::now();
    let now_ms = || began.elapsed().as_secs_f64() * 1e3;
    catalog::report(&now_ms, |text| println!("{text}"));
}
