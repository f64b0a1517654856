//! Streams between clients and nodes: watchers hear every change once and in order, whatever
//! happens to their nodes.
#![cfg(not(target_arch = "wasm32"))]

use glassraft_core::etcd::{
    DeleteRangeRequest, Error, Event, EventType, FilterType, LeaseKeepAliveRequest, Request,
    StreamRequest, StreamResponse, WatchCancelRequest, WatchCreateRequest, WatchProgressRequest,
    WatchRequest, WatchRequestUnion, WatchResponse,
};
use glassraft_core::member::{Micros, NodeId, RequestId};
use glassraft_core::trace::{Heard, Run};
use glassraft_core::world::{Action, ActionError, EventKind, Setup, StreamStep};
use glassraft_tests::{Lab, add, n, put, trace, watch, watch_as};

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

#[test]
fn a_watcher_hears_of_each_revision_as_its_node_applies_it() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.follower();
    done(&mut lab, node, put("k", "before"));
    let mut client = Client::open(&mut lab, node, watch("k"));
    let created = client.listen(&mut lab);
    assert!(created[0].created && created[0].watch_id == 0);
    assert_eq!(created[0].header.as_ref().unwrap().revision, 2);
    done(&mut lab, node, put("k", "1"));
    done(&mut lab, node, put("other", "2"));
    done(&mut lab, node, delete("k"));
    assert_eq!(client.changes(&mut lab), ["k=1@3", "-k@5"]);
    // What is heard has the revision that it is about, and comes when the node applies it.
    let revisions = client
        .heard
        .iter()
        .map(|r| r.header.as_ref().unwrap().revision);
    assert_eq!(revisions.collect::<Vec<_>>(), [2, 3, 5]);
    let events: Vec<_> = lab
        .run
        .record()
        .since(glassraft_core::world::EventId(0))
        .collect();
    for (_, event) in &events {
        if let EventKind::Stream {
            node: at,
            step: StreamStep::Heard(_),
            ..
        } = &event.kind
        {
            assert_eq!(*at, node);
        }
    }
}

#[test]
fn a_watcher_from_a_revision_catches_up_within_a_tenth_of_a_second() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.leader();
    for value in ["1", "2", "3"] {
        done(&mut lab, node, put("k", value));
    }
    let mut client = Client::open(&mut lab, node, watch_as(from("k", 3)));
    assert!(client.changes(&mut lab).is_empty());
    lab.pass(100_000);
    assert_eq!(client.changes(&mut lab), ["k=2@3", "k=3@4"]);
    // Both came in one answer, at the revision of the store.
    assert_eq!(client.heard.len(), 2);
    done(&mut lab, node, put("k", "4"));
    assert_eq!(client.changes(&mut lab), ["k=2@3", "k=3@4", "k=4@5"]);
    let mut future = Client::open(&mut lab, node, watch_as(from("k", 7)));
    done(&mut lab, node, put("k", "5"));
    done(&mut lab, node, put("k", "6"));
    assert_eq!(future.changes(&mut lab), ["k=6@7"]);
}

#[test]
fn a_prefix_filters_and_pairs_of_before() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.follower();
    let prefix = |filter: Option<FilterType>| {
        watch_as(WatchCreateRequest {
            range_end: "/b".into(),
            filters: filter.into_iter().map(i32::from).collect(),
            prev_kv: true,
            ..from("/a", 0)
        })
    };
    let mut all = Client::open(&mut lab, node, prefix(None));
    let mut deletions = Client::open(&mut lab, node, prefix(Some(FilterType::NoPut)));
    let mut puts = Client::open(&mut lab, node, prefix(Some(FilterType::NoDelete)));
    done(&mut lab, node, put("/a1", "x"));
    done(&mut lab, node, put("/b", "y"));
    done(&mut lab, node, delete("/a1"));
    assert_eq!(all.changes(&mut lab), ["/a1=x@2", "-/a1@4"]);
    assert_eq!(deletions.changes(&mut lab), ["-/a1@4"]);
    assert_eq!(puts.changes(&mut lab), ["/a1=x@2"]);
    let last = all.heard.last().unwrap().events[0].clone();
    assert_eq!(last.prev_kv.unwrap().value, "x");
    assert_eq!(all.heard[1].events[0].prev_kv, None);
}

