//! Disks that are slow, full, or lie.

use glassraft_core::etcd::{Error, Response};
use glassraft_core::member::{Halt, Note};
use glassraft_core::trace::Liveness;
use glassraft_core::world::{DiskChange, EventKind, Span};
use glassraft_tests::{Lab, get, put};

use crate::{disk, kinds, others};

/// A slow disk answers late, and its cluster with it when it is the leader's majority.
#[test]
fn a_slow_disk_is_slow() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let span = Span {
        min_us: 700_000,
        max_us: 700_000,
    };
    for node in others(&lab, &[leader]) {
        disk(&mut lab, node, DiskChange::Sync(span));
        assert_eq!(lab.run.frame().node(node).unwrap().machine.sync, Some(span));
    }
    let began = lab.run.now();
    let id = lab.request(leader, put("a", "1"));
    assert!(lab.outcome(id).is_ok());
    let took_us = lab.run.now() - began;
    assert!((780_000..1_200_000).contains(&took_us), "{took_us} µs");
}

/// A disk that lies is harmless until the power fails: then what a majority said to have on
/// disk is gone, a committed entry with it.
#[test]
fn a_lying_disk_loses_a_committed_entry() {
    let mut lab = Lab::with_leader(3, 8);
    let leader = lab.leader();
    let liars = others(&lab, &[leader]);
    for node in &liars {
        disk(&mut lab, *node, DiskChange::Lies(true));
    }
    let id = lab.request(leader, put("a", "1"));
    assert!(lab.outcome(id).is_ok(), "the write is acknowledged");
    lab.until("everybody to apply it", |frame| {
        frame.nodes.iter().all(|node| node.applied == 2)
    });
    for node in [leader, liars[0], liars[1]] {
        lab.crash(node);
    }
    // What the leader sent before is lost, or it would show them what they have lost.
    lab.pass(500_000);
    for node in &liars {
        let held = lab.run.view(*node).unwrap();
        assert_eq!(held.entries.len(), 1, "what was written since is gone");
        lab.restart(*node);
    }
    let new = liars.clone();
    lab.until("a leader among those that lied", |frame| {
        frame
            .leader()
            .is_some_and(|leader| new.contains(&leader.node))
    });
    let new = lab.leader();
    let read = lab.request(new, get("a"));
    let outcome = lab.outcome(read);
    let Ok(Response::Range(range)) = &*outcome else {
        panic!("{outcome:?}");
    };
    assert!(range.kvs.is_empty(), "an acknowledged write is lost");
}

/// A disk that has come back to the truth makes safe with its next sync what it lied about.
#[test]
fn a_disk_that_lied_can_be_trusted_again() {
    let mut lab = Lab::with_leader(3, 8);
    let leader = lab.leader();
    let liar = lab.follower();
    disk(&mut lab, liar, DiskChange::Lies(true));
    for (value, lies) in [("1", false), ("2", true)] {
        let id = lab.request(leader, put("a", value));
        assert!(lab.outcome(id).is_ok());
        lab.pass(500_000);
        disk(&mut lab, liar, DiskChange::Lies(lies));
    }
    lab.crash(liar);
    assert_eq!(lab.run.view(liar).unwrap().entries.len(), 3);
}

/// A node whose leader counts on entries that it lost stops, as etcd does; it would else
/// claim to hold what it does not.
#[test]
fn a_node_that_lost_its_log_stops() {
    let mut lab = Lab::with_leader(3, 8);
    let leader = lab.leader();
    let liar = lab.follower();
    disk(&mut lab, liar, DiskChange::Lies(true));
    let id = lab.request(leader, put("a", "1"));
    assert!(lab.outcome(id).is_ok());
    lab.pass(500_000);
    lab.crash(liar);
    lab.restart(liar);
    let before = lab.run.record().len();
    lab.until("the node to stop", |frame| {
        frame.node(liar).unwrap().liveness == Liveness::Down
    });
    let halted = Note::Halted {
        reason: Halt::LogLost,
    };
    let kinds = kinds(&lab, before);
    assert!(kinds.contains(&EventKind::Node {
        node: liar,
        note: halted
    }));
}

/// A node that has to write to a full disk stops; with room again it can be started.
#[test]
fn a_full_disk_stops_its_node() {
    let mut lab = Lab::with_leader(3, 9);
    let leader = lab.leader();
    disk(&mut lab, leader, DiskChange::Full(true));
    lab.pass(1_000_000);
    assert_eq!(lab.leader(), leader, "nothing is to be written");
    let before = lab.run.record().len();
    let id = lab.request(leader, put("a", "1"));
    assert_eq!(*lab.outcome(id), Err(Error::ConnectionClosed));
    let halted = Note::Halted {
        reason: Halt::DiskFull,
    };
    assert!(kinds(&lab, before).contains(&EventKind::Node {
        node: leader,
        note: halted
    }));
    let frame = lab.run.frame().node(leader).unwrap().clone();
    assert_eq!((frame.liveness, frame.last()), (Liveness::Down, 1));
    assert!(frame.machine.disk_full);
    disk(&mut lab, leader, DiskChange::Full(false));
    lab.restart(leader);
    lab.until("it to catch up with a new leader", |frame| {
        let commit = frame.commit();
        commit > 1 && frame.nodes.iter().all(|node| node.applied == commit)
    });
}
