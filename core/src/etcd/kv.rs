//! The key-value messages of `etcdserverpb/rpc.proto` and `mvccpb/kv.proto`.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// One version of one key (`mvccpb.KeyValue`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct KeyValue {
    /// The key; never empty.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// The revision at which the key was last created.
    #[prost(int64, tag = "2")]
    pub create_revision: i64,
    /// The revision of the last change of the key.
    #[prost(int64, tag = "3")]
    pub mod_revision: i64,
    /// How often the key was put since its creation, from 1.
    #[prost(int64, tag = "4")]
    pub version: i64,
    /// The value.
    #[prost(bytes = "bytes", tag = "5")]
    pub value: Bytes,
    /// The lease that the key is attached to, 0 for none.
    #[prost(int64, tag = "6")]
    pub lease: i64,
}

/// What every response begins with (`etcdserverpb.ResponseHeader`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct ResponseHeader {
    /// The cluster that answered.
    #[prost(uint64, tag = "1")]
    pub cluster_id: u64,
    /// The member that answered.
    #[prost(uint64, tag = "2")]
    pub member_id: u64,
    /// The revision of the member's store when the request was applied.
    #[prost(int64, tag = "3")]
    pub revision: i64,
    /// The member's Raft term when the request was applied.
    #[prost(uint64, tag = "4")]
    pub raft_term: u64,
}

/// An answer that says no more than that it is done. (etcd's messages for many calls are the
/// same, field by field.)
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
}

/// The order of a range's answer (`RangeRequest.SortOrder`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum SortOrder {
    /// By key, as stored; ascending when the target is not the key.
    None = 0,
    /// Lowest target first.
    Ascend = 1,
    /// Highest target first.
    Descend = 2,
}

/// What a range's answer is ordered by (`RangeRequest.SortTarget`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub enum SortTarget {
    /// The key.
    Key = 0,
    /// The version.
    Version = 1,
    /// The create revision.
    Create = 2,
    /// The mod revision.
    Mod = 3,
    /// The value.
    Value = 4,
}

/// A read of one key or of a range of keys (`etcdserverpb.RangeRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct RangeRequest {
    /// The first key.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// Empty for the one key; `\0` for every key from `key` on; else the first key after
    /// the range.
    #[prost(bytes = "bytes", tag = "2")]
    pub range_end: Bytes,
    /// At most so many pairs; 0 and below for no limit.
    #[prost(int64, tag = "3")]
    pub limit: i64,
    /// The revision to read at; 0 and below for the newest.
    #[prost(int64, tag = "4")]
    pub revision: i64,
    /// See [`SortOrder`].
    #[prost(enumeration = "SortOrder", tag = "5")]
    pub sort_order: i32,
    /// See [`SortTarget`].
    #[prost(enumeration = "SortTarget", tag = "6")]
    pub sort_target: i32,
    /// Whether the member may answer at once from what it has, however stale.
    #[prost(bool, tag = "7")]
    pub serializable: bool,
    /// Leave the values out.
    #[prost(bool, tag = "8")]
    pub keys_only: bool,
    /// Answer the count alone.
    #[prost(bool, tag = "9")]
    pub count_only: bool,
    /// Leave out pairs changed last before this revision; 0 for all.
    #[prost(int64, tag = "10")]
    pub min_mod_revision: i64,
    /// Leave out pairs changed last after this revision; 0 for all.
    #[prost(int64, tag = "11")]
    pub max_mod_revision: i64,
    /// Leave out pairs created before this revision; 0 for all.
    #[prost(int64, tag = "12")]
    pub min_create_revision: i64,
    /// Leave out pairs created after this revision; 0 for all.
    #[prost(int64, tag = "13")]
    pub max_create_revision: i64,
}

/// The answer to a [`RangeRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct RangeResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The pairs, in the order asked for.
    #[prost(message, repeated, tag = "2")]
    pub kvs: Vec<KeyValue>,
    /// Whether the limit cut the answer.
    #[prost(bool, tag = "3")]
    pub more: bool,
    /// How many keys the range holds, before limit and filters.
    #[prost(int64, tag = "4")]
    pub count: i64,
}

/// A write of one key (`etcdserverpb.PutRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct PutRequest {
    /// The key; must not be empty.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// The value.
    #[prost(bytes = "bytes", tag = "2")]
    pub value: Bytes,
    /// The lease to attach the key to, 0 for none.
    #[prost(int64, tag = "3")]
    pub lease: i64,
    /// Answer the pair that was there before.
    #[prost(bool, tag = "4")]
    pub prev_kv: bool,
    /// Keep the value that is there.
    #[prost(bool, tag = "5")]
    pub ignore_value: bool,
    /// Keep the lease that is there.
    #[prost(bool, tag = "6")]
    pub ignore_lease: bool,
}

/// The answer to a [`PutRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct PutResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// The pair before, if asked for and there was one.
    #[prost(message, optional, tag = "2")]
    pub prev_kv: Option<KeyValue>,
}

/// A deletion of one key or of a range of keys (`etcdserverpb.DeleteRangeRequest`).
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct DeleteRangeRequest {
    /// The first key.
    #[prost(bytes = "bytes", tag = "1")]
    pub key: Bytes,
    /// As in [`RangeRequest::range_end`].
    #[prost(bytes = "bytes", tag = "2")]
    pub range_end: Bytes,
    /// Answer the pairs that were deleted.
    #[prost(bool, tag = "3")]
    pub prev_kv: bool,
}

/// The answer to a [`DeleteRangeRequest`].
#[derive(Clone, PartialEq, Eq, prost::Message, Serialize, Deserialize)]
pub struct DeleteRangeResponse {
    /// Who answered, and at which revision.
    #[prost(message, optional, tag = "1")]
    pub header: Option<ResponseHeader>,
    /// How many keys were deleted.
    #[prost(int64, tag = "2")]
    pub deleted: i64,
    /// The deleted pairs, if asked for.
    #[prost(message, repeated, tag = "3")]
    pub prev_kvs: Vec<KeyValue>,
}

/// The end of the range of all keys that begin with `prefix` (`clientv3/op.go`,
/// `getPrefix`): the prefix with its last byte below 0xff raised by one, or `\0` (every
/// key) where there is none.
#[must_use]
pub fn prefix_range_end(prefix: &[u8]) -> Bytes {
    let mut end = prefix.to_vec();
    while let Some(last) = end.last_mut() {
        if *last < 0xff {
            *last += 1;
            return end.into();
        }
        end.pop();
    }
    Bytes::from_static(b"\0")
}

#[cfg(test)]
mod tests {
    use super::prefix_range_end;

    #[test]
    fn a_prefix_ends_before_its_successor() {
        assert_eq!(&prefix_range_end(b"foo")[..], b"fop");
        assert_eq!(&prefix_range_end(b"a\xff")[..], b"b");
        assert_eq!(&prefix_range_end(b"\xff\xff")[..], b"\0");
        assert_eq!(&prefix_range_end(b"")[..], b"\0");
    }
}
