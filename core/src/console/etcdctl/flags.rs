//! Flags, by the rules of the `pflag` package that etcdctl uses.

use std::fmt;

use crate::member::Micros;
use crate::order::Ascending;

use super::duration;
use super::text::quoted;

/// What a flag's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Int,
    Text,
    Duration,
    /// Texts between commas.
    List,
}

/// A flag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    pub(super) name: &'static str,
    pub(super) shorthand: Option<char>,
    pub(super) kind: Kind,
    /// As the help prints it.
    pub(super) default: &'static str,
    pub(super) usage: &'static str,
}

impl Flag {
    pub(super) const fn new(
        name: &'static str,
        kind: Kind,
        default: &'static str,
        usage: &'static str,
    ) -> Self {
        Self {
            name,
            shorthand: None,
            kind,
            default,
            usage,
        }
    }

    pub(super) const fn short(mut self, shorthand: char) -> Self {
        self.shorthand = Some(shorthand);
        self
    }

    pub(super) const fn boolean(name: &'static str, usage: &'static str) -> Self {
        Self::new(name, Kind::Bool, "false", usage)
    }

    /// The flag as an error names it.
    fn spelled(&self) -> String {
        match self.shorthand {
            Some(short) => format!("-{short}, --{}", self.name),
            None => format!("--{}", self.name),
        }
    }

    fn check(&self, value: &str) -> Result<(), String> {
        match self.kind {
            Kind::Bool => parse_bool(value).map(drop).ok_or(format!(
                "strconv.ParseBool: parsing {}: invalid syntax",
                quoted(value.as_bytes())
            )),
            Kind::Int => parse_int(value).map(drop),
            Kind::Duration => duration::parse_us(value).map(drop),
            Kind::Text | Kind::List => Ok(()),
        }
    }
}

/// The flags of a command, and those that it takes from its group.
pub(super) type Own = (&'static [Flag], &'static [Flag]);

/// The flags that every command takes (`etcdctl/ctlv3/ctl.go`).
#[rustfmt::skip] // One flag a line reads as the table that it is.
pub(super) const GLOBAL_FLAGS: &[Flag] = &[
    Flag::new("cacert", Kind::Text, "", "verify certificates of TLS-enabled secure servers using this CA bundle"),
    Flag::new("cert", Kind::Text, "", "identify secure client using this TLS certificate file"),
    Flag::new("command-timeout", Kind::Duration, "5s", "timeout for short running command (excluding dial timeout)"),
    Flag::boolean("debug", "enable client-side debug logging"),
    Flag::new("dial-timeout", Kind::Duration, "2s", "dial timeout for client connections"),
    Flag::new("discovery-srv", Kind::Text, "", "domain name to query for SRV records describing cluster endpoints").short('d'),
    Flag::new("discovery-srv-name", Kind::Text, "", "service name to query when using DNS discovery"),
    Flag::new("endpoints", Kind::List, "127.0.0.1:2379", "gRPC endpoints"),
    Flag::boolean("hex", "print byte strings as hex encoded strings"),
    Flag::new("insecure-discovery", Kind::Bool, "true", "accept insecure SRV records describing cluster endpoints"),
    Flag::boolean("insecure-skip-tls-verify", "skip server certificate verification (CAUTION: this option should be enabled only for testing purposes)"),
    Flag::new("insecure-transport", Kind::Bool, "true", "disable transport security for client connections"),
    Flag::new("keepalive-time", Kind::Duration, "2s", "keepalive time for client connections"),
    Flag::new("keepalive-timeout", Kind::Duration, "6s", "keepalive timeout for client connections"),
    Flag::new("key", Kind::Text, "", "identify secure client using this TLS key file"),
    Flag::new("password", Kind::Text, "", "password for authentication (if this option is used, --user option shouldn't include password)"),
    Flag::new("user", Kind::Text, "", "username[:password] for authentication (prompt if password is not supplied)"),
    Flag::new("write-out", Kind::Text, "simple", "set the output format (fields, json, protobuf, simple, table)").short('w'),
];

