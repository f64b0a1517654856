//! Events into sentences.

use std::rc::Rc;

use crate::etcd::{
    Error, Response, StreamRequest, StreamResponse, WatchRequest, WatchRequestUnion,
};
use crate::member::{Configuration, LogEntry, MAX_NODES, Micros, NodeId, Note, Role, Timeout};
use crate::trace::{Frame, NodeFrame};
use crate::world::{Action, Event, EventKind, Fate, MessageKind, StreamStep};

use super::{Sentence, Share, Subject};

/// Picks the sentences of one run.
#[derive(Clone, Debug, Default)]
pub struct Narrator {
    commit: u64,
    /// Whether a node restarted behind the others and has not caught up, by its place.
    behind: [bool; MAX_NODES as usize],
    /// What the node had applied that told of a change of the membership last.
    configured_at: u64,
}

impl Narrator {
    /// A narrator who begins in the middle of a run, with this picture.
    #[must_use]
    pub fn at(frame: &Frame) -> Self {
        let commit = frame.commit();
        let mut narrator = Self {
            commit,
            configured_at: commit,
            ..Self::default()
        };
        for node in &frame.nodes {
            let is_behind = node.role().is_some() && node.applied < commit;
            narrator.behind[node.node.index()] = is_behind;
        }
        narrator
    }

    /// The sentence of an event, if it deserves one. `before` is the picture before the
    /// event, `after` the one after it.
    pub fn tell(&mut self, event: &Event, before: &Frame, after: &Frame) -> Option<Sentence> {
        match &event.kind {
            EventKind::Node { node, note } => self.tell_note(*node, note, before, after),
            EventKind::Requested { node, request, .. } => Some(Sentence::Requested {
                node: *node,
                subject: Subject::of_request(request),
                down: after.node(*node)?.role().is_none(),
            }),
            EventKind::Answered {
                node,
                result,
                unknown,
                ..
            } => Some(tell_answer(*node, result, *unknown)),
            EventKind::Lost { packet, reason, .. } => {
                // Heartbeats to a dead node are lost all the time.
                (packet.kind != MessageKind::Heartbeat).then_some(Sentence::Lost {
                    from: packet.from,
                    to: packet.to,
                    kind: packet.kind,
                    reason: *reason,
                })
            }
            EventKind::Sent { packet, .. } => {
                let refused = packet.kind == MessageKind::Vote && packet.reject;
                refused.then_some(Sentence::RefusedVote {
                    node: packet.from,
                    candidate: packet.to,
                    term: packet.term.into(),
                })
            }
            EventKind::Acted { action, .. } => {
                if let Action::Restore { node, origin } = &**action {
                    // A new cluster counts from its own beginning on.
                    self.commit = origin.index();
                    self.configured_at = 0;
                    self.behind[node.index()] = false;
                }
                is_told_of(action).then(|| Sentence::Acted {
                    action: Rc::clone(action),
                })
            }
            EventKind::Stream { node, step, .. } => tell_step(*node, step),
            EventKind::Delivered { .. } | EventKind::Rerouted { .. } => None,
        }
    }

