//! The log and the persistent state of a node, as the raft crate sees them and as the disk
//! holds them.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;

use prost::Message as _;
use raft::eraftpb::{ConfState, Entry, HardState, Message, Snapshot, SnapshotMetadata};
use raft::{GetEntriesContext, RaftState, Storage, StorageError};
use smallvec::SmallVec;

use super::content::{Change, Content, Saved};
use super::entry::{Entries, LogEntry, Pool};
use super::image::Image;

/// Messages as the raft crate handed them out, in order.
type Batches = SmallVec<[Vec<Message>; 1]>;

/// What a sync makes safe.
#[derive(Debug)]
pub(super) struct Safe {
    /// The last entry that a leader's snapshot stands for, if one is safe now.
    pub(super) installed: Option<u64>,
    /// Index and term of the last entry that was written after it, or at all.
    pub(super) last: Option<(u64, u64)>,
    /// The messages that waited for all that.
    pub(super) messages: Batches,
    /// The node's own snapshot that is safe now, and the first entry that is left.
    pub(super) compacted: Option<(u64, u64)>,
}

impl Safe {
    fn takes_in(&mut self, change: &Change) {
        if let Some(image) = &change.installed {
            self.installed = Some(image.index);
            self.last = None;
        }
        if let Some(last) = change.entries.last() {
            self.last = Some((last.index(), last.term()));
        }
    }
}

/// What a crash leaves.
#[derive(Debug)]
pub(super) struct Left {
    /// The first index at which the log on the disk differs from what the node had.
    pub(super) from: u64,
    /// What the disk holds from there on.
    pub(super) entries: Entries,
}

/// A write that was started and has not reached the disk.
#[derive(Debug)]
struct Write {
    /// What may be sent only once the write is on the disk.
    messages: Batches,
    /// Term, vote and commit index as of this write.
    hard_state: HardState,
    change: Change,
}

/// A node's log. Reads see every write at once, as in a page cache; `Log::crash` takes
/// back what had not reached the disk.
///
/// A snapshot that the node takes of itself is the other way round: the log is shortened
/// only when the snapshot is on the disk, as etcd saves a snapshot before it compacts
/// (`etcdserver/server.go`, `snapshot`). A leader's snapshot takes the place of
/// everything at once, and on the disk with its sync.
#[derive(Debug, Default)]
pub struct Log {
    /// As the node sees it.
    seen: Content,
    /// As the disk holds it.
    disk: Content,
    /// The configuration before the first entry of all.
    initial: ConfState,
    /// Term, vote and commit index on the disk.
    synced_hard_state: HardState,
    /// The newest of them, on the disk or not.
    hard_state: HardState,
    writes: VecDeque<Write>,
    /// What the disk said to be safe although it is not, oldest first.
    lied: Vec<Change>,
    /// Whether the raft crate asked for a snapshot to send.
    snapshot_asked: Cell<bool>,
}

impl Log {
    /// An empty log of a cluster that began with this configuration.
    pub(super) fn new(initial: ConfState) -> Self {
        Self {
            initial,
            ..Self::default()
        }
    }

    /// A log of which the disk holds no more than a snapshot.
    pub(super) fn beginning_with(
        initial: ConfState,
        image: Rc<Image>,
        hard_state: HardState,
    ) -> Self {
        let mut disk = Content::default();
        disk.install(image);
        Self {
            seen: disk.clone(),
            disk,
            synced_hard_state: hard_state.clone(),
            hard_state,
            ..Self::new(initial)
        }
    }

    /// Index of the last entry, 0 in an empty log.
    pub(super) fn last(&self) -> u64 {
        self.seen.last()
    }

    /// The index of the first entry that there is room for.
    pub(super) fn first(&self) -> u64 {
        self.seen.first()
    }

    /// The entry at an index.
    pub(super) fn entry(&self, index: u64) -> Option<&LogEntry> {
        self.seen.entry(index)
    }

    /// The term of the entry at an index; `None` if it is neither there nor the one before
    /// the first.
    pub(super) fn term_at(&self, index: u64) -> Option<u64> {
        self.seen.term(index)
    }

