//! One JSON object an event, each on a line of its own.
//!
//! Every object has `id`, `at_us`, `node`, `event` (what happened) and, where there is one,
//! `cause` (the `id` of another). What else there is depends on `event`, and has the names
//! of [`crate::world::EventKind`] and [`crate::member::Note`]. Numbers are below 2^53 unless
//! the run is years long; identifiers of clusters and members, which are not, are left out.
//! Keys and values are texts, or `{"base64": "…"}` where they are none. Actions are as in a
//! [`crate::share::scenario`] file.

use std::fmt::{self, Write};

use serde::Serialize;

use crate::catalog::Version;
use crate::etcd::{Error, KeyValue, Response};
use crate::member::{Configuration, Halt, LogEntry, Micros, NodeId, Note, Timeout};
use crate::share::scenario::{Deed, Text, plain, request_deed};
use crate::world::{Event, EventId, EventKind, LossReason, Packet};

/// Writes one object an event.
///
/// # Errors
/// Those of `out`.
pub fn json_lines<'a>(
    out: &mut impl Write,
    events: impl IntoIterator<Item = (EventId, &'a Event)>,
) -> fmt::Result {
    for (id, event) in events {
        let line = Line {
            id: id.0,
            at_us: event.at,
            cause: event.cause().map(|cause| cause.0),
            node: name(event.node()),
            what: What::of(&event.kind),
        };
        writeln!(out, "{}", plain(&line))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Line {
    id: u64,
    at_us: Micros,
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<u64>,
    node: String,
    #[serde(flatten)]
    what: What,
}

/// What happened.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum What {
    Started {
        term: u64,
        vote: Option<String>,
        commit: u64,
    },
    Crashed {
        term: u64,
        vote: Option<String>,
        commit: u64,
        from: u64,
        restored: Vec<Entry>,
    },
    TimedOut {
        timer: &'static str,
    },
    TimerReset {
        expires_at_us: Micros,
    },
    Became {
        role: &'static str,
        term: u64,
        leader: Option<String>,
    },
    Voted {
        term: u64,
        candidate: String,
    },
    Appended {
        entries: Vec<Entry>,
    },
    Synced {
        through: u64,
    },
    Committed {
        index: u64,
    },
    Applied {
        index: u64,
        changes: Vec<Change>,
    },
    Configured {
        configuration: Members,
    },
    Compacted {
        snapshot: u64,
        first: u64,
    },
    Restored {
        index: u64,
        term: u64,
        revision: i64,
        configuration: Members,
    },
    Halted {
        reason: &'static str,
    },
    Acted {
        action: Deed,
    },
    Rerouted {
        sent: u64,
        arrives_at_us: Option<Micros>,
    },
    Sent {
        message: Message,
        arrives_at_us: Micros,
    },
    Delivered {
        sent: u64,
        message: Message,
    },
    Lost {
        sent: u64,
        reason: &'static str,
        message: Message,
    },
    Requested {
        request: u64,
        asked: Deed,
    },
    Answered {
        request: u64,
        #[serde(flatten)]
        outcome: Outcome,
    },
}

#[derive(Serialize)]
struct Message {
    kind: &'static str,
    from: String,
    to: String,
    term: u32,
    index: u32,
    log_term: u32,
    commit: u32,
    entries: u32,
    reject: bool,
}

#[derive(Serialize)]
struct Entry {
    index: u64,
    term: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    put: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delete: Option<Text>,
}

#[derive(Serialize)]
struct Change {
    key: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Text>,
    deleted: bool,
    mod_revision: i64,
    create_revision: i64,
    version: i64,
}

#[derive(Serialize)]
struct Members {
    voters: Vec<String>,
    outgoing: Vec<String>,
    learners: Vec<String>,
}

#[derive(Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum Outcome {
    Ok {
        revision: i64,
        keys: i64,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        kvs: Vec<Pair>,
    },
    Failed {
        error: String,
    },
    Unknown {
        error: String,
    },
}

#[derive(Serialize)]
struct Pair {
    key: Text,
    value: Text,
}

fn name(node: NodeId) -> String {
    node.to_string()
}

fn names(nodes: &[NodeId]) -> Vec<String> {
    nodes.iter().map(NodeId::to_string).collect()
}

impl What {
    fn of(kind: &EventKind) -> Self {
        match kind {
            EventKind::Node { note, .. } => Self::of_note(note),
            EventKind::Acted { action, .. } => Self::Acted {
                action: Deed::from(&**action),
            },
            EventKind::Rerouted {
                sent, arrives_at, ..
            } => Self::Rerouted {
                sent: sent.0,
                arrives_at_us: *arrives_at,
            },
            EventKind::Sent {
                packet, arrives_at, ..
            } => Self::Sent {
                message: Message::of(packet),
                arrives_at_us: *arrives_at,
            },
            EventKind::Delivered { sent, packet, .. } => Self::Delivered {
                sent: sent.0,
                message: Message::of(packet),
            },
            EventKind::Lost {
                sent,
                packet,
                reason,
                ..
            } => Self::Lost {
                sent: sent.0,
                reason: loss(*reason),
                message: Message::of(packet),
            },
            EventKind::Requested {
                id, node, request, ..
            } => Self::Requested {
                request: id.0,
                asked: request_deed(*node, request),
            },
            EventKind::Answered {
                id,
                result,
                unknown,
                ..
            } => Self::Answered {
                request: id.0,
                outcome: Outcome::of(result, *unknown),
            },
        }
    }

