//! Every word that a person reads.
//!
//! A language is one value of [`Words`]: forgetting an entry does not compile. What needs
//! numbers or names is a function, because languages order and inflect them differently.
//! Sentences come in two [`Voice`]s.

mod bytes;
mod en;
mod en_acts;
mod en_errors;
mod en_events;
mod en_form;
mod en_lab;
mod en_library;
mod en_members;
mod en_sessions;
mod en_stage;
mod en_streams;
mod en_time;
mod lab;
mod numbers;
mod phrase;
mod sentences;
mod sessions;
mod streams;
mod time;

pub(crate) use bytes::{clipped, ending, readable};
pub(crate) use lab::{Forms, Lab, Share};
pub(crate) use phrase::{Phrase, Piece};
pub(crate) use sessions::Sessions;
pub(crate) use streams::{Streams, WatchFacts};

use glassraft_core::check::Promise;
use glassraft_core::lesson::{Sentence, Share as Count, Subject};
use glassraft_core::member::{Micros, NodeId, Role};
use glassraft_core::trace::{Fault, Liveness, NodeFrame, Root, StepKind};
use glassraft_core::world::{LossReason, MessageKind, Packet};

use crate::panel::Tab;
use crate::session::{Notice, Speed, Theme};
use crate::stage::Flag;

/// Who tells what happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Voice {
    /// In the words of the field.
    #[default]
    Technical,
    /// As the story of a library: a head librarian, assistants, cards and catalogs.
    Library,
}

impl Voice {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Technical, Self::Library];

    /// The name in the browser's storage.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Technical => "technical",
            Self::Library => "library",
        }
    }
}

/// What the frame says of the majority.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quorum {
    /// Nobody leads.
    NoLeader {
        /// How many voters run.
        up: Count,
        /// The same of those who voted before, while two configurations are joined.
        outgoing: Option<Count>,
    },
    /// The leader's newest entry is on so many disks.
    Newest {
        /// Its index.
        index: u64,
        /// On how many voters' disks it is.
        copies: Count,
        /// The same of those who voted before, while two configurations are joined.
        outgoing: Option<Count>,
        /// Whether the leader knows it to be committed.
        committed: bool,
    },
}

/// What a node is, as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It runs in this role.
    Up(Role),
    /// It runs, and gets the log without a vote.
    Learner,
    /// It runs, and no leader has told it yet who is in the cluster.
    Waiting,
    /// Its process is stopped for a while.
    Paused(Role),
    /// It is down.
    Crashed,
    /// It was removed from the cluster, and is down for good.
    Removed,
}

impl State {
    /// What a node is.
    pub(crate) fn of(frame: &NodeFrame) -> Self {
        let configuration = &frame.configuration;
        match frame.liveness {
            Liveness::Up(Role::Follower) if configuration.learners.contains(&frame.node) => {
                Self::Learner
            }
            Liveness::Up(Role::Follower) if configuration.voters.is_empty() => Self::Waiting,
            Liveness::Up(role) => Self::Up(role),
            Liveness::Paused(role) => Self::Paused(role),
            Liveness::Down => Self::Crashed,
            Liveness::Removed => Self::Removed,
        }
    }

    /// Whether the node does not run.
    pub(crate) fn is_down(self) -> bool {
        matches!(self, Self::Crashed | Self::Removed)
    }

    /// The name for tests and styles.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Up(role) => role.name(),
            Self::Learner => "learner",
            Self::Waiting => "waiting",
            Self::Paused(_) => "paused",
            Self::Crashed => "crashed",
            Self::Removed => "removed",
        }
    }
}

/// A node for those who listen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NodeFacts {
    /// The node.
    pub(crate) node: NodeId,
    /// What it is.
    pub(crate) state: State,
    /// Its term.
    pub(crate) term: u64,
    /// Its commit index.
    pub(crate) commit: u64,
    /// The last index of its log.
    pub(crate) last: u64,
}

