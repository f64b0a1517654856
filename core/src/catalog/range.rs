//! Reading (`etcdserver/apply.go`, `Range`).

use std::cmp::Ordering;
use std::sync::Arc;

use bytes::Bytes;

use crate::etcd::{
    Error, KeyValue, RangeRequest, RangeResponse, ResponseHeader, SortOrder, SortTarget,
};

use crate::order::sort_long;

use super::{Catalog, KeyRange, Version};

impl Catalog {
    /// Answers a range: filters, then sorts, then cuts at the limit (but for a target without an
    /// order, see below). `count` is the number
    /// of keys in the range, whatever the filters and the limit.
    ///
    /// # Errors
    /// A revision that is compacted or still to come.
    pub fn range(&self, request: &RangeRequest) -> Result<RangeResponse, Error> {
        self.range_at(request, self.revision())
    }

    /// [`Catalog::range`] where `current` is the newest revision: within a transaction that
    /// has changed something, the transaction's own.
    pub(super) fn range_at(
        &self,
        request: &RangeRequest,
        current: i64,
    ) -> Result<RangeResponse, Error> {
        let revision = self.read_revision(request.revision, current)?;
        let range = KeyRange::new(&request.key, &request.range_end);
        let limit = match usize::try_from(request.limit) {
            Ok(0) | Err(_) => usize::MAX,
            Ok(limit) => limit,
        };
        // What is sorted can be cut only then; of all else one beyond the limit is enough.
        // etcd takes that for enough as well where a target is given and no order: it sorts
        // what is first by key, and not what is first by the target.
        let is_ordered = request.sort_order != SortOrder::None as i32 || is_filtered(request);
        let wanted = match is_ordered && is_sorted(request) {
            true => usize::MAX,
            false => limit.saturating_add(1),
        };
        let mut found = Vec::new();
        let mut count = 0;
        for version in self.visible(&range, revision) {
            count += 1;
            if !request.count_only && found.len() < wanted && passes(request, version) {
                found.push(version);
            }
        }
        sort(&mut found, request);
        let more = found.len() > limit;
        found.truncate(limit);
        Ok(RangeResponse {
            header: Some(ResponseHeader {
                revision: current,
                ..ResponseHeader::default()
            }),
            kvs: found.iter().map(|v| pair(v, request.keys_only)).collect(),
            more,
            count,
        })
    }
}

fn pair(version: &Version, keys_only: bool) -> KeyValue {
    let mut kv = version.kv.clone();
    if keys_only {
        kv.value = Bytes::new();
    }
    kv
}

/// Whether some revisions are left out.
fn is_filtered(request: &RangeRequest) -> bool {
    let bounds = [
        request.min_mod_revision,
        request.max_mod_revision,
        request.min_create_revision,
        request.max_create_revision,
    ];
    bounds.iter().any(|bound| *bound != 0)
}

fn passes(request: &RangeRequest, version: &Version) -> bool {
    let within =
        |revision, min, max| (min == 0 || revision >= min) && (max == 0 || revision <= max);
    let kv = &version.kv;
    within(
        kv.mod_revision,
        request.min_mod_revision,
        request.max_mod_revision,
    ) && within(
        kv.create_revision,
        request.min_create_revision,
        request.max_create_revision,
    )
}

/// An order that is none of etcd's sorts nothing.
fn is_sorted(request: &RangeRequest) -> bool {
    match SortOrder::from_i32(request.sort_order) {
        Some(SortOrder::None) => request.sort_target() != SortTarget::Key,
        Some(SortOrder::Ascend | SortOrder::Descend) => true,
        None => false,
    }
}

/// Sorts pairs that come by ascending key. Equal targets keep the order of their keys,
/// where etcd leaves it open.
fn sort(found: &mut [&Arc<Version>], request: &RangeRequest) {
    if !is_sorted(request) {
        return;
    }
    let target = request.sort_target();
    let descending = request.sort_order() == SortOrder::Descend;
    sort_long(found, |a, b| {
        let order = compare(&a.kv, &b.kv, target);
        if descending { order.reverse() } else { order }
    });
}

fn compare(a: &KeyValue, b: &KeyValue, target: SortTarget) -> Ordering {
    match target {
        SortTarget::Key => a.key.cmp(&b.key),
        SortTarget::Version => a.version.cmp(&b.version),
        SortTarget::Create => a.create_revision.cmp(&b.create_revision),
        SortTarget::Mod => a.mod_revision.cmp(&b.mod_revision),
        SortTarget::Value => a.value.cmp(&b.value),
    }
}
