//! What is wrong with a part of a file.

use std::fmt::Write as _;

use crate::json::{Kind, Value};

/// What is wrong with a part, and the way to it from the part that is being read.
#[derive(Debug)]
pub(in crate::share) struct Wrong {
    /// As `actions[3].crash.node`; nothing for the part itself.
    pub(in crate::share) path: String,
    /// With line and column.
    pub(in crate::share) problem: String,
}

impl Wrong {
    /// Something is wrong with a value.
    pub(super) fn at(value: Value<'_>, what: &str) -> Self {
        Self {
            path: String::new(),
            problem: format!("{} at {}", beginning(what), value.place()),
        }
    }

    /// A value is of another type than was expected.
    pub(in crate::share) fn of_type(value: Value<'_>, expected: &str) -> Self {
        let what = format!("invalid type: {}, expected {expected}", described(value));
        Self::at(value, &what)
    }

    /// A value is of the type that was expected, and none of those that may stand there.
    pub(super) fn of_value(value: Value<'_>, expected: &str) -> Self {
        let what = format!("invalid value: {}, expected {expected}", described(value));
        Self::at(value, &what)
    }

    /// A list is too long.
    pub(in crate::share) fn of_length(value: Value<'_>, most: usize, what: &str) -> Self {
        let length = most + 1;
        let what = format!("invalid length {length}, expected a list of at most {most} {what}");
        Self::at(value, &what)
    }

    /// A name is none of those that are known; `what` says of what kind it is.
    pub(super) fn of_name(value: Value<'_>, what: &str, name: &str, known: &[&str]) -> Self {
        let mut text = format!("unknown {what} `{}`, ", beginning(name));
        for (place, one) in known.iter().enumerate() {
            let before = match (place, known.len()) {
                (0, 1 | 2) => "expected ",
                (0, _) => "expected one of ",
                (1, 2) => " or ",
                _ => ", ",
            };
            let _infallible = write!(text, "{before}`{one}`");
        }
        if known.is_empty() {
            let _infallible = write!(text, "there are no {what}s");
        }
        Self::at(value, &text)
    }

    /// The same, seen from the object around it.
    pub(in crate::share) fn inside(self, name: &str) -> Self {
        self.behind(beginning(name))
    }

    /// The same, seen from the list around it.
    pub(in crate::share) fn in_list(self, place: usize) -> Self {
        self.behind(format!("[{place}]"))
    }

    fn behind(mut self, mut way: String) -> Self {
        if !self.path.is_empty() && !self.path.starts_with('[') {
            way.push('.');
        }
        self.path.insert_str(0, &way);
        self
    }
}

/// A text without its rest, which may be as long as the file.
fn beginning(text: &str) -> String {
    const MAX_CHARS: usize = 600;
    let mut chars = text.chars();
    let mut start: String = chars.by_ref().take(MAX_CHARS).collect();
    if chars.next().is_some() {
        start.push('…');
    }
    start
}

fn described(value: Value<'_>) -> String {
    match value.kind() {
        Kind::Null => "null".to_owned(),
        Kind::Flag(flag) => format!("boolean `{flag}`"),
        Kind::Number(number) => format!("integer `{number}`"),
        Kind::Negative(number) => format!("integer `{number}`"),
        Kind::Fraction(number) => format!("floating point `{}`", beginning(number)),
        Kind::Text(text) => format!("string {:?}", beginning(&text)),
        Kind::List(_) => "sequence".to_owned(),
        Kind::Object(_) => "map".to_owned(),
    }
}
