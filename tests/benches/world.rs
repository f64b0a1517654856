//! The pace of the world, native. `cargo xtask bench` runs it.

use std::time::Instant;

/// Ticks of 100 ms.
const TICKS: u64 = 20_000;

fn main() {
    let began = Instant::now();
    let now_ms = || began.elapsed().as_secs_f64() * 1e3;
    // One of them alone, for a profiler.
    let pace = match std::env::args().nth(1).as_deref() {
        Some("world") => glassraft_tests::pace::world(TICKS, &now_ms),
        Some("checks") => {
            let cost = glassraft_tests::pace::checks(TICKS, &now_ms);
            println!("{cost:.1} ns/event");
            return;
        }
        Some("bare") => glassraft_tests::pace::bare(TICKS, &now_ms),
        _ => {
            println!("{}", glassraft_tests::pace::report("native", TICKS, now_ms));
            return;
        }
    };
    println!("{:.0} messages/s", pace.per_second());
}
