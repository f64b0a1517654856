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

/// How many events fill a page. (What happens in one step stays together, so a page may hold
/// more.) A page that is used again is read as it is emptied and soon written anew, so it is
/// to stay in a processor's caches meanwhile.
const PAGE: usize = 1_024;

/// For how many events a page has room at first; few ever need more.
const PAGE_ROOM: usize = PAGE + PAGE / 4;

/// How many pages make a chunk. Where one begins, the run keeps a picture: a smaller chunk
/// makes seeking faster than it has to be, and the live run slower, because what a kept picture
/// shows is copied when it changes. With 8 192 events the live run does 0.5 % more
/// instructions; with 1 024 it was 2.5 %.
const CHUNK_PAGES: usize = 8;

/// Events in a row.
#[derive(Debug)]
struct Page {
    /// The number of the first of them.
    first: u64,
    events: Vec<Event>,
}

impl Page {
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
/// They stand on pages. An event is written once, at the end of the newest page, and is never
/// moved. The oldest pages go by chunks, and are used again.
#[derive(Debug)]
pub struct Record {
    /// By age; never empty, and the first of them begins a chunk.
    pages: VecDeque<Page>,
    /// How many of them belong to the newest chunk.
    newest_chunk: usize,
    /// Pages that are not kept any more, at most those of the chunks that went last. What is
    /// still on them goes when they are used again, just before it is overwritten.
    spare: Vec<Vec<Event>>,
    limits: RecordLimits,
}

impl Record {
    /// An empty record.
    #[must_use]
    pub fn new(limits: RecordLimits) -> Self {
        let page = Page {
            first: 0,
            events: Vec::with_capacity(PAGE_ROOM),
        };
        Self {
            pages: VecDeque::from([page]),
            newest_chunk: 1,
            spare: Vec::new(),
            limits,
        }
    }

    fn newest(&self) -> &Page {
        &self.pages[self.pages.len() - 1]
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
        self.pages[0].first
    }

    /// How much is kept.
    #[must_use]
    pub fn limits(&self) -> RecordLimits {
        self.limits
    }

    /// An event, if it is kept.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&Event> {
        let page = &self.pages[self.place(id)];
        let offset = usize::try_from(id.0.checked_sub(page.first)?).ok()?;
        page.events.get(offset)
    }

    /// The events from `id` on that are kept, each with its number.
    pub fn since(&self, id: EventId) -> impl DoubleEndedIterator<Item = (EventId, &Event)> {
        self.pages
            .range(self.place(id)..)
            .flat_map(move |page| page.since(id.0))
    }

    /// The events from `id` on that are kept, in rows. (Whoever looks at every event of a
    /// run is faster with these.)
    pub(super) fn rows_since(&self, id: EventId) -> impl Iterator<Item = &[Event]> {
        self.pages.range(self.place(id)..).map(move |page| {
            let skipped = usize::try_from(id.0.saturating_sub(page.first)).unwrap_or(usize::MAX);
            &page.events[skipped.min(page.events.len())..]
        })
    }

    /// How many events there were until `at`, those of that moment among them; at least as
    /// many as are not kept any more.
    #[must_use]
    pub fn count_until(&self, at: Micros) -> u64 {
        let began = |page: &Page| page.events.first().is_some_and(|event| event.at <= at);
        let after = self.pages.partition_point(began);
        let Some(page) = after.checked_sub(1).and_then(|place| self.pages.get(place)) else {
            return self.dropped();
        };
        page.first + page.events.partition_point(|event| event.at <= at) as u64
    }

    /// The place of the page that an event is on, if it is kept.
    fn place(&self, id: EventId) -> usize {
        let after = self.pages.partition_point(|page| page.first <= id.0);
        after.saturating_sub(1)
    }

    /// The list at whose end the next events go.
    pub(super) fn end(&mut self) -> &mut Vec<Event> {
        let newest = self.pages.len() - 1;
        &mut self.pages[newest].events
    }

    /// Begins a new page if the newest is full. Says whether a chunk began with it; then the
    /// chunks that are too old were dropped, but for the one that was just filled.
    pub(super) fn tidy(&mut self) -> bool {
        if self.newest().events.len() < PAGE {
            return false;
        }
        let begins_chunk = self.newest_chunk == CHUNK_PAGES;
        if begins_chunk {
            self.newest_chunk = 0;
            self.drop_old_chunks();
        }
        let first = self.len();
        let mut events = self.spare.pop().unwrap_or_default();
        events.clear();
        events.reserve(PAGE_ROOM);
        self.pages.push_back(Page { first, events });
        self.newest_chunk += 1;
        begins_chunk
    }

    fn drop_old_chunks(&mut self) {
        let end = self.len();
        let kept_from = |first: u64| usize::try_from(end - first).unwrap_or(usize::MAX);
        while let Some(second) = self.pages.get(CHUNK_PAGES)
            && kept_from(second.first) >= self.limits.max_events
        {
            let oldest = self.pages.drain(..CHUNK_PAGES);
            self.spare.extend(oldest.map(|page| page.events));
        }
    }
}
