//! Looking at the cluster, without changing anything.

use std::fmt::Write as _;

use crate::check::{Promise, Verdict, Watch};
use crate::member::NodeId;
use crate::trace::{Frame, NodeFrame, Run, text};
use crate::world::EventId;

use super::super::condition::state_name;
use super::super::quantity::seconds;
use super::super::words::{Refusal, Words};
use super::command::{Command, Understood};

/// How many lines are shown if nothing else is said, and how many at most.
const LINES: usize = 20;
const MAX_LINES: usize = 1_000;

/// The longest chain of causes that is followed.
const MAX_CAUSES: usize = 1_000;

/// `show`.
pub(super) fn show(run: &Run, watch: &Watch, words: &Words<'_>) -> Understood {
    words.end()?;
    let frame = words.frame();
    let mut rows = vec![
        [
            "node", "state", "term", "vote", "leader", "commit", "applied", "last", "synced",
            "snapshot", "revision",
        ]
        .map(str::to_owned),
    ];
    rows.extend(frame.nodes.iter().map(|node| row(node)));
    let mut text = format!(
        "{}, event {}; under way: {} messages, {} requests\n",
        seconds(run.now()),
        frame.events.saturating_sub(1),
        frame.flights.by_age().len(),
        frame.requests.len()
    );
    text.push_str(&table(&rows));
    text.push_str(&memberships(frame));
    text.push_str(&promises(run, watch));
    Ok(Command::Print(text))
}

fn row(node: &NodeFrame) -> [String; 11] {
    let name = |node: Option<NodeId>| node.map_or("-".to_owned(), |node| node.to_string());
    let up = node.role().is_some();
    let in_memory = |number: String| if up { number } else { "-".to_owned() };
    let mut state = state_name(node).to_owned();
    if node.configuration.learners.contains(&node.node) && up {
        state.push_str(" (learner)");
    }
    [
        node.node.to_string(),
        state,
        node.term.to_string(),
        name(node.vote),
        name(node.leader),
        node.commit.to_string(),
        in_memory(node.applied.to_string()),
        node.last().to_string(),
        node.synced.to_string(),
        node.snapshot.to_string(),
        in_memory(node.revision.to_string()),
    ]
}

/// Columns of equal width, two blanks apart.
fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = widths.iter().zip(row);
        let line: String = cells
            .map(|(width, cell)| format!("{cell:<width$}  "))
            .collect();
        let _infallible = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// A line for each configuration that a running node has and that is not all nodes voting.
fn memberships(frame: &Frame) -> String {
    let all: Vec<NodeId> = frame.nodes.iter().map(|node| node.node).collect();
    let mut text = String::new();
    for node in frame.nodes.iter().filter(|node| node.role().is_some()) {
        let configuration = &node.configuration;
        let usual = configuration.voters == all
            && configuration.outgoing.is_empty()
            && configuration.learners.is_empty();
        // Nothing was told of a configuration yet.
        let unknown = configuration.voters.is_empty() && configuration.learners.is_empty();
        if !usual && !unknown {
            let words = text::configuration_text(configuration);
            let _infallible = writeln!(text, "{} has {words}", node.node);
        }
    }
    text
}

/// What became of the promises, in a line.
fn promises(run: &Run, watch: &Watch) -> String {
    let len = run.record().len();
    let until = match watch.seen() {
        seen if seen < len => format!(" (checked up to event {seen} of {len})"),
        _ => String::new(),
    };
    let broken = watch.checks.verdicts().filter_map(|(promise, verdict)| {
        let Verdict::Broken { at, .. } = verdict else {
            return None;
        };
        Some(format!("{} broken by event {}", promise.name(), at.0))
    });
    let broken: Vec<String> = broken.collect();
    let (kept, all) = (Promise::ALL.len() - broken.len(), Promise::ALL.len());
    match broken.is_empty() {
        true => format!("promises: all {all} kept{until}\n"),
        false => format!("promises: {}; {kept} kept{until}\n", broken.join(", ")),
    }
}

