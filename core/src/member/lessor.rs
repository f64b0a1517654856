//! How much time leases have left, as the leader counts it (`lease/lessor.go`).
//!
//! Which leases there are is replicated; how long each lives still is known to the leader
//! alone, and in its memory. It counts by its own clock: one that goes too fast ends leases
//! early. A new leader gives every lease its whole time again, and an election timeout on
//! top, because nobody can tell it what was left. Twice a second it looks for leases whose
//! time is over, and has them revoked through the log.

use crate::order::{Ascending, sort_long};

use super::{Clock, Micros};

/// How often the leader looks for leases that have expired, in µs.
const SCAN_US: Micros = 500_000;

/// The most leases that are revoked in a second (`leaseRevokeRate`).
const REVOKED_PER_SECOND: usize = 1_000;

/// How long the leader waits for a revocation before it asks for it once more, in µs
/// (`defaultExpiredleaseRetryInterval`).
const REVOKE_AGAIN_US: Micros = 3_000_000;

const SECOND_US: Micros = 1_000_000;

/// What passes on a node's clock, in µs since about its start.
#[derive(Clone, Copy, Debug)]
struct LocalTime {
    /// A moment of the world's time, and what the clock showed then.
    since: Micros,
    shown: Micros,
    rate_ppm: i32,
}

impl LocalTime {
    fn pace(self) -> u128 {
        u128::from((1_000_000 + i64::from(self.rate_ppm)).unsigned_abs()).max(1)
    }

    /// What the clock shows at `now`.
    fn at(self, now: Micros) -> Micros {
        let passed = u128::from(now.saturating_sub(self.since));
        let shown = passed * self.pace() / u128::from(SECOND_US);
        self.shown
            .saturating_add(u64::try_from(shown).unwrap_or(u64::MAX))
    }

    /// When the clock will show `shown`, as far as it goes on like this.
    fn when(self, shown: Micros) -> Micros {
        let left = u128::from(shown.saturating_sub(self.shown));
        let passed = (left * u128::from(SECOND_US)).div_ceil(self.pace());
        self.since
            .saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }
}

/// The time of one lease, by the node's clock.
#[derive(Clone, Copy, Debug)]
struct Timing {
    expires_at: Micros,
    /// When to see whether it has expired, or is still there although it has.
    look_at: Micros,
}

impl Timing {
    fn new(expires_at: Micros) -> Self {
        Self {
            expires_at,
            look_at: expires_at,
        }
    }
}

/// The time that leases have left.
#[derive(Debug)]
pub(super) struct Lessor {
    clock: LocalTime,
    /// Whether this node counts the time; of one that does not, all leases live for ever.
    is_primary: bool,
    timings: Ascending<i64, Timing>,
    /// What is to be looked at, and when.
    queue: Ascending<(Micros, i64), ()>,
    /// No scan comes before this time of the node's clock.
    next_scan: Micros,
    jumped: bool,
}

impl Lessor {
    /// Of a node that has just been started.
    pub(super) fn new(clock: &Clock) -> Self {
        Self {
            clock: LocalTime {
                since: clock.tick_at(0),
                shown: SCAN_US,
                rate_ppm: clock.rate_ppm(),
            },
            is_primary: false,
            timings: Ascending::default(),
            queue: Ascending::default(),
            next_scan: 0,
            jumped: false,
        }
    }

    /// Whether this node counts the time.
    pub(super) fn is_primary(&self) -> bool {
        self.is_primary
    }

    /// The clock goes like this from now on. Returns whether leases expire at another time
    /// by that, or by a jump since the last call.
    pub(super) fn set_clock(&mut self, now: Micros, clock: &Clock) -> bool {
        let mut changes = std::mem::take(&mut self.jumped);
        if clock.rate_ppm() != self.clock.rate_ppm {
            changes = true;
            self.clock = LocalTime {
                since: now,
                shown: self.clock.at(now),
                rate_ppm: clock.rate_ppm(),
            };
        }
        changes
    }

    /// The clock jumps ahead by so many µs.
    pub(super) fn jump(&mut self, span_us: Micros) {
        self.clock.shown = self.clock.shown.saturating_add(span_us);
        self.jumped = true;
    }

