//! Types a session at both, and compares.

use std::fmt;

use anyhow::{Context, Result};
use glassraft_core::console::Conversation;
use glassraft_core::world::Setup;

use super::line::Line;
use super::masks::Masks;
use crate::etcd::Etcd;

/// A line that is answered in two ways.
#[derive(Debug)]
pub(crate) struct Found {
    /// Its place in the session.
    pub(crate) place: usize,
    etcd: Said,
    here: Said,
}

/// What a line printed.
#[derive(Debug, PartialEq)]
struct Said {
    lines: Vec<String>,
    exit: i32,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (who, said) in [("etcd", &self.etcd), ("here", &self.here)] {
            writeln!(f, "-- {who}, exit status {} --", said.exit)?;
            for line in &said.lines {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

/// Lines whose real output has such a part are left out, each with its reason.
const NOT_COMPARED: [(&str, &str); 1] = [(
    "nil pointer dereference",
    "etcdctl 3.4.23 ends so where an answer has no header; here it prints zeros",
)];

/// How begins what `stty` says, which etcdctl runs to ask for a password at a terminal that is not there.
const STTY: &str = "stty: ";

fn without_stty(text: &str) -> String {
    let lines = text.split_inclusive('\n');
    // It stands behind the prompt, on the same line.
    lines
        .map(|line| line.split(STTY).next().unwrap_or(line))
        .collect()
}

/// Types the lines at servers that have just begun; the first that is answered in two ways.
pub(crate) fn try_out(session: &[Line]) -> Result<Option<Found>> {
    let etcd = Etcd::start()?;
    let setup = Setup {
        nodes: 1,
        ..Setup::default()
    };
    let mut here = Conversation::new(setup, 1)?;
    let (client, peer) = etcd.addresses();
    let mut theirs = Masks::new(client, peer);
    let mut ours = Masks::new("n1:2379", "n1:2380");
    theirs.learn_cluster(&etcd.shell("etcdctl member list -w json")?.0);
    ours.learn_cluster(&say(&mut here, "etcdctl member list -w json")?.0);
    for (place, line) in session.iter().enumerate() {
        let typed = line.to_string();
        let (text, exit) = etcd.shell(&theirs.named(&typed))?;
        if NOT_COMPARED.iter().any(|(part, _)| text.contains(part)) {
            continue;
        }
        theirs.learn(&text);
        let etcd = said(&theirs.masked(&without_stty(&text)), exit);
        let (text, exit) = say(&mut here, &ours.named(&typed))?;
        ours.learn(&text);
        let here = said(&ours.masked(&text), exit);
        if etcd != here {
            return Ok(Some(Found { place, etcd, here }));
        }
    }
    Ok(None)
}

fn said(text: &str, exit: i32) -> Said {
    // What the library for gRPC logs is not compared.
    let lines = text.lines().filter(|line| !line.starts_with("{\"level\":"));
    Said {
        lines: lines.map(str::to_owned).collect(),
        exit,
    }
}

/// Types a line here: what it printed, and its exit status.
fn say(here: &mut Conversation, typed: &str) -> Result<(String, i32)> {
    let mut said = None;
    for line in typed.split('\n') {
        said = here.say(line);
    }
    let said = said.context("the line has not ended")?;
    let (_, said) = said.split_once('\n').context("what was typed")?;
    let (text, exit) = said.rsplit_once("[exit ").context("the exit status")?;
    Ok((text.to_owned(), exit.trim_end_matches("]\n").parse()?))
}
