//! Conditions: what `until` waits for and `expect` holds a run to.
//!
//! A condition is said of a [`Moment`]: the picture now, and the picture from which on a
//! change counts. It looks at nothing else, so whatever has two pictures can ask: the
//! console, a ribbon, a search through a record. A new kind is a variant in `kinds.rs`, its
//! words in `reading.rs` and `saying.rs`, and a line of help.

mod kinds;
mod number;
mod reading;
mod saying;

pub use kinds::{Condition, Moment, On, State};
pub use number::{Comparison, Number};
pub(super) use saying::state_name;
