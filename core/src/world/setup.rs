//! What a run begins with.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::member::{Micros, Options};

/// The most nodes of a cluster.
pub const MAX_NODES: u8 = 9;

/// The longest span of time that a setup may name, in µs: one hour.
const MAX_SPAN_US: Micros = 3_600_000_000;

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

/// How messages travel between nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// How long a message takes, one way. Two messages from one node to another arrive in
    /// the order in which they were sent, as on a TCP connection.
    pub latency: Span,
}

impl Default for Network {
    /// Slow enough to be watched at real pace, fast enough for etcd's default timeouts.
    fn default() -> Self {
        Self {
            latency: Span {
                min_us: 40_000,
                max_us: 120_000,
            },
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
    /// How many nodes: 3, 5, 7 or 9.
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
        let options = &self.options;
        let is = |ok: bool, field, found: u64, allowed| {
            if ok {
                return Ok(());
            }
            Err(SetupError {
                field,
                found,
                allowed,
            })
        };
        is(
            matches!(self.nodes, 3 | 5 | 7 | 9),
            "nodes",
            self.nodes.into(),
            "3, 5, 7 or 9",
        )?;
        for (field, span) in [
            ("network.latency", self.network.latency),
            ("disk.sync", self.disk.sync),
        ] {
            let ok = (1..=span.max_us).contains(&span.min_us) && span.max_us <= MAX_SPAN_US;
            is(ok, field, span.min_us, "1 µs to 1 h, shortest first")?;
        }
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
        )
    }
}
