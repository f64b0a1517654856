//! A scenario file as a whole.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

use crate::share::limits::{self, Excess};
use crate::share::link::BEHAVIOUR;
use crate::trace::Recording;
use crate::world::Setup;

use super::lines::{Line, Lines};
use super::objects::Objects;
use super::parts::Wide;

/// The most bytes of a file: 8 MiB.
pub const MAX_FILE_BYTES: usize = 8 * 1024 * 1024;

/// The version of the form.
const FORM: u64 = 1;

/// A recording with what people say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// What it is called.
    pub title: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// What was done.
    pub recording: Recording,
}

/// Why a text is no scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScenarioError {
    /// It has more bytes than [`MAX_FILE_BYTES`].
    TooLong {
        /// How many.
        bytes: usize,
    },
    /// It is not JSON, or not this JSON.
    Json {
        /// Where in the structure, as `actions[3].crash.node`; `.` for all of it.
        path: String,
        /// What is wrong, with line and column.
        problem: String,
    },
    /// Its form is of another version.
    Form {
        /// Which.
        found: u64,
    },
    /// It was made for runs that take another course than those of this version.
    Behaviour {
        /// Which course; [`BEHAVIOUR`] is this version's.
        found: u32,
    },
    /// It asks for too much.
    Excess(Excess),
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the scenario cannot be used: ")?;
        match self {
            Self::TooLong { bytes } => {
                write!(
                    f,
                    "it has {bytes} bytes, and at most {MAX_FILE_BYTES} are allowed"
                )
            }
            Self::Json { path, problem } if path == "." => f.write_str(problem),
            Self::Json { path, problem } => write!(f, "{path}: {problem}"),
            Self::Form { found } => write!(
                f,
                "glassraft: its form is version {found}, and this version of Glassraft reads \
                 version {FORM} only"
            ),
            Self::Behaviour { found } => write!(
                f,
                "behaviour: it was made for runs of behaviour {found}, and this version's runs \
                 are of behaviour {BEHAVIOUR}; without `behaviour` it is played as they go now"
            ),
            Self::Excess(excess) => excess.fmt(f),
        }
    }
}

impl std::error::Error for ScenarioError {}

/// What says which version the rest is of.
#[derive(Deserialize)]
struct Stamp {
    glassraft: u64,
    #[serde(default)]
    behaviour: Option<u32>,
}

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    #[serde(rename = "glassraft")]
    _form: u64,
    #[serde(default, rename = "behaviour")]
    _behaviour: Option<u32>,
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    description: Option<String>,
    #[serde(default)]
    setup: Setup,
    seed: Wide,
    #[serde(default)]
    actions: Lines,
}

/// Reads a scenario.
///
/// # Errors
/// The first thing that is wrong with it, with its path.
pub fn read(text: &str) -> Result<Scenario, ScenarioError> {
    if text.len() > MAX_FILE_BYTES {
        return Err(ScenarioError::TooLong { bytes: text.len() });
    }
    // First of all by itself: another version may have other fields.
    let stamp: Stamp = json(text)?;
    if stamp.glassraft != FORM {
        let found = stamp.glassraft;
        return Err(ScenarioError::Form { found });
    }
    if let Some(found) = stamp.behaviour.filter(|found| *found != BEHAVIOUR) {
        return Err(ScenarioError::Behaviour { found });
    }
    let whole: Whole = json(text)?;
    let recording = Recording {
        setup: whole.setup,
        seed: whole.seed.0,
        actions: whole.actions.0,
    };
    limits::check(&recording).map_err(ScenarioError::Excess)?;
    Ok(Scenario {
        title: whole.title,
        description: whole.description,
        recording,
    })
}

/// Reads JSON, and says where it is wrong.
pub(super) fn json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ScenarioError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(Objects(&mut reader));
    let value = value.map_err(|error| ScenarioError::Json {
        path: beginning(&error.path().to_string()),
        problem: beginning(&error.inner().to_string()),
    })?;
    reader.end().map_err(|error| ScenarioError::Json {
        path: ".".to_owned(),
        problem: beginning(&error.to_string()),
    })?;
    Ok(value)
}

/// Reads JSON, and says in which field it is wrong; where in it, by line and column alone.
/// It takes less code than [`json`], for what has little structure of its own.
pub(in crate::share) fn plain_json<'a, T: Deserialize<'a>>(
    field: &str,
    text: &'a str,
) -> Result<T, ScenarioError> {
    serde_json::from_str(text).map_err(|error| ScenarioError::Json {
        path: field.to_owned(),
        problem: beginning(&error.to_string()),
    })
}

/// A message without the rest of what is quoted in it, which may be as long as the file.
fn beginning(text: &str) -> String {
    const MAX_CHARS: usize = 600;
    let mut chars = text.chars();
    let mut start: String = chars.by_ref().take(MAX_CHARS).collect();
    if chars.next().is_some() {
        start.push('…');
    }
    start
}

/// Writes a scenario: JSON, one action a line.
///
/// # Errors
/// Those of `out`.
pub fn write(out: &mut impl Write, scenario: &Scenario) -> fmt::Result {
    let Scenario {
        title,
        description,
        recording,
    } = scenario;
    writeln!(
        out,
        "{{\n  \"glassraft\": {FORM},\n  \"behaviour\": {BEHAVIOUR},"
    )?;
    for (name, text) in [("title", title), ("description", description)] {
        if let Some(text) = text {
            writeln!(out, "  \"{name}\": {},", plain(text))?;
        }
    }
    let Setup {
        nodes,
        network,
        disk,
        options,
    } = &recording.setup;
    writeln!(out, "  \"setup\": {{\n    \"nodes\": {nodes},")?;
    writeln!(out, "    \"network\": {},", plain(network))?;
    writeln!(out, "    \"disk\": {},", plain(disk))?;
    writeln!(out, "    \"options\": {}\n  }},", plain(options))?;
    write!(
        out,
        "  \"seed\": {},\n  \"actions\": [",
        plain(&Wide(recording.seed))
    )?;
    for (place, stamped) in recording.actions.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(out, "{comma}\n    {}", plain(&Line::new(stamped)))?;
    }
    let end = if recording.actions.is_empty() {
        ""
    } else {
        "\n  "
    };
    writeln!(out, "{end}]\n}}")
}

/// A value as JSON.
pub(in crate::share) fn plain<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("plain data is always written")
}
