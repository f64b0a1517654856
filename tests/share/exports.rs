//! What goes to other tools.

use std::collections::{BTreeMap, BTreeSet};

use glassraft_core::share::export::{self, Summary, Verdict};
use glassraft_core::trace::Run;
use glassraft_core::world::{Event, EventId, EventKind};
use glassraft_tests::{Lab, get, put};
use serde_json::Value;

/// An election, a write and a read, a leader's death and return, a request that fails.
fn disturbed() -> Run {
    let mut lab = Lab::with_leader(3, 5);
    let first = lab.leader();
    let id = lab.request(first, put("/shelf/4", "dune\n\"\u{1f4d6}"));
    assert!(lab.outcome(id).is_ok());
    lab.request(first, put("\u{1}", "2"));
    lab.crash(first);
    lab.pass(4_000_000);
    let second = lab.leader();
    lab.request(second, get(""));
    lab.request(second, get("/shelf/4"));
    lab.restart(first);
    lab.pass(1_000_000);
    lab.run
}

pub(crate) fn events(run: &Run) -> Vec<(EventId, &Event)> {
    run.record().since(EventId(0)).collect()
}

pub(crate) type Export = fn(&mut String, Vec<(EventId, &Event)>) -> std::fmt::Result;

pub(crate) fn exported(run: &Run, export: Export) -> String {
    let mut text = String::new();
    export(&mut text, events(run)).expect("a string takes all");
    text
}

/// The text trace is the one of the golden trace.
#[test]
fn the_text_is_the_trace() {
    let run = disturbed();
    let text = exported(&run, |out, events| export::text(out, events));
    assert_eq!(text, glassraft_tests::trace(&run));
}

/// Each event is one JSON object with its number, time, cause and node.
#[test]
fn json_lines_are_json_and_say_what_the_events_say() {
    let run = disturbed();
    let text = exported(&run, |out, events| export::json_lines(out, events));
    let mut kinds = BTreeSet::new();
    for ((id, event), line) in events(&run).into_iter().zip(text.lines()) {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"));
        assert_eq!(value["id"], id.0, "{line}");
        assert_eq!(value["at_us"], event.at, "{line}");
        assert_eq!(
            value["cause"].as_u64(),
            event.cause().map(|cause| cause.0),
            "{line}"
        );
        assert_eq!(value["node"], event.node().to_string(), "{line}");
        if let EventKind::Delivered { sent, packet, .. } = &event.kind {
            assert_eq!(
                (&value["event"], &value["sent"]),
                (&"delivered".into(), &sent.0.into())
            );
            assert_eq!(value["message"]["kind"], packet.kind.name());
        }
        kinds.insert(value["event"].as_str().expect("a name").to_owned());
    }
    assert_eq!(text.lines().count() as u64, run.record().len());
    for kind in [
        "started",
        "crashed",
        "became",
        "voted",
        "appended",
        "applied",
        "sent",
        "lost",
        "acted",
        "requested",
        "answered",
    ] {
        assert!(kinds.contains(kind), "no {kind}");
    }
    let answered: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("\"answered\""))
        .collect();
    assert!(
        answered
            .iter()
            .any(|line| line.contains("\"outcome\":\"ok\""))
    );
    assert!(
        answered
            .iter()
            .any(|line| line.contains("\"outcome\":\"unknown\""))
    );
    assert!(
        answered
            .iter()
            .any(|line| line.contains("\"outcome\":\"failed\""))
    );
}

