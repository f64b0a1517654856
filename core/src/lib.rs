//! An etcd-like cluster whose every step can be watched, repeated and shared.
//!
//! A run is a pure function of ([`world::Setup`], seed, actions). The world steps from
//! event to event; each event is recorded with its cause; a picture ([`trace::Frame`]) is
//! folded from the record and from nothing else.
//!
//! The modules are floors. Each uses only those above it in this list:
//!
//! - [`etcd`]: the etcd v3 vocabulary, requests, responses and errors;
//! - [`catalog`]: the multi-version store;
//! - [`member`]: one node, the raft crate with its log, its disk and its catalog;
//! - [`world`]: virtual time, network, disks, clients and faults;
//! - [`trace`]: the record of a run, and frames folded from it;
//! - [`check`]: observers that judge a run by its events;
//! - [`share`]: a run as a link, a file or another tool's log;
//! - [`console`]: what a person types, `etcdctl` first of all;
//! - [`lesson`]: which events are worth a sentence.
//!
//! Nothing here reads a clock, asks the operating system for randomness, starts a thread
//! or does input and output, so a run gives the same trace natively and in wasm.

pub mod catalog;
pub mod check;
pub mod console;
pub mod etcd;
pub mod lesson;
pub mod member;
pub mod share;
pub mod trace;
pub mod world;

#[cfg(target_arch = "wasm32")]
mod entropy;
mod json;
pub mod order;
