//! `glassraft link` and `glassraft unlink`: from files to links and back.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::process::ExitCode;

use glassraft_core::share::{self, Scenario, scenario};
use lexopt::{Arg, Parser};

use crate::failure::Failure;
use crate::help;
use crate::input;
use crate::output::Output;

/// Prints the link for a file.
///
/// # Errors
/// The file is no scenario and no session, or no link has room for it.
pub(crate) fn command(arguments: &mut Parser) -> Result<ExitCode, Failure> {
    let Some(file) = only(arguments, "FILE")? else {
        return help::print(help::LINK);
    };
    let (name, text) = input::file(&file)?;
    let recording = input::recording(&name, &text)?;
    let link = share::link::encode(&recording)
        .map_err(|error| Failure::input(format!("{name}: {error}")))?;
    let mut output = Output::new();
    let _kept = writeln!(output, "{link}");
    output.end()?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the scenario for a link.
///
/// # Errors
/// The link is none, or a wrong one.
pub(crate) fn undo(arguments: &mut Parser) -> Result<ExitCode, Failure> {
    let Some(link) = only(arguments, "LINK")? else {
        return help::print(help::UNLINK);
    };
    let (name, text) = match link.to_str() {
        Some("-") => input::file(&link)?,
        Some(text) => ("LINK".to_owned(), text.to_owned()),
        None => return Err(Failure::input("LINK: it is not UTF-8")),
    };
    let scenario = Scenario {
        title: None,
        description: None,
        recording: input::recording(&name, &text)?,
    };
    let mut output = Output::new();
    let _kept = scenario::write(&mut output, &scenario);
    output.end()?;
    Ok(ExitCode::SUCCESS)
}

/// The one argument; `None` if help is asked for.
fn only(arguments: &mut Parser, what: &str) -> Result<Option<OsString>, Failure> {
    let mut only = None;
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Value(value) if only.is_none() => only = Some(value),
            other => return Err(other.unexpected().into()),
        }
    }
    let missing = || Failure::input(format!("{what} is missing"));
    only.map(Some).ok_or_else(missing)
}
