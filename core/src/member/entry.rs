//! One entry of a log, held once by all nodes that have it.

use std::cell::OnceCell;
use std::rc::Rc;

use bytes::Bytes;
use prost::Message as _;
use raft::eraftpb::{ConfChange, ConfChangeSingle, ConfChangeV2, Entry, EntryType};
use smallvec::SmallVec;

use crate::catalog::{SharedVersions, same_bytes};
use crate::etcd::{InternalRaftRequest, decoded};

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
    /// The raft crate's entry, whose data is taken out of it.
    fn new(entry: &mut Entry) -> Self {
        Self(Rc::new(Stored {
            index: entry.index,
            term: entry.term,
            entry_type: entry.entry_type,
            data: std::mem::take(&mut entry.data).into(),
            request: OnceCell::new(),
        }))
    }

    fn is(&self, entry: &Entry) -> bool {
        self.0.index == entry.index
            && self.0.term == entry.term
            && self.0.entry_type == entry.entry_type
            && same_bytes(&self.0.data, &entry.data)
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

    /// The entry as the raft crate wants it, but for its data.
    pub(super) fn without_data(&self) -> Entry {
        Entry {
            index: self.0.index,
            term: self.0.term,
            entry_type: self.0.entry_type,
            ..Entry::default()
        }
    }

    /// The entry as the raft crate wants it.
    pub(super) fn to_raft(&self) -> Entry {
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

    /// Whether it changes the membership.
    #[must_use]
    pub fn changes_members(&self) -> bool {
        self.0.entry_type != EntryType::EntryNormal as i32
    }

    /// The change of the membership that it carries, with the identifier of who waits for
    /// it (0 for nobody); `None` for another type of entry.
    pub(super) fn change(&self) -> Option<(u64, ConfChangeV2)> {
        let data = &self.0.data[..];
        if self.0.entry_type == EntryType::EntryConfChange as i32 {
            let change = ConfChange::decode(data).ok()?;
            let single = ConfChangeSingle {
                change_type: change.change_type,
                node_id: change.node_id,
            };
            let simple = ConfChangeV2 {
                changes: vec![single],
                context: change.context,
                ..ConfChangeV2::default()
            };
            return Some((change.id, simple));
        }
        if self.0.entry_type == EntryType::EntryConfChangeV2 as i32 {
            return Some((0, ConfChangeV2::decode(data).ok()?));
        }
        None
    }

    /// The write that it carries; `None` for the empty entry with which a leader begins
    /// its term (§8), and for a change of the membership.
    #[must_use]
    pub fn request(&self) -> Option<&InternalRaftRequest> {
        let decode = || {
            let data = &self.0.data;
            let is_write = !data.is_empty() && !self.changes_members();
            let written = is_write.then(|| data.clone())?;
            decoded(written)
        };
        self.0.request.get_or_init(decode).as_ref()
    }
}

/// How many of the newest entries a [`Pool`] remembers; a power of two.
const POOLED: usize = 1_024;

/// What the nodes hold once. A node that writes an entry which another node has written
/// already, equal to the byte, holds the other's copy; so it is with what the entries
/// change in the catalogs.
#[derive(Debug, Default)]
pub struct Pool {
    /// The newest entries of all logs.
    entries: Vec<Option<LogEntry>>,
    /// The newest versions of all catalogs.
    pub(super) versions: SharedVersions,
}

impl Pool {
    pub(super) fn share(&mut self, entry: &mut Entry) -> LogEntry {
        if self.entries.is_empty() {
            self.entries.resize(POOLED, None);
        }
        let place = usize::try_from(entry.index).unwrap_or(0) % POOLED;
        let slot = &mut self.entries[place];
        match slot {
            Some(known) if known.is(entry) => known.clone(),
            _ => slot.insert(LogEntry::new(entry)).clone(),
        }
    }
}
