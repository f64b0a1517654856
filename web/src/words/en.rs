//! English.

use glassraft_core::check::Promise;
use glassraft_core::lesson::Subject;
use glassraft_core::member::{Micros, Role};
use glassraft_core::trace::{Fault, Root, StepKind};
use glassraft_core::world::{ActionError, LossReason, MessageKind, Packet, SetupError};

use crate::panel::Tab;
use crate::session::{LinkError, Notice, Refusal, Speed, StartError, Theme};

use super::en_sessions::{error as keep_error, when};
use super::sentences::sentence;
use super::{
    Console, EntryFacts, Header, Help, NodeFacts, Panel, Quorum, Stage, State, Transport, Voice,
    Words, readable,
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
    stage: Stage {
        label: "The cluster",
        role,
        term: |voice, term| match voice {
            Voice::Technical => format!("term {term}"),
            Voice::Library => format!("tenure {term}"),
        },
        short_term: |term| format!("t{term}"),
        numbers: |revision, commit| match revision {
            Some(revision) => format!("rev {revision} · commit {commit}"),
            None => format!("commit {commit} on disk"),
        },
        node,
        node_hint: |state, node| match state {
            State::Crashed => format!(
                "Click or {} restarts it; right click for more",
                node.number()
            ),
            State::Removed => format!("{node} was removed from the cluster"),
            _ => format!(
                "Click or {} crashes it; right click for more",
                node.number()
            ),
        },
        message,
        message_label,
        message_fields,
        message_short: |voice, packet| {
            format!(
                "{}, {} to {}",
                message(voice, packet.kind),
                packet.from,
                packet.to
            )
        },
        lost: |reason| match reason {
            LossReason::ReceiverDown => "lost: its receiver is down",
            LossReason::NetworkFull => "lost: the network is full",
            LossReason::Cut => "lost: the link is cut",
            LossReason::Chance => "lost on the way",
            LossReason::Dropped => "dropped",
            LossReason::NoReceiver => "lost: its receiver is not in the cluster",
        },
        event: |number| format!("{} events", grouped(number)),
        time: |at| format!("t = {} s", seconds(at, 3)),
        quorum,
        dropped: |count| format!("the oldest {} events are no longer kept", grouped(count)),
        requests: |count| match count {
            1 => "1 request waits".to_owned(),
            count => format!("{count} requests wait"),
        },
        answer: |ok| if ok { "answered" } else { "failed" },
        why: "why?",
        root: |root| match root {
            Root::Action => "It began with what a person or a client did.",
            Root::Timer => "A timer ran out; the last line is what had started it.",
            Root::Beginning => "It began with the run.",
            Root::Dropped => "The events before are no longer kept.",
            Root::TooLong => "… and so on. Go to the last line to see further back.",
        },
    },
    lab: super::en_lab::ENGLISH,
    share: super::en_lab::SHARE,
    time: super::en_time::TIME,
    sessions: super::en_sessions::ENGLISH,
    panel: Panel {
        tab: |tab| match tab {
            Tab::Tables => "Logs & catalog",
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
        log_note: "number and colour = term · solid = committed there · dashed = not yet · hatched = not on disk yet",
        log_empty: "Empty until there is a leader: it begins its term with an entry of its own.",
        index: "#",
        subject: |subject| match subject {
            Subject::Empty => "no-op".to_owned(),
            // Nearly every entry is a put, and room is scarce: the key alone.
            Subject::Put(key) => readable(key, MAX_KEY_CHARS),
            Subject::Delete(key) => format!("del {}", readable(key, MAX_KEY_CHARS)),
            Subject::Range(key) => format!("get {}", readable(key, MAX_KEY_CHARS)),
            Subject::Members => "members".to_owned(),
        },
        showing: |from, to, of| format!("{from}–{to} of {}", grouped(of)),
        entry,
        catalog: "Every node’s catalog",
        catalog_note: "n1 … = mod revision on that node · – = not applied there yet · ✕ = deleted there",
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
        more_keys: |shown| format!("the first {} keys", grouped(shown as u64)),
        revision: |revision| format!("revision {revision}"),
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
        welcome: "etcdctl put /shelf/4 dune  ·  etcdctl get --prefix /  ·  kill leader  ·  help",
        waiting: "waits for an answer …",
        waiting_paused: "waits: the run is paused",
        exit: |code| format!("exit status {code}"),
    },
    help: Help {
        title: "Keys and legend",
        close: "Close",
        keys: "Keys",
        key_list: &[
            (&["Space"], "play or pause"),
            (&["→", "PgDn"], "pause, and step on"),
            (&["←"], "pause, and step back"),
            (
                &["S"],
                "what a step goes to: event, message, role, commit, request",
            ),
            (&["Home", "End"], "the beginning, the newest moment"),
            (&["PgUp", "."], "play or pause, on a slide remote"),
            (&["U"], "run until a condition holds"),
            (&["G"], "go to an event or a time"),
            (&["B"], "branches: compare, rename, delete"),
            (&["E"], "the events, one by one"),
            (&["Esc"], "stop what time passes for"),
            (&["L"], "crash the leader"),
            (&["R"], "restart every crashed node"),
            (&["1", "…", "9"], "crash or restart that node"),
            (&["M"], "on a node or a message: all that can be done to it"),
            (&["+", "−"], "faster, slower"),
            (&["/", "`"], "go to the console; Esc leaves it"),
            (&["O"], "sessions: save, open, import"),
            (&["T"], "next theme"),
            (&["?"], "this help"),
        ],
        shapes: "Nodes and messages",
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
    panicked: |place| {
        format!(
            "Glassraft has made a mistake ({place}) and stopped. Loading the page again brings the session back."
        )
    },
    cut: |bytes| format!("… ({bytes} bytes)"),
};

fn role(voice: Voice, state: State) -> &'static str {
    match (voice, state) {
        (Voice::Technical, State::Up(role)) => role.name(),
        (_, State::Learner) => "learner",
        (_, State::Waiting) => "waits",
        (_, State::Paused(_)) => "paused",
        (_, State::Crashed) => "crashed",
        (_, State::Removed) => "removed",
        (Voice::Library, State::Up(Role::Follower)) => "assistant",
        (Voice::Library, State::Up(Role::PreCandidate)) => "asks around",
        (Voice::Library, State::Up(Role::Candidate)) => "applicant",
        (Voice::Library, State::Up(Role::Leader)) => "head",
    }
}

fn node(voice: Voice, facts: NodeFacts) -> String {
    let NodeFacts {
        node,
        state,
        term,
        commit,
        last,
    } = facts;
    let role = role(voice, state);
    let does = match state {
        State::Removed => "",
        State::Crashed => "; press to restart it, M for more",
        _ => "; press to crash it, M for more",
    };
    format!("{node}, {role}, term {term}, {last} entries, {commit} of them committed{does}")
}

fn message(voice: Voice, kind: MessageKind) -> &'static str {
    let (technical, library) = match kind {
        MessageKind::Proposal => ("proposal", "reader’s wish"),
        MessageKind::Append => ("append", "cards"),
        MessageKind::AppendAnswer => ("acknowledgement", "receipt"),
        MessageKind::VoteRequest => ("vote request", "asks for a hand"),
        MessageKind::Vote => ("vote", "hand"),
        MessageKind::PreVoteRequest => ("pre-vote request", "would you?"),
        MessageKind::PreVote => ("pre-vote", "I would"),
        MessageKind::Heartbeat => ("heartbeat", "“I am here”"),
        MessageKind::HeartbeatAnswer => ("heartbeat answer", "“so am I”"),
        MessageKind::Snapshot => ("snapshot", "whole catalog"),
        MessageKind::ReadIndex => ("read index", "may I read?"),
        MessageKind::ReadIndexAnswer => ("read index answer", "read up to here"),
        MessageKind::TimeoutNow => ("timeout now", "stand at once"),
        MessageKind::TransferLeader => ("transfer leader", "hand over"),
    };
    match voice {
        Voice::Technical => technical,
        Voice::Library => library,
    }
}

