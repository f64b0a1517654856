//! Log compaction and snapshots: what a node drops, what it sends, what it starts from.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::member::{NodeId, Note, Restored};
use glassraft_core::trace::{Frame, Run};
use glassraft_core::world::{Action, EventId, EventKind, LossReason, MessageKind, Setup};
use glassraft_tests::{Lab, n, put, trace};

/// A cluster that takes a snapshot every few entries.
fn compacting(nodes: u8, seed: u64, snapshot_entries: u32, catch_up_entries: u32) -> Lab {
    let mut setup = Setup {
        nodes,
        ..Setup::default()
    };
    setup.options.snapshot_entries = snapshot_entries;
    setup.options.catch_up_entries = catch_up_entries;
    let mut lab = Lab::with_setup(setup, seed);
    lab.until("a leader, and its first entry everywhere", |frame| {
        frame.leader().is_some() && frame.nodes.iter().all(|node| node.applied > 0)
    });
    lab
}

/// Puts so many keys and waits until all is carried out.
fn fill(lab: &mut Lab, node: NodeId, keys: std::ops::Range<u32>) {
    for key in keys {
        let id = lab.request(node, put(&format!("k{}", key % 20), &key.to_string()));
        assert!(lab.outcome(id).is_ok(), "k{key}");
    }
}

fn everybody_has_everything(frame: &Frame) -> bool {
    let commit = frame.commit();
    frame
        .nodes
        .iter()
        .all(|node| node.role().is_some() && node.applied == commit)
}

fn restored_at(lab: &Lab, node: NodeId) -> Vec<Restored> {
    let events = lab.run.record().since(EventId(0));
    let restored = events.filter_map(|(_, event)| match &event.kind {
        EventKind::Node {
            node: at,
            note: Note::Restored(restored),
        } if *at == node => Some((**restored).clone()),
        _ => None,
    });
    restored.collect()
}

/// A node drops the beginning of its log once enough entries were applied, keeps as many
/// as the options say, and says so.
#[test]
fn a_log_is_compacted_at_the_threshold() {
    let mut lab = compacting(3, 1, 10, 4);
    let leader = lab.leader();
    fill(&mut lab, leader, 0..9);
    lab.pass(1_000_000);
    for node in &lab.run.frame().nodes {
        assert_eq!((node.snapshot, node.first, node.last()), (0, 1, 10));
    }
    fill(&mut lab, leader, 9..10);
    lab.pass(1_000_000);
    for node in &lab.run.frame().nodes {
        // etcd takes one when more than so many were applied (`triggerSnapshot`).
        assert_eq!((node.snapshot, node.first, node.last()), (11, 8, 11));
    }
    lab.assert_picture("after the first snapshot");
}

/// A follower that was away for long gets a snapshot, and then the entries after it.
#[test]
fn a_follower_far_behind_gets_a_snapshot() {
    for seed in 0..5 {
        let mut lab = compacting(3, seed, 10, 2);
        let (leader, follower) = (lab.leader(), lab.follower());
        lab.crash(follower);
        fill(&mut lab, leader, 0..40);
        lab.restart(follower);
        lab.until("the follower to catch up", everybody_has_everything);
        lab.assert_picture("caught up");
        let restored = restored_at(&lab, follower);
        assert_eq!(restored.len(), 1, "seed {seed}");
        let catalog = lab.run.view(leader).unwrap().catalog.cloned();
        assert_eq!(lab.run.view(follower).unwrap().catalog.cloned(), catalog);
        fill(&mut lab, leader, 40..45);
        lab.until("the rest by entries", everybody_has_everything);
        assert_eq!(restored_at(&lab, follower).len(), 1, "seed {seed}");
    }
}

/// A follower that is only a little behind gets entries: that is what the entries before
/// a snapshot are kept for.
#[test]
fn a_follower_a_little_behind_gets_entries() {
    let mut lab = compacting(3, 2, 10, 30);
    let (leader, follower) = (lab.leader(), lab.follower());
    lab.crash(follower);
    fill(&mut lab, leader, 0..25);
    assert!(lab.run.frame().node(leader).unwrap().snapshot > 0);
    lab.restart(follower);
    lab.until("the follower to catch up", everybody_has_everything);
    assert!(restored_at(&lab, follower).is_empty());
}

/// A node that starts from snapshot and log has what one has that never crashed.
#[test]
fn a_start_from_snapshot_and_log_brings_everything_back() {
    for seed in 0..5 {
        let mut lab = compacting(3, seed, 10, 3);
        let leader = lab.leader();
        fill(&mut lab, leader, 0..27);
        lab.until("everything everywhere", everybody_has_everything);
        lab.pass(1_000_000);
        let before = lab.run.view(leader).unwrap().catalog.cloned();
        for node in (1..=3).map(n) {
            lab.crash(node);
        }
        for node in (1..=3).map(n) {
            lab.restart(node);
            let held = lab.run.view(node).unwrap();
            assert!(held.snapshot > 0 && held.first > 1, "seed {seed}, {node}");
            assert_eq!(restored_at(&lab, node).len(), 1, "seed {seed}, {node}");
        }
        lab.assert_picture("all started again");
        lab.until("a leader that has applied its own entry", |frame| {
            frame.leader().is_some_and(|leader| {
                leader.applied == leader.last() && leader.entry(leader.last()).is_some()
            }) && everybody_has_everything(frame)
        });
        for node in (1..=3).map(n) {
            assert_eq!(lab.run.view(node).unwrap().catalog.cloned(), before);
        }
    }
}

