//! Leases: who counts their time, what a change of leader does to it, and how they end.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::etcd::{
    Error, LeaseGrantRequest, LeaseGrantResponse, LeaseKeepAliveRequest, LeaseKeepAliveResponse,
    LeaseLeasesRequest, LeaseLeasesResponse, LeaseRevokeRequest, LeaseTimeToLiveRequest,
    LeaseTimeToLiveResponse, PutRequest, Request, Response,
};
use glassraft_core::member::{Micros, NodeId, Note, Role};
use glassraft_core::world::{
    Action, ClockChange, EventId, EventKind, LinkChange, MessageKind, Setup,
};
use glassraft_tests::{Lab, get, n};

const SECOND: Micros = 1_000_000;

fn ask(lab: &mut Lab, node: NodeId, request: Request) -> Result<Response, Error> {
    let id = lab.request(node, request);
    (*lab.outcome(id)).clone()
}

fn grant(lab: &mut Lab, node: NodeId, id: i64, ttl: i64) -> Result<LeaseGrantResponse, Error> {
    let request = Request::LeaseGrant(LeaseGrantRequest { ttl, id });
    match ask(lab, node, request)? {
        Response::LeaseGrant(response) => Ok(response),
        other => panic!("a grant answered {other:?}"),
    }
}

fn keep_alive(lab: &mut Lab, node: NodeId, id: i64) -> Result<LeaseKeepAliveResponse, Error> {
    let request = Request::LeaseKeepAlive(LeaseKeepAliveRequest { id });
    match ask(lab, node, request)? {
        Response::LeaseKeepAlive(response) => Ok(response),
        other => panic!("a keep-alive answered {other:?}"),
    }
}

fn time_to_live(
    lab: &mut Lab,
    node: NodeId,
    id: i64,
    keys: bool,
) -> Result<LeaseTimeToLiveResponse, Error> {
    let request = Request::LeaseTimeToLive(LeaseTimeToLiveRequest { id, keys });
    match ask(lab, node, request)? {
        Response::LeaseTimeToLive(response) => Ok(response),
        other => panic!("a question answered {other:?}"),
    }
}

fn leases(lab: &mut Lab, node: NodeId) -> Vec<i64> {
    let answer = ask(lab, node, Request::LeaseLeases(LeaseLeasesRequest {}));
    match answer {
        Ok(Response::LeaseLeases(LeaseLeasesResponse { leases, .. })) => {
            leases.iter().map(|lease| lease.id).collect()
        }
        other => panic!("a list answered {other:?}"),
    }
}

fn put_on(lab: &mut Lab, node: NodeId, key: &str, lease: i64) {
    let put = Request::Put(PutRequest {
        key: key.to_owned().into(),
        lease,
        ..PutRequest::default()
    });
    ask(lab, node, put).expect("the lease is there");
}

fn count(lab: &mut Lab, node: NodeId, key: &str) -> i64 {
    match ask(lab, node, get(key)) {
        Ok(Response::Range(range)) => range.count,
        other => panic!("a range answered {other:?}"),
    }
}

/// How many messages of a kind have left so far.
fn sent(lab: &Lab, kind: MessageKind) -> usize {
    let events = lab.run.record().since(EventId(0));
    let of_kind = events.filter(
        |(_, event)| matches!(event.kind, EventKind::Sent { packet, .. } if packet.kind == kind),
    );
    of_kind.count()
}

/// A cluster whose leader gets other times than are due, by a clock at this rate.
fn with_leaders_clock(rate_ppm: i32) -> (Lab, NodeId) {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    lab.act(Action::Clock {
        node: leader,
        change: ClockChange::Rate(rate_ppm),
    });
    (lab, leader)
}

#[test]
fn identifiers_are_chosen_and_times_are_raised() {
    let mut lab = Lab::with_leader(3, 1);
    let (leader, follower) = (lab.leader(), lab.follower());
    let first = grant(&mut lab, follower, 0, 60).unwrap();
    let second = grant(&mut lab, leader, 0, 60).unwrap();
    assert!(first.id > 0 && second.id > 0 && first.id != second.id);
    assert_eq!((first.ttl, second.ttl), (60, 60));
    assert_eq!(grant(&mut lab, leader, 8, 1).unwrap().ttl, 2);
    assert_eq!(grant(&mut lab, leader, -5, -3).unwrap().ttl, 2);
    assert_eq!(grant(&mut lab, leader, 8, 9), Err(Error::LeaseExists));
    assert_eq!(
        grant(&mut lab, leader, 9, 9_000_000_001),
        Err(Error::LeaseTtlTooLarge)
    );
    let revoke = Request::LeaseRevoke(LeaseRevokeRequest { id: 99 });
    assert_eq!(ask(&mut lab, leader, revoke), Err(Error::LeaseNotFound));
    let mut setup = Setup {
        nodes: 1,
        ..Setup::default()
    };
    setup.options.election_ticks = 25;
    let mut lab = Lab::with_setup(setup, 1);
    lab.until("a leader", |frame| frame.leader().is_some());
    // 37 ticks of 100 ms.
    assert_eq!(grant(&mut lab, n(1), 8, 1).unwrap().ttl, 4);
}

