//! A store that is full.

use glassraft_core::etcd::{
    AlarmAction, AlarmMember, AlarmRequest, AlarmResponse, AlarmType, DefragmentRequest,
    DeleteRangeRequest, Error, LeaseLeasesRequest, Request, RequestUnion, Response, member_id,
};
use glassraft_core::member::NodeId;
use glassraft_core::world::Setup;
use glassraft_tests::{Lab, get, n, put};

use crate::{SECOND, alarm, ask, compact, grant, op, put_op, range_op, revision, status, txn};

fn delete(key: &str) -> Request {
    Request::DeleteRange(DeleteRangeRequest {
        key: key.to_owned().into(),
        ..DeleteRangeRequest::default()
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

/// While somebody says that the data are damaged, they are read and not changed. A lease whose
/// time is over meanwhile goes as soon as that is taken back.
#[test]
fn what_may_be_corrupt_is_not_written() {
    let mut lab = Lab::with_leader(3, 8);
    let (leader, follower) = (lab.leader(), lab.follower());
    ask(&mut lab, follower, put("/a", "1")).unwrap();
    ask(&mut lab, follower, grant(5)).unwrap();
    let corrupt = |action: AlarmAction| {
        Request::Alarm(AlarmRequest {
            action: action.into(),
            member_id: 0,
            alarm: AlarmType::Corrupt.into(),
        })
    };
    ask(&mut lab, leader, corrupt(AlarmAction::Activate)).unwrap();
    let reads = txn(vec![], vec![range_op("/a", false)], vec![]);
    let writes = txn(vec![], vec![put_op("/b", "1")], vec![]);
    for node in [leader, follower] {
        for request in [
            put("/b", "1"),
            delete("/a"),
            writes.clone(),
            compact(2),
            grant(60),
        ] {
            assert_eq!(ask(&mut lab, node, request), Err(Error::Corrupt));
        }
        ask(&mut lab, node, get("/a")).unwrap();
        ask(&mut lab, node, reads.clone()).unwrap();
    }
    let leases =
        |lab: &mut Lab| match ask(lab, follower, Request::LeaseLeases(LeaseLeasesRequest {})) {
            Ok(Response::LeaseLeases(list)) => list.leases.len(),
            other => panic!("a list of leases answered {other:?}"),
        };
    lab.pass(30 * SECOND);
    assert_eq!(leases(&mut lab), 1);
    ask(&mut lab, leader, corrupt(AlarmAction::Deactivate)).unwrap();
    lab.pass(10 * SECOND);
    assert_eq!(leases(&mut lab), 0);
    assert_eq!(revision(&ask(&mut lab, follower, put("/b", "1"))), 3);
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
