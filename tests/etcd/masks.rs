//! What is not compared with the recordings, each with its reason.

use serde_json::Value;

/// What is done with a call that is not compared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    /// It is made all the same: what comes after depends on it.
    Asked,
    /// It is not made.
    Left,
    /// It is made, and then another at a path and with a body, which does what etcd should not
    /// have done, so that the revision goes on as it did there.
    Replaced(&'static str, &'static str),
    /// The same, and the other is made by the user `root`.
    ReplacedByRoot(&'static str, &'static str),
}

/// Calls that are not compared, each with the reason. One of several that have a name is told
/// by its number.
const EXCLUDED: &[(&str, How, &str)] = &[
    (
        "bad-json",
        How::Asked,
        "the words are those of Go's reader of JSON",
    ),
    (
        "watch-bad-json",
        How::Left,
        "the words are those of Go's reader of JSON",
    ),
    (
        "watch-unknown-request",
        How::Left,
        "nothing was answered before the recorder gave up",
    ),
    (
        "get-method",
        How::Left,
        "the method is HTTP's, not a call's",
    ),
    ("unknown-path", How::Left, "the page for it is HTTP's"),
    ("v3alpha", How::Left, "the page for it is HTTP's"),
    ("version", How::Left, "it is no call of the API"),
    ("health", How::Left, "it is no call of the API"),
    ("health-nospace", How::Left, "it is no call of the API"),
    ("health-no-leader", How::Left, "it is no call of the API"),
    (
        "huge-request",
        How::Left,
        "the limit is that of the gateway's own connection",
    ),
    (
        "put-require-leader-header",
        How::Left,
        "the header is HTTP's",
    ),
    (
        "watch-require-leader-no-leader",
        How::Left,
        "the header is HTTP's",
    ),
    ("snapshot-stream", How::Left, "the recorder cut the answer"),
    (
        "member-add-voter-unstarted#202",
        How::Left,
        "it came in the second in which a member with that address was added and then removed, \
         so it had the identifier of the one that was removed",
    ),
    (
        "member-update-learner-url",
        How::Asked,
        "a defect of 3.4.23: another address makes a voter of a learner in the list",
    ),
    (
        "member-list-with-learner",
        How::Asked,
        "a defect of 3.4.23: another address makes a voter of a learner in the list",
    ),
    (
        "txn-nested-put-nospace",
        How::Replaced("/v3/kv/deleterange", r#"{"key": "Y2M="}"#),
        "a defect of 3.4.23: nesting a put gets round the alarm",
    ),
    (
        "alice-nested-txn-bypass",
        How::ReplacedByRoot("/v3/kv/put", r#"{"key": "c2VjcmV0", "value": "bGVhaw=="}"#),
        "a defect of 3.4.23: nesting gets round the permissions",
    ),
    (
        "role-grant-noperm-CRASHES-SERVER",
        How::Left,
        "a defect of 3.4.23",
    ),
];

/// Groups that are not compared.
pub(crate) const EXCLUDED_GROUPS: &[(&str, &str)] = &[("cors", "the headers are HTTP's")];

/// What is done with a call that is not compared; `None` for all others.
pub(crate) fn exclusion(name: &str, seq: u64, group: &str) -> Option<How> {
    if EXCLUDED_GROUPS.iter().any(|(known, _)| *known == group) {
        return Some(How::Left);
    }
    let numbered = format!("{name}#{seq}");
    let mut excluded = EXCLUDED.iter();
    let of_name = excluded.find(|(known, ..)| *known == name || *known == numbered);
    of_name.map(|(_, how, _)| *how)
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
