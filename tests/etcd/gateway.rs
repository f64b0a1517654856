//! The JSON of the gateway: what etcd wrote is read and written again to the byte.

use glassraft_core::etcd::gateway::{self, Message, error_json, http_status};
use glassraft_core::etcd::{Error, Request};
use glassraft_tests::calls::any_call;
use glassraft_tests::recordings::Random;
use serde_json::{Value, json};

use crate::recorded::{self, Call};

#[test]
fn answers_of_etcd_are_written_as_etcd_writes_them() {
    let mut count = 0;
    for call in recorded::calls() {
        let message = match (&*call.path, gateway::call_at(&call.path)) {
            (gateway::WATCH_PATH, _) => None,
            (_, Some(number)) => Message::answered(number),
            _ => continue,
        };
        for answer in call.answers.iter().filter(|text| is_answer(text)) {
            let name = &call.name;
            let result = answer.strip_prefix("{\"result\":");
            let text = result.map_or(&answer[..], |rest| &rest[..rest.len() - 1]);
            let message = message.unwrap_or_else(Message::heard_of_watchers);
            let bytes = message.read(text).expect(name);
            assert_eq!(message.write(&bytes), text, "{name}");
            count += 1;
        }
    }
    assert!(count > 250, "{count}");
}

/// Whether it is an answer, and whole: the recorder cut the snapshot's.
fn is_answer(text: &str) -> bool {
    text.ends_with('}') && !text.starts_with("{\"error\"") && !text.starts_with("{\"health\"")
}

#[test]
fn requests_of_the_recordings_are_understood_and_written_again() {
    let mut count = 0;
    let calls = recorded::calls().into_iter();
    for call in calls.filter(|call| gateway::call_at(&call.path).is_some()) {
        let Ok(request) = gateway::request_at(&call.path, &call.request) else {
            let refused = ["bad-json", "bad-base64", "enum-bad"];
            assert!(refused.contains(&&*call.name), "{}", call.name);
            continue;
        };
        let again = gateway::request(request.number(), &gateway::request_json(&request));
        assert_eq!(again, Ok(request), "{}", call.name);
        count += 1;
    }
    for call in recorded::calls()
        .iter()
        .filter(|call| call.path == "/v3/watch")
    {
        for said in call.stream.iter().filter(|said| **said != "{oops") {
            let request = gateway::watch_request(said).expect(&call.name);
            let again = gateway::watch_request(&gateway::stream_request_json(&request));
            assert_eq!(again, Ok(request), "{}", call.name);
            count += 1;
        }
    }
    assert!(count > 300, "{count}");
}

#[test]
fn any_request_comes_back_from_its_json() {
    let mut random = Random::new(4);
    for _ in 0..2_000 {
        let request = any_call(&mut random);
        let text = gateway::request_json(&request);
        let again = gateway::request(request.number(), &text);
        assert_eq!(again, Ok(request), "{text}");
    }
}

#[test]
fn what_is_wrong_is_told_in_etcds_words_with_its_place() {
    // What etcd 3.4.23 answered, but for the places.
    let cases = [
        (
            "kv/put",
            r#"{"key":"%%%"}"#,
            "key: illegal base64 data at input byte 0",
        ),
        (
            "kv/put",
            r#"{"key":"_-8="}"#,
            "key: illegal base64 data at input byte 0",
        ),
        (
            "kv/put",
            r#"{"key":"YQ"}"#,
            "key: illegal base64 data at input byte 0",
        ),
        (
            "kv/put",
            r#"{"key":"Y Q=="}"#,
            "key: illegal base64 data at input byte 1",
        ),
        (
            "kv/put",
            r#"{"key":5}"#,
            "key: json: cannot unmarshal number into Go value of type []uint8",
        ),
        (
            "kv/put",
            r#"{"lease":1.5}"#,
            "lease: json: cannot unmarshal number 1.5 into Go value of type int64",
        ),
        (
            "kv/put",
            r#"{"lease":true}"#,
            "lease: json: cannot unmarshal bool into Go value of type int64",
        ),
        (
            "kv/put",
            r#"{"lease":"99999999999999999999"}"#,
            "lease: json: cannot unmarshal number 99999999999999999999 into Go value of type int64",
        ),
        (
            "kv/put",
            r#"{"prev_kv":"true"}"#,
            "prev_kv: json: cannot unmarshal string into Go value of type bool",
        ),
        (
            "kv/put",
            "[]",
            "json: cannot unmarshal array into Go value of type map[string]json.RawMessage",
        ),
        (
            "kv/range",
            r#"{"sort_order":"UP"}"#,
            r#"sort_order: unknown value "UP" for enum etcdserverpb.RangeRequest_SortOrder"#,
        ),
        (
            "kv/range",
            r#"{"sortOrder":2.5}"#,
            "sort_order: json: cannot unmarshal number 2.5 into Go value of type \
             etcdserverpb.RangeRequest_SortOrder",
        ),
        (
            "kv/txn",
            r#"{"success":{}}"#,
            "success: json: cannot unmarshal object into Go value of type []json.RawMessage",
        ),
        (
            "kv/txn",
            r#"{"success":[{},{"requestPut":{"key":7}}]}"#,
            "success[1].request_put.key: json: cannot unmarshal number into Go value of type []uint8",
        ),
        ("kv/nope", "{}", "Not Found"),
        ("kv/put", "{bad", "key must be a string at line 1 column 1"),
    ];
    for (path, text, wanted) in cases {
        let problem = gateway::request_at(&format!("/v3/{path}"), text).expect_err(text);
        assert_eq!(problem.to_string(), wanted, "{text}");
    }
}

