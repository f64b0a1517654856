//! The console: lines in, what they print out.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::check::{self, Missed};
use crate::member::{Micros, NodeId};
use crate::trace::Run;

use super::files::Files;
use super::jobs::{Job, Signal};
use super::output::{EntryId, Finished, Line, MAX_LINE_BYTES, MAX_SHOWN_CHARS, Stream, cut, shown};
use super::scene::{Ends, Scene};
use super::shell;
use super::start::{self, Started, complaint};
use super::task::Task;

/// The most entries that are kept; the oldest that have ended give way.
const MAX_ENTRIES: usize = 200;

/// The most commands that run at once; fewer than the entries that are kept.
const MAX_RUNNING: usize = 100;

/// The most lines that the history keeps.
const MAX_HISTORY: usize = 200;

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
    /// How many lines more it printed, which are not kept.
    pub left_out: usize,
    /// The exit status; `None` while the command runs.
    pub exit: Option<i32>,
}

/// A command that has not ended.
#[derive(Debug)]
pub(super) struct Running {
    entry: EntryId,
    pub(super) task: Task,
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
    pub(super) running: Vec<Running>,
    history: VecDeque<String>,
    limits: OutputLimits,
    /// Whether somebody may type what commands read.
    interactive: bool,
    /// What commands have written.
    files: Files,
    /// The observers of the run.
    pub(super) watch: check::Watch,
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

