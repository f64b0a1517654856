//! What the raft crate has ready: messages to send, entries to write, entries to apply.

use raft::StateRole;
use raft::eraftpb::{Entry, Message};
use smallvec::SmallVec;

use crate::catalog::Changes;

use super::identity::Identity;
use super::running::Running;
use super::{Host, LogEntry, Micros, Note};

impl Running {
    /// Sends what the raft crate has ready where that is nothing but messages. Those of a
    /// leader go at once, all others wait for the writes before them, as the crate's `Ready`
    /// says it.
    pub(super) fn send_alone(
        &mut self,
        mut messages: Vec<Message>,
        now: Micros,
        host: &mut impl Host,
    ) {
        if self.raw.raft.state == StateRole::Leader {
            self.fill_snapshots(&mut messages, now);
        } else {
            let number = self.newest_ready;
            let Some(at_once) = self.raw.mut_store().wait_for_write(number, messages) else {
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
        let mut ready = self.raw.ready();
        let number = ready.number();
        self.newest_ready = number;
        let must_sync = ready.must_sync();
        if let Some(hard_state) = ready.hs() {
            let hard_state = hard_state.clone();
            self.raw.mut_store().set_hard_state(hard_state);
        }
        let entries = ready.take_entries();
        let mut at_once = ready.take_messages();
        let once_safe = ready.take_persisted_messages();
        let committed = ready.take_committed_entries();
        let read_states = ready.take_read_states();
        let installed = match ready.snapshot().is_empty() {
            true => None,
            false => self.arriving.take(),
        };
        let restored_to = installed.as_ref().map(|image| image.index);
        if let Some(image) = &installed {
            self.restore(identity, image, host);
            self.tell_watchers_of_restoring(now);
        }
        let already_safe = if must_sync {
            let log = self.raw.mut_store();
            let entries = log.write(number, installed, entries, once_safe, host.pool());
            if !entries.is_empty() {
                host.note(Note::Appended { entries });
            }
            host.write();
            None
        } else {
            self.raw.mut_store().wait_for_write(number, once_safe)
        };
        self.raw.advance_append_async(ready);
        if let Some(index) = restored_to {
            // The crate would have it only once the snapshot is on the disk. But it looks
            // for unapplied entries when it stands for election, and there are none here.
            self.raw.raft.raft_log.applied = index;
        }
        self.fill_snapshots(&mut at_once, now);
        Self::send_all(&mut at_once, host);
        self.reuse(at_once);
        self.note_commit(host);
        for entry in &committed {
            self.apply(identity, now, entry, host);
            if self.halting.is_some() {
                // A leader that was removed may not be asked anything any more: the crate
                // counts on it being among those that it leads.
                Self::send_all(&mut already_safe.unwrap_or_default(), host);
                return;
            }
        }
        if !committed.is_empty() {
            self.raw.advance_apply_to(self.applied);
            self.take_snapshot_when_due(identity, host);
        }
        self.serve_reads(identity, now, &read_states, host);
        if let Some(mut messages) = already_safe {
            Self::send_all(&mut messages, host);
            self.reuse(messages);
            self.raw.on_persist_ready(number);
        }
    }

    #[inline(never)]
    fn apply(&mut self, identity: &Identity, now: Micros, entry: &Entry, host: &mut impl Host) {
        self.applied = entry.index;
        let written = self.raw.store().entry(entry.index).cloned();
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
        order.sort_by_key(|&place| messages[place].to);
        for place in order {
            host.send(&mut messages[place]);
        }
    }
}
