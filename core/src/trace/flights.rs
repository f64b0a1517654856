//! The messages under way in a picture.

use crate::member::Micros;
use crate::order::sort_long;
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
    /// Whether it is a copy of another, made by chance or by a person.
    pub is_copy: bool,
    /// Whether a person delayed it.
    pub is_delayed: bool,
    /// When it left, or was held or delayed last.
    turned_at: Micros,
    /// How much of its way it had behind it then, of [`WHOLE_WAY`].
    way_done: u16,
}

/// A message's whole way, in the parts that it is measured in.
const WHOLE_WAY: u16 = 1 << 15;

impl Flight {
    /// A message that leaves.
    pub(super) fn new(sent: EventId, packet: Packet, sent_at: Micros, arrives_at: Micros) -> Self {
        Self {
            sent,
            packet,
            sent_at,
            arrives_at: Some(arrives_at),
            is_copy: false,
            is_delayed: false,
            turned_at: sent_at,
            way_done: 0,
        }
    }

    /// How much of its way it has behind it at `now`, from 0 to 1: it goes evenly from where
    /// it was when it left, or was delayed, to its arrival.
    #[must_use]
    pub fn passed(&self, now: Micros) -> f64 {
        f64::from(self.way_at(now)) / f64::from(WHOLE_WAY)
    }

    fn way_at(&self, now: Micros) -> u16 {
        let Some(arrives_at) = self.arrives_at else {
            return self.way_done;
        };
        let left = u128::from(WHOLE_WAY - self.way_done);
        let whole = u128::from(arrives_at.saturating_sub(self.turned_at).max(1));
        let passed = u128::from(now.saturating_sub(self.turned_at)).min(whole);
        // At most what is left.
        self.way_done + u16::try_from(left * passed / whole).unwrap_or(0)
    }

    /// It will arrive at another time from now on; `None` holds it.
    fn turn(&mut self, now: Micros, arrives_at: Option<Micros>) {
        self.way_done = self.way_at(now);
        self.turned_at = now;
        self.arrives_at = arrives_at;
        self.is_delayed = arrives_at.is_some();
    }
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
        sort_long(&mut flights, |a, b| a.sent.cmp(&b.sent));
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

    /// A message will arrive at another time, as it is known now.
    pub(super) fn reroute(&mut self, slot: Slot, now: Micros, arrives_at: Option<Micros>) {
        if let Some(Some(flight)) = self.0.get_mut(slot as usize) {
            flight.turn(now, arrives_at);
        }
    }

    /// A message has arrived. (Nearly all do, and nobody asks what it was.)
    pub(super) fn arrive(&mut self, slot: Slot) {
        if let Some(flight) = self.0.get_mut(slot as usize) {
            *flight = None;
        }
    }

    /// A message is no longer under way; returns it as it was.
    pub(super) fn land(&mut self, slot: Slot) -> Option<Flight> {
        self.0.get_mut(slot as usize)?.take()
    }
}

/// By what is under way; how many slots are free does not count.
impl PartialEq for Flights {
    fn eq(&self, other: &Self) -> bool {
        self.by_age() == other.by_age()
    }
}
