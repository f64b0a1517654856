//! The words of what is done to the cluster: menus, settings, clients.

use glassraft_core::console::presets::Split;
use glassraft_core::member::NodeId;
use glassraft_core::trace::Timer;

use crate::form::{Field, Subject, Wrong};
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
    pub(crate) split: fn(Split) -> &'static str,
    pub(crate) heal: &'static str,
    pub(crate) network: &'static str,
    pub(crate) network_note: &'static str,
    pub(crate) disks: &'static str,
    pub(crate) disks_note: &'static str,
    pub(crate) clients: &'static str,
    pub(crate) clients_note: &'static str,
    pub(crate) members: &'static str,
    pub(crate) members_note: &'static str,
    pub(crate) member: fn(Step) -> String,
    /// Before the choice of a member.
    pub(crate) address_of: &'static str,
    pub(crate) options: &'static str,
    pub(crate) options_note: &'static str,
}

/// The words of fields.
pub(crate) struct Forms {
    /// What a form sets.
    pub(crate) title: fn(Subject) -> String,
    /// A field's label.
    pub(crate) field: fn(Field) -> &'static str,
    /// What can be put in.
    pub(crate) hint: fn(Field) -> &'static str,
    /// One of a few values, by the console's word for it.
    pub(crate) choice: fn(&str) -> &'static str,
    pub(crate) wrong: fn(Field, Wrong) -> String,
    /// The election timer that is set anew.
    pub(crate) runs: fn(Timer) -> String,
    /// A value that is not the same everywhere.
    pub(crate) differs: &'static str,
    /// What opens a list of values.
    pub(crate) pick: &'static str,
    pub(crate) apply: &'static str,
    pub(crate) apply_hint: &'static str,
    pub(crate) usual: &'static str,
    pub(crate) usual_hint: &'static str,
    pub(crate) begin: &'static str,
    pub(crate) begin_hint: &'static str,
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
    pub(crate) console_files: &'static str,
    pub(crate) console_files_note: &'static str,
    pub(crate) put_file: &'static str,
    pub(crate) download_hint: &'static str,
    pub(crate) bytes: fn(usize) -> String,
    pub(crate) exports: &'static str,
    pub(crate) export: fn(Export) -> &'static str,
    pub(crate) exports_note: &'static str,
}
