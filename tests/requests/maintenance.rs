//! What a member says of itself, and what is done with it.

use glassraft_core::catalog::Catalog;
use glassraft_core::etcd::{
    AlarmAction, Error, HashKvRequest, HashRequest, MemberListRequest, MoveLeaderRequest,
    RangeRequest, Request, Response, SnapshotRequest, member_id,
};
use glassraft_core::member::NodeId;
use glassraft_core::world::Action;
use glassraft_tests::{Lab, add, n, put};

use crate::{SECOND, alarm, ask, compact, grant, isolate, range_op, status, txn};

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
