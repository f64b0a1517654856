//! How fast the world is, beside the bare raft crate with the same nodes and proposals.
//!
//! The clock is handed in, so that one code measures natively and in a browser.

use std::collections::VecDeque;

use glassraft_core::check::Watch;
use glassraft_core::member::Role;
use glassraft_core::trace::Run;
use glassraft_core::world::{Action, Setup};
use raft::eraftpb::Message;
use raft::storage::MemStorage;
use raft::{Config, RawNode, StateRole};

use crate::{CLIENT_TIMEOUT_US, n, put};

/// Nodes of either cluster.
const NODES: u8 = 5;

/// Proposals between two ticks.
const PROPOSALS_PER_TICK: u64 = 1;

/// The size of a value; with keys of eight bytes, what etcd's own `benchmark put` is
/// mostly run with.
const VALUE_BYTES: usize = 256;

/// How many pairs of runs are measured; the median of their ratios counts.
const PAIRS: usize = 5;

/// What one run did, and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Messages sent.
    pub messages: u64,
    /// Seconds on the clock.
    pub seconds: f64,
}

impl Pace {
    /// Messages per second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.messages as f64 / self.seconds
    }
}

/// Measures both, in turn, and reports a table. `now_ms` reads a clock.
pub fn report(where_it_runs: &str, ticks: u64, now_ms: impl Fn() -> f64) -> String {
    let pairs: Vec<(Pace, Pace)> = (0..PAIRS)
        .map(|_| (world(ticks, &now_ms), bare(ticks, &now_ms)))
        .collect();
    let median = |of: &dyn Fn(&(Pace, Pace)) -> f64| {
        let mut values: Vec<f64> = pairs.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    format!(
        "{where_it_runs}: five nodes, {} proposals, median of {PAIRS} pairs\n\
         \x20 world, record kept {:>10.0} messages/s\n\
         \x20 bare raft crate    {:>10.0} messages/s\n\
         \x20 ratio              {:>10.2}\n\
         \x20 all checks         {:>10.1} ns/event",
        ticks * PROPOSALS_PER_TICK,
        median(&|(world, _)| world.per_second()),
        median(&|(_, bare)| bare.per_second()),
        median(&|(world, bare)| world.per_second() / bare.per_second()),
        checks(ticks, &now_ms),
    )
}

/// The world, with its network, disks, clients, catalogs and record.
pub fn world(ticks: u64, now_ms: &impl Fn() -> f64) -> Pace {
    let mut began = now_ms();
    let mut sent_before = 0;
    let run = work(ticks, |run, tick| {
        if tick == 0 {
            sent_before = run.frame().messages_sent;
            began = now_ms();
        }
    });
    let seconds = (now_ms() - began) / 1e3;
    let frame = run.frame();
    assert_eq!(
        frame.leader().and_then(|leader| leader.role()),
        Some(Role::Leader)
    );
    Pace {
        messages: frame.messages_sent - sent_before,
        seconds,
    }
}

/// What all checks cost, in ns an event, over the same work.
pub fn checks(ticks: u64, now_ms: &impl Fn() -> f64) -> f64 {
    let mut watch = Watch::new();
    let mut spent_ms = 0.0;
    work(ticks, |run, _| {
        let began = now_ms();
        watch.follow(run.record()).expect("the record keeps a tick");
        spent_ms += now_ms() - began;
    });
    assert_eq!(watch.checks.first_broken(), None);
    spent_ms * 1e6 / watch.seen() as f64
}

/// A cluster that elects a leader and works. Before each proposal, `look` sees it.
fn work(ticks: u64, mut look: impl FnMut(&Run, u64)) -> Run {
    let setup = Setup {
        nodes: NODES,
        ..Setup::default()
    };
    let tick_us = setup.options.tick_us;
    let mut run = Run::new(setup, 1).expect("the default setup is valid");
    while run.frame().leader().is_none() {
        run.step();
    }
    let leader = run.frame().leader().map_or(n(1), |leader| leader.node);
    let value = "v".repeat(VALUE_BYTES);
    for proposal in 0..ticks * PROPOSALS_PER_TICK {
        look(&run, proposal);
        let action = Action::Request {
            node: leader,
            request: put(&key(proposal), &value),
            timeout_us: CLIENT_TIMEOUT_US,
        };
        run.act(action).expect("the leader runs");
        run.advance(run.now() + tick_us / PROPOSALS_PER_TICK);
    }
    run
}

/// One of a hundred keys of eight bytes.
fn key(proposal: u64) -> String {
    format!("/key/{:03}", proposal % 100)
}

/// The raft crate alone: five nodes in a plain loop that hands every message over at once
/// and drops what is committed.
pub fn bare(ticks: u64, now_ms: &impl Fn() -> f64) -> Pace {
    let mut cluster = Bare::new();
    let leader = cluster.elect();
    let value = vec![b'v'; VALUE_BYTES];
    let began = now_ms();
    let before = cluster.messages;
    for _ in 0..ticks {
        for node in &mut cluster.nodes {
            node.tick();
        }
        cluster.drain();
        for proposal in 0..PROPOSALS_PER_TICK {
            let data = [key(proposal).as_bytes(), &value].concat();
            cluster.nodes[leader]
                .propose(Vec::new(), data)
                .expect("the leader takes proposals");
            cluster.drain();
        }
    }
    Pace {
        messages: cluster.messages - before,
        seconds: (now_ms() - began) / 1e3,
    }
}

struct Bare {
    nodes: Vec<RawNode<MemStorage>>,
    queue: VecDeque<Message>,
    messages: u64,
}

impl Bare {
    fn new() -> Self {
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let voters: Vec<u64> = (1..=u64::from(NODES)).collect();
        let nodes = voters.iter().map(|&id| {
            let config = Config {
                id,
                election_tick: 10,
                heartbeat_tick: 1,
                max_size_per_msg: 1024 * 1024,
                max_inflight_msgs: 512,
                check_quorum: true,
                ..Config::default()
            };
            let storage = MemStorage::new_with_conf_state((voters.clone(), vec![]));
            RawNode::new(&config, storage, &logger).expect("a valid configuration")
        });
        Self {
            nodes: nodes.collect(),
            queue: VecDeque::new(),
            messages: 0,
        }
    }

    fn elect(&mut self) -> usize {
        self.nodes[0].campaign().expect("a follower may stand");
        self.drain();
        assert_eq!(self.nodes[0].raft.state, StateRole::Leader);
        0
    }

    fn drain(&mut self) {
        for place in 0..self.nodes.len() {
            self.handle_ready(place);
        }
        while let Some(message) = self.queue.pop_front() {
            let place = usize::try_from(message.to - 1).expect("a small number");
            // As in the world: what the crate refuses concerns nobody.
            let _refused = self.nodes[place].step(message);
            self.handle_ready(place);
        }
    }

    fn handle_ready(&mut self, place: usize) {
        let node = &mut self.nodes[place];
        while node.has_ready() {
            let mut ready = node.ready();
            self.messages += ready.messages().len() as u64;
            self.queue.extend(ready.take_messages());
            if let Some(hard_state) = ready.hs() {
                node.store().wl().set_hardstate(hard_state.clone());
            }
            if !ready.entries().is_empty() {
                let entries = ready.entries();
                node.store().wl().append(entries).expect("entries in order");
            }
            self.messages += ready.persisted_messages().len() as u64;
            self.queue.extend(ready.take_persisted_messages());
            let mut light = node.advance(ready);
            self.messages += light.messages().len() as u64;
            self.queue.extend(light.take_messages());
            node.advance_apply();
        }
    }
}
