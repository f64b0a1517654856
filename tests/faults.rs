//! Every fault shows what it is known for.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::etcd::{Error, Response};
use glassraft_core::member::{Halt, NodeId, Note, Role, Timeout};
use glassraft_core::trace::{Flight, Frame, Liveness, NodeFrame, Phase};
use glassraft_core::world::{
    Action, ActionError, ClockChange, DiskChange, EventId, EventKind, Fate, Latency, LinkChange,
    LossReason, MessageKind, Packet, Setup, Shape, Span, Workload,
};
use glassraft_tests::{Lab, get, n, put};

/// Every node but these.
fn others(lab: &Lab, these: &[NodeId]) -> Vec<NodeId> {
    let nodes = lab.run.frame().nodes.iter().map(|node| node.node);
    nodes.filter(|node| !these.contains(node)).collect()
}

fn partition(lab: &mut Lab, groups: &[&[NodeId]]) {
    let groups = groups.iter().map(|group| group.to_vec()).collect();
    lab.act(Action::Partition { groups });
}

fn link(lab: &mut Lab, from: NodeId, to: NodeId, change: LinkChange) {
    lab.act(Action::Link { from, to, change });
}

/// Changes every direction of every link.
fn links(lab: &mut Lab, change: LinkChange) {
    let nodes = others(lab, &[]);
    for from in &nodes {
        for to in nodes.iter().filter(|to| *to != from) {
            link(lab, *from, *to, change);
        }
    }
}

fn disk(lab: &mut Lab, node: NodeId, change: DiskChange) {
    lab.act(Action::Disk { node, change });
}

fn fate(lab: &mut Lab, sent: EventId, fate: Fate) {
    lab.act(Action::Message { sent, fate });
}

fn role(frame: &Frame, node: NodeId) -> Option<Role> {
    frame.node(node).and_then(|node| node.role())
}

/// The first message under way that is so.
fn flight(frame: &Frame, is_it: impl Fn(&Packet) -> bool) -> Option<Flight> {
    let flights = frame.flights.by_age().into_iter();
    flights.copied().find(|flight| is_it(&flight.packet))
}

/// Waits for a message, and says which.
fn wait_for_message(lab: &mut Lab, what: &str, is_it: impl Fn(&Packet) -> bool) -> Flight {
    lab.until(what, |frame| flight(frame, &is_it).is_some());
    flight(lab.run.frame(), is_it).expect("it was there a moment ago")
}

/// The events since one of them.
fn kinds(lab: &Lab, since: u64) -> Vec<EventKind> {
    let events = lab.run.record().since(EventId(since));
    events.map(|(_, event)| event.kind.clone()).collect()
}

fn losses(lab: &Lab, since: u64, why: LossReason) -> usize {
    let is_it =
        |kind: &&EventKind| matches!(kind, EventKind::Lost { reason, .. } if *reason == why);
    kinds(lab, since).iter().filter(is_it).count()
}

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

/// A node whose words do not get out, but who hears, disturbs nobody; one who hears nothing
/// stands for election in vain, for those that hear its higher terms follow none of them
/// until it is heard.
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