/// The flag that every command has of its own.
pub(super) const HELP: Flag = Flag::boolean("help", "").short('h');

/// What is wrong with the flags of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FlagError {
    Unknown(String),
    UnknownShorthand(char, String),
    NeedsArgument(String),
    BadSyntax(String),
    Invalid {
        value: String,
        flag: String,
        why: String,
    },
}

/// In pflag's words.
impl fmt::Display for FlagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "unknown flag: --{name}"),
            Self::UnknownShorthand(short, word) => {
                write!(f, "unknown shorthand flag: {short:?} in -{word}")
            }
            Self::NeedsArgument(flag) => write!(f, "flag needs an argument: {flag}"),
            Self::BadSyntax(word) => write!(f, "bad flag syntax: {word}"),
            Self::Invalid { value, flag, why } => {
                let value = quoted(value.as_bytes());
                write!(f, "invalid argument {value} for {flag:?} flag: {why}")
            }
        }
    }
}

/// The flags and arguments of a line.
#[derive(Clone, Debug, Default)]
pub(super) struct Parsed {
    values: Ascending<&'static str, String>,
    pub(super) arguments: Vec<String>,
}

impl Parsed {
    /// Parses the words behind a command; flags and arguments may be mixed.
    pub(super) fn parse(own: Own, words: &[String]) -> Result<Self, FlagError> {
        let mut parsed = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--" {
                parsed.arguments.extend(words.cloned());
                break;
            }
            if let Some(long) = word.strip_prefix("--") {
                parsed.long(own, word, long, &mut words)?;
            } else if let Some(short) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
                parsed.short(own, short, &mut words)?;
            } else {
                parsed.arguments.push(word.clone());
            }
        }
        Ok(parsed)
    }

    /// As [`Parsed::parse`], but for flags that a command shares with others.
    pub(super) fn parse_own(own: Own, words: &[String]) -> Result<Self, FlagError> {
        let parsed = Self::parse(own, words)?;
        let shared = |name: &str| GLOBAL_FLAGS.iter().any(|flag| flag.name == name);
        let others = parsed.values.keys().copied().find(|name| shared(name));
        match others {
            Some(name) => Err(FlagError::Unknown(name.to_owned())),
            None => Ok(parsed),
        }
    }

    fn long<'a>(
        &mut self,
        own: Own,
        word: &str,
        long: &str,
        words: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), FlagError> {
        if long.starts_with(['-', '=']) {
            return Err(FlagError::BadSyntax(word.to_owned()));
        }
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (long, None),
        };
        let flag = find(own, |flag| flag.name == name)
            .ok_or_else(|| FlagError::Unknown(name.to_owned()))?;
        let value = match value {
            Some(value) => value,
            None if flag.kind == Kind::Bool => "true".to_owned(),
            None => words
                .next()
                .cloned()
                .ok_or_else(|| FlagError::NeedsArgument(word.to_owned()))?,
        };
        self.set(flag, value)
    }

    /// A group of shorthands: `-w json`, `-wjson`, `-w=json`, and flags without a value
    /// before it.
    fn short<'a>(
        &mut self,
        own: Own,
        group: &str,
        words: &mut impl Iterator<Item = &'a String>,
    ) -> Result<(), FlagError> {
        for (place, short) in group.char_indices() {
            let rest = &group[place + short.len_utf8()..];
            let flag = find(own, |flag| flag.shorthand == Some(short))
                .ok_or_else(|| FlagError::UnknownShorthand(short, group.to_owned()))?;
            if let Some(value) = rest.strip_prefix('=') {
                return self.set(flag, value.to_owned());
            }
            if flag.kind == Kind::Bool {
                self.set(flag, "true".to_owned())?;
                continue;
            }
            let value = match rest {
                "" => words.next().cloned(),
                rest => Some(rest.to_owned()),
            };
            let missing = || FlagError::NeedsArgument(format!("{short:?} in -{group}"));
            return self.set(flag, value.ok_or_else(missing)?);
        }
        Ok(())
    }

    fn set(&mut self, flag: &'static Flag, value: String) -> Result<(), FlagError> {
        flag.check(&value).map_err(|why| FlagError::Invalid {
            value: value.clone(),
            flag: flag.spelled(),
            why,
        })?;
        self.values.insert(flag.name, value);
        Ok(())
    }

    /// The value of a flag, if it was given.
    pub(super) fn given(&self, name: &str) -> Option<&str> {
        let mut values = self.values.iter();
        let (_, value) = values.find(|(known, _)| **known == name)?;
        Some(value)
    }

    /// The value of a text flag whose default is empty.
    pub(super) fn text(&self, name: &str) -> &str {
        self.given(name).unwrap_or_default()
    }

    /// Whether a flag that is off by default is on.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.is_set_or(name, false)
    }

    /// Whether a flag is on.
    pub(super) fn is_set_or(&self, name: &str, default: bool) -> bool {
        self.given(name).and_then(parse_bool).unwrap_or(default)
    }

    /// The value of a number flag whose default is 0.
    pub(super) fn int(&self, name: &str) -> i64 {
        self.int_or(name, 0)
    }

    /// The value of a number flag.
    pub(super) fn int_or(&self, name: &str, default: i64) -> i64 {
        let value = self.given(name).and_then(|value| parse_int(value).ok());
        value.unwrap_or(default)
    }

    /// The value of a global duration flag in µs.
    pub(super) fn duration_us(&self, name: &str) -> Micros {
        let flags = || GLOBAL_FLAGS.iter();
        let default = || {
            flags()
                .find(|flag| flag.name == name)
                .map(|flag| flag.default)
        };
        self.given(name)
            .or_else(default)
            .and_then(|value| duration::parse_us(value).ok())
            .unwrap_or(0)
    }
}

