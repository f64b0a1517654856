//! How soon any moment of a run is there, what its record takes, and what an event costs.
//! Native; `cargo bench -p glassraft-tests --bench seek` runs it.

use std::time::Instant;

use glassraft_core::trace::{Rewind, Run, Target, TraceHash};
use glassraft_core::world::{Action, EventId, Setup};
use glassraft_tests::{CLIENT_TIMEOUT_US, n, put};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const NODES: u8 = 5;
const SEEKS: usize = 2_000;
const VALUE_BYTES: usize = 64;

fn main() {
    let keys = std::env::args().find_map(|arg| arg.parse().ok());
    for keys in keys.map_or(vec![100, 10_000], |keys: u64| vec![keys]) {
        println!("{NODES} nodes, {keys} keys, 100000 events");
        seek(keys, 100_000);
    }
    println!("cost of an event");
    for events in [1_000, 100_000, 1_000_000] {
        cost(events);
    }
}

/// A run of at least so many events: five puts a second.
struct Busy {
    run: Run,
    proposals: u64,
    keys: u64,
}

impl Busy {
    fn new(keys: u64) -> Self {
        let setup = Setup {
            nodes: NODES,
            ..Setup::default()
        };
        let mut run = Run::new(setup, 1).expect("the setup is valid");
        while run.frame().leader().is_none() {
            run.step();
        }
        Self {
            run,
            proposals: 0,
            keys,
        }
    }

    fn go_on(&mut self, events: u64) {
        let value = "v".repeat(VALUE_BYTES);
        while self.run.record().len() < events {
            // Keys in no order, as a class makes them.
            let key = self.proposals.wrapping_mul(7_919) % self.keys;
            self.proposals += 1;
            let action = Action::Request {
                node: n(1),
                request: put(&format!("/key/{key:05}"), &value),
                timeout_us: CLIENT_TIMEOUT_US,
            };
            self.run.act(action).expect("nobody crashes");
            self.run.advance(self.run.now() + 200_000);
        }
    }
}

fn seek(keys: u64, events: u64) {
    let before = ALLOCATOR.current_usage();
    let mut busy = Busy::new(keys);
    busy.go_on(events);
    let run = busy.run;
    let all = ALLOCATOR.current_usage() - before;
    let mut dice = 1_u64;
    let mut took: Vec<f64> = (0..SEEKS)
        .map(|_| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let target = (dice >> 33) % events;
            let began = Instant::now();
            let frame = run.frame_of(target).expect("all events are kept");
            assert_eq!(frame.events, target);
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took.sort_by(f64::total_cmp);
    println!(
        "  seek               p50 {:.3} ms, p95 {:.3} ms, worst {:.3} ms",
        took[SEEKS / 2],
        took[SEEKS * 95 / 100],
        took[SEEKS - 1]
    );
    let mib = |bytes: usize| bytes as f64 / f64::from(1 << 20);
    println!(
        "  memory             {:.1} MiB, {:.0} bytes an event, {} key frames",
        mib(all),
        all as f64 / run.record().len() as f64,
        run.key_frames()
    );
    let began = Instant::now();
    let mut hash = TraceHash::new();
    assert!(hash.take_in(run.record()));
    println!(
        "  hash               {:.0} ms",
        began.elapsed().as_secs_f64() * 1e3
    );
    let recording = std::rc::Rc::new(run.recording().clone());
    drop(run);
    println!(
        "  without the run    {:.1} MiB",
        mib(ALLOCATOR.current_usage() - before)
    );
    let began = Instant::now();
    let target = Target::Event(EventId(events - 1));
    let mut again = Rewind::new(recording, target).expect("the setup is valid");
    let there = again.advance(|| false).expect("it was recorded");
    assert!(there.done);
    println!(
        "  re-execution       {:.0} ms",
        began.elapsed().as_secs_f64() * 1e3
    );
}

/// The cost of an event after so many: the median of some runs' next thousand events, and
/// of all such thousands while the run grows by a tenth.
fn cost(events: u64) {
    const STRETCH: u64 = 1_000;
    let runs = (200_000 / events).clamp(3, 100);
    let mut took = Vec::new();
    // None is dropped, so that each takes fresh memory, as a run does that grows.
    let mut kept = Vec::new();
    for _ in 0..runs {
        let mut busy = Busy::new(100);
        busy.go_on(events);
        for _ in 0..(events / 10 / STRETCH).max(1) {
            let from = busy.run.record().len();
            let began = Instant::now();
            busy.go_on(from + STRETCH);
            let nanoseconds = began.elapsed().as_secs_f64() * 1e9;
            took.push(nanoseconds / (busy.run.record().len() - from) as f64);
        }
        kept.push(busy);
    }
    took.sort_by(f64::total_cmp);
    println!("  after {events:>9} events {:.0} ns", took[took.len() / 2]);
}
