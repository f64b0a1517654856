//! Events picked out, taken apart, and what they led to.

use std::sync::Arc;

use glassraft_core::member::Note;
use glassraft_core::trace::{EventClass, EventFilter, Listing, RecordLimits, Run, facts, text};
use glassraft_core::world::{Event, EventId, EventKind, MessageKind};
use glassraft_tests::n;

use crate::{Dice, disturb, disturbed, small};

const FILTERS: [EventFilter; 6] = [
    EventFilter {
        node: None,
        class: None,
        message: None,
    },
    class(EventClass::Role),
    class(EventClass::Fault),
    class(EventClass::Timer),
    EventFilter {
        node: None,
        class: None,
        message: Some(MessageKind::AppendAnswer),
    },
    class(EventClass::Request),
];

const fn class(class: EventClass) -> EventFilter {
    EventFilter {
        node: None,
        class: Some(class),
        message: None,
    }
}

/// What a listing has to hold: all that its filter lets through, of what is kept.
fn listed(run: &Run, filter: EventFilter) -> Vec<EventId> {
    let events = run.record().since(EventId(0));
    let through = events.filter(|(_, event)| filter.has(event));
    through.map(|(id, _)| id).collect()
}

/// A listing that follows a run, even one whose record drops its oldest events, holds what a
/// look at the whole record finds, and knows the place of each event.
#[test]
fn a_listing_holds_what_its_filter_lets_through() {
    let mut run = disturbed(3, 1_000, small(9_000));
    let mut listings: Vec<Listing> = FILTERS.into_iter().map(Listing::new).collect();
    let mut dice = Dice::new(3);
    while run.record().len() < 40_000 {
        let events = run.record().len() + 1_500;
        disturb(&mut run, &mut dice, events);
        for listing in &mut listings {
            listing.follow(run.record());
        }
    }
    assert!(run.record().dropped() > 0, "something was dropped");
    for listing in &listings {
        let filter = listing.filter();
        let expected = listed(&run, filter);
        assert!(!listing.is_empty(), "{filter:?}");
        assert_eq!(listing.len(), expected.len(), "{filter:?}");
        for (place, id) in expected.iter().enumerate() {
            assert_eq!(listing.get(place), Some(*id), "{filter:?}");
            assert_eq!(listing.count_of(id.0), place, "{filter:?}");
            assert_eq!(listing.count_of(id.0 + 1), place + 1, "{filter:?}");
        }
        assert_eq!(listing.get(expected.len()), None);
        assert_eq!(listing.count_of(u64::MAX), expected.len());
        assert_eq!(listing.count_of(0), 0);
    }
}

/// A filter by node finds messages at both ends, one by type finds that type alone, and what
/// is asked for together has to hold together.
#[test]
fn a_filter_asks_for_node_kind_and_message_type() {
    let run = disturbed(5, 6_000, RecordLimits::default());
    let filter = EventFilter {
        node: Some(n(2)),
        class: Some(EventClass::Message),
        message: Some(MessageKind::Append),
    };
    let found = listed(&run, filter);
    let mut ends = [0, 0];
    for id in &found {
        let event = run.record().get(*id).expect("it is kept");
        let (EventKind::Sent { packet, .. }
        | EventKind::Delivered { packet, .. }
        | EventKind::Lost { packet, .. }) = &event.kind
        else {
            panic!("no message: {event:?}");
        };
        assert_eq!(packet.kind, MessageKind::Append);
        ends[0] += u32::from(packet.from == n(2));
        ends[1] += u32::from(packet.to == n(2));
    }
    assert!(ends[0] > 0 && ends[1] > 0, "{ends:?}");
    assert_eq!(ends[0] + ends[1], u32::try_from(found.len()).unwrap_or(0));
    assert!(!filter.is_open() && EventFilter::default().is_open());
}

