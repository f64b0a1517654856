//! Real runs with the observers at them.

use std::ops::RangeInclusive;
use std::rc::Rc;

use glassraft_core::check::{Missed, Operation, Outcome, Promise, Watch};
use glassraft_core::etcd::{Error, Request};
use glassraft_core::member::{LogEntry, NodeId, Note, RequestId, Role};
use glassraft_core::trace::Run;
use glassraft_core::world::{Action, Event, EventId, EventKind, Setup};
use glassraft_tests::{CLIENT_TIMEOUT_US, Lab, get, n, put};

/// Numbers that a seed makes (xorshift).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % sides
    }

    fn node(&mut self, nodes: u8) -> NodeId {
        n(u8::try_from(self.roll(nodes.into())).expect("few nodes") + 1)
    }
}

/// A setup that a seed makes: 1 to 7 nodes, disks and networks fast and slow.
fn setup(dice: &mut Dice) -> Setup {
    let mut setup = Setup {
        nodes: u8::try_from(dice.roll(7)).expect("few") + 1,
        ..Setup::default()
    };
    setup.disk.sync.max_us = 10_000 + dice.roll(300_000);
    setup.network.latency.min_us = 1_000;
    setup.network.latency.max_us = 1_000 + dice.roll(400_000);
    setup.options.pre_vote = dice.roll(2) == 0;
    setup.options.check_quorum = dice.roll(4) != 0;
    setup
}

/// A run with crashes, restarts and requests at moments that the seed chooses.
fn disturbed(seed: u64, actions: u64) -> (Run, Watch) {
    let mut dice = Dice::new(seed);
    let setup = setup(&mut dice);
    let nodes = setup.nodes;
    let mut run = Run::new(setup, seed).expect("the setup is valid");
    let mut watch = Watch::new();
    for number in 0..actions {
        let node = dice.node(nodes);
        let key = format!("k{}", dice.roll(7));
        let request = |request| Action::Request {
            node,
            request,
            timeout_us: CLIENT_TIMEOUT_US,
        };
        let action = match dice.roll(10) {
            0 | 1 => Action::Crash { node },
            2..=4 => Action::Restart { node },
            5..=7 => request(put(&key, &number.to_string())),
            _ => request(get(&key)),
        };
        // Some make no sense now, and are refused.
        let _refused = run.act(action);
        let at = run.now() + dice.roll(700_000);
        let advanced = watch.advance(&mut run, at);
        assert_eq!(advanced, Ok(()), "seed {seed}");
        for (promise, verdict) in watch.checks.verdicts() {
            let name = promise.name();
            assert!(verdict.is_held(), "seed {seed}: {name}: {verdict:?}");
        }
    }
    assert_eq!(watch.seen(), run.record().len(), "seed {seed}");
    (run, watch)
}

/// Every promise holds in disturbed runs of clusters of all kinds.
#[test]
fn every_promise_holds_in_disturbed_runs() {
    let mut elections = 0;
    let mut applied = 0;
    for seed in 0..200 {
        let (run, _) = disturbed(seed, 120);
        for (_, event) in run.record().since(EventId(0)) {
            if let EventKind::Node { note, .. } = &event.kind {
                elections += u32::from(matches!(note, Note::Voted { .. }));
                applied += u32::from(matches!(note, Note::Applied { .. }));
            }
        }
    }
    // Nothing would be shown by runs in which nothing happens.
    assert!(elections > 2_000, "{elections} votes");
    assert!(applied > 20_000, "{applied} entries applied");
}

/// Whatever one node of a real run is made to tell otherwise is found out: the observers
/// are not content with just any history.
#[test]
fn a_falsified_run_is_found_out() {
    let mut found = [0; FALSIFIERS.len()];
    for seed in 0..20 {
        let (run, _) = disturbed(seed, 120);
        let events: Vec<Event> = run
            .record()
            .since(EventId(0))
            .map(|(_, event)| event.clone())
            .collect();
        for (found, (promise, falsify)) in found.iter_mut().zip(FALSIFIERS) {
            let Some(falsified) = first_falsified(&events, falsify) else {
                continue;
            };
            let mut watch = Watch::new();
            for (id, event) in (0..).map(EventId).zip(&events) {
                match &falsified {
                    (at, instead) if *at == id => watch.observe(id, instead),
                    _ => watch.observe(id, event),
                }
            }
            let verdict = watch.checks.verdict(promise);
            let name = promise.name();
            assert!(
                !verdict.is_held(),
                "seed {seed}: {name} after {falsified:?}"
            );
            *found += 1;
        }
    }
    assert!(found.iter().all(|found| *found > 10), "{found:?}");
}

