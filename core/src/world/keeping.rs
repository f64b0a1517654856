//! A client that keeps leases alive on one stream (`clientv3/lease.go`).
//!
//! It says so every third of a lease's time, and looks for that every 500 ms. A lease that is
//! gone is let go, and so is one about which nothing was heard for as long as it lives.
//! Nothing is said about a lease while an answer about it is awaited: etcd's client repeats
//! itself then, and gets its answers one after the other.

use crate::etcd::{LeaseKeepAliveRequest, LeaseKeepAliveResponse, StreamRequest, StreamResponse};
use crate::member::Micros;

/// How often a client looks at its leases, in µs (`sendKeepAliveLoop` and `deadlineLoop`).
pub(super) const LOOK_US: Micros = 500_000;

/// How long a client waits for the first answer about a lease, in µs: a second longer than
/// `etcdctl` tries to connect (`NewLease`).
const FIRST_ANSWER_US: Micros = 3_000_000;

/// A lease that is kept alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The lease.
    pub lease: i64,
    /// When to say so next, in µs since the run began.
    pub next_at: Micros,
    /// When to let it go.
    pub deadline_at: Micros,
    /// Whether an answer is awaited.
    pub is_awaited: bool,
}

/// The leases of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leases {
    leases: Vec<Kept>,
    /// When the client began to look at them.
    since: Micros,
}

impl Leases {
    pub(crate) fn new(since: Micros) -> Self {
        Self {
            leases: Vec::new(),
            since,
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Kept> {
        self.leases.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.leases.len()
    }

    /// When the client looks the next time, at this time or later.
    fn look_at(&self, at: Micros) -> Micros {
        let looks = at.saturating_sub(self.since).div_ceil(LOOK_US);
        self.since.saturating_add(looks.saturating_mul(LOOK_US))
    }

    /// Takes in what a person has the client say, which is said at once if it can be.
    pub(crate) fn say(&mut self, now: Micros, is_connected: bool, lease: i64) {
        match self.leases.iter_mut().find(|kept| kept.lease == lease) {
            Some(kept) => {
                kept.next_at = now;
                kept.is_awaited |= is_connected;
            }
            None => self.leases.push(Kept {
                lease,
                next_at: now,
                deadline_at: now.saturating_add(FIRST_ANSWER_US),
                is_awaited: is_connected,
            }),
        }
    }

    /// Takes in what the client hears on a stream.
    pub(crate) fn hear_any(&mut self, now: Micros, response: &StreamResponse) {
        if let StreamResponse::LeaseKeepAlive(response) = response {
            self.hear(now, response);
        }
    }

    /// Takes in what the client hears. Returns whether there is nothing left to keep alive.
    pub(super) fn hear(&mut self, now: Micros, response: &LeaseKeepAliveResponse) -> bool {
        let ttl_us = u64::try_from(response.ttl).unwrap_or(0);
        let ttl_us = ttl_us.saturating_mul(1_000_000);
        if ttl_us == 0 {
            self.leases.retain(|kept| kept.lease != response.id);
            return self.leases.is_empty();
        }
        let next_at = self.look_at(now.saturating_add(ttl_us / 3));
        let mut leases = self.leases.iter_mut();
        if let Some(kept) = leases.find(|kept| kept.lease == response.id) {
            kept.next_at = next_at;
            kept.deadline_at = now.saturating_add(ttl_us);
            kept.is_awaited = false;
        }
        false
    }

    /// The connection broke.
    pub(crate) fn interrupt(&mut self) {
        for kept in &mut self.leases {
            kept.is_awaited = false;
        }
    }

    /// Lets go what was not heard of for too long. Returns whether that was all.
    pub(super) fn give_up(&mut self, now: Micros) -> bool {
        self.leases.retain(|kept| kept.deadline_at >= now);
        self.leases.is_empty()
    }

    /// What to say now.
    pub(super) fn due(&mut self, now: Micros) -> Vec<StreamRequest> {
        let is_due = |kept: &&mut Kept| kept.next_at <= now && !kept.is_awaited;
        let due = self.leases.iter_mut().filter(is_due);
        due.map(|kept| {
            kept.is_awaited = true;
            StreamRequest::LeaseKeepAlive(LeaseKeepAliveRequest { id: kept.lease })
        })
        .collect()
    }

    /// When there is something to do next.
    pub(super) fn next_at(&self, is_connected: bool) -> Option<Micros> {
        let times = self.leases.iter().map(|kept| {
            let deadline_at = self.look_at(kept.deadline_at.saturating_add(1));
            match is_connected && !kept.is_awaited {
                true => kept.next_at.min(deadline_at),
                false => deadline_at,
            }
        });
        times.min()
    }
}
