//! An etcd and the cluster here, asked the same and compared.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use glassraft_core::etcd::member_id;
use serde_json::{Value, json};

use crate::ending::{MARGIN, SHORT_TTL};
use crate::etcd::Etcd;
use crate::glass::Glass;
use crate::program::{Ask, Step};
use crate::users::{CLIENTS, NONSENSE, PASSWORDS, PROOF, WATCH};

/// What was answered in two ways.
#[derive(Debug)]
pub(crate) struct Difference {
    /// The place of the step in the program; nothing for what is looked at in the end.
    pub(crate) step: Option<usize>,
    /// What was asked, and the two answers.
    pub(crate) text: String,
}

/// How a program went.
enum Outcome {
    Same,
    Differs(Difference),
    /// This machine was too slow for the leases in it.
    Late,
}

/// Both of them, with the same history.
pub(crate) struct Pair {
    etcd: Etcd,
    glass: Glass,
    /// The tokens of the clients, there and here; empty for none.
    tokens: [(String, String); CLIENTS],
    /// The revision that both are at.
    revision: i64,
    /// The revision of the last compaction.
    compacted: i64,
    /// When etcd may end the leases whose time runs out soon.
    ends: BTreeMap<i64, Instant>,
    /// Whether nobody can undo that requests are checked.
    is_locked: bool,
}

/// All keys.
const EVERYTHING: &str = r#""key":"AA==","range_end":"AA==""#;

/// The client who is `root` when a program ends.
const LAST: usize = 1;

/// The client whose token is none.
const NOBODY: usize = CLIENTS - 1;

impl Pair {
    /// Both at their beginning.
    fn start() -> Result<Self> {
        let mut tokens: [(String, String); CLIENTS] = Default::default();
        tokens[NOBODY] = (NONSENSE.to_owned(), NONSENSE.to_owned());
        Ok(Self {
            etcd: Etcd::start()?,
            glass: Glass::start(1),
            tokens,
            revision: 1,
            compacted: 0,
            ends: BTreeMap::new(),
            is_locked: false,
        })
    }

    /// Runs a program on a pair, or on a new one where there is none; says what differs first.
    /// The pair is gone if it cannot be used again. Where the machine was too slow for a lease
    /// the program is run once more, on a new pair, and `began` is called.
    pub(crate) fn run_on(
        pair: &mut Option<Self>,
        program: &[Step],
        mut began: impl FnMut(),
    ) -> Result<Option<Difference>> {
        const ATTEMPTS: u32 = 10;
        for _ in 0..ATTEMPTS {
            if pair.is_none() {
                began();
            }
            let mut both = match pair.take() {
                Some(both) => both,
                None => Self::start()?,
            };
            match both.run(program)? {
                Outcome::Same => {
                    *pair = Some(both).filter(|both| !both.is_locked);
                    return Ok(None);
                }
                Outcome::Differs(difference) => return Ok(Some(difference)),
                Outcome::Late => {}
            }
        }
        bail!("this machine is too slow for leases of a few seconds");
    }

    fn run(&mut self, program: &[Step]) -> Result<Outcome> {
        let first = self.revision + 1;
        for (place, step) in program.iter().enumerate() {
            let difference = match step {
                Step::Ask(ask) => self.compare(ask)?,
                Step::AwaitEnd(lease) => self.await_end(*lease)?,
            };
            let now = Instant::now();
            if self.ends.values().any(|end| *end < now + MARGIN) {
                return Ok(Outcome::Late);
            }
            if let Some(text) = difference {
                let step = Some(place);
                return Ok(Outcome::Differs(Difference { step, text }));
            }
        }
        Ok(match self.compare_ends(first)? {
            Some(text) => Outcome::Differs(Difference { step: None, text }),
            None => Outcome::Same,
        })
    }

