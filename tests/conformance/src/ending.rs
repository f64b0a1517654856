//! Programs in which the time of leases runs out: here in virtual time, there in real time.
//!
//! etcd looks for leases whose time is over twice a second (`lease/lessor.go`), so no two of
//! them end within the same seconds: it ends those that it finds together in any order.

use std::ops::RangeInclusive;
use std::time::Duration;

use glassraft_tests::recordings::Random;
use serde_json::json;

use crate::program::{Step, everything, maybe, put, revoke, step};

/// The identifiers of leases whose time runs out.
pub(crate) const LEASES: RangeInclusive<u64> = 6..=7;

/// Leases of less than this run out while a program runs; in seconds.
pub(crate) const SHORT_TTL: i64 = 100;

/// How long before the end of a lease nothing else may be asked: answers would depend on the
/// moment.
pub(crate) const MARGIN: Duration = Duration::from_millis(300);

/// How many requests there are from a grant until the lease's end is waited for.
const REQUESTS_A_LEASE: usize = 8;

/// Adds so many requests, and among them one or two leases whose end is waited for.
pub(crate) fn extend(steps: &mut Vec<Step>, random: &mut Random, requests: usize) {
    let before = random.place(requests / 2 + 1);
    steps.extend((0..before).map(|_| step(random)));
    let (first, second) = (*LEASES.start(), *LEASES.end());
    let ttl = 1 + random.small(3);
    steps.push(grant(first, ttl));
    let are_two = random.chance(30);
    if are_two {
        steps.push(grant(second, ttl.max(2) + 3));
    }
    let under_way = REQUESTS_A_LEASE.min(requests - before);
    steps.extend((0..under_way).map(|_| about(random, LEASES)));
    steps.extend(end(first));
    if are_two {
        steps.extend((0..REQUESTS_A_LEASE).map(|_| about(random, second..=second)));
        steps.extend(end(second));
    }
    let after = requests - before - under_way;
    steps.extend((0..after).map(|_| step(random)));
}

fn grant(id: u64, ttl: u32) -> Step {
    Step::ask("/v3/lease/grant", json!({"ID": id, "TTL": ttl}))
}

/// A request that has to do with one of some leases, most often.
fn about(random: &mut Random, leases: RangeInclusive<u64>) -> Step {
    let id = leases.start() + random.below(leases.end() - leases.start() + 1);
    match random.below(20) {
        0..=9 => {
            let mut put = put(random);
            maybe(random, 90, &mut put, "lease", json!(id));
            Step::ask("/v3/kv/put", put)
        }
        10 | 11 => Step::ask("/v3/lease/keepalive", json!({ "ID": id })),
        12 | 13 => Step::ask("/v3/lease/timetolive", json!({"ID": id, "keys": true})),
        14 if random.chance(30) => revoke(id),
        15 => Step::ask("/v3/lease/leases", json!({})),
        _ => step(random),
    }
}

/// Waits for the end of a lease, and looks at what it left.
fn end(id: u64) -> [Step; 3] {
    [
        Step::AwaitEnd(id),
        Step::ask("/v3/lease/timetolive", json!({"ID": id, "keys": true})),
        Step::ask("/v3/kv/range", everything()),
    ]
}
