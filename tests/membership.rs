//! Who belongs to the cluster: etcd's requests, joint consensus, machines that join and
//! leave.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::etcd::{
    Error, MemberAddRequest, MemberInfo, MemberListRequest, MemberUpdateRequest, RangeRequest,
    Request, Response, peer_url,
};
use glassraft_core::member::{Configuration, Halt, NodeId, Note, Role};
use glassraft_core::trace::{Frame, Liveness, Run};
use glassraft_core::world::{
    Action, ActionError, Event, EventId, EventKind, LinkChange, LossReason, Setup,
};
use glassraft_tests::{Lab, add, chaos, get, n, promote, put, remove, trace};

/// A cluster with a leader that has run for long enough to be called healthy.
fn healthy(nodes: u8, seed: u64) -> Lab {
    let mut lab = Lab::with_leader(nodes, seed);
    lab.pass(6_000_000);
    lab
}

/// The members as a node lists them.
fn members(lab: &mut Lab, node: NodeId) -> Vec<MemberInfo> {
    let id = lab.request(node, Request::MemberList(MemberListRequest {}));
    match &*lab.outcome(id) {
        Ok(Response::MemberList(list)) => list.members.clone(),
        other => panic!("{other:?}"),
    }
}

fn member_id(lab: &mut Lab, asked: NodeId, node: NodeId) -> u64 {
    let url = peer_url(node.raft_id());
    let list = members(lab, asked);
    let member = list.iter().find(|member| member.peer_urls.contains(&url));
    member.unwrap_or_else(|| panic!("{node} in {list:?}")).id
}

/// Asks and expects success.
fn succeed(lab: &mut Lab, node: NodeId, request: Request) {
    let id = lab.request(node, request);
    let outcome = lab.outcome(id);
    assert!(outcome.is_ok(), "{outcome:?}");
}

/// Asks and expects an error.
fn refused(lab: &mut Lab, node: NodeId, request: Request) -> Error {
    let id = lab.request(node, request);
    let outcome = lab.outcome(id);
    (*outcome).clone().expect_err("it cannot be done")
}

fn configuration(voters: &[u8], learners: &[u8]) -> Configuration {
    let nodes = |numbers: &[u8]| numbers.iter().copied().map(n).collect();
    Configuration {
        voters: nodes(voters),
        outgoing: Vec::new(),
        learners: nodes(learners),
    }
}

/// Waits until everybody that is up and belongs to it has this configuration, and all
/// entries.
fn settled(lab: &mut Lab, voters: &[u8], learners: &[u8]) {
    let wanted = configuration(voters, learners);
    lab.until("everybody to have the configuration", |frame| {
        let belong = wanted.voters.iter().chain(&wanted.learners);
        let commit = frame.commit();
        frame.leader().is_some()
            && belong.filter_map(|node| frame.node(*node)).all(|node| {
                node.role().is_none() || (*node.configuration == wanted && node.applied == commit)
            })
    });
    lab.assert_picture("settled");
}

fn notes(lab: &Lab, wanted: impl Fn(NodeId, &Note) -> bool) -> usize {
    let events = lab.run.record().since(EventId(0));
    let is_wanted = |event: &Event| match &event.kind {
        EventKind::Node { node, note } => wanted(*node, note),
        _ => false,
    };
    events.filter(|(_, event)| is_wanted(event)).count()
}

fn role(frame: &Frame, node: NodeId) -> Option<Role> {
    frame.node(node).and_then(|node| node.role())
}

