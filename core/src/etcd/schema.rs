//! The fields of etcd's messages, as a table: number, name and type
//! (`etcdserverpb/rpc.proto`, `mvccpb/kv.proto`, `authpb/auth.proto`).
//!
//! [`super::gateway`] reads and writes JSON by it, so that there is one reader and one writer
//! for all messages. The types beside say the same to `prost`; the tests hold the two together.

use Type::{Bool, Bytes, Enum, Int64, Message as Part, String, Uint32, Uint64};

/// The fields of a message, by their numbers.
#[derive(Debug)]
pub struct Message(pub(super) &'static [Field]);

/// A field of a message.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: u16,
    /// Its name in the proto, which is the one that is written.
    pub(super) name: &'static str,
    pub(super) kind: Type,
    /// Whether it is a list.
    pub(super) is_list: bool,
}

/// What stands in a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum Type {
    Bool,
    Int64,
    Uint64,
    Uint32,
    String,
    Bytes,
    Enum(&'static Names),
    Message(&'static Message),
}

/// The names of an enumeration's values, from 0.
#[derive(Debug)]
pub(super) struct Names {
    /// What it is called in etcd's messages about it.
    pub(super) name: &'static str,
    pub(super) values: &'static [&'static str],
}

const fn one(number: u16, name: &'static str, kind: Type) -> Field {
    let is_list = false;
    Field {
        number,
        name,
        kind,
        is_list,
    }
}

const fn list(number: u16, name: &'static str, kind: Type) -> Field {
    let is_list = true;
    Field {
        number,
        name,
        kind,
        is_list,
    }
}

/// Every answer begins with it.
const HEADER: Field = one(1, "header", Part(&RESPONSE_HEADER));

/// Nothing is asked.
static NOTHING: Message = Message(&[]);

/// Nothing is answered but the header.
static ACKNOWLEDGED: Message = Message(&[HEADER]);

pub(super) static RESPONSE_HEADER: Message = Message(&[
    one(1, "cluster_id", Uint64),
    one(2, "member_id", Uint64),
    one(3, "revision", Int64),
    one(4, "raft_term", Uint64),
]);

static KEY_VALUE: Message = Message(&[
    one(1, "key", Bytes),
    one(2, "create_revision", Int64),
    one(3, "mod_revision", Int64),
    one(4, "version", Int64),
    one(5, "value", Bytes),
    one(6, "lease", Int64),
]);

static SORT_ORDER: Names = Names {
    name: "etcdserverpb.RangeRequest_SortOrder",
    values: &["NONE", "ASCEND", "DESCEND"],
};

static SORT_TARGET: Names = Names {
    name: "etcdserverpb.RangeRequest_SortTarget",
    values: &["KEY", "VERSION", "CREATE", "MOD", "VALUE"],
};

static RANGE_REQUEST: Message = Message(&[
    one(1, "key", Bytes),
    one(2, "range_end", Bytes),
    one(3, "limit", Int64),
    one(4, "revision", Int64),
    one(5, "sort_order", Enum(&SORT_ORDER)),
    one(6, "sort_target", Enum(&SORT_TARGET)),
    one(7, "serializable", Bool),
    one(8, "keys_only", Bool),
    one(9, "count_only", Bool),
    one(10, "min_mod_revision", Int64),
    one(11, "max_mod_revision", Int64),
    one(12, "min_create_revision", Int64),
    one(13, "max_create_revision", Int64),
]);

static RANGE_RESPONSE: Message = Message(&[
    HEADER,
    list(2, "kvs", Part(&KEY_VALUE)),
    one(3, "more", Bool),
    one(4, "count", Int64),
]);

static PUT_REQUEST: Message = Message(&[
    one(1, "key", Bytes),
    one(2, "value", Bytes),
    one(3, "lease", Int64),
    one(4, "prev_kv", Bool),
    one(5, "ignore_value", Bool),
    one(6, "ignore_lease", Bool),
]);

static PUT_RESPONSE: Message = Message(&[HEADER, one(2, "prev_kv", Part(&KEY_VALUE))]);

static DELETE_RANGE_REQUEST: Message = Message(&[
    one(1, "key", Bytes),
    one(2, "range_end", Bytes),
    one(3, "prev_kv", Bool),
]);

static DELETE_RANGE_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "deleted", Int64),
    list(3, "prev_kvs", Part(&KEY_VALUE)),
]);

static COMPARE_RESULT: Names = Names {
    name: "etcdserverpb.Compare_CompareResult",
    values: &["EQUAL", "GREATER", "LESS", "NOT_EQUAL"],
};

static COMPARE_TARGET: Names = Names {
    name: "etcdserverpb.Compare_CompareTarget",
    values: &["VERSION", "CREATE", "MOD", "VALUE", "LEASE"],
};

