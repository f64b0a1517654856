//! What the record of a run takes, with all that it takes to reach any moment of it. Native;
//! `cargo xtask bench` runs it.

use glassraft_tests::pace::Busy;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

fn main() {
    for (keys, events) in [(100, 100_000), (10_000, 100_000), (100, 1_000_000)] {
        let before = ALLOCATOR.current_usage();
        let busy = Busy::of_age(keys, events);
        let bytes = ALLOCATOR.current_usage() - before;
        let record = busy.run.record();
        println!(
            "{events} events, {keys} keys: {:.1} MiB, {:.0} bytes an event kept, {} key frames",
            bytes as f64 / f64::from(1 << 20),
            bytes as f64 / (record.len() - record.dropped()) as f64,
            busy.run.key_frames()
        );
    }
}
