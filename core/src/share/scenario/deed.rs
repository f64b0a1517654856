//! Actions as they stand in a scenario file.
//!
//! The names are those of the file, whatever the live types call theirs; the schema
//! (`docs/scenario.schema.json`) publishes them.

use serde::{Deserialize, Serialize};

use crate::etcd::Request;
use crate::member::{Micros, NodeId, Options};
use crate::world::{
    Action, ClockChange, DiskChange, EventId, Fate, Latency, LinkChange, Span, Workload,
};

use super::members::FileMembers;
use super::objects;
use super::parts::{Groups, Node, Nodes, Wide};
use super::requests::{FileDeleteRange, FilePut, FileRange, PATIENCE_US};

/// What was done.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(in crate::share) enum Deed {
    Put(FilePut),
    Range(FileRange),
    DeleteRange(FileDeleteRange),
    Members(FileMembers),
    Crash {
        node: Node,
    },
    Restart {
        node: Node,
    },
    Pause {
        node: Node,
    },
    Resume {
        node: Node,
    },
    Disk {
        node: Node,
        change: FileDiskChange,
    },
    Wipe {
        node: Node,
    },
    Clock {
        node: Node,
        change: FileClockChange,
    },
    Link {
        from: Node,
        to: Node,
        change: FileLinkChange,
    },
    Partition {
        groups: Groups,
    },
    Heal {},
    Message {
        sent: Wide,
        fate: FileFate,
    },
    Campaign {
        node: Node,
    },
    ElectionTimeout {
        node: Node,
        ticks: u32,
    },
    TransferLeader {
        node: Node,
        to: Node,
    },
    Options {
        node: Node,
        options: Box<Options>,
    },
    Join {
        node: Node,
    },
    Reconfigure {
        node: Node,
        voters: Nodes,
        learners: Nodes,
    },
    Workload {
        clients: u32,
        keys: u32,
        read_percent: u32,
        serializable_percent: u32,
        think: Span,
        timeout_us: u64,
    },
}

/// How a disk changes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::share) enum FileDiskChange {
    Sync(#[serde(deserialize_with = "objects::only")] Span),
    Full(bool),
    Lies(bool),
}

/// How a clock changes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::share) enum FileClockChange {
    RatePpm(i32),
    JumpUs(u64),
}

/// How a link changes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::share) enum FileLinkChange {
    Cut(bool),
    Latency(#[serde(deserialize_with = "objects::only")] Latency),
    LossPpm(u32),
    DuplicatePpm(u32),
    ReorderPpm(u32),
    BandwidthBytesPerS(u32),
}

/// What happens to a message.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::share) enum FileFate {
    Deliver,
    Drop,
    Duplicate,
    DelayUs(u64),
    Hold,
    Release,
}

impl From<&Action> for Deed {
    fn from(action: &Action) -> Self {
        match action {
            Action::Request {
                node,
                request,
                timeout_us,
            } => of_request(*node, request, *timeout_us),
            Action::Crash { node } => Self::Crash { node: Node(*node) },
            Action::Restart { node } => Self::Restart { node: Node(*node) },
            Action::Pause { node } => Self::Pause { node: Node(*node) },
            Action::Resume { node } => Self::Resume { node: Node(*node) },
            Action::Disk { node, change } => Self::Disk {
                node: Node(*node),
                change: match *change {
                    DiskChange::Sync(span) => FileDiskChange::Sync(span),
                    DiskChange::Full(full) => FileDiskChange::Full(full),
                    DiskChange::Lies(lies) => FileDiskChange::Lies(lies),
                },
            },
            Action::Wipe { node } => Self::Wipe { node: Node(*node) },
            Action::Clock { node, change } => Self::Clock {
                node: Node(*node),
                change: match *change {
                    ClockChange::Rate(ppm) => FileClockChange::RatePpm(ppm),
                    ClockChange::Jump(span_us) => FileClockChange::JumpUs(span_us),
                },
            },
            Action::Link { from, to, change } => Self::Link {
                from: Node(*from),
                to: Node(*to),
                change: of_link_change(*change),
            },
            Action::Partition { groups } => Self::Partition {
                groups: Groups(groups.clone()),
            },
            Action::Heal => Self::Heal {},
            Action::Message { sent, fate } => Self::Message {
                sent: Wide(sent.0),
                fate: of_fate(*fate),
            },
            Action::Campaign { node } => Self::Campaign { node: Node(*node) },
            Action::ElectionTimeout { node, ticks } => Self::ElectionTimeout {
                node: Node(*node),
                ticks: *ticks,
            },
            Action::TransferLeader { node, to } => Self::TransferLeader {
                node: Node(*node),
                to: Node(*to),
            },
            Action::Options { node, options } => Self::Options {
                node: Node(*node),
                options: options.clone(),
            },
            Action::Join { node } => Self::Join { node: Node(*node) },
            Action::Reconfigure {
                node,
                voters,
                learners,
            } => Self::Reconfigure {
                node: Node(*node),
                voters: Nodes(voters.clone()),
                learners: Nodes(learners.clone()),
            },
            Action::Workload { workload } => of_workload(workload),
        }
    }
}

/// A request of a client with the default patience.
pub(in crate::share) fn request_deed(node: NodeId, request: &Request) -> Deed {
    of_request(node, request, PATIENCE_US)
}

