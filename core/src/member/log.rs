//! The log and the persistent state of a node, as the raft crate sees them and as the disk
//! holds them.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::rc::Rc;

use bytes::Bytes;
use prost::Message as _;
use raft::eraftpb::{ConfState, Entry, EntryType, HardState, Message, Snapshot};
use raft::{GetEntriesContext, RaftState, Storage, StorageError};
use smallvec::SmallVec;

use crate::etcd::InternalRaftRequest;

/// One entry of a log, shared by everyone who holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry(Rc<Stored>);

/// Entries of a log; mostly one.
pub type Entries = SmallVec<[LogEntry; 1]>;

/// An entry with its data as shared bytes: whoever decodes it copies nothing. (The context
/// of the raft crate's entries is for its users; nobody here uses it.)
#[derive(Debug)]
struct Stored {
    index: u64,
    term: u64,
    /// The code of the raft crate's entry type.
    entry_type: i32,
    data: Bytes,
    /// The data decoded, once somebody asks.
    request: OnceCell<Option<InternalRaftRequest>>,
}

impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
            && self.term == other.term
            && self.entry_type == other.entry_type
            && self.data == other.data
    }
}

impl LogEntry {
    fn new(entry: Entry) -> Self {
        Self(Rc::new(Stored {
            index: entry.index,
            term: entry.term,
            entry_type: entry.entry_type,
            data: entry.data.into(),
            request: OnceCell::new(),
        }))
    }

    /// A write, encoded, or with no data the empty entry of a new leader, as it would stand
    /// in a log. (A node makes its own entries; others are for whoever tries out what reads
    /// them.)
    #[must_use]
    pub fn normal(index: u64, term: u64, data: Bytes) -> Self {
        Self(Rc::new(Stored {
            index,
            term,
            entry_type: EntryType::EntryNormal as i32,
            data,
            request: OnceCell::new(),
        }))
    }

    fn is(&self, entry: &Entry) -> bool {
        self.0.index == entry.index
            && self.0.term == entry.term
            && self.0.entry_type == entry.entry_type
            && same_bytes(&self.0.data, &entry.data)
    }

    /// The entry as the raft crate wants it, but for its data.
    fn without_data(&self) -> Entry {
        Entry {
            index: self.0.index,
            term: self.0.term,
            entry_type: self.0.entry_type,
            ..Entry::default()
        }
    }

    /// The entry as the raft crate wants it.
    fn to_raft(&self) -> Entry {
        Entry {
            data: self.0.data.to_vec(),
            ..self.without_data()
        }
    }

    /// The place in the log, from 1.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.0.index
    }

    /// The term of the leader that created it.
    #[must_use]
    pub fn term(&self) -> u64 {
        self.0.term
    }

    /// The code of its type in `eraftpb.EntryType`: 0 is normal, 1 and 2 change the
    /// membership.
    #[must_use]
    pub fn type_code(&self) -> i32 {
        self.0.entry_type
    }

    /// What it carries, encoded.
    #[must_use]
    pub fn data(&self) -> &Bytes {
        &self.0.data
    }

    /// Whether both are one copy in memory, and so equal without a look at them.
    #[must_use]
    pub fn is_same_copy(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The write that it carries; `None` for the empty entry with which a leader begins
    /// its term (§8).
    #[must_use]
    pub fn request(&self) -> Option<&InternalRaftRequest> {
        let decode = || {
            let data = &self.0.data;
            let written = (!data.is_empty()).then(|| data.clone())?;
            InternalRaftRequest::decode(written).ok()
        };
        self.0.request.get_or_init(decode).as_ref()
    }
}

/// Whether two byte strings are equal. (In wasm, `==` compares byte by byte.)
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.as_chunks::<8>() == b.as_chunks::<8>()
}

/// How many of the newest entries a [`Pool`] remembers; a power of two.
const POOLED: usize = 1_024;

/// The newest entries of all logs. A node that writes an entry which another node has
/// written already, equal to the byte, holds the other's copy.
#[derive(Debug, Default)]
pub struct Pool(Vec<Option<LogEntry>>);

impl Pool {
    fn share(&mut self, entry: Entry) -> LogEntry {
        if self.0.is_empty() {
            self.0.resize(POOLED, None);
        }
        let slot = &mut self.0[place(entry.index) % POOLED];
        match slot {
            Some(known) if known.is(&entry) => known.clone(),
            _ => slot.insert(LogEntry::new(entry)).clone(),
        }
    }
}

/// Messages as the raft crate handed them out, in order.
type Batches = SmallVec<[Vec<Message>; 1]>;

/// What a sync makes safe.
#[derive(Debug)]
pub(super) struct Safe {
    /// The newest `Ready` of the raft crate that is safe now.
    pub(super) number: u64,
    /// The messages that waited for it.
    pub(super) messages: Batches,
}

