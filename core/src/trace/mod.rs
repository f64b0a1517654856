//! The record of a run, and what is drawn from it.
//!
//! A [`Run`] is a world with its record: the setup, the seed, the actions with the step
//! that each follows, and every event. Pictures come from the events alone: a [`Frame`]
//! takes one event after the other ([`Frame::apply`]) and never looks at a node. Because
//! its logs and catalogs are persistent collections, keeping a frame costs what changes
//! after it and the few messages under way, not all that it shows.
//!
//! [`text`] prints the events, one a line; two runs are the same when their texts are.

mod action_text;
mod branches;
mod compare;
mod flights;
mod frame;
mod hash;
mod key_frames;
mod lanes;
mod record;
mod recording;
mod rewind;
mod run;
mod seek;
mod steps;
pub mod text;
mod why;

pub use branches::{Branch, BranchError, BranchId, Branches, MAX_BRANCHES, MAX_NAME_CHARS, Moment};
pub use compare::{Compared, Comparison, Difference, Half};
pub use flights::{Flight, Flights};
pub use frame::{Frame, LOSS_SHOWN_US, Liveness, Loss, NodeFrame, Shelf, Timer};
pub use hash::TraceHash;
pub use lanes::{Lane, Lanes, Mark, MarkKind, Phase, Span};
pub use record::{Record, RecordLimits};
pub use recording::{Recording, RunError, Stamped};
pub use rewind::{Progress, Rewind, Target};
pub use run::{Outcome, Run};
pub use seek::SeekError;
pub use steps::{Search, Searched, StepKind};
pub use why::{Root, Why};
