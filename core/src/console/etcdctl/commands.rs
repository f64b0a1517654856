//! The commands themselves (`etcdctl/ctlv3/command/*_command.go`).

use bytes::Bytes;

use crate::etcd::{
    DeleteRangeRequest, PutRequest, RangeRequest, Request, SortOrder, SortTarget, prefix_range_end,
};

use super::super::output::Finished;
use super::exit::{BAD_ARGS, BAD_FEATURE};
use super::flags::{Flag, Kind, Parsed};

/// A command of etcdctl.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Del,
    Get,
    Put,
}

const DEL_FLAGS: &[Flag] = &[
    Flag::boolean(
        "from-key",
        "delete keys that are greater than or equal to the given key using byte compare",
    ),
    Flag::boolean("prefix", "delete keys with matching prefix"),
    Flag::boolean("prev-kv", "return deleted key-value pairs"),
];

#[rustfmt::skip] // One flag a line reads as the table that it is.
const GET_FLAGS: &[Flag] = &[
    Flag::new("consistency", Kind::Text, "l", "Linearizable(l) or Serializable(s)"),
    Flag::boolean("from-key", "Get keys that are greater than or equal to the given key using byte compare"),
    Flag::boolean("keys-only", "Get only the keys"),
    Flag::new("limit", Kind::Int, "0", "Maximum number of results"),
    Flag::new("order", Kind::Text, "", "Order of results; ASCEND or DESCEND (ASCEND by default)"),
    Flag::boolean("prefix", "Get keys with matching prefix"),
    Flag::boolean("print-value-only", "Only write values when using the \"simple\" output format"),
    Flag::new("rev", Kind::Int, "0", "Specify the kv revision"),
    Flag::new("sort-by", Kind::Text, "", "Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION"),
];

const PUT_FLAGS: &[Flag] = &[
    Flag::boolean("ignore-lease", "updates the key using its current lease"),
    Flag::boolean("ignore-value", "updates the key using its current value"),
    Flag::new(
        "lease",
        Kind::Text,
        "0",
        "lease ID (in hexadecimal) to attach to the key",
    ),
    Flag::boolean(
        "prev-kv",
        "return the previous key-value pair before modification",
    ),
];

impl Command {
    pub(super) const ALL: [Self; 3] = [Self::Del, Self::Get, Self::Put];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Del => "del",
            Self::Get => "get",
            Self::Put => "put",
        }
    }

    pub(super) fn flags(self) -> &'static [Flag] {
        match self {
            Self::Del => DEL_FLAGS,
            Self::Get => GET_FLAGS,
            Self::Put => PUT_FLAGS,
        }
    }

    /// The request that a parsed line and its standard input stand for.
    pub(super) fn request(self, parsed: &Parsed, input: Option<&str>) -> Result<Request, Finished> {
        match self {
            Self::Del => del(parsed),
            Self::Get => get(parsed),
            Self::Put => put(parsed, input),
        }
    }
}

fn bad_args(text: impl std::fmt::Display) -> Finished {
    Finished::error(format!("Error: {text}"), BAD_ARGS)
}

fn bad_feature(text: impl std::fmt::Display) -> Finished {
    Finished::error(format!("Error: {text}"), BAD_FEATURE)
}

/// A value that is no argument is read from standard input, to its end (`argOrStdin`).
fn put(parsed: &Parsed, input: Option<&str>) -> Result<Request, Finished> {
    const NEEDS: &str = "put command needs 1 argument and input from stdin or 2 arguments";
    let ignore_value = parsed.is_set("ignore-value");
    let (key, value) = match parsed.arguments.as_slice() {
        [key] if ignore_value => (key, None),
        [] => return Err(bad_args(NEEDS)),
        [key] => match input.filter(|input| !input.is_empty()) {
            Some(input) => (key, Some(input)),
            None => return Err(bad_args(NEEDS)),
        },
        [_, _, ..] if ignore_value => {
            return Err(bad_args(
                "put command needs only 1 argument when 'ignore-value' is set",
            ));
        }
        [key, value, ..] => (key, Some(value.as_str())),
    };
    let lease = parsed.given("lease").unwrap_or("0");
    let lease = parse_lease(lease)
        .map_err(|why| bad_args(format!("bad lease ID ({why}), expecting ID in Hex")))?;
    Ok(Request::Put(PutRequest {
        key: bytes(key),
        value: value.map(bytes).unwrap_or_default(),
        lease,
        prev_kv: parsed.is_set("prev-kv"),
        ignore_value,
        ignore_lease: parsed.is_set("ignore-lease"),
    }))
}

