//! A line of etcdctl, taken apart by the rules of the `cobra` package.

use crate::order::sort_short;

use super::super::output::{Finished, Stream};
use super::exit::{BAD_ARGS, ERROR};
use super::flags::{self, FlagError, Parsed};
use super::help::{self, of as help_of};
use super::table::{Command, root};
use super::text::quoted;

/// How far a word may be from the name of a command that it is taken for a slip of
/// (cobra's `SuggestionsMinimumDistance`).
const SLIP: usize = 2;

/// A command with its flags and arguments.
#[derive(Debug)]
pub(super) struct Given<'a> {
    pub(super) command: &'static Command,
    pub(super) parsed: Parsed,
    /// All the words behind `etcdctl`, as they were typed.
    pub(super) words: &'a [String],
    /// Standard input, as far as it is there.
    pub(super) input: Option<&'a str>,
}

/// In which order etcdctl adds its commands (`etcdctl/ctlv3/ctl.go`), which is the order in
/// which it suggests them.
const ADDED: [&str; 22] = [
    "get",
    "put",
    "del",
    "txn",
    "compaction",
    "alarm",
    "defrag",
    "endpoint",
    "move-leader",
    "watch",
    "version",
    "lease",
    "member",
    "snapshot",
    "make-mirror",
    "migrate",
    "lock",
    "elect",
    "auth",
    "user",
    "role",
    "check",
];

impl<'a> Given<'a> {
    /// Takes the words behind `etcdctl` apart.
    ///
    /// # Errors
    /// What is printed at once instead: help, or what is wrong.
    pub(super) fn new(words: &'a [String], input: Option<&'a str>) -> Result<Self, Finished> {
        let (command, rest) = find(words);
        if command.path.is_empty()
            && let Some(place) = first_bare(command, &rest)
        {
            return Err(unknown_command(&rest[place]));
        }
        let parsed = Parsed::parse(command.own(), &rest);
        let parsed = parsed.map_err(|error| usage_error(&error, command))?;
        if parsed.is_set("help") {
            return Err(Finished::output(&help_of(command)));
        }
        if command.path == "help" {
            return Err(Finished::output(&help_about(&parsed.arguments)));
        }
        if command.is_group() {
            return Err(Finished::output(&help_of(command)));
        }
        Ok(Self {
            command,
            parsed,
            words,
            input,
        })
    }

    /// The arguments.
    pub(super) fn arguments(&self) -> &[String] {
        &self.parsed.arguments
    }

    /// The only argument.
    ///
    /// # Errors
    /// There is none, or more than one; what etcdctl says then is given.
    pub(super) fn one(&self, otherwise: &str) -> Result<&str, Finished> {
        match self.arguments() {
            [one] => Ok(one),
            _ => Err(bad_args(otherwise)),
        }
    }

    /// Makes sure that there is no argument.
    ///
    /// # Errors
    /// There is one.
    pub(super) fn none(&self, otherwise: &str) -> Result<(), Finished> {
        match self.arguments() {
            [] => Ok(()),
            _ => Err(bad_args(otherwise)),
        }
    }
}

/// The command that words name, and the words that do not name it: of each group, the first
/// word that is neither a flag nor a flag's value.
pub(super) fn find(words: &[String]) -> (&'static Command, Vec<String>) {
    let mut rest = words.to_vec();
    let mut command = root();
    loop {
        let place = first_bare(command, &rest);
        let child = place.and_then(|place| command.child(&rest[place]));
        let (Some(place), Some(child)) = (place, child) else {
            return (command, rest);
        };
        rest.remove(place);
        command = child;
    }
}

/// The place of the first word that cobra takes for no flag and no flag's value
/// (`stripFlags`). It knows a command's own flags then, but not `--help`, and drops words
/// without a letter.
fn first_bare(command: &Command, words: &[String]) -> Option<usize> {
    let mut place = 0;
    while let Some(word) = words.get(place).filter(|word| *word != "--") {
        if !word.is_empty() && !word.starts_with('-') {
            return Some(place);
        }
        let width = flags::width(command.own(), word);
        // A flag that waits for the last word of all ends it.
        if width == 2 && place + 2 >= words.len() {
            return None;
        }
        place += width;
    }
    None
}

