//! What a class does to a cluster, and what has to come of it.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::etcd::{Error, Response};
use glassraft_core::member::{NodeId, Note, Timeout};
use glassraft_core::trace::{Run, RunError};
use glassraft_core::world::{Action, ActionError, Event, EventId, EventKind, Setup};
use glassraft_tests::chaos::{self, Dice};
use glassraft_tests::{Lab, get, n, put, trace};

/// Every size that can be chosen elects exactly one leader, and every node follows it.
#[test]
fn a_leader_is_elected_in_every_size() {
    for nodes in [3, 5, 7, 9] {
        for seed in 0..20 {
            let mut lab = Lab::with_leader(nodes, seed);
            let leader = lab.leader();
            lab.until("everybody to follow", |frame| {
                frame.nodes.iter().all(|node| node.leader == Some(leader))
            });
        }
    }
}

/// A put at any node reaches every catalog with the same revisions.
#[test]
fn a_put_reaches_every_catalog() {
    for node in 1..=5 {
        let mut lab = Lab::with_leader(5, 11);
        let id = lab.request(n(node), put("/shelf/4", "dune"));
        let outcome = lab.outcome(id);
        assert!(matches!(&*outcome, Ok(Response::Put(_))), "{outcome:?}");
        lab.until("the key in every catalog", |frame| {
            frame.nodes.iter().all(|node| {
                let kv = node.shelf.get(&b"/shelf/4"[..]).map(|version| &version.kv);
                kv.is_some_and(|kv| {
                    (kv.create_revision, kv.mod_revision, kv.version) == (2, 2, 1)
                        && &kv.value[..] == b"dune"
                })
            })
        });
    }
}

/// Killing the leader brings a leader of a higher term, loses nothing that was committed,
/// and the dead node catches up when it returns.
#[test]
fn killing_the_leader_loses_nothing_committed() {
    for seed in 0..20 {
        let mut lab = Lab::with_leader(5, seed);
        let (first, term) = (lab.leader(), lab.run.frame().leader().unwrap().term);
        let id = lab.request(first, put("a", "1"));
        assert!(lab.outcome(id).is_ok());
        lab.crash(first);
        lab.until("a leader of a higher term", |frame| {
            frame.leader().is_some_and(|leader| leader.term > term)
        });
        let other = lab.follower();
        let id = lab.request(other, get("a"));
        let outcome = lab.outcome(id);
        let Ok(Response::Range(range)) = &*outcome else {
            panic!("seed {seed}: {outcome:?}");
        };
        assert_eq!(&range.kvs[0].value[..], b"1", "seed {seed}");
        let id = lab.request(other, put("a", "2"));
        assert!(lab.outcome(id).is_ok(), "seed {seed}");
        lab.restart(first);
        lab.until("the dead node to catch up", |frame| {
            let commit = frame.commit();
            frame
                .node(first)
                .is_some_and(|node| node.applied == commit && node.revision == 3)
        });
    }
}

/// Without a majority nothing is decided: a write and a linearizable read run into the
/// client's deadline, a serializable read answers, and the write is carried out later.
#[test]
fn without_a_majority_a_write_may_still_happen_later() {
    let mut lab = Lab::with_leader(3, 5);
    let leader = lab.leader();
    let others: Vec<NodeId> = (1..=3).map(n).filter(|node| *node != leader).collect();
    for node in &others {
        lab.crash(*node);
    }
    let write = lab.request(leader, put("late", "1"));
    let read = lab.request(leader, get("late"));
    let began = lab.run.now();
    assert_eq!(*lab.outcome(write), Err(Error::DeadlineExceeded));
    assert_eq!(*lab.outcome(read), Err(Error::DeadlineExceeded));
    assert_eq!(lab.run.now() - began, 5_000_000);
    let stale = lab.type_line(leader, "etcdctl get late --consistency=s");
    assert_eq!((stale.exit, stale.output.len()), (Some(0), 0));
    for node in others {
        lab.restart(node);
    }
    lab.until("the write that nobody waits for", |frame| {
        frame
            .nodes
            .iter()
            .all(|node| node.shelf.contains_key(&b"late"[..]))
    });
}

