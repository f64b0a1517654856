//! What a person types: `etcdctl`, and a few commands of the lab itself.
//!
//! A [`Console`] takes lines ([`Console::submit`]). A line is split as a shell would split
//! it, understood by the rules of the command that it names, and becomes an action on the
//! run; what the command prints comes when the run has gone far enough for an answer
//! ([`Console::poll`]). The texts, streams and exit statuses of `etcdctl` are those of
//! version 3.4.

mod etcdctl;
mod lab;
mod output;
mod shell;
mod terminal;

pub use output::{Line, Stream};
pub use terminal::{Console, Entry, EntryId};
