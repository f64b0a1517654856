//! A log for ShiViz, which draws who could have known what.
//!
//! Two lines an event: what happened, then the host with its vector clock. Nodes are hosts;
//! so are `person`, who acts, `clients`, who ask, and `network`, where messages are lost.
//! An event knows what its host knew, and what was known at its cause.

use std::fmt::{self, Write};

use crate::member::NodeId;
use crate::world::{Event, EventId, EventKind, MAX_NODES};

use super::text::what;

/// The regular expression by which ShiViz reads the log; it is the one that ShiViz offers.
pub const SHIVIZ_PARSER: &str = r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})";

/// How many hosts there can be.
const HOSTS: usize = MAX_NODES as usize + 3;

/// The hosts that are no nodes.
const PERSON: usize = MAX_NODES as usize;
const CLIENTS: usize = PERSON + 1;
const NETWORK: usize = CLIENTS + 1;

/// How many events of each host are known.
type Clock = [u32; HOSTS];

/// Writes a log for ShiViz.
///
/// Each event's clock is kept to the end: 72 bytes an event.
///
/// # Errors
/// Those of `out`.
pub fn shiviz<'a>(
    out: &mut impl Write,
    events: impl IntoIterator<Item = (EventId, &'a Event)>,
) -> fmt::Result {
    let mut hosts = [[0; HOSTS]; HOSTS];
    let mut known: Vec<Clock> = Vec::new();
    let mut first = None;
    for (id, event) in events {
        let first = *first.get_or_insert(id.0);
        let host = host(event);
        let clock = &mut hosts[host];
        let cause = event.cause().and_then(|cause| cause.0.checked_sub(first));
        let cause = cause.and_then(|place| known.get(usize::try_from(place).ok()?));
        for (own, learned) in clock.iter_mut().zip(cause.into_iter().flatten()) {
            *own = (*own).max(*learned);
        }
        clock[host] += 1;
        known.push(*clock);
        writeln!(out, "{} at {} µs: {}", id.0, event.at, what(id, event))?;
        write_clock(out, host, clock)?;
    }
    Ok(())
}

fn host(event: &Event) -> usize {
    match &event.kind {
        EventKind::Node { .. } | EventKind::Sent { .. } | EventKind::Delivered { .. } => {
            event.node().index()
        }
        EventKind::Acted { .. } => PERSON,
        EventKind::Requested { .. } | EventKind::Answered { .. } | EventKind::Stream { .. } => {
            CLIENTS
        }
        EventKind::Lost { .. } | EventKind::Rerouted { .. } => NETWORK,
    }
}

fn write_clock(out: &mut impl Write, host: usize, clock: &Clock) -> fmt::Result {
    write_host(out, host)?;
    out.write_str(" {")?;
    let known = clock.iter().enumerate().filter(|(_, count)| **count > 0);
    for (place, (host, count)) in known.enumerate() {
        out.write_str(if place == 0 { "\"" } else { ", \"" })?;
        write_host(out, host)?;
        write!(out, "\": {count}")?;
    }
    out.write_str("}\n")
}

fn write_host(out: &mut impl Write, host: usize) -> fmt::Result {
    match host {
        PERSON => out.write_str("person"),
        CLIENTS => out.write_str("clients"),
        NETWORK => out.write_str("network"),
        _ => {
            let node = u8::try_from(host + 1).ok().and_then(NodeId::new);
            let node = node.expect("hosts before the person are nodes");
            write!(out, "{node}")
        }
    }
}