fn of_request(node: NodeId, request: &Request, timeout_us: Micros) -> Deed {
    match request {
        Request::Put(put) => Deed::Put(FilePut::new(node, put, timeout_us)),
        Request::Range(range) => Deed::Range(FileRange::new(node, range, timeout_us)),
        Request::DeleteRange(delete) => {
            Deed::DeleteRange(FileDeleteRange::new(node, delete, timeout_us))
        }
        members => Deed::Members(FileMembers::new(node, members, timeout_us)),
    }
}

fn of_link_change(change: LinkChange) -> FileLinkChange {
    match change {
        LinkChange::Cut(cut) => FileLinkChange::Cut(cut),
        LinkChange::Latency(latency) => FileLinkChange::Latency(latency),
        LinkChange::Loss(ppm) => FileLinkChange::LossPpm(ppm),
        LinkChange::Duplicate(ppm) => FileLinkChange::DuplicatePpm(ppm),
        LinkChange::Reorder(ppm) => FileLinkChange::ReorderPpm(ppm),
        LinkChange::Bandwidth(bytes) => FileLinkChange::BandwidthBytesPerS(bytes),
    }
}

fn of_fate(fate: Fate) -> FileFate {
    match fate {
        Fate::Deliver => FileFate::Deliver,
        Fate::Drop => FileFate::Drop,
        Fate::Duplicate => FileFate::Duplicate,
        Fate::Delay(span_us) => FileFate::DelayUs(span_us),
        Fate::Hold => FileFate::Hold,
        Fate::Release => FileFate::Release,
    }
}

fn of_workload(workload: &Workload) -> Deed {
    let Workload {
        clients,
        keys,
        read_percent,
        serializable_percent,
        think,
        timeout_us,
    } = *workload;
    Deed::Workload {
        clients,
        keys,
        read_percent,
        serializable_percent,
        think,
        timeout_us,
    }
}

impl From<Deed> for Action {
    fn from(deed: Deed) -> Self {
        match deed {
            Deed::Put(put) => put.into_action(),
            Deed::Range(range) => range.into_action(),
            Deed::DeleteRange(delete) => delete.into_action(),
            Deed::Members(members) => members.into_action(),
            Deed::Crash { node } => Self::Crash { node: node.0 },
            Deed::Restart { node } => Self::Restart { node: node.0 },
            Deed::Pause { node } => Self::Pause { node: node.0 },
            Deed::Resume { node } => Self::Resume { node: node.0 },
            Deed::Disk { node, change } => Self::Disk {
                node: node.0,
                change: match change {
                    FileDiskChange::Sync(span) => DiskChange::Sync(span),
                    FileDiskChange::Full(full) => DiskChange::Full(full),
                    FileDiskChange::Lies(lies) => DiskChange::Lies(lies),
                },
            },
            Deed::Wipe { node } => Self::Wipe { node: node.0 },
            Deed::Clock { node, change } => Self::Clock {
                node: node.0,
                change: match change {
                    FileClockChange::RatePpm(ppm) => ClockChange::Rate(ppm),
                    FileClockChange::JumpUs(span_us) => ClockChange::Jump(span_us),
                },
            },
            Deed::Link { from, to, change } => Self::Link {
                from: from.0,
                to: to.0,
                change: to_link_change(&change),
            },
            Deed::Partition { groups } => Self::Partition { groups: groups.0 },
            Deed::Heal {} => Self::Heal,
            Deed::Message { sent, fate } => Self::Message {
                sent: EventId(sent.0),
                fate: to_fate(&fate),
            },
            Deed::Campaign { node } => Self::Campaign { node: node.0 },
            Deed::ElectionTimeout { node, ticks } => Self::ElectionTimeout {
                node: node.0,
                ticks,
            },
            Deed::TransferLeader { node, to } => Self::TransferLeader {
                node: node.0,
                to: to.0,
            },
            Deed::Options { node, options } => Self::Options {
                node: node.0,
                options,
            },
            Deed::Join { node } => Self::Join { node: node.0 },
            Deed::Reconfigure {
                node,
                voters,
                learners,
            } => Self::Reconfigure {
                node: node.0,
                voters: voters.0,
                learners: learners.0,
            },
            Deed::Workload {
                clients,
                keys,
                read_percent,
                serializable_percent,
                think,
                timeout_us,
            } => Self::Workload {
                workload: Workload {
                    clients,
                    keys,
                    read_percent,
                    serializable_percent,
                    think,
                    timeout_us,
                },
            },
        }
    }
}

fn to_link_change(change: &FileLinkChange) -> LinkChange {
    match *change {
        FileLinkChange::Cut(cut) => LinkChange::Cut(cut),
        FileLinkChange::Latency(latency) => LinkChange::Latency(latency),
        FileLinkChange::LossPpm(ppm) => LinkChange::Loss(ppm),
        FileLinkChange::DuplicatePpm(ppm) => LinkChange::Duplicate(ppm),
        FileLinkChange::ReorderPpm(ppm) => LinkChange::Reorder(ppm),
        FileLinkChange::BandwidthBytesPerS(bytes) => LinkChange::Bandwidth(bytes),
    }
}

fn to_fate(fate: &FileFate) -> Fate {
    match *fate {
        FileFate::Deliver => Fate::Deliver,
        FileFate::Drop => Fate::Drop,
        FileFate::Duplicate => Fate::Duplicate,
        FileFate::DelayUs(span_us) => Fate::Delay(span_us),
        FileFate::Hold => Fate::Hold,
        FileFate::Release => Fate::Release,
    }
}
