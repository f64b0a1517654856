//! The messages under way.

use crate::member::{Message, Micros, NodeId};

use super::links::{End, Links, Passage};
use super::queue::Due;
use super::{EventId, Packet, Setup, Slot};

/// The most messages under way in the whole network; one more is lost.
pub(super) const MAX_MESSAGES: usize = 100_000;

/// The most boxes that are kept to be used again.
const MAX_SPARE: usize = 1_024;

/// The time of what does not come by itself: a message that is held.
const NEVER: Micros = Micros::MAX;

/// The time of a message that has arrived and waits for its receiver to go on.
const AT_THE_DOOR: Micros = Micros::MAX - 1;

/// What is known of a message under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub(super) sent: EventId,
    pub(super) packet: Packet,
    /// When it arrives, if nothing happens to it on the way.
    pub(super) arrives_at: Micros,
    /// When its way ends: as it arrives, or before, where it is lost by chance; or one of
    /// the two times above. What the queue holds for another time is out of date.
    due_at: Micros,
}

impl Flight {
    pub(super) fn new(sent: EventId, packet: Packet, passage: &Passage) -> Self {
        let due_at = match passage.end {
            End::DiesAt(at) => at,
            End::Arrives | End::DiesNow(_) => passage.arrives_at,
        };
        Self {
            sent,
            packet,
            arrives_at: passage.arrives_at,
            due_at,
        }
    }

    /// A message that arrives at this time, if nobody does anything to it.
    pub(super) fn whole(sent: EventId, packet: Packet, arrives_at: Micros) -> Self {
        Self {
            sent,
            packet,
            arrives_at,
            due_at: arrives_at,
        }
    }

    /// Whether it is lost by chance where its way ends.
    pub(super) fn is_doomed(&self) -> bool {
        self.due_at < self.arrives_at
    }

    /// Whether it is held.
    pub(super) fn is_held(&self) -> bool {
        self.due_at == NEVER
    }

    /// What is to be put into the queue for it, and for when.
    pub(super) fn due(&self, slot: Slot) -> (Micros, Due) {
        let mark = mark(self.sent);
        (self.due_at, Due::Arrival { slot, mark })
    }
}

/// What tells a message from another one that had its slot before: the low half of the
/// number of its event. (Two that share it are four thousand million events apart.)
fn mark(sent: EventId) -> u32 {
    (sent.0 & 0xffff_ffff) as u32
}

/// A place for a message under way.
#[derive(Debug)]
struct Place {
    /// What is known of the message that is there, or was there last.
    flight: Flight,
    /// The message; `None` if the place is free.
    message: Option<Box<Message>>,
}

impl Place {
    fn flight(&self) -> Option<&Flight> {
        self.message.is_some().then_some(&self.flight)
    }
}

/// Every message under way, and the links that they go by.
#[derive(Debug)]
pub(super) struct Network {
    pub(super) links: Links,
    /// The messages under way, by slot. Slots are used again.
    places: Vec<Place>,
    free: Vec<Slot>,
    /// Boxes whose messages were delivered. A message is large and changes hands often, so
    /// it is moved once into a box and once out of it.
    #[expect(clippy::vec_box, reason = "the boxes are what is kept")]
    spare: Vec<Box<Message>>,
}

impl Network {
    pub(super) fn new(setup: &Setup, seed: u64) -> Self {
        Self {
            links: Links::new(setup, seed),
            places: Vec::new(),
            free: Vec::new(),
            spare: Vec::new(),
        }
    }

    /// A free slot, and whether a message may take it: not if as many as are allowed are
    /// under way.
    pub(super) fn next_slot(&self) -> (Slot, bool) {
        let next = self.free.last().copied();
        let slot = next.unwrap_or_else(|| u32::try_from(self.places.len()).unwrap_or(u32::MAX));
        (slot, (slot as usize) < MAX_MESSAGES)
    }

    /// Takes a message under way, out of `message`, at the next free slot.
    pub(super) fn take_off(&mut self, flight: Flight, message: &mut Message) {
        let mut boxed = self.spare.pop().unwrap_or_default();
        std::mem::swap(&mut *boxed, message);
        let message = Some(boxed);
        match self.free.pop() {
            Some(slot) => {
                let place = &mut self.places[slot as usize];
                place.flight = flight;
                place.message = message;
            }
            None => self.places.push(Place { flight, message }),
        }
    }

    /// The message of a slot, if an arrival that the queue held for now was meant for it.
    #[inline]
    pub(super) fn due_now(&self, slot: Slot, of: u32, now: Micros) -> Option<&Flight> {
        let flight = self.places.get(slot as usize)?.flight()?;
        (flight.due_at == now && mark(flight.sent) == of).then_some(flight)
    }

    /// Leaves the message of a slot at the door of its receiver.
    pub(super) fn leave_at_the_door(&mut self, slot: Slot) {
        if let Some(place) = self.places.get_mut(slot as usize) {
            place.flight.due_at = AT_THE_DOOR;
        }
    }

    /// The slot of a message that is still under way.
    pub(super) fn find(&self, sent: EventId) -> Option<(Slot, &Flight)> {
        let places = self.places.iter().zip(0..);
        let mut of_all = places.filter_map(|(place, slot)| Some((slot, place.flight()?)));
        of_all.find(|(_, flight)| flight.sent == sent && flight.due_at != AT_THE_DOOR)
    }

    /// What is under way at a slot; what has arrived, and waits there, is not any more.
    pub(super) fn packet(&self, slot: Slot) -> Option<Packet> {
        let flight = self.places.get(slot as usize)?.flight()?;
        (flight.due_at != AT_THE_DOOR).then_some(flight.packet)
    }

    /// The slots of what is under way from a node or to it.
    pub(super) fn slots_of(&self, node: NodeId) -> Vec<Slot> {
        let places = self.places.iter().zip(0..);
        let mut slots = Vec::new();
        for (flight, slot) in places.filter_map(|(place, slot)| Some((place.flight()?, slot))) {
            let is_of = [flight.packet.from, flight.packet.to].contains(&node);
            if is_of && flight.due_at != AT_THE_DOOR {
                slots.push(slot);
            }
        }
        slots
    }

    /// Has a message arrive at another time; `None` holds it. Chance leaves it alone from
    /// now on.
    pub(super) fn reroute(&mut self, slot: Slot, arrives_at: Option<Micros>) -> Option<&Flight> {
        let place = self.places.get_mut(slot as usize)?;
        place.message.as_ref()?;
        let flight = &mut place.flight;
        flight.due_at = arrives_at.unwrap_or(NEVER);
        flight.arrives_at = flight.due_at;
        Some(flight)
    }

    /// A copy of a message under way.
    pub(super) fn copy(&self, slot: Slot) -> Option<Message> {
        let message = self.places.get(slot as usize)?.message.as_deref();
        message.cloned()
    }

    /// Takes the message of a slot out of the network, and tells what is known of it.
    #[inline]
    pub(super) fn land(&mut self, slot: Slot) -> Option<(&Flight, Box<Message>)> {
        let place = self.places.get_mut(slot as usize)?;
        let message = place.message.take()?;
        self.free.push(slot);
        Some((&place.flight, message))
    }

    /// Takes the box of a message that was delivered, with what is left of it.
    pub(super) fn give_back(&mut self, boxed: Box<Message>) {
        if self.spare.len() < MAX_SPARE {
            self.spare.push(boxed);
        }
    }
}
