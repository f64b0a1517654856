//! The pace of the world, native. `cargo xtask bench` runs it.

use std::time::Instant;

use glassraft_tests::pace::{self, Busy, NODES};

/// Ticks of 100 ms, for all nodes of a cluster together.
const TICKS: u64 = 60_000;

fn main() {
    let began = Instant::now();
    let now_ms = || began.elapsed().as_secs_f64() * 1e3;
    let ticks = TICKS / u64::from(NODES);
    let mut words = std::env::args().skip(1);
    // One of them alone, for a profiler.
    let pace = match words.next().as_deref() {
        Some("world") => pace::world(NODES, ticks, &now_ms),
        Some("bare") => pace::bare(NODES, ticks, &now_ms),
        Some("checks") => {
            println!("{:.1} ns/event", pace::checks(NODES, ticks, &now_ms));
            return;
        }
        // A run that grows to so many events, and to so many more.
        Some("grow") => {
            let mut number = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
            let mut busy = Busy::of_age(100, number());
            let from = busy.run.record().len();
            busy.go_on(from + number());
            println!("{from} to {} events", busy.run.record().len());
            return;
        }
        Some("costs") => {
            println!("{}", pace::costs(&now_ms));
            return;
        }
        _ => {
            for text in pace::report(TICKS, &now_ms) {
                println!("{text}");
            }
            return;
        }
    };
    println!("{:.0} messages/s", pace.per_second());
}
