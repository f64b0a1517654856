//! A picture of one node, folded from its notes.

use std::rc::Rc;
use std::sync::Arc;

use crate::catalog::Key;
use crate::member::{
    Configuration, Halt, LogEntry, Micros, NodeId, Note, Options, Origin, Remains, Restored, Role,
};
use crate::world::{Action, ClockChange, DiskChange, Span};

use super::lease_times::LeaseTimes;
use super::{SharedLog, SharedShelf, Shelf};

/// Whether a node runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Liveness {
    /// It runs in this role.
    Up(Role),
    /// It runs in this role, and its process is stopped for a while.
    Paused(Role),
    /// It is down.
    Down,
    /// It was removed from the cluster, and is down for good.
    Removed,
}

/// An election timer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// When it was last reset.
    pub since: Micros,
    /// When it runs out, if nothing resets it before.
    pub expires_at: Micros,
}

impl Timer {
    /// How long it runs in all, in µs.
    #[must_use]
    pub fn length(&self) -> Micros {
        self.expires_at.saturating_sub(self.since)
    }

    /// How much of it has passed at `now`, from 0 to 1.
    #[must_use]
    pub fn passed(&self, now: Micros) -> f64 {
        let whole = self.length().max(1);
        let passed = now.saturating_sub(self.since).min(whole);
        passed as f64 / whole as f64
    }
}

/// What is different about a node's machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Machine {
    /// Whether its disk is full.
    pub disk_full: bool,
    /// Whether its disk lies about its syncs.
    pub disk_lies: bool,
    /// How long a sync takes; `None` is as in the run's setup.
    pub sync: Option<Span>,
    /// How many millionths its clock goes faster than time.
    pub clock_ppm: i32,
}

/// What the record says of one node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeFrame {
    /// The node.
    pub node: NodeId,
    /// Whether and as what it runs.
    pub liveness: Liveness,
    /// Its term.
    pub term: u64,
    /// Its vote in this term.
    pub vote: Option<NodeId>,
    /// The leader that it knows of.
    pub leader: Option<NodeId>,
    /// Its commit index.
    pub commit: u64,
    /// The index of the newest entry in its catalog.
    pub applied: u64,
    /// Its log is on the disk up to this index.
    pub synced: u64,
    /// The index of the first entry that its log has room for; what was before is in the
    /// snapshot.
    pub first: u64,
    /// Its log; entry `i` is at place `i - first`.
    pub log: SharedLog,
    /// The newest entry that its newest snapshot stands for, 0 if it has none.
    pub snapshot: u64,
    /// Who belongs to the cluster, as the node has it.
    pub configuration: Rc<Configuration>,
    /// Its election timer; `None` for a leader and for a node that is down.
    pub timer: Option<Timer>,
    /// The revision of its catalog.
    pub revision: i64,
    /// Its catalog. Of a node that is down, what it had in memory: its log on the disk
    /// brings it back.
    pub shelf: SharedShelf,
    /// When leases expire, as it counts their time; empty unless it leads.
    pub leases: LeaseTimes,
    /// What is different about its machine.
    pub machine: Machine,
    /// How it is set from its next start on, if a person changed that.
    pub next_options: Option<Rc<Options>>,
}

impl NodeFrame {
    pub(super) fn new(node: NodeId) -> Self {
        Self {
            node,
            liveness: Liveness::Down,
            term: 0,
            vote: None,
            leader: None,
            commit: 0,
            applied: 0,
            synced: 0,
            first: 1,
            log: SharedLog::default(),
            snapshot: 0,
            configuration: Rc::default(),
            timer: None,
            revision: 1,
            shelf: SharedShelf::default(),
            leases: LeaseTimes::default(),
            machine: Machine::default(),
            next_options: None,
        }
    }

