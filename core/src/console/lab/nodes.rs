//! What is done to nodes: their power, processes, disks, clocks, and their part in Raft.

use crate::member::{NodeId, Options, ReadMode};
use crate::order::sort_short;
use crate::trace::{Liveness, NodeFrame, Run};
use crate::world::{Action, ClockChange, DiskChange, Span};

use super::super::words::{Refusal, Words, parse_node};
use super::super::{presets, quantity};
use super::command::{Command, Understood};

const TIMES: &str = "a time or two, such as 20ms or 10ms..30ms, 1h at most";
const TIME: &str = "a time with its unit, such as 40ms, 2s or 1m, 24h at most";

/// A command of one action for each of the nodes that are named, and nothing else.
pub(super) fn each(
    words: &mut Words<'_>,
    is_meant: fn(&NodeFrame) -> bool,
    action: fn(NodeId) -> Action,
) -> Understood {
    let nodes = words.nodes(is_meant)?;
    if !words.is_empty() {
        return Err(words.expected("a node"));
    }
    Ok(Command::act(nodes.into_iter().map(action).collect()))
}

pub(super) fn is_up(node: &NodeFrame) -> bool {
    node.role().is_some()
}

pub(super) fn is_down(node: &NodeFrame) -> bool {
    node.liveness == Liveness::Down
}

pub(super) fn is_paused(node: &NodeFrame) -> bool {
    matches!(node.liveness, Liveness::Paused(_))
}

/// Whether a node goes on without anybody's help.
pub(super) fn goes_on(node: &NodeFrame) -> bool {
    matches!(node.liveness, Liveness::Up(_))
}

pub(super) fn belongs(node: &NodeFrame) -> bool {
    node.liveness != Liveness::Removed
}

/// `disk n2 sync 10ms..30ms | slow | full | ok | lies | honest`, one or several of them.
pub(super) fn disk(words: &mut Words<'_>) -> Understood {
    let nodes = words.nodes(belongs)?;
    let mut changes = Vec::new();
    while changes.is_empty() || !words.is_empty() {
        let what = "a state of a disk; those are sync, slow, full, ok, lies and honest";
        match words.parse(what, Some)? {
            "sync" => {
                let (min_us, max_us) = words.parse(TIMES, quantity::span_us)?;
                changes.push(DiskChange::Sync(Span { min_us, max_us }));
            }
            "slow" => changes.push(DiskChange::Sync(presets::SLOW_SYNC)),
            "full" => changes.push(DiskChange::Full(true)),
            "ok" => changes.push(DiskChange::Full(false)),
            "lies" => changes.push(DiskChange::Lies(true)),
            "honest" => changes.push(DiskChange::Lies(false)),
            other => return Err(Refusal::is_not(other, what)),
        }
    }
    let mut actions = Vec::new();
    for node in nodes {
        for change in &changes {
            let change = *change;
            actions.push(Action::Disk { node, change });
        }
    }
    Ok(Command::act(actions))
}

/// `clock n2 rate +20% | jump 5s | fast | slow | right`.
pub(super) fn clock(words: &mut Words<'_>) -> Understood {
    let nodes = words.nodes(belongs)?;
    let change = if words.take("rate") {
        let what = "a rate, such as +20%, -5% or 0%; from -90% to +900%";
        ClockChange::Rate(words.parse(what, rate)?)
    } else if words.take("jump") {
        ClockChange::Jump(words.parse(TIME, quantity::time_us)?)
    } else if words.take("fast") {
        ClockChange::Rate(presets::FAST_PPM)
    } else if words.take("slow") {
        ClockChange::Rate(presets::SLOW_PPM)
    } else if words.take("right") {
        ClockChange::Rate(0)
    } else {
        let what = "a change of a clock; those are rate, jump, fast, slow and right";
        return Err(words.expected(what));
    };
    words.end()?;
    let actions = nodes.into_iter();
    Ok(Command::act(
        actions.map(|node| Action::Clock { node, change }).collect(),
    ))
}

/// How many millionths a clock goes faster than time.
fn rate(word: &str) -> Option<i32> {
    quantity::change_millionths(word).filter(|ppm| (-900_000..=9_000_000).contains(ppm))
}

/// `election-timeout n2 15`.
pub(super) fn election_timeout(words: &mut Words<'_>) -> Understood {
    let nodes = words.nodes(is_up)?;
    let ticks = words.parse("a number of ticks", |word| word.parse().ok())?;
    words.take("ticks");
    words.end()?;
    let actions = nodes.into_iter();
    Ok(Command::act(
        actions
            .map(|node| Action::ElectionTimeout { node, ticks })
            .collect(),
    ))
}

/// `transfer n3`: the leader is asked to let n3 lead.
pub(super) fn transfer(words: &mut Words<'_>) -> Understood {
    let to = words.node()?;
    words.end()?;
    let node = leader(words)?;
    Ok(Command::act(vec![Action::TransferLeader { node, to }]))
}

