//! One run, and everything that a person can do with it.
//!
//! [`Session`] is the only mutable thing on the page. It runs the core ahead, and folds
//! its events one by one into the picture that is shown, so that a step can stop between
//! two events of the same instant. [`Store`] drives it, one animation frame at a time,
//! and hands its [`View`]s to the components.

mod ask;
mod command;
mod export;
mod inspect;
mod kept;
mod past;
mod speed;
mod store;
mod teller;
mod travel;
mod view;

pub(crate) use ask::{Ask, Ended, Findings, Parted, Sides, Waiting};
pub(crate) use command::Command;
pub(crate) use export::Export;
pub(crate) use glassraft_core::share::{LinkError, ReadError, Start, StartError};
pub(crate) use inspect::{Detail, EventRow};
pub(crate) use past::{Past, WINDOW_US, window_start};
pub(crate) use speed::Speed;
pub(crate) use store::{Store, use_branches, use_store, use_view};
pub(crate) use teller::Told;
pub(crate) use view::{Answer, Breach, Calm, Notice, Reason, Refusal, Theme, View};

use std::collections::VecDeque;
use std::rc::Rc;

use glassraft_core::check::{Promise, Verdict};
use glassraft_core::console::{self, Console, Entry, EntryId, Files};
use glassraft_core::lesson::Narrator;
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::share::scenario::{self, Scenario};
use glassraft_core::trace::{BranchId, Branches, Frame, Liveness, Recording, Run};
use glassraft_core::world::{Action, Event, EventId, EventKind, Setup, SetupError};

use crate::browser;
use ask::Asked;
use teller::Teller;
use travel::{Deferred, QUIET_EVENTS, Task};

/// How long an answer stays at its node, in µs.
const ANSWER_SHOWN_US: Micros = 900_000;

/// The name of the branch that a run begins with.
const FIRST_BRANCH: &str = "main";

/// How many events of a chain of causes the narrator is asked about, at most.
const MAX_NARRATED: usize = 16;

/// The most answers that are shown at once.
const MAX_ANSWERS: usize = 64;

/// How much virtual time may pass between two looks at the clock at the highest speed, and
/// in a whole frame, in µs. (Without nodes that run there is nothing to do, and time would
/// fly to its end.)
const MAX_SPEED_STRIDE_US: Micros = 50_000;
const MAX_SPEED_FRAME_US: Micros = 20_000_000;

/// A run with its picture, its console and its narrator.
pub(crate) struct Session {
    start: Start,
    branches: Branches,
    /// The picture of all events that were shown; the run may be ahead.
    shown: Frame,
    /// Whether that is the newest moment of the run, but for the rest of a step.
    live: bool,
    task: Option<Task>,
    /// Whether nothing is missing of what was to be brought back.
    came_back: bool,
    /// Whether some events were gone before they could be checked.
    unchecked: bool,
    /// The time that is shown.
    now: Micros,
    narrator: Narrator,
    teller: Teller,
    answers: Rc<VecDeque<Answer>>,
    console: Console,
    asked: Asked,
}

impl Session {
    /// A session at the beginning of a run. What was done in it is done again first, which
    /// may take some animation frames.
    pub(crate) fn open(recording: Recording) -> Result<Self, Refusal> {
        let start = Start {
            nodes: recording.setup.nodes,
            seed: recording.seed,
        };
        let mut session = Self::new(start, recording.setup.clone())?;
        if !recording.actions.is_empty() {
            session.relive(recording)?;
        }
        Ok(session)
    }

    fn new(start: Start, setup: Setup) -> Result<Self, SetupError> {
        let Ok(branches) = Branches::new(Run::new(setup, start.seed)?, FIRST_BRANCH) else {
            unreachable!("it is a name that branches may have");
        };
        let mut session = Self {
            start,
            branches,
            shown: Frame::new(start.nodes),
            live: true,
            task: None,
            came_back: true,
            unchecked: false,
            now: 0,
            narrator: Narrator::default(),
            teller: Teller::default(),
            answers: Rc::default(),
            console: Console::new().interactive(),
            asked: Asked::default(),
        };
        session.catch_up();
        Ok(session)
    }

    /// Lets real time pass, until `until_ms` of the browser's clock at the latest: what
    /// does not fit is not made up for. What takes longer goes on first.
    pub(crate) fn advance(
        &mut self,
        passed_ms: f64,
        speed: Option<Speed>,
        until_ms: f64,
    ) -> Result<(), Refusal> {
        let over_budget = || browser::now_ms() >= until_ms;
        if self.is_busy() {
            return self.work(over_budget);
        }
        let Some(speed) = speed else {
            return Ok(());
        };
        let begin = self.now;
        let speed = match self.asked.hurries {
            true => Speed::Max,
            false => speed,
        };
        let passed_us = speed
            .factor()
            .map(|factor| whole_us(passed_ms * 1_000.0 * factor));
        if !self.live {
            self.replay_to(begin + passed_us.unwrap_or(MAX_SPEED_FRAME_US / 4));
            return Ok(());
        }
        match passed_us {
            Some(passed_us) => {
                self.pass(begin + passed_us, over_budget);
            }
            None => {
                while !over_budget() && self.end() < begin + MAX_SPEED_FRAME_US {
                    let next = self.end() + MAX_SPEED_STRIDE_US;
                    self.pass(next, over_budget);
                    if self.asked.stops {
                        break;
                    }
                }
            }
        }
        self.teller.settle(browser::now_ms());
        self.console.poll(self.branches.run_mut());
        Ok(())
    }

