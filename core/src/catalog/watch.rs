//! The watchers of one client's stream (`mvcc/watchable_store.go`, `mvcc/watcher.go`,
//! `etcdserver/api/v3rpc/watch.go`).
//!
//! A watcher is *synced* if it has seen all that the store holds: then each transaction's
//! changes go to it at once, all in one answer whose header has the transaction's revision.
//! One that begins in the past is behind. It catches up from the store, at most
//! [`WATCH_REVISIONS_MAX`] revisions a time, in answers whose headers have the store's
//! revision; if what it has not seen yet is compacted meanwhile, it ends.
//!
//! One thing differs from etcd 3.4.23. There a synced watcher remembers where it began, not
//! what it has seen, and so hears all of it again once its member is sent a snapshot
//! (corrected in later versions: "update minRev when watcher stays synced").

use std::sync::Arc;

use bytes::Bytes;
use prost::Message as _;

use crate::etcd::{
    Error, Event, EventType, FilterType, MAX_REQUEST_BYTES, ResponseHeader, WatchCreateRequest,
    WatchRequest, WatchRequestUnion, WatchResponse,
};

use super::{Catalog, KeyRange, Version};

/// At most so many revisions are sent at a time to a watcher that catches up
/// (`mvcc/watcher_group.go`, `watchBatchMaxRevs`).
pub const WATCH_REVISIONS_MAX: usize = 1000;

/// An answer of more events than one is sent in parts below this size, in bytes, if the
/// client asked for that (`etcdserver/api/v3rpc/watch.go`, `maxRequestBytes`).
pub const WATCH_FRAGMENT_BYTES: usize = MAX_REQUEST_BYTES + 512 * 1024;

/// At most so many watchers are on one stream; etcd has no limit.
pub const WATCHERS_MAX: usize = 4096;

/// The identifier of no watcher (`clientv3/watch.go`, `InvalidWatchID`).
const NO_WATCHER: i64 = -1;

/// One watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watcher {
    id: i64,
    range: KeyRange,
    /// The first revision that it has not seen.
    next_revision: i64,
    state: State,
    no_put: bool,
    no_delete: bool,
    prev_kv: bool,
    fragment: bool,
    progress_notify: bool,
    /// Whether it was sent something since it was last asked whether it was.
    has_heard: bool,
}

/// How far a watcher is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It has seen all.
    Synced,
    /// It has to catch up.
    Behind,
    /// What it wanted is compacted. Its identifier stays taken until the client gives it up.
    Ended,
}

impl Watcher {
    /// Its identifier on its stream.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The keys that it watches.
    #[must_use]
    pub fn range(&self) -> &KeyRange {
        &self.range
    }

    /// The first revision that it has not seen, or will not have skipped: it may be to come.
    #[must_use]
    pub fn next_revision(&self) -> i64 {
        self.next_revision
    }

    /// Whether it has yet to catch up with the store.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.state == State::Behind
    }

    /// Whether it was ended by a compaction.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.state == State::Ended
    }

    fn wants(&self, version: &Version) -> bool {
        version.kv.mod_revision >= self.next_revision && self.range.contains(&version.kv.key)
    }

    /// The event of a change; `None` if the client filters it out.
    fn event(&self, catalog: &Catalog, version: &Version) -> Option<Event> {
        let (filtered, kind) = match version.deleted {
            true => (self.no_delete, EventType::Delete),
            false => (self.no_put, EventType::Put),
        };
        (!filtered).then(|| Event {
            r#type: kind as i32,
            kv: Some(version.kv.clone()),
            prev_kv: match self.prev_kv {
                true => catalog.before(version).map(|before| before.kv.clone()),
                false => None,
            },
        })
    }
}

impl Catalog {
    /// The pair that a transaction found, of a key that it changed; `None` also if that
    /// cannot be read any more, and of one that was created: a transaction may delete
    /// everything and put a key anew, and what was there is told with the deletion alone
    /// (`v3rpc/watch.go`, `IsCreateEvent`).
    fn before(&self, version: &Version) -> Option<&Version> {
        if version.kv.create_revision == version.kv.mod_revision {
            return None;
        }
        let main = version.kv.mod_revision - 1;
        let readable = main >= self.compacted();
        let before = self.at(&version.kv.key, main).filter(|_| readable)?;
        Some(before)
    }
}

/// The watchers of one client's stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchStream {
    /// By ascending identifier.
    watchers: Vec<Watcher>,
    next_id: i64,
}

impl WatchStream {
    /// A stream without watchers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The watchers, by ascending identifier.
    #[must_use]
    pub fn watchers(&self) -> &[Watcher] {
        &self.watchers
    }

