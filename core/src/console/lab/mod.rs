//! The commands of the lab itself.
//!
//! [`understand`] turns words into a [`Command`], which is data: actions to be taken, time
//! that is to pass, a text. Nothing has happened then. `help` is made from the same table
//! as completion (`help.rs`), and each example in it is a test.

mod command;
mod help;
mod look;
mod members;
mod network;
mod nodes;
mod time;

#[cfg(test)]
mod tests;

use crate::check::Watch;
use crate::trace::Run;
use crate::world::Action;

use super::words::{Refusal, Words};
use command::Understood;
pub(super) use command::{Command, MemberAsk, StepKind, refused};

/// The names of the lab's commands, for completion.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    help::TOPICS.iter().map(|topic| topic.name)
}

/// Whether `|`, `>` and `<` are words of a command, and no business of the shell's.
pub(super) fn takes_symbols(name: &str) -> bool {
    matches!(
        name,
        "partition" | "cut" | "heal" | "link" | "until" | "expect"
    )
}

/// Words that may stand behind a command's name.
pub(super) fn words_behind(name: &str) -> &'static [&'static str] {
    help::topic(name).map_or(&[], |topic| topic.words)
}

/// Understands a line; `None` if the lab has no command of that name.
pub(super) fn understand(
    run: &Run,
    watch: &Watch,
    name: &str,
    words: &[String],
) -> Option<Understood> {
    let mut words = Words::new(words, run.frame());
    let words = &mut words;
    Some(match name {
        "kill" => nodes::each(words, nodes::is_up, |node| Action::Crash { node }),
        "restart" => nodes::each(words, nodes::is_down, |node| Action::Restart { node }),
        "pause" => nodes::each(words, nodes::goes_on, |node| Action::Pause { node }),
        "resume" => nodes::each(words, nodes::is_paused, |node| Action::Resume { node }),
        "wipe" => nodes::each(words, nodes::is_down, |node| Action::Wipe { node }),
        "campaign" => nodes::each(words, nodes::is_up, |node| Action::Campaign { node }),
        "disk" => nodes::disk(words),
        "clock" => nodes::clock(words),
        "election-timeout" => nodes::election_timeout(words),
        "transfer" => nodes::transfer(words),
        "set" => nodes::set(run, words),
        "join" => nodes::join(words),
        "restore" => nodes::restore(words),
        "member" => members::member(words),
        "reconfigure" => nodes::reconfigure(words),
        "partition" => network::partition(words),
        "cut" => network::cut(words),
        "heal" => network::heal(words),
        "link" => network::link(words),
        "message" => network::message(words),
        "clients" => network::clients(words),
        "step" => time::step(words),
        "run" => time::run(words),
        "until" => until(words),
        "expect" => time::expect(words),
        "show" => look::show(run, watch, words),
        "log" => look::log(words),
        "messages" => look::messages(words),
        "trace" => look::trace(run, words),
        "why" => look::why(run, words),
        "help" => help_for(words),
        "clear" => words.end().map(|()| Command::Clear),
        _ => return None,
    })
}

/// Understands what stands behind `until`.
pub(super) fn until(words: &mut Words<'_>) -> Understood {
    time::until(words)
}

fn help_for(words: &mut Words<'_>) -> Understood {
    let Some(name) = words.next() else {
        return Ok(Command::Print(help::list()));
    };
    words.end()?;
    let about = help::about(name);
    about
        .map(Command::Print)
        .ok_or_else(|| Refusal::usage(format!("there is no command `{name}'; `help' lists them")))
}
