//! A console for programs: one line after the other, and a text for each.
//!
//! This is what `glassraft exec` says and what a script is run with. Lines come in, text
//! goes out; reading and writing is for others.

use std::collections::BTreeMap;

use crate::check::Watch;
use crate::member::{Micros, NodeId};
use crate::trace::{Liveness, Run};
use crate::world::{Setup, SetupError};

use super::files::Files;
use super::output::{EntryId, Finished, Line, MAX_LINE_BYTES};
use super::quantity::MAX_TIME_US;
use super::shell::{self, Delimiter, ShellError};
use super::start::complaint;
use super::terminal::{Console, OutputLimits};

/// How long a new cluster may take to be ready, in µs.
const PATIENCE_US: Micros = 60_000_000;

/// What a program gets to see of one command's output.
const LIMITS: OutputLimits = OutputLimits {
    max_lines: 1_000_000,
    max_chars: MAX_LINE_BYTES,
};

/// A cluster and somebody who types.
pub struct Conversation {
    run: Run,
    console: Console,
    /// The commands begun with `&` that were not printed to their end, with the number of
    /// lines that were.
    jobs: BTreeMap<EntryId, usize>,
    /// The here-document that is being read.
    document: Option<Document>,
}

/// A line whose here-document is not complete.
struct Document {
    /// The line, and what was read of the document.
    text: String,
    /// Where the line ends.
    line_end: usize,
    ends: Delimiter,
}

impl Conversation {
    /// A fresh cluster that has a leader whose first entry is applied everywhere. (Where a
    /// setup allows for none, it is as it is after a minute.)
    ///
    /// # Errors
    /// The setup is not one to begin with.
    pub fn new(setup: Setup, seed: u64) -> Result<Self, SetupError> {
        let mut run = Run::new(setup, seed)?;
        let is_ready = |run: &Run| {
            let frame = run.frame();
            frame.leader().is_some() && frame.nodes.iter().all(|node| node.applied > 0)
        };
        while !is_ready(&run) && run.step_until(PATIENCE_US).is_some() {}
        Ok(Self::with_run(run))
    }

    /// A conversation about a run that is there.
    #[must_use]
    pub fn with_run(run: Run) -> Self {
        Self {
            run,
            console: Console::with_limits(LIMITS),
            jobs: BTreeMap::new(),
            document: None,
        }
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The observers of the run.
    #[must_use]
    pub fn watch(&self) -> &Watch {
        self.console.watch()
    }

    /// What commands have written, such as snapshots.
    #[must_use]
    pub fn files(&self) -> &Files {
        self.console.files()
    }

    /// What commands may read: whoever has the conversation may put files in.
    pub fn files_mut(&mut self) -> &mut Files {
        self.console.files_mut()
    }

    /// Whether the next line belongs to a here-document.
    #[must_use]
    pub fn wants_more(&self) -> bool {
        self.document.is_some()
    }

    /// Takes a line, lets as much time pass as its command needs, and returns what is to be
    /// printed: `$ LINE`, what commands printed meanwhile, `[exit N]`. `None` if the line
    /// asks for a here-document, or belongs to one that goes on.
    pub fn say(&mut self, line: &str) -> Option<String> {
        let Some(document) = &mut self.document else {
            if let Some(ends) = shell::wanted_document(line) {
                self.document = Some(Document {
                    text: format!("{line}\n"),
                    line_end: line.len(),
                    ends,
                });
                return None;
            }
            return Some(self.carry_out(line, line));
        };
        let fits = document.text.len() + line.len() <= MAX_LINE_BYTES;
        if fits || document.ends.is(line) {
            document.text.push_str(line);
            document.text.push('\n');
        } else {
            // One byte too many, so that the whole is refused in the end.
            let missing = (MAX_LINE_BYTES + 1).saturating_sub(document.text.len());
            document.text.push_str(&"\n".repeat(missing));
        }
        if !document.ends.is(line) {
            return None;
        }
        let document = self.document.take()?;
        let line = &document.text[..document.line_end];
        Some(self.carry_out(line, &document.text))
    }

    /// Says that no line follows. `None` unless a here-document was not complete.
    pub fn end(&mut self) -> Option<String> {
        let document = self.document.take()?;
        let line = &document.text[..document.line_end];
        let error = shell::split(&document.text).err();
        let error = error.unwrap_or(ShellError::Unended(String::new()));
        let mut text = format!("$ {line}\n");
        print(&mut text, &complaint(&error).lines, 0);
        text.push_str("[exit 2]\n");
        Some(text)
    }

    fn carry_out(&mut self, line: &str, typed: &str) -> String {
        let mut text = format!("$ {line}\n");
        let node = self.first_running();
        let id = self.console.submit(&mut self.run, node, typed);
        let mut exit = 0;
        if self
            .console
            .entry(id)
            .is_some_and(|entry| entry.job.is_some())
        {
            self.jobs.insert(id, 0);
        } else {
            exit = self.finish(id, &mut text);
        }
        self.print_jobs(&mut text);
        text.push_str(&format!("[exit {exit}]\n"));
        text
    }

    /// Lets time pass until a command has ended, prints what it and others print, and
    /// returns its exit status.
    fn finish(&mut self, id: EntryId, text: &mut String) -> i32 {
        let limit = self.run.now() + MAX_TIME_US;
        let mut printed = 0;
        loop {
            self.console.poll(&mut self.run);
            self.print_jobs(text);
            // `clear` leaves no entry.
            let Some(entry) = self.console.entry(id) else {
                return 0;
            };
            print(text, &entry.output, printed);
            printed = entry.output.len();
            if let Some(exit) = entry.exit {
                return exit;
            }
            if self.run.now() >= limit {
                let message = "bash: ended after a day that brought no end";
                let finished = Finished::error(message, 137);
                self.console.kill(&mut self.run, id, finished);
                continue;
            }
            let stop = self.console.next_at().map_or(limit, |next| next.min(limit));
            self.run.step_until(stop);
        }
    }

    /// Prints what jobs printed since the last time.
    fn print_jobs(&mut self, text: &mut String) {
        let console = &self.console;
        self.jobs.retain(|id, printed| {
            let Some(entry) = console.entry(*id) else {
                return false;
            };
            print(text, &entry.output, *printed);
            *printed = entry.output.len();
            entry.exit.is_none()
        });
    }

    /// The first node that runs; the first of all if none does.
    fn first_running(&self) -> NodeId {
        let nodes = &self.run.frame().nodes;
        let goes_on = |liveness| matches!(liveness, Liveness::Up(_));
        let first = nodes.iter().find(|node| goes_on(node.liveness));
        first
            .or_else(|| nodes.iter().find(|node| node.role().is_some()))
            .or_else(|| nodes.first())
            .map(|node| node.node)
            .expect("a cluster has a node")
    }
}

fn print(text: &mut String, lines: &[Line], from: usize) {
    for line in lines.iter().skip(from) {
        text.push_str(&line.text);
        text.push('\n');
    }
}
