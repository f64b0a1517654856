//! Running other programs.

use crate::ui::{Stopwatch, say};
use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// How often a long installation shows that it is alive.
const SIGN_OF_LIFE: Duration = Duration::from_secs(20);

/// A command in the root of this clone.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::root());
    // Cargo describes this package to it; another cargo must not take that for its own.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        }) {
            command.env_remove(name);
        }
    }
    command
}

/// The cargo that runs this, in the root of this clone.
pub(crate) fn cargo() -> Command {
    command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command to its end; what it prints is seen.
pub(crate) fn check(command: &mut Command) -> Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    expect_success(status, command)
}

/// Whether a command can be run and succeeds; what it prints is not seen.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// What a command prints, if it can be run and succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a long command to its end. What it prints goes to a file; now and then its last
/// line is shown with the time so far, and the end of the file when it fails.
pub(crate) fn check_long(command: &mut Command, what: &str, log: &Path) -> Result<()> {
    let file = File::create(log).with_context(|| format!("writing {}", log.display()))?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let time = Stopwatch::start();
    let (ended, end) = mpsc::channel();
    let waiter = thread::spawn(move || {
        let status = child.wait();
        // The other side waits for nothing else.
        ended.send(()).ok();
        status
    });
    while end.recv_timeout(SIGN_OF_LIFE) == Err(RecvTimeoutError::Timeout) {
        say(format_args!(
            "  {what}: {}: {}",
            time.read(),
            last_lines(log, 1)
        ));
    }
    let status = waiter.join().expect("waiting does not panic")?;
    expect_success(status, command).with_context(|| format!("{}\n{what}", last_lines(log, 30)))
}

/// Finds a program on the search path.
pub(crate) fn which(name: &str) -> Option<PathBuf> {
    let names = match cfg!(windows) {
        true => vec![format!("{name}.exe"), format!("{name}.cmd")],
        false => vec![name.to_owned()],
    };
    std::env::split_paths(&std::env::var_os("PATH")?)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| path.is_file())
}

fn expect_success(status: ExitStatus, command: &Command) -> Result<()> {
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let words: Vec<_> = std::iter::once(name)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy())
        .collect();
    format!("`{}`", words.join(" "))
}

fn last_lines(log: &Path, count: usize) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
