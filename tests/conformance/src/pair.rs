//! An etcd and the cluster here, asked the same and compared.

use std::thread;
use std::time::Duration;

use anyhow::Result;
use glassraft_core::etcd::member_id;
use serde_json::{Value, json};

use crate::etcd::Etcd;
use crate::glass::Glass;
use crate::program::Step;

/// What was answered in two ways.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The place of the step in the program; nothing for what is looked at in the end.
    pub(crate) step: Option<usize>,
    /// What was asked, and the two answers.
    pub(crate) text: String,
}

/// Both of them, with the same history.
pub(crate) struct Pair {
    etcd: Etcd,
    glass: Glass,
    /// The revision that both are at.
    revision: i64,
    /// The revision of the last compaction.
    compacted: i64,
}

/// All keys.
const EVERYTHING: &str = r#""key":"AA==","range_end":"AA==""#;

impl Pair {
    /// Both at their beginning.
    pub(crate) fn start() -> Result<Self> {
        Ok(Self {
            etcd: Etcd::start()?,
            glass: Glass::start(1),
            revision: 1,
            compacted: 0,
        })
    }

    /// Runs a program; says what differs first.
    pub(crate) fn run(&mut self, program: &[Step]) -> Result<Option<Difference>> {
        let first = self.revision + 1;
        for (place, step) in program.iter().enumerate() {
            let body = step.body_at(self.revision);
            if let Some(difference) = self.compare(step.path, &body, Some(place))? {
                return Ok(Some(difference));
            }
        }
        let all = format!("{{{EVERYTHING}}}");
        if let Some(difference) = self.compare("/v3/kv/range", &all, None)? {
            return Ok(Some(difference));
        }
        match self.compare_hashes()? {
            Some(difference) => Ok(Some(difference)),
            None => self.compare_history(first),
        }
    }

    /// Asks both.
    fn compare(
        &mut self,
        path: &str,
        body: &str,
        step: Option<usize>,
    ) -> Result<Option<Difference>> {
        let etcd = self.etcd.ask(path, body)?;
        let here = self.glass.ask(path, body);
        let etcd: Value = serde_json::from_str(&etcd)?;
        if let Some(revision) = number(&etcd["header"]["revision"]) {
            self.revision = revision;
        }
        if path == "/v3/kv/compaction" && etcd.get("header").is_some() {
            let asked: Value = serde_json::from_str(body)?;
            self.compacted = number(&asked["revision"]).unwrap_or(0);
        }
        let (etcd, here) = (masked(etcd), masked(serde_json::from_str(&here)?));
        Ok((etcd != here).then(|| Difference {
            step,
            text: format!("{path} {body}\n  etcd {etcd}\n  here {here}"),
        }))
    }

    /// The hashes of all versions, which etcd's gateway does not tell, and etcdctl does.
    ///
    /// etcd carries a compaction out behind the scenes, and while it does the hash may hold
    /// what is about to go (`mvcc/kvstore.go`, `HashByRev`: nothing is left out when the
    /// compaction keeps nothing). So it is asked again for a while.
    fn compare_hashes(&mut self) -> Result<Option<Difference>> {
        const ATTEMPTS: u32 = 40;
        const PAUSE: Duration = Duration::from_millis(50);
        let here: Value = serde_json::from_str(&self.glass.ask("/v3/maintenance/hashkv", "{}"))?;
        let of = |said: &Value| {
            let compacted = number(&said["compact_revision"]).unwrap_or(0);
            (number(&said["hash"]), compacted)
        };
        let mut told = Value::Null;
        for _ in 0..ATTEMPTS {
            let etcd = self.etcd.etcdctl(&["endpoint", "hashkv", "-w", "json"])?;
            let etcd: Value = serde_json::from_str(etcd.trim())?;
            told = etcd[0]["HashKV"].clone();
            if of(&told) == of(&here) {
                return Ok(None);
            }
            thread::sleep(PAUSE);
        }
        Ok(Some(Difference {
            step: None,
            text: format!("hash and compact revision\n  etcd {told}\n  here {here}"),
        }))
    }

    /// All that a watcher is told that begins in the past.
    fn compare_history(&mut self, first: i64) -> Result<Option<Difference>> {
        let start = first.max(self.compacted + 1);
        if start > self.revision {
            return Ok(None);
        }
        let body = format!(
            "{{\"create_request\":{{{EVERYTHING},\"start_revision\":{start},\"prev_kv\":true}}}}"
        );
        let last = self.revision;
        let is_last = |line: &Value| {
            let events = line["result"]["events"].as_array();
            let event = events.and_then(|events| events.last());
            let is_over =
                event.and_then(|event| number(&event["kv"]["mod_revision"])) == Some(last);
            is_over || line["result"]["canceled"] == true
        };
        let etcd = events(&self.etcd.watch(&body, is_last)?);
        let here = events(&self.glass.watch(&body)?);
        let place =
            (0..etcd.len().max(here.len())).find(|&place| etcd.get(place) != here.get(place));
        Ok(place.map(|place| {
            let show = |list: &[Value]| {
                list.get(place)
                    .map_or("nothing".to_owned(), Value::to_string)
            };
            let (etcd, here) = (show(&etcd), show(&here));
            let text = format!("watch {body}, event {place}\n  etcd {etcd}\n  here {here}");
            Difference { step: None, text }
        }))
    }
}

/// All events of a stream, in their order. How many come in one line depends on how soon
/// etcd's watcher catches up.
fn events(lines: &[Value]) -> Vec<Value> {
    let events = lines
        .iter()
        .filter_map(|line| line["result"]["events"].as_array());
    events.flatten().cloned().collect()
}

/// A number, as the gateway or as etcdctl has it.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Fields that differ between any two clusters.
const MASKED: [&str; 9] = [
    "cluster_id",
    "member_id",
    "raft_term",
    "raftIndex",
    "raftTerm",
    "raftAppliedIndex",
    "dbSize",
    "dbSizeInUse",
    "peerURLs",
];

fn masked(mut value: Value) -> Value {
    mask(&mut value);
    value
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|name, _| !MASKED.contains(&name.as_str()) && name != "clientURLs");
            // How much of a lease is left depends on when it was asked.
            let is_lease = object.contains_key("grantedTTL");
            if is_lease && let Some(left) = object.get_mut("TTL") {
                *left = Value::Null;
            }
            // etcd has them in no order (`lease/lessor.go`, `Keys`, of a map of Go's).
            if is_lease && let Some(Value::Array(keys)) = object.get_mut("keys") {
                keys.sort_by_key(Value::to_string);
            }
            // The member that asks itself.
            let is_member = object.get("name") == Some(&json!("n1"));
            if is_member && let Some(id) = object.get_mut("ID") {
                *id = json!(member_id(1).to_string());
            }
            if let Some(leader) = object.get_mut("leader") {
                *leader = json!(member_id(1).to_string());
            }
            object.values_mut().for_each(mask);
        }
        Value::Array(list) => list.iter_mut().for_each(mask),
        _ => {}
    }
}