fn message_label(packet: &Packet) -> Option<String> {
    let Packet {
        kind,
        term,
        index,
        entries,
        reject,
        ..
    } = *packet;
    match kind {
        MessageKind::Append if entries == 1 => Some(format!("append {}", index + 1)),
        MessageKind::Append if entries > 1 => {
            Some(format!("append {}–{}", index + 1, index + entries))
        }
        MessageKind::VoteRequest => Some(format!("vote? t{term}")),
        MessageKind::PreVoteRequest => Some(format!("would you? t{term}")),
        MessageKind::Vote | MessageKind::PreVote if reject => Some("no".to_owned()),
        MessageKind::Vote | MessageKind::PreVote => Some("yes".to_owned()),
        MessageKind::AppendAnswer if reject => Some("no match".to_owned()),
        MessageKind::Proposal => Some("propose".to_owned()),
        MessageKind::ReadIndex => Some("read?".to_owned()),
        MessageKind::ReadIndexAnswer => Some(format!("read at {index}")),
        MessageKind::Snapshot => Some("snapshot".to_owned()),
        _ => None,
    }
}

fn message_fields(packet: &Packet) -> Vec<(&'static str, String)> {
    let Packet {
        kind,
        from,
        to,
        term,
        index,
        log_term,
        commit,
        entries,
        reject,
    } = *packet;
    let is_append = kind == MessageKind::Append;
    let index_name = if is_append { "after index" } else { "index" };
    let mut fields = vec![("from", format!("{from} to {to}"))];
    let numbers = [
        ("term", term, term > 0),
        (index_name, index, index > 0 || is_append),
        ("of term", log_term, log_term > 0),
        ("entries", entries, is_append),
        ("commit", commit, commit > 0),
    ];
    let told = numbers.into_iter().filter(|(_, _, is_told)| *is_told);
    fields.extend(told.map(|(name, number, _)| (name, number.to_string())));
    if matches!(
        kind,
        MessageKind::Vote | MessageKind::PreVote | MessageKind::AppendAnswer
    ) {
        fields.push(("says", if reject { "no" } else { "yes" }.to_owned()));
    }
    fields
}

