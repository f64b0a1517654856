//! What goes through the log, and what does not.

use glassraft_core::etcd::{
    Compare, Error, RangeRequest, Request, Response, ResponseUnion, TargetUnion, TxnResponse,
};
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::world::{Action, EventId, EventKind};
use glassraft_tests::{Lab, get, n, put};

use crate::{SECOND, ask, compact, grant, isolate, put_op, range_op, revision, status, txn};

/// Asks with another patience than the client's default.
fn ask_for(
    lab: &mut Lab,
    node: NodeId,
    request: Request,
    timeout_us: Micros,
) -> Result<Response, Error> {
    let id = lab.act(Action::Request {
        node,
        request,
        timeout_us,
    });
    (*lab.outcome(id.expect("a request has a number"))).clone()
}

fn is_missing(key: &str) -> Compare {
    Compare {
        key: key.to_owned().into(),
        target: 1,
        target_union: Some(TargetUnion::CreateRevision(0)),
        ..Compare::default()
    }
}

fn txn_answer(answer: Result<Response, Error>) -> TxnResponse {
    match answer {
        Ok(Response::Txn(response)) => response,
        other => panic!("a transaction answered {other:?}"),
    }
}

fn at_revision(key: &str, revision: i64) -> Request {
    Request::Range(RangeRequest {
        key: key.to_owned().into(),
        revision,
        serializable: true,
        ..RangeRequest::default()
    })
}

/// How many entries the logs have.
fn entries(lab: &mut Lab, node: NodeId) -> u64 {
    lab.run.frame().node(node).expect("it is there").last()
}

#[test]
fn a_transaction_goes_through_the_log_once() {
    let mut lab = Lab::with_leader(3, 1);
    let (leader, follower) = (lab.leader(), lab.follower());
    let before = entries(&mut lab, leader);
    let both = txn(
        vec![is_missing("/a")],
        vec![put_op("/a", "1"), put_op("/b", "2"), range_op("/a", false)],
        vec![range_op("/a", false)],
    );
    let first = txn_answer(ask(&mut lab, follower, both.clone()));
    assert!(first.succeeded);
    assert_eq!(first.header.unwrap().revision, 2, "one revision for both");
    let second = txn_answer(ask(&mut lab, leader, both));
    assert!(!second.succeeded);
    assert_eq!(second.header.unwrap().revision, 2);
    match &second.responses[0].response {
        Some(ResponseUnion::Range(range)) => assert_eq!(range.kvs[0].value, "1"),
        other => panic!("{other:?}"),
    }
    lab.pass(SECOND);
    assert_eq!(entries(&mut lab, leader), before + 2);
    lab.assert_picture("after two transactions");
}

/// One that only reads is as good as a range: with a majority if it has to be newest, at once
/// if it may be old.
#[test]
fn a_transaction_that_reads_leaves_the_log_alone() {
    let mut lab = Lab::with_leader(3, 2);
    let (leader, follower) = (lab.leader(), lab.follower());
    ask(&mut lab, leader, put("/a", "1")).unwrap();
    lab.pass(SECOND);
    let before = entries(&mut lab, leader);
    let read = |serializable| {
        txn(
            vec![is_missing("/a")],
            vec![],
            vec![range_op("/a", serializable)],
        )
    };
    for serializable in [false, true] {
        let answer = txn_answer(ask(&mut lab, follower, read(serializable)));
        assert!(!answer.succeeded && answer.responses.len() == 1);
    }
    assert_eq!(entries(&mut lab, leader), before);
    isolate(&mut lab, 3);
    let asked_at = lab.run.now();
    txn_answer(ask(&mut lab, follower, read(true)));
    assert_eq!(lab.run.now(), asked_at);
    let answer = ask(&mut lab, follower, read(false));
    assert_eq!(answer, Err(Error::DeadlineExceeded));
}

