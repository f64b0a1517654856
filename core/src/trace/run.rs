//! A world with its record.

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::etcd::{Error, Response};
use crate::member::{MemberView, Micros, NodeId, RequestId};
use crate::world::{Action, ActionError, EventId, EventKind, Setup, SetupError, World};

use super::{Frame, Lanes, Record, RecordLimits};

/// The most actions of one run.
const MAX_ACTIONS: usize = 100_000;

/// The most steps that are taken to come to an action of a recording.
const MAX_REPLAY_STEPS: u64 = 100_000_000;

/// The most outcomes that wait to be collected; the oldest give way.
const MAX_OUTCOMES: usize = 1_000;

/// The most steps that are taken in search of an event.
const MAX_SILENT_STEPS: u32 = 100_000;

/// How many steps are taken between two looks at the budget.
const STEPS_PER_LOOK: u32 = 64;

/// An action, and when it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamped {
    /// After how many steps of the world. (Time alone would not say which of two things of
    /// one moment came first.)
    pub step: u64,
    /// At what time, in µs.
    pub at: Micros,
    /// What.
    pub action: Action,
}

/// Everything that a run is a function of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    /// What it began with.
    pub setup: Setup,
    /// The seed of all chance in it.
    pub seed: u64,
    /// What was done, in order.
    pub actions: Vec<Stamped>,
}

/// How a request ended: the answer, or the error that the client saw.
pub type Outcome = Rc<Result<Response, Error>>;

/// Why a recording cannot be played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// The run cannot begin.
    Setup(SetupError),
    /// An action is stamped with a step or a time that the run does not come to.
    Stamp {
        /// Its place in the recording, from 0.
        place: usize,
    },
    /// An action makes no sense where it stands.
    Action {
        /// Its place in the recording, from 0.
        place: usize,
        /// What is wrong with it.
        error: ActionError,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Setup(error) => error.fmt(f),
            Self::Stamp { place } => {
                write!(
                    f,
                    "action {place}: the run does not come to its step and time"
                )
            }
            Self::Action { place, error } => write!(f, "action {place}: {error}"),
        }
    }
}

impl std::error::Error for RunError {}

/// A run: a world, everything that was done to it, and everything that happened in it.
pub struct Run {
    world: World,
    recording: Recording,
    record: Record,
    lanes: Lanes,
    /// The picture after the last event.
    frame: Frame,
    outcomes: BTreeMap<RequestId, Outcome>,
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
        let mut run = Self {
            world: World::new(setup.clone(), seed, record.end())?,
            record,
            lanes: Lanes::new(setup.nodes),
            frame: Frame::new(setup.nodes),
            outcomes: BTreeMap::new(),
            recording: Recording {
                setup,
                seed,
                actions: Vec::new(),
            },
        };
        run.collect();
        Ok(run)
    }

    /// Plays a recording up to its last action. The run that comes out is the one that was
    /// recorded, event for event.
    ///
    /// # Errors
    /// The setup is invalid, an action makes no sense where it stands, or the run does not
    /// come to where it stands.
    pub fn replay(recording: &Recording) -> Result<Self, RunError> {
        let setup = recording.setup.clone();
        let mut run = Self::new(setup, recording.seed).map_err(RunError::Setup)?;
        for (place, stamped) in recording.actions.iter().enumerate() {
            let astray = RunError::Stamp { place };
            if stamped.step > MAX_REPLAY_STEPS {
                return Err(astray);
            }
            while run.world.steps() < stamped.step {
                let next = run.world.next_at();
                if next.is_none_or(|next| next > stamped.at) {
                    return Err(astray);
                }
                run.step_world();
                run.collect();
            }
            run.world.pass_until(stamped.at);
            if run.world.now() != stamped.at {
                return Err(astray);
            }
            run.act(stamped.action.clone())
                .map_err(|error| RunError::Action { place, error })?;
        }
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

    /// Lets time pass until `at`, or until `over_budget` says that it is enough for now.
    /// Returns whether `at` was reached.
    pub fn advance_to(&mut self, at: Micros, mut over_budget: impl FnMut() -> bool) -> bool {
        let mut left = STEPS_PER_LOOK;
        while self.world.next_at().is_some_and(|next| next <= at) {
            self.step_world();
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

    fn step_world(&mut self) {
        self.world.step(self.record.end());
    }

    /// Takes in what the last steps brought, while it is still warm.
    fn collect(&mut self) {
        for (_, event) in self.record.since(EventId(self.frame.events)) {
            self.lanes.apply(event);
            self.frame.apply(event);
            if let EventKind::Answered { id, result, .. } = &event.kind {
                if self.outcomes.len() == MAX_OUTCOMES {
                    self.outcomes.pop_first();
                }
                self.outcomes.insert(*id, Rc::clone(result));
            }
        }
        self.record.tidy();
    }
}
