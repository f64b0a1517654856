//! `glassraft exec`: console lines, one after the other.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use glassraft_core::console::Conversation;
use glassraft_core::world::Setup;
use lexopt::{Arg, Parser, ValueExt as _};

use crate::failure::Failure;
use crate::help;
use crate::input::Input;
use crate::promises;

/// The seed if none is given.
const SEED: u64 = 1;

/// What was given on the command line.
struct Options {
    setup: Setup,
    seed: u64,
    file: Option<PathBuf>,
}

/// Reads lines until there are none, and answers each before the next is read.
///
/// # Errors
/// What was given cannot be used, or a file cannot be read or written.
pub(crate) fn command(arguments: &mut Parser) -> Result<ExitCode, Failure> {
    let Some(options) = parse(arguments)? else {
        return help::print(help::EXEC);
    };
    let mut input = Input::open(options.file)?;
    let mut conversation = Conversation::new(options.setup, options.seed)
        .map_err(|error| Failure::input(format!("the cluster cannot begin: {error}")))?;
    while let Some(line) = input.next()? {
        let answer = match line {
            Ok(line) => conversation.say(&line),
            Err(line) => Some(format!("$ {line}\nbash: the line is not UTF-8\n[exit 2]\n")),
        };
        if !tell(answer)? {
            break;
        }
    }
    tell(conversation.end())?;
    Ok(promises::judge(conversation.watch()))
}

fn parse(arguments: &mut Parser) -> Result<Option<Options>, Failure> {
    let mut options = Options {
        setup: Setup::default(),
        seed: SEED,
        file: None,
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Long("nodes") => {
                options.setup.nodes = number(arguments, "--nodes", "a number from 1 to 15")?;
            }
            Arg::Long("seed") => {
                options.seed = number(arguments, "--seed", "a whole number below 2^64")?;
            }
            Arg::Value(file) if options.file.is_none() => options.file = Some(file.into()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(options))
}

fn number<T: std::str::FromStr>(
    arguments: &mut Parser,
    option: &str,
    what: &str,
) -> Result<T, Failure> {
    let value = arguments.value()?.string()?;
    value
        .parse()
        .map_err(|_| Failure::input(format!("{option}: `{value}' is not {what}")))
}

/// Prints an answer at once. Returns whether anybody still reads.
fn tell(answer: Option<String>) -> Result<bool, Failure> {
    let Some(answer) = answer else {
        return Ok(true);
    };
    let mut stdout = io::stdout().lock();
    let told = stdout
        .write_all(answer.as_bytes())
        .and_then(|()| stdout.flush());
    match told {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::input(format!("standard output: {error}"))),
    }
}
