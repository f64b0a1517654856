//! Long runs: what an event costs in them, and how soon any moment of them is there.

use std::rc::Rc;

use glassraft_core::trace::{Rewind, Run, Target, TraceHash};
use glassraft_core::world::{Action, EventId, Setup};

use super::{NODES, median};
use crate::{CLIENT_TIMEOUT_US, n, put};

/// The ages at which an event's cost is measured, in events.
const AGES: [u64; 3] = [1_000, 100_000, 1_000_000];

/// How many events are measured at a time.
const STRETCH: u64 = 1_000;

/// How many stretches are measured of each age.
const STRETCHES: usize = 300;

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

    /// Goes on for a stretch, and adds up what it took and how many events it had.
    fn stretch(&mut self, spent: &mut (f64, u64), now_ms: &impl Fn() -> f64) {
        let from = self.run.record().len();
        let began = now_ms();
        self.go_on(from + STRETCH);
        spent.0 += now_ms() - began;
        spent.1 += self.run.record().len() - from;
    }
}

/// What an event costs in runs of several ages, each beside a young one. So many stretches
/// are taken together as the clock is coarse; few, or whoever else wants the processor is
/// measured as well.
///
/// # Panics
/// Never: `together` is above 0.
pub fn costs(together: usize, now_ms: &impl Fn() -> f64) -> String {
    let mut text =
        format!("cost of an event, of {NODES} nodes, median of {STRETCHES} pairs of stretches");
    for age in AGES {
        let mut old = Busy::of_age(100, age);
        // None is dropped meanwhile, so that each takes fresh memory, as a run does that grows.
        let mut kept: Vec<Busy> = Vec::new();
        let pairs: Vec<(f64, f64)> = (0..STRETCHES / together)
            .map(|_| {
                let (mut spent_young, mut spent_old) = ((0.0, 0), (0.0, 0));
                for _ in 0..together {
                    let mut young = Busy::of_age(100, AGES[0]);
                    young.stretch(&mut spent_young, now_ms);
                    kept.push(young);
                    if age == AGES[0] {
                        kept.push(std::mem::replace(&mut old, Busy::of_age(100, age)));
                    } else {
                        // The young one has just lived so long: caches hold what it needs.
                        old.go_on(old.run.record().len() + AGES[0]);
                    }
                    old.stretch(&mut spent_old, now_ms);
                }
                let of = |(ms, events): (f64, u64)| ms * 1e6 / events as f64;
                (of(spent_young), of(spent_old))
            })
            .collect();
        let ns = median(pairs.iter().map(|(_, old)| *old).collect());
        let ratio = median(pairs.iter().map(|(young, old)| old / young).collect());
        text.push_str(&format!(
            "\n  after {age:>9} events {ns:>6.0} ns, {ratio:.2} of a young run's"
        ));
    }
    text
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
