//! Observers that judge a run by its events, and share no code with what they judge.
//!
//! [`Checks`] holds a run to the five properties of the Raft paper's figure 3, each a
//! [`Promise`], at every event. It reads events and nothing else: not the nodes, not the
//! frames, not the raft crate. So it believes what nodes tell of themselves, and finds out
//! whether what they tell fits together. Each promise has a [`Verdict`]; the first event
//! that broke it is kept with what shows it ([`Evidence`]), and later ones are counted.
//!
//! [`History`] notes what clients asked and were answered. [`Watch`] is both, following a
//! run.
//!
//! # What is compared
//! - *Election Safety*: each term has the node that led it first. Another one that becomes
//!   leader of that term breaks the promise, be it at the same time or years later.
//! - *Leader Append-Only*: what a leader writes is compared with what its log has there.
//!   A leader that crashes leads no more; what its disk lost is not its doing, and whoever
//!   follows may overwrite.
//! - *Log Matching*: every log has, for each index, a digest of all up to it. An entry that
//!   is written is compared, digest by digest, with every log that has an entry of its term
//!   there. The logs of nodes that are down count; what was overwritten does not.
//! - *Leader Completeness*: what any node once held for committed is kept as it stood in
//!   that node's log, with the term of that node. A leader has to have all of it that was
//!   committed in earlier terms, when it is elected and, where it leads while an older
//!   leader still commits, then.
//! - *State Machine Safety*: what the first node applied at an index, and how that changed
//!   its catalog, is what all others, and it itself after a restart, have to do there. A
//!   snapshot that is taken in has to hold the catalog that the entries before it made.
//!
//! A disk that lies or is wiped can lose what was promised to be kept. Then promises really
//! are broken, and the observers say so.
//!
//! # Clusters made of a snapshot
//! A node whose disk is given the data of a new cluster ([`Action::Restore`]) begins anew,
//! with those that got the same data: a cluster of its own, whose log, terms and indexes have
//! nothing to do with those of the former one. So each cluster is held to the promises for
//! itself, and what the former one lost is not this one's doing. Only when a message gets
//! from one to the other (etcd cannot tell them apart if members and token are the same) the
//! two are one: what either has committed is missing in the other, and the observers say so.
//!
//! [`Action::Restore`]: crate::world::Action::Restore
//!
//! # What is remembered
//! Of each log, of what was committed and of what was applied, the newest
//! [`MAX_REMEMBERED`] entries; of terms, the newest [`MAX_TERMS`]; of a catalog, the
//! digests of [`MAX_KEYS_COMPARED`] keys; of clients, [`MAX_HISTORY_BYTES`] of
//! operations. What is
//! forgotten is taken for right: of all else, a breach is never missed and never made up.
//! (Up to chance: see `digest.rs`.) Of a log longer than that, a cluster of five takes
//! 20 MiB and one of fifteen 40 MiB, beside the operations and the newest entries
//! themselves, which are shared with the nodes.

mod applied;
mod checks;
mod cluster;
mod committed;
mod digest;
mod history;
mod log;
mod promise;
mod verdict;
mod watch;
mod window;

pub use applied::MAX_KEYS_COMPARED;
pub use checks::Checks;
pub use cluster::MAX_TERMS;
pub use history::{End, History, MAX_HISTORY_BYTES, Moment, Operation, Outcome};
pub use promise::Promise;
pub use verdict::{Evidence, Holder, Verdict};
pub use watch::{Missed, Watch};
pub use window::MAX_REMEMBERED;
