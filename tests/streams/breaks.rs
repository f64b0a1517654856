//! What watchers hear when nodes crash, are cut off, stand still, or another leads.

use glassraft_core::etcd::{
    CompactionRequest, Request, WatchCancelRequest, WatchCreateRequest, WatchRequestUnion,
};
use glassraft_core::trace::Run;
use glassraft_core::world::{Action, Setup};
use glassraft_tests::{Lab, put, trace, watch, watch_as};

use super::{Client, SECOND_US, change, done, from, others};

/// The heart of it: a node crashes, changes go on, it comes back, and its watcher has missed
/// nothing and hears nothing twice.
#[test]
fn a_watcher_hears_each_change_once_over_a_crash() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let mut client = Client::open(&mut lab, node, watch("k"));
    done(&mut lab, leader, put("k", "1"));
    lab.crash(node);
    done(&mut lab, leader, put("k", "2"));
    done(&mut lab, leader, put("k", "3"));
    assert!(
        lab.run
            .frame()
            .streams
            .get(&client.stream)
            .unwrap()
            .is_broken
    );
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    done(&mut lab, leader, put("k", "4"));
    let changes = client.changes(&mut lab);
    assert_eq!(changes, ["k=1@2", "k=2@3", "k=3@4", "k=4@5"]);
    // That its watcher began anew is the client library's affair.
    assert_eq!(client.heard.iter().filter(|r| r.created).count(), 1);
    assert!(
        !lab.run
            .frame()
            .streams
            .get(&client.stream)
            .unwrap()
            .is_broken
    );
    assert_eq!(client.ended, None);
}

/// Before anything was heard, a watcher that begins now goes on from where it began.
#[test]
fn a_watcher_that_has_heard_nothing_misses_nothing() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    done(&mut lab, leader, put("k", "before"));
    let mut client = Client::open(&mut lab, node, watch("k"));
    lab.crash(node);
    done(&mut lab, leader, put("k", "1"));
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    assert_eq!(client.changes(&mut lab), ["k=1@3"]);
}

#[test]
fn a_stream_to_a_node_that_is_down_waits_for_it() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    lab.crash(node);
    let mut client = Client::open(&mut lab, node, watch("a"));
    client.say(&mut lab, WatchRequestUnion::Create(from("b", 0)));
    lab.pass(3 * SECOND_US);
    assert!(client.listen(&mut lab).is_empty());
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    done(&mut lab, leader, put("b", "1"));
    assert_eq!(client.changes(&mut lab), ["b=1@2"]);
    let ids: Vec<i64> = client.heard.iter().map(|r| r.watch_id).collect();
    assert_eq!(ids, [0, 1, 1]);
}

/// Numbers that were given stay, although the node counts anew.
#[test]
fn watchers_keep_their_numbers_over_a_crash() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let mut client = Client::open(&mut lab, node, watch("a"));
    client.say(&mut lab, WatchRequestUnion::Create(from("b", 0)));
    let named = WatchCreateRequest {
        watch_id: 9,
        ..from("c", 0)
    };
    client.say(&mut lab, WatchRequestUnion::Create(named));
    client.say(
        &mut lab,
        WatchRequestUnion::Cancel(WatchCancelRequest { watch_id: 0 }),
    );
    lab.crash(node);
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    for key in ["a", "b", "c"] {
        done(&mut lab, leader, put(key, "1"));
    }
    client.listen(&mut lab);
    let heard = client.heard.iter().filter(|r| !r.events.is_empty());
    let heard: Vec<_> = heard.map(|r| (r.watch_id, change(&r.events[0]))).collect();
    assert_eq!(heard, [(1, "b=1@3".to_owned()), (9, "c=1@4".to_owned())]);
}

#[test]
fn a_watcher_hears_each_change_once_over_a_change_of_leader() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let mut at_leader = Client::open(&mut lab, leader, watch("k"));
    let survivor = others(leader)[0];
    let mut at_follower = Client::open(&mut lab, survivor, watch("k"));
    done(&mut lab, survivor, put("k", "1"));
    lab.crash(leader);
    lab.until("another leader", |frame| frame.leader().is_some());
    done(&mut lab, survivor, put("k", "2"));
    lab.restart(leader);
    lab.pass(10 * SECOND_US);
    done(&mut lab, survivor, put("k", "3"));
    let expected = ["k=1@2", "k=2@3", "k=3@4"];
    assert_eq!(at_leader.changes(&mut lab), expected);
    assert_eq!(at_follower.changes(&mut lab), expected);
}

