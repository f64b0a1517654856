//! A store as bytes, as a snapshot carries it.

use std::sync::Arc;

use bytes::Bytes;

use crate::etcd::{AlarmMember, KeyValue, decoded, encoded};

use super::auth::{Auth, FIRST_REVISION, Role, User};
use super::leases::MAX_LEASE_TTL_S;
use super::store::NEVER_COMPACTED;
use super::{Catalog, Lease, Revision, Version};

/// No store has come so far: at a billion writes a second it would take a century. What is
/// above is damage.
const REVISION_MAX: i64 = i64::MAX / 2;

/// One change of one key.
#[derive(Clone, PartialEq, prost::Message)]
struct Change {
    #[prost(message, optional, tag = "1")]
    kv: Option<KeyValue>,
    #[prost(int64, tag = "2")]
    sub: i64,
    #[prost(bool, tag = "3")]
    deleted: bool,
}

/// A lease.
#[derive(Clone, PartialEq, prost::Message)]
struct LeaseImage {
    #[prost(int64, tag = "1")]
    id: i64,
    #[prost(int64, tag = "2")]
    ttl: i64,
}

/// A whole store. Which keys hang on which lease can be seen in the pairs.
#[derive(Clone, PartialEq, prost::Message)]
struct Image {
    #[prost(int64, tag = "1")]
    revision: i64,
    /// The compacted revision and one: 0 if nothing was compacted.
    #[prost(int64, tag = "2")]
    after_compacted: i64,
    /// By revision.
    #[prost(message, repeated, tag = "3")]
    changes: Vec<Change>,
    /// By identifier.
    #[prost(message, repeated, tag = "4")]
    leases: Vec<LeaseImage>,
    /// By kind and member.
    #[prost(message, repeated, tag = "5")]
    alarms: Vec<AlarmMember>,
    #[prost(bool, tag = "6")]
    auth_enabled: bool,
    /// How many changes of users and roles there were.
    #[prost(uint64, tag = "7")]
    auth_changes: u64,
    #[prost(message, repeated, tag = "8")]
    users: Vec<User>,
    #[prost(message, repeated, tag = "9")]
    roles: Vec<Role>,
}

