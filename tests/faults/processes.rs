//! Processes that stop for a while, and clocks that go wrong.

use glassraft_core::etcd::Error;
use glassraft_core::member::{Note, Role, Timeout};
use glassraft_core::trace::{Liveness, Phase};
use glassraft_core::world::{
    Action, ActionError, ClockChange, EventId, EventKind, Fate, LinkChange, LossReason, MessageKind,
};
use glassraft_tests::{Lab, get, put};

use crate::{kinds, link, losses, others, partition, role, wait_for_message};

/// A leader that is stopped is replaced; when it goes on it still leads in its own eyes, until
/// the first word of the new term, and what it had in hand meanwhile is not committed.
#[test]
fn a_paused_leader_is_replaced_and_steps_down() {
    for seed in 0..10 {
        let mut lab = Lab::with_leader(5, seed);
        let old = lab.leader();
        lab.act(Action::Pause { node: old });
        let paused = Liveness::Paused(Role::Leader);
        assert_eq!(lab.run.frame().node(old).unwrap().liveness, paused);
        let at_pause = lab.run.record().len();
        lab.until("another leader", |frame| {
            frame.leader().is_some_and(|leader| leader.node != old)
        });
        lab.pass(1_000_000);
        let did = lab.run.record().since(EventId(at_pause));
        let did = did.filter(|(_, event)| match &event.kind {
            EventKind::Node { node, .. } => *node == old,
            EventKind::Delivered { packet, .. } => packet.to == old,
            EventKind::Sent { packet, .. } => packet.from == old,
            _ => false,
        });
        assert_eq!(
            did.count(),
            0,
            "seed {seed}: a stopped process did something"
        );
        let resumed = lab.run.record().len();
        lab.act(Action::Resume { node: old });
        assert_eq!(
            role(lab.run.frame(), old),
            Some(Role::Follower),
            "seed {seed}"
        );
        let first = lab.run.record().get(EventId(resumed + 1)).unwrap();
        assert_eq!(first.cause(), Some(EventId(resumed)), "seed {seed}");
        let spans = &lab.run.lanes().lanes[old.index()].spans;
        assert!(
            spans
                .iter()
                .any(|span| span.phase == Phase::Paused(Role::Leader))
        );
    }
}

/// A process that was stopped finds what came meanwhile in the order of its coming, and of
/// all its ticks one: a follower that missed many elections' worth of time does not stand
/// for election at once.
#[test]
fn a_paused_follower_gets_one_tick() {
    let mut lab = Lab::with_leader(3, 11);
    let node = lab.follower();
    let leader = lab.leader();
    link(&mut lab, leader, node, LinkChange::Cut(true));
    lab.act(Action::Pause { node });
    lab.pass(30_000_000);
    let before = lab.run.record().len();
    lab.act(Action::Resume { node });
    let election = EventKind::Node {
        node,
        note: Note::TimedOut(Timeout::Election),
    };
    assert!(!kinds(&lab, before).contains(&election));
    lab.act(Action::Heal);
    lab.act(Action::Pause { node });
    lab.pass(2_000_000);
    let before = lab.run.record().len();
    lab.act(Action::Resume { node });
    let delivered: Vec<EventId> = kinds(&lab, before)
        .into_iter()
        .filter_map(|kind| match kind {
            EventKind::Delivered { sent, .. } => Some(sent),
            _ => None,
        })
        .collect();
    assert!(delivered.len() > 10 && delivered.is_sorted());
}

/// What waits for a stopped process is lost when its machine's power fails. A sync that had
/// ended is not.
#[test]
fn a_crash_of_a_paused_node_loses_what_waits() {
    let mut lab = Lab::with_leader(3, 12);
    let leader = lab.leader();
    let node = lab.follower();
    lab.request(leader, put("a", "1"));
    lab.until("the entry at a follower, not on its disk yet", |frame| {
        let node = frame.node(node).unwrap();
        node.last() == 2 && node.synced == 1
    });
    lab.act(Action::Pause { node });
    lab.pass(1_000_000);
    assert_eq!(lab.run.frame().node(node).unwrap().synced, 1);
    let request = lab.request(node, get("a"));
    let before = lab.run.record().len();
    lab.crash(node);
    assert!(losses(&lab, before, LossReason::ReceiverDown) > 5);
    assert_eq!(
        lab.run.frame().node(node).unwrap().last(),
        2,
        "it was on the disk"
    );
    lab.restart(node);
    assert!(lab.outcome(request).is_ok(), "a read is asked again");
}

