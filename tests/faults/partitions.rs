//! Links that are cut.

use glassraft_core::etcd::Error;
use glassraft_core::member::{Note, Role};
use glassraft_core::trace::Frame;
use glassraft_core::world::{Action, EventKind, LinkChange, LossReason, MessageKind};
use glassraft_tests::{Lab, n, put};

use crate::{kinds, link, losses, others, partition, role, wait_for_message};

/// A leader in the minority can commit nothing and steps down; the majority elects another
/// one, and goes on. After the healing everybody follows that one, and what the old one had
/// is gone.
#[test]
fn a_leader_in_the_minority_steps_down() {
    for seed in 0..10 {
        let mut lab = Lab::with_leader(5, seed);
        let old = lab.leader();
        let friend = lab.follower();
        let majority = others(&lab, &[old, friend]);
        partition(&mut lab, &[&[old, friend], &majority]);
        let lost = lab.request(old, put("lost", "1"));
        lab.until("the old leader to step down", |frame| {
            role(frame, old) != Some(Role::Leader)
        });
        assert_eq!(
            *lab.outcome(lost),
            Err(Error::DeadlineExceeded),
            "seed {seed}"
        );
        let cut = majority.clone();
        lab.until("a leader of the majority", |frame| {
            frame
                .leader()
                .is_some_and(|leader| cut.contains(&leader.node))
        });
        let new = lab.leader();
        let kept = lab.request(new, put("kept", "1"));
        assert!(lab.outcome(kept).is_ok(), "seed {seed}");
        lab.act(Action::Heal);
        lab.until("the same catalog everywhere", |frame| {
            frame.nodes.iter().all(|node| {
                node.shelf.contains_key(&b"kept"[..]) && !node.shelf.contains_key(&b"lost"[..])
            })
        });
    }
}

/// A node that hears its leader, and whose answers do not get out, disturbs nobody and gets
/// every entry.
#[test]
fn one_direction_can_be_cut() {
    let mut lab = Lab::with_leader(3, 2);
    let leader = lab.leader();
    let node = lab.follower();
    let before = lab.run.record().len();
    link(&mut lab, node, leader, LinkChange::Cut(true));
    lab.pass(5_000_000);
    assert_eq!(lab.leader(), leader);
    assert!(losses(&lab, before, LossReason::Cut) > 10);
    let links = &lab.run.frame().links;
    assert!(links.get(node, leader).cut && !links.get(leader, node).cut);
    let id = lab.request(leader, put("a", "1"));
    assert!(lab.outcome(id).is_ok());
    let hears = |frame: &Frame| frame.node(node).is_some_and(|node| node.applied == 2);
    lab.until("the node to hear of it all the same", hears);
}

/// A node that does not hear its leader, and is heard, raises its term in vain: the others
/// have heard from their leader lately and do not vote. Healed, its term ends the leader's
/// (the disruptive server of thesis §4.2.3, without PreVote).
#[test]
fn a_deaf_node_disrupts_once_it_hears_again() {
    let mut lab = Lab::with_leader(3, 2);
    let leader = lab.leader();
    let node = lab.follower();
    let term = lab.run.frame().leader().unwrap().term;
    for from in others(&lab, &[node]) {
        link(&mut lab, from, node, LinkChange::Cut(true));
    }
    lab.pass(10_000_000);
    assert_eq!(lab.leader(), leader, "it still leads");
    let raised = lab.run.frame().node(node).unwrap().term;
    assert!(raised > term + 2);
    lab.act(Action::Heal);
    lab.until("the old leader to step down", |frame| {
        role(frame, leader) != Some(Role::Leader)
    });
    lab.until("everybody to follow one of a higher term", |frame| {
        let leader = frame.leader();
        let followed = |leader| frame.nodes.iter().all(|node| node.leader == Some(leader));
        leader.is_some_and(|leader| leader.term > raised && followed(leader.node))
    });
}

/// What is under way when its link is cut is lost as it would arrive, unless the link is
/// healed by then.
#[test]
fn a_cut_loses_what_is_under_way() {
    for heal in [false, true] {
        let mut lab = Lab::with_leader(3, 2);
        let leader = lab.leader();
        let sent = wait_for_message(&mut lab, "a heartbeat", |packet| {
            packet.kind == MessageKind::Heartbeat && packet.from == leader
        });
        let before = lab.run.record().len();
        link(&mut lab, leader, sent.packet.to, LinkChange::Cut(true));
        if heal {
            lab.act(Action::Heal);
        }
        let arrives_at = sent.arrives_at.unwrap();
        lab.run.advance(arrives_at);
        let ends: Vec<bool> = kinds(&lab, before)
            .into_iter()
            .filter_map(|kind| match kind {
                EventKind::Delivered { sent: id, .. } if id == sent.sent => Some(true),
                EventKind::Lost {
                    sent: id,
                    reason: LossReason::Cut,
                    ..
                } if id == sent.sent => Some(false),
                _ => None,
            })
            .collect();
        assert_eq!(ends, [heal]);
    }
}

/// Nine nodes in three groups of three: no group is a majority, and after a while nobody
/// leads; healed, they elect one.
#[test]
fn three_groups_of_three_have_no_leader() {
    let mut lab = Lab::with_leader(9, 3);
    let groups = [[1, 2, 3], [4, 5, 6], [7, 8, 9]].map(|group| group.map(n));
    partition(&mut lab, &[&groups[0], &groups[1], &groups[2]]);
    lab.until("nobody to lead", |frame| frame.leader().is_none());
    let term = lab.run.frame().nodes.iter().map(|node| node.term).max();
    let before = lab.run.record().len();
    lab.pass(20_000_000);
    assert!(lab.run.frame().leader().is_none());
    let led = kinds(&lab, before).into_iter().any(|kind| {
        matches!(
            kind,
            EventKind::Node {
                note: Note::Became {
                    role: Role::Leader,
                    ..
                },
                ..
            }
        )
    });
    assert!(!led, "somebody led with three of nine");
    let later = lab.run.frame().nodes.iter().map(|node| node.term).max();
    assert!(later > term, "nobody stood for election");
    lab.act(Action::Heal);
    lab.until("a leader", |frame| {
        let leader = frame.leader().map(|leader| leader.node);
        leader.is_some() && frame.nodes.iter().all(|node| node.leader == leader)
    });
}

/// A node in two groups is a bridge: the only one with a majority on both sides.
#[test]
fn only_a_bridge_can_lead_two_halves() {
    for seed in 0..5 {
        let mut lab = Lab::with_leader(5, seed);
        partition(&mut lab, &[&[n(1), n(2), n(3)], &[n(3), n(4), n(5)]]);
        let links = lab.run.frame().links.clone();
        let cut = links.iter().filter(|(_, _, link)| link.cut).count();
        assert_eq!(cut, 8, "two nodes on each side, both directions");
        let id = lab.request(n(3), put("a", "1"));
        lab.until("the key at the bridge", |frame| {
            let bridge = frame.node(n(3)).unwrap();
            bridge.shelf.contains_key(&b"a"[..])
        });
        assert!(lab.outcome(id).is_ok(), "seed {seed}");
    }
}

/// A node in no group is alone.
#[test]
fn a_node_in_no_group_is_alone() {
    let mut lab = Lab::with_leader(3, 4);
    let node = lab.follower();
    let rest = others(&lab, &[node]);
    partition(&mut lab, &[&rest]);
    let id = lab.request(rest[0], put("a", "1"));
    assert!(lab.outcome(id).is_ok());
    lab.pass(1_000_000);
    assert_eq!(lab.run.frame().node(node).unwrap().applied, 1);
}
