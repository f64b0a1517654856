//! Going through time: stepping on and back, seeking, and acting in the past.
//!
//! What is shown is either the newest moment of the run ("live"), or one of its past with
//! its future behind it. To act in the past forks the run. What takes longer than an
//! animation frame goes on in the next ones ([`Task`]).

use std::rc::Rc;

use glassraft_core::lesson::{Narrator, Sentence};
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::trace::{
    BranchId, Branches, Frame, Progress, Recording, Rewind, Search, Searched, SeekError, StepKind,
    Target,
};
use glassraft_core::world::{Action, Event, EventId};

use crate::browser;

use super::ask::{Asked, Comparing, Hashing};
use super::kept::Resume;
use super::{FIRST_BRANCH, Refusal, Session};

/// How long a person waits at most before something that goes on is shown as such, in ms.
const AT_ONCE_MS: f64 = 120.0;

/// How many events are gone through for the sentence that was true last before a moment.
const TELLING_EVENTS: u64 = 400;

/// The same where none of those was worth one: a cluster at rest has two hundred a second.
pub(super) const QUIET_EVENTS: u64 = 4_800;

/// What is done once a branch has come to life.
pub(super) enum Deferred {
    Nothing,
    Act(Vec<Action>),
    Submit(NodeId, String),
    /// The moment after so many events is shown.
    GoTo(u64),
}

/// Something that goes on over several animation frames.
pub(super) enum Task {
    /// A step to an event that has not happened yet.
    Search(Search),
    /// A branch comes to life.
    Branch(Deferred),
    /// A moment whose events are not kept any more comes back.
    Rewind(Box<Rewind>),
    /// A run that somebody recorded is lived through, to be seen from its beginning.
    Relive(Box<Rewind>),
    /// Two branches are compared.
    Compare(Box<Comparing>),
    /// The hashes of branches are taken.
    Hash(Box<Hashing>),
    /// A session that was kept comes back.
    Resume(Box<Resume>),
}

impl Session {
    /// Whether something goes on that takes longer.
    pub(crate) fn is_busy(&self) -> bool {
        self.task.is_some()
    }

    /// Calls off what goes on.
    pub(crate) fn cancel(&mut self) {
        self.task = None;
        self.branches.cancel();
    }

    pub(super) fn len(&self) -> u64 {
        self.branches.run().record().len()
    }

    /// Whether the shown moment has a future that is recorded already.
    pub(crate) fn is_live(&self) -> bool {
        self.live
    }

    /// When the newest moment of the run is.
    pub(crate) fn end(&self) -> Micros {
        self.branches.run().now()
    }

    /// Goes on with what takes longer, until `over_budget`.
    pub(super) fn work(&mut self, mut over_budget: impl FnMut() -> bool) -> Result<(), Refusal> {
        match self.task.take() {
            None => Ok(()),
            Some(Task::Search(mut search)) => {
                match search.advance(self.branches.run_mut(), &mut over_budget) {
                    Searched::Found(id) => self.show_through(id),
                    Searched::Nothing => self.catch_up(),
                    Searched::Working => self.task = Some(Task::Search(search)),
                }
                Ok(())
            }
            Some(Task::Branch(deferred)) => {
                let Progress { done, .. } = self.branches.advance(over_budget)?;
                if !done {
                    self.task = Some(Task::Branch(deferred));
                    return Ok(());
                }
                self.console.abandon();
                self.show_newest();
                self.follow();
                match deferred {
                    Deferred::Nothing => Ok(()),
                    Deferred::GoTo(events) => self.go_to(events),
                    Deferred::Act(actions) => self.act_now(actions),
                    Deferred::Submit(node, line) => {
                        self.submit_now(node, &line);
                        Ok(())
                    }
                }
            }
            Some(Task::Compare(comparing)) => self.go_on_comparing(comparing, over_budget),
            Some(Task::Hash(hashing)) => self.go_on_hashing(hashing, over_budget),
            Some(Task::Relive(mut rewind)) => {
                let Progress { done, .. } = rewind.advance(over_budget).map_err(Refusal::Run)?;
                if !done {
                    self.task = Some(Task::Relive(rewind));
                    return Ok(());
                }
                if let Some(run) = rewind.into_run() {
                    self.branches = Branches::new(run, FIRST_BRANCH)?;
                    self.asked = Asked::default();
                    self.console.abandon();
                    self.follow();
                    self.go_to(0)?;
                }
                Ok(())
            }
            Some(Task::Resume(resume)) => self.go_on_resuming(resume, over_budget),
            Some(Task::Rewind(mut rewind)) => {
                let Progress { done, .. } = rewind.advance(over_budget).map_err(Refusal::Run)?;
                if done {
                    let frame = rewind.run().frame().clone();
                    self.show_frame(frame, None);
                } else {
                    self.task = Some(Task::Rewind(rewind));
                }
                Ok(())
            }
        }
    }

