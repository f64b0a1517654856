//! Watchers of one stream, by what an etcd 3.4.23 answered.

use glassraft_core::catalog::{
    Catalog, Changes, WATCH_FRAGMENT_BYTES, WATCH_REVISIONS_MAX, WATCHERS_MAX, WatchStream,
};
use glassraft_core::etcd::{
    Event, PutRequest, TxnRequest, WatchCreateRequest, WatchProgressRequest, WatchRequestUnion,
    WatchResponse,
};
use prost::Message as _;
use prost::bytes::Bytes;

use crate::desk::{Desk, create, member};
use crate::{delete, do_delete, do_put, op, put, txn};

/// What was heard since the last time, a line each.
fn lines(desk: &mut Desk) -> Vec<String> {
    desk.heard.drain(..).map(|answer| line(&answer)).collect()
}

fn line(answer: &WatchResponse) -> String {
    let header = answer.header.as_ref().expect("every answer has one");
    assert_eq!(
        (header.cluster_id, header.member_id, header.raft_term),
        (1, 2, 3)
    );
    let mut line = format!("@{} #{}", header.revision, answer.watch_id);
    for (is, word) in [
        (answer.created, " created"),
        (answer.canceled, " canceled"),
        (answer.fragment, " fragment"),
    ] {
        line += if is { word } else { "" };
    }
    if answer.compact_revision != 0 {
        line += &format!(" compacted {}", answer.compact_revision);
    }
    if !answer.cancel_reason.is_empty() {
        line += &format!(" ({})", answer.cancel_reason);
    }
    for event in &answer.events {
        line += &format!(" {}", event_text(event));
    }
    line
}

fn event_text(event: &Event) -> String {
    let kv = event.kv.as_ref().expect("every event has one");
    let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
    let before = event
        .prev_kv
        .as_ref()
        .map(|before| format!("<{}", text(&before.value)));
    let sign = if event.r#type == 1 { "-" } else { "=" };
    let (key, value) = (text(&kv.key), text(&kv.value));
    format!(
        "{key}{sign}{value}{}@{}",
        before.unwrap_or_default(),
        kv.mod_revision
    )
}

fn txn_of_three() -> TxnRequest {
    txn(
        [],
        [
            op(put("w/2", "a")),
            op(put("w/3", "b")),
            op(delete("w/1", "")),
        ],
        [],
    )
}

fn do_txn(catalog: &mut Catalog) -> Changes {
    let mut write = catalog.write();
    write.txn(&txn_of_three()).expect("nothing overlaps");
    write.end()
}

#[test]
fn changes_of_one_revision_come_together() {
    let mut desk = Desk::default();
    desk.create(create("w/", "w0"));
    desk.put("w/1", "x");
    desk.put("w/1", "y");
    desk.put("other", "y");
    desk.apply(do_txn);
    assert!(!desk.stream.is_behind());
    let expected = [
        "@1 #0 created",
        "@2 #0 w/1=x@2",
        "@3 #0 w/1=y@3",
        "@5 #0 w/2=a@5 w/3=b@5 w/1-@5",
    ];
    assert_eq!(lines(&mut desk), expected);

    // From the past: all at once, under the store's revision.
    desk.create(WatchCreateRequest {
        start_revision: 3,
        prev_kv: true,
        ..create("w/", "w0")
    });
    for filter in [0, 1] {
        desk.create(WatchCreateRequest {
            start_revision: 2,
            filters: vec![filter],
            ..create("w/", "w0")
        });
    }
    assert!(desk.stream.is_behind());
    desk.catch_up();
    assert!(!desk.stream.is_behind());
    let expected = [
        "@5 #1 created",
        "@5 #2 created",
        "@5 #3 created",
        "@5 #1 w/1=y<x@3 w/2=a@5 w/3=b@5 w/1-<y@5",
        "@5 #2 w/1-@5",
        "@5 #3 w/1=x@2 w/1=y@3 w/2=a@5 w/3=b@5",
    ];
    assert_eq!(lines(&mut desk), expected);
    desk.apply(|catalog| do_delete(catalog, "w/", "w0"));
    let expected = [
        "@6 #0 w/2-@6 w/3-@6",
        "@6 #1 w/2-<a@6 w/3-<b@6",
        "@6 #2 w/2-@6 w/3-@6",
    ];
    assert_eq!(lines(&mut desk), expected);
}

#[test]
fn a_watcher_may_wait_for_a_revision_to_come() {
    let mut desk = Desk::default();
    desk.create(WatchCreateRequest {
        start_revision: 4,
        ..create("a", "")
    });
    for value in ["2", "3", "4", "5"] {
        desk.put("a", value);
    }
    assert_eq!(
        lines(&mut desk),
        ["@1 #0 created", "@4 #0 a=4@4", "@5 #0 a=5@5"]
    );
}

