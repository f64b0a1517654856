//! A trace as text: one line per event.
//!
//! [`super::TraceHash`] makes one number of the lines of a run. The JSON in them is that of
//! [`crate::etcd::gateway`].
#![doc = include_str!("../../../docs/trace.md")]

use std::fmt::Write as _;

use crate::catalog::Version;
use crate::etcd::{Operation, Request, Response, gateway};
use crate::member::{Configuration, Halt, LeaseDeadline, LogEntry, NodeId, Note, Timeout};
use crate::world::{Event, EventId, EventKind, LossReason, Packet};

use super::action_text::action_text;
use super::plain::{bytes, call_text};
use super::stream_text::step_text;

/// The line of an event, without its end.
#[must_use]
pub fn line(id: EventId, event: &Event) -> String {
    let cause = event.cause().map_or("-".to_owned(), |id| id.0.to_string());
    let what = what(&event.kind);
    format!("{} {} {cause} {} {what}", id.0, event.at, event.node())
}

/// What happened: the columns behind the node.
#[must_use]
pub fn what(kind: &EventKind) -> String {
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
            let reason = reason_name(*reason);
            format!("lost {} sent={} why={reason}", packet_text(packet), sent.0)
        }
        EventKind::Acted { action, .. } => format!("acted {}", action_text(action)),
        EventKind::Stream { id, step, .. } => step_text(*id, step),
        EventKind::Rerouted {
            sent, arrives_at, ..
        } => {
            let arrives_at = arrives_at.map_or("-".to_owned(), |at| at.to_string());
            format!("rerouted sent={} arrives={arrives_at}", sent.0)
        }
        EventKind::Requested {
            id,
            request,
            client,
            ..
        } => {
            let client = client.map_or(String::new(), |client| format!(" client={client}"));
            format!(
                "requested request={}{client} {}",
                id.0,
                request_text(request)
            )
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

pub(super) fn reason_name(reason: LossReason) -> &'static str {
    match reason {
        LossReason::ReceiverDown => "receiver-down",
        LossReason::NetworkFull => "network-full",
        LossReason::Cut => "cut",
        LossReason::Chance => "chance",
        LossReason::Dropped => "dropped",
        LossReason::NoReceiver => "no-receiver",
        LossReason::OtherCluster => "other-cluster",
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
        Note::LeasesTimed { deadlines } => {
            let deadlines: Vec<String> = deadlines.iter().map(deadline_text).collect();
            format!("leases-timed [{}]", deadlines.join(" "))
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

/// A configuration, as `voters=… outgoing=… learners=…`.
#[must_use]
pub fn configuration_text(configuration: &Configuration) -> String {
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

/// What a message says.
#[must_use]
pub fn packet_text(packet: &Packet) -> String {
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

/// When a lease expires, as `lease=… ttl=… expires=…`, or `lease=… gone`.
pub(super) fn deadline_text(deadline: &LeaseDeadline) -> String {
    let LeaseDeadline {
        lease,
        ttl_s,
        expires_at,
    } = deadline;
    match expires_at {
        Some(at) => format!("lease={lease:x} ttl={ttl_s} expires={at}"),
        None => format!("lease={lease:x} gone"),
    }
}

pub(super) fn name(node: Option<NodeId>) -> String {
    node.map_or("-".to_owned(), |node| node.to_string())
}

fn entries(entries: &[LogEntry]) -> String {
    let entries: Vec<String> = entries.iter().map(entry).collect();
    format!("[{}]", entries.join(" "))
}

/// An entry as `index/term:what`.
pub(super) fn entry(entry: &LogEntry) -> String {
    format!("{}/{}:{}", entry.index(), entry.term(), entry_text(entry))
}

/// What an entry of a log asks for, in a word.
#[must_use]
pub fn entry_text(entry: &LogEntry) -> String {
    let Some(request) = entry.request() else {
        let what = if entry.changes_members() {
            "members"
        } else {
            "empty"
        };
        return what.to_owned();
    };
    match &request.operation {
        Some(Operation::Put(put)) => format!("put:{}", bytes(&put.key)),
        Some(Operation::DeleteRange(delete)) => format!("delete:{}", bytes(&delete.key)),
        Some(Operation::Attributes(attributes)) => format!("attributes:{:x}", attributes.member_id),
        Some(operation) => {
            let (name, message) = gateway::operation_json(operation);
            call_text(name, &message)
        }
        None => "unknown".to_owned(),
    }
}

pub(super) fn change_text(version: &Version) -> String {
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

pub(super) fn request_text(request: &Request) -> String {
    let mut text = match request {
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
        Request::MemberList(_) => request.label().to_owned(),
        _ => call_text(request.label(), &gateway::request_json(request)),
    };
    let end = match request {
        Request::Range(range) => &range.range_end[..],
        Request::DeleteRange(delete) => &delete.range_end[..],
        _ => &[],
    };
    if !end.is_empty() {
        let _infallible = write!(text, " end={}", bytes(end));
    }
    for (name, value) in further_fields(request) {
        if value != 0 {
            let _infallible = write!(text, " {name}={value}");
        }
    }
    text
}

/// What else may be asked for, by its name in etcd's protocol.
fn further_fields(request: &Request) -> Vec<(&'static str, i64)> {
    match request {
        Request::Range(range) => vec![
            ("limit", range.limit),
            ("revision", range.revision),
            ("sort_order", range.sort_order.into()),
            ("sort_target", range.sort_target.into()),
            ("keys_only", range.keys_only.into()),
            ("count_only", range.count_only.into()),
            ("min_mod_revision", range.min_mod_revision),
            ("max_mod_revision", range.max_mod_revision),
            ("min_create_revision", range.min_create_revision),
            ("max_create_revision", range.max_create_revision),
        ],
        Request::Put(put) => vec![
            ("lease", put.lease),
            ("prev_kv", put.prev_kv.into()),
            ("ignore_value", put.ignore_value.into()),
            ("ignore_lease", put.ignore_lease.into()),
        ],
        Request::DeleteRange(delete) => vec![("prev_kv", delete.prev_kv.into())],
        _ => Vec::new(),
    }
}

pub(super) fn response_text(response: &Response) -> String {
    let revision = response.header().map_or(0, |header| header.revision);
    let members = match response {
        Response::MemberAdd(added) => Some(added.members.len()),
        Response::MemberRemove(list)
        | Response::MemberUpdate(list)
        | Response::MemberPromote(list)
        | Response::MemberList(list) => Some(list.members.len()),
        _ => None,
    };
    if let Some(members) = members {
        return format!("members={members}");
    }
    let count = match response {
        Response::Range(range) => range.count,
        Response::Put(_) => 1,
        Response::DeleteRange(delete) => delete.deleted,
        _ => {
            let (name, json) = gateway::response_body_json(response);
            return format!("revision={revision} {}", call_text(name, &json));
        }
    };
    format!("revision={revision} keys={count}")
}

#[cfg(test)]
mod tests {
    use super::{request_text, response_text};
    use crate::etcd::{AuthUserAddRequest, LeaseGrantResponse, Request, Response, ResponseHeader};

    #[test]
    fn a_call_says_what_is_in_it() {
        let add = Request::UserAdd(AuthUserAddRequest {
            name: "Zoë B".to_owned(),
            ..AuthUserAddRequest::default()
        });
        assert_eq!(request_text(&add), r#"user-add:{"name":"Zo\u00eb\u0020B"}"#);
        let granted = Response::LeaseGrant(LeaseGrantResponse {
            header: Some(ResponseHeader {
                revision: 7,
                ..ResponseHeader::default()
            }),
            ttl: 60,
            ..LeaseGrantResponse::default()
        });
        assert_eq!(
            response_text(&granted),
            r#"revision=7 lease-grant:{"TTL":"60"}"#
        );
    }
}