    /// This node counts from now on: each of the leases, with its time to live in seconds,
    /// has all of that left and `extension_us` more. Where more than could be revoked would
    /// expire in the same second, some get a little longer.
    pub(super) fn promote(
        &mut self,
        now: Micros,
        extension_us: Micros,
        leases: impl Iterator<Item = (i64, i64)>,
    ) {
        self.demote();
        self.is_primary = true;
        let mut queue = Vec::new();
        for (id, ttl) in leases {
            let expires_at = self.expiry(now, ttl, extension_us);
            self.timings.insert(id, Timing::new(expires_at));
            queue.push((expires_at, id));
        }
        // What is put in behind all others costs least.
        sort_long(&mut queue, Ord::cmp);
        for due in queue {
            self.queue.insert(due, ());
        }
        if self.timings.len() >= REVOKED_PER_SECOND {
            self.spread();
        }
    }

    /// Has at most three quarters of what may be revoked in a second expire in one.
    fn spread(&mut self) {
        const EACH_SECOND: u64 = REVOKED_PER_SECOND as u64 * 3 / 4;
        let Some((&(first, _), ())) = self.queue.first() else {
            return;
        };
        let (mut base, mut next, mut count) = (first, first + SECOND_US, 0);
        let mut queue = std::mem::take(&mut self.queue);
        while let Some(((expires_at, id), ())) = queue.pop_first() {
            let mut at = expires_at;
            if expires_at > next {
                (base, next, count) = (expires_at, expires_at + SECOND_US, 1);
            } else {
                count += 1;
                if count > EACH_SECOND {
                    let delay = SECOND_US * count / EACH_SECOND;
                    let delay = delay.saturating_sub(expires_at - base);
                    next = base + delay;
                    at = expires_at + delay;
                }
            }
            self.set(id, at);
        }
    }

    /// Somebody else counts from now on, or nobody.
    pub(super) fn demote(&mut self) {
        self.is_primary = false;
        self.timings.clear();
        self.queue.clear();
    }

    /// A lease has `ttl` seconds and `extension_us` left from now on. Returns when it will
    /// expire, in the world's time.
    pub(super) fn renew(&mut self, now: Micros, id: i64, ttl: i64, extension_us: Micros) -> Micros {
        let at = self.expiry(now, ttl, extension_us);
        if let Some(timing) = self.timings.get(&id) {
            self.queue.remove(&(timing.look_at, id));
        }
        self.set(id, at);
        self.clock.when(at)
    }

    /// When a lease with `ttl` seconds and `extension_us` left expires, by the node's clock.
    fn expiry(&self, now: Micros, ttl: i64, extension_us: Micros) -> Micros {
        let ttl_us = u64::try_from(ttl).unwrap_or(0).saturating_mul(SECOND_US);
        self.clock.at(now) + ttl_us + extension_us
    }

    fn set(&mut self, id: i64, expires_at: Micros) {
        self.timings.insert(id, Timing::new(expires_at));
        self.queue.insert((expires_at, id), ());
    }

    /// A lease is gone. Returns whether its time was counted.
    pub(super) fn forget(&mut self, id: i64) -> bool {
        let timing = self.timings.remove(&id);
        timing.is_some_and(|timing| self.queue.remove(&(timing.look_at, id)).is_some())
    }

    /// How long a lease has left, in whole seconds towards zero: below zero if it expired
    /// more than a second ago. Where nobody counts, as many as fit etcd's durations.
    pub(super) fn remaining_s(&self, now: Micros, id: i64) -> i64 {
        let Some(timing) = self.timings.get(&id) else {
            return i64::MAX / 1_000_000_000;
        };
        let shown = self.clock.at(now);
        match timing.expires_at.checked_sub(shown) {
            Some(left) => (left / SECOND_US).cast_signed(),
            None => -((shown - timing.expires_at) / SECOND_US).cast_signed(),
        }
    }

    /// Whether a lease's time is over.
    pub(super) fn has_expired(&self, now: Micros, id: i64) -> bool {
        let timing = self.timings.get(&id);
        timing.is_some_and(|timing| timing.expires_at <= self.clock.at(now))
    }

    /// When every lease expires, in the world's time; those with the least time left come
    /// first.
    pub(super) fn deadlines(&self) -> Vec<(Micros, i64)> {
        let each = self.timings.iter();
        let mut all: Vec<_> = each.map(|(id, timing)| (timing.expires_at, *id)).collect();
        sort_long(&mut all, Ord::cmp);
        for (at, _) in &mut all {
            *at = self.clock.when(*at);
        }
        all
    }

    /// Whether it counts the time of no lease.
    pub(super) fn is_idle(&self) -> bool {
        self.queue.is_empty()
    }