impl Catalog {
    /// The store as bytes: every version that is kept, by revision, and all that it holds
    /// beside them.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let changes = self.changes_since(0).map(|version| Change {
            kv: Some(version.kv.clone()),
            sub: version.sub,
            deleted: version.deleted,
        });
        let leases = self.leases().map(|(id, lease)| LeaseImage {
            id,
            ttl: lease.ttl(),
        });
        encoded(&Image {
            revision: self.revision(),
            after_compacted: self.compacted() - NEVER_COMPACTED,
            changes: changes.collect(),
            leases: leases.collect(),
            alarms: self.alarms().to_vec(),
            auth_enabled: self.auth().enabled,
            auth_changes: self.auth().revision - FIRST_REVISION,
            users: self.auth().users.clone(),
            roles: self.auth().roles.clone(),
        })
    }

    /// The store that [`Catalog::encode`] made these bytes of; `None` if it cannot have:
    /// the bytes are damaged, the revisions do not ascend from 2 to the store's, or a key
    /// hangs on a lease that is not there.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let image = decoded::<Image>(Bytes::copy_from_slice(bytes))?;
        if image.revision > REVISION_MAX
            || !(0..=image.revision + 1).contains(&image.after_compacted)
        {
            return None;
        }
        let mut catalog = Self::new();
        catalog.compacted = image.after_compacted + NEVER_COMPACTED;
        for change in image.changes {
            catalog.take_change(change)?;
        }
        let newest = catalog.changes_since(0).last();
        if newest.map_or(1, |version| version.kv.mod_revision) > image.revision {
            return None;
        }
        catalog.set_revision(image.revision);
        catalog.take_leases(&image.leases)?;
        for alarm in image.alarms {
            catalog.raise(alarm);
        }
        let revision = image.auth_changes.checked_add(FIRST_REVISION)?;
        if revision > REVISION_MAX.unsigned_abs() {
            return None;
        }
        let auth = Auth::restore(image.auth_enabled, revision, image.users, image.roles)?;
        Arc::make_mut(&mut catalog.beside).auth = Arc::new(auth);
        Some(catalog)
    }

    fn take_change(&mut self, change: Change) -> Option<()> {
        let mut kv = change.kv?;
        // A memory of their own: one pair that stays would keep all of the image.
        kv.key = Bytes::copy_from_slice(&kv.key);
        kv.value = Bytes::copy_from_slice(&kv.value);
        let version = Version {
            kv,
            sub: change.sub,
            deleted: change.deleted,
        };
        let newest = self.recent.last().map(|version| version.revision());
        let newest = newest.or_else(|| Some(self.settled.get_max()?.0));
        if version.revision() <= newest.unwrap_or(Revision { main: 1, sub: 0 })
            || version.kv.key.is_empty()
            || !self.may_follow(&version)
        {
            return None;
        }
        // The newest revision, as long as there may be later ones.
        self.set_revision(version.kv.mod_revision);
        self.take_in(Arc::new(version));
        Some(())
    }

    /// Whether a change may be the next of its key.
    fn may_follow(&self, version: &Version) -> bool {
        let kv = &version.kv;
        let is_settled = kv.mod_revision <= self.compacted;
        match self.get(&kv.key) {
            // What was compacted has one version of a key at most.
            Some(_) if is_settled => false,
            Some(_) if version.deleted => true,
            Some(before) => {
                kv.create_revision == before.kv.create_revision
                    && before.kv.version.checked_add(1) == Some(kv.version)
            }
            None if version.deleted => false,
            None if is_settled => {
                let puts = kv.mod_revision.checked_sub(kv.create_revision);
                kv.create_revision > 1
                    && puts.is_some_and(|puts| (1..=puts + 1).contains(&kv.version))
            }
            None => kv.create_revision == kv.mod_revision && kv.version == 1,
        }
    }

    fn take_leases(&mut self, leases: &[LeaseImage]) -> Option<()> {
        let mut before = None;
        for lease in leases {
            let may_live = (1..=MAX_LEASE_TTL_S).contains(&lease.ttl);
            if lease.id == 0 || !may_live || before.is_some_and(|before| lease.id <= before) {
                return None;
            }
            before = Some(lease.id);
            self.add_lease(lease.id, Lease::new(lease.ttl));
        }
        let leased = self.iter().filter(|version| version.kv.lease != 0);
        let leased: Vec<Arc<Version>> = leased.cloned().collect();
        for version in leased {
            self.lease(version.kv.lease)?;
            self.attach(&version, None);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::Catalog;
    use crate::etcd::{DeleteRangeRequest, PutRequest};

    fn store() -> Catalog {
        let mut catalog = Catalog::new();
        for (key, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
            let mut txn = catalog.write();
            let put = PutRequest {
                key: key.into(),
                value: value.into(),
                ..PutRequest::default()
            };
            txn.put(&put).unwrap();
            let _changes = txn.end();
        }
        let mut txn = catalog.write();
        txn.delete_range(&DeleteRangeRequest {
            key: "a".into(),
            range_end: "c".into(),
            ..DeleteRangeRequest::default()
        });
        let _changes = txn.end();
        catalog
    }

    #[test]
    fn a_store_comes_back_from_its_bytes() {
        let mut catalog = store();
        assert_eq!(Catalog::decode(&catalog.encode()), Some(catalog.clone()));
        // What comes after goes on as in the original.
        let mut again = Catalog::decode(&catalog.encode()).unwrap();
        for store in [&mut catalog, &mut again] {
            let mut txn = store.write();
            let put = PutRequest {
                key: "b".into(),
                ..PutRequest::default()
            };
            txn.put(&put).unwrap();
            let _changes = txn.end();
        }
        assert_eq!(again, catalog);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let whole = store().encode();
        for end in 1..whole.len() {
            // A shorter list of changes may be a store, but not this one.
            assert_ne!(Catalog::decode(&whole[..end]), Some(store()), "{end} bytes");
        }
        let image: super::Image = prost::Message::decode(&whole[..]).unwrap();
        let backwards = super::Image {
            revision: 1,
            ..image
        };
        let bytes = prost::Message::encode_to_vec(&backwards);
        assert_eq!(Catalog::decode(&bytes), None);
    }
}