    fn of_note(note: &Note) -> Self {
        match note {
            Note::Started { term, vote, commit } => Self::Started {
                term: *term,
                vote: vote.map(name),
                commit: *commit,
            },
            Note::Crashed(remains) => Self::Crashed {
                term: remains.term,
                vote: remains.vote.map(name),
                commit: remains.commit,
                from: remains.from,
                restored: remains.restored.iter().map(Entry::of).collect(),
            },
            Note::TimedOut(timeout) => Self::TimedOut {
                timer: match timeout {
                    Timeout::Election => "election",
                    Timeout::Heartbeat => "heartbeat",
                    Timeout::CheckQuorum => "check-quorum",
                },
            },
            Note::TimerReset { expires_at } => Self::TimerReset {
                expires_at_us: *expires_at,
            },
            Note::Became { role, term, leader } => Self::Became {
                role: role.name(),
                term: *term,
                leader: leader.map(name),
            },
            Note::Voted { term, candidate } => Self::Voted {
                term: *term,
                candidate: name(*candidate),
            },
            Note::Appended { entries } => Self::Appended {
                entries: entries.iter().map(Entry::of).collect(),
            },
            Note::Synced { through } => Self::Synced { through: *through },
            Note::Committed { index } => Self::Committed { index: *index },
            Note::Applied { index, changes } => Self::Applied {
                index: *index,
                changes: changes.iter().map(|version| Change::of(version)).collect(),
            },
            Note::Configured { configuration } => Self::Configured {
                configuration: Members::of(configuration),
            },
            Note::Compacted { snapshot, first } => Self::Compacted {
                snapshot: *snapshot,
                first: *first,
            },
            Note::Restored(restored) => Self::Restored {
                index: restored.index,
                term: restored.term,
                revision: restored.catalog.revision(),
                configuration: Members::of(&restored.configuration),
            },
            Note::Halted { reason } => Self::Halted {
                reason: match reason {
                    Halt::Removed => "removed",
                    Halt::DiskFull => "disk-full",
                    Halt::LogLost => "log-lost",
                },
            },
        }
    }
}

fn loss(reason: LossReason) -> &'static str {
    match reason {
        LossReason::ReceiverDown => "receiver-down",
        LossReason::NetworkFull => "network-full",
        LossReason::Cut => "cut",
        LossReason::Chance => "chance",
        LossReason::Dropped => "dropped",
        LossReason::NoReceiver => "no-receiver",
    }
}

impl Message {
    fn of(packet: &Packet) -> Self {
        let Packet {
            kind,
            from,
            to,
            reject,
            term,
            index,
            log_term,
            commit,
            entries,
        } = *packet;
        Self {
            kind: kind.name(),
            from: name(from),
            to: name(to),
            term,
            index,
            log_term,
            commit,
            entries,
            reject,
        }
    }
}

impl Entry {
    fn of(entry: &LogEntry) -> Self {
        let request = entry.request();
        let put = request.and_then(|request| request.put.as_ref());
        let delete = request.and_then(|request| request.delete_range.as_ref());
        Self {
            index: entry.index(),
            term: entry.term(),
            put: put.map(|put| Text(put.key.clone())),
            delete: delete.map(|delete| Text(delete.key.clone())),
        }
    }
}

impl Change {
    fn of(version: &Version) -> Self {
        let kv = &version.kv;
        Self {
            key: Text(kv.key.clone()),
            value: (!version.deleted).then(|| Text(kv.value.clone())),
            deleted: version.deleted,
            mod_revision: kv.mod_revision,
            create_revision: kv.create_revision,
            version: kv.version,
        }
    }
}

impl Members {
    fn of(configuration: &Configuration) -> Self {
        Self {
            voters: names(&configuration.voters),
            outgoing: names(&configuration.outgoing),
            learners: names(&configuration.learners),
        }
    }
}

impl Outcome {
    fn of(result: &Result<Response, Error>, unknown: bool) -> Self {
        match result {
            Ok(response) => Self::Ok {
                revision: response.header().map_or(0, |header| header.revision),
                keys: match response {
                    Response::Range(range) => range.count,
                    Response::Put(_) => 1,
                    Response::DeleteRange(delete) => delete.deleted,
                    // Members are no keys.
                    _ => 0,
                },
                kvs: response.kvs().iter().map(Pair::of).collect(),
            },
            Err(error) if unknown => Self::Unknown {
                error: error.to_string(),
            },
            Err(error) => Self::Failed {
                error: error.to_string(),
            },
        }
    }
}

impl Pair {
    fn of(kv: &KeyValue) -> Self {
        Self {
            key: Text(kv.key.clone()),
            value: Text(kv.value.clone()),
        }
    }
}
