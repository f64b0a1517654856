//! Scenario files and sessions.

use std::fmt::Write as _;

use glassraft_core::share::{self, Scenario, Session, scenario, session};
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
        (r#"{"glassraft": 1, "seed": 1} x"#, "trailing characters"),
    ];
    for (text, wanted) in cases {
        let error = scenario::read(text).expect_err(text).to_string();
        assert!(error.contains(wanted), "{text}\n{error}\n{wanted}");
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
