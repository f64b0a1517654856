//! A trace as text: one line per event.
//!
//! The columns, separated by blanks: the event's number; its time in µs; the number of its
//! cause, or `-`; the node that it happened at; what happened; and, as `name=value`, what
//! there is to say about it. Lines are the same natively and in wasm.

use std::fmt::Write as _;

use crate::catalog::Version;
use crate::etcd::{InternalRaftRequest, Request, Response};
use crate::member::{Configuration, Halt, LogEntry, NodeId, Note, Timeout};
use crate::world::{Event, EventId, EventKind, LossReason, Packet};

/// The line of an event, without its end.
#[must_use]
pub fn line(id: EventId, event: &Event) -> String {
    let cause = event.cause().map_or("-".to_owned(), |id| id.0.to_string());
    let what = what(&event.kind);
    format!("{} {} {cause} {} {what}", id.0, event.at, event.node())
}

fn what(kind: &EventKind) -> String {
    match kind {
        EventKind::Node { note, .. } => note_text(note),
        EventKind::Sent {
            packet, arrives_at, ..
        } => {
            format!("sent {} arrives={arrives_at}", packet_text(packet))
        }
        EventKind::Delivered { sent, packet, .. } => {
            format!("delivered {} sent={}", packet_text(packet), sent.0)
        }
        EventKind::Lost {
            sent,
            packet,
            reason,
            ..
        } => {
            let reason = match reason {
                LossReason::ReceiverDown => "receiver-down",
                LossReason::NetworkFull => "network-full",
                LossReason::Cut => "cut",
                LossReason::Chance => "chance",
                LossReason::Dropped => "dropped",
                LossReason::NoReceiver => "no-receiver",
            };
            format!("lost {} sent={} why={reason}", packet_text(packet), sent.0)
        }
        EventKind::Acted { action, .. } => format!("acted {action:?}"),
        EventKind::Rerouted {
            sent, arrives_at, ..
        } => {
            let arrives_at = arrives_at.map_or("-".to_owned(), |at| at.to_string());
            format!("rerouted sent={} arrives={arrives_at}", sent.0)
        }
        EventKind::Requested { id, request, .. } => {
            format!("requested request={} {}", id.0, request_text(request))
        }
        EventKind::Answered {
            id,
            result,
            unknown,
            ..
        } => match &**result {
            Ok(response) => format!("answered request={} {}", id.0, response_text(response)),
            Err(error) => {
                let unknown = if *unknown { " outcome=unknown" } else { "" };
                format!("failed request={} error={error:?}{unknown}", id.0)
            }
        },
    }
}

fn note_text(note: &Note) -> String {
    match note {
        Note::Started { term, vote, commit } => {
            format!("started term={term} vote={} commit={commit}", name(*vote))
        }
        Note::Crashed(remains) => format!(
            "crashed term={} vote={} commit={} from={} restored={} first={} snapshot={}",
            remains.term,
            name(remains.vote),
            remains.commit,
            remains.from,
            entries(&remains.restored),
            remains.first,
            remains.snapshot
        ),
        Note::TimedOut(Timeout::Election) => "timed-out election".to_owned(),
        Note::TimedOut(Timeout::Heartbeat) => "timed-out heartbeat".to_owned(),
        Note::TimedOut(Timeout::CheckQuorum) => "timed-out check-quorum".to_owned(),
        Note::TimerReset { expires_at } => format!("timer-reset expires={expires_at}"),
        Note::Became { role, term, leader } => {
            format!(
                "became {} term={term} leader={}",
                role.name(),
                name(*leader)
            )
        }
        Note::Voted { term, candidate } => format!("voted term={term} for={candidate}"),
        Note::Appended { entries: new } => format!("appended {}", entries(new)),
        Note::Synced { through } => format!("synced through={through}"),
        Note::Committed { index } => format!("committed index={index}"),
        Note::Applied { index, changes } => {
            let changes: Vec<String> = changes.iter().map(|change| change_text(change)).collect();
            format!("applied index={index} [{}]", changes.join(" "))
        }
        Note::Configured { configuration } => {
            format!("configured {}", configuration_text(configuration))
        }
        Note::Compacted { snapshot, first } => {
            format!("compacted snapshot={snapshot} first={first}")
        }
        Note::Restored(restored) => format!(
            "restored index={} term={} revision={} {}",
            restored.index,
            restored.term,
            restored.catalog.revision(),
            configuration_text(&restored.configuration)
        ),
        Note::Halted { reason } => match reason {
            Halt::Removed => "halted removed".to_owned(),
            Halt::DiskFull => "halted disk-full".to_owned(),
            Halt::LogLost => "halted log-lost".to_owned(),
        },
    }
}

