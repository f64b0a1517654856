//! Values as they are typed, and lines as the actions that they stand for.
//!
//! A page with fields speaks the console's language: it shows a value as one would type it,
//! and makes a line of what was put in. So a field takes what the console takes, and nothing
//! is understood in two ways.

use crate::check::Watch;
use crate::member::{Micros, NodeId, ReadMode};
use crate::trace::Run;
use crate::world::{Action, Latency, Shape, Span};

use super::lab::{self, Command};
use super::shell;

/// The actions that a line of the lab stands for, on this run as it is now; `None` if it is
/// not a line that stands for any. Nothing has happened then, and whether they make sense
/// is for [`Run::check`] to say.
#[must_use]
pub fn actions(run: &Run, line: &str) -> Option<Vec<Action>> {
    match understood(run, line)? {
        Command::Act { actions, .. } => Some(actions),
        _ => None,
    }
}

/// Whether the lab takes a line as it is typed here, whatever comes of it.
#[must_use]
pub fn is_taken(run: &Run, line: &str) -> bool {
    understood(run, line).is_some()
}

fn understood(run: &Run, line: &str) -> Option<Command> {
    let typed = shell::split(line).ok()?;
    let words = shell::with_symbols(&typed.tokens).ok()?;
    let (name, words) = words.split_first()?;
    lab::understand(run, &Watch::new(), name, words)?.ok()
}

/// A time, such as `40ms`, in the largest unit that needs no fraction.
#[must_use]
pub fn time(us: Micros) -> String {
    let units = [
        (60_000_000, "m"),
        (1_000_000, "s"),
        (1_000, "ms"),
        (1, "us"),
    ];
    let fitting = units.into_iter().find(|(unit, _)| us.is_multiple_of(*unit));
    match fitting.filter(|_| us > 0) {
        Some((unit, name)) => format!("{}{name}", us / unit),
        None => "0ms".to_owned(),
    }
}

/// A span, such as `40ms..120ms`; one time where both ends are the same.
#[must_use]
pub fn span(span: Span) -> String {
    match span.min_us == span.max_us {
        true => time(span.min_us),
        false => format!("{}..{}", time(span.min_us), time(span.max_us)),
    }
}

/// A latency without its shape.
#[must_use]
pub fn latency(latency: Latency) -> String {
    span(Span {
        min_us: latency.min_us,
        max_us: latency.max_us,
    })
}

/// How durations spread.
#[must_use]
pub fn shape(shape: Shape) -> &'static str {
    match shape {
        Shape::Even => "even",
        Shape::Bell => "bell",
        Shape::LongTail => "long-tail",
    }
}

/// Millionths, such as `5%` or `0.1%`.
#[must_use]
pub fn share(ppm: u32) -> String {
    let text = format!("{}.{:04}", ppm / 10_000, ppm % 10_000);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

/// How much a clock goes wrong, such as `+20%`; `0%` is right.
#[must_use]
pub fn rate(ppm: i32) -> String {
    let sign = match ppm {
        0 => "",
        ..0 => "-",
        1.. => "+",
    };
    format!("{sign}{}", share(ppm.unsigned_abs()))
}

/// A size, such as `1MiB` or `10kB`, in the largest unit that needs no fraction.
#[must_use]
pub fn size(bytes: u64) -> String {
    let units = [
        (1 << 30, "GiB"),
        (1_000_000_000, "GB"),
        (1 << 20, "MiB"),
        (1_000_000, "MB"),
        (1 << 10, "KiB"),
        (1_000, "kB"),
    ];
    let fitting = units
        .into_iter()
        .find(|(unit, _)| bytes.is_multiple_of(*unit));
    match fitting.filter(|_| bytes > 0) {
        Some((unit, name)) => format!("{}{name}", bytes / unit),
        None => format!("{bytes}B"),
    }
}

/// A bandwidth, such as `10kB/s`, or `unlimited`.
#[must_use]
pub fn bandwidth(bytes_per_s: u32) -> String {
    match bytes_per_s {
        0 => "unlimited".to_owned(),
        bytes => format!("{}/s", size(bytes.into())),
    }
}

/// How reads are made sure of.
#[must_use]
pub fn read_mode(mode: ReadMode) -> &'static str {
    match mode {
        ReadMode::ReadIndex => "read-index",
        ReadMode::Lease => "lease",
    }
}

/// Nodes, such as `n1 n2`.
#[must_use]
pub fn nodes(nodes: &[NodeId]) -> String {
    let names: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    names.join(" ")
}

/// Groups of nodes, such as `n1 n2 | n3`.
#[must_use]
pub fn groups(groups: &[Vec<NodeId>]) -> String {
    let groups: Vec<String> = groups.iter().map(|group| nodes(group)).collect();
    groups.join(" | ")
}

#[cfg(test)]
mod tests {
    use super::super::quantity;
    use super::*;

    #[test]
    fn what_is_shown_can_be_typed() {
        for us in [
            1,
            999,
            1_000,
            1_500,
            40_000,
            1_500_000,
            60_000_000,
            3_600_000_000,
        ] {
            assert_eq!(quantity::time_us(&time(us)), Some(us), "{}", time(us));
        }
        for (min_us, max_us) in [(1, 1), (40_000, 120_000), (1_500, 2_000_000)] {
            let text = span(Span { min_us, max_us });
            assert_eq!(quantity::span_us(&text), Some((min_us, max_us)), "{text}");
        }
        for ppm in [0, 1, 1_000, 50_000, 123_456, 1_000_000] {
            assert_eq!(
                quantity::millionths(&share(ppm)),
                Some(ppm),
                "{}",
                share(ppm)
            );
        }
        for ppm in [-900_000, -1, 0, 1, 200_000, 9_000_000] {
            let text = rate(ppm);
            assert_eq!(quantity::change_millionths(&text), Some(ppm), "{text}");
        }
        for bytes in [0, 1, 1_000, 1_024, 1_500, 1 << 20, 64 << 20, 10_000_000] {
            let text = size(bytes);
            assert_eq!(quantity::size_bytes(&text), Some(bytes), "{text}");
        }
    }

    #[test]
    fn values_read_well() {
        assert_eq!(time(40_000), "40ms");
        assert_eq!(time(1_500_000), "1500ms");
        assert_eq!(share(1_000), "0.1%");
        assert_eq!(rate(-500_000), "-50%");
        assert_eq!(bandwidth(10_000), "10kB/s");
        assert_eq!(size(1 << 20), "1MiB");
    }
}
