//! What is written below the ribbon, so that nothing covers anything.

use glassraft_core::member::Micros;
use glassraft_core::trace::{Mark, MarkKind};

use crate::words::words;

/// About how wide a letter is, in CSS pixels.
const LETTER_PX: f64 = 6.6;

/// The free space between two labels, in CSS pixels.
const GAP_PX: f64 = 8.0;

/// How many lines of labels there are.
pub(super) const LINES: usize = 2;

/// A label that has found its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Label {
    pub(super) x: f64,
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) class: &'static str,
}

/// The labels of all marks that have room. The others can still be seen in the lanes.
pub(super) fn labels(marks: &[Mark], x: impl Fn(Micros) -> f64) -> Vec<Label> {
    let mut free_from = [f64::NEG_INFINITY; LINES];
    let mut labels = Vec::new();
    for mark in marks {
        let Some((text, class)) = words_of(mark) else {
            continue;
        };
        let x = x(mark.at);
        let Some(line) = free_from.iter().position(|free| *free <= x) else {
            continue;
        };
        free_from[line] = x + text.chars().count() as f64 * LETTER_PX + GAP_PX;
        labels.push(Label {
            x,
            line,
            text,
            class,
        });
    }
    labels
}

fn words_of(mark: &Mark) -> Option<(String, &'static str)> {
    let words = &words().transport;
    match mark.kind {
        MarkKind::Elected { term } => Some(((words.elected)(mark.node, term), "elected")),
        MarkKind::Crashed | MarkKind::Halted(_) => Some(((words.crashed)(mark.node), "crashed")),
        MarkKind::Restarted => Some(((words.restarted)(mark.node), "restarted")),
        MarkKind::Fault(fault) => Some(((words.fault)(fault, mark.node)?, "fault")),
        MarkKind::Committed { .. } => None,
    }
}

/// Where commits are drawn: one tick where several would be one pixel.
pub(super) fn commits(marks: &[Mark], x: impl Fn(Micros) -> f64) -> Vec<f64> {
    let commits = marks
        .iter()
        .filter(|mark| matches!(mark.kind, MarkKind::Committed { .. }));
    let mut places: Vec<f64> = commits.map(|mark| x(mark.at).round()).collect();
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use glassraft_core::member::NodeId;

    #[test]
    fn labels_do_not_overlap() {
        let node = NodeId::new(1).unwrap();
        let mark = |at: u64| Mark {
            at,
            node,
            kind: MarkKind::Elected { term: 12 },
        };
        let marks: Vec<Mark> = (0..100).map(|place| mark(place * 7)).collect();
        let labels = labels(&marks, |at| at as f64);
        for line in 0..LINES {
            let of_line: Vec<_> = labels.iter().filter(|label| label.line == line).collect();
            assert!(of_line.len() > 3);
            for pair in of_line.windows(2) {
                let width = pair[0].text.chars().count() as f64 * LETTER_PX;
                assert!(pair[0].x + width <= pair[1].x);
            }
        }
    }

    #[test]
    fn commits_of_one_pixel_are_one() {
        let node = NodeId::new(1).unwrap();
        let mark = |at: u64| Mark {
            at,
            node,
            kind: MarkKind::Committed { index: at },
        };
        let marks: Vec<Mark> = (0..1_000).map(mark).collect();
        assert_eq!(commits(&marks, |at| at as f64 / 100.0).len(), 11);
    }
}
