//! Actions as they stand in a scenario file.
//!
//! The names are those of the file, whatever the live types call theirs; the schema
//! (`docs/scenario.schema.json`) publishes them.

use bytes::Bytes;

use crate::etcd::{CLUSTER_TOKEN, DeleteRangeRequest, PutRequest, RangeRequest, Request};
use crate::json::{Value, Writer};
use crate::member::{NodeId, Origin, RequestId};
use crate::world::{Action, ClockChange, DiskChange, EventId, Fate, LinkChange, Workload};

use super::form::{Choice, Fields, Part, Structure, choice_parts, read_choice, write_choice};
use super::parts::{ANY_NODE, Wide};
use super::requests::{ANY_ABOUT_MEMBERS, ANY_CALL, PATIENCE_US, request_fields};
use super::setup::{ANY_LATENCY, ANY_SPAN};
use super::streams::{ANY_STREAM, stream_fields};
use super::wrong::Wrong;

/// A request of a client with the default patience, as an action is written.
pub(in crate::share) fn write_request(out: &mut Writer, node: NodeId, request: &Request) {
    let request = request.clone();
    write_choice(&mut asked(node, request), out);
}

/// An action as `{"NAME": …}`.
pub(in crate::share) fn write_action(out: &mut Writer, action: &Action) {
    write_choice(&mut action.clone(), out);
}

/// Writes an action as the last member of an object that is open.
pub(super) fn write_member(out: &mut Writer, action: &Action) {
    let mut action = action.clone();
    out.name(action.name());
    action.write(out);
}

fn asked(node: NodeId, request: Request) -> Action {
    Action::Request {
        node,
        request,
        timeout_us: PATIENCE_US,
    }
}

impl Choice for Action {
    const NAMES: &'static [&'static str] = &[
        "put",
        "range",
        "delete_range",
        "members",
        "crash",
        "restart",
        "pause",
        "resume",
        "disk",
        "wipe",
        "clock",
        "link",
        "partition",
        "heal",
        "message",
        "campaign",
        "election_timeout",
        "transfer_leader",
        "options",
        "join",
        "reconfigure",
        "workload",
        "call",
        "open",
        "say",
        "close",
        "as",
        "restore",
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Request { request, .. } => match request {
                Request::Put(_) => "put",
                Request::Range(_) => "range",
                Request::DeleteRange(_) => "delete_range",
                _ if request.is_about_members() => "members",
                _ => "call",
            },
            Self::Crash { .. } => "crash",
            Self::Restart { .. } => "restart",
            Self::Pause { .. } => "pause",
            Self::Resume { .. } => "resume",
            Self::Disk { .. } => "disk",
            Self::Wipe { .. } => "wipe",
            Self::Clock { .. } => "clock",
            Self::Link { .. } => "link",
            Self::Partition { .. } => "partition",
            Self::Heal => "heal",
            Self::Message { .. } => "message",
            Self::Campaign { .. } => "campaign",
            Self::ElectionTimeout { .. } => "election_timeout",
            Self::TransferLeader { .. } => "transfer_leader",
            Self::Options { .. } => "options",
            Self::Join { .. } => "join",
            Self::Reconfigure { .. } => "reconfigure",
            Self::Workload { .. } => "workload",
            Self::Open { .. } => "open",
            Self::Say { .. } => "say",
            Self::Close { .. } => "close",
            Self::As { .. } => "as",
            Self::Restore { .. } => "restore",
        }
    }

    fn blank(name: &str) -> Option<Self> {
        let node = ANY_NODE;
        Some(match name {
            "put" => asked(node, Request::Put(PutRequest::default())),
            "range" => asked(node, Request::Range(RangeRequest::default())),
            "delete_range" => asked(node, Request::DeleteRange(DeleteRangeRequest::default())),
            "members" => asked(node, ANY_ABOUT_MEMBERS),
            "call" => asked(node, ANY_CALL),
            "crash" => Self::Crash { node },
            "restart" => Self::Restart { node },
            "pause" => Self::Pause { node },
            "resume" => Self::Resume { node },
            "disk" => Self::Disk {
                node,
                change: DiskChange::Full(false),
            },
            "wipe" => Self::Wipe { node },
            "clock" => Self::Clock {
                node,
                change: ClockChange::Rate(0),
            },
            "link" => Self::Link {
                from: node,
                to: node,
                change: LinkChange::Cut(false),
            },
            "partition" => Self::Partition { groups: Vec::new() },
            "heal" => Self::Heal,
            "message" => Self::Message {
                sent: EventId(0),
                fate: Fate::Deliver,
            },
            "campaign" => Self::Campaign { node },
            "election_timeout" => Self::ElectionTimeout { node, ticks: 0 },
            "transfer_leader" => Self::TransferLeader { node, to: node },
            "options" => Self::Options {
                node,
                options: Box::default(),
            },
            "join" => Self::Join { node },
            "reconfigure" => Self::Reconfigure {
                node,
                voters: Vec::new(),
                learners: Vec::new(),
            },
            "workload" => Self::Workload {
                workload: Workload::default(),
            },
            "open" => Self::Open {
                node,
                request: ANY_STREAM,
            },
            "say" => Self::Say {
                stream: RequestId(0),
                request: ANY_STREAM,
            },
            "close" => Self::Close {
                stream: RequestId(0),
            },
            "as" => Self::As {
                token: String::new(),
                action: Box::new(Self::Heal),
            },
            "restore" => Self::Restore {
                node,
                origin: Box::new(Origin {
                    snapshot: Bytes::new(),
                    members: Vec::new(),
                    token: CLUSTER_TOKEN.to_owned(),
                }),
            },
            _ => return None,
        })
    }

    fn content(&mut self) -> Option<&mut dyn Part> {
        Some(self)
    }
}

