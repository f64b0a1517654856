//! How chores speak: one line for each thing that they do, with the time it took.

use anyhow::Error;
use std::fmt;
use std::time::{Duration, Instant};

/// Says what is being done.
pub(crate) fn say(text: impl fmt::Display) {
    println!("xtask: {text}");
}

/// Says why the chore stops.
pub(crate) fn fail(error: &Error) {
    eprintln!("\nxtask: failed: {error:#}");
}

/// Measures and prints a duration as people say it.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn read(self) -> Elapsed {
        Elapsed(self.0.elapsed())
    }
}

/// A duration for people.
#[derive(Clone, Copy)]
pub(crate) struct Elapsed(Duration);

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        match seconds / 60 {
            0 => f.pad(&format!("{:.1} s", self.0.as_secs_f64())),
            minutes => f.pad(&format!("{minutes} min {:02} s", seconds % 60)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(Elapsed(Duration::from_millis(1250)).to_string(), "1.2 s");
        assert_eq!(Elapsed(Duration::from_secs(605)).to_string(), "10 min 05 s");
    }
}