/// Whenever a node crashes around a snapshot of its own, its disk holds a log that begins
/// where the snapshot on the disk allows: never later.
#[test]
fn a_log_is_shortened_only_when_the_snapshot_is_safe() {
    let mut lost_a_snapshot = false;
    for after_us in (0..1_000_000).step_by(50_000) {
        let mut setup = Setup {
            nodes: 3,
            ..Setup::default()
        };
        setup.disk.sync.min_us = 200_000;
        setup.disk.sync.max_us = 250_000;
        setup.options.snapshot_entries = 5;
        setup.options.catch_up_entries = 0;
        let mut lab = Lab::with_setup(setup, 3);
        lab.until("a leader that can write", |frame| {
            frame.leader().is_some_and(|leader| leader.applied > 0)
        });
        let leader = lab.leader();
        for key in 0..6 {
            lab.request(leader, put(&key.to_string(), "x"));
        }
        lab.pass(after_us);
        let applied = lab.run.frame().node(leader).unwrap().applied;
        lab.crash(leader);
        lab.assert_picture(&format!("crashed after {after_us} µs"));
        let held = lab.run.view(leader).unwrap();
        assert!(held.first <= held.snapshot + 1, "after {after_us} µs");
        assert!(held.commit >= held.snapshot, "after {after_us} µs");
        lost_a_snapshot |= applied > 6 && held.snapshot == 0;
        lab.restart(leader);
        lab.until("it to catch up", everybody_has_everything);
        lab.assert_picture("caught up");
    }
    assert!(lost_a_snapshot, "no crash fell between snapshot and sync");
}

/// A crash before a leader's snapshot is on the disk brings back what was there.
#[test]
fn a_crash_takes_an_unsynced_snapshot_back() {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    setup.disk.sync.min_us = 300_000;
    setup.disk.sync.max_us = 300_000;
    setup.options.snapshot_entries = 5;
    setup.options.catch_up_entries = 0;
    let mut lab = Lab::with_setup(setup, 5);
    lab.until("a first entry everywhere", |frame| {
        frame.leader().is_some() && frame.nodes.iter().all(|node| node.applied > 0)
    });
    let (leader, follower) = (lab.leader(), lab.follower());
    fill(&mut lab, leader, 0..3);
    lab.until("everything everywhere", everybody_has_everything);
    lab.pass(1_000_000);
    lab.crash(follower);
    let before = lab.run.frame().node(follower).unwrap().log.clone();
    fill(&mut lab, leader, 3..20);
    lab.restart(follower);
    lab.until("the snapshot at the follower", |frame| {
        frame.node(follower).is_some_and(|node| node.snapshot > 0)
    });
    lab.assert_picture("installed");
    assert_eq!(lab.run.frame().node(follower).unwrap().synced, 0);
    lab.crash(follower);
    lab.assert_picture("crashed");
    let node = lab.run.frame().node(follower).unwrap().clone();
    assert_eq!((node.snapshot, node.first), (0, 1));
    assert_eq!(node.log, before);
    lab.restart(follower);
    lab.until("it to catch up after all", everybody_has_everything);
    lab.assert_picture("caught up");
}

/// A snapshot that is lost on the way is sent again.
#[test]
fn a_lost_snapshot_is_sent_again() {
    let mut lab = compacting(3, 6, 10, 0);
    let (leader, follower) = (lab.leader(), lab.follower());
    lab.crash(follower);
    fill(&mut lab, leader, 0..30);
    lab.restart(follower);
    let is_snapshot = |kind: &EventKind| match kind {
        EventKind::Sent { packet, .. } => packet.kind == MessageKind::Snapshot,
        _ => false,
    };
    while !lab
        .run
        .record()
        .since(EventId(0))
        .any(|(_, event)| is_snapshot(&event.kind))
    {
        lab.run.step();
    }
    lab.crash(follower);
    lab.pass(200_000);
    let lost = lab.run.record().since(EventId(0)).any(|(_, event)| {
        matches!(&event.kind, EventKind::Lost { packet, reason, .. }
            if packet.kind == MessageKind::Snapshot && *reason == LossReason::ReceiverDown)
    });
    assert!(lost, "the snapshot arrived all the same");
    lab.restart(follower);
    lab.until("the follower to catch up", everybody_has_everything);
    assert_eq!(lab.leader(), leader);
}

/// A recording of a run with snapshots gives the same trace when it is played again, and
/// the picture is right after every step.
#[test]
fn disturbed_runs_with_snapshots_repeat() {
    for seed in 0..6 {
        let mut lab = compacting(3, seed, 7, 2);
        let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for step in 0..1_500_u64 {
            lab.run.step();
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            let node = n(u8::try_from(dice % 3).unwrap() + 1);
            match dice / 128 % 30 {
                0 => drop(lab.run.act(Action::Crash { node })),
                1 | 2 => drop(lab.run.act(Action::Restart { node })),
                3..=9 => drop(lab.request(node, put(&format!("k{}", dice / 16 % 7), "x"))),
                _ => {}
            }
            lab.assert_picture(&format!("step {step}"));
        }
        let again = Run::replay(lab.run.recording()).unwrap();
        let trace = trace(&lab.run);
        assert!(
            trace.starts_with(&glassraft_tests::trace(&again)),
            "seed {seed}"
        );
        assert!(trace.contains("compacted"), "seed {seed}");
    }
}
