//! Which keys a user may read or write (`auth/range_perm_cache.go`): those within the
//! permissions of all his roles, put together (`pkg/adt/interval_tree.go`).

use std::cmp::Ordering;

use crate::etcd::{Permission, PermissionType};
use crate::order::sort_long;

use super::{Auth, User};

/// From a key up to, and without, another. The empty one stands after all keys, wherever it
/// stands: so a permission that begins with the empty key is of no key.
struct Interval {
    begin: Vec<u8>,
    end: Vec<u8>,
}

fn compare(a: &[u8], b: &[u8]) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (false, false) => a.cmp(b),
        (a_is_last, b_is_last) => a_is_last.cmp(&b_is_last),
    }
}

impl Interval {
    /// Of a request or a permission: `\0` stands for the end of all keys.
    fn new(key: &[u8], range_end: &[u8]) -> Self {
        let end = match range_end {
            b"" => [key, b"\0"].concat(),
            b"\0" => Vec::new(),
            end => end.to_vec(),
        };
        Self {
            begin: key.to_vec(),
            end,
        }
    }

    /// As etcd's tree compares. It matters for requests that end before they begin, which
    /// read nothing; for some of those etcd's answer depends on the shape of its tree.
    fn meets(&self, other: &Self) -> bool {
        let is_left =
            compare(&self.begin, &other.begin).is_lt() && compare(&self.end, &other.begin).is_le();
        let is_right = compare(&self.begin, &other.end).is_ge();
        !is_left && !is_right
    }
}

impl Auth {
    /// Whether a user may read (or write) all keys of a range.
    pub(in crate::catalog) fn is_permitted(
        &self,
        user: &User,
        key: &[u8],
        range_end: &[u8],
        kind: PermissionType,
    ) -> bool {
        let asked = Interval::new(key, range_end);
        let roles = user.roles.iter().filter_map(|role| self.role(role));
        let permissions = roles.flat_map(|role| &role.permissions);
        let mut granted: Vec<Interval> = permissions
            .filter(|permission| allows(permission, kind))
            .map(|permission| Interval::new(&permission.key, &permission.range_end))
            .filter(|interval| asked.meets(interval))
            .collect();
        if range_end.is_empty() {
            return !granted.is_empty();
        }
        sort_long(&mut granted, |a, b| compare(&a.begin, &b.begin));
        covers(&granted, &asked)
    }
}

fn allows(permission: &Permission, kind: PermissionType) -> bool {
    let allowed = PermissionType::from_i32(permission.perm_type);
    [Some(kind), Some(PermissionType::ReadWrite)].contains(&allowed)
}

/// Whether intervals that ascend hold all of another, without a gap.
fn covers(granted: &[Interval], asked: &Interval) -> bool {
    let Some((first, others)) = granted.split_first() else {
        return false;
    };
    let mut end = &first.end;
    for next in others {
        if compare(end, &next.begin).is_lt() {
            return false;
        }
        if compare(&next.end, end).is_gt() {
            end = &next.end;
        }
    }
    compare(&first.begin, &asked.begin).is_le() && compare(end, &asked.end).is_ge()
}
