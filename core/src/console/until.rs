//! Waiting for a condition, wherever time passes: in the console, in a recording that is
//! played, and in whatever shows a run.

use std::fmt;

use crate::check::Promise;
use crate::member::Micros;
use crate::trace::Frame;
use crate::world::EventId;

use super::condition::{Condition, Moment};
use super::lab::{self, Command};
use super::quantity::{self, short_seconds};
use super::shell;
use super::words::Words;

/// A condition that is waited for, but not for ever.
#[derive(Clone, Debug)]
pub struct Until {
    condition: Condition,
    /// The picture when it began.
    before: Frame,
    begun_at: Micros,
    within_us: Micros,
}

/// How waiting for a condition ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The condition holds.
    Held,
    /// It does not, and time is up. It says so, and what is the case instead.
    TimeUp(String),
}

impl Until {
    /// Begins to wait at a picture and its time.
    pub(super) fn new(condition: Condition, within_us: Micros, frame: &Frame, at: Micros) -> Self {
        Self {
            condition,
            before: frame.clone(),
            begun_at: at,
            within_us,
        }
    }

    /// Reads what may stand behind `until` in the console: a condition, and `within` a time
    /// if it is not a minute. Waiting begins at this picture and this time, in µs; `leader`
    /// is who leads there.
    ///
    /// # Errors
    /// The line is no condition. The text says what is wrong.
    pub fn read(line: &str, frame: &Frame, at: Micros) -> Result<Self, String> {
        let split = shell::split(line).map_err(|error| error.to_string())?;
        let words = shell::with_symbols(&split.tokens).map_err(|error| error.to_string())?;
        match lab::until(&mut Words::new(&words, frame)) {
            Ok(Command::Until {
                condition,
                within_us,
            }) => Ok(Self::new(condition, within_us, frame, at)),
            Ok(_) => Err(format!("`{line}' is no condition")),
            Err(refusal) => Err(refusal.message),
        }
    }

    /// Whether waiting has ended, at a picture and a time, in µs. `broken` is the promise
    /// that was broken first by then.
    #[must_use]
    pub fn check(
        &self,
        now: &Frame,
        at: Micros,
        broken: Option<(Promise, EventId)>,
    ) -> Option<Waited> {
        let moment = Moment {
            before: &self.before,
            now,
            at,
            broken,
        };
        if self.condition.holds(moment) {
            return Some(Waited::Held);
        }
        (at >= self.limit_at()).then(|| {
            Waited::TimeUp(format!(
                "not within {}: {}; {}",
                short_seconds(self.within_us),
                self.condition,
                self.condition.found(moment)
            ))
        })
    }

    /// When it has to be asked again at the latest though nothing happens, in µs.
    #[must_use]
    pub fn next_at(&self, at: Micros) -> Micros {
        let next = self.condition.next_at(at);
        next.map_or(self.limit_at(), |next| next.min(self.limit_at()))
    }

    /// When it began, in µs.
    #[must_use]
    pub fn begun_at(&self) -> Micros {
        self.begun_at
    }

    /// When it ends at the latest, in µs.
    #[must_use]
    pub fn limit_at(&self) -> Micros {
        self.begun_at.saturating_add(self.within_us)
    }
}

/// The condition, as it is typed.
impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)
    }
}

/// A moment of a run, as a person names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// After this event.
    Event(EventId),
    /// At this time, in µs.
    Time(Micros),
}

impl Place {
    /// Reads the number of an event, such as `1204`, or a time with its unit, such as `8.4s`.
    /// Digits may stand in groups, and a `#` before the number.
    ///
    /// # Errors
    /// It is neither. The text says so.
    pub fn read(text: &str) -> Result<Self, String> {
        let plain: String = text.split_whitespace().collect();
        let number = plain.strip_prefix('#').unwrap_or(&plain);
        if let Ok(number) = number.parse() {
            return Ok(Self::Event(EventId(number)));
        }
        quantity::moment_us(&plain).map(Self::Time).ok_or_else(|| {
            let text = super::output::shown(text.trim());
            format!(
                "`{text}' is neither the number of an event, such as 1204, nor a time with its \
                 unit, such as 8.4s or 800ms"
            )
        })
    }
}

/// The condition that waits for it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(id) => write!(f, "event >= {}", id.0),
            Self::Time(at) => write!(f, "time >= {}", quantity::moment(*at)),
        }
    }
}
