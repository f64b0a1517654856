//! Scenario files and sessions.

use std::fmt::Write as _;

use glassraft_core::share::{self, Scenario, Session, link, scenario, session};
use glassraft_core::trace::Recording;
use glassraft_tests::recordings::{self, Random};

fn written(recording: &Recording) -> String {
    let mut text = String::new();
    let scenario = Scenario {
        title: Some("A \"title\"".to_owned()),
        description: None,
        recording: recording.clone(),
    };
    scenario::write(&mut text, &scenario).expect("a string takes all");
    text
}

/// Every recording comes back as it was, whatever is done in it.
#[test]
fn a_file_is_read_back() {
    for seed in 0..300 {
        let mut random = Random::new(seed);
        let actions = random.place(60);
        let recording = recordings::any(&mut random, actions);
        let text = written(&recording);
        let back = scenario::read(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(back.recording, recording, "seed {seed}: {text}");
        assert_eq!(back.title.as_deref(), Some("A \"title\""));
        // As some editors save it.
        assert_eq!(
            share::read(&format!("\u{feff}{text}\r\n")),
            Ok(back.recording)
        );
        let session = Session {
            created_by: "0.1.0".to_owned(),
            notes: "with\na line break".to_owned(),
            ..Session::of(recording.clone(), format!("lecture {seed}"))
        };
        let mut text = String::new();
        session::write(&mut text, &session).expect("a string takes all");
        let back = session::read(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(back, session, "seed {seed}");
        assert_eq!(share::read(&text), Ok(recording), "seed {seed}");
    }
}

/// What is wrong in a file is named with its path.
#[test]
fn an_error_says_where_and_what() {
    let cases = [
        ("", "EOF while parsing"),
        ("{}", "missing field `glassraft`"),
        (r#"{"glassraft": 2, "new": 1}"#, "version 2"),
        (r#"{"glassraft": 1}"#, "missing field `seed`"),
        (
            r#"{"glassraft": 1, "seed": 1, "behaviour": 9}"#,
            "behaviour 9",
        ),
        (
            r#"{"glassraft": 1, "seed": -1}"#,
            "seed: invalid type: integer `-1`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "sed": 1}"#,
            "sed: unknown field `sed`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "setup": {"network": {"lag": 1}}}"#,
            "setup.network.lag: unknown field `lag`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "setup": {"nodes": 16}}"#,
            "setup: nodes is 16, but has to be 1 to 15",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "setup": {"nodes": 1000000}}"#,
            "setup.nodes: invalid value",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1}]}"#,
            "actions[0]: it does not say what was done",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "crash": {"node": "n1"}}]}"#,
            "actions[0]: missing field `at_us`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "crush": {}}]}"#,
            "unknown variant `crush`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "crash": {"node": "n16"}}]}"#,
            "actions[0].crash.node: invalid value: string \"n16\"",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "heal": {}, "wipe": {"node": "n1"}}]}"#,
            "actions[0]: `wipe' is one thing too many",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "step": 1, "heal": {}}]}"#,
            "actions[0]: duplicate field `step`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "heal": {}}, {"step": 0, "at_us": 1, "heal": {}}]}"#,
            "actions[1]: step has to be at least that of the action before",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 100000000, "at_us": 1, "heal": {}}]}"#,
            "actions[0]: step has to be at most 4000000",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "put": {"node": "n1", "key": {"base64": "?"}}}]}"#,
            "actions[0].put.key: Invalid symbol",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "call": {"node": "n1", "call": "put"}}]}"#,
            "actions[0].call.call: unknown call `put`, expected one of `txn`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "call": {"node": "n1"}}]}"#,
            "actions[0].call: missing field `call`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "call": {"node": "n1", "call": "txn", "message": {"success": [{"request_put": {"key": "?"}}]}}}]}"#,
            "actions[0].call.message.success[0].request_put.key: illegal base64 data at input byte 0 at line 1",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "call": {"node": "n1", "call": "lease-grant", "message": {"TTL": "x"}}}]}"#,
            "actions[0].call.message.TTL: ",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "call": {"node": "n1", "call": "status", "message": {"nope": 1}}}]}"#,
            "actions[0].call.message: unknown field `nope`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "open": {"node": "n1", "call": "put"}}]}"#,
            "actions[0].open.call: unknown stream `put`, expected `watch` or `lease-keep-alive`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "say": {"call": "watch"}}]}"#,
            "actions[0].say: missing field `stream`",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "say": {"stream": 1, "call": "watch", "message": {"create_request": {"key": "?"}}}}]}"#,
            "actions[0].say.message.create_request.key: illegal base64 data at input byte 0",
        ),
        (
            r#"{"glassraft": 1, "seed": 1, "actions": [{"step": 1, "at_us": 1, "open": {"node": "n1", "call": "watch", "message": {"create_request": {"filters": [0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}}}]}"#,
            "actions[0]: the filters of a watcher has to be at most 16",
        ),
        (r#"{"glassraft": 1, "seed": 1} x"#, "trailing characters"),
    ];
    for (text, wanted) in cases {
        let error = scenario::read(text).expect_err(text).to_string();
        assert!(error.contains(wanted), "{text}\n{error}\n{wanted}");
    }
}

