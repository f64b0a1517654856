//! A named session as plain data: what a browser keeps, and what it writes to a file.
//!
//! It is JSON: `glassraft_session`, name, the version that made it, notes, and in `scenario`
//! the recording as a [`super::scenario`] file has it.

use std::fmt::{self, Write};

use crate::json::{Value, quoted};
use crate::trace::Recording;
use crate::world::Setup;

use super::scenario::{self, Object, Scenario, ScenarioError, Wrong};

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

/// Reads a session.
///
/// # Errors
/// The first thing that is wrong with it, with its path.
pub fn read(text: &str) -> Result<Session, SessionError> {
    if text.len() > scenario::MAX_FILE_BYTES {
        let bytes = text.len();
        return Err(SessionError::Scenario(ScenarioError::TooLong { bytes }));
    }
    let value = scenario::parse(text).map_err(SessionError::Scenario)?;
    check_form(value)?;
    let (mut session, scenario) = read_whole(value).map_err(wrong)?;
    for (field, text, limit) in [
        ("name", &session.name, MAX_NAME_BYTES),
        ("created_by", &session.created_by, MAX_NAME_BYTES),
        ("notes", &session.notes, MAX_NOTES_BYTES),
    ] {
        if text.len() > limit {
            return Err(SessionError::TooLong { field, limit });
        }
    }
    let scenario = scenario::read(scenario.source()).map_err(SessionError::Scenario)?;
    session.recording = scenario.recording;
    Ok(session)
}

/// Checks which version the file is of, first of all: another may have other fields.
fn check_form(value: Value<'_>) -> Result<(), SessionError> {
    let mut found = 0_u64;
    let mut stamp = Object::of(value).map_err(wrong)?;
    stamp.needed("glassraft_session", &mut found);
    stamp.close_open().map_err(wrong)?;
    if found != FORM {
        return Err(SessionError::Form { found });
    }
    Ok(())
}

/// A session without its recording, and the scenario that holds it.
fn read_whole(value: Value<'_>) -> Result<(Session, Value<'_>), Wrong> {
    let mut session = Session {
        name: String::new(),
        created_by: String::new(),
        notes: String::new(),
        recording: Recording {
            setup: Setup::default(),
            seed: 0,
            actions: Vec::new(),
        },
    };
    let mut whole = Object::of(value)?;
    let _form = whole.take("glassraft_session");
    whole.needed("name", &mut session.name);
    whole.needed("created_by", &mut session.created_by);
    whole.optional("notes", &mut session.notes);
    let scenario = whole.take_needed("scenario");
    whole.close()?;
    // It is there, or something was wrong.
    Ok((session, scenario.unwrap_or(value)))
}

fn wrong(wrong: Wrong) -> SessionError {
    SessionError::Scenario(wrong.into())
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
    writeln!(out, "\"name\": {},", quoted(name))?;
    writeln!(out, "\"created_by\": {},", quoted(created_by))?;
    writeln!(out, "\"notes\": {},\n\"scenario\":", quoted(notes))?;
    let scenario = Scenario {
        title: None,
        description: None,
        recording: recording.clone(),
    };
    scenario::write(out, &scenario)?;
    writeln!(out, "}}")
}