    /// When to look next for leases that have expired, in the world's time.
    pub(super) fn next_scan_at(&self) -> Option<Micros> {
        let ((first, _), ()) = self.queue.first()?;
        let scan = first.div_ceil(SCAN_US) * SCAN_US;
        Some(self.clock.when(scan.max(self.next_scan)))
    }

    /// The leases that are to be revoked now, at most half of what may be in a second. Those
    /// that are still there after three seconds come once more.
    pub(super) fn expired(&mut self, now: Micros) -> Vec<i64> {
        let shown = self.clock.at(now);
        let mut expired = Vec::new();
        let is_due = self.next_scan_at().is_some_and(|at| at <= now);
        if !is_due {
            return expired;
        }
        self.next_scan = (shown / SCAN_US + 1) * SCAN_US;
        while expired.len() < REVOKED_PER_SECOND / 2
            && let Some((&(at, id), ())) = self.queue.first()
            && at <= shown
        {
            self.queue.pop_first();
            let again = shown + REVOKE_AGAIN_US;
            self.queue.insert((again, id), ());
            if let Some(timing) = self.timings.get_mut(&id) {
                timing.look_at = again;
            }
            expired.push(id);
        }
        expired
    }
}

#[cfg(test)]
mod tests {
    use super::{Lessor, SECOND_US};
    use crate::member::Clock;

    fn lessor(rate_ppm: i32) -> Lessor {
        Lessor::new(&Clock::new(100_000, rate_ppm, 70_000))
    }

    /// Lets time pass from scan to scan and collects what expires when.
    fn run(lessor: &mut Lessor, until: u64) -> Vec<(u64, i64)> {
        let mut found = Vec::new();
        while let Some(at) = lessor.next_scan_at().filter(|at| *at <= until) {
            for id in lessor.expired(at) {
                found.push((at, id));
                lessor.forget(id);
            }
        }
        found
    }

    #[test]
    fn a_lease_expires_at_the_scan_after_its_end() {
        let mut lessor = lessor(0);
        lessor.promote(1_000_000, 1_000_000, [(7, 2), (-3, 4)].into_iter());
        assert_eq!(lessor.remaining_s(1_000_001, 7), 2);
        assert!(!lessor.has_expired(3_999_999, 7) && lessor.has_expired(4_000_000, 7));
        assert_eq!(lessor.renew(1_500_000, 7, 3, 0), 4_500_000);
        assert_eq!(lessor.deadlines(), [(4_500_000, 7), (6_000_000, -3)]);
        assert_eq!(
            run(&mut lessor, 20_000_000),
            [(4_570_000, 7), (6_070_000, -3)]
        );
    }

    #[test]
    fn what_is_not_revoked_is_revoked_again() {
        let mut lessor = lessor(0);
        lessor.promote(70_000, 0, [(7, 2)].into_iter());
        assert_eq!(lessor.expired(2_070_000), [7]);
        assert_eq!(lessor.remaining_s(4_070_000, 7), -2);
        assert_eq!(lessor.expired(4_570_000), []);
        assert_eq!(lessor.next_scan_at(), Some(5_070_000));
        assert_eq!(lessor.expired(5_070_000), [7]);
        lessor.demote();
        assert_eq!(lessor.next_scan_at(), None);
        assert_eq!(lessor.remaining_s(5_070_000, 7), 9_223_372_036);
    }

    #[test]
    fn time_is_the_nodes_own() {
        let mut lessor = lessor(1_000_000);
        lessor.promote(70_000, 0, [(7, 10)].into_iter());
        assert_eq!(lessor.deadlines(), [(5_070_000, 7)]);
        lessor.set_clock(2_070_000, &Clock::new(100_000, -500_000, 0));
        assert_eq!(lessor.deadlines(), [(14_070_000, 7)]);
        lessor.jump(5_000_000);
        assert_eq!(lessor.deadlines(), [(4_070_000, 7)]);
    }

    #[test]
    fn many_leases_expire_one_after_the_other() {
        let mut lessor = lessor(0);
        lessor.promote(70_000, 0, (1..=5_000).map(|id| (id, 5)));
        let expired = run(&mut lessor, 100_000_000);
        assert_eq!(expired.len(), 5_000);
        for second in 0..60 {
            let span = second * SECOND_US..(second + 1) * SECOND_US;
            let count = expired.iter().filter(|(at, _)| span.contains(at)).count();
            assert!(count <= 1_000, "{count} in second {second}");
        }
    }
}
