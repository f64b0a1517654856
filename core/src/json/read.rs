//! Values inside of a text.

use std::borrow::Cow;

use super::problem::{Place, Problem};
use super::scan::Scanner;

/// A value inside of a text that is JSON. It is a copy of nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Value<'a> {
    /// All of the text, up to the value's end.
    text: &'a str,
    start: usize,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Kind<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A whole number below 2^64.
    Number(u64),
    /// A whole number below zero, from -2^63 on.
    Negative(i64),
    /// Any other number, as it is written.
    Fraction(&'a str),
    /// A text.
    Text(Cow<'a, str>),
    /// A list.
    List(Items<'a>),
    /// An object.
    Object(Members<'a>),
}

impl<'a> Value<'a> {
    /// The value that a text is.
    ///
    /// # Errors
    /// The text is no JSON; where it first goes wrong is told.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Problem> {
        let mut scanner = Scanner { text, at: 0 };
        scanner.blanks();
        let start = scanner.at;
        let mut outcome = scanner.value(0);
        let end = scanner.at;
        if outcome.is_ok() {
            scanner.blanks();
            if scanner.peek().is_some() {
                scanner.at += 1;
                outcome = Err("trailing characters");
            }
        }
        match outcome {
            Ok(()) => Ok(Self {
                text: &text[..end],
                start,
            }),
            Err(what) => Err(Problem {
                what,
                at: Place::behind(text, scanner.at),
            }),
        }
    }

    /// The value as it is written.
    #[must_use]
    pub(crate) fn source(&self) -> &'a str {
        &self.text[self.start..]
    }

    /// Where it ends; of a list or an object, where it begins.
    #[must_use]
    pub(crate) fn place(&self) -> Place {
        let is_long = self.source().starts_with(['[', '{']);
        let bytes = if is_long {
            self.start + 1
        } else {
            self.text.len()
        };
        Place::behind(self.text, bytes)
    }

    /// What it is.
    #[must_use]
    pub(crate) fn kind(&self) -> Kind<'a> {
        let source = self.source();
        match source.as_bytes().first() {
            Some(b'n') => Kind::Null,
            Some(b't') => Kind::Flag(true),
            Some(b'f') => Kind::Flag(false),
            Some(b'"') => Kind::Text(text(source)),
            Some(b'[') => Kind::List(Items(Inside::of(*self))),
            Some(b'{') => Kind::Object(Members(Inside::of(*self))),
            _ => number(source),
        }
    }
}

fn number(source: &str) -> Kind<'_> {
    match (source.parse(), source.parse()) {
        (Ok(number), _) => Kind::Number(number),
        (_, Ok(negative)) if negative < 0 => Kind::Negative(negative),
        _ => Kind::Fraction(source),
    }
}

fn text(source: &str) -> Cow<'_, str> {
    if !source.contains('\\') {
        return Cow::Borrowed(&source[1..source.len() - 1]);
    }
    let mut said = String::new();
    let mut scanner = Scanner {
        text: source,
        at: 0,
    };
    // It was checked before.
    let _always_right = scanner.string(Some(&mut said));
    Cow::Owned(said)
}

/// Goes through the inside of a list or an object.
#[derive(Clone, Copy, Debug)]
struct Inside<'a>(Scanner<'a>);

impl<'a> Inside<'a> {
    fn of(value: Value<'a>) -> Self {
        Self(Scanner {
            text: value.text,
            at: value.start + 1,
        })
    }

    /// The value at the next place, if it is not the end.
    fn next(&mut self) -> Option<Value<'a>> {
        let scanner = &mut self.0;
        scanner.blanks();
        if scanner.take(b',') || scanner.take(b':') {
            scanner.blanks();
        }
        let start = scanner.at;
        scanner.value(0).ok()?;
        Some(Value {
            text: &scanner.text[..scanner.at],
            start,
        })
    }
}

/// The values in a list, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Items<'a>(Inside<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        self.0.next()
    }
}

/// The names in an object, each with its value, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Members<'a>(Inside<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (Cow<'a, str>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let name = self.0.next()?;
        Some((text(name.source()), self.0.next()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Value<'_> {
        Value::parse(text).unwrap_or_else(|problem| panic!("{text}: {problem}"))
    }

    #[test]
    fn values_are_what_they_say() {
        let said = |source: &str| match parse(source).kind() {
            Kind::Text(text) => text.into_owned(),
            kind => panic!("{source}: {kind:?}"),
        };
        assert_eq!(said(r#" "plain" "#), "plain");
        assert_eq!(said(r#""\"\\\/\b\f\n\r\t""#), "\"\\/\u{8}\u{c}\n\r\t");
        assert_eq!(said(r#""\u00e9\uD83D\uDCD6é""#), "é📖é");
        assert!(matches!(
            parse("18446744073709551615").kind(),
            Kind::Number(u64::MAX)
        ));
        assert!(matches!(parse("-7").kind(), Kind::Negative(-7)));
        for fraction in ["1.5", "1e3", "-0", "18446744073709551616", "1.0"] {
            assert!(
                matches!(parse(fraction).kind(), Kind::Fraction(_)),
                "{fraction}"
            );
        }
    }

    #[test]
    fn insides_come_in_their_order() {
        let Kind::Object(members) = parse("{ \"a\" : [ 1 , [] ,{}], \"\\u0062\":null}").kind()
        else {
            panic!("it is an object");
        };
        let members: Vec<_> = members
            .map(|(name, value)| (name, value.source()))
            .collect();
        assert_eq!(
            members,
            [("a".into(), "[ 1 , [] ,{}]"), ("b".into(), "null")]
        );
        let Kind::List(items) = parse("[ 1 , [] ,{}]").kind() else {
            panic!("it is a list");
        };
        let items: Vec<_> = items.map(|item| item.source()).collect();
        assert_eq!(items, ["1", "[]", "{}"]);
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        let cases = [
            ("", "EOF while parsing a value at line 1 column 0"),
            ("[1,\n 2", "EOF while parsing a list at line 2 column 2"),
            ("[1,]", "trailing comma at line 1 column 3"),
            ("{\"a\":1,}", "trailing comma at line 1 column 7"),
            ("{\"a\" 1}", "expected `:` at line 1 column 6"),
            ("{a:1}", "key must be a string at line 1 column 1"),
            ("01", "invalid number at line 1 column 1"),
            ("1.", "EOF while parsing a value at line 1 column 2"),
            ("-x", "invalid number at line 1 column 1"),
            ("nul", "EOF while parsing a value at line 1 column 3"),
            ("\"\\x\"", "invalid escape at line 1 column 3"),
            (
                "\"\\ud800\"",
                "lone leading surrogate in hex escape at line 1 column 7",
            ),
            (
                "\"\\udc00\"",
                "lone leading surrogate in hex escape at line 1 column 7",
            ),
            ("1 2", "trailing characters at line 1 column 3"),
        ];
        for (text, wanted) in cases {
            let problem = Value::parse(text).expect_err(text);
            assert_eq!(problem.to_string(), wanted, "{text}");
        }
        assert!(Value::parse("\"\n\"").is_err());
        assert!(Value::parse(&"[".repeat(100_000)).is_err());
        let deep = "[".repeat(128) + &"]".repeat(128);
        assert!(Value::parse(&deep).is_ok());
    }
}
