//! Any moment of a run: reached, stepped to, explained, forked, and the same each time.
#![cfg(not(target_arch = "wasm32"))]

use std::rc::Rc;

use glassraft_core::member::{Note, RequestId};
use glassraft_core::trace::{
    BranchError, BranchId, Branches, Compared, Frame, MAX_BRANCHES, RecordLimits, Recording,
    Rewind, Root, Run, RunError, Search, Searched, SeekError, StepKind, Target, TraceHash, text,
};
use glassraft_core::world::{Action, ActionError, EventId, EventKind, Setup};
use glassraft_tests::{get, n, put};

const KINDS: [StepKind; 5] = [
    StepKind::Event,
    StepKind::Message,
    StepKind::Role,
    StepKind::Commit,
    StepKind::Request,
];

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
            if dice.below(100) == 0 || folded.events < 3 {
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
        let at = dice.below(run.now() + 1);
        let frame = run.frame_at(at).expect("it is kept");
        assert!(frame.at <= at, "{at}: an event of {}", frame.at);
        let next = run.record().get(EventId(frame.events));
        assert!(next.is_none_or(|next| next.at > at), "{at}: {next:?}");
    }
    assert!(run.frame_at(run.now()).expect("now") == *run.frame());
    assert_eq!(run.frame_at(run.now() + 1).err(), Some(SeekError::Future));
}

/// Steps of each kind go where a look at every picture says that they go, both ways.
#[test]
fn a_step_of_a_kind_goes_to_the_next_or_the_last_of_it() {
    for seed in 0..2 {
        let run = disturbed(seed, 20_000, RecordLimits::default());
        for kind in KINDS {
            let of_kind = events_of(&run, kind);
            assert!(of_kind.len() > 10, "seed {seed}: {kind:?} happens");
            let mut dice = Dice::new(seed);
            for _ in 0..100 {
                let shown = dice.below(run.record().len() + 1);
                let what = format!("seed {seed}, {kind:?}, {shown} events shown");
                let next = of_kind.iter().find(|id| id.0 >= shown).copied();
                assert_eq!(run.next_like(kind, shown), Ok(next), "{what}");
                let before = of_kind.iter().rev().find(|id| id.0 + 1 < shown).copied();
                assert_eq!(run.previous_like(kind, shown), Ok(before), "{what}");
            }
        }
    }
}

/// All events of a kind, by comparing each picture with the one before.
fn events_of(run: &Run, kind: StepKind) -> Vec<EventId> {
    let mut found = Vec::new();
    let mut last = Frame::new(run.setup().nodes);
    fold(run, |frame| {
        let Some(id) = frame.events.checked_sub(1).map(EventId) else {
            return;
        };
        let event = run.record().get(id).expect("the record is whole");
        let roles = |frame: &Frame| {
            frame
                .nodes
                .iter()
                .map(|node| node.role())
                .collect::<Vec<_>>()
        };
        let is = match kind {
            StepKind::Event => true,
            StepKind::Message => matches!(
                event.kind,
                EventKind::Sent { .. } | EventKind::Delivered { .. } | EventKind::Lost { .. }
            ),
            StepKind::Role => roles(frame) != roles(&last),
            StepKind::Commit => frame.commit() > last.commit(),
            StepKind::Request => {
                frame.requests.len() != last.requests.len()
                    || matches!(event.kind, EventKind::Answered { .. })
            }
        };
        if is {
            found.push(id);
        }
        last = frame.clone();
    });
    found
}

