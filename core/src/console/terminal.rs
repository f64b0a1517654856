//! The console: lines in, what they print out.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::check::{self, Missed};
use crate::member::{Micros, NodeId};
use crate::trace::Run;

use super::output::{EntryId, Finished, Line, MAX_LINE_BYTES, MAX_SHOWN_CHARS, Stream, cut, shown};
use super::start::{Scene, Started, complaint};
use super::task::{Ends, Task};
use super::until::{Until, Waited};
use super::{etcdctl, lab, shell};

/// The most entries that are kept; the oldest that have ended give way.
const MAX_ENTRIES: usize = 200;

/// The most commands that run at once; fewer than the entries that are kept.
const MAX_RUNNING: usize = 100;

/// The most lines that the history keeps.
const MAX_HISTORY: usize = 200;

/// How many steps are taken between two looks at the budget.
const STEPS_PER_LOOK: u32 = 16;

/// How much of what one command prints is kept; what is left out is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputLimits {
    /// The most lines.
    pub max_lines: usize,
    /// The most characters of a line.
    pub max_chars: usize,
}

impl Default for OutputLimits {
    /// What a person can look through.
    fn default() -> Self {
        Self {
            max_lines: 1_000,
            max_chars: 10_000,
        }
    }
}

/// A typed line with all that came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// The node that the console was at.
    pub node: NodeId,
    /// What was typed; of a very long line, the beginning.
    pub line: String,
    /// The number of the job, from 1, if the line ended with `&`.
    pub job: Option<u32>,
    /// What the command printed so far.
    pub output: Vec<Line>,
    /// The exit status; `None` while the command runs.
    pub exit: Option<i32>,
}

/// A command that has not ended.
#[derive(Debug)]
struct Running {
    entry: EntryId,
    task: Task,
}

/// A console with its history.
#[derive(Debug, Default)]
pub struct Console {
    /// By number.
    entries: VecDeque<Rc<Entry>>,
    next: u64,
    /// How many lines ended with `&` so far.
    jobs: u32,
    /// By when they began.
    running: Vec<Running>,
    history: VecDeque<String>,
    limits: OutputLimits,
    /// The observers of the run.
    watch: check::Watch,
}

impl Console {
    /// An empty console.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty console that keeps so much of what a command prints.
    #[must_use]
    pub fn with_limits(limits: OutputLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// What was typed and printed, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Rc<Entry>> {
        self.entries.iter()
    }

