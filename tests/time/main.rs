//! Any moment of a run: reached, stepped to, explained, forked, and the same each time.
#![cfg(not(target_arch = "wasm32"))]

mod branches;
mod inspect;
mod kept;
mod seek;
mod steps;

use std::rc::Rc;

use glassraft_core::trace::{
    Frame, RecordLimits, Recording, Rewind, Run, RunError, Target, TraceHash,
};
use glassraft_core::world::EventId;
use glassraft_tests::chaos::{self, Dice, disturb};

/// A run with everything that can happen, at moments that the seed chooses, until there are
/// so many events.
fn disturbed(seed: u64, events: u64, limits: RecordLimits) -> Run {
    let mut run = Run::with_limits(chaos::setup(), seed, limits).expect("the setup is valid");
    disturb(&mut run, &mut Dice::new(seed), events);
    run
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