#[test]
fn identifiers_are_etcds() {
    let mut desk = Desk::default();
    let with_id = |watch_id| WatchCreateRequest {
        watch_id,
        ..create("k", "")
    };
    desk.create(with_id(5));
    desk.create(with_id(0));
    desk.create(with_id(5));
    desk.cancel(5);
    desk.cancel(77);
    desk.create(with_id(0));
    desk.create(with_id(2));
    desk.create(with_id(0));
    desk.say(WatchRequestUnion::Progress(WatchProgressRequest {}));
    let expected = [
        "@1 #5 created",
        "@1 #0 created",
        "@1 #-1 created canceled (mvcc: duplicate watch ID provided on the WatchStream)",
        "@1 #5 canceled",
        "@1 #1 created",
        "@1 #2 created",
        "@1 #3 created",
        "@1 #-1",
    ];
    assert_eq!(lines(&mut desk), expected);
}

#[test]
fn ranges_are_etcds() {
    let mut desk = Desk::default();
    desk.create(create("y5", "y1"));
    desk.create(create("", ""));
    desk.create(create("", "\0"));
    desk.put("zzz", "1");
    desk.put("\0", "2");
    let refused = "@1 #-1 created canceled (mvcc: watcher range is empty)";
    let expected = [
        refused,
        "@1 #0 created",
        "@1 #1 created",
        "@2 #1 zzz=1@2",
        "@3 #0 \0=2@3",
        "@3 #1 \0=2@3",
    ];
    assert_eq!(lines(&mut desk), expected);
    let denied = WatchStream::deny(&desk.catalog, &member());
    let reason = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
    assert_eq!(line(&denied), format!("@3 #-1 created canceled ({reason})"));
}

#[test]
fn a_watcher_from_before_all_revisions_misses_the_past() {
    let mut desk = Desk::default();
    desk.put("a", "1");
    desk.create(WatchCreateRequest {
        start_revision: -1,
        ..create("a", "")
    });
    desk.catch_up();
    assert_eq!(lines(&mut desk), ["@2 #0 created"]);
    desk.put("a", "2");
    assert_eq!(lines(&mut desk), ["@3 #0 a=2@3"]);
}

#[test]
fn what_is_compacted_ends_a_watcher_that_wants_it() {
    let mut desk = Desk::default();
    for value in ["2", "3", "4", "5"] {
        desk.put("a", value);
    }
    let from = |start_revision| WatchCreateRequest {
        start_revision,
        prev_kv: true,
        ..create("a", "")
    };
    desk.create(from(-3));
    desk.catch_up();
    // Before the first compaction everything from revision -1 on is there.
    assert_eq!(
        lines(&mut desk),
        ["@5 #0 created", "@0 #0 canceled compacted -1"]
    );
    desk.catalog.compact(4).expect("it is within the store");
    desk.create(from(3));
    desk.create(from(4));
    desk.create(from(5));
    desk.catch_up();
    let expected = [
        "@5 #1 created",
        "@5 #2 created",
        "@5 #3 created",
        "@0 #1 canceled compacted 4",
        "@5 #2 a=4@4 a=5<4@5",
        "@5 #3 a=5<4@5",
    ];
    assert_eq!(lines(&mut desk), expected);
    // Its number is free once the client has given it up.
    desk.create(WatchCreateRequest {
        watch_id: 1,
        ..create("a", "")
    });
    desk.cancel(1);
    desk.put("a", "6");
    let taken = "mvcc: duplicate watch ID provided on the WatchStream";
    let expected = [
        format!("@5 #-1 created canceled ({taken})"),
        "@5 #1 canceled".to_owned(),
        "@6 #2 a=6<5@6".to_owned(),
        "@6 #3 a=6<5@6".to_owned(),
    ];
    assert_eq!(lines(&mut desk), expected);
}

#[test]
fn a_thousand_revisions_come_at_a_time() {
    let mut desk = Desk::default();
    let puts = 2 * WATCH_REVISIONS_MAX + 1;
    for number in 0..puts {
        desk.put(if number % 2 == 0 { "a" } else { "b" }, "");
        desk.put("other", "");
    }
    desk.create(WatchCreateRequest {
        start_revision: 1,
        ..create("a", "c")
    });
    let mut batches = Vec::new();
    while desk.stream.is_behind() {
        desk.heard.clear();
        desk.catch_up();
        batches.extend(desk.heard.iter().map(|answer| answer.events.len()));
    }
    assert_eq!(batches, [WATCH_REVISIONS_MAX, WATCH_REVISIONS_MAX, 1]);
    desk.heard.clear();
    desk.put("b", "x");
    assert_eq!(desk.heard.len(), 1);
}

