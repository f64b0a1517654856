//! JSON, read and written without a derived visitor for each type.
//!
//! The page is downloaded, and what serde derives is code for each pair of a type and a
//! format. Here a type says in a few calls what it writes ([`Writer`]), and looks at a
//! [`Value`] for what it reads. A value is a piece of text that was checked before: nothing
//! is copied out of it, so a file takes no more memory than it has bytes.

mod problem;
mod read;
mod scan;
mod write;

pub(crate) use read::{Kind, Value};
pub(crate) use write::{Writer, quoted};
