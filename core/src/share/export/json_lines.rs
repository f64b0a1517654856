//! One JSON object an event, each on a line of its own.
//!
//! Every object has `id`, `at_us`, `node`, `event` (what happened) and, where there is one,
//! `cause` (the `id` of another). What else there is depends on `event`, and has the names
//! of [`crate::world::EventKind`] and [`crate::member::Note`]. Numbers are below 2^53 unless
//! the run is years long; identifiers of clusters and members, which are not, are left out.
//! Keys and values are texts, or `{"base64": "…"}` where they are none. Actions are as in a
//! [`crate::share::scenario`] file.

use std::fmt::{self, Write};

use crate::catalog::Version;
use crate::etcd::gateway::{stream_request_json, stream_response_json};
use crate::etcd::{Error, KeyValue, Operation, Response};
use crate::json::Writer;
use crate::member::{Configuration, Halt, LogEntry, NodeId, Note, Remains, Timeout};
use crate::share::scenario::{write_action, write_request, write_text};
use crate::world::{Event, EventId, EventKind, LossReason, Packet, StreamStep};

/// Writes one object an event.
///
/// # Errors
/// Those of `out`.
pub fn json_lines<'a>(
    out: &mut impl Write,
    events: impl IntoIterator<Item = (EventId, &'a Event)>,
) -> fmt::Result {
    for (id, event) in events {
        out.write_str(&line(id, event))?;
    }
    Ok(())
}

fn line(id: EventId, event: &Event) -> String {
    let mut out = Writer::default();
    out.open_object();
    out.number_at("id", id.0);
    out.number_at("at_us", event.at);
    if let Some(cause) = event.cause() {
        out.number_at("cause", cause.0);
    }
    node_at(&mut out, "node", event.node());
    write_kind(&mut out, &event.kind);
    out.close_object();
    out.into_text() + "\n"
}

/// Members that every event of a kind has.
fn write_kind(out: &mut Writer, kind: &EventKind) {
    match kind {
        EventKind::Node { note, .. } => write_note(out, note),
        EventKind::Acted { action, .. } => {
            out.string_at("event", "acted");
            out.name("action");
            write_action(out, action);
        }
        EventKind::Rerouted {
            sent, arrives_at, ..
        } => {
            out.string_at("event", "rerouted");
            out.number_at("sent", sent.0);
            out.name("arrives_at_us");
            match arrives_at {
                Some(arrives_at) => out.number(*arrives_at),
                None => out.null(),
            }
        }
        EventKind::Sent {
            packet, arrives_at, ..
        } => {
            out.string_at("event", "sent");
            write_message(out, packet);
            out.number_at("arrives_at_us", *arrives_at);
        }
        EventKind::Delivered { sent, packet, .. } => {
            out.string_at("event", "delivered");
            out.number_at("sent", sent.0);
            write_message(out, packet);
        }
        EventKind::Lost {
            sent,
            packet,
            reason,
            ..
        } => {
            out.string_at("event", "lost");
            out.number_at("sent", sent.0);
            out.string_at("reason", loss(*reason));
            write_message(out, packet);
        }
        EventKind::Stream { id, step, .. } => write_step(out, id.0, step),
        EventKind::Requested {
            id, node, request, ..
        } => {
            out.string_at("event", "requested");
            out.number_at("request", id.0);
            out.name("asked");
            write_request(out, *node, request);
        }
        EventKind::Answered {
            id,
            result,
            unknown,
            ..
        } => {
            out.string_at("event", "answered");
            out.number_at("request", id.0);
            write_outcome(out, result, *unknown);
        }
    }
}

fn write_step(out: &mut Writer, stream: u64, step: &StreamStep) {
    let name = match step {
        StreamStep::Opened(_) => "opened",
        StreamStep::Said(_) => "said",
        StreamStep::Heard(_) => "heard",
        StreamStep::Broke(_) => "broke",
        StreamStep::Closed(_) => "closed",
    };
    out.string_at("event", name);
    out.number_at("stream", stream);
    match step {
        StreamStep::Opened(request) | StreamStep::Said(request) => {
            out.name(request.label());
            out.raw(&stream_request_json(request));
        }
        StreamStep::Heard(response) => {
            out.name("heard");
            out.raw(&stream_response_json(response));
        }
        StreamStep::Broke(error) | StreamStep::Closed(Some(error)) => {
            out.string_at("error", &error.to_string());
        }
        StreamStep::Closed(None) => {}
    }
}

