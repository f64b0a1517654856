//! `glassraft`: the cluster behind glass, without a browser.
//!
//! Each subcommand has its module and a line in [`COMMANDS`]. The exit status is 0, 1 if a
//! promise was broken, 2 for bad input.

mod exec;
mod failure;
mod help;
mod input;
mod link;
mod output;
mod promises;
mod run;

use std::io::Write as _;
use std::process::ExitCode;

use lexopt::{Arg, Parser};

use failure::Failure;

/// A subcommand: its name, and what carries it out.
type Command = (&'static str, fn(&mut Parser) -> Result<ExitCode, Failure>);

const COMMANDS: [Command; 4] = [
    ("exec", exec::command),
    ("run", run::command),
    ("link", link::command),
    ("unlink", link::undo),
];

fn main() -> ExitCode {
    dispatch(Parser::from_env()).unwrap_or_else(|failure| {
        // What cannot be told cannot be told.
        let _told = writeln!(std::io::stderr(), "glassraft: {failure}");
        ExitCode::from(failure.exit())
    })
}

fn dispatch(mut arguments: Parser) -> Result<ExitCode, Failure> {
    let name = match arguments.next()? {
        None | Some(Arg::Short('h') | Arg::Long("help")) => return help::print(help::ALL),
        Some(Arg::Short('V') | Arg::Long("version")) => return help::print(help::VERSION),
        Some(Arg::Value(name)) => name.to_string_lossy().into_owned(),
        Some(option) => return Err(option.unexpected().into()),
    };
    if name == "help" {
        return help::print(help::ALL);
    }
    match COMMANDS.iter().find(|(known, _)| *known == name) {
        Some((_, command)) => command(&mut arguments),
        None => Err(Failure::input(format!(
            "there is no subcommand `{name}'; `glassraft --help' lists them"
        ))),
    }
}