/// What a token is shown with, under its own name.
struct Asking<'a>(&'a mut Action);

impl Part for Asking<'_> {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        read_choice(self.0, value)
    }

    fn write(&mut self, out: &mut Writer) {
        write_choice(self.0, out);
    }
}

/// What stands behind an action's name.
impl Structure for Action {
    fn fields(&mut self, fields: &mut Fields<'_, '_>) {
        match self {
            Self::Request {
                node,
                request,
                timeout_us,
            } => {
                fields.needed("node", node);
                request_fields(request, fields);
                fields.unusual("timeout_us", timeout_us, &PATIENCE_US);
            }
            Self::Crash { node }
            | Self::Restart { node }
            | Self::Pause { node }
            | Self::Resume { node }
            | Self::Wipe { node }
            | Self::Campaign { node }
            | Self::Join { node } => fields.needed("node", node),
            Self::Disk { node, change } => {
                fields.needed("node", node);
                fields.needed("change", change);
            }
            Self::Clock { node, change } => {
                fields.needed("node", node);
                fields.needed("change", change);
            }
            Self::Link { from, to, change } => {
                fields.needed("from", from);
                fields.needed("to", to);
                fields.needed("change", change);
            }
            Self::Partition { groups } => fields.needed("groups", groups),
            Self::Heal => {}
            Self::Message { sent, fate } => {
                fields.needed("sent", &mut Wide(&mut sent.0));
                fields.needed("fate", fate);
            }
            Self::ElectionTimeout { node, ticks } => {
                fields.needed("node", node);
                fields.needed("ticks", ticks);
            }
            Self::TransferLeader { node, to } => {
                fields.needed("node", node);
                fields.needed("to", to);
            }
            Self::Options { node, options } => {
                fields.needed("node", node);
                fields.needed("options", &mut **options);
            }
            Self::Reconfigure {
                node,
                voters,
                learners,
            } => {
                fields.needed("node", node);
                fields.needed("voters", voters);
                fields.needed("learners", learners);
            }
            Self::Workload { workload } => workload_fields(workload, fields),
            Self::Open { node, request } => {
                fields.needed("node", node);
                stream_fields(request, fields);
            }
            Self::Say { stream, request } => {
                fields.needed("stream", &mut Wide(&mut stream.0));
                stream_fields(request, fields);
            }
            Self::Close { stream } => fields.needed("stream", &mut Wide(&mut stream.0)),
            Self::As { token, action } => {
                fields.needed("token", token);
                fields.needed("action", &mut Asking(action));
            }
            Self::Restore { node, origin } => {
                fields.needed("node", node);
                fields.needed("members", &mut origin.members);
                fields.unusual("token", &mut origin.token, &CLUSTER_TOKEN.to_owned());
                fields.needed("snapshot", &mut origin.snapshot);
            }
        }
    }
}

