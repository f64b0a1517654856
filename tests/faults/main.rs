//! Every fault shows what it is known for.
#![cfg(not(target_arch = "wasm32"))]

mod disks;
mod links;
mod messages;
mod partitions;
mod processes;

use glassraft_core::member::{Halt, NodeId, Role};
use glassraft_core::trace::{Fault, Flight, Frame, MarkKind};
use glassraft_core::world::{
    Action, ActionError, ClockChange, DiskChange, EventId, EventKind, Fate, LinkChange, LossReason,
    Packet, Span, Workload,
};
use glassraft_tests::{Lab, n, put};

/// Every node but these.
pub(crate) fn others(lab: &Lab, these: &[NodeId]) -> Vec<NodeId> {
    let nodes = lab.run.frame().nodes.iter().map(|node| node.node);
    nodes.filter(|node| !these.contains(node)).collect()
}

pub(crate) fn partition(lab: &mut Lab, groups: &[&[NodeId]]) {
    let groups = groups.iter().map(|group| group.to_vec()).collect();
    lab.act(Action::Partition { groups });
}

pub(crate) fn link(lab: &mut Lab, from: NodeId, to: NodeId, change: LinkChange) {
    lab.act(Action::Link { from, to, change });
}

/// Changes every direction of every link.
pub(crate) fn links(lab: &mut Lab, change: LinkChange) {
    let nodes = others(lab, &[]);
    for from in &nodes {
        for to in nodes.iter().filter(|to| *to != from) {
            link(lab, *from, *to, change);
        }
    }
}

pub(crate) fn disk(lab: &mut Lab, node: NodeId, change: DiskChange) {
    lab.act(Action::Disk { node, change });
}

pub(crate) fn fate(lab: &mut Lab, sent: EventId, fate: Fate) {
    lab.act(Action::Message { sent, fate });
}

pub(crate) fn role(frame: &Frame, node: NodeId) -> Option<Role> {
    frame.node(node).and_then(|node| node.role())
}

/// The first message under way that is so.
pub(crate) fn flight(frame: &Frame, is_it: impl Fn(&Packet) -> bool) -> Option<Flight> {
    let flights = frame.flights.by_age().into_iter();
    flights.copied().find(|flight| is_it(&flight.packet))
}

/// Waits for a message, and says which.
pub(crate) fn wait_for_message(
    lab: &mut Lab,
    what: &str,
    is_it: impl Fn(&Packet) -> bool,
) -> Flight {
    lab.until(what, |frame| flight(frame, &is_it).is_some());
    flight(lab.run.frame(), is_it).expect("it was there a moment ago")
}

/// The events since one of them.
pub(crate) fn kinds(lab: &Lab, since: u64) -> Vec<EventKind> {
    let events = lab.run.record().since(EventId(since));
    events.map(|(_, event)| event.kind.clone()).collect()
}

pub(crate) fn losses(lab: &Lab, since: u64, why: LossReason) -> usize {
    let is_it =
        |kind: &&EventKind| matches!(kind, EventKind::Lost { reason, .. } if *reason == why);
    kinds(lab, since).iter().filter(is_it).count()
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

/// The ribbon marks what a person did, where it was done, and why a node stopped.
#[test]
fn the_ribbon_marks_faults() {
    let mut lab = Lab::with_leader(3, 22);
    let (leader, node) = (lab.leader(), lab.follower());
    partition(&mut lab, &[&[leader]]);
    lab.act(Action::Heal);
    lab.act(Action::Pause { node });
    lab.act(Action::Resume { node });
    disk(&mut lab, leader, DiskChange::Full(true));
    lab.request(leader, put("a", "1"));
    let marks = lab.run.lanes().marks.iter();
    let marks: Vec<_> = marks.map(|mark| (mark.node, mark.kind)).collect();
    let expected = [
        (leader, MarkKind::Fault(Fault::Partition)),
        (n(1), MarkKind::Fault(Fault::Heal)),
        (node, MarkKind::Fault(Fault::Paused)),
        (node, MarkKind::Fault(Fault::Resumed)),
        (leader, MarkKind::Fault(Fault::Disk)),
        (leader, MarkKind::Halted(Halt::DiskFull)),
    ];
    assert!(marks.ends_with(&expected), "{marks:?}");
}