/// A client of a stopped node waits until its deadline; a write that waits in the socket may
/// still be carried out when the process goes on, so its outcome is unknown.
#[test]
fn a_client_of_a_paused_node_waits() {
    let mut lab = Lab::with_leader(3, 13);
    let node = lab.follower();
    lab.act(Action::Pause { node });
    let write = lab.request(node, put("a", "1"));
    let began = lab.run.now();
    assert_eq!(*lab.outcome(write), Err(Error::DeadlineExceeded));
    assert_eq!(lab.run.now() - began, 5_000_000);
    let last = kinds(&lab, lab.run.record().len() - 1);
    assert!(matches!(last[0], EventKind::Answered { unknown: true, .. }));
    let answered = lab.request(node, put("b", "1"));
    lab.pass(1_000_000);
    lab.act(Action::Resume { node });
    assert!(lab.outcome(answered).is_ok());
    lab.until("both everywhere", |frame| {
        frame.nodes.iter().all(|node| node.shelf.len() == 2)
    });
}

/// A message that waits at the door of a stopped process is beyond the network's reach.
#[test]
fn a_message_at_the_door_is_not_under_way() {
    let mut lab = Lab::with_leader(3, 21);
    let node = lab.follower();
    lab.act(Action::Pause { node });
    let waiting = wait_for_message(&mut lab, "a heartbeat", |packet| {
        packet.to == node && packet.kind == MessageKind::Heartbeat
    });
    lab.run.advance(waiting.arrives_at.unwrap());
    let sent = waiting.sent;
    assert!(
        lab.run.frame().flights.get(sent).is_some(),
        "nobody got it yet"
    );
    let refused = lab.run.act(Action::Message {
        sent,
        fate: Fate::Drop,
    });
    assert_eq!(refused, Err(ActionError::NoSuchMessage(sent)));
}

/// A follower whose clock is ten times as fast stands for election although its leader is
/// well, between two heartbeats.
#[test]
fn a_fast_clock_starts_elections() {
    let mut lab = Lab::with_leader(3, 14);
    lab.pass(5_000_000);
    let term = lab.run.frame().leader().unwrap().term;
    let node = lab.follower();
    let change = ClockChange::Rate(9_000_000);
    let before = lab.run.record().len();
    lab.act(Action::Clock { node, change });
    assert_eq!(
        lab.run.frame().node(node).unwrap().machine.clock_ppm,
        9_000_000
    );
    let timer = lab.run.frame().node(node).unwrap().timer.unwrap();
    assert!(
        timer.expires_at - timer.since < 300_000,
        "the picture knows"
    );
    let reset = lab.run.record().get(EventId(before + 1)).unwrap();
    assert_eq!(reset.cause(), Some(EventId(before)));
    lab.until("a higher term", |frame| {
        frame.node(node).unwrap().term > term
    });
}

/// A timer is drawn to run out when it does: whatever the rate of its clock, after a small
/// jump, and after a pause.
#[test]
fn a_timer_runs_out_when_drawn() {
    let clock = |node, change| Action::Clock { node, change };
    let rate = |node, ppm| vec![clock(node, ClockChange::Rate(ppm))];
    let node = Lab::with_leader(3, 15).follower();
    let cases = [
        rate(node, -900_000),
        rate(node, -123_457),
        rate(node, 7),
        rate(node, 333_333),
        vec![clock(node, ClockChange::Jump(399_999))],
        vec![Action::Pause { node }, Action::Resume { node }],
        [
            vec![Action::Pause { node }],
            rate(node, 333_333),
            vec![Action::Resume { node }],
        ]
        .concat(),
    ];
    for actions in cases {
        let mut lab = Lab::with_leader(3, 15);
        let rest = others(&lab, &[node]);
        partition(&mut lab, &[&rest]);
        for action in &actions {
            lab.pass(150_000);
            lab.act(action.clone());
        }
        let timer = lab.run.frame().node(node).unwrap().timer;
        let expires_at = timer.unwrap().expires_at;
        lab.run.advance(expires_at - 1);
        let before = lab.run.record().len();
        lab.run.advance(expires_at);
        let note = Note::TimedOut(Timeout::Election);
        assert!(
            kinds(&lab, before).contains(&EventKind::Node { node, note }),
            "{actions:?}"
        );
    }
}

/// A clock that jumps by more than its election timeout starts an election at once.
#[test]
fn a_clock_that_jumps_starts_an_election() {
    let mut lab = Lab::with_leader(3, 16);
    let node = lab.follower();
    let before = lab.run.record().len();
    let change = ClockChange::Jump(2_000_000);
    lab.act(Action::Clock { node, change });
    let note = Note::TimedOut(Timeout::Election);
    assert!(kinds(&lab, before).contains(&EventKind::Node { node, note }));
    assert_eq!(role(lab.run.frame(), node), Some(Role::Candidate));
}
