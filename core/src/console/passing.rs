//! Letting time pass while commands wait.

use crate::member::Micros;
use crate::trace::Run;

use super::terminal::Console;
use super::until::{Until, Waited};

/// How many steps are taken between two looks at the budget.
const STEPS_PER_LOOK: u32 = 16;

impl Console {
    /// Lets time pass until `at`, until `over_budget` says that it is enough for now, or
    /// until the last command that lets time pass has ended. Returns whether `at` was
    /// reached. Commands see every moment that they wait for.
    pub fn advance_to(
        &mut self,
        run: &mut Run,
        at: Micros,
        mut over_budget: impl FnMut() -> bool,
    ) -> bool {
        let driven = self.drives();
        let mut left = STEPS_PER_LOOK;
        loop {
            self.poll(run);
            if driven && !self.drives() {
                return run.now() >= at;
            }
            let stop = self.next_at().map_or(at, |next| next.min(at));
            let stopped = if self.running.iter().any(|running| running.task.watches()) {
                run.step_until(stop).is_none()
            } else {
                // A run looks at its budget every few steps, long before its record drops any.
                while !run.advance_to(stop, || true) {
                    let _unchecked = self.observe(run);
                    if over_budget() {
                        return false;
                    }
                }
                true
            };
            if stopped && stop == at {
                self.poll(run);
                return true;
            }
            left -= 1;
            if left == 0 {
                if over_budget() {
                    return false;
                }
                left = STEPS_PER_LOOK;
            }
        }
    }

    /// Lets time pass until `at`, or until `over_budget` says that it is enough for now, and
    /// stops at the step of the world after which `until` has ended. Commands see every
    /// moment that they wait for.
    pub fn advance_until(
        &mut self,
        run: &mut Run,
        at: Micros,
        until: &Until,
        over_budget: impl FnMut() -> bool,
    ) -> Option<Waited> {
        self.advance_watched(run, at, over_budget, |console, run| {
            let broken = console.watch.checks.first_broken();
            match until.check(run.frame(), run.now(), broken) {
                Some(waited) => Ok(waited),
                None => Err(until.next_at(run.now())),
            }
        })
    }

    /// Lets time pass until `at`, or until `over_budget` says that it is enough for now, and
    /// stops at the step of the world after which no command waits for what time brings.
    /// Returns whether it came to that.
    pub fn serve(&mut self, run: &mut Run, at: Micros, over_budget: impl FnMut() -> bool) -> bool {
        let served =
            self.advance_watched(run, at, over_budget, |console, _| match console.waiting() {
                None => Ok(()),
                Some(_) => Err(at),
            });
        served.is_some()
    }

    /// Lets time pass, and asks after each step of the world whether that is all; if it is
    /// not, the answer is when to ask again at the latest.
    fn advance_watched<T>(
        &mut self,
        run: &mut Run,
        at: Micros,
        mut over_budget: impl FnMut() -> bool,
        mut is_all: impl FnMut(&Self, &Run) -> Result<T, Micros>,
    ) -> Option<T> {
        let mut left = STEPS_PER_LOOK;
        loop {
            self.poll(run);
            let ask_at = match is_all(self, run) {
                Ok(all) => return Some(all),
                Err(ask_at) => ask_at,
            };
            if run.now() >= at {
                return None;
            }
            let next = self.next_at().map_or(at, |next| next.min(at));
            run.step_until(next.min(ask_at));
            left -= 1;
            if left == 0 {
                if over_budget() {
                    return None;
                }
                left = STEPS_PER_LOOK;
            }
        }
    }
}
