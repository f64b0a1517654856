//! The messages under way.

use crate::member::{Message, Micros, NodeId};

use super::random::{Concern, Stream};
use super::{EventId, Packet, Setup, Span};

/// The most messages under way in the whole network; one more is lost.
const MAX_MESSAGES: usize = 100_000;

/// A message under way.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) sent: EventId,
    pub(super) packet: Packet,
    pub(super) message: Box<Message>,
}

/// Every link of the cluster.
#[derive(Debug)]
pub(super) struct Network {
    latency: Span,
    nodes: usize,
    /// By sender.
    streams: Vec<Stream>,
    /// When the last message of each link arrives, by sender and receiver.
    last_arrival: Vec<Micros>,
    /// The messages under way, at places that are used again.
    flights: Vec<Option<Flight>>,
    free: Vec<u32>,
}

impl Network {
    pub(super) fn new(setup: &Setup, seed: u64) -> Self {
        let nodes = usize::from(setup.nodes);
        Self {
            latency: setup.network.latency,
            nodes,
            streams: NodeId::first(setup.nodes)
                .map(|node| Stream::new(seed, Concern::Latency, node))
                .collect(),
            last_arrival: vec![0; nodes * nodes],
            flights: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Whether another message can be sent.
    pub(super) fn is_full(&self) -> bool {
        self.flights.len() - self.free.len() >= MAX_MESSAGES
    }

    /// When a message that leaves now arrives. Each draws a latency; none overtakes
    /// another on its link.
    pub(super) fn arrival(&mut self, now: Micros, packet: &Packet) -> Micros {
        let drawn = now + self.streams[packet.from.index()].draw(self.latency);
        let last = &mut self.last_arrival[packet.from.index() * self.nodes + packet.to.index()];
        *last = drawn.max(*last + 1);
        *last
    }

    /// Takes a message under way and returns its slot.
    pub(super) fn take_off(&mut self, flight: Flight) -> u32 {
        if let Some(slot) = self.free.pop() {
            self.flights[slot as usize] = Some(flight);
            return slot;
        }
        self.flights.push(Some(flight));
        u32::try_from(self.flights.len() - 1).expect("bounded by MAX_MESSAGES")
    }

    /// Takes the message of a slot out of the network.
    pub(super) fn land(&mut self, slot: u32) -> Option<Flight> {
        let flight = self.flights.get_mut(slot as usize)?.take();
        if flight.is_some() {
            self.free.push(slot);
        }
        flight
    }
}
