//! Requests as they stand in a scenario file, with etcd's names; what has its default is not
//! written.

use serde::{Deserialize, Serialize};

use crate::etcd::{DeleteRangeRequest, PutRequest, RangeRequest, Request};
use crate::member::{Micros, NodeId};
use crate::world::Action;

use super::parts::{Node, Text, is_default, is_empty};

/// How long a client waits where nothing else is said, in µs: etcd's client's five seconds.
pub(super) const PATIENCE_US: Micros = 5_000_000;

/// A put.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::share) struct FilePut {
    node: Node,
    key: Text,
    #[serde(default, skip_serializing_if = "is_empty")]
    value: Text,
    #[serde(default, skip_serializing_if = "is_default")]
    lease: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    prev_kv: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    ignore_value: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    ignore_lease: bool,
    #[serde(default = "patience", skip_serializing_if = "is_patience")]
    timeout_us: Micros,
}

/// A read.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::share) struct FileRange {
    node: Node,
    key: Text,
    #[serde(default, skip_serializing_if = "is_empty")]
    range_end: Text,
    #[serde(default, skip_serializing_if = "is_default")]
    limit: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    revision: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    sort_order: i32,
    #[serde(default, skip_serializing_if = "is_default")]
    sort_target: i32,
    #[serde(default, skip_serializing_if = "is_default")]
    serializable: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    keys_only: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    count_only: bool,
    #[serde(default, skip_serializing_if = "is_default")]
    min_mod_revision: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    max_mod_revision: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    min_create_revision: i64,
    #[serde(default, skip_serializing_if = "is_default")]
    max_create_revision: i64,
    #[serde(default = "patience", skip_serializing_if = "is_patience")]
    timeout_us: Micros,
}

/// A deletion.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::share) struct FileDeleteRange {
    node: Node,
    key: Text,
    #[serde(default, skip_serializing_if = "is_empty")]
    range_end: Text,
    #[serde(default, skip_serializing_if = "is_default")]
    prev_kv: bool,
    #[serde(default = "patience", skip_serializing_if = "is_patience")]
    timeout_us: Micros,
}

pub(super) fn patience() -> Micros {
    PATIENCE_US
}

#[cfg_attr(
    target_pointer_width = "64", // Elsewhere a reference is smaller, and not complained of.
    expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands a reference over"
    )
)]
pub(super) fn is_patience(timeout_us: &Micros) -> bool {
    *timeout_us == PATIENCE_US
}

impl FilePut {
    pub(super) fn new(node: NodeId, put: &PutRequest, timeout_us: Micros) -> Self {
        let PutRequest {
            key,
            value,
            lease,
            prev_kv,
            ignore_value,
            ignore_lease,
        } = put.clone();
        Self {
            node: Node(node),
            key: Text(key),
            value: Text(value),
            lease,
            prev_kv,
            ignore_value,
            ignore_lease,
            timeout_us,
        }
    }

    pub(super) fn into_action(self) -> Action {
        Action::Request {
            node: self.node.0,
            request: Request::Put(PutRequest {
                key: self.key.0,
                value: self.value.0,
                lease: self.lease,
                prev_kv: self.prev_kv,
                ignore_value: self.ignore_value,
                ignore_lease: self.ignore_lease,
            }),
            timeout_us: self.timeout_us,
        }
    }
}

impl FileRange {
    pub(super) fn new(node: NodeId, range: &RangeRequest, timeout_us: Micros) -> Self {
        let RangeRequest {
            key,
            range_end,
            limit,
            revision,
            sort_order,
            sort_target,
            serializable,
            keys_only,
            count_only,
            min_mod_revision,
            max_mod_revision,
            min_create_revision,
            max_create_revision,
        } = range.clone();
        Self {
            node: Node(node),
            key: Text(key),
            range_end: Text(range_end),
            limit,
            revision,
            sort_order,
            sort_target,
            serializable,
            keys_only,
            count_only,
            min_mod_revision,
            max_mod_revision,
            min_create_revision,
            max_create_revision,
            timeout_us,
        }
    }

    pub(super) fn into_action(self) -> Action {
        Action::Request {
            node: self.node.0,
            request: Request::Range(RangeRequest {
                key: self.key.0,
                range_end: self.range_end.0,
                limit: self.limit,
                revision: self.revision,
                sort_order: self.sort_order,
                sort_target: self.sort_target,
                serializable: self.serializable,
                keys_only: self.keys_only,
                count_only: self.count_only,
                min_mod_revision: self.min_mod_revision,
                max_mod_revision: self.max_mod_revision,
                min_create_revision: self.min_create_revision,
                max_create_revision: self.max_create_revision,
            }),
            timeout_us: self.timeout_us,
        }
    }
}

impl FileDeleteRange {
    pub(super) fn new(node: NodeId, delete: &DeleteRangeRequest, timeout_us: Micros) -> Self {
        let DeleteRangeRequest {
            key,
            range_end,
            prev_kv,
        } = delete.clone();
        Self {
            node: Node(node),
            key: Text(key),
            range_end: Text(range_end),
            prev_kv,
            timeout_us,
        }
    }

    pub(super) fn into_action(self) -> Action {
        Action::Request {
            node: self.node.0,
            request: Request::DeleteRange(DeleteRangeRequest {
                key: self.key.0,
                range_end: self.range_end.0,
                prev_kv: self.prev_kv,
            }),
            timeout_us: self.timeout_us,
        }
    }
}
