//! A recording played without anybody typing, up to a condition.

use std::fmt;
use std::rc::Rc;

use crate::check::{Missed, Watch};
use crate::member::{MAX_NODES, Micros};
use crate::trace::{Frame, RecordLimits, Recording, Rewind, Run, RunError, Target, TraceHash};
use crate::world::{Event, EventId};

use super::condition::Condition;
use super::until::{Until, Waited};

/// How long a run goes on after its last action unless something else is asked for, in µs
/// of virtual time.
pub const MAX_AFTER_US: Micros = 60_000_000;

/// Plays a recording to its last action, and then until a condition holds. Observers follow
/// all of it, and its hash is taken, however long it is.
#[derive(Debug)]
pub struct Player {
    recording: Rc<Recording>,
    limits: RecordLimits,
    until: Option<String>,
}

/// A recording that was played.
pub struct Played {
    /// The run as it stands then.
    pub run: Run,
    /// The observers of all its events.
    pub watch: Watch,
    /// The hash of all its events.
    pub hash: TraceHash,
    /// Why it ended.
    pub ended: Ended,
}

/// Why a recording is not played on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The condition holds; without one, nothing is left to be done.
    Held,
    /// The condition does not hold, and time is up. It says what is the case instead.
    TimeUp(String),
}

/// Why a recording cannot be played so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlayError {
    /// The recording is one that cannot be played.
    Run(RunError),
    /// The condition is none.
    Condition(String),
    /// Events were gone before they were checked.
    Missed(Missed),
    /// Whoever took the events wants no more.
    Stopped,
}

impl fmt::Display for PlayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(error) => error.fmt(f),
            Self::Condition(message) => f.write_str(message),
            Self::Missed(missed) => missed.fmt(f),
            Self::Stopped => f.write_str("it was stopped"),
        }
    }
}

impl std::error::Error for PlayError {}

impl From<RunError> for PlayError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

impl From<Missed> for PlayError {
    fn from(missed: Missed) -> Self {
        Self::Missed(missed)
    }
}

/// What follows the run while it is played.
struct Followers<F> {
    watch: Watch,
    hash: TraceHash,
    take: F,
}

impl<F: FnMut(EventId, &Event) -> bool> Followers<F> {
    /// Shows the new events of a run, none of which was dropped yet.
    fn follow(&mut self, run: &Run) -> Result<(), PlayError> {
        let seen = EventId(self.watch.seen());
        self.watch.follow(run.record())?;
        self.hash.take_in(run.record());
        let mut new = run.record().since(seen);
        match new.all(|(id, event)| (self.take)(id, event)) {
            true => Ok(()),
            false => Err(PlayError::Stopped),
        }
    }
}

impl Player {
    /// Plays a recording. Its run's record keeps as much as `limits` say.
    #[must_use]
    pub fn new(recording: Recording, limits: RecordLimits) -> Self {
        Self {
            recording: Rc::new(recording),
            limits,
            until: None,
        }
    }

    /// Has it play, after the last action, until a condition holds, said as behind `until` in
    /// the console. Without one it plays until all is quiet: no request is open, and all
    /// nodes that run have applied the same log. Either way it ends [`MAX_AFTER_US`] after
    /// the last action, unless the condition has another time behind `within`.
    #[must_use]
    pub fn until(mut self, condition: impl Into<String>) -> Self {
        self.until = Some(condition.into());
        self
    }

    /// Plays it, and hands every event over until `take` says that it wants no more.
    ///
    /// # Errors
    /// The recording cannot be played, the condition is none, or `take` wants no more.
    pub fn play(self, take: impl FnMut(EventId, &Event) -> bool) -> Result<Played, PlayError> {
        let mut followers = Followers {
            watch: Watch::new(),
            hash: TraceHash::new(),
            take,
        };
        // What is no condition in any cluster is told before anything is played.
        if let Some(typed) = &self.until {
            Until::read(typed, &Frame::new(MAX_NODES), 0).map_err(PlayError::Condition)?;
        }
        let recording = Rc::clone(&self.recording);
        let mut rewind = Rewind::with_limits(recording, Target::LastAction, self.limits)?;
        followers.follow(rewind.run())?;
        while !rewind.advance(|| true)?.done {
            followers.follow(rewind.run())?;
        }
        followers.follow(rewind.run())?;
        let Some(mut run) = rewind.into_run() else {
            return Err(PlayError::Run(RunError::Astray));
        };
        let ended = self.go_on(&mut run, &mut followers)?;
        Ok(Played {
            run,
            watch: followers.watch,
            hash: followers.hash,
            ended,
        })
    }

    /// Lets time pass after the last action.
    fn go_on<F: FnMut(EventId, &Event) -> bool>(
        &self,
        run: &mut Run,
        followers: &mut Followers<F>,
    ) -> Result<Ended, PlayError> {
        let until = self.condition(run)?;
        loop {
            let broken = followers.watch.checks.first_broken();
            match until.check(run.frame(), run.now(), broken) {
                Some(Waited::Held) => return Ok(Ended::Held),
                Some(Waited::TimeUp(why)) => return Ok(Ended::TimeUp(why)),
                None => {}
            }
            run.step_until(until.next_at(run.now()));
            followers.follow(run)?;
        }
    }

    /// The condition, and how long it may take to come. Its nodes are those that there are
    /// after the last action.
    fn condition(&self, run: &Run) -> Result<Until, PlayError> {
        let (frame, now) = (run.frame(), run.now());
        match &self.until {
            None => Ok(Until::new(Condition::Quiet, MAX_AFTER_US, frame, now)),
            Some(typed) => Until::read(typed, frame, now).map_err(PlayError::Condition),
        }
    }
}