fn quorum(voice: Voice, quorum: Quorum) -> String {
    let entry = match voice {
        Voice::Technical => "entry",
        Voice::Library => "card",
    };
    match quorum {
        Quorum::NoLeader {
            up,
            nodes,
            majority,
        } if up < majority => {
            format!("{up} of {nodes} nodes run: too few for the majority of {majority}")
        }
        Quorum::NoLeader {
            up,
            nodes,
            majority,
        } => {
            format!("no leader · {up} of {nodes} nodes run · {majority} make a majority")
        }
        Quorum::Newest {
            index,
            copies,
            nodes,
            committed: true,
            ..
        } => {
            format!("{entry} {index} is on {copies} of {nodes} disks and committed")
        }
        Quorum::Newest {
            index,
            copies,
            nodes,
            majority,
            ..
        } => {
            format!("{entry} {index} is on {copies} of {nodes} disks; {majority} make a majority")
        }
    }
}

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

fn notice(notice: &Notice) -> String {
    match notice {
        Notice::Link(error) => {
            format!(
                "The address holds no run: {}. This is a new run instead.",
                link_error(error)
            )
        }
        Notice::LinkPassedOver(error) => {
            format!(
                "The new address holds no run: {}. This run goes on.",
                link_error(error)
            )
        }
        Notice::Seed(error) => format!("No new run: {}.", start_error(error)),
        Notice::File(error) => format!("No new run: {error}."),
        Notice::Unreadable => "No new run: the file cannot be read as text.".to_owned(),
        Notice::Restored(saved_at) => {
            format!(
                "Your last session goes on, as it was saved on {}.",
                when(*saved_at)
            )
        }
        Notice::NotRestored(error) => {
            format!(
                "Your last session does not come back. {}",
                keep_error(error)
            )
        }
        Notice::NotKept(error) => {
            format!("This session is not kept by itself. {}", keep_error(error))
        }
        Notice::Refused(refusal) => format!("That cannot be done now: {}.", refused(refusal)),
    }
}