    fn tell_note(
        &mut self,
        node: NodeId,
        note: &Note,
        before: &Frame,
        after: &Frame,
    ) -> Option<Sentence> {
        let was = before.node(node)?;
        let is = after.node(node)?;
        match note {
            Note::Started { .. } if event_is_boot(before) => Some(Sentence::Began {
                nodes: after.nodes.len(),
            }),
            Note::Started { .. } => {
                self.behind[node.index()] |= is.commit < self.commit;
                Some(Sentence::Restarted {
                    node,
                    last: is.last(),
                })
            }
            Note::Crashed(_) => Some(Sentence::Crashed {
                node,
                led: was.role() == Some(Role::Leader),
                lost_entries: was.last().saturating_sub(is.last()),
            }),
            Note::TimedOut(Timeout::Election) => Some(Sentence::StandsForElection {
                node,
                term: was.term + 1,
            }),
            Note::TimedOut(Timeout::CheckQuorum) => Some(Sentence::LostMajority { node }),
            Note::Became { role, term, .. } => tell_role(node, was, *role, *term),
            Note::Voted { term, candidate } => tell_vote(node, *candidate, *term, after),
            Note::Appended { entries } => {
                let first = entries.first()?;
                if first.index() <= was.last() {
                    return Some(Sentence::Overwrote {
                        node,
                        from: first.index(),
                    });
                }
                (is.role() == Some(Role::Leader)).then(|| tell_proposed(node, first, is, after.at))
            }
            Note::Synced { through } if *through > was.synced => tell_stored(node, *through, after),
            Note::Committed { index } if *index > self.commit => {
                self.commit = *index;
                let subject = is.entry(*index).map_or(Subject::Empty, Subject::of_entry);
                Some(Sentence::Committed {
                    node,
                    index: *index,
                    subject,
                })
            }
            Note::Applied { index, .. } => {
                let caught_up = *index >= self.commit;
                let was_behind = caught_up && std::mem::take(&mut self.behind[node.index()]);
                was_behind.then_some(Sentence::CaughtUp {
                    node,
                    index: *index,
                })
            }
            Note::Configured { configuration } => {
                self.tell_members(node, configuration, is.applied, before)
            }
            Note::Compacted { snapshot, first } => Some(Sentence::Compacted {
                node,
                snapshot: *snapshot,
                first: *first,
            }),
            Note::Restored(restored) => Some(Sentence::Restored {
                node,
                index: restored.index,
                own: restored.index <= was.snapshot,
            }),
            Note::Halted { reason } => Some(Sentence::Halted {
                node,
                reason: *reason,
            }),
            // Told by what follows: a heartbeat sent, a timer that is drawn, an index that
            // another node knew before.
            Note::TimedOut(Timeout::Heartbeat)
            | Note::TimerReset { .. }
            | Note::LeasesTimed { .. }
            | Note::Synced { .. }
            | Note::Committed { .. } => None,
        }
    }

    /// A change of the membership is told once, by the first node that knows it: the others
    /// follow, and one that starts anew goes through all of them again.
    fn tell_members(
        &mut self,
        node: NodeId,
        configuration: &Rc<Configuration>,
        applied: u64,
        before: &Frame,
    ) -> Option<Sentence> {
        let mut others = before.nodes.iter();
        let is_known = others.any(|other| other.configuration == *configuration);
        if is_known || applied < self.configured_at || event_is_boot(before) {
            return None;
        }
        self.configured_at = applied;
        Some(Sentence::Configured {
            node,
            configuration: Rc::clone(configuration),
        })
    }
}

/// A request's end says all by itself.
pub(super) fn tell_answer(
    node: NodeId,
    result: &Result<Response, Error>,
    unknown: bool,
) -> Sentence {
    match result {
        Ok(response) => Sentence::Answered {
            node,
            revision: response.header().map_or(0, |header| header.revision),
            succeeded: match response {
                Response::Txn(txn) => Some(txn.succeeded),
                _ => None,
            },
        },
        Err(error) => Sentence::Failed {
            node,
            error: error.clone(),
            unknown,
        },
    }
}

/// What is worth telling of a stream; its events say it by themselves.
pub(super) fn tell_step(node: NodeId, step: &StreamStep) -> Option<Sentence> {
    match step {
        StreamStep::Heard(response) => {
            let StreamResponse::Watch(response) = &**response else {
                return None;
            };
            if response.compact_revision != 0 {
                let error = Error::Compacted;
                return Some(Sentence::StreamEnded { node, error });
            }
            let last = response.events.last()?.kv.as_ref()?;
            Some(Sentence::Watched {
                node,
                changes: response.events.len(),
                revision: last.mod_revision,
            })
        }
        StreamStep::Broke(_) => Some(Sentence::StreamBroke { node }),
        StreamStep::Closed(Some(error)) => Some(Sentence::StreamEnded {
            node,
            error: error.clone(),
        }),
        StreamStep::Opened(request) => tell_opened(node, request),
        StreamStep::Said(_) | StreamStep::Closed(None) => None,
    }
}

