//! Long runs: what an event costs in them, and how soon any moment of them is there.

use std::fmt::Write as _;
use std::rc::Rc;

use glassraft_core::trace::{Rewind, Run, Target, TraceHash};
use glassraft_core::world::{Action, EventId, Setup};

use super::NODES;
use crate::{CLIENT_TIMEOUT_US, n, put};

/// The ages at which an event's cost is measured, in events.
const AGES: [u64; 3] = [1_000, 100_000, 1_000_000];

/// How many events are measured in one piece.
const STRETCH: u64 = 2_000;

/// How many such pieces in a row are measured of an old run. (A young one is young for one.)
const STRETCHES: usize = 5;

/// How many keys those runs have. All are there after a thousand events, or the age of a run
/// and the size of its catalog would be measured together.
const KEYS: u64 = 10;

/// How many runs live to the last of the ages.
const ROUNDS: usize = 20;

/// How many moments are sought.
const SEEKS: usize = 1_000;

const VALUE_BYTES: usize = 64;

/// A run in which five puts a second are made.
pub struct Busy {
    /// The run.
    pub run: Run,
    proposals: u64,
    keys: u64,
}

impl Busy {
    /// A cluster with a leader, whose clients share so many keys.
    ///
    /// # Panics
    /// Never: the setup is valid.
    #[must_use]
    pub fn new(keys: u64) -> Self {
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

    /// The same after so many events.
    #[must_use]
    pub fn of_age(keys: u64, events: u64) -> Self {
        let mut busy = Self::new(keys);
        busy.go_on(events);
        busy
    }

    /// Goes on until there are so many events.
    ///
    /// # Panics
    /// Never: nobody crashes.
    pub fn go_on(&mut self, events: u64) {
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

/// What an event costs in a run that grows, told of many of them.
///
/// Each lives on memory that the one before it has left. (A system that hands out new memory
/// takes so long about it that in a new process, or page, a run is dearest while it is young.)
/// Other work of the machine only ever adds, so the fastest tenth is told.
pub fn costs(now_ms: &impl Fn() -> f64) -> String {
    // Nobody's figures: memory is touched, and a browser compiles once more what runs often.
    live(now_ms, |_, _| {});
    let mut costs: [Vec<f64>; AGES.len()] = Default::default();
    for _ in 0..ROUNDS {
        live(now_ms, |age, ns| costs[age].push(ns));
    }
    let mut text = format!("cost of an event, of {NODES} nodes, fastest tenth of {ROUNDS} runs");
    let ns = costs.map(|mut ns| {
        ns.sort_by(f64::total_cmp);
        ns[ns.len() / 10]
    });
    for (age, here) in AGES.iter().zip(ns) {
        let (young, ratio) = (AGES[0], here / ns[0]);
        write!(
            text,
            "\n  after {age:>9} events {here:>6.0} ns, {ratio:.2} of what it was after {young}"
        )
        .expect("a string takes it");
    }
    text
}

/// A run that lives to the last of the ages. `tell` hears the place of an age, and what an event
/// cost there, in ns.
fn live(now_ms: &impl Fn() -> f64, mut tell: impl FnMut(usize, f64)) {
    let mut busy = Busy::new(KEYS);
    for (place, age) in AGES.into_iter().enumerate() {
        busy.go_on(age);
        let stretches = if place == 0 { 1 } else { STRETCHES };
        for _ in 0..stretches {
            let (from, began) = (busy.run.record().len(), now_ms());
            busy.go_on(from + STRETCH);
            let events = busy.run.record().len() - from;
            tell(place, (now_ms() - began) * 1e6 / events as f64);
        }
    }
}

/// How soon any moment of a run of so many events is there.
///
/// # Panics
/// Something is not as it was recorded.
pub fn seeks(keys: u64, events: u64, now_ms: &impl Fn() -> f64) -> String {
    let run = Busy::of_age(keys, events).run;
    let mut dice = 1_u64;
    let mut took: Vec<f64> = (0..SEEKS)
        .map(|_| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let target = (dice >> 33) % events;
            let began = now_ms();
            let frame = run.frame_of(target).expect("all events are kept");
            assert_eq!(frame.events, target);
            now_ms() - began
        })
        .collect();
    took.sort_by(f64::total_cmp);
    let began = now_ms();
    let mut hash = TraceHash::new();
    assert!(hash.take_in(run.record()));
    let hashed_ms = now_ms() - began;
    let recording = Rc::new(run.recording().clone());
    drop(run);
    let began = now_ms();
    let target = Target::Event(EventId(events - 1));
    let mut again = Rewind::new(recording, target).expect("the setup is valid");
    let there = again.advance(|| false).expect("it was recorded");
    assert!(there.done);
    format!(
        "any of {events} events, {NODES} nodes, {keys} keys\n  \
         seek p50 {:.2} ms, p95 {:.2} ms, worst {:.2} ms; hash of all {hashed_ms:.0} ms; \
         re-execution {:.0} ms",
        took[SEEKS / 2],
        took[SEEKS * 95 / 100],
        took[SEEKS - 1],
        now_ms() - began
    )
}
