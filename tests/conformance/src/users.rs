//! Programs in which users and roles come and go, and clients prove who they are and ask with
//! what they may.
//!
//! Not drawn, because the real etcd 3.4.23 is at fault there:
//! - a transaction within another, which gets round the permissions (`etcdserver/apply_auth.go`,
//!   `checkTxnAuth`); here it does not;
//! - a permission to be granted that is not given, with which every member ends
//!   (`auth/store.go`, `RoleGrantPermission`); here it is refused;
//! - a range that ends before it begins, of which etcd's answer depends on the shape of its
//!   tree of permissions (`pkg/adt/interval_tree.go`);
//! - a token whose index is to come: the member would wait for it until its patience ends
//!   (`auth/simple_token.go`, `isValidSimpleToken`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use glassraft_tests::recordings::Random;
use serde_json::{Value, json};

use crate::program::{Ask, Step, delete, encoded, everything, key, maybe, range_end, step, txn};

/// Who asks: first somebody without a token, at last one whose token is none, and between
/// them those who may prove who they are.
pub(crate) const CLIENTS: usize = 6;

/// The token of the last of them.
pub(crate) const NONSENSE: &str = "nonsense";

const USERS: [&str; 4] = ["root", "alice", "bob", "carol"];
const ROLES: [&str; 4] = ["root", "reader", "writer", "both"];

/// All passwords that there are.
pub(crate) const PASSWORDS: [&str; 3] = ["one", "two", ""];

/// The path of watchers. What is compared is the first that they hear.
pub(crate) const WATCH: &str = "/v3/watch";

/// The path of proofs of who one is.
pub(crate) const PROOF: &str = "/v3/auth/authenticate";

