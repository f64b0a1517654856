//! The record of a run, and what is drawn from it.
//!
//! A [`Run`] is a world with its record: the setup, the seed, the actions with the step
//! that each follows, and every event. Pictures come from the events alone: a [`Frame`]
//! takes one event after the other ([`Frame::apply`]) and never looks at a node. Because
//! its logs and catalogs are persistent collections, keeping a frame costs what changes
//! after it and the few messages under way, not all that it shows. What nodes agree on, they
//! hold once ([`SharedShelf`], [`SharedLog`]).
//!
//! **Any moment can be reached.** A picture is kept where each chunk of the record begins,
//! and [`Run::frame_of`] folds any other from the nearest: at most a chunk of some thousand
//! events, well below a millisecond. [`Run::next_like`], [`Run::previous_like`] and [`Search`]
//! step by kind, [`Record::why`] follows causes and [`Record::effects`] what came of one; a
//! [`Listing`] picks events out, and [`facts()`] takes one apart.
//!
//! **What is dropped.** A record keeps its newest 131 072 events ([`RecordLimits`]), rounded
//! up to a chunk. Of the time before, it keeps nothing, and the run keeps at most 32
//! pictures, spread over it ([`Run::frame_near`]). The recording is kept whole, so a
//! [`Rewind`] brings every moment back: it lives through the run once more, a little at a
//! time, and what comes out is a run that stands there.
//!
//! **Branches.** The same brings a run to a moment in which a person wants to do something
//! else: [`Branches`] keeps the runs that come of that, and a [`Comparison`] finds where two
//! of them part.
//!
//! [`text`] prints the events, one a line; two runs are the same when their texts are.
//! [`TraceHash`] makes one number of the text.

mod action_text;
mod branches;
mod compare;
mod facts;
mod flights;
mod frame;
mod hash;
mod hearing;
mod inspect;
mod key_frames;
mod key_history;
mod lanes;
mod lease_times;
mod links;
mod node_frame;
mod plain;
mod record;
mod recording;
mod rewind;
mod run;
mod seek;
mod shared_log;
mod shared_shelf;
mod steps;
mod stream_text;
mod streams;
pub mod text;
mod why;

pub use branches::{
    Branch, BranchError, BranchId, Branches, Deleted, KeptBranch, KeptBranches, MAX_BRANCHES,
    MAX_NAME_CHARS, Moment,
};
pub use compare::{Compared, Comparison, Contrast, Difference, Half, contrast};
pub use facts::{Fact, facts};
pub use flights::{Flight, Flights};
pub use frame::{Frame, LOSS_SHOWN_US, Loss};
pub use hash::TraceHash;
pub use hearing::Heard;
pub use inspect::{EventClass, EventFilter, Listing};
pub use key_history::{KeyHistory, KeyVersion, MAX_KEY_VERSIONS};
pub use lanes::{Fault, Lane, Lanes, Mark, MarkKind, Phase, Span};
pub use lease_times::{LeaseTime, LeaseTimes};
pub use links::{Link, Links};
pub use node_frame::{Liveness, Machine, NodeFrame, Timer};
pub use record::{Record, RecordLimits};
pub use recording::{Recording, RunError, Stamped};
pub use rewind::{Progress, Rewind, Target};
pub use run::{Outcome, Run};
pub use seek::SeekError;
pub use shared_log::SharedLog;
pub use shared_shelf::{SharedShelf, Shelf};
pub use steps::{Search, Searched, StepKind};
pub use streams::{StreamFrame, StreamFrames};
pub use why::{Root, Why};
