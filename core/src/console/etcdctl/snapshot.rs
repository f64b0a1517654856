//! Snapshots (`snapshot_command.go`, `clientv3/snapshot/v3_snapshot.go`). Files are those of
//! the console ([`Files`]).

use crate::catalog::Catalog;
use crate::etcd::{Request, Response, SnapshotRequest};

use super::super::files::Files;
use super::super::output::Finished;
use super::client::Client;
use super::exit::{ERROR, INTERRUPTED};
use super::given::Given;
use super::plan::{Heard, Plan, Program, Step};
use super::print::SnapshotInfo;

/// What is done with a file.
#[derive(Debug)]
struct Snapshot {
    file: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Save,
    Status,
    /// Into this folder.
    Restore(String),
}

fn plan(file: &str, what: What) -> Result<Plan, Finished> {
    let file = file.to_owned();
    Ok(Box::new(Snapshot { file, what }))
}

pub(super) fn save(given: &Given<'_>) -> Result<Plan, Finished> {
    plan(given.one("snapshot save expects one argument")?, What::Save)
}

pub(super) fn status(given: &Given<'_>) -> Result<Plan, Finished> {
    plan(
        given.one("snapshot status requires exactly one argument")?,
        What::Status,
    )
}

pub(super) fn restore(given: &Given<'_>) -> Result<Plan, Finished> {
    let file = given.one("snapshot restore requires exactly one argument")?;
    let of = |name: &str, default: &str| given.parsed.given(name).unwrap_or(default).to_owned();
    let name = of("name", "default");
    let folder = match given.parsed.text("data-dir") {
        "" => format!("{name}.etcd"),
        folder => folder.to_owned(),
    };
    let cluster = of("initial-cluster", "default=http://localhost:2380");
    let mut members = cluster
        .split(',')
        .filter_map(|member| member.split_once('='));
    if !members.any(|(known, _)| known == name) {
        let what = "couldn't find local name";
        let message = format!("Error: {what} \"{name}\" in the initial cluster configuration");
        return Err(Finished::error(message, ERROR));
    }
    plan(file, What::Restore(folder))
}

impl Program for Snapshot {
    fn next(&mut self, heard: Heard, client: &mut Client<'_, '_>) -> Step {
        match (&self.what, heard) {
            (What::Save, Heard::Begun) => {
                if let [_, _, ..] = client.endpoints() {
                    let texts: Vec<&str> = client
                        .endpoints()
                        .iter()
                        .map(|at| at.text.as_str())
                        .collect();
                    let what = "snapshot must be requested to one selected node, not multiple";
                    let message = format!("{what} [{}]", texts.join(" "));
                    return client.fail(message, INTERRUPTED);
                }
                client.be_patient();
                Step::Ask(Request::Snapshot(SnapshotRequest {}))
            }
            (What::Save, Heard::Answer(outcome, _)) => match &*outcome {
                Ok(Response::Snapshot(answer)) => self.save(answer.blob.clone(), client),
                Ok(_) => Step::Listen,
                Err(error) => client.fail(error, INTERRUPTED),
            },
            (What::Status, Heard::Begun) => self.status(client),
            (What::Restore(folder), Heard::Begun) => {
                let folder = folder.clone();
                self.restore(&folder, client)
            }
            _ => Step::Listen,
        }
    }
}

impl Snapshot {
    fn save(&self, bytes: bytes::Bytes, client: &mut Client<'_, '_>) -> Step {
        let file = &self.file;
        if let Err(why) = client.scene.files.write(file, bytes) {
            let message = format!("could not open {file}.part (open {file}.part: {why})");
            return client.fail(message, INTERRUPTED);
        }
        client.print(&format!("Snapshot saved at {file}"));
        Step::End(0)
    }

    fn status(&self, client: &mut Client<'_, '_>) -> Step {
        let file = &self.file;
        let Some(bytes) = client.scene.files.read(file) else {
            let message = format!("stat {file}: no such file or directory");
            return client.fail(message, ERROR);
        };
        let size_bytes = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let Some(catalog) = Catalog::decode(bytes) else {
            return client.fail("invalid database", ERROR);
        };
        let info = SnapshotInfo {
            hash: catalog.hash(),
            revision: catalog.revision(),
            keys: catalog.versions() as u64,
            size_bytes,
        };
        match client.show(client.printer().snapshot(info)) {
            Ok(()) => Step::End(0),
            Err(status) => Step::End(status),
        }
    }

    fn restore(&self, folder: &str, client: &mut Client<'_, '_>) -> Step {
        let file = &self.file;
        let files: &mut Files = client.scene.files;
        let problem = match files.read(file).cloned() {
            _ if files.has_folder(folder) => format!("data-dir \"{folder}\" exists"),
            None => format!("open {file}: no such file or directory"),
            Some(bytes) if Catalog::decode(&bytes).is_none() => "invalid database".to_owned(),
            Some(bytes) => match files.put(&format!("{folder}/member/snap/db"), bytes) {
                Ok(()) => return Step::End(0),
                Err(why) => format!("write {folder}/member/snap/db: {why}"),
            },
        };
        client.fail(problem, ERROR)
    }
}
