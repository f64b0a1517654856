//! The store as one would write it down on paper: a copy of everything for each revision.
//! It shares nothing with the catalog but the messages.

use std::collections::{BTreeMap, BTreeSet};

use glassraft_core::etcd::{
    Compare, DeleteRangeRequest, DeleteRangeResponse, Error, KeyValue, PutRequest, PutResponse,
    RangeRequest, RangeResponse, RequestOp, RequestUnion, ResponseHeader, ResponseOp,
    ResponseUnion, TargetUnion, TxnRequest, TxnResponse,
};
use prost::bytes::Bytes;

use crate::header;

type Pairs = BTreeMap<Bytes, KeyValue>;

/// A change: when, of which key, and what it made of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    pub(crate) main: i64,
    pub(crate) key: Bytes,
    pub(crate) after: Option<KeyValue>,
}

#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// By revision; 0 and 1 are empty.
    copies: Vec<Pairs>,
    pub(crate) steps: Vec<Step>,
    pub(crate) compacted: i64,
    pub(crate) leases: BTreeMap<i64, i64>,
}

/// What a transaction works on.
struct Work<'a> {
    model: &'a Model,
    pairs: Pairs,
    steps: Vec<Step>,
}

impl Model {
    pub(crate) fn new() -> Self {
        Self {
            copies: vec![Pairs::new(); 2],
            steps: Vec::new(),
            compacted: -1,
            leases: BTreeMap::new(),
        }
    }

    pub(crate) fn revision(&self) -> i64 {
        i64::try_from(self.copies.len()).expect("few revisions") - 1
    }

    pub(crate) fn pairs(&self, revision: i64) -> &Pairs {
        &self.copies[usize::try_from(revision).expect("not below 0")]
    }

    pub(crate) fn keys_of_lease(&self, lease: i64) -> BTreeSet<Bytes> {
        let pairs = self.pairs(self.revision()).values();
        let hanging = pairs.filter(|kv| kv.lease == lease);
        hanging.map(|kv| kv.key.clone()).collect()
    }

    fn begin(&self) -> Work<'_> {
        Work {
            model: self,
            pairs: self.pairs(self.revision()).clone(),
            steps: Vec::new(),
        }
    }

    fn commit(&mut self, pairs: Pairs, steps: Vec<Step>) {
        if !steps.is_empty() {
            self.copies.push(pairs);
            self.steps.extend(steps);
        }
    }

    pub(crate) fn put(&mut self, request: &PutRequest) -> Result<PutResponse, Error> {
        if request.lease != 0 && !self.leases.contains_key(&request.lease) {
            return Err(Error::LeaseNotFound);
        }
        let mut work = self.begin();
        let response = work.put(request)?;
        let (pairs, steps) = (work.pairs, work.steps);
        self.commit(pairs, steps);
        Ok(response)
    }

    pub(crate) fn delete_range(&mut self, request: &DeleteRangeRequest) -> DeleteRangeResponse {
        let mut work = self.begin();
        let response = work.delete_range(request);
        let (pairs, steps) = (work.pairs, work.steps);
        self.commit(pairs, steps);
        response
    }

    pub(crate) fn range(&self, request: &RangeRequest) -> Result<RangeResponse, Error> {
        self.begin().range(request)
    }

    pub(crate) fn txn(&mut self, request: &TxnRequest) -> Result<TxnResponse, Error> {
        let mut work = self.begin();
        // What fails for a put is found before what fails for a range.
        for puts in [true, false] {
            work.check(request, puts)?;
        }
        let mut response = work.txn(request)?;
        response.header = header(work.now());
        let (pairs, steps) = (work.pairs, work.steps);
        self.commit(pairs, steps);
        Ok(response)
    }

    pub(crate) fn revoke(&mut self, lease: i64) -> Result<(), Error> {
        let keys = self.keys_of_lease(lease);
        self.leases.remove(&lease).ok_or(Error::LeaseNotFound)?;
        let mut work = self.begin();
        for key in keys {
            work.delete_range(&DeleteRangeRequest {
                key,
                ..DeleteRangeRequest::default()
            });
        }
        let (pairs, steps) = (work.pairs, work.steps);
        self.commit(pairs, steps);
        Ok(())
    }

    pub(crate) fn compact(&mut self, revision: i64) -> Result<(), Error> {
        if revision <= self.compacted {
            return Err(Error::Compacted);
        }
        if revision > self.revision() {
            return Err(Error::FutureRevision);
        }
        self.compacted = revision;
        Ok(())
    }

    /// Whether a change is still there after all compactions so far.
    pub(crate) fn keeps(&self, step: &Step) -> bool {
        let at = |revision| self.pairs(revision).get(&step.key);
        step.main > self.compacted
            || at(self.compacted) == step.after.as_ref() && step.after.is_some()
    }
}