fn tell_opened(node: NodeId, request: &StreamRequest) -> Option<Sentence> {
    match request {
        StreamRequest::Watch(WatchRequest {
            request: Some(WatchRequestUnion::Create(create)),
        }) => Some(Sentence::Watches {
            node,
            key: create.key.clone(),
            from: create.start_revision,
        }),
        StreamRequest::Watch(_) => None,
        StreamRequest::LeaseKeepAlive(request) => Some(Sentence::KeepsAlive {
            node,
            lease: request.id,
        }),
    }
}

/// The first of a leader's new entries. The end of a lease whose time is over is the leader's
/// own doing, and not a client's.
fn tell_proposed(node: NodeId, first: &LogEntry, leader: &NodeFrame, now: Micros) -> Sentence {
    let index = first.index();
    match Subject::of_entry(first) {
        Subject::Revoke(lease)
            if (leader.leases.get(lease)).is_some_and(|time| time.expires_at <= now) =>
        {
            Sentence::LeaseExpired { node, lease, index }
        }
        subject => Sentence::Proposed {
            node,
            index,
            subject,
        },
    }
}

/// Whether no other event tells of an action.
fn is_told_of(action: &Action) -> bool {
    !matches!(
        action,
        Action::Request { .. }
            | Action::As { .. }
            | Action::Open { .. }
            | Action::Say { .. }
            | Action::Close { .. }
            | Action::Crash { .. }
            | Action::Restart { .. }
            | Action::Message {
                fate: Fate::Drop,
                ..
            }
    )
}

/// Whether the run is beginning: each node starts with three notes.
fn event_is_boot(before: &Frame) -> bool {
    before.events < 3 * before.nodes.len() as u64 && before.at == 0
}

fn tell_role(node: NodeId, was: &NodeFrame, role: Role, term: u64) -> Option<Sentence> {
    match (was.role()?, role) {
        (Role::Leader, Role::Leader) => None,
        (_, Role::Leader) => Some(Sentence::Elected { node, term }),
        (led @ (Role::Leader | Role::Candidate), Role::Follower) => Some(Sentence::SteppedDown {
            node,
            led: led == Role::Leader,
            term,
        }),
        (_, Role::PreCandidate) => Some(Sentence::AsksAhead {
            node,
            term: was.term + 1,
        }),
        _ => None,
    }
}

fn tell_vote(node: NodeId, candidate: NodeId, term: u64, after: &Frame) -> Option<Sentence> {
    if node == candidate {
        return None;
    }
    let configuration = &after.node(candidate)?.configuration;
    let votes_for = |voter: NodeId| {
        let voter = after.node(voter);
        voter.is_some_and(|voter| voter.term == term && voter.vote == Some(candidate))
    };
    Some(Sentence::Voted {
        node,
        candidate,
        term,
        votes: Share::of(&configuration.voters, votes_for),
        outgoing: outgoing(configuration, votes_for),
    })
}

/// How many of those who voted before satisfy a condition, while two configurations are
/// joined.
fn outgoing(configuration: &Configuration, is_one: impl Fn(NodeId) -> bool) -> Option<Share> {
    let outgoing = &configuration.outgoing;
    (!outgoing.is_empty()).then(|| Share::of(outgoing, is_one))
}

fn tell_stored(node: NodeId, index: u64, after: &Frame) -> Option<Sentence> {
    let frame = after.node(node)?;
    let term = frame.entry(index).map(LogEntry::term);
    let holds = |other: NodeId| {
        after.node(other).is_some_and(|other| {
            other.synced >= index && other.entry(index).map(LogEntry::term) == term
        })
    };
    Some(Sentence::Stored {
        node,
        index,
        copies: Share::of(&frame.configuration.voters, holds),
    })
}