/// A client who does not ask for a leader hears nothing at a node that is cut off, and no
/// error either; and then all of it.
#[test]
fn a_partitioned_follower_is_silent_and_then_tells_all() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let rest = others(leader);
    let mut client = Client::open(&mut lab, rest[0], watch("k"));
    lab.act(Action::Partition {
        groups: vec![vec![rest[0]], vec![leader, rest[1]]],
    });
    done(&mut lab, leader, put("k", "1"));
    done(&mut lab, leader, put("k", "2"));
    lab.pass(20 * SECOND_US);
    assert!(client.changes(&mut lab).is_empty());
    assert_eq!(client.ended, None);
    lab.act(Action::Heal);
    lab.pass(5 * SECOND_US);
    assert_eq!(client.changes(&mut lab), ["k=1@2", "k=2@3"]);
}

/// What a snapshot of the leader brings was never applied one by one, and is heard all the
/// same.
#[test]
fn a_watcher_hears_what_its_node_gets_by_a_snapshot() {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    setup.options.snapshot_entries = 5;
    setup.options.catch_up_entries = 0;
    let mut lab = Lab::with_setup(setup, 7);
    lab.until("a leader", |frame| frame.leader().is_some());
    let leader = lab.leader();
    let rest = others(leader);
    let mut client = Client::open(&mut lab, rest[0], watch("k"));
    lab.act(Action::Partition {
        groups: vec![vec![rest[0]], vec![leader, rest[1]]],
    });
    for value in 0..12 {
        done(&mut lab, leader, put("k", &value.to_string()));
    }
    lab.act(Action::Heal);
    lab.pass(10 * SECOND_US);
    let node = lab.run.frame().node(rest[0]).unwrap().clone();
    assert!(node.snapshot > 5, "{}", node.snapshot);
    let expected: Vec<String> = (0..12)
        .map(|value| format!("k={value}@{}", value + 2))
        .collect();
    assert_eq!(client.changes(&mut lab), expected);
}

#[test]
fn a_stopped_process_finds_what_was_said_meanwhile() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let mut before = Client::open(&mut lab, node, watch("k"));
    let closed = Client::open(&mut lab, node, watch("k"));
    lab.act(Action::Pause { node });
    let mut client = Client::open(&mut lab, node, watch_as(from("k", 1)));
    lab.act(Action::Close {
        stream: closed.stream,
    });
    done(&mut lab, leader, put("k", "1"));
    assert!(client.listen(&mut lab).is_empty());
    lab.act(Action::Resume { node });
    lab.pass(5 * SECOND_US);
    assert_eq!(client.changes(&mut lab), ["k=1@2"]);
    assert_eq!(before.changes(&mut lab), ["k=1@2"]);
}

/// Everything replays: the same recording gives the same lines.
#[test]
fn a_run_with_streams_repeats() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let client = Client::open(&mut lab, node, watch("k"));
    done(&mut lab, leader, put("k", "1"));
    lab.crash(node);
    done(&mut lab, leader, put("k", "2"));
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    lab.act(Action::Close {
        stream: client.stream,
    });
    let until = lab.run.now();
    let mut again = Run::replay(lab.run.recording()).expect("it plays");
    again.advance(until);
    assert_eq!(trace(&again), trace(&lab.run));
    assert_eq!(again.frame(), lab.run.frame());
}

/// Whoever was away while its past was compacted cannot be told of it: the watcher ends.
#[test]
fn a_watcher_whose_past_is_compacted_ends() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let mut client = Client::open(&mut lab, node, watch("k"));
    done(&mut lab, leader, put("k", "1"));
    lab.crash(node);
    for value in ["2", "3", "4"] {
        done(&mut lab, leader, put("k", value));
    }
    done(&mut lab, leader, compact(4));
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    assert_eq!(client.changes(&mut lab), ["k=1@2"]);
    let last = client.heard.last().unwrap();
    assert!(last.canceled && last.compact_revision == 4 && last.watch_id == 0);
    let shown = lab.run.frame().streams.get(&client.stream).unwrap();
    assert_eq!(shown.watchers.iter().count(), 0);
}

/// What was heard is not asked for again, so a compaction up to there does no harm.
#[test]
fn a_compaction_of_what_was_heard_ends_nobody() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let mut client = Client::open(&mut lab, node, watch("k"));
    done(&mut lab, leader, put("k", "1"));
    lab.crash(node);
    done(&mut lab, leader, put("k", "2"));
    done(&mut lab, leader, compact(3));
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    assert_eq!(client.changes(&mut lab), ["k=1@2", "k=2@3"]);
}

fn compact(revision: i64) -> Request {
    Request::Compaction(CompactionRequest {
        revision,
        physical: false,
    })
}
