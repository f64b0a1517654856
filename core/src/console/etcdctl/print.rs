//! Printing answers (`etcdctl/ctlv3/command/printer*.go`).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::etcd::{Error, KeyValue, Response, ResponseHeader};

use super::super::output::{Finished, Stream};
use super::commands::Command;
use super::exit::{BAD_ARGS, BAD_FEATURE, ERROR};
use super::flags::Parsed;
use super::members;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Simple,
    Json,
    Fields,
    /// Accepted, and refused once there is something to print, as etcdctl does.
    Table,
}

/// Prints the answer of one command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    format: Format,
    hex: bool,
    value_only: bool,
}

impl Printer {
    /// The printer that a line's flags ask for.
    pub(super) fn new(command: Command, parsed: &Parsed) -> Result<Self, Finished> {
        let format = match parsed.given("write-out").unwrap_or("simple") {
            "simple" => Format::Simple,
            "json" => Format::Json,
            "fields" => Format::Fields,
            "table" => Format::Table,
            _ => {
                return Err(Finished::error(
                    "Error: unsupported output format",
                    BAD_FEATURE,
                ));
            }
        };
        Ok(Self {
            format,
            hex: parsed.is_set("hex"),
            value_only: command == Command::Get && parsed.is_set("print-value-only"),
        })
    }

    /// What the command prints in the end.
    pub(crate) fn print(&self, outcome: &Result<Response, Error>) -> Finished {
        let response = match outcome {
            Ok(response) => response,
            Err(error) => return Finished::error(format!("Error: {error}"), ERROR),
        };
        if self.value_only && self.format != Format::Simple {
            return Finished::error(
                "Error: print-value-only is only for `--write-out=simple`",
                BAD_ARGS,
            );
        }
        let text = match self.format {
            Format::Simple => self.simple(response),
            Format::Json => json(response),
            Format::Fields => self.fields(response),
            Format::Table => {
                return Finished::error("Error: table not supported as output format", BAD_FEATURE);
            }
        };
        let mut finished = Finished::default();
        finished.print(Stream::Out, &text);
        finished
    }

    fn simple(&self, response: &Response) -> String {
        let mut text = match response {
            Response::Range(_) => String::new(),
            Response::Put(_) => "OK\n".to_owned(),
            Response::DeleteRange(delete) => format!("{}\n", delete.deleted),
            about_members => members::simple(members::of(about_members)),
        };
        for kv in response.kvs() {
            if !self.value_only {
                text.push_str(&self.plain(&kv.key));
                text.push('\n');
            }
            text.push_str(&self.plain(&kv.value));
            text.push('\n');
        }
        text
    }

    fn plain(&self, bytes: &[u8]) -> String {
        if self.hex {
            return hex(bytes);
        }
        String::from_utf8_lossy(bytes).into_owned()
    }

    fn fields(&self, response: &Response) -> String {
        let mut text = String::new();
        let header = response.header().cloned().unwrap_or_default();
        let ResponseHeader {
            cluster_id,
            member_id,
            revision,
            raft_term,
        } = header;
        field(&mut text, "ClusterID", cluster_id);
        field(&mut text, "MemberID", member_id);
        field(&mut text, "Revision", revision);
        field(&mut text, "RaftTerm", raft_term);
        match response {
            Response::Range(range) => {
                for kv in &range.kvs {
                    self.fields_kv(&mut text, "", kv);
                }
                field(&mut text, "More", range.more);
                field(&mut text, "Count", range.count);
            }
            Response::Put(put) => {
                if let Some(kv) = &put.prev_kv {
                    self.fields_kv(&mut text, "Prev", kv);
                }
            }
            Response::DeleteRange(delete) => {
                field(&mut text, "Deleted", delete.deleted);
                for kv in &delete.prev_kvs {
                    self.fields_kv(&mut text, "Prev", kv);
                }
            }
            about_members => text.push_str(&members::fields(members::of(about_members))),
        }
        text
    }

    fn fields_kv(&self, text: &mut String, prefix: &str, kv: &KeyValue) {
        let value = match self.hex {
            true => quoted(hex(&kv.value).as_bytes()),
            false => quoted(&kv.value),
        };
        let key = match self.hex {
            true => quoted(hex(&kv.key).as_bytes()),
            false => quoted(&kv.key),
        };
        field(text, &format!("{prefix}Key"), key);
        field(text, &format!("{prefix}CreateRevision"), kv.create_revision);
        field(text, &format!("{prefix}ModRevision"), kv.mod_revision);
        field(text, &format!("{prefix}Version"), kv.version);
        field(text, &format!("{prefix}Value"), value);
        field(text, &format!("{prefix}Lease"), kv.lease);
    }
}

