//! `glassraft run`: a recording is played, and what happened is printed.

use std::ffi::OsString;
use std::fmt::{self, Write as _};
use std::io;
use std::process::ExitCode;

use glassraft_core::check::{Verdict, Watch};
use glassraft_core::console::{Ended, PlayError, Played, Player};
use glassraft_core::share::export::{self, Summary};
use glassraft_core::trace::RecordLimits;
use glassraft_core::world::{Event, EventId};
use lexopt::{Arg, Parser, ValueExt as _};

use crate::failure::Failure;
use crate::help;
use crate::input;
use crate::output::Output;
use crate::promises;

/// How many events an export has that needs all of them at once.
const MAX_EXPORTED: usize = 1_000_000;

/// What is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Text,
    JsonLines,
    Shiviz,
    Perfetto,
    Summary,
}

const FORMATS: [(&str, Format); 5] = [
    ("text", Format::Text),
    ("jsonl", Format::JsonLines),
    ("shiviz", Format::Shiviz),
    ("perfetto", Format::Perfetto),
    ("summary", Format::Summary),
];

/// What was given on the command line.
#[derive(Default)]
struct Options {
    what: Option<OsString>,
    until: Option<String>,
    format: Option<Format>,
    hash: bool,
}

/// Plays a recording.
///
/// # Errors
/// What was given cannot be used or played, or its condition does not come to hold.
pub(crate) fn command(arguments: &mut Parser) -> Result<ExitCode, Failure> {
    let Some(options) = parse(arguments)? else {
        return help::print(help::RUN);
    };
    let what = options
        .what
        .ok_or_else(|| Failure::input("SCENARIO or LINK is missing; `-' is standard input"))?;
    let (name, text) = input::file_or_link(&what)?;
    let recording = input::recording(&name, &text)?;
    let format = match options.format {
        None if !options.hash => Some(Format::Text),
        format => format,
    };
    let limits = match format {
        Some(Format::Shiviz | Format::Perfetto) => RecordLimits {
            max_events: MAX_EXPORTED,
        },
        _ => RecordLimits::default(),
    };
    let is_asked = options.until.is_some();
    let mut player = Player::new(recording, limits);
    if let Some(until) = options.until {
        player = player.until(until);
    }
    let mut output = Output::new();
    let mut summary = Summary::default();
    let played = player.play(|id, event| {
        summary.take(event);
        live(&mut output, format, id, event).is_ok()
    });
    let played = match played {
        Ok(played) => played,
        // What stopped it is told here.
        Err(PlayError::Stopped) => {
            output.end()?;
            return Ok(ExitCode::SUCCESS);
        }
        Err(error @ PlayError::Condition(_)) => {
            return Err(Failure::input(format!("--until: {error}")));
        }
        Err(error) => return Err(Failure::input(format!("{name}: {error}"))),
    };
    // An error is kept, and told at the end.
    let _kept = in_the_end(&mut output, format, &mut summary, &played);
    if options.hash {
        let _kept = writeln!(output, "{}", played.hash);
    }
    output.end()?;
    let status = promises::judge(&played.watch);
    match played.ended {
        Ended::TimeUp(why) if is_asked && played.watch.checks.breaches() == 0 => {
            Err(Failure::input(format!("--until: {why}")))
        }
        _ => Ok(status),
    }
}

/// Prints an event as it happens, where the format does.
fn live(output: &mut Output, format: Option<Format>, id: EventId, event: &Event) -> fmt::Result {
    match format {
        Some(Format::Text) => export::text(output, [(id, event)]),
        Some(Format::JsonLines) => export::json_lines(output, [(id, event)]),
        _ => Ok(()),
    }
}

/// Prints what can be printed only now.
fn in_the_end(
    output: &mut Output,
    format: Option<Format>,
    summary: &mut Summary,
    played: &Played,
) -> fmt::Result {
    let record = played.run.record();
    let first = EventId(record.dropped());
    match format {
        Some(Format::Shiviz | Format::Perfetto) if first.0 > 0 => {
            // What cannot be told cannot be told.
            let _told = io::Write::write_fmt(
                &mut io::stderr(),
                format_args!(
                    "glassraft: the first {} events are left out of the export\n",
                    first.0
                ),
            );
        }
        _ => {}
    }
    match format {
        Some(Format::Shiviz) => export::shiviz(output, record.since(first)),
        Some(Format::Perfetto) => export::perfetto(output, record.since(first)),
        Some(Format::Summary) => {
            summary.verdicts = verdicts(&played.watch);
            write!(output, "{summary}")
        }
        Some(Format::Text | Format::JsonLines) | None => Ok(()),
    }
}

fn verdicts(watch: &Watch) -> Vec<export::Verdict> {
    let verdicts = watch.checks.verdicts();
    verdicts
        .map(|(promise, verdict)| export::Verdict {
            promise: promise.name().to_owned(),
            broken_by: match verdict {
                Verdict::Held => None,
                Verdict::Broken { at, .. } => Some(*at),
            },
        })
        .collect()
}

fn parse(arguments: &mut Parser) -> Result<Option<Options>, Failure> {
    let mut options = Options::default();
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Long("until") => options.until = Some(arguments.value()?.string()?),
            Arg::Long("format") => options.format = Some(format(&arguments.value()?.string()?)?),
            Arg::Long("hash") => options.hash = true,
            Arg::Value(what) if options.what.is_none() => options.what = Some(what),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(Some(options))
}

fn format(name: &str) -> Result<Format, Failure> {
    let known = FORMATS.iter().find(|(known, _)| *known == name);
    known.map(|(_, format)| *format).ok_or_else(|| {
        let names = FORMATS.map(|(name, _)| name).join(", ");
        Failure::input(format!("--format: `{name}' is none of {names}"))
    })
}
