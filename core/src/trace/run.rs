//! A world with its record.

use std::rc::Rc;

use crate::etcd::{Error, Response};
use crate::member::{MemberView, Micros, NodeId, RequestId};
use crate::order::Ascending;
use crate::world::{Action, ActionError, EventId, EventKind, Setup, SetupError, World};

use super::hearing::{Heard, Hearing};
use super::key_frames::KeyFrames;
use super::{Frame, Lanes, Record, RecordLimits, Recording, Stamped};

/// The most actions of one run.
const MAX_ACTIONS: usize = 100_000;

/// The most outcomes that wait to be collected; the oldest give way.
const MAX_OUTCOMES: usize = 1_000;

/// The most steps that are taken in search of an event.
const MAX_SILENT_STEPS: u32 = 100_000;

/// How many steps are taken between two looks at the budget.
pub(super) const STEPS_PER_LOOK: u32 = 64;

/// How a request ended: the answer, or the error that the client saw.
pub type Outcome = Rc<Result<Response, Error>>;

/// A run: a world, everything that was done to it, and everything that happened in it.
pub struct Run {
    pub(super) world: World,
    recording: Recording,
    pub(super) record: Record,
    lanes: Lanes,
    /// The picture after the last event.
    pub(super) frame: Frame,
    pub(super) key_frames: KeyFrames,
    outcomes: Ascending<RequestId, Outcome>,
    hearing: Hearing,
}

impl Run {
    /// A run at its beginning.
    ///
    /// # Errors
    /// The setup is not one to begin with.
    pub fn new(setup: Setup, seed: u64) -> Result<Self, SetupError> {
        Self::with_limits(setup, seed, RecordLimits::default())
    }

    /// A run at its beginning that keeps as much as `limits` say.
    ///
    /// # Errors
    /// The setup is not one to begin with.
    pub fn with_limits(setup: Setup, seed: u64, limits: RecordLimits) -> Result<Self, SetupError> {
        let mut record = Record::new(limits);
        let world = World::new(setup.clone(), seed, record.end())?;
        let frame = Frame::new(setup.nodes);
        let mut run = Self {
            world,
            record,
            lanes: Lanes::new(setup.nodes),
            key_frames: KeyFrames::new(&frame),
            frame,
            outcomes: Ascending::default(),
            hearing: Hearing::default(),
            recording: Recording {
                setup,
                seed,
                actions: Vec::new(),
            },
        };
        run.collect();
        Ok(run)
    }

    /// What the run is a function of, so far.
    #[must_use]
    pub fn recording(&self) -> &Recording {
        &self.recording
    }

    /// The setup.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.recording.setup
    }

    /// The time, in µs since the run began.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.world.now()
    }

    /// How many steps the world has taken.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.world.steps()
    }

    /// The events.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What each node was, over the whole time.
    #[must_use]
    pub fn lanes(&self) -> &Lanes {
        &self.lanes
    }

    /// What a node really holds, for whoever checks a picture against it.
    #[must_use]
    pub fn view(&self, node: NodeId) -> Option<MemberView<'_>> {
        self.world.view(node)
    }

    /// The picture after the last event.
    #[must_use]
    pub fn frame(&self) -> &Frame {
        &self.frame
    }

    /// Whether an action makes sense now. Nothing happens.
    ///
    /// # Errors
    /// What [`Run::act`] would refuse it for, but for the limit of actions.
    pub fn check(&self, action: &Action) -> Result<(), ActionError> {
        self.world.check(action)
    }

    /// Does what a person asks for, now. The action and its time go into the recording.
    ///
    /// # Errors
    /// The action makes no sense now; nothing has happened.
    pub fn act(&mut self, action: Action) -> Result<Option<RequestId>, ActionError> {
        if self.recording.actions.len() >= MAX_ACTIONS {
            return Err(ActionError::TooManyActions(MAX_ACTIONS));
        }
        let stamped = Stamped {
            step: self.world.steps(),
            at: self.world.now(),
            action: action.clone(),
        };
        let request = self.world.act(action, self.record.end())?;
        self.recording.actions.push(stamped);
        self.collect();
        Ok(request)
    }

    /// Takes steps until at least one event happens, and returns the number of the first.
    /// `None` if nothing is left to happen, or nothing does in very many steps: the clock of
    /// a node without a vote ticks on and leads to nothing.
    pub fn step(&mut self) -> Option<EventId> {
        let first = EventId(self.record.len());
        for _ in 0..MAX_SILENT_STEPS {
            self.world.next_at()?;
            self.step_world();
            if self.record.len() > first.0 {
                self.collect();
                return Some(first);
            }
        }
        None
    }

    /// Lets time pass until at least one event happens, and returns the number of the
    /// first; or until `at`, and returns `None`. If nothing happens in very many steps, it
    /// returns `None` before that.
    pub fn step_until(&mut self, at: Micros) -> Option<EventId> {
        let first = EventId(self.record.len());
        for _ in 0..MAX_SILENT_STEPS {
            if self.world.next_at().is_none_or(|next| next > at) {
                self.world.pass_until(at);
                return None;
            }
            self.step_world();
            if self.record.len() > first.0 {
                self.collect();
                return Some(first);
            }
        }
        None
    }

    /// Lets time pass until `at`, or until `over_budget` says that it is enough for now.
    /// Returns whether `at` was reached.
    pub fn advance_to(&mut self, at: Micros, mut over_budget: impl FnMut() -> bool) -> bool {
        let mut left = STEPS_PER_LOOK;
        while self.world.step_until(at, self.record.end()) {
            left -= 1;
            if left == 0 {
                self.collect();
                if over_budget() {
                    return false;
                }
                left = STEPS_PER_LOOK;
            }
        }
        self.collect();
        self.world.pass_until(at);
        true
    }

    /// Lets time pass until `at`.
    pub fn advance(&mut self, at: Micros) {
        self.advance_to(at, || false);
    }

    /// Takes how a request ended, if it has.
    pub fn take_outcome(&mut self, id: RequestId) -> Option<Outcome> {
        self.outcomes.remove(&id)
    }

    /// Takes what the client of a stream has heard since it was asked last, and how the stream
    /// ended, if it did; `None` where there is no such stream, or its end was told before.
    pub fn take_streamed(&mut self, id: RequestId) -> Option<Heard> {
        self.hearing.take(id)
    }

    pub(super) fn step_world(&mut self) {
        self.world.step_until(Micros::MAX, self.record.end());
    }

    /// Takes in what the last steps brought, while it is still warm.
    pub(super) fn collect(&mut self) {
        let new = EventId(self.frame.events);
        for event in self.record.rows_since(new).flatten() {
            self.frame.apply(event);
            match &event.kind {
                EventKind::Node { .. } | EventKind::Acted { .. } => self.lanes.apply(event),
                EventKind::Answered { id, result, .. } => {
                    if self.outcomes.len() == MAX_OUTCOMES {
                        self.outcomes.pop_first();
                    }
                    self.outcomes.insert(*id, Rc::clone(result));
                }
                EventKind::Stream { id, step, .. } => self.hearing.apply(*id, step),
                // Most are about messages, and the picture alone shows those.
                _ => {}
            }
        }
        if self.record.tidy() {
            self.key_frames.offer(&self.frame, self.record.dropped());
        }
    }
}
