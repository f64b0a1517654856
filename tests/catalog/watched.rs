//! What watchers must see, whatever happens.

use std::collections::BTreeMap;

use glassraft_core::etcd::{Event, KeyValue, WatchCreateRequest};
use glassraft_tests::recordings::Random;
use prost::bytes::Bytes;

use crate::desk::{Desk, create};
use crate::model::{Model, Step, is_within};
use crate::programs::{ask, ask_model, deed, revision};

/// A watcher, with all that it was sent.
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
    // What is not compacted and yet below all revisions has a test of its own.
    let asked = match revision(random, newest) {
        -1 => 0,
        asked => asked,
    };
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
        // What was there before the revision, whatever happened within it; of what is created
        // nothing, even if the same transaction has deleted it.
        let is_created = event.r#type == 0 && kv.create_revision == kv.mod_revision;
        let before = model.pairs(step.main - 1).get(&step.key);
        let before = before.filter(|_| !is_created);
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
