//! Streams between clients and nodes: watchers hear every change once and in order, and leases
//! are kept alive, whatever happens to the nodes.
#![cfg(not(target_arch = "wasm32"))]

mod breaks;
mod chaos;
mod keeping;
mod limits;
mod watching;

use glassraft_core::etcd::{
    DeleteRangeRequest, Error, Event, EventType, Request, StreamRequest, StreamResponse,
    WatchCreateRequest, WatchRequest, WatchRequestUnion, WatchResponse,
};
use glassraft_core::member::{Micros, NodeId, RequestId};
use glassraft_core::world::Action;
use glassraft_tests::{Lab, n};

const SECOND_US: Micros = 1_000_000;

/// What a client can do about its stream, and what it has heard.
struct Client {
    stream: RequestId,
    heard: Vec<WatchResponse>,
    ended: Option<Result<(), Error>>,
}

impl Client {
    fn open(lab: &mut Lab, node: NodeId, request: StreamRequest) -> Self {
        let stream = lab.act(Action::Open { node, request });
        Self {
            stream: stream.expect("a stream has a number"),
            heard: Vec::new(),
            ended: None,
        }
    }

    fn say(&self, lab: &mut Lab, request: WatchRequestUnion) {
        lab.act(Action::Say {
            stream: self.stream,
            request: StreamRequest::Watch(WatchRequest {
                request: Some(request),
            }),
        });
    }

    /// Takes in what came since the last time.
    fn listen(&mut self, lab: &mut Lab) -> &[WatchResponse] {
        let known = self.heard.len();
        let heard = lab.run.take_streamed(self.stream).unwrap_or_default();
        assert_eq!(heard.missed, 0);
        self.ended = heard.ended.or(self.ended.take());
        let watched = heard.responses.iter().map(|response| match &**response {
            StreamResponse::Watch(response) => response.clone(),
            other => panic!("{other:?}"),
        });
        self.heard.extend(watched);
        &self.heard[known..]
    }

    /// All changes that were heard so far, as `key=value@revision` or `-key@revision`.
    fn changes(&mut self, lab: &mut Lab) -> Vec<String> {
        self.listen(lab);
        let events = self.heard.iter().flat_map(|response| &response.events);
        events.map(change).collect()
    }
}

fn change(event: &Event) -> String {
    let kv = event.kv.as_ref().expect("a change has a pair");
    let key = String::from_utf8_lossy(&kv.key);
    let revision = kv.mod_revision;
    match event.r#type == i32::from(EventType::Delete) {
        true => format!("-{key}@{revision}"),
        false => format!("{key}={}@{revision}", String::from_utf8_lossy(&kv.value)),
    }
}

fn from(key: &str, start_revision: i64) -> WatchCreateRequest {
    WatchCreateRequest {
        key: key.to_owned().into(),
        start_revision,
        ..WatchCreateRequest::default()
    }
}

fn delete(key: &str) -> Request {
    Request::DeleteRange(DeleteRangeRequest {
        key: key.to_owned().into(),
        ..DeleteRangeRequest::default()
    })
}

/// Has a node carry a request out, and waits until all nodes that are up have applied it.
fn done(lab: &mut Lab, node: NodeId, request: Request) {
    let id = lab.request(node, request);
    let outcome = lab.outcome(id);
    assert!(outcome.is_ok(), "{outcome:?}");
    lab.pass(SECOND_US);
}

fn others(leader: NodeId) -> Vec<NodeId> {
    [n(1), n(2), n(3)]
        .into_iter()
        .filter(|node| *node != leader)
        .collect()
}
