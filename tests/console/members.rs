//! `member …`, by the names of nodes.

use glassraft_core::etcd::Request;
use glassraft_core::member::{NodeId, Role};
use glassraft_core::trace::Liveness;
use glassraft_core::world::{Action, EventId, EventKind};
use glassraft_tests::{Lab, n, printed};

/// A cluster of three that etcd calls healthy, which it does after five seconds.
fn healthy() -> (Lab, NodeId) {
    let mut lab = Lab::with_leader(3, 5);
    lab.pass(6_000_000);
    let leader = lab.leader();
    (lab, leader)
}

/// Types a line, which has to end with 0, and returns what it printed.
fn said(lab: &mut Lab, node: NodeId, line: &str) -> String {
    let entry = lab.type_line(node, line);
    assert_eq!(entry.exit, Some(0), "{line}: {}", printed(&entry));
    printed(&entry)
}

/// Types a line, which has to be refused, and returns why.
fn refused(lab: &mut Lab, line: &str, exit: i32) -> String {
    let entry = lab.type_line(n(1), line);
    assert_eq!(entry.exit, Some(exit), "{line}: {}", printed(&entry));
    printed(&entry)
}

/// A machine is added, started, promoted and removed.
#[test]
fn a_member_comes_and_goes() {
    let (mut lab, leader) = healthy();
    let added = said(&mut lab, leader, "member add n4 --learner");
    let id = added.strip_prefix("n4 is a learner now, member ");
    let id = id.and_then(|rest| rest.strip_suffix("; `join n4' starts it"));
    let id = id.unwrap_or_else(|| panic!("{added}")).to_owned();
    let listed = said(&mut lab, leader, "member list");
    let line = format!("{id:0>16}  learner  (not started)  http://n4:2380");
    assert!(listed.lines().any(|listed| listed == line), "{listed}");
    assert_eq!(listed.lines().count(), 4);

    said(&mut lab, n(1), "join n4");
    lab.until("n4 to follow with all that there is", |frame| {
        let last = frame.leader().map(|leader| leader.commit);
        let new = frame.node(n(4));
        new.is_some_and(|new| new.role() == Some(Role::Follower) && Some(new.applied) == last)
    });
    lab.pass(1_000_000);
    assert_eq!(
        said(&mut lab, leader, "member promote n4"),
        "n4 is a voter now"
    );
    // It has to learn of it before it may be asked.
    lab.pass(1_000_000);
    let listed = said(&mut lab, n(4), "member list");
    let line = format!("{id:0>16}  voter    n4  http://n4:2380");
    assert!(listed.lines().any(|listed| listed == line), "{listed}");

    // The node is asked for its own removal.
    let line = format!("member remove n4 on {leader}");
    assert_eq!(said(&mut lab, n(4), &line), "n4 is removed");
    let listed = said(&mut lab, leader, "member list");
    assert_eq!(listed.lines().count(), 3, "{listed}");
}

/// Other addresses stand in everybody's list, and the member is found by its name then.
#[test]
fn a_member_is_updated() {
    let (mut lab, leader) = healthy();
    let url = "http://n2.example.org:2380,http://10.0.0.2:2380";
    let line = format!("member update n2 {url} on {leader}");
    let told = format!("n2 has the address {url} now");
    assert_eq!(said(&mut lab, n(1), &line), told);
    lab.pass(1_000_000);
    for node in [1, 2, 3] {
        let listed = said(&mut lab, n(node), "member list");
        assert!(
            listed.contains(&format!("  voter    n2  {url}")),
            "{listed}"
        );
    }
    // The picture has what a client was told, and had what is usual before.
    assert_eq!(lab.run.frame().peer_urls(n(2)), url);
    assert_eq!(lab.run.frame().peer_urls(n(3)), "http://n3:2380");
    let before = lab.run.frame_of(1).expect("it is kept");
    assert_eq!(before.peer_urls(n(2)), "http://n2:2380");
    // Messages find the machine all the same.
    said(&mut lab, n(2), "etcdctl put a b");
    assert_eq!(
        refused(&mut lab, "member update n3 http://10.0.0.2:2380", 1),
        "member: etcdserver: Peer URLs already exists"
    );
    let back = said(&mut lab, n(1), "member update n2 http://n2:2380");
    assert_eq!(back, "n2 has the address http://n2:2380 now");
    said(
        &mut lab,
        n(1),
        &format!("member update n2 {url} on {leader}"),
    );
    lab.pass(1_000_000);
    assert_eq!(said(&mut lab, leader, "member remove n2"), "n2 is removed");
    assert_eq!(lab.run.frame().peer_urls(n(2)), "http://n2:2380");
}

