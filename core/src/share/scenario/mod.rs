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
mod lines;
mod members;
mod objects;
mod parts;
mod requests;

pub use file::{MAX_FILE_BYTES, Scenario, ScenarioError, read, write};

pub(super) use deed::{Deed, request_deed};
pub(super) use file::{plain, plain_json};
pub(super) use parts::Text;