    /// Compares what the program has left behind, and opens the servers to all again.
    fn compare_ends(&mut self, first: i64) -> Result<Option<String>> {
        let said = self.etcd.ask("", "/v3/auth/user/list", "{}")?;
        let is_open = serde_json::from_str::<Value>(&said)?
            .get("header")
            .is_some();
        if !is_open && let Some(difference) = self.open_to_all()? {
            return Ok(Some(difference));
        }
        if let Some(difference) = self.compare_users()? {
            return Ok(Some(difference));
        }
        for tokens in &mut self.tokens[..NOBODY] {
            *tokens = Default::default();
        }
        let all = self.compare_plainly("/v3/kv/range", &format!("{{{EVERYTHING}}}"))?;
        if all.is_some() || self.is_locked {
            return Ok(all);
        }
        match self.compare_hashes()? {
            Some(difference) => Ok(Some(difference)),
            None => self.compare_history(first),
        }
    }

    /// Asks both, without a token.
    fn compare_plainly(&mut self, path: &'static str, body: &str) -> Result<Option<String>> {
        self.compare(&Ask {
            client: 0,
            path,
            body: serde_json::from_str(body)?,
        })
    }

    /// Asks both; says what differs.
    fn compare(&mut self, ask: &Ask) -> Result<Option<String>> {
        let (path, body) = (ask.path, ask.body_at(self.revision));
        let since = Instant::now();
        let (there, here) = &self.tokens[ask.client];
        let (etcd, here) = match path == WATCH {
            true => (
                self.etcd.begin_watch(there, &body)?,
                self.glass.begin_watch(here, &body)?,
            ),
            false => (
                serde_json::from_str(&self.etcd.ask(there, path, &body)?)?,
                serde_json::from_str(&self.glass.ask(here, path, &body))?,
            ),
        };
        self.learn(ask, &body, since, &etcd, &here)?;
        let (etcd, here) = (masked(etcd), masked(here));
        Ok((etcd != here).then(|| format!("{path} {body}\n  etcd {etcd}\n  here {here}")))
    }

    /// Takes in what later steps depend on.
    fn learn(
        &mut self,
        ask: &Ask,
        body: &str,
        since: Instant,
        etcd: &Value,
        here: &Value,
    ) -> Result<()> {
        if let Some(revision) = number(&etcd["header"]["revision"]) {
            self.revision = revision;
        }
        let asked: Value = serde_json::from_str(body)?;
        match ask.path {
            "/v3/kv/compaction" if etcd.get("header").is_some() => {
                self.compacted = number(&asked["revision"]).unwrap_or(0);
            }
            PROOF => {
                if let (Some(there), Some(here)) = (etcd["token"].as_str(), here["token"].as_str())
                {
                    self.tokens[ask.client] = (there.to_owned(), here.to_owned());
                }
            }
            "/v3/lease/grant" => self.note_end(etcd, since),
            "/v3/lease/keepalive" => self.note_end(&etcd["result"], since),
            "/v3/lease/revoke" if etcd.get("header").is_some() => {
                self.ends.remove(&number(&asked["ID"]).unwrap_or(0));
            }
            _ => {}
        }
        Ok(())
    }

    /// A lease has its whole time from now on.
    fn note_end(&mut self, granted: &Value, since: Instant) {
        let (Some(id), Some(ttl)) = (number(&granted["ID"]), number(&granted["TTL"])) else {
            return;
        };
        if let Ok(seconds) = u64::try_from(ttl)
            && ttl < SHORT_TTL
        {
            self.ends.insert(id, since + Duration::from_secs(seconds));
        }
    }