/// Where the record ends, a step forward lets the world run on, a little at a time, and
/// ends where nothing of the kind comes.
#[test]
fn a_step_forward_lets_the_world_run_on() {
    let mut run = disturbed(3, 3_000, RecordLimits::default());
    for node in 1..=5 {
        let _up_already = run.act(Action::Restart { node: n(node) });
    }
    for kind in KINDS.into_iter().filter(|kind| *kind != StepKind::Request) {
        let shown = run.record().len();
        if kind == StepKind::Commit {
            let request = put("a", "b");
            let timeout_us = 60_000_000;
            let node = n(2);
            let asked = Action::Request {
                node,
                request,
                timeout_us,
            };
            run.act(asked).expect("n2 runs");
        }
        if kind == StepKind::Role {
            let leader = run.frame().leader().expect("a leader").node;
            run.act(Action::Crash { node: leader }).expect("it runs");
        }
        let mut search = Search::new(&run, kind, shown).expect("it is now");
        let found = loop {
            match search.advance(&mut run, || true) {
                Searched::Working => {}
                Searched::Found(id) => break id,
                Searched::Nothing => panic!("{kind:?} comes"),
            }
        };
        assert_eq!(run.next_like(kind, shown), Ok(Some(found)), "{kind:?}");
    }
    run.advance(run.now() + 100_000_000);
    let began = run.now();
    let shown = run.record().len();
    let mut search = Search::new(&run, StepKind::Request, shown).expect("it is now");
    assert_eq!(search.advance(&mut run, || false), Searched::Nothing);
    assert!(run.now() - began < 700_000_000, "the search is bounded");
}

/// "Why?" leads from every event back to an action, to what started a timer, or to the
/// run's beginning, and never to a later event.
#[test]
fn every_event_has_a_reason() {
    for seed in 0..3 {
        let run = disturbed(seed, 20_000, RecordLimits::default());
        let mut roots = [0; 3];
        for (id, event) in run.record().since(EventId(0)) {
            let line = text::line(id, event);
            let why = run.record().why(id).expect("the event is kept");
            assert_eq!(why.chain[0], id);
            assert!(
                why.chain.is_sorted_by(|later, earlier| later > earlier),
                "{line}"
            );
            let last = *why.chain.last().expect("it begins with the event");
            let last = run.record().get(last).expect("the record is whole");
            match why.root {
                Root::Action => {
                    roots[0] += 1;
                    let done = matches!(
                        last.kind,
                        EventKind::Acted { .. } | EventKind::Requested { .. }
                    );
                    assert!(done, "seed {seed}: {line}");
                }
                Root::Timer => {
                    roots[1] += 1;
                    let starts = matches!(
                        last.kind,
                        EventKind::Node {
                            note: Note::TimerReset { .. } | Note::Became { .. },
                            ..
                        }
                    );
                    assert!(starts, "seed {seed}: {line}");
                }
                Root::Beginning => {
                    roots[2] += 1;
                    assert_eq!(last.at, 0, "seed {seed}: {line}");
                }
                Root::Dropped | Root::TooLong => panic!("seed {seed}: {line}: {why:?}"),
            }
        }
        assert!(
            roots.iter().all(|count| *count > 0),
            "seed {seed}: {roots:?}"
        );
    }
}

