//! What can go wrong with sessions that are kept.

use glassraft_core::share::{ReadError, SessionError};

/// Why a session is not kept, or does not come back. Nothing is lost by any of them: what is
/// kept stays as it is, and the page goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeepError {
    /// The browser has no database for this page: a private window, or storage is blocked.
    Unavailable,
    /// The browser refused to store it: its storage may be full.
    Full,
    /// It has more than [`super::MAX_BYTES`].
    TooLarge(usize),
    /// It asks for more than a file may.
    Outgrown(SessionError),
    /// There are [`super::MAX_NAMED`] already.
    TooMany,
    /// Another has this name.
    NameTaken(String),
    /// It is not there any more.
    Gone,
    /// What is kept is damaged.
    Damaged(SessionError),
    /// What is kept is no text at all.
    NoText,
    /// A file holds no session.
    File(ReadError),
    /// A file cannot be read as text.
    Unreadable,
    /// Anything else that the database says.
    Browser(String),
}

impl From<idb::Error> for KeepError {
    fn from(error: idb::Error) -> Self {
        // The others come down to a database that is not there or not as this version made
        // it, and printing all of them would take more code than all else here.
        let idb::Error::DomException(exception) = error else {
            return Self::Browser(String::new());
        };
        if exception.name() == "QuotaExceededError" {
            return Self::Full;
        }
        Self::Browser(exception.message())
    }
}
