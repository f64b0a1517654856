//! A store as bytes, as a snapshot carries it.

use std::sync::Arc;

use prost::Message as _;

use crate::etcd::KeyValue;

use super::{Catalog, Revision, Version};

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

/// A whole store.
#[derive(Clone, PartialEq, prost::Message)]
struct Image {
    #[prost(int64, tag = "1")]
    revision: i64,
    #[prost(int64, tag = "2")]
    compacted: i64,
    /// By revision.
    #[prost(message, repeated, tag = "3")]
    changes: Vec<Change>,
}

impl Catalog {
    /// The store as bytes: every version that is kept, by revision.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let changes = self.changes_since(0).map(|version| Change {
            kv: Some(version.kv.clone()),
            sub: version.sub,
            deleted: version.deleted,
        });
        Image {
            revision: self.revision(),
            compacted: self.compacted(),
            changes: changes.collect(),
        }
        .encode_to_vec()
    }

    /// The store that [`Catalog::encode`] made these bytes of; `None` if it cannot have:
    /// the bytes are damaged, or the revisions do not ascend from 2 to the store's.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let image = Image::decode(bytes).ok()?;
        let mut catalog = Self::new();
        let mut before = Revision { main: 1, sub: 0 };
        for change in image.changes {
            let kv = change.kv?;
            let version = Version {
                kv,
                sub: change.sub,
                deleted: change.deleted,
            };
            let revision = version.revision();
            if revision <= before || version.kv.key.is_empty() {
                return None;
            }
            before = revision;
            catalog.take_in(Arc::new(version));
        }
        if before.main > image.revision || !(0..=image.revision).contains(&image.compacted) {
            return None;
        }
        catalog.set_revision(image.revision);
        catalog.set_compacted(image.compacted);
        Some(catalog)
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
            compacted: 0,
            changes: image.changes,
        };
        let bytes = prost::Message::encode_to_vec(&backwards);
        assert_eq!(Catalog::decode(&bytes), None);
    }
}
