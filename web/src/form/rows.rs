//! Which fields a form has, and what stands in them.

use glassraft_core::console::{presets, typed};
use glassraft_core::etcd;
use glassraft_core::member::{NodeId, Options};
use glassraft_core::trace::{Frame, Liveness, Machine, Timer};
use glassraft_core::world::{Disk, EventId, Network, Workload};

use crate::session::View;

use super::Field;

/// What a form sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// One direction of a link.
    Way(NodeId, NodeId),
    /// Both directions of a link.
    Link(NodeId, NodeId),
    /// Every link.
    Network,
    /// A node's disk.
    Disk(NodeId),
    /// Every node's disk.
    Disks,
    /// A node's clock.
    Clock(NodeId),
    /// A node's election timeout in its present term.
    Timeout(NodeId),
    /// A node's settings at its next start.
    Options(NodeId),
    /// Those of every node.
    AllOptions,
    /// How much later a message arrives.
    Delay(EventId),
    /// The clients that work by themselves.
    Clients,
    /// A partition into any groups.
    Groups,
    /// Who votes and who learns.
    Voters,
    /// Where the others reach a member; the other node is asked to change it.
    Address(NodeId, NodeId),
    /// A client's request to a node.
    Request(NodeId),
}

impl Subject {
    /// The name for tests.
    pub(crate) fn test_id(self) -> &'static str {
        match self {
            Self::Way(..) | Self::Link(..) => "link",
            Self::Network => "network",
            Self::Disk(_) => "disk",
            Self::Disks => "disks",
            Self::Clock(_) => "clock",
            Self::Timeout(_) => "timeout",
            Self::Options(_) => "options",
            Self::AllOptions => "all-options",
            Self::Delay(_) => "delay",
            Self::Clients => "clients",
            Self::Groups => "groups",
            Self::Voters => "voters",
            Self::Address(..) => "address",
            Self::Request(_) => "request",
        }
    }

    /// The timer that it is about, and that runs now.
    pub(super) fn timer(self, frame: &Frame) -> Option<Timer> {
        match self {
            Self::Timeout(node) => frame.node(node)?.timer,
            _ => None,
        }
    }

    /// How many fields the form has.
    pub(crate) fn fields(self) -> usize {
        match self {
            Self::Way(..) | Self::Link(..) | Self::Network | Self::Clients => 6,
            Self::Disk(_) | Self::Request(_) => 3,
            // A note is as tall as a field.
            Self::Clock(_) | Self::Voters | Self::Timeout(_) => 2,
            Self::Disks | Self::Delay(_) | Self::Groups | Self::Address(..) => 1,
            Self::Options(_) | Self::AllOptions => 11,
        }
    }

    /// Whether another run can begin with what stands in the form.
    pub(crate) fn can_begin(self) -> bool {
        matches!(self, Self::Network | Self::Disks | Self::AllOptions)
    }

    /// Whether the fields hold what is to be done once, and nothing that is set already.
    pub(crate) fn is_deed(self) -> bool {
        matches!(
            self,
            Self::Timeout(_) | Self::Delay(_) | Self::Groups | Self::Request(_)
        )
    }
}

/// A field with what stands in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    pub(crate) field: Field,
    /// As it is now; empty where it is not the same everywhere, or is to be done once.
    pub(crate) value: String,
    /// As it was at the beginning, or is usual.
    pub(crate) usual: String,
}

fn row(field: Field, value: impl Into<String>, usual: impl Into<String>) -> Row {
    Row {
        field,
        value: value.into(),
        usual: usual.into(),
    }
}

/// A field of a deed.
fn deed(field: Field, usual: impl Into<String>) -> Row {
    row(field, String::new(), usual)
}

