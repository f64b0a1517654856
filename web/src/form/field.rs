//! What can be set.

/// A field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    // Links.
    Latency,
    Shape,
    Loss,
    Duplicate,
    Reorder,
    Bandwidth,
    // Disks and clocks.
    Sync,
    Full,
    Lies,
    Rate,
    Jump,
    // What is done once.
    Ticks,
    Delay,
    // The settings of nodes.
    PreVote,
    CheckQuorum,
    ReadMode,
    SnapshotEntries,
    CatchUpEntries,
    MaxInflight,
    MaxMessageSize,
    Quota,
    ElectionTicks,
    HeartbeatTicks,
    Tick,
    // Clients.
    Clients,
    Keys,
    Reads,
    Serializable,
    Think,
    Timeout,
    // Groups of nodes.
    Groups,
    Voters,
    Learners,
    Address,
    // A request.
    Verb,
    Key,
    Value,
}

const ON_OFF: &[&str] = &["off", "on"];

impl Field {
    /// The word that the console has for it, which is also its name for tests.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Latency => "latency",
            Self::Shape => "shape",
            Self::Loss => "loss",
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::Bandwidth => "bandwidth",
            Self::Sync => "sync",
            Self::Full => "full",
            Self::Lies => "lies",
            Self::Rate => "rate",
            Self::Jump => "jump",
            Self::Ticks => "ticks",
            Self::Delay => "delay",
            Self::PreVote => "pre-vote",
            Self::CheckQuorum => "check-quorum",
            Self::ReadMode => "read-mode",
            Self::SnapshotEntries => "snapshot-entries",
            Self::CatchUpEntries => "catch-up-entries",
            Self::MaxInflight => "max-inflight",
            Self::MaxMessageSize => "max-message-size",
            Self::Quota => "quota",
            Self::ElectionTicks => "election-ticks",
            Self::HeartbeatTicks => "heartbeat-ticks",
            Self::Tick => "tick",
            Self::Clients => "clients",
            Self::Keys => "keys",
            Self::Reads => "reads",
            Self::Serializable => "serializable",
            Self::Think => "think",
            Self::Timeout => "timeout",
            Self::Groups => "groups",
            Self::Voters => "voters",
            Self::Learners => "learners",
            Self::Address => "peer-urls",
            Self::Verb => "verb",
            Self::Key => "key",
            Self::Value => "value",
        }
    }

    /// Whether it holds several nodes or addresses, and wants room.
    pub(crate) fn is_list(self) -> bool {
        matches!(
            self,
            Self::Groups | Self::Voters | Self::Learners | Self::Address
        )
    }

    /// All values that it can have, if they are few. They are words of the console.
    pub(crate) fn choices(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Self::Shape => &["even", "bell", "long-tail"],
            Self::Full => &["ok", "full"],
            Self::Lies => &["honest", "lies"],
            Self::PreVote | Self::CheckQuorum => ON_OFF,
            Self::ReadMode => &["read-index", "lease"],
            Self::Verb => &["put", "get", "del"],
            _ => return None,
        })
    }

    /// Values that are often wanted, for those who would rather point than type.
    pub(crate) fn suggestions(self) -> &'static [&'static str] {
        match self {
            Self::Latency => &[
                "1ms..5ms",
                "40ms..120ms",
                "150ms..400ms",
                "500ms..1s",
                "20ms..2s",
            ],
            Self::Loss | Self::Duplicate | Self::Reorder => &["0%", "2%", "10%", "30%", "60%"],
            Self::Bandwidth => &["unlimited", "100kB/s", "10kB/s", "1kB/s"],
            Self::Sync => &["1ms..5ms", "10ms..30ms", "100ms..200ms", "400ms..800ms"],
            Self::Rate => &["0%", "+20%", "+100%", "-20%", "-50%"],
            Self::Jump | Self::Delay => &["500ms", "1s", "2s", "5s"],
            Self::Ticks => &["10", "15", "19"],
            Self::SnapshotEntries => &["10", "100", "1000", "100000"],
            Self::CatchUpEntries => &["0", "5", "50", "5000"],
            Self::MaxInflight => &["1", "8", "512"],
            Self::MaxMessageSize => &["0B", "1KiB", "1MiB"],
            Self::Quota => &["10kB", "64MiB"],
            Self::Clients => &["0", "1", "3", "10", "50"],
            Self::Keys => &["1", "10", "1000"],
            Self::Reads | Self::Serializable => &["0%", "50%", "90%", "100%"],
            Self::Think => &["20ms..200ms", "200ms..2s", "1s..10s"],
            _ => &[],
        }
    }

    /// The field that one of the core's bounds is about, if it has one here.
    pub(crate) fn of_bound(what: &str) -> Option<Self> {
        let (_, name) = what.rsplit_once('.')?;
        Some(match name {
            "check_quorum" => Self::CheckQuorum,
            "snapshot_entries" => Self::SnapshotEntries,
            "catch_up_entries" => Self::CatchUpEntries,
            "max_inflight_messages" => Self::MaxInflight,
            "max_size_per_message_bytes" => Self::MaxMessageSize,
            "quota_bytes" => Self::Quota,
            "election_ticks" => Self::ElectionTicks,
            "heartbeat_ticks" => Self::HeartbeatTicks,
            "tick_us" => Self::Tick,
            "clients" => Self::Clients,
            "keys" => Self::Keys,
            "read_percent" => Self::Reads,
            "serializable_percent" => Self::Serializable,
            "think" => Self::Think,
            "timeout_us" => Self::Timeout,
            "latency" => Self::Latency,
            "loss_ppm" => Self::Loss,
            "duplicate_ppm" => Self::Duplicate,
            "reorder_ppm" => Self::Reorder,
            "sync" => Self::Sync,
            _ => return None,
        })
    }
}
