//! English: the stage.

use glassraft_core::lesson::Share as Count;
use glassraft_core::member::Role;
use glassraft_core::trace::Root;
use glassraft_core::world::{LossReason, MessageKind, Packet};

use crate::stage::Flag;

use super::numbers::{grouped, seconds};
use super::{NodeFacts, Quorum, Stage, State, Voice};

pub(super) const STAGE: Stage = Stage {
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
    lost,
    flag: |flag| match flag {
        Flag::Held => "held",
        Flag::Doomed => "to be lost: its link is cut or its receiver is down",
        Flag::Delayed => "delayed",
        Flag::Copy => "a copy",
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
    why: "Why?",
    why_hint: "Why this happened, cause by cause (W)",
    root: |root| match root {
        Root::Action => "It began with what a person or a client did.",
        Root::Timer => "A timer ran out; the last line is what had started it.",
        Root::Beginning => "It began with the run.",
        Root::Dropped => "The events before are no longer kept.",
        Root::TooLong => "… and so on. Go to the last line to see further back.",
    },
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

/// What became of a message, and why.
pub(super) fn lost(reason: LossReason) -> &'static str {
    match reason {
        LossReason::ReceiverDown => "lost: its receiver is down",
        LossReason::NetworkFull => "lost: the network is full",
        LossReason::Cut => "lost: the link is cut",
        LossReason::Chance => "lost on the way",
        LossReason::Dropped => "dropped",
        LossReason::NoReceiver => "lost: its receiver is not in the cluster",
        LossReason::OtherCluster => "refused: the two are of different clusters",
    }
}

/// What a message is called.
pub(super) fn message(voice: Voice, kind: MessageKind) -> &'static str {
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
        MessageKind::LeaseQuestion => ("lease question", "how long is this lent?"),
        MessageKind::LeaseAnswer => ("lease answer", "lent until then"),
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
        MessageKind::LeaseQuestion => Some("lease?".to_owned()),
        MessageKind::LeaseAnswer if reject => Some("no lease".to_owned()),
        MessageKind::ReadIndexAnswer => Some(format!("read at {index}")),
        MessageKind::LeaseAnswer => Some("lease".to_owned()),
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
        Quorum::NoLeader { up, outgoing } => {
            let enough = |up: &Count| up.count >= up.majority();
            let runs = |up: Count| format!("{} of {}", up.count, up.of);
            let nodes = match outgoing {
                None => format!("{} nodes run", runs(up)),
                Some(old) => format!("{} new and {} old voters run", runs(up), runs(old)),
            };
            let majority = majorities(up, outgoing);
            match enough(&up) && outgoing.as_ref().is_none_or(enough) {
                true => format!("no leader · {nodes} · {majority}"),
                false => format!("{nodes}: too few, {majority}"),
            }
        }
        Quorum::Newest {
            index,
            copies,
            outgoing,
            committed,
        } => {
            let of = |copies: Count| format!("{} of {}", copies.count, copies.of);
            let disks = match outgoing {
                None => format!("{} disks", of(copies)),
                Some(old) => format!(
                    "{} disks of the new voters, {} of the old",
                    of(copies),
                    of(old)
                ),
            };
            match committed {
                true => format!("{entry} {index} is on {disks} and committed"),
                false => format!(
                    "{entry} {index} is on {disks}; {}",
                    majorities(copies, outgoing)
                ),
            }
        }
    }
}

/// How many make a majority, or two of them where two configurations are joined.
fn majorities(new: Count, old: Option<Count>) -> String {
    match old {
        None => format!("{} make a majority", new.majority()),
        Some(old) => format!(
            "{} and {} make the two majorities",
            new.majority(),
            old.majority()
        ),
    }
}
