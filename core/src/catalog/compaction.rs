//! Compaction (`mvcc/kvstore.go`, `Compact`; `mvcc/key_index.go`): forgetting the past.

use std::sync::Arc;

use crate::etcd::Error;

use super::history::partition_point;
use super::{Catalog, Key, Version};

impl Catalog {
    /// Forgets what nobody can read who reads at `revision` or later: of each key, all
    /// before its newest version up to there, and that too if it is a deletion. What may be
    /// read at `revision` and later stays the same.
    ///
    /// This looks at the changes since the last compaction, and at nothing that survived
    /// it: each change is looked at by one compaction.
    ///
    /// # Errors
    /// The revision was compacted already, or is still to come.
    pub fn compact(&mut self, revision: i64) -> Result<(), Error> {
        if revision <= self.compacted {
            return Err(Error::Compacted);
        }
        if revision > self.revision() {
            return Err(Error::FutureRevision);
        }
        let passed = partition_point(&self.recent, |v| v.kv.mod_revision <= revision);
        let after = self.recent.split_off(passed);
        let past = std::mem::replace(&mut self.recent, after);
        for version in past {
            self.settle(version, revision);
        }
        self.compacted = revision;
        Ok(())
    }

    /// Finds what becomes of a change up to the revision that is compacted. The last such
    /// change of a key takes all before it along.
    fn settle(&mut self, version: Arc<Version>, revision: i64) {
        let key = Key::from(&version.kv.key);
        let Some(history) = self.by_key.get_mut(&key) else {
            return;
        };
        let last = history.last_until(revision);
        if last.is_none_or(|last| last.revision() != version.revision()) {
            return;
        }
        let (gone, nothing_left) = Arc::make_mut(history).forget_until(revision);
        if nothing_left {
            self.by_key.remove(&key);
        }
        for forgotten in &gone {
            self.cost_bytes -= forgotten.cost_bytes();
            if forgotten.kv.mod_revision <= self.compacted {
                self.settled.remove(&forgotten.revision());
            }
        }
        if !version.deleted {
            self.settled.insert(version.revision(), version);
        }
    }
}
