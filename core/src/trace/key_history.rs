//! What became of a key: every version that a node applied, and when.

use std::sync::Arc;

use crate::catalog::Version;
use crate::member::{Micros, NodeId, Note};
use crate::world::{EventId, EventKind};

use super::Run;

/// The most versions that are told; of older ones it is said that there are more.
pub const MAX_KEY_VERSIONS: usize = 200;

/// A version of a key.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyVersion {
    /// The event with which the node got it: it applied an entry, or restored a snapshot.
    pub event: EventId,
    /// When, in µs.
    pub at: Micros,
    /// What it is.
    pub version: Arc<Version>,
}

/// What became of a key at one node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyHistory {
    /// The newest first.
    pub versions: Vec<KeyVersion>,
    /// Whether older ones are not told: their events are gone, or there are too many.
    pub more: bool,
}

impl Run {
    /// What became of a key at a node in the first `events` events, since the node's last
    /// start. Costs as much as events are kept from there on.
    #[must_use]
    pub fn key_history(&self, node: NodeId, key: &[u8], events: u64) -> KeyHistory {
        let mut history = KeyHistory::default();
        let oldest = EventId(self.record.dropped());
        let past = self.record.since(oldest).rev();
        for (id, event) in past.skip_while(|(id, _)| id.0 >= events) {
            let EventKind::Node { node: at, note } = &event.kind else {
                continue;
            };
            if *at != node {
                continue;
            }
            let mut tell = |version: &Arc<Version>| {
                history.more |= history.versions.len() == MAX_KEY_VERSIONS;
                if !history.more {
                    history.versions.push(KeyVersion {
                        event: id,
                        at: event.at,
                        version: Arc::clone(version),
                    });
                }
            };
            match note {
                Note::Applied { changes, .. } => {
                    let of_key = |version: &&Arc<Version>| version.kv.key == key;
                    changes.iter().rev().filter(of_key).for_each(&mut tell);
                }
                // What was before is in the snapshot, or not there at all.
                Note::Restored(restored) => {
                    let versions: Vec<_> = restored.catalog.history(key).collect();
                    versions.into_iter().rev().for_each(&mut tell);
                    return history;
                }
                Note::Started { .. } => return history,
                _ => {}
            }
            if history.more {
                return history;
            }
        }
        history.more = oldest.0 > 0;
        history
    }
}
