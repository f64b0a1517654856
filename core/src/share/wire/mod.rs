//! The bytes of a link: a recording in a form of its own.
//!
//! A link outlives the version that made it. So nothing here is the live type of anything:
//! a change of a live type does not compile until this form says what becomes of it. The
//! format is postcard's ([`bytes`]: numbers as varints, signed ones zigzag; a list with its
//! length before it, a variant by its number, no names). The pieces, in this order:
//!
//! 1. the head: behaviour, seed, settings that differ from a frozen default ([`settings`]),
//!    number of actions, and all texts ([`texts`]);
//! 2. the stamps, in columns: of each action's time in µs, as the distance from the one
//!    before, the low 16 bits (little-endian); then the other bits; then the step, as the
//!    distance from what the time lets expect ([`trend`]);
//! 3. what was done ([`deed`]).
//!
//! Actions are read one by one and counted against the limits as they come, so a link that
//! lies about its size costs as much memory as it has bytes, times a small number.

mod bytes;
mod deed;
mod form;
mod layout;
mod problem;
mod requests;
mod settings;
mod texts;
mod trend;

pub use problem::Problem;

pub(super) use layout::{read, write};