/// A write that waits for a leader ends with its client, as in etcd: it never happens, and
/// nobody says that it might.
#[test]
fn a_write_that_waits_for_a_leader_ends_with_its_client() {
    let mut lab = Lab::with_leader(3, 5);
    let node = lab.follower();
    let others: Vec<NodeId> = (1..=3).map(n).filter(|other| *other != node).collect();
    for other in &others {
        lab.crash(*other);
    }
    lab.until("a node that knows no leader", |frame| {
        frame.node(node).is_some_and(|node| node.leader.is_none())
    });
    let write = lab.request(node, put("never", "1"));
    let read = lab.request(node, get("never"));
    for id in [write, read] {
        assert_eq!(*lab.outcome(id), Err(Error::DeadlineExceeded));
    }
    let ends = lab.run.record().since(EventId(0));
    let unknown =
        ends.filter(|(_, event)| matches!(event.kind, EventKind::Answered { unknown: true, .. }));
    assert_eq!(unknown.count(), 0);
    for other in others {
        lab.restart(other);
    }
    lab.until("a leader whose first entry is everywhere", |frame| {
        let leader = frame.leader().map(|leader| leader.last());
        frame.nodes.iter().all(|node| Some(node.applied) == leader)
    });
    lab.pass(5_000_000);
    let frame = lab.run.frame();
    assert!(frame.nodes.iter().all(|node| node.shelf.is_empty()));
}

/// A leader that hears from no majority steps down for that reason and no other.
#[test]
fn a_leader_without_a_majority_steps_down() {
    let mut lab = Lab::with_leader(3, 4);
    let leader = lab.leader();
    for node in (1..=3).map(n).filter(|node| *node != leader) {
        lab.crash(node);
    }
    lab.until("nobody to lead", |frame| frame.leader().is_none());
    let became = lab.run.record().len() - 1;
    let cause = lab.run.record().get(EventId(became)).and_then(Event::cause);
    let cause = cause
        .and_then(|id| lab.run.record().get(id))
        .expect("a cause");
    let note = Note::TimedOut(Timeout::CheckQuorum);
    assert_eq!(cause.kind, EventKind::Node { node: leader, note });
}

/// A recording that was tampered with is refused, and ends.
#[test]
fn a_recording_that_cannot_be_is_refused() {
    let mut lab = Lab::with_leader(3, 1);
    lab.crash(n(1));
    let recording = lab.run.recording().clone();
    assert!(Run::replay(&recording).is_ok());
    let astray = Some(RunError::Stamp { place: 0 });
    let mut later = recording.clone();
    later.actions[0].step += 1_000;
    assert_eq!(Run::replay(&later).err(), astray);
    let mut never = recording.clone();
    never.actions[0].step = u64::MAX;
    never.actions[0].at = u64::MAX;
    assert_eq!(Run::replay(&never).err(), astray);
    let mut elsewhere = recording;
    elsewhere.actions[0].at += 10_000_000;
    assert_eq!(Run::replay(&elsewhere).err(), astray);
}

/// A member gives up on a request after etcd's own limit when the client is more patient.
#[test]
fn a_member_gives_up_after_seven_seconds() {
    let mut lab = Lab::with_leader(3, 6);
    let leader = lab.leader();
    for node in (1..=3).map(n).filter(|node| *node != leader) {
        lab.crash(node);
    }
    let began = lab.run.now();
    let entry = lab.type_line(leader, "etcdctl put a b --command-timeout=20s");
    assert_eq!(entry.output[0].text, "Error: etcdserver: request timed out");
    assert_eq!(lab.run.now() - began, 7_000_000);
}

/// A client of a node that is down waits and gets through when the node returns.
#[test]
fn a_client_of_a_dead_node_waits_for_it() {
    let mut lab = Lab::with_leader(5, 7);
    let node = lab.follower();
    lab.crash(node);
    let id = lab.request(node, put("a", "1"));
    lab.pass(1_500_000);
    assert!(lab.run.take_outcome(id).is_none());
    lab.restart(node);
    assert!(lab.outcome(id).is_ok());
}