    fn run_mut(&mut self) -> &mut Run {
        self.branches.run_mut()
    }

    /// Time stands still from now on.
    pub(crate) fn pause(&mut self) {
        self.teller.show_newest(browser::now_ms());
    }

    /// Crashes a node that runs, restarts one that is down.
    pub(crate) fn toggle(&mut self, node: NodeId) -> Result<(), Refusal> {
        self.finish_step();
        let is_up = self
            .shown
            .node(node)
            .is_some_and(|frame| frame.role().is_some());
        self.act_all(vec![if is_up {
            Action::Crash { node }
        } else {
            Action::Restart { node }
        }])
    }

    /// Crashes the leader, if there is one.
    pub(crate) fn kill_leader(&mut self) -> Result<(), Refusal> {
        self.finish_step();
        let leader = self.shown.leader().map(|leader| leader.node);
        leader.map_or(Ok(()), |node| self.act_all(vec![Action::Crash { node }]))
    }

    /// Restarts every node that is down.
    pub(crate) fn restart_all(&mut self) -> Result<(), Refusal> {
        self.finish_step();
        let down = self.shown.nodes.iter();
        let down = down.filter(|node| node.liveness == Liveness::Down);
        let actions = down.map(|frame| Action::Restart { node: frame.node });
        self.act_all(actions.collect())
    }

    /// Does what a line typed at a node's prompt says.
    pub(crate) fn submit(&mut self, node: NodeId, line: String) -> Result<(), Refusal> {
        self.finish_step();
        if self.live {
            self.submit_now(node, &line);
            return Ok(());
        }
        self.fork(Deferred::Submit(node, line))
    }

    fn submit_now(&mut self, node: NodeId, line: &str) {
        self.console.submit(self.branches.run_mut(), node, line);
        self.catch_up();
        self.console.poll(self.branches.run_mut());
    }

    /// Types a line for a command that reads. That is done in the newest moment, where it
    /// runs.
    pub(crate) fn type_line(&mut self, id: EntryId, line: Option<&str>) {
        self.be_live();
        self.console.type_line(self.branches.run_mut(), id, line);
        self.catch_up();
    }

    /// Has a command end, in the newest moment.
    pub(crate) fn stop(&mut self, id: EntryId) {
        self.be_live();
        self.console.stop(self.branches.run_mut(), id);
        self.catch_up();
    }

    /// Shows the newest moment, unless it is shown: its sentence stays then.
    fn be_live(&mut self) {
        if !self.live {
            self.show_newest();
        }
    }

    /// The command that waits for a line.
    pub(crate) fn reader(&mut self) -> Option<EntryId> {
        self.console.reader()
    }

    /// The files that commands wrote and can read.
    pub(crate) fn files(&self) -> &Files {
        self.console.files()
    }

    /// Puts a file where commands can read it.
    pub(crate) fn put_file(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), Refusal> {
        let put = self.console.files_mut().write(name, bytes.into());
        put.map_err(|why| Refusal::Line(format!("{name}: {why}")))
    }

    /// Takes actions in a row, up to the first that is refused. In the past they begin a
    /// branch.
    pub(crate) fn act_all(&mut self, actions: Vec<Action>) -> Result<(), Refusal> {
        if actions.is_empty() {
            return Ok(());
        }
        self.finish_step();
        if self.live {
            return self.act_now(actions);
        }
        self.fork(Deferred::Act(actions))
    }

    fn act_now(&mut self, actions: Vec<Action>) -> Result<(), Refusal> {
        let mut done = Ok(());
        for action in actions {
            done = self.run_mut().act(action).map(drop);
            if done.is_err() {
                break;
            }
        }
        self.catch_up();
        done.map_err(Refusal::Action)
    }

    /// Whether a command of the console lets time pass.
    pub(crate) fn is_driven(&self) -> bool {
        self.live && (self.console.drives() || self.serves())
    }

    /// Holds the run to its promises, up to its newest event.
    fn follow(&mut self) {
        // What was not followed in time stays unchecked, and is said to be.
        self.unchecked = self.console.observe(self.branches.run()).is_err();
    }

    /// Why the last of so many events happened.
    pub(crate) fn why(&self, events: u64) -> Option<Reason> {
        let record = self.branches.run().record();
        let why = record.why(EventId(events.checked_sub(1)?))?;
        let row = |id: &EventId| Some(self.row(*id, record.get(*id)?));
        let mut chain: Vec<EventRow> = why.chain.iter().filter_map(row).collect();
        // What the narrator says of an event is more than what it says by itself.
        let first = chain.iter().take(MAX_NARRATED).next_back();
        let first = first.map_or(events, |row| row.id.0);
        self.tell(
            first.max(events.saturating_sub(QUIET_EVENTS)),
            events,
            &mut |id, told| {
                if let Some(row) = chain.iter_mut().find(|row| row.id == id) {
                    row.told = told;
                }
            },
        );
        Some(Reason {
            chain,
            root: why.root,
        })
    }

