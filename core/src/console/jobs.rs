//! Commands that run beside the prompt: `jobs`, `fg`, `kill %1`, as a shell has them.

use std::fmt::Write as _;

use super::output::{EntryId, Finished};

/// A command that was begun with `&`.
#[derive(Clone, Debug)]
pub(super) struct Job {
    /// From 1.
    pub(super) number: u32,
    pub(super) entry: EntryId,
    /// What was typed.
    pub(super) line: String,
    /// Whether it has not ended.
    pub(super) runs: bool,
}

/// What a command is told from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// To end, as Ctrl-C does (SIGINT).
    Interrupt,
    /// To end (SIGTERM).
    Terminate,
    /// It is ended at once, and tidies nothing up (SIGKILL).
    Kill,
}

impl Signal {
    /// The signal with this name or number.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.strip_prefix("SIG").unwrap_or(name) {
            "INT" | "2" => Some(Self::Interrupt),
            "TERM" | "15" => Some(Self::Terminate),
            "KILL" | "9" => Some(Self::Kill),
            _ => None,
        }
    }

    /// The status of a command that it ended: 128 and its number.
    pub(super) fn status(self) -> i32 {
        128 + match self {
            Self::Interrupt => 2,
            Self::Terminate => 15,
            Self::Kill => 9,
        }
    }
}

/// Whether `kill` is told of jobs, and not of nodes.
pub(super) fn is_about_jobs(words: &[String]) -> bool {
    words.iter().any(|word| word.starts_with('%'))
}

/// `jobs`: those that run.
pub(super) fn list(jobs: &[Job], words: &[String]) -> Finished {
    if let Some(word) = words.first() {
        return Finished::error(format!("bash: jobs: {word}: no such job"), 1);
    }
    let running = jobs.iter().filter(|job| job.runs);
    let lines = running.fold(String::new(), |mut text, job| {
        let _infallible = writeln!(text, "[{}]  Running  {}", job.number, job.line);
        text
    });
    Finished::output(&lines)
}

/// The jobs that words name: `%1`, or the last one if there is none.
///
/// # Errors
/// There is no such job, in a shell's words.
pub(super) fn named(
    jobs: &[Job],
    command: &str,
    words: &[String],
) -> Result<Vec<EntryId>, Finished> {
    if words.is_empty() {
        let last = jobs.iter().rfind(|job| job.runs);
        let last = last.map(|job| vec![job.entry]);
        let none = || Finished::error(format!("bash: {command}: current: no such job"), 1);
        return last.ok_or_else(none);
    }
    let found = words.iter().map(|word| {
        let number = word
            .strip_prefix('%')
            .unwrap_or(word)
            .parse()
            .map_err(|_| {
                let message =
                    format!("bash: {command}: {word}: arguments must be job IDs such as %1");
                Finished::error(message, 1)
            })?;
        let job = jobs.iter().find(|job| job.number == number);
        job.map(|job| job.entry)
            .ok_or_else(|| no_such_job(command, number))
    });
    found.collect()
}

/// `kill [-SIGNAL] %1`.
///
/// # Errors
/// There is no such job or signal, in a shell's words.
pub(super) fn kill(jobs: &[Job], words: &[String]) -> Result<(Vec<EntryId>, Signal), Finished> {
    let (signal, rest) = match words.split_first() {
        Some((first, rest)) if first.starts_with('-') => {
            let name = first.trim_start_matches('-');
            let unknown = format!("bash: kill: {name}: invalid signal specification");
            let signal = Signal::named(name).ok_or_else(|| Finished::error(unknown, 1))?;
            (signal, rest)
        }
        _ => (Signal::Terminate, words),
    };
    Ok((named(jobs, "kill", rest)?, signal))
}

/// A shell's complaint about a job that there is not.
pub(super) fn no_such_job(command: &str, number: u32) -> Finished {
    Finished::error(format!("bash: {command}: %{number}: no such job"), 127)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_named_by_number() {
        let job = |number, runs| Job {
            number,
            entry: EntryId(number.into()),
            line: "etcdctl watch a &".to_owned(),
            runs,
        };
        let jobs = [job(1, true), job(2, false)];
        let words =
            |line: &str| -> Vec<String> { line.split_whitespace().map(str::to_owned).collect() };
        let listed = list(&jobs, &[]);
        assert_eq!(listed.lines[0].text, "[1]  Running  etcdctl watch a &");
        assert_eq!(listed.lines.len(), 1);
        assert_eq!(named(&jobs, "fg", &[]).unwrap(), [EntryId(1)]);
        let (entries, signal) = kill(&jobs, &words("-9 %1 %2")).unwrap();
        assert_eq!((entries.len(), signal.status()), (2, 137));
        assert_eq!(kill(&jobs, &words("-INT %1")).unwrap().1, Signal::Interrupt);
        for line in ["%3", "-HUP %1", "%1 n2"] {
            assert!(kill(&jobs, &words(line)).is_err(), "{line}");
        }
    }
}
