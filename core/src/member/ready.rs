//! What the raft crate has ready: messages to send, entries to write, entries to apply.
//!
//! The crate's `RawNode` would put all of that into a `Ready`: a large structure with copies of
//! the entries, twice for every entry and node. Here it is looked at where it stands, in the
//! crate's `Raft`, by the rules of `RawNode::ready` and of what belongs to it (raft 0.7,
//! `raw_node.rs`).

use std::ops::RangeInclusive;

use raft::StateRole;
use raft::eraftpb::Message;
use smallvec::SmallVec;

use crate::catalog::Changes;
use crate::order::sort_places;

use super::identity::Identity;
use super::running::Running;
use super::{Host, LogEntry, Micros, Note};

impl Running {
    /// Whether the raft crate has something ready beside messages.
    #[inline]
    pub(super) fn has_more_than_messages(&self) -> bool {
        let raft = &self.raw.raft;
        let log = &raft.raft_log;
        raft.hard_state() != self.taken.hard_state
            || !log.unstable.entries.is_empty()
            || !raft.read_states.is_empty()
            || log.unstable.snapshot.is_some()
            || log.committed.min(log.persisted) > self.taken.committed
    }

    /// Sends what the raft crate has ready where that is nothing but messages. Those of a
    /// leader go at once (thesis §10.2.1), all others wait for the writes before them.
    pub(super) fn send_alone(
        &mut self,
        mut messages: Vec<Message>,
        now: Micros,
        host: &mut impl Host,
    ) {
        if self.raw.raft.state == StateRole::Leader {
            self.fill_snapshots(&mut messages, now);
        } else {
            let Some(at_once) = self.raw.mut_store().wait_for_write(messages) else {
                return;
            };
            messages = at_once;
        }
        Self::send_all(&mut messages, host);
        self.reuse(messages);
    }

    /// The raft crate's next messages go where these were.
    pub(super) fn reuse(&mut self, mut messages: Vec<Message>) {
        let next = &mut self.raw.raft.msgs;
        if next.capacity() == 0 {
            messages.clear();
            *next = messages;
        }
    }

    // (Kept out of what is called for every message: it is long.)
    #[inline(never)]
    pub(super) fn handle_ready(&mut self, identity: &Identity, now: Micros, host: &mut impl Host) {
        let leads = self.raw.raft.state == StateRole::Leader;
        let read_states = std::mem::take(&mut self.raw.raft.read_states);
        let committed = self.take_committed();
        let messages = std::mem::take(&mut self.raw.raft.msgs);
        let (at_once, once_safe) = match leads {
            true => (messages, Vec::new()),
            false => (Vec::new(), messages),
        };
        let already_safe = self.write(identity, now, once_safe, host);
        if leads {
            self.send_at_once(at_once, now, host);
        }
        self.note_commit(host);
        for index in committed.clone() {
            self.apply(identity, now, index, host);
            if self.halting.is_some() {
                // A leader that was removed may not be asked anything any more: the crate
                // counts on it being among those that it leads.
                Self::send_all(&mut already_safe.unwrap_or_default(), host);
                return;
            }
        }
        if !committed.is_empty() {
            self.raw.raft.commit_apply(self.applied);
            self.take_snapshot_when_due(identity, host);
        }
        self.serve_reads(identity, now, &read_states, host);
        if let Some(mut messages) = already_safe {
            Self::send_all(&mut messages, host);
            self.reuse(messages);
        }
    }

    /// The entries that are to be applied now.
    fn take_committed(&mut self) -> RangeInclusive<u64> {
        let log = &self.raw.raft.raft_log;
        let first = log.first_index().max(self.taken.committed + 1);
        let last = log.committed.min(log.persisted);
        self.taken.committed = self.taken.committed.max(last);
        first..=last
    }

    /// Begins to write what has to be on the disk before `messages` may leave. Gives them
    /// back if it is there already.
    fn write(
        &mut self,
        identity: &Identity,
        now: Micros,
        messages: Vec<Message>,
        host: &mut impl Host,
    ) -> Option<Vec<Message>> {
        let before = &self.taken.hard_state;
        let hard_state = self.raw.raft.hard_state();
        let mut must_sync = (hard_state.term, hard_state.vote) != (before.term, before.vote);
        if hard_state != *before {
            self.raw.mut_store().set_hard_state(hard_state.clone());
            self.taken.hard_state = hard_state;
        }
        let snapshot = self.raw.raft.raft_log.unstable.snapshot.as_ref();
        let snapshot = snapshot.map(|snapshot| snapshot.get_metadata().index);
        let installed = snapshot.and_then(|_| self.arriving.take());
        if let Some(image) = &installed {
            self.restore(identity, image, host);
            self.tell_watchers_of_restoring(now);
        }
        let log = &mut self.raw.raft.raft_log;
        let entries = &mut log.unstable.entries;
        let last = entries.last().map(|entry| (entry.index, entry.term));
        must_sync |= last.is_some() || snapshot.is_some();
        let left = if must_sync {
            let entries = log.store.write(installed, entries, messages, host.pool());
            if !entries.is_empty() {
                host.note(Note::Appended { entries });
            }
            host.write();
            None
        } else {
            log.store.wait_for_write(messages)
        };
        if let Some(index) = snapshot {
            log.stable_snap(index);
            self.taken.committed = index;
        }
        if let Some((index, term)) = last {
            log.stable_entries(index, term);
        }
        if let Some(index) = snapshot {
            // The crate would have it only once the snapshot is on the disk. But it looks
            // for unapplied entries when it stands for election, and there are none here.
            log.applied = index;
        }
        left
    }

    fn send_at_once(&mut self, mut messages: Vec<Message>, now: Micros, host: &mut impl Host) {
        self.fill_snapshots(&mut messages, now);
        Self::send_all(&mut messages, host);
        self.reuse(messages);
    }

    #[inline(never)]
    fn apply(&mut self, identity: &Identity, now: Micros, index: u64, host: &mut impl Host) {
        self.applied = index;
        let written = self.raw.store().entry(index).cloned();
        if let Some(change) = written.as_ref().filter(|entry| entry.changes_members()) {
            self.apply_change(identity, change, host);
            return;
        }
        match written.as_ref().and_then(LogEntry::request) {
            Some(write) => self.apply_write(identity, now, write, host),
            None => {
                self.note_applied(Changes::new(), host);
                self.count_leases(identity, now, host);
            }
        }
    }

    /// Sends messages. The raft crate visits its peers in the order of a hash that differs
    /// between 32 and 64 bits; sorted by receiver, natively and in wasm the network sees the
    /// same. (The places are sorted and not the messages, which are large.)
    pub(super) fn send_all(messages: &mut [Message], host: &mut impl Host) {
        if messages.is_sorted_by_key(|message| message.to) {
            for message in messages {
                host.send(message);
            }
            return;
        }
        let mut order: SmallVec<[usize; 16]> = (0..messages.len()).collect();
        sort_places(&mut order, &|a, b| messages[a].to.cmp(&messages[b].to));
        for place in order {
            host.send(&mut messages[place]);
        }
    }
}
