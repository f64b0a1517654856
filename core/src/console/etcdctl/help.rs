//! Help texts, in the layout of etcdctl's own template (`etcdctl/ctlv3/help.go`).

use std::fmt::Write as _;

use crate::order::sort_short;

use super::commands::Command;
use super::flags::{Flag, GLOBAL_FLAGS, HELP, Kind};

/// The width of a tab stop.
const TAB: usize = 8;

/// `etcdctl --help`, with the commands that can be used here.
pub(super) fn root() -> String {
    let rows: Vec<(String, &str)> = Command::ALL
        .iter()
        .map(|command| (format!("\t{}", command.name()), summary(*command)))
        .chain([
            ("\thelp".to_owned(), "Help about any command"),
            ("\tversion".to_owned(), "Prints the version of etcdctl"),
        ])
        .collect();
    let mut commands: Vec<(String, &str)> = rows;
    sort_short(&mut commands, |a, b| a > b);
    let flags = options(GLOBAL_FLAGS, Some("help for etcdctl"));
    format!(
        "NAME:\n\tetcdctl - A simple command line client for etcd3.\n\n\
         USAGE:\n\tetcdctl [flags]\n\n\
         VERSION:\n\t3.4.23\n\nAPI VERSION:\n\t3.4\n\n\n\
         COMMANDS:\n{}\nOPTIONS:\n{flags}\n",
        columns(&commands)
    )
}

/// `etcdctl COMMAND --help`.
pub(super) fn command(command: Command) -> String {
    let name = command.name();
    let usage = match command {
        Command::Del => "del [options] <key> [range_end]",
        Command::Get => "get [options] <key> [range_end]",
        Command::Put => "put [options] <key> <value> (<value> can also be given from stdin)",
    };
    let mut text = format!(
        "NAME:\n\t{name} - {}\n\nUSAGE:\n\tetcdctl {usage} [flags]\n\n",
        summary(command)
    );
    if let Some(description) = description(command) {
        text.push_str("DESCRIPTION:\n");
        for line in description.lines() {
            let _infallible = writeln!(text, "\t{line}");
        }
        text.push('\n');
    }
    let help = format!("help for {name}");
    let own = options(command.flags(), Some(&help));
    let _infallible = write!(
        text,
        "OPTIONS:\n{own}\nGLOBAL OPTIONS:\n{}\n",
        options(GLOBAL_FLAGS, None)
    );
    text
}

fn summary(command: Command) -> &'static str {
    match command {
        Command::Del => "Removes the specified key or range of keys [key, range_end)",
        Command::Get => "Gets the key or a range of keys",
        Command::Put => "Puts the given key into the store",
    }
}

fn description(command: Command) -> Option<&'static str> {
    match command {
        Command::Put => Some(
            "\
Puts the given key into the store.

When <value> begins with '-', <value> is interpreted as a flag.
Insert '--' for workaround:

$ put <key> -- <value>
$ put -- <key> <value>

If <value> isn't given as a command line argument and '--ignore-value' is not specified,
this command tries to read the value from standard input.

If <lease> isn't given as a command line argument and '--ignore-lease' is not specified,
this command tries to read the value from standard input.

For example,
$ cat file | put <key>
will store the content of the file to <key>.",
        ),
        Command::Del | Command::Get => None,
    }
}

/// A table of flags by name, each with what it is for; `--help` where there is a text for it.
fn options(flags: &[Flag], help: Option<&str>) -> String {
    let own = flags.iter().map(|flag| (flag, flag.usage));
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
    let name = match flag.shorthand {
        Some(short) => format!("  -{short}, --{}", flag.name),
        None => format!("      --{}", flag.name),
    };
    let default = flag.default;
    match flag.kind {
        Kind::Bool => format!("{name}[={default}]"),
        Kind::Text => format!("{name}=\"{default}\""),
        Kind::Int | Kind::Duration => format!("{name}={default}"),
        Kind::List => format!("{name}=[{default}]"),
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
