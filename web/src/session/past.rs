//! What the ribbon shows: the stretch of the run around its newest moment.

use glassraft_core::member::Micros;
use glassraft_core::trace::{Lanes, Mark, Span};

/// How much time the ribbon shows, in µs. A run that is younger fills it from the left.
pub(crate) const WINDOW_US: Micros = 20_000_000;

/// The anchor moves in steps of this, in µs, so that what is drawn stays as it is between
/// two steps and is only shifted.
const ANCHOR_STEP_US: Micros = 10_000_000;

/// The most marks that are shown, newest first to stay.
const MAX_MARKS: usize = 400;

/// The part of the lanes that the ribbon can show until the anchor moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Past {
    /// The moment that everything is drawn relative to.
    pub(crate) anchor: Micros,
    /// By node: the spans that touch the window, oldest first.
    pub(crate) lanes: Vec<Vec<Span>>,
    /// The marks in the window, oldest first.
    pub(crate) marks: Vec<Mark>,
}

/// Where a window begins that ends with `now`.
pub(crate) fn window_start(now: Micros) -> Micros {
    now.saturating_sub(WINDOW_US)
}

impl Past {
    /// The part around a window that begins with `start`, of a run that has come to `end`.
    pub(crate) fn of(lanes: &Lanes, start: Micros, end: Micros) -> Self {
        let anchor = start / ANCHOR_STEP_US * ANCHOR_STEP_US;
        let until = end.min(anchor + 2 * WINDOW_US);
        let lanes_around = lanes.lanes.iter().map(|lane| {
            let first = lane.spans.partition_point(|span| span.since <= anchor);
            let end = lane.spans.partition_point(|span| span.since <= until);
            let first = first.saturating_sub(1).min(end);
            lane.spans.range(first..end).copied().collect()
        });
        let first = lanes.marks.partition_point(|mark| mark.at < anchor);
        let end = lanes.marks.partition_point(|mark| mark.at <= until);
        let first = first.max(end.saturating_sub(MAX_MARKS));
        Self {
            anchor,
            lanes: lanes_around.collect(),
            marks: lanes.marks.range(first..end).copied().collect(),
        }
    }
}
