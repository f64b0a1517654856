//! Versions that several catalogs hold once.

use std::sync::Arc;

use super::{Version, same_bytes};

/// How many of the newest versions are remembered; a power of two.
const REMEMBERED: usize = 256;

/// The newest versions of several catalogs. Members apply the same changes, one soon after
/// the other; a catalog that makes a version which another has just made, equal in all,
/// holds the other's copy.
#[derive(Debug, Default)]
pub struct SharedVersions(Vec<Option<Arc<Version>>>);

impl SharedVersions {
    pub(super) fn share(&mut self, version: Version) -> Arc<Version> {
        if self.0.is_empty() {
            self.0.resize(REMEMBERED, None);
        }
        let place = version.kv.mod_revision.wrapping_add(version.sub);
        let place = usize::try_from(place).unwrap_or(0) % REMEMBERED;
        let slot = &mut self.0[place];
        match slot {
            Some(known) if is_same(known, &version) => Arc::clone(known),
            _ => Arc::clone(slot.insert(Arc::new(version))),
        }
    }
}

fn is_same(a: &Version, b: &Version) -> bool {
    let of = |version: &Version| {
        let kv = &version.kv;
        let revisions = (kv.create_revision, kv.mod_revision, version.sub);
        (revisions, kv.version, kv.lease, version.deleted)
    };
    of(a) == of(b) && same_bytes(&a.kv.key, &b.kv.key) && same_bytes(&a.kv.value, &b.kv.value)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::etcd::KeyValue;

    fn version(value: &'static str, mod_revision: i64, sub: i64) -> Version {
        Version {
            kv: KeyValue {
                key: Bytes::from_static(b"key"),
                value: Bytes::from_static(value.as_bytes()),
                mod_revision,
                ..KeyValue::default()
            },
            sub,
            deleted: false,
        }
    }

    #[test]
    fn equal_versions_are_one_and_others_are_not() {
        let mut shared = SharedVersions::default();
        let first = shared.share(version("a", 7, 0));
        assert!(Arc::ptr_eq(&first, &shared.share(version("a", 7, 0))));
        // In the same place, and each time other in one thing alone.
        let others = [
            version("b", 7, 0),
            version("a", 6, 1),
            version("a", 7 + REMEMBERED as i64, 0),
            Version {
                deleted: true,
                ..version("a", 7, 0)
            },
        ];
        for other in others {
            shared.share(version("a", 7, 0));
            assert_eq!(*shared.share(other.clone()), other);
        }
    }
}
