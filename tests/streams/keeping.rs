//! Leases that are kept alive on streams.

use glassraft_core::etcd::{
    Error, LeaseGrantRequest, LeaseKeepAliveRequest, LeaseRevokeRequest, Request, StreamRequest,
    StreamResponse,
};
use glassraft_core::member::{Micros, NodeId, RequestId};
use glassraft_core::world::{Action, EventId, EventKind, StreamStep};
use glassraft_tests::{CLIENT_TIMEOUT_US, Lab};

use super::{SECOND_US, done, others};

const LEASE: i64 = 7;

fn keep_alive(id: i64) -> StreamRequest {
    StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id })
}

/// A cluster with a leader and a lease, and a stream at a node that keeps it alive.
fn kept(ttl: i64, choose: impl Fn(NodeId) -> NodeId) -> (Lab, NodeId, NodeId, RequestId) {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = choose(leader);
    let grant = Request::LeaseGrant(LeaseGrantRequest { id: LEASE, ttl });
    done(&mut lab, leader, grant);
    let request = keep_alive(LEASE);
    let stream = lab.act(Action::Open { node, request }).unwrap();
    (lab, leader, node, stream)
}

fn follower(leader: NodeId) -> NodeId {
    others(leader)[0]
}

/// Whether some node that leads knows the lease.
fn lives(lab: &Lab) -> bool {
    let leader = lab.run.frame().leader();
    leader.is_some_and(|leader| leader.leases.get(LEASE).is_some())
}

/// When something happened on the stream, and what.
fn steps(lab: &Lab, stream: RequestId) -> Vec<(Micros, StreamStep)> {
    let events = lab.run.record().since(EventId(0));
    events
        .filter_map(|(_, event)| match &event.kind {
            EventKind::Stream { id, step, .. } if *id == stream => Some((event.at, step.clone())),
            _ => None,
        })
        .collect()
}

fn said_at(lab: &Lab, stream: RequestId) -> Vec<Micros> {
    let steps = steps(lab, stream).into_iter();
    let said =
        steps.filter(|(_, step)| matches!(step, StreamStep::Opened(_) | StreamStep::Said(_)));
    said.map(|(at, _)| at).collect()
}

fn ttls(lab: &mut Lab, stream: RequestId) -> Vec<i64> {
    let heard = lab.run.take_streamed(stream).unwrap();
    let ttls = heard.responses.iter().map(|response| match &**response {
        StreamResponse::LeaseKeepAlive(response) => response.ttl,
        other => panic!("{other:?}"),
    });
    ttls.collect()
}

fn ended(lab: &mut Lab, stream: RequestId) -> Option<Result<(), Error>> {
    lab.run.take_streamed(stream).unwrap().ended
}

/// A third of its time after an answer it is time to say it again, and the client looks every
/// half second.
#[test]
fn a_lease_lives_as_long_as_it_is_kept_alive() {
    for choose in [std::convert::identity, follower] {
        let (mut lab, _, _, stream) = kept(5, choose);
        lab.pass(30 * SECOND_US);
        assert!(lives(&lab));
        let said = said_at(&lab, stream);
        let pauses: Vec<Micros> = said.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let looks = |pause: &Micros| pause.is_multiple_of(SECOND_US / 2);
        assert!(pauses.iter().all(looks), "{pauses:?}");
        let third = |pause: &Micros| (2 * SECOND_US..=5 * SECOND_US / 2).contains(pause);
        assert!(pauses.len() >= 11 && pauses.iter().all(third), "{pauses:?}");
        // The newest answer may be on its way.
        let ttls = ttls(&mut lab, stream);
        assert!(ttls.iter().all(|ttl| *ttl == 5) && said.len() - ttls.len() <= 1);
        // The client stops, and the lease ends.
        lab.act(Action::Close { stream });
        lab.pass(7 * SECOND_US);
        assert!(!lives(&lab));
    }
}

#[test]
fn a_lease_that_is_gone_ends_its_stream() {
    let (mut lab, leader, _, stream) = kept(5, follower);
    lab.pass(3 * SECOND_US);
    let revoke = Request::LeaseRevoke(LeaseRevokeRequest { id: LEASE });
    done(&mut lab, leader, revoke);
    lab.pass(3 * SECOND_US);
    let heard = lab.run.take_streamed(stream).unwrap();
    assert_eq!(heard.ended, Some(Ok(())));
    let Some(StreamResponse::LeaseKeepAlive(last)) = heard.responses.last().map(|last| &**last)
    else {
        panic!("{heard:?}");
    };
    assert_eq!((last.id, last.ttl), (LEASE, 0));
    let request = keep_alive(99);
    let stream = lab.act(Action::Open {
        node: leader,
        request,
    });
    assert_eq!(ended(&mut lab, stream.unwrap()), Some(Ok(())));
}

