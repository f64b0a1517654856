//! Branches.

use glassraft_core::member::RequestId;
use glassraft_core::trace::{
    BranchError, BranchId, Branches, Compared, MAX_BRANCHES, RecordLimits, Run, Target, TraceHash,
    contrast,
};
use glassraft_core::world::{Action, ActionError, EventId, EventKind};
use glassraft_tests::{n, put};

use crate::{Dice, disturb, disturbed, hash, rewound};

/// Stepped, jumped through, forked and lived through again: a run has one hash. These are
/// the 200 runs of `tests/hashes.rs`, in four parts so that they can run at the same time.
#[test]
fn a_run_has_one_hash_however_one_moves_in_it() {
    (0..50).for_each(moved_through);
}

/// The second part.
#[test]
fn a_run_has_one_hash_however_one_moves_in_it_2() {
    (50..100).for_each(moved_through);
}

/// The third part.
#[test]
fn a_run_has_one_hash_however_one_moves_in_it_3() {
    (100..150).for_each(moved_through);
}

/// The fourth part.
#[test]
fn a_run_has_one_hash_however_one_moves_in_it_4() {
    (150..200).for_each(moved_through);
}

fn moved_through(seed: u64) {
    let mut run = disturbed(seed, 5_000, RecordLimits::default());
    // To the end of its last instant, so that a time says where it ends.
    run.advance(run.now());
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
    while stepped.step_until(run.now()).is_some() {}
    assert_eq!(hash(&stepped), expected, "seed {seed}: stepped");

    let mut branches = Branches::new(run, "main").expect("a good name");
    let mut dice = Dice::new(seed);
    // The second fork takes the place of the first among the runs that are kept.
    for _ in 0..2 {
        let id = EventId(dice.roll(branches.run().record().len()));
        branches
            .fork(Target::Event(id), None)
            .expect("there is room");
        finish(&mut branches);
        branches.switch(BranchId(1)).expect("it is there");
        finish(&mut branches);
        let here = hash(branches.run());
        assert_eq!(here, expected, "seed {seed}: left and returned to");
    }
    branches.switch(BranchId(2)).expect("it is there");
    finish(&mut branches);
    branches.switch(BranchId(1)).expect("it is there");
    finish(&mut branches);
    let here = hash(branches.run());
    assert_eq!(here, expected, "seed {seed}: brought back to life");
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
        let id = EventId(2_000 + Dice::new(seed).roll(4_000));
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

/// A branch that was deleted comes back as it was, with those that departed from it.
#[test]
fn a_deleted_branch_comes_back() {
    let run = disturbed(4, 3_000, RecordLimits::default());
    let mut branches = Branches::new(run, "main").expect("a good name");
    for id in [1_000, 2_000] {
        branches
            .fork(Target::Event(EventId(id)), None)
            .expect("there is room");
        finish(&mut branches);
        disturb(branches.run_mut(), &mut Dice::new(id), 3_000);
    }
    let before: Vec<_> = branches.list().collect();
    let recording = branches.recording(BranchId(2));
    let expected = hash_of(&branches, BranchId(2));
    assert_eq!(hash_of(&branches, BranchId(3)), hash(branches.run()));

    let deleted = branches.delete(BranchId(2)).expect("it is not active");
    assert_eq!(deleted.branch().name, "branch 2");
    assert_eq!(branches.list().count(), 2);
    branches.restore(deleted).expect("there is room");
    assert_eq!(branches.list().collect::<Vec<_>>(), before);
    assert_eq!(branches.recording(BranchId(2)), recording);
    assert_eq!(hash_of(&branches, BranchId(2)), expected);

    let second = branches.delete(BranchId(2)).expect("it is not active");
    branches
        .rename(BranchId(3), "branch 2")
        .expect("the name is free");
    assert_eq!(branches.restore(second), Err(BranchError::NameTaken));
    branches.switch(BranchId(1)).expect("it is there");
    finish(&mut branches);
    let third = branches.delete(BranchId(3)).expect("it is not active");
    while branches.list().count() < MAX_BRANCHES {
        branches.fork(Target::Time(0), None).expect("there is room");
        finish(&mut branches);
    }
    assert_eq!(branches.restore(third), Err(BranchError::TooMany));
    assert!(matches!(
        branches.rewind(BranchId(3)),
        Err(BranchError::Unknown(BranchId(3)))
    ));
}

/// The hash of a branch, by living through it once more.
fn hash_of(branches: &Branches, id: BranchId) -> TraceHash {
    let mut rewind = branches.rewind(id).expect("it is there").hashing();
    while !rewind.advance(|| true).expect("it was recorded").done {}
    rewind.hash().expect("it was asked for")
}

/// A comparison goes on to where both branches have come.
#[test]
fn a_comparison_goes_on_to_both_ends() {
    let run = disturbed(9, 3_000, RecordLimits::default());
    let first = run.frame().clone();
    let mut branches = Branches::new(run, "main").expect("a good name");
    branches
        .fork(Target::Event(EventId(1_500)), None)
        .expect("there is room");
    finish(&mut branches);
    disturb(branches.run_mut(), &mut Dice::new(1), 4_000);
    let mut comparison = branches
        .compare(BranchId(1), BranchId(2))
        .expect("both are there");
    while !matches!(
        comparison.advance(|| true).expect("both were recorded"),
        Compared::Differs(_)
    ) {}
    let ends = loop {
        if let Some(ends) = comparison.ends(|| true).expect("both were recorded") {
            break ends;
        }
    };
    assert!(ends[0] == first);
    assert!(ends[1] == *branches.run().frame());

    // Side by side, each part says what its picture says.
    let [one, other] = &ends;
    for (node, contrast) in one.nodes.iter().zip(contrast(one, other)) {
        assert_eq!(contrast.node, node.node);
        let part = |name: &str| {
            let part = contrast.parts.iter().find(|(known, _)| *known == name);
            part.unwrap_or_else(|| panic!("no {name}")).1.clone()
        };
        let there = other.node(node.node).expect("it was there");
        assert_eq!(
            part("term"),
            [node.term, there.term].map(|term| term.to_string())
        );
        assert_eq!(part("state")[0] == "down", node.role().is_none());
        assert_eq!(part("applied")[1] == "-", there.role().is_none());
    }
    let same = contrast(one, one);
    let mut parts = same.iter().flat_map(|node| &node.parts);
    assert!(parts.all(|(_, [one, other])| one == other));
}
