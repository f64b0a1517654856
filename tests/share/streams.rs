//! What goes to other tools of a run with streams: a watcher whose node crashes, one that is
//! refused, a lease that is kept alive.

use std::collections::{BTreeMap, BTreeSet};

use glassraft_core::etcd::{
    LeaseGrantRequest, LeaseKeepAliveRequest, Request, StreamRequest, WatchCreateRequest,
};
use glassraft_core::share::export;
use glassraft_core::trace::Run;
use glassraft_core::world::{Action, EventKind, StreamStep};
use glassraft_tests::{Lab, put, watch, watch_as};
use serde_json::Value;

use crate::exports::{assert_arrows, assert_clocks, events, exported};

/// Watchers, a lease, a crash and a return.
fn streaming() -> Run {
    let mut lab = Lab::with_leader(3, 5);
    let (leader, node) = (lab.leader(), lab.follower());
    let request = watch("/shelf/4");
    let watcher = lab.act(Action::Open { node, request });
    let refused = watch_as(WatchCreateRequest {
        key: "b".into(),
        range_end: "a".into(),
        ..WatchCreateRequest::default()
    });
    let refused = lab.act(Action::Open {
        node: leader,
        request: refused,
    });
    let grant = Request::LeaseGrant(LeaseGrantRequest { id: 7, ttl: 5 });
    let grant = lab.request(leader, grant);
    lab.outcome(grant).as_ref().as_ref().expect("it is granted");
    let kept = lab.act(Action::Open {
        node: leader,
        request: StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id: 7 }),
    });
    lab.request(leader, put("/shelf/4", "dune\n\""));
    lab.pass(3_000_000);
    lab.crash(node);
    lab.request(leader, put("/shelf/4", "ubik"));
    lab.pass(1_000_000);
    lab.restart(node);
    lab.pass(4_000_000);
    for stream in [watcher, refused, kept] {
        let stream = stream.expect("a stream has a number");
        lab.act(Action::Close { stream });
    }
    lab.pass(100_000);
    lab.run
}

/// The steps of streams, by the names that they have in files, with their streams.
fn steps(run: &Run) -> Vec<(u64, &'static str, u64)> {
    let steps = events(run).into_iter();
    steps
        .filter_map(|(id, event)| match &event.kind {
            EventKind::Stream {
                id: stream, step, ..
            } => {
                let name = match step {
                    StreamStep::Opened(_) => "opened",
                    StreamStep::Said(_) => "said",
                    StreamStep::Heard(_) => "heard",
                    StreamStep::Broke(_) => "broke",
                    StreamStep::Closed(_) => "closed",
                };
                Some((id.0, name, stream.0))
            }
            _ => None,
        })
        .collect()
}

/// Each step of a stream is one object: its name, its stream, and what was said or heard as
/// etcd's gateway has it.
#[test]
fn steps_of_streams_are_json() {
    let run = streaming();
    let text = exported(&run, |out, events| export::json_lines(out, events));
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect();
    assert_eq!(lines.len() as u64, run.record().len());
    let steps = steps(&run);
    for (id, name, stream) in &steps {
        let line = &lines[usize::try_from(*id).expect("it is small")];
        assert_eq!(line["event"], *name, "{line}");
        assert_eq!(line["stream"], *stream, "{line}");
    }
    let names: BTreeSet<&str> = steps.iter().map(|(_, name, _)| *name).collect();
    assert_eq!(names, ["broke", "closed", "heard", "opened", "said"].into());
    let heard: Vec<&Value> = lines
        .iter()
        .filter(|line| line["event"] == "heard")
        .map(|line| &line["heard"]["result"])
        .collect();
    let values = heard.iter().filter_map(|line| line["events"].as_array());
    let values: Vec<&Value> = values
        .flatten()
        .map(|event| &event["kv"]["value"])
        .collect();
    // "dune\n\"" and "ubik" in base64.
    assert_eq!(values, ["ZHVuZQoi", "dWJpaw=="]);
    assert!(
        heard
            .iter()
            .any(|line| line["ID"] == "7" && line["TTL"] == "5")
    );
    let reason = "mvcc: watcher range is empty";
    assert!(heard.iter().any(|line| line["cancel_reason"] == reason));
    let broke = lines.iter().find(|line| line["event"] == "broke");
    assert_eq!(
        broke.expect("one breaks")["error"],
        "rpc error: code = Unavailable desc = transport is closing"
    );
}

/// Steps of streams are the clients', and are ordered by their causes.
#[test]
fn steps_of_streams_have_clocks() {
    let run = streaming();
    let clocks = assert_clocks(&run);
    for (id, _, _) in steps(&run) {
        let (host, _) = &clocks[usize::try_from(id).expect("it is small")];
        assert_eq!(host, "clients");
    }
}

/// In Perfetto a stream is a span from its opening to its end, and what is heard stands in it.
#[test]
fn a_stream_is_a_span() {
    let run = streaming();
    let all = assert_arrows(&run);
    let mut open: BTreeMap<String, u64> = BTreeMap::new();
    let mut ended = Vec::new();
    for event in &all {
        let at = event["ts"].as_u64().unwrap_or(0);
        let id = event["id"].to_string();
        match event["ph"].as_str() {
            Some("b") => assert_eq!(open.insert(id, at), None, "{event}"),
            Some("e") => {
                let began = open
                    .remove(&id)
                    .unwrap_or_else(|| panic!("no beginning: {event}"));
                ended.push(at - began);
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "{open:?} never end");
    let spans = ended.iter().filter(|span| **span >= 8_000_000).count();
    assert_eq!(spans, 3, "the watchers and the lease: {ended:?}");
    for (name, least) in [("heard", 5), ("said", 2), ("broke", 1)] {
        let count = all.iter().filter(|event| event["name"] == name).count();
        let steps = steps(&run);
        let expected = steps.iter().filter(|(_, step, _)| *step == name).count();
        assert!(count == expected && count >= least, "{name}: {count}");
    }
}
