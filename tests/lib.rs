//! Shared by the tests: a cluster with a console, driven in virtual time.

pub mod calls;
pub mod chaos;
pub mod crowd;
pub mod forge;
pub mod pace;
pub mod recordings;

use glassraft_core::console::{Console, Entry, EntryId};
use glassraft_core::etcd::{
    MemberAddRequest, MemberPromoteRequest, MemberRemoveRequest, PutRequest, RangeRequest, Request,
    StreamRequest, WatchCreateRequest, WatchRequest, WatchRequestUnion, peer_url,
};
use glassraft_core::member::{MemberView, Micros, NodeId, RequestId, Role};
use glassraft_core::trace::{Frame, Liveness, NodeFrame, Outcome, Run, text};
use glassraft_core::world::{Action, EventId, Setup};

/// How much virtual time a condition may take, in µs.
const PATIENCE_US: Micros = 60_000_000;

/// How long etcd's client waits by default, in µs.
pub const CLIENT_TIMEOUT_US: Micros = 5_000_000;

/// A run with a console at it. What fails prints the seed, which repeats it.
pub struct Lab {
    /// The run.
    pub run: Run,
    /// The console.
    pub console: Console,
    seed: u64,
}

impl Lab {
    /// A cluster of so many nodes at its beginning.
    #[must_use]
    pub fn new(nodes: u8, seed: u64) -> Self {
        let setup = Setup {
            nodes,
            ..Setup::default()
        };
        Self::with_setup(setup, seed)
    }

    /// A cluster at its beginning.
    #[must_use]
    pub fn with_setup(setup: Setup, seed: u64) -> Self {
        Self::of(Run::new(setup, seed).expect("the setup is valid"), seed)
    }

    /// A run that is under way.
    #[must_use]
    pub fn of(run: Run, seed: u64) -> Self {
        Self {
            run,
            console: Console::new(),
            seed,
        }
    }

    /// A cluster whose leader has committed its first entry everywhere.
    #[must_use]
    pub fn with_leader(nodes: u8, seed: u64) -> Self {
        let mut lab = Self::new(nodes, seed);
        lab.until("a leader, and its first entry everywhere", |frame| {
            frame.leader().is_some() && frame.nodes.iter().all(|node| node.applied > 0)
        });
        lab
    }

    /// Lets events happen until the picture meets a condition.
    pub fn until(&mut self, what: &str, condition: impl Fn(&Frame) -> bool) {
        let limit = self.run.now() + PATIENCE_US;
        while !condition(self.run.frame()) {
            let stepped = self.run.step().is_some();
            assert!(
                stepped && self.run.now() <= limit,
                "seed {}: waited in vain for {what}, until {} µs",
                self.seed,
                self.run.now()
            );
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, span_us: Micros) {
        self.run.advance(self.run.now() + span_us);
    }

    /// The leader; there has to be one.
    pub fn leader(&mut self) -> NodeId {
        let seed = self.seed;
        let leader = self.run.frame().leader();
        leader
            .unwrap_or_else(|| panic!("seed {seed}: nobody leads"))
            .node
    }

    /// A node that runs and does not lead.
    pub fn follower(&mut self) -> NodeId {
        let seed = self.seed;
        let mut nodes = self.run.frame().nodes.iter();
        nodes
            .find(|node| node.role() == Some(Role::Follower))
            .unwrap_or_else(|| panic!("seed {seed}: nobody follows"))
            .node
    }

    /// Acts; the action has to be possible.
    pub fn act(&mut self, action: Action) -> Option<RequestId> {
        let seed = self.seed;
        self.run
            .act(action)
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"))
    }

    /// Crashes a node.
    pub fn crash(&mut self, node: NodeId) {
        self.act(Action::Crash { node });
    }

    /// Starts a node again.
    pub fn restart(&mut self, node: NodeId) {
        self.act(Action::Restart { node });
    }

    /// Begins a request with the client's default patience.
    pub fn request(&mut self, node: NodeId, request: Request) -> RequestId {
        let action = Action::Request {
            node,
            request,
            timeout_us: CLIENT_TIMEOUT_US,
        };
        self.act(action).expect("a request has a number")
    }

    /// Waits until a request has ended, and says how.
    pub fn outcome(&mut self, id: RequestId) -> Outcome {
        self.until("the end of a request", |frame| {
            !frame.requests.contains_key(&id)
        });
        self.run
            .take_outcome(id)
            .expect("a request that ended has an outcome")
    }

    /// Types a line at a node and waits until its command has ended.
    pub fn type_line(&mut self, node: NodeId, line: &str) -> Entry {
        let id = self.console.submit(&mut self.run, node, line);
        let limit = self.run.now() + PATIENCE_US;
        loop {
            self.console.poll(&mut self.run);
            let entry = self.entry(id);
            if entry.exit.is_some() {
                return entry;
            }
            let next = self.console.next_at().unwrap_or(limit).min(limit);
            let stepped = self.run.step_until(next).is_some();
            assert!(
                stepped || self.run.now() < limit,
                "seed {}: `{line}' did not end",
                self.seed
            );
        }
    }

    /// Types a line at a node and leaves its command running.
    pub fn type_line_without_waiting(&mut self, node: NodeId, line: &str) -> EntryId {
        self.console.submit(&mut self.run, node, line)
    }

    /// A typed line as it stands now.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Entry {
        let mut entries = self.console.entries();
        let entry = entries.find(|entry| entry.id == id);
        (**entry.expect("the console keeps the last lines")).clone()
    }
}

