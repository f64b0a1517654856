//! A named session as plain data: what a browser keeps, and what it writes to a file.
//!
//! It is JSON: `glassraft_session`, name, the version that made it, notes; in `branches` each
//! branch with its number, name, parent and moments; in `active` which of them was shown, in
//! `shown` where in time (events and µs); in `typed` the lines typed at the console. What was done in the
//! shown branch stands in `scenario`, as a [`super::scenario`] file has it; what was done in
//! another, within that branch. A file with `scenario` alone is a run of one branch.

use std::fmt::{self, Write};

use crate::json::{Kind, Value, Writer, quoted};
use crate::member::Micros;
use crate::trace::{
    Branch, BranchError, BranchId, KeptBranch, KeptBranches, MAX_BRANCHES, Moment, Recording,
};

use super::limits;
use super::scenario::{self, Object, Part, Scenario, ScenarioError, Wrong};

/// The version of the form.
const FORM: u64 = 1;

/// The most bytes of the notes: 64 KiB.
pub const MAX_NOTES_BYTES: usize = 64 * 1024;

/// The most bytes of a name, and of the version that made it.
pub const MAX_NAME_BYTES: usize = 200;

/// The most lines that were typed.
pub const MAX_TYPED: usize = 200;

/// The most bytes of such a line.
pub const MAX_TYPED_BYTES: usize = 4096;

/// The name of the only branch of a file that names none.
const ONLY_BRANCH: &str = "main";

/// A session that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name; at most [`MAX_NAME_BYTES`].
    pub name: String,
    /// The version of Glassraft that made it; at most [`MAX_NAME_BYTES`].
    pub created_by: String,
    /// What its owner wrote down; at most [`MAX_NOTES_BYTES`].
    pub notes: String,
    /// All branches; the active one is the one that was shown.
    pub branches: KeptBranches,
    /// What was shown of that; none for a run that nobody has seen yet.
    pub shown: Option<Shown>,
    /// The lines typed at the console, oldest first; at most [`MAX_TYPED`], each of at most
    /// [`MAX_TYPED_BYTES`].
    pub typed: Vec<String>,
}

impl Session {
    /// A run of one branch that nobody has seen yet.
    #[must_use]
    pub fn of(recording: Recording, name: String) -> Self {
        Self {
            name,
            created_by: String::new(),
            notes: String::new(),
            branches: KeptBranches::single(recording, ONLY_BRANCH),
            shown: None,
            typed: Vec::new(),
        }
    }
}

/// The moment of a branch that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// How many events were shown.
    pub events: u64,
    /// The time, in µs.
    pub at: Micros,
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
    /// The scenario of a branch is wrong.
    Branch {
        /// The branch's number.
        number: u32,
        /// What is wrong.
        error: ScenarioError,
    },
    /// A branch other than the shown one does not say what was done in it.
    Silent {
        /// The branch's number.
        number: u32,
    },
    /// A branch begins with another setup or seed than the shown one.
    Stranger {
        /// The branch's number.
        number: u32,
    },
    /// The branches are no branches of one run.
    Branches(BranchError),
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
            Self::Branch { number, error } => write!(f, "session: branch {number}: {error}"),
            Self::Silent { number } => {
                write!(f, "session: branch {number}: its scenario is missing")
            }
            Self::Stranger { number } => write!(
                f,
                "session: branch {number}: it begins with another setup or seed than the others"
            ),
            Self::Branches(error) => write!(f, "session: {error}"),
        }
    }
}

impl std::error::Error for SessionError {}

/// A file, before its scenarios are read.
struct Whole<'a> {
    name: String,
    created_by: String,
    notes: String,
    typed: Vec<String>,
    shown: Option<[u64; 2]>,
    active: u32,
    branches: Vec<BranchLine<'a>>,
    scenario: Value<'a>,
}

/// A branch, before its scenario is read. Moments are lists of events, step and time.
struct BranchLine<'a> {
    number: u32,
    name: String,
    parent: Option<u32>,
    departure: [u64; 3],
    head: [u64; 3],
    scenario: Option<Value<'a>>,
}

/// So many whole numbers, in a list.
impl<const N: usize> Part for [u64; N] {
    fn read(&mut self, value: Value<'_>) -> Result<(), Wrong> {
        let numbers: Vec<u64> = listed(value, N, "numbers", |item| {
            let mut number = 0_u64;
            number.read(item).map(|()| number)
        })?;
        *self = numbers
            .try_into()
            .map_err(|_| Wrong::of_type(value, &format!("a list of {N} numbers")))?;
        Ok(())
    }

