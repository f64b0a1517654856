//! The streams of watchers at a node, and when they have to be looked at.

use crate::catalog::WatchStream;
use crate::etcd::{StreamResponse, WatchResponse};
use crate::order::Ascending;

use super::{Host, Micros, RequestId};

/// How often watchers that are behind are sent what they have missed, in µs.
const SYNC_US: Micros = 100_000;

/// How often a stream tells those who asked for it how far the store is, in µs
/// (`etcdserver/api/v3rpc/watch.go`, `defaultProgressReportInterval`; what etcd adds to that
/// by chance, up to a tenth, is left out).
pub(super) const PROGRESS_US: Micros = 600_000_000;

/// A client's stream of watchers.
#[derive(Debug)]
pub(super) struct Watching {
    pub(super) stream: WatchStream,
    /// When to tell how far the store is, if anybody asked for that.
    pub(super) progress_at: Option<Micros>,
    pub(super) opened_at: Micros,
}

impl Watching {
    pub(super) fn new(opened_at: Micros) -> Self {
        Self {
            stream: WatchStream::new(),
            progress_at: None,
            opened_at,
        }
    }
}

/// All streams of watchers.
#[derive(Debug, Default)]
pub(super) struct Streams {
    pub(super) watching: Ascending<RequestId, Watching>,
    /// When those that are behind catch up.
    pub(super) sync_at: Option<Micros>,
}

impl Streams {
    /// When the node has to look at them next.
    pub(super) fn next_at(&self) -> Option<Micros> {
        if self.watching.is_empty() {
            return None;
        }
        let progress = self.watching.values().filter_map(|one| one.progress_at);
        progress.chain(self.sync_at).min()
    }

    /// Has those that are behind catch up when the loop of the node comes by, whose phase is
    /// that of `tick_at`.
    pub(super) fn sync_when_due(&mut self, now: Micros, tick_at: Micros) {
        if self.sync_at.is_none() && self.watching.values().any(|one| one.stream.is_behind()) {
            let ahead = (tick_at % SYNC_US + SYNC_US - now % SYNC_US) % SYNC_US;
            let wait_us = if ahead == 0 { SYNC_US } else { ahead };
            self.sync_at = Some(now.saturating_add(wait_us));
        }
    }

    /// Does something with the watchers of each stream, by the streams' numbers.
    pub(super) fn each(
        &mut self,
        host: &mut impl Host,
        mut doing: impl FnMut(&mut Watching, &mut dyn FnMut(WatchResponse)),
    ) {
        for (id, watching) in self.watching.iter_mut() {
            doing(watching, &mut |response| {
                host.stream(*id, Ok(StreamResponse::Watch(response)));
            });
        }
    }
}
