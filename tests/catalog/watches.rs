//! Watchers of one stream: what etcd 3.4.23 answered, and what must hold whatever happens.

use std::collections::BTreeMap;

use glassraft_core::catalog::{
    Catalog, WATCH_FRAGMENT_BYTES, WATCH_REVISIONS_MAX, WATCHERS_MAX, WatchStream,
};
use glassraft_core::etcd::{
    Event, KeyValue, PutRequest, ResponseHeader, WatchCancelRequest, WatchCreateRequest,
    WatchProgressRequest, WatchRequest, WatchRequestUnion, WatchResponse,
};
use glassraft_tests::recordings::Random;
use prost::Message as _;
use prost::bytes::Bytes;

use crate::model::{Model, Step, is_within};
use crate::programs::{ask, ask_model, deed, revision};
use crate::{delete, do_delete, do_put, op, put, txn};

/// A store with a stream of watchers at it.
#[derive(Default)]
struct Desk {
    catalog: Catalog,
    stream: WatchStream,
    heard: Vec<WatchResponse>,
}

fn member() -> ResponseHeader {
    ResponseHeader {
        cluster_id: 1,
        member_id: 2,
        revision: 0,
        raft_term: 3,
    }
}

fn create(key: &str, range_end: &str) -> WatchCreateRequest {
    WatchCreateRequest {
        key: key.to_owned().into(),
        range_end: range_end.to_owned().into(),
        ..WatchCreateRequest::default()
    }
}

impl Desk {
    fn say(&mut self, request: WatchRequestUnion) {
        let request = WatchRequest {
            request: Some(request),
        };
        let answer = self.stream.request(&request, &self.catalog, &member());
        self.heard.extend(answer);
    }

    fn create(&mut self, request: WatchCreateRequest) {
        self.say(WatchRequestUnion::Create(request));
    }

    fn cancel(&mut self, watch_id: i64) {
        self.say(WatchRequestUnion::Cancel(WatchCancelRequest { watch_id }));
    }

    fn apply(&mut self, change: impl FnOnce(&mut Catalog) -> glassraft_core::catalog::Changes) {
        let changes = change(&mut self.catalog);
        let heard = &mut self.heard;
        let mut hear = |answer| heard.push(answer);
        self.stream
            .notify(&changes, &self.catalog, &member(), &mut hear);
    }

    fn put(&mut self, key: &str, value: &str) {
        self.apply(|catalog| do_put(catalog, key, value));
    }

    fn catch_up(&mut self) {
        let heard = &mut self.heard;
        let mut hear = |answer| heard.push(answer);
        self.stream.catch_up(&self.catalog, &member(), &mut hear);
    }