static COMPARE: Message = Message(&[
    one(1, "result", Enum(&COMPARE_RESULT)),
    one(2, "target", Enum(&COMPARE_TARGET)),
    one(3, "key", Bytes),
    one(4, "version", Int64),
    one(5, "create_revision", Int64),
    one(6, "mod_revision", Int64),
    one(7, "value", Bytes),
    one(8, "lease", Int64),
    one(64, "range_end", Bytes),
]);

static REQUEST_OP: Message = Message(&[
    one(1, "request_range", Part(&RANGE_REQUEST)),
    one(2, "request_put", Part(&PUT_REQUEST)),
    one(3, "request_delete_range", Part(&DELETE_RANGE_REQUEST)),
    one(4, "request_txn", Part(&TXN_REQUEST)),
]);

pub(super) static RESPONSE_OP: Message = Message(&[
    one(1, "response_range", Part(&RANGE_RESPONSE)),
    one(2, "response_put", Part(&PUT_RESPONSE)),
    one(3, "response_delete_range", Part(&DELETE_RANGE_RESPONSE)),
    one(4, "response_txn", Part(&TXN_RESPONSE)),
]);

static TXN_REQUEST: Message = Message(&[
    list(1, "compare", Part(&COMPARE)),
    list(2, "success", Part(&REQUEST_OP)),
    list(3, "failure", Part(&REQUEST_OP)),
]);

static TXN_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "succeeded", Bool),
    list(3, "responses", Part(&RESPONSE_OP)),
]);

static COMPACTION_REQUEST: Message =
    Message(&[one(1, "revision", Int64), one(2, "physical", Bool)]);

static LEASE_GRANT_REQUEST: Message = Message(&[one(1, "TTL", Int64), one(2, "ID", Int64)]);

static LEASE_GRANT_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "ID", Int64),
    one(3, "TTL", Int64),
    one(4, "error", String),
]);

/// A lease, or what is asked about it.
static LEASE: Message = Message(&[one(1, "ID", Int64)]);

static LEASE_KEEP_ALIVE_RESPONSE: Message =
    Message(&[HEADER, one(2, "ID", Int64), one(3, "TTL", Int64)]);

static LEASE_TIME_TO_LIVE_REQUEST: Message = Message(&[one(1, "ID", Int64), one(2, "keys", Bool)]);

static LEASE_TIME_TO_LIVE_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "ID", Int64),
    one(3, "TTL", Int64),
    one(4, "grantedTTL", Int64),
    list(5, "keys", Bytes),
]);

static LEASE_LEASES_RESPONSE: Message = Message(&[HEADER, list(2, "leases", Part(&LEASE))]);

static MEMBER: Message = Message(&[
    one(1, "ID", Uint64),
    one(2, "name", String),
    list(3, "peerURLs", String),
    list(4, "clientURLs", String),
    one(5, "isLearner", Bool),
]);

static MEMBER_ADD_REQUEST: Message =
    Message(&[list(1, "peerURLs", String), one(2, "isLearner", Bool)]);

static MEMBER_ADD_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "member", Part(&MEMBER)),
    list(3, "members", Part(&MEMBER)),
]);

/// A member that is removed or promoted.
static MEMBER_ID: Message = Message(&[one(1, "ID", Uint64)]);

static MEMBER_UPDATE_REQUEST: Message =
    Message(&[one(1, "ID", Uint64), list(2, "peerURLs", String)]);

static MEMBERS_RESPONSE: Message = Message(&[HEADER, list(2, "members", Part(&MEMBER))]);

static ALARM_TYPE: Names = Names {
    name: "etcdserverpb.AlarmType",
    values: &["NONE", "NOSPACE", "CORRUPT"],
};

static ALARM_ACTION: Names = Names {
    name: "etcdserverpb.AlarmRequest_AlarmAction",
    values: &["GET", "ACTIVATE", "DEACTIVATE"],
};

static ALARM_REQUEST: Message = Message(&[
    one(1, "action", Enum(&ALARM_ACTION)),
    one(2, "memberID", Uint64),
    one(3, "alarm", Enum(&ALARM_TYPE)),
]);

static ALARM_MEMBER: Message = Message(&[
    one(1, "memberID", Uint64),
    one(2, "alarm", Enum(&ALARM_TYPE)),
]);

static ALARM_RESPONSE: Message = Message(&[HEADER, list(2, "alarms", Part(&ALARM_MEMBER))]);

static STATUS_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "version", String),
    one(3, "dbSize", Int64),
    one(4, "leader", Uint64),
    one(5, "raftIndex", Uint64),
    one(6, "raftTerm", Uint64),
    one(7, "raftAppliedIndex", Uint64),
    list(8, "errors", String),
    one(9, "dbSizeInUse", Int64),
    one(10, "isLearner", Bool),
]);

