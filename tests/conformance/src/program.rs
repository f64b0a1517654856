//! Random programs: requests over few keys, so that they meet.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use glassraft_tests::recordings::Random;
use serde_json::{Map, Value, json};

use crate::{ending, users};

/// A step of a program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Step {
    /// Something is asked.
    Ask(Ask),
    /// It is waited until there is no lease with this identifier.
    AwaitEnd(u64),
}

/// Something that is asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ask {
    /// Who asks, as a place in the list of clients ([`users::CLIENTS`]). The first never shows
    /// a token.
    pub(crate) client: usize,
    /// The path at the gateway.
    pub(crate) path: &'static str,
    /// What is asked. A text that begins with `@` is a revision, counted from the present one.
    pub(crate) body: Value,
}

impl Step {
    /// What somebody asks who shows no token.
    pub(crate) fn ask(path: &'static str, body: Value) -> Self {
        Self::Ask(Ask {
            client: 0,
            path,
            body,
        })
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ask(ask) => {
                if ask.client > 0 {
                    write!(f, "client {}: ", ask.client)?;
                }
                write!(f, "{} {}", ask.path, ask.body)
            }
            Self::AwaitEnd(lease) => write!(f, "wait for the end of lease {lease}"),
        }
    }
}

impl Ask {
    /// The body at a revision.
    pub(crate) fn body_at(&self, revision: i64) -> String {
        let mut body = self.body.clone();
        resolve(&mut body, revision);
        body.to_string()
    }
}

fn resolve(value: &mut Value, revision: i64) {
    match value {
        Value::String(text) => {
            if let Some(distance) = text
                .strip_prefix('@')
                .and_then(|rest| rest.parse::<i64>().ok())
            {
                *value = json!(revision + distance);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| resolve(inner, revision)),
        Value::Object(object) => object
            .values_mut()
            .for_each(|inner| resolve(inner, revision)),
        _ => {}
    }
}

/// The keys: some are prefixes of others. There are so few that etcd's sort of them, which
/// leaves open in which order equals come, is one that keeps their order.
const KEYS: [&str; 8] = ["a", "a/1", "a/2", "b", "b/1", "c", "d", "\u{0}"];

/// Ends of ranges: behind a prefix, before all, everything, and others.
const ENDS: [&str; 7] = ["a0", "b", "b0", "c", "z", "\u{0}", "a"];

/// The identifiers of leases that outlive every program.
const LEASES: std::ops::RangeInclusive<u64> = 1..=5;

/// What a program is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Pairs and leases.
    Plain,
    /// Users and roles, too, and clients who prove who they are.
    Users,
    /// Leases, too, whose time runs out while one waits.
    Ending,
}

impl Kind {
    /// What the program with a number is about.
    pub(crate) fn of(number: u64) -> Self {
        match number % 20 {
            19 => Self::Ending,
            rest if rest % 4 == 1 => Self::Users,
            _ => Self::Plain,
        }
    }
}

/// A program of so many requests. Before them it takes all leases and keys away.
pub(crate) fn program(random: &mut Random, kind: Kind, requests: usize) -> Vec<Step> {
    let ids = LEASES.chain(ending::LEASES);
    let mut steps: Vec<Step> = ids.map(revoke).collect();
    steps.push(Step::ask("/v3/kv/deleterange", everything()));
    match kind {
        Kind::Plain => steps.extend((0..requests).map(|_| step(random))),
        Kind::Users => users::extend(&mut steps, random, requests),
        Kind::Ending => ending::extend(&mut steps, random, requests),
    }
    steps
}

/// Takes a lease away.
pub(crate) fn revoke(id: u64) -> Step {
    Step::ask("/v3/lease/revoke", json!({ "ID": id }))
}

/// All keys.
pub(crate) fn everything() -> Value {
    json!({"key": encoded("\u{0}"), "range_end": encoded("\u{0}")})
}

