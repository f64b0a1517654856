//! What is told of several endpoints at once, of members, and of a snapshot.

use crate::etcd::{HashKvResponse, Response, StatusResponse, go_json};
use crate::json::Writer;

use super::super::super::output::Finished;
use super::super::text::{bytes_text, quoted};
use super::fields::{field, header};
use super::{Format, Printer, grid};

/// What an endpoint says of itself (`epStatus`), or the hash of its store (`epHashKV`).
#[derive(Clone, Debug)]
pub(in super::super) struct Status {
    pub(in super::super) endpoint: String,
    pub(in super::super) response: Response,
}

/// How well an endpoint is (`epHealth`).
#[derive(Clone, Debug)]
pub(in super::super) struct Health {
    pub(in super::super) endpoint: String,
    /// How long its answer took; nothing if it was not asked.
    pub(in super::super) took: String,
    /// What is wrong, if anything is.
    pub(in super::super) error: String,
}

/// What is known of a saved snapshot (`snapshot.Status`).
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct SnapshotInfo {
    pub(in super::super) hash: u32,
    pub(in super::super) revision: i64,
    pub(in super::super) keys: u64,
    pub(in super::super) size_bytes: i64,
}

const STATUS: &[&str] = &[
    "ENDPOINT",
    "ID",
    "VERSION",
    "DB SIZE",
    "IS LEADER",
    "IS LEARNER",
    "RAFT TERM",
    "RAFT INDEX",
    "RAFT APPLIED INDEX",
    "ERRORS",
];
const HASH: &[&str] = &["ENDPOINT", "HASH"];
const HEALTH: &[&str] = &["ENDPOINT", "HEALTH", "TOOK", "ERROR"];
const SNAPSHOT: &[&str] = &["HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE"];

impl Printer {
    /// `endpoint status` or `endpoint hashkv`.
    ///
    /// # Errors
    /// The format is of no use for it.
    pub(in super::super) fn endpoints(
        self,
        all: &[Status],
        hash: bool,
    ) -> Result<String, Finished> {
        let rows = || all.iter().map(row).collect::<Vec<_>>();
        Ok(match self.format {
            Format::Simple => grid::joined(&rows()),
            Format::Table => grid::draw(if hash { HASH } else { STATUS }, &rows()),
            Format::Fields => all.iter().map(fields).collect(),
            Format::Json => {
                let mut out = Writer::default();
                out.open_list();
                for status in all {
                    out.open_object();
                    out.string_at("Endpoint", &status.endpoint);
                    out.name(if hash { "HashKV" } else { "Status" });
                    go_json::response(&mut out, &status.response);
                    out.close_object();
                }
                out.close_list();
                out.into_text()
            }
            Format::Protobuf => return Err(self.format.unsupported()),
        })
    }

    /// `endpoint health`; what people read goes to standard error (`printer_simple.go`).
    ///
    /// # Errors
    /// The format is of no use for it.
    pub(in super::super) fn health(self, all: &[Health]) -> Result<String, Finished> {
        Ok(match self.format {
            Format::Simple => all.iter().map(health_text).collect(),
            Format::Table => grid::draw(HEALTH, &all.iter().map(health_row).collect::<Vec<_>>()),
            Format::Fields => all.iter().map(health_fields).collect(),
            Format::Json => {
                let mut out = Writer::default();
                out.open_list();
                for health in all {
                    out.open_object();
                    out.string_at("endpoint", &health.endpoint);
                    out.flag_at("health", health.error.is_empty());
                    out.string_at("took", &health.took);
                    if !health.error.is_empty() {
                        out.string_at("error", &health.error);
                    }
                    out.close_object();
                }
                out.close_list();
                out.into_text()
            }
            Format::Protobuf => return Err(self.format.unsupported()),
        })
    }

    /// `snapshot status`.
    ///
    /// # Errors
    /// The format is of no use for it.
    pub(in super::super) fn snapshot(self, info: SnapshotInfo) -> Result<String, Finished> {
        let SnapshotInfo {
            hash,
            revision,
            keys,
            size_bytes,
        } = info;
        let row = vec![vec![
            format!("{hash:x}"),
            revision.to_string(),
            keys.to_string(),
            bytes_text(size_bytes),
        ]];
        Ok(match self.format {
            Format::Simple => grid::joined(&row),
            Format::Table => grid::draw(SNAPSHOT, &row),
            Format::Fields => {
                let mut text = String::new();
                field(&mut text, "Hash", hash);
                field(&mut text, "Revision", revision);
                field(&mut text, "Keys", keys);
                field(&mut text, "Size", size_bytes);
                text
            }
            Format::Json => {
                let mut out = Writer::default();
                out.open_object();
                out.number_at("hash", hash.into());
                out.signed_at("revision", revision);
                out.number_at("totalKey", keys);
                out.signed_at("totalSize", size_bytes);
                out.close_object();
                out.into_text()
            }
            Format::Protobuf => return Err(self.format.unsupported()),
        })
    }
}

fn row(status: &Status) -> Vec<String> {
    let endpoint = status.endpoint.clone();
    match &status.response {
        Response::Status(answer) => {
            let id = answer.header.as_ref().map_or(0, |header| header.member_id);
            vec![
                endpoint,
                format!("{id:x}"),
                answer.version.clone(),
                bytes_text(answer.db_size),
                (answer.leader == id).to_string(),
                answer.is_learner.to_string(),
                answer.raft_term.to_string(),
                answer.raft_index.to_string(),
                answer.raft_applied_index.to_string(),
                answer.errors.join(", "),
            ]
        }
        Response::HashKv(answer) => vec![endpoint, answer.hash.to_string()],
        _ => vec![endpoint],
    }
}

fn fields(status: &Status) -> String {
    let mut text = String::new();
    header(&mut text, status.response.header());
    match &status.response {
        Response::Status(answer) => {
            status_fields(&mut text, answer);
            field(&mut text, "Endpoint", quoted(status.endpoint.as_bytes()));
        }
        Response::HashKv(HashKvResponse { hash, .. }) => {
            field(&mut text, "Endpoint", quoted(status.endpoint.as_bytes()));
            field(&mut text, "Hash", hash);
        }
        _ => {}
    }
    text.push('\n');
    text
}

fn status_fields(text: &mut String, answer: &StatusResponse) {
    field(text, "Version", quoted(answer.version.as_bytes()));
    field(text, "DBSize", answer.db_size);
    field(text, "Leader", answer.leader);
    field(text, "IsLearner", answer.is_learner);
    field(text, "RaftIndex", answer.raft_index);
    field(text, "RaftTerm", answer.raft_term);
    field(text, "RaftAppliedIndex", answer.raft_applied_index);
    field(
        text,
        "Errors",
        format_args!("[{}]", answer.errors.join(" ")),
    );
}

fn health_text(health: &Health) -> String {
    let Health {
        endpoint,
        took,
        error,
    } = health;
    match error.as_str() {
        "" => format!("{endpoint} is healthy: successfully committed proposal: took = {took}\n"),
        _ => format!("{endpoint} is unhealthy: failed to commit proposal: {error}\n"),
    }
}

fn health_row(health: &Health) -> Vec<String> {
    vec![
        health.endpoint.clone(),
        health.error.is_empty().to_string(),
        health.took.clone(),
        health.error.clone(),
    ]
}

fn health_fields(health: &Health) -> String {
    let mut text = String::new();
    field(&mut text, "Endpoint", quoted(health.endpoint.as_bytes()));
    field(&mut text, "Health", health.error.is_empty());
    field(&mut text, "Took", &health.took);
    field(&mut text, "Error", &health.error);
    text.push('\n');
    text
}
