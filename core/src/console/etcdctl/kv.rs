//! Keys and values (`put_command.go`, `get_command.go`, `del_command.go`,
//! `compaction_command.go`).

use bytes::Bytes;

use crate::etcd::{
    CompactionRequest, DeleteRangeRequest, PutRequest, RangeRequest, Request, SortOrder,
    SortTarget, prefix_range_end,
};

use super::super::output::Finished;
use super::exit::BAD_FEATURE;
use super::flags::Parsed;
use super::given::{Given, bad_args, failure};
use super::once::Once;
use super::plan::Plan;
use super::print::Told;
use super::text::{quoted, to_bytes};

/// Every key, as the start of a range and as its end.
const ALL: &[u8] = b"\0";

fn bad_feature(text: impl std::fmt::Display) -> Finished {
    Finished::error(format!("Error: {text}"), BAD_FEATURE)
}

pub(super) fn put(given: &Given<'_>) -> Result<Plan, Finished> {
    let request = put_request(&given.parsed, given.input)?;
    Ok(Once::new(Request::Put(request)).plan())
}

pub(super) fn get(given: &Given<'_>) -> Result<Plan, Finished> {
    let request = range_request(&given.parsed)?;
    Ok(Once::new(Request::Range(request)).plan())
}

pub(super) fn del(given: &Given<'_>) -> Result<Plan, Finished> {
    let request = delete_request(&given.parsed)?;
    Ok(Once::new(Request::DeleteRange(request)).plan())
}

/// A value that is no argument is read from standard input, to its end (`argOrStdin`).
pub(super) fn put_request(parsed: &Parsed, input: Option<&str>) -> Result<PutRequest, Finished> {
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
    let lease = parse_signed(lease, 16)
        .map_err(|why| bad_args(format!("bad lease ID ({why}), expecting ID in Hex")))?;
    Ok(PutRequest {
        key: bytes(key),
        value: value.map(bytes).unwrap_or_default(),
        lease,
        prev_kv: parsed.is_set("prev-kv"),
        ignore_value,
        ignore_lease: parsed.is_set("ignore-lease"),
    })
}

/// Why `strconv` did not make a number of a text, in its words.
fn number_error(function: &str, text: &str, error: &std::num::ParseIntError) -> String {
    let why = match error.kind() {
        std::num::IntErrorKind::PosOverflow | std::num::IntErrorKind::NegOverflow => {
            "value out of range"
        }
        _ => "invalid syntax",
    };
    let text = quoted(text.as_bytes());
    format!("strconv.{function}: parsing {text}: {why}")
}

/// As Go's `strconv.ParseInt` with 64 bits.
pub(super) fn parse_signed(text: &str, radix: u32) -> Result<i64, String> {
    i64::from_str_radix(text, radix).map_err(|error| number_error("ParseInt", text, &error))
}

/// As Go's `strconv.ParseUint` with base 16 and 64 bits, which takes no sign.
pub(super) fn parse_hex(text: &str) -> Result<u64, String> {
    let digits = if text.starts_with(['+', '-']) {
        ""
    } else {
        text
    };
    u64::from_str_radix(digits, 16).map_err(|error| number_error("ParseUint", text, &error))
}

pub(super) fn range_request(parsed: &Parsed) -> Result<RangeRequest, Finished> {
    if parsed.arguments.is_empty() {
        return Err(bad_args(
            "get command needs one argument as key and an optional argument as range_end",
        ));
    }
    not_both(parsed)?;
    let serializable = match parsed.given("consistency").unwrap_or("l") {
        "s" => true,
        "l" => false,
        other => {
            let other = quoted(other.as_bytes());
            return Err(bad_feature(format!("unknown consistency flag {other}")));
        }
    };
    let (key, range_end) = keys(parsed)?;
    let (sort_target, sort_order) = sorting(parsed)?;
    Ok(RangeRequest {
        key,
        range_end,
        limit: parsed.int("limit"),
        revision: parsed.int("rev").max(0),
        sort_order: sort_order as i32,
        sort_target: sort_target as i32,
        serializable,
        keys_only: parsed.is_set("keys-only"),
        ..RangeRequest::default()
    })
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

pub(super) fn delete_request(parsed: &Parsed) -> Result<DeleteRangeRequest, Finished> {
    if !(1..=2).contains(&parsed.arguments.len()) {
        return Err(bad_args(
            "del command needs one argument as key and an optional argument as range_end",
        ));
    }
    let (key, range_end) = keys(parsed)?;
    Ok(DeleteRangeRequest {
        key,
        range_end,
        prev_kv: parsed.is_set("prev-kv"),
    })
}

fn not_both(parsed: &Parsed) -> Result<(), Finished> {
    match parsed.is_set("prefix") && parsed.is_set("from-key") {
        true => Err(bad_args(
            "`--prefix` and `--from-key` cannot be set at the same time, choose one",
        )),
        false => Ok(()),
    }
}

/// The key and range end that arguments, `--prefix` and `--from-key` name.
fn keys(parsed: &Parsed) -> Result<(Bytes, Bytes), Finished> {
    let prefix = parsed.is_set("prefix");
    let from_key = parsed.is_set("from-key");
    not_both(parsed)?;
    let key = parsed.arguments.first().map_or("", String::as_str);
    if let Some(range_end) = parsed.arguments.get(1) {
        if prefix || from_key {
            return Err(bad_args(
                "too many arguments, only accept one argument when `--prefix` or `--from-key` is set",
            ));
        }
        return Ok((bytes(key), bytes(range_end)));
    }
    Ok(match (prefix, from_key) {
        (true, _) => prefix_range(key),
        (_, true) if key.is_empty() => (Bytes::from_static(ALL), Bytes::from_static(ALL)),
        (_, true) => (bytes(key), Bytes::from_static(ALL)),
        _ => (bytes(key), Bytes::new()),
    })
}

/// All keys that begin so (`clientv3/op.go`, `WithPrefix`).
pub(super) fn prefix_range(key: &str) -> (Bytes, Bytes) {
    match key {
        "" => (Bytes::from_static(ALL), Bytes::from_static(ALL)),
        _ => {
            let key = bytes(key);
            let end = prefix_range_end(&key);
            (key, end)
        }
    }
}

pub(super) fn bytes(text: &str) -> Bytes {
    Bytes::from(to_bytes(text))
}

pub(super) fn compaction(given: &Given<'_>) -> Result<Plan, Finished> {
    let text = given.one("compaction command needs 1 argument")?;
    let revision = parse_signed(text, 10).map_err(failure)?;
    let request = CompactionRequest {
        revision,
        physical: given.parsed.is_set("physical"),
    };
    let once = Once::new(Request::Compaction(request));
    // With `--physical` it takes as long as it takes.
    let once = if given.parsed.is_set("physical") {
        once.patient()
    } else {
        once
    };
    Ok(once
        .told(Told::Always(format!("compacted revision {revision}")))
        .plan())
}
