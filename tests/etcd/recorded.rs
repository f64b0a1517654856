//! The recordings, read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

const GOLDEN: &str = include_str!("recordings/golden.jsonl");

/// A call that was recorded.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Its number, from 1.
    pub(crate) seq: u64,
    /// What it shows.
    pub(crate) name: String,
    /// The group of calls that it belongs to.
    pub(crate) group: String,
    /// Which member was asked.
    pub(crate) port: u64,
    /// Where.
    pub(crate) path: String,
    /// The body, whole; empty for a stream.
    pub(crate) request: String,
    /// What was answered, and of it all lines of a stream.
    pub(crate) answers: Vec<String>,
    /// The HTTP status; 0 for streams.
    pub(crate) status: u64,
    /// What was said on the stream; nothing for a call that is none.
    pub(crate) stream: Vec<String>,
    /// All that was recorded.
    pub(crate) raw: Value,
}

/// All calls, in their order.
pub(crate) fn calls() -> Vec<Call> {
    GOLDEN.lines().map(call).collect()
}

fn call(line: &str) -> Call {
    let raw: Value = serde_json::from_str(line).expect("a recorded line is JSON");
    let text = |name: &str| raw[name].as_str().unwrap_or_default().to_owned();
    let texts = |name: &str| -> Vec<String> {
        let list = raw[name].as_array().into_iter().flatten();
        list.map(|one| one.as_str().unwrap_or_default().to_owned())
            .collect()
    };
    let answers = match raw.get("response_text") {
        Some(text) => vec![text.as_str().unwrap_or_default().trim_end().to_owned()],
        None => texts("response_lines"),
    };
    Call {
        seq: raw["seq"].as_u64().expect("a call has a number"),
        name: text("name"),
        group: text("group"),
        port: raw["port"].as_u64().expect("a call has a port"),
        path: text("path"),
        request: whole(&text("name"), &text("request")),
        answers,
        status: raw["status"].as_u64().unwrap_or_default(),
        stream: texts("request_stream"),
        raw,
    }
}

/// A request as it was before the recorder cut it: the length that it noted tells whether what
/// is made up here is right.
fn whole(name: &str, recorded: &str) -> String {
    let Some((beginning, length)) = recorded.split_once("...<") else {
        return recorded.to_owned();
    };
    let put = |key: &str| {
        let key = STANDARD.encode(key);
        format!("{{\"request_put\": {{\"key\": \"{key}\", \"value\": \"dg==\"}}}}")
    };
    let puts = |range: std::ops::Range<u32>| {
        let puts: Vec<String> = range.map(|number| put(&format!("m/{number}"))).collect();
        puts.join(", ")
    };
    let value = |key: &str, length: usize| {
        let (key, value) = (STANDARD.encode(key), STANDARD.encode("x".repeat(length)));
        format!("{{\"key\": \"{key}\", \"value\": \"{value}\"}}")
    };
    let whole = match name {
        "big-request" => value("big", 1_600_000),
        "huge-request" => value("big", 3_000_000),
        "txn-too-many-ops" => format!("{{\"success\": [{}]}}", puts(0..129)),
        "txn-128-ops-ok" => {
            let puts: Vec<String> = (0..128).map(|n| put(&format!("m/{n:03}"))).collect();
            format!("{{\"success\": [{}]}}", puts.join(", "))
        }
        "txn-nested-too-many" => {
            let (inner, outer) = (puts(0..127), put("m/out"));
            format!("{{\"success\": [{{\"request_txn\": {{\"success\": [{inner}]}}}}, {outer}]}}")
        }
        _ => value(&name.replace("quota-put-", "q"), 9_000),
    };
    assert!(whole.starts_with(beginning), "{name}");
    let length = length.trim_end_matches(" bytes>");
    assert_eq!(whole.len().to_string(), length, "{name}");
    whole
}
