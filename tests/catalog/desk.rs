//! A store with a stream of watchers at it.

use glassraft_core::catalog::{Catalog, Changes, WatchStream};
use glassraft_core::etcd::{
    ResponseHeader, WatchCancelRequest, WatchCreateRequest, WatchRequest, WatchRequestUnion,
    WatchResponse,
};

use crate::do_put;

/// A store with a stream of watchers at it.
#[derive(Default)]
pub(crate) struct Desk {
    pub(crate) catalog: Catalog,
    pub(crate) stream: WatchStream,
    pub(crate) heard: Vec<WatchResponse>,
}

pub(crate) fn member() -> ResponseHeader {
    ResponseHeader {
        cluster_id: 1,
        member_id: 2,
        revision: 0,
        raft_term: 3,
    }
}

pub(crate) fn create(key: &str, range_end: &str) -> WatchCreateRequest {
    WatchCreateRequest {
        key: key.to_owned().into(),
        range_end: range_end.to_owned().into(),
        ..WatchCreateRequest::default()
    }
}

impl Desk {
    pub(crate) fn say(&mut self, request: WatchRequestUnion) {
        let request = WatchRequest {
            request: Some(request),
        };
        let answer = self.stream.request(&request, &self.catalog, &member());
        self.heard.extend(answer);
    }

    pub(crate) fn create(&mut self, request: WatchCreateRequest) {
        self.say(WatchRequestUnion::Create(request));
    }

    pub(crate) fn cancel(&mut self, watch_id: i64) {
        self.say(WatchRequestUnion::Cancel(WatchCancelRequest { watch_id }));
    }

    pub(crate) fn apply(&mut self, change: impl FnOnce(&mut Catalog) -> Changes) {
        let changes = change(&mut self.catalog);
        let heard = &mut self.heard;
        let mut hear = |answer| heard.push(answer);
        self.stream
            .notify(&changes, &self.catalog, &member(), &mut hear);
    }

    pub(crate) fn put(&mut self, key: &str, value: &str) {
        self.apply(|catalog| do_put(catalog, key, value));
    }

    pub(crate) fn catch_up(&mut self) {
        let heard = &mut self.heard;
        let mut hear = |answer| heard.push(answer);
        self.stream.catch_up(&self.catalog, &member(), &mut hear);
    }
}
