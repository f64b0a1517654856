//! Machines that forget, leaders that hand over, nodes that are set anew.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::etcd::{Request, member_id};
use glassraft_core::member::{Halt, NodeId, Note, Options, ReadMode, Role};
use glassraft_core::trace::{Frame, Liveness, Machine};
use glassraft_core::world::{
    Action, ActionError, ClockChange, DiskChange, EventId, EventKind, Setup,
};
use glassraft_tests::{Lab, add, get, n, put, remove};

/// Asks and expects success.
fn succeed(lab: &mut Lab, node: NodeId, request: Request) {
    let id = lab.request(node, request);
    let outcome = lab.outcome(id);
    assert!(outcome.is_ok(), "{outcome:?}");
}

fn role(frame: &Frame, node: NodeId) -> Option<Role> {
    frame.node(node).and_then(|node| node.role())
}

/// A voter whose disk was emptied forgets that it voted, and votes once more in the same
/// term: two leaders of one term.
#[test]
fn a_wiped_voter_votes_twice() {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    // Slow enough that the second candidate's request is under way for a while.
    setup.network.latency.min_us = 100_000;
    setup.network.latency.max_us = 100_000;
    setup.disk.sync.min_us = 1_000;
    setup.disk.sync.max_us = 1_000;
    let mut lab = Lab::with_setup(setup, 1);
    // n1 and n3 stand in the same term; n2 hears n1 first, and is wiped before n3.
    lab.act(Action::Campaign { node: n(1) });
    lab.pass(50_000);
    lab.act(Action::Campaign { node: n(3) });
    lab.until("n2's vote for n1", |frame| {
        let node = frame.node(n(2)).unwrap();
        node.vote == Some(n(1))
            && frame
                .flights
                .by_age()
                .iter()
                .any(|flight| flight.packet.from == n(2))
    });
    lab.crash(n(2));
    lab.act(Action::Wipe { node: n(2) });
    lab.assert_picture("wiped");
    lab.restart(n(2));
    lab.until("two leaders", |frame| {
        let leads = |node| role(frame, node) == Some(Role::Leader);
        leads(n(1)) && leads(n(3))
    });
    let frame = lab.run.frame();
    assert_eq!(
        frame.node(n(1)).unwrap().term,
        frame.node(n(3)).unwrap().term
    );
}

/// A leader that remembers what a wiped follower had stops it, as etcd does.
#[test]
fn a_wiped_follower_is_stopped_by_its_leader() {
    let mut lab = Lab::with_leader(3, 10);
    let (leader, follower) = (lab.leader(), lab.follower());
    succeed(&mut lab, leader, put("a", "1"));
    lab.pass(1_000_000);
    let wipe = Action::Wipe { node: follower };
    assert_eq!(
        lab.run.act(wipe.clone()),
        Err(ActionError::NotDown(follower))
    );
    lab.crash(follower);
    lab.act(wipe);
    assert_eq!(lab.run.view(follower).unwrap().entries.len(), 0);
    lab.restart(follower);
    lab.until("it to stop", |frame| role(frame, follower).is_none());
    let reason = Halt::LogLost;
    let halted = EventKind::Node {
        node: follower,
        note: Note::Halted { reason },
    };
    let stopped = {
        let mut events = lab.run.record().since(EventId(0));
        events.any(|(_, event)| event.kind == halted)
    };
    assert!(stopped);
    lab.assert_picture("stopped");
    // Under another leader it is as good as new.
    lab.crash(leader);
    lab.restart(leader);
    lab.restart(follower);
    lab.until("everything everywhere", |frame| {
        frame
            .nodes
            .iter()
            .all(|node| node.role().is_some() && node.applied == frame.commit() && node.applied > 2)
    });
    lab.assert_picture("caught up");
}

/// Leadership is handed over to whom a person says, in the next term.
#[test]
fn leadership_is_handed_over() {
    let mut lab = Lab::with_leader(5, 11);
    let (leader, to) = (lab.leader(), lab.follower());
    let term = lab.run.frame().leader().unwrap().term;
    let transfer = |node, to| Action::TransferLeader { node, to };
    assert_eq!(
        lab.run.act(transfer(to, leader)),
        Err(ActionError::NotLeader(to))
    );
    assert_eq!(
        lab.run.act(transfer(leader, n(9))),
        Err(ActionError::NotVoter(n(9)))
    );
    lab.act(transfer(leader, to));
    lab.until("the other to lead", |frame| {
        role(frame, to) == Some(Role::Leader)
    });
    assert_eq!(lab.run.frame().leader().unwrap().term, term + 1);
    lab.until("the first to follow", |frame| {
        role(frame, leader) == Some(Role::Follower)
    });
}

