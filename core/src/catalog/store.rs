//! The store itself: what is kept, and how it is found.

use std::sync::Arc;

use bytes::Bytes;
use imbl::{OrdMap, Vector};

use crate::etcd::Error;

use super::beside::Beside;
use super::history::{History, partition_point};
use super::{Key, KeyRange, Revision, Version};

/// What the compacted revision is as long as nothing was compacted (`mvcc/kvstore.go`,
/// `NewStore`).
pub(super) const NEVER_COMPACTED: i64 = -1;

/// The multi-version store of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// The revision of the newest transaction.
    revision: i64,
    /// Reads below this revision fail.
    pub(super) compacted: i64,
    pub(super) by_key: OrdMap<Key, Arc<History>>,
    /// What compactions left over of the revisions up to `compacted`.
    pub(super) settled: OrdMap<Revision, Arc<Version>>,
    /// All changes after `compacted`. Ascending: a change is always the newest.
    pub(super) recent: Vector<Arc<Version>>,
    /// What is kept counts so much, in bytes.
    pub(super) cost_bytes: u64,
    /// What changes seldom: one pointer, so that a clone stays cheap.
    pub(super) beside: Arc<Beside>,
}

impl Default for Catalog {
    fn default() -> Self {
        Self::new()
    }
}

impl Catalog {
    /// An empty store, at revision 1.
    #[must_use]
    pub fn new() -> Self {
        Self {
            revision: 1,
            compacted: NEVER_COMPACTED,
            by_key: OrdMap::new(),
            settled: OrdMap::new(),
            recent: Vector::new(),
            cost_bytes: 0,
            beside: Arc::default(),
        }
    }

    /// The revision of the newest transaction.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// The revision below which reads fail; -1 as long as nothing was compacted.
    #[must_use]
    pub fn compacted(&self) -> i64 {
        self.compacted
    }

    /// How many versions are kept, deletions among them.
    #[must_use]
    pub fn versions(&self) -> usize {
        self.settled.len() + self.recent.len()
    }

    /// The newest version of a key, `None` where there is no such key now.
    #[must_use]
    pub fn get(&self, key: &[u8]) -> Option<&Arc<Version>> {
        self.at(key, self.revision)
    }

    /// The pair of a key as it stood after the transaction `revision`.
    pub(super) fn at(&self, key: &[u8], revision: i64) -> Option<&Arc<Version>> {
        self.by_key.get(key)?.at(revision)
    }

    /// Every pair in the range as it stood at `revision`, by ascending key.
    pub(super) fn visible<'a>(
        &'a self,
        range: &KeyRange,
        revision: i64,
    ) -> impl Iterator<Item = &'a Arc<Version>> + use<'a> {
        let bounds = range.bounds();
        bounds
            .into_iter()
            .flat_map(|bounds| self.by_key.range(bounds))
            .filter_map(move |(_, history)| history.at(revision))
    }

    /// Every pair of the newest revision, by ascending key.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Version>> {
        self.by_key.values().filter_map(|h| h.at(self.revision))
    }

    /// The versions of one key that are kept, oldest first, deletions among them.
    pub fn history(&self, key: &[u8]) -> impl Iterator<Item = &Arc<Version>> {
        self.by_key
            .get(key)
            .into_iter()
            .flat_map(|history| history.iter())
    }

    /// The changes of the transaction `main` and of all later ones that are kept, in order.
    pub fn changes_since(&self, main: i64) -> impl Iterator<Item = &Arc<Version>> {
        let older = |version: &Arc<Version>| version.kv.mod_revision < main;
        let first = partition_point(&self.recent, older);
        self.settled
            .range(Revision { main, sub: 0 }..)
            .map(|(_, version)| version)
            .chain(self.recent.iter().skip(first))
    }

    /// The revision that a request for `asked` reads at where `current` is the newest: 0
    /// and below mean the newest.
    pub(super) fn read_revision(&self, asked: i64, current: i64) -> Result<i64, Error> {
        if asked > current {
            return Err(Error::FutureRevision);
        }
        if asked <= 0 {
            return Ok(current);
        }
        if asked < self.compacted {
            return Err(Error::Compacted);
        }
        Ok(asked)
    }

    /// Takes the next change of a key in: what `next` makes of the pair as it stands.
    /// Returns the change, and what stood there before.
    ///
    /// # Errors
    /// What `next` says; nothing has changed then.
    pub(super) fn change(
        &mut self,
        key: &Bytes,
        next: impl FnOnce(Option<&Version>) -> Result<Arc<Version>, Error>,
    ) -> Result<(Arc<Version>, Option<Arc<Version>>), Error> {
        let key = Key::from(key);
        let (version, previous) = match self.by_key.get_mut(&key) {
            Some(history) => {
                let newest = history.newest();
                let previous = (!newest.deleted).then(|| Arc::clone(newest));
                let version = next(previous.as_deref())?;
                Arc::make_mut(history).push(Arc::clone(&version));
                (version, previous)
            }
            None => {
                let version = next(None)?;
                let history = History::new(Arc::clone(&version));
                self.by_key.insert(key, Arc::new(history));
                (version, None)
            }
        };
        self.cost_bytes += version.cost_bytes();
        self.recent.push_back(Arc::clone(&version));
        Ok((version, previous))
    }

    /// Takes the next change of a snapshot in, as it is.
    pub(super) fn take_in(&mut self, version: Arc<Version>) {
        let key = Key::from(&version.kv.key);
        match self.by_key.get_mut(&key) {
            Some(history) => Arc::make_mut(history).push(Arc::clone(&version)),
            None => {
                let history = History::new(Arc::clone(&version));
                self.by_key.insert(key, Arc::new(history));
            }
        }
        self.cost_bytes += version.cost_bytes();
        if version.kv.mod_revision <= self.compacted {
            self.settled.insert(version.revision(), version);
        } else {
            self.recent.push_back(version);
        }
    }

    /// Ends a transaction that changed something.
    pub(super) fn set_revision(&mut self, revision: i64) {
        self.revision = revision;
    }
}
