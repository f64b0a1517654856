//! The messages under way in a picture.

use crate::member::Micros;
use crate::world::{EventId, Packet, Slot};

/// A message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The event with which it left.
    pub sent: EventId,
    /// What it says.
    pub packet: Packet,
    /// When it left.
    pub sent_at: Micros,
    /// When it is to arrive; `None` while it is held.
    pub arrives_at: Option<Micros>,
}

/// The messages under way, by slot.
///
/// Every one of them changes soon, so this is a plain list: taking one in or out costs
/// O(1), and a copy as much as there are slots.
#[derive(Clone, Debug, Default)]
pub struct Flights(Vec<Option<Flight>>);

impl Flights {
    /// Every message, the oldest first.
    #[must_use]
    pub fn by_age(&self) -> Vec<&Flight> {
        let mut flights: Vec<&Flight> = self.0.iter().flatten().collect();
        flights.sort_by_key(|flight| flight.sent);
        flights
    }

    /// The message that left with this event, if it is still under way.
    #[must_use]
    pub fn get(&self, sent: EventId) -> Option<&Flight> {
        self.0.iter().flatten().find(|flight| flight.sent == sent)
    }

    /// Every message with its slot, without the slots that are free.
    pub(super) fn packed(&self) -> Vec<(Slot, Flight)> {
        (0..)
            .zip(&self.0)
            .filter_map(|(slot, flight)| Some((slot, (*flight)?)))
            .collect()
    }

    /// Messages at their slots again.
    pub(super) fn unpacked(packed: &[(Slot, Flight)]) -> Self {
        let mut flights = Self::default();
        for (slot, flight) in packed {
            flights.take_off(*slot, *flight);
        }
        flights
    }

    /// A message leaves.
    pub(super) fn take_off(&mut self, slot: Slot, flight: Flight) {
        let place = slot as usize;
        if place >= self.0.len() {
            self.0.resize(place + 1, None);
        }
        self.0[place] = Some(flight);
    }

    /// A message will arrive at another time.
    pub(super) fn reroute(&mut self, slot: Slot, arrives_at: Option<Micros>) {
        if let Some(Some(flight)) = self.0.get_mut(slot as usize) {
            flight.arrives_at = arrives_at;
        }
    }

    /// A message is no longer under way.
    pub(super) fn land(&mut self, slot: Slot) {
        if let Some(place) = self.0.get_mut(slot as usize) {
            *place = None;
        }
    }
}

/// By what is under way; how many slots are free does not count.
impl PartialEq for Flights {
    fn eq(&self, other: &Self) -> bool {
        self.by_age() == other.by_age()
    }
}