#[test]
fn two_watchers_share_a_stream_and_one_ends() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.leader();
    let mut client = Client::open(&mut lab, node, watch("a"));
    client.say(&mut lab, WatchRequestUnion::Create(from("b", 0)));
    done(&mut lab, node, put("a", "1"));
    done(&mut lab, node, put("b", "2"));
    client.say(
        &mut lab,
        WatchRequestUnion::Cancel(WatchCancelRequest { watch_id: 0 }),
    );
    done(&mut lab, node, put("a", "3"));
    done(&mut lab, node, put("b", "4"));
    client.say(
        &mut lab,
        WatchRequestUnion::Progress(WatchProgressRequest {}),
    );
    assert_eq!(client.changes(&mut lab), ["a=1@2", "b=2@3", "b=4@5"]);
    let told: Vec<_> = client
        .heard
        .iter()
        .map(|r| (r.watch_id, r.created, r.canceled, r.events.len()))
        .collect();
    assert_eq!(
        told,
        [
            (0, true, false, 0),
            (1, true, false, 0),
            (0, false, false, 1),
            (1, false, false, 1),
            (0, false, true, 0),
            (1, false, false, 1),
            (-1, false, false, 0),
        ]
    );
    let shown = &lab.run.frame().streams.get(&client.stream).unwrap();
    let watched: Vec<_> = shown
        .watchers
        .iter()
        .map(|w| (w.number, w.seen()))
        .collect();
    assert_eq!(watched, [(Some(1), 5)]);
}

/// The heart of it: a node crashes, changes go on, it comes back, and its watcher has missed
/// nothing and hears nothing twice.
#[test]
fn a_watcher_hears_each_change_once_over_a_crash() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let mut client = Client::open(&mut lab, node, watch("k"));
    done(&mut lab, leader, put("k", "1"));
    lab.crash(node);
    done(&mut lab, leader, put("k", "2"));
    done(&mut lab, leader, put("k", "3"));
    assert!(
        lab.run
            .frame()
            .streams
            .get(&client.stream)
            .unwrap()
            .is_broken
    );
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    done(&mut lab, leader, put("k", "4"));
    let changes = client.changes(&mut lab);
    assert_eq!(changes, ["k=1@2", "k=2@3", "k=3@4", "k=4@5"]);
    // That its watcher began anew is the client library's affair.
    assert_eq!(client.heard.iter().filter(|r| r.created).count(), 1);
    assert!(
        !lab.run
            .frame()
            .streams
            .get(&client.stream)
            .unwrap()
            .is_broken
    );
    assert_eq!(client.ended, None);
}

/// Before anything was heard, a watcher that begins now goes on from where it began.
#[test]
fn a_watcher_that_has_heard_nothing_misses_nothing() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    done(&mut lab, leader, put("k", "before"));
    let mut client = Client::open(&mut lab, node, watch("k"));
    lab.crash(node);
    done(&mut lab, leader, put("k", "1"));
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    assert_eq!(client.changes(&mut lab), ["k=1@3"]);
}

#[test]
fn a_stream_to_a_node_that_is_down_waits_for_it() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    lab.crash(node);
    let mut client = Client::open(&mut lab, node, watch("a"));
    client.say(&mut lab, WatchRequestUnion::Create(from("b", 0)));
    lab.pass(3 * SECOND_US);
    assert!(client.listen(&mut lab).is_empty());
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    done(&mut lab, leader, put("b", "1"));
    assert_eq!(client.changes(&mut lab), ["b=1@2"]);
    let ids: Vec<i64> = client.heard.iter().map(|r| r.watch_id).collect();
    assert_eq!(ids, [0, 1, 1]);
}

/// Numbers that were given stay, although the node counts anew.
#[test]
fn watchers_keep_their_numbers_over_a_crash() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let mut client = Client::open(&mut lab, node, watch("a"));
    client.say(&mut lab, WatchRequestUnion::Create(from("b", 0)));
    let named = WatchCreateRequest {
        watch_id: 9,
        ..from("c", 0)
    };
    client.say(&mut lab, WatchRequestUnion::Create(named));
    client.say(
        &mut lab,
        WatchRequestUnion::Cancel(WatchCancelRequest { watch_id: 0 }),
    );
    lab.crash(node);
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    for key in ["a", "b", "c"] {
        done(&mut lab, leader, put(key, "1"));
    }
    client.listen(&mut lab);
    let heard = client.heard.iter().filter(|r| !r.events.is_empty());
    let heard: Vec<_> = heard.map(|r| (r.watch_id, change(&r.events[0]))).collect();
    assert_eq!(heard, [(1, "b=1@3".to_owned()), (9, "c=1@4".to_owned())]);
}

