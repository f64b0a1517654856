//! Events into sentences.

use std::collections::BTreeSet;
use std::rc::Rc;

use bytes::Bytes;

use crate::etcd::{Error, InternalRaftRequest, Request};
use crate::member::{LogEntry, NodeId, Note, Role, Timeout};
use crate::trace::{Frame, NodeFrame};
use crate::world::{Event, EventKind, LossReason, MessageKind};

/// What an entry or a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The empty entry with which a leader begins its term.
    Empty,
    /// A put of this key.
    Put(Bytes),
    /// A deletion from this key on.
    Delete(Bytes),
    /// A read from this key on.
    Range(Bytes),
    /// The members of the cluster.
    Members,
}

impl Subject {
    /// What an entry is about.
    #[must_use]
    pub fn of_entry(entry: &LogEntry) -> Self {
        match entry.request() {
            _ if entry.changes_members() => Self::Members,
            Some(InternalRaftRequest {
                attributes: Some(_),
                ..
            }) => Self::Members,
            Some(InternalRaftRequest { put: Some(put), .. }) => Self::Put(put.key.clone()),
            Some(InternalRaftRequest {
                delete_range: Some(delete),
                ..
            }) => Self::Delete(delete.key.clone()),
            _ => Self::Empty,
        }
    }

    /// What a request is about.
    #[must_use]
    pub fn of_request(request: &Request) -> Self {
        match request {
            Request::Range(range) => Self::Range(range.key.clone()),
            Request::Put(put) => Self::Put(put.key.clone()),
            Request::DeleteRange(delete) => Self::Delete(delete.key.clone()),
            Request::MemberAdd(_)
            | Request::MemberRemove(_)
            | Request::MemberUpdate(_)
            | Request::MemberPromote(_)
            | Request::MemberList(_) => Self::Members,
        }
    }
}

/// Something worth saying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sentence {
    /// Every node has just started, and nobody leads.
    Began {
        /// How many nodes.
        nodes: usize,
    },
    /// A node heard from no leader for too long and stands for election.
    StandsForElection {
        /// The node.
        node: NodeId,
        /// The term that it wants to lead.
        term: u64,
    },
    /// A node gave its vote to another.
    Voted {
        /// The node.
        node: NodeId,
        /// Who got the vote.
        candidate: NodeId,
        /// The term.
        term: u64,
        /// How many votes the candidate has been given now, its own among them.
        votes: usize,
        /// How many it needs.
        majority: usize,
    },
    /// A node refused its vote.
    RefusedVote {
        /// The node.
        node: NodeId,
        /// Who asked.
        candidate: NodeId,
        /// The term.
        term: u64,
    },
    /// A candidate won.
    Elected {
        /// The node.
        node: NodeId,
        /// The term that it leads.
        term: u64,
    },
    /// A node that led, or wanted to, follows again.
    SteppedDown {
        /// The node.
        node: NodeId,
        /// Whether it led.
        led: bool,
        /// Its term now.
        term: u64,
    },
    /// A node's power failed.
    Crashed {
        /// The node.
        node: NodeId,
        /// Whether it led.
        led: bool,
        /// Entries that had not reached its disk, and are gone.
        lost_entries: u64,
    },
    /// A node's power came back.
    Restarted {
        /// The node.
        node: NodeId,
        /// The index of the last entry on its disk.
        last: u64,
    },
    /// A client asked a node.
    Requested {
        /// The node.
        node: NodeId,
        /// What for.
        subject: Subject,
        /// Whether it runs at all.
        down: bool,
    },
    /// The leader put a new entry into its log and sends it to the others.
    Proposed {
        /// The leader.
        node: NodeId,
        /// The entry.
        index: u64,
        /// What it is about.
        subject: Subject,
    },
    /// A node has an entry on its disk.
    Stored {
        /// The node.
        node: NodeId,
        /// The index up to which its log is on the disk.
        index: u64,
        /// How many nodes have that entry on their disks.
        copies: usize,
        /// How many nodes there are.
        nodes: usize,
    },
    /// A follower threw entries away that its leader does not have.
    Overwrote {
        /// The follower.
        node: NodeId,
        /// The first entry that went.
        from: u64,
    },
    /// An entry is committed: the first node knows.
    Committed {
        /// The node that knows it first.
        node: NodeId,
        /// The entry.
        index: u64,
        /// What it is about.
        subject: Subject,
    },
    /// A node has everything that is committed again, after it was behind.
    CaughtUp {
        /// The node.
        node: NodeId,
        /// The index that it has applied.
        index: u64,
    },
    /// A request was answered.
    Answered {
        /// The node that was asked.
        node: NodeId,
        /// The revision of the answer.
        revision: i64,
    },
    /// A request failed.
    Failed {
        /// The node that was asked.
        node: NodeId,
        /// Why.
        error: Error,
        /// Whether nobody can say if it was, or will be, carried out.
        unknown: bool,
    },
    /// A message was lost.
    Lost {
        /// The sender.
        from: NodeId,
        /// Who would have got it.
        to: NodeId,
        /// What it was.
        kind: MessageKind,
        /// Why.
        reason: LossReason,
    },
}

