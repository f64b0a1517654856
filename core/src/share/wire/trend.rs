//! Guesses one growing number from another.
//!
//! The steps of a world follow its time, and its events follow its steps, each at a rate
//! that changes slowly. So a number is written as its distance from a guess, which is
//! small.

/// Two numbers that grow together, as they were a few times ago and the last time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Trend {
    past: [(u64, u64); MEMORY],
}

/// How far back the rate is measured from.
const MEMORY: usize = 4;

impl Trend {
    /// The distance of `y` from what was to be expected at `x`. Both are taken in.
    pub(super) fn distance(&mut self, x: u64, y: u64) -> i64 {
        let distance = y.wrapping_sub(self.guess(x)).cast_signed();
        self.take(x, y);
        distance
    }

    /// What has this distance from what was to be expected at `x`. Both are taken in.
    pub(super) fn at_distance(&mut self, x: u64, distance: i64) -> u64 {
        let y = self.guess(x).wrapping_add(distance.cast_unsigned());
        self.take(x, y);
        y
    }

    fn take(&mut self, x: u64, y: u64) {
        self.past.rotate_left(1);
        self.past[MEMORY - 1] = (x, y);
    }

    fn guess(&self, x: u64) -> u64 {
        let ((first_x, first_y), (last_x, last_y)) = (self.past[0], self.past[MEMORY - 1]);
        let run = u128::from(last_x.saturating_sub(first_x)).max(1);
        let rise = u128::from(last_y.saturating_sub(first_y));
        let ahead = u128::from(x.saturating_sub(last_x)) * rise / run;
        // A guess may be wild, but never out of bounds.
        u64::try_from(u128::from(last_y).saturating_add(ahead)).unwrap_or(last_y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let points = [
            (0, 0),
            (7, 1_000),
            (7, 1_000),
            (u64::MAX, 3),
            (5, u64::MAX),
            (6, u64::MAX),
            (1 << 40, 12),
        ];
        let (mut writer, mut reader) = (Trend::default(), Trend::default());
        for (x, y) in points {
            let distance = writer.distance(x, y);
            assert_eq!(reader.at_distance(x, distance), y);
        }
    }

    #[test]
    fn what_grows_evenly_is_guessed() {
        let mut trend = Trend::default();
        for i in 1..20 {
            let distance = trend.distance(i * 1_000, i * 130);
            assert!(i < 3 || distance.abs() <= 1, "{i}: {distance}");
        }
    }
}