/// An address says nothing of a member that has a name: addresses can be exchanged.
#[test]
fn members_that_exchanged_addresses_are_told_apart() {
    let (mut lab, leader) = healthy();
    let line = |text: &str| format!("{text} on {leader}");
    said(&mut lab, leader, &line("member update n2 http://x:1"));
    said(&mut lab, leader, &line("member update n1 http://n2:2380"));
    lab.pass(1_000_000);
    assert_eq!(
        said(&mut lab, leader, &line("member remove n2")),
        "n2 is removed"
    );
    lab.until("n2 to know that it was removed", |frame| {
        frame
            .node(n(2))
            .is_some_and(|node| node.liveness == Liveness::Removed)
    });
    assert!(lab.run.view(n(1)).is_some_and(|view| view.role.is_some()));
}

/// The identifier is looked up at the node that is asked, and both requests are recorded.
#[test]
fn the_member_is_looked_up_at_the_asked_node() {
    let (mut lab, _) = healthy();
    said(&mut lab, n(2), "member remove n3 on n1");
    let actions = lab.run.recording().actions.iter();
    let asked: Vec<(NodeId, bool)> = actions
        .filter_map(|stamped| match &stamped.action {
            Action::Request { node, request, .. } => match request {
                Request::MemberList(_) => Some((*node, false)),
                Request::MemberRemove(_) => Some((*node, true)),
                _ => None,
            },
            _ => None,
        })
        .collect();
    assert_eq!(asked, [(n(1), false), (n(1), true)]);
    // The change follows the answer at once.
    let at = |wanted: fn(&Request) -> bool| {
        let events = lab.run.record().since(EventId(0));
        let mut times = events.filter_map(|(_, event)| match &event.kind {
            EventKind::Requested { request, .. } if wanted(request) => Some(event.at),
            _ => None,
        });
        times.next().expect("it was asked")
    };
    let list = at(|request| matches!(request, Request::MemberList(_)));
    assert_eq!(
        at(|request| matches!(request, Request::MemberRemove(_))),
        list
    );
}

/// What etcd refuses is told in its words; what names no member, in the lab's.
#[test]
fn what_is_refused_is_told() {
    let mut lab = Lab::with_leader(3, 5);
    assert_eq!(
        refused(&mut lab, "member add n4", 1),
        "member: etcdserver: unhealthy cluster"
    );
    lab.pass(6_000_000);
    assert_eq!(
        refused(&mut lab, "member remove n9", 1),
        "member: n1 knows no member n9"
    );
    assert_eq!(
        refused(&mut lab, "member add n3", 1),
        "member: etcdserver: Peer URLs already exists"
    );
    let usage = "\n`help member' says how it is used.";
    for (line, says) in [
        (
            "member",
            "what is done with a member; that is add, remove, promote, update or list is missing at the end",
        ),
        (
            "member go n3",
            "`go' is not what is done with a member; that is add, remove, promote, update or list",
        ),
        ("member add", "a node, such as n6 is missing at the end"),
        ("member add 4", "`4' is not a node, such as n6"),
        (
            "member update n2",
            "one peer address or more, such as http://n6:2380,http://10.0.0.6:2380 is missing at the end",
        ),
        (
            "member update n2 elsewhere",
            "`elsewhere' is not one peer address or more, such as http://n6:2380,http://10.0.0.6:2380",
        ),
        (
            "member list on n7",
            "there is no node n7 (there are n1 to n3)",
        ),
        (
            "member remove n3 --learner",
            "`--learner' is one word too many",
        ),
    ] {
        assert_eq!(refused(&mut lab, line, 2), format!("member: {says}{usage}"));
    }
    let entry = lab.type_line(n(1), "kill all");
    assert_eq!(entry.exit, Some(0));
    let id = lab.type_line_without_waiting(n(1), "member list");
    lab.pass(6_000_000);
    lab.console.poll(&mut lab.run);
    let entry = lab.entry(id);
    assert_eq!(entry.exit, Some(1), "{}", printed(&entry));
}