/// A request by a client without a token.
pub(crate) fn step(random: &mut Random) -> Step {
    let (path, body) = match random.below(100) {
        0..=24 => ("/v3/kv/put", put(random)),
        25..=44 => ("/v3/kv/range", range(random)),
        45..=54 => ("/v3/kv/deleterange", delete(random)),
        55..=76 => {
            let mut txn = txn(random, 0);
            spare(&mut txn);
            ("/v3/kv/txn", txn)
        }
        77..=80 => ("/v3/kv/compaction", compaction(random)),
        81..=85 => ("/v3/lease/grant", grant(random)),
        86..=88 => ("/v3/lease/revoke", json!({"ID": lease(random)})),
        89..=92 => (
            "/v3/lease/timetolive",
            json!({"ID": lease(random), "keys": random.chance(70)}),
        ),
        93 | 94 => ("/v3/lease/leases", json!({})),
        95 | 96 => ("/v3/lease/keepalive", json!({"ID": lease(random)})),
        97 => ("/v3/maintenance/alarm", json!({})),
        98 => ("/v3/cluster/member/list", json!({})),
        _ => ("/v3/maintenance/status", json!({})),
    };
    Step::ask(path, body)
}

pub(crate) fn encoded(text: &str) -> Value {
    json!(STANDARD.encode(text))
}

/// A key; sometimes none, which is refused.
pub(crate) fn key(random: &mut Random) -> Value {
    if random.chance(2) {
        return encoded("");
    }
    encoded(KEYS[random.place(KEYS.len())])
}

pub(crate) fn value(random: &mut Random) -> Value {
    encoded(["", "1", "2", "3", "10"][random.place(5)])
}

pub(crate) fn lease(random: &mut Random) -> u64 {
    1 + random.below(*LEASES.end())
}

/// A revision near the present one, or one that cannot be.
pub(crate) fn revision(random: &mut Random) -> Value {
    match random.below(20) {
        0 => json!("@1"),
        1 => json!("@20"),
        2 => json!(-1),
        3 => json!("1"),
        _ => json!(format!("@{}", -i64::from(random.small(12)))),
    }
}

/// Puts a field in, with some probability in percent.
pub(crate) fn maybe(
    random: &mut Random,
    percent: u64,
    fields: &mut Value,
    name: &str,
    value: Value,
) {
    if let (true, Value::Object(fields)) = (random.chance(percent), fields) {
        fields.insert(name.to_owned(), value);
    }
}

pub(crate) fn put(random: &mut Random) -> Value {
    let mut fields = json!({ "key": key(random) });
    let (given, leased) = (value(random), json!(lease(random)));
    maybe(random, 90, &mut fields, "value", given);
    maybe(random, 25, &mut fields, "lease", leased);
    maybe(random, 30, &mut fields, "prev_kv", json!(true));
    maybe(random, 8, &mut fields, "ignore_value", json!(true));
    maybe(random, 8, &mut fields, "ignore_lease", json!(true));
    // Both of them with nothing given is what passes most often.
    if random.chance(8) {
        fields = json!({"key": fields["key"], "ignore_value": true});
    }
    fields
}

pub(crate) fn range_end(random: &mut Random, fields: &mut Value) {
    let end = encoded(ENDS[random.place(ENDS.len())]);
    maybe(random, 60, fields, "range_end", end);
}

pub(crate) fn range(random: &mut Random) -> Value {
    const ORDERS: [&str; 3] = ["NONE", "ASCEND", "DESCEND"];
    const TARGETS: [&str; 5] = ["KEY", "VERSION", "CREATE", "MOD", "VALUE"];
    let mut fields = json!({ "key": key(random) });
    range_end(random, &mut fields);
    let at = revision(random);
    maybe(random, 30, &mut fields, "revision", at);
    let limit = json!(i64::from(random.small(5)) - 1);
    maybe(random, 30, &mut fields, "limit", limit);
    let order = json!(ORDERS[random.place(3)]);
    maybe(random, 40, &mut fields, "sort_order", order);
    let target = json!(TARGETS[random.place(5)]);
    maybe(random, 40, &mut fields, "sort_target", target);
    maybe(random, 15, &mut fields, "serializable", json!(true));
    maybe(random, 10, &mut fields, "keys_only", json!(true));
    maybe(random, 10, &mut fields, "count_only", json!(true));
    for name in [
        "min_mod_revision",
        "max_mod_revision",
        "min_create_revision",
        "max_create_revision",
    ] {
        let bound = json!(format!("@{}", -i64::from(random.small(10))));
        maybe(random, 8, &mut fields, name, bound);
    }
    fields
}

