//! Transactions, line by line (`txn_command.go`).
//!
//! Three parts are read from standard input, each ended by an empty line: conditions, what
//! is done if they hold, and what is done if they do not.

use bytes::Bytes;

use crate::etcd::{
    Compare, CompareResult, CompareTarget, Request, RequestOp, RequestUnion, TargetUnion,
    TxnRequest,
};

use super::super::output::Finished;
use super::argify::{argify, scan_quoted};
use super::client::Client;
use super::exit::{ERROR, INVALID_INPUT};
use super::flags::Parsed;
use super::given::{Given, find};
use super::help::plain_usage;
use super::kv::{delete_request, parse_signed, put_request, range_request};
use super::plan::{Heard, Plan, Program, Step};
use super::print::Told;
use super::text::quoted;

/// The most lines of a transaction. (etcd takes 128 operations.)
const MAX_LINES: usize = 1_000;

pub(super) fn plan(given: &Given<'_>) -> Result<Plan, Finished> {
    given.none("txn command does not accept argument")?;
    Ok(Box::new(Txn {
        interactive: given.parsed.is_set("interactive"),
        part: Part::Compares,
        request: TxnRequest::default(),
    }))
}

/// What is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Compares,
    Success,
    Failure,
    Sent,
}

impl Part {
    fn next(self) -> Self {
        match self {
            Self::Compares => Self::Success,
            Self::Success => Self::Failure,
            Self::Failure | Self::Sent => Self::Sent,
        }
    }

    /// What `-i` asks for.
    fn prompt(self) -> &'static str {
        match self {
            Self::Compares => "compares:",
            Self::Success => "success requests (get, put, del):",
            Self::Failure => "failure requests (get, put, del):",
            Self::Sent => "",
        }
    }
}

#[derive(Debug)]
struct Txn {
    interactive: bool,
    part: Part,
    request: TxnRequest,
}

impl Program for Txn {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match heard {
            Heard::Begun => {
                self.prompt(client);
                Step::Read
            }
            Heard::Line(None) => client.fail("EOF", INVALID_INPUT),
            Heard::Line(Some(line)) => match self.line(line.trim()) {
                Err(finished) => client.finish(finished),
                Ok(false) => Step::Read,
                Ok(true) => {
                    self.part = self.part.next();
                    if self.part == Part::Sent {
                        client.be_patient();
                        return Step::Ask(Request::Txn(std::mem::take(&mut self.request)));
                    }
                    self.prompt(client);
                    Step::Read
                }
            },
            Heard::Answer(outcome, _) => {
                let response = match &*outcome {
                    Ok(response) => response,
                    Err(error) => return client.fail(error, ERROR),
                };
                let printer = client.printer();
                match client.show(printer.answer(response, &Told::Answer)) {
                    Ok(()) => Step::End(0),
                    Err(status) => Step::End(status),
                }
            }
            _ => Step::Listen,
        }
    }
}

impl Txn {
    fn prompt(&self, client: &mut Client<'_, '_>) {
        if self.interactive {
            client.print(self.part.prompt());
        }
    }

    /// Takes a line in. Returns whether it ends its part.
    fn line(&mut self, line: &str) -> Result<bool, Finished> {
        if line.is_empty() {
            return Ok(true);
        }
        let TxnRequest {
            compare,
            success,
            failure,
        } = &mut self.request;
        if compare.len() + success.len() + failure.len() >= MAX_LINES {
            return Err(invalid(format!(
                "a transaction of more than {MAX_LINES} lines"
            )));
        }
        match self.part {
            Part::Compares => compare.push(comparison(line)?),
            Part::Success => success.push(operation(line)?),
            Part::Failure | Part::Sent => failure.push(operation(line)?),
        }
        Ok(false)
    }
}

fn invalid(text: impl std::fmt::Display) -> Finished {
    Finished::error(format!("Error: {text}"), INVALID_INPUT)
}

/// `put`, `get` or `del` with its arguments.
fn operation(line: &str) -> Result<RequestOp, Finished> {
    let words = argify(line)?;
    if words.len() < 2 {
        return Err(invalid(format!("invalid txn compare request: {line}")));
    }
    let wrong = || invalid(format!("invalid txn request: {line}"));
    let (command, rest) = find(&words);
    // A wrong flag brings the usage, too.
    let usage = |_| {
        let error = format!("Error: invalid txn request: {line}");
        Finished::error(format!("{}\n{error}", plain_usage(command)), INVALID_INPUT)
    };
    let parsed = Parsed::parse_own(command.own(), &rest);
    let request = match command.path {
        "put" => RequestUnion::Put(put_request(&parsed.map_err(usage)?, None)?),
        "get" => RequestUnion::Range(range_request(&parsed.map_err(usage)?)?),
        "del" => RequestUnion::DeleteRange(delete_request(&parsed.map_err(usage)?)?),
        _ => return Err(wrong()),
    };
    Ok(RequestOp {
        request: Some(request),
    })
}

/// A condition such as `mod("key") > "0"`.
fn comparison(line: &str) -> Result<Compare, Finished> {
    let (target, rest) = line
        .split_once('(')
        .ok_or_else(|| invalid(format!("malformed comparison: {line}")))?;
    let scanned = Scanned::new(rest);
    let Scanned {
        key: Some(key),
        operator: Some(operator),
        value: Some(value),
    } = &scanned
    else {
        let got = scanned.got(target);
        return Err(invalid(format!("malformed comparison: {line}; got {got}")));
    };
    let (what, given) = target_of(target, value, line)?;
    let result = match operator.as_str() {
        "=" => CompareResult::Equal,
        "!=" => CompareResult::NotEqual,
        ">" => CompareResult::Greater,
        "<" => CompareResult::Less,
        // (etcdctl ends with a Go panic here, with the status 2.)
        _ => return Err(Finished::error("panic: Unknown result op", 2)),
    };
    Ok(Compare {
        result: result as i32,
        target: what as i32,
        key: Bytes::copy_from_slice(key),
        target_union: Some(given),
        range_end: Bytes::new(),
    })
}

