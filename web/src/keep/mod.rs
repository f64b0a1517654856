//! Sessions that outlive the page: what is going on is written down by itself, and what has
//! a name stays until it is deleted.
//!
//! They lie in the browser's IndexedDB ([`database`]). Each is a *card*, which says what a
//! list shows, and a *text*, which is the whole session as a file has it
//! (`glassraft_core::share::session`). Lists read the cards alone.
//!
//! The run that goes on is written under an identifier of its own ([`keeper`]): soon after
//! each change, at most once a second, and when the page is hidden or left. The tab holds a
//! lock on that identifier and remembers it, so that no two tabs write the same one, a
//! reload finds its own again, and what nobody holds any more was left by a tab that was
//! closed or crashed ([`tab`]). What a page that is opened begins with is decided in
//! [`opening`]. A browser that keeps nothing (a private window, say) costs these things and
//! nothing else.

mod card;
mod database;
mod desk;
mod dialog;
mod error;
mod keeper;
mod opening;
mod rows;
mod tab;

pub(crate) use card::{Card, Kept, SavedAt, Stamp};
pub(crate) use desk::Told;
pub(crate) use dialog::Sessions;
pub(crate) use error::KeepError;
pub(crate) use keeper::Keeper;
pub(crate) use opening::{Opening, open};

use glassraft_core::share::scenario;

/// The most sessions with a name.
pub(crate) const MAX_NAMED: usize = 50;

/// How many runs without a name are kept; the oldest goes first.
pub(crate) const MAX_UNNAMED: usize = 8;

/// The most bytes of one session: what a file may have, so that each can be exported.
pub(crate) const MAX_BYTES: usize = scenario::MAX_FILE_BYTES;
