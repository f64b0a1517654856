//! etcd's services for locks and elections (`etcdserver/api/v3lock`, `v3election`). They are
//! clients of their own member: all that they do is in these transactions
//! (`clientv3/concurrency/mutex.go`, `election.go`). Of the recordings, none has to wait.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Whether a path is one of these services'.
pub(crate) fn is_served(path: &str) -> bool {
    path.starts_with("/v3/lock/") || path.starts_with("/v3/election/")
}

/// What a service answers, with somebody to ask its member: a path and a body, and the answer.
pub(crate) fn serve(path: &str, body: &str, ask: &mut dyn FnMut(&str, &Value) -> Value) -> String {
    let body: Value = serde_json::from_str(body).expect("a recorded body is JSON");
    let answer = match path {
        "/v3/lock/lock" => lock(&body, ask),
        "/v3/lock/unlock" => done(&ask("/v3/kv/deleterange", &json!({"key": body["key"]}))),
        "/v3/election/campaign" => campaign(&body, ask),
        "/v3/election/leader" => leader(&body, ask),
        "/v3/election/proclaim" => match body.get("leader") {
            Some(leader) => {
                let put = json!({"request_put": {
                    "key": leader["key"],
                    "value": body["value"],
                    "lease": leader["lease"],
                }});
                as_leader(leader, &put, ask)
            }
            None => Err("\"leader\" field must be provided".to_owned()),
        },
        "/v3/election/resign" => {
            let leader = &body["leader"];
            let delete = json!({"request_delete_range": {"key": leader["key"]}});
            match as_leader(leader, &delete, ask) {
                // Who does not lead has nothing to give up.
                Err(error) if error == "election: not leader" => Ok(json!({})),
                answer => answer,
            }
        }
        _ => Err(format!("there is no {path}")),
    };
    let answer = answer.unwrap_or_else(|error| {
        // The service passes the words of its client's error on, and not the code.
        json!({"error": error, "message": error, "code": 2})
    });
    answer.to_string()
}

type Served = Result<Value, String>;

/// The header of an answer, or its error.
fn done(answer: &Value) -> Served {
    match answer["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(json!({"header": answer["header"]})),
    }
}

/// The key of whoever has a lease, below a name: with what all of them begin, and its end.
fn keys(body: &Value) -> (Value, Value, Value) {
    let name = body["name"].as_str().expect("a name is given");
    let name = STANDARD.decode(name).expect("a name is base64");
    let lease = match &body["lease"] {
        Value::String(text) => text.parse().expect("a lease is a number"),
        number => number.as_u64().unwrap_or_default(),
    };
    let encode = |end: &str| json!(STANDARD.encode([&name, end.as_bytes()].concat()));
    let hex = format!("/{lease:x}");
    (encode(&hex), encode("/"), encode("0"))
}

/// Puts the key unless it is there, and reads who was first.
fn enter(
    body: &Value,
    value: &Value,
    ask: &mut dyn FnMut(&str, &Value) -> Value,
) -> (Value, Value) {
    let (key, first, end) = keys(body);
    let owner = json!({"request_range": {
        "key": first,
        "range_end": end,
        "sort_target": "CREATE",
        "sort_order": "ASCEND",
        "limit": 1,
    }});
    let put = json!({"request_put": {"key": key, "value": value, "lease": body["lease"]}});
    let get = json!({"request_range": {"key": key}});
    let txn = json!({
        "compare": [{"key": key, "target": "CREATE", "create_revision": 0}],
        "success": [put, owner],
        "failure": [get, owner],
    });
    (key, ask("/v3/kv/txn", &txn))
}

fn lock(body: &Value, ask: &mut dyn FnMut(&str, &Value) -> Value) -> Served {
    let (key, answer) = enter(body, &json!(""), ask);
    let mut served = done(&answer)?;
    let first = &answer["responses"][1]["response_range"]["kvs"][0];
    assert_eq!(first["key"], key, "nobody is to be waited for");
    served["key"] = key;
    Ok(served)
}

fn campaign(body: &Value, ask: &mut dyn FnMut(&str, &Value) -> Value) -> Served {
    let (key, answer) = enter(body, &body["value"], ask);
    let mut served = done(&answer)?;
    let first = &answer["responses"][1]["response_range"]["kvs"][0];
    assert_eq!(first["key"], key, "nobody is to be waited for");
    served["leader"] = json!({
        "name": body["name"],
        "key": key,
        "rev": first["create_revision"],
        "lease": body["lease"].to_string(),
    });
    Ok(served)
}

fn leader(body: &Value, ask: &mut dyn FnMut(&str, &Value) -> Value) -> Served {
    let (_, first, end) = keys(body);
    let range = json!({
        "key": first,
        "range_end": end,
        "sort_target": "CREATE",
        "sort_order": "ASCEND",
        "limit": 1,
    });
    let answer = ask("/v3/kv/range", &range);
    let mut served = done(&answer)?;
    match answer["kvs"].get(0) {
        Some(kv) => served["kv"] = kv.clone(),
        None => return Err("election: no leader".to_owned()),
    }
    Ok(served)
}

/// Does something as long as the key is still the leader's.
fn as_leader(
    leader: &Value,
    operation: &Value,
    ask: &mut dyn FnMut(&str, &Value) -> Value,
) -> Served {
    let txn = json!({
        "compare": [{"key": leader["key"], "target": "CREATE", "create_revision": leader["rev"]}],
        "success": [operation],
    });
    let answer = ask("/v3/kv/txn", &txn);
    match answer["succeeded"] == true {
        true => done(&answer),
        false => Err("election: not leader".to_owned()),
    }
}
