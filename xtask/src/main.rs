//! Every chore of the project, for people and for continuous integration alike.
//!
//! `cargo xtask help` lists them; each chore has its module here.

mod bench;
mod build;
mod conformance;
mod fuzz;
mod help;
mod pack;
mod run;
mod screenshots;
mod serve;
mod setup;
mod sizes;
mod test;
mod ui;
mod wasm;

use anyhow::{Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    match dispatch(Parser::from_env()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            ui::fail(&error);
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut args: Parser) -> Result<()> {
    // Wherever it stands, except behind `--`.
    if std::env::args()
        .take_while(|word| word != "--")
        .any(|word| word == "--help")
    {
        print!("{}", help::TEXT);
        return Ok(());
    }
    let chore = match args.next()? {
        None | Some(Arg::Short('h')) => "help".to_owned(),
        Some(Arg::Value(value)) => value.string()?,
        Some(other) => return Err(other.unexpected().into()),
    };
    match chore.as_str() {
        "help" => {
            print!("{}", help::TEXT);
            Ok(())
        }
        "setup" => setup::chore(args),
        "build" => build::chore(args),
        "pack" => pack::chore(args),
        "serve" => serve::chore(args),
        "test" => test::chore(args),
        "screenshots" => screenshots::chore(args),
        "bench" => bench::chore(args),
        "fuzz" => fuzz::chore(args),
        "conformance" => conformance::chore(args),
        unknown => bail!("there is no chore {unknown:?}\n\n{}", help::TEXT),
    }
}

/// The root of this clone.
fn root() -> PathBuf {
    // Cargo says where the package is when it runs it; the built-in path would be that
    // of another clone when a shared target folder is used.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    package
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// Ends the reading of arguments for a chore that takes no more of them.
fn no_more(mut args: Parser) -> Result<()> {
    match args.next()? {
        None => Ok(()),
        Some(arg) => Err(arg.unexpected().into()),
    }
}