    /// All entries, by index.
    pub(super) fn entries(&self) -> &[LogEntry] {
        self.seen.entries()
    }

    /// The newest snapshot.
    pub(super) fn image(&self) -> Option<&Rc<Image>> {
        self.seen.image()
    }

    /// The last entry that the newest snapshot stands for, 0 if there is none.
    pub(super) fn image_index(&self) -> u64 {
        self.seen.image_index()
    }

    /// The configuration before the first entry of all.
    pub(super) fn initial(&self) -> &ConfState {
        &self.initial
    }

    /// Whether the raft crate asked for a snapshot to send since this was asked last.
    pub(super) fn take_snapshot_asked(&self) -> bool {
        self.snapshot_asked.take()
    }

    pub(super) fn hard_state(&self) -> &HardState {
        &self.hard_state
    }

    /// Changes term, vote or commit index. It reaches the disk with the next write, and not
    /// with one under way: a commit index may not be on the disk before its entries are.
    pub(super) fn set_hard_state(&mut self, hard_state: HardState) {
        self.hard_state = hard_state;
    }

    /// Starts a write of a leader's snapshot (there may be none), of the entries after it
    /// (there may be none) and of the hard state, and returns the entries as they stand in
    /// the log. Their data is taken out of `entries`.
    pub(super) fn write(
        &mut self,
        installed: Option<Rc<Image>>,
        entries: &mut [Entry],
        messages: Vec<Message>,
        pool: &mut Pool,
    ) -> Entries {
        if let Some(image) = &installed {
            self.seen.install(Rc::clone(image));
        }
        let shared = entries.iter_mut().map(|entry| pool.share(entry));
        let entries: Entries = shared.collect();
        self.seen.write(&entries);
        let written = entries.clone();
        let change = Change {
            installed,
            entries,
            saved: None,
        };
        let mut waiting = Batches::new();
        if !messages.is_empty() {
            waiting.push(messages);
        }
        self.start(waiting, change);
        written
    }

    /// Starts a write of a snapshot of the node's own.
    pub(super) fn save(&mut self, saved: Saved) {
        let change = Change {
            saved: Some(saved),
            ..Change::default()
        };
        self.start(Batches::new(), change);
    }

    fn start(&mut self, messages: Batches, change: Change) {
        self.writes.push_back(Write {
            messages,
            hard_state: self.hard_state.clone(),
            change,
        });
    }

    /// Lets later messages wait for the newest write; gives them back if there is none to
    /// wait for.
    pub(super) fn wait_for_write(&mut self, messages: Vec<Message>) -> Option<Vec<Message>> {
        let Some(newest) = self.writes.back_mut() else {
            return Some(messages);
        };
        if !messages.is_empty() {
            newest.messages.push(messages);
        }
        None
    }

    /// The oldest `writes` have reached the disk; if that is a lie, a crash takes them back
    /// all the same, until a later sync tells the truth. `None` if there was no write.
    pub(super) fn sync(&mut self, writes: usize, is_lie: bool) -> Option<Safe> {
        let writes = writes.min(self.writes.len());
        if writes == 0 {
            // Nothing was synced, so what was lied about is not there either.
            return None;
        }
        let mut safe = Safe {
            installed: None,
            last: None,
            messages: Batches::new(),
            compacted: None,
        };
        if !is_lie {
            // It covers all that was written before.
            for mut change in self.lied.drain(..) {
                self.disk.change(&mut change);
            }
        }
        // (Looked at in their places and then dropped: a write is large, and a sync is made
        // for every entry.)
        for write in self.writes.iter_mut().take(writes) {
            safe.messages.append(&mut write.messages);
            safe.takes_in(&write.change);
            if let Some(saved) = write.change.saved.clone()
                && self.seen.save(saved)
            {
                safe.compacted = Some((self.seen.image_index(), self.seen.first()));
            }
            if is_lie {
                self.lied.push(std::mem::take(&mut write.change));
            } else {
                self.disk.change(&mut write.change);
                std::mem::swap(&mut self.synced_hard_state, &mut write.hard_state);
            }
        }
        self.writes.drain(..writes);
        Some(safe)
    }