/// What a member that does not lead is asked travels to the leader, and so takes its time.
#[test]
fn the_leader_alone_knows_the_time() {
    let mut lab = Lab::with_leader(3, 2);
    let (leader, follower) = (lab.leader(), lab.follower());
    grant(&mut lab, leader, 7, 100).unwrap();
    put_on(&mut lab, follower, "/b", 7);
    put_on(&mut lab, follower, "/a", 7);
    lab.pass(10 * SECOND);
    let asked_at = lab.run.now();
    let answer = time_to_live(&mut lab, leader, 7, true).unwrap();
    assert_eq!(lab.run.now(), asked_at, "the leader answers at once");
    assert!((85..=90).contains(&answer.ttl), "{}", answer.ttl);
    assert_eq!(answer.granted_ttl, 100);
    assert_eq!(answer.keys, ["/a", "/b"]);
    assert_eq!(sent(&lab, MessageKind::LeaseQuestion), 0);
    let header = answer.header;
    let answer = time_to_live(&mut lab, follower, 7, false).unwrap();
    assert!(
        lab.run.now() >= asked_at + 80_000,
        "a question and an answer"
    );
    assert!((85..=90).contains(&answer.ttl) && answer.keys.is_empty());
    assert_ne!(answer.header, header, "the member that was asked answers");
    assert_eq!(sent(&lab, MessageKind::LeaseQuestion), 1);
    assert_eq!(sent(&lab, MessageKind::LeaseAnswer), 1);
    for node in [leader, follower] {
        let answer = keep_alive(&mut lab, node, 7).unwrap();
        assert_eq!((answer.id, answer.ttl), (7, 100));
        let left = time_to_live(&mut lab, node, 7, false).unwrap().ttl;
        assert!(left >= 99);
        assert_eq!(keep_alive(&mut lab, node, 999).unwrap().ttl, 0);
        let unknown = time_to_live(&mut lab, node, 999, true).unwrap();
        assert_eq!((unknown.ttl, unknown.granted_ttl), (-1, 0));
    }
}

#[test]
fn leases_are_listed_by_what_they_have_left() {
    let mut lab = Lab::with_leader(3, 3);
    let (leader, follower) = (lab.leader(), lab.follower());
    for (id, ttl) in [(20, 50), (-3, 100), (5, 60)] {
        grant(&mut lab, leader, id, ttl).unwrap();
    }
    assert_eq!(leases(&mut lab, leader), [20, 5, -3]);
    keep_alive(&mut lab, follower, 20).unwrap();
    lab.pass(30 * SECOND);
    keep_alive(&mut lab, leader, 5).unwrap();
    assert_eq!(leases(&mut lab, leader), [20, 5, -3]);
    keep_alive(&mut lab, leader, 20).unwrap();
    assert_eq!(leases(&mut lab, leader), [20, 5, -3]);
    lab.pass(SECOND);
    let mut everywhere = leases(&mut lab, follower);
    everywhere.sort_unstable();
    assert_eq!(everywhere, [-3, 5, 20]);
}

/// A lease that nobody keeps alive takes its keys along, in one revision and on every node,
/// at the first look of the leader after its end.
#[test]
fn a_lease_that_expires_takes_its_keys_along() {
    let mut lab = Lab::with_leader(3, 4);
    let follower = lab.follower();
    grant(&mut lab, follower, 7, 5).unwrap();
    let granted_at = lab.run.now();
    for key in ["/a", "/b", "/c"] {
        put_on(&mut lab, follower, key, 7);
    }
    let leader = lab.leader();
    let deadline = lab
        .run
        .frame()
        .node(leader)
        .unwrap()
        .leases
        .get(7)
        .copied()
        .unwrap();
    assert_eq!(deadline.ttl_s, 5);
    assert_eq!(deadline.expires_at, deadline.since + 5 * SECOND);
    assert!(deadline.since <= granted_at);
    lab.run.advance(deadline.expires_at);
    assert_eq!(lab.run.frame().node(leader).unwrap().shelf.len(), 3);
    // At the most half a second until the leader looks, and a round of messages.
    lab.pass(SECOND);
    lab.assert_picture("after a lease's end");
    for node in &lab.run.frame().nodes {
        assert!(node.shelf.is_empty(), "{}", node.node);
        assert_eq!(node.revision, 5, "{}", node.node);
        assert!(node.leases.iter().next().is_none());
    }
    assert_eq!(time_to_live(&mut lab, follower, 7, true).unwrap().ttl, -1);
    assert!(leases(&mut lab, leader).is_empty());
}

