//! `sleep`, `timeout` and `wait`, as GNU's coreutils and a shell have them.

use crate::member::Micros;

use super::jobs::Signal;
use super::output::Finished;
use super::quantity::{MAX_TIME_US, gnu_time_us};

/// The status of `timeout` when the command took too long, and when it failed itself.
const TIMED_OUT: i32 = 124;
const TIMEOUT_FAILED: i32 = 125;

/// How long `sleep` sleeps: the sum of its arguments, in µs.
///
/// # Errors
/// What is wrong, in GNU's words.
pub(super) fn sleep_us(arguments: &[String]) -> Result<Micros, Finished> {
    let try_help = "Try 'help sleep' for more information.";
    if arguments.is_empty() {
        let message = format!("sleep: missing operand\n{try_help}");
        return Err(Finished::error(message, 1));
    }
    let mut total_us: Micros = 0;
    for argument in arguments {
        let us = gnu_time_us(argument).ok_or_else(|| {
            let message = format!("sleep: invalid time interval ‘{argument}’\n{try_help}");
            Finished::error(message, 1)
        })?;
        total_us = total_us.saturating_add(us);
    }
    if total_us > MAX_TIME_US {
        return Err(Finished::error("sleep: a day is the longest sleep here", 1));
    }
    Ok(total_us)
}

/// What the words before the command of `timeout` say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timeout {
    /// After how many µs the command is ended; `None` for never.
    pub(super) after_us: Option<Micros>,
    /// The status then.
    pub(super) exit: i32,
    /// How it is ended.
    pub(super) signal: Signal,
    /// How many words stand before the command.
    pub(super) words: usize,
}

/// Understands the words behind `timeout` up to the command.
///
/// # Errors
/// What is wrong, in GNU's words.
pub(super) fn timeout(arguments: &[String]) -> Result<Timeout, Finished> {
    let fail = |what: String| {
        let message = format!("timeout: {what}\nTry 'help timeout' for more information.");
        Finished::error(message, TIMEOUT_FAILED)
    };
    let mut preserve = false;
    let mut signal = Signal::Terminate;
    let mut place = 0;
    while let Some(option) = arguments.get(place).filter(|word| word.starts_with('-')) {
        place += 1;
        let (name, value) = match option.split_once('=') {
            Some((name, value)) if name.starts_with("--") => (name, Some(value)),
            _ if !option.starts_with("--") && option.len() > 2 && option.is_ascii() => {
                (&option[..2], Some(&option[2..]))
            }
            _ => (option.as_str(), None),
        };
        match name {
            "--foreground" | "-v" | "--verbose" => continue,
            "--preserve-status" => {
                preserve = true;
                continue;
            }
            "-k" | "--kill-after" | "-s" | "--signal" => {}
            _ => return Err(fail(format!("unrecognized option '{option}'"))),
        }
        let value = value.or_else(|| {
            place += 1;
            arguments.get(place - 1).map(String::as_str)
        });
        let value = value.ok_or_else(|| fail(format!("option requires an argument '{name}'")))?;
        if matches!(name, "-s" | "--signal") {
            signal =
                Signal::named(value).ok_or_else(|| fail(format!("{value}: invalid signal")))?;
        } else if gnu_time_us(value).is_none() {
            return Err(fail(format!("invalid time interval ‘{value}’")));
        }
    }
    let duration = arguments.get(place);
    let duration = duration.ok_or_else(|| fail("missing operand".to_owned()))?;
    let us =
        gnu_time_us(duration).ok_or_else(|| fail(format!("invalid time interval ‘{duration}’")))?;
    if arguments.len() == place + 1 {
        return Err(fail("missing operand".to_owned()));
    }
    let exit = match (signal, preserve) {
        (Signal::Kill, _) => Signal::Kill.status(),
        (_, true) => Signal::Terminate.status(),
        _ => TIMED_OUT,
    };
    Ok(Timeout {
        after_us: (us > 0).then_some(us),
        exit,
        signal,
        words: place + 1,
    })
}

/// The jobs that the arguments of `wait` name, by number; none for all.
///
/// # Errors
/// What is wrong, in a shell's words.
pub(super) fn wait(arguments: &[String]) -> Result<Vec<u32>, Finished> {
    let numbers = arguments.iter().map(|argument| {
        let number = argument.strip_prefix('%').unwrap_or(argument);
        number.parse().map_err(|_| {
            let message = format!("bash: wait: `{argument}': not a pid or valid job spec");
            Finished::error(message, 1)
        })
    });
    numbers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn timeout_is_understood_as_gnu_does() {
        let understood = |line| timeout(&words(line)).unwrap();
        let two = |exit, words| Timeout {
            after_us: Some(2_000_000),
            exit,
            signal: Signal::Terminate,
            words,
        };
        assert_eq!(understood("2 etcdctl get a"), two(124, 1));
        let kill = Timeout {
            signal: Signal::Kill,
            ..two(137, 3)
        };
        assert_eq!(understood("-s KILL 2 sleep 3"), kill);
        let interrupt = Timeout {
            signal: Signal::Interrupt,
            ..two(124, 2)
        };
        assert_eq!(understood("-sINT 2s sleep 3"), interrupt);
        assert_eq!(understood("--preserve-status -k 1 2 sleep 3"), two(143, 4));
        assert_eq!(understood("0 sleep 3").after_us, None);
        for (line, says) in [
            ("", "missing operand"),
            ("2", "missing operand"),
            ("x sleep 1", "invalid time interval ‘x’"),
            ("--nonsense 2 sleep 1", "unrecognized option '--nonsense'"),
            ("-k x 2 sleep 1", "invalid time interval ‘x’"),
            ("-s", "option requires an argument '-s'"),
        ] {
            let finished = timeout(&words(line)).unwrap_err();
            assert_eq!(finished.exit, 125);
            assert!(finished.lines[0].text.contains(says), "{line}");
        }
    }

    #[test]
    fn sleep_adds_its_arguments_up() {
        assert_eq!(sleep_us(&words("1 0.5 1m")), Ok(61_500_000));
        for line in ["", "x", "-1", "2d", "1 99999999999999999999"] {
            assert_eq!(sleep_us(&words(line)).unwrap_err().exit, 1, "{line}");
        }
    }
}
