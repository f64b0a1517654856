//! The messages under way in a picture.

use std::collections::VecDeque;

use crate::member::Micros;
use crate::world::{EventId, Packet};

/// A message under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The event with which it left.
    pub sent: EventId,
    /// What it says.
    pub packet: Packet,
    /// When it left.
    pub sent_at: Micros,
    /// When it is to arrive.
    pub arrives_at: Micros,
}

/// The messages under way, by age.
///
/// There are few, every one of them changes soon, and the oldest mostly go first: a queue
/// is several times faster here than a map, and as quick to copy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flights(VecDeque<Flight>);

impl Flights {
    /// Every message, the oldest first.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Flight> {
        self.0.iter()
    }

    /// The message that left with this event, if it is still under way.
    #[must_use]
    pub fn get(&self, sent: &EventId) -> Option<&Flight> {
        self.0.get(self.place(*sent)?)
    }

    /// A message leaves, later than all others.
    pub(super) fn take_off(&mut self, flight: Flight) {
        self.0.push_back(flight);
    }

    /// A message is no longer under way.
    pub(super) fn land(&mut self, sent: EventId) {
        if let Some(place) = self.place(sent) {
            self.0.remove(place);
        }
    }

    fn place(&self, sent: EventId) -> Option<usize> {
        self.0
            .binary_search_by_key(&sent, |flight| flight.sent)
            .ok()
    }
}