/// `join n6`.
pub(super) fn join(words: &mut Words<'_>) -> Understood {
    let node = words.parse("a new node, such as n6", parse_node)?;
    words.end()?;
    Ok(Command::act(vec![Action::Join { node }]))
}

/// `restore backup.db [n1 n2 n3]`: the nodes that are named, or all that are down.
pub(super) fn restore(words: &mut Words<'_>) -> Understood {
    let file = words.parse("the name of a file", |word| Some(word.to_owned()))?;
    let mut nodes = match words.is_empty() {
        true => words.those(&is_down),
        false => words.nodes(is_down)?,
    };
    words.end()?;
    if nodes.is_empty() {
        let what = "no node is down; those that are to get the snapshot have to be";
        return Err(Refusal::now(what));
    }
    sort_short(&mut nodes, |a, b| a > b);
    Ok(Command::Restore { file, nodes })
}

/// `reconfigure n3 n4 n5 [learners n6]`: the leader proposes it, or the node that is named.
pub(super) fn reconfigure(words: &mut Words<'_>) -> Understood {
    let voters = words.nodes(belongs)?;
    let learners = match words.take("learners") {
        true => words.nodes(belongs)?,
        false => Vec::new(),
    };
    let node = match words.take("on") {
        true => words.node()?,
        false => leader(words)?,
    };
    words.end()?;
    Ok(Command::act(vec![Action::Reconfigure {
        node,
        voters,
        learners,
    }]))
}

fn leader(words: &Words<'_>) -> Result<NodeId, Refusal> {
    let leader = words.frame().leader();
    leader
        .map(|leader| leader.node)
        .ok_or_else(|| Refusal::now("there is no leader now"))
}

/// `set n2 pre-vote on check-quorum off`: from the node's next start on.
pub(super) fn set(run: &Run, words: &mut Words<'_>) -> Understood {
    let nodes = words.nodes(belongs)?;
    let mut actions = Vec::new();
    for node in &nodes {
        let mut options = options_of(run, *node);
        let mut settings = words.clone();
        set_one(&mut settings, &mut options)?;
        while !settings.is_empty() {
            set_one(&mut settings, &mut options)?;
        }
        actions.push(Action::Options {
            node: *node,
            options: Box::new(options),
        });
    }
    let names: Vec<String> = nodes.iter().map(NodeId::to_string).collect();
    let told = format!("{}: from the next start on", names.join(" "));
    Ok(Command::Act { actions, told })
}

/// How a node is set from its next start on: as it was set last, or as the run began.
fn options_of(run: &Run, node: NodeId) -> Options {
    let actions = run.recording().actions.iter().rev();
    let mut set = actions.filter_map(|stamped| match &stamped.action {
        Action::Options { node: of, options } if *of == node => Some((**options).clone()),
        _ => None,
    });
    set.next().unwrap_or_else(|| run.setup().options.clone())
}

fn set_one(words: &mut Words<'_>, options: &mut Options) -> Result<(), Refusal> {
    let what = "a setting; those are pre-vote, check-quorum, read-mode, election-ticks, \
                heartbeat-ticks, snapshot-entries, catch-up-entries, max-inflight, \
                max-message-size, quota and tick";
    match words.parse(what, Some)? {
        "pre-vote" => options.pre_vote = on_off(words)?,
        "check-quorum" => options.check_quorum = on_off(words)?,
        "read-mode" => {
            options.read_mode = words.parse("read-index or lease", |word| match word {
                "read-index" => Some(ReadMode::ReadIndex),
                "lease" => Some(ReadMode::Lease),
                _ => None,
            })?;
        }
        "election-ticks" => options.election_ticks = count(words)?,
        "heartbeat-ticks" => options.heartbeat_ticks = count(words)?,
        "snapshot-entries" => options.snapshot_entries = count(words)?,
        "catch-up-entries" => options.catch_up_entries = count(words)?,
        "max-inflight" => options.max_inflight_messages = count(words)?,
        "max-message-size" => options.max_size_per_message_bytes = size(words)?,
        "quota" => options.quota_bytes = size(words)?,
        "tick" => options.tick_us = words.parse(TIME, quantity::time_us)?,
        other => return Err(Refusal::is_not(other, what)),
    }
    Ok(())
}

fn on_off(words: &mut Words<'_>) -> Result<bool, Refusal> {
    words.parse("on or off", |word| match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    })
}

fn count(words: &mut Words<'_>) -> Result<u32, Refusal> {
    words.parse("a whole number", |word| word.parse().ok())
}

fn size(words: &mut Words<'_>) -> Result<u64, Refusal> {
    let what = "a size with its unit, such as 512B, 64KiB or 1MiB";
    words.parse(what, quantity::size_bytes)
}