fn refused(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Setup(SetupError {
            field,
            found,
            allowed,
        }) => format!("{field} is {found}, but has to be {allowed}"),
        Refusal::Branch(error) => error.to_string(),
        Refusal::Run(error) => error.to_string(),
        Refusal::Line(message) => message.clone(),
        Refusal::Kept(error) => {
            format!(
                "the kept session does not come back ({error}); it stays in the list of sessions"
            )
        }
        Refusal::Action(ActionError::NoSuchNode(node)) => format!("there is no node {node}"),
        Refusal::Action(ActionError::AlreadyDown(node)) => format!("{node} is down already"),
        Refusal::Action(ActionError::AlreadyUp(node)) => format!("{node} is up already"),
        Refusal::Action(ActionError::Down(node)) => format!("{node} is down"),
        Refusal::Action(ActionError::AlreadyPaused(node)) => format!("{node} is paused"),
        Refusal::Action(ActionError::NotPaused(node)) => format!("{node} is not paused"),
        Refusal::Action(ActionError::Removed(node)) => {
            format!("{node} was removed from the cluster")
        }
        Refusal::Action(ActionError::Exists(node)) => format!("there is a node {node} already"),
        Refusal::Action(ActionError::NoLeader(node)) => format!("{node} knows no leader"),
        Refusal::Action(ActionError::NotVoter(node)) => format!("{node} has no vote"),
        Refusal::Action(ActionError::NotDown(node)) => format!("{node} is not down"),
        Refusal::Action(ActionError::NotLeader(node)) => format!("{node} is not the leader"),
        Refusal::Action(ActionError::LinkToItself(node)) => {
            format!("no link leads from {node} to itself")
        }
        Refusal::Action(ActionError::NoSuchMessage(sent)) => {
            format!("message {} is not under way", grouped(sent.0))
        }
        Refusal::Action(ActionError::Held(sent)) => {
            format!("message {} is held", grouped(sent.0))
        }
        Refusal::Action(ActionError::NotHeld(sent)) => {
            format!("message {} is not held", grouped(sent.0))
        }
        Refusal::Action(ActionError::OutOfBounds { what, allowed }) => {
            format!("{what} has to be {allowed}")
        }
        Refusal::Action(ActionError::TooManyMessages(limit)) => format!(
            "{} messages are under way, and no more can be",
            grouped(*limit as u64)
        ),
        Refusal::Action(ActionError::TooManyRequests(limit)) => {
            format!(
                "{} requests are under way, and no more can be",
                grouped(*limit as u64)
            )
        }
        Refusal::Action(ActionError::TooManyActions(limit)) => format!(
            "this run holds {} actions, and no more can be; begin a new one",
            grouped(*limit as u64)
        ),
    }
}

fn link_error(error: &LinkError) -> String {
    match error {
        LinkError::Start(error) => start_error(error),
        other => other.to_string(),
    }
}

fn start_error(error: &StartError) -> String {
    match error {
        StartError::NoValue { part } => {
            format!("after the #, “{part}” is not of the form name=value")
        }
        StartError::UnknownName { name } => {
            format!("after the #, “{name}” is neither nodes, seed nor run")
        }
        StartError::Twice { name } => format!("after the #, {name} stands there twice"),
        StartError::Nodes { found } => format!("nodes is “{found}”, but has to be 1 to 15"),
        StartError::Seed { found } => {
            format!(
                "seed is “{found}”, but has to be a whole number from 0 to {}",
                u64::MAX
            )
        }
    }
}

/// Seconds with so many digits behind the point, at most 6.
pub(super) fn seconds(at: Micros, digits: usize) -> String {
    let whole = grouped(at / 1_000_000);
    let rest = format!("{:06}", at % 1_000_000);
    format!("{whole}.{}", &rest[..digits.min(6)])
}

/// A number with a narrow gap every three digits.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.char_indices() {
        let left = digits.len() - place;
        if place > 0 && left.is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(1_204), "1\u{202f}204");
        assert_eq!(grouped(123_456_789), "123\u{202f}456\u{202f}789");
        assert_eq!(seconds(8_412_345, 3), "8.412");
    }
}
