//! What a run begins with.

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::member::MAX_NODES;
use crate::member::{Micros, Options, ReadMode};

/// The longest span of time that a setup may name, in µs: one hour.
pub(super) const MAX_SPAN_US: Micros = 3_600_000_000;

/// What a span of time may be, in words.
pub(super) const SPAN_ALLOWED: &str = "1 µs to 1 h, shortest first";

/// The largest size that a setup may name, in bytes: 1 GiB.
const MAX_BYTES: u64 = 1 << 30;

/// A duration that is drawn anew each time, evenly between its two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The shortest, in µs.
    pub min_us: Micros,
    /// The longest, in µs.
    pub max_us: Micros,
}

impl Span {
    /// Whether it goes from its shortest, `least_us` or more, to its longest.
    pub(super) fn is_allowed(&self, least_us: Micros) -> bool {
        (least_us..=self.max_us).contains(&self.min_us) && self.max_us <= MAX_SPAN_US
    }
}

/// How the durations of a [`Latency`] spread between its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Evenly.
    #[default]
    Even,
    /// Mostly about the middle: the mean of three even draws.
    Bell,
    /// Mostly near the shortest, now and then far above it: the product of three even draws.
    LongTail,
}

/// How long messages take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Latency {
    /// The shortest, in µs.
    pub min_us: Micros,
    /// The longest, in µs.
    pub max_us: Micros,
    /// How they spread in between.
    #[serde(default)]
    pub shape: Shape,
}

impl Latency {
    /// Its two ends.
    pub(super) fn span(&self) -> Span {
        Span {
            min_us: self.min_us,
            max_us: self.max_us,
        }
    }
}

/// How messages travel between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// How long a message takes, one way. Two messages from one node to another arrive in
    /// the order in which they were sent, as on a TCP connection.
    pub latency: Latency,
    /// How many of a million messages are lost.
    pub loss_ppm: u32,
    /// How many of a million messages arrive twice.
    pub duplicate_ppm: u32,
    /// How many of a million messages may overtake those sent before them.
    pub reorder_ppm: u32,
    /// How many bytes go through each direction of a link in a second; 0 for as many as
    /// come.
    pub bandwidth_bytes_per_s: u32,
}

impl Default for Network {
    /// Slow enough to be watched at real pace, fast enough for etcd's default timeouts.
    fn default() -> Self {
        Self {
            latency: Latency {
                min_us: 40_000,
                max_us: 120_000,
                shape: Shape::Even,
            },
            loss_ppm: 0,
            duplicate_ppm: 0,
            reorder_ppm: 0,
            bandwidth_bytes_per_s: 0,
        }
    }
}

/// How a node's disk behaves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Disk {
    /// How long one sync takes. It covers all that was written before it began; later
    /// writes wait for the next one.
    pub sync: Span,
}

impl Default for Disk {
    fn default() -> Self {
        Self {
            sync: Span {
                min_us: 10_000,
                max_us: 30_000,
            },
        }
    }
}

/// Everything that a run begins with, but for its seed. All of it has a default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    /// How many nodes the cluster begins with, all of them voters: 1 to 15.
    pub nodes: u8,
    /// The network between the nodes.
    pub network: Network,
    /// Every node's disk.
    pub disk: Disk,
    /// Every node's settings.
    pub options: Options,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            nodes: 5,
            network: Network::default(),
            disk: Disk::default(),
            options: Options::default(),
        }
    }
}

/// Why a run cannot begin with a setup: the field, and what it has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupError {
    /// The path of the field.
    pub field: &'static str,
    /// The value found.
    pub found: u64,
    /// What is allowed.
    pub allowed: &'static str,
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            found,
            allowed,
        } = self;
        write!(f, "{field} is {found}, but has to be {allowed}")
    }
}

impl std::error::Error for SetupError {}

impl Setup {
    /// Checks every field.
    ///
    /// # Errors
    /// The first field that is out of bounds.
    pub fn validate(&self) -> Result<(), SetupError> {
        is(
            (1..=MAX_NODES).contains(&self.nodes),
            "nodes",
            self.nodes.into(),
            "1 to 15",
        )?;
        for (field, span) in [
            ("network.latency", self.network.latency.span()),
            ("disk.sync", self.disk.sync),
        ] {
            is(span.is_allowed(1), field, span.min_us, SPAN_ALLOWED)?;
        }
        for (field, ppm) in [
            ("network.loss_ppm", self.network.loss_ppm),
            ("network.duplicate_ppm", self.network.duplicate_ppm),
            ("network.reorder_ppm", self.network.reorder_ppm),
        ] {
            is(ppm <= 1_000_000, field, ppm.into(), "0 to 1000000")?;
        }
        validate_options(&self.options)
    }
}

fn is(ok: bool, field: &'static str, found: u64, allowed: &'static str) -> Result<(), SetupError> {
    if ok {
        return Ok(());
    }
    Err(SetupError {
        field,
        found,
        allowed,
    })
}

/// Checks a node's settings, of a setup or for its next start.
pub(super) fn validate_options(options: &Options) -> Result<(), SetupError> {
    is(
        (1_000..=10_000_000).contains(&options.tick_us),
        "options.tick_us",
        options.tick_us,
        "1000 to 10000000",
    )?;
    is(
        (1..=100).contains(&options.heartbeat_ticks),
        "options.heartbeat_ticks",
        options.heartbeat_ticks.into(),
        "1 to 100",
    )?;
    is(
        options.election_ticks > options.heartbeat_ticks && options.election_ticks <= 1_000,
        "options.election_ticks",
        options.election_ticks.into(),
        "above heartbeat_ticks, at most 1000",
    )?;
    is(
        options.max_size_per_message_bytes <= MAX_BYTES,
        "options.max_size_per_message_bytes",
        options.max_size_per_message_bytes,
        "at most 1 GiB",
    )?;
    is(
        options.quota_bytes <= MAX_BYTES,
        "options.quota_bytes",
        options.quota_bytes,
        "at most 1 GiB",
    )?;
    is(
        (1..=100_000).contains(&options.max_inflight_messages),
        "options.max_inflight_messages",
        options.max_inflight_messages.into(),
        "1 to 100000",
    )?;
    is(
        (1..=1_000_000).contains(&options.snapshot_entries),
        "options.snapshot_entries",
        options.snapshot_entries.into(),
        "1 to 1000000",
    )?;
    is(
        options.catch_up_entries <= 1_000_000,
        "options.catch_up_entries",
        options.catch_up_entries.into(),
        "0 to 1000000",
    )?;
    is(
        options.check_quorum || options.read_mode != ReadMode::Lease,
        "options.check_quorum",
        options.check_quorum.into(),
        "true (1) where reads trust a lease",
    )
}
