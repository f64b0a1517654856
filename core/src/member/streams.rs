//! A running node's streams: who watches at it, and who keeps leases alive
//! (`etcdserver/api/v3rpc/watch.go`, `etcdserver/api/v3rpc/lease.go`).
//!
//! Watching needs no leader: a node tells of what it applies, when it does. What lies in the
//! past is sent by a loop that runs every 100 ms (`mvcc/watchable_store.go`,
//! `syncWatchersLoop`), at a phase that differs from node to node. All of it is memory, and
//! a crash forgets it.

use std::rc::Rc;

use crate::catalog::Changes;
use crate::etcd::{
    Error, Request, ResponseHeader, StreamRequest, StreamResponse, WatchRequest, WatchRequestUnion,
    WatchResponse,
};

use super::identity::Identity;
use super::requests::Asked;
use super::running::Running;
use super::watching::{PROGRESS_US, Watching};
use super::{Host, Micros, RequestId};

impl Running {
    /// A client says something on a stream. A learner serves none
    /// (`etcdserver/api/v3rpc/interceptor.go`, `newStreamInterceptor`).
    pub(super) fn say(
        &mut self,
        identity: &Identity,
        now: Micros,
        stream: RequestId,
        request: &StreamRequest,
        token: &str,
        host: &mut impl Host,
    ) {
        if self.is_learner(identity) {
            host.stream(stream, Err(Error::NotSupportedForLearner));
            return;
        }
        match request {
            StreamRequest::Watch(request) => {
                match self.refuse_watch(identity, now, request, token) {
                    Some(refusal) => host.stream(stream, Ok(StreamResponse::Watch(refusal))),
                    None => self.say_watch(identity, now, stream, request, host),
                }
                self.settle(identity, now, host);
            }
            StreamRequest::LeaseKeepAlive(lease) => {
                let asked = Asked {
                    id: stream,
                    request: Rc::new(Request::LeaseKeepAlive(lease.clone())),
                    token: token.to_owned(),
                };
                self.request(identity, now, asked, host);
            }
        }
    }

    /// The answer to a watcher that its client may not begin (`isWatchPermitted`).
    fn refuse_watch(
        &mut self,
        identity: &Identity,
        now: Micros,
        request: &WatchRequest,
        token: &str,
    ) -> Option<WatchResponse> {
        let Some(WatchRequestUnion::Create(create)) = &request.request else {
            return None;
        };
        let error = match self.permit_watch(now, token, create).err()? {
            who @ (Error::UserEmpty | Error::InvalidAuthToken | Error::AuthOldRevision) => who,
            _ => Error::PermissionDenied,
        };
        let code = error.code().name();
        Some(WatchResponse {
            header: Some(self.stream_header(identity)),
            watch_id: -1,
            created: true,
            canceled: true,
            cancel_reason: format!("rpc error: code = {code} desc = {error}"),
            ..WatchResponse::default()
        })
    }

    fn say_watch(
        &mut self,
        identity: &Identity,
        now: Micros,
        stream: RequestId,
        request: &WatchRequest,
        host: &mut impl Host,
    ) {
        let header = self.stream_header(identity);
        let tick_at = self.clock.tick_at(0);
        let streams = &mut self.streams;
        if !streams.watching.contains_key(&stream) {
            streams.watching.insert(stream, Watching::new(now));
        }
        let Some(watching) = streams.watching.get_mut(&stream) else {
            return;
        };
        if asks_for_progress(request) && watching.progress_at.is_none() {
            let passed = (now - watching.opened_at) / PROGRESS_US;
            watching.progress_at = Some(watching.opened_at + (passed + 1) * PROGRESS_US);
        }
        let response = watching.stream.request(request, &self.catalog, &header);
        if let Some(response) = response {
            host.stream(stream, Ok(StreamResponse::Watch(response)));
        }
        streams.sync_when_due(now, tick_at);
    }

    /// The client of a stream is gone.
    pub(super) fn hang_up(&mut self, stream: RequestId) {
        if self.streams.watching.remove(&stream).is_none() {
            self.requests.cancel(stream);
        }
    }

    /// The changes that were just applied, if anybody is to be told of them.
    #[inline]
    pub(super) fn to_tell(&self, changes: &Changes) -> Option<Changes> {
        let is_heard = !self.streams.watching.is_empty() && !changes.is_empty();
        is_heard.then(|| changes.clone())
    }

    /// Tells all watchers of the changes that were just applied.
    pub(super) fn tell_watchers(
        &mut self,
        identity: &Identity,
        changes: &Changes,
        host: &mut impl Host,
    ) {
        let header = self.stream_header(identity);
        let catalog = &self.catalog;
        self.streams.each(host, |watching, mut send| {
            let stream = &mut watching.stream;
            stream.notify(changes, catalog, &header, &mut send);
        });
    }

    /// Another store has taken the place of the one that the watchers knew.
    pub(super) fn tell_watchers_of_restoring(&mut self, now: Micros) {
        for (_, watching) in self.streams.watching.iter_mut() {
            watching.stream.restored(&self.catalog);
        }
        self.streams.sync_when_due(now, self.clock.tick_at(0));
    }

    /// Does for the watchers what is due.
    pub(super) fn look_after_watchers(
        &mut self,
        identity: &Identity,
        now: Micros,
        host: &mut impl Host,
    ) {
        if self.streams.next_at().is_none_or(|at| now < at) {
            return;
        }
        let header = self.stream_header(identity);
        let catalog = &self.catalog;
        let streams = &mut self.streams;
        let syncs = streams.sync_at.take_if(|at| *at <= now).is_some();
        streams.each(host, |watching, mut send| {
            if syncs {
                watching.stream.catch_up(catalog, &header, &mut send);
            }
            if let Some(at) = watching.progress_at.filter(|at| *at <= now) {
                watching.progress_at = Some(at + PROGRESS_US);
                let stream = &mut watching.stream;
                stream.notify_progress(catalog, &header, &mut send);
            }
        });
        streams.sync_when_due(now, self.clock.tick_at(0));
    }

    /// Who answers on a stream; the catalog puts the revision in.
    fn stream_header(&self, identity: &Identity) -> ResponseHeader {
        self.header(identity, self.catalog.revision())
    }
}

/// Whether this begins a watcher that wants to hear of the progress.
fn asks_for_progress(request: &WatchRequest) -> bool {
    matches!(&request.request, Some(WatchRequestUnion::Create(create)) if create.progress_notify)
}
