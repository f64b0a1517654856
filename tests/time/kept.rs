//! Branches that are kept as plain data, and come back.

use glassraft_core::share::{Session, Shown, session};
use glassraft_core::trace::{
    BranchError, BranchId, Branches, KeptBranches, Moment, RecordLimits, Rewind, Target,
};
use glassraft_core::world::{Action, EventId};

use glassraft_tests::{Lab, n};

use crate::{Dice, disturbed, hash};

/// A run with some branches, of which one is renamed.
fn forked(seed: u64) -> Branches {
    let run = disturbed(seed, 4_000, RecordLimits::default());
    let mut branches = Branches::new(run, "main").expect("a good name");
    let mut dice = Dice::new(seed);
    for _ in 0..3 {
        let id = EventId(500 + dice.roll(2_000));
        let heal = Some(Action::Heal);
        branches
            .fork(Target::Event(id), heal)
            .expect("there is room");
        while !branches.advance(|| true).expect("it can be done").done {}
        let until = branches.run().now() + dice.roll(3_000_000);
        branches.run_mut().advance(until);
    }
    branches
        .rename(BranchId(2), "what if")
        .expect("a good name");
    branches
}

fn lived(mut rewind: Rewind) -> glassraft_core::trace::Run {
    while !rewind.advance(|| true).expect("it was recorded").done {}
    rewind.into_run().expect("it is there")
}

fn switch(branches: &mut Branches, id: BranchId) {
    branches.switch(id).expect("it is there");
    while !branches.advance(|| true).expect("it can be done").done {}
}

