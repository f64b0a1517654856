//! The words of watches and leases.

use glassraft_core::member::{Micros, NodeId};

/// A watcher, as its client has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WatchFacts {
    /// Its number in its stream, once it has begun.
    pub(crate) number: Option<i64>,
    /// The last revision that it has heard of; below 0 if it has heard nothing at all.
    pub(crate) seen: i64,
    /// The revision of its node's store.
    pub(crate) revision: i64,
    /// Whether its connection is broken.
    pub(crate) is_broken: bool,
}

/// See the fields.
pub(crate) struct Streams {
    pub(crate) label: &'static str,
    pub(crate) leases: &'static str,
    pub(crate) lease: &'static str,
    pub(crate) left: &'static str,
    pub(crate) left_hint: &'static str,
    pub(crate) keys: &'static str,
    /// So many more keys.
    pub(crate) more: fn(usize) -> String,
    pub(crate) kept: &'static str,
    pub(crate) kept_hint: &'static str,
    /// How much time is left, and of how many seconds.
    pub(crate) seconds: fn(Micros, i64) -> String,
    /// Nobody counts the time.
    pub(crate) unknown: &'static str,
    pub(crate) no_leases: &'static str,
    pub(crate) nobody_counts: &'static str,
    pub(crate) counts: fn(NodeId) -> String,
    /// So many are listed, of so many.
    pub(crate) listed: fn(usize, usize) -> String,
    pub(crate) watches: &'static str,
    pub(crate) at_node: &'static str,
    pub(crate) what: &'static str,
    pub(crate) every_key: &'static str,
    pub(crate) seen: &'static str,
    pub(crate) seen_hint: &'static str,
    pub(crate) seen_up_to: fn(WatchFacts) -> String,
    pub(crate) state: &'static str,
    pub(crate) state_of: fn(WatchFacts) -> &'static str,
    pub(crate) no_watches: &'static str,
}