/// A learner joins by snapshot, serves stale reads alone, is promoted only once it is in
/// sync, and then votes.
#[test]
fn a_learner_joins_by_snapshot_and_is_promoted() {
    for (seed, by_leader) in [(1, true), (2, false), (3, false)] {
        let mut setup = Setup {
            nodes: 3,
            ..Setup::default()
        };
        setup.options.snapshot_entries = 10;
        setup.options.catch_up_entries = 2;
        let mut lab = Lab::with_setup(setup, seed);
        lab.until("a leader", |frame| frame.leader().is_some());
        lab.pass(7_000_000);
        let leader = lab.leader();
        let asked = if by_leader { leader } else { lab.follower() };
        for key in 0..30 {
            succeed(&mut lab, leader, put(&format!("k{key}"), "x"));
        }
        succeed(&mut lab, asked, add(4, true));
        let id = member_id(&mut lab, asked, n(4));
        // Its machine does not run yet: it is far behind, and what is sent to it is lost.
        let error = refused(&mut lab, asked, promote(id));
        assert_eq!(error, Error::LearnerNotReady, "seed {seed}");
        let second = refused(&mut lab, asked, add(5, true));
        assert_eq!(second, Error::TooManyLearners, "seed {seed}");
        let events = lab.run.record().since(EventId(0));
        let lost = |event: &Event| {
            matches!(&event.kind, EventKind::Lost { packet, reason, .. }
                if packet.to == n(4) && *reason == LossReason::NoReceiver)
        };
        assert!(events.into_iter().any(|(_, event)| lost(event)));
        lab.act(Action::Join { node: n(4) });
        settled(&mut lab, &[1, 2, 3], &[4]);
        let by_snapshot = notes(&lab, |node, note| {
            node == n(4) && matches!(note, Note::Restored(_))
        });
        assert_eq!(by_snapshot, 1, "seed {seed}");
        assert_eq!(lab.run.frame().node(n(4)).unwrap().timer, None);

        assert_eq!(
            refused(&mut lab, n(4), get("k1")),
            Error::NotSupportedForLearner
        );
        assert_eq!(
            refused(&mut lab, n(4), put("k1", "y")),
            Error::NotSupportedForLearner
        );
        let stale = Request::Range(RangeRequest {
            key: "k1".into(),
            serializable: true,
            ..RangeRequest::default()
        });
        succeed(&mut lab, n(4), stale);

        lab.until("its name to be known", |frame| {
            frame
                .nodes
                .iter()
                .all(|node| node.applied == frame.commit())
        });
        lab.pass(2_000_000);
        succeed(&mut lab, asked, promote(id));
        settled(&mut lab, &[1, 2, 3, 4], &[]);
        assert_eq!(
            refused(&mut lab, asked, promote(id)),
            Error::MemberNotLearner
        );
        let list = members(&mut lab, n(4));
        let new = list.iter().find(|member| member.id == id).unwrap();
        assert_eq!((new.name.as_str(), new.is_learner), ("n4", false));
        succeed(&mut lab, n(4), put("k1", "y"));
    }
}

/// Voters are added one by one; each counts from the moment at which its entry is applied.
#[test]
fn voters_are_added_one_by_one() {
    let mut lab = healthy(3, 4);
    let leader = lab.leader();
    succeed(&mut lab, leader, put("a", "1"));
    for (new, voters) in [(4, vec![1, 2, 3, 4]), (5, vec![1, 2, 3, 4, 5])] {
        lab.act(Action::Join { node: n(new) });
        lab.pass(2_000_000);
        // It waits: it belongs to nothing yet.
        assert_eq!(lab.run.frame().node(n(new)).unwrap().term, 0);
        succeed(&mut lab, leader, add(new, false));
        settled(&mut lab, &voters, &[]);
        lab.pass(7_000_000);
    }
    for node in (1..=5).map(n) {
        let held = lab.run.view(node).unwrap().catalog.unwrap();
        assert!(held.get(b"a").is_some(), "{node}");
    }
    // Two of five may fail.
    let others: Vec<NodeId> = (1..=3).map(n).filter(|node| *node != leader).collect();
    for node in others {
        lab.crash(node);
    }
    succeed(&mut lab, leader, put("a", "2"));
}

/// What etcd refuses before it proposes, and when it applies.
#[test]
fn senseless_changes_are_refused() {
    let mut lab = Lab::with_leader(3, 5);
    let leader = lab.leader();
    // Nobody has been connected for five seconds yet.
    assert_eq!(refused(&mut lab, leader, add(4, false)), Error::Unhealthy);
    lab.pass(6_000_000);
    assert_eq!(refused(&mut lab, leader, remove(7)), Error::MemberNotFound);
    assert_eq!(refused(&mut lab, leader, promote(7)), Error::MemberNotFound);
    assert_eq!(
        refused(&mut lab, leader, add(2, false)),
        Error::PeerUrlExists
    );
    let odd = Request::MemberAdd(MemberAddRequest {
        peer_urls: vec!["http://example.org:80".to_owned()],
        is_learner: false,
    });
    assert_eq!(refused(&mut lab, leader, odd), Error::BadMemberUrls);
    let own = member_id(&mut lab, leader, leader);
    let taken = Request::MemberUpdate(MemberUpdateRequest {
        id: own,
        peer_urls: vec![peer_url(lab.follower().raft_id())],
    });
    assert_eq!(refused(&mut lab, leader, taken), Error::PeerUrlExists);
    let moved = Request::MemberUpdate(MemberUpdateRequest {
        id: own,
        peer_urls: vec!["http://elsewhere:2380".to_owned()],
    });
    succeed(&mut lab, leader, moved);
    let list = members(&mut lab, leader);
    let urls = list.iter().flat_map(|member| &member.peer_urls);
    assert!(urls.into_iter().any(|url| url == "http://elsewhere:2380"));

    // With one of three down, another may not go; the one that is down may.
    let down = lab.follower();
    let others: Vec<NodeId> = (1..=3).map(n).filter(|node| *node != down).collect();
    let down_id = member_id(&mut lab, leader, down);
    lab.crash(down);
    assert_eq!(refused(&mut lab, leader, add(4, false)), Error::Unhealthy);
    assert_eq!(refused(&mut lab, leader, remove(own)), Error::Unhealthy);
    succeed(&mut lab, leader, remove(down_id));
    assert_eq!(
        refused(&mut lab, leader, remove(down_id)),
        Error::MemberNotFound
    );
    let wanted: Vec<u8> = others.iter().map(|node| node.number()).collect();
    settled(&mut lab, &wanted, &[]);
}