#[test]
fn a_watcher_hears_each_change_once_over_a_change_of_leader() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let mut at_leader = Client::open(&mut lab, leader, watch("k"));
    let survivor = others(leader)[0];
    let mut at_follower = Client::open(&mut lab, survivor, watch("k"));
    done(&mut lab, survivor, put("k", "1"));
    lab.crash(leader);
    lab.until("another leader", |frame| frame.leader().is_some());
    done(&mut lab, survivor, put("k", "2"));
    lab.restart(leader);
    lab.pass(10 * SECOND_US);
    done(&mut lab, survivor, put("k", "3"));
    let expected = ["k=1@2", "k=2@3", "k=3@4"];
    assert_eq!(at_leader.changes(&mut lab), expected);
    assert_eq!(at_follower.changes(&mut lab), expected);
}

/// A client who does not ask for a leader hears nothing at a node that is cut off, and no
/// error either; and then all of it.
#[test]
fn a_partitioned_follower_is_silent_and_then_tells_all() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let rest = others(leader);
    let mut client = Client::open(&mut lab, rest[0], watch("k"));
    lab.act(Action::Partition {
        groups: vec![vec![rest[0]], vec![leader, rest[1]]],
    });
    done(&mut lab, leader, put("k", "1"));
    done(&mut lab, leader, put("k", "2"));
    lab.pass(20 * SECOND_US);
    assert!(client.changes(&mut lab).is_empty());
    assert_eq!(client.ended, None);
    lab.act(Action::Heal);
    lab.pass(5 * SECOND_US);
    assert_eq!(client.changes(&mut lab), ["k=1@2", "k=2@3"]);
}

/// What a snapshot of the leader brings was never applied one by one, and is heard all the
/// same.
#[test]
fn a_watcher_hears_what_its_node_gets_by_a_snapshot() {
    let mut setup = Setup {
        nodes: 3,
        ..Setup::default()
    };
    setup.options.snapshot_entries = 5;
    setup.options.catch_up_entries = 0;
    let mut lab = Lab::with_setup(setup, 7);
    lab.until("a leader", |frame| frame.leader().is_some());
    let leader = lab.leader();
    let rest = others(leader);
    let mut client = Client::open(&mut lab, rest[0], watch("k"));
    lab.act(Action::Partition {
        groups: vec![vec![rest[0]], vec![leader, rest[1]]],
    });
    for value in 0..12 {
        done(&mut lab, leader, put("k", &value.to_string()));
    }
    lab.act(Action::Heal);
    lab.pass(10 * SECOND_US);
    let node = lab.run.frame().node(rest[0]).unwrap().clone();
    assert!(node.snapshot > 5, "{}", node.snapshot);
    let expected: Vec<String> = (0..12)
        .map(|value| format!("k={value}@{}", value + 2))
        .collect();
    assert_eq!(client.changes(&mut lab), expected);
}

#[test]
fn a_stopped_process_finds_what_was_said_meanwhile() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let mut before = Client::open(&mut lab, node, watch("k"));
    let closed = Client::open(&mut lab, node, watch("k"));
    lab.act(Action::Pause { node });
    let mut client = Client::open(&mut lab, node, watch_as(from("k", 1)));
    lab.act(Action::Close {
        stream: closed.stream,
    });
    done(&mut lab, leader, put("k", "1"));
    assert!(client.listen(&mut lab).is_empty());
    lab.act(Action::Resume { node });
    lab.pass(5 * SECOND_US);
    assert_eq!(client.changes(&mut lab), ["k=1@2"]);
    assert_eq!(before.changes(&mut lab), ["k=1@2"]);
}

#[test]
fn a_stream_that_is_closed_is_forgotten() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.leader();
    let mut client = Client::open(&mut lab, node, watch("k"));
    lab.act(Action::Close {
        stream: client.stream,
    });
    client.listen(&mut lab);
    assert_eq!(client.ended, Some(Ok(())));
    assert_eq!(lab.run.take_streamed(client.stream), None);
    assert!(lab.run.frame().streams.is_empty());
    let events = lab.run.record().len();
    done(&mut lab, node, put("k", "1"));
    let since = lab
        .run
        .record()
        .since(glassraft_core::world::EventId(events));
    let spoken = since.filter(|(_, event)| matches!(event.kind, EventKind::Stream { .. }));
    assert_eq!(spoken.count(), 0);
    let again = Action::Close {
        stream: client.stream,
    };
    assert_eq!(
        lab.run.act(again),
        Err(ActionError::NoSuchStream(client.stream))
    );
}

