//! The pace of a catalog alone, native. `cargo xtask bench` runs it.

use std::time::Instant;

use glassraft_tests::pace::catalog;

fn main() {
    let mut numbers = std::env::args()
        .skip(1)
        .filter_map(|word| word.parse().ok());
    // So many keys and then so many puts, for a profiler.
    if let (Some(keys), Some(puts)) = (numbers.next(), numbers.next()) {
        println!("revision {}", catalog::worked(keys, puts).revision());
        return;
    }
    let began = Instant::now();
    let now_ms = || began.elapsed().as_secs_f64() * 1e3;
    for text in catalog::report(&now_ms) {
        println!("{text}");
    }
}