/// Of clients that all want a key to be theirs, one gets it.
#[test]
fn one_transaction_wins_the_race() {
    for seed in 0..10 {
        let mut lab = Lab::with_leader(5, seed);
        let asked: Vec<_> = (1..=5)
            .map(|node| {
                let mine = vec![put_op("/lock", &format!("n{node}"))];
                let seen = vec![range_op("/lock", false)];
                lab.request(n(node), txn(vec![is_missing("/lock")], mine, seen))
            })
            .collect();
        let answers: Vec<_> = asked
            .into_iter()
            .map(|id| txn_answer((*lab.outcome(id)).clone()))
            .collect();
        let won = answers.iter().filter(|answer| answer.succeeded).count();
        assert_eq!(won, 1, "seed {seed}");
        let winner = answers.iter().position(|answer| answer.succeeded).unwrap() + 1;
        for loser in answers.iter().filter(|answer| !answer.succeeded) {
            match &loser.responses[0].response {
                Some(ResponseUnion::Range(range)) => {
                    assert_eq!(range.kvs[0].value, format!("n{winner}"), "seed {seed}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn compaction_forgets_on_every_node() {
    let mut lab = Lab::with_leader(3, 3);
    let (leader, follower) = (lab.leader(), lab.follower());
    for value in ["1", "2", "3"] {
        ask(&mut lab, leader, put("/a", value)).unwrap();
    }
    let future = ask(&mut lab, follower, compact(9));
    assert_eq!(future, Err(Error::FutureRevision));
    let answer = ask(&mut lab, follower, compact(3));
    assert_eq!(revision(&answer), 4);
    assert_eq!(ask(&mut lab, leader, compact(3)), Err(Error::Compacted));
    lab.pass(SECOND);
    for node in 1..=3 {
        let past = ask(&mut lab, n(node), at_revision("/a", 2));
        assert_eq!(past, Err(Error::Compacted), "n{node}");
        match ask(&mut lab, n(node), at_revision("/a", 3)) {
            Ok(Response::Range(range)) => assert_eq!(range.kvs[0].value, "2"),
            other => panic!("{other:?}"),
        }
    }
}

/// A member that knows no leader gives up after seven seconds. What it never proposed is
/// known not to be done.
#[test]
fn without_a_leader_nothing_is_proposed() {
    let mut lab = Lab::with_leader(3, 11);
    let follower = lab.follower();
    isolate(&mut lab, 3);
    lab.pass(5 * SECOND);
    let asked_at = lab.run.now();
    let answer = ask_for(&mut lab, follower, put("/a", "1"), 20 * SECOND);
    assert_eq!(answer, Err(Error::NotProposed));
    assert_eq!(lab.run.now(), asked_at + 7 * SECOND);
    assert!(!last_is_unknown(&lab));
    lab.act(Action::Heal);
    lab.until("a leader", |frame| frame.leader().is_some());
    lab.pass(5 * SECOND);
    let leader = lab.leader();
    match ask(&mut lab, leader, get("/a")) {
        Ok(Response::Range(range)) => assert_eq!(range.count, 0),
        other => panic!("{other:?}"),
    }
}

/// A write whose time limit passed may still be carried out, and the record says that
/// nobody knew.
#[test]
fn a_write_that_timed_out_is_committed_later() {
    let mut lab = Lab::with_leader(3, 12);
    let leader = lab.leader();
    let others: Vec<NodeId> = (1..=3).map(n).filter(|node| *node != leader).collect();
    lab.crash(others[0]);
    lab.crash(others[1]);
    // Before the leader notices that it leads nobody.
    let put = txn(vec![], vec![put_op("/a", "1")], vec![]);
    let answer = ask_for(&mut lab, leader, put, 20 * SECOND);
    assert_eq!(answer, Err(Error::Timeout));
    assert!(last_is_unknown(&lab));
    assert_eq!(lab.run.frame().node(leader).unwrap().shelf.len(), 0);
    lab.restart(others[0]);
    lab.until("the write everywhere where it can be", |frame| {
        frame.node(leader).is_some_and(|node| node.shelf.len() == 1)
    });
}

/// Whether the request that ended last ended without anybody knowing what comes of it.
fn last_is_unknown(lab: &Lab) -> bool {
    let events = lab.run.record().since(EventId(0));
    let mut ends = events.filter_map(|(_, event)| match &event.kind {
        EventKind::Answered { unknown, .. } => Some(*unknown),
        _ => None,
    });
    ends.next_back().expect("a request has ended")
}

#[test]
fn what_is_too_large_is_refused() {
    let mut lab = Lab::with_leader(1, 13);
    let half = "x".repeat(800_000);
    let both = txn(
        vec![],
        vec![put_op("/a", &half), put_op("/b", &half)],
        vec![],
    );
    assert_eq!(ask(&mut lab, n(1), both), Err(Error::RequestTooLarge));
    let one = txn(vec![], vec![put_op("/a", &half)], vec![]);
    ask(&mut lab, n(1), one).unwrap();
    let ops = (0..129).map(|at| put_op(&format!("/{at}"), "")).collect();
    assert_eq!(
        ask(&mut lab, n(1), txn(vec![], ops, vec![])),
        Err(Error::TooManyOps)
    );
}

/// Five thousand may wait, whatever for.
#[test]
fn too_many_requests_are_refused() {
    let mut lab = Lab::with_leader(3, 14);
    let follower = lab.follower();
    isolate(&mut lab, 3);
    lab.pass(4 * SECOND);
    let asked = [
        put("/a", "1"),
        txn(vec![], vec![range_op("/a", false)], vec![]),
        Request::LeaseKeepAlive(glassraft_core::etcd::LeaseKeepAliveRequest { id: 7 }),
        grant(60),
    ];
    for request in asked.iter().cycle().take(5_000) {
        lab.request(follower, request.clone());
    }
    for request in asked {
        // What may be sent twice is, until the client has no time left.
        let answer = ask(&mut lab, follower, request);
        assert_eq!(answer, Err(Error::TooManyRequests));
    }
    // Nothing of that keeps a status from being answered.
    status(&mut lab, follower);
}
