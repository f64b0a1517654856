//! How fast the world is, beside the bare raft crate with the same nodes and proposals; what
//! an event costs in a long run; how soon any moment of it is there.
//!
//! The clock is handed in, so that one code measures natively and in a browser. What is
//! compared is measured in turn, and the median counts: a machine that is busy for a while
//! slows both.

mod bare;
pub mod catalog;
mod long;

use std::fmt::Write as _;
use std::iter::once_with;

use glassraft_core::check::Watch;
use glassraft_core::member::Role;
use glassraft_core::share::link;
use glassraft_core::trace::Run;
use glassraft_core::world::{Action, Setup};

use crate::{CLIENT_TIMEOUT_US, n, put, recordings};

pub use bare::bare;
pub use long::{Busy, costs, seeks};

/// The sizes of the clusters that are measured.
const CLUSTERS: [u8; 4] = [3, 5, 9, 15];

/// The nodes of a usual cluster.
pub const NODES: u8 = 5;

/// Proposals between two ticks.
const PROPOSALS_PER_TICK: u64 = 1;

/// The size of a value; with keys of eight bytes, what etcd's own `benchmark put` is
/// mostly run with.
const VALUE_BYTES: usize = 256;

/// How many pairs of runs are measured.
const PAIRS: usize = 7;

/// What one run did, and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Events recorded.
    pub events: u64,
    /// Messages sent.
    pub messages: u64,
    /// Seconds on the clock.
    pub seconds: f64,
}

impl Pace {
    fn events_per_second(&self) -> f64 {
        self.events as f64 / self.seconds
    }

    /// Messages per second.
    #[must_use]
    pub fn per_second(&self) -> f64 {
        self.messages as f64 / self.seconds
    }
}

/// Measures everything, a part at a time, as its text is asked for. Each of a cluster's nodes
/// has its part of so many ticks. `now_ms` reads a clock.
pub fn report(ticks: u64, now_ms: &impl Fn() -> f64) -> impl Iterator<Item = String> {
    let begin = move || {
        // A browser compiles once more, and better, what has run for a while: nobody's figures.
        beside(NODES, ticks / u64::from(NODES), now_ms);
        format!(
            "median of {PAIRS} pairs; a put of {VALUE_BYTES} bytes a tick\n\
             nodes  world, record kept              bare raft crate  ratio"
        )
    };
    let of_cluster = move |nodes| beside(nodes, ticks / u64::from(nodes), now_ms);
    let of_checks = move || {
        let each = (0..PAIRS).map(|_| checks(NODES, ticks / u64::from(NODES), now_ms));
        let ns = median(each.collect());
        format!("all checks, of {NODES} nodes: {ns:.1} ns/event")
    };
    once_with(begin)
        .chain(CLUSTERS.into_iter().map(of_cluster))
        .chain(once_with(of_checks))
        .chain(once_with(move || costs(now_ms)))
        .chain(
            [100, 10_000]
                .into_iter()
                .map(move |keys| seeks(keys, 100_000, now_ms)),
        )
        .chain(once_with(links))
}

/// A cluster of so many nodes beside the bare crate's.
fn beside(nodes: u8, ticks: u64, now_ms: &impl Fn() -> f64) -> String {
    let pairs: Vec<(Pace, Pace)> = (0..PAIRS)
        .map(|_| (world(nodes, ticks, now_ms), bare(nodes, ticks, now_ms)))
        .collect();
    let median = |of: &dyn Fn(&(Pace, Pace)) -> f64| median(pairs.iter().map(of).collect());
    format!(
        "{nodes:>5} {:>9.0} events/s {:>9.0} messages/s {:>9.0} messages/s {:>6.2}",
        median(&|(world, _)| world.events_per_second()),
        median(&|(world, _)| world.per_second()),
        median(&|(_, bare)| bare.per_second()),
        median(&|(world, bare)| world.per_second() / bare.per_second()),
    )
}

/// How long links are; the same everywhere.
fn links() -> String {
    let mut text = "characters of a link, median and longest of 25 lectures".to_owned();
    for actions in [10, 200, 1_000] {
        let lengths = (0..25).map(|seed| {
            let link = link::encode(&recordings::lecture(seed, actions));
            link.expect("a lecture fits a link").len()
        });
        let mut lengths: Vec<usize> = lengths.collect();
        lengths.sort_unstable();
        let (middle, longest) = (lengths[lengths.len() / 2], lengths[lengths.len() - 1]);
        write!(text, "\n{actions:>7} actions {middle:>6} {longest:>6}").expect("a string takes it");
    }
    text
}

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The world, with its network, disks, clients, catalogs and record.
pub fn world(nodes: u8, ticks: u64, now_ms: &impl Fn() -> f64) -> Pace {
    let mut began = now_ms();
    let mut before = (0, 0);
    let run = work(nodes, ticks, |run, tick| {
        if tick == 0 {
            before = (run.record().len(), run.frame().messages_sent);
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
        events: run.record().len() - before.0,
        messages: frame.messages_sent - before.1,
        seconds,
    }
}

/// What all checks cost, in ns an event, over the same work.
pub fn checks(nodes: u8, ticks: u64, now_ms: &impl Fn() -> f64) -> f64 {
    let mut watch = Watch::new();
    let mut spent_ms = 0.0;
    work(nodes, ticks, |run, _| {
        let began = now_ms();
        watch.follow(run.record()).expect("the record keeps a tick");
        spent_ms += now_ms() - began;
    });
    assert_eq!(watch.checks.first_broken(), None);
    spent_ms * 1e6 / watch.seen() as f64
}

/// A cluster that elects a leader and works. Before each proposal, `look` sees it.
fn work(nodes: u8, ticks: u64, mut look: impl FnMut(&Run, u64)) -> Run {
    let setup = Setup {
        nodes,
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
