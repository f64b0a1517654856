//! All versions of one key.

use std::cmp::Ordering;
use std::sync::Arc;

use imbl::Vector;

use super::Version;

/// The versions of one key that are kept. A deletion ends a generation and the next put
/// begins one (`mvcc/key_index.go`); what the generations are can be seen in the versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct History {
    /// Nearly every read is of this one.
    newest: Arc<Version>,
    /// The others, oldest first.
    older: Vector<Arc<Version>>,
}

impl History {
    pub(super) fn new(first: Arc<Version>) -> Self {
        Self {
            newest: first,
            older: Vector::new(),
        }
    }

    pub(super) fn push(&mut self, version: Arc<Version>) {
        self.older
            .push_back(std::mem::replace(&mut self.newest, version));
    }

    pub(super) fn newest(&self) -> &Arc<Version> {
        &self.newest
    }

    /// Oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Version>> {
        self.older.iter().chain([&self.newest])
    }

    /// The pair as it stood after the transaction `main`, `None` if there was none.
    pub(super) fn at(&self, main: i64) -> Option<&Arc<Version>> {
        self.last_until(main).filter(|version| !version.deleted)
    }

    /// The last change up to the transaction `main`, be it a deletion.
    pub(super) fn last_until(&self, main: i64) -> Option<&Arc<Version>> {
        if self.newest.kv.mod_revision <= main {
            return Some(&self.newest);
        }
        let after = partition_point(&self.older, |v| v.kv.mod_revision <= main);
        self.older.get(after.checked_sub(1)?)
    }

    /// Forgets what nobody can read any more who reads at `main` or later: all before the
    /// last change up to `main`, and that change too if it is a deletion. Returns what is
    /// forgotten, and whether nothing is left; then the history itself must go.
    pub(super) fn forget_until(&mut self, main: i64) -> (Vector<Arc<Version>>, bool) {
        if self.newest.kv.mod_revision <= main {
            let mut gone = std::mem::take(&mut self.older);
            if self.newest.deleted {
                gone.push_back(Arc::clone(&self.newest));
            }
            return (gone, self.newest.deleted);
        }
        let until = partition_point(&self.older, |v| v.kv.mod_revision <= main);
        let last_is_deletion = |last: usize| self.older.get(last).is_some_and(|v| v.deleted);
        let first_kept = match until.checked_sub(1) {
            None => 0,
            Some(last) if last_is_deletion(last) => until,
            Some(last) => last,
        };
        let kept = self.older.split_off(first_kept);
        (std::mem::replace(&mut self.older, kept), false)
    }
}

/// How many versions at the beginning of an ordered list meet a condition that all later
/// ones do not meet.
pub(super) fn partition_point(
    list: &Vector<Arc<Version>>,
    meets: impl Fn(&Arc<Version>) -> bool,
) -> usize {
    let order = |version: &Arc<Version>| match meets(version) {
        true => Ordering::Less,
        false => Ordering::Greater,
    };
    // Never equal, so the search ends where the first that does not meet it stands.
    list.binary_search_by(order).unwrap_or_else(|place| place)
}
