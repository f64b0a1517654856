//! Snapshots (`snapshot_command.go`, `clientv3/snapshot/v3_snapshot.go`). Files are those of
//! the console ([`super::super::Files`]).
//!
//! The data directory of a node is the folder that etcd would use by default: that of n1 is
//! `n1.etcd`. It is there as long as something is on the node's disk. What is restored into any
//! other folder stays a file.

use crate::catalog::Catalog;
use crate::etcd::{Request, Response, SnapshotRequest};
use crate::member::Origin;
use crate::trace::{Frame, NodeFrame};
use crate::world::{Action, ActionError};

use super::super::output::Finished;
use super::super::scene::Scene;
use super::super::words::parse_node;
use super::bootstrap::Bootstrap;
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
    Restore(String, Bootstrap),
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
    let bootstrap = Bootstrap::new(given)?;
    let folder = match given.parsed.text("data-dir") {
        "" => format!("{}.etcd", bootstrap.name),
        folder => folder.to_owned(),
    };
    plan(file, What::Restore(folder, bootstrap))
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
            (What::Restore(folder, bootstrap), Heard::Begun) => {
                match self.restore(folder, bootstrap, client.scene) {
                    Ok(()) => Step::End(0),
                    Err(problem) => client.fail(problem, ERROR),
                }
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

    /// # Errors
    /// Why it cannot be done.
    fn restore(
        &self,
        folder: &str,
        bootstrap: &Bootstrap,
        scene: &mut Scene<'_>,
    ) -> Result<(), String> {
        let file = &self.file;
        let run = &mut *scene.run;
        let node = node_of(folder, run.frame());
        let is_there = match node {
            Some(node) => !node.is_blank(),
            None => scene.files.has_folder(folder),
        };
        if is_there {
            return Err(format!("data-dir \"{folder}\" exists"));
        }
        let snapshot = scene.files.read(file).cloned();
        let snapshot = snapshot.ok_or_else(|| format!("open {file}: no such file or directory"))?;
        let Some(node) = node.map(|node| node.node) else {
            if Catalog::decode(&snapshot).is_none() {
                return Err("invalid database".to_owned());
            }
            let path = format!("{folder}/member/snap/db");
            let written = scene.files.put(&path, snapshot);
            return written.map_err(|why| format!("write {path}: {why}"));
        };
        if bootstrap.name != node.to_string() {
            let name = &bootstrap.name;
            return Err(format!(
                "\"{folder}\" is the data-dir of {node}, and not of {name}"
            ));
        }
        let origin = Box::new(Origin {
            members: bootstrap.nodes(run.frame())?,
            token: bootstrap.token.clone(),
            snapshot,
        });
        match run.act(Action::Restore { node, origin }) {
            Ok(_) => Ok(()),
            Err(ActionError::BadSnapshot(_)) => Err("invalid database".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// The node whose data directory a folder is.
fn node_of<'f>(folder: &str, frame: &'f Frame) -> Option<&'f NodeFrame> {
    let name = folder.trim_start_matches("./").trim_end_matches('/');
    let node = parse_node(name.strip_suffix(".etcd")?)?;
    frame.node(node).map(|node| &**node)
}
