//! Long runs: what an event costs in them, and how soon any moment of them is there.

use std::fmt::Write as _;
use std::rc::Rc;

use glassraft_core::trace::{Rewind, Run, Target, TraceHash};
use glassraft_core::world::{Action, EventId, Setup};

use super::{NODES, median};
use crate::{CLIENT_TIMEOUT_US, n, put};

/// The ages at which an event's cost is measured, in events.
const AGES: [u64; 3] = [1_000, 100_000, 1_000_000];

/// How many events of a young run are measured.
const YOUNG_STRETCH: u64 = 1_000;

/// How many young runs are measured together: so many that their memory is as cold as that of
/// a run that grew, and not what the one before has left in the caches.
const YOUNG: u64 = 100;

/// How many events of an old run are measured.
const OLD_STRETCH: u64 = 20_000;

/// How many keys those runs have. All are there after a thousand events, or the age of a run
/// and the size of its catalog would be measured together.
const KEYS: u64 = 10;

/// How many runs live to the last of the ages.
const ROUNDS: usize = 15;

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

    /// Goes on for so many events; what that took, in ms, and how many they became.
    fn stretch(&mut self, events: u64, now_ms: &impl Fn() -> f64) -> (f64, u64) {
        let from = self.run.record().len();
        let began = now_ms();
        self.go_on(from + events);
        (now_ms() - began, self.run.record().len() - from)
    }
}

/// What an event costs in a run that grows, told of many of them.
///
/// # Panics
/// Never: there are rounds.
pub fn costs(life: impl FnMut() -> Life) -> String {
    let rounds: Vec<Life> = std::iter::repeat_with(life).take(ROUNDS).collect();
    let mut text = format!("cost of an event, of {NODES} nodes, median of {ROUNDS} runs");
    for (place, age) in AGES.iter().enumerate() {
        let ns = median(rounds.iter().map(|ns| ns[place]).collect());
        let ratio = median(rounds.iter().map(|ns| ns[place] / ns[0]).collect());
        write!(
            text,
            "\n  after {age:>9} events {ns:>6.0} ns, {ratio:.2} of what it was after {}",
            AGES[0]
        )
        .expect("a string takes it");
    }
    text
}

/// What an event cost, in ns, at each age of a run.
pub type Life = [f64; AGES.len()];

/// A run that lives to the last of the ages and is measured at each. Of the youngest age there
/// are several in a row, since a browser's clock is too coarse for one. Each takes memory of
/// its own, as a run does in a page that was just opened; so natively each life is to have a
/// process of its own. (On memory that another run has just left, a young run is a fifth
/// faster.)
pub fn life(now_ms: &impl Fn() -> f64) -> Life {
    let (mut ms, mut events) = (0.0, 0);
    let young: Vec<Busy> = (0..YOUNG)
        .map(|_| {
            let mut young = Busy::of_age(KEYS, AGES[0]);
            let (spent, seen) = young.stretch(YOUNG_STRETCH, now_ms);
            (ms, events) = (ms + spent, events + seen);
            young
        })
        .collect();
    let mut busy = Busy::of_age(KEYS, AGES[0]);
    let ns = AGES.map(|age| {
        if age == AGES[0] {
            return ms * 1e6 / events as f64;
        }
        busy.go_on(age);
        let (ms, events) = busy.stretch(OLD_STRETCH, now_ms);
        ms * 1e6 / events as f64
    });
    drop(young);
    ns
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