    /// Whether a watcher has to catch up: [`WatchStream::catch_up`] is due. (etcd does it
    /// every 100 ms.)
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.watchers.iter().any(Watcher::is_behind)
    }

    /// Does what the client says on the stream, and answers it; `None` if there is nothing
    /// to answer. `header` says who answers; its revision is put in here, as everywhere.
    pub fn request(
        &mut self,
        request: &WatchRequest,
        catalog: &Catalog,
        header: &ResponseHeader,
    ) -> Option<WatchResponse> {
        match request.request.as_ref()? {
            WatchRequestUnion::Create(create) => Some(self.create(create, catalog, header)),
            WatchRequestUnion::Cancel(cancel) => self.cancel(cancel.watch_id, catalog, header),
            WatchRequestUnion::Progress(_) => Some(WatchResponse {
                watch_id: NO_WATCHER,
                ..response(header, catalog.revision())
            }),
        }
    }

    /// Begins a watcher. Without a key it is of the key `\0` (or of all keys from there on).
    /// What is already in the store comes by [`WatchStream::catch_up`].
    pub fn create(
        &mut self,
        request: &WatchCreateRequest,
        catalog: &Catalog,
        header: &ResponseHeader,
    ) -> WatchResponse {
        match self.add(request, catalog) {
            Ok(id) => WatchResponse {
                watch_id: id,
                created: true,
                ..response(header, catalog.revision())
            },
            Err(reason) => refuse(reason, catalog, header),
        }
    }

    /// The answer to one who may not see what he asks to watch.
    #[must_use]
    pub fn deny(catalog: &Catalog, header: &ResponseHeader) -> WatchResponse {
        let error = Error::PermissionDenied;
        let reason = format!(
            "rpc error: code = {} desc = {}",
            error.code().name(),
            error.message()
        );
        WatchResponse {
            cancel_reason: reason,
            ..refuse("", catalog, header)
        }
    }

    fn add(
        &mut self,
        request: &WatchCreateRequest,
        catalog: &Catalog,
    ) -> Result<i64, &'static str> {
        let first = match request.key.is_empty() {
            true => Bytes::from_static(b"\0"),
            false => request.key.clone(),
        };
        let range = KeyRange::new(&first, &request.range_end);
        if range.bounds().is_none() {
            return Err("mvcc: watcher range is empty");
        }
        if self.watchers.len() >= WATCHERS_MAX {
            return Err("too many watchers on the stream");
        }
        let id = match request.watch_id {
            0 => self.free_id(),
            id => id,
        };
        let Err(place) = self.place(id) else {
            return Err("mvcc: duplicate watch ID provided on the WatchStream");
        };
        let to_come = catalog.revision() + 1;
        let start = match request.start_revision {
            0 => to_come,
            start => start,
        };
        let filters = |filter: FilterType| request.filters.contains(&(filter as i32));
        let watcher = Watcher {
            id,
            range,
            next_revision: start,
            state: match start >= to_come {
                true => State::Synced,
                false => State::Behind,
            },
            no_put: filters(FilterType::NoPut),
            no_delete: filters(FilterType::NoDelete),
            prev_kv: request.prev_kv,
            fragment: request.fragment,
            progress_notify: request.progress_notify,
            has_heard: false,
        };
        self.watchers.insert(place, watcher);
        Ok(id)
    }

    /// The next identifier that is not taken, from 0 on.
    fn free_id(&mut self) -> i64 {
        while self.place(self.next_id).is_ok() {
            self.next_id += 1;
        }
        self.next_id += 1;
        self.next_id - 1
    }

    fn place(&self, id: i64) -> Result<usize, usize> {
        self.watchers.binary_search_by_key(&id, Watcher::id)
    }

    /// Ends a watcher; `None` if there is none with this identifier.
    pub fn cancel(
        &mut self,
        id: i64,
        catalog: &Catalog,
        header: &ResponseHeader,
    ) -> Option<WatchResponse> {
        let place = self.place(id).ok()?;
        self.watchers.remove(place);
        Some(WatchResponse {
            watch_id: id,
            canceled: true,
            ..response(header, catalog.revision())
        })
    }

    /// Tells the synced watchers of the changes of a transaction. `catalog` is the store
    /// just after it.
    pub fn notify(
        &mut self,
        changes: &[Arc<Version>],
        catalog: &Catalog,
        header: &ResponseHeader,
        send: &mut impl FnMut(WatchResponse),
    ) {
        let revision = catalog.revision();
        for watcher in &mut self.watchers {
            if watcher.state != State::Synced {
                continue;
            }
            let wanted = changes.iter().filter(|version| watcher.wants(version));
            let events = wanted.filter_map(|version| watcher.event(catalog, version));
            let events: Vec<Event> = events.collect();
            watcher.next_revision = watcher.next_revision.max(revision + 1);
            watcher.send(events, revision, header, send);
        }
    }

    /// Sends the watchers that are behind what they have not seen, each one batch; and ends
    /// those that want what is compacted.
    pub fn catch_up(
        &mut self,
        catalog: &Catalog,
        header: &ResponseHeader,
        send: &mut impl FnMut(WatchResponse),
    ) {
        for watcher in &mut self.watchers {
            if watcher.state == State::Behind {
                watcher.catch_up(catalog, header, send);
            }
        }
    }

    /// Tells those that asked for it, are synced, and have heard nothing since the last
    /// time, how far the store is. (etcd does it every ten minutes.)
    pub fn notify_progress(
        &mut self,
        catalog: &Catalog,
        header: &ResponseHeader,
        send: &mut impl FnMut(WatchResponse),
    ) {
        for watcher in &mut self.watchers {
            let had_heard = std::mem::replace(&mut watcher.has_heard, false);
            if watcher.progress_notify && !had_heard && watcher.state == State::Synced {
                send(WatchResponse {
                    watch_id: watcher.id,
                    ..response(header, catalog.revision())
                });
            }
        }
    }

    /// The store was replaced by a snapshot: what the watchers have not seen of it, they
    /// have to catch up with.
    pub fn restored(&mut self, catalog: &Catalog) {
        for watcher in &mut self.watchers {
            let is_behind = watcher.next_revision <= catalog.revision();
            if watcher.state == State::Synced && is_behind {
                watcher.state = State::Behind;
            }
        }
    }
}