fn field(text: &mut String, name: &str, value: impl std::fmt::Display) {
    let _infallible = writeln!(text, "\"{name}\" : {value}");
}

/// Bytes as `\x66\x6f`.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _infallible = write!(text, "\\x{byte:02x}");
        text
    })
}

/// Bytes in double quotes, as Go's `%q` writes them.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' => text.push_str("\\\""),
                '\\' => text.push_str("\\\\"),
                '\u{7}' => text.push_str("\\a"),
                '\u{8}' => text.push_str("\\b"),
                '\u{c}' => text.push_str("\\f"),
                '\n' => text.push_str("\\n"),
                '\r' => text.push_str("\\r"),
                '\t' => text.push_str("\\t"),
                '\u{b}' => text.push_str("\\v"),
                '\0'..=' ' | '\u{7f}' if character != ' ' => {
                    let _infallible = write!(text, "\\x{:02x}", u32::from(character));
                }
                _ => text.push(character),
            }
        }
        text.push_str(&hex(chunk.invalid()));
    }
    text.push('"');
    text
}

/// The JSON of etcdctl, which is that of Go's structures and not of the gateway: numbers
/// bare, bytes in base64, zeros left out.
fn json(response: &Response) -> String {
    let header = response.header().map(Header::of);
    let kvs: Vec<Pair> = response.kvs().iter().map(Pair::of).collect();
    let text = match response {
        Response::Range(range) => serde_json::to_string(&Range {
            header,
            kvs,
            more: range.more,
            count: range.count,
        }),
        Response::Put(_) => serde_json::to_string(&Put {
            header,
            prev_kv: kvs.into_iter().next(),
        }),
        Response::DeleteRange(delete) => serde_json::to_string(&Delete {
            header,
            deleted: delete.deleted,
            prev_kvs: kvs,
        }),
        about_members => serde_json::to_string(&Members {
            header,
            member: match about_members {
                Response::MemberAdd(added) => added.member.as_ref().map(members::Member::of),
                _ => None,
            },
            members: members::of(about_members)
                .iter()
                .map(members::Member::of)
                .collect(),
        }),
    };
    text.expect("strings, numbers and lists are always JSON")
}

#[derive(Serialize)]
struct Range {
    header: Option<Header>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    kvs: Vec<Pair>,
    #[serde(skip_serializing_if = "is_default")]
    more: bool,
    #[serde(skip_serializing_if = "is_default")]
    count: i64,
}

#[derive(Serialize)]
struct Put {
    header: Option<Header>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prev_kv: Option<Pair>,
}

#[derive(Serialize)]
struct Delete {
    header: Option<Header>,
    #[serde(skip_serializing_if = "is_default")]
    deleted: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    prev_kvs: Vec<Pair>,
}

#[derive(Serialize)]
struct Members<'a> {
    header: Option<Header>,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<members::Member<'a>>,
    members: Vec<members::Member<'a>>,
}

#[derive(Serialize)]
struct Header {
    #[serde(skip_serializing_if = "is_default")]
    cluster_id: u64,
    #[serde(skip_serializing_if = "is_default")]
    member_id: u64,
    #[serde(skip_serializing_if = "is_default")]
    revision: i64,
    #[serde(skip_serializing_if = "is_default")]
    raft_term: u64,
}

impl Header {
    fn of(header: &ResponseHeader) -> Self {
        Self {
            cluster_id: header.cluster_id,
            member_id: header.member_id,
            revision: header.revision,
            raft_term: header.raft_term,
        }
    }
}

#[derive(Serialize)]
struct Pair {
    #[serde(skip_serializing_if = "is_default")]
    key: String,
    #[serde(skip_serializing_if = "is_default")]
    create_revision: i64,
    #[serde(skip_serializing_if = "is_default")]
    mod_revision: i64,
    #[serde(skip_serializing_if = "is_default")]
    version: i64,
    #[serde(skip_serializing_if = "is_default")]
    value: String,
    #[serde(skip_serializing_if = "is_default")]
    lease: i64,
}

impl Pair {
    fn of(kv: &KeyValue) -> Self {
        Self {
            key: STANDARD.encode(&kv.key),
            create_revision: kv.create_revision,
            mod_revision: kv.mod_revision,
            version: kv.version,
            value: STANDARD.encode(&kv.value),
            lease: kv.lease,
        }
    }
}

/// Whether Go would leave the field out.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