    /// Waits until neither has a lease any more.
    fn await_end(&mut self, lease: u64) -> Result<Option<String>> {
        const POLL_INTERVAL: Duration = Duration::from_millis(20);
        const LIMIT: Duration = Duration::from_secs(30);
        const ASKED: &str = "/v3/lease/leases";
        let has = |answer: &str| -> Result<bool> {
            let answer: Value = serde_json::from_str(answer)?;
            let leases = answer["leases"].as_array();
            Ok(leases.is_some_and(|all| {
                all.iter()
                    .any(|one| number(&one["ID"]) == Some(lease.cast_signed()))
            }))
        };
        let since = Instant::now();
        while has(&self.etcd.ask("", ASKED, "{}")?)? {
            ensure!(since.elapsed() < LIMIT, "etcd does not end lease {lease}");
            thread::sleep(POLL_INTERVAL);
        }
        let mut passed = Duration::ZERO;
        while has(&self.glass.ask("", ASKED, "{}"))? {
            if passed >= LIMIT {
                return Ok(Some(format!("lease {lease} has ended there, and not here")));
            }
            self.glass.pass(POLL_INTERVAL);
            passed += POLL_INTERVAL;
        }
        self.ends.remove(&lease.cast_signed());
        Ok(None)
    }

    /// Opens both to all, so that the next program begins so. It is possible if `root` has one
    /// of the known passwords.
    fn open_to_all(&mut self) -> Result<Option<String>> {
        let by_root = |path, body| Ask {
            client: LAST,
            path,
            body,
        };
        let proof = |password| by_root(PROOF, json!({"name": "root", "password": password}));
        let mut asks: Vec<Ask> = PASSWORDS.into_iter().map(proof).collect();
        asks.push(by_root("/v3/auth/disable", json!({})));
        // A token that is one no longer would be refused beside a proof.
        self.tokens[LAST] = Default::default();
        for ask in asks {
            if let Some(difference) = self.compare(&ask)? {
                return Ok(Some(difference));
            }
        }
        Ok(None)
    }

    /// Compares all that is known of users and roles, and takes them away.
    fn compare_users(&mut self) -> Result<Option<String>> {
        const USERS: [&str; 3] = [
            "/v3/auth/user/list",
            "/v3/auth/user/get",
            "/v3/auth/user/delete",
        ];
        const ROLES: [&str; 3] = [
            "/v3/auth/role/list",
            "/v3/auth/role/get",
            "/v3/auth/role/delete",
        ];
        for (field, name, [list, get, delete]) in
            [("users", "name", USERS), ("roles", "role", ROLES)]
        {
            if let Some(difference) = self.compare_plainly(list, "{}")? {
                return Ok(Some(difference));
            }
            let said: Value = serde_json::from_str(&self.etcd.ask("", list, "{}")?)?;
            self.is_locked = said.get("header").is_none();
            for one in said[field].as_array().into_iter().flatten() {
                let body = json!({ name: one }).to_string();
                for path in [get, delete] {
                    if let Some(difference) = self.compare_plainly(path, &body)? {
                        return Ok(Some(difference));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The hashes of all versions, which etcd's gateway does not tell, and etcdctl does.
    ///
    /// etcd carries a compaction out behind the scenes, and while it does the hash may hold
    /// what is about to go (`mvcc/kvstore.go`, `HashByRev`: nothing is left out when the
    /// compaction keeps nothing). So it is asked again for a while.
    fn compare_hashes(&mut self) -> Result<Option<String>> {
        const ATTEMPTS: u32 = 40;
        const PAUSE: Duration = Duration::from_millis(50);
        let here: Value =
            serde_json::from_str(&self.glass.ask("", "/v3/maintenance/hashkv", "{}"))?;
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
        Ok(Some(format!(
            "hash and compact revision\n  etcd {told}\n  here {here}"
        )))
    }

    /// All that a watcher is told that begins in the past.
    fn compare_history(&mut self, first: i64) -> Result<Option<String>> {
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
            format!("watch {body}, event {place}\n  etcd {etcd}\n  here {here}")
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
const MASKED: [&str; 11] = [
    "cluster_id",
    "member_id",
    "raft_term",
    "raftIndex",
    "raftTerm",
    "raftAppliedIndex",
    "dbSize",
    "dbSizeInUse",
    "peerURLs",
    "token",
    // Of all that is stored, in whatever form (`/v3/maintenance/hash`).
    "hash",
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
