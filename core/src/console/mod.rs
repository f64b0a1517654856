//! What a person types: `etcdctl`, and a few commands of the lab itself.
//!
//! A [`Console`] takes lines ([`Console::submit`]). A line is split as a shell would split
//! it, understood by the rules of the command that it names, and becomes actions on the
//! run; what the command prints comes when the run has gone far enough for an answer
//! ([`Console::poll`]). The texts, streams and exit statuses of `etcdctl` are those of
//! version 3.4.
//!
//! Commands that take time (`sleep`, `until`, a request) are resumable: none of them blocks,
//! so a page can go on drawing. A [`Conversation`] is the same console where nobody watches:
//! it takes one line after the other, and lets as much virtual time pass as each needs.

mod builtins;
mod complete;
pub mod concurrency;
mod condition;
mod conversation;
mod etcdctl;
mod files;
mod jobs;
mod lab;
mod members;
mod output;
mod passing;
mod playback;
pub mod presets;
mod quantity;
mod scene;
mod shell;
mod start;
mod task;
mod terminal;
pub mod typed;
mod until;
mod words;

pub use complete::complete;
pub use condition::{Comparison, Condition, Moment, Number, On, State};
pub use conversation::Conversation;
pub use files::Files;
pub use output::{EntryId, Line, MAX_LINE_BYTES, Stream};
pub use playback::{Ended, MAX_AFTER_US, PlayError, Played, Player};
pub use terminal::{Console, Entry, OutputLimits};
pub use until::{Place, Until, Waited};
