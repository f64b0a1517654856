//! What watchers hear while nothing goes wrong.

use glassraft_core::etcd::{
    FilterType, WatchCancelRequest, WatchCreateRequest, WatchProgressRequest, WatchRequestUnion,
};
use glassraft_core::world::{EventId, EventKind, StreamStep};
use glassraft_tests::{Lab, n, put, watch, watch_as};

use super::{Client, SECOND_US, delete, done, from};

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
    let events: Vec<_> = lab.run.record().since(EventId(0)).collect();
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

/// A large answer comes in parts, if the client allows it, and is one answer to whoever counts.
#[test]
fn a_large_answer_comes_in_parts() {
    let mut lab = Lab::with_leader(1, 7);
    let value = "x".repeat(900_000);
    for _ in 0..4 {
        done(&mut lab, n(1), put("k", &value));
    }
    let create = WatchCreateRequest {
        fragment: true,
        ..from("k", 1)
    };
    let mut client = Client::open(&mut lab, n(1), watch_as(create));
    lab.pass(SECOND_US);
    client.listen(&mut lab);
    let parts = client
        .heard
        .iter()
        .filter(|response| !response.events.is_empty());
    let parts: Vec<(usize, bool)> = parts
        .map(|part| (part.events.len(), part.fragment))
        .collect();
    assert_eq!(parts, [(2, true), (2, false)]);
    lab.crash(n(1));
    lab.restart(n(1));
    lab.pass(5 * SECOND_US);
    assert!(client.listen(&mut lab).is_empty());
}
