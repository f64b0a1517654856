//! The words of what is done to the cluster: menus, settings, clients.

use glassraft_core::member::{Micros, NodeId};

use crate::lab::Step;
use crate::menu::{Deed, Target};
use crate::session::Export;

/// See the fields.
pub(crate) struct Lab {
    /// What opens a menu.
    pub(crate) more: &'static str,
    /// A menu's title.
    pub(crate) menu: fn(Target) -> String,
    /// An empty menu.
    pub(crate) nothing: &'static str,
    /// A row of a menu.
    pub(crate) deed: fn(&Deed) -> String,
    /// A link, and which of its directions are cut.
    pub(crate) link: fn(NodeId, NodeId, [bool; 2]) -> String,
    pub(crate) partitions: &'static str,
    pub(crate) partitions_note: &'static str,
    pub(crate) split: fn(Split) -> String,
    pub(crate) heal: &'static str,
    pub(crate) network: &'static str,
    pub(crate) network_note: &'static str,
    pub(crate) latency: &'static str,
    pub(crate) loss: &'static str,
    pub(crate) duplicate: &'static str,
    pub(crate) reorder: &'static str,
    pub(crate) bandwidth: &'static str,
    /// Millionths as a part of a hundred.
    pub(crate) percent: fn(u32) -> String,
    /// Bytes in a second; 0 for as many as come.
    pub(crate) per_second: fn(u32) -> String,
    /// From so many to so many µs.
    pub(crate) span: fn(Micros, Micros) -> String,
    pub(crate) clients: &'static str,
    pub(crate) clients_note: &'static str,
    pub(crate) clients_count: &'static str,
    pub(crate) reads: &'static str,
    pub(crate) think: &'static str,
    pub(crate) members: &'static str,
    pub(crate) members_note: &'static str,
    pub(crate) member: fn(Step) -> String,
    pub(crate) options: &'static str,
    pub(crate) options_note: &'static str,
    pub(crate) on: &'static str,
    pub(crate) off: &'static str,
    pub(crate) pre_vote: &'static str,
    pub(crate) check_quorum: &'static str,
    pub(crate) read_mode: &'static str,
    pub(crate) read_index: &'static str,
    pub(crate) lease: &'static str,
    pub(crate) snapshots: &'static str,
    pub(crate) entries: fn(u32) -> String,
}

/// The words of links and files.
pub(crate) struct Share {
    pub(crate) link: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    /// How many characters it has.
    pub(crate) length: fn(usize) -> String,
    pub(crate) link_note: &'static str,
    pub(crate) link_too_long: &'static str,
    pub(crate) files: &'static str,
    pub(crate) save: &'static str,
    pub(crate) open: &'static str,
    pub(crate) files_note: &'static str,
    pub(crate) exports: &'static str,
    pub(crate) export: fn(Export) -> &'static str,
    pub(crate) exports_note: &'static str,
}

/// A ready-made partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Split {
    /// The leader is cut off from all others.
    LeaderAlone,
    /// The leader is with as many as are no majority.
    LeaderInMinority,
    /// This node reaches both sides, which do not reach each other.
    Bridge(NodeId),
    /// Three groups, none of them a majority.
    Thirds,
}

impl Split {
    /// The name for tests.
    pub(crate) fn test_id(self) -> &'static str {
        match self {
            Self::LeaderAlone => "split-leader-alone",
            Self::LeaderInMinority => "split-minority",
            Self::Bridge(_) => "split-bridge",
            Self::Thirds => "split-thirds",
        }
    }
}
