//! Letting time pass, and holding a run to what it should be.

use crate::member::Micros;

use super::super::condition::Condition;
use super::super::quantity;
use super::super::words::{Refusal, Words};
use super::command::{Command, PATIENCE_US, STEP_KINDS, StepKind, Understood};

const TIME: &str = "a time with its unit, such as 500ms, 3s or 1m, 24h at most";

/// The most that one `step` counts to.
const MAX_STEPS: u32 = 10_000;

/// `step [K] [event|message|role|commit|request] [within 10s]`.
pub(super) fn step(words: &mut Words<'_>) -> Understood {
    let starts = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let count = match words.peek().filter(|word| starts(word)) {
        None => 1,
        Some(_) => words.parse("a number from 1 to 10000", |word| {
            let count = word.parse().ok();
            count.filter(|count| (1..=MAX_STEPS).contains(count))
        })?,
    };
    let kind = match words.peek() {
        None | Some("within") => StepKind::Event,
        Some(word) => {
            // `step 5 commits' says the same.
            let word = word.strip_suffix('s').unwrap_or(word);
            let known = STEP_KINDS.iter().find(|(name, _)| *name == word);
            let (_, kind) = known.ok_or_else(|| {
                words.expected("what is counted: event, message, role, commit or request")
            })?;
            words.next();
            *kind
        }
    };
    let within_us = within(words)?;
    words.end()?;
    Ok(Command::Step {
        count,
        kind,
        within_us,
    })
}

/// `run 3s`.
pub(super) fn run(words: &mut Words<'_>) -> Understood {
    let us = words.parse(TIME, quantity::time_us)?;
    words.end()?;
    Ok(Command::Pass(us))
}

/// `until COND [within 10s]`.
pub(super) fn until(words: &mut Words<'_>) -> Understood {
    let condition = Condition::parse(words)?;
    let within_us = within(words)?;
    words.end()?;
    Ok(Command::Until {
        condition,
        within_us,
    })
}

/// `expect COND`.
pub(super) fn expect(words: &mut Words<'_>) -> Understood {
    let condition = Condition::parse(words)?;
    words.end()?;
    if condition.compares() {
        return Err(Refusal::usage(format!(
            "`{condition}' says something of two moments, and `expect' looks at one; \
             `until' waits for it"
        )));
    }
    Ok(Command::Expect(condition))
}

fn within(words: &mut Words<'_>) -> Result<Micros, Refusal> {
    match words.take("within") {
        true => words.parse(TIME, quantity::time_us),
        false => Ok(PATIENCE_US),
    }
}