#[test]
fn what_etcd_puts_up_with_is_understood() {
    let same = |path: &str, one: &str, other: &str| {
        let read = |text| gateway::request_at(&format!("/v3/{path}"), text).expect(text);
        assert_eq!(read(one), read(other), "{one}");
    };
    for (one, other) in [
        ("", "{}"),
        ("null", "{}"),
        (r#"{"key":null,"prev_kv":null,"lease":null}"#, "{}"),
        (r#"{"nope":[1,{"key":2}]}"#, "{}"),
        (r#"{"key":"YQ==","key":"Yg=="}"#, r#"{"key":"Yg=="}"#),
        (r#"{"key":"YR=="}"#, r#"{"key":"YQ=="}"#),
        (r#"{"key":"Y\nQ==\n"}"#, r#"{"key":"YQ=="}"#),
        (
            r#"{"lease":"7","prevKv":true}"#,
            r#"{"lease":7,"prev_kv":true}"#,
        ),
        (
            r#"{"lease":"-9223372036854775808"}"#,
            r#"{"lease":-9223372036854775808}"#,
        ),
    ] {
        same("kv/put", one, other);
    }
    same(
        "kv/range",
        r#"{"sort_order":2}"#,
        r#"{"sort_order":"DESCEND"}"#,
    );
    same("kv/range", r#"{"sort_order":7}"#, r#"{"sortOrder":7}"#);
    same("kv/txn", r#"{"success":null}"#, "{}");
    same(
        "kv/txn",
        r#"{"success":[{"request_put":null}]}"#,
        r#"{"success":[{}]}"#,
    );
    // An alternative is there even when it holds nothing.
    let compare = r#"{"compare":[{"version":"0"}]}"#;
    let request = gateway::request_at("/v3/kv/txn", compare).expect("it is right");
    assert_eq!(gateway::request_json(&request), compare);
}

#[test]
fn paths_of_older_versions_lead_to_the_same_calls() {
    for (path, number) in Request::PATHS {
        assert_eq!(gateway::call_at(path), Some(*number));
        assert_eq!(
            gateway::call_at(&path.replace("/v3/", "/v3beta/")),
            Some(*number)
        );
    }
    assert_eq!(
        gateway::call_at("/v3/kv/lease/revoke"),
        gateway::call_at("/v3/lease/revoke")
    );
    for path in [
        "/v3/kv/nope",
        "/v3alpha/kv/range",
        "/v3",
        "",
        "/v3/kv/lease/grant",
    ] {
        assert_eq!(gateway::call_at(path), None, "{path}");
    }
}

#[test]
fn errors_have_etcds_codes_texts_and_statuses() {
    let recorded: Vec<Value> =
        serde_json::from_str(include_str!("recordings/errors.json")).expect("it is JSON");
    assert_eq!(recorded.len(), 52);
    for entry in recorded {
        let text = entry["text"].as_str().expect("an error has a text");
        let error = Error::ALL.iter().find(|error| error.message() == text);
        let error = error.unwrap_or_else(|| panic!("no error says {text:?}"));
        assert_eq!(json!(error.code() as u8), entry["code"], "{text}");
        assert_eq!(error.code().name(), entry["grpc"], "{text}");
        if !entry["http_observed"].is_null() {
            assert_eq!(
                json!(http_status(error.code()).0),
                entry["http_observed"],
                "{text}"
            );
        }
    }
}

#[test]
fn recorded_refusals_are_written_as_etcd_writes_them() {
    let mut seen = 0;
    for Call {
        name,
        answers,
        status,
        ..
    } in recorded::calls()
    {
        for answer in answers.iter().filter(|text| text.starts_with("{\"error\"")) {
            let said: Value = serde_json::from_str(answer).expect(&name);
            let is_line = said["error"].is_object();
            let message = if is_line {
                &said["error"]["message"]
            } else {
                &said["message"]
            };
            let code = if is_line {
                &said["error"]["grpc_code"]
            } else {
                &said["code"]
            };
            let same = |error: &&Error| {
                json!(error.message()) == *message && json!(error.code() as u8) == *code
            };
            let Some(error) = Error::ALL.iter().find(same) else {
                continue;
            };
            let written = match is_line {
                true => gateway::stream_error_json(error),
                false => error_json(error),
            };
            assert_eq!(written, *answer, "{name}");
            if status != 0 {
                assert_eq!(u64::from(http_status(error.code()).0), status, "{name}");
            }
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen}");
}
