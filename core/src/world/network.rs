//! The messages under way.

use crate::member::{Message, Micros, NodeId};

use super::random::{Concern, Stream};
use super::{EventId, MAX_NODES, Packet, Setup, Slot, Span};

/// The most messages under way in the whole network; one more is lost.
const MAX_MESSAGES: usize = 100_000;

/// The most boxes that are kept to be used again.
const MAX_SPARE: usize = 1_024;

/// What is known of a message under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) sent: EventId,
    pub(super) packet: Packet,
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
    flights: Vec<Option<(Flight, Box<Message>)>>,
    free: Vec<Slot>,
    /// Boxes whose messages were delivered. A message is large and changes hands often, so
    /// it is moved once into a box and once out of it.
    #[expect(clippy::vec_box, reason = "the boxes are what is kept")]
    spare: Vec<Box<Message>>,
}

impl Network {
    pub(super) fn new(setup: &Setup, seed: u64) -> Self {
        let nodes = usize::from(MAX_NODES);
        Self {
            latency: Span {
                min_us: setup.network.latency.min_us,
                max_us: setup.network.latency.max_us,
            },
            nodes,
            streams: NodeId::first(MAX_NODES)
                .map(|node| Stream::new(seed, Concern::Latency, node))
                .collect(),
            last_arrival: vec![0; nodes * nodes],
            flights: Vec::new(),
            free: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// When a message that leaves now arrives. Each draws a latency; none overtakes
    /// another on its link.
    pub(super) fn arrival(&mut self, now: Micros, packet: &Packet) -> Micros {
        let drawn = now + self.streams[packet.from.index()].draw(self.latency);
        let last = &mut self.last_arrival[packet.from.index() * self.nodes + packet.to.index()];
        *last = drawn.max(*last + 1);
        *last
    }

    /// A free slot, and whether a message may take it: not if as many as are allowed are
    /// under way.
    pub(super) fn next_slot(&self) -> (Slot, bool) {
        let next = self.free.last().copied();
        let slot = next.unwrap_or_else(|| u32::try_from(self.flights.len()).unwrap_or(u32::MAX));
        (slot, (slot as usize) < MAX_MESSAGES)
    }

    /// Takes a message under way, out of `message`, at the next free slot.
    pub(super) fn take_off(&mut self, flight: Flight, message: &mut Message) {
        let mut boxed = self.spare.pop().unwrap_or_default();
        *boxed = std::mem::take(message);
        let flight = Some((flight, boxed));
        match self.free.pop() {
            Some(slot) => self.flights[slot as usize] = flight,
            None => self.flights.push(flight),
        }
    }

    /// Takes the message of a slot out of the network.
    pub(super) fn land(&mut self, slot: Slot) -> Option<(Flight, Box<Message>)> {
        let flight = self.flights.get_mut(slot as usize)?.take();
        if flight.is_some() {
            self.free.push(slot);
        }
        flight
    }

    /// Takes the box of a message that was delivered.
    pub(super) fn give_back(&mut self, boxed: Box<Message>) {
        if self.spare.len() < MAX_SPARE {
            self.spare.push(boxed);
        }
    }
}
