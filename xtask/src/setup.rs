//! `cargo xtask setup`: installs what is missing, and nothing twice.
//!
//! Everything installed is looked for first, by the existence of a file where that is
//! enough, so that each other chore can begin with a set-up. What cannot be installed
//! on this system is collected and named at the end, with the command to type.

mod cache;
mod chromium;
mod debian;
mod etcd;
mod tools;

use crate::run::{check, command, output};
use crate::ui::{Stopwatch, say};
use anyhow::{Context, Result, bail};
use glassraft_webdriver::Programs;
use lexopt::{Arg, Parser};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The target of the page.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// What a chore needs.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Need {
    /// To build the page.
    Build,
    /// To build it and to run a browser.
    Browser,
    /// To run a real etcd.
    Etcd,
    /// To run all tests.
    Tests,
}

/// Where the tools are that were found or installed.
pub(crate) struct Tools {
    folders: Vec<PathBuf>,
    programs: Option<Programs>,
}

impl Tools {
    /// Puts the tools before all else on a command's search path.
    pub(crate) fn on_path<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("PATH", self.path())
    }

    /// The browser; there is one for the needs that say so.
    pub(crate) fn programs(&self) -> Result<&Programs> {
        self.programs
            .as_ref()
            .context("this chore has set up no browser")
    }

    fn path(&self) -> OsString {
        let rest = std::env::var_os("PATH").unwrap_or_default();
        let all = self
            .folders
            .iter()
            .cloned()
            .chain(std::env::split_paths(&rest));
        std::env::join_paths(all).unwrap_or(rest)
    }
}

/// What has to be installed by hand.
#[derive(Default)]
pub(crate) struct Missing(Vec<String>);

impl Missing {
    /// Names a thing that is missing, and the command that installs it.
    pub(crate) fn add(&mut self, what: &str, command: &str) {
        self.0
            .push(format!("  {what}; install it with:\n      {command}"));
    }
}

/// The chore.
pub(crate) fn chore(mut args: Parser) -> Result<()> {
    let mut need = Need::Build;
    while let Some(arg) = args.next()? {
        match arg {
            Arg::Long("tests") => need = Need::Tests,
            other => return Err(other.unexpected().into()),
        }
    }
    let time = Stopwatch::start();
    set_up(need)?;
    say(format_args!("set-up complete ({})", time.read()));
    Ok(())
}

/// Installs what is missing for a need.
pub(crate) fn set_up(need: Need) -> Result<Tools> {
    let mut missing = Missing::default();
    let cache = cache::Cache::open()?;
    wasm_target(&mut missing)?;
    protoc()?;
    let mut folders = Vec::from_iter(tools::wasm_opt(&cache, &mut missing)?);
    let programs = match need {
        Need::Build | Need::Etcd => None,
        Need::Browser | Need::Tests => chromium::find_or_install(&cache, &mut missing)?,
    };
    if matches!(need, Need::Etcd | Need::Tests) {
        etcd::find_or_install(&cache, &mut missing)?;
    }
    // Told now, not after the minutes that the rest can take.
    if !missing.0.is_empty() {
        bail!(
            "something is missing that cannot be installed from here:\n{}",
            missing.0.join("\n")
        );
    }
    folders.push(tools::trunk(&cache)?);
    folders.push(tools::wasm_bindgen(&cache)?);
    if need == Need::Tests {
        folders.extend(tools::nextest(&cache)?);
    }
    Ok(Tools { folders, programs })
}

fn wasm_target(missing: &mut Missing) -> Result<()> {
    let library = output(command("rustc").args(["--print", "target-libdir", "--target", WASM]));
    if library.is_some_and(|folder| Path::new(&folder).is_dir()) {
        return Ok(());
    }
    if crate::run::which("rustup").is_none() {
        missing.add(
            &format!("the standard library of Rust for {WASM}"),
            &format!("rustup target add {WASM}   (or your system's package of it)"),
        );
        return Ok(());
    }
    say(format_args!("adding the target {WASM} (some seconds)"));
    check(command("rustup").args(["target", "add", WASM]))
}

/// Puts protoc where `.cargo/config.toml` tells every build script to look.
fn protoc() -> Result<()> {
    let carried = protoc_bin_vendored::protoc_bin_path()
        .context("no protoc is carried for this system: put one into .tools/protoc")?;
    let folder = crate::root().join(".tools");
    let wanted = folder.join(format!("protoc{}", std::env::consts::EXE_SUFFIX));
    let length = |file: &Path| fs::metadata(file).map(|data| data.len()).ok();
    if length(&wanted) == length(&carried) {
        return Ok(());
    }
    say("copying protoc into .tools/");
    fs::create_dir_all(&folder)?;
    // Renamed into place, so that an interrupted copy is never taken for a whole one.
    let partial = folder.join("protoc.partial");
    fs::copy(&carried, &partial)?;
    fs::rename(&partial, &wanted)?;
    Ok(())
}
