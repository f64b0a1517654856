//! Makes a program that is answered in two ways smaller.

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::Value;

use crate::pair::{Difference, Pair};
use crate::program::Step;

/// The most attempts for one program.
const MAX_ATTEMPTS: u32 = 2_000;

/// How long they may take together; programs that wait for the end of leases take seconds.
const TIME_LIMIT: Duration = Duration::from_secs(300);

/// What stays as it is. A lease without a number gets one, which is another at each server;
/// and the real etcd ends with a permission that is not given.
const WHOLE: [&str; 2] = ["/v3/lease/grant", "/v3/auth/role/grant"];

/// Tries programs out.
pub(crate) struct Laboratory {
    /// A pair that has answered all so far in one way.
    pair: Option<Pair>,
    attempts: u32,
    since: Instant,
}

impl Laboratory {
    /// One that has tried nothing so far.
    pub(crate) fn new() -> Self {
        Self {
            pair: None,
            attempts: 0,
            since: Instant::now(),
        }
    }

    /// What differs on servers that have just begun. Most programs differ in nothing, and that
    /// shows on servers that have run others before; to begin anew takes most of a second.
    pub(crate) fn try_out(&mut self, steps: &[Step]) -> Result<Option<Difference>> {
        self.attempts += 1;
        if self.pair.is_some() && Pair::run_on(&mut self.pair, steps, || ())?.is_none() {
            return Ok(None);
        }
        self.pair = None;
        Pair::run_on(&mut self.pair, steps, || ())
    }

    fn is_tired(&self) -> bool {
        self.attempts >= MAX_ATTEMPTS || self.since.elapsed() >= TIME_LIMIT
    }
}

/// The smallest program that can be made of one by leaving things out, and what differs in it.
pub(crate) fn smallest(
    laboratory: &mut Laboratory,
    mut steps: Vec<Step>,
    mut found: Difference,
) -> Result<(Vec<Step>, Difference)> {
    loop {
        let before = steps.clone();
        (steps, found) = fewer_steps(laboratory, steps, found)?;
        (steps, found) = smaller_steps(laboratory, steps, found)?;
        if steps == before || laboratory.is_tired() {
            return Ok((steps, found));
        }
    }
}

/// Leaves out steps: half of them at first, single ones in the end.
fn fewer_steps(
    laboratory: &mut Laboratory,
    mut steps: Vec<Step>,
    mut found: Difference,
) -> Result<(Vec<Step>, Difference)> {
    // What comes behind the difference is not needed.
    steps.truncate(found.step.map_or(steps.len(), |step| step + 1));
    let mut size = steps.len() / 2;
    while size > 0 {
        let mut start = 0;
        while start < steps.len() && !laboratory.is_tired() {
            let end = (start + size).min(steps.len());
            let fewer = [&steps[..start], &steps[end..]].concat();
            match laboratory.try_out(&fewer)? {
                Some(difference) => (steps, found) = (fewer, difference),
                None => start = end,
            }
        }
        size /= 2;
    }
    Ok((steps, found))
}

/// Leaves out fields and what stands in lists.
fn smaller_steps(
    laboratory: &mut Laboratory,
    mut steps: Vec<Step>,
    mut found: Difference,
) -> Result<(Vec<Step>, Difference)> {
    for place in 0..steps.len() {
        if !matches!(&steps[place], Step::Ask(ask) if !WHOLE.contains(&ask.path)) {
            continue;
        }
        let mut part = 0;
        while !laboratory.is_tired() {
            let mut fewer = steps.clone();
            let mut left = part;
            let Step::Ask(ask) = &mut fewer[place] else {
                break;
            };
            if !leave_out(&mut ask.body, &mut left) {
                break;
            }
            match laboratory.try_out(&fewer)? {
                Some(difference) => (steps, found) = (fewer, difference),
                None => part += 1,
            }
        }
    }
    Ok((steps, found))
}

/// Leaves out the part with this number, counted from outside; whether there is one.
fn leave_out(value: &mut Value, number: &mut usize) -> bool {
    match value {
        Value::Object(object) => {
            if let Some(name) = object.keys().nth(*number).cloned() {
                object.remove(&name);
                return true;
            }
            *number -= object.len();
            object.values_mut().any(|inner| leave_out(inner, number))
        }
        Value::Array(list) => {
            if *number < list.len() {
                list.remove(*number);
                return true;
            }
            *number -= list.len();
            list.iter_mut().any(|inner| leave_out(inner, number))
        }
        _ => false,
    }
}