    /// A typed line, if it is kept.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<&Rc<Entry>> {
        let place = self.entries.binary_search_by_key(&id, |entry| entry.id);
        place.ok().and_then(|place| self.entries.get(place))
    }

    /// The lines typed before, oldest first, each once in a row.
    #[must_use]
    pub fn history(&self) -> &VecDeque<String> {
        &self.history
    }

    /// Takes a line typed at a node and begins its command. The lines of a here-document
    /// stand behind it.
    pub fn submit(&mut self, run: &mut Run, node: NodeId, line: &str) -> EntryId {
        // What the line says of the promises, it says of all that has happened.
        let _unchecked = self.observe(run);
        let id = EntryId(self.next);
        self.next += 1;
        self.remember(line);
        self.make_room();
        self.entries.push_back(Rc::new(Entry {
            id,
            node,
            line: shown(line.lines().next().unwrap_or_default()),
            job: None,
            output: Vec::new(),
            exit: None,
        }));
        match self.begin(run, id, node, line) {
            Started::Ended(finished) => self.finish(id, finished),
            Started::Waits(task) => self.running.push(Running { entry: id, task }),
            Started::Clear => self
                .entries
                .retain(|entry| entry.exit.is_none() && entry.id != id),
        }
        self.poll(run);
        id
    }

    /// Prints whatever commands have to say meanwhile.
    pub fn poll(&mut self, run: &mut Run) {
        let _unchecked = self.observe(run);
        let broken = self.watch.checks.first_broken();
        let mut running = std::mem::take(&mut self.running);
        // In the order in which they began, so that one that waits for another sees its end.
        running.retain_mut(
            |running| match running.task.poll(run, &self.entries, broken) {
                Some(finished) => {
                    self.finish(running.entry, finished);
                    false
                }
                None => true,
            },
        );
        self.running = running;
    }

    /// The observers of the run, as far as they were shown what happened: whenever the
    /// console was asked.
    #[must_use]
    pub fn watch(&self) -> &check::Watch {
        &self.watch
    }

    /// Shows the observers what has happened. Whoever lets a run go on without the console
    /// calls it before the record drops events.
    ///
    /// # Errors
    /// Events are not kept any more that they were not shown; they saw nothing from there on.
    pub fn observe(&mut self, run: &Run) -> Result<(), Missed> {
        self.watch.follow(run.record())
    }

    /// Whether a command is there to let time pass (`run`, `step`, `until`), and so wants it
    /// to even where time stands still otherwise.
    #[must_use]
    pub fn drives(&self) -> bool {
        self.running.iter().any(|running| running.task.drives())
    }

    /// When a command ends at the latest, though nothing happens.
    #[must_use]
    pub fn next_at(&self) -> Option<Micros> {
        let next = self
            .running
            .iter()
            .filter_map(|running| running.task.next_at());
        next.min()
    }

    /// Lets time pass until `at`, until `over_budget` says that it is enough for now, or
    /// until the last command that lets time pass has ended. Returns whether `at` was
    /// reached. Commands see every moment that they wait for.
    pub fn advance_to(
        &mut self,
        run: &mut Run,
        at: Micros,
        mut over_budget: impl FnMut() -> bool,
    ) -> bool {
        let driven = self.drives();
        let mut left = STEPS_PER_LOOK;
        loop {
            self.poll(run);
            if driven && !self.drives() {
                return run.now() >= at;
            }
            let stop = self.next_at().map_or(at, |next| next.min(at));
            let stopped = if self.running.iter().any(|running| running.task.watches()) {
                run.step_until(stop).is_none()
            } else {
                // A run looks at its budget every few steps, long before its record drops any.
                while !run.advance_to(stop, || true) {
                    let _unchecked = self.observe(run);
                    if over_budget() {
                        return false;
                    }
                }
                true
            };
            if stopped && stop == at {
                self.poll(run);
                return true;
            }
            left -= 1;
            if left == 0 {
                if over_budget() {
                    return false;
                }
                left = STEPS_PER_LOOK;
            }
        }
    }

    /// Lets time pass until `at`, or until `over_budget` says that it is enough for now, and
    /// stops at the step of the world after which `until` has ended. Commands see every
    /// moment that they wait for.
    pub fn advance_until(
        &mut self,
        run: &mut Run,
        at: Micros,
        until: &Until,
        over_budget: impl FnMut() -> bool,
    ) -> Option<Waited> {
        self.advance_watched(run, at, over_budget, |console, run| {
            let broken = console.watch.checks.first_broken();
            match until.check(run.frame(), run.now(), broken) {
                Some(waited) => Ok(waited),
                None => Err(until.next_at(run.now())),
            }
        })
    }

    /// Lets time pass until `at`, or until `over_budget` says that it is enough for now, and
    /// stops at the step of the world after which no command waits for anything any more.
    /// Returns whether it came to that.
    pub fn serve(&mut self, run: &mut Run, at: Micros, over_budget: impl FnMut() -> bool) -> bool {
        let served = self.advance_watched(run, at, over_budget, |console, _| {
            match console.running.is_empty() {
                true => Ok(()),
                false => Err(at),
            }
        });
        served.is_some()
    }

    /// Lets time pass, and asks after each step of the world whether that is all; if it is
    /// not, the answer is when to ask again at the latest.
    fn advance_watched<T>(
        &mut self,
        run: &mut Run,
        at: Micros,
        mut over_budget: impl FnMut() -> bool,
        mut is_all: impl FnMut(&Self, &Run) -> Result<T, Micros>,
    ) -> Option<T> {
        let mut left = STEPS_PER_LOOK;
        loop {
            self.poll(run);
            let ask_at = match is_all(self, run) {
                Ok(all) => return Some(all),
                Err(ask_at) => ask_at,
            };
            if run.now() >= at {
                return None;
            }
            let next = self.next_at().map_or(at, |next| next.min(at));
            run.step_until(next.min(ask_at));
            left -= 1;
            if left == 0 {
                if over_budget() {
                    return None;
                }
                left = STEPS_PER_LOOK;
            }
        }
    }

    /// The oldest command that is there to let time pass, if one runs.
    #[must_use]
    pub fn driver(&self) -> Option<&Rc<Entry>> {
        let mut running = self.running.iter();
        let driver = running.find(|running| running.task.drives())?;
        self.entry(driver.entry)
    }

    /// The oldest command that waits for something.
    #[must_use]
    pub fn waiting(&self) -> Option<&Rc<Entry>> {
        self.entry(self.running.first()?.entry)
    }

    /// Ends every command that is there to let time pass, as Ctrl-C would.
    pub fn interrupt(&mut self) {
        while let Some(id) = self.driver().map(|entry| entry.id) {
            self.kill(id, Finished::error("interrupted", 130));
        }
    }

    /// Ends every command that runs: the run that they were begun in is not this one any
    /// more. The observers begin anew.
    pub fn abandon(&mut self) {
        self.watch = check::Watch::new();
        for running in std::mem::take(&mut self.running) {
            let left = Finished::error("left behind: this is another branch of the run", 130);
            self.finish(running.entry, left);
        }
    }

    /// Ends a command that runs, as a signal would.
    pub(super) fn kill(&mut self, id: EntryId, finished: Finished) {
        self.running.retain(|running| running.entry != id);
        self.finish(id, finished);
    }

    /// Whole lines that the line could go on to be, for completion.
    #[must_use]
    pub fn complete(&self, nodes: u8, line: &str) -> Vec<String> {
        let word_at = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let (before, word) = line.split_at(word_at);
        let typed: Vec<&str> = before.split_whitespace().collect();
        let candidates: Vec<String> = match typed.as_slice() {
            [] => std::iter::once("etcdctl")
                .chain(lab::names())
                .map(str::to_owned)
                .collect(),
            [.., "--endpoints"] => NodeId::first(nodes).map(|node| node.to_string()).collect(),
            ["etcdctl", rest @ ..] => etcdctl::completions(rest, word),
            ["help"] => lab::names().map(str::to_owned).collect(),
            [name, ..] => match lab::words_behind(name) {
                [] => Vec::new(),
                words => NodeId::first(nodes)
                    .map(|node| node.to_string())
                    .chain(words.iter().map(|word| (*word).to_owned()))
                    .collect(),
            },
        };
        candidates
            .into_iter()
            .filter(|candidate| candidate.starts_with(word))
            .map(|candidate| format!("{before}{candidate} "))
            .collect()
    }

    /// Begins the command of a line.
    fn begin(&mut self, run: &mut Run, id: EntryId, node: NodeId, line: &str) -> Started {
        if line.len() > MAX_LINE_BYTES {
            let bytes = line.len();
            let message =
                format!("a line of {bytes} bytes is too long; the limit is {MAX_LINE_BYTES} bytes");
            return Started::Ended(Finished::error(message, 2));
        }
        if self.running.len() >= MAX_RUNNING {
            let message = format!("bash: {MAX_RUNNING} commands run; that is the limit");
            return Started::Ended(Finished::error(message, 1));
        }
        let typed = match shell::split(line) {
            Ok(typed) => typed,
            Err(error) => return Started::Ended(complaint(&error)),
        };
        let jobs = self.entries.iter();
        let jobs: Vec<(u32, EntryId)> = jobs
            .filter_map(|entry| Some((entry.job?, entry.id)))
            .collect();
        if typed.background {
            self.jobs = self.jobs.saturating_add(1);
            let job = Some(self.jobs);
            if let Some(entry) = self.entries.back_mut().filter(|entry| entry.id == id) {
                Rc::make_mut(entry).job = job;
            }
        }
        let mut scene = Scene {
            run,
            node,
            input: typed.input.as_deref(),
            watch: &self.watch,
            jobs: &jobs,
        };
        scene.start(&typed.tokens)
    }

    /// Lets the oldest entry go whose command has ended, if there are too many.
    fn make_room(&mut self) {
        if self.entries.len() < MAX_ENTRIES {
            return;
        }
        let ended = self.entries.iter().position(|entry| entry.exit.is_some());
        if let Some(ended) = ended {
            self.entries.remove(ended);
        }
    }

    fn finish(&mut self, id: EntryId, finished: Finished) {
        let OutputLimits {
            max_lines,
            max_chars,
        } = self.limits;
        let place = self.entries.binary_search_by_key(&id, |entry| entry.id);
        let Some(entry) = place.ok().and_then(|place| self.entries.get_mut(place)) else {
            return;
        };
        let entry = Rc::make_mut(entry);
        entry.exit = Some(finished.exit);
        entry.output = finished.lines;
        for line in &mut entry.output {
            if line.text.len() > max_chars {
                line.text = cut(&line.text, max_chars);
            }
        }
        if entry.output.len() > max_lines {
            let left_out = entry.output.len() - max_lines;
            entry.output.truncate(max_lines);
            entry.output.push(Line {
                stream: Stream::Err,
                text: format!("… {left_out} more lines; the console keeps {max_lines}"),
            });
        }
    }

    /// Takes a line into the history, as if it had been typed; one that is too long is left
    /// out.
    pub fn remember(&mut self, line: &str) {
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

impl Ends for VecDeque<Rc<Entry>> {
    fn runs(&self, entry: EntryId) -> bool {
        self.iter()
            .any(|known| known.id == entry && known.exit.is_none())
    }

    fn exit(&self, entry: EntryId) -> Option<i32> {
        self.iter().find(|known| known.id == entry)?.exit
    }
}