    /// Something goes on in the next frame.
    pub(super) fn set_task(&mut self, task: Task) {
        self.task = Some(task);
    }

    /// Begins something, and does of it what fits into a moment.
    pub(super) fn begin(&mut self, task: Task) -> Result<(), Refusal> {
        self.task = Some(task);
        let until = browser::now_ms() + AT_ONCE_MS;
        self.work(|| browser::now_ms() >= until)
    }

    /// Begins to live through what was recorded.
    pub(super) fn relive(&mut self, recording: Recording) -> Result<(), Refusal> {
        let rewind = Rewind::new(Rc::new(recording), Target::LastAction).map_err(Refusal::Run)?;
        self.begin(Task::Relive(Box::new(rewind)))
    }

    /// Shows one more event of a kind, which happens first if all that happened is shown.
    pub(crate) fn step(&mut self, kind: StepKind) -> Result<(), Refusal> {
        self.call_off();
        let shown = self.shown.events;
        match self.branches.run().next_like(kind, shown) {
            Ok(Some(id)) => {
                self.show_through(id);
                Ok(())
            }
            Ok(None) => match Search::new(self.branches.run(), kind, shown) {
                Ok(search) => self.begin(Task::Search(search)),
                Err(_) => self.go_to(shown + 1),
            },
            // Of the far past every event can be brought back, one by one.
            Err(_) => self.go_to(shown + 1),
        }
    }

    /// Shows the moment of the last event of a kind before this one.
    pub(crate) fn step_back(&mut self, kind: StepKind) -> Result<(), Refusal> {
        let shown = self.shown.events;
        let target = match self.branches.run().previous_like(kind, shown) {
            Ok(Some(id)) => id.0 + 1,
            Ok(None) => 0,
            Err(_) => shown.saturating_sub(1),
        };
        self.go_to(target)
    }

    /// Shows the moment after so many events.
    pub(crate) fn go_to(&mut self, events: u64) -> Result<(), Refusal> {
        let events = events.min(self.len());
        match self.branches.run().frame_of(events) {
            Ok(frame) => {
                self.show_frame(frame, None);
                Ok(())
            }
            Err(SeekError::Future) => Ok(()),
            Err(SeekError::Dropped) => {
                let target = match events.checked_sub(1) {
                    Some(last) => Target::Event(EventId(last)),
                    None => Target::End { step: 0, at: 0 },
                };
                let recording = Rc::new(self.branches.run().recording().clone());
                let rewind = Rewind::new(recording, target).map_err(Refusal::Run)?;
                self.begin(Task::Rewind(Box::new(rewind)))
            }
        }
    }

    /// Shows the moment at a time.
    pub(crate) fn seek(&mut self, at: Micros) -> Result<(), Refusal> {
        let at = at.min(self.end());
        match self.branches.run().frame_at(at) {
            Ok(frame) => {
                self.show_frame(frame, Some(at));
                Ok(())
            }
            Err(SeekError::Future) => Ok(()),
            Err(SeekError::Dropped) => {
                let recording = Rc::new(self.branches.run().recording().clone());
                let rewind = Rewind::new(recording, Target::Time(at)).map_err(Refusal::Run)?;
                self.begin(Task::Rewind(Box::new(rewind)))
            }
        }
    }

    /// Shows the newest moment.
    pub(crate) fn show_newest(&mut self) {
        let run = self.branches.run();
        let (frame, now) = (run.frame().clone(), run.now());
        self.show_frame(frame, Some(now));
        self.live = true;
    }

