//! etcd's recipes for locks and elections (`clientv3/concurrency`).
//!
//! Whoever wants a lock, or to lead, stands in a queue: he puts a key of his own below a
//! common prefix, named by his lease, if it is not there yet. The one whose key was created
//! first has it. Everybody else waits until the newest key that was created before his own
//! is deleted, so that one that ends wakes one other alone. A lease that runs out takes its
//! key with it.
//!
//! Nothing here sends anything: a [`Queue`] makes the requests, and looks at the answers.

use bytes::Bytes;

use crate::etcd::{
    Compare, CompareResult, CompareTarget, DeleteRangeRequest, PutRequest, RangeRequest,
    RangeResponse, Request, RequestOp, RequestUnion, ResponseUnion, SortOrder, SortTarget,
    TargetUnion, TxnRequest, TxnResponse, WatchCreateRequest, WatchRequest, WatchRequestUnion,
    prefix_range_end,
};

/// A place in a queue below a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    prefix: String,
    key: String,
    lease: i64,
    value: Bytes,
    /// The revision at which the key was created; 0 before that.
    created: i64,
}

impl Queue {
    /// A place below `name`, for the holder of a lease. The value is what a candidate of an
    /// election proposes, and empty for a lock.
    #[must_use]
    pub fn new(name: &str, lease: i64, value: Bytes) -> Self {
        let prefix = format!("{name}/");
        Self {
            key: format!("{prefix}{lease:x}"),
            prefix,
            lease,
            value,
            created: 0,
        }
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The revision at which the key was created; 0 before that.
    #[must_use]
    pub fn created(&self) -> i64 {
        self.created
    }

    /// Puts the key, if it is not there.
    #[must_use]
    pub fn enter(&self) -> Request {
        let key = Bytes::from(self.key.clone());
        let put = PutRequest {
            key: key.clone(),
            value: self.value.clone(),
            lease: self.lease,
            ..PutRequest::default()
        };
        let get = RangeRequest {
            key,
            ..RangeRequest::default()
        };
        Request::Txn(TxnRequest {
            compare: vec![self.created_at(0)],
            success: vec![operation(RequestUnion::Put(put))],
            failure: vec![operation(RequestUnion::Range(get))],
        })
    }

    /// Takes in what [`Queue::enter`] was answered.
    pub fn entered(&mut self, answer: &TxnResponse) {
        self.created = answer.header.as_ref().map_or(0, |header| header.revision);
        // The key was there: it is that of an earlier attempt.
        if let Some(ResponseUnion::Range(range)) = answer
            .responses
            .first()
            .and_then(|first| first.response.as_ref())
            && let Some(kv) = range.kvs.first()
        {
            self.created = kv.create_revision;
        }
    }

    /// Asks for the newest key that was created before the own one.
    #[must_use]
    pub fn before(&self) -> Request {
        Request::Range(RangeRequest {
            max_create_revision: self.created - 1,
            sort_order: SortOrder::Descend as i32,
            ..self.first_range()
        })
    }

    /// What to watch until it is deleted; `None` if nobody stands before.
    #[must_use]
    pub fn wait_for(answer: &RangeResponse) -> Option<WatchRequest> {
        let before = answer.kvs.first()?;
        let revision = answer.header.as_ref().map_or(0, |header| header.revision);
        Some(watch_from(&before.key, &Bytes::new(), revision))
    }

    /// Asks for the own key.
    #[must_use]
    pub fn own(&self) -> Request {
        Request::Range(RangeRequest {
            key: self.key.clone().into(),
            ..RangeRequest::default()
        })
    }

    /// Gives a lock back, or a place in the queue for it.
    #[must_use]
    pub fn unlock(&self) -> Request {
        Request::DeleteRange(self.deletion())
    }

    /// Gives up leading, if it is still the same key.
    #[must_use]
    pub fn resign(&self) -> Request {
        Request::Txn(TxnRequest {
            compare: vec![self.created_at(self.created)],
            success: vec![operation(RequestUnion::DeleteRange(self.deletion()))],
            failure: Vec::new(),
        })
    }

    /// Asks for the first key below the prefix: whoever has the lock, or leads.
    #[must_use]
    pub fn first(name: &str) -> Request {
        Request::Range(Self::new(name, 0, Bytes::new()).first_range())
    }

    fn first_range(&self) -> RangeRequest {
        RangeRequest {
            key: self.prefix.clone().into(),
            range_end: prefix_range_end(self.prefix.as_bytes()),
            limit: 1,
            sort_order: SortOrder::Ascend as i32,
            sort_target: SortTarget::Create as i32,
            ..RangeRequest::default()
        }
    }

    fn created_at(&self, revision: i64) -> Compare {
        Compare {
            result: CompareResult::Equal as i32,
            target: CompareTarget::Create as i32,
            key: self.key.clone().into(),
            target_union: Some(TargetUnion::CreateRevision(revision)),
            range_end: Bytes::new(),
        }
    }

    fn deletion(&self) -> DeleteRangeRequest {
        DeleteRangeRequest {
            key: self.key.clone().into(),
            ..DeleteRangeRequest::default()
        }
    }
}

fn operation(request: RequestUnion) -> RequestOp {
    RequestOp {
        request: Some(request),
    }
}

/// Watches a key, or a range, from a revision on.
#[must_use]
pub fn watch_from(key: &Bytes, range_end: &Bytes, start_revision: i64) -> WatchRequest {
    let create = WatchCreateRequest {
        key: key.clone(),
        range_end: range_end.clone(),
        start_revision,
        ..WatchCreateRequest::default()
    };
    WatchRequest {
        request: Some(WatchRequestUnion::Create(create)),
    }
}
