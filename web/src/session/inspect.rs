//! The events of the shown branch, looked at one by one.

use std::ops::Range;

use glassraft_core::check::{Promise, Verdict};
use glassraft_core::lesson::{Sentence, plain};
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::trace::{EventClass, EventFilter, Fact, KeyHistory, Listing, facts, text};
use glassraft_core::world::{Event, EventId};

use super::{Reason, Session};

/// The most effects of an event that are listed.
const MAX_EFFECTS: usize = 24;

/// One event in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EventRow {
    /// Its number.
    pub(crate) id: EventId,
    /// When it happened.
    pub(crate) at: Micros,
    /// Where it happened.
    pub(crate) node: NodeId,
    /// What kind it is of.
    pub(crate) class: EventClass,
    /// What happened, in the words of the trace.
    pub(crate) what: String,
    /// The same for people.
    pub(crate) told: Sentence,
    /// The promise that it broke.
    pub(crate) broke: Option<Promise>,
}

/// The part of a list that is in sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// How many events the list has.
    pub(crate) total: usize,
    /// The place of the newest of them that is shown on the stage.
    pub(crate) place: Option<usize>,
}

/// All that there is to say about an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Detail {
    /// Its line in a list.
    pub(crate) row: EventRow,
    /// What happened, in a word, and part by part.
    pub(crate) word: &'static str,
    /// The parts.
    pub(crate) facts: Vec<Fact>,
    /// Why.
    pub(crate) reason: Option<Reason>,
    /// What it led to at once, and whether there is more.
    pub(crate) effects: (Vec<EventRow>, bool),
}

impl Session {
    /// Makes the list of the events that a filter lets through, and says how long it is.
    pub(crate) fn list(&mut self, filter: EventFilter) -> Listed {
        let key = (self.branch(), filter);
        if self.asked.listed != Some(key) {
            self.asked.listed = Some(key);
            self.asked.listing = Listing::new(filter);
        }
        self.asked.listing.follow(self.branches.run().record());
        Listed {
            total: self.asked.listing.len(),
            place: self.place_of(self.shown.events),
        }
    }

    fn place_of(&self, events: u64) -> Option<usize> {
        self.asked.listing.count_of(events).checked_sub(1)
    }

    /// A part of that list.
    pub(crate) fn rows(&self, places: Range<usize>) -> Vec<EventRow> {
        let record = self.branches.run().record();
        let ids = places.filter_map(|place| self.asked.listing.get(place));
        ids.filter_map(|id| Some(self.row(id, record.get(id)?)))
            .collect()
    }

    /// The event so many places from the shown one in that list.
    pub(crate) fn beside(&self, steps: isize) -> Option<EventId> {
        let listing = &self.asked.listing;
        let here = listing.count_of(self.shown.events);
        let last = listing.len().checked_sub(1)?;
        let place = match here.checked_sub(1) {
            Some(place) => place.saturating_add_signed(steps).min(last),
            None => 0,
        };
        listing.get(place)
    }

    /// An event as lists have it.
    pub(super) fn row(&self, id: EventId, event: &Event) -> EventRow {
        let mut verdicts = self.console.watch().checks.verdicts();
        let broke = verdicts
            .find(|(_, verdict)| matches!(verdict, Verdict::Broken { at, .. } if *at == id));
        EventRow {
            id,
            at: event.at,
            node: event.node(),
            class: EventClass::of(event),
            what: text::what(&event.kind),
            told: plain(event),
            broke: broke.map(|(promise, _)| promise),
        }
    }

    /// What became of a key until the shown moment, at the node whose catalog is the newest.
    pub(crate) fn key_history(&self, key: &[u8]) -> Option<(NodeId, KeyHistory)> {
        let nodes = self.shown.nodes.iter();
        // Of several the first; and one that is down says what it had only if all are.
        let newest = nodes
            .rev()
            .max_by_key(|node| (node.role().is_some(), node.revision))?;
        let run = self.branches.run();
        let history = run.key_history(newest.node, key, self.shown.events);
        Some((newest.node, history))
    }

    /// All that there is to say about the last of so many events, if it is kept.
    pub(crate) fn detail(&self, events: u64) -> Option<Detail> {
        let id = EventId(events.checked_sub(1)?);
        let record = self.branches.run().record();
        let event = record.get(id)?;
        let (word, facts) = facts(event);
        let (effects, more) = record.effects(id, MAX_EFFECTS);
        let line = |id: EventId| Some(self.row(id, record.get(id)?));
        let reason = self.why(events);
        let narrated = reason.as_ref().and_then(|reason| reason.chain.first());
        Some(Detail {
            row: narrated.map_or_else(|| self.row(id, event), Clone::clone),
            word,
            facts,
            reason,
            effects: (effects.into_iter().filter_map(line).collect(), more),
        })
    }
}
