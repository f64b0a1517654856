//! A picture of the whole cluster, folded from events.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::etcd::{self, MemberInfo, Response};
use crate::member::{Micros, NodeId, RequestId, Role};
use crate::order::Ascending;
use crate::world::{Action, Event, EventId, EventKind, Fate, LossReason, Packet, Workload};

use super::streams;
use super::{Flight, Flights, Links, NodeFrame, SharedLog, SharedShelf, StreamFrames};

/// How long a lost message stays in the picture, in µs.
pub const LOSS_SHOWN_US: Micros = 600_000;

/// The most lost messages that stay in the picture.
const MAX_LOSSES: usize = 64;

/// A message that was lost a moment ago.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// The event with which it left.
    pub sent: EventId,
    /// What it said.
    pub packet: Packet,
    /// When it left.
    pub sent_at: Micros,
    /// When it would have arrived; `None` if it was held.
    pub arrives_at: Option<Micros>,
    /// When it was lost.
    pub at: Micros,
    /// Why.
    pub reason: LossReason,
    /// How much of its way it had behind it, from 0 to 1.
    pub passed: f64,
}

/// The whole cluster after an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// How many events it is made of.
    pub events: u64,
    /// The time of the last of them.
    pub at: Micros,
    /// By node.
    pub nodes: Vec<Rc<NodeFrame>>,
    /// What is different about the links.
    pub links: Rc<Links>,
    /// The messages under way, and those that wait at the door of a node that is paused.
    pub flights: Flights,
    /// The messages lost lately, oldest first.
    pub losses: VecDeque<Loss>,
    /// The requests that have not ended, with the node that each was put to.
    pub requests: Ascending<RequestId, NodeId>,
    /// How many requests and streams were begun so far; the number of the newest.
    pub requests_begun: u64,
    /// How clients work by themselves.
    pub workload: Rc<Workload>,
    /// What each of these clients waits for, by its number.
    pub clients: Ascending<u32, RequestId>,
    /// The open streams.
    pub streams: Rc<StreamFrames>,
    /// The members as one of them told a client last; empty before that.
    pub members: Rc<Vec<MemberInfo>>,
    /// How many messages were sent so far.
    pub messages_sent: u64,
    /// The last message that was sent, or that a person doubled, with that event: the same
    /// message that leaves because of it is a copy.
    pub(super) copied: Option<(EventId, Packet)>,
}

impl Frame {
    /// The picture before the first event.
    #[must_use]
    pub fn new(nodes: u8) -> Self {
        Self {
            events: 0,
            at: 0,
            nodes: NodeId::first(nodes)
                .map(|node| Rc::new(NodeFrame::new(node)))
                .collect(),
            links: Rc::default(),
            flights: Flights::default(),
            losses: VecDeque::new(),
            requests: Ascending::default(),
            requests_begun: 0,
            workload: Rc::default(),
            clients: Ascending::default(),
            streams: Rc::default(),
            members: Rc::default(),
            messages_sent: 0,
            copied: None,
        }
    }

    /// A node of the cluster.
    #[must_use]
    pub fn node(&self, node: NodeId) -> Option<&Rc<NodeFrame>> {
        self.nodes.get(node.index())
    }

    /// The leader of the highest term that has one. There may be an older one that does
    /// not know yet.
    #[must_use]
    pub fn leader(&self) -> Option<&Rc<NodeFrame>> {
        self.nodes
            .iter()
            .filter(|node| node.role() == Some(Role::Leader))
            .max_by_key(|node| node.term)
    }

    /// Where the others reach a node: the addresses that a client was told last, with commas
    /// between them, or else those that every machine has.
    #[must_use]
    pub fn peer_urls(&self, node: NodeId) -> String {
        let name = node.to_string();
        let told = self.members.iter().find(|member| member.name == name);
        told.map_or_else(
            || etcd::peer_url(node.number().into()),
            |member| member.peer_urls.join(","),
        )
    }

    /// The highest commit index of any node.
    #[must_use]
    pub fn commit(&self) -> u64 {
        self.nodes.iter().map(|node| node.commit).max().unwrap_or(0)
    }

    /// Takes the next event in. Costs O(log n) in the size of what is shown.
    #[inline]
    pub fn apply(&mut self, event: &Event) {
        let id = EventId(self.events);
        self.events += 1;
        self.at = event.at;
        self.forget_losses();
        match &event.kind {
            EventKind::Node { node, note } => {
                if let Some(frame) = self.nodes.get_mut(node.index()) {
                    let frame = Rc::make_mut(frame);
                    frame.apply(event.at, note);
                    if frame.shelf.is_due() || frame.log.is_due() {
                        self.merge_at(*node);
                    }
                }
            }
            EventKind::Sent {
                packet,
                arrives_at,
                slot,
            } => {
                self.messages_sent += 1;
                let mut flight = Flight::new(id, *packet, event.at, *arrives_at);
                let original = self.copied.filter(|(id, _)| Some(*id) == event.cause());
                flight.is_copy = original.is_some_and(|(_, copied)| copied == *packet);
                self.copied = Some((id, *packet));
                self.flights.take_off(*slot, flight);
            }
            EventKind::Delivered { slot, .. } => self.flights.arrive(*slot),
            _ => self.apply_rarer(id, event),
        }
    }

