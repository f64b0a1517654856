//! Why something happened.

use crate::member::Note;
use crate::world::{Event, EventId, EventKind};

use super::Record;

/// The most events of one chain.
const MAX_CHAIN: usize = 1_000;

/// Where a chain of causes ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// With what a person did, or with a client's request.
    Action,
    /// A timer ran out; the chain's last event is the one that started it. Why the timer
    /// was started is a question of its own: a cluster at rest is a chain of timers back
    /// to its beginning.
    Timer,
    /// With an event that no other led to: the run's beginning.
    Beginning,
    /// The chain's last event is not kept any more.
    Dropped,
    /// The chain goes on, but is cut here after 1 000 events.
    TooLong,
}

/// Why something happened: each event, and before it the one that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// From the event that was asked about back to what it began with; never empty.
    pub chain: Vec<EventId>,
    /// Where the chain ends.
    pub root: Root,
}

impl Record {
    /// Why an event happened; `None` if it is not kept.
    #[must_use]
    pub fn why(&self, id: EventId) -> Option<Why> {
        let mut event = self.get(id)?;
        let mut chain = vec![id];
        let root = loop {
            if is_action(event) {
                break Root::Action;
            }
            let Some(cause) = event.cause() else {
                break Root::Beginning;
            };
            if chain.len() == MAX_CHAIN {
                break Root::TooLong;
            }
            chain.push(cause);
            let Some(earlier) = self.get(cause) else {
                break Root::Dropped;
            };
            // A clock that jumps ahead ends a timer by itself: then the jump is the reason.
            if is_note(event, |note| matches!(note, Note::TimedOut(_)))
                && is_note(earlier, starts_timer)
            {
                break Root::Timer;
            }
            event = earlier;
        };
        Some(Why { chain, root })
    }
}

/// Whether a person or a client did it of their own accord. (What is said on a stream, and
/// its end, is a person's doing where nothing led to it.)
fn is_action(event: &Event) -> bool {
    match event.kind {
        EventKind::Acted { .. } | EventKind::Requested { .. } => true,
        EventKind::Stream { .. } => event.cause().is_none(),
        _ => false,
    }
}

fn is_note(event: &Event, is: impl Fn(&Note) -> bool) -> bool {
    matches!(&event.kind, EventKind::Node { note, .. } if is(note))
}

fn starts_timer(note: &Note) -> bool {
    matches!(note, Note::TimerReset { .. } | Note::Became { .. })
}