/// What one line of each kind looks like.
#[test]
fn a_line_of_json_is_as_documented() {
    let run = disturbed();
    let text = exported(&run, |out, events| export::json_lines(out, events));
    let find = |part: &str| {
        text.lines()
            .find(|line| line.contains(part))
            .expect(part)
            .to_owned()
    };
    assert_eq!(
        find("\"event\":\"started\""),
        r#"{"id":0,"at_us":0,"node":"n1","event":"started","term":0,"vote":null,"commit":0}"#
    );
    let crash = find("\"event\":\"acted\"");
    assert!(crash.contains(r#""action":{"crash":{"node":"n"#), "{crash}");
    let request = find("\"event\":\"requested\"");
    let asked = r#""event":"requested","request":1,"asked":{"put":{"node":"n"#;
    assert!(request.contains(asked), "{request}");
    assert!(
        request.contains(r#""key":"/shelf/4","value":"dune\n\"📖"}"#),
        "{request}"
    );
}

/// The clock of each line of a ShiViz log, with its host.
fn clocks(text: &str) -> Vec<(String, BTreeMap<String, u64>)> {
    let lines: Vec<&str> = text.lines().collect();
    let (pairs, rest) = lines.as_chunks::<2>();
    assert!(rest.is_empty());
    let clock = |[event, line]: &[&str; 2]| {
        assert!(!event.is_empty());
        let (host, clock) = line.split_once(' ').expect("host and clock");
        let clock = serde_json::from_str(clock).unwrap_or_else(|e| panic!("{line}: {e}"));
        (host.to_owned(), clock)
    };
    pairs.iter().map(clock).collect()
}

#[test]
fn vector_clocks_say_what_the_causes_say() {
    let clocks = assert_clocks(&disturbed());
    let hosts: BTreeSet<&str> = clocks.iter().map(|(host, _)| &**host).collect();
    for host in ["n1", "n2", "n3", "person", "clients", "network"] {
        assert!(hosts.contains(host), "no {host}");
    }
}

/// Of two events, one happened before the other by the clocks just when a chain of causes and
/// of events of one host leads from the one to the other. Hands out host and clock of each.
pub(crate) fn assert_clocks(run: &Run) -> Vec<(String, BTreeMap<String, u64>)> {
    let events = events(run);
    let text = exported(run, |out, events| export::shiviz(out, events));
    let clocks = clocks(&text);
    assert_eq!(clocks.len(), events.len());
    let mut last_of_host: BTreeMap<&str, usize> = BTreeMap::new();
    let mut known: Vec<BTreeSet<usize>> = Vec::new();
    for (place, (host, clock)) in clocks.iter().enumerate() {
        let before = last_of_host.insert(host, place);
        let count = before.map_or(0, |before| clocks[before].1[host]);
        assert_eq!(clock[host], count + 1, "each event is one more of its host");
        let cause = events[place].1.cause();
        let cause = cause.map(|id| usize::try_from(id.0).expect("it is small"));
        let mut before: BTreeSet<usize> = [before, cause]
            .into_iter()
            .flatten()
            .flat_map(|earlier| known[earlier].clone())
            .collect();
        before.insert(place);
        known.push(before);
    }
    for (later, (_, clock)) in clocks.iter().enumerate().step_by(7) {
        for (earlier, (host, before)) in clocks.iter().enumerate() {
            let by_clock = clock.get(host).is_some_and(|count| *count >= before[host]);
            let by_cause = known[later].contains(&earlier);
            assert_eq!(by_clock, by_cause, "{earlier} before {later}");
        }
    }
    clocks
}

#[test]
fn arrows_lead_from_sent_to_delivered() {
    let all = assert_arrows(&disturbed());
    let named = |name: &str| all.iter().any(|event| event["name"] == name);
    for name in ["leader", "down", "append", "acted", "commit 2", "request 1"] {
        assert!(named(name), "no {name}");
    }
}

/// The trace opens in Perfetto: it is JSON, slices nest, and an arrow leads from each message
/// that left to where it arrived. Hands out all of it.
pub(crate) fn assert_arrows(run: &Run) -> Vec<Value> {
    let text = exported(run, |out, events| export::perfetto(out, events));
    let trace: Value = serde_json::from_str(&text).expect("the trace is JSON");
    let all = trace["traceEvents"].as_array().expect("a list");
    let mut open: BTreeMap<u64, i64> = BTreeMap::new();
    let (mut begun, mut ended) = (BTreeMap::new(), BTreeMap::new());
    let mut slices = BTreeSet::new();
    for event in all {
        let track = event["tid"].as_u64().unwrap_or(0);
        let place = (track, event["ts"].to_string());
        let ends = |ends: &mut BTreeMap<u64, (u64, String)>| {
            let id = event["id"].as_u64().expect("a number");
            assert_eq!(ends.insert(id, place.clone()), None, "{event}");
        };
        match event["ph"].as_str().expect("a phase") {
            "X" => assert!(
                slices.insert(place.clone()),
                "two slices in one place: {event}"
            ),
            "s" => ends(&mut begun),
            "f" => ends(&mut ended),
            "B" => *open.entry(track).or_default() += 1,
            "E" => *open.entry(track).or_default() -= 1,
            "M" | "i" | "b" | "e" => {}
            other => panic!("no phase {other}"),
        }
        assert!(
            open.values().all(|depth| (0..=1).contains(depth)),
            "{event}"
        );
    }
    assert!(open.len() == 3 && open.values().all(|depth| *depth == 0));
    let (mut sent, mut delivered) = (BTreeSet::new(), BTreeSet::new());
    for (id, event) in events(run) {
        match &event.kind {
            EventKind::Sent { .. } => drop(sent.insert(id.0)),
            EventKind::Delivered { sent, .. } => drop(delivered.insert(sent.0)),
            _ => {}
        }
    }
    assert_eq!(begun.keys().copied().collect::<BTreeSet<_>>(), sent);
    assert_eq!(ended.keys().copied().collect::<BTreeSet<_>>(), delivered);
    assert!(
        begun
            .values()
            .chain(ended.values())
            .all(|place| slices.contains(place))
    );
    all.clone()
}

/// The summary counts what happened.
#[test]
fn the_summary_counts() {
    let run = disturbed();
    let mut summary = Summary::of(events(&run));
    assert_eq!(summary.events, run.record().len());
    assert_eq!(summary.commit, run.frame().commit());
    assert_eq!(summary.messages.sent, run.frame().messages_sent);
    assert_eq!((summary.crashes, summary.actions), (1, 2));
    let requests = summary.requests;
    assert_eq!(
        (
            requests.ok,
            requests.failed,
            requests.unknown,
            requests.open
        ),
        (2, 1, 1, 0)
    );
    let leader = run.frame().leader().expect("a leader");
    let last = summary.leaders.last().expect("a leader");
    assert_eq!((last.node, last.term), (leader.node, leader.term));
    assert!(summary.leaders.len() >= 2);
    summary.verdicts = vec![
        Verdict {
            promise: "election safety".to_owned(),
            broken_by: None,
        },
        Verdict {
            promise: "log matching".to_owned(),
            broken_by: Some(EventId(7)),
        },
    ];
    let text = summary.to_string();
    for line in [
        "requests   2 ok, 1 failed, 1 unknown, 0 open",
        "promise    election safety: kept",
        "promise    log matching: broken by event 7",
    ] {
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
}