/// A crash cuts the connection: a write that the node had ends in an error that leaves
/// open whether it happened; a read is asked again.
#[test]
fn a_crash_cuts_the_connection() {
    let mut lab = Lab::with_leader(5, 8);
    let node = lab.follower();
    let write = lab.request(node, put("a", "1"));
    let read = lab.request(node, get("a"));
    lab.crash(node);
    let outcome = lab.outcome(write);
    assert_eq!(*outcome, Err(Error::ConnectionClosed));
    assert!(outcome.as_ref().as_ref().unwrap_err().outcome_unknown());
    lab.restart(node);
    assert!(lab.outcome(read).is_ok());
}

/// What had not reached the disk is lost in a crash; what had is not.
#[test]
fn a_crash_takes_back_unsynced_entries_alone() {
    let mut lab = Lab::with_leader(5, 9);
    let leader = lab.leader();
    let before = lab.run.frame().node(leader).unwrap().last();
    lab.request(leader, put("a", "1"));
    assert_eq!(lab.run.frame().node(leader).unwrap().last(), before + 1);
    assert_eq!(lab.run.frame().node(leader).unwrap().synced, before);
    lab.crash(leader);
    assert_eq!(lab.run.frame().node(leader).unwrap().last(), before);

    lab.restart(leader);
    lab.until("another leader", |frame| frame.leader().is_some());
    let leader = lab.leader();
    lab.until("its first entry on the disk", |frame| {
        frame
            .node(leader)
            .is_some_and(|node| node.synced == node.last())
    });
    lab.request(leader, put("b", "1"));
    lab.until("the entry on the disk", |frame| {
        frame
            .node(leader)
            .is_some_and(|node| node.synced == node.last())
    });
    let last = lab.run.frame().node(leader).unwrap().last();
    lab.crash(leader);
    assert_eq!(lab.run.frame().node(leader).unwrap().last(), last);
}

/// Whenever a node that is catching up crashes, between any two syncs, its disk holds a
/// log that it can start with: never a commit index beyond the entries. (A slow disk and
/// small messages make many syncs to crash between.)
#[test]
fn a_disk_always_holds_a_log_to_start_with() {
    for after_us in (0..1_500_000).step_by(25_000) {
        let mut setup = Setup {
            nodes: 3,
            ..Setup::default()
        };
        setup.disk.sync.min_us = 100_000;
        setup.disk.sync.max_us = 150_000;
        setup.options.max_size_per_message_bytes = 1;
        let mut lab = Lab::with_setup(setup, 3);
        lab.until("a leader", |frame| frame.leader().is_some());
        let node = lab.follower();
        lab.crash(node);
        let leader = lab.leader();
        for key in 0..6 {
            lab.request(leader, put(&key.to_string(), "x"));
            lab.pass(20_000);
        }
        lab.pass(1_000_000);
        lab.restart(node);
        lab.pass(after_us);
        lab.crash(node);
        let held = lab.run.view(node).expect("a node of the cluster");
        assert!(
            held.commit <= held.entries.len() as u64,
            "crashed after {after_us} µs: commit {} of {} entries",
            held.commit,
            held.entries.len()
        );
        lab.restart(node);
        lab.until("it to catch up", |frame| {
            frame.node(node).is_some_and(|node| node.applied >= 7)
        });
    }
}

/// Actions that make no sense are refused and leave no trace in the recording.
#[test]
fn an_impossible_action_changes_nothing() {
    let mut lab = Lab::with_leader(3, 10);
    let refused = |lab: &mut Lab, action| lab.run.act(action).unwrap_err();
    let none = NodeId::new(4).unwrap();
    assert_eq!(
        refused(&mut lab, Action::Crash { node: none }),
        ActionError::NoSuchNode(none)
    );
    assert_eq!(
        refused(&mut lab, Action::Restart { node: n(1) }),
        ActionError::AlreadyUp(n(1))
    );
    assert!(lab.run.recording().actions.is_empty());
    lab.crash(n(1));
    assert_eq!(
        refused(&mut lab, Action::Crash { node: n(1) }),
        ActionError::AlreadyDown(n(1))
    );
    assert_eq!(lab.run.recording().actions.len(), 1);
}

