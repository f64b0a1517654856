//! The events of a run.

use std::collections::VecDeque;

use crate::world::{Event, EventId};

/// How much a record keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordLimits {
    /// The most events. Once there are more, the oldest are dropped; the run can still be
    /// repeated from its beginning.
    pub max_events: usize,
}

impl Default for RecordLimits {
    fn default() -> Self {
        Self {
            max_events: 400_000,
        }
    }
}

/// The events of a run, from the oldest that is kept.
#[derive(Debug)]
pub struct Record {
    events: VecDeque<Event>,
    /// How many events were dropped before the first that is kept.
    dropped: u64,
    limits: RecordLimits,
}

impl Record {
    /// An empty record.
    #[must_use]
    pub fn new(limits: RecordLimits) -> Self {
        Self {
            // At once, because growing would copy everything again and again; memory that
            // is not written yet costs nothing.
            events: VecDeque::with_capacity(limits.max_events),
            dropped: 0,
            limits,
        }
    }

    /// How many events there were, kept or not.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.dropped + self.events.len() as u64
    }

    /// Whether there was no event yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of the oldest events are not kept any more.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How much is kept.
    #[must_use]
    pub fn limits(&self) -> RecordLimits {
        self.limits
    }

    /// An event, if it is kept.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&Event> {
        let place = usize::try_from(id.0.checked_sub(self.dropped)?).ok()?;
        self.events.get(place)
    }

    /// The events from `id` on that are kept, each with its number.
    pub fn since(&self, id: EventId) -> impl DoubleEndedIterator<Item = (EventId, &Event)> {
        let skipped = id.0.saturating_sub(self.dropped);
        let place = usize::try_from(skipped)
            .unwrap_or(usize::MAX)
            .min(self.events.len());
        let first = self.dropped + place as u64;
        self.events
            .range(place..)
            .enumerate()
            .map(move |(offset, event)| (EventId(first + offset as u64), event))
    }

    /// Takes the next event in.
    pub fn push(&mut self, event: Event) {
        if self.events.len() >= self.limits.max_events.max(1) {
            self.events.pop_front();
            self.dropped += 1;
        }
        self.events.push_back(event);
    }
}