#[test]
fn a_lease_that_is_kept_alive_stays() {
    let mut lab = Lab::with_leader(3, 5);
    let follower = lab.follower();
    grant(&mut lab, follower, 7, 3).unwrap();
    put_on(&mut lab, follower, "/a", 7);
    for _ in 0..20 {
        lab.pass(SECOND);
        assert_eq!(keep_alive(&mut lab, follower, 7).unwrap().ttl, 3);
    }
    assert_eq!(count(&mut lab, follower, "/a"), 1);
    lab.pass(5 * SECOND);
    assert_eq!(count(&mut lab, follower, "/a"), 0);
    assert_eq!(keep_alive(&mut lab, follower, 7).unwrap().ttl, 0);
}

/// Nobody can tell a new leader what was left, so it gives each lease its whole time and an
/// election timeout more.
#[test]
fn a_new_leader_begins_the_time_anew() {
    for seed in 0..5 {
        let mut lab = Lab::with_leader(3, seed);
        let old = lab.leader();
        grant(&mut lab, old, 7, 10).unwrap();
        put_on(&mut lab, old, "/a", 7);
        lab.pass(8 * SECOND);
        assert!(time_to_live(&mut lab, old, 7, false).unwrap().ttl <= 2);
        lab.crash(old);
        lab.until("another leader that counts", |frame| {
            let leader = frame.leader();
            leader.is_some_and(|leader| leader.leases.get(7).is_some())
        });
        let leader = lab.leader();
        let time = *lab.run.frame().node(leader).unwrap().leases.get(7).unwrap();
        assert_eq!(time.since, lab.run.now());
        assert_eq!(time.expires_at, time.since + 11 * SECOND);
        assert_eq!(time_to_live(&mut lab, leader, 7, false).unwrap().ttl, 11);
        lab.run.advance(time.expires_at - 1);
        assert_eq!(count(&mut lab, leader, "/a"), 1);
        lab.pass(SECOND);
        assert_eq!(count(&mut lab, leader, "/a"), 0);
        lab.restart(old);
        lab.pass(3 * SECOND);
        lab.assert_picture("after a change of leader");
    }
}

/// A leader that is cut off still counts, but cannot revoke; once it hears of the new one it
/// forgets. A follower that knows no leader says so after its time limit.
#[test]
fn a_partition_keeps_a_lease_from_its_end() {
    let mut lab = Lab::with_leader(3, 6);
    let old = lab.leader();
    grant(&mut lab, old, 7, 2).unwrap();
    put_on(&mut lab, old, "/a", 7);
    let others: Vec<NodeId> = (1..=3).map(n).filter(|node| *node != old).collect();
    let groups = vec![vec![old], vec![others[0]], vec![others[1]]];
    lab.act(Action::Partition { groups });
    lab.pass(9 * SECOND);
    assert_ne!(
        lab.run.frame().node(old).unwrap().role(),
        Some(Role::Leader)
    );
    assert!(lab.run.frame().node(old).unwrap().leases.get(7).is_none());
    let id = lab.act(Action::Request {
        node: old,
        request: Request::LeaseKeepAlive(LeaseKeepAliveRequest { id: 7 }),
        timeout_us: 8 * SECOND,
    });
    let id = id.expect("a request has a number");
    let asked_at = lab.run.now();
    // The client tries again for as long as it has time.
    assert_eq!(*lab.outcome(id), Err(Error::DeadlineExceeded));
    assert_eq!(lab.run.now(), asked_at + 8 * SECOND);
    lab.act(Action::Heal);
    lab.until("a leader that counts", |frame| {
        let leader = frame.leader();
        leader.is_some_and(|leader| leader.leases.get(7).is_some())
    });
    let leader = lab.leader();
    assert_eq!(count(&mut lab, leader, "/a"), 1, "all its time over again");
    lab.pass(4 * SECOND);
    assert_eq!(count(&mut lab, leader, "/a"), 0);
}

/// A question that is lost is asked again; one to a leader that is gone goes to the next.
#[test]
fn questions_survive_losses_and_leaders() {
    let mut lab = Lab::with_leader(3, 8);
    let (leader, follower) = (lab.leader(), lab.follower());
    grant(&mut lab, leader, 7, 100).unwrap();
    lab.act(Action::Link {
        from: follower,
        to: leader,
        change: LinkChange::Loss(500_000),
    });
    for _ in 0..10 {
        assert_eq!(keep_alive(&mut lab, follower, 7).unwrap().ttl, 100);
    }
    assert!(sent(&lab, MessageKind::LeaseQuestion) > 12);
    lab.act(Action::Link {
        from: follower,
        to: leader,
        change: LinkChange::Loss(0),
    });
    let request = Request::LeaseTimeToLive(LeaseTimeToLiveRequest { id: 7, keys: false });
    let id = lab.request(follower, request);
    lab.crash(leader);
    match &*lab.outcome(id) {
        Ok(Response::LeaseTimeToLive(answer)) => assert!(answer.ttl >= 100),
        other => panic!("{other:?}"),
    }
}

