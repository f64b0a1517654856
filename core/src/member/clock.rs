//! A node's clock.

use super::Micros;

const MILLION: u128 = 1_000_000;

/// When a node's clock ticks. Each tick is reckoned from the last change of the clock's
/// rate, in whole numbers, so that rounding never adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    tick_us: Micros,
    rate_ppm: i32,
    /// When it ticked, or ticks, for the first time at this rate.
    since: Micros,
    /// How often it has ticked at this rate.
    ticked: u64,
}

impl Clock {
    /// A clock whose ticks are `tick_us` apart by its own reckoning, that goes `rate_ppm`
    /// millionths faster than time, and ticks for the first time at `first_at`. The rate is
    /// above −1 000 000.
    #[must_use]
    pub fn new(tick_us: Micros, rate_ppm: i32, first_at: Micros) -> Self {
        Self {
            tick_us,
            rate_ppm,
            since: first_at,
            ticked: 0,
        }
    }

    /// The time between two ticks by the clock's own reckoning, in µs.
    #[must_use]
    pub fn tick_us(&self) -> Micros {
        self.tick_us
    }

    /// How many millionths faster than time it goes.
    #[must_use]
    pub fn rate_ppm(&self) -> i32 {
        self.rate_ppm
    }

    /// When it ticks next, and so many ticks after that.
    #[must_use]
    pub fn tick_at(&self, later: u64) -> Micros {
        let ticks = self.ticked + later;
        if self.rate_ppm == 0 {
            return self.since + ticks * self.tick_us;
        }
        let passed = u128::from(ticks) * u128::from(self.tick_us) * MILLION;
        let passed_us = passed.div_ceil(self.pace());
        self.since + Micros::try_from(passed_us).unwrap_or(Micros::MAX / 2)
    }

    /// It ticks. Returns when it does so next.
    pub fn tick(&mut self) -> Micros {
        self.ticked += 1;
        self.tick_at(0)
    }

    /// Ticks up to `now` pass unheard. Returns when it ticks next.
    pub fn skip_to(&mut self, now: Micros) -> Micros {
        let passed_us = u128::from(now.saturating_sub(self.since));
        let heard = passed_us * self.pace() / (u128::from(self.tick_us.max(1)) * MILLION);
        let next = u64::try_from(heard).unwrap_or(u64::MAX - 1) + 1;
        if now >= self.since {
            self.ticked = self.ticked.max(next);
        }
        self.tick_at(0)
    }

    /// How much of its own time passes in a second, in µs.
    fn pace(&self) -> u128 {
        u128::from((1_000_000 + i64::from(self.rate_ppm)).unsigned_abs()).max(1)
    }

    /// From its next tick on, it goes at this rate.
    pub fn set_rate(&mut self, rate_ppm: i32) {
        *self = Self::new(self.tick_us, rate_ppm, self.tick_at(0));
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_rate_never_drifts() {
        let mut clock = Clock::new(100_000, 0, 7);
        assert_eq!((clock.tick_at(0), clock.tick_at(3)), (7, 300_007));
        assert_eq!(clock.tick(), 100_007);
        clock.set_rate(7);
        for _ in 0..1_000_007 {
            clock.tick();
        }
        assert_eq!(clock.tick_at(0), 100_007 + 100_000 * 1_000_000);
        clock.set_rate(-900_000);
        let began = clock.tick_at(0);
        assert_eq!(clock.tick() - began, 1_000_000);
    }

    #[test]
    fn what_is_skipped_is_past() {
        for rate_ppm in [-900_000, -7, 0, 7, 333_333, 9_000_000] {
            let mut clock = Clock::new(1_000, rate_ppm, 50);
            assert_eq!(clock.skip_to(49), 50);
            for now in (50..40_000).step_by(37) {
                let mut counted = clock;
                while counted.tick_at(0) <= now {
                    counted.tick();
                }
                assert_eq!(clock.skip_to(now), counted.tick_at(0), "{rate_ppm} {now}");
            }
        }
    }
}