/// A write that was started and has not reached the disk, with what a crash needs to take
/// it back.
#[derive(Debug)]
struct Write {
    /// The newest `Ready` of the raft crate that is safe with it.
    number: u64,
    /// What may be sent only once the write is on the disk.
    messages: Batches,
    /// Term, vote and commit index as of this write.
    hard_state: HardState,
    /// The first index that it wrote, and the entries that stood there before.
    replaced: Option<(u64, Vec<LogEntry>)>,
}

/// What stood on the disk before it began to lie: the first index written since, and the
/// entries that were there.
#[derive(Debug, Default)]
struct Lied {
    replaced: Option<(u64, Vec<LogEntry>)>,
}

impl Lied {
    /// With one more write, which replaced these entries.
    fn and(self, later: Option<(u64, Vec<LogEntry>)>) -> Self {
        let replaced = match (self.replaced, later) {
            (Some((first, replaced)), Some((lower, mut below))) if lower < first => {
                below.truncate(place(first - lower + 1));
                below.extend(replaced);
                Some((lower, below))
            }
            (Some(earlier), _) => Some(earlier),
            (None, later) => later,
        };
        Self { replaced }
    }
}

/// A node's log. Reads see every write at once, as in a page cache; `Log::crash` takes
/// back what had not reached the disk.
#[derive(Debug, Default)]
pub struct Log {
    /// Entry `i` is at place `i - 1`.
    entries: Vec<LogEntry>,
    conf_state: ConfState,
    /// Term, vote and commit index on the disk.
    synced_hard_state: HardState,
    /// The newest of them, on the disk or not.
    hard_state: HardState,
    writes: VecDeque<Write>,
    /// What a crash takes back of the writes that the disk lied about.
    lied: Option<Lied>,
}

impl Log {
    /// An empty log of a cluster with these voters.
    pub(super) fn new(voters: Vec<u64>) -> Self {
        Self {
            conf_state: ConfState {
                voters,
                ..ConfState::default()
            },
            ..Self::default()
        }
    }

    /// Index of the last entry, 0 in an empty log.
    pub(super) fn last(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The entry at an index.
    pub(super) fn entry(&self, index: u64) -> Option<&LogEntry> {
        self.entries.get(place(index))
    }

    /// All entries, by index.
    pub(super) fn entries(&self) -> &[LogEntry] {
        &self.entries
    }

    /// The entries from `index` on.
    fn since(&self, index: u64) -> &[LogEntry] {
        &self.entries[place(index).min(self.entries.len())..]
    }

    pub(super) fn hard_state(&self) -> &HardState {
        &self.hard_state
    }

    /// Changes term, vote or commit index. It reaches the disk with the next write, and not
    /// with one under way: a commit index may not be on the disk before its entries are.
    pub(super) fn set_hard_state(&mut self, hard_state: HardState) {
        self.hard_state = hard_state;
    }

    /// Starts a write of the entries (there may be none) and of the hard state, and returns
    /// the entries as they stand in the log.
    pub(super) fn write(
        &mut self,
        number: u64,
        entries: Vec<Entry>,
        messages: Vec<Message>,
        pool: &mut Pool,
    ) -> &[LogEntry] {
        let first = entries.first().map(|entry| entry.index);
        let replaced = first.map(|first| (first, self.entries.split_off(place(first))));
        let shared = entries.into_iter().map(|entry| pool.share(entry));
        self.entries.extend(shared);
        self.writes.push_back(Write {
            number,
            messages: [messages].into(),
            hard_state: self.hard_state.clone(),
            replaced,
        });
        first.map_or(&[], |first| self.since(first))
    }

    /// Lets later messages wait for the newest write; gives them back if there is none to
    /// wait for.
    pub(super) fn wait_for_write(
        &mut self,
        number: u64,
        messages: Vec<Message>,
    ) -> Option<Vec<Message>> {
        let Some(newest) = self.writes.back_mut() else {
            return Some(messages);
        };
        newest.number = number;
        if !messages.is_empty() {
            newest.messages.push(messages);
        }
        None
    }

    /// The oldest `writes` have reached the disk; if that is a lie, a crash takes them back
    /// all the same. `None` if there was no write.
    pub(super) fn sync(&mut self, writes: usize, is_lie: bool) -> Option<Safe> {
        let mut messages = Batches::new();
        let mut newest = None;
        for mut write in self.writes.drain(..writes.min(self.writes.len())) {
            messages.append(&mut write.messages);
            if is_lie {
                let lied = self.lied.take().unwrap_or_default();
                self.lied = Some(lied.and(write.replaced.take()));
            }
            newest = Some(write);
        }
        let newest = newest?;
        if !is_lie {
            // A sync that tells the truth covers all that was written before.
            self.synced_hard_state = newest.hard_state;
            self.lied = None;
        }
        Some(Safe {
            number: newest.number,
            messages,
        })
    }

    /// The log is on the disk up to this index.
    pub(super) fn synced_through(&self) -> u64 {
        self.writes
            .iter()
            .filter_map(|write| write.replaced.as_ref())
            .map(|(first, _)| first - 1)
            .min()
            .unwrap_or(self.last())
    }

    /// Takes back whatever had not reached the disk. Returns the first index that changed
    /// and the entries that stand there now.
    pub(super) fn crash(&mut self) -> (u64, Entries) {
        let mut from = self.synced_through() + 1;
        let lied = self.lied.take().and_then(|lied| lied.replaced);
        let writes = self.writes.drain(..).rev();
        for (first, replaced) in writes.filter_map(|write| write.replaced).chain(lied) {
            from = from.min(first);
            self.entries.truncate(place(first));
            self.entries.extend(replaced);
        }
        self.hard_state = self.synced_hard_state.clone();
        (from, Entries::from(self.since(from)))
    }
}

/// The place of an index in the list of entries.
fn place(index: u64) -> usize {
    usize::try_from(index - 1).unwrap_or(usize::MAX)
}

impl Storage for Log {
    fn initial_state(&self) -> raft::Result<RaftState> {
        Ok(RaftState {
            hard_state: self.hard_state.clone(),
            conf_state: self.conf_state.clone(),
        })
    }