/// As Go's `strconv.ParseInt` with base 16.
fn parse_lease(text: &str) -> Result<i64, String> {
    i64::from_str_radix(text, 16).map_err(|error| {
        let why = match error.kind() {
            std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow => {
                "value out of range"
            }
            _ => "invalid syntax",
        };
        format!("strconv.ParseInt: parsing {text:?}: {why}")
    })
}

fn get(parsed: &Parsed) -> Result<Request, Finished> {
    if parsed.arguments.is_empty() {
        return Err(bad_args(
            "get command needs one argument as key and an optional argument as range_end",
        ));
    }
    let (key, range_end) = keys(parsed)?;
    let serializable = match parsed.given("consistency").unwrap_or("l") {
        "s" => true,
        "l" => false,
        other => return Err(bad_feature(format!("unknown consistency flag {other:?}"))),
    };
    let (sort_target, sort_order) = sorting(parsed)?;
    Ok(Request::Range(RangeRequest {
        key,
        range_end,
        limit: parsed.int("limit"),
        revision: parsed.int("rev").max(0),
        sort_order: sort_order as i32,
        sort_target: sort_target as i32,
        serializable,
        keys_only: parsed.is_set("keys-only"),
        ..RangeRequest::default()
    }))
}

fn sorting(parsed: &Parsed) -> Result<(SortTarget, SortOrder), Finished> {
    let order = parsed.text("order");
    let sort_order = match order.to_ascii_uppercase().as_str() {
        "" => SortOrder::None,
        "ASCEND" => SortOrder::Ascend,
        "DESCEND" => SortOrder::Descend,
        _ => return Err(bad_feature(format!("bad sort order {order}"))),
    };
    let target = parsed.text("sort-by");
    let sort_target = match target.to_ascii_uppercase().as_str() {
        "" | "KEY" => SortTarget::Key,
        "CREATE" => SortTarget::Create,
        "MODIFY" => SortTarget::Mod,
        "VALUE" => SortTarget::Value,
        "VERSION" => SortTarget::Version,
        _ => return Err(bad_feature(format!("bad sort target {target}"))),
    };
    // The client leaves the order of keys to the server, which has them in order.
    if (sort_target, sort_order) == (SortTarget::Key, SortOrder::Ascend) {
        return Ok((sort_target, SortOrder::None));
    }
    Ok((sort_target, sort_order))
}

fn del(parsed: &Parsed) -> Result<Request, Finished> {
    if !(1..=2).contains(&parsed.arguments.len()) {
        return Err(bad_args(
            "del command needs one argument as key and an optional argument as range_end",
        ));
    }
    let (key, range_end) = keys(parsed)?;
    Ok(Request::DeleteRange(DeleteRangeRequest {
        key,
        range_end,
        prev_kv: parsed.is_set("prev-kv"),
    }))
}

/// The key and range end that arguments, `--prefix` and `--from-key` name.
fn keys(parsed: &Parsed) -> Result<(Bytes, Bytes), Finished> {
    let prefix = parsed.is_set("prefix");
    let from_key = parsed.is_set("from-key");
    if prefix && from_key {
        return Err(bad_args(
            "`--prefix` and `--from-key` cannot be set at the same time, choose one",
        ));
    }
    let key = parsed.arguments.first().map_or("", String::as_str);
    if let Some(range_end) = parsed.arguments.get(1) {
        if prefix || from_key {
            return Err(bad_args(
                "too many arguments, only accept one argument when `--prefix` or `--from-key` is set",
            ));
        }
        return Ok((bytes(key), bytes(range_end)));
    }
    const ALL: &[u8] = b"\0";
    match (prefix, from_key) {
        (true, _) | (_, true) if key.is_empty() => {
            Ok((Bytes::from_static(ALL), Bytes::from_static(ALL)))
        }
        (true, _) => Ok((bytes(key), prefix_range_end(key.as_bytes()))),
        (_, true) => Ok((bytes(key), Bytes::from_static(ALL))),
        _ => Ok((bytes(key), Bytes::new())),
    }
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}
