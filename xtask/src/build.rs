//! `cargo xtask build`: the page, ready for any static host.

use crate::run::{cargo, check, command};
use crate::setup::{Need, Tools, WASM, set_up};
use crate::sizes;
use crate::ui::{Stopwatch, say};
use anyhow::{Context, Result, ensure};
use lexopt::Parser;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// What the built page depends on.
const SOURCES: [&str; 10] = [
    "core",
    "web",
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "rust-toolchain.toml",
    "xtask/src/build.rs",
    "xtask/src/pack.rs",
    "xtask/src/pack",
];

/// LLVM joins a function to its only caller up to some 3000 instructions, whatever the size of
/// code that is wanted. Large functions have many locals, with longer numbers, and repeat less.
/// All else is a hundred times as dear as by default, so it is 30 instructions now, and small
/// functions are inlined as before.
const RUSTFLAGS: &str = "-C llvm-args=-inline-instr-cost=500 \
    -C llvm-args=-inline-call-penalty=2500 -C llvm-args=-inline-threshold=500";

/// The chore.
pub(crate) fn chore(args: Parser) -> Result<()> {
    crate::no_more(args)?;
    build(&set_up(Need::Build)?)
}

/// Where the built page is.
pub(crate) fn dist() -> PathBuf {
    crate::root().join("dist")
}

/// Builds the page and checks its size.
pub(crate) fn build(tools: &Tools) -> Result<()> {
    compile(tools)?;
    sizes::report(&dist())
}

/// Builds the page unless the one that is there is newer than all its sources. A page that
/// is too large can still be looked at and measured.
pub(crate) fn build_if_stale(tools: &Tools) -> Result<()> {
    if is_stale()? { compile(tools) } else { Ok(()) }
}

fn compile(tools: &Tools) -> Result<()> {
    say("building the page (a first build takes minutes)");
    let time = Stopwatch::start();
    fetch()?;
    let mut trunk = trunk(tools, "build");
    for_download(&mut trunk);
    // Relative addresses: the page works below any sub-path.
    check(trunk.args(["--release", "--public-url", "./"]))?;
    check_wasm(&dist())?;
    say(format_args!("built the page into dist/ ({})", time.read()));
    Ok(())
}

/// Looks at what was written: two builds into one folder at a time can leave a module of
/// zeros, and trunk reports success.
fn check_wasm(dist: &Path) -> Result<()> {
    let mut modules = 0;
    for entry in fs::read_dir(dist).context("reading dist/")? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            let module = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            ensure!(
                module.starts_with(b"\0asm"),
                "{} is not a WebAssembly module; was another build running?",
                path.display()
            );
            modules += 1;
        }
    }
    ensure!(
        modules == 1,
        "dist/ holds {modules} WebAssembly modules, not one"
    );
    Ok(())
}

/// Trunk, which is to find its tools on the search path and download nothing.
pub(crate) fn trunk(tools: &Tools, chore: &str) -> Command {
    let mut trunk = command("trunk");
    tools.on_path(&mut trunk);
    // Trunk takes its value for that of an option, and stops at NO_COLOR=1.
    if std::env::var_os("NO_COLOR").is_some() {
        trunk.env_remove("NO_COLOR").env("TRUNK_COLOR", "never");
    }
    trunk.args([chore, "--offline", "--locked", "--skip-version-check"]);
    trunk
}

/// Tells LLVM to make code for the page that compresses well. Other builds for wasm are left
/// alone, so this is not in `.cargo/config.toml`.
pub(crate) fn for_download(build: &mut Command) {
    build.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", RUSTFLAGS);
}

/// Gets the sources of the crates: trunk is told to stay offline.
pub(crate) fn fetch() -> Result<()> {
    check(cargo().args(["fetch", "--quiet", "--locked", "--target", WASM]))
}

fn is_stale() -> Result<bool> {
    let Ok(built) = fs::metadata(dist().join("index.html")).and_then(|data| data.modified()) else {
        return Ok(true);
    };
    for source in SOURCES {
        let path = crate::root().join(source);
        if path.exists() && newest(&path)? > built {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The last change of a file, or of anything in a folder.
fn newest(path: &Path) -> Result<SystemTime> {
    let data = fs::metadata(path).with_context(|| format!("reading {}", path.display()))?;
    let mut newest_yet = data.modified()?;
    if data.is_dir() {
        for entry in fs::read_dir(path)? {
            newest_yet = newest_yet.max(newest(&entry?.path())?);
        }
    }
    Ok(newest_yet)
}