    /// The shown branch as a scenario file.
    pub(crate) fn scenario(&self) -> String {
        let mut text = String::new();
        let scenario = Scenario {
            title: None,
            description: None,
            recording: self.recording().clone(),
        };
        // A string takes everything.
        let _infallible = scenario::write(&mut text, &scenario);
        text
    }

    /// The events of the shown branch.
    pub(crate) fn export(&self, export: Export) -> String {
        export.of(self.branches.run())
    }

    /// The branch that is shown.
    pub(crate) fn branch(&self) -> BranchId {
        self.branches.active()
    }

    /// What the shown branch is a function of.
    pub(crate) fn recording(&self) -> &Recording {
        self.branches.run().recording()
    }

    /// The run, as far as it has come.
    pub(crate) fn run(&self) -> &Run {
        self.branches.run()
    }

    /// What the run began with.
    pub(crate) fn setup(&self) -> &Setup {
        self.branches.run().setup()
    }

    /// The lines that a typed beginning can become.
    pub(crate) fn complete(&self, line: &str) -> Vec<String> {
        console::complete(self.run().frame(), line)
    }

    /// The lines typed before, oldest first.
    pub(crate) fn history(&self) -> Vec<String> {
        self.console.history().iter().cloned().collect()
    }

    fn entries(&self) -> impl DoubleEndedIterator<Item = &Rc<Entry>> {
        self.console.entries()
    }

    /// Shows the rest of a step: nobody can act in its middle.
    fn finish_step(&mut self) {
        if self.live {
            self.catch_up();
        }
    }

    /// Shows everything that has happened.
    fn catch_up(&mut self) {
        let next = EventId(self.shown.events);
        let run = self.branches.run();
        let events: Vec<Event> = run
            .record()
            .since(next)
            .map(|(_, event)| event.clone())
            .collect();
        for event in &events {
            self.show(event, false);
        }
        self.now = self.end();
        self.live = true;
        self.follow();
        self.forget_answers();
    }

    fn forget_answers(&mut self) {
        let since = self.now.saturating_sub(ANSWER_SHOWN_US);
        while self.answers.front().is_some_and(|answer| answer.at < since) {
            Rc::make_mut(&mut self.answers).pop_front();
        }
    }

    fn show(&mut self, event: &Event, always: bool) {
        let before = self.shown.clone();
        self.shown.apply(event);
        if let EventKind::Answered { node, result, .. } = &event.kind {
            let answers = Rc::make_mut(&mut self.answers);
            if answers.len() == MAX_ANSWERS {
                answers.pop_front();
            }
            answers.push_back(Answer {
                node: *node,
                at: event.at,
                ok: result.is_ok(),
            });
        }
        if let Some(sentence) = self.narrator.tell(event, &before, &self.shown) {
            let told = Told {
                sentence,
                at: event.at,
                events: self.shown.events,
            };
            self.teller.tell(told, browser::now_ms(), always);
        }
    }

    /// Where the ribbon's window begins. Live, the newest moment stands at its right end; in
    /// the past it stays where it was, as long as the shown moment is inside of it.
    fn window(&self) -> Micros {
        let newest = window_start(self.end());
        if self.live {
            return newest;
        }
        let inside = self.now.saturating_sub(WINDOW_US)..=self.now;
        if inside.contains(&newest) {
            return newest;
        }
        self.now.saturating_sub(WINDOW_US / 2)
    }

    /// What became of each promise up to the shown moment.
    fn verdicts(&self) -> Vec<(Promise, Option<Breach>)> {
        let verdicts = self.console.watch().checks.verdicts();
        let breach = |verdict: &Verdict| match verdict {
            Verdict::Broken { at, evidence, .. } if at.0 < self.shown.events => Some(Breach {
                at: *at,
                evidence: evidence.to_string(),
            }),
            _ => None,
        };
        verdicts
            .map(|(promise, verdict)| (promise, breach(verdict)))
            .collect()
    }

    fn calm(&self) -> Calm {
        Calm {
            frame: self.shown.clone(),
            now: self.now,
            told: self.teller.shown().cloned(),
            spoken: self.teller.spoken().cloned(),
            past: Rc::new(Past::of(
                self.branches.run().lanes(),
                self.window(),
                self.end(),
            )),
            actions: self.recording().actions.len(),
            verdicts: self.verdicts(),
            unchecked: self.unchecked,
            branches: Rc::new(self.branches.list().collect()),
            branch: self.branches.active(),
            dropped: self.branches.run().record().dropped(),
            recorded: self.len(),
            waiting: self.waiting(),
            findings: self.findings(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest integer that there is"
)]
fn whole_us(us: f64) -> Micros {
    us.round() as Micros
}