/// A chain that leads to events that are gone says so.
#[test]
fn a_reason_that_is_gone_is_named() {
    let run = disturbed(1, 60_000, small(10_000));
    let dropped = run.record().dropped();
    assert!(dropped > 0);
    assert_eq!(run.record().why(EventId(dropped - 1)), None);
    let whys = run.record().since(EventId(dropped));
    let mut whys = whys.filter_map(|(id, _)| run.record().why(id));
    let gone = whys
        .find(|why| why.root == Root::Dropped)
        .expect("some chain ends there");
    assert!(gone.chain.last().expect("never empty").0 < dropped);
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

/// Stepped, jumped through, forked and lived through again: a run has one hash.
#[test]
fn a_run_has_one_hash_however_one_moves_in_it() {
    for seed in 0..5 {
        let run = disturbed(seed, 6_000, RecordLimits::default());
        let expected = hash(&run);
        let head = Target::End {
            step: run.steps(),
            at: run.now(),
        };
        let again = rewound(run.recording(), head).expect("it was recorded");
        assert_eq!(hash(&again), expected, "seed {seed}: lived through again");
        let mut advanced = Run::replay(run.recording()).expect("it was recorded");
        advanced.advance(run.now());
        assert_eq!(hash(&advanced), expected, "seed {seed}: jumped");
        let mut stepped = Run::replay(run.recording()).expect("it was recorded");
        while stepped.steps() < run.steps() {
            stepped.step();
        }
        assert_eq!(hash(&stepped), expected, "seed {seed}: stepped");

        let mut branches = Branches::new(run, "main").expect("a good name");
        let mut dice = Dice::new(seed);
        for _ in 0..3 {
            let id = EventId(dice.below(branches.run().record().len()));
            branches
                .fork(Target::Event(id), None)
                .expect("there is room");
            finish(&mut branches);
            branches.switch(BranchId(1)).expect("it is there");
            finish(&mut branches);
            assert_eq!(
                hash(branches.run()),
                expected,
                "seed {seed}: left and returned to"
            );
        }
        branches.switch(BranchId(2)).expect("it is there");
        finish(&mut branches);
        branches.switch(BranchId(1)).expect("it is there");
        finish(&mut branches);
        assert_eq!(
            hash(branches.run()),
            expected,
            "seed {seed}: brought back to life"
        );
    }
}

fn finish(branches: &mut Branches) {
    while !branches.advance(|| true).expect("it can be done").done {}
    assert!(!branches.is_busy());
}

/// To act at an old event forks the run there: the parent stays as it is, and the two are
/// the same up to the step of that event and differ right behind it.
#[test]
fn acting_in_the_past_forks_the_run() {
    for seed in 0..5 {
        let run = disturbed(seed, 8_000, RecordLimits::default());
        let (parent_hash, parent_recording) = (hash(&run), run.recording().clone());
        let mut branches = Branches::new(run, "main").expect("a good name");
        let id = EventId(2_000 + Dice::new(seed).below(4_000));
        let there = branches.run().frame_of(id.0 + 1).expect("it is kept");
        let up = there.nodes.iter().find(|node| node.role().is_some());
        let node = up
            .unwrap_or_else(|| panic!("seed {seed}: some node runs"))
            .node;
        let action = Action::Crash { node };
        branches
            .fork(Target::Event(id), Some(action))
            .expect("there is room");
        assert_eq!(branches.active(), BranchId(1), "nothing happened yet");
        finish(&mut branches);
        assert_eq!(branches.active(), BranchId(2));
        let fork = branches.get(BranchId(2)).expect("it is active");
        assert_eq!((fork.parent, &*fork.name), (Some(BranchId(1)), "branch 2"));
        assert!(fork.departure.events > id.0);
        assert_eq!(fork.departure.at, there.at, "the same instant");
        branches.run_mut().advance(fork.departure.at + 5_000_000);

        let parent = branches.recording(BranchId(1)).expect("it is kept");
        assert_eq!(parent, parent_recording, "seed {seed}");
        let mut comparison = branches
            .compare(BranchId(1), BranchId(2))
            .expect("both are there");
        let difference = loop {
            match comparison.advance(|| true).expect("both were recorded") {
                Compared::Working { .. } => {}
                Compared::Same { events } => panic!("seed {seed}: the same for {events} events"),
                Compared::Differs(difference) => break difference,
            }
        };
        assert_eq!(difference.event.0, fork.departure.events, "seed {seed}");
        let [old, new] = &difference.halves;
        assert!(matches!(&new.event.kind, EventKind::Acted { .. }));
        assert!(
            new.frame
                == branches
                    .run()
                    .frame_of(difference.event.0 + 1)
                    .expect("kept")
        );
        branches.switch(BranchId(1)).expect("it is there");
        finish(&mut branches);
        assert!(
            old.frame
                == branches
                    .run()
                    .frame_of(difference.event.0 + 1)
                    .expect("kept")
        );
        assert_eq!(hash(branches.run()), parent_hash, "seed {seed}");
    }
}

/// A fork of a fork, names, deletion, limits, and what is refused.
#[test]
fn branches_are_kept_in_order() {
    let run = disturbed(4, 3_000, RecordLimits::default());
    let mut branches = Branches::new(run, "main").expect("a good name");
    let target = Target::Event(EventId(1_000));
    let no_node = Action::Crash { node: n(9) };
    branches.fork(target, Some(no_node)).expect("there is room");
    let error = loop {
        match branches.advance(|| true) {
            Ok(progress) => assert!(!progress.done, "the action makes no sense"),
            Err(error) => break error,
        }
    };
    assert_eq!(error, BranchError::Action(ActionError::NoSuchNode(n(9))));
    assert_eq!((branches.list().count(), branches.is_busy()), (1, false));

    branches.fork(target, None).expect("there is room");
    branches.cancel();
    assert!(branches.advance(|| false).expect("nothing to do").done);
    assert_eq!(branches.active(), BranchId(1));

    branches.fork(target, None).expect("there is room");
    finish(&mut branches);
    disturb(branches.run_mut(), &mut Dice::new(99), 3_000);
    let second = branches.run().recording().clone();
    branches
        .fork(Target::Event(EventId(2_000)), None)
        .expect("there is room");
    finish(&mut branches);
    disturb(branches.run_mut(), &mut Dice::new(77), 3_000);
    let third = branches.run().recording().clone();
    let third_hash = hash(branches.run());
    assert_eq!(branches.recording(BranchId(2)), Some(second));
    let at_2 = branches.get(BranchId(2)).expect("kept").departure;
    let at_3 = branches.get(BranchId(3)).expect("kept").departure;
    assert!(at_2 < at_3);

    assert_eq!(branches.rename(BranchId(3), ""), Err(BranchError::BadName));
    assert_eq!(
        branches.rename(BranchId(3), "a\nb"),
        Err(BranchError::BadName)
    );
    assert_eq!(
        branches.rename(BranchId(3), &"x".repeat(41)),
        Err(BranchError::BadName)
    );
    assert_eq!(
        branches.rename(BranchId(3), "main"),
        Err(BranchError::NameTaken)
    );
    branches
        .rename(BranchId(3), "branch 4")
        .expect("a good name");
    assert_eq!(branches.delete(BranchId(3)), Err(BranchError::Active));
    assert_eq!(
        branches.delete(BranchId(7)),
        Err(BranchError::Unknown(BranchId(7)))
    );
    branches.delete(BranchId(2)).expect("it is not active");
    let third_now = branches.get(BranchId(3)).expect("kept");
    assert_eq!(
        (third_now.parent, third_now.departure),
        (Some(BranchId(1)), at_2)
    );

    branches.switch(BranchId(1)).expect("it is there");
    finish(&mut branches);
    while branches.list().count() < MAX_BRANCHES {
        branches.fork(Target::Time(0), None).expect("there is room");
        finish(&mut branches);
    }
    assert_eq!(branches.fork(target, None), Err(BranchError::TooMany));
    let mut names: Vec<String> = branches.list().map(|branch| branch.name).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), MAX_BRANCHES, "{names:?}");
    assert_eq!(branches.recording(BranchId(3)), Some(third));
    branches.switch(BranchId(3)).expect("it is there");
    finish(&mut branches);
    assert_eq!(hash(branches.run()), third_hash);
    let same = branches
        .compare(BranchId(3), BranchId(3))
        .expect("it is there");
    let events = branches.run().record().len();
    let mut same = same;
    assert_eq!(same.advance(|| false), Ok(Compared::Same { events }));
}