/// All words of a language.
pub(crate) struct Words {
    pub(crate) header: Header,
    pub(crate) stage: Stage,
    pub(crate) lab: Lab,
    pub(crate) form: Forms,
    pub(crate) share: Share,
    pub(crate) time: time::Time,
    pub(crate) sessions: Sessions,
    pub(crate) panel: Panel,
    pub(crate) history: History,
    pub(crate) streams: Streams,
    pub(crate) transport: Transport,
    pub(crate) console: Console,
    pub(crate) help: Help,
    /// A sentence of the narrator.
    pub(crate) sentence: fn(Voice, &Sentence) -> Phrase,
    pub(crate) notice: fn(&Notice) -> String,
    pub(crate) dismiss: &'static str,
    /// Closes a dialog.
    pub(crate) close: &'static str,
    /// The program has failed at this place in its source.
    pub(crate) panicked: fn(&str) -> String,
    /// A text was cut; it has so many bytes.
    pub(crate) cut: fn(usize) -> String,
}

pub(crate) struct Header {
    pub(crate) name: &'static str,
    pub(crate) subtitle: &'static str,
    pub(crate) nodes: &'static str,
    pub(crate) seed: &'static str,
    pub(crate) seed_hint: &'static str,
    pub(crate) new_run: &'static str,
    pub(crate) new_run_hint: &'static str,
    pub(crate) again: &'static str,
    pub(crate) again_hint: &'static str,
    pub(crate) voice: &'static str,
    pub(crate) voice_name: fn(Voice) -> &'static str,
    pub(crate) theme: &'static str,
    pub(crate) theme_name: fn(Theme) -> &'static str,
    pub(crate) help: &'static str,
}

pub(crate) struct Stage {
    pub(crate) label: &'static str,
    pub(crate) role: fn(Voice, State) -> &'static str,
    pub(crate) term: fn(Voice, u64) -> String,
    pub(crate) short_term: fn(u64) -> String,
    pub(crate) numbers: fn(Option<i64>, u64) -> String,
    pub(crate) node: fn(Voice, NodeFacts) -> String,
    pub(crate) node_hint: fn(State, NodeId) -> String,
    pub(crate) message: fn(Voice, MessageKind) -> &'static str,
    pub(crate) message_label: fn(&Packet) -> Option<String>,
    pub(crate) message_fields: fn(&Packet) -> Vec<(&'static str, String)>,
    pub(crate) message_short: fn(Voice, &Packet) -> String,
    pub(crate) lost: fn(LossReason) -> &'static str,
    pub(crate) flag: fn(Flag) -> &'static str,
    pub(crate) event: fn(u64) -> String,
    pub(crate) time: fn(Micros) -> String,
    pub(crate) quorum: fn(Voice, Quorum) -> String,
    pub(crate) dropped: fn(u64) -> String,
    pub(crate) requests: fn(usize) -> String,
    pub(crate) answer: fn(bool) -> &'static str,
    pub(crate) why: &'static str,
    pub(crate) why_hint: &'static str,
    pub(crate) root: fn(Root) -> &'static str,
}

pub(crate) struct Panel {
    pub(crate) tab: fn(Tab) -> &'static str,
    pub(crate) checks: &'static str,
    pub(crate) promise: fn(Promise) -> &'static str,
    pub(crate) unchecked: &'static str,
    pub(crate) log: &'static str,
    pub(crate) log_note: &'static str,
    pub(crate) log_empty: &'static str,
    /// An entry that a snapshot stands for.
    pub(crate) snapshot: &'static str,
    pub(crate) snapshot_hint: &'static str,
    pub(crate) index: &'static str,
    pub(crate) subject: fn(&Subject) -> String,
    pub(crate) showing: fn(u64, u64, u64) -> String,
    pub(crate) entry: fn(EntryFacts<'_>) -> String,
    pub(crate) catalog: &'static str,
    pub(crate) catalog_note: &'static str,
    pub(crate) catalog_empty: &'static str,
    pub(crate) key: &'static str,
    pub(crate) value: &'static str,
    pub(crate) version: &'static str,
    pub(crate) version_hint: &'static str,
    pub(crate) created: &'static str,
    pub(crate) created_hint: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) missing_hint: &'static str,
    pub(crate) deleted: &'static str,
    pub(crate) deleted_hint: &'static str,
    pub(crate) behind_hint: &'static str,
    /// The lease of a key.
    pub(crate) lease: fn(i64) -> String,
    pub(crate) more_keys: fn(usize) -> String,
    pub(crate) revision: fn(i64) -> String,
}

/// What became of a key.
pub(crate) struct History {
    pub(crate) title: &'static str,
    pub(crate) open_hint: &'static str,
    pub(crate) revision: &'static str,
    pub(crate) revision_hint: &'static str,
    pub(crate) version: &'static str,
    pub(crate) created: &'static str,
    pub(crate) lease: &'static str,
    pub(crate) value: &'static str,
    pub(crate) nodes: &'static str,
    pub(crate) applied: &'static str,
    pub(crate) deleted: &'static str,
    pub(crate) go_hint: &'static str,
    pub(crate) seconds: fn(Micros) -> String,
    /// The node whose history it is, and whether older versions are not told.
    pub(crate) note: fn(NodeId, bool) -> String,
}

/// An entry of a log for those who listen or point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EntryFacts<'a> {
    pub(crate) index: u64,
    pub(crate) term: u64,
    pub(crate) text: &'a str,
    pub(crate) committed: bool,
    pub(crate) synced: bool,
    pub(crate) doomed: bool,
}

