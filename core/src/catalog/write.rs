//! Writing (`mvcc/kvstore_txn.go`, `etcdserver/apply.go`).

use std::sync::Arc;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::etcd::{
    DeleteRangeRequest, DeleteRangeResponse, Error, PutRequest, PutResponse, ResponseHeader,
};

use super::shared::Draft;
use super::{Catalog, KeyRange, SharedVersions, Version};

/// The changes of a transaction, in order; mostly one.
pub type Changes = SmallVec<[Arc<Version>; 1]>;

/// A write transaction: all its changes carry one main revision. It takes the revision
/// only if it changes something.
///
/// A request that fails leaves the transaction as it was, so a caller need not undo.
#[derive(Debug)]
pub struct WriteTxn<'a> {
    pub(super) catalog: &'a mut Catalog,
    /// The main revision of the changes.
    main: i64,
    pub(super) changes: Changes,
    /// Where versions are shared with other catalogs, if they are.
    shared: Option<&'a mut SharedVersions>,
}

impl Catalog {
    /// Begins a write transaction.
    pub fn write(&mut self) -> WriteTxn<'_> {
        let main = self.revision() + 1;
        WriteTxn {
            catalog: self,
            main,
            changes: Changes::new(),
            shared: None,
        }
    }

    /// Begins a write transaction whose versions are shared with other catalogs.
    pub fn write_sharing<'a>(&'a mut self, shared: &'a mut SharedVersions) -> WriteTxn<'a> {
        WriteTxn {
            shared: Some(shared),
            ..self.write()
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
    /// A lease that is not there; a key that is not there, where its value or lease is to
    /// be kept.
    pub fn put(&mut self, request: &PutRequest) -> Result<PutResponse, Error> {
        if request.lease != 0 && self.catalog.lease(request.lease).is_none() {
            return Err(Error::LeaseNotFound);
        }
        let main = self.main;
        let sub = self.next_sub();
        let shared = &mut self.shared;
        let put = |previous: Option<&Version>| {
            let previous = previous.map(|version| &version.kv);
            if previous.is_none() && (request.ignore_value || request.ignore_lease) {
                return Err(Error::KeyNotFound);
            }
            let value = match previous.filter(|_| request.ignore_value) {
                Some(kept) => &kept.value,
                None => &request.value,
            };
            let lease = match previous.filter(|_| request.ignore_lease) {
                Some(kept) => kept.lease,
                None => request.lease,
            };
            let draft = Draft {
                key: &request.key,
                value,
                create_revision: previous.map_or(main, |kv| kv.create_revision),
                mod_revision: main,
                version: previous.map_or(1, |kv| kv.version + 1),
                lease,
                sub,
                deleted: false,
            };
            Ok(share(shared, &draft))
        };
        let (version, previous) = self.catalog.change(&request.key, put)?;
        self.catalog.attach(&version, previous.as_deref());
        self.changes.push(version);
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
            self.bury(&version.kv.key);
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

    /// Deletes a key that is there.
    pub(super) fn bury(&mut self, key: &Bytes) {
        let tombstone = Draft {
            key,
            value: &Bytes::new(),
            create_revision: 0,
            mod_revision: self.main,
            version: 0,
            lease: 0,
            sub: self.next_sub(),
            deleted: true,
        };
        let tombstone = share(&mut self.shared, &tombstone);
        if let Ok((version, previous)) = self.catalog.change(key, |_| Ok(tombstone)) {
            self.catalog.attach(&version, previous.as_deref());
            self.changes.push(version);
        }
    }

    fn next_sub(&self) -> i64 {
        i64::try_from(self.changes.len()).unwrap_or(i64::MAX)
    }

    /// The newest revision as the transaction itself sees it: its own once it has changed
    /// something, else the store's. etcd puts it into the headers of answers.
    pub(super) fn revision(&self) -> i64 {
        match self.changes.is_empty() {
            true => self.catalog.revision(),
            false => self.main,
        }
    }

    pub(super) fn header(&self) -> ResponseHeader {
        ResponseHeader {
            revision: self.revision(),
            ..ResponseHeader::default()
        }
    }
}

fn share(shared: &mut Option<&mut SharedVersions>, draft: &Draft<'_>) -> Arc<Version> {
    match shared {
        Some(shared) => shared.share(draft),
        None => draft.make(),
    }
}