/// Tells a note otherwise, if it is of the right kind.
type Falsify = fn(&Note) -> Option<Note>;

const FALSIFIERS: [(Promise, Falsify); 3] = [
    (Promise::ElectionSafety, |note| {
        let Note::Became { role, term, leader } = note else {
            return None;
        };
        let follows = *role == Role::Follower && leader.is_some();
        follows.then_some(Note::Became {
            role: Role::Leader,
            term: *term,
            leader: *leader,
        })
    }),
    (Promise::LogMatching, |note| {
        let Note::Appended { entries } = note else {
            return None;
        };
        let mut entries = entries.clone();
        let first = entries.first_mut()?;
        *first = LogEntry::normal(first.index(), first.term(), "false".into());
        Some(Note::Appended { entries })
    }),
    (Promise::StateMachineSafety, |note| {
        let Note::Applied { index, changes } = note else {
            return None;
        };
        let mut changes = changes.clone();
        changes.pop()?;
        let index = *index;
        Some(Note::Applied { index, changes })
    }),
];

/// The first event, of those that another node has told the like of before, in another
/// form.
fn first_falsified(events: &[Event], falsify: Falsify) -> Option<(EventId, Event)> {
    let mut told: Vec<(NodeId, &Note)> = Vec::new();
    for (id, event) in (0..).map(EventId).zip(events) {
        let EventKind::Node { node, note } = &event.kind else {
            continue;
        };
        let Some(falsified) = falsify(note) else {
            continue;
        };
        if told.iter().any(|(by, same)| by != node && *same == note) {
            let kind = EventKind::Node {
                node: *node,
                note: falsified,
            };
            return Some((id, Event::new(event.at, event.cause(), kind)));
        }
        told.push((*node, note));
    }
    None
}

/// Two clusters told as one: three nodes of one run, two of another.
#[test]
fn two_runs_told_as_one_are_found_out() {
    let mut in_one_term = 0;
    for seed in 0..20 {
        let mut watch = Watch::new();
        let first_term = tell_part(&mut watch, seed, 1..=3);
        assert_eq!(watch.checks.first_broken(), None, "seed {seed}");
        let second_term = tell_part(&mut watch, seed + 1_000, 4..=5);
        let broken = |promise| !watch.checks.verdict(promise).is_held();
        assert!(broken(Promise::StateMachineSafety), "seed {seed}");
        let same = first_term == second_term;
        assert_eq!(broken(Promise::LogMatching), same, "seed {seed}");
        in_one_term += u32::from(same);
    }
    assert!(in_one_term > 10, "{in_one_term}");
}

/// Tells what some nodes of a run say in which the seed is written, and returns its term.
fn tell_part(watch: &mut Watch, seed: u64, nodes: RangeInclusive<u8>) -> u64 {
    let mut lab = Lab::with_leader(5, seed);
    let leader = lab.leader();
    let id = lab.request(leader, put("seed", &seed.to_string()));
    assert!(lab.outcome(id).is_ok(), "seed {seed}");
    lab.pass(1_000_000);
    for (_, event) in lab.run.record().since(EventId(0)) {
        let id = EventId(watch.seen());
        if nodes.contains(&event.node().number()) {
            watch.observe(id, event);
        }
    }
    lab.run.frame().node(leader).map_or(0, |node| node.term)
}