#[test]
fn two_leases_share_a_stream() {
    let (mut lab, leader, _, stream) = kept(5, follower);
    let grant = Request::LeaseGrant(LeaseGrantRequest { id: 8, ttl: 20 });
    done(&mut lab, leader, grant);
    lab.act(Action::Say {
        stream,
        request: keep_alive(8),
    });
    let revoke = Request::LeaseRevoke(LeaseRevokeRequest { id: LEASE });
    done(&mut lab, leader, revoke);
    lab.pass(60 * SECOND_US);
    let heard = lab.run.take_streamed(stream).unwrap();
    assert_eq!(heard.ended, None);
    let shown = lab.run.frame().streams.get(&stream).unwrap();
    let leases: Vec<i64> = shown.leases.iter().map(|kept| kept.lease).collect();
    assert_eq!(leases, [8]);
    assert!(
        lab.run
            .frame()
            .node(leader)
            .unwrap()
            .leases
            .get(8)
            .is_some()
    );
}

/// At a node that is cut off nobody knows of the lease, and the client lets it go when its
/// time must be over. The node itself would have tried for seven seconds.
#[test]
fn a_client_that_hears_nothing_gives_its_lease_up() {
    let (mut lab, leader, node, stream) = kept(5, follower);
    lab.pass(10 * SECOND_US);
    let is_answer = |(_, step): &(Micros, StreamStep)| matches!(step, StreamStep::Heard(_));
    let (last, _) = steps(&lab, stream).into_iter().rfind(is_answer).unwrap();
    lab.act(Action::Partition {
        groups: vec![vec![node], vec![leader, others(leader)[1]]],
    });
    lab.pass(15 * SECOND_US);
    assert_eq!(ended(&mut lab, stream), Some(Err(Error::DeadlineExceeded)));
    let (closed_at, _) = steps(&lab, stream).pop().unwrap();
    let after = closed_at - last;
    assert!(
        (5 * SECOND_US..=11 * SECOND_US / 2).contains(&after),
        "{after}"
    );
    assert!(!lives(&lab));
}

/// A process that stands still for longer than its lease has lost it, and hears so.
#[test]
fn a_client_of_a_stopped_process_gives_its_lease_up() {
    let (mut lab, _, node, stream) = kept(5, follower);
    lab.pass(3 * SECOND_US);
    lab.act(Action::Pause { node });
    lab.pass(20 * SECOND_US);
    assert_eq!(ended(&mut lab, stream), Some(Err(Error::DeadlineExceeded)));
    assert!(!lives(&lab));
    lab.act(Action::Resume { node });
    lab.pass(5 * SECOND_US);
    assert!(lab.run.frame().streams.is_empty());
}

#[test]
fn a_lease_is_kept_alive_over_a_crash_and_another_leader() {
    let (mut lab, leader, node, stream) = kept(10, follower);
    lab.pass(5 * SECOND_US);
    lab.crash(node);
    lab.pass(2 * SECOND_US);
    lab.restart(node);
    lab.pass(20 * SECOND_US);
    assert!(lives(&lab));
    lab.crash(leader);
    lab.until("another leader", |frame| frame.leader().is_some());
    lab.pass(30 * SECOND_US);
    assert!(lives(&lab));
    assert_eq!(ended(&mut lab, stream), None);
    let steps = steps(&lab, stream);
    let broke = steps
        .iter()
        .filter(|(_, step)| matches!(step, StreamStep::Broke(_)));
    assert_eq!(broke.count(), 1);
}

/// A node that finds no leader for seven seconds ends the stream; the client opens it
/// again, and a lease with time enough is kept.
#[test]
fn a_long_lease_survives_a_partition() {
    let (mut lab, leader, node, stream) = kept(60, follower);
    lab.pass(15 * SECOND_US);
    lab.act(Action::Partition {
        groups: vec![vec![node], vec![leader, others(leader)[1]]],
    });
    lab.pass(30 * SECOND_US);
    lab.act(Action::Heal);
    lab.pass(120 * SECOND_US);
    assert!(lives(&lab));
    assert_eq!(ended(&mut lab, stream), None);
    let steps = steps(&lab, stream);
    let without_leader = |step: &StreamStep| matches!(step, StreamStep::Broke(Error::NoLeader));
    assert!(
        steps.iter().any(|(_, step)| without_leader(step)),
        "{steps:?}"
    );
}

#[test]
fn a_lease_whose_node_is_down_is_given_up_after_three_seconds() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.follower();
    lab.crash(node);
    let began = lab.run.now();
    let request = keep_alive(LEASE);
    let stream = lab.act(Action::Open { node, request }).unwrap();
    lab.pass(CLIENT_TIMEOUT_US);
    assert_eq!(ended(&mut lab, stream), Some(Err(Error::DeadlineExceeded)));
    let (at, _) = steps(&lab, stream).pop().unwrap();
    assert_eq!(at - began, 7 * SECOND_US / 2);
}