static HASH_RESPONSE: Message = Message(&[HEADER, one(2, "hash", Uint32)]);

static HASH_KV_REQUEST: Message = Message(&[one(1, "revision", Int64)]);

static HASH_KV_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "hash", Uint32),
    one(3, "compact_revision", Int64),
]);

static SNAPSHOT_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "remaining_bytes", Uint64),
    one(3, "blob", Bytes),
]);

static MOVE_LEADER_REQUEST: Message = Message(&[one(1, "targetID", Uint64)]);

/// A user with a password.
static CREDENTIALS: Message = Message(&[one(1, "name", String), one(2, "password", String)]);

static AUTHENTICATE_RESPONSE: Message = Message(&[HEADER, one(2, "token", String)]);

static USER_ADD_OPTIONS: Message = Message(&[one(1, "no_password", Bool)]);

static USER_ADD_REQUEST: Message = Message(&[
    one(1, "name", String),
    one(2, "password", String),
    one(3, "options", Part(&USER_ADD_OPTIONS)),
]);

/// A user or a role by `name`.
static NAME: Message = Message(&[one(1, "name", String)]);

/// A role by `role`.
static ROLE: Message = Message(&[one(1, "role", String)]);

static ROLES: Message = Message(&[HEADER, list(2, "roles", String)]);

static USERS: Message = Message(&[HEADER, list(2, "users", String)]);

static GRANT_ROLE_REQUEST: Message = Message(&[one(1, "user", String), one(2, "role", String)]);

static REVOKE_ROLE_REQUEST: Message = Message(&[one(1, "name", String), one(2, "role", String)]);

static PERMISSION_TYPE: Names = Names {
    name: "authpb.Permission_Type",
    values: &["READ", "WRITE", "READWRITE"],
};

static PERMISSION: Message = Message(&[
    one(1, "permType", Enum(&PERMISSION_TYPE)),
    one(2, "key", Bytes),
    one(3, "range_end", Bytes),
]);

static ROLE_GET_RESPONSE: Message = Message(&[HEADER, list(2, "perm", Part(&PERMISSION))]);

static GRANT_PERMISSION_REQUEST: Message =
    Message(&[one(1, "name", String), one(2, "perm", Part(&PERMISSION))]);

static REVOKE_PERMISSION_REQUEST: Message = Message(&[
    one(1, "role", String),
    one(2, "key", Bytes),
    one(3, "range_end", Bytes),
]);

static EVENT_TYPE: Names = Names {
    name: "mvccpb.Event_EventType",
    values: &["PUT", "DELETE"],
};

pub(super) static EVENT: Message = Message(&[
    one(1, "type", Enum(&EVENT_TYPE)),
    one(2, "kv", Part(&KEY_VALUE)),
    one(3, "prev_kv", Part(&KEY_VALUE)),
]);

static FILTER_TYPE: Names = Names {
    name: "etcdserverpb.WatchCreateRequest_FilterType",
    values: &["NOPUT", "NODELETE"],
};

static WATCH_CREATE_REQUEST: Message = Message(&[
    one(1, "key", Bytes),
    one(2, "range_end", Bytes),
    one(3, "start_revision", Int64),
    one(4, "progress_notify", Bool),
    list(5, "filters", Enum(&FILTER_TYPE)),
    one(6, "prev_kv", Bool),
    one(7, "watch_id", Int64),
    one(8, "fragment", Bool),
]);

static WATCH_CANCEL_REQUEST: Message = Message(&[one(1, "watch_id", Int64)]);

/// What is said on a stream of watchers.
pub(super) static WATCH_REQUEST: Message = Message(&[
    one(1, "create_request", Part(&WATCH_CREATE_REQUEST)),
    one(2, "cancel_request", Part(&WATCH_CANCEL_REQUEST)),
    one(3, "progress_request", Part(&NOTHING)),
]);

/// What is heard on a stream of watchers.
pub(super) static WATCH_RESPONSE: Message = Message(&[
    HEADER,
    one(2, "watch_id", Int64),
    one(3, "created", Bool),
    one(4, "canceled", Bool),
    one(5, "compact_revision", Int64),
    one(6, "cancel_reason", String),
    one(7, "fragment", Bool),
    list(11, "events", Part(&EVENT)),
]);

static INTERNAL_AUTHENTICATE: Message = Message(&[
    one(1, "name", String),
    one(2, "password", String),
    one(3, "simple_token", String),
]);

static ATTRIBUTES: Message = Message(&[one(1, "name", String), list(2, "clientURLs", String)]);

static ATTRIBUTES_REQUEST: Message = Message(&[
    one(1, "member_ID", Uint64),
    one(2, "attributes", Part(&ATTRIBUTES)),
]);

