//! A run lived through once more, up to a moment.

use std::rc::Rc;

use crate::member::Micros;
use crate::world::EventId;

use super::run::STEPS_PER_LOOK;
use super::{RecordLimits, Recording, Run, RunError, TraceHash};

/// The most steps of one run that are taken again.
pub(super) const MAX_STEPS: u64 = 100_000_000;

/// The moment that a run is to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The end of what the event belongs to: a step of the world, or an action. (The events
    /// of one step happen in one instant, and nobody can act between them.) What was done
    /// later is left out.
    Event(EventId),
    /// A time: after all that happened and was done until then.
    Time(Micros),
    /// So many steps and a time, after all that was done.
    End {
        /// The steps.
        step: u64,
        /// The time, in µs.
        at: Micros,
    },
    /// The last action, or the beginning if nothing was done.
    LastAction,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many events there were.
    pub events: u64,
    /// The time, in µs.
    pub at: Micros,
    /// Whether it is where it was to come to.
    pub done: bool,
}

/// A recording that is being played up to a moment, a little at a time.
///
/// It is how the far past is reached whose events are dropped, how a run is forked, and how
/// a branch comes to life again. The run that comes out has the recording as far as it was
/// played, and goes on from there.
pub struct Rewind {
    recording: Rc<Recording>,
    /// How many actions of it were taken.
    taken: usize,
    target: Target,
    run: Run,
    hash: Option<TraceHash>,
    done: bool,
}

impl Rewind {
    /// Begins at the run's beginning.
    ///
    /// # Errors
    /// The setup is not one to begin with.
    pub fn new(recording: Rc<Recording>, target: Target) -> Result<Self, RunError> {
        Self::with_limits(recording, target, RecordLimits::default())
    }

    /// Begins at the run's beginning; the record keeps as much as `limits` say.
    ///
    /// # Errors
    /// The setup is not one to begin with.
    pub fn with_limits(
        recording: Rc<Recording>,
        target: Target,
        limits: RecordLimits,
    ) -> Result<Self, RunError> {
        let setup = recording.setup.clone();
        let run = Run::with_limits(setup, recording.seed, limits).map_err(RunError::Setup)?;
        Ok(Self {
            recording,
            taken: 0,
            target,
            run,
            hash: None,
            done: false,
        })
    }

    /// Has it take the hash of all events on the way, even of those that are not kept.
    #[must_use]
    pub fn hashing(mut self) -> Self {
        let mut hash = TraceHash::new();
        hash.take_in(self.run.record());
        self.hash = Some(hash);
        self
    }

    /// Goes on until it is there, or until `over_budget` says that it is enough for now.
    ///
    /// # Errors
    /// An action makes no sense where it stands, the run does not come to where one stands
    /// or to the target, or it would take too long.
    pub fn advance(&mut self, mut over_budget: impl FnMut() -> bool) -> Result<Progress, RunError> {
        while !self.done {
            self.advance_a_little()?;
            if over_budget() {
                break;
            }
        }
        Ok(self.progress())
    }

    /// Takes some steps.
    ///
    /// # Errors
    /// As [`Rewind::advance`].
    pub(super) fn advance_a_little(&mut self) -> Result<(), RunError> {
        for _ in 0..STEPS_PER_LOOK {
            self.done = self.done || !self.take_one()?;
            if self.done {
                break;
            }
        }
        self.run.collect();
        self.take_hash();
        Ok(())
    }

    /// Takes one action or one step. What it brings stays in the record at least until the
    /// next.
    ///
    /// # Errors
    /// As [`Rewind::advance`].
    pub(super) fn advance_by_one(&mut self) -> Result<(), RunError> {
        self.done = self.done || !self.take_one()?;
        self.run.collect();
        self.take_hash();
        Ok(())
    }

    /// Takes the new events into the hash, while they are certainly kept.
    fn take_hash(&mut self) {
        if let Some(hash) = &mut self.hash {
            hash.take_in(self.run.record());
        }
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        Progress {
            events: self.run.record().len(),
            at: self.run.now(),
            done: self.done,
        }
    }

    /// The hash of the events so far, if it was asked for.
    #[must_use]
    pub fn hash(&self) -> Option<TraceHash> {
        self.hash
    }

    /// The run as far as it has come.
    #[must_use]
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// The run, once it is there; before that, `None`.
    #[must_use]
    pub fn into_run(self) -> Option<Run> {
        self.done.then_some(self.run)
    }

    /// Takes the next action or step; `false` if it is there.
    fn take_one(&mut self) -> Result<bool, RunError> {
        if let Target::Event(id) = self.target
            && self.run.record().len() > id.0
        {
            return Ok(false);
        }
        if self.run.steps() >= MAX_STEPS {
            return Err(RunError::TooLong {
                max_steps: MAX_STEPS,
            });
        }
        let until = match self.target {
            Target::Time(at) => at,
            _ => Micros::MAX,
        };
        let recording = Rc::clone(&self.recording);
        let next = recording.actions.get(self.taken);
        if let Some(stamped) = next.filter(|stamped| stamped.at <= until) {
            let astray = RunError::Stamp { place: self.taken };
            if stamped.step > MAX_STEPS {
                return Err(astray);
            }
            if self.run.steps() < stamped.step {
                return self.step_until(stamped.at, astray);
            }
            self.run.world.pass_until(stamped.at);
            if (self.run.steps(), self.run.now()) != (stamped.step, stamped.at) {
                return Err(astray);
            }
            let place = self.taken;
            let refused = |error| RunError::Action { place, error };
            self.run.act(stamped.action.clone()).map_err(refused)?;
            self.taken += 1;
            self.take_hash();
            return Ok(true);
        }
        match self.target {
            Target::LastAction => Ok(false),
            Target::Event(_) => self.step_until(Micros::MAX, RunError::Astray),
            Target::Time(at) => {
                if self.run.world.next_at().is_some_and(|next| next <= at) {
                    return self.step_until(at, RunError::Astray);
                }
                self.run.world.pass_until(at);
                Ok(false)
            }
            Target::End { step, at } => {
                if self.run.steps() < step {
                    return self.step_until(at, RunError::Astray);
                }
                self.run.world.pass_until(at);
                let here = (self.run.steps(), self.run.now()) == (step, at);
                if here {
                    Ok(false)
                } else {
                    Err(RunError::Astray)
                }
            }
        }
    }

    /// Takes a step that is due until `at`.
    fn step_until(&mut self, at: Micros, astray: RunError) -> Result<bool, RunError> {
        if self.run.world.next_at().is_none_or(|next| next > at) {
            return Err(astray);
        }
        self.run.step_world();
        Ok(true)
    }
}

impl Run {
    /// Plays a recording up to its last action. The run that comes out is the one that was
    /// recorded, event for event.
    ///
    /// # Errors
    /// The setup is invalid, an action makes no sense where it stands, or the run does not
    /// come to where it stands.
    pub fn replay(recording: &Recording) -> Result<Self, RunError> {
        let recording = Rc::new(recording.clone());
        let mut rewind = Rewind::new(recording, Target::LastAction)?;
        while !rewind.done {
            rewind.advance_a_little()?;
        }
        Ok(rewind.run)
    }
}