    /// The log is on the disk up to this index, as far as the node knows; 0 while a
    /// leader's snapshot is not there yet.
    pub(super) fn synced_through(&self) -> u64 {
        let pending = self.writes.iter().map(|write| &write.change);
        pending
            .filter_map(|change| match &change.installed {
                Some(_) => Some(0),
                None => change.entries.first().map(|first| first.index() - 1),
            })
            .min()
            .unwrap_or(self.last())
    }

    /// Takes back whatever had not reached the disk.
    pub(super) fn crash(&mut self) -> Left {
        let pending = self.writes.iter().map(|write| &write.change);
        let replaced = pending.chain(&self.lied);
        let changed = replaced.filter_map(|change| change.entries.first());
        let mut from = changed
            .map(LogEntry::index)
            .min()
            .unwrap_or(self.last() + 1);
        if self.disk.first() < self.seen.first() {
            // The beginning of the log is there again.
            from = self.disk.first();
        }
        self.seen = self.disk.clone();
        self.writes.clear();
        self.lied.clear();
        self.hard_state = self.synced_hard_state.clone();
        Left {
            from,
            entries: Entries::from(self.seen.since(from)),
        }
    }
}

impl Storage for Log {
    fn initial_state(&self) -> raft::Result<RaftState> {
        let conf_state = self.seen.image().map(|image| &image.conf_state);
        Ok(RaftState {
            hard_state: self.hard_state.clone(),
            conf_state: conf_state.unwrap_or(&self.initial).clone(),
        })
    }

    fn entries(
        &self,
        low: u64,
        high: u64,
        max_size: impl Into<Option<u64>>,
        context: GetEntriesContext,
    ) -> raft::Result<Vec<Entry>> {
        if low < self.first() {
            return Err(raft::Error::Store(StorageError::Compacted));
        }
        if high > self.last() + 1 {
            return Err(raft::Error::Store(StorageError::Unavailable));
        }
        let count = usize::try_from(high - low).unwrap_or(usize::MAX);
        let wanted = &self.seen.since(low)[..count];
        let mut left = max_size.into().unwrap_or(u64::MAX);
        let mut found = Vec::with_capacity(wanted.len());
        // Only what is sent may be asked for asynchronously, and only what is sent needs its
        // data: whoever applies an entry, or looks at its type, has it here.
        let is_sent = context.can_async();
        for entry in wanted {
            if !is_sent {
                found.push(entry.without_data());
                continue;
            }
            let entry = entry.to_raft();
            let size = entry.encoded_len() as u64;
            // The first entry goes however large it is, or nothing ever would.
            if size > left && !found.is_empty() {
                break;
            }
            left = left.saturating_sub(size);
            found.push(entry);
        }
        Ok(found)
    }

    fn term(&self, index: u64) -> raft::Result<u64> {
        self.seen.term(index).ok_or_else(|| {
            let compacted = index < self.first();
            raft::Error::Store(match compacted {
                true => StorageError::Compacted,
                false => StorageError::Unavailable,
            })
        })
    }

    fn first_index(&self) -> raft::Result<u64> {
        Ok(self.first())
    }

    fn last_index(&self) -> raft::Result<u64> {
        Ok(self.last())
    }

    /// What the raft crate needs to know of the newest snapshot. As in etcd, what is sent in
    /// the end is the state at that moment (`member/snapshots.rs`): a node that was added
    /// after the newest snapshot would not find itself in it.
    fn snapshot(&self, _request_index: u64, _to: u64) -> raft::Result<Snapshot> {
        let image = self.seen.image().ok_or(raft::Error::Store(
            StorageError::SnapshotTemporarilyUnavailable,
        ))?;
        self.snapshot_asked.set(true);
        Ok(Snapshot {
            data: Vec::new(),
            metadata: Some(SnapshotMetadata {
                conf_state: Some(image.conf_state.clone()),
                index: image.index,
                term: image.term,
            }),
        })
    }
}
