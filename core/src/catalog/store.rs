//! The store itself: what is kept, and how it is found.

use std::cmp::Ordering;
use std::sync::Arc;

use bytes::Bytes;
use imbl::{OrdMap, Vector};

use crate::etcd::{Error, KeyValue};

use super::{Key, KeyRange};

/// What each version costs beside its key and value, in bytes, when the quota is
/// checked (`etcdserver/quota.go`, `kvOverhead`).
const VERSION_OVERHEAD_BYTES: u64 = 256;

/// The place of one change in the history of a store (`mvcc/revision.go`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision {
    /// The transaction, from 2 on; 1 is the empty store.
    pub main: i64,
    /// The change in the transaction, from 0.
    pub sub: i64,
}

/// One change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The pair; of a deletion, the key and the mod revision alone, as in etcd's events.
    pub kv: KeyValue,
    /// Its place within its transaction.
    pub sub: i64,
    /// Whether the change deleted the key.
    pub deleted: bool,
}

impl Version {
    /// Where the change stands in the history.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision {
            main: self.kv.mod_revision,
            sub: self.sub,
        }
    }

    /// What it counts against the quota, in bytes.
    fn cost_bytes(&self) -> u64 {
        put_cost_bytes(&self.kv.key, &self.kv.value)
    }
}

/// What a put counts against the quota, in bytes (`etcdserver/quota.go`, `costPut`).
fn put_cost_bytes(key: &[u8], value: &[u8]) -> u64 {
    VERSION_OVERHEAD_BYTES + key.len() as u64 + value.len() as u64
}

/// All versions of one key. A deletion ends a generation and the next put begins one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct History {
    /// Nearly every read is of this one.
    newest: Arc<Version>,
    /// The others, oldest first.
    older: Vector<Arc<Version>>,
}

impl History {
    fn new(first: Arc<Version>) -> Self {
        Self {
            newest: first,
            older: Vector::new(),
        }
    }

    fn push(&mut self, version: Arc<Version>) {
        self.older
            .push_back(std::mem::replace(&mut self.newest, version));
    }

    fn iter(&self) -> impl Iterator<Item = &Arc<Version>> {
        self.older.iter().chain([&self.newest])
    }

    /// The pair as it stood after the transaction `main`, `None` if there was none.
    fn at(&self, main: i64) -> Option<&Arc<Version>> {
        let version = if self.newest.kv.mod_revision <= main {
            &self.newest
        } else {
            let after = partition_point(&self.older, |v| v.kv.mod_revision <= main);
            self.older.get(after.checked_sub(1)?)?
        };
        (!version.deleted).then_some(version)
    }
}

/// How many versions at the beginning of an ordered list meet a condition that all later
/// ones do not meet.
fn partition_point(list: &Vector<Arc<Version>>, meets: impl Fn(&Arc<Version>) -> bool) -> usize {
    let order = |version: &Arc<Version>| match meets(version) {
        true => Ordering::Less,
        false => Ordering::Greater,
    };
    // Never equal, so the search ends where the first that does not meet it stands.
    list.binary_search_by(order).unwrap_or_else(|place| place)
}

/// The multi-version store of one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// The revision of the newest transaction.
    revision: i64,
    /// Reads below this revision fail; 0 as long as nothing was compacted.
    compacted: i64,
    by_key: OrdMap<Key, Arc<History>>,
    /// Ascending: a change is always the newest.
    by_revision: Vector<Arc<Version>>,
    cost_bytes: u64,
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
            compacted: 0,
            by_key: OrdMap::new(),
            by_revision: Vector::new(),
            cost_bytes: 0,
        }
    }

    /// The revision of the newest transaction.
    #[must_use]
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// How many versions are kept, deletions among them.
    #[must_use]
    pub fn versions(&self) -> usize {
        self.by_revision.len()
    }

    /// What a put would bring the store's size to, in bytes, as the quota counts.
    #[must_use]
    pub fn cost_bytes_with(&self, key: &[u8], value: &[u8]) -> u64 {
        self.cost_bytes + put_cost_bytes(key, value)
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

    /// The changes of the transaction `main` and of all later ones, in order.
    pub fn changes_since(&self, main: i64) -> impl Iterator<Item = &Arc<Version>> {
        let older = |version: &Arc<Version>| version.kv.mod_revision < main;
        let first = partition_point(&self.by_revision, older);
        self.by_revision.iter().skip(first)
    }

    /// The revision that a request for `asked` reads at: 0 and below mean the newest.
    pub(super) fn read_revision(&self, asked: i64) -> Result<i64, Error> {
        if asked > self.revision {
            return Err(Error::FutureRevision);
        }
        if asked <= 0 {
            return Ok(self.revision);
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
                let previous = (!history.newest.deleted).then(|| Arc::clone(&history.newest));
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
        self.by_revision.push_back(Arc::clone(&version));
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
        self.by_revision.push_back(version);
    }

    /// The revision below which reads fail.
    pub(super) fn compacted(&self) -> i64 {
        self.compacted
    }

    /// Reads below this revision fail from now on.
    pub(super) fn set_compacted(&mut self, revision: i64) {
        self.compacted = revision;
    }

    /// Ends a transaction that changed something.
    pub(super) fn set_revision(&mut self, revision: i64) {
        self.revision = revision;
    }
}
