//! What stands in a menu.

use glassraft_core::member::{NodeId, Role};
use glassraft_core::trace::{Frame, Liveness, NodeFrame};
use glassraft_core::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Setup, Shape, Span,
};

use crate::session::View;

use super::Target;

/// A slow sync, and a slow link, in µs.
const SLOW_SYNC: Span = Span {
    min_us: 400_000,
    max_us: 800_000,
};
const SLOW_LINK: Latency = Latency {
    min_us: 500_000,
    max_us: 1_000_000,
    shape: Shape::Even,
};

/// How many of a million messages a link loses that is made to lose some.
const SOME_PPM: u32 = 300_000;

/// How much a clock is set off, in millionths.
const FAST_PPM: i32 = 1_000_000;
const SLOW_PPM: i32 = -500_000;

/// How far a clock jumps, and how long a message is delayed, in µs.
const JUMP_US: u64 = 2_000_000;
const DELAY_US: u64 = 1_000_000;

/// What a row of a menu does, as it is said to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Take the node's power.
    Crash,
    /// Give it back.
    Restart,
    /// Empty its disk.
    Wipe,
    /// Stop its process.
    Pause,
    /// Let it go on.
    Resume,
    /// Let it stand for election.
    Campaign,
    /// Let it lead in place of the leader.
    Lead,
    /// Cut it off from all others.
    CutOff,
    /// Heal all its links.
    Reconnect,
    /// Its links, one by one.
    Links,
    /// The link to another node.
    LinkTo(NodeId),
    /// Make its disk slow, or as it was.
    DiskSlow(bool),
    /// Make its disk full, or not.
    DiskFull(bool),
    /// Let its disk lie, or not.
    DiskLies(bool),
    /// Let its clock go fast.
    ClockFast,
    /// Let it go slowly.
    ClockSlow,
    /// Let it go right.
    ClockRight,
    /// Let it jump.
    ClockJump,
    /// Cut both directions of a link, or heal them.
    Cut(bool),
    /// Cut one direction, or heal it.
    CutOneWay(NodeId, NodeId, bool),
    /// Make a link slow, or as it was.
    LinkSlow(bool),
    /// Let a link lose messages, or not.
    LinkLossy(bool),
    /// A message arrives now.
    Deliver,
    /// It is lost.
    Drop,
    /// It arrives twice.
    Duplicate,
    /// It arrives later.
    Delay,
    /// It waits.
    Hold,
}

impl Deed {
    /// The name for tests.
    pub(crate) fn test_id(self) -> String {
        let text = format!("{self:?}").to_ascii_lowercase();
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty() && *word != "nodeid")
            .collect::<Vec<_>>()
            .join("-")
    }
}

/// What choosing a row leads to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    /// Actions, taken at once.
    Do(Vec<Action>),
    /// Another menu.
    Open(Target),
}

/// A row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Item {
    pub(crate) deed: Deed,
    pub(crate) choice: Choice,
    /// Whether a line is drawn above it.
    pub(crate) begins_group: bool,
}

/// Collects rows.
#[derive(Default)]
struct Rows {
    items: Vec<Item>,
    group: bool,
}

impl Rows {
    fn act(&mut self, deed: Deed, actions: impl IntoIterator<Item = Action>) {
        self.row(deed, Choice::Do(actions.into_iter().collect()));
    }

    fn row(&mut self, deed: Deed, choice: Choice) {
        let begins_group = std::mem::take(&mut self.group) && !self.items.is_empty();
        self.items.push(Item {
            deed,
            choice,
            begins_group,
        });
    }

    fn group(&mut self) {
        self.group = true;
    }
}

/// The rows of a menu, as things are now.
pub(super) fn items(target: Target, view: &View) -> Vec<Item> {
    let mut rows = Rows::default();
    let frame = &view.frame;
    match target {
        Target::Node(node) => {
            if let Some(of) = frame.node(node) {
                node_rows(&mut rows, frame, of, &view.setup);
            }
        }
        Target::LinksOf(node) => {
            for other in frame.nodes.iter().filter(|other| other.node != node) {
                let link = Choice::Open(Target::Link(node, other.node));
                rows.row(Deed::LinkTo(other.node), link);
            }
        }
        Target::Link(a, b) => link_rows(&mut rows, frame, (a, b), &view.setup),
        Target::Message(sent) => {
            if frame.flights.get(sent).is_some() {
                message_rows(&mut rows, frame, sent);
            }
        }
    }
    rows.items
}

