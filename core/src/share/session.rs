//! A named session as plain data: what a browser keeps, and what it writes to a file.
//!
//! It is JSON: `glassraft_session`, name, the version that made it, notes, and in `scenario`
//! the recording as a [`super::scenario`] file has it.

use std::fmt::{self, Write};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::trace::Recording;

use super::scenario::{self, Scenario, ScenarioError};

/// The version of the form.
const FORM: u64 = 1;

/// The most bytes of the notes: 64 KiB.
pub const MAX_NOTES_BYTES: usize = 64 * 1024;

/// The most bytes of a name, and of the version that made it.
pub const MAX_NAME_BYTES: usize = 200;

/// A session that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name; at most [`MAX_NAME_BYTES`].
    pub name: String,
    /// The version of Glassraft that made it; at most [`MAX_NAME_BYTES`].
    pub created_by: String,
    /// What its owner wrote down; at most [`MAX_NOTES_BYTES`].
    pub notes: String,
    /// What was done.
    pub recording: Recording,
}

/// Why a text is no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionError {
    /// It is not this JSON, or its scenario is wrong.
    Scenario(ScenarioError),
    /// Its form is of another version.
    Form {
        /// Which.
        found: u64,
    },
    /// A text in it is too long.
    TooLong {
        /// Its name.
        field: &'static str,
        /// The most bytes that it may have.
        limit: usize,
    },
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scenario(error) => write!(f, "session: {error}"),
            Self::Form { found } => write!(
                f,
                "glassraft_session: its form is version {found}, and this version of Glassraft \
                 reads version {FORM} only"
            ),
            Self::TooLong { field, limit } => {
                write!(f, "{field}: at most {limit} bytes are allowed")
            }
        }
    }
}

impl std::error::Error for SessionError {}

/// What says which version the rest is of.
#[derive(Deserialize)]
struct Stamp {
    glassraft_session: u64,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole<'a> {
    #[serde(rename = "glassraft_session")]
    _form: u64,
    name: String,
    created_by: String,
    #[serde(default)]
    notes: String,
    #[serde(borrow)]
    scenario: &'a RawValue,
}

/// Reads a session.
///
/// # Errors
/// The first thing that is wrong with it, with its path.
pub fn read(text: &str) -> Result<Session, SessionError> {
    if text.len() > scenario::MAX_FILE_BYTES {
        let bytes = text.len();
        return Err(SessionError::Scenario(ScenarioError::TooLong { bytes }));
    }
    let stamp: Stamp = scenario::json(text).map_err(SessionError::Scenario)?;
    if stamp.glassraft_session != FORM {
        let found = stamp.glassraft_session;
        return Err(SessionError::Form { found });
    }
    let whole: Whole<'_> = scenario::json(text).map_err(SessionError::Scenario)?;
    for (field, text, limit) in [
        ("name", &whole.name, MAX_NAME_BYTES),
        ("created_by", &whole.created_by, MAX_NAME_BYTES),
        ("notes", &whole.notes, MAX_NOTES_BYTES),
    ] {
        if text.len() > limit {
            return Err(SessionError::TooLong { field, limit });
        }
    }
    let Scenario { recording, .. } =
        scenario::read(whole.scenario.get()).map_err(SessionError::Scenario)?;
    Ok(Session {
        name: whole.name,
        created_by: whole.created_by,
        notes: whole.notes,
        recording,
    })
}

/// Writes a session.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut impl Write, session: &Session) -> fmt::Result {
    let Session {
        name,
        created_by,
        notes,
        recording,
    } = session;
    writeln!(out, "{{\n\"glassraft_session\": {FORM},")?;
    writeln!(out, "\"name\": {},", scenario::plain(name))?;
    writeln!(out, "\"created_by\": {},", scenario::plain(created_by))?;
    writeln!(out, "\"notes\": {},\n\"scenario\":", scenario::plain(notes))?;
    let scenario = Scenario {
        title: None,
        description: None,
        recording: recording.clone(),
    };
    scenario::write(out, &scenario)?;
    writeln!(out, "}}")
}