impl Lab {
    /// Compares the picture with what the nodes hold.
    pub fn assert_nodes(&mut self, when: &str) {
        for shown in &self.run.frame().nodes {
            let what = format!("seed {}, {when}, {}", self.seed, shown.node);
            let held = self.run.view(shown.node);
            assert_shown(shown, &held.expect("every node shown is there"), &what);
        }
    }

    /// Compares the picture with what the nodes hold, and looks for two leaders of one term.
    pub fn assert_picture(&mut self, when: &str) {
        self.assert_nodes(when);
        let frame = self.run.frame();
        let leaders = frame
            .nodes
            .iter()
            .filter(|node| node.role() == Some(Role::Leader));
        let mut terms: Vec<u64> = leaders.map(|leader| leader.term).collect();
        terms.sort_unstable();
        let count = terms.len();
        terms.dedup();
        assert_eq!(
            terms.len(),
            count,
            "seed {}, {when}: two leaders in one term",
            self.seed
        );
    }
}

fn assert_shown(shown: &NodeFrame, held: &MemberView<'_>, what: &str) {
    assert_eq!(shown.role(), held.role, "{what}");
    assert_eq!(shown.term, held.term, "{what}");
    assert_eq!(shown.vote, held.vote, "{what}");
    assert_eq!(shown.leader, held.leader, "{what}");
    assert_eq!(shown.synced, held.synced, "{what}");
    assert_eq!(shown.first, held.first, "{what}");
    assert!(shown.log.iter().eq(held.entries), "{what}");
    assert_eq!(shown.snapshot, held.snapshot, "{what}");
    let is_removed = shown.liveness == Liveness::Removed;
    assert_eq!(is_removed, held.is_removed, "{what}");
    if let Some(configuration) = held.configuration {
        assert_eq!(*shown.configuration, *configuration, "{what}");
    }
    assert_eq!(
        shown.timer.map(|timer| timer.expires_at),
        held.expires_at,
        "{what}"
    );
    assert_eq!(shown.commit, held.commit, "{what}");
    if let Some(catalog) = held.catalog {
        assert_eq!(shown.applied, held.applied, "{what}");
        assert_eq!(shown.revision, catalog.revision(), "{what}");
        assert!(shown.shelf.values().eq(catalog.iter()), "{what}");
    }
}

/// The trace of a run so far, one line per event.
#[must_use]
pub fn trace(run: &Run) -> String {
    run.record()
        .since(EventId(0))
        .map(|(id, event)| text::line(id, event) + "\n")
        .collect()
}

/// The node with this number, from 1.
#[must_use]
pub fn n(number: u8) -> NodeId {
    NodeId::new(number).expect("nodes are numbered from 1")
}

/// A put.
#[must_use]
pub fn put(key: &str, value: &str) -> Request {
    Request::Put(PutRequest {
        key: key.to_owned().into(),
        value: value.to_owned().into(),
        ..PutRequest::default()
    })
}

/// What a client says to watch one key from now on.
#[must_use]
pub fn watch(key: &str) -> StreamRequest {
    watch_as(WatchCreateRequest {
        key: key.to_owned().into(),
        ..WatchCreateRequest::default()
    })
}

/// What a client says to begin a watcher.
#[must_use]
pub fn watch_as(create: WatchCreateRequest) -> StreamRequest {
    StreamRequest::Watch(WatchRequest {
        request: Some(WatchRequestUnion::Create(create)),
    })
}

/// A linearizable read of one key.
#[must_use]
pub fn get(key: &str) -> Request {
    Request::Range(RangeRequest {
        key: key.to_owned().into(),
        ..RangeRequest::default()
    })
}

/// To add a node to the members.
#[must_use]
pub fn add(node: u8, is_learner: bool) -> Request {
    Request::MemberAdd(MemberAddRequest {
        peer_urls: vec![peer_url(node.into())],
        is_learner,
    })
}

/// To remove the member with this identifier.
#[must_use]
pub fn remove(id: u64) -> Request {
    Request::MemberRemove(MemberRemoveRequest { id })
}

/// To make a voter of the learner with this identifier.
#[must_use]
pub fn promote(id: u64) -> Request {
    Request::MemberPromote(MemberPromoteRequest { id })
}

/// What a console printed, both streams in order.
#[must_use]
pub fn printed(entry: &Entry) -> String {
    let lines = entry.output.iter().map(|line| line.text.as_str());
    lines.collect::<Vec<_>>().join("\n")
}
