//! What `--help` and `--version` print.

use std::io::Write as _;
use std::process::ExitCode;

use crate::failure::Failure;

/// The version, as `--version` prints it.
pub(crate) const VERSION: &str = concat!("glassraft ", env!("CARGO_PKG_VERSION"), "\n");

/// What `--help` prints.
pub(crate) const ALL: &str = "\
glassraft: an etcd-like cluster behind glass, without a browser

usage: glassraft SUBCOMMAND

  exec [--nodes N] [--seed S] [FILE]   run console lines on a fresh cluster

  -h, --help      this text; behind a subcommand, more about it
  -V, --version   the version

Exit status: 0; 1 if a promise was broken; 2 for bad input.
";

/// What `exec --help` prints.
pub(crate) const EXEC: &str = "\
usage: glassraft exec [--nodes N] [--seed S] [FILE]

Reads console lines from FILE, or from standard input, and runs them one after the other
on a fresh cluster that has a leader. Time is virtual: as much passes as a line needs.

For each line it prints `$ LINE', what the command printed, standard output and error in
order, and `[exit N]', and flushes, so that a program can hold a conversation with it.

  --nodes N   nodes of the cluster, 1 to 15; 5 if not given
  --seed S    the seed of all chance, below 2^64; 1 if not given
  -h, --help  this text

A line is what the page's console takes. `help' lists the commands:
  etcdctl put KEY VALUE         without --endpoints, the first node that runs is asked
  kill leader                   a command of the lab
  sleep 3                       seconds, in the cluster's time
  timeout 2 etcdctl get KEY     ended after so long, with status 124
  etcdctl put KEY <<'EOF'       the following lines, up to EOF, are standard input
  COMMAND &                     a job; what it prints stands with a later line
  wait                          until all jobs have ended
";

/// Prints a text.
///
/// # Errors
/// Standard output cannot be written to.
pub(crate) fn print(text: &str) -> Result<ExitCode, Failure> {
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| Failure::input(format!("standard output: {error}")))?;
    Ok(ExitCode::SUCCESS)
}