/// Kept as a file and read back, the branches are what they were: their names and moments,
/// and the events of every one of them.
#[test]
fn kept_branches_come_back() {
    for seed in 0..4 {
        let mut branches = forked(seed);
        let written = Session {
            shown: Some(Shown { events: 77, at: 99 }),
            typed: vec!["kill leader".to_owned()],
            branches: branches.keep(),
            ..Session::of(branches.run().recording().clone(), "a lecture".to_owned())
        };
        let mut text = String::new();
        session::write(&mut text, &written).expect("a string takes all");
        let read = session::read(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(read, written, "seed {seed}");

        let run = lived(read.branches.rewind().expect("it was kept"));
        let mut back = Branches::from_kept(&read.branches, run).expect("it was kept");
        assert_eq!(back.active(), branches.active(), "seed {seed}");
        assert!(back.list().eq(branches.list()), "seed {seed}");
        let ids: Vec<BranchId> = branches.list().map(|branch| branch.id).collect();
        for id in ids {
            switch(&mut branches, id);
            switch(&mut back, id);
            assert_eq!(
                hash(back.run()),
                hash(branches.run()),
                "seed {seed}: {id:?}"
            );
        }
        assert!(back.keep().branches == branches.keep().branches);
    }
}

/// A link may be newer than what was kept of its session: the branch goes on with it.
#[test]
fn what_was_done_since_is_added() {
    let mut branches = forked(5);
    let mut kept = branches.keep();
    let now = branches.run().now();
    branches.run_mut().advance(now + 700_000);
    let action = Action::Heal;
    branches.run_mut().act(action).expect("it can be done");
    let newer = branches.run().recording().clone();
    assert!(kept.go_on(&newer));
    let run = lived(kept.rewind().expect("it was kept"));
    assert_eq!(hash(&run), hash(branches.run()));
    assert!(kept.go_on(&newer), "there is nothing to be added");

    let mut other = newer.clone();
    other.seed += 1;
    assert!(!kept.go_on(&other), "it is another run");
    let mut older = newer;
    older.actions.pop();
    assert!(!kept.go_on(&older), "it knows less");
}

/// What does not fit together is refused, whoever wrote it.
#[test]
fn wrong_branches_are_refused() {
    let branches = forked(6);
    let good = branches.keep();
    let refused = |change: fn(&mut KeptBranches)| {
        let mut kept = good.clone();
        change(&mut kept);
        kept.check().expect_err("it is wrong")
    };
    good.check().expect("it was kept");
    let unsound = |error| matches!(error, BranchError::Unsound(_));
    assert!(unsound(refused(|kept| kept.branches.swap(0, 1))));
    assert!(unsound(refused(|kept| {
        kept.branches[1].branch.parent = Some(BranchId(4));
    })));
    assert!(unsound(refused(|kept| {
        kept.branches[0].branch.head = Moment::default();
    })));
    assert_eq!(
        refused(|kept| kept.active = BranchId(9)),
        BranchError::Unknown(BranchId(9))
    );
    assert_eq!(
        refused(|kept| kept.branches.clear()),
        BranchError::Unknown(good.active)
    );
    assert_eq!(
        refused(|kept| kept.branches[1].branch.name = " main ".to_owned()),
        BranchError::BadName
    );
    assert_eq!(
        refused(|kept| kept.branches[1].branch.name = "main".to_owned()),
        BranchError::NameTaken
    );
    assert_eq!(
        refused(|kept| {
            let last = kept.branches[3].clone();
            kept.branches.extend((5..=20).map(|number| {
                let mut more = last.clone();
                more.branch.id = BranchId(number);
                more.branch.name = format!("branch {number}");
                more
            }));
        }),
        BranchError::TooMany
    );

    // The run of another branch is not the one to go on with.
    let run = lived(good.rewind().expect("it was kept"));
    let mut other = good.clone();
    other.active = BranchId(1);
    assert!(Branches::from_kept(&other, run).is_err());
    // A branch that says to have come to where its run never is.
    let mut astray = good;
    let head = &mut astray.branches[3].branch.head;
    head.step += 1;
    let mut rewind = astray.rewind().expect("it looks right");
    let came = std::iter::repeat_with(|| rewind.advance(|| true))
        .find(|came| came.as_ref().is_ok_and(|progress| progress.done) || came.is_err());
    assert!(came.is_some_and(|came| came.is_err()), "it came there");
}

/// Files whose branches are wrong are refused with the place.
#[test]
fn wrong_files_are_refused() {
    let branches = forked(7);
    let written = Session {
        branches: branches.keep(),
        ..Session::of(branches.run().recording().clone(), "a lecture".to_owned())
    };
    let mut text = String::new();
    session::write(&mut text, &written).expect("a string takes all");
    for (from, to, said) in [
        ("\"active\": 4", "\"active\": 9", "branch 4"),
        ("\"active\": 4", "\"active\": 3", "branch 4"),
        ("\"number\": 2", "\"number\": 1", "order of their numbers"),
        ("\"what if\"", "\"main\"", "another branch has this name"),
        ("\"what if\"", "\"\"", "1 to 40 characters"),
        ("\"parent\": 1", "\"parent\": 8", "departs from none"),
        (
            "\"head\": [",
            "\"head\": [\"even\", ",
            "branches[0].head[0]: invalid type",
        ),
        ("\"typed\": []", "\"typed\": [1]", "typed[0]: invalid type"),
    ] {
        assert!(text.contains(from), "{from}");
        let wrong = text.replacen(from, to, 1);
        let error = session::read(&wrong).expect_err(to).to_string();
        assert!(error.contains(said), "{to}: {error}");
    }
    let seed = format!("\"seed\": \"{}\"", branches.run().recording().seed);
    let seed = if text.contains(&seed) {
        seed
    } else {
        seed.replace('"', "").replace("seed", "\"seed\"")
    };
    let stranger = text.replacen(&seed, "\"seed\": 123", 1);
    let error = session::read(&stranger).expect_err("another seed");
    assert!(
        error.to_string().contains("another setup or seed"),
        "{error}"
    );
}

#[test]
fn what_has_outgrown_a_file_is_refused_before_it_is_written() {
    let mut lab = Lab::new(3, 5);
    let kept = |lab: &Lab| Session::of(lab.run.recording().clone(), "long".to_owned());
    for number in 1..=3 {
        lab.crash(n(number));
    }
    session::check(&kept(&lab)).expect("a short run");
    // A day is the most that a file may ask for.
    lab.run.advance(86_400_000_001);
    lab.act(Action::Heal);
    let error = session::check(&kept(&lab)).expect_err("more than a day");
    let error = error.to_string();
    assert!(error.contains("at_us has to be at most one day"), "{error}");
}

#[test]
fn numbers_and_moments_out_of_reach_are_refused() {
    let branches = forked(7);
    let change = |change: &dyn Fn(&mut KeptBranches)| {
        let mut kept = branches.keep();
        change(&mut kept);
        kept.check().expect_err("it is out of reach").to_string()
    };
    let last = branches.keep().branches.len() - 1;
    let number = change(&|kept| kept.branches[last].branch.id = BranchId(u32::MAX));
    assert!(number.contains("number of one is too large"), "{number}");
    let late = change(&|kept| kept.branches[last].branch.head.at = u64::MAX);
    assert!(late.contains("too long"), "{late}");
    let steps = change(&|kept| kept.branches[last].branch.head.step = u64::MAX);
    assert!(steps.contains("too long"), "{steps}");
}