fn workload_fields(workload: &mut Workload, fields: &mut Fields<'_, '_>) {
    let Workload {
        clients,
        keys,
        read_percent,
        serializable_percent,
        think,
        timeout_us,
    } = workload;
    fields.needed("clients", clients);
    fields.needed("keys", keys);
    fields.needed("read_percent", read_percent);
    fields.needed("serializable_percent", serializable_percent);
    fields.needed("think", think);
    fields.needed("timeout_us", timeout_us);
}

impl Choice for DiskChange {
    const NAMES: &'static [&'static str] = &["sync", "full", "lies"];

    fn name(&self) -> &'static str {
        match self {
            Self::Sync(_) => "sync",
            Self::Full(_) => "full",
            Self::Lies(_) => "lies",
        }
    }

    fn blank(name: &str) -> Option<Self> {
        Some(match name {
            "sync" => Self::Sync(ANY_SPAN),
            "full" => Self::Full(false),
            "lies" => Self::Lies(false),
            _ => return None,
        })
    }

    fn content(&mut self) -> Option<&mut dyn Part> {
        Some(match self {
            Self::Sync(span) => span,
            Self::Full(flag) | Self::Lies(flag) => flag,
        })
    }
}

impl Choice for ClockChange {
    const NAMES: &'static [&'static str] = &["rate_ppm", "jump_us"];

    fn name(&self) -> &'static str {
        match self {
            Self::Rate(_) => "rate_ppm",
            Self::Jump(_) => "jump_us",
        }
    }

    fn blank(name: &str) -> Option<Self> {
        Some(match name {
            "rate_ppm" => Self::Rate(0),
            "jump_us" => Self::Jump(0),
            _ => return None,
        })
    }

    fn content(&mut self) -> Option<&mut dyn Part> {
        Some(match self {
            Self::Rate(ppm) => ppm,
            Self::Jump(span_us) => span_us,
        })
    }
}

impl Choice for LinkChange {
    const NAMES: &'static [&'static str] = &[
        "cut",
        "latency",
        "loss_ppm",
        "duplicate_ppm",
        "reorder_ppm",
        "bandwidth_bytes_per_s",
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Cut(_) => "cut",
            Self::Latency(_) => "latency",
            Self::Loss(_) => "loss_ppm",
            Self::Duplicate(_) => "duplicate_ppm",
            Self::Reorder(_) => "reorder_ppm",
            Self::Bandwidth(_) => "bandwidth_bytes_per_s",
        }
    }

    fn blank(name: &str) -> Option<Self> {
        Some(match name {
            "cut" => Self::Cut(false),
            "latency" => Self::Latency(ANY_LATENCY),
            "loss_ppm" => Self::Loss(0),
            "duplicate_ppm" => Self::Duplicate(0),
            "reorder_ppm" => Self::Reorder(0),
            "bandwidth_bytes_per_s" => Self::Bandwidth(0),
            _ => return None,
        })
    }

    fn content(&mut self) -> Option<&mut dyn Part> {
        Some(match self {
            Self::Cut(flag) => flag,
            Self::Latency(latency) => latency,
            Self::Loss(number)
            | Self::Duplicate(number)
            | Self::Reorder(number)
            | Self::Bandwidth(number) => number,
        })
    }
}

impl Choice for Fate {
    const NAMES: &'static [&'static str] = &[
        "deliver",
        "drop",
        "duplicate",
        "delay_us",
        "hold",
        "release",
    ];

    fn name(&self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Drop => "drop",
            Self::Duplicate => "duplicate",
            Self::Delay(_) => "delay_us",
            Self::Hold => "hold",
            Self::Release => "release",
        }
    }

    fn blank(name: &str) -> Option<Self> {
        Some(match name {
            "deliver" => Self::Deliver,
            "drop" => Self::Drop,
            "duplicate" => Self::Duplicate,
            "delay_us" => Self::Delay(0),
            "hold" => Self::Hold,
            "release" => Self::Release,
            _ => return None,
        })
    }

    fn content(&mut self) -> Option<&mut dyn Part> {
        match self {
            Self::Delay(span_us) => Some(span_us),
            Self::Deliver | Self::Drop | Self::Duplicate | Self::Hold | Self::Release => None,
        }
    }
}

choice_parts!(DiskChange, ClockChange, LinkChange, Fate, Request);
