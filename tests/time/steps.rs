//! Steps of a kind, and causes.

use glassraft_core::member::Note;
use glassraft_core::trace::{Frame, RecordLimits, Root, Run, Search, Searched, StepKind, text};
use glassraft_core::world::{Action, EventId, EventKind, Setup};
use glassraft_tests::{n, put};

use crate::{Dice, disturbed, fold, small};

const KINDS: [StepKind; 5] = [
    StepKind::Event,
    StepKind::Message,
    StepKind::Role,
    StepKind::Commit,
    StepKind::Request,
];

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
                let shown = dice.roll(run.record().len() + 1);
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
    let mut run = Run::new(Setup::default(), 3).expect("the setup is valid");
    run.advance(10_000_000);
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