    fn entries(
        &self,
        low: u64,
        high: u64,
        max_size: impl Into<Option<u64>>,
        context: GetEntriesContext,
    ) -> raft::Result<Vec<Entry>> {
        if high > self.last() + 1 {
            return Err(raft::Error::Store(StorageError::Unavailable));
        }
        let wanted = &self.entries[place(low)..place(high)];
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
        if index == 0 {
            return Ok(0);
        }
        self.entries
            .get(place(index))
            .map(LogEntry::term)
            .ok_or(raft::Error::Store(StorageError::Unavailable))
    }

    fn first_index(&self) -> raft::Result<u64> {
        Ok(1)
    }

    fn last_index(&self) -> raft::Result<u64> {
        Ok(self.last())
    }

    /// The log keeps every entry, so nobody ever needs a snapshot.
    fn snapshot(&self, _request_index: u64, _to: u64) -> raft::Result<Snapshot> {
        Err(raft::Error::Store(
            StorageError::SnapshotTemporarilyUnavailable,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::{Log, Pool};
    use raft::eraftpb::{Entry, HardState};

    /// Writes entries of one term, from `first` to `last`.
    fn write(log: &mut Log, term: u64, first: u64, last: u64) {
        log.set_hard_state(HardState {
            term,
            ..HardState::default()
        });
        let entry = |index| Entry {
            index,
            term,
            ..Entry::default()
        };
        let entries = (first..=last).map(entry).collect();
        log.write(0, entries, Vec::new(), &mut Pool::default());
    }

    /// The terms of the entries, and of the log.
    fn terms(log: &Log) -> (Vec<u64>, u64) {
        let terms = log.entries().iter().map(super::LogEntry::term);
        (terms.collect(), log.hard_state().term)
    }

    #[test]
    fn a_crash_restores_what_stood_there_before_the_lies() {
        // What the later writes replace, in the order in which they come.
        for firsts in [[6, 7], [4, 5], [4, 2], [2, 4], [5, 3], [1, 1]] {
            for acknowledged in 0..=2 {
                let mut log = Log::new(vec![1]);
                write(&mut log, 1, 1, 5);
                log.sync(1, false);
                write(&mut log, 2, firsts[0], firsts[0] + 2);
                write(&mut log, 3, firsts[1], firsts[1]);
                log.sync(acknowledged, true);
                let (from, restored) = log.crash();
                assert_eq!(terms(&log), (vec![1; 5], 1), "{firsts:?} {acknowledged}");
                assert_eq!(from, firsts[0].min(firsts[1]), "{firsts:?}");
                assert_eq!(restored.len() as u64, 6 - from.min(6), "{firsts:?}");
            }
        }
    }

    #[test]
    fn the_truth_makes_safe_what_was_lied_about() {
        let mut log = Log::new(vec![1]);
        write(&mut log, 1, 1, 5);
        log.sync(1, true);
        write(&mut log, 2, 4, 4);
        log.sync(1, false);
        write(&mut log, 3, 2, 2);
        log.sync(1, true);
        log.crash();
        assert_eq!(terms(&log), (vec![1, 1, 1, 2], 2));
    }
}