/// To fork at a time leaves the run there, between events too, and keeps what was done by
/// then.
#[test]
fn a_fork_at_a_time_stands_at_that_time() {
    let run = disturbed(6, 4_000, RecordLimits::default());
    let at = run.now() / 2 + 1;
    let events = run.events_at(at).expect("it is kept");
    let actions = run.recording().actions.iter();
    let until = actions.filter(|stamped| stamped.at <= at).count();
    let mut branches = Branches::new(run, "main").expect("a good name");
    branches
        .fork(Target::Time(at), None)
        .expect("there is room");
    finish(&mut branches);
    let run = branches.run_mut();
    assert_eq!((run.now(), run.record().len()), (at, events));
    assert_eq!(run.recording().actions.len(), until);
    let request = put("a", "b");
    let timeout_us = 1_000_000;
    let node = n(1);
    let asked = Action::Request {
        node,
        request,
        timeout_us,
    };
    let id = run.act(asked).expect("n1 is a node");
    assert!(id > Some(RequestId(0)));
    let stamped = run.recording().actions.last().expect("it was recorded");
    assert_eq!(stamped.at, at);
}

/// However long a run, the pictures kept are few, and those of the far past stay spread
/// over it.
#[test]
fn key_frames_are_bounded() {
    let run = disturbed(8, 700_000, small(20_000));
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
