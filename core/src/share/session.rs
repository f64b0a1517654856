//! A named session as plain data: what a browser keeps, and what it writes to a file.
//!
//! It is JSON: `glassraft_session`, name, the version that made it, notes; in `branches` each
//! branch with its number, name, parent and moments; in `active` which of them was shown, in
//! `shown` where in time (events and µs); in `typed` the lines typed at the console. What was done in the
//! shown branch stands in `scenario`, as a [`super::scenario`] file has it; what was done in
//! another, within that branch. A file with `scenario` alone is a run of one branch.

use std::fmt::{self, Write};

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::member::Micros;
use crate::trace::{Branch, BranchError, BranchId, KeptBranch, KeptBranches, Moment, Recording};

use super::scenario::{self, Scenario, ScenarioError};

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

/// The most items of any list. Of branches there may be fewer
/// ([`crate::trace::MAX_BRANCHES`]).
const MAX_ITEMS: usize = MAX_TYPED;

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
    #[serde(borrow, default)]
    typed: Option<&'a RawValue>,
    #[serde(default)]
    shown: Option<[u64; 2]>,
    #[serde(default)]
    active: Option<u32>,
    #[serde(borrow, default)]
    branches: Option<&'a RawValue>,
    #[serde(borrow)]
    scenario: &'a RawValue,
}

/// A branch. Moments are lists of events, step and time.
#[derive(Deserialize)]
struct BranchLine<'a> {
    number: u32,
    name: String,
    parent: Option<u32>,
    departure: [u64; 3],
    head: [u64; 3],
    #[serde(borrow)]
    scenario: Option<&'a RawValue>,
}

fn moment([events, step, at]: [u64; 3]) -> Moment {
    Moment { events, step, at }
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
    let stamp: Stamp = scenario::plain_json(".", text).map_err(SessionError::Scenario)?;
    if stamp.glassraft_session != FORM {
        let found = stamp.glassraft_session;
        return Err(SessionError::Form { found });
    }
    let whole: Whole<'_> = scenario::plain_json(".", text).map_err(SessionError::Scenario)?;
    let typed: Vec<String> = listed("typed", whole.typed)?;
    let lines: Vec<BranchLine<'_>> = listed("branches", whole.branches)?;
    let named = [
        ("name", &whole.name, MAX_NAME_BYTES),
        ("created_by", &whole.created_by, MAX_NAME_BYTES),
        ("notes", &whole.notes, MAX_NOTES_BYTES),
    ];
    let lines_typed = typed.iter().map(|line| ("typed", line, MAX_TYPED_BYTES));
    for (field, text, limit) in named.into_iter().chain(lines_typed) {
        if text.len() > limit {
            return Err(SessionError::TooLong { field, limit });
        }
    }
    let Scenario { recording, .. } =
        scenario::read(whole.scenario.get()).map_err(SessionError::Scenario)?;
    let branches = if lines.is_empty() {
        KeptBranches::single(recording, ONLY_BRANCH)
    } else {
        let active = BranchId(whole.active.unwrap_or(1));
        read_branches(lines, active, recording)?
    };
    branches.check().map_err(SessionError::Branches)?;
    Ok(Session {
        name: whole.name,
        created_by: whole.created_by,
        notes: whole.notes,
        branches,
        shown: whole.shown.map(|[events, at]| Shown { events, at }),
        typed,
    })
}

/// The items of a list.
fn listed<'a, T: Deserialize<'a>>(
    field: &'static str,
    list: Option<&'a RawValue>,
) -> Result<Vec<T>, SessionError> {
    let Some(list) = list else {
        return Ok(Vec::new());
    };
    let items: Items<'_> =
        scenario::plain_json(field, list.get()).map_err(SessionError::Scenario)?;
    let mut read = Vec::with_capacity(items.0.len());
    for item in items.0 {
        let item = scenario::plain_json(field, item.get());
        read.push(item.map_err(SessionError::Scenario)?);
    }
    Ok(read)
}

/// The items of a list, at most [`MAX_ITEMS`], none of them read yet.
#[derive(Default)]
struct Items<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MAX_ITEMS}")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    if items.len() == MAX_ITEMS {
                        return Err(A::Error::invalid_length(MAX_ITEMS + 1, &self));
                    }
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(List)
    }
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
            let read = scenario::read(text.get());
            let other = read.map_err(|error| SessionError::Branch { number, error })?;
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
    writeln!(out, "\"name\": {},", scenario::plain(name))?;
    writeln!(out, "\"created_by\": {},", scenario::plain(created_by))?;
    writeln!(out, "\"notes\": {},", scenario::plain(notes))?;
    writeln!(out, "\"typed\": {},", scenario::plain(typed))?;
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

fn write_branch(out: &mut impl Write, all: &KeptBranches, kept: &KeptBranch) -> fmt::Result {
    let Branch {
        id,
        name,
        parent,
        departure,
        head,
    } = &kept.branch;
    write!(out, "{{\"number\": {}, ", id.0)?;
    write!(out, "\"name\": {}", scenario::plain(name))?;
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