fn configuration_text(configuration: &Configuration) -> String {
    let names = |nodes: &[NodeId]| {
        let names: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
        names.join(",")
    };
    let mut text = format!("voters={}", names(&configuration.voters));
    for (name, nodes) in [
        ("outgoing", &configuration.outgoing),
        ("learners", &configuration.learners),
    ] {
        if !nodes.is_empty() {
            let _infallible = write!(text, " {name}={}", names(nodes));
        }
    }
    text
}

fn packet_text(packet: &Packet) -> String {
    let Packet {
        kind,
        from,
        to,
        term,
        index,
        log_term,
        commit,
        entries,
        reject,
    } = packet;
    let mut text = format!("{} {from}>{to}", kind.name());
    let fields = [
        ("term", *term),
        ("index", *index),
        ("log-term", *log_term),
        ("commit", *commit),
        ("entries", *entries),
        ("reject", u32::from(*reject)),
    ];
    for (name, value) in fields {
        if value != 0 {
            let _infallible = write!(text, " {name}={value}");
        }
    }
    text
}

fn name(node: Option<NodeId>) -> String {
    node.map_or("-".to_owned(), |node| node.to_string())
}

fn entries(entries: &[LogEntry]) -> String {
    let entries: Vec<String> = entries.iter().map(entry).collect();
    format!("[{}]", entries.join(" "))
}

/// An entry as `index/term:what`.
fn entry(entry: &LogEntry) -> String {
    let what = match entry.request() {
        None if entry.changes_members() => "members".to_owned(),
        None => "empty".to_owned(),
        Some(InternalRaftRequest { put: Some(put), .. }) => format!("put:{}", bytes(&put.key)),
        Some(InternalRaftRequest {
            delete_range: Some(delete),
            ..
        }) => format!("delete:{}", bytes(&delete.key)),
        Some(InternalRaftRequest {
            attributes: Some(attributes),
            ..
        }) => format!("attributes:{:x}", attributes.member_id),
        Some(_) => "unknown".to_owned(),
    };
    format!("{}/{}:{what}", entry.index(), entry.term())
}

fn change_text(version: &Version) -> String {
    let kv = &version.kv;
    let key = bytes(&kv.key);
    if version.deleted {
        return format!("delete:{key} mod={}", kv.mod_revision);
    }
    format!(
        "put:{key}={} mod={} create={} version={}",
        bytes(&kv.value),
        kv.mod_revision,
        kv.create_revision,
        kv.version
    )
}

fn request_text(request: &Request) -> String {
    match request {
        Request::Range(range) => {
            let consistency = if range.serializable { "s" } else { "l" };
            format!("range:{} consistency={consistency}", bytes(&range.key))
        }
        Request::Put(put) => format!("put:{}={}", bytes(&put.key), bytes(&put.value)),
        Request::DeleteRange(delete) => format!("delete:{}", bytes(&delete.key)),
        Request::MemberAdd(add) => {
            let learner = if add.is_learner { " learner=1" } else { "" };
            format!(
                "member-add:{}{learner}",
                bytes(add.peer_urls.join(",").as_bytes())
            )
        }
        Request::MemberRemove(remove) => format!("member-remove:{:x}", remove.id),
        Request::MemberUpdate(update) => {
            let urls = update.peer_urls.join(",");
            format!("member-update:{:x}={}", update.id, bytes(urls.as_bytes()))
        }
        Request::MemberPromote(promote) => format!("member-promote:{:x}", promote.id),
        Request::MemberList(_) => "member-list".to_owned(),
    }
}

fn response_text(response: &Response) -> String {
    let revision = response.header().map_or(0, |header| header.revision);
    let members = match response {
        Response::MemberAdd(added) => Some(added.members.len()),
        Response::MemberRemove(list)
        | Response::MemberUpdate(list)
        | Response::MemberPromote(list)
        | Response::MemberList(list) => Some(list.members.len()),
        Response::Range(_) | Response::Put(_) | Response::DeleteRange(_) => None,
    };
    if let Some(members) = members {
        return format!("members={members}");
    }
    let count = match response {
        Response::Range(range) => range.count,
        Response::Put(_) => 1,
        Response::DeleteRange(delete) => delete.deleted,
        _ => 0,
    };
    format!("revision={revision} keys={count}")
}

/// Bytes as text without blanks; what is not plain is escaped, and a long one is cut with
/// its length behind it.
fn bytes(bytes: &[u8]) -> String {
    const MAX_SHOWN: usize = 64;
    let mut text: String = bytes
        .iter()
        .take(MAX_SHOWN)
        .flat_map(|&byte| std::ascii::escape_default(byte))
        .map(char::from)
        .collect();
    text = text.replace(' ', "\\x20");
    if bytes.len() > MAX_SHOWN {
        let _infallible = write!(text, "…({} bytes)", bytes.len());
    }
    text
}