pub(crate) fn delete(random: &mut Random) -> Value {
    let mut fields = json!({ "key": key(random) });
    range_end(random, &mut fields);
    maybe(random, 50, &mut fields, "prev_kv", json!(true));
    fields
}

fn compaction(random: &mut Random) -> Value {
    let mut fields = json!({ "revision": revision(random) });
    maybe(random, 50, &mut fields, "physical", json!(true));
    fields
}

/// A lease that outlives every program. How much of it is left is not compared, but which of
/// them ends first is, so they are far apart.
fn grant(random: &mut Random) -> Value {
    let id = lease(random);
    match random.below(12) {
        0 => json!({"ID": id, "TTL": 9_000_000_001_i64}),
        _ => json!({"ID": id, "TTL": (id + 1) * 10_000}),
    }
}

/// etcd 3.4.23 ends itself when a put that keeps what is there finds its key deleted by the
/// same transaction: it looks for the key before it begins (`etcdserver/apply.go`, `applyTxn`,
/// "unexpected error during txn"). So transactions that delete keep nothing.
pub(crate) fn spare(txn: &mut Value) {
    if txn.to_string().contains("request_delete_range") {
        forget(txn, &["ignore_value", "ignore_lease"]);
    }
}

fn forget(value: &mut Value, names: &[&str]) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !names.contains(&name.as_str()));
            fields.values_mut().for_each(|field| forget(field, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| forget(item, names)),
        _ => {}
    }
}

pub(crate) fn txn(random: &mut Random, depth: u32) -> Value {
    let list = |random: &mut Random, end: u64, make: fn(&mut Random, u32) -> Value| {
        let items: Vec<Value> = (0..random.below(end))
            .map(|_| make(random, depth))
            .collect();
        Value::Array(items)
    };
    let mut fields = Map::new();
    fields.insert("compare".to_owned(), list(random, 3, compare));
    fields.insert("success".to_owned(), list(random, 4, operation));
    fields.insert("failure".to_owned(), list(random, 3, operation));
    Value::Object(fields)
}

fn compare(random: &mut Random, _depth: u32) -> Value {
    const RESULTS: [&str; 4] = ["EQUAL", "GREATER", "LESS", "NOT_EQUAL"];
    const TARGETS: [(&str, &str); 5] = [
        ("VERSION", "version"),
        ("CREATE", "create_revision"),
        ("MOD", "mod_revision"),
        ("VALUE", "value"),
        ("LEASE", "lease"),
    ];
    let (target, union) = TARGETS[random.place(5)];
    let mut fields = json!({
        "key": key(random),
        "target": target,
        "result": RESULTS[random.place(4)],
    });
    let with = match union {
        "value" => value(random),
        "version" | "lease" => json!(random.below(4)),
        _ if random.chance(30) => json!(0),
        _ => revision(random),
    };
    maybe(random, 97, &mut fields, union, with);
    let end = encoded(ENDS[random.place(ENDS.len())]);
    maybe(random, 20, &mut fields, "range_end", end);
    fields
}

fn operation(random: &mut Random, depth: u32) -> Value {
    match random.below(100) {
        35..=64 => json!({"request_range": range(random)}),
        65..=79 => json!({"request_delete_range": delete(random)}),
        80..=98 if depth < 2 => json!({"request_txn": txn(random, depth + 1)}),
        0..=34 | 80..=98 => json!({"request_put": put(random)}),
        _ => json!({}),
    }
}
