//! The recorded calls made again, in their order and from the start of their cluster.

use glassraft_core::etcd::gateway::{self, error_json, response_json, stream_response_json};
use glassraft_core::etcd::{Code, Error, member_id};
use glassraft_core::member::{NodeId, RequestId};
use glassraft_core::world::{Action, Setup};
use glassraft_tests::{Lab, n};
use serde_json::{Value, json};

use crate::concurrency;
use crate::masks::{EXCLUDED_GROUPS, How, exclusion, mask};
use crate::recorded::{self, Call};

/// The groups that answer as etcd did, call by call.
const PASSING: &[&str] = &[
    "kv",
    "txn",
    "lease",
    "watch",
    "compaction",
    "cluster",
    "maintenance",
    "leader-change",
    "websocket",
    "lock-election",
    "quorum-loss",
    "quota",
    "auth",
    "single",
];

/// How long a call may take, in µs: longer than a member waits for anything.
const PATIENCE_US: u64 = 60_000_000;

/// A start of etcd in the recordings.
struct Start {
    /// The first call after it.
    first: u64,
    /// How many members it had.
    nodes: u8,
    /// How much its store may hold, in bytes. The store here is not laid out in a file of whole
    /// pages, so the number is another than the recorder's; as there, the sixth value is too
    /// much.
    quota_bytes: u64,
}

/// More than the recorder wrote.
const AMPLE: u64 = 1 << 30;

const STARTS: &[Start] = &[
    Start {
        first: 1,
        nodes: 3,
        quota_bytes: AMPLE,
    },
    Start {
        first: 245,
        nodes: 3,
        quota_bytes: AMPLE,
    },
    Start {
        first: 278,
        nodes: 1,
        quota_bytes: AMPLE,
    },
    Start {
        first: 295,
        nodes: 1,
        quota_bytes: AMPLE,
    },
    Start {
        first: 360,
        nodes: 1,
        quota_bytes: 50_000,
    },
];

/// What the recorder did to members before a call: whether it ended or began, and which.
const FAULTS: &[(u64, bool, &[u8])] = &[(253, true, &[1, 3]), (269, false, &[1, 3])];

/// How long the recorder waited after it had said something on a stream, in µs.
const SAYING_US: u64 = 300_000;

/// How long the recorder listened to a stream, in µs.
const LISTENING_US: u64 = 1_200_000;

/// The same where it waited for a lease to end.
const LISTENING_LONG_US: u64 = 4_000_000;

/// In place of an answer: the client asked again and again, and gave up.
const GAVE_UP: &str = "it asked until its patience ended";

/// What was answered otherwise.
#[derive(Debug)]
struct Difference {
    group: String,
    text: String,
}

