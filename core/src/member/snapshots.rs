//! Snapshots: taking them, sending them, starting from one
//! (`etcdserver/server.go`, `triggerSnapshot`; `etcdserver/snapshot_merge.go`).
//!
//! Once enough entries were applied since the last snapshot, the node writes its state to
//! the disk, and when it is there drops the beginning of its log. A follower that needs
//! what was dropped is sent a snapshot, with the sender's state at that moment.
//!
//! # Snapshots that are lost
//! The raft crate sends a follower nothing more until the snapshot arrived or is reported
//! lost. etcd's transport reports it when the connection that carries it fails, which it
//! notices after five seconds without a byte (`rafthttp`, `DefaultConnReadTimeout`). Here
//! the leader waits for so long for the follower's answer, and then reports the failure;
//! it probes the follower with its next heartbeat. Other losses are not reported
//! (etcd's `ReportUnreachable`): the simulated network tells its users nothing, and the raft
//! crate finds out by the answer to the next heartbeat.

use std::rc::Rc;

use raft::eraftpb::{Message, MessageType};
use raft::{ProgressState, SnapshotStatus};

use super::content::Saved;
use super::identity::Identity;
use super::image::{Image, Shipment, configuration};
use super::running::Running;
use super::{Host, Micros, Note};

/// How long a leader waits for the answer to a snapshot, in µs.
const SNAPSHOT_LIMIT_US: Micros = 5_000_000;

impl Running {
    /// The state of the node now.
    fn image(&self) -> Image {
        let term = self.raw.store().term_at(self.applied);
        Image {
            index: self.applied,
            term: term.expect("the log is never compacted beyond what was applied"),
            conf_state: self.conf_state.clone(),
            catalog: self.catalog.clone(),
            membership: self.membership.clone(),
        }
    }

    /// Starts to write a snapshot, if enough entries were applied since the last one.
    pub(super) fn take_snapshot_when_due(&mut self, identity: &Identity, host: &mut impl Host) {
        let options = &identity.options;
        if self.applied - self.snapshot_at <= options.snapshot_entries.into() {
            return;
        }
        self.take_snapshot(identity, host);
    }

    #[cold]
    fn take_snapshot(&mut self, identity: &Identity, host: &mut impl Host) {
        let options = &identity.options;
        self.snapshot_at = self.applied;
        let kept_from = self.applied.saturating_sub(options.catch_up_entries.into()) + 1;
        let log = self.raw.mut_store();
        // A follower that a snapshot is under way to will need the entries after that one.
        let first = match self.shipments.is_empty() {
            true => kept_from.max(log.first()),
            false => log.first(),
        };
        let image = Rc::new(self.image());
        let log = self.raw.mut_store();
        log.save(Saved { image, first });
        host.write();
    }

    /// Puts the node's state into the snapshots that are about to leave.
    pub(super) fn fill_snapshots(&mut self, messages: &mut [Message], now: Micros) {
        if !self.raw.store().take_snapshot_asked() {
            return;
        }
        let is_snapshot =
            |message: &&mut Message| message.get_msg_type() == MessageType::MsgSnapshot;
        for message in messages.iter_mut().filter(is_snapshot) {
            message.snapshot = Some(self.image().encode());
            self.shipments.retain(|shipment| shipment.to != message.to);
            self.shipments.push(Shipment {
                to: message.to,
                sent_at: now,
            });
        }
    }

    /// Forgets the snapshots that arrived, and reports those that have been under way for
    /// too long as lost.
    #[cold]
    pub(super) fn look_after_snapshots(&mut self, now: Micros) {
        let shipments = std::mem::take(&mut self.shipments);
        for shipment in shipments {
            let progress = self.raw.raft.prs().get(shipment.to);
            if progress.is_none_or(|progress| progress.state != ProgressState::Snapshot) {
                continue;
            }
            if shipment.sent_at + SNAPSHOT_LIMIT_US <= now {
                self.raw
                    .report_snapshot(shipment.to, SnapshotStatus::Failure);
            } else {
                self.shipments.push(shipment);
            }
        }
    }

    /// Takes the state out of a snapshot that arrived, for when the raft crate asks to
    /// install it. Returns whether it makes sense; etcd drops one that does not.
    pub(super) fn unpack(&mut self, message: &mut Message) -> bool {
        let Some(image) = message.snapshot.as_ref().and_then(Image::decode) else {
            return false;
        };
        self.arriving = Some(Rc::new(image));
        if let Some(snapshot) = &mut message.snapshot {
            snapshot.data = Vec::new();
        }
        true
    }

    /// Puts a leader's snapshot in place of what the node had in memory. Its disk follows
    /// with the next sync, and until then the node promises nothing; a crash before brings
    /// the old state back.
    #[cold]
    pub(super) fn restore(&mut self, identity: &Identity, image: &Rc<Image>, host: &mut impl Host) {
        self.catalog = image.catalog.clone();
        self.membership = image.membership.clone();
        self.conf_state = image.conf_state.clone();
        self.configuration = Rc::new(configuration(&image.conf_state));
        self.applied = image.index;
        self.snapshot_at = image.index;
        self.noted.commit = self.noted.commit.max(image.index);
        host.note(Note::Restored(Rc::new(image.restored())));
        self.stop_idle_timer(identity);
        self.learn_of_itself(identity, image.membership.changed_at());
    }
}
