//! What is not compared with the recordings, each with its reason.

use serde_json::Value;

/// Calls that are not compared.
const EXCLUDED: &[(&str, &str)] = &[
    ("bad-json", "the words are those of Go's reader of JSON"),
    (
        "watch-bad-json",
        "the words are those of Go's reader of JSON",
    ),
    ("get-method", "the method is HTTP's, not a call's"),
    ("unknown-path", "the page for it is HTTP's"),
    ("v3alpha", "the page for it is HTTP's"),
    ("version", "it is no call of the API"),
    ("health", "it is no call of the API"),
    ("health-nospace", "it is no call of the API"),
    ("health-no-leader", "it is no call of the API"),
    (
        "huge-request",
        "the limit is that of the gateway's own connection to its member",
    ),
    ("put-require-leader-header", "the header is HTTP's"),
    ("watch-require-leader-no-leader", "the header is HTTP's"),
    ("snapshot-stream", "the recorder cut the answer"),
    ("role-grant-noperm-CRASHES-SERVER", "a defect of 3.4.23"),
    (
        "txn-nested-put-nospace",
        "a defect of 3.4.23: nesting a put gets round the alarm",
    ),
    (
        "alice-nested-txn-bypass",
        "a defect of 3.4.23: nesting gets round the permissions",
    ),
];

/// Groups that are not compared.
pub(crate) const EXCLUDED_GROUPS: &[(&str, &str)] = &[("cors", "the headers are HTTP's")];

/// Why a call is not compared, if it is not.
pub(crate) fn exclusion(name: &str, group: &str) -> Option<&'static str> {
    let mut excluded = EXCLUDED.iter();
    let of_name = excluded.find(|(known, _)| *known == name);
    let mut groups = EXCLUDED_GROUPS.iter();
    let of_group = groups.find(|(known, _)| *known == group);
    of_name.or(of_group).map(|(_, reason)| *reason)
}

/// Fields that are another number in every cluster, or depend on how much Raft had to say
/// before.
const MASKED: &[&str] = &[
    "cluster_id",
    "member_id",
    "raft_term",
    "raftIndex",
    "raftTerm",
    "raftAppliedIndex",
    "dbSize",
    "dbSizeInUse",
    "hash",
    "token",
];

/// Takes out what is not compared.
pub(crate) fn mask(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|name, _| !MASKED.contains(&name.as_str()));
            // How much of it is left depends on when the recorder asked.
            let is_lease = object.contains_key("grantedTTL");
            if is_lease && let Some(left) = object.get_mut("TTL") {
                *left = Value::Null;
            }
            // They come by their identifiers, which are others here.
            if let Some(Value::Array(members)) = object.get_mut("members") {
                members.sort_by_key(|member| member["ID"].to_string());
            }
            object.values_mut().for_each(mask);
        }
        Value::Array(list) => list.iter_mut().for_each(mask),
        _ => {}
    }
}
