//! English: fields.

use crate::form::{Field, Subject, Wrong};

use super::lab::Forms;
use super::numbers::seconds;

pub(super) const FORMS: Forms = Forms {
    title,
    field,
    hint,
    choice,
    wrong: |field, wrong| match wrong {
        Wrong::Unreadable => format!("This is not understood: {}.", hint(field)),
        Wrong::Bound(allowed) => format!("This has to be {allowed}."),
    },
    runs: |timer| {
        format!(
            "It is {} s now: the timer began at {} s and runs out at {} s.",
            seconds(timer.length(), 3),
            seconds(timer.since, 3),
            seconds(timer.expires_at, 3)
        )
    },
    differs: "differs",
    pick: "Pick a value",
    apply: "Apply",
    apply_hint: "Do it now; what was changed is recorded as an action each",
    usual: "As before",
    usual_hint: "Put in what the run began with; Apply takes it over",
    begin: "Begin with these",
    begin_hint: "Begin this run anew with what stands in the fields",
};

pub(super) fn title(subject: Subject) -> String {
    match subject {
        Subject::Way(from, to) => format!("Link {from} → {to}"),
        Subject::Link(a, b) => format!("Link {a} – {b}, both directions"),
        Subject::Network => "Every link".to_owned(),
        Subject::Disk(node) => format!("Disk of {node}"),
        Subject::Disks => "Every disk".to_owned(),
        Subject::Clock(node) => format!("Clock of {node}"),
        Subject::Timeout(node) => format!("Election timeout of {node}"),
        Subject::Options(node) => format!("{node} from its next start on"),
        Subject::AllOptions => "Every node from its next start on".to_owned(),
        Subject::Delay(_) => "Delay the message".to_owned(),
        Subject::Clients => "Clients".to_owned(),
        Subject::Groups => "Groups".to_owned(),
        Subject::Voters => "Voters and learners".to_owned(),
        Subject::Address(node, _) => format!("Peer address of {node}"),
        Subject::Request(node) => format!("Ask {node}"),
    }
}

fn field(field: Field) -> &'static str {
    match field {
        Field::Latency => "Latency",
        Field::Shape => "Spread",
        Field::Loss => "Lost",
        Field::Duplicate => "Duplicated",
        Field::Reorder => "Reordered",
        Field::Bandwidth => "Bandwidth",
        Field::Sync => "Sync takes",
        Field::Full => "Room",
        Field::Lies => "Says of syncs",
        Field::Rate => "Goes wrong by",
        Field::Jump => "Jump ahead",
        Field::Ticks => "Ticks",
        Field::Delay => "By",
        Field::PreVote => "PreVote",
        Field::CheckQuorum => "CheckQuorum",
        Field::ReadMode => "Reads by",
        Field::SnapshotEntries => "Snapshot every",
        Field::CatchUpEntries => "Entries kept",
        Field::MaxInflight => "Appends in flight",
        Field::MaxMessageSize => "Append size",
        Field::Quota => "Catalog’s quota",
        Field::ElectionTicks => "Election ticks",
        Field::HeartbeatTicks => "Heartbeat ticks",
        Field::Tick => "Tick",
        Field::Clients => "Clients",
        Field::Keys => "Keys",
        Field::Reads => "Reads",
        Field::Serializable => "Serializable",
        Field::Think => "Thinking",
        Field::Timeout => "Patience",
        Field::Groups => "Groups",
        Field::Voters => "Voters",
        Field::Learners => "Learners",
        Field::Address => "Peer URLs",
        Field::Verb => "Request",
        Field::Key => "Key",
        Field::Value => "Value",
    }
}

fn hint(field: Field) -> &'static str {
    match field {
        Field::Latency => "one time or two, such as 50ms or 40ms..120ms",
        Field::Shape => "how latencies spread between the two",
        Field::Loss => "how many messages are lost, such as 5% or 0.1%",
        Field::Duplicate => "how many messages arrive twice, such as 5%",
        Field::Reorder => "how many messages may overtake others, such as 5%",
        Field::Bandwidth => "what goes through each direction, such as 10kB/s, or unlimited",
        Field::Sync => "one time or two, such as 20ms or 10ms..30ms",
        Field::Full => "a full disk stops a node that has to write",
        Field::Lies => "a disk that lies loses its unsynced tail at a crash",
        Field::Rate => "faster or slower than time, such as +20% or -5%; 0% is right",
        Field::Jump => "how far it jumps, such as 2s; empty for no jump",
        Field::Ticks => "a number of ticks, from election-ticks to twice that, less one",
        Field::Delay => "how much later it arrives, such as 500ms or 2s",
        Field::PreVote => "ask before standing for election",
        Field::CheckQuorum => "a leader that hears from no majority steps down",
        Field::ReadMode => {
            "how a leader makes sure that a read is fresh; a lease needs CheckQuorum"
        }
        Field::SnapshotEntries => "how many entries are applied between two snapshots",
        Field::CatchUpEntries => "how many entries before a snapshot stay in the log",
        Field::MaxInflight => "how many appends are under way to one follower",
        Field::MaxMessageSize => "how much one append carries, such as 1MiB; 0B is one entry",
        Field::Quota => "the size from which puts are refused, such as 64MiB",
        Field::ElectionTicks => "ticks without a leader after which a node may stand",
        Field::HeartbeatTicks => "ticks between two heartbeats",
        Field::Tick => "the time between two ticks, such as 100ms",
        Field::Clients => "how many clients work by themselves, 0 to 100",
        Field::Keys => "how many keys they share",
        Field::Reads => "how many of a hundred requests read, such as 50%",
        Field::Serializable => "how many of a hundred reads ask one node alone, such as 10%",
        Field::Think => "one time or two between two requests, such as 200ms..2s",
        Field::Timeout => "how long a client waits for an answer, such as 5s",
        Field::Groups => "groups of nodes with | between them, such as n1 n2 | n3 n4 n5",
        Field::Voters => "nodes, such as n1 n2 n3; a leader has to be there to propose it",
        Field::Learners => "nodes that get the log without a vote, such as n4; or none",
        Field::Address => "one peer address or more, such as http://n6:2380,http://10.0.0.6:2380",
        Field::Verb => "what the client asks for",
        Field::Key => "a key",
        Field::Value => "the value of a put",
    }
}

fn choice(word: &str) -> &'static str {
    match word {
        "even" => "evenly",
        "bell" => "about the middle",
        "long-tail" => "long tail",
        "ok" => "enough",
        "full" => "full",
        "honest" => "the truth",
        "lies" => "lies",
        "off" => "off",
        "on" => "on",
        "read-index" => "ReadIndex",
        "lease" => "lease",
        "put" => "put",
        "get" => "get",
        _ => "del",
    }
}