#[test]
fn groups_answer_as_etcd_did() {
    let differences = all_differences();
    let mut groups: Vec<String> = Vec::new();
    for call in recorded::calls() {
        if !groups.contains(&call.group) {
            groups.push(call.group);
        }
    }
    let excluded = |group: &str| EXCLUDED_GROUPS.iter().any(|(known, _)| *known == group);
    let mut wrong = Vec::new();
    for group in groups.iter().filter(|group| !excluded(group)) {
        let of_group = differences.iter().filter(|found| found.group == **group);
        let texts: Vec<&str> = of_group.map(|found| &*found.text).collect();
        println!("{group}: {} differences", texts.len());
        texts.iter().for_each(|text| println!("  {text}"));
        match (texts.is_empty(), PASSING.contains(&&**group)) {
            (false, true) => wrong.push(format!("{group} has differences")),
            (true, false) => wrong.push(format!("{group} has none, and is not in the list")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}; all are above");
}

fn all_differences() -> Vec<Difference> {
    let calls = recorded::calls();
    let mut all = Vec::new();
    for (place, start) in STARTS.iter().enumerate() {
        let end = STARTS.get(place + 1).map_or(u64::MAX, |next| next.first);
        let mut replay = Replay::new(start);
        let of_start = calls
            .iter()
            .filter(|call| (start.first..end).contains(&call.seq));
        for call in of_start {
            if let Some(text) = replay.difference(call) {
                let group = call.group.clone();
                all.push(Difference { group, text });
            }
        }
    }
    all
}

/// A cluster that is asked what etcd was asked.
struct Replay {
    lab: Lab,
    /// What the recordings call something, and what it is here.
    names: Vec<(String, String)>,
}

impl Replay {
    /// A cluster whose first node leads, as the first member did when recording began.
    fn new(start: &Start) -> Self {
        let mut setup = Setup {
            nodes: start.nodes,
            ..Setup::default()
        };
        setup.options.quota_bytes = start.quota_bytes;
        let mut labs = (1..).map(|seed| {
            let mut lab = Lab::with_setup(setup.clone(), seed);
            lab.until("a leader, and its first entry everywhere", |frame| {
                frame.leader().is_some() && frame.nodes.iter().all(|node| node.applied > 0)
            });
            lab
        });
        let lab = labs.find_map(|mut lab| (lab.leader() == n(1)).then_some(lab));
        let mut names = Vec::new();
        let mut rename = |recorded: String, here: String| names.push((recorded, here));
        let recorded_ids: &[u64] = match start.nodes {
            1 => &[9_009_370_488_483_034_218],
            _ => &[
                16_110_641_917_360_169_610,
                13_060_485_819_844_558_508,
                15_010_092_577_527_087_658,
            ],
        };
        for (node, id) in (1..).zip(recorded_ids) {
            rename(id.to_string(), member_id(node).to_string());
            rename(
                format!("\"name\":\"m{node}\""),
                format!("\"name\":\"n{node}\""),
            );
        }
        rename("\"name\":\"one\"".to_owned(), "\"name\":\"n1\"".to_owned());
        for port in 1..=9 {
            let (client, peer) = (23_790 + port, 23_800 + port);
            let node = if start.nodes == 1 && port == 5 {
                1
            } else {
                port
            };
            rename(
                format!("http://127.0.0.1:{client}"),
                format!("http://n{node}:2379"),
            );
            rename(
                format!("http://127.0.0.1:{peer}"),
                format!("http://n{node}:2380"),
            );
        }
        Self {
            lab: lab.expect("seeds do not end"),
            names,
        }
    }

    /// Which node stands for a recorded member.
    fn node(call: &Call) -> NodeId {
        match call.port {
            23_792 => n(2),
            23_793 => n(3),
            _ => n(1),
        }
    }

    fn here(&self, recorded: &str) -> String {
        let names = self.names.iter();
        names.fold(recorded.to_owned(), |text, (recorded, here)| {
            text.replace(recorded, here)
        })
    }

    /// Asks, and says how the answer differs.
    fn difference(&mut self, call: &Call) -> Option<String> {
        self.disturb(call.seq);
        let how = exclusion(&call.name, call.seq, &call.group);
        if let Some(How::Left) = how {
            return None;
        }
        if call.raw["kind"] != "unary" {
            return self.stream_difference(call);
        }
        let node = Self::node(call);
        let answer = match concurrency::is_served(&call.path) {
            true => concurrency::serve(&call.path, &call.request, &mut |path, body| {
                let answer = self.ask(node, path, &body.to_string());
                serde_json::from_str(&answer).expect("an answer is JSON")
            }),
            false => self.ask_as(&self.token(call), node, &call.path, &call.request),
        };
        if let Some(How::Replaced(path, body)) = how {
            self.ask(node, path, body);
        }
        if let Some(How::ReplacedByRoot(path, body)) = how {
            let root = r#"{"name": "root", "password": "rootpw"}"#;
            let proof = self.ask(node, "/v3/auth/authenticate", root);
            let proof: Value = serde_json::from_str(&proof).expect("an answer is JSON");
            let token = proof["token"].as_str().expect("root has proved who it is");
            self.ask_as(token, node, path, body);
        }
        self.learn(call, &answer);
        match how {
            Some(_) => None,
            None => self.differs(&call.name, &call.answers[0], &answer),
        }
    }

    fn differs(&self, name: &str, recorded: &str, answer: &str) -> Option<String> {
        let read = |text: &str| -> Value {
            let mut value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            mask(&mut value);
            value
        };
        let (etcd, here) = (read(&self.here(recorded)), read(answer));
        if here == json!(GAVE_UP) {
            let code = etcd
                .get("code")
                .or_else(|| etcd.pointer("/error/grpc_code"));
            let is_retried = code == Some(&json!(Code::Unavailable as u8));
            return (!is_retried).then(|| format!("{name}:\n    etcd {etcd}\n    here {here}"));
        }
        (etcd != here).then(|| format!("{name}:\n    etcd {etcd}\n    here {here}"))
    }

    /// Ends and begins members as the recorder did.
    fn disturb(&mut self, seq: u64) {
        for (_, is_end, nodes) in FAULTS.iter().filter(|(before, ..)| *before == seq) {
            for node in nodes.iter().map(|node| n(*node)) {
                match is_end {
                    true => self.lab.crash(node),
                    false => self.lab.restart(node),
                }
            }
            if !is_end {
                self.lab.until("a leader", |frame| frame.leader().is_some());
            }
        }
    }

    /// Opens a stream, makes the calls that the recorder made beside it, and compares what is
    /// heard with what etcd said.
    fn stream_difference(&mut self, call: &Call) -> Option<String> {
        let node = Self::node(call);
        let steps = steps(call);
        let mut stream: Option<RequestId> = None;
        let mut difference = None;
        for step in &steps {
            match step {
                Step::Say(text) => {
                    let request = match &*call.path {
                        gateway::KEEP_ALIVE_PATH => gateway::keep_alive_request(&self.here(text)),
                        _ => gateway::watch_request(&self.here(text)),
                    };
                    let request = request.expect(&call.name);
                    let action = match stream {
                        None => with_token(&self.token(call), Action::Open { node, request }),
                        Some(stream) => Action::Say { stream, request },
                    };
                    let number = self.lab.act(action);
                    stream = stream.or(number);
                    self.lab.pass(SAYING_US);
                }
                Step::Ask(path, body, recorded) => {
                    let answer = self.ask(node, path, body);
                    let name = format!("{} ({path})", call.name);
                    difference = difference.or(self.differs(&name, recorded, &answer));
                }
            }
        }
        self.lab.pass(match call.name.contains("expiry") {
            true => LISTENING_LONG_US,
            false => LISTENING_US,
        });
        let stream = stream.expect("something was said");
        let heard = self.lab.run.take_streamed(stream).unwrap_or_default();
        if heard.ended.is_none() {
            self.lab.act(Action::Close { stream });
        }
        let mut lines = heard
            .responses
            .iter()
            .map(|said| stream_response_json(said));
        let mut recorded = recorded_lines(call).into_iter();
        loop {
            let (etcd, here) = match (recorded.next(), lines.next()) {
                (None, None) => return difference,
                (etcd, here) => (etcd.unwrap_or_default(), here.unwrap_or_default()),
            };
            difference = difference.or(self.differs(&call.name, &etcd, &here));
        }
    }

    fn ask(&mut self, node: NodeId, path: &str, body: &str) -> String {
        self.ask_as("", node, path, body)
    }

    /// Asks with a token; an empty one is none.
    fn ask_as(&mut self, token: &str, node: NodeId, path: &str, body: &str) -> String {
        let request = match gateway::request_at(path, &self.here(body)) {
            Ok(request) => request,
            Err(problem) => {
                let what = problem.what;
                return json!({"error": what, "message": what, "code": 3}).to_string();
            }
        };
        let is_read = request.is_repeatable();
        let action = Action::Request {
            node,
            request,
            timeout_us: PATIENCE_US,
        };
        let id = self.lab.act(with_token(token, action));
        match &*self.lab.outcome(id.expect("a request has a number")) {
            Ok(response) if path == gateway::KEEP_ALIVE_PATH => {
                format!("{{\"result\":{}}}", response_json(response))
            }
            Ok(response) => response_json(response),
            // The recorder's connection asked once. etcd's client, which the world has, asks
            // for a read again until its patience ends (`clientv3/retry.go`).
            Err(Error::DeadlineExceeded) if is_read => GAVE_UP.to_owned(),
            Err(error) => error_json(error),
        }
    }

    /// The token that a call was made with, as it is here; empty for none.
    fn token(&self, call: &Call) -> String {
        let token = call.raw["req_headers"]["Authorization"].as_str();
        // The recorder left the header of streams out.
        let of_alice = call.raw["kind"] == "stream" && call.name.starts_with("alice-");
        let left_out = if of_alice { "gERiVFonMHTdxqse.35" } else { "" };
        self.here(token.unwrap_or(left_out))
    }

    /// Takes in what a cluster gives by itself: identifiers of leases and new members, tokens.
    fn learn(&mut self, call: &Call, answer: &str) {
        let pointer = match &*call.path {
            "/v3/lease/grant" => "/ID",
            "/v3/cluster/member/add" => "/member/ID",
            "/v3/auth/authenticate" => "/token",
            _ => return,
        };
        let id = |text: &str| -> Option<String> {
            let value: Value = serde_json::from_str(text).ok()?;
            Some(value.pointer(pointer)?.as_str()?.to_owned())
        };
        if let (Some(recorded), Some(here)) = (id(&call.answers[0]), id(answer))
            && recorded != here
            && recorded.len() > 10
        {
            self.names.push((recorded, here));
        }
    }
}

/// An action of a client with a token; an empty one is none.
fn with_token(token: &str, action: Action) -> Action {
    match token {
        "" => action,
        _ => Action::As {
            token: token.to_owned(),
            action: Box::new(action),
        },
    }
}

/// What is done while a stream is open.
enum Step {
    /// Something is said on it.
    Say(String),
    /// A call is made beside it: the path, the body, and what etcd answered.
    Ask(String, String, String),
}

/// What the recorder did with a stream. It said all it had to say before it made other calls,
/// but for web sockets, where the log tells.
fn steps(call: &Call) -> Vec<Step> {
    let ask = |made: &Value, path: &str| {
        let text = |name: &str| made[name].as_str().expect("it was recorded").to_owned();
        Step::Ask(text(path), made["request"].to_string(), text("response"))
    };
    let list = |name: &str| call.raw[name].as_array().into_iter().flatten();
    let said = call.stream.iter().map(|text| Step::Say(text.clone()));
    let side = list("side_calls").map(|made| ask(made, "path"));
    let logged = list("log").filter_map(|entry| match entry.get("send") {
        Some(said) => Some(Step::Say(said.to_string())),
        None => entry.get("side").map(|_| ask(entry, "side")),
    });
    said.chain(side).chain(logged).collect()
}

/// What etcd said on a stream.
fn recorded_lines(call: &Call) -> Vec<String> {
    let log = call.raw["log"].as_array().into_iter().flatten();
    let logged = log.filter_map(|entry| entry["text"].as_str());
    let lines = call.answers.iter().map(String::as_str);
    lines.chain(logged).map(str::to_owned).collect()
}
