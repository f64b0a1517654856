//! A run as a link, a file or another tool's log.
//!
//! A run is a function of its [`crate::trace::Recording`], so that is all that a [`link`], a
//! [`scenario`] file or a [`session`] carries. Whoever opens one has not written it:
//! everything is read with [`limits`], and what is wrong is an error that says what and
//! where. [`read()`] takes whichever comes. [`export`] writes what happened for other tools.

pub mod export;
pub mod limits;
pub mod link;
mod read;
pub mod scenario;
pub mod session;
mod start;
mod wire;

pub use link::{BEHAVIOUR, LinkError};
pub use read::{ReadError, read, read_session};
pub use scenario::{Scenario, ScenarioError};
pub use session::{Session, SessionError, Shown};
pub use start::{Start, StartError};
pub use wire::Problem;