/// A setup out of bounds is refused by name.
#[test]
fn an_invalid_setup_is_named() {
    let mut setup = Setup {
        nodes: 16,
        ..Setup::default()
    };
    let error = Run::new(setup.clone(), 0).err().unwrap();
    assert_eq!(error.to_string(), "nodes is 16, but has to be 1 to 15");
    setup.nodes = 5;
    setup.options.election_ticks = 1;
    let error = Run::new(setup.clone(), 0).err().unwrap();
    assert_eq!(error.field, "options.election_ticks");
    setup = Setup::default();
    setup.network.latency.min_us = 9_000_000;
    let error = Run::new(setup, 0).err().unwrap();
    assert_eq!(error.field, "network.latency");
}

/// A recording played again gives the same trace, whether the run was stepped or advanced.
#[test]
fn a_recording_repeats_the_run() {
    for seed in 0..10 {
        let mut lab = disturbed(seed, 400);
        let end = lab.run.now();
        lab.run.advance(end);
        let json = serde_json::to_string(lab.run.recording()).unwrap();
        let recording = serde_json::from_str(&json).unwrap();
        let mut again = Run::replay(&recording).unwrap();
        again.advance(end);
        assert!(trace(&lab.run) == trace(&again), "seed {seed}");
    }
}

/// The picture folded from the events is what the nodes hold, after every event-making
/// step of a run in which nodes crash, return and are asked, and every fault happens.
#[test]
fn the_picture_is_what_the_nodes_hold() {
    for seed in 0..10 {
        disturbed(seed, 1_500);
    }
}

/// Nodes that agree are shown by what they share, and one that lags, loses its log's end,
/// starts again or shortens its log is shown as it is.
#[test]
fn what_nodes_share_in_a_picture_is_what_each_holds() {
    let mut setup = Setup::default();
    setup.options.snapshot_entries = 150;
    setup.options.catch_up_entries = 20;
    let mut lab = Lab::with_setup(setup, 3);
    lab.until("a leader", |frame| frame.leader().is_some());
    let leader = lab.leader();
    let follower = lab.follower();
    let majority = lab.run.setup().nodes;
    for write in 0..800_u32 {
        match write {
            100 => lab.crash(follower),
            // It lacks more than what the pictures keep apart.
            180 => lab.restart(follower),
            300 => {
                let groups = vec![vec![leader]];
                lab.act(Action::Partition { groups });
            }
            // What the old leader wrote alone gives way.
            420 => {
                lab.act(Action::Heal);
            }
            500 => lab.crash(leader),
            510 => {
                lab.act(Action::Wipe { node: leader });
                lab.restart(leader);
            }
            _ => {}
        }
        let node = n(u8::try_from(write % u32::from(majority)).unwrap() + 1);
        lab.request(node, put(&format!("k{}", write % 90), &write.to_string()));
        lab.pass(20_000);
        lab.assert_nodes(&format!("write {write}"));
    }
    let halfway = lab.run.record().len() / 2;
    let mut folded = lab.run.frame_of(halfway).unwrap();
    for (_, event) in lab.run.record().since(EventId(halfway)) {
        folded.apply(event);
    }
    assert_eq!(folded, *lab.run.frame());
    let shown = folded.nodes.iter().map(|node| node.revision);
    let far = shown.filter(|revision| *revision > 300).count();
    assert!(far >= 4, "nothing much was shared");
}

/// A run with everything that can happen, at moments that the seed chooses, compared
/// with its nodes after every step.
fn disturbed(seed: u64, steps: u64) -> Lab {
    let mut lab = Lab::with_setup(chaos::setup(), seed);
    let mut dice = Dice::new(seed);
    for step in 0..steps {
        lab.run.step();
        match dice.roll(24) {
            0 => {
                let key = dice.roll(7);
                let line = format!("etcdctl del k{key}");
                lab.type_line_without_waiting(n(1), &line);
            }
            1..=4 => {
                let action = chaos::anything(dice.draw(), lab.run.frame());
                drop(lab.run.act(action));
            }
            _ => {}
        }
        lab.assert_nodes(&format!("step {step}"));
    }
    lab
}