/// A peer behind a link that is cut in one direction, or whose process is stopped, is not
/// connected, and counts as healthy again five seconds after that has ended.
#[test]
fn a_peer_that_is_cut_off_or_paused_is_not_healthy() {
    let cut = |from, to, cut| Action::Link {
        from,
        to,
        change: LinkChange::Cut(cut),
    };
    for case in 0..3 {
        let mut lab = healthy(3, 5);
        let (leader, node) = (lab.leader(), lab.follower());
        let (begin, end) = match case {
            0 => (cut(node, leader, true), cut(node, leader, false)),
            1 => (cut(leader, node, true), Action::Heal),
            _ => (Action::Pause { node }, Action::Resume { node }),
        };
        lab.act(begin);
        assert_eq!(refused(&mut lab, leader, add(4, false)), Error::Unhealthy);
        lab.act(end);
        lab.pass(4_000_000);
        let leader = lab.leader();
        assert_eq!(refused(&mut lab, leader, add(4, false)), Error::Unhealthy);
        lab.pass(2_000_000);
        let leader = lab.leader();
        succeed(&mut lab, leader, add(4, false));
    }
}

/// The last member cannot be removed.
#[test]
fn a_cluster_of_one_stays() {
    let mut lab = healthy(1, 6);
    let id = member_id(&mut lab, n(1), n(1));
    assert_eq!(refused(&mut lab, n(1), remove(id)), Error::NotEnoughStarted);
    succeed(&mut lab, n(1), put("a", "1"));
    lab.act(Action::Join { node: n(2) });
    succeed(&mut lab, n(1), add(2, false));
    settled(&mut lab, &[1, 2], &[]);
    lab.pass(7_000_000);
    succeed(&mut lab, n(2), remove(id));
    settled(&mut lab, &[2], &[]);
    succeed(&mut lab, n(2), put("b", "1"));
    lab.crash(n(2));
    lab.restart(n(2));
    lab.until("it to lead itself", |frame| {
        role(frame, n(2)) == Some(Role::Leader)
    });
    succeed(&mut lab, n(2), get("a"));
}

/// A follower that is removed stops for good. Its machine may come again under its number
/// with an empty disk, as another member.
#[test]
fn a_removed_follower_stops_and_may_join_anew() {
    let mut lab = healthy(3, 7);
    let (leader, follower) = (lab.leader(), lab.follower());
    let id = member_id(&mut lab, leader, follower);
    succeed(&mut lab, leader, put("a", "1"));
    succeed(&mut lab, leader, remove(id));
    lab.until("the follower to stop", |frame| {
        frame.node(follower).unwrap().liveness == Liveness::Removed
    });
    let halted = notes(&lab, |node, note| {
        let reason = Halt::Removed;
        node == follower && *note == Note::Halted { reason }
    });
    assert_eq!(halted, 1);
    let restart = Action::Restart { node: follower };
    assert_eq!(lab.run.act(restart), Err(ActionError::Removed(follower)));
    let wanted: Vec<u8> = (1..=3).filter(|node| n(*node) != follower).collect();
    settled(&mut lab, &wanted, &[]);

    lab.act(Action::Join { node: follower });
    lab.assert_picture("joined");
    lab.pass(3_000_000);
    assert_eq!(lab.leader(), leader);
    succeed(&mut lab, leader, add(follower.number(), false));
    settled(&mut lab, &[1, 2, 3], &[]);
    assert_ne!(member_id(&mut lab, leader, follower), id);
    lab.pass(7_000_000);
    succeed(&mut lab, follower, put("a", "2"));
    // It goes on after a crash, although its log tells of the removal of its number.
    lab.crash(follower);
    lab.restart(follower);
    settled(&mut lab, &[1, 2, 3], &[]);
    assert_eq!(
        notes(&lab, |_, note| matches!(note, Note::Halted { .. })),
        1
    );
}

