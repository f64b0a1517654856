//! What stands in a menu.

use glassraft_core::console::presets;
use glassraft_core::member::{NodeId, Role};
use glassraft_core::trace::{Frame, Liveness, NodeFrame};
use glassraft_core::world::{Action, ClockChange, DiskChange, EventId, Fate, LinkChange, Setup};

use crate::form::Subject;
use crate::session::View;

use super::Target;

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
    /// Ask it, a leader, to let another lead.
    HandOver,
    /// That this one leads.
    LeadBy(NodeId),
    /// Set its election timeout.
    Timeout,
    /// Send it a client's request.
    Ask,
    /// Make its disk slow.
    DiskSlow,
    /// Make its disk as fast as it was.
    DiskUsual,
    /// Make its disk full, or not.
    DiskFull(bool),
    /// All that can be set of its disk.
    Disk,
    /// Let its clock go fast.
    ClockFast,
    /// Let it go right.
    ClockRight,
    /// All that can be set of its clock.
    Clock,
    /// How it is set at its next start.
    Options,
    /// Cut both directions of a link, or heal them.
    Cut(bool),
    /// Cut one direction, or heal it.
    CutOneWay(NodeId, NodeId, bool),
    /// Make a link slow.
    LinkSlow,
    /// Make it as fast as it was.
    LinkFast,
    /// Let a link lose messages, or not.
    LinkLossy(bool),
    /// All that can be set of both directions.
    LinkForm,
    /// All that can be set of one.
    WayForm(NodeId, NodeId),
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
    /// It waits no longer.
    Release,
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

    fn form(&mut self, deed: Deed, subject: Subject) {
        self.row(deed, Choice::Open(Target::Form(subject)));
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
        Target::HandOver(node) => hand_over(&mut rows, frame, node),
        // A form has fields in place of rows.
        Target::Form(_) => {}
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
            if role == Role::Leader {
                rows.row(Deed::HandOver, Choice::Open(Target::HandOver(node)));
            } else {
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
            rows.form(Deed::Timeout, Subject::Timeout(node));
            rows.form(Deed::Ask, Subject::Request(node));
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
    machine_rows(rows, of, setup);
}

fn machine_rows(rows: &mut Rows, of: &NodeFrame, setup: &Setup) {
    let (node, machine) = (of.node, of.machine);
    rows.group();
    let disk = |change| [Action::Disk { node, change }];
    let usual = setup.disk.sync;
    match machine.sync.is_some_and(|sync| sync != usual) {
        true => rows.act(Deed::DiskUsual, disk(DiskChange::Sync(usual))),
        false => rows.act(Deed::DiskSlow, disk(DiskChange::Sync(presets::SLOW_SYNC))),
    }
    let full = !machine.disk_full;
    rows.act(Deed::DiskFull(full), disk(DiskChange::Full(full)));
    rows.form(Deed::Disk, Subject::Disk(node));
    rows.group();
    let (deed, ppm) = match machine.clock_ppm {
        0 => (Deed::ClockFast, presets::FAST_PPM),
        _ => (Deed::ClockRight, 0),
    };
    let change = ClockChange::Rate(ppm);
    rows.act(deed, [Action::Clock { node, change }]);
    rows.form(Deed::Clock, Subject::Clock(node));
    rows.group();
    rows.form(Deed::Options, Subject::Options(node));
}

/// Whom a leader can hand over to: those who vote.
fn hand_over(rows: &mut Rows, frame: &Frame, node: NodeId) {
    let leader = frame.node(node);
    let voters = leader.map_or(&[][..], |leader| &leader.configuration.voters[..]);
    for to in voters.iter().copied().filter(|to| *to != node) {
        rows.act(Deed::LeadBy(to), [Action::TransferLeader { node, to }]);
    }
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
    let is_changed = now.latency.is_some_and(|latency| latency != usual.latency);
    let (deed, latency) = match is_changed {
        true => (Deed::LinkFast, usual.latency),
        false => (Deed::LinkSlow, presets::SLOW_LINK),
    };
    rows.act(deed, both(a, b, LinkChange::Latency(latency)));
    let lossy = now.loss_ppm.is_some_and(|ppm| ppm != usual.loss_ppm);
    let ppm = match lossy {
        true => usual.loss_ppm,
        false => presets::LOSSY_PPM,
    };
    rows.act(Deed::LinkLossy(!lossy), both(a, b, LinkChange::Loss(ppm)));
    rows.group();
    rows.form(Deed::LinkForm, Subject::Link(a, b));
    for (from, to) in [(a, b), (b, a)] {
        rows.form(Deed::WayForm(from, to), Subject::Way(from, to));
    }
}

fn message_rows(rows: &mut Rows, frame: &Frame, sent: EventId) {
    let held = frame
        .flights
        .get(sent)
        .is_some_and(|flight| flight.arrives_at.is_none());
    let fate = |fate| [Action::Message { sent, fate }];
    match held {
        true => rows.act(Deed::Release, fate(Fate::Release)),
        false => rows.act(Deed::Deliver, fate(Fate::Deliver)),
    }
    rows.act(Deed::Drop, fate(Fate::Drop));
    // What is held can only be let go, or dropped.
    if !held {
        rows.act(Deed::Duplicate, fate(Fate::Duplicate));
        rows.form(Deed::Delay, Subject::Delay(sent));
        rows.act(Deed::Hold, fate(Fate::Hold));
    }
}