/// The fields of a form, as things are now. None if what it is about is not there.
pub(super) fn rows(subject: Subject, view: &View) -> Vec<Row> {
    let frame = &view.frame;
    let machine = |node: NodeId| frame.node(node).map(|node| node.machine);
    match subject {
        Subject::Way(from, to) => network(view, &[(from, to)]),
        Subject::Link(a, b) => network(view, &[(a, b), (b, a)]),
        Subject::Network => network(view, &pairs(frame)),
        Subject::Disk(node) => machine(node).map_or(Vec::new(), |it| disk(it, &view.setup.disk)),
        Subject::Disks => disks(view),
        Subject::Clock(node) => machine(node).map_or(Vec::new(), clock),
        Subject::Timeout(_) => vec![deed(
            Field::Ticks,
            view.setup.options.election_ticks.to_string(),
        )],
        Subject::Options(node) => options(view, Some(node)),
        Subject::AllOptions => options(view, None),
        Subject::Delay(_) => vec![deed(Field::Delay, typed::time(presets::DELAY_US))],
        Subject::Clients => clients(&frame.workload),
        Subject::Groups => vec![deed(Field::Groups, halves(frame))],
        Subject::Voters => voters(frame),
        Subject::Address(node, _) => {
            let usual = etcd::peer_url(node.number().into());
            vec![row(Field::Address, frame.peer_urls(node), usual)]
        }
        Subject::Request(_) => vec![
            deed(Field::Verb, "put"),
            deed(Field::Key, "/shelf/4"),
            deed(Field::Value, "dune"),
        ],
    }
}

/// Both ends of every direction of a link.
pub(crate) fn pairs(frame: &Frame) -> Vec<(NodeId, NodeId)> {
    let nodes = || frame.nodes.iter().map(|node| node.node);
    let to_others = |from: NodeId| {
        nodes()
            .filter(move |to| *to != from)
            .map(move |to| (from, to))
    };
    nodes().flat_map(to_others).collect()
}

/// What all of several things have in common; empty where they differ.
fn common<T: Copy + PartialEq>(
    mut values: impl Iterator<Item = T>,
    text: impl Fn(T) -> String,
) -> String {
    let first = values.next();
    first
        .filter(|first| values.all(|value| value == *first))
        .map_or_else(String::new, text)
}

fn network(view: &View, links: &[(NodeId, NodeId)]) -> Vec<Row> {
    let usual: &Network = &view.setup.network;
    let each = || {
        links
            .iter()
            .map(|(from, to)| view.frame.links.get(*from, *to))
    };
    let latency = || each().map(|link| link.latency.unwrap_or(usual.latency));
    let shape = |it| typed::shape(it).to_owned();
    let loss = each().map(|link| link.loss_ppm.unwrap_or(usual.loss_ppm));
    let duplicate = each().map(|link| link.duplicate_ppm.unwrap_or(usual.duplicate_ppm));
    let reorder = each().map(|link| link.reorder_ppm.unwrap_or(usual.reorder_ppm));
    let bandwidth = each().map(|link| {
        link.bandwidth_bytes_per_s
            .unwrap_or(usual.bandwidth_bytes_per_s)
    });
    let share = typed::share;
    vec![
        row(
            Field::Latency,
            common(latency(), typed::latency),
            typed::latency(usual.latency),
        ),
        row(
            Field::Shape,
            common(latency().map(|it| it.shape), shape),
            typed::shape(usual.latency.shape),
        ),
        row(Field::Loss, common(loss, share), share(usual.loss_ppm)),
        row(
            Field::Duplicate,
            common(duplicate, share),
            share(usual.duplicate_ppm),
        ),
        row(
            Field::Reorder,
            common(reorder, share),
            share(usual.reorder_ppm),
        ),
        row(
            Field::Bandwidth,
            common(bandwidth, typed::bandwidth),
            typed::bandwidth(usual.bandwidth_bytes_per_s),
        ),
    ]
}

fn disk(machine: Machine, usual: &Disk) -> Vec<Row> {
    let sync = machine.sync.unwrap_or(usual.sync);
    let full = if machine.disk_full { "full" } else { "ok" };
    let lies = if machine.disk_lies { "lies" } else { "honest" };
    vec![
        row(Field::Sync, typed::span(sync), typed::span(usual.sync)),
        row(Field::Full, full, "ok"),
        row(Field::Lies, lies, "honest"),
    ]
}

