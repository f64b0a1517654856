//! Any moment of a run: reached, stepped to, explained, forked, and the same each time.
#![cfg(not(target_arch = "wasm32"))]

mod branches;
mod seek;
mod steps;

use std::rc::Rc;

use glassraft_core::trace::{
    Frame, RecordLimits, Recording, Rewind, Run, RunError, Target, TraceHash,
};
use glassraft_core::world::{Action, EventId, Setup};
use glassraft_tests::{get, n, put};

/// Pseudo-random numbers for what a test does; the run has its own.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

/// A run with crashes, restarts and requests at moments that the seed chooses, until there
/// are so many events. It is stepped and advanced in turn.
fn disturbed(seed: u64, events: u64, limits: RecordLimits) -> Run {
    let mut run = Run::with_limits(Setup::default(), seed, limits).expect("the setup is valid");
    disturb(&mut run, &mut Dice::new(seed), events);
    run
}

fn disturb(run: &mut Run, dice: &mut Dice, events: u64) {
    while run.record().len() < events {
        if dice.below(2) == 0 {
            run.step();
        } else {
            run.advance(run.now() + dice.below(50_000));
        }
        let node = n(u8::try_from(dice.below(5)).expect("a small number") + 1);
        let key = format!("k{}", dice.below(7));
        let request = |request, timeout_us| Action::Request {
            node,
            request,
            timeout_us,
        };
        // What makes no sense at that moment is refused, and that is well.
        let _done = match dice.below(60) {
            0 => run.act(Action::Crash { node }),
            1 | 2 => run.act(Action::Restart { node }),
            3..=5 => run.act(request(put(&key, "x"), 5_000_000)),
            6 => run.act(request(get(&key), 300_000)),
            _ => Ok(None),
        };
    }
}

fn small(max_events: usize) -> RecordLimits {
    RecordLimits { max_events }
}

/// Every frame of a run, folded from its beginning, is handed to `look`.
fn fold(run: &Run, mut look: impl FnMut(&Frame)) {
    assert_eq!(run.record().dropped(), 0, "the record is whole");
    let mut frame = Frame::new(run.setup().nodes);
    look(&frame);
    for (_, event) in run.record().since(EventId(0)) {
        frame.apply(event);
        look(&frame);
    }
}

fn hash(run: &Run) -> TraceHash {
    let mut hash = TraceHash::new();
    assert!(hash.take_in(run.record()), "the record is whole");
    hash
}

/// Lives through a recording up to a moment, a few steps at a time.
fn rewound(recording: &Recording, target: Target) -> Result<Run, RunError> {
    let mut rewind = Rewind::new(Rc::new(recording.clone()), target)?;
    while !rewind.advance(|| true)?.done {}
    Ok(rewind.into_run().expect("it is there"))
}
