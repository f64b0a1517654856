//! The events of a run.

use std::collections::VecDeque;

use crate::member::Micros;
use crate::world::{Event, EventId};

/// How much a record keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordLimits {
    /// The most events, rounded up to a chunk. Once there are more, the oldest chunk is
    /// dropped; the run can still be repeated from its beginning.
    pub max_events: usize,
}

impl Default for RecordLimits {
    fn default() -> Self {
        Self {
            max_events: 131_072,
        }
    }
}

/// How many events fill a chunk. (What happens in one step stays together, so a chunk may
/// hold more.) Where one begins, the run keeps a picture: a smaller chunk makes seeking
/// faster than it has to be, and the live run slower, because what a kept picture shows is
/// copied when it changes. With 8 192 the live run does 0.5 % more instructions; with 1 024
/// it was 2.5 %.
const CHUNK: usize = 8_192;

/// For how many events a chunk has room at first; few ever need more.
const CHUNK_ROOM: usize = CHUNK + CHUNK / 16;

/// Events in a row.
#[derive(Debug)]
struct Chunk {
    /// The number of the first of them.
    first: u64,
    events: Vec<Event>,
}

impl Chunk {
    fn end(&self) -> u64 {
        self.first + self.events.len() as u64
    }

    fn since(&self, id: u64) -> impl DoubleEndedIterator<Item = (EventId, &Event)> {
        let skipped = usize::try_from(id.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let skipped = skipped.min(self.events.len());
        let first = self.first;
        self.events
            .iter()
            .enumerate()
            .skip(skipped)
            .map(move |(offset, event)| (EventId(first + offset as u64), event))
    }
}

/// The events of a run, from the oldest that is kept.
///
/// They stand in chunks. An event is written once, at the end of the newest chunk, and is
/// never moved; the oldest chunk goes as a whole, and its memory becomes the newest's.
#[derive(Debug)]
pub struct Record {
    /// By age; never empty.
    chunks: VecDeque<Chunk>,
    limits: RecordLimits,
}

impl Record {
    /// An empty record.
    #[must_use]
    pub fn new(limits: RecordLimits) -> Self {
        let chunk = Chunk {
            first: 0,
            events: Vec::with_capacity(CHUNK_ROOM),
        };
        Self {
            chunks: VecDeque::from([chunk]),
            limits,
        }
    }

    fn newest(&self) -> &Chunk {
        &self.chunks[self.chunks.len() - 1]
    }

    /// How many events there were, kept or not.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.newest().end()
    }

    /// Whether there was no event yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of the oldest events are not kept any more.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.chunks[0].first
    }

    /// How much is kept.
    #[must_use]
    pub fn limits(&self) -> RecordLimits {
        self.limits
    }

    /// An event, if it is kept.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&Event> {
        let chunk = &self.chunks[self.place(id)];
        let offset = usize::try_from(id.0.checked_sub(chunk.first)?).ok()?;
        chunk.events.get(offset)
    }

    /// The events from `id` on that are kept, each with its number.
    pub fn since(&self, id: EventId) -> impl DoubleEndedIterator<Item = (EventId, &Event)> {
        self.chunks
            .range(self.place(id)..)
            .flat_map(move |chunk| chunk.since(id.0))
    }

    /// The events from `id` on that are kept, in rows. (Whoever looks at every event of a
    /// run is faster with these.)
    pub(super) fn rows_since(&self, id: EventId) -> impl Iterator<Item = &[Event]> {
        self.chunks.range(self.place(id)..).map(move |chunk| {
            let skipped = usize::try_from(id.0.saturating_sub(chunk.first)).unwrap_or(usize::MAX);
            &chunk.events[skipped.min(chunk.events.len())..]
        })
    }

    /// How many events there were until `at`, those of that moment among them; at least as
    /// many as are not kept any more.
    #[must_use]
    pub fn count_until(&self, at: Micros) -> u64 {
        let began = |chunk: &Chunk| chunk.events.first().is_some_and(|event| event.at <= at);
        let after = self.chunks.partition_point(began);
        let Some(chunk) = after
            .checked_sub(1)
            .and_then(|place| self.chunks.get(place))
        else {
            return self.dropped();
        };
        chunk.first + chunk.events.partition_point(|event| event.at <= at) as u64
    }

    /// The place of the chunk that an event is in, if it is kept.
    fn place(&self, id: EventId) -> usize {
        let after = self.chunks.partition_point(|chunk| chunk.first <= id.0);
        after.saturating_sub(1)
    }

    /// The list at whose end the next events go.
    pub(super) fn end(&mut self) -> &mut Vec<Event> {
        let newest = self.chunks.len() - 1;
        &mut self.chunks[newest].events
    }

    /// Begins a new chunk if the newest is full, and drops what is too old; the chunk that
    /// was just filled stays. Says whether a chunk began.
    pub(super) fn tidy(&mut self) -> bool {
        if self.newest().events.len() < CHUNK {
            return false;
        }
        let first = self.len();
        let mut events = Vec::new();
        let kept = |first_kept: u64| usize::try_from(first - first_kept).unwrap_or(usize::MAX);
        while self.chunks.len() > 1 && kept(self.chunks[1].first) >= self.limits.max_events {
            events = self
                .chunks
                .pop_front()
                .map(|old| old.events)
                .unwrap_or_default();
        }
        events.clear();
        events.reserve(CHUNK_ROOM);
        self.chunks.push_back(Chunk { first, events });
        true
    }
}