fn disks(view: &View) -> Vec<Row> {
    let usual = view.setup.disk.sync;
    let nodes = view.frame.nodes.iter();
    let syncs = nodes.map(|node| node.machine.sync.unwrap_or(usual));
    vec![row(
        Field::Sync,
        common(syncs, typed::span),
        typed::span(usual),
    )]
}

fn clock(machine: Machine) -> Vec<Row> {
    vec![
        row(Field::Rate, typed::rate(machine.clock_ppm), typed::rate(0)),
        row(Field::Jump, "", ""),
    ]
}

fn options(view: &View, node: Option<NodeId>) -> Vec<Row> {
    let usual = &view.setup.options;
    let nodes = view.frame.nodes.iter();
    let set: Vec<&Options> = nodes
        .filter(|of| node.is_none_or(|node| node == of.node))
        .map(|of| of.next_options.as_deref().unwrap_or(usual))
        .collect();
    let of = |field: Field, value: fn(&Options) -> String| {
        let mut values = set.iter().map(|options| value(options));
        let first = values.next();
        let same = first.filter(|first| values.all(|value| value == *first));
        row(field, same.unwrap_or_default(), value(usual))
    };
    vec![
        of(Field::PreVote, |it| switch(it.pre_vote)),
        of(Field::CheckQuorum, |it| switch(it.check_quorum)),
        of(Field::ReadMode, |it| {
            typed::read_mode(it.read_mode).to_owned()
        }),
        of(Field::SnapshotEntries, |it| it.snapshot_entries.to_string()),
        of(Field::CatchUpEntries, |it| it.catch_up_entries.to_string()),
        of(Field::MaxMessageSize, |it| {
            typed::size(it.max_size_per_message_bytes)
        }),
        of(Field::MaxInflight, |it| {
            it.max_inflight_messages.to_string()
        }),
        of(Field::Quota, |it| typed::size(it.quota_bytes)),
        of(Field::ElectionTicks, |it| it.election_ticks.to_string()),
        of(Field::HeartbeatTicks, |it| it.heartbeat_ticks.to_string()),
        of(Field::Tick, |it| typed::time(it.tick_us)),
    ]
}

fn switch(on: bool) -> String {
    if on { "on" } else { "off" }.to_owned()
}

fn clients(now: &Workload) -> Vec<Row> {
    let usual = Workload::default();
    let of = |field: Field, value: fn(&Workload) -> String| row(field, value(now), value(&usual));
    vec![
        of(Field::Clients, |it| it.clients.to_string()),
        of(Field::Keys, |it| it.keys.to_string()),
        of(Field::Reads, |it| format!("{}%", it.read_percent)),
        of(Field::Serializable, |it| {
            format!("{}%", it.serializable_percent)
        }),
        of(Field::Think, |it| typed::span(it.think)),
        of(Field::Timeout, |it| typed::time(it.timeout_us)),
    ]
}

/// Two groups that have no node in common, to begin with.
fn halves(frame: &Frame) -> String {
    let nodes = frame.nodes.iter();
    let belongs = nodes.filter(|node| node.liveness != Liveness::Removed);
    let nodes: Vec<NodeId> = belongs.map(|node| node.node).collect();
    let (one, other) = nodes.split_at(nodes.len() / 2);
    typed::groups(&[one.to_vec(), other.to_vec()])
}

fn voters(frame: &Frame) -> Vec<Row> {
    let known = frame.leader().or(frame.nodes.first());
    known.map_or(Vec::new(), |node| {
        let voters = typed::nodes(&node.configuration.voters);
        let learners = typed::nodes(&node.configuration.learners);
        vec![
            row(Field::Voters, voters.clone(), voters),
            row(Field::Learners, learners.clone(), learners),
        ]
    })
}