/// What stands in the log. The names are those of the calls (`Request::label`), which ours are
/// and not the proto's: they are for a trace, not for a gateway.
pub(super) static OPERATION: Message = Message(&[
    one(4, "put", Part(&PUT_REQUEST)),
    one(5, "delete-range", Part(&DELETE_RANGE_REQUEST)),
    one(6, "txn", Part(&TXN_REQUEST)),
    one(7, "compaction", Part(&COMPACTION_REQUEST)),
    one(8, "lease-grant", Part(&LEASE_GRANT_REQUEST)),
    one(9, "lease-revoke", Part(&LEASE)),
    one(10, "alarm", Part(&ALARM_REQUEST)),
    one(1000, "auth-enable", Part(&NOTHING)),
    one(1011, "auth-disable", Part(&NOTHING)),
    one(1012, "authenticate", Part(&INTERNAL_AUTHENTICATE)),
    one(1100, "user-add", Part(&USER_ADD_REQUEST)),
    one(1101, "user-delete", Part(&NAME)),
    one(1103, "user-change-password", Part(&CREDENTIALS)),
    one(1104, "user-grant-role", Part(&GRANT_ROLE_REQUEST)),
    one(1105, "user-revoke-role", Part(&REVOKE_ROLE_REQUEST)),
    one(1200, "role-add", Part(&NAME)),
    one(1201, "role-delete", Part(&ROLE)),
    one(
        1203,
        "role-grant-permission",
        Part(&GRANT_PERMISSION_REQUEST),
    ),
    one(
        1204,
        "role-revoke-permission",
        Part(&REVOKE_PERMISSION_REQUEST),
    ),
    one(1301, "attributes", Part(&ATTRIBUTES_REQUEST)),
]);

/// The request and the answer of each call, by its number (`Request::number`).
pub(super) static CALLS: &[(u8, &Message, &Message)] = &[
    (0, &RANGE_REQUEST, &RANGE_RESPONSE),
    (1, &PUT_REQUEST, &PUT_RESPONSE),
    (2, &DELETE_RANGE_REQUEST, &DELETE_RANGE_RESPONSE),
    (3, &TXN_REQUEST, &TXN_RESPONSE),
    (4, &COMPACTION_REQUEST, &ACKNOWLEDGED),
    (10, &LEASE_GRANT_REQUEST, &LEASE_GRANT_RESPONSE),
    (11, &LEASE, &ACKNOWLEDGED),
    (12, &LEASE, &LEASE_KEEP_ALIVE_RESPONSE),
    (
        13,
        &LEASE_TIME_TO_LIVE_REQUEST,
        &LEASE_TIME_TO_LIVE_RESPONSE,
    ),
    (14, &NOTHING, &LEASE_LEASES_RESPONSE),
    (20, &MEMBER_ADD_REQUEST, &MEMBER_ADD_RESPONSE),
    (21, &MEMBER_ID, &MEMBERS_RESPONSE),
    (22, &MEMBER_UPDATE_REQUEST, &MEMBERS_RESPONSE),
    (23, &MEMBER_ID, &MEMBERS_RESPONSE),
    (24, &NOTHING, &MEMBERS_RESPONSE),
    (30, &ALARM_REQUEST, &ALARM_RESPONSE),
    (31, &NOTHING, &STATUS_RESPONSE),
    (32, &NOTHING, &ACKNOWLEDGED),
    (33, &NOTHING, &HASH_RESPONSE),
    (34, &HASH_KV_REQUEST, &HASH_KV_RESPONSE),
    (35, &NOTHING, &SNAPSHOT_RESPONSE),
    (36, &MOVE_LEADER_REQUEST, &ACKNOWLEDGED),
    (40, &NOTHING, &ACKNOWLEDGED),
    (41, &NOTHING, &ACKNOWLEDGED),
    (42, &CREDENTIALS, &AUTHENTICATE_RESPONSE),
    (50, &USER_ADD_REQUEST, &ACKNOWLEDGED),
    (51, &NAME, &ROLES),
    (52, &NOTHING, &USERS),
    (53, &NAME, &ACKNOWLEDGED),
    (54, &CREDENTIALS, &ACKNOWLEDGED),
    (55, &GRANT_ROLE_REQUEST, &ACKNOWLEDGED),
    (56, &REVOKE_ROLE_REQUEST, &ACKNOWLEDGED),
    (60, &NAME, &ACKNOWLEDGED),
    (61, &ROLE, &ROLE_GET_RESPONSE),
    (62, &NOTHING, &ROLES),
    (63, &ROLE, &ACKNOWLEDGED),
    (64, &GRANT_PERMISSION_REQUEST, &ACKNOWLEDGED),
    (65, &REVOKE_PERMISSION_REQUEST, &ACKNOWLEDGED),
];
