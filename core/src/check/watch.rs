//! The observers of a run that is under way.

use std::fmt;

use crate::member::Micros;
use crate::trace::{Record, Run};
use crate::world::{Event, EventId};

use super::{Checks, History};

/// The observers of one run, from its first event on.
///
/// Whoever folds the events of a run one by one hands each to [`Watch::observe`]; whoever
/// lets a run go on by itself calls [`Watch::follow`] often enough, or lets it go on by
/// [`Watch::advance`].
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// The promises.
    pub checks: Checks,
    /// What clients did.
    pub history: History,
    seen: u64,
}

/// Events that nobody showed to the observers, and that are not in the record any more.
/// What they say holds up to there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The first of these events.
    pub first: EventId,
    /// The oldest event in the record.
    pub oldest: EventId,
}

impl fmt::Display for Missed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the record begins with event {}: nothing was checked from event {} on",
            self.oldest.0, self.first.0
        )
    }
}

impl std::error::Error for Missed {}

impl Watch {
    /// Observers of a run that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many events were observed.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Takes an event in. One that was observed before is passed over, so events may be
    /// shown twice; none may be left out.
    pub fn observe(&mut self, id: EventId, event: &Event) {
        if id.0 < self.seen {
            return;
        }
        self.seen = id.0 + 1;
        self.checks.observe(id, event);
        self.history.observe(id, event);
    }

    /// Takes in the events of a record that were not observed yet.
    ///
    /// # Errors
    /// Some of them are not in the record any more. Nothing was observed.
    pub fn follow(&mut self, record: &Record) -> Result<(), Missed> {
        if record.dropped() > self.seen {
            return Err(Missed {
                first: EventId(self.seen),
                oldest: EventId(record.dropped()),
            });
        }
        for (id, event) in record.since(EventId(self.seen)) {
            self.observe(id, event);
        }
        Ok(())
    }

    /// Lets a run go on until `at`, and observes all that happens.
    ///
    /// # Errors
    /// The run went on before without these observers, for too long. It stands still.
    pub fn advance(&mut self, run: &mut Run, at: Micros) -> Result<(), Missed> {
        self.follow(run.record())?;
        // The run looks at its budget every few steps, long before its record drops any.
        while !run.advance_to(at, || true) {
            self.follow(run.record())?;
        }
        self.follow(run.record())
    }
}
