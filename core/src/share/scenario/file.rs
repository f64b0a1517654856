//! A scenario file as a whole.

use std::fmt::{self, Write};

use crate::json::{Value, quoted};
use crate::share::limits::{self, Excess};
use crate::share::link::BEHAVIOUR;
use crate::trace::Recording;
use crate::world::Setup;

use super::form::{Object, json};
use super::lines::{line, read_lines};
use super::parts::Wide;
use super::wrong::Wrong;

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
        /// Where in the structure, as `actions[3].crash.node`; nothing for all of it.
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
            Self::Json { path, problem } if path.is_empty() => f.write_str(problem),
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

impl From<Wrong> for ScenarioError {
    fn from(Wrong { path, problem }: Wrong) -> Self {
        Self::Json { path, problem }
    }
}

/// Reads a scenario.
///
/// # Errors
/// The first thing that is wrong with it, with its path.
pub fn read(text: &str) -> Result<Scenario, ScenarioError> {
    if text.len() > MAX_FILE_BYTES {
        return Err(ScenarioError::TooLong { bytes: text.len() });
    }
    read_value(parse(text)?)
}

/// Reads a scenario that stands in a file.
pub(in crate::share) fn read_value(value: Value<'_>) -> Result<Scenario, ScenarioError> {
    check_versions(value)?;
    let scenario = read_whole(value)?;
    limits::check(&scenario.recording).map_err(ScenarioError::Excess)?;
    Ok(scenario)
}

/// Checks which version the file is of, first of all: another may have other fields.
fn check_versions(value: Value<'_>) -> Result<(), ScenarioError> {
    let (mut form, mut behaviour) = (0_u64, None::<u32>);
    let mut stamp = Object::of(value)?;
    stamp.needed("glassraft", &mut form);
    stamp.optional("behaviour", &mut behaviour);
    stamp.close_open()?;
    if form != FORM {
        return Err(ScenarioError::Form { found: form });
    }
    match behaviour {
        Some(found) if found != BEHAVIOUR => Err(ScenarioError::Behaviour { found }),
        _ => Ok(()),
    }
}

fn read_whole(value: Value<'_>) -> Result<Scenario, Wrong> {
    let (mut title, mut description) = (None, None);
    let (mut setup, mut seed) = (Setup::default(), 0);
    let mut whole = Object::of(value)?;
    // Both were looked at before.
    let _versions = (whole.take("glassraft"), whole.take("behaviour"));
    whole.optional("title", &mut title);
    whole.optional("description", &mut description);
    whole.optional("setup", &mut setup);
    whole.needed("seed", &mut Wide(&mut seed));
    let lines = whole.take("actions");
    whole.close()?;
    let actions = lines.map_or(Ok(Vec::new()), read_lines);
    Ok(Scenario {
        title,
        description,
        recording: Recording {
            setup,
            seed,
            actions: actions.map_err(|wrong| wrong.inside("actions"))?,
        },
    })
}

/// The value that a text is.
pub(in crate::share) fn parse(text: &str) -> Result<Value<'_>, ScenarioError> {
    Value::parse(text).map_err(|problem| ScenarioError::Json {
        path: String::new(),
        problem: problem.to_string(),
    })
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
            writeln!(out, "  \"{name}\": {},", quoted(text))?;
        }
    }
    let Setup {
        nodes,
        network,
        disk,
        options,
    } = &mut recording.setup.clone();
    writeln!(out, "  \"setup\": {{\n    \"nodes\": {nodes},")?;
    writeln!(out, "    \"network\": {},", json(network))?;
    writeln!(out, "    \"disk\": {},", json(disk))?;
    writeln!(out, "    \"options\": {}\n  }},", json(options))?;
    write!(
        out,
        "  \"seed\": {},\n  \"actions\": [",
        json(&mut Wide(&mut recording.seed.clone()))
    )?;
    for (place, stamped) in recording.actions.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(out, "{comma}\n    {}", line(stamped))?;
    }
    let end = if recording.actions.is_empty() {
        ""
    } else {
        "\n  "
    };
    writeln!(out, "{end}]\n}}")
}
