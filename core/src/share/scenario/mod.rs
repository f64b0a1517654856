//! A recording as a file that people read and write.
//!
//! ```json
//! {
//!   "glassraft": 1,
//!   "title": "Kill n1",
//!   "setup": { "nodes": 3 },
//!   "seed": 42,
//!   "actions": [
//!     { "step": 120, "at_us": 2500000, "crash": { "node": "n1" } }
//!   ]
//! }
//! ```
//!
//! `docs/scenario.schema.json` describes it. A field that is not there has its default, one
//! that nobody knows is an error, and each error has the path of what is wrong. A file that
//! names the `behaviour` it was made for ([`super::BEHAVIOUR`]) is refused by a version whose
//! runs take another course; one written by hand need not name it.

mod deed;
mod file;
mod form;
mod lines;
mod parts;
mod requests;
mod setup;
mod streams;
mod wrong;

pub use file::{MAX_FILE_BYTES, Scenario, ScenarioError, read, write};

pub(super) use deed::{write_action, write_request};
pub(super) use file::{parse, read_value};
pub(super) use form::{Object, Part};
pub(super) use parts::write_text;
pub(super) use wrong::Wrong;