    /// The role, `None` while it is down.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        match self.liveness {
            Liveness::Up(role) | Liveness::Paused(role) => Some(role),
            Liveness::Down | Liveness::Removed => None,
        }
    }

    /// The index of the last entry of its log, 0 if there is none.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.first - 1 + self.log.len() as u64
    }

    /// The entry at an index.
    #[must_use]
    pub fn entry(&self, index: u64) -> Option<&LogEntry> {
        self.log
            .get(usize::try_from(index.checked_sub(self.first)?).ok()?)
    }

    pub(super) fn apply(&mut self, at: Micros, note: &Note) {
        match note {
            Note::Started { term, vote, commit } => {
                self.liveness = Liveness::Up(Role::Follower);
                self.term = *term;
                self.vote = *vote;
                self.leader = None;
                self.commit = *commit;
                self.applied = 0;
                self.revision = 1;
                self.shelf = SharedShelf::default();
                self.leases.clear();
            }
            Note::Crashed(remains) => self.crash(remains),
            Note::TimedOut(_) => {}
            Note::TimerReset { expires_at } => {
                self.timer = Some(Timer {
                    since: at,
                    expires_at: *expires_at,
                });
            }
            Note::Became { role, term, leader } => self.become_role(*role, *term, *leader),
            Note::Voted { candidate, .. } => self.vote = Some(*candidate),
            Note::Appended { entries } => {
                if let Some(first) = entries.first() {
                    self.log.replace(first.index(), entries);
                    self.synced = self.synced.min(first.index() - 1);
                }
            }
            Note::Synced { through } => self.synced = *through,
            Note::Committed { index } => self.commit = *index,
            Note::Applied { index, changes } => {
                self.applied = *index;
                if let Some(newest) = changes.last() {
                    self.revision = newest.kv.mod_revision;
                    self.shelf.change(changes);
                }
            }
            Note::LeasesTimed { deadlines } => self.leases.take(at, deadlines),
            Note::Configured { configuration } => {
                self.configuration = Rc::clone(configuration);
                self.stop_idle_timer();
            }
            Note::Compacted { snapshot, first } => {
                self.snapshot = *snapshot;
                self.drop_log_before(*first);
            }
            Note::Restored(restored) => self.restore(restored),
            Note::Halted { reason } => {
                self.liveness = match reason {
                    Halt::Removed => Liveness::Removed,
                    Halt::DiskFull | Halt::LogLost => Liveness::Down,
                };
                self.leader = None;
                self.timer = None;
            }
        }
    }

    /// What an action changes that no note tells.
    pub(super) fn act(&mut self, action: &Action) {
        let machine = &mut self.machine;
        match (action, self.liveness) {
            (Action::Pause { .. }, Liveness::Up(role)) => self.liveness = Liveness::Paused(role),
            (Action::Resume { .. }, Liveness::Paused(role)) => self.liveness = Liveness::Up(role),
            (Action::Disk { change, .. }, _) => match *change {
                DiskChange::Sync(span) => machine.sync = Some(span),
                DiskChange::Full(full) => machine.disk_full = full,
                DiskChange::Lies(lies) => machine.disk_lies = lies,
            },
            (
                Action::Clock {
                    change: ClockChange::Rate(ppm),
                    ..
                },
                _,
            ) => machine.clock_ppm = *ppm,
            (Action::Options { options, .. }, _) => {
                self.next_options = Some(Rc::new((**options).clone()));
            }
            _ => {}
        }
    }

    /// Its disk, which was empty, has what a member of a new cluster begins with.
    pub(super) fn found(&mut self, origin: &Origin) {
        let index = origin.index();
        self.term = Origin::TERM;
        self.vote = origin.vote();
        self.commit = index;
        self.snapshot = index;
        self.synced = index;
        self.log.reset(index);
        self.first = index + 1;
    }

    /// Whether it is down and nothing is on its disk.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.liveness == Liveness::Down && self.term == 0 && self.last() == 0
    }

    fn drop_log_before(&mut self, first: u64) {
        self.log.drop_before(first);
        self.first = self.first.max(first);
    }

    fn restore(&mut self, restored: &Restored) {
        self.snapshot = restored.index;
        // At a start the snapshot belongs to the log on the disk. One that a leader sent
        // takes the log's place, or the raft crate would not have asked for it.
        let continues = self.first == restored.index + 1;
        let agrees = self.entry(restored.index).map(LogEntry::term) == Some(restored.term);
        if !continues && !agrees {
            self.log.reset(restored.index);
            self.first = restored.index + 1;
            self.synced = 0;
        }
        self.commit = self.commit.max(restored.index);
        self.applied = restored.index;
        self.configuration = Rc::new(restored.configuration.clone());
        self.stop_idle_timer();
        self.revision = restored.catalog.revision();
        let versions = restored.catalog.iter();
        let shelf = versions.map(|version| (Key::from(&version.kv.key), Arc::clone(version)));
        self.shelf = SharedShelf::from(shelf.collect::<Shelf>());
    }

    /// A node without a vote has no election timer.
    fn stop_idle_timer(&mut self) {
        let Configuration {
            voters, outgoing, ..
        } = &*self.configuration;
        if !voters.contains(&self.node) && !outgoing.contains(&self.node) {
            self.timer = None;
        }
    }

    fn crash(&mut self, remains: &Remains) {
        self.term = remains.term;
        self.vote = remains.vote;
        self.commit = remains.commit;
        if remains.first < self.first {
            // The beginning of the log is there again, and with it all that follows.
            self.log.reset(remains.first.saturating_sub(1));
            self.first = remains.first;
        }
        // A snapshot may be on the disk although nobody had told the node.
        self.drop_log_before(remains.first);
        self.snapshot = remains.snapshot;
        self.log.replace(remains.from, &remains.restored);
        self.synced = self.last();
        if self.liveness != Liveness::Removed {
            self.liveness = Liveness::Down;
        }
        self.leader = None;
        self.timer = None;
        self.leases.clear();
    }

    fn become_role(&mut self, role: Role, term: u64, leader: Option<NodeId>) {
        self.liveness = Liveness::Up(role);
        if term != self.term {
            self.vote = None;
        }
        self.term = term;
        self.leader = leader;
        if role == Role::Leader {
            self.timer = None;
        } else {
            self.leases.clear();
        }
    }
}