impl Watcher {
    fn catch_up(
        &mut self,
        catalog: &Catalog,
        header: &ResponseHeader,
        send: &mut impl FnMut(WatchResponse),
    ) {
        if self.next_revision < catalog.compacted() {
            self.state = State::Ended;
            send(WatchResponse {
                watch_id: self.id,
                // As in etcd, which does not tell revision 0 from none.
                canceled: catalog.compacted() != 0,
                compact_revision: catalog.compacted(),
                ..response(header, 0)
            });
            return;
        }
        let mut events = Vec::new();
        let (mut revisions, mut last) = (0, 0);
        let (mut next, mut state) = (catalog.revision() + 1, State::Synced);
        // etcd reads its store by the bytes of a revision, and those of −1 come behind all
        // others (`mvcc/watchable_store.go`, `syncWatchers`): such a watcher misses the past.
        let since = match self.next_revision {
            ..0 => next,
            revision => revision,
        };
        for version in catalog.changes_since(since) {
            if !self.wants(version) {
                continue;
            }
            let revision = version.kv.mod_revision;
            if revision != last {
                (revisions, last) = (revisions + 1, revision);
                if revisions > WATCH_REVISIONS_MAX {
                    (next, state) = (revision, State::Behind);
                    break;
                }
            }
            events.extend(self.event(catalog, version));
        }
        (self.next_revision, self.state) = (next, state);
        self.send(events, catalog.revision(), header, send);
    }

    /// Sends events, if there are any, in parts if they are large and the client asked for
    /// that.
    fn send(
        &mut self,
        events: Vec<Event>,
        revision: i64,
        header: &ResponseHeader,
        send: &mut impl FnMut(WatchResponse),
    ) {
        if events.is_empty() {
            return;
        }
        self.has_heard = true;
        let whole = WatchResponse {
            watch_id: self.id,
            events,
            ..response(header, revision)
        };
        match self.fragment {
            true => fragments(whole, WATCH_FRAGMENT_BYTES, send),
            false => send(whole),
        }
    }
}

/// `sendFragments`: each part is as long as it can be below the limit, and has at least one
/// event.
fn fragments(whole: WatchResponse, limit_bytes: usize, send: &mut impl FnMut(WatchResponse)) {
    if whole.encoded_len() < limit_bytes || whole.events.len() < 2 {
        send(whole);
        return;
    }
    let mut empty = whole;
    let events = std::mem::take(&mut empty.events);
    empty.fragment = true;
    let empty_bytes = empty.encoded_len();
    let (mut part, mut bytes) = (empty.clone(), empty_bytes);
    for event in events {
        let event_bytes = event_bytes(&event);
        if !part.events.is_empty() && bytes + event_bytes >= limit_bytes {
            send(std::mem::replace(&mut part, empty.clone()));
            bytes = empty_bytes;
        }
        part.events.push(event);
        bytes += event_bytes;
    }
    part.fragment = false;
    send(part);
}

/// What an event adds to the encoded answer, in bytes.
fn event_bytes(event: &Event) -> usize {
    let bytes = event.encoded_len();
    1 + prost::length_delimiter_len(bytes) + bytes
}

fn response(header: &ResponseHeader, revision: i64) -> WatchResponse {
    WatchResponse {
        header: Some(ResponseHeader {
            revision,
            ..header.clone()
        }),
        ..WatchResponse::default()
    }
}

fn refuse(reason: &str, catalog: &Catalog, header: &ResponseHeader) -> WatchResponse {
    WatchResponse {
        watch_id: NO_WATCHER,
        created: true,
        canceled: true,
        cancel_reason: reason.to_owned(),
        ..response(header, catalog.revision())
    }
}
