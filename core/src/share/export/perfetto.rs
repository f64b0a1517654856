//! Chrome's trace-event JSON, which Perfetto opens.
//!
//! One track a node: its roles are slices, each message that it sends or gets is a slice of
//! a nanosecond inside of them, and an arrow (a flow) leads from the one to the other.
//! Commits, crashes, losses and what a person did are instants. Requests are asynchronous
//! slices of their own.
//!
//! Times are in µs, as the format has them. What happens at one node in the same µs is told
//! apart by thousandths, so that no slice covers another and every arrow finds its end.

use std::fmt::{self, Write};

use crate::json::quoted;
use crate::member::{Micros, NodeId, Note, Role};
use crate::order::Ascending;
use crate::world::{Event, EventId, EventKind, MAX_NODES, Packet, StreamStep};

use super::text::what;

/// The track of what belongs to no node.
const CLIENTS_TRACK: u8 = MAX_NODES + 1;

/// Writes Chrome's trace-event JSON.
///
/// # Errors
/// Those of `out`.
pub fn perfetto<'a>(
    out: &mut impl Write,
    events: impl IntoIterator<Item = (EventId, &'a Event)>,
) -> fmt::Result {
    out.write_str("{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n")?;
    out.write_str(
        "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":\"glassraft\"}}",
    )?;
    let mut writer = Writer {
        out,
        first: None,
        until: 0,
        tracks: Ascending::default(),
    };
    for (id, event) in events {
        writer.first.get_or_insert(id);
        writer.until = event.at;
        writer.event(id, event)?;
    }
    writer.end()
}

/// One node's track.
#[derive(Debug, Default)]
struct Track {
    /// The slice that is open: a role with its term, or that the node is down.
    open: Option<(Option<Role>, u64)>,
    /// How many messages have been seen at the present µs.
    at: Micros,
    used: u32,
}

struct Writer<'a, W> {
    out: &'a mut W,
    /// The first event of all; what left before it has no slice.
    first: Option<EventId>,
    until: Micros,
    tracks: Ascending<NodeId, Track>,
}