/// Whoever wants to keep a lease alive whose time is over hears that it is gone, and only
/// once it is.
#[test]
fn what_has_expired_cannot_be_kept_alive() {
    let mut lab = Lab::with_leader(3, 9);
    let (leader, follower) = (lab.leader(), lab.follower());
    grant(&mut lab, leader, 7, 2).unwrap();
    let time = *lab.run.frame().node(leader).unwrap().leases.get(7).unwrap();
    lab.run.advance(time.expires_at);
    for node in [leader, follower] {
        assert_eq!(keep_alive(&mut lab, node, 7).unwrap().ttl, 0);
        assert!(
            lab.run
                .frame()
                .node(leader)
                .unwrap()
                .leases
                .get(7)
                .is_none()
        );
    }
}

/// The leader counts by its own clock.
#[test]
fn a_fast_clock_ends_leases_early() {
    let (mut lab, leader) = with_leaders_clock(1_000_000);
    grant(&mut lab, leader, 7, 10).unwrap();
    let time = *lab.run.frame().node(leader).unwrap().leases.get(7).unwrap();
    assert_eq!(time.expires_at, time.since + 5 * SECOND);
    lab.pass(6 * SECOND);
    assert!(leases(&mut lab, leader).is_empty());
    let (mut lab, leader) = with_leaders_clock(0);
    grant(&mut lab, leader, 7, 20).unwrap();
    let granted = *lab.run.frame().node(leader).unwrap().leases.get(7).unwrap();
    for _ in 0..10 {
        lab.act(Action::Clock {
            node: leader,
            change: ClockChange::Jump(SECOND / 2),
        });
        lab.pass(SECOND);
    }
    let left = *lab.run.frame().node(leader).unwrap().leases.get(7).unwrap();
    assert_eq!(left.expires_at, granted.expires_at - 5 * SECOND);
    lab.run.advance(left.expires_at + SECOND);
    assert!(leases(&mut lab, leader).is_empty());
}

/// Many leases that end together are revoked a thousand a second.
#[test]
fn many_leases_end_one_after_the_other() {
    let mut lab = Lab::with_leader(1, 10);
    for id in 1..=2_000 {
        lab.request(n(1), Request::LeaseGrant(LeaseGrantRequest { ttl: 5, id }));
    }
    lab.until("all of them", |frame| {
        frame.node(n(1)).unwrap().leases.iter().count() == 2_000
    });
    let granted_at = lab.run.now();
    lab.run.advance(granted_at + 5_400_000);
    let left = lab.run.frame().node(n(1)).unwrap().leases.iter().count();
    assert!((1_000..2_000).contains(&left), "{left}");
    lab.run.advance(granted_at + 8_000_000);
    assert!(
        lab.run
            .frame()
            .node(n(1))
            .unwrap()
            .leases
            .iter()
            .next()
            .is_none()
    );
}

/// Leases are part of a snapshot, and of what a restart brings back.
#[test]
fn leases_outlive_restarts_and_snapshots() {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    setup.options.snapshot_entries = 5;
    setup.options.catch_up_entries = 0;
    let mut lab = Lab::with_setup(setup, 11);
    lab.until("a leader", |frame| frame.leader().is_some());
    let (leader, follower) = (lab.leader(), lab.follower());
    lab.crash(follower);
    grant(&mut lab, leader, 7, 60).unwrap();
    for key in ["/a", "/b", "/c", "/d", "/e", "/f", "/g"] {
        put_on(&mut lab, leader, key, 7);
    }
    lab.restart(follower);
    lab.pass(3 * SECOND);
    assert!(
        lab.run
            .record()
            .since(EventId(0))
            .any(|(_, event)| matches!(
                &event.kind,
                EventKind::Node { node, note: Note::Restored(_) } if *node == follower
            ))
    );
    for node in 1..=3 {
        lab.crash(n(node));
    }
    for node in 1..=3 {
        lab.restart(n(node));
    }
    lab.until("a leader that counts", |frame| {
        let leader = frame.leader();
        leader.is_some_and(|leader| leader.leases.get(7).is_some())
    });
    for node in 1..=3 {
        let answer = time_to_live(&mut lab, n(node), 7, true).unwrap();
        assert_eq!((answer.keys.len(), answer.granted_ttl), (7, 60));
    }
}
