//! The world that the members live in: virtual time, a network, disks, clients, faults.
//!
//! Everything that is to happen stands in one queue, ordered by time and, at equal times,
//! by when it was put there. [`World::step_until`] takes the first item and lets it happen: a
//! node's clock ticks, a message arrives, a write reaches the disk, a client's patience
//! ends. What follows in the same instant (a role changes, messages leave, an entry is
//! applied) follows in the same step. Each of these things becomes an [`Event`] that
//! knows its cause, so that "why?" leads back from any event to a timer or to an action.
//!
//! Chance enters in a few places: the latency of a message and what its link does to it, the
//! duration of a write, the phase of a node's clock, what clients ask. Each has random
//! streams of its own, so that one more draw in one place leaves the others as they were. A
//! world is thus a function of its [`Setup`], its seed and the [`Action`]s of a person, each
//! taken after a known step.
//!
//! One step costs O(log q) for a queue of q items, beside what the raft crate does in it.

mod action;
mod asking;
mod backlog;
mod balancer;
mod clients;
mod disk;
mod environment;
mod event;
mod fates;
mod faults;
mod governance;
mod ids;
mod keeping;
mod links;
mod network;
mod pause;
mod queue;
mod random;
mod setup;
mod simulation;
mod streaming;
mod streams;
mod watching;
mod workload;

pub use action::{Action, ActionError, ClockChange, DiskChange, Fate, LinkChange, Workload};
pub use event::{Event, EventKind, LossReason, MessageKind, Packet, StreamStep};
pub use ids::{EventId, Slot};
pub use keeping::{Kept, Leases};
pub use setup::{Disk, Latency, MAX_NODES, Network, Setup, SetupError, Shape, Span};
pub use simulation::World;
pub use watching::{Watcher, Watchers};
