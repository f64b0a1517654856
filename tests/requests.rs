//! Requests through a node: what goes through the log, what is refused and why, what a member
//! says of itself. (Leases have tests of their own.)
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::catalog::Catalog;
use glassraft_core::etcd::{
    AlarmAction, AlarmMember, AlarmRequest, AlarmResponse, AlarmType, CompactionRequest, Compare,
    DefragmentRequest, DeleteRangeRequest, Error, HashKvRequest, HashRequest, LeaseGrantRequest,
    MemberListRequest, MoveLeaderRequest, PutRequest, RangeRequest, Request, RequestOp,
    RequestUnion, Response, ResponseUnion, SnapshotRequest, StatusRequest, StatusResponse,
    TargetUnion, TxnRequest, TxnResponse, member_id,
};
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::world::{Action, EventId, EventKind, Setup};
use glassraft_tests::{Lab, add, get, n, put};

const SECOND: Micros = 1_000_000;

fn ask(lab: &mut Lab, node: NodeId, request: Request) -> Result<Response, Error> {
    let id = lab.request(node, request);
    (*lab.outcome(id)).clone()
}

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

fn op(request: RequestUnion) -> RequestOp {
    RequestOp {
        request: Some(request),
    }
}

fn put_op(key: &str, value: &str) -> RequestOp {
    op(RequestUnion::Put(PutRequest {
        key: key.to_owned().into(),
        value: value.to_owned().into(),
        ..PutRequest::default()
    }))
}

fn range_op(key: &str, serializable: bool) -> RequestOp {
    op(RequestUnion::Range(RangeRequest {
        key: key.to_owned().into(),
        serializable,
        ..RangeRequest::default()
    }))
}

fn is_missing(key: &str) -> Compare {
    Compare {
        key: key.to_owned().into(),
        target: 1,
        target_union: Some(TargetUnion::CreateRevision(0)),
        ..Compare::default()
    }
}

fn txn(compare: Vec<Compare>, success: Vec<RequestOp>, failure: Vec<RequestOp>) -> Request {
    Request::Txn(TxnRequest {
        compare,
        success,
        failure,
    })
}

fn txn_answer(answer: Result<Response, Error>) -> TxnResponse {
    match answer {
        Ok(Response::Txn(response)) => response,
        other => panic!("a transaction answered {other:?}"),
    }
}

fn delete(key: &str) -> Request {
    Request::DeleteRange(DeleteRangeRequest {
        key: key.to_owned().into(),
        ..DeleteRangeRequest::default()
    })
}

fn compact(revision: i64) -> Request {
    Request::Compaction(CompactionRequest {
        revision,
        physical: true,
    })
}

fn at_revision(key: &str, revision: i64) -> Request {
    Request::Range(RangeRequest {
        key: key.to_owned().into(),
        revision,
        serializable: true,
        ..RangeRequest::default()
    })
}

fn grant(ttl: i64) -> Request {
    Request::LeaseGrant(LeaseGrantRequest { ttl, id: 0 })
}

fn alarm(action: AlarmAction, member_id: u64) -> Request {
    Request::Alarm(AlarmRequest {
        action: action.into(),
        member_id,
        alarm: AlarmType::NoSpace.into(),
    })
}

fn alarms(lab: &mut Lab, node: NodeId) -> Vec<AlarmMember> {
    match ask(lab, node, alarm(AlarmAction::Get, 0)) {
        Ok(Response::Alarm(AlarmResponse {
            header: None,
            alarms,
        })) => alarms,
        other => panic!("a list of alarms answered {other:?}"),
    }
}

fn status(lab: &mut Lab, node: NodeId) -> StatusResponse {
    match ask(lab, node, Request::Status(StatusRequest {})) {
        Ok(Response::Status(status)) => status,
        other => panic!("a status answered {other:?}"),
    }
}

fn revision(answer: &Result<Response, Error>) -> i64 {
    let response = answer.as_ref().expect("it was answered");
    response.header().expect("it has a header").revision
}