impl<W: Write> Writer<'_, W> {
    fn event(&mut self, id: EventId, event: &Event) -> fmt::Result {
        let at = event.at;
        match &event.kind {
            EventKind::Node { node, note } => self.note(id, event, *node, note),
            EventKind::Sent { packet, .. } => self.message(at, packet.from, "s", id, packet),
            EventKind::Delivered { sent, packet, .. } => {
                self.message(at, packet.to, "f", *sent, packet)
            }
            EventKind::Lost { packet, .. } => self.instant(id, event, packet.to, "lost"),
            EventKind::Acted { node, .. } => self.instant(id, event, *node, "acted"),
            EventKind::Rerouted { to, .. } => self.instant(id, event, *to, "rerouted"),
            EventKind::Requested { id: request, .. } => self.request(id, event, "b", request.0),
            EventKind::Answered { id: request, .. } => self.request(id, event, "e", request.0),
            EventKind::Stream {
                id: stream,
                node,
                step,
            } => match step {
                StreamStep::Opened(_) => self.request(id, event, "b", stream.0),
                StreamStep::Closed(_) => self.request(id, event, "e", stream.0),
                StreamStep::Said(_) => self.instant(id, event, *node, "said"),
                StreamStep::Heard(_) => self.instant(id, event, *node, "heard"),
                StreamStep::Broke(_) => self.instant(id, event, *node, "broke"),
            },
        }
    }

    fn note(&mut self, id: EventId, event: &Event, node: NodeId, note: &Note) -> fmt::Result {
        match note {
            Note::Started { term, .. } => self.phase(event.at, node, Some(Role::Follower), *term),
            Note::Became { role, term, .. } => self.phase(event.at, node, Some(*role), *term),
            Note::Crashed(remains) => {
                self.phase(event.at, node, None, remains.term)?;
                self.instant(id, event, node, "crashed")
            }
            Note::Halted { .. } => {
                let term = self.track(node)?.open.map_or(0, |(_, term)| term);
                self.phase(event.at, node, None, term)?;
                self.instant(id, event, node, "halted")
            }
            Note::Committed { index } => {
                let name = format!("commit {index}");
                self.instant(id, event, node, &name)
            }
            _ => Ok(()),
        }
    }

    /// The track of a node; a new one is named.
    fn track(&mut self, node: NodeId) -> Result<&mut Track, fmt::Error> {
        if !self.tracks.contains_key(&node) {
            let tid = node.number();
            write!(
                self.out,
                ",\n{{\"ph\":\"M\",\"pid\":1,\"tid\":{tid},\"name\":\"thread_name\",\
                 \"args\":{{\"name\":\"{node}\"}}}},\n{{\"ph\":\"M\",\"pid\":1,\"tid\":{tid},\
                 \"name\":\"thread_sort_index\",\"args\":{{\"sort_index\":{tid}}}}}"
            )?;
        }
        Ok(self.tracks.get_or_insert_with(node, Track::default))
    }

    /// From now on the node is in this role, or down.
    fn phase(&mut self, at: Micros, node: NodeId, role: Option<Role>, term: u64) -> fmt::Result {
        let track = self.track(node)?;
        let before = track.open.replace((role, term));
        if before == Some((role, term)) {
            return Ok(());
        }
        let tid = node.number();
        if before.is_some() {
            write!(
                self.out,
                ",\n{{\"ph\":\"E\",\"pid\":1,\"tid\":{tid},\"ts\":{at}}}"
            )?;
        }
        let name = role.map_or("down", Role::name);
        write!(
            self.out,
            ",\n{{\"ph\":\"B\",\"pid\":1,\"tid\":{tid},\"ts\":{at},\"cat\":\"role\",\
             \"name\":\"{name}\",\"args\":{{\"term\":{term}}}}}"
        )
    }

    /// One end of a message: a slice, and an end of its arrow.
    fn message(
        &mut self,
        at: Micros,
        node: NodeId,
        end: &str,
        sent: EventId,
        packet: &Packet,
    ) -> fmt::Result {
        const MOST: u32 = 999;
        let first = self.first;
        let track = self.track(node)?;
        if track.at != at {
            track.at = at;
            track.used = 0;
        }
        let thousandths = track.used.min(MOST);
        track.used += 1;
        let tid = node.number();
        let Packet {
            kind,
            from,
            to,
            term,
            index,
            entries,
            reject,
            ..
        } = packet;
        let name = kind.name();
        let ts = format!("{at}.{thousandths:03}");
        write!(
            self.out,
            ",\n{{\"ph\":\"X\",\"pid\":1,\"tid\":{tid},\"ts\":{ts},\"dur\":0.001,\
             \"cat\":\"message\",\"name\":\"{name}\",\"args\":{{\"from\":\"{from}\",\
             \"to\":\"{to}\",\"term\":{term},\"index\":{index},\"entries\":{entries},\
             \"reject\":{reject}}}}}"
        )?;
        if first.is_some_and(|first| sent < first) {
            return Ok(());
        }
        // An arrow's end binds to the slice around it, not to the next one.
        let binding = if end == "f" { ",\"bp\":\"e\"" } else { "" };
        write!(
            self.out,
            ",\n{{\"ph\":\"{end}\",\"pid\":1,\"tid\":{tid},\"ts\":{ts},\"cat\":\"message\",\
             \"name\":\"{name}\",\"id\":{}{binding}}}",
            sent.0
        )
    }

    fn instant(&mut self, id: EventId, event: &Event, node: NodeId, name: &str) -> fmt::Result {
        self.track(node)?;
        write!(
            self.out,
            ",\n{{\"ph\":\"i\",\"s\":\"t\",\"pid\":1,\"tid\":{},\"ts\":{},\"name\":{},\
             \"args\":{{\"event\":{},\"what\":{}}}}}",
            node.number(),
            event.at,
            quoted(name),
            id.0,
            quoted(&what(id, event))
        )
    }

    /// One end of a request.
    fn request(&mut self, id: EventId, event: &Event, end: &str, request: u64) -> fmt::Result {
        write!(
            self.out,
            ",\n{{\"ph\":\"{end}\",\"pid\":1,\"tid\":{CLIENTS_TRACK},\"ts\":{},\
             \"cat\":\"request\",\"name\":\"request {request}\",\"id\":{request},\
             \"args\":{{\"node\":\"{}\",\"what\":{}}}}}",
            event.at,
            event.node(),
            quoted(&what(id, event))
        )
    }

    /// Ends every open slice, and the whole.
    fn end(self) -> fmt::Result {
        let ends = self.until + 1;
        for node in self.tracks.iter().filter(|(_, track)| track.open.is_some()) {
            let tid = node.0.number();
            write!(
                self.out,
                ",\n{{\"ph\":\"E\",\"pid\":1,\"tid\":{tid},\"ts\":{ends}}}"
            )?;
        }
        self.out.write_str("\n]}\n")
    }
}
