//! Saying a condition, and what is the case in its place.

use std::fmt;

use crate::trace::{Frame, Liveness, NodeFrame};

use super::super::quantity::{moment, seconds};
use super::kinds::{Condition, Moment, On, STATES};

impl Condition {
    /// What is the case instead, for a message.
    #[must_use]
    pub fn found(&self, moment: Moment<'_>) -> String {
        let now = moment.now;
        match self {
            Self::Leader(_) | Self::NoLeader | Self::LeaderChanges => {
                now.leader().map_or("nobody leads".to_owned(), |leader| {
                    format!("{} leads term {}", leader.node, leader.term)
                })
            }
            Self::Number { what, .. } => {
                let numbers = each(now, |node| match what.of(node) {
                    Some(number) => number.to_string(),
                    None => "down".to_owned(),
                });
                format!("{} is {numbers}", what.name())
            }
            Self::Event(..) => match now.events.checked_sub(1) {
                Some(last) => format!("the last event is {last}"),
                None => "there is no event yet".to_owned(),
            },
            Self::Time(..) => format!("the time is {}", seconds(moment.at)),
            Self::Role(node, _) | Self::State(node, _) => {
                let state = now.node(*node).map_or("unknown", |node| state_name(node));
                format!("{node} is {state}")
            }
            Self::Value { key, .. } => {
                let values = each(now, |node| {
                    let version = node.shelf.get(key.as_bytes());
                    match (node.role(), version) {
                        (None, _) => "down".to_owned(),
                        (_, None) => "missing".to_owned(),
                        (_, Some(version)) => shown(&version.kv.value),
                    }
                });
                format!("{} is {values}", shown(key.as_bytes()))
            }
            Self::Answered(id) if now.requests.contains_key(id) => {
                format!("request {} is open", id.0)
            }
            Self::Answered(id) if id.0 <= now.requests_begun => {
                format!("request {} has ended", id.0)
            }
            Self::Answered(_) => format!("{} requests were begun", now.requests_begun),
            Self::Quiet => {
                let open = now.requests.len();
                let logs = each(now, |node| {
                    format!("{}/{}/{}", node.last(), node.commit, node.applied)
                });
                format!("{open} requests are open; last/commit/applied is {logs}")
            }
            Self::Broken => match moment.broken {
                None => "no promise is broken".to_owned(),
                Some((promise, at)) => format!("event {} broke {}", at.0, promise.name()),
            },
            Self::Not(condition) => condition.found(moment),
            Self::All(all) => {
                let found: Vec<String> = all.iter().map(|one| one.found(moment)).collect();
                found.join("; ")
            }
        }
    }
}

/// What is to be said of each node: `n1 4, n2 5`.
fn each(now: &Frame, say: impl Fn(&NodeFrame) -> String) -> String {
    let nodes: Vec<String> = now
        .nodes
        .iter()
        .map(|node| format!("{} on {}", say(node), node.node))
        .collect();
    nodes.join(", ")
}

/// Whether and as what a node runs, in one word.
pub(in super::super) fn state_name(node: &NodeFrame) -> &'static str {
    match node.liveness {
        Liveness::Up(role) => role.name(),
        Liveness::Paused(_) => "paused",
        Liveness::Down => "down",
        Liveness::Removed => "removed",
    }
}

/// The beginning of a text that may be long.
fn shown(bytes: &[u8]) -> String {
    const MAX_CHARS: usize = 64;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MAX_CHARS)]);
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("`{}…'", &text[..end]),
        None => format!("`{text}'"),
    }
}

/// As it is typed.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leader(None) => f.write_str("leader"),
            Self::Leader(Some(node)) => write!(f, "leader {node}"),
            Self::NoLeader => f.write_str("no leader"),
            Self::LeaderChanges => f.write_str("leader changes"),
            Self::Number { what, is, with, on } => {
                write!(f, "{} {} {with}", what.name(), is.name())?;
                write_on(f, *on)
            }
            Self::Event(is, with) => write!(f, "event {} {with}", is.name()),
            Self::Time(is, with) => write!(f, "time {} {}", is.name(), moment(*with)),
            Self::Role(node, role) => write!(f, "role {node} {}", role.name()),
            Self::State(node, state) => {
                let known = STATES.iter().find(|(_, known)| known == state);
                write!(f, "{node} is {}", known.map_or("", |(name, _)| name))
            }
            Self::Value { key, value, on } => {
                match value {
                    Some(value) => write!(f, "value {key} = {value}")?,
                    None => write!(f, "value {key} missing")?,
                }
                write_on(f, *on)
            }
            Self::Answered(id) => write!(f, "request {} answered", id.0),
            Self::Quiet => f.write_str("quiet"),
            Self::Broken => f.write_str("a promise is broken"),
            Self::Not(condition) if **condition == Self::Broken => {
                f.write_str("no promise is broken")
            }
            Self::Not(condition) => write!(f, "not {condition}"),
            Self::All(all) => {
                for (place, condition) in all.iter().enumerate() {
                    f.write_str(if place == 0 { "" } else { " and " })?;
                    condition.fmt(f)?;
                }
                Ok(())
            }
        }
    }
}

fn write_on(f: &mut fmt::Formatter<'_>, on: Option<On>) -> fmt::Result {
    match on {
        None => Ok(()),
        Some(On::Node(node)) => write!(f, " on {node}"),
        Some(On::Leader) => f.write_str(" on leader"),
        Some(On::All) => f.write_str(" on all"),
    }
}