/// Cuts every node off.
fn isolate(lab: &mut Lab, nodes: u8) {
    let groups = (1..=nodes).map(|node| vec![n(node)]).collect();
    lab.act(Action::Partition { groups });
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

/// A member whose store is full refuses what would make it larger and tells all others, who
/// refuse it too; what makes it smaller passes. Compaction, tidying up and taking the alarm
/// back, in this order, let it go on.
#[test]
fn a_full_store_refuses_until_it_is_tidied_up() {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    setup.options.quota_bytes = 3_000;
    let mut lab = Lab::with_setup(setup, 4);
    lab.until("a leader", |frame| frame.leader().is_some());
    let (leader, follower) = (lab.leader(), lab.follower());
    let large = "x".repeat(500);
    for _ in 0..3 {
        ask(&mut lab, follower, put("/a", &large)).unwrap();
    }
    assert!(alarms(&mut lab, leader).is_empty());
    // The quota comes first, whatever else is wrong.
    let id = lab.request(follower, put("", &large));
    assert_eq!(*lab.outcome(id), Err(Error::NoSpace));
    let follower_id = member_id(follower.number().into());
    let up = AlarmMember {
        member_id: follower_id,
        alarm: AlarmType::NoSpace.into(),
    };
    assert_eq!(alarms(&mut lab, leader), [up]);
    let errors = status(&mut lab, leader).errors;
    assert_eq!(errors, [format!("memberID:{follower_id} alarm:NOSPACE ")]);
    let puts = txn(vec![], vec![put_op("/b", "1")], vec![]);
    for node in [leader, follower] {
        assert_eq!(ask(&mut lab, node, put("/b", "1")), Err(Error::NoSpace));
        assert_eq!(ask(&mut lab, node, puts.clone()), Err(Error::NoSpace));
        assert_eq!(ask(&mut lab, node, grant(60)), Err(Error::NoSpace));
        ask(&mut lab, node, get("/a")).unwrap();
        ask(
            &mut lab,
            node,
            txn(vec![], vec![range_op("/a", false)], vec![]),
        )
        .unwrap();
    }
    let deletes = txn(
        vec![],
        vec![op(RequestUnion::DeleteRange(DeleteRangeRequest {
            key: "/c".into(),
            ..DeleteRangeRequest::default()
        }))],
        vec![],
    );
    ask(&mut lab, leader, deletes).unwrap();
    let at = revision(&ask(&mut lab, leader, delete("/a")));
    ask(&mut lab, leader, compact(at)).unwrap();
    let take_back = alarm(AlarmAction::Deactivate, follower_id);
    ask(&mut lab, leader, take_back.clone()).unwrap();
    assert!(alarms(&mut lab, follower).is_empty());
    // The space is free, but in the file.
    let full = status(&mut lab, follower);
    assert!(full.db_size > full.db_size_in_use);
    assert_eq!(
        ask(&mut lab, follower, put("/a", &large.repeat(5))),
        Err(Error::NoSpace)
    );
    for node in 1..=3 {
        let tidy_up = Request::Defragment(DefragmentRequest {});
        ask(&mut lab, n(node), tidy_up).unwrap();
    }
    let small = status(&mut lab, follower);
    assert_eq!(small.db_size, small.db_size_in_use);
    ask(&mut lab, leader, take_back).unwrap();
    ask(&mut lab, follower, put("/a", &large)).unwrap();
}

/// Two puts that both fit when they are proposed, and not together: the second is done, and
/// refused all the same, as in etcd.
#[test]
fn a_quota_that_is_passed_together_is_noticed_when_it_is_applied() {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    setup.options.quota_bytes = 2_000;
    let mut lab = Lab::with_setup(setup, 5);
    lab.until("a leader", |frame| frame.leader().is_some());
    let leader = lab.leader();
    let large = "x".repeat(1_000);
    let first = lab.request(leader, put("/a", &large));
    let second = lab.request(leader, put("/b", &large));
    lab.outcome(first).as_ref().as_ref().unwrap();
    assert_eq!(*lab.outcome(second), Err(Error::NoSpace));
    assert_eq!(
        alarms(&mut lab, leader).len(),
        3,
        "each member finds it full"
    );
    match ask(&mut lab, leader, get("/b")) {
        Ok(Response::Range(range)) => assert_eq!(range.count, 1),
        other => panic!("{other:?}"),
    }
    lab.assert_picture("after a quota was passed");
}

#[test]
fn a_member_says_how_it_is() {
    let mut lab = Lab::with_leader(3, 6);
    let (leader, follower) = (lab.leader(), lab.follower());
    ask(&mut lab, leader, put("/a", "1")).unwrap();
    lab.pass(SECOND);
    let leader_id = member_id(leader.number().into());
    for node in [leader, follower] {
        let status = status(&mut lab, node);
        let frame = lab.run.frame().node(node).unwrap();
        assert_eq!(status.version, "3.4.23");
        assert_eq!(status.leader, leader_id);
        assert_eq!(status.raft_term, frame.term);
        assert_eq!(status.raft_index, frame.commit);
        assert_eq!(status.raft_applied_index, frame.applied);
        assert_eq!(status.header.unwrap().revision, 2);
        assert!(status.errors.is_empty() && !status.is_learner);
        assert!(status.db_size >= status.db_size_in_use && status.db_size_in_use > 0);
    }
    isolate(&mut lab, 3);
    lab.pass(5 * SECOND);
    let alone = status(&mut lab, follower);
    assert_eq!(alone.leader, 0);
    assert_eq!(alone.errors, ["etcdserver: no leader"]);
}

#[test]
fn members_that_applied_the_same_have_the_same_hash() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    for value in ["1", "2", "3"] {
        ask(&mut lab, leader, put("/a", value)).unwrap();
    }
    lab.pass(SECOND);
    let mut whole = Vec::new();
    let mut of_keys = Vec::new();
    for node in 1..=3 {
        match ask(&mut lab, n(node), Request::Hash(HashRequest {})) {
            Ok(Response::Hash(answer)) => whole.push(answer.hash),
            other => panic!("{other:?}"),
        }
        for revision in [0, 3] {
            let request = Request::HashKv(HashKvRequest { revision });
            match ask(&mut lab, n(node), request) {
                Ok(Response::HashKv(answer)) => {
                    assert_eq!(answer.header.unwrap().revision, 4);
                    assert_eq!(answer.compact_revision, -1);
                    of_keys.push((revision, answer.hash));
                }
                other => panic!("{other:?}"),
            }
        }
    }
    whole.dedup();
    assert_eq!(whole.len(), 1);
    assert!(of_keys.chunks(2).all(|pair| pair == &of_keys[..2]));
    assert_ne!(of_keys[0].1, of_keys[1].1);
    let future = Request::HashKv(HashKvRequest { revision: 9 });
    assert_eq!(ask(&mut lab, leader, future), Err(Error::FutureRevision));
    ask(&mut lab, leader, compact(3)).unwrap();
    let past = Request::HashKv(HashKvRequest { revision: 3 });
    assert_eq!(ask(&mut lab, leader, past), Err(Error::Compacted));
}

