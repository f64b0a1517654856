//! The console: lines in, what they print out.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::rc::Rc;

use crate::member::{NodeId, RequestId};
use crate::trace::Run;
use crate::world::Action;

use super::etcdctl::{self, Printer};
use super::output::{Finished, Line, Stream};
use super::{lab, shell};

/// The longest line that is taken, in bytes.
const MAX_LINE_BYTES: usize = 16 * 1024 * 1024;

/// The most of a line that is kept to be shown, in characters.
const MAX_SHOWN_CHARS: usize = 1_000;

/// The most entries that are kept; the oldest give way.
const MAX_ENTRIES: usize = 200;

/// The most lines that one command's output keeps; what is left out is counted.
const MAX_OUTPUT_LINES: usize = 1_000;

/// The most characters that a line of output keeps.
const MAX_OUTPUT_CHARS: usize = 10_000;

/// The most lines that the history keeps.
const MAX_HISTORY: usize = 200;

/// A typed line, numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub u64);

/// A typed line with all that came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// The node that the console was at.
    pub node: NodeId,
    /// What was typed; of a very long line, the beginning.
    pub line: String,
    /// What the command printed so far.
    pub output: Vec<Line>,
    /// The exit status; `None` while the command runs.
    pub exit: Option<i32>,
}

/// A command that waits for an answer.
#[derive(Debug)]
struct Job {
    entry: EntryId,
    request: RequestId,
    printer: Printer,
}

/// A console with its history.
#[derive(Debug, Default)]
pub struct Console {
    entries: VecDeque<Rc<Entry>>,
    next: u64,
    jobs: Vec<Job>,
    history: VecDeque<String>,
}

