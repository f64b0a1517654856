//! `etcdctl` of version 3.4: its flags, its texts, its exit statuses.
//!
//! [`understand`] turns the words behind `etcdctl` into a [`Call`]: a request, the node to
//! put it to, and the [`Printer`] for its answer. What needs no request (help, a wrong
//! flag) is printed at once.

mod commands;
mod duration;
mod exit;
mod flags;
mod help;
mod members;
mod print;

use crate::etcd::{MemberInfo, Request, Response};
use crate::member::{Micros, NodeId};

use super::output::{Finished, Stream};
use super::words::parse_node;
use commands::Command;
use flags::{GLOBAL_FLAGS, Parsed};
pub(super) use print::Printer;

/// Commands of etcdctl 3.4 that cannot be given here yet.
const NOT_YET: [&str; 20] = [
    "alarm",
    "auth",
    "check",
    "compaction",
    "completion",
    "defrag",
    "elect",
    "endpoint",
    "lease",
    "lock",
    "make-mirror",
    "member",
    "migrate",
    "move-leader",
    "role",
    "snapshot",
    "txn",
    "user",
    "watch",
    "compact",
];

/// What a line of `etcdctl` asks for.
#[derive(Debug)]
pub(super) struct Call {
    /// The node that it is put to.
    pub(super) node: NodeId,
    pub(super) request: Request,
    /// How long the client waits, in µs.
    pub(super) timeout_us: Micros,
    pub(super) printer: Printer,
}

/// The members that an answer lists.
pub(super) fn members_of(response: &Response) -> &[MemberInfo] {
    members::of(response)
}

/// Whether `etcdctl` has a command of this name here.
pub(super) fn is_command(name: &str) -> bool {
    Command::named(name).is_some() || NOT_YET.contains(&name)
}

/// Words that could stand at the end of `etcdctl …`, after those typed already.
pub(super) fn completions(typed: &[&str], word: &str) -> Vec<String> {
    let command = typed.iter().find_map(|word| Command::named(word));
    match command {
        None if !word.starts_with('-') => Command::ALL
            .iter()
            .map(|command| command.name().to_owned())
            .chain(["help".to_owned(), "version".to_owned()])
            .collect(),
        command => command
            .map_or(&[][..], Command::flags)
            .iter()
            .chain(GLOBAL_FLAGS)
            .map(|flag| format!("--{}", flag.name))
            .collect(),
    }
}

/// Understands the words behind `etcdctl`, typed at `node` of a cluster of `nodes`, with
/// `input` as standard input.
///
/// # Errors
/// What is printed at once instead: help, or what is wrong.
pub(super) fn understand(
    nodes: u8,
    node: NodeId,
    words: &[String],
    input: Option<&str>,
) -> Result<Call, Finished> {
    let (name, rest) = split_command(words)?;
    let command = match name.as_deref() {
        None => return Err(Finished::output(&help::root())),
        Some("help") => return Err(help_for(rest.first())),
        Some("version") => {
            return Err(Finished::output(
                "etcdctl version: 3.4.23\nAPI version: 3.4",
            ));
        }
        Some(name) => Command::named(name).ok_or_else(|| unknown_command(name))?,
    };
    let parsed = Parsed::parse(command.flags(), &rest)
        .map_err(|error| usage_error(&error.to_string(), command))?;
    if parsed.is_set("help") {
        return Err(Finished::output(&help::command(command)));
    }
    let node = endpoint(nodes, node, &parsed)?;
    let printer = Printer::new(command, &parsed)?;
    let request = command.request(&parsed, input)?;
    Ok(Call {
        node,
        request,
        timeout_us: parsed.duration_us("command-timeout"),
        printer,
    })
}

/// The first word that is neither a flag nor the value of one, and all other words. A
/// command's own flags may not stand before it; the global ones may.
fn split_command(words: &[String]) -> Result<(Option<String>, Vec<String>), Finished> {
    let mut rest = words.to_vec();
    let mut place = 0;
    while let Some(word) = rest.get(place) {
        if !word.starts_with('-') {
            return Ok((Some(rest.remove(place)), rest));
        }
        if word == "-h" || word == "--help" {
            break;
        }
        place += flags::width(GLOBAL_FLAGS, word);
    }
    if let Err(error) = Parsed::parse(&[], &rest) {
        let mut finished = Finished::error(format!("Error: {error}"), exit::ERROR);
        finished.print(Stream::Out, &help::root());
        return Err(finished);
    }
    Ok((None, rest))
}

fn help_for(name: Option<&String>) -> Finished {
    let command = name.and_then(|name| Command::named(name));
    Finished::output(&command.map_or_else(help::root, help::command))
}

/// Cobra's answer to a name that is no command.
fn unknown_command(name: &str) -> Finished {
    if NOT_YET.contains(&name) {
        let message = format!("Error: `etcdctl {name}` cannot be used here yet");
        return Finished::error(message, exit::ERROR);
    }
    let error = format!("Error: unknown command \"{name}\" for \"etcdctl\"");
    let text = format!("{error}\nRun 'etcdctl --help' for usage.\n{error}");
    Finished::error(text, exit::ERROR)
}

/// Cobra's answer to a wrong flag: the error, how to use the command, the error again.
fn usage_error(error: &str, command: Command) -> Finished {
    let error = format!("Error: {error}");
    let mut finished = Finished::error(&error, exit::ERROR);
    finished.print(Stream::Out, &help::command(command));
    finished.print(Stream::Out, "\n");
    finished.print(Stream::Err, &error);
    finished
}

/// The node that `--endpoints` names first, else the one that the line was typed at.
fn endpoint(nodes: u8, node: NodeId, parsed: &Parsed) -> Result<NodeId, Finished> {
    let Some(endpoints) = parsed.given("endpoints") else {
        return Ok(node);
    };
    let first = endpoints.split(',').next().unwrap_or_default();
    let host = first
        .trim_start_matches("http://")
        .trim_end_matches(":2379");
    parse_node(host)
        .filter(|node| node.number() <= nodes)
        .ok_or_else(|| {
            let message = format!(
                "Error: there is no endpoint \"{first}\" here; the endpoints are n1 to n{nodes}"
            );
            Finished::error(message, exit::BAD_ARGS)
        })
}
