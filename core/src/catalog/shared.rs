//! Versions that several catalogs hold once.

use std::sync::Arc;

use bytes::Bytes;

use crate::etcd::KeyValue;

use super::{Version, same_bytes};

/// How many of the newest versions are remembered; a power of two.
const REMEMBERED: usize = 256;

/// The newest versions of several catalogs. Members apply the same changes, one soon after
/// the other; a catalog that makes a version which another has just made, equal in all,
/// holds the other's copy.
#[derive(Debug, Default)]
pub struct SharedVersions(Vec<Option<Arc<Version>>>);

/// A version that is about to be made. Mostly another catalog has made it, and nothing need be
/// copied.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft<'a> {
    pub(super) key: &'a Bytes,
    pub(super) value: &'a Bytes,
    pub(super) create_revision: i64,
    pub(super) mod_revision: i64,
    pub(super) version: i64,
    pub(super) lease: i64,
    pub(super) sub: i64,
    pub(super) deleted: bool,
}

impl Draft<'_> {
    fn is(&self, other: &Version) -> bool {
        let kv = &other.kv;
        let revisions = (self.create_revision, self.mod_revision, self.sub);
        revisions == (kv.create_revision, kv.mod_revision, other.sub)
            && (self.version, self.lease, self.deleted) == (kv.version, kv.lease, other.deleted)
            && same_bytes(self.key, &kv.key)
            && same_bytes(self.value, &kv.value)
    }

    pub(super) fn make(&self) -> Arc<Version> {
        Arc::new(Version {
            kv: KeyValue {
                key: self.key.clone(),
                create_revision: self.create_revision,
                mod_revision: self.mod_revision,
                version: self.version,
                value: self.value.clone(),
                lease: self.lease,
            },
            sub: self.sub,
            deleted: self.deleted,
        })
    }
}

impl SharedVersions {
    pub(super) fn share(&mut self, draft: &Draft<'_>) -> Arc<Version> {
        if self.0.is_empty() {
            self.0.resize(REMEMBERED, None);
        }
        let place = draft.mod_revision.wrapping_add(draft.sub);
        let place = usize::try_from(place).unwrap_or(0) % REMEMBERED;
        let slot = &mut self.0[place];
        match slot {
            Some(known) if draft.is(known) => Arc::clone(known),
            _ => Arc::clone(slot.insert(draft.make())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static KEY: Bytes = Bytes::from_static(b"key");
    static A: Bytes = Bytes::from_static(b"a");
    static B: Bytes = Bytes::from_static(b"b");

    fn draft(value: &'static Bytes, mod_revision: i64, sub: i64) -> Draft<'static> {
        Draft {
            key: &KEY,
            value,
            create_revision: 0,
            mod_revision,
            version: 0,
            lease: 0,
            sub,
            deleted: false,
        }
    }

    #[test]
    fn equal_versions_are_one_and_others_are_not() {
        let mut shared = SharedVersions::default();
        let first = shared.share(&draft(&A, 7, 0));
        assert!(Arc::ptr_eq(&first, &shared.share(&draft(&A, 7, 0))));
        // In the same place, and each time other in one thing alone.
        let same = draft(&A, 7, 0);
        let others = [
            draft(&B, 7, 0),
            draft(&A, 6, 1),
            draft(&A, 7 + REMEMBERED as i64, 0),
            Draft {
                deleted: true,
                ..same
            },
            Draft { lease: 1, ..same },
            Draft { version: 2, ..same },
            Draft {
                create_revision: 3,
                ..same
            },
            Draft { key: &B, ..same },
        ];
        for other in others {
            shared.share(&same);
            assert_eq!(*shared.share(&other), *other.make());
        }
    }
}