fn node_rows(rows: &mut Rows, frame: &Frame, of: &NodeFrame, setup: &Setup) {
    let node = of.node;
    match of.liveness {
        Liveness::Removed => return,
        Liveness::Down => {
            rows.act(Deed::Restart, [Action::Restart { node }]);
            rows.act(Deed::Wipe, [Action::Wipe { node }]);
        }
        Liveness::Up(role) => {
            rows.act(Deed::Crash, [Action::Crash { node }]);
            rows.act(Deed::Pause, [Action::Pause { node }]);
            rows.group();
            if role != Role::Leader {
                rows.act(Deed::Campaign, [Action::Campaign { node }]);
                if let Some(leader) = frame.leader() {
                    let from = leader.node;
                    rows.act(
                        Deed::Lead,
                        [Action::TransferLeader {
                            node: from,
                            to: node,
                        }],
                    );
                }
            }
        }
        Liveness::Paused(_) => {
            rows.act(Deed::Resume, [Action::Resume { node }]);
            rows.act(Deed::Crash, [Action::Crash { node }]);
        }
    }
    rows.group();
    let others = || {
        frame
            .nodes
            .iter()
            .map(|other| other.node)
            .filter(move |other| *other != node)
    };
    let any_cut = others().any(|other| is_cut(frame, node, other) || is_cut(frame, other, node));
    let any_whole =
        others().any(|other| !is_cut(frame, node, other) || !is_cut(frame, other, node));
    let all = |cut: bool| others().flat_map(move |other| cut_both(node, other, cut));
    if any_whole {
        rows.act(Deed::CutOff, all(true));
    }
    if any_cut {
        rows.act(Deed::Reconnect, all(false));
    }
    if others().next().is_some() {
        rows.row(Deed::Links, Choice::Open(Target::LinksOf(node)));
    }
    rows.group();
    let disk = |change| [Action::Disk { node, change }];
    let slow = of.machine.sync.is_some_and(|sync| sync != setup.disk.sync);
    let sync = if slow { setup.disk.sync } else { SLOW_SYNC };
    rows.act(Deed::DiskSlow(!slow), disk(DiskChange::Sync(sync)));
    rows.act(
        Deed::DiskFull(!of.machine.disk_full),
        disk(DiskChange::Full(!of.machine.disk_full)),
    );
    rows.act(
        Deed::DiskLies(!of.machine.disk_lies),
        disk(DiskChange::Lies(!of.machine.disk_lies)),
    );
    rows.group();
    let clock = |change| [Action::Clock { node, change }];
    if of.machine.clock_ppm == 0 {
        rows.act(Deed::ClockFast, clock(ClockChange::Rate(FAST_PPM)));
        rows.act(Deed::ClockSlow, clock(ClockChange::Rate(SLOW_PPM)));
    } else {
        rows.act(Deed::ClockRight, clock(ClockChange::Rate(0)));
    }
    rows.act(Deed::ClockJump, clock(ClockChange::Jump(JUMP_US)));
}

fn is_cut(frame: &Frame, from: NodeId, to: NodeId) -> bool {
    frame.links.get(from, to).cut
}

fn link(from: NodeId, to: NodeId, change: LinkChange) -> Action {
    Action::Link { from, to, change }
}

fn both(a: NodeId, b: NodeId, change: LinkChange) -> [Action; 2] {
    [link(a, b, change), link(b, a, change)]
}

fn cut_both(a: NodeId, b: NodeId, cut: bool) -> [Action; 2] {
    both(a, b, LinkChange::Cut(cut))
}

fn link_rows(rows: &mut Rows, frame: &Frame, (a, b): (NodeId, NodeId), setup: &Setup) {
    let there = is_cut(frame, a, b);
    let back = is_cut(frame, b, a);
    if !(there && back) {
        rows.act(Deed::Cut(true), cut_both(a, b, true));
    }
    if there || back {
        rows.act(Deed::Cut(false), cut_both(a, b, false));
    }
    for (from, to, is_cut) in [(a, b, there), (b, a, back)] {
        let change = LinkChange::Cut(!is_cut);
        rows.act(Deed::CutOneWay(from, to, !is_cut), [link(from, to, change)]);
    }
    rows.group();
    let now = frame.links.get(a, b);
    let usual = &setup.network;
    let slow = now.latency.is_some_and(|latency| latency != usual.latency);
    let latency = if slow { usual.latency } else { SLOW_LINK };
    let change = LinkChange::Latency(latency);
    rows.act(Deed::LinkSlow(!slow), both(a, b, change));
    let lossy = now.loss_ppm.is_some_and(|ppm| ppm != usual.loss_ppm);
    let ppm = if lossy { usual.loss_ppm } else { SOME_PPM };
    rows.act(Deed::LinkLossy(!lossy), both(a, b, LinkChange::Loss(ppm)));
}

fn message_rows(rows: &mut Rows, frame: &Frame, sent: EventId) {
    let held = frame
        .flights
        .get(sent)
        .is_some_and(|flight| flight.arrives_at.is_none());
    let fate = |fate| [Action::Message { sent, fate }];
    let now = if held { Fate::Release } else { Fate::Deliver };
    rows.act(Deed::Deliver, fate(now));
    rows.act(Deed::Drop, fate(Fate::Drop));
    rows.act(Deed::Duplicate, fate(Fate::Duplicate));
    rows.act(Deed::Delay, fate(Fate::Delay(DELAY_US)));
    if !held {
        rows.act(Deed::Hold, fate(Fate::Hold));
    }
}