    /// What was heard since the last time, a line each.
    fn lines(&mut self) -> Vec<String> {
        self.heard.drain(..).map(|answer| line(&answer)).collect()
    }
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

fn txn_of_three() -> glassraft_core::etcd::TxnRequest {
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

fn do_txn(catalog: &mut Catalog) -> glassraft_core::catalog::Changes {
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
    assert_eq!(desk.lines(), expected);

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
    assert_eq!(desk.lines(), expected);
    desk.apply(|catalog| do_delete(catalog, "w/", "w0"));
    let expected = [
        "@6 #0 w/2-@6 w/3-@6",
        "@6 #1 w/2-<a@6 w/3-<b@6",
        "@6 #2 w/2-@6 w/3-@6",
    ];
    assert_eq!(desk.lines(), expected);
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
        desk.lines(),
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
    assert_eq!(desk.lines(), expected);
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
    assert_eq!(desk.lines(), expected);
    let denied = WatchStream::deny(&desk.catalog, &member());
    let reason = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
    assert_eq!(line(&denied), format!("@3 #-1 created canceled ({reason})"));
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
        desk.lines(),
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
    assert_eq!(desk.lines(), expected);
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
    assert_eq!(desk.lines(), expected);
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
        desk.lines()
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
        desk.lines(),
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
    assert_eq!(desk.lines(), ["@5 #0 a=3@3 a=4@4 a=5@5"]);
    leader.compact(5).expect("it is within the store");
    do_put(&mut leader, "a", "6");
    do_put(&mut leader, "a", "7");
    leader.compact(7).expect("it is within the store");
    desk.catalog = leader;
    desk.stream.restored(&desk.catalog);
    desk.catch_up();
    assert_eq!(desk.lines(), ["@0 #0 canceled compacted 7"]);
}

/// A watcher of the property test, with all that it was sent.
struct Seen {
    id: i64,
    key: Bytes,
    range_end: Bytes,
    start: i64,
    events: Vec<Event>,
    last_message: i64,
    canceled: bool,
    /// Compacted when it caught up: what it may miss of the revision it began at.
    caught_up: Option<Vec<Step>>,
}

#[test]
fn a_watch_from_any_revision_sees_what_ranges_at_both_ends_imply() {
    for seed in 0..60 {
        history_with_watchers(seed);
    }
}

fn history_with_watchers(seed: u64) {
    let mut random = Random::new(seed);
    let (mut desk, mut model) = (Desk::default(), Model::new());
    let mut watchers: Vec<Seen> = Vec::new();
    for _ in 0..200 {
        let deed = deed(&mut random, model.revision());
        ask_model(&mut model, &deed);
        desk.apply(|catalog| ask(catalog, &deed).0);
        if random.chance(10) {
            watchers.push(begin(&mut random, &mut desk, model.revision()));
        }
        if random.chance(20) {
            catch_up(&mut desk, &model, &mut watchers);
        }
        take(&mut desk, &mut watchers, seed);
    }
    catch_up(&mut desk, &model, &mut watchers);
    take(&mut desk, &mut watchers, seed);
    assert!(
        watchers.iter().any(|seen| seen.events.len() > 20),
        "seed {seed}: little is seen"
    );
    for seen in &watchers {
        judge(seen, &model, seed);
    }
}

fn begin(random: &mut Random, desk: &mut Desk, newest: i64) -> Seen {
    let (key, range_end) = [("a", ""), ("a", "c"), ("b", "\0"), ("\0", "\0")][random.place(4)];
    let asked = revision(random, newest);
    desk.create(WatchCreateRequest {
        start_revision: asked,
        prev_kv: true,
        ..create(key, range_end)
    });
    let created = desk.heard.pop().expect("it is answered");
    assert!(created.created && !created.canceled);
    let start = if asked == 0 { newest + 1 } else { asked };
    Seen {
        id: created.watch_id,
        key: key.into(),
        range_end: range_end.into(),
        start,
        events: Vec::new(),
        last_message: 0,
        canceled: false,
        caught_up: (start > newest).then(Vec::new),
    }
}

/// What a watcher can still find of the past is what is there when it catches up.
fn catch_up(desk: &mut Desk, model: &Model, watchers: &mut [Seen]) {
    for seen in watchers.iter_mut().filter(|seen| seen.caught_up.is_none()) {
        let past = model.steps.iter().filter(|step| step.main >= seen.start);
        let gone = past.filter(|step| !model.keeps(step)).cloned().collect();
        seen.caught_up = Some(gone);
    }
    desk.catch_up();
}

fn take(desk: &mut Desk, watchers: &mut [Seen], seed: u64) {
    for answer in desk.heard.drain(..) {
        let seen = watchers.iter_mut().find(|seen| seen.id == answer.watch_id);
        let seen = seen.expect("it was created");
        assert!(!seen.canceled, "seed {seed}: heard of an ended watcher");
        seen.canceled = answer.header.is_some_and(|header| header.revision == 0);
        assert_eq!(answer.canceled, answer.compact_revision != 0);
        let main = |event: &Event| event.kv.as_ref().map_or(0, |kv| kv.mod_revision);
        let mains: Vec<i64> = answer.events.iter().map(main).collect();
        assert!(
            mains.is_sorted() && seen.canceled == mains.is_empty(),
            "seed {seed}: {mains:?}"
        );
        if let (Some(first), Some(last)) = (mains.first(), mains.last()) {
            assert!(
                *first > seen.last_message,
                "seed {seed}: a revision in two messages"
            );
            seen.last_message = *last;
        }
        seen.events.extend(answer.events);
    }
}

fn judge(seen: &Seen, model: &Model, seed: u64) {
    let what = format!("seed {seed}, watcher {} from {}", seen.id, seen.start);
    let gone = seen.caught_up.as_ref().expect("all have caught up");
    if seen.canceled {
        assert!(
            seen.events.is_empty() && seen.start < model.compacted,
            "{what}"
        );
        return;
    }
    let wanted = |step: &&Step| {
        step.main >= seen.start
            && is_within(&step.key, &seen.key, &seen.range_end)
            && !gone.contains(step)
    };
    let steps: Vec<&Step> = model.steps.iter().filter(wanted).collect();
    assert_eq!(seen.events.len(), steps.len(), "{what}");
    for (event, step) in seen.events.iter().zip(&steps) {
        let kv = event.kv.as_ref().expect("every event has one");
        assert_eq!((&kv.key, kv.mod_revision), (&step.key, step.main), "{what}");
        assert_eq!(
            (event.r#type == 0).then_some(kv),
            step.after.as_ref(),
            "{what}"
        );
        // What was there before the revision, whatever happened within it.
        let before = model.pairs(step.main - 1).get(&step.key);
        let is_readable = step.main > model.compacted;
        if event.prev_kv.is_some() || is_readable {
            assert_eq!(event.prev_kv.as_ref(), before, "{what}: before {step:?}");
        }
    }
    // The range before it, and what was seen, give the range after it.
    let begins_at = (seen.start - 1).clamp(1, model.revision());
    let mut pairs = within(model, begins_at, seen);
    for event in &seen.events {
        let kv = event.kv.clone().expect("every event has one");
        match event.r#type {
            0 => pairs.insert(kv.key.clone(), kv),
            _ => pairs.remove(&kv.key),
        };
    }
    if gone.is_empty() {
        assert_eq!(pairs, within(model, model.revision(), seen), "{what}");
    }
}

fn within(model: &Model, revision: i64, seen: &Seen) -> BTreeMap<Bytes, KeyValue> {
    let all = model.pairs(revision).iter();
    let within = all.filter(|(key, _)| is_within(key, &seen.key, &seen.range_end));
    within.map(|(key, kv)| (key.clone(), kv.clone())).collect()
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
    assert_eq!(desk.lines(), expected);
}
