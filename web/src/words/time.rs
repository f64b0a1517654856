//! The words of time: events, branches, conditions.

use glassraft_core::check::Promise;
use glassraft_core::member::{Micros, NodeId};
use glassraft_core::trace::{Branch, EventClass};

use crate::conditions::Preset;
use crate::session::Ended;

/// See the fields.
pub(crate) struct Time {
    pub(crate) events: &'static str,
    pub(crate) events_hint: &'static str,
    pub(crate) number: &'static str,
    pub(crate) when: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) at_node: &'static str,
    pub(crate) what: &'static str,
    pub(crate) none: &'static str,
    /// A sign for a kind of event, and its name.
    pub(crate) class: fn(EventClass) -> (&'static str, &'static str),
    /// Before what an event says that broke a promise.
    pub(crate) broke: fn(Promise) -> String,
    /// A time in seconds, without its unit.
    pub(crate) seconds: fn(Micros) -> String,
    pub(crate) filter_node: &'static str,
    pub(crate) filter_kind: &'static str,
    pub(crate) filter_type: &'static str,
    pub(crate) all_nodes: &'static str,
    pub(crate) all_kinds: &'static str,
    pub(crate) all_types: &'static str,
    pub(crate) detail: &'static str,
    pub(crate) playing: &'static str,
    pub(crate) no_event: &'static str,
    /// An event's number, and what happened in a word.
    pub(crate) event: fn(u64, &str) -> String,
    pub(crate) causes: &'static str,
    pub(crate) effects: &'static str,
    pub(crate) no_effects: &'static str,
    pub(crate) more_effects: &'static str,
    pub(crate) go_there: &'static str,

    pub(crate) until: &'static str,
    pub(crate) until_hint: &'static str,
    pub(crate) until_title: &'static str,
    pub(crate) preset: &'static str,
    pub(crate) preset_name: fn(Preset) -> &'static str,
    pub(crate) preset_node: &'static str,
    pub(crate) any_node: &'static str,
    pub(crate) preset_number: &'static str,
    pub(crate) condition: &'static str,
    pub(crate) condition_note: &'static str,
    pub(crate) run: &'static str,
    pub(crate) place: &'static str,
    pub(crate) place_hint: &'static str,
    pub(crate) place_title: &'static str,
    pub(crate) place_label: &'static str,
    pub(crate) place_example: &'static str,
    pub(crate) place_note: &'static str,
    pub(crate) go: &'static str,
    /// A condition that is waited for: how much time has passed, and how much may.
    pub(crate) waits: fn(&str, Micros, Micros) -> String,
    pub(crate) ended: fn(&Ended) -> String,
    /// Time passes for a command.
    pub(crate) passes: fn(NodeId, &str) -> String,
    /// A command waits, and time stands still.
    pub(crate) stands: fn(NodeId, &str) -> String,
    pub(crate) serve: &'static str,
    pub(crate) serve_hint: &'static str,
    pub(crate) stop: &'static str,

    pub(crate) branches: &'static str,
    pub(crate) branches_hint: &'static str,
    pub(crate) branches_title: &'static str,
    pub(crate) branches_note: &'static str,
    pub(crate) branch_name: &'static str,
    pub(crate) branch_from: &'static str,
    pub(crate) branch_events: &'static str,
    pub(crate) branch_hash: &'static str,
    pub(crate) branch_deeds: &'static str,
    /// Where a branch departs from another.
    pub(crate) departs: fn(&Branch, &str) -> String,
    pub(crate) first: &'static str,
    pub(crate) shown: &'static str,
    pub(crate) switch: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) delete_hint: &'static str,
    pub(crate) delete_shown: &'static str,
    /// The branch of this name was deleted.
    pub(crate) deleted: fn(&str) -> String,
    pub(crate) undo: &'static str,
    pub(crate) rename: fn(&str) -> String,
    pub(crate) compare: &'static str,
    pub(crate) compare_with: &'static str,
    pub(crate) compare_button: &'static str,
    pub(crate) compare_one: &'static str,
    /// They are the same for so many events.
    pub(crate) same: fn(u64) -> String,
    /// They differ from this event on.
    pub(crate) differ: fn(u64) -> String,
    pub(crate) visit: fn(&str) -> String,
    pub(crate) there: &'static str,
    pub(crate) ends: &'static str,
    pub(crate) part: &'static str,

    pub(crate) hash: &'static str,
    pub(crate) take_hash: &'static str,
    pub(crate) copy_hash: &'static str,
    pub(crate) hash_of: fn(u64) -> String,
    pub(crate) hash_note: &'static str,
    pub(crate) working: &'static str,
}
