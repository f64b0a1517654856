//! What a run is a function of, as plain data.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::member::Micros;
use crate::world::{Action, ActionError, Setup, SetupError};

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

impl Recording {
    /// The same run without what was done after so many steps of the world: an action is
    /// kept that was taken before the next step.
    #[must_use]
    pub fn until(&self, step: u64) -> Self {
        let kept = self
            .actions
            .iter()
            .take_while(|stamped| stamped.step <= step);
        Self {
            setup: self.setup.clone(),
            seed: self.seed,
            actions: kept.cloned().collect(),
        }
    }
}

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
    /// The run does not come to the moment that was asked for.
    Astray,
    /// The moment that was asked for lies too far from the beginning.
    TooLong {
        /// The most steps that are taken.
        max_steps: u64,
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
            Self::Astray => write!(f, "the run does not come to that moment"),
            Self::TooLong { max_steps } => write!(
                f,
                "the moment lies more than {max_steps} steps from the run's beginning"
            ),
        }
    }
}

impl std::error::Error for RunError {}