    fn write(&mut self, out: &mut Writer) {
        out.open_list();
        for number in self {
            out.number(*number);
        }
        out.close_list();
    }
}

fn moment([events, step, at]: [u64; 3]) -> Moment {
    Moment { events, step, at }
}

/// Reads a session.
///
/// # Errors
/// The text is no session, or its scenario is not to be believed.
pub fn read(text: &str) -> Result<Session, SessionError> {
    if text.len() > scenario::MAX_FILE_BYTES {
        let bytes = text.len();
        return Err(SessionError::Scenario(ScenarioError::TooLong { bytes }));
    }
    let value = scenario::parse(text).map_err(SessionError::Scenario)?;
    check_form(value)?;
    let whole = read_whole(value).map_err(wrong)?;
    check_lengths(&whole)?;
    let Scenario { recording, .. } = scenario::read_value(whole.scenario)
        .map_err(|error| SessionError::Scenario(inside("scenario", error)))?;
    let branches = if whole.branches.is_empty() {
        KeptBranches::single(recording, ONLY_BRANCH)
    } else {
        read_branches(whole.branches, BranchId(whole.active), recording)?
    };
    branches.check().map_err(SessionError::Branches)?;
    Ok(Session {
        name: whole.name,
        created_by: whole.created_by,
        notes: whole.notes,
        branches,
        shown: whole.shown.map(|[events, at]| Shown { events, at }),
        typed: whole.typed,
    })
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

fn check_lengths(whole: &Whole<'_>) -> Result<(), SessionError> {
    let named = [
        ("name", &whole.name, MAX_NAME_BYTES),
        ("created_by", &whole.created_by, MAX_NAME_BYTES),
        ("notes", &whole.notes, MAX_NOTES_BYTES),
    ];
    let typed = whole.typed.iter();
    let typed = typed.map(|line| ("typed", line, MAX_TYPED_BYTES));
    for (field, text, limit) in named.into_iter().chain(typed) {
        if text.len() > limit {
            return Err(SessionError::TooLong { field, limit });
        }
    }
    Ok(())
}

fn read_whole(value: Value<'_>) -> Result<Whole<'_>, Wrong> {
    let mut whole = Whole {
        name: String::new(),
        created_by: String::new(),
        notes: String::new(),
        typed: Vec::new(),
        shown: None,
        active: 1,
        branches: Vec::new(),
        scenario: value,
    };
    let mut object = Object::of(value)?;
    let _form = object.take("glassraft_session");
    object.needed("name", &mut whole.name);
    object.needed("created_by", &mut whole.created_by);
    object.optional("notes", &mut whole.notes);
    object.optional("shown", &mut whole.shown);
    object.optional("active", &mut whole.active);
    let typed = object.take("typed");
    let branches = object.take("branches");
    let scenario = object.take_needed("scenario");
    object.close()?;
    if let Some(typed) = typed {
        let lines = listed(typed, MAX_TYPED, "lines", |item| {
            let mut line = String::new();
            line.read(item).map(|()| line)
        });
        whole.typed = lines.map_err(|wrong| wrong.inside("typed"))?;
    }
    if let Some(branches) = branches {
        let lines = listed(branches, MAX_BRANCHES, "branches", read_branch);
        whole.branches = lines.map_err(|wrong| wrong.inside("branches"))?;
    }
    // It is there, or something was wrong.
    whole.scenario = scenario.unwrap_or(value);
    Ok(whole)
}

fn read_branch(value: Value<'_>) -> Result<BranchLine<'_>, Wrong> {
    let mut line = BranchLine {
        number: 0,
        name: String::new(),
        parent: None,
        departure: [0; 3],
        head: [0; 3],
        scenario: None,
    };
    let mut object = Object::of(value)?;
    object.needed("number", &mut line.number);
    object.needed("name", &mut line.name);
    object.optional("parent", &mut line.parent);
    object.needed("departure", &mut line.departure);
    object.needed("head", &mut line.head);
    line.scenario = object.take("scenario");
    object.close()?;
    Ok(line)
}

/// The items of a list, at most so many of them.
fn listed<'a, T>(
    value: Value<'a>,
    most: usize,
    what: &str,
    read: impl Fn(Value<'a>) -> Result<T, Wrong>,
) -> Result<Vec<T>, Wrong> {
    let Kind::List(items) = value.kind() else {
        return Err(Wrong::of_type(value, "a list"));
    };
    let mut list = Vec::new();
    for (place, item) in items.enumerate() {
        if place == most {
            return Err(Wrong::of_length(value, most, what));
        }
        list.push(read(item).map_err(|wrong| wrong.in_list(place))?);
    }
    Ok(list)
}

/// The branches; `recording` is that of the active one.
fn read_branches(
    lines: Vec<BranchLine<'_>>,
    active: BranchId,
    recording: Recording,
) -> Result<KeptBranches, SessionError> {
    let mut branches = Vec::with_capacity(lines.len());
    for line in lines {
        let number = line.number;
        let actions = if BranchId(number) == active {
            recording.actions.clone()
        } else {
            let text = line.scenario.ok_or(SessionError::Silent { number })?;
            let other = scenario::read_value(text).map_err(|error| SessionError::Branch {
                number,
                error: inside("scenario", error),
            })?;
            let other = other.recording;
            if (&other.setup, other.seed) != (&recording.setup, recording.seed) {
                return Err(SessionError::Stranger { number });
            }
            other.actions
        };
        let branch = Branch {
            id: BranchId(number),
            name: line.name,
            parent: line.parent.map(BranchId),
            departure: moment(line.departure),
            head: moment(line.head),
        };
        branches.push(KeptBranch { branch, actions });
    }
    Ok(KeptBranches {
        setup: recording.setup,
        seed: recording.seed,
        active,
        branches,
    })
}

/// An error seen from what is around the scenario.
fn inside(name: &str, error: ScenarioError) -> ScenarioError {
    match error {
        ScenarioError::Json { path, problem } => Wrong { path, problem }.inside(name).into(),
        error => error,
    }
}

fn wrong(wrong: Wrong) -> SessionError {
    SessionError::Scenario(wrong.into())
}

/// Checks that what is written of a session can be read again: a run that goes on for long
/// outgrows what a file may ask for.
///
/// # Errors
/// What is too much.
pub fn check(session: &Session) -> Result<(), SessionError> {
    let branches = &session.branches;
    branches.check().map_err(SessionError::Branches)?;
    for kept in &branches.branches {
        let recording = Recording {
            setup: branches.setup.clone(),
            seed: branches.seed,
            actions: kept.actions.clone(),
        };
        limits::check(&recording).map_err(|excess| SessionError::Branch {
            number: kept.branch.id.0,
            error: ScenarioError::Excess(excess),
        })?;
    }
    Ok(())
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
        branches,
        shown,
        typed,
    } = session;
    writeln!(out, "{{\n\"glassraft_session\": {FORM},")?;
    writeln!(out, "\"name\": {},", quoted(name))?;
    writeln!(out, "\"created_by\": {},", quoted(created_by))?;
    writeln!(out, "\"notes\": {},", quoted(notes))?;
    writeln!(out, "\"typed\": {},", list_of(typed))?;
    if let Some(Shown { events, at }) = shown {
        writeln!(out, "\"shown\": [{events}, {at}],")?;
    }
    writeln!(out, "\"active\": {},", branches.active.0)?;
    writeln!(out, "\"branches\": [")?;
    for (place, kept) in branches.branches.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(out, "{comma}")?;
        write_branch(out, branches, kept)?;
    }
    writeln!(out, "],\n\"scenario\":")?;
    write_scenario(out, branches.recording())?;
    writeln!(out, "}}")
}

fn list_of(texts: &[String]) -> String {
    let mut out = Writer::default();
    out.open_list();
    for text in texts {
        out.string(text);
    }
    out.close_list();
    out.into_text()
}

fn write_branch(out: &mut impl Write, all: &KeptBranches, kept: &KeptBranch) -> fmt::Result {
    let Branch {
        id,
        name,
        parent,
        departure,
        head,
    } = &kept.branch;
    write!(out, "{{\"number\": {}, ", id.0)?;
    write!(out, "\"name\": {}", quoted(name))?;
    if let Some(parent) = parent {
        write!(out, ", \"parent\": {}", parent.0)?;
    }
    for (name, Moment { events, step, at }) in [("departure", departure), ("head", head)] {
        write!(out, ", \"{name}\": [{events}, {step}, {at}]")?;
    }
    if *id != all.active {
        writeln!(out, ", \"scenario\":")?;
        let recording = Recording {
            setup: all.setup.clone(),
            seed: all.seed,
            actions: kept.actions.clone(),
        };
        write_scenario(out, recording)?;
    }
    writeln!(out, "}}")
}

fn write_scenario(out: &mut impl Write, recording: Recording) -> fmt::Result {
    let scenario = Scenario {
        title: None,
        description: None,
        recording,
    };
    scenario::write(out, &scenario)
}