fn write_note(out: &mut Writer, note: &Note) {
    match note {
        Note::Started { term, vote, commit } => {
            out.string_at("event", "started");
            out.number_at("term", *term);
            some_node_at(out, "vote", *vote);
            out.number_at("commit", *commit);
        }
        Note::Crashed(remains) => write_remains(out, remains),
        Note::TimedOut(timeout) => {
            out.string_at("event", "timed_out");
            out.string_at("timer", timer(*timeout));
        }
        Note::TimerReset { expires_at } => {
            out.string_at("event", "timer_reset");
            out.number_at("expires_at_us", *expires_at);
        }
        Note::Became { role, term, leader } => {
            out.string_at("event", "became");
            out.string_at("role", role.name());
            out.number_at("term", *term);
            some_node_at(out, "leader", *leader);
        }
        Note::Voted { term, candidate } => {
            out.string_at("event", "voted");
            out.number_at("term", *term);
            node_at(out, "candidate", *candidate);
        }
        Note::Appended { entries } => {
            out.string_at("event", "appended");
            list_at(out, "entries", entries, write_entry);
        }
        Note::Synced { through } => {
            out.string_at("event", "synced");
            out.number_at("through", *through);
        }
        Note::Committed { index } => {
            out.string_at("event", "committed");
            out.number_at("index", *index);
        }
        Note::Applied { index, changes } => {
            out.string_at("event", "applied");
            out.number_at("index", *index);
            list_at(out, "changes", changes, |out, version| {
                write_change(out, version);
            });
        }
        Note::LeasesTimed { deadlines } => {
            out.string_at("event", "leases-timed");
            list_at(out, "deadlines", deadlines, |out, deadline| {
                out.open_object();
                out.string_at("lease", &format!("{:x}", deadline.lease));
                out.signed_at("ttl_s", deadline.ttl_s);
                if let Some(at) = deadline.expires_at {
                    out.number_at("expires_at", at);
                }
                out.close_object();
            });
        }
        Note::Configured { configuration } => {
            out.string_at("event", "configured");
            write_configuration(out, configuration);
        }
        Note::Compacted { snapshot, first } => {
            out.string_at("event", "compacted");
            out.number_at("snapshot", *snapshot);
            out.number_at("first", *first);
        }
        Note::Restored(restored) => {
            out.string_at("event", "restored");
            out.number_at("index", restored.index);
            out.number_at("term", restored.term);
            out.signed_at("revision", restored.catalog.revision());
            write_configuration(out, &restored.configuration);
        }
        Note::Halted { reason } => {
            out.string_at("event", "halted");
            out.string_at("reason", halt(*reason));
        }
    }
}

fn write_remains(out: &mut Writer, remains: &Remains) {
    out.string_at("event", "crashed");
    out.number_at("term", remains.term);
    some_node_at(out, "vote", remains.vote);
    out.number_at("commit", remains.commit);
    out.number_at("from", remains.from);
    list_at(out, "restored", &remains.restored, write_entry);
}

fn timer(timeout: Timeout) -> &'static str {
    match timeout {
        Timeout::Election => "election",
        Timeout::Heartbeat => "heartbeat",
        Timeout::CheckQuorum => "check-quorum",
    }
}

fn halt(reason: Halt) -> &'static str {
    match reason {
        Halt::Removed => "removed",
        Halt::DiskFull => "disk-full",
        Halt::LogLost => "log-lost",
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
        LossReason::OtherCluster => "other-cluster",
    }
}

fn node_at(out: &mut Writer, name: &str, node: NodeId) {
    out.string_at(name, &node.to_string());
}

fn some_node_at(out: &mut Writer, name: &str, node: Option<NodeId>) {
    out.name(name);
    match node {
        Some(node) => out.string(&node.to_string()),
        None => out.null(),
    }
}

fn list_at<T>(out: &mut Writer, name: &str, items: &[T], write: impl Fn(&mut Writer, &T)) {
    out.name(name);
    out.open_list();
    for item in items {
        write(out, item);
    }
    out.close_list();
}

fn text_at(out: &mut Writer, name: &str, text: &[u8]) {
    out.name(name);
    write_text(out, text);
}

fn write_message(out: &mut Writer, packet: &Packet) {
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
    out.name("message");
    out.open_object();
    out.string_at("kind", kind.name());
    node_at(out, "from", from);
    node_at(out, "to", to);
    for (name, number) in [
        ("term", term),
        ("index", index),
        ("log_term", log_term),
        ("commit", commit),
        ("entries", entries),
    ] {
        out.number_at(name, number.into());
    }
    out.flag_at("reject", reject);
    out.close_object();
}

fn write_entry(out: &mut Writer, entry: &LogEntry) {
    out.open_object();
    out.number_at("index", entry.index());
    out.number_at("term", entry.term());
    match entry
        .request()
        .and_then(|request| request.operation.as_ref())
    {
        Some(Operation::Put(put)) => text_at(out, "put", &put.key),
        Some(Operation::DeleteRange(delete)) => text_at(out, "delete", &delete.key),
        _ => {}
    }
    out.close_object();
}

fn write_change(out: &mut Writer, version: &Version) {
    let kv = &version.kv;
    out.open_object();
    text_at(out, "key", &kv.key);
    if !version.deleted {
        text_at(out, "value", &kv.value);
    }
    out.flag_at("deleted", version.deleted);
    out.signed_at("mod_revision", kv.mod_revision);
    out.signed_at("create_revision", kv.create_revision);
    out.signed_at("version", kv.version);
    out.close_object();
}

fn write_configuration(out: &mut Writer, configuration: &Configuration) {
    out.name("configuration");
    out.open_object();
    for (name, nodes) in [
        ("voters", &configuration.voters),
        ("outgoing", &configuration.outgoing),
        ("learners", &configuration.learners),
    ] {
        list_at(out, name, nodes, |out, node| out.string(&node.to_string()));
    }
    out.close_object();
}

fn write_outcome(out: &mut Writer, result: &Result<Response, Error>, unknown: bool) {
    let response = match result {
        Ok(response) => response,
        Err(error) => {
            out.string_at("outcome", if unknown { "unknown" } else { "failed" });
            return out.string_at("error", &error.to_string());
        }
    };
    out.string_at("outcome", "ok");
    let revision = response.header().map_or(0, |header| header.revision);
    out.signed_at("revision", revision);
    let keys = match response {
        Response::Range(range) => range.count,
        Response::Put(_) => 1,
        Response::DeleteRange(delete) => delete.deleted,
        // Members are no keys.
        _ => 0,
    };
    out.signed_at("keys", keys);
    if !response.kvs().is_empty() {
        list_at(out, "kvs", response.kvs(), write_pair);
    }
}

fn write_pair(out: &mut Writer, kv: &KeyValue) {
    out.open_object();
    text_at(out, "key", &kv.key);
    text_at(out, "value", &kv.value);
    out.close_object();
}
