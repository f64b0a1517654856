//! Writing (`mvcc/kvstore_txn.go`, `etcdserver/apply.go`).

use std::sync::Arc;

use smallvec::SmallVec;

use crate::etcd::{
    DeleteRangeRequest, DeleteRangeResponse, Error, KeyValue, PutRequest, PutResponse,
    ResponseHeader,
};

use super::{Catalog, KeyRange, Version};

/// The changes of a transaction, in order; mostly one.
pub type Changes = SmallVec<[Arc<Version>; 1]>;

/// A write transaction: all its changes carry one main revision. It takes the revision
/// only if it changes something.
///
/// A request that fails leaves the transaction as it was, so a caller need not undo.
#[derive(Debug)]
pub struct WriteTxn<'a> {
    catalog: &'a mut Catalog,
    /// The main revision of the changes.
    main: i64,
    changes: Changes,
}

impl Catalog {
    /// Begins a write transaction.
    pub fn write(&mut self) -> WriteTxn<'_> {
        let main = self.revision() + 1;
        WriteTxn {
            catalog: self,
            main,
            changes: Changes::new(),
        }
    }
}

impl WriteTxn<'_> {
    /// Ends the transaction and returns its changes in their order.
    #[must_use]
    pub fn end(self) -> Changes {
        if !self.changes.is_empty() {
            self.catalog.set_revision(self.main);
        }
        self.changes
    }

    /// Puts a key.
    ///
    /// # Errors
    /// A lease that is not there (no lease can be granted yet, so every one); a key that
    /// is not there, where its value or lease is to be kept.
    pub fn put(&mut self, request: &PutRequest) -> Result<PutResponse, Error> {
        let previous = self.current(&request.key);
        let mut kv = KeyValue {
            key: request.key.clone(),
            create_revision: self.main,
            mod_revision: self.main,
            version: 1,
            value: request.value.clone(),
            lease: request.lease,
        };
        if request.ignore_value || request.ignore_lease {
            let previous = previous.as_ref().ok_or(Error::KeyNotFound)?;
            if request.ignore_value {
                kv.value = previous.kv.value.clone();
            }
            if request.ignore_lease {
                kv.lease = previous.kv.lease;
            }
        }
        if kv.lease != 0 {
            return Err(Error::LeaseNotFound);
        }
        if let Some(previous) = &previous {
            kv.create_revision = previous.kv.create_revision;
            kv.version = previous.kv.version + 1;
        }
        self.change(kv, false);
        Ok(PutResponse {
            header: Some(self.header()),
            prev_kv: previous
                .filter(|_| request.prev_kv)
                .map(|previous| previous.kv.clone()),
        })
    }

    /// Deletes every key of a range, in ascending order.
    pub fn delete_range(&mut self, request: &DeleteRangeRequest) -> DeleteRangeResponse {
        let range = KeyRange::new(&request.key, &request.range_end);
        let doomed: Vec<Arc<Version>> = self
            .catalog
            .visible(&range, self.main)
            .map(Arc::clone)
            .collect();
        for version in &doomed {
            let tombstone = KeyValue {
                key: version.kv.key.clone(),
                mod_revision: self.main,
                ..KeyValue::default()
            };
            self.change(tombstone, true);
        }
        DeleteRangeResponse {
            header: Some(self.header()),
            deleted: i64::try_from(doomed.len()).unwrap_or(i64::MAX),
            prev_kvs: doomed
                .iter()
                .filter(|_| request.prev_kv)
                .map(|version| version.kv.clone())
                .collect(),
        }
    }

    /// The pair as this transaction sees it: with its own changes.
    fn current(&self, key: &[u8]) -> Option<Arc<Version>> {
        self.catalog.at(key, self.main).map(Arc::clone)
    }

    fn change(&mut self, kv: KeyValue, deleted: bool) {
        let sub = i64::try_from(self.changes.len()).unwrap_or(i64::MAX);
        let version = Arc::new(Version { kv, sub, deleted });
        self.catalog.record(&version);
        self.changes.push(version);
    }

    /// The revision that etcd puts into the header: the transaction's once it has changed
    /// something, else the store's.
    fn header(&self) -> ResponseHeader {
        let revision = if self.changes.is_empty() {
            self.catalog.revision()
        } else {
            self.main
        };
        ResponseHeader {
            revision,
            ..ResponseHeader::default()
        }
    }
}