#[test]
fn a_snapshot_is_the_store() {
    let mut lab = Lab::with_leader(3, 8);
    let leader = lab.leader();
    ask(&mut lab, leader, put("/a", "1")).unwrap();
    ask(&mut lab, leader, grant(60)).unwrap();
    match ask(&mut lab, leader, Request::Snapshot(SnapshotRequest {})) {
        Ok(Response::Snapshot(snapshot)) => {
            let held = lab.run.view(leader).and_then(|view| view.catalog);
            assert_eq!(Catalog::decode(&snapshot.blob).as_ref(), held);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_leader_hands_over_and_says_when_it_is_done() {
    let mut lab = Lab::with_leader(3, 9);
    let (leader, follower) = (lab.leader(), lab.follower());
    let to = |id| Request::MoveLeader(MoveLeaderRequest { target_id: id });
    let of = |node: NodeId| to(member_id(node.number().into()));
    assert_eq!(ask(&mut lab, follower, of(leader)), Err(Error::NotLeader));
    assert_eq!(
        ask(&mut lab, leader, to(777)),
        Err(Error::BadLeaderTransferee)
    );
    ask(&mut lab, leader, of(leader)).unwrap();
    assert_eq!(lab.leader(), leader);
    let answer = ask(&mut lab, leader, of(follower)).unwrap();
    assert_eq!(answer.header(), None);
    assert_eq!(lab.leader(), follower);
    // Nobody hears of a hand-over that never ends.
    lab.crash(leader);
    let asked_at = lab.run.now();
    let answer = ask(&mut lab, follower, of(leader));
    assert_eq!(answer, Err(Error::DeadlineExceeded));
    assert_eq!(lab.run.now(), asked_at + 5 * SECOND);
    assert_eq!(lab.leader(), follower);
}

#[test]
fn a_learner_answers_little() {
    let mut lab = Lab::with_leader(3, 10);
    let leader = lab.leader();
    lab.pass(6 * SECOND);
    let added = ask(&mut lab, leader, add(4, true));
    let id = match added {
        Ok(Response::MemberAdd(added)) => added.member.unwrap().id,
        other => panic!("{other:?}"),
    };
    lab.act(Action::Join { node: n(4) });
    lab.pass(3 * SECOND);
    assert!(status(&mut lab, n(4)).is_learner);
    let mut serializable = RangeRequest {
        key: "/a".into(),
        serializable: true,
        ..RangeRequest::default()
    };
    let allowed = Request::Range(serializable.clone());
    ask(&mut lab, n(4), allowed).unwrap();
    serializable.serializable = false;
    for refused in [
        Request::Range(serializable),
        // What is not answered is not looked at either.
        put("", "1"),
        txn(vec![], vec![range_op("/a", true)], vec![]),
        grant(60),
        Request::MemberList(MemberListRequest {}),
        Request::Hash(HashRequest {}),
        alarm(AlarmAction::Get, 0),
    ] {
        let answer = ask(&mut lab, n(4), refused);
        assert_eq!(answer, Err(Error::NotSupportedForLearner));
    }
    let to_it = Request::MoveLeader(MoveLeaderRequest { target_id: id });
    assert_eq!(
        ask(&mut lab, leader, to_it),
        Err(Error::BadLeaderTransferee)
    );
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
    let ends = events.filter_map(|(_, event)| match &event.kind {
        EventKind::Answered { unknown, .. } => Some(*unknown),
        _ => None,
    });
    ends.last().expect("a request has ended")
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
