//! Printing answers (`etcdctl/ctlv3/command/printer*.go`).
//!
//! Four formats, and the bytes of protobuf: what people read, Go's JSON of the messages
//! (`crate::etcd::go_json`), one field a line, and tables for a few commands alone.

mod endpoints;
mod fields;
mod grid;
mod lease;
mod simple;

use crate::etcd::{Response, ResponseHeader, StreamResponse, WatchResponse, encoded, go_json};
use crate::json::Writer;

use super::super::output::Finished;
use super::exit::{BAD_ARGS, BAD_FEATURE};
use super::given::Given;

pub(super) use endpoints::{Health, SnapshotInfo, Status};
pub(super) use simple::revoked_text;

/// How answers are printed (`-w`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Simple,
    Json,
    Fields,
    Protobuf,
    /// Accepted by every command, and refused by most once there is something to print.
    Table,
}

impl Format {
    /// Its name.
    fn name(self) -> &'static str {
        match self {
            Self::Simple => "simple",
            Self::Json => "json",
            Self::Fields => "fields",
            Self::Protobuf => "protobuf",
            Self::Table => "table",
        }
    }

    /// What etcdctl says where a format is of no use.
    fn unsupported(self) -> Finished {
        let name = self.name();
        Finished::error(
            format!("Error: {name} not supported as output format"),
            BAD_FEATURE,
        )
    }
}

/// What a command says of its answer where people read it.
#[derive(Clone, Debug, Default)]
pub(super) enum Told {
    /// What is in the answer.
    #[default]
    Answer,
    /// This, and the answer only in other formats.
    Text(String),
    /// This, whatever the format.
    Always(String),
    /// What became of a member: `Member ID WHAT cluster ID`.
    Member(u64, &'static str),
    /// A role and its permissions.
    Role(String),
    /// A user and his roles.
    User(String),
    /// A lease with its keys.
    LeaseKeys,
}

/// Prints the answers of one command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Printer {
    pub(super) format: Format,
    pub(super) hex: bool,
    pub(super) value_only: bool,
}

impl Printer {
    /// The printer that a line's flags ask for.
    ///
    /// # Errors
    /// There is no such format.
    pub(super) fn new(given: &Given<'_>) -> Result<Self, Finished> {
        let parsed = &given.parsed;
        let known = [
            Format::Simple,
            Format::Json,
            Format::Fields,
            Format::Protobuf,
            Format::Table,
        ];
        // These have one format, and do not look at what is wanted.
        let has_one = matches!(given.command.path, "snapshot restore" | "version");
        let wanted = parsed.given("write-out").filter(|_| !has_one);
        let wanted = wanted.unwrap_or("simple");
        let format = known.into_iter().find(|format| format.name() == wanted);
        let unknown = || Finished::error("Error: unsupported output format", BAD_FEATURE);
        Ok(Self {
            format: format.ok_or_else(unknown)?,
            hex: parsed.is_set("hex"),
            value_only: parsed.is_set("print-value-only"),
        })
    }

    /// Whether people read it.
    pub(super) fn is_simple(self) -> bool {
        self.format == Format::Simple
    }

    /// An answer as text.
    ///
    /// # Errors
    /// What is printed instead where the format is of no use.
    pub(super) fn answer(self, response: &Response, told: &Told) -> Result<String, Finished> {
        if let Told::Always(text) = told {
            return Ok(text.clone());
        }
        match self.format {
            Format::Simple => Ok(self.simple(response, told)),
            Format::Json => Ok(json(response)),
            Format::Fields => self
                .fields(response)
                .ok_or_else(|| self.format.unsupported()),
            Format::Protobuf => Ok(String::from_utf8_lossy(&response.encode()).into_owned()),
            Format::Table => match response {
                Response::MemberList(list) => Ok(grid::members(&list.members)),
                _ => Err(self.format.unsupported()),
            },
        }
    }

    /// What is heard of a watch, as text.
    ///
    /// # Errors
    /// The format is of no use for it.
    pub(super) fn watch(self, response: &StreamResponse) -> Result<String, Finished> {
        let StreamResponse::Watch(response) = response else {
            return Ok(String::new());
        };
        // Of a watcher that was refused etcd's client knows that alone (`clientv3/watch.go`,
        // `addSubstream`).
        let is_refused = response.created && response.canceled;
        let refused = WatchResponse {
            header: Some(ResponseHeader::default()),
            canceled: true,
            ..WatchResponse::default()
        };
        let response = if is_refused { &refused } else { response };
        match self.format {
            Format::Simple => Ok(self.simple_events(&response.events)),
            Format::Fields => Ok(self.fields_events(response)),
            Format::Json => {
                let mut out = Writer::default();
                out.open_object();
                out.name("Header");
                go_json::header(&mut out, &response.header.clone().unwrap_or_default());
                out.name("Events");
                if is_refused {
                    out.null();
                } else {
                    out.open_list();
                    for event in &response.events {
                        go_json::event(&mut out, event);
                    }
                    out.close_list();
                }
                out.signed_at("CompactRevision", response.compact_revision);
                out.flag_at("Canceled", response.canceled);
                out.flag_at("Created", response.created);
                out.close_object();
                Ok(out.into_text())
            }
            Format::Protobuf => Ok(String::from_utf8_lossy(&encoded(response)).into_owned()),
            Format::Table => Err(self.format.unsupported()),
        }
    }

    /// Makes sure that `--print-value-only` stands beside the format that knows it.
    ///
    /// # Errors
    /// It does not.
    pub(super) fn check_value_only(self) -> Result<(), Finished> {
        if self.value_only && self.format != Format::Simple {
            let message = "Error: print-value-only is only for `--write-out=simple`";
            return Err(Finished::error(message, BAD_ARGS));
        }
        Ok(())
    }
}

/// The JSON of an answer. Those about leases are structures of the client's own, in which the
/// header's fields stand beside the others (`clientv3/lease.go`).
fn json(response: &Response) -> String {
    let mut out = Writer::default();
    if !lease::json(&mut out, response) {
        go_json::response(&mut out, response);
    }
    out.into_text()
}