    /// Plays what is recorded already, up to a time; beyond the last event the run is live
    /// again.
    pub(super) fn replay_to(&mut self, at: Micros) {
        let at = self.replay_limit(at);
        let next = EventId(self.shown.events);
        let record = self.branches.run().record();
        if next.0 < record.dropped() {
            // The events in between are gone: go on with the oldest that are kept.
            if let Ok(frame) = self.branches.run().frame_of(record.dropped()) {
                self.show_frame(frame, None);
            }
            return;
        }
        let due: Vec<Event> = record
            .since(next)
            .map(|(_, event)| event)
            .take_while(|event| event.at <= at)
            .cloned()
            .collect();
        let at = at.min(self.end());
        let mut now = at;
        for event in &due {
            self.show(event, false);
            if self.has_waited(event.at) {
                now = event.at;
                break;
            }
        }
        self.now = now;
        self.live = self.shown.events == self.len() && now >= self.end();
        self.forget_answers();
        self.has_waited(now);
    }

    /// Shows everything up to an event, that one included.
    fn show_through(&mut self, id: EventId) {
        let next = EventId(self.shown.events);
        let record = self.branches.run().record();
        let events: Vec<Event> = record
            .since(next)
            .take_while(|(each, _)| *each <= id)
            .map(|(_, event)| event.clone())
            .collect();
        for event in &events {
            self.show(event, true);
        }
        self.now = self.shown.at;
        self.forget_answers();
        if self.shown.events == self.len() {
            self.live = true;
            self.console.poll(self.branches.run_mut());
        }
    }

    /// Shows a picture of the past, with the sentence that was last true.
    pub(super) fn show_frame(&mut self, frame: Frame, at: Option<Micros>) {
        self.call_off();
        self.now = at.unwrap_or(frame.at);
        self.answers = Rc::default();
        let mut told = self.last_told(frame.events, TELLING_EVENTS);
        if told.is_none() {
            told = self.last_told(frame.events, QUIET_EVENTS);
        }
        self.teller.show_only(told);
        self.narrator = Narrator::at(&frame);
        self.live = frame.events == self.len() && self.now >= self.end();
        self.shown = frame;
    }

    /// The last sentence of so many events before a moment.
    fn last_told(&self, events: u64, among: u64) -> Option<super::Told> {
        let mut last = None;
        let first = events.saturating_sub(among);
        self.tell(first, events, &mut |id, sentence| {
            last = Some((id, sentence));
        });
        let (id, sentence) = last?;
        Some(super::Told {
            sentence,
            at: self.branches.run().record().get(id)?.at,
            events: id.0 + 1,
        })
    }

    /// Has the narrator tell of the events from one on, as far as they are kept, up to a
    /// moment.
    pub(super) fn tell(&self, first: u64, events: u64, hear: &mut dyn FnMut(EventId, Sentence)) {
        let run = self.branches.run();
        let first = first.max(run.record().dropped());
        if first >= events {
            return;
        }
        let Ok(mut frame) = run.frame_of(first) else {
            return;
        };
        let mut narrator = Narrator::at(&frame);
        for (id, event) in run.record().since(EventId(first)) {
            if id.0 >= events {
                break;
            }
            let before = frame.clone();
            frame.apply(event);
            if let Some(sentence) = narrator.tell(event, &before, &frame) {
                hear(id, sentence);
            }
        }
    }

    /// Begins a branch at the shown moment, if that is in the past; `deferred` is done there.
    pub(super) fn fork(&mut self, deferred: Deferred) -> Result<(), Refusal> {
        let target = match self.shown.events.checked_sub(1) {
            Some(last) => Target::Event(EventId(last)),
            None => Target::End { step: 0, at: 0 },
        };
        self.branches.fork(target, None)?;
        self.begin(Task::Branch(deferred))
    }

    /// Makes another branch the active one.
    pub(crate) fn switch(&mut self, branch: BranchId) -> Result<(), Refusal> {
        self.branches.switch(branch)?;
        self.begin(Task::Branch(Deferred::Nothing))
    }
}
