//! Whatever carries a recording.

use std::fmt;

use crate::trace::Recording;

use super::link::{self, LinkError};
use super::scenario::{self, ScenarioError};
use super::session::{self, Session, SessionError};
use super::start::Start;

/// Why a text carries no recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// It is a link, and a wrong one.
    Link(LinkError),
    /// It is a scenario, and a wrong one.
    Scenario(ScenarioError),
    /// It is a session, and a wrong one.
    Session(SessionError),
    /// It is nothing at all.
    Empty,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(error) => error.fmt(f),
            Self::Scenario(error) => error.fmt(f),
            Self::Session(error) => error.fmt(f),
            Self::Empty => {
                f.write_str("there is nothing to read; a link, an address or a scenario is wanted")
            }
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads a recording from a scenario or a session (JSON), from a link, or from a whole address
/// with a link behind its `#`. Of a session it is what was done in the shown branch.
///
/// # Errors
/// The text is none of them, or a wrong one.
pub fn read(text: &str) -> Result<Recording, ReadError> {
    read_session(text).map(|session| session.branches.recording())
}

/// Reads a session, or any other text that [`read()`] takes, as a session without a name.
///
/// # Errors
/// The text is none of them, or a wrong one.
pub fn read_session(text: &str) -> Result<Session, ReadError> {
    // Some editors begin a file with a mark for the order of its bytes.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    if text.is_empty() {
        return Err(ReadError::Empty);
    }
    // A list is JSON too, and no link: what reads a scenario says so.
    if let Some(inside) = text.strip_prefix(['{', '[']) {
        // Only a session names itself so, and it does so first.
        if inside.trim_start().starts_with("\"glassraft_session\"") {
            return session::read(text).map_err(ReadError::Session);
        }
        let scenario = scenario::read(text).map_err(ReadError::Scenario)?;
        let name = scenario.title.unwrap_or_default();
        return Ok(Session::of(scenario.recording, name));
    }
    let fragment = text.split_once('#').map_or(text, |(_, fragment)| fragment);
    let recording = link::decode(fragment, Start::default()).map_err(ReadError::Link)?;
    Ok(Session::of(recording, String::new()))
}
