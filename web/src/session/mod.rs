//! One run, and everything that a person can do with it.
//!
//! [`Session`] is the only mutable thing on the page. It runs the core ahead, and folds
//! its events one by one into the picture that is shown, so that a step can stop between
//! two events of the same instant. [`Store`] drives it, one animation frame at a time,
//! and hands its [`View`]s to the components.

mod link;
mod past;
mod speed;
mod store;
mod teller;
mod view;

pub(crate) use link::{LinkError, Start, parse_seed};
pub(crate) use past::{Past, WINDOW_US, window_start};
pub(crate) use speed::Speed;
pub(crate) use store::{Command, Store, use_store, use_view};
pub(crate) use teller::Told;
pub(crate) use view::{Answer, Calm, Notice, Refusal, Theme, View};

use std::rc::Rc;

use glassraft_core::console::{Console, Entry};
use glassraft_core::lesson::Narrator;
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::trace::{Frame, Run};
use glassraft_core::world::{Action, ActionError, Event, EventId, EventKind, Setup, SetupError};
use imbl::Vector;

use crate::browser;
use teller::Teller;

/// How long an answer stays at its node, in µs.
const ANSWER_SHOWN_US: Micros = 900_000;

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
    run: Run,
    /// The picture of all events that were shown; the run may be some ahead.
    shown: Frame,
    /// The time that is shown.
    now: Micros,
    narrator: Narrator,
    teller: Teller,
    answers: Vector<Answer>,
    console: Console,
}

impl Session {
    /// A session at the beginning of its run.
    pub(crate) fn new(start: Start) -> Result<Self, SetupError> {
        let mut session = Self {
            start,
            run: Run::new(start.setup()?, start.seed)?,
            shown: Frame::new(start.nodes),
            now: 0,
            narrator: Narrator::default(),
            teller: Teller::default(),
            answers: Vector::new(),
            console: Console::new(),
        };
        session.catch_up();
        Ok(session)
    }

    /// Lets real time pass, until `until_ms` of the browser's clock at the latest: what
    /// does not fit is not made up for.
    pub(crate) fn advance(&mut self, passed_ms: f64, speed: Speed, until_ms: f64) {
        let over_budget = || browser::now_ms() >= until_ms;
        let begin = self.run.now();
        match speed.factor() {
            Some(factor) => {
                let passed_us = whole_us(passed_ms * 1_000.0 * factor);
                self.run.advance_to(begin + passed_us, over_budget);
                self.catch_up();
            }
            None => {
                while !over_budget() && self.run.now() < begin + MAX_SPEED_FRAME_US {
                    let next = self.run.now() + MAX_SPEED_STRIDE_US;
                    self.run.advance_to(next, over_budget);
                    self.catch_up();
                }
            }
        }
        self.console.poll(&mut self.run);
    }

    /// Time stands still from now on.
    pub(crate) fn pause(&mut self) {
        self.teller.show_newest(browser::now_ms());
    }

    /// Shows exactly one more event, which happens first if all that happened is shown.
    pub(crate) fn step(&mut self) {
        if self.shown.events == self.run.record().len() && self.run.step().is_none() {
            return;
        }
        let next = EventId(self.shown.events);
        if let Some(event) = self.run.record().get(next).cloned() {
            self.show(&event, true);
            self.now = event.at;
            self.forget_answers();
        }
        if self.shown.events == self.run.record().len() {
            self.console.poll(&mut self.run);
        }
    }

    /// Crashes a node that runs, restarts one that is down.
    pub(crate) fn toggle(&mut self, node: NodeId) -> Result<(), ActionError> {
        self.catch_up();
        let is_up = self
            .shown
            .node(node)
            .is_some_and(|frame| frame.role().is_some());
        self.act(if is_up {
            Action::Crash { node }
        } else {
            Action::Restart { node }
        })
    }

    /// Crashes the leader, if there is one.
    pub(crate) fn kill_leader(&mut self) -> Result<(), ActionError> {
        self.catch_up();
        let leader = self.shown.leader().map(|leader| leader.node);
        leader.map_or(Ok(()), |node| self.act(Action::Crash { node }))
    }

    /// Restarts every node that is down.
    pub(crate) fn restart_all(&mut self) -> Result<(), ActionError> {
        self.catch_up();
        let down = self.shown.nodes.iter().filter(|node| node.role().is_none());
        let down: Vec<_> = down.map(|frame| frame.node).collect();
        down.into_iter()
            .try_for_each(|node| self.act(Action::Restart { node }))
    }

    /// Does what a line typed at a node's prompt says.
    pub(crate) fn submit(&mut self, node: NodeId, line: &str) {
        self.catch_up();
        self.console.submit(&mut self.run, node, line);
        self.catch_up();
        self.console.poll(&mut self.run);
    }

    /// The lines that a typed beginning can become.
    pub(crate) fn complete(&self, line: &str) -> Vec<String> {
        self.console.complete(self.start.nodes, line)
    }

    /// The lines typed before, oldest first.
    pub(crate) fn history(&self) -> Vec<String> {
        self.console.history().iter().cloned().collect()
    }

    fn entries(&self) -> impl DoubleEndedIterator<Item = &Rc<Entry>> {
        self.console.entries()
    }

    /// Takes actions in a row, up to the first that is refused.
    pub(crate) fn act_all(&mut self, actions: Vec<Action>) -> Result<(), ActionError> {
        self.catch_up();
        actions.into_iter().try_for_each(|action| self.act(action))
    }

    /// What the run began with.
    pub(crate) fn setup(&self) -> &Setup {
        self.run.setup()
    }

    fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let done = self.run.act(action);
        self.catch_up();
        done.map(drop)
    }

    /// Shows everything that has happened.
    fn catch_up(&mut self) {
        let next = EventId(self.shown.events);
        let events: Vec<Event> = self
            .run
            .record()
            .since(next)
            .map(|(_, event)| event.clone())
            .collect();
        for event in &events {
            self.show(event, false);
        }
        self.now = self.run.now();
        self.forget_answers();
    }

    fn forget_answers(&mut self) {
        let since = self.now.saturating_sub(ANSWER_SHOWN_US);
        while self.answers.front().is_some_and(|answer| answer.at < since) {
            self.answers.pop_front();
        }
    }

    fn show(&mut self, event: &Event, always: bool) {
        let before = self.shown.clone();
        self.shown.apply(event);
        if let EventKind::Answered { node, result, .. } = &event.kind {
            if self.answers.len() == MAX_ANSWERS {
                self.answers.pop_front();
            }
            self.answers.push_back(Answer {
                node: *node,
                at: event.at,
                ok: result.is_ok(),
            });
        }
        if let Some(sentence) = self.narrator.tell(event, &before, &self.shown) {
            let told = Told {
                sentence,
                at: event.at,
            };
            self.teller.tell(told, browser::now_ms(), always);
        }
    }

    fn calm(&self) -> Calm {
        Calm {
            frame: self.shown.clone(),
            now: self.now,
            told: self.teller.shown().cloned(),
            spoken: self.teller.spoken().cloned(),
            past: Rc::new(Past::of(self.run.lanes(), self.now)),
            dropped: self.run.record().dropped(),
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