/// Every event is of a kind. The text of a lost message says why; so do its facts.
#[test]
fn every_event_has_a_kind_and_its_facts() {
    let mut words = std::collections::BTreeSet::new();
    for seed in 0..6 {
        let run = disturbed(seed, 20_000, RecordLimits::default());
        for (id, event) in run.record().since(EventId(0)) {
            let first = EventClass::of(event);
            assert!(first.has(event), "{event:?}");
            let (word, facts) = facts(event);
            words.insert(word);
            let line = text::line(id, event);
            let what = text::what(&event.kind);
            assert!(line.ends_with(&what));
            assert_eq!(what.split(' ').next(), Some(word), "{line}");
            for fact in &facts {
                if let Some(other) = fact.event {
                    assert!(other < id, "{line}: {fact:?}");
                    assert!(run.record().get(other).is_some());
                }
            }
            check_numbers(event, &what);
        }
    }
    let all = [
        "started",
        "crashed",
        "halted",
        "timed-out",
        "timer-reset",
        "became",
        "voted",
        "appended",
        "synced",
        "committed",
        "applied",
        "configured",
        "compacted",
        "restored",
        "sent",
        "delivered",
        "lost",
        "rerouted",
        "requested",
        "answered",
        "failed",
        "acted",
    ];
    for word in all {
        assert!(words.contains(word), "no event was {word}: {words:?}");
    }
}

/// Every `name=number` of the trace is a fact, too.
fn check_numbers(event: &Event, what: &str) {
    let is_plain = !matches!(
        event.kind,
        EventKind::Acted { .. } | EventKind::Requested { .. } | EventKind::Answered { .. }
    );
    let has_list = matches!(
        &event.kind,
        EventKind::Node {
            note: Note::Appended { .. }
                | Note::Applied { .. }
                | Note::Crashed(_)
                | Note::Configured { .. }
                | Note::Restored(_),
            ..
        }
    );
    if !is_plain || has_list {
        return;
    }
    let (_, facts) = facts(event);
    for part in what.split(' ').filter_map(|part| part.split_once('=')) {
        let (name, value) = part;
        let value = match (name, value) {
            ("arrives" | "expires", "-") => "-".to_owned(),
            ("arrives" | "expires", at) => format!("{at} µs"),
            ("reject", "1") => "yes".to_owned(),
            (_, value) => value.to_owned(),
        };
        let found = facts.iter().find(|fact| fact.name == name);
        assert_eq!(found.map(|fact| &fact.value), Some(&value), "{what}");
    }
}

/// The effects of an event are those whose cause it is, and they stop where they are to.
#[test]
fn effects_are_causes_read_backwards() {
    let run = disturbed(8, 5_000, RecordLimits::default());
    let record = run.record();
    let mut most = 0;
    for (id, _) in record.since(EventId(0)) {
        let (effects, more) = record.effects(id, 1_000);
        assert!(!more);
        let expected: Vec<EventId> = record
            .since(EventId(0))
            .filter(|(_, event)| event.cause() == Some(id))
            .map(|(effect, _)| effect)
            .collect();
        assert_eq!(effects, expected, "{}", id.0);
        most = most.max(effects.len());
        if effects.len() > 1 {
            let (fewer, more) = record.effects(id, 1);
            assert_eq!((fewer, more), (vec![effects[0]], true));
        }
    }
    assert!(most > 3, "no event led to many: {most}");
}

/// What became of a key is what the node's catalog holds of it, and of a moment of the past
/// the part that was there then.
#[test]
fn the_history_of_a_key_is_what_a_catalog_holds() {
    let mut told = 0;
    for seed in 0..4 {
        let run = disturbed(seed, 6_000, RecordLimits::default());
        let events = run.record().len();
        for frame in &run.frame().nodes {
            let Some(catalog) = run.view(frame.node).and_then(|view| view.catalog) else {
                continue;
            };
            for key in frame.shelf.keys() {
                let history = run.key_history(frame.node, key, events);
                let mut held: Vec<_> = catalog.history(key).cloned().collect();
                held.reverse();
                let versions = history
                    .versions
                    .iter()
                    .map(|told| Arc::clone(&told.version));
                assert_eq!(
                    versions.collect::<Vec<_>>(),
                    held,
                    "seed {seed} {}",
                    frame.node
                );
                assert!(!history.more);
                told += held.len();
                let Some(newest) = history.versions.first() else {
                    continue;
                };
                let before = run.key_history(frame.node, key, newest.event.0);
                let since = run.record().get(newest.event).map(|event| event.at);
                assert_eq!(since, Some(newest.at), "seed {seed}");
                assert!(before.versions.iter().all(|told| told.event < newest.event));
            }
        }
    }
    assert!(told > 40, "only {told} versions");
}