/// How many words a flag takes up: two if its value stands in a word of its own. One that
/// nobody knows is taken to have one (cobra's `stripFlags`), and so is `--help`.
pub(super) fn width(own: Own, word: &str) -> usize {
    let known = match word.strip_prefix("--") {
        Some(name) => find(own, |flag| flag.name == name),
        None => find(own, |flag| {
            flag.shorthand
                .is_some_and(|short| word.starts_with(&format!("-{short}")))
        }),
    };
    let alone = match word.strip_prefix("--") {
        Some(_) => !word.contains('='),
        None => word.chars().count() == 2,
    };
    let is_bool = known.is_some_and(|flag| flag.kind == Kind::Bool && flag.name != HELP.name);
    let is_flag = word.len() > 1 && word.starts_with('-');
    if is_flag && alone && !is_bool { 2 } else { 1 }
}

/// The flag whose value a word waits for that stands alone.
pub(super) fn waits_for_value(own: Own, word: &str) -> Option<&'static Flag> {
    if width(own, word) != 2 {
        return None;
    }
    let mut flags = own.0.iter().chain(own.1).chain(GLOBAL_FLAGS);
    flags.find(|flag| {
        word.strip_prefix("--") == Some(flag.name)
            || flag
                .shorthand
                .is_some_and(|short| word == format!("-{short}"))
    })
}

fn find(own: Own, is: impl Fn(&Flag) -> bool) -> Option<&'static Flag> {
    let flags = own.0.iter().chain(own.1);
    flags
        .chain(GLOBAL_FLAGS)
        .chain([&HELP])
        .find(|flag| is(flag))
}

/// As Go's `strconv.ParseBool`.
fn parse_bool(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// As Go's `strconv.ParseInt` with base 0 and 64 bits: `0x`, `0o`, `0b` and a leading 0
/// choose the base.
pub(super) fn parse_int(value: &str) -> Result<i64, String> {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", value.strip_prefix('+').unwrap_or(value)),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    let shown = quoted(value.as_bytes());
    let fail = |why| format!("strconv.ParseInt: parsing {shown}: {why}");
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return Err(fail("invalid syntax"));
    }
    i64::from_str_radix(&format!("{sign}{digits}"), radix).map_err(|_| fail("value out of range"))
}