pub(crate) struct Transport {
    pub(crate) label: &'static str,
    pub(crate) play: &'static str,
    pub(crate) pause: &'static str,
    pub(crate) step: &'static str,
    pub(crate) step_back: &'static str,
    pub(crate) to_start: &'static str,
    pub(crate) to_live: &'static str,
    pub(crate) step_kind: &'static str,
    pub(crate) step_name: fn(StepKind) -> &'static str,
    /// How many there are.
    pub(crate) branch: fn(usize) -> String,
    pub(crate) branch_hint: &'static str,
    pub(crate) cancel: &'static str,
    pub(crate) speed: &'static str,
    pub(crate) speed_name: fn(Speed) -> &'static str,
    pub(crate) speed_hint: fn(Speed) -> &'static str,
    pub(crate) ribbon: &'static str,
    pub(crate) elected: fn(NodeId, u64) -> String,
    pub(crate) crashed: fn(NodeId) -> String,
    pub(crate) restarted: fn(NodeId) -> String,
    pub(crate) fault: fn(Fault, NodeId) -> Option<String>,
    pub(crate) seconds: fn(Micros) -> String,
}

pub(crate) struct Console {
    pub(crate) label: &'static str,
    pub(crate) node: &'static str,
    pub(crate) input: &'static str,
    pub(crate) placeholder: &'static str,
    pub(crate) welcome: &'static str,
    pub(crate) waiting: &'static str,
    pub(crate) waiting_paused: &'static str,
    /// A command waits for a line to be typed.
    pub(crate) reading: &'static str,
    pub(crate) end: &'static str,
    pub(crate) end_hint: &'static str,
    pub(crate) stop: &'static str,
    pub(crate) stop_hint: &'static str,
    pub(crate) exit: fn(i32) -> String,
}

pub(crate) struct Help {
    pub(crate) title: &'static str,
    pub(crate) keys: &'static str,
    /// Keys, and what they do.
    pub(crate) key_list: &'static [(&'static [&'static str], &'static str)],
    pub(crate) shapes: &'static str,
    pub(crate) flags: &'static str,
    pub(crate) entries: &'static str,
    /// How entries look, in the order in which the legend draws them.
    pub(crate) entry_list: [&'static str; 4],
    pub(crate) about: &'static str,
}

/// The words of the language that is spoken.
pub(crate) fn words() -> &'static Words {
    &en::ENGLISH
}