fn one(random: &mut Random, list: &[&'static str]) -> &'static str {
    list[random.place(list.len())]
}

/// Adds so many requests, behind those by which users and roles come to be there.
pub(crate) fn extend(steps: &mut Vec<Step>, random: &mut Random, requests: usize) {
    let mut beginning = vec![
        user_add("root", "one"),
        ask(
            "/v3/auth/user/grant",
            json!({"user": "root", "role": "root"}),
        ),
    ];
    for (user, role) in [("alice", "reader"), ("bob", "writer"), ("carol", "both")] {
        beginning.push(user_add(user, "two"));
        beginning.push(ask("/v3/auth/role/add", json!({ "name": role })));
        for _ in 0..=random.below(3) {
            let granted = permission(random);
            beginning.push(grant(role, &granted));
        }
        beginning.push(ask(
            "/v3/auth/user/grant",
            json!({"user": user, "role": role}),
        ));
    }
    beginning.push(ask("/v3/auth/enable", json!({})));
    for (client, user) in USERS.iter().enumerate() {
        let password = if *user == "root" { "one" } else { "two" };
        beginning.push(proof(1 + client, user, password));
    }
    // Some are left out, so that not all goes well.
    beginning.retain(|_| !random.chance(2));
    steps.extend(beginning);
    steps.extend((0..requests).map(|_| any(random)));
}

/// A request of a program, by any of the clients.
fn any(random: &mut Random) -> Step {
    let mut step = match random.below(100) {
        0..=29 => about_users(random),
        30..=37 => {
            let (user, password) = (one(random, &USERS), one(random, &PASSWORDS));
            proof(1 + random.place(CLIENTS - 2), user, password)
        }
        38..=43 => {
            let mut create = json!({ "key": key(random) });
            range_end(random, &mut create);
            ask(WATCH, json!({ "create_request": create }))
        }
        44..=50 => ask(
            one(
                random,
                &[
                    "/v3/maintenance/hash",
                    "/v3/maintenance/defragment",
                    "/v3/kv/deleterange",
                    "/v3/kv/range",
                    "/v3/cluster/member/remove",
                    "/v3/cluster/member/promote",
                ],
            ),
            match random.chance(50) {
                true => everything(),
                false => delete(random),
            },
        ),
        // At the greatest depth, so that nothing is nested.
        51..=65 => ask("/v3/kv/txn", flat_txn(random)),
        _ => step(random),
    };
    let client = client(random);
    if let Step::Ask(ask) = &mut step {
        if ask.path == "/v3/kv/txn" && ask.body.to_string().contains("request_txn") {
            ask.body = flat_txn(random);
        }
        straighten(&mut ask.body);
        if ask.path != PROOF {
            ask.client = client;
        }
    }
    step
}

/// Somebody, mostly one who may have proved to be `root`, whom the others depend on.
fn client(random: &mut Random) -> usize {
    match random.below(20) {
        0 => 0,
        1 => CLIENTS - 1,
        2..=9 => 1,
        _ => 1 + random.place(CLIENTS - 2),
    }
}

fn flat_txn(random: &mut Random) -> Value {
    const DEEPEST: u32 = 2;
    let mut txn = txn(random, DEEPEST);
    crate::program::spare(&mut txn);
    txn
}

fn ask(path: &'static str, body: Value) -> Step {
    Step::ask(path, body)
}

fn user_add(name: &str, password: &str) -> Step {
    let body = json!({"name": name, "password": password});
    ask("/v3/auth/user/add", body)
}

fn proof(client: usize, name: &str, password: &str) -> Step {
    Step::Ask(Ask {
        client,
        path: PROOF,
        body: json!({"name": name, "password": password}),
    })
}

fn grant(role: &str, permission: &Value) -> Step {
    ask(
        "/v3/auth/role/grant",
        json!({"name": role, "perm": permission}),
    )
}

fn permission(random: &mut Random) -> Value {
    let mut permission = json!({ "key": key(random) });
    let kind = one(random, &["READ", "WRITE", "READWRITE"]);
    maybe(random, 95, &mut permission, "permType", json!(kind));
    range_end(random, &mut permission);
    straighten(&mut permission);
    permission
}

/// A request about users and roles, or about whether anybody is asked who he is.
fn about_users(random: &mut Random) -> Step {
    let user = named(random, &USERS);
    let role = named(random, &ROLES);
    let password = one(random, &PASSWORDS);
    match random.below(24) {
        0 | 1 => user_add(user, password),
        2 => ask(
            "/v3/auth/user/add",
            json!({"name": user, "options": {"no_password": true}}),
        ),
        3 => ask("/v3/auth/user/delete", json!({ "name": user })),
        4 | 5 => ask("/v3/auth/user/get", json!({ "name": user })),
        6 => ask("/v3/auth/user/list", json!({})),
        7 => ask(
            "/v3/auth/user/changepw",
            json!({"name": user, "password": password}),
        ),
        8..=10 => ask("/v3/auth/user/grant", json!({"user": user, "role": role})),
        11 | 12 => ask("/v3/auth/user/revoke", json!({"name": user, "role": role})),
        13 | 14 => ask("/v3/auth/role/add", json!({ "name": role })),
        15 => ask("/v3/auth/role/delete", json!({ "role": role })),
        16 | 17 => ask("/v3/auth/role/get", json!({ "role": role })),
        18 => ask("/v3/auth/role/list", json!({})),
        19 | 20 => {
            let permission = permission(random);
            grant(role, &permission)
        }
        21 => {
            let mut body = json!({"role": role, "key": key(random)});
            range_end(random, &mut body);
            ask("/v3/auth/role/revoke", body)
        }
        22 => ask("/v3/auth/enable", json!({})),
        _ if random.chance(80) => ask("/v3/auth/enable", json!({})),
        _ => ask("/v3/auth/disable", json!({})),
    }
}

/// A name of a list; sometimes one that nobody has, or none.
fn named(random: &mut Random, list: &[&'static str]) -> &'static str {
    match random.below(30) {
        0 => "nobody",
        1 => "",
        _ => one(random, list),
    }
}

/// Takes the ends of ranges away that end before they begin.
fn straighten(value: &mut Value) {
    let bytes = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        STANDARD.decode(text).unwrap_or_default()
    };
    match value {
        Value::Object(fields) => {
            if let (Some(key), Some(end)) = (fields.get("key"), fields.get("range_end")) {
                let is_open = *end == encoded("\u{0}");
                if !is_open && bytes(end) <= bytes(key) {
                    fields.remove("range_end");
                }
            }
            fields.values_mut().for_each(straighten);
        }
        Value::Array(items) => items.iter_mut().for_each(straighten),
        _ => {}
    }
}