#[test]
fn large_answers_come_in_parts_if_asked_for() {
    let mut desk = Desk::default();
    let value = "v".repeat(600_000);
    for key in ["a", "b", "c", "d", "e", "f", "g"] {
        desk.put(key, &value);
    }
    for fragment in [false, true] {
        desk.create(WatchCreateRequest {
            start_revision: 1,
            fragment,
            ..create("a", "z")
        });
    }
    desk.heard.clear();
    desk.catch_up();
    let sizes: Vec<(i64, usize, bool)> = desk
        .heard
        .iter()
        .map(|answer| (answer.watch_id, answer.events.len(), answer.fragment))
        .collect();
    assert_eq!(
        sizes,
        [(0, 7, false), (1, 3, true), (1, 3, true), (1, 1, false)]
    );
    for answer in &desk.heard[1..] {
        assert!(answer.encoded_len() < WATCH_FRAGMENT_BYTES);
    }
    // Each part is as long as it can be.
    let mut first = desk.heard[1].clone();
    first.events.push(desk.heard[2].events[0].clone());
    assert!(first.encoded_len() >= WATCH_FRAGMENT_BYTES);
}

#[test]
fn progress_is_told_to_those_who_heard_nothing() {
    let mut desk = Desk::default();
    for (key, progress_notify) in [("a", true), ("b", true), ("c", false)] {
        desk.create(WatchCreateRequest {
            progress_notify,
            ..create(key, "")
        });
    }
    desk.create(WatchCreateRequest {
        progress_notify: true,
        start_revision: 1,
        ..create("d", "")
    });
    desk.put("a", "");
    let progress = |desk: &mut Desk| {
        desk.heard.clear();
        let heard = &mut desk.heard;
        let mut hear = |answer| heard.push(answer);
        desk.stream
            .notify_progress(&desk.catalog, &member(), &mut hear);
        lines(desk)
    };
    assert_eq!(progress(&mut desk), ["@2 #1"]);
    assert_eq!(progress(&mut desk), ["@2 #0", "@2 #1"]);
    desk.catch_up();
    assert_eq!(progress(&mut desk), ["@2 #0", "@2 #1", "@2 #3"]);
}

#[test]
fn a_stream_holds_so_many_watchers() {
    let mut desk = Desk::default();
    for _ in 0..WATCHERS_MAX {
        desk.create(create("a", ""));
    }
    assert!(desk.heard.iter().all(|answer| !answer.canceled));
    desk.heard.clear();
    desk.create(create("a", ""));
    assert_eq!(
        lines(&mut desk),
        ["@1 #-1 created canceled (too many watchers on the stream)"]
    );
}

#[test]
fn a_snapshot_sends_what_was_missed_and_nothing_twice() {
    let mut desk = Desk::default();
    desk.create(create("a", ""));
    desk.put("a", "2");
    desk.heard.clear();
    // The member lags: it hears of the rest by a snapshot.
    let mut leader = desk.catalog.clone();
    for value in ["3", "4", "5"] {
        do_put(&mut leader, "a", value);
    }
    desk.catalog = Catalog::decode(&leader.encode()).expect("it was encoded");
    desk.stream.restored(&desk.catalog);
    desk.catch_up();
    assert_eq!(lines(&mut desk), ["@5 #0 a=3@3 a=4@4 a=5@5"]);
    leader.compact(5).expect("it is within the store");
    do_put(&mut leader, "a", "6");
    do_put(&mut leader, "a", "7");
    leader.compact(7).expect("it is within the store");
    desk.catalog = leader;
    desk.stream.restored(&desk.catalog);
    desk.catch_up();
    assert_eq!(lines(&mut desk), ["@0 #0 canceled compacted 7"]);
}

#[test]
fn a_put_with_a_lease_shows_it() {
    let mut desk = Desk::default();
    desk.catalog.grant_lease(9, 60, 2).expect("it is new");
    desk.create(create("b", "d"));
    for key in ["c", "b"] {
        desk.apply(|catalog| {
            let mut write = catalog.write();
            let leased = PutRequest {
                lease: 9,
                ..put(key, "1")
            };
            write.put(&leased).expect("the lease is there");
            write.end()
        });
    }
    desk.apply(|catalog| catalog.revoke_lease(9, None).expect("it is there"));
    let expected = [
        "@1 #0 created",
        "@2 #0 c=1@2",
        "@3 #0 b=1@3",
        "@4 #0 b-@4 c-@4",
    ];
    assert_eq!(lines(&mut desk), expected);
}
