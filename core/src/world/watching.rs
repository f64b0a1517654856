//! A client's watchers on one stream (`clientv3/watch.go`).

use crate::etcd::{
    StreamRequest, StreamResponse, WatchCreateRequest, WatchProgressRequest, WatchRequest,
    WatchRequestUnion, WatchResponse,
};

/// A watcher as its client has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    /// What to say to have it go on: what it watches, from the first revision on of which it
    /// has not heard (0 as long as it has heard nothing at all).
    pub create: WatchCreateRequest,
    /// Its number in the stream; `None` until the node has said it for the first time.
    pub number: Option<i64>,
    /// Whether the node is yet to say that it has begun.
    pub is_awaited: bool,
    /// Whether its end is asked for.
    is_ending: bool,
}

impl Watcher {
    /// The revision up to which it has heard of everything; below 1 as long as it has heard
    /// nothing at all, or asked for all there is.
    #[must_use]
    pub fn seen(&self) -> i64 {
        self.create.start_revision.saturating_sub(1)
    }
}

/// The watchers of a stream that have not ended, in the order in which they were begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watchers {
    watchers: Vec<Watcher>,
    /// Whether the progress is to be asked for once the node is reached.
    asks_progress: bool,
}

impl Watchers {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Watcher> {
        self.watchers.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.watchers.len()
    }

    /// Takes in what a person has the client say. While the node cannot be reached, it is
    /// said later, or need not be said any more.
    pub(crate) fn say(&mut self, is_connected: bool, request: &WatchRequest) {
        match &request.request {
            Some(WatchRequestUnion::Create(create)) => self.watchers.push(Watcher {
                create: create.clone(),
                number: None,
                is_awaited: true,
                is_ending: false,
            }),
            Some(WatchRequestUnion::Cancel(cancel)) => {
                let number = Some(cancel.watch_id);
                let meant = self.watchers.iter_mut().filter(|w| w.number == number);
                meant.for_each(|watcher| watcher.is_ending = true);
                if !is_connected {
                    self.forget_ending();
                }
            }
            Some(WatchRequestUnion::Progress(_)) => self.asks_progress |= !is_connected,
            None => {}
        }
    }

    /// Takes in what the client hears on a stream.
    pub(crate) fn hear_any(&mut self, response: &StreamResponse) {
        if let StreamResponse::Watch(response) = response {
            self.hear(response);
        }
    }

    pub(super) fn hear(&mut self, response: &WatchResponse) {
        let revision = response.header.as_ref().map_or(0, |header| header.revision);
        if response.created {
            let Some(place) = self.watchers.iter().position(|w| w.is_awaited) else {
                return;
            };
            if response.canceled {
                self.watchers.remove(place);
                return;
            }
            let watcher = &mut self.watchers[place];
            watcher.is_awaited = false;
            watcher.number = Some(response.watch_id);
            watcher.create.watch_id = response.watch_id;
            if watcher.create.start_revision == 0 {
                // etcd's client forgets the 1, and may hear of a change before its beginning.
                watcher.create.start_revision = revision + 1;
            }
            return;
        }
        let number = Some(response.watch_id);
        let Some(place) = self.watchers.iter().position(|w| w.number == number) else {
            // Progress of the whole stream may be told before its watchers have caught up.
            return;
        };
        if response.canceled {
            self.watchers.remove(place);
            return;
        }
        let last = response.events.last();
        let seen = match last.and_then(|event| event.kv.as_ref()) {
            Some(kv) => kv.mod_revision,
            None => revision,
        };
        // The rest of an answer in parts comes at once, or all of it once more.
        if !response.fragment {
            let next = &mut self.watchers[place].create.start_revision;
            *next = seen.saturating_add(1).max(*next);
        }
    }

    /// The connection broke.
    pub(crate) fn interrupt(&mut self) {
        self.forget_ending();
        for watcher in &mut self.watchers {
            watcher.is_awaited = true;
        }
    }

    fn forget_ending(&mut self) {
        self.watchers.retain(|watcher| !watcher.is_ending);
    }

    /// What to say on a new connection.
    pub(super) fn take_up(&mut self) -> Vec<StreamRequest> {
        let creates = self.watchers.iter();
        let creates = creates.map(|w| WatchRequestUnion::Create(w.create.clone()));
        let progress = std::mem::take(&mut self.asks_progress);
        let progress = progress.then(|| WatchRequestUnion::Progress(WatchProgressRequest {}));
        let said = creates.chain(progress);
        said.map(|request| {
            StreamRequest::Watch(WatchRequest {
                request: Some(request),
            })
        })
        .collect()
    }
}
