//! A log, as notes tell of it.

use crate::member::LogEntry;
use crate::world::EventId;

use super::digest;
use super::window::Window;

/// An entry of a log.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    pub(super) entry: LogEntry,
    /// The digest of the log up to here; without meaning where the log's beginning is not
    /// known.
    digest: u64,
    /// The event in which the entry came here.
    pub(super) at: EventId,
}

/// A log with, for each index, a digest of all up to it.
#[derive(Clone, Debug)]
pub(super) struct Log {
    slots: Window<Slot>,
    /// The digest of what is before the window; `None` where that is not known.
    base_digest: Option<u64>,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            slots: Window::default(),
            base_digest: Some(digest::EMPTY),
        }
    }
}

impl Log {
    /// The index before the first entry remembered.
    pub(super) fn base(&self) -> u64 {
        self.slots.base()
    }

    pub(super) fn last(&self) -> u64 {
        self.slots.last()
    }

    pub(super) fn slot(&self, index: u64) -> Option<&Slot> {
        self.slots.get(index)
    }

    pub(super) fn entry(&self, index: u64) -> Option<&LogEntry> {
        self.slot(index).map(|slot| &slot.entry)
    }

    /// The digest of the log up to an index, if it is known.
    pub(super) fn digest(&self, index: u64) -> Option<u64> {
        let base = self.base_digest?;
        if index == self.base() {
            return Some(base);
        }
        self.slot(index).map(|slot| slot.digest)
    }

    /// The digest that the log will have with one more entry at its end.
    pub(super) fn digest_with(&self, entry: &LogEntry) -> Option<u64> {
        let before = self.digest(self.last())?;
        Some(digest::log_with(before, entry))
    }

    /// Puts an entry at the end; `digest` is [`Self::digest_with`] it.
    pub(super) fn push(&mut self, entry: LogEntry, digest: Option<u64>, at: EventId) {
        let slot = Slot {
            entry,
            digest: digest.unwrap_or_default(),
            at,
        };
        let forgotten = self.slots.push(slot);
        if let (Some(forgotten), Some(base)) = (forgotten, &mut self.base_digest) {
            *base = forgotten.digest;
        }
    }

    /// Takes away the entries from `index` on, so that one can be put there.
    pub(super) fn cut(&mut self, index: u64) {
        let before = index.saturating_sub(1);
        if (self.base()..=self.last()).contains(&before) {
            self.slots.cut(index);
        } else {
            let nothing_before = (before == 0).then_some(digest::EMPTY);
            self.restart(before, nothing_before);
        }
    }

    /// Forgets the entries before `index`.
    pub(super) fn forget_before(&mut self, index: u64) {
        let base = index.saturating_sub(1);
        if base <= self.base() {
            return;
        }
        self.base_digest = self.digest(base);
        self.slots.forget_before(index);
    }

    /// Forgets everything, and goes on behind `base`.
    pub(super) fn restart(&mut self, base: u64, base_digest: Option<u64>) {
        self.slots.restart(base);
        self.base_digest = base_digest;
    }

    /// Its beginning is not that of the logs that it is compared with from now on.
    pub(super) fn forget_beginning(&mut self) {
        self.base_digest = None;
    }

    /// Whether two logs are the same up to an index at which both have an entry. Where a
    /// beginning is not known, the entries at that index count alone.
    pub(super) fn is_same_through(&self, other: &Self, index: u64) -> bool {
        match (self.digest(index), other.digest(index)) {
            (Some(own), Some(others)) => own == others,
            _ => self.entry(index) == other.entry(index),
        }
    }

    /// The first index, up to one at which they differ, at which two logs are known to
    /// differ.
    pub(super) fn first_difference(&self, other: &Self, through: u64) -> u64 {
        let mut same = self.base().max(other.base());
        let mut different = through;
        while same + 1 < different {
            let middle = same + (different - same) / 2;
            if self.is_same_through(other, middle) {
                same = middle;
            } else {
                different = middle;
            }
        }
        different
    }
}