#[test]
fn what_makes_no_sense_on_a_stream_is_refused() {
    let mut lab = Lab::with_leader(3, 7);
    let node = lab.leader();
    let client = Client::open(&mut lab, node, watch("k"));
    let stream = client.stream;
    let keep_alive = StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id: 7 });
    let other = lab.run.act(Action::Say {
        stream,
        request: keep_alive,
    });
    assert_eq!(other, Err(ActionError::OtherStream(stream)));
    for _ in 1..100 {
        client.say(&mut lab, WatchRequestUnion::Create(from("k", 0)));
    }
    let one_more = lab.run.act(Action::Say {
        stream,
        request: watch("k"),
    });
    assert_eq!(one_more, Err(ActionError::TooManyOnStream(stream, 100)));
    for _ in 1..100 {
        Client::open(&mut lab, node, watch("k"));
    }
    let open = Action::Open {
        node,
        request: watch("k"),
    };
    let one_more = lab.run.act(open);
    assert_eq!(one_more, Err(ActionError::TooManyStreams(node, 100)));
    let nowhere = lab.run.act(Action::Open {
        node: n(9),
        request: watch("k"),
    });
    assert_eq!(nowhere, Err(ActionError::NoSuchNode(n(9))));
}

#[test]
fn what_nobody_asks_for_gives_way() {
    let mut lab = Lab::with_leader(1, 7);
    let client = Client::open(&mut lab, n(1), watch("k"));
    for _ in 0..1_010 {
        let id = lab.request(n(1), put("k", "x"));
        assert!(lab.outcome(id).is_ok());
    }
    let heard: Heard = lab.run.take_streamed(client.stream).unwrap();
    assert_eq!((heard.responses.len(), heard.missed), (1_000, 11));
}

#[test]
fn a_learner_serves_no_stream() {
    let mut lab = Lab::with_leader(3, 7);
    lab.pass(10 * SECOND_US);
    let leader = lab.leader();
    let id = lab.request(leader, add(4, true));
    assert!(lab.outcome(id).is_ok());
    lab.act(Action::Join { node: n(4) });
    lab.pass(3 * SECOND_US);
    let mut client = Client::open(&mut lab, n(4), watch("k"));
    client.listen(&mut lab);
    assert_eq!(client.ended, Some(Err(Error::NotSupportedForLearner)));
}

#[test]
fn progress_is_told_every_ten_minutes_of_silence() {
    let mut lab = Lab::with_leader(1, 7);
    let asking = WatchCreateRequest {
        progress_notify: true,
        ..from("k", 0)
    };
    let mut client = Client::open(&mut lab, n(1), watch_as(asking));
    lab.pass(300 * SECOND_US);
    done(&mut lab, n(1), put("k", "1"));
    lab.pass(301 * SECOND_US);
    client.listen(&mut lab);
    assert_eq!(client.heard.len(), 2, "it has heard something meanwhile");
    done(&mut lab, n(1), put("other", "1"));
    lab.pass(600 * SECOND_US);
    client.listen(&mut lab);
    let last = client.heard.last().unwrap();
    assert_eq!(client.heard.len(), 3);
    assert!(last.events.is_empty());
    assert_eq!(
        (last.watch_id, last.header.as_ref().unwrap().revision),
        (0, 3)
    );
}

/// Everything replays: the same recording gives the same lines.
#[test]
fn a_run_with_streams_repeats() {
    let mut lab = Lab::with_leader(3, 7);
    let leader = lab.leader();
    let node = others(leader)[0];
    let client = Client::open(&mut lab, node, watch("k"));
    done(&mut lab, leader, put("k", "1"));
    lab.crash(node);
    done(&mut lab, leader, put("k", "2"));
    lab.restart(node);
    lab.pass(5 * SECOND_US);
    lab.act(Action::Close {
        stream: client.stream,
    });
    let until = lab.run.now();
    let mut again = Run::replay(lab.run.recording()).expect("it plays");
    again.advance(until);
    assert_eq!(trace(&again), trace(&lab.run));
    assert_eq!(again.frame(), lab.run.frame());
}
