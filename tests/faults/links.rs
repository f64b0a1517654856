//! Links that lose, double, mix up and slow down.

use glassraft_core::world::{
    EventId, EventKind, Fate, Latency, LinkChange, LossReason, MessageKind, Setup, Shape,
};
use glassraft_tests::{Lab, n, put};

use crate::{fate, kinds, link, links, losses, others, wait_for_message};

/// A network that loses a tenth of all messages loses no write.
#[test]
fn a_lossy_network_still_commits() {
    let mut setup = Setup::default();
    setup.network.loss_ppm = 100_000;
    for seed in 0..5 {
        let mut lab = Lab::with_setup(setup.clone(), seed);
        lab.until("a leader", |frame| frame.leader().is_some());
        let before = lab.run.record().len();
        let mut done = 0;
        for key in 0..10 {
            let node = n(key % 5 + 1);
            let id = lab.request(node, put(&key.to_string(), "x"));
            done += u32::from(lab.outcome(id).is_ok());
        }
        assert!(done >= 5, "seed {seed}: {done} of 10");
        assert!(losses(&lab, before, LossReason::Chance) > 20, "seed {seed}");
        links(&mut lab, LinkChange::Loss(0));
        let before = lab.run.record().len();
        lab.until("the same catalog everywhere", |frame| {
            let first = frame.nodes[0].revision;
            first > i64::from(done) && frame.nodes.iter().all(|node| node.revision == first)
        });
        lab.pass(1_000_000);
        let late = losses(&lab, before, LossReason::Chance);
        assert!(
            late < 20,
            "seed {seed}: what had left was lost, and no more"
        );
    }
}

/// Half-way: what is lost by chance is lost between its leaving and its arrival.
#[test]
fn chance_loses_on_the_way() {
    let mut lab = Lab::with_leader(3, 1);
    links(&mut lab, LinkChange::Loss(1_000_000));
    lab.pass(2_000_000);
    let loss = lab.run.frame().losses.back().copied().unwrap();
    assert_eq!(loss.reason, LossReason::Chance);
    let arrives_at = loss.arrives_at.unwrap();
    assert!(loss.sent_at < loss.at && loss.at < arrives_at);
    assert!((loss.passed - 0.5).abs() < 0.001);
}

/// Messages between a leader and its followers that arrive twice change nothing: each write
/// is applied once, in one order.
#[test]
fn duplicates_are_harmless() {
    let mut setup = Setup::default();
    setup.network.duplicate_ppm = 1_000_000;
    let mut lab = Lab::with_setup(setup, 5);
    lab.until("a leader", |frame| frame.leader().is_some());
    let leader = lab.leader();
    for key in 0..10 {
        let id = lab.request(leader, put("a", &key.to_string()));
        assert!(lab.outcome(id).is_ok());
    }
    let sent = kinds(&lab, 0)
        .into_iter()
        .filter(|kind| matches!(kind, EventKind::Sent { .. }))
        .count();
    let copies = lab.run.record().since(EventId(0)).filter(|(_, event)| {
        let cause = event.cause().and_then(|id| lab.run.record().get(id));
        matches!(event.kind, EventKind::Sent { .. })
            && cause.is_some_and(|cause| matches!(cause.kind, EventKind::Sent { .. }))
    });
    assert_eq!(copies.count() * 2, sent, "each was sent with a copy");
    let frame = lab.run.frame();
    assert_eq!(
        frame.leader().unwrap().revision,
        11,
        "ten writes and no more"
    );
}

/// A proposal that a follower passes on and that arrives twice is carried out twice: Raft
/// does not know them for one (thesis §6.3), and etcd relies on TCP not to double it.
#[test]
fn a_doubled_proposal_is_carried_out_twice() {
    let mut lab = Lab::with_leader(3, 5);
    let node = lab.follower();
    let id = lab.request(node, put("a", "1"));
    let proposal = wait_for_message(&mut lab, "the proposal", |packet| {
        packet.kind == MessageKind::Proposal
    });
    fate(&mut lab, proposal.sent, Fate::Duplicate);
    assert!(lab.outcome(id).is_ok());
    lab.pass(1_000_000);
    let frame = lab.run.frame();
    assert!(frame.nodes.iter().all(|node| node.revision == 3));
}

