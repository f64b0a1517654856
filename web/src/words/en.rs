//! English.

use glassraft_core::check::Promise;
use glassraft_core::lesson::Subject;
use glassraft_core::trace::{Fault, StepKind};

use crate::panel::Tab;
use crate::session::{Speed, Theme};

use super::en_errors::notice;
use super::numbers::{grouped, seconds};
use super::sentences::sentence;
use super::{
    Console, EntryFacts, Header, Help, History, Panel, Transport, Voice, Words, ending, readable,
};

/// The most characters of a key in a table.
const MAX_KEY_CHARS: usize = 32;

pub(super) static ENGLISH: Words = Words {
    header: Header {
        name: "Glassraft",
        subtitle: "an etcd-like cluster behind glass",
        nodes: "Nodes",
        seed: "Seed",
        seed_hint: "The same seed makes the same run. Type another and press Enter.",
        new_run: "New run",
        new_run_hint: "Begin a run with another seed",
        again: "Again",
        again_hint: "Begin this run anew, without what was done in it",
        voice: "Voice",
        voice_name: |voice| match voice {
            Voice::Technical => "Technical",
            Voice::Library => "Library",
        },
        theme: "Theme",
        theme_name: |theme| match theme {
            Theme::Auto => "Auto",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        },
        help: "Keys and legend",
    },
    stage: super::en_stage::STAGE,
    lab: super::en_lab::ENGLISH,
    form: super::en_form::FORMS,
    share: super::en_lab::SHARE,
    time: super::en_time::TIME,
    sessions: super::en_sessions::ENGLISH,
    panel: Panel {
        tab: |tab| match tab {
            Tab::Tables => "Logs & catalog",
            Tab::Streams => "Watches",
            Tab::Events => "Events",
            Tab::Lab => "Lab",
            Tab::Share => "Share",
        },
        checks: "Always checked",
        promise: |promise| match promise {
            Promise::ElectionSafety => "one leader a term",
            Promise::LeaderAppendOnly => "leaders only append",
            Promise::LogMatching => "logs match",
            Promise::LeaderCompleteness => "leaders have all committed",
            Promise::StateMachineSafety => "same state machine",
        },
        unchecked: "Some events were gone before they could be checked.",
        log: "Every node’s log",
        log_note: "number = term · dashed = not committed · hatched = not on disk",
        log_empty: "Empty until there is a leader: it begins its term with an entry of its own.",
        snapshot: "▨",
        snapshot_hint: "in its snapshot",
        index: "#",
        subject: |subject| match subject {
            Subject::Empty => "no-op".to_owned(),
            // Nearly every entry is a put, and room is scarce: the key alone.
            Subject::Put(key) => ending(key, MAX_KEY_CHARS),
            Subject::Delete(key) => format!("del {}", ending(key, MAX_KEY_CHARS)),
            Subject::Range(key) => format!("get {}", readable(key, MAX_KEY_CHARS)),
            Subject::Txn(key) => format!("txn {}", readable(key, MAX_KEY_CHARS)),
            Subject::Compaction(revision) => format!("compact {revision}"),
            Subject::Grant(ttl) => format!("lease {ttl} s"),
            Subject::Revoke(lease) => format!("revoke {lease:016x}"),
            Subject::Alarm(_) => "alarm".to_owned(),
            Subject::Call(name) => (*name).to_owned(),
            Subject::Members => "members".to_owned(),
        },
        showing: |from, to, of| format!("{from}–{to} of {}", grouped(of)),
        entry,
        catalog: "Every node’s catalog",
        catalog_note: "n1 … = mod revision there · – = not yet · ✕ = deleted · ◔ = leased",
        catalog_empty: "Nothing in it yet. Type in the console:",
        key: "key",
        value: "value",
        version: "ver",
        version_hint: "version: how often the key was put since it was created",
        created: "create",
        created_hint: "create revision",
        missing: "–",
        missing_hint: "not applied there yet",
        deleted: "✕",
        deleted_hint: "deleted there",
        behind_hint: "an older revision",
        lease: |lease| format!("goes with lease {lease:016x}"),
        more_keys: |shown| format!("the first {} keys", grouped(shown as u64)),
        revision: |revision| format!("revision {revision}"),
    },
    streams: super::en_streams::STREAMS,
    history: History {
        title: "History of a key",
        open_hint: "Click for its history",
        revision: "revision",
        revision_hint: "The revision of the store that the change made: its mod revision",
        version: "version",
        created: "created",
        lease: "lease",
        value: "value",
        nodes: "nodes that have it",
        applied: "applied at",
        deleted: "deleted",
        go_hint: "Go to that moment",
        seconds: |at| format!("{} s", seconds(at, 3)),
        note: |node, more| {
            let older = if more {
                " There are older versions, whose events are no longer in the record."
            } else {
                ""
            };
            format!("As {node} applied it, newest first.{older}")
        },
    },
    transport: Transport {
        label: "Time",
        play: "Play",
        pause: "Pause",
        step: "Step on",
        step_back: "Step back",
        to_start: "Go to the beginning",
        to_live: "Go to the newest moment",
        step_kind: "Step by",
        step_name: |kind| match kind {
            StepKind::Event => "event",
            StepKind::Message => "message",
            StepKind::Role => "role",
            StepKind::Commit => "commit",
            StepKind::Request => "request",
        },
        branch: |count| format!("{count} branches"),
        branch_hint: "Acting in the past began another branch of this run",
        cancel: "Stop",
        speed: "Speed",
        speed_name: |speed| match speed {
            Speed::Sixteenth => "¹⁄₁₆×",
            Speed::Quarter => "¼×",
            Speed::Real => "1×",
            Speed::Four => "4×",
            Speed::Max => "max",
        },
        speed_hint: |speed| match speed {
            Speed::Sixteenth => "A sixteenth of real time",
            Speed::Quarter => "A quarter of real time",
            Speed::Real => "Real time",
            Speed::Four => "Four times as fast",
            Speed::Max => "As fast as it goes",
        },
        ribbon: "Time: what each node was, over 20 seconds. Drag to go to a moment",
        elected: |node, term| format!("♛ {node} t{term}"),
        crashed: |node| format!("✕ {node}"),
        restarted: |node| format!("↻ {node}"),
        fault: |fault, node| match fault {
            Fault::Paused => Some(format!("⏸ {node}")),
            Fault::Resumed => Some(format!("▶ {node}")),
            Fault::Disk => Some(format!("disk {node}")),
            Fault::Clock => Some(format!("clock {node}")),
            Fault::Link => Some("link".to_owned()),
            Fault::Partition => Some("partition".to_owned()),
            Fault::Heal => Some("heal".to_owned()),
            Fault::Message => None,
            Fault::Workload => Some("clients".to_owned()),
        },
        seconds: |at| format!("{} s", at / 1_000_000),
    },
    console: Console {
        label: "Console",
        node: "Node that the command is sent to",
        input: "Command",
        placeholder: "etcdctl put /shelf/4 dune",
        welcome: "etcdctl put /shelf/4 dune  ·  etcdctl watch --prefix / &  ·  etcdctl lease grant 30  ·  kill leader  ·  help  ·  etcdctl help",
        waiting: "runs …",
        waiting_paused: "waits: the run is paused",
        reading: "reads what you type; Ctrl-D ends it",
        end: "End of input",
        end_hint: "No line follows (Ctrl-D)",
        stop: "Stop",
        stop_hint: "Have it end (Ctrl-C)",
        exit: |code| format!("exit status {code}"),
    },
    help: Help {
        title: "Keys and legend",
        keys: "Keys",
        key_list: &[
            (&["Space"], "play or pause"),
            (&["→", "PgDn"], "pause, and step on"),
            (&["←"], "pause, and step back"),
            (&["S"], "what a step goes to"),
            (&["Home", "End"], "the beginning, the newest moment"),
            (&["PgUp", "."], "play or pause, on a slide remote"),
            (&["U"], "run until a condition holds"),
            (&["G"], "go to an event or a time"),
            (&["B"], "branches: compare, rename, delete"),
            (&["W"], "why that happened, cause by cause"),
            (&["E"], "the events, one by one"),
            (&["Esc"], "close what is open; stop waiting"),
            (&["L"], "crash the leader"),
            (&["R"], "restart every crashed node"),
            (&["1", "…", "9"], "crash or restart that node"),
            (&["M"], "menu of the node or message"),
            (&["+", "−"], "faster, slower"),
            (&["/", "`"], "go to the console; Esc leaves it"),
            (&["Tab", "↑"], "in the console: complete, earlier lines"),
            (
                &["Ctrl-C", "Ctrl-D"],
                "in the console: stop a command, end its input",
            ),
            (&["O"], "sessions: save, open, import"),
            (&["T"], "next theme"),
            (&["?"], "this help"),
        ],
        shapes: "Nodes and messages",
        flags: "What happens to a message",
        entries: "Entries of a log",
        entry_list: [
            "committed",
            "not committed yet",
            "not on disk yet",
            "about to be overwritten",
        ],
        about: "Each node runs the raft crate over a simulated network, disk and clock. The address holds the run: the same link begins the same run.",
    },
    sentence,
    notice,
    dismiss: "Dismiss",
    close: "Close",
    panicked: |place| {
        format!(
            "Glassraft has made a mistake ({place}) and stopped. Loading the page again brings the session back."
        )
    },
    cut: |bytes| format!("… ({bytes} bytes)"),
};

fn entry(facts: EntryFacts<'_>) -> String {
    let EntryFacts {
        index,
        term,
        text,
        committed,
        synced,
        doomed,
    } = facts;
    let state = match (committed, synced) {
        (true, _) => "committed",
        (false, true) => "not committed yet",
        (false, false) => "not on disk yet",
    };
    let doomed = if doomed {
        ", about to be overwritten"
    } else {
        ""
    };
    format!("entry {index}, term {term}: {text} ({state}{doomed})")
}
