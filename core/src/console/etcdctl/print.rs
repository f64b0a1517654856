//! Printing answers (`etcdctl/ctlv3/command/printer*.go`).

use std::fmt::Write as _;

use crate::etcd::{Error, KeyValue, Response, ResponseHeader};
use crate::json::Writer;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

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
    let mut out = Writer::default();
    out.open_object();
    out.name("header");
    match response.header() {
        Some(header) => header_object(&mut out, header),
        None => out.null(),
    }
    let kvs = response.kvs();
    match response {
        Response::Range(range) => {
            pairs(&mut out, "kvs", kvs);
            if range.more {
                out.flag_at("more", true);
            }
            unless_zero(&mut out, "count", range.count);
        }
        Response::Put(_) => {
            if let Some(kv) = kvs.first() {
                out.name("prev_kv");
                pair(&mut out, kv);
            }
        }
        Response::DeleteRange(delete) => {
            unless_zero(&mut out, "deleted", delete.deleted);
            pairs(&mut out, "prev_kvs", kvs);
        }
        about_members => members::json(&mut out, about_members),
    }
    out.close_object();
    out.into_text()
}

/// A number, which Go leaves out where it is 0.
fn unless_zero(out: &mut Writer, name: &str, number: i64) {
    if number != 0 {
        out.signed_at(name, number);
    }
}

fn header_object(out: &mut Writer, header: &ResponseHeader) {
    let ResponseHeader {
        cluster_id,
        member_id,
        revision,
        raft_term,
    } = *header;
    out.open_object();
    for (name, identifier) in [("cluster_id", cluster_id), ("member_id", member_id)] {
        if identifier != 0 {
            out.number_at(name, identifier);
        }
    }
    unless_zero(out, "revision", revision);
    if raft_term != 0 {
        out.number_at("raft_term", raft_term);
    }
    out.close_object();
}

fn pairs(out: &mut Writer, name: &str, kvs: &[KeyValue]) {
    if kvs.is_empty() {
        return;
    }
    out.name(name);
    out.open_list();
    for kv in kvs {
        pair(out, kv);
    }
    out.close_list();
}

fn pair(out: &mut Writer, kv: &KeyValue) {
    out.open_object();
    base64_at(out, "key", &kv.key);
    unless_zero(out, "create_revision", kv.create_revision);
    unless_zero(out, "mod_revision", kv.mod_revision);
    unless_zero(out, "version", kv.version);
    base64_at(out, "value", &kv.value);
    unless_zero(out, "lease", kv.lease);
    out.close_object();
}

fn base64_at(out: &mut Writer, name: &str, bytes: &[u8]) {
    if !bytes.is_empty() {
        out.string_at(name, &STANDARD.encode(bytes));
    }
}