pub(crate) fn is_within(key: &[u8], first: &[u8], end: &[u8]) -> bool {
    match end {
        b"" => key == first,
        b"\0" => key >= first,
        end => key >= first && key < end,
    }
}

impl Work<'_> {
    fn now(&self) -> i64 {
        self.model.revision() + i64::from(!self.steps.is_empty())
    }

    fn next(&self) -> i64 {
        self.model.revision() + 1
    }

    fn header(&self) -> Option<ResponseHeader> {
        header(self.now())
    }

    fn put(&mut self, request: &PutRequest) -> Result<PutResponse, Error> {
        let before = self.pairs.get(&request.key).cloned();
        let keeps = request.ignore_value || request.ignore_lease;
        if keeps && before.is_none() {
            return Err(Error::KeyNotFound);
        }
        let old = before.clone().unwrap_or_default();
        let after = KeyValue {
            key: request.key.clone(),
            value: [&request.value, &old.value][usize::from(request.ignore_value)].clone(),
            lease: [request.lease, old.lease][usize::from(request.ignore_lease)],
            version: old.version + 1,
            create_revision: match old.create_revision {
                0 => self.next(),
                created => created,
            },
            mod_revision: self.next(),
        };
        self.step(&request.key, Some(after));
        Ok(PutResponse {
            header: self.header(),
            prev_kv: before.filter(|_| request.prev_kv),
        })
    }

    fn step(&mut self, key: &Bytes, after: Option<KeyValue>) {
        match &after {
            Some(after) => self.pairs.insert(key.clone(), after.clone()),
            None => self.pairs.remove(key),
        };
        self.steps.push(Step {
            main: self.next(),
            key: key.clone(),
            after,
        });
    }

    fn delete_range(&mut self, request: &DeleteRangeRequest) -> DeleteRangeResponse {
        let within = |kv: &&KeyValue| is_within(&kv.key, &request.key, &request.range_end);
        let doomed: Vec<KeyValue> = self.pairs.values().filter(within).cloned().collect();
        for kv in &doomed {
            self.step(&kv.key, None);
        }
        DeleteRangeResponse {
            header: self.header(),
            deleted: i64::try_from(doomed.len()).expect("few keys"),
            prev_kvs: if request.prev_kv { doomed } else { Vec::new() },
        }
    }

    fn range(&self, request: &RangeRequest) -> Result<RangeResponse, Error> {
        if request.revision > self.now() {
            return Err(Error::FutureRevision);
        }
        let past = request.revision > 0 && request.revision <= self.model.revision();
        if past && request.revision < self.model.compacted {
            return Err(Error::Compacted);
        }
        let pairs = match past {
            true => self.model.pairs(request.revision),
            false => &self.pairs,
        };
        let within = |kv: &&KeyValue| is_within(&kv.key, &request.key, &request.range_end);
        let all: Vec<KeyValue> = pairs.values().filter(within).cloned().collect();
        let count = i64::try_from(all.len()).expect("few keys");
        let bounds =
            |revision: i64, min: i64, max: i64| revision >= min && (max == 0 || revision <= max);
        let mut kvs: Vec<KeyValue> = all
            .into_iter()
            .filter(|kv| {
                bounds(
                    kv.mod_revision,
                    request.min_mod_revision,
                    request.max_mod_revision,
                )
            })
            .filter(|kv| {
                let (min, max) = (request.min_create_revision, request.max_create_revision);
                bounds(kv.create_revision, min, max)
            })
            .collect();
        let limit = usize::try_from(request.limit).unwrap_or(0);
        // Without an order or a bound etcd fetches one pair beyond the limit, and sorts these.
        let is_bounded = request.min_mod_revision != 0
            || request.max_mod_revision != 0
            || request.min_create_revision != 0
            || request.max_create_revision != 0;
        if limit > 0 && request.sort_order == 0 && !is_bounded {
            kvs.truncate(limit + 1);
        }
        let descends = request.sort_order == 2;
        let before = |a: &KeyValue, b: &KeyValue| match request.sort_target {
            0 => a.key.cmp(&b.key),
            1 => a.version.cmp(&b.version),
            2 => a.create_revision.cmp(&b.create_revision),
            3 => a.mod_revision.cmp(&b.mod_revision),
            _ => a.value.cmp(&b.value),
        };
        kvs.sort_by(|a, b| if descends { before(b, a) } else { before(a, b) });
        if request.count_only {
            kvs.clear();
        }
        let more = limit > 0 && kvs.len() > limit;
        if more {
            kvs.truncate(limit);
        }
        for kv in &mut kvs {
            if request.keys_only {
                kv.value.clear();
            }
        }
        Ok(RangeResponse {
            header: self.header(),
            kvs,
            more,
            count,
        })
    }

    /// By what was there before the transaction.
    fn succeeds(&self, request: &TxnRequest) -> bool {
        request.compare.iter().all(|compare| self.holds(compare))
    }

    fn holds(&self, compare: &Compare) -> bool {
        let pairs = self.model.pairs(self.model.revision());
        let within = |kv: &&KeyValue| is_within(&kv.key, &compare.key, &compare.range_end);
        let mut found: Vec<KeyValue> = pairs.values().filter(within).cloned().collect();
        if found.is_empty() {
            if compare.target == 3 {
                return false;
            }
            found.push(KeyValue::default());
        }
        let number = match compare.target_union {
            Some(TargetUnion::Version(n)) if compare.target == 0 => n,
            Some(TargetUnion::CreateRevision(n)) if compare.target == 1 => n,
            Some(TargetUnion::ModRevision(n)) if compare.target == 2 => n,
            Some(TargetUnion::Lease(n)) if compare.target == 4 => n,
            _ => 0,
        };
        let text = match &compare.target_union {
            Some(TargetUnion::Value(text)) => text.clone(),
            _ => Bytes::new(),
        };
        found.iter().all(|kv| {
            let is = match compare.target {
                0 => kv.version.cmp(&number),
                1 => kv.create_revision.cmp(&number),
                2 => kv.mod_revision.cmp(&number),
                3 => kv.value.cmp(&text),
                _ => kv.lease.cmp(&number),
            };
            match compare.result {
                0 => is.is_eq(),
                1 => is.is_gt(),
                2 => is.is_lt(),
                _ => is.is_ne(),
            }
        })
    }

    fn taken<'a>(&self, request: &'a TxnRequest) -> &'a [RequestOp] {
        match self.succeeds(request) {
            true => &request.success,
            false => &request.failure,
        }
    }

    fn check(&self, request: &TxnRequest, puts: bool) -> Result<(), Error> {
        for op in self.taken(request) {
            match op.request.as_ref().expect("no empty operations") {
                RequestUnion::Put(put) if puts => {
                    let keeps = put.ignore_value || put.ignore_lease;
                    if keeps && !self.pairs.contains_key(&put.key) {
                        return Err(Error::KeyNotFound);
                    }
                    if put.lease != 0 && !self.model.leases.contains_key(&put.lease) {
                        return Err(Error::LeaseNotFound);
                    }
                }
                RequestUnion::Range(range) if !puts => {
                    let asked = range.revision;
                    if asked > self.model.revision() {
                        return Err(Error::FutureRevision);
                    }
                    if asked != 0 && asked < self.model.compacted {
                        return Err(Error::Compacted);
                    }
                }
                RequestUnion::Txn(inner) => self.check(inner, puts)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn txn(&mut self, request: &TxnRequest) -> Result<TxnResponse, Error> {
        let mut responses = Vec::new();
        for op in self.taken(request) {
            let response = match op.request.as_ref().expect("no empty operations") {
                RequestUnion::Range(range) => ResponseUnion::Range(self.range(range)?),
                RequestUnion::Put(put) => ResponseUnion::Put(self.put(put)?),
                RequestUnion::DeleteRange(delete) => {
                    ResponseUnion::DeleteRange(self.delete_range(delete))
                }
                RequestUnion::Txn(inner) => ResponseUnion::Txn(self.txn(inner)?),
            };
            responses.push(ResponseOp {
                response: Some(response),
            });
        }
        Ok(TxnResponse {
            header: Some(ResponseHeader::default()),
            succeeded: self.succeeds(request),
            responses,
        })
    }
}