/// Observers that come too late say so, and judge nothing.
#[test]
fn observers_that_come_too_late_say_so() {
    let mut run = Run::new(Setup::default(), 1).expect("the setup is valid");
    let mut early = Watch::new();
    assert_eq!(early.advance(&mut run, 1_000_000), Ok(()));
    let seen = early.seen();
    assert!(seen > 0);
    while run.record().dropped() <= seen {
        run.advance(run.now() + 10_000_000);
    }
    let missed = Missed {
        first: EventId(seen),
        oldest: EventId(run.record().dropped()),
    };
    let end = run.now() + 1_000_000;
    assert_eq!(early.advance(&mut run, end), Err(missed));
    assert_eq!(early.seen(), seen);
    assert_eq!(
        missed.to_string(),
        format!(
            "the record begins with event {}: nothing was checked from event {seen} on",
            run.record().dropped()
        )
    );
}

/// Each operation has its start, its end and what became of it.
#[test]
fn operations_are_recorded_with_their_outcome() {
    let mut lab = Lab::with_leader(3, 5);
    let leader = lab.leader();
    let others: Vec<NodeId> = (1..=3).map(n).filter(|node| *node != leader).collect();
    let write = lab.request(leader, put("a", "1"));
    assert!(lab.outcome(write).is_ok());
    let read = lab.request(others[0], get("a"));
    assert!(lab.outcome(read).is_ok());
    let refused = lab.request(leader, put("", "1"));
    assert_eq!(*lab.outcome(refused), Err(Error::EmptyKey));
    for node in &others {
        lab.crash(*node);
    }
    let unknown = lab.request(leader, put("b", "2"));
    let began = lab.run.now();
    assert!(lab.outcome(unknown).is_err());
    let open = lab.request(others[0], get("a"));

    let mut watch = Watch::new();
    assert_eq!(watch.follow(lab.run.record()), Ok(()));
    // What is shown again is passed over.
    for (id, event) in lab.run.record().since(EventId(0)) {
        watch.observe(id, event);
    }
    let history = &watch.history;
    let ids: Vec<_> = history.operations().map(|operation| operation.id).collect();
    assert_eq!(ids, [write, read, refused, unknown, open]);
    let outcomes: Vec<_> = history.operations().map(Operation::outcome).collect();
    let ok = Some(Outcome::Ok);
    let (failed, unknown_outcome) = (Some(Outcome::Failed), Some(Outcome::Unknown));
    assert_eq!(outcomes, [ok, ok, failed, unknown_outcome, None]);

    let read = history.get(read).expect("it is kept");
    let pairs = read.pairs().expect("it was answered");
    assert_eq!(
        (&read.key().unwrap()[..], &pairs[0].value[..]),
        (&b"a"[..], &b"1"[..])
    );
    assert_eq!(
        (read.node, read.client, read.written()),
        (others[0], None, None)
    );
    let unknown = history.get(unknown).expect("it is kept");
    assert_eq!(unknown.written().map(|value| &value[..]), Some(&b"2"[..]));
    assert_eq!((unknown.start.at, unknown.range_end()), (began, &b""[..]));
    let end = unknown.end.as_ref().expect("it has ended");
    assert_eq!(end.when.at, began + CLIENT_TIMEOUT_US);
    let event = lab
        .run
        .record()
        .get(end.when.event)
        .map(|event| &event.kind);
    assert!(matches!(event, Some(EventKind::Answered { .. })));
}

/// A history keeps so many bytes, and drops the oldest operations.
#[test]
fn a_history_has_a_limit() {
    const REQUESTS: u64 = 100;
    let mut watch = Watch::new();
    let request = Rc::new(put("k", &"v".repeat(1 << 20)));
    for number in 0..REQUESTS {
        let kind = EventKind::Requested {
            id: RequestId(number + 1),
            node: n(1),
            request: Rc::clone(&request),
            client: None,
        };
        watch.observe(EventId(2 * number), &Event::new(number, None, kind));
        let kind = EventKind::Answered {
            id: RequestId(number + 1),
            node: n(1),
            result: Rc::new(Err(Error::Timeout)),
            unknown: true,
        };
        watch.observe(EventId(2 * number + 1), &Event::new(number, None, kind));
    }
    let kept = watch.history.operations().count() as u64;
    assert_eq!(kept, 31, "of 1 MiB each, and a little more");
    assert_eq!(watch.history.dropped() + kept, REQUESTS);
    let newest = watch.history.operations().next_back();
    assert!(newest.is_some_and(|newest| newest.id.0 == REQUESTS));
    assert!(matches!(&*request, Request::Put(_)));
}
