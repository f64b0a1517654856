//! How fast a catalog alone is, beside a persistent map with the same keys.

use std::fmt::Write as _;
use std::iter::once;

use glassraft_core::catalog::Catalog;
use glassraft_core::etcd::{
    Compare, CompareResult, CompareTarget, PutRequest, RangeRequest, RequestOp, RequestUnion,
    TargetUnion, TxnRequest,
};
use imbl::OrdMap;
use prost::bytes::Bytes;

use super::{VALUE_BYTES, median};
use crate::recordings::Random;

/// How many keys the stores have that are measured.
pub const KEYS: [u64; 3] = [1_000, 100_000, 1_000_000];

/// How many requests are measured together.
const REQUESTS: usize = 20_000;

/// How often; the median counts.
const ROUNDS: usize = 7;

/// How many keys a long range finds.
const LONG_RANGE: u64 = 100;

/// A key of eleven bytes.
#[must_use]
pub fn key(number: u64) -> Bytes {
    format!("/k/{number:08}").into()
}

/// A put of a key with a value as long as those of `benchmark put`.
#[must_use]
pub fn put(number: u64) -> PutRequest {
    PutRequest {
        key: key(number),
        value: vec![b'v'; VALUE_BYTES].into(),
        ..PutRequest::default()
    }
}

/// A store with so many keys, each put once.
#[must_use]
pub fn filled(keys: u64) -> Catalog {
    let mut catalog = Catalog::new();
    for number in 0..keys {
        write(&mut catalog, &put(number));
    }
    catalog
}

/// The same after so many more puts, of keys in no order.
#[must_use]
pub fn worked(keys: u64, puts: u64) -> Catalog {
    let mut catalog = filled(keys);
    let mut random = Random::new(1);
    for _ in 0..puts {
        write(&mut catalog, &put(random.below(keys)));
    }
    catalog
}

fn write(catalog: &mut Catalog, request: &PutRequest) {
    let mut txn = catalog.write();
    txn.put(request).expect("a plain put");
    assert_eq!(txn.end().len(), 1);
}

/// What is asked in a round: keys at random, all that is needed made beforehand.
struct Round {
    puts: Vec<PutRequest>,
    ranges: Vec<RangeRequest>,
    long_ranges: Vec<RangeRequest>,
    txns: Vec<TxnRequest>,
}

impl Round {
    fn new(random: &mut Random, keys: u64) -> Self {
        let numbers: Vec<u64> = (0..REQUESTS).map(|_| random.below(keys)).collect();
        let range = |&number: &u64| RangeRequest {
            key: key(number),
            ..RangeRequest::default()
        };
        let long_range = |&number: &u64| {
            let first = number.min(keys - LONG_RANGE);
            RangeRequest {
                range_end: key(first + LONG_RANGE),
                ..range(&first)
            }
        };
        Self {
            puts: numbers.iter().map(|&number| put(number)).collect(),
            ranges: numbers.iter().map(range).collect(),
            long_ranges: numbers.iter().take(REQUESTS / 20).map(long_range).collect(),
            txns: numbers.iter().map(|&number| swap(number)).collect(),
        }
    }
}

/// What clients do mostly with a transaction: change a pair if it is there, else read it.
fn swap(number: u64) -> TxnRequest {
    let op = |request| RequestOp {
        request: Some(request),
    };
    TxnRequest {
        compare: vec![Compare {
            key: key(number),
            target: CompareTarget::Mod as i32,
            result: CompareResult::Greater as i32,
            target_union: Some(TargetUnion::ModRevision(1)),
            ..Compare::default()
        }],
        success: vec![op(RequestUnion::Put(put(number)))],
        failure: vec![op(RequestUnion::Range(RangeRequest {
            key: key(number),
            ..RangeRequest::default()
        }))],
    }
}

/// Measures stores of all sizes, each as its text is asked for. `now_ms` reads a
/// clock.
pub fn report(now_ms: &impl Fn() -> f64) -> impl Iterator<Item = String> {
    let head = format!(
        "median of {ROUNDS} rounds of {REQUESTS} requests a store; thousands a second\n\
         {:>9} {:>9} {:>9} {:>6} {:>9} {:>9} {:>9}",
        "keys", "puts", "a map's", "ratio", "ranges", "of 100", "txns"
    );
    once(head).chain(KEYS.into_iter().map(|keys| of_size(keys, now_ms)))
}

fn of_size(keys: u64, now_ms: &impl Fn() -> f64) -> String {
    let mut random = Random::new(keys);
    let mut catalog = filled(keys);
    let mut map: OrdMap<Bytes, Bytes> = (0..keys).map(|n| (key(n), put(n).value)).collect();
    let mut columns = vec![Vec::new(); 6];
    for _ in 0..ROUNDS {
        let round = Round::new(&mut random, keys);
        let puts = rate(now_ms, &round.puts, |put| write(&mut catalog, put));
        let inserts = rate(now_ms, &round.puts, |put| {
            map.insert(put.key.clone(), put.value.clone());
        });
        let ranges = rate(now_ms, &round.ranges, |range| {
            let found = catalog.range(range).expect("the newest revision");
            assert_eq!(found.kvs.len(), 1);
        });
        let long = rate(now_ms, &round.long_ranges, |range| {
            let found = catalog.range(range).expect("the newest revision");
            assert_eq!(found.count, LONG_RANGE.cast_signed());
        });
        let txns = rate(now_ms, &round.txns, |txn| {
            let mut write = catalog.write();
            assert!(write.txn(txn).is_ok_and(|answer| answer.succeeded));
            assert_eq!(write.end().len(), 1);
        });
        let measured = [puts, inserts, puts / inserts, ranges, long, txns];
        for (column, value) in columns.iter_mut().zip(measured) {
            column.push(value);
        }
    }
    let mut line = format!("{keys:>9}");
    for (place, column) in columns.into_iter().enumerate() {
        let value = median(column);
        match place {
            2 => write!(line, " {value:>6.2}"),
            _ => write!(line, " {value:>9.0}"),
        }
        .expect("a string takes it");
    }
    line
}

/// Thousands of requests a second.
fn rate<T>(now_ms: &impl Fn() -> f64, requests: &[T], mut ask: impl FnMut(&T)) -> f64 {
    let began = now_ms();
    for request in requests {
        ask(request);
    }
    requests.len() as f64 / (now_ms() - began)
}