/// A leader that is removed answers, stops, and the others elect another.
#[test]
fn a_removed_leader_is_followed_by_another() {
    for seed in 0..5 {
        let mut lab = healthy(3, seed);
        let leader = lab.leader();
        let id = member_id(&mut lab, leader, leader);
        succeed(&mut lab, leader, remove(id));
        let frame = lab.run.frame();
        assert_eq!(frame.node(leader).unwrap().liveness, Liveness::Removed);
        lab.until("another leader", |frame| frame.leader().is_some());
        let wanted: Vec<u8> = (1..=3).filter(|node| n(*node) != leader).collect();
        settled(&mut lab, &wanted, &[]);
        let other = lab.leader();
        succeed(&mut lab, other, put("a", "1"));
    }
}

/// From {1, 2, 3} to {3, 4, 5} in one go, through a configuration that needs both
/// majorities; those that are out stop.
#[test]
fn a_joint_configuration_exchanges_most_of_the_cluster() {
    for seed in 0..5 {
        let mut lab = healthy(3, seed);
        let leader = lab.leader();
        succeed(&mut lab, leader, put("a", "1"));
        for node in [n(4), n(5)] {
            lab.act(Action::Join { node });
        }
        let node = lab.follower();
        lab.act(Action::Reconfigure {
            node,
            voters: vec![n(3), n(4), n(5)],
            learners: Vec::new(),
        });
        settled(&mut lab, &[3, 4, 5], &[]);
        let joint = notes(&lab, |_, note| match note {
            Note::Configured { configuration } => {
                configuration.voters == [n(3), n(4), n(5)]
                    && configuration.outgoing == [n(1), n(2), n(3)]
            }
            _ => false,
        });
        assert!(joint >= 3, "seed {seed}: {joint} were joint");
        let leader = lab.leader();
        succeed(&mut lab, leader, put("a", "2"));
        lab.assert_picture("at the end");
        let list = members(&mut lab, leader);
        assert_eq!(list.len(), 3, "seed {seed}");
    }
}

/// Changes of the configuration that make no sense are refused.
#[test]
fn senseless_configurations_are_refused() {
    let mut lab = Lab::with_leader(3, 8);
    let node = lab.leader();
    let mut attempt = |voters: &[u8], learners: &[u8]| {
        let nodes = |numbers: &[u8]| numbers.iter().copied().map(n).collect();
        let (voters, learners) = (nodes(voters), nodes(learners));
        lab.run.act(Action::Reconfigure {
            node,
            voters,
            learners,
        })
    };
    assert_eq!(attempt(&[1, 9], &[]), Err(ActionError::NoSuchNode(n(9))));
    for (voters, learners) in [
        (vec![], vec![]),
        (vec![], vec![1]),
        (vec![1, 1], vec![]),
        (vec![1, 2], vec![2]),
        (vec![3, 2, 1], vec![]),
    ] {
        let error = attempt(&voters, &learners).unwrap_err();
        let what = "the new configuration";
        assert!(
            matches!(error, ActionError::OutOfBounds { what: about, .. } if about == what),
            "{voters:?} {learners:?}: {error}"
        );
    }
}

/// Fifteen nodes elect a leader and replicate; a sixteenth cannot join.
#[test]
fn fifteen_nodes_work() {
    let mut lab = Lab::with_leader(15, 9);
    let leader = lab.leader();
    succeed(&mut lab, leader, put("a", "1"));
    settled(&mut lab, &(1..=15).collect::<Vec<u8>>(), &[]);
    let join = Action::Join { node: n(16) };
    assert!(matches!(
        lab.run.act(join),
        Err(ActionError::OutOfBounds { .. })
    ));
    let again = Action::Join { node: n(3) };
    assert_eq!(lab.run.act(again), Err(ActionError::Exists(n(3))));
}

/// A run with random changes of the membership, snapshots and crashes: the picture is right
/// all the time, and the recording gives the same trace. (Disks that are emptied break Raft's
/// promises, so nothing is said about leaders here.)
#[test]
fn disturbed_memberships_repeat() {
    let mut seen = String::new();
    for seed in 0..12 {
        let mut setup = Setup {
            nodes: 3,
            ..Setup::default()
        };
        setup.options.snapshot_entries = 12;
        setup.options.catch_up_entries = 3;
        let mut lab = Lab::with_setup(setup, seed);
        let mut dice = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        for step in 0..4_000_u64 {
            lab.run.advance(lab.run.now() + 10_000);
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            if dice >> 56 < 24 {
                drop(lab.run.act(chaos::governance(dice)));
            }
            lab.assert_nodes(&format!("step {step}"));
        }
        let mut again = Run::replay(lab.run.recording()).unwrap();
        again.advance(lab.run.now());
        let first = trace(&lab.run);
        assert!(first == trace(&again), "seed {seed}");
        seen.push_str(&first);
    }
    for what in [
        " outgoing=",
        " learners=",
        " compacted ",
        " restored index=",
        " halted removed",
        " halted log-lost",
        " became leader",
    ] {
        assert!(seen.contains(what), "never{what}");
    }
}