/// A timer is drawn to run out when it does, whatever the rate of its clock.
#[test]
fn a_skewed_timer_runs_out_when_drawn() {
    for ppm in [-900_000, -123_457, 7, 333_333] {
        let mut lab = Lab::with_leader(3, 15);
        let node = lab.follower();
        let change = ClockChange::Rate(ppm);
        lab.act(Action::Clock { node, change });
        let rest = others(&lab, &[node]);
        partition(&mut lab, &[&rest]);
        lab.pass(200_000);
        let expires_at = lab
            .run
            .frame()
            .node(node)
            .unwrap()
            .timer
            .unwrap()
            .expires_at;
        lab.run.advance(expires_at - 1);
        let before = lab.run.record().len();
        lab.run.advance(expires_at);
        let note = Note::TimedOut(Timeout::Election);
        assert!(
            kinds(&lab, before).contains(&EventKind::Node { node, note }),
            "{ppm} ppm"
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

/// A candidate of five has its own vote and needs two more: with one more and the others
/// dropped, nobody leads in that term; with two, it does.
#[test]
fn the_third_vote_decides() {
    for delivered in [1, 2] {
        let mut lab = Lab::new(5, 17);
        let is_vote = |packet: &Packet| packet.kind == MessageKind::Vote && !packet.reject;
        let term = wait_for_message(&mut lab, "a vote", is_vote).packet.term;
        let mut votes = 0;
        let of_term = |frame: &Frame| flight(frame, |it| is_vote(it) && it.term == term);
        let is_over = |frame: &Frame| {
            let later = |node: &NodeFrame| node.term > u64::from(term);
            frame.leader().is_some() || frame.nodes.iter().any(|node| later(node))
        };
        while !is_over(lab.run.frame()) {
            let Some(vote) = of_term(lab.run.frame()) else {
                lab.run.step();
                continue;
            };
            votes += 1;
            if votes <= delivered {
                fate(&mut lab, vote.sent, Fate::Deliver);
            } else {
                fate(&mut lab, vote.sent, Fate::Drop);
                let loss = *lab.run.frame().losses.back().unwrap();
                assert_eq!(loss.reason, LossReason::Dropped);
            }
        }
        assert!(votes >= 2);
        assert_eq!(lab.run.frame().leader().is_some(), delivered == 2);
    }
}

/// A message that is held arrives when it is released, and not before; those behind it pass.
#[test]
fn a_held_message_waits_for_its_release() {
    let mut lab = Lab::with_leader(3, 18);
    let heartbeat = wait_for_message(&mut lab, "a heartbeat", |packet| {
        packet.kind == MessageKind::Heartbeat
    });
    let sent = heartbeat.sent;
    fate(&mut lab, sent, Fate::Hold);
    lab.pass(3_000_000);
    let held = *lab
        .run
        .frame()
        .flights
        .get(sent)
        .expect("it is still under way");
    assert_eq!(held.arrives_at, None);
    let refused = |lab: &mut Lab, fate| lab.run.act(Action::Message { sent, fate }).unwrap_err();
    for fate in [Fate::Hold, Fate::Delay(1), Fate::Duplicate] {
        assert_eq!(refused(&mut lab, fate), ActionError::Held(sent));
    }
    let before = lab.run.record().len();
    fate(&mut lab, sent, Fate::Release);
    let delivered = lab.run.record().get(EventId(before + 1)).unwrap();
    assert!(matches!(delivered.kind, EventKind::Delivered { sent: id, .. } if id == sent));
    assert_eq!(delivered.cause(), Some(EventId(before)));
    assert_eq!(
        refused(&mut lab, Fate::Drop),
        ActionError::NoSuchMessage(sent)
    );
}

/// A delay puts an arrival off by just that, and the old arrival does not count, even when
/// another message has the slot by then.
#[test]
fn a_delayed_message_arrives_later() {
    let mut lab = Lab::with_leader(3, 19);
    let flight = wait_for_message(&mut lab, "a heartbeat", |packet| {
        packet.kind == MessageKind::Heartbeat
    });
    let (sent, at) = (flight.sent, flight.arrives_at.unwrap());
    let fates = [Fate::Delay(300_000), Fate::Hold, Fate::Release];
    fate(&mut lab, sent, fates[0]);
    let moved = lab.run.frame().flights.get(sent).unwrap().arrives_at;
    assert_eq!(moved, Some(at + 300_000));
    lab.run.advance(at + 299_999);
    assert!(lab.run.frame().flights.get(sent).is_some());
    lab.run.advance(at + 300_000);
    assert!(lab.run.frame().flights.get(sent).is_none());
    let arrivals = lab.run.record().since(EventId(0)).filter(
        |(_, event)| matches!(event.kind, EventKind::Delivered { sent: id, .. } if id == sent),
    );
    assert_eq!(
        arrivals.map(|(_, event)| event.at).collect::<Vec<_>>(),
        [at + 300_000]
    );
    let next = wait_for_message(&mut lab, "a heartbeat", |packet| {
        packet.kind == MessageKind::Heartbeat
    });
    fate(&mut lab, next.sent, Fate::Deliver);
    for _ in 0..500 {
        lab.run.step();
        let is_due = |flight: &&Flight| flight.arrives_at.is_some_and(|at| at < lab.run.now());
        let flights = lab.run.frame().flights.by_age();
        assert_eq!(
            flights.into_iter().find(is_due),
            None,
            "an arrival was missed"
        );
    }
}

/// A copy of a message arrives as well, and is harmless.
#[test]
fn a_message_can_be_doubled() {
    let mut lab = Lab::with_leader(3, 20);
    let leader = lab.leader();
    lab.request(leader, put("a", "1"));
    let append = wait_for_message(&mut lab, "an append", |packet| packet.entries == 1);
    let before = lab.run.record().len();
    fate(&mut lab, append.sent, Fate::Duplicate);
    let copy = lab.run.record().get(EventId(before + 1)).unwrap();
    assert_eq!(copy.cause(), Some(EventId(before)));
    assert!(matches!(&copy.kind, EventKind::Sent { packet, .. } if *packet == append.packet));
    lab.pass(1_000_000);
    let copies = [append.sent, EventId(before + 1)].map(|id| {
        let mut events = lab.run.record().since(EventId(before));
        events
            .find_map(|(_, event)| match event.kind {
                EventKind::Delivered { sent, .. } if sent == id => Some(event.at),
                _ => None,
            })
            .expect("it arrived")
    });
    assert_eq!(copies[0], copies[1]);
    let frame = lab.run.frame();
    assert!(
        frame
            .nodes
            .iter()
            .all(|node| node.last() == 2 && node.revision == 2)
    );
}

/// An impossible fault is refused by name and leaves nothing behind.
#[test]
fn impossible_faults_change_nothing() {
    let mut lab = Lab::with_leader(3, 10);
    let (node, none) = (n(1), n(4));
    let bounds = |what, allowed| ActionError::OutOfBounds { what, allowed };
    let span = |min_us, max_us| Span { min_us, max_us };
    let sent = EventId(1_000_000);
    let partition = |groups| Action::Partition { groups };
    let to_itself = LinkChange::Cut(true);
    let loss = LinkChange::Loss(1_000_001);
    let workload = |workload: Workload| Action::Workload { workload };
    let cases = [
        (Action::Pause { node: none }, ActionError::NoSuchNode(none)),
        (Action::Resume { node }, ActionError::NotPaused(node)),
        (
            Action::Disk {
                node: none,
                change: DiskChange::Full(true),
            },
            ActionError::NoSuchNode(none),
        ),
        (
            Action::Disk {
                node,
                change: DiskChange::Sync(span(2, 1)),
            },
            bounds("disk.sync", "1 µs to 1 h, shortest first"),
        ),
        (
            Action::Clock {
                node,
                change: ClockChange::Rate(-900_001),
            },
            bounds("a clock's rate", "-900000 to 9000000 millionths"),
        ),
        (
            Action::Clock {
                node,
                change: ClockChange::Jump(99_999),
            },
            bounds("a clock's jump", "1 to 1000 ticks"),
        ),
        (
            Action::Clock {
                node,
                change: ClockChange::Jump(u64::MAX),
            },
            bounds("a clock's jump", "1 to 1000 ticks"),
        ),
        (
            Action::Link {
                from: node,
                to: node,
                change: to_itself,
            },
            ActionError::LinkToItself(node),
        ),
        (
            Action::Link {
                from: node,
                to: n(2),
                change: loss,
            },
            bounds("link.loss_ppm", "0 to 1000000"),
        ),
        (
            partition(vec![vec![node], vec![none]]),
            ActionError::NoSuchNode(none),
        ),
        (
            partition(vec![vec![]; 16]),
            bounds("a partition", "at most 15 groups of at most 15 nodes"),
        ),
        (
            Action::Message {
                sent,
                fate: Fate::Drop,
            },
            ActionError::NoSuchMessage(sent),
        ),
        (
            workload(Workload {
                clients: 101,
                ..Workload::default()
            }),
            bounds("workload.clients", "0 to 100"),
        ),
        (
            workload(Workload {
                keys: 0,
                ..Workload::default()
            }),
            bounds("workload.keys", "1 to 10000"),
        ),
        (
            workload(Workload {
                think: span(0, 5),
                ..Workload::default()
            }),
            bounds("workload.think", "1 ms to 1 h, shortest first"),
        ),
    ];
    let before = lab.run.record().len();
    let frame = lab.run.frame().clone();
    for (action, error) in cases {
        assert_eq!(lab.run.act(action.clone()), Err(error), "{action:?}");
    }
    assert!(lab.run.recording().actions.is_empty());
    assert_eq!(lab.run.record().len(), before);
    assert!(*lab.run.frame() == frame);
    lab.act(Action::Pause { node });
    let again = lab.run.act(Action::Pause { node });
    assert_eq!(again, Err(ActionError::AlreadyPaused(node)));
    lab.crash(node);
    for action in [
        Action::Pause { node },
        Action::Clock {
            node,
            change: ClockChange::Jump(100_000),
        },
    ] {
        assert_eq!(lab.run.act(action), Err(ActionError::Down(node)));
    }
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