/// What is compared, and with what.
fn target_of(
    target: &str,
    value: &[u8],
    line: &str,
) -> Result<(CompareTarget, TargetUnion), Finished> {
    let number = |radix| {
        let text = String::from_utf8_lossy(value);
        let wrong = |_| invalid(format!("invalid txn compare request: {line}"));
        parse_signed(&text, radix).map_err(wrong)
    };
    Ok(match target {
        "ver" | "version" => (CompareTarget::Version, TargetUnion::Version(number(10)?)),
        "c" | "create" => (
            CompareTarget::Create,
            TargetUnion::CreateRevision(number(10)?),
        ),
        "m" | "mod" => (CompareTarget::Mod, TargetUnion::ModRevision(number(10)?)),
        "val" | "value" => {
            let value = Bytes::copy_from_slice(value);
            (CompareTarget::Value, TargetUnion::Value(value))
        }
        // (etcdctl 3.4.23 ends with a Go panic for every comparison of leases.)
        "lease" => (CompareTarget::Lease, TargetUnion::Lease(number(16)?)),
        _ => {
            let message = format!("malformed comparison: {line} (unknown target {target})");
            return Err(invalid(message));
        }
    })
}

/// What stands behind the parenthesis, as far as it is what it has to be (Go's `Sscanf` with
/// `%q) %s %q`).
#[derive(Debug, Default)]
struct Scanned {
    key: Option<Vec<u8>>,
    operator: Option<String>,
    value: Option<Vec<u8>>,
}

impl Scanned {
    fn new(text: &str) -> Self {
        let mut scanned = Self::default();
        let Some((key, rest)) = scan_quoted(text.trim_start()) else {
            return scanned;
        };
        scanned.key = Some(key);
        // A blank in the format asks for one in the text.
        let Some(rest) = rest.strip_prefix(')').filter(|rest| rest.starts_with(' ')) else {
            return scanned;
        };
        let rest = rest.trim_start();
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (operator, rest) = rest.split_at(end);
        if operator.is_empty() {
            return scanned;
        }
        scanned.operator = Some(operator.to_owned());
        scanned.value = scan_quoted(rest.trim_start()).map(|(value, _)| value);
        scanned
    }

    /// What was understood, as an error repeats it.
    fn got(&self, target: &str) -> String {
        let part = |part: &Option<Vec<u8>>| quoted(part.as_deref().unwrap_or_default());
        let operator = self.operator.as_deref().unwrap_or_default();
        let (key, value) = (part(&self.key), part(&self.value));
        format!("{target}({key}) {operator} {value}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(finished: &Finished) -> String {
        finished
            .lines
            .last()
            .expect("it says something")
            .text
            .clone()
    }

    #[test]
    fn conditions_are_read() {
        let compare = comparison(r#"val("a\n") != "2" junk"#).unwrap();
        assert_eq!(&compare.key[..], b"a\n");
        assert_eq!(compare.result, CompareResult::NotEqual as i32);
        let value = Bytes::from_static(b"2");
        assert_eq!(compare.target_union, Some(TargetUnion::Value(value)));
        let lease = comparison(r#"lease("a") = "1f""#).unwrap();
        assert_eq!(lease.target_union, Some(TargetUnion::Lease(31)));
    }

    #[test]
    fn what_is_no_condition_is_named() {
        for (line, says) in [
            ("bad", "malformed comparison: bad"),
            (
                r#"ver(a) > "1""#,
                r#"malformed comparison: ver(a) > "1"; got ver("")  """#,
            ),
            (
                r#"ver("a" > "1""#,
                r#"malformed comparison: ver("a" > "1"; got ver("a")  """#,
            ),
            (
                r#"val("a")="2""#,
                r#"malformed comparison: val("a")="2"; got val("a")  """#,
            ),
            (
                r#"foo("a") > "1""#,
                r#"malformed comparison: foo("a") > "1" (unknown target foo)"#,
            ),
            (
                r#"ver("a") > "x""#,
                r#"invalid txn compare request: ver("a") > "x""#,
            ),
        ] {
            let finished = comparison(line).unwrap_err();
            assert_eq!(finished.exit, 3);
            assert_eq!(said(&finished), format!("Error: {says}"));
        }
    }

    #[test]
    fn operations_are_lines_of_their_own() {
        let put = operation(r#"put "x y" "a\nb" --prev-kv"#).unwrap();
        let Some(RequestUnion::Put(put)) = put.request else {
            panic!("{put:?}");
        };
        assert_eq!(
            (&put.key[..], &put.value[..], put.prev_kv),
            (&b"x y"[..], &b"a\nb"[..], true)
        );
        for (line, exit, says) in [
            ("put", 3, "invalid txn compare request: put"),
            ("foo a b", 3, "invalid txn request: foo a b"),
            ("get a --bogus", 3, "invalid txn request: get a --bogus"),
            ("get a -w json", 3, "invalid txn request: get a -w json"),
            (
                "put a",
                128,
                "put command needs 1 argument and input from stdin or 2 arguments",
            ),
        ] {
            let finished = operation(line).unwrap_err();
            assert_eq!(finished.exit, exit, "{line}");
            assert_eq!(said(&finished), format!("Error: {says}"));
        }
    }
}
