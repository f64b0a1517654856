//! Pictures of any moment, and the past that is not kept.

use std::rc::Rc;

use glassraft_core::trace::{
    RecordLimits, Rewind, Run, RunError, SeekError, StepKind, Target, TraceHash, text,
};
use glassraft_core::world::{Action, EventId, EventKind, Setup};
use glassraft_tests::n;

use crate::{Dice, disturbed, fold, hash, rewound, small};

/// Any picture of a run that is sought is the one folded from the beginning.
#[test]
fn a_frame_that_is_sought_is_the_frame_folded() {
    for seed in 0..3 {
        let run = disturbed(seed, 40_000, RecordLimits::default());
        assert!(
            run.key_frames() > 3,
            "seed {seed}: there is something to seek from"
        );
        let mut dice = Dice::new(seed + 100);
        fold(&run, |folded| {
            if dice.roll(100) == 0 || folded.events < 3 {
                let sought = run.frame_of(folded.events).expect("it is kept");
                assert!(
                    sought == *folded,
                    "seed {seed}: after {} events",
                    folded.events
                );
            }
        });
        let beyond = run.record().len() + 1;
        assert_eq!(run.frame_of(beyond).err(), Some(SeekError::Future));
    }
}

/// The picture at a time has all events of that moment, and none of a later one.
#[test]
fn a_frame_at_a_time_has_all_of_that_moment() {
    let run = disturbed(7, 12_000, RecordLimits::default());
    let mut dice = Dice::new(7);
    for _ in 0..200 {
        let at = dice.roll(run.now() + 1);
        let frame = run.frame_at(at).expect("it is kept");
        assert!(frame.at <= at, "{at}: an event of {}", frame.at);
        let next = run.record().get(EventId(frame.events));
        assert!(next.is_none_or(|next| next.at > at), "{at}: {next:?}");
    }
    assert!(run.frame_at(run.now()).expect("now") == *run.frame());
    assert_eq!(run.frame_at(run.now() + 1).err(), Some(SeekError::Future));
}

/// What is no longer kept is reached by living through the run again, to the same picture,
/// the same hash, and the same future.
#[test]
fn the_dropped_past_can_be_reached() {
    let whole = disturbed(5, 60_000, RecordLimits::default());
    let run = disturbed(5, 60_000, small(10_000));
    let dropped = run.record().dropped();
    assert!(dropped > 40_000, "most is dropped");
    assert_eq!(run.recording(), whole.recording());
    assert!(!TraceHash::new().take_in(run.record()));
    let target = dropped / 3;
    assert_eq!(run.frame_of(target).err(), Some(SeekError::Dropped));
    assert_eq!(
        run.previous_like(StepKind::Event, dropped),
        Err(SeekError::Dropped)
    );
    assert!(
        run.frame_of(dropped)
            .expect("it is the first that is kept")
            .events
            == dropped
    );
    let near = run.frame_near(target);
    assert!(near == whole.frame_of(near.events).expect("all is kept"));
    let far = run.frame_near(dropped - 1).events;
    assert!(far > 0, "some pictures of the dropped past stay");

    let mut again = rewound(run.recording(), Target::Event(EventId(target))).expect("recorded");
    assert!(again.record().len() > target);
    assert!(again.frame_of(target).expect("there") == whole.frame_of(target).expect("kept"));
    let until = again.recording().clone();
    let cut = run.recording().until(again.steps());
    assert_eq!(until.actions, cut.actions[..until.actions.len()]);

    // Going on without the later actions is another run; with them, it is the same one.
    again = rewound(
        run.recording(),
        Target::End {
            step: run.steps(),
            at: run.now(),
        },
    )
    .expect("recorded");
    assert_eq!(hash(&again), hash(&whole));
    let limits = small(1);
    let recording = Rc::new(run.recording().clone());
    let target = Target::Time(run.now());
    let rewind = Rewind::with_limits(recording, target, limits).expect("the setup is valid");
    let mut rewind = rewind.hashing();
    assert!(rewind.advance(|| false).expect("recorded").done);
    assert_eq!(rewind.hash(), Some(hash(&whole)), "taken on the way");
}

/// A moment that a run does not come to is refused.
#[test]
fn a_moment_that_never_comes_is_refused() {
    let run = disturbed(2, 2_000, RecordLimits::default());
    let (step, at) = (run.steps(), run.now());
    let recording = run.recording();
    for target in [
        Target::End { step: step + 1, at },
        Target::End { step, at: 0 },
        Target::End {
            step,
            at: at + 60_000_000,
        },
    ] {
        assert_eq!(
            rewound(recording, target).err(),
            Some(RunError::Astray),
            "{target:?}"
        );
    }
}

/// However long a run, the pictures kept are few, and those of the far past stay spread
/// over it.
#[test]
fn key_frames_are_bounded() {
    let run = disturbed(8, 400_000, small(20_000));
    assert!(run.key_frames() <= 40, "{} key frames", run.key_frames());
    let quarter = run.record().len() / 4;
    for part in 1..4 {
        let near = run.frame_near(part * quarter).events;
        assert!(
            near > part * quarter - quarter / 2,
            "{near} is near {part} quarters"
        );
    }
}

/// Each action has its own line in the trace, without a trace of how it is programmed.
#[test]
fn actions_are_text() {
    let mut run = Run::new(Setup::default(), 1).expect("the setup is valid");
    run.act(Action::Crash { node: n(2) }).expect("it runs");
    run.act(Action::Restart { node: n(2) }).expect("it is down");
    let lines: Vec<String> = run
        .record()
        .since(EventId(0))
        .filter(|(_, event)| matches!(event.kind, EventKind::Acted { .. }))
        .map(|(id, event)| text::line(id, event))
        .collect();
    assert!(lines[0].ends_with(" 0 - n2 acted crash n2"), "{lines:?}");
    assert!(lines[1].ends_with(" 0 - n2 acted restart n2"), "{lines:?}");
}

/// A recording that is cut at a step is the same run until there.
#[test]
fn a_recording_can_be_cut() {
    let run = disturbed(9, 6_000, RecordLimits::default());
    let recording = run.recording();
    let step = recording.actions[recording.actions.len() / 2].step;
    let cut = recording.until(step);
    let next = &recording.actions[cut.actions.len()];
    assert!(
        next.step > step,
        "the next action comes after a further step"
    );
    assert_eq!(cut.actions.last().map(|last| last.step), Some(step));
    let again = Run::replay(&cut).expect("it was recorded");
    assert!(again.record().len() > 1_000);
    let events = again.record().since(EventId(0));
    assert!(
        events
            .zip(run.record().since(EventId(0)))
            .all(|(cut, whole)| cut == whole)
    );
}