/// A node stands for election when a person says so, or when the timeout that a person
/// chose runs out; and its other timeouts stay what they are.
#[test]
fn a_person_decides_who_stands_for_election() {
    let mut lab = Lab::new(5, 12);
    lab.act(Action::Campaign { node: n(4) });
    assert_eq!(role(lab.run.frame(), n(4)), Some(Role::Candidate));
    lab.until("n4 to lead", |frame| {
        role(frame, n(4)) == Some(Role::Leader)
    });

    for favourite in (1..=5).map(n) {
        let mut lab = Lab::new(5, 13);
        for node in (1..=5).map(n) {
            let ticks = if node == favourite { 10 } else { 19 };
            lab.act(Action::ElectionTimeout { node, ticks });
            lab.assert_picture("chosen");
        }
        lab.until("a leader", |frame| frame.leader().is_some());
        assert_eq!(lab.leader(), favourite);
        for ticks in [9, 20] {
            let node = n(1);
            let action = Action::ElectionTimeout { node, ticks };
            assert!(matches!(
                lab.run.act(action),
                Err(ActionError::OutOfBounds { .. })
            ));
        }
    }
}

/// A node whose process is stopped does nothing that a person asks it for.
#[test]
fn a_paused_node_does_nothing() {
    let mut lab = Lab::with_leader(3, 11);
    let (node, to) = (lab.leader(), lab.follower());
    lab.act(Action::Pause { node });
    for action in [
        Action::Pause { node },
        Action::Campaign { node },
        Action::TransferLeader { node, to },
        Action::ElectionTimeout { node, ticks: 12 },
        Action::Reconfigure {
            node,
            voters: vec![node],
            learners: Vec::new(),
        },
    ] {
        assert_eq!(lab.run.act(action), Err(ActionError::AlreadyPaused(node)));
    }
    lab.act(Action::Resume { node });
    lab.act(Action::TransferLeader { node, to });
}

/// A machine whose disk was emptied is the same machine; another one that joins under a
/// number is not.
#[test]
fn a_wiped_machine_is_the_same_machine() {
    let mut lab = Lab::with_leader(3, 16);
    lab.pass(6_000_000);
    let (leader, node) = (lab.leader(), lab.follower());
    let full = DiskChange::Full(true);
    lab.crash(node);
    lab.act(Action::Disk { node, change: full });
    let change = ClockChange::Rate(7);
    lab.act(Action::Clock { node, change });
    let machine = lab.run.frame().node(node).unwrap().machine;
    lab.act(Action::Wipe { node });
    assert_eq!(lab.run.frame().node(node).unwrap().machine, machine);
    assert!(machine.disk_full && machine.clock_ppm == 7);

    let mut lab = Lab::with_leader(3, 16);
    lab.pass(6_000_000);
    succeed(&mut lab, leader, remove(member_id(node.raft_id())));
    lab.until("its removal", |frame| {
        frame.node(node).unwrap().liveness == Liveness::Removed
    });
    lab.act(Action::Disk { node, change: full });
    lab.act(Action::Join { node });
    let machine = lab.run.frame().node(node).unwrap().machine;
    assert_eq!(machine, Machine::default());
    lab.pass(6_000_000);
    succeed(&mut lab, leader, add(node.number(), false));
    // It would stop as it writes to a full disk.
    lab.until("it to have everything", |frame| {
        let held = frame.node(node).unwrap();
        held.applied > 0 && held.applied == frame.commit()
    });
    assert!(role(lab.run.frame(), node).is_some());
}

/// A node's settings change with its next start.
#[test]
fn settings_take_effect_at_the_next_start() {
    let mut lab = Lab::with_leader(3, 14);
    let node = lab.follower();
    let set = |options| Action::Options {
        node,
        options: Box::new(options),
    };
    let wrong = Options {
        read_mode: ReadMode::Lease,
        check_quorum: false,
        ..Options::default()
    };
    assert!(matches!(
        lab.run.act(set(wrong)),
        Err(ActionError::OutOfBounds { .. })
    ));
    lab.act(set(Options {
        snapshot_entries: 3,
        catch_up_entries: 0,
        read_mode: ReadMode::Lease,
        tick_us: 50_000,
        ..Options::default()
    }));
    let leader = lab.leader();
    for key in 0..10 {
        succeed(&mut lab, leader, put(&key.to_string(), "x"));
    }
    assert_eq!(lab.run.frame().node(node).unwrap().snapshot, 0);
    lab.crash(node);
    lab.restart(node);
    lab.until("its first snapshot", |frame| {
        frame.node(node).unwrap().snapshot > 0
    });
    assert_eq!(lab.run.frame().node(leader).unwrap().snapshot, 0);
    lab.act(Action::Campaign { node });
    lab.until("it to lead", |frame| {
        role(frame, node) == Some(Role::Leader)
    });
    lab.until("its first entry applied", |frame| {
        frame
            .leader()
            .is_some_and(|leader| leader.applied == leader.last())
    });
    // It answers from its lease, without asking anybody.
    let sent = lab.run.frame().messages_sent;
    let read = lab.request(node, get("1"));
    assert!(
        lab.run
            .take_outcome(read)
            .is_some_and(|outcome| outcome.is_ok())
    );
    assert_eq!(lab.run.frame().messages_sent, sent);
}
