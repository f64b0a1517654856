//! A sentence for any event, from the event alone.
//!
//! The narrator knows the pictures before and after an event, and says more; but it is
//! silent about most events, and to have the pictures costs time. A list of events wants
//! something of each.

use std::rc::Rc;

use crate::member::{LogEntry, NodeId, Note, Role, Timeout};
use crate::world::{Event, EventKind, StreamStep};

use super::narration::{tell_answer, tell_step};
use super::{Deed, Plain, Sentence, Subject};

/// The sentence of an event, whatever was before it.
#[must_use]
pub fn plain(event: &Event) -> Sentence {
    let said = match &event.kind {
        EventKind::Node { node, note } => return plain_note(*node, note),
        EventKind::Requested { node, request, .. } => {
            return Sentence::Requested {
                node: *node,
                subject: Subject::of_request(request),
                down: false,
            };
        }
        EventKind::Answered {
            node,
            result,
            unknown,
            ..
        } => return tell_answer(*node, result, *unknown),
        EventKind::Acted { action, .. } => {
            return Sentence::Acted {
                action: Rc::clone(action),
            };
        }
        EventKind::Lost { packet, reason, .. } => {
            return Sentence::Lost {
                from: packet.from,
                to: packet.to,
                kind: packet.kind,
                reason: *reason,
            };
        }
        EventKind::Stream { node, step, .. } => match (tell_step(*node, step), step) {
            (Some(sentence), _) => return sentence,
            (None, StreamStep::Heard(_)) => Plain::Heard(*node),
            (None, StreamStep::Closed(_)) => Plain::Closed(*node),
            (None, _) => Plain::Said(*node),
        },
        EventKind::Sent { packet, .. } => Plain::Sent(*packet),
        EventKind::Delivered { packet, .. } => Plain::Received(*packet),
        EventKind::Rerouted { to, arrives_at, .. } => Plain::Rerouted(*to, *arrives_at),
    };
    Sentence::Plain(said)
}

fn plain_note(node: NodeId, note: &Note) -> Sentence {
    let deed = match note {
        Note::Started { term, .. } => Deed::Start(*term),
        Note::Crashed(_) => Deed::Crash,
        Note::TimedOut(Timeout::Election) => Deed::ElectionTimeout,
        Note::TimedOut(Timeout::Heartbeat) => Deed::HeartbeatTimeout,
        Note::TimedOut(Timeout::CheckQuorum) => return Sentence::LostMajority { node },
        Note::TimerReset { expires_at } => Deed::SetTimer(*expires_at),
        Note::Became { role, term, leader } => {
            let term = *term;
            match role {
                Role::Leader => return Sentence::Elected { node, term },
                Role::Candidate => return Sentence::StandsForElection { node, term },
                Role::PreCandidate => {
                    let term = term + 1;
                    return Sentence::AsksAhead { node, term };
                }
                Role::Follower => Deed::Follow(*leader, term),
            }
        }
        Note::Voted { term, candidate } => Deed::Vote(*candidate, *term),
        Note::Appended { entries } => {
            let first = entries.first();
            let subject = first.map_or(Subject::Empty, Subject::of_entry);
            let index = first.map_or(0, LogEntry::index);
            let last = entries.last().map_or(index, LogEntry::index);
            Deed::Append(index, last, subject)
        }
        Note::Synced { through } => Deed::Sync(*through),
        Note::Committed { index } => Deed::LearnCommit(*index),
        Note::Applied { index, changes } => {
            Deed::Apply(*index, changes.last().map(|change| change.kv.mod_revision))
        }
        Note::LeasesTimed { deadlines } => Deed::CountLeases(deadlines.len()),
        Note::Configured { configuration } => {
            return Sentence::Configured {
                node,
                configuration: Rc::clone(configuration),
            };
        }
        Note::Compacted { snapshot, first } => {
            return Sentence::Compacted {
                node,
                snapshot: *snapshot,
                first: *first,
            };
        }
        Note::Restored(restored) => Deed::Load(restored.index),
        Note::Halted { reason } => {
            return Sentence::Halted {
                node,
                reason: *reason,
            };
        }
    };
    Sentence::Plain(Plain::Node(node, deed))
}
