//! What comes out of a member.

use std::collections::VecDeque;

use raft::eraftpb::Message;
use serde::{Deserialize, Serialize};

use crate::catalog::Changes;
use crate::etcd::{Error, Response};

use super::{Entries, Micros, NodeId, Role};

/// A client's request, numbered over the whole run from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId(pub u64);

/// Which timer ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// No word from a leader for the node's election timeout.
    Election,
    /// It is time for the leader's next heartbeat.
    Heartbeat,
    /// The leader has not heard from a majority for an election timeout, and steps down.
    CheckQuorum,
}

/// What a node's disk holds after a crash.
#[derive(Clone, Debug, PartialEq)]
pub struct Remains {
    /// The term on the disk.
    pub term: u64,
    /// The vote on the disk.
    pub vote: Option<NodeId>,
    /// The commit index on the disk.
    pub commit: u64,
    /// The first index at which the log on the disk differs from what the node had.
    pub from: u64,
    /// What the disk holds from there on.
    pub restored: Entries,
}

/// One thing that happened inside a node. Together the notes of a node say everything
/// that a picture of it shows; whoever folds them never looks at the node itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// The node started with what its disk holds, and an empty catalog.
    Started {
        /// The term on its disk.
        term: u64,
        /// The vote on its disk.
        vote: Option<NodeId>,
        /// The commit index on its disk.
        commit: u64,
    },
    /// Memory and unsynced writes are gone.
    Crashed(Box<Remains>),
    /// A timer ran out.
    TimedOut(Timeout),
    /// The election timer starts anew.
    TimerReset {
        /// When it will run out, if nothing resets it before.
        expires_at: Micros,
    },
    /// Role, term or known leader changed.
    Became {
        /// The role from now on.
        role: Role,
        /// The term from now on.
        term: u64,
        /// The leader that the node knows of.
        leader: Option<NodeId>,
    },
    /// The node gave its vote of this term.
    Voted {
        /// The term.
        term: u64,
        /// Who got the vote.
        candidate: NodeId,
    },
    /// Entries went into the log; what stood there from the first one's index on is gone.
    Appended {
        /// The entries, by ascending index, not empty.
        entries: Entries,
    },
    /// A write reached the disk.
    Synced {
        /// The log is on the disk up to this index.
        through: u64,
    },
    /// The node learned that entries are committed.
    Committed {
        /// All entries up to this index.
        index: u64,
    },
    /// The node applied an entry to its catalog.
    Applied {
        /// The entry's index.
        index: u64,
        /// What changed in the catalog, in order; the last one carries its new revision.
        changes: Changes,
    },
}

/// One thing that a member asks the world to do, or tells it.
#[derive(Debug)]
pub enum Effect {
    /// See [`Note`].
    Note(Note),
    /// Send the next message of [`Outbox::messages`].
    Send,
    /// Start a write; call [`super::Member::synced`] when it has reached the disk. Writes
    /// reach it in the order in which they were started.
    Write,
    /// A client's request ends here.
    Answer {
        /// The request.
        request: RequestId,
        /// What its client gets. (Boxed, because answers are rare and large.)
        result: Box<Result<Response, Error>>,
    },
    /// Call [`super::Member::wake`] at this time.
    Wake(Micros),
}

/// The most boxes that are kept to be used again.
const MAX_SPARE: usize = 1_024;

/// Collects what a member does in one call. The world drains it and hands it in again, so
/// that nothing is allocated for each call.
#[derive(Debug, Default)]
pub struct Outbox {
    /// What to do, in order.
    pub effects: Vec<Effect>,
    /// The messages of the [`Effect::Send`]s, in order. A message is large and changes hands
    /// often, so it is moved once into a box and once out of it.
    pub messages: VecDeque<Box<Message>>,
    /// Boxes whose messages were delivered, to be used again.
    #[expect(clippy::vec_box, reason = "the boxes are what is kept")]
    spare: Vec<Box<Message>>,
}

impl Outbox {
    pub(super) fn note(&mut self, note: Note) {
        self.effects.push(Effect::Note(note));
    }

    /// Takes messages for sending. The raft crate visits its peers in the order of a hash
    /// that differs between 32 and 64 bits; sorted by receiver, natively and in wasm the
    /// network sees the same.
    pub(super) fn send(&mut self, mut messages: Vec<Message>) {
        if messages.len() > 1 {
            messages.sort_by_key(|message| message.to);
        }
        for message in &mut messages {
            let mut boxed = self.spare.pop().unwrap_or_default();
            std::mem::swap(&mut *boxed, message);
            self.messages.push_back(boxed);
            self.effects.push(Effect::Send);
        }
    }

    /// Takes the box of a message that was delivered.
    pub fn give_back(&mut self, boxed: Box<Message>) {
        if self.spare.len() < MAX_SPARE {
            self.spare.push(boxed);
        }
    }

    pub(super) fn answer(&mut self, request: RequestId, result: Result<Response, Error>) {
        self.effects.push(Effect::Answer {
            request,
            result: Box::new(result),
        });
    }
}