    /// The same console, at which somebody may type what commands read from their standard
    /// input ([`Console::reader`], [`Console::type_line`]). Without that, it ends at once
    /// unless a here-document is there.
    #[must_use]
    pub fn interactive(mut self) -> Self {
        self.interactive = true;
        self
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
            left_out: 0,
            exit: None,
        }));
        match self.begin(run, id, line) {
            Started::Signals(jobs, signal) => {
                for job in jobs {
                    self.signal(run, job, signal);
                }
                self.finish(id, Finished::default());
            }
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
        // In the order in which they began, so that one that waits for another sees its end.
        let mut place = 0;
        while place < self.running.len() {
            let mut running = self.running.remove(place);
            let mut said = Vec::new();
            let ended = self.with_scene(run, running.entry, None, |scene, others| {
                running.task.poll(scene, others, &mut said)
            });
            if !said.is_empty() {
                self.print(running.entry, said);
            }
            match ended {
                Some(finished) => self.finish(running.entry, finished),
                None => {
                    self.running.insert(place, running);
                    place += 1;
                }
            }
        }
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

    /// The oldest command that is there to let time pass, if one runs.
    #[must_use]
    pub fn driver(&self) -> Option<&Rc<Entry>> {
        let mut running = self.running.iter();
        let driver = running.find(|running| running.task.drives())?;
        self.entry(driver.entry)
    }

    /// The oldest command that waits for something that comes if time passes.
    #[must_use]
    pub fn waiting(&self) -> Option<&Rc<Entry>> {
        let mut running = self.running.iter();
        let waiting = running.find(|running| running.task.ends_by_itself())?;
        self.entry(waiting.entry)
    }

    /// Ends every command that is there to let time pass, as Ctrl-C would.
    pub fn interrupt(&mut self, run: &mut Run) {
        while let Some(id) = self.driver().map(|entry| entry.id) {
            self.kill(run, id, Finished::error("interrupted", 130));
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

    /// Ends a command that runs, as a signal would that it cannot stop.
    pub(super) fn kill(&mut self, run: &mut Run, id: EntryId, finished: Finished) {
        let place = self.running.iter().position(|running| running.entry == id);
        if let Some(mut running) = place.map(|place| self.running.remove(place)) {
            self.with_scene(run, id, None, |scene, _| running.task.hang_up(scene));
        }
        self.finish(id, finished);
    }

    /// Sends a signal to a command. One that has something to tidy up goes on.
    fn signal(&mut self, run: &mut Run, id: EntryId, signal: Signal) {
        let Some(place) = self.running.iter().position(|running| running.entry == id) else {
            return;
        };
        let mut running = self.running.remove(place);
        let goes_on = self.with_scene(run, id, None, |scene, _| running.task.signal(scene, signal));
        if goes_on {
            self.running.insert(place, running);
        } else {
            let exit = signal.status();
            self.finish(
                id,
                Finished {
                    exit,
                    ..Finished::default()
                },
            );
        }
    }

    /// Does something in the scene of a command, which knows what others there are.
    fn with_scene<T>(
        &mut self,
        run: &mut Run,
        id: EntryId,
        input: Option<&str>,
        act: impl FnOnce(&mut Scene<'_>, &dyn Ends) -> T,
    ) -> T {
        let jobs: Vec<Job> = self
            .entries
            .iter()
            .filter_map(|entry| job_of(entry))
            .collect();
        let Some(node) = self
            .entry(id)
            .map(|entry| entry.node)
            .or_else(|| NodeId::new(1))
        else {
            unreachable!("1 is a number")
        };
        let mut scene = Scene {
            run,
            node,
            input,
            input_ends: input.is_some() || !self.interactive,
            watch: &self.watch,
            jobs: &jobs,
            files: &mut self.files,
            begin: start::begin,
        };
        act(&mut scene, &self.entries)
    }

    /// What commands have written, such as snapshots.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// What commands may read: whoever has the console may put files in.
    pub fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }

    /// The newest command that waits for a line of its standard input.
    #[must_use]
    pub fn reader(&mut self) -> Option<EntryId> {
        let mut running = self.running.iter_mut().rev();
        let reader = running.find_map(|running| Some((running.entry, running.task.reader()?)));
        reader.map(|(entry, _)| entry)
    }

    /// Types a line for a command that waits for one; `None` says that no line follows, as
    /// Ctrl-D does.
    pub fn type_line(&mut self, run: &mut Run, id: EntryId, line: Option<&str>) {
        let mut running = self.running.iter_mut();
        let task = running.find(|running| running.entry == id);
        if let Some(ctl) = task.and_then(|running| running.task.reader()) {
            ctl.type_line(line);
            let line = line.map(|line| Line {
                stream: Stream::Typed,
                text: shown(line),
            });
            self.print(id, line.into_iter().collect());
        }
        self.poll(run);
    }

    /// Tells a command to end, as Ctrl-C would. One that holds a lock gives it back first.
    pub fn stop(&mut self, run: &mut Run, id: EntryId) {
        self.signal(run, id, Signal::Interrupt);
        self.poll(run);
    }

    /// Begins the command of a line.
    fn begin(&mut self, run: &mut Run, id: EntryId, line: &str) -> Started {
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
        if typed.background {
            self.jobs = self.jobs.saturating_add(1);
            let job = Some(self.jobs);
            if let Some(entry) = self.entries.back_mut().filter(|entry| entry.id == id) {
                Rc::make_mut(entry).job = job;
            }
        }
        self.with_scene(run, id, typed.input.as_deref(), |scene, _| {
            scene.start(&typed.tokens)
        })
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
        self.print(id, finished.lines);
        if let Some(entry) = self.entry_mut(id) {
            entry.exit = Some(finished.exit);
            if entry.left_out > 0 {
                let (left_out, kept) = (entry.left_out, entry.output.len());
                entry.output.push(Line {
                    stream: Stream::Err,
                    text: format!("… {left_out} more lines; the console keeps {kept}"),
                });
            }
        }
    }

    /// Adds lines to what a command printed, as far as they are kept.
    fn print(&mut self, id: EntryId, lines: Vec<Line>) {
        let OutputLimits {
            max_lines,
            max_chars,
        } = self.limits;
        let Some(entry) = self.entry_mut(id) else {
            return;
        };
        for mut line in lines {
            if entry.output.len() == max_lines {
                entry.left_out += 1;
                continue;
            }
            if line.text.len() > max_chars {
                line.text = cut(&line.text, max_chars);
            }
            entry.output.push(line);
        }
    }

    fn entry_mut(&mut self, id: EntryId) -> Option<&mut Entry> {
        let place = self.entries.binary_search_by_key(&id, |entry| entry.id);
        let entry = self.entries.get_mut(place.ok()?)?;
        Some(Rc::make_mut(entry))
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

/// A command as a job, if it is one.
fn job_of(entry: &Entry) -> Option<Job> {
    Some(Job {
        number: entry.job?,
        entry: entry.id,
        line: entry.line.clone(),
        runs: entry.exit.is_none(),
    })
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