/// Picks the sentences of one run.
#[derive(Clone, Debug, Default)]
pub struct Narrator {
    commit: u64,
    /// The nodes that restarted behind the others and have not caught up.
    behind: BTreeSet<NodeId>,
}

impl Narrator {
    /// A narrator who begins in the middle of a run, with this picture.
    #[must_use]
    pub fn at(frame: &Frame) -> Self {
        let commit = frame.commit();
        let is_behind = |node: &&Rc<NodeFrame>| node.role().is_some() && node.applied < commit;
        let mut behind = BTreeSet::new();
        for node in frame.nodes.iter().filter(is_behind) {
            behind.insert(node.node);
        }
        Self { commit, behind }
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
            } => Some(match &**result {
                Ok(response) => Sentence::Answered {
                    node: *node,
                    revision: response.header().map_or(0, |header| header.revision),
                },
                Err(error) => Sentence::Failed {
                    node: *node,
                    error: error.clone(),
                    unknown: *unknown,
                },
            }),
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
            EventKind::Delivered { .. } | EventKind::Acted { .. } | EventKind::Rerouted { .. } => {
                None
            }
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
                if is.commit < self.commit {
                    self.behind.insert(node);
                }
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
            Note::Became { role, term, .. } => tell_role(node, was.role()?, *role, *term),
            Note::Voted { term, candidate } => tell_vote(node, *candidate, *term, after),
            Note::Appended { entries } => {
                let first = entries.first()?;
                if first.index() <= was.last() {
                    return Some(Sentence::Overwrote {
                        node,
                        from: first.index(),
                    });
                }
                (is.role() == Some(Role::Leader)).then(|| Sentence::Proposed {
                    node,
                    index: first.index(),
                    subject: Subject::of_entry(first),
                })
            }
            Note::Synced { through } if *through > was.synced => {
                Some(tell_stored(node, *through, after))
            }
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
                let caught_up = *index >= self.commit && self.behind.remove(&node);
                caught_up.then_some(Sentence::CaughtUp {
                    node,
                    index: *index,
                })
            }
            Note::TimedOut(Timeout::Heartbeat | Timeout::CheckQuorum)
            | Note::TimerReset { .. }
            | Note::Synced { .. }
            | Note::Committed { .. }
            | Note::Configured { .. }
            | Note::Compacted { .. }
            | Note::Restored(_)
            | Note::Halted { .. } => None,
        }
    }
}

fn event_is_boot(before: &Frame) -> bool {
    before.events < 2 * before.nodes.len() as u64 && before.at == 0
}

fn tell_role(node: NodeId, was: Role, role: Role, term: u64) -> Option<Sentence> {
    match (was, role) {
        (Role::Leader, Role::Leader) => None,
        (_, Role::Leader) => Some(Sentence::Elected { node, term }),
        (Role::Leader | Role::Candidate, Role::Follower) => {
            let led = was == Role::Leader;
            Some(Sentence::SteppedDown { node, led, term })
        }
        _ => None,
    }
}

fn tell_vote(node: NodeId, candidate: NodeId, term: u64, after: &Frame) -> Option<Sentence> {
    if node == candidate {
        return None;
    }
    let votes = after
        .nodes
        .iter()
        .filter(|voter| voter.term == term && voter.vote == Some(candidate))
        .count();
    Some(Sentence::Voted {
        node,
        candidate,
        term,
        votes,
        majority: after.nodes.len() / 2 + 1,
    })
}

fn tell_stored(node: NodeId, index: u64, after: &Frame) -> Sentence {
    let entry = after.node(node).and_then(|frame| frame.entry(index));
    let copies = after
        .nodes
        .iter()
        .filter(|other| {
            other.synced >= index
                && other.entry(index).map(LogEntry::term) == entry.map(LogEntry::term)
        })
        .count();
    Sentence::Stored {
        node,
        index,
        copies,
        nodes: after.nodes.len(),
    }
}
