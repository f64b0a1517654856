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
  run SCENARIO|LINK                    play a recording, and say what happened
  link FILE                            make a link of a scenario or a session
  unlink LINK                          make a scenario of a link

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

Exit status: 0; 1 if a promise was broken; 2 for bad input to the program itself.
";

/// What `run --help` prints.
pub(crate) const RUN: &str = "\
usage: glassraft run SCENARIO|LINK [--until COND] [--format FORMAT] [--hash]

Plays a scenario file, a session file or a link, and prints what happened. `-' is standard
input. A link may be a whole address or what stands behind its `#'. Time is virtual.

It plays to the last action, and then until all is quiet: no request is open, and all nodes
that run have applied the same log. It ends 60 s after the last action at the latest.

  --until COND     play until this holds, as behind `until' in the console: \"leader changes\",
                   \"commit >= 9 on n2\", \"event >= 900\", \"time >= 30s\",
                   \"a promise is broken within 10s\"; `help until' there names all
  --format FORMAT  what is printed:
                     text      one line an event (the default)
                     jsonl     one JSON object an event
                     shiviz    a log with vector clocks, for ShiViz
                     perfetto  trace-event JSON, for ui.perfetto.dev
                     summary   who led, what was committed, how requests ended
  --hash           print the hash of the run; without --format, only that
  -h, --help       this text

shiviz and perfetto take the last 1000000 events. Which promise was broken, and by which
event, is said on standard error.

Exit status: 0; 1 if a promise was broken; 2 for bad input, or if COND did not come to hold.
";

/// What `link --help` prints.
pub(crate) const LINK: &str = "\
usage: glassraft link FILE

Prints the link for a scenario or session file: what stands behind `#' in the page's
address. `-' is standard input.
";

/// What `unlink --help` prints.
pub(crate) const UNLINK: &str = "\
usage: glassraft unlink LINK

Prints the scenario file for a link: a whole address, or what stands behind its `#'. `-' is
standard input.
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