/// Where messages overtake each other, nothing committed is lost and the logs agree.
#[test]
fn reordering_is_harmless() {
    let mut setup = Setup::default();
    setup.network.reorder_ppm = 500_000;
    setup.network.latency = Latency {
        min_us: 1_000,
        max_us: 300_000,
        shape: Shape::LongTail,
    };
    for seed in 0..5 {
        let mut lab = Lab::with_setup(setup.clone(), seed);
        lab.until("a leader", |frame| frame.leader().is_some());
        let ids: Vec<_> = (0..30)
            .map(|key| {
                lab.pass(15_000);
                lab.request(n(key % 5 + 1), put("a", &key.to_string()))
            })
            .collect();
        for id in ids {
            assert!(lab.outcome(id).is_ok(), "seed {seed}");
        }
        assert!(overtaken(&lab) > 10, "seed {seed}: none overtook another");
        lab.until("the same log everywhere", |frame| {
            let first = &frame.nodes[0].log;
            frame
                .nodes
                .iter()
                .all(|node| node.log == *first && node.revision == 31)
        });
    }
}

/// How many messages arrived before one that was sent earlier on the same link.
fn overtaken(lab: &Lab) -> usize {
    let mut newest = std::collections::BTreeMap::new();
    let mut count = 0;
    for kind in kinds(lab, 0) {
        if let EventKind::Delivered { sent, packet, .. } = kind {
            let last = newest.entry((packet.from, packet.to)).or_insert(sent);
            count += usize::from(sent < *last);
            *last = sent.max(*last);
        }
    }
    count
}

/// Without reordering, a link keeps the order of its messages whatever its latencies.
#[test]
fn a_link_keeps_its_order() {
    for shape in [Shape::Even, Shape::Bell, Shape::LongTail] {
        let mut setup = Setup::default();
        setup.network.latency = Latency {
            min_us: 1_000,
            max_us: 300_000,
            shape,
        };
        setup.network.bandwidth_bytes_per_s = 1_000_000;
        let mut lab = Lab::with_setup(setup, 8);
        lab.pass(10_000_000);
        assert!(lab.run.frame().messages_sent > 500);
        assert_eq!(overtaken(&lab), 0, "{shape:?}");
    }
}

/// The shapes of a latency: all within its ends, a bell about the middle, a long tail near
/// the shortest with a few far above.
#[test]
fn latencies_have_their_shapes() {
    let far = |shape| {
        let mut setup = Setup::default();
        setup.network.latency = Latency {
            min_us: 10_000,
            max_us: 110_000,
            shape,
        };
        setup.network.reorder_ppm = 1_000_000;
        let mut lab = Lab::with_setup(setup, 8);
        lab.pass(20_000_000);
        let mut latencies: Vec<u64> = lab
            .run
            .record()
            .since(EventId(0))
            .filter_map(|(_, event)| match event.kind {
                EventKind::Sent { arrives_at, .. } => Some(arrives_at - event.at - 10_000),
                _ => None,
            })
            .collect();
        latencies.sort_unstable();
        let count = latencies.len();
        assert!(count > 1_000 && latencies[count - 1] <= 100_000);
        [
            latencies[count / 10],
            latencies[count / 2],
            latencies[count * 99 / 100],
        ]
    };
    let [even, bell, tail] = [Shape::Even, Shape::Bell, Shape::LongTail].map(far);
    assert!(even[0] < 15_000 && (45_000..55_000).contains(&even[1]) && even[2] > 95_000);
    assert!(bell[0] > 20_000 && (45_000..55_000).contains(&bell[1]) && bell[2] < 95_000);
    assert!(tail[0] < 2_000 && tail[1] < 12_000 && tail[2] > 40_000);
}

/// A narrow link takes as long as its bytes need, and those behind wait.
#[test]
fn a_narrow_link_is_slow() {
    let mut lab = Lab::with_leader(3, 6);
    let leader = lab.leader();
    let value = "x".repeat(100_000);
    let slow = others(&lab, &[leader])[0];
    link(&mut lab, leader, slow, LinkChange::Bandwidth(50_000));
    let id = lab.request(leader, put("a", &value));
    let append = wait_for_message(&mut lab, "the append", |packet| {
        packet.to == slow && packet.entries == 1
    });
    let took_us = append.arrives_at.unwrap() - append.sent_at;
    assert!((2_040_000..2_200_000).contains(&took_us), "{took_us} µs");
    assert!(lab.outcome(id).is_ok(), "the other one is enough");
}

/// When too much waits for a narrow link, what comes after is lost.
#[test]
fn a_narrow_link_is_not_endless() {
    let mut lab = Lab::with_leader(3, 6);
    let leader = lab.leader();
    let slow = others(&lab, &[leader])[0];
    link(&mut lab, leader, slow, LinkChange::Bandwidth(1_000));
    let value = "x".repeat(1_000_000);
    for key in 0..20 {
        if key == 15 {
            assert_eq!(losses(&lab, 0, LossReason::NetworkFull), 0);
        }
        let id = lab.request(leader, put(&key.to_string(), &value));
        assert!(lab.outcome(id).is_ok(), "the other one is enough");
    }
    assert!(losses(&lab, 0, LossReason::NetworkFull) > 0);
}