/// `log n2 [K]`: the last K entries.
pub(super) fn log(words: &mut Words<'_>) -> Understood {
    let node = words.node()?;
    let lines = lines(words)?;
    let frame = words
        .frame()
        .node(node)
        .ok_or_else(|| Refusal::now("it is gone"))?;
    let mut rows = vec![["index", "term", "state", "entry"].map(str::to_owned)];
    let skipped = frame.log.len().saturating_sub(lines);
    for entry in frame.log.iter().skip(skipped) {
        let state = match entry.index() {
            index if index <= frame.commit => "committed",
            index if index <= frame.synced => "synced",
            _ => "unsynced",
        };
        rows.push([
            entry.index().to_string(),
            entry.term().to_string(),
            state.to_owned(),
            text::entry_text(entry),
        ]);
    }
    let mut text = String::new();
    if frame.first > 1 {
        let _infallible = writeln!(text, "1 to {}: in the snapshot", frame.first - 1);
    }
    if skipped > 0 {
        let _infallible = writeln!(text, "{skipped} entries before these");
    }
    text.push_str(&table(&rows));
    Ok(Command::Print(text))
}

/// `messages [K]`: the oldest messages under way.
pub(super) fn messages(words: &mut Words<'_>) -> Understood {
    let lines = lines(words)?;
    let flights = words.frame().flights.by_age();
    let mut rows = vec![["message", "arrives", "what"].map(str::to_owned)];
    for flight in flights.iter().take(lines) {
        rows.push([
            flight.sent.0.to_string(),
            flight.arrives_at.map_or("held".to_owned(), seconds),
            text::packet_text(&flight.packet),
        ]);
    }
    let mut text = table(&rows);
    if flights.len() > lines {
        let _infallible = writeln!(text, "and {} more", flights.len() - lines);
    }
    Ok(Command::Print(text))
}

/// `trace [K]`: the last K events.
pub(super) fn trace(run: &Run, words: &mut Words<'_>) -> Understood {
    let lines = lines(words)?;
    let record = run.record();
    let from = record.len().saturating_sub(lines as u64);
    let events = record.since(EventId(from));
    let text = events.map(|(id, event)| text::line(id, event) + "\n");
    Ok(Command::Print(text.collect()))
}

/// `why EVENT`: the event, what caused it, and so on to an action or a timer.
pub(super) fn why(run: &Run, words: &mut Words<'_>) -> Understood {
    let what = "the number of an event; `trace' shows the last ones";
    let id = EventId(words.parse(what, |word| word.parse().ok())?);
    words.end()?;
    let record = run.record();
    if id.0 >= record.len() {
        let last = record.len().saturating_sub(1);
        return Err(Refusal::now(format!(
            "there is no event {} yet; the last is {last}",
            id.0
        )));
    }
    if id.0 < record.dropped() {
        return Err(Refusal::now(format!(
            "event {} is not kept any more; the oldest that is kept is {}",
            id.0,
            record.dropped()
        )));
    }
    let mut text = String::new();
    let mut next = Some(id);
    for _ in 0..MAX_CAUSES {
        let Some(id) = next else {
            return Ok(Command::Print(text));
        };
        let Some(event) = record.get(id) else {
            let _infallible = writeln!(text, "{} is not kept any more", id.0);
            return Ok(Command::Print(text));
        };
        let _infallible = writeln!(text, "{}", text::line(id, event));
        next = event.cause();
    }
    let _infallible = writeln!(text, "… and so on; {MAX_CAUSES} causes are shown");
    Ok(Command::Print(text))
}

fn lines(words: &mut Words<'_>) -> Result<usize, Refusal> {
    let lines = match words.is_empty() {
        true => LINES,
        false => words.parse("a number of lines, from 1 to 1000", |word| {
            let lines = word.parse().ok();
            lines.filter(|lines| (1..=MAX_LINES).contains(lines))
        })?,
    };
    words.end()?;
    Ok(lines)
}