/// `etcdctl help …`.
fn help_about(names: &[String]) -> String {
    let (command, rest) = find(names);
    match rest.first() {
        Some(_) if command.path.is_empty() => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!(
                "Unknown help topic [{}]\n{}",
                names.join(" "),
                help::without_help(command)
            )
        }
        _ => help_of(command),
    }
}

/// Cobra's answer to a name that is no command.
fn unknown_command(name: &str) -> Finished {
    let shown = quoted(name.as_bytes());
    let mut error = format!("Error: unknown command {shown} for \"etcdctl\"\n");
    let lower = name.to_lowercase();
    let mut alike: Vec<&str> = root()
        .children()
        .map(Command::name)
        .filter(|known| known.starts_with(&lower) || distance(known, &lower) <= SLIP)
        .collect();
    // Those of cobra itself come last.
    let place = |name: &str| {
        ADDED
            .iter()
            .position(|known| *known == name)
            .unwrap_or(ADDED.len())
    };
    sort_short(&mut alike, |a, b| place(a) > place(b));
    if !alike.is_empty() {
        error.push_str("\nDid you mean this?\n");
        for known in alike {
            error.push_str(&format!("\t{known}\n"));
        }
        error.push('\n');
    }
    let text = format!("{error}Run 'etcdctl --help' for usage.\n{error}");
    Finished::error(text, ERROR)
}

/// How many letters have to be put in, left out or changed to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, letter) in (1..).zip(a.chars()) {
        let mut diagonal = std::mem::replace(&mut above[0], row);
        for (column, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = above[column + 1];
            above[column + 1] = changed.min(diagonal + 1).min(above[column] + 1);
        }
    }
    above[b.len()]
}

/// Cobra's answer to a wrong flag: the error, how to use the command, the error again.
fn usage_error(error: &FlagError, command: &Command) -> Finished {
    let error = format!("Error: {error}");
    let mut finished = Finished::error(&error, ERROR);
    finished.print(Stream::Out, &help_of(command));
    finished.print(Stream::Err, &format!("\n{error}"));
    finished
}

/// Wrong arguments.
pub(super) fn bad_args(text: impl std::fmt::Display) -> Finished {
    Finished::error(format!("Error: {text}"), BAD_ARGS)
}

/// An argument that is wrong, once something was sent.
pub(super) fn failure(text: impl std::fmt::Display) -> Finished {
    Finished::error(format!("Error: {text}"), ERROR)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(line: &str) -> Result<(&'static str, Vec<String>), Finished> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Given::new(&words, None).map(|given| (given.command.path, given.parsed.arguments))
    }

    #[test]
    fn a_command_is_found_among_flags() {
        let found = |line: &str| given(line).unwrap().0;
        assert_eq!(found("--endpoints n1 get a"), "get");
        assert_eq!(found("-w json lease grant 5"), "lease grant");
        assert_eq!(found("lease -w json list"), "lease list");
        assert_eq!(found("endpoint --cluster status"), "endpoint status");
        assert_eq!(found("compact 3"), "compaction");
        assert_eq!(found("ge a"), "get");
        assert_eq!(found("user li"), "user list");
        assert_eq!(given("put a -- -b").unwrap().1, ["a", "-b"]);
    }

    #[test]
    fn what_is_none_is_named() {
        let said = |line: &str| -> Vec<String> {
            let finished = given(line).unwrap_err();
            finished.lines.into_iter().map(|line| line.text).collect()
        };
        assert_eq!(
            said("puts a")[..7],
            [
                "Error: unknown command \"puts\" for \"etcdctl\"",
                "",
                "Did you mean this?",
                "\tput",
                "\tauth",
                "",
                "Run 'etcdctl --help' for usage."
            ]
            .map(str::to_owned)
        );
        assert_eq!(said("--bogus lease")[0], "Error: unknown flag: --bogus");
        assert_eq!(said("help gett")[0], "Unknown help topic [`gett`]");
        assert_eq!(said("lease bogus")[0], "NAME:");
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
