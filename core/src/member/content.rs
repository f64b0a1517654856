//! What a log consists of. A log has this twice: as the node sees it, and as its disk
//! holds it.

use std::rc::Rc;

use super::entry::{Entries, LogEntry};
use super::image::Image;

/// The entries of a log, and the snapshot that stands for those before them.
#[derive(Clone, Debug, Default)]
pub(super) struct Content {
    /// The index before the first entry: what is at it and below is compacted.
    before: u64,
    /// The term of the entry that stood there.
    before_term: u64,
    /// Entry `i` is at place `i - before - 1`.
    entries: Vec<LogEntry>,
    image: Option<Rc<Image>>,
}

/// A snapshot that a node takes of itself.
#[derive(Clone, Debug)]
pub(super) struct Saved {
    pub(super) image: Rc<Image>,
    /// The first entry that is to stay in the log.
    pub(super) first: u64,
}

/// What one write changes.
#[derive(Debug, Default)]
pub(super) struct Change {
    /// A leader's snapshot, in place of all that was there.
    pub(super) installed: Option<Rc<Image>>,
    /// Entries, in place of those from the first one's index on.
    pub(super) entries: Entries,
    /// A snapshot of the node's own.
    pub(super) saved: Option<Saved>,
}

impl Content {
    /// The index of the first entry that there is room for.
    pub(super) fn first(&self) -> u64 {
        self.before + 1
    }

    /// The index of the last entry, 0 in an empty log.
    pub(super) fn last(&self) -> u64 {
        self.before + self.entries.len() as u64
    }

    pub(super) fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    /// The newest snapshot.
    pub(super) fn image(&self) -> Option<&Rc<Image>> {
        self.image.as_ref()
    }

    /// The last entry that the newest snapshot stands for, 0 if there is none.
    pub(super) fn image_index(&self) -> u64 {
        self.image.as_ref().map_or(0, |image| image.index)
    }

    pub(super) fn entry(&self, index: u64) -> Option<&LogEntry> {
        self.entries.get(self.place(index)?)
    }

    /// The term of an entry, or of the one before the first.
    pub(super) fn term(&self, index: u64) -> Option<u64> {
        if index == self.before {
            return Some(self.before_term);
        }
        self.entry(index).map(LogEntry::term)
    }

    /// The entries from `index` on.
    pub(super) fn since(&self, index: u64) -> &[LogEntry] {
        let place = self.place(index).unwrap_or(0);
        &self.entries[place.min(self.entries.len())..]
    }

    /// The place of an index in the list of entries; `None` if it is compacted.
    fn place(&self, index: u64) -> Option<usize> {
        usize::try_from(index.checked_sub(self.first())?).ok()
    }

    /// Writes entries, in place of those from the first one's index on.
    pub(super) fn write(&mut self, entries: &[LogEntry]) {
        let Some(place) = entries.first().and_then(|entry| self.place(entry.index())) else {
            return;
        };
        self.entries.truncate(place);
        self.entries.extend(entries.iter().cloned());
    }

    /// Puts a leader's snapshot in place of everything.
    pub(super) fn install(&mut self, image: Rc<Image>) {
        self.before = image.index;
        self.before_term = image.term;
        self.entries.clear();
        self.image = Some(image);
    }

    /// Keeps a snapshot of the node's own and drops the beginning of the log. Returns
    /// whether it did: a newer snapshot may have come from a leader meanwhile.
    pub(super) fn save(&mut self, saved: Saved) -> bool {
        if saved.image.index <= self.image_index() {
            return false;
        }
        let before = saved.first.saturating_sub(1);
        if let (Some(term), Some(end)) = (self.term(before), self.place(saved.first)) {
            self.entries.drain(..end.min(self.entries.len()));
            self.before = before;
            self.before_term = term;
        }
        self.image = Some(saved.image);
        true
    }

    /// Carries out what a write changes; its snapshots are taken out of `change`.
    pub(super) fn change(&mut self, change: &mut Change) {
        if let Some(image) = change.installed.take() {
            self.install(image);
        }
        self.write(&change.entries);
        if let Some(saved) = change.saved.take() {
            self.save(saved);
        }
    }
}