/// A call that has no fields of its own is written as etcd's gateway would have it.
#[test]
fn a_call_stands_in_a_file_as_at_the_gateway() {
    let file = |message: &str| {
        let call = format!("{{\"node\": \"n2\", \"call\": \"txn\"{message}}}");
        format!(
            "{{\"glassraft\": 1, \"seed\": 1, \"actions\": \
             [{{\"step\": 9, \"at_us\": 7, \"call\": {call}}}]}}"
        )
    };
    let message = r#", "message": {"compare": [{"key": "YQ==", "version": 0}], "failure": [{"requestTxn": {}}]}"#;
    let scenario = scenario::read(&file(message)).expect("it is right");
    let text = written(&scenario.recording);
    let wanted = r#""call":{"node":"n2","call":"txn","message":{"compare":[{"key":"YQ==","version":"0"}],"failure":[{"request_txn":{}}]}}"#;
    assert!(text.contains(wanted), "{text}");
    let nothing = scenario::read(&file("")).expect("it is right");
    assert!(written(&nothing.recording).contains(r#""call":"txn","message":{}}"#));
}

/// What is said on a stream is written as etcd's gateway would have it, too.
#[test]
fn a_stream_stands_in_a_file_as_at_the_gateway() {
    let actions = [
        r#""open":{"node":"n2","call":"watch","message":{"create_request":{"key":"YQ==","filters":["NODELETE"]}}}"#,
        r#""say":{"stream":1,"call":"watch","message":{"cancel_request":{"watch_id":"3"}}}"#,
        r#""say":{"stream":1,"call":"watch","message":{}}"#,
        r#""open":{"node":"n1","call":"lease-keep-alive","message":{"ID":"7"}}"#,
        r#""close":{"stream":1}"#,
    ];
    let stamped = actions.map(|action| format!(r#"{{"step":9,"at_us":7,{action}}}"#));
    let list = stamped.join(",");
    let file = format!(r#"{{"glassraft": 1, "seed": 1, "actions": [{list}]}}"#);
    let scenario = scenario::read(&file).expect("it is right");
    let text = written(&scenario.recording);
    for action in actions {
        assert!(text.contains(action), "{action} in {text}");
    }
    let link = link::encode(&scenario.recording).expect("it is within the limits");
    assert_eq!(share::read(&link), Ok(scenario.recording));
}

/// A transaction is refused before it takes memory.
#[test]
fn a_call_that_is_too_large_is_refused() {
    let file = |success: String| {
        format!(
            "{{\"glassraft\": 1, \"seed\": 1, \"actions\": [{{\"step\": 9, \"at_us\": 7, \
             \"call\": {{\"node\": \"n2\", \"call\": \"txn\", \"message\": {success}}}}}]}}"
        )
    };
    let wide = |operations: usize| {
        let operations = vec!["{}"; operations].join(",");
        file(format!("{{\"success\":[{operations}]}}"))
    };
    let deep = |depth: usize| {
        let beginning = "{\"success\":[{\"request_txn\":".repeat(depth);
        file(beginning + "{}" + &"}]}".repeat(depth))
    };
    for right in [wide(1_023), deep(31)] {
        let scenario = scenario::read(&right).expect("it is within the limits");
        let link = link::encode(&scenario.recording).expect("it is within the limits");
        assert_eq!(share::read(&link), Ok(scenario.recording));
    }
    for wrong in [wide(1_024), wide(1_000_000), deep(33)] {
        let error = scenario::read(&wrong)
            .expect_err("it is too large")
            .to_string();
        assert!(
            error.contains("actions[0].call.message: too large a transaction"),
            "{error}"
        );
    }
}

/// Lists that are too long are refused while they are read.
#[test]
fn a_file_that_is_too_large_is_refused() {
    let around = |actions: &str| format!(r#"{{"glassraft":1,"seed":1,"actions":[{actions}]}}"#);
    let mut many = String::new();
    for _ in 0..=100_000 {
        many.push_str(r#"{"step":1,"at_us":1,"heal":{}},"#);
    }
    let error = scenario::read(&around(many.trim_end_matches(','))).expect_err("too many");
    assert!(
        error.to_string().contains("actions: invalid length 100001"),
        "{error}"
    );
    let groups = "[],".repeat(33);
    let mut text = String::new();
    let _infallible = write!(
        text,
        r#"{{"step":1,"at_us":1,"partition":{{"groups":[{}]}}}}"#,
        groups.trim_end_matches(',')
    );
    let error = scenario::read(&around(&text)).expect_err("too many");
    assert!(
        error
            .to_string()
            .contains("actions[0].partition.groups: invalid length 33"),
        "{error}"
    );
    let long = format!(r#"{{"glassraft":1,"seed":1,"{}":1}}"#, "x".repeat(1 << 20));
    let error = scenario::read(&long).expect_err("an unknown field");
    assert!(
        error.to_string().len() < 2_000,
        "a message is not as long as what it is about"
    );
    let error = scenario::read(&" ".repeat(9 << 20)).expect_err("too long");
    assert!(error.to_string().contains("at most 8388608"), "{error}");
}
