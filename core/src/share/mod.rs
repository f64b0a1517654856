//! A run as a link, a file or another tool's log.
//!
//! A run is a function of its [`crate::trace::Recording`], so that is all a [`link`] or a
//! [`scenario`] file carries. Whoever opens one has not written it: everything is read with
//! [`limits`], and what is wrong is an error that says what and where.

pub mod limits;
pub mod link;
mod start;
mod wire;

pub use link::{BEHAVIOUR, LinkError};
pub use start::{Start, StartError};
pub use wire::Problem;
