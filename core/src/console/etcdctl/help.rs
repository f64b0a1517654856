//! Help texts, in the layout of etcdctl's own template (`etcdctl/ctlv3/help.go`).

use std::fmt::Write as _;

use crate::order::sort_short;

use super::flags::{Flag, GLOBAL_FLAGS, HELP, Kind};
use super::table::{COMMANDS, Command};

/// The width of a tab stop.
const TAB: usize = 8;

/// `etcdctl COMMAND --help`.
pub(super) fn of(command: &Command) -> String {
    let root = command.path.is_empty();
    let help = format!("help for {}", if root { "etcdctl" } else { command.name() });
    written(command, Some(&help))
}

/// As [`of`], but without the line about `--help`, of which etcdctl knows nothing yet when it
/// looks for a topic.
pub(super) fn without_help(command: &Command) -> String {
    written(command, None)
}

/// A command's usage in cobra's own layout, which a line of a transaction shows.
pub(super) fn plain_usage(command: &Command) -> String {
    let help = format!("help for {}", command.name());
    let own = command.flags.iter().map(|flag| (flag, flag.usage));
    let mut flags: Vec<(&Flag, &str)> = own.chain([(&HELP, help.as_str())]).collect();
    sort_short(&mut flags, |(a, _), (b, _)| a.name > b.name);
    let left = |flag: &Flag| {
        let kind = match flag.kind {
            Kind::Bool => "",
            Kind::Int => " int",
            _ => " string",
        };
        spelled(flag) + kind
    };
    let rows = flags.iter().map(|(flag, usage)| (left(flag), flag, usage));
    let rows: Vec<_> = rows.collect();
    let width = rows.iter().map(|(left, ..)| left.len()).max().unwrap_or(0);
    let (path, arguments) = (command.path, command.arguments);
    let mut text = format!("Usage:\n   {path} {arguments} [flags]\n\nFlags:\n");
    for (left, flag, usage) in rows {
        let _infallible = write!(text, "{left:width$}   {usage}");
        let _infallible = match (flag.kind, flag.default) {
            (Kind::Bool | Kind::Int, _) | (_, "") => writeln!(text),
            (_, default) => writeln!(text, " (default {default:?})"),
        };
    }
    text
}

fn written(command: &Command, help: Option<&str>) -> String {
    let root = command.path.is_empty();
    let named = if root { "etcdctl" } else { command.path };
    let mut text = format!(
        "NAME:\n\t{named} - {}\n\nUSAGE:\n\t{}\n\n",
        command.summary,
        usage(command)
    );
    if root {
        text.push_str("VERSION:\n\t3.4.23\n\n");
    }
    if command.is_group() {
        let _infallible = write!(
            text,
            "API VERSION:\n\t3.4\n\n\nCOMMANDS:\n{}\n",
            commands(command)
        );
    }
    if !command.about.is_empty() {
        text.push_str("DESCRIPTION:\n");
        for line in command.about.lines() {
            let _infallible = writeln!(text, "\t{line}");
        }
        text.push('\n');
    }
    if root {
        let _infallible = write!(text, "OPTIONS:\n{}\n", options(&[GLOBAL_FLAGS], help));
        return text;
    }
    let _infallible = write!(
        text,
        "OPTIONS:\n{}\nGLOBAL OPTIONS:\n{}\n",
        options(&[command.flags], help),
        options(&[GLOBAL_FLAGS, command.inherited()], None)
    );
    text
}

/// How a command is used.
fn usage(command: &Command) -> String {
    let words = ["etcdctl", command.path, command.arguments];
    let mut usage = String::new();
    for word in words.into_iter().filter(|word| !word.is_empty()) {
        let _infallible = write!(usage, "{}{word}", if usage.is_empty() { "" } else { " " });
    }
    if !usage.ends_with("[flags]") {
        usage.push_str(" [flags]");
    }
    usage
}

/// The commands of a group, each with what it does; of etcdctl, those of its groups.
fn commands(group: &Command) -> String {
    let leaves = COMMANDS
        .iter()
        .filter(|command| !command.is_group() && !command.path.is_empty());
    let within = leaves.filter_map(|command| {
        let rest = command.path.strip_prefix(group.path)?;
        let rest = if group.path.is_empty() {
            rest
        } else {
            rest.strip_prefix(' ')?
        };
        Some((format!("\t{rest}"), command.summary))
    });
    columns(&within.collect::<Vec<_>>())
}

/// A table of flags by name, each with what it is for; `--help` where there is a text for it.
fn options(flags: &[&'static [Flag]], help: Option<&str>) -> String {
    let own = flags.iter().flat_map(|flags| flags.iter());
    let own = own.map(|flag| (flag, flag.usage));
    let mut flags: Vec<(&Flag, &str)> = own.chain(help.map(|help| (&HELP, help))).collect();
    sort_short(&mut flags, |(a, _), (b, _)| a.name > b.name);
    let rows: Vec<(String, &str)> = flags
        .into_iter()
        .map(|(flag, usage)| (left(flag), usage))
        .collect();
    columns(&rows)
}

/// A flag with its default, as in `  -w, --write-out="simple"`.
fn left(flag: &Flag) -> String {
    let name = spelled(flag);
    let default = flag.default;
    match flag.kind {
        Kind::Bool => format!("{name}[={default}]"),
        Kind::Text => format!("{name}=\"{default}\""),
        Kind::Int | Kind::Duration => format!("{name}={default}"),
        Kind::List => format!("{name}=[{default}]"),
    }
}

fn spelled(flag: &Flag) -> String {
    match flag.shorthand {
        Some(short) => format!("  -{short}, --{}", flag.name),
        None => format!("      --{}", flag.name),
    }
}

/// Two columns, the second at a tab stop behind the longest of the first.
fn columns(rows: &[(String, &str)]) -> String {
    let shown = |left: &str| left.replace('\t', "        ").len();
    let widest = rows.iter().map(|(left, _)| shown(left)).max().unwrap_or(0);
    let width = (widest + 1).div_ceil(TAB) * TAB;
    let mut text = String::new();
    for (left, right) in rows {
        let tabs = "\t".repeat((width - shown(left)).div_ceil(TAB));
        let _infallible = writeln!(text, "{left}{tabs}{right}");
    }
    text
}