    /// Takes an event in that is not about a node or a message that takes its way. (It is kept
    /// out of what is called for every event.)
    #[inline(never)]
    fn apply_rarer(&mut self, id: EventId, event: &Event) {
        match &event.kind {
            EventKind::Node { .. } | EventKind::Sent { .. } | EventKind::Delivered { .. } => {}
            EventKind::Lost {
                sent,
                packet,
                slot,
                reason,
            } => {
                let flight = self.flights.land(*slot);
                self.lose(Loss {
                    sent: *sent,
                    packet: *packet,
                    sent_at: flight.map_or(event.at, |flight| flight.sent_at),
                    arrives_at: flight.and_then(|flight| flight.arrives_at),
                    at: event.at,
                    reason: *reason,
                    passed: flight.map_or(0.0, |flight| flight.passed(event.at)),
                });
            }
            EventKind::Acted { action, .. } => {
                if let Action::Message {
                    sent,
                    fate: Fate::Duplicate,
                } = **action
                {
                    self.copied = self.flights.get(sent).map(|flight| (id, flight.packet));
                }
                self.act(action);
            }
            EventKind::Rerouted {
                slot, arrives_at, ..
            } => self.flights.reroute(*slot, event.at, *arrives_at),
            EventKind::Requested {
                id, node, client, ..
            } => {
                self.requests.insert(*id, *node);
                self.requests_begun = id.0;
                if let Some(client) = client {
                    self.clients.insert(*client, *id);
                }
            }
            EventKind::Answered { id, result, .. } => {
                self.requests.remove(id);
                self.clients.retain(|_, request| request != id);
                let members = result.as_ref().as_ref().map_or(&[][..], Response::members);
                if !members.is_empty() {
                    self.members = Rc::new(members.to_vec());
                }
            }
            EventKind::Stream { id, node, step } => {
                self.requests_begun = self.requests_begun.max(id.0);
                let is_up = self.node(*node).is_some_and(|node| node.role().is_some());
                let streams = Rc::make_mut(&mut self.streams);
                streams::apply(streams, event, *id, *node, step, is_up);
            }
        }
    }

    /// What is new at a node becomes what nodes share.
    #[cold]
    fn merge_at(&mut self, node: NodeId) {
        let (nodes, place) = (&mut self.nodes[..], node.index());
        if nodes[place].shelf.is_due() {
            SharedShelf::merge(nodes, place, |node| &node.shelf, |node| &mut node.shelf);
        }
        if nodes[place].log.is_due() {
            SharedLog::merge(nodes, place, |node| &node.log, |node| &mut node.log);
        }
    }

    /// What an action changes that no other event tells.
    fn act(&mut self, action: &Action) {
        match action {
            Action::Join { node } => {
                let known = u8::try_from(self.nodes.len()).unwrap_or(u8::MAX);
                let new = NodeId::first(node.number()).skip(known.into());
                self.nodes
                    .extend(new.map(|node| Rc::new(NodeFrame::new(node))));
                if let Some(frame) = self.nodes.get_mut(node.index()) {
                    *frame = Rc::new(NodeFrame::new(*node));
                }
            }
            Action::Link { from, to, change } => {
                Rc::make_mut(&mut self.links).change(*from, *to, *change);
            }
            Action::Partition { groups } => {
                let nodes: Vec<NodeId> = self.nodes.iter().map(|node| node.node).collect();
                Rc::make_mut(&mut self.links).partition(&nodes, groups);
            }
            Action::Heal => Rc::make_mut(&mut self.links).heal(),
            Action::Workload { workload } => self.workload = Rc::new(workload.clone()),
            Action::Pause { node }
            | Action::Resume { node }
            | Action::Disk { node, .. }
            | Action::Clock { node, .. }
            | Action::Options { node, .. } => {
                if let Some(frame) = self.nodes.get_mut(node.index()) {
                    Rc::make_mut(frame).act(action);
                }
            }
            Action::Wipe { node } => self.empty(*node),
            Action::Restore { node, origin } => {
                // A new cluster has the addresses that machines have.
                self.members = Rc::default();
                if let Some(frame) = self.nodes.get_mut(node.index()) {
                    Rc::make_mut(frame).found(origin);
                }
            }
            _ => {}
        }
    }

    /// The node's disk has nothing any more; its machine is the same.
    fn empty(&mut self, node: NodeId) {
        if let Some(frame) = self.nodes.get_mut(node.index()) {
            *frame = Rc::new(NodeFrame {
                machine: frame.machine,
                next_options: frame.next_options.clone(),
                ..NodeFrame::new(node)
            });
        }
    }

    fn lose(&mut self, loss: Loss) {
        if self.losses.len() == MAX_LOSSES {
            self.losses.pop_front();
        }
        self.losses.push_back(loss);
    }

    fn forget_losses(&mut self) {
        let since = self.at.saturating_sub(LOSS_SHOWN_US);
        while self.losses.front().is_some_and(|loss| loss.at < since) {
            self.losses.pop_front();
        }
    }
}
