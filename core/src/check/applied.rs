//! What was applied, for State Machine Safety.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, Changes, Version};
use crate::member::{LogEntry, NodeId, Restored};
use crate::world::EventId;

use super::digest;
use super::verdict::{Evidence, Holder};
use super::window::Window;

/// The most keys of a catalog with which snapshots are compared. With more, they are not
/// compared from then on; what each entry changes still is.
pub const MAX_KEYS_COMPARED: usize = 65_536;

/// How the first node applied an entry.
#[derive(Clone, Debug)]
struct Application {
    node: NodeId,
    entry: Option<LogEntry>,
    at: EventId,
    /// The digest of what changed.
    changes: u64,
    /// The digest of the whole catalog afterwards, if it is known.
    catalog: Option<u64>,
}

impl Application {
    fn holder(&self) -> Holder {
        Holder {
            node: self.node,
            entry: self.entry.clone(),
            at: self.at,
        }
    }
}

/// What was applied at each index, as the first node that did so tells.
#[derive(Clone, Debug, Default)]
pub(super) struct Applied {
    applications: Window<Application>,
    shelf: Shelf,
}

impl Applied {
    /// A node applied the entry that its log has at `index`.
    pub(super) fn apply(
        &mut self,
        index: u64,
        entry: Option<&LogEntry>,
        changes: &Changes,
        node: NodeId,
        at: EventId,
    ) -> Option<Evidence> {
        let digest = digest::changes(changes.iter().map(|change| &**change));
        let Some(first) = self.applications.get(index) else {
            self.apply_first(index, entry, changes, digest, node, at);
            return None;
        };
        let second = || Holder {
            node,
            entry: entry.cloned(),
            at,
        };
        let same = match (&first.entry, entry) {
            (Some(first), Some(entry)) => first.is_same_copy(entry) || first == entry,
            // A log that has forgotten the entry says nothing against it.
            _ => true,
        };
        if !same {
            return Some(Evidence::AppliedDiffer {
                index,
                first: first.holder(),
                second: second(),
            });
        }
        (first.changes != digest).then(|| Evidence::ChangesDiffer {
            index,
            first: first.holder(),
            second: second(),
        })
    }

    fn apply_first(
        &mut self,
        index: u64,
        entry: Option<&LogEntry>,
        changes: &Changes,
        digest: u64,
        node: NodeId,
        at: EventId,
    ) {
        if index <= self.applications.base() {
            // Too long ago to be remembered.
            return;
        }
        if index > self.applications.last() + 1 {
            self.applications.restart(index - 1);
            self.shelf.give_up();
        }
        self.shelf.change(changes);
        self.applications.push(Application {
            node,
            entry: entry.cloned(),
            at,
            changes: digest,
            catalog: self.shelf.digest(),
        });
    }

    /// A node took a snapshot's catalog in place of its own.
    pub(super) fn restore(&mut self, restored: &Restored, node: NodeId) -> Option<Evidence> {
        let index = restored.index;
        if index > self.applications.last() {
            // Nobody told how it came to that.
            self.applications.restart(index);
            self.shelf = Shelf::of(&restored.catalog);
            return None;
        }
        let first = self.applications.get(index)?;
        let expected = first.catalog?;
        let found = Shelf::of(&restored.catalog).digest()?;
        (found != expected).then(|| Evidence::SnapshotDiffers {
            index,
            first: first.holder(),
            node,
        })
    }
}

/// What the applied entries make of a catalog, as digests.
#[derive(Clone, Debug)]
struct Shelf {
    /// The digest of each key that is there, with that of its newest version.
    versions: BTreeMap<u64, u64>,
    /// The sum of these versions' digests, whatever their order.
    sum: u64,
    revision: i64,
    /// Whether it could not be followed all the way.
    is_lost: bool,
}

impl Default for Shelf {
    fn default() -> Self {
        Self {
            versions: BTreeMap::new(),
            sum: 0,
            revision: 1,
            is_lost: false,
        }
    }
}

impl Shelf {
    fn of(catalog: &Catalog) -> Self {
        let mut shelf = Self::default();
        for version in catalog.iter() {
            shelf.put(version);
        }
        shelf.revision = catalog.revision();
        shelf
    }

    fn change(&mut self, changes: &Changes) {
        for version in changes {
            self.put(version);
            self.revision = version.kv.mod_revision;
        }
    }

    fn put(&mut self, version: &Version) {
        if self.is_lost {
            return;
        }
        let key = digest::key(&version.kv.key);
        let before = if version.deleted {
            self.versions.remove(&key)
        } else {
            let new = digest::version(version);
            self.sum = self.sum.wrapping_add(new);
            self.versions.insert(key, new)
        };
        self.sum = self.sum.wrapping_sub(before.unwrap_or_default());
        if self.versions.len() > MAX_KEYS_COMPARED {
            self.give_up();
        }
    }

    fn give_up(&mut self) {
        self.is_lost = true;
        self.versions.clear();
    }

    fn digest(&self) -> Option<u64> {
        (!self.is_lost).then(|| self.sum ^ self.revision.cast_unsigned().rotate_left(32))
    }
}