impl Console {
    /// An empty console.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was typed and printed, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Rc<Entry>> {
        self.entries.iter()
    }

    /// The lines typed before, oldest first, each once in a row.
    #[must_use]
    pub fn history(&self) -> &VecDeque<String> {
        &self.history
    }

    /// Takes a line typed at a node and begins its command.
    pub fn submit(&mut self, run: &mut Run, node: NodeId, line: &str) -> EntryId {
        let id = EntryId(self.next);
        self.next += 1;
        self.remember(line);
        if self.entries.len() == MAX_ENTRIES {
            self.entries.pop_front();
        }
        self.entries.push_back(Rc::new(Entry {
            id,
            node,
            line: shown(line),
            output: Vec::new(),
            exit: None,
        }));
        if let Some(finished) = self.begin(run, id, node, line) {
            self.finish(id, finished);
        }
        self.poll(run);
        id
    }

    /// Prints whatever has been answered meanwhile.
    pub fn poll(&mut self, run: &mut Run) {
        let mut done = Vec::new();
        self.jobs.retain(|job| {
            let Some(outcome) = run.take_outcome(job.request) else {
                return true;
            };
            done.push((job.entry, job.printer.print(&outcome)));
            false
        });
        for (entry, finished) in done {
            self.finish(entry, finished);
        }
    }

    /// Whole lines that the line could go on to be, for completion.
    #[must_use]
    pub fn complete(&self, nodes: u8, line: &str) -> Vec<String> {
        let word_at = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let (before, word) = line.split_at(word_at);
        let typed: Vec<&str> = before.split_whitespace().collect();
        let candidates: Vec<String> = match typed.as_slice() {
            [] => std::iter::once("etcdctl")
                .chain(lab::NAMES)
                .map(str::to_owned)
                .collect(),
            ["kill" | "restart"] => NodeId::first(nodes)
                .map(|node| node.to_string())
                .chain(["leader".to_owned()])
                .collect(),
            [.., "--endpoints"] => NodeId::first(nodes).map(|node| node.to_string()).collect(),
            ["etcdctl", rest @ ..] => etcdctl::completions(rest, word),
            _ => Vec::new(),
        };
        candidates
            .into_iter()
            .filter(|candidate| candidate.starts_with(word))
            .map(|candidate| format!("{before}{candidate} "))
            .collect()
    }

    /// Begins a command; `None` if it waits for an answer.
    fn begin(&mut self, run: &mut Run, id: EntryId, node: NodeId, line: &str) -> Option<Finished> {
        if line.len() > MAX_LINE_BYTES {
            let bytes = line.len();
            let message =
                format!("a line of {bytes} bytes is too long; the limit is {MAX_LINE_BYTES} bytes");
            return Some(Finished::error(message, 2));
        }
        let words = match shell::words(line) {
            Ok(words) => words,
            Err(error) => return Some(Finished::error(format!("bash: {error}"), 2)),
        };
        let (name, arguments) = match words.split_first() {
            Some((name, arguments)) => (name.as_str(), arguments),
            None => return Some(Finished::default()),
        };
        if name == "etcdctl" {
            return self.begin_etcdctl(run, id, node, arguments);
        }
        match lab::run(run, &words) {
            Some(lab::Done::Printed(finished)) => Some(finished),
            Some(lab::Done::Clear) => {
                self.entries
                    .retain(|entry| entry.exit.is_none() && entry.id != id);
                None
            }
            None => Some(not_found(name)),
        }
    }

    fn begin_etcdctl(
        &mut self,
        run: &mut Run,
        id: EntryId,
        node: NodeId,
        arguments: &[String],
    ) -> Option<Finished> {
        let call = match etcdctl::understand(run.setup().nodes, node, arguments) {
            Ok(call) => call,
            Err(finished) => return Some(finished),
        };
        // Refused before it is an action: nothing of it needs to be kept.
        if let Err(error) = call.request.check_client_size() {
            return Some(call.printer.print(&Err(error)));
        }
        let action = Action::Request {
            node: call.node,
            request: call.request,
            timeout_us: call.timeout_us,
        };
        match run.act(action) {
            Ok(Some(request)) => {
                self.jobs.push(Job {
                    entry: id,
                    request,
                    printer: call.printer,
                });
                None
            }
            Ok(None) => Some(Finished::default()),
            Err(error) => Some(Finished::error(format!("Error: {error}"), 1)),
        }
    }

    fn finish(&mut self, id: EntryId, finished: Finished) {
        let Some(entry) = self.entries.iter_mut().find(|entry| entry.id == id) else {
            return;
        };
        let entry = Rc::make_mut(entry);
        entry.exit = Some(finished.exit);
        entry.output = finished.lines;
        for line in &mut entry.output {
            if line.text.len() > MAX_OUTPUT_CHARS {
                line.text = cut(&line.text, MAX_OUTPUT_CHARS);
            }
        }
        if entry.output.len() > MAX_OUTPUT_LINES {
            let left_out = entry.output.len() - MAX_OUTPUT_LINES;
            entry.output.truncate(MAX_OUTPUT_LINES);
            entry.output.push(Line {
                stream: Stream::Err,
                text: format!("… {left_out} more lines; the console keeps {MAX_OUTPUT_LINES}"),
            });
        }
    }

    fn remember(&mut self, line: &str) {
        let line = line.trim();
        let known = self.history.back().is_some_and(|last| last == line);
        if line.is_empty() || known || line.len() > MAX_SHOWN_CHARS {
            return;
        }
        if self.history.len() == MAX_HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(line.to_owned());
    }
}

fn not_found(name: &str) -> Finished {
    let mut message = format!("bash: {}: command not found", shown(name));
    if etcdctl::is_command(name) {
        let _infallible = write!(message, "\nDid you mean `etcdctl {name}'?");
    } else {
        message.push_str("\n`help' lists the commands.");
    }
    Finished::error(message, 127)
}

/// A typed text, cut with its size behind it if it is long.
fn shown(text: &str) -> String {
    cut(text, MAX_SHOWN_CHARS)
}

/// The beginning of a text, with its whole size behind it if that is not all.
fn cut(text: &str, max_chars: usize) -> String {
    match text.char_indices().nth(max_chars) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}
