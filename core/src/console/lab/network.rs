//! What is done to links, messages and clients.

use crate::member::{Micros, NodeId};
use crate::trace::NodeFrame;
use crate::world::{Action, EventId, Fate, Latency, LinkChange, Shape, Span, Workload};

use super::super::presets::{self, Split};
use super::super::quantity;
use super::super::words::{Refusal, Words};
use super::command::{Command, Understood};
use super::nodes::belongs;

const SHARE: &str = "a share, such as 5% or 0.1%; 100% is all";

/// `partition n1 n2 | n3 n4 n5`; `rest` is everybody who is in no other group. Some have a
/// name ([`Split`]).
pub(super) fn partition(words: &mut Words<'_>) -> Understood {
    let mut splits = Split::ALL.into_iter();
    if let Some(split) = splits.find(|split| words.take(split.name())) {
        words.end()?;
        let groups = split.groups(words.frame()).ok_or_else(|| {
            Refusal::now("the cluster is too small for that, or has no leader now")
        })?;
        return Ok(Command::act(vec![Action::Partition { groups }]));
    }
    let mut groups: Vec<Vec<NodeId>> = Vec::new();
    let mut rest_at = None;
    loop {
        if words.take("rest") {
            if rest_at.replace(groups.len()).is_some() {
                return Err(Refusal::usage("`rest' stands there twice"));
            }
            groups.push(Vec::new());
        } else {
            groups.push(words.nodes(belongs)?);
        }
        if words.is_empty() {
            break;
        }
        if !words.take("|") {
            return Err(words.expected("a node, `|' or the end"));
        }
    }
    if groups.len() < 2 {
        return Err(Refusal::usage(
            "needs two groups or more, as in n1 n2 | n3 n4 n5 or n1 n2 | rest",
        ));
    }
    if let Some(place) = rest_at {
        let nodes = words.frame().nodes.iter().filter(|node| belongs(node));
        let is_elsewhere = |node: &NodeId| groups.iter().any(|group| group.contains(node));
        let rest: Vec<NodeId> = nodes
            .map(|node| node.node)
            .filter(|node| !is_elsewhere(node))
            .collect();
        if rest.is_empty() {
            return Err(Refusal::now("no node is left for `rest'"));
        }
        groups[place] = rest;
    }
    Ok(Command::act(vec![Action::Partition { groups }]))
}

/// `cut n1 n2`, `cut n1 > n2`, `cut n3`.
pub(super) fn cut(words: &mut Words<'_>) -> Understood {
    let links = links(words)?;
    words.end()?;
    Ok(on_links(&links, &[LinkChange::Cut(true)]))
}

/// `heal`, or as [`cut`].
pub(super) fn heal(words: &mut Words<'_>) -> Understood {
    if words.is_empty() || words.take("all") {
        words.end()?;
        return Ok(Command::act(vec![Action::Heal]));
    }
    let links = links(words)?;
    words.end()?;
    Ok(on_links(&links, &[LinkChange::Cut(false)]))
}

/// `link n1 n2 latency 40ms..120ms bell loss 5%`, with links as [`cut`] takes them.
pub(super) fn link(words: &mut Words<'_>) -> Understood {
    let links = links(words)?;
    let mut changes = vec![link_change(words)?];
    while !words.is_empty() {
        changes.push(link_change(words)?);
    }
    Ok(on_links(&links, &changes))
}

fn link_change(words: &mut Words<'_>) -> Result<LinkChange, Refusal> {
    let what = "a property of a link; those are latency, loss, duplicate, reorder, bandwidth, \
                slow and lossy";
    Ok(match words.parse(what, Some)? {
        "slow" => LinkChange::Latency(presets::SLOW_LINK),
        "lossy" => LinkChange::Loss(presets::LOSSY_PPM),
        "latency" => {
            let times = "a time or two, such as 50ms or 40ms..120ms, 1h at most";
            let (min_us, max_us) = words.parse(times, quantity::span_us)?;
            let shape = match words.peek() {
                Some("even") => Some(Shape::Even),
                Some("bell") => Some(Shape::Bell),
                Some("long-tail") => Some(Shape::LongTail),
                _ => None,
            };
            if shape.is_some() {
                words.next();
            }
            LinkChange::Latency(Latency {
                min_us,
                max_us,
                shape: shape.unwrap_or_default(),
            })
        }
        "loss" => LinkChange::Loss(words.parse(SHARE, share)?),
        "duplicate" => LinkChange::Duplicate(words.parse(SHARE, share)?),
        "reorder" => LinkChange::Reorder(words.parse(SHARE, share)?),
        "bandwidth" => {
            let what = "a rate, such as 10kB/s, 1MiB/s or unlimited; 4GB/s at most";
            LinkChange::Bandwidth(words.parse(what, bandwidth)?)
        }
        other => return Err(Refusal::is_not(other, what)),
    })
}

/// A share of all messages, in millionths.
fn share(word: &str) -> Option<u32> {
    quantity::millionths(word).filter(|ppm| *ppm <= 1_000_000)
}

fn bandwidth(word: &str) -> Option<u32> {
    if word == "unlimited" {
        return Some(0);
    }
    let bytes = quantity::size_bytes(word.strip_suffix("/s").unwrap_or(word))?;
    // 0 would mean that there is no limit.
    u32::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

/// A direction of a link: from one node to another.
type Direction = (NodeId, NodeId);

/// The links that are named: `n1 n2` both directions between each two, `n1 > n2` one
/// direction, `n3` every link of n3, `all` every link there is.
fn links(words: &mut Words<'_>) -> Result<Vec<Direction>, Refusal> {
    let before = words.clone();
    let from = words.nodes(belongs)?;
    if words.take(">") || words.take("->") {
        let to = words.nodes(belongs)?;
        return Ok(directions(&from, &to));
    }
    if let [node] = from[..] {
        if before.names_several(words) {
            let message = format!("no link leads from {node} to itself");
            return Err(Refusal::usage(message));
        }
        let nodes = words.frame().nodes.iter().filter(|node| belongs(node));
        let others: Vec<NodeId> = nodes
            .map(|frame: &std::rc::Rc<NodeFrame>| frame.node)
            .filter(|other| *other != node)
            .collect();
        let mut links = directions(&from, &others);
        links.extend(directions(&others, &from));
        return Ok(links);
    }
    Ok(directions(&from, &from))
}

/// From each to each other. A node named on both sides has a link to itself then only if it
/// stands alone there, and the world will say so.
fn directions(from: &[NodeId], to: &[NodeId]) -> Vec<Direction> {
    let mut directions = Vec::new();
    for from in from {
        for to in to {
            directions.push((*from, *to));
        }
    }
    if directions.len() > 1 {
        directions.retain(|(from, to)| from != to);
    }
    directions
}

fn on_links(links: &[Direction], changes: &[LinkChange]) -> Command {
    let mut actions = Vec::new();
    for (from, to) in links {
        for change in changes {
            actions.push(Action::Link {
                from: *from,
                to: *to,
                change: *change,
            });
        }
    }
    Command::act(actions)
}

/// `message 812 deliver | drop | duplicate | delay 2s | hold | release`.
pub(super) fn message(words: &mut Words<'_>) -> Understood {
    let what = "the number of the event with which a message left; `messages' lists them";
    let sent = EventId(words.parse(what, |word| word.parse().ok())?);
    let fates = "what may happen to a message: deliver, drop, duplicate, delay, hold, release";
    let fate = match words.parse(fates, Some)? {
        "deliver" => Fate::Deliver,
        "drop" => Fate::Drop,
        "duplicate" => Fate::Duplicate,
        "delay" => Fate::Delay(words.parse("a time, such as 2s, 1h at most", quantity::time_us)?),
        "hold" => Fate::Hold,
        "release" => Fate::Release,
        other => return Err(Refusal::is_not(other, fates)),
    };
    words.end()?;
    Ok(Command::act(vec![Action::Message { sent, fate }]))
}

/// `clients 3 keys 10 reads 50% think 200ms..2s`, `clients 3 rate 10/s`, or `clients off`.
pub(super) fn clients(words: &mut Words<'_>) -> Understood {
    let mut workload = Workload::default();
    if !words.take("off") {
        let what = "a number of clients, or off";
        workload.clients = words.parse(what, |word| word.parse().ok())?;
        while !words.is_empty() {
            describe_work(words, &mut workload)?;
        }
    }
    words.end()?;
    Ok(Command::act(vec![Action::Workload { workload }]))
}

/// How long each of so many clients has to think for all of them to send at most this often,
/// such as `10/s`, in µs. They send less often by the time that answers take, as a client
/// does that waits for each.
fn pause_us(clients: u32, rate: &str) -> Option<Micros> {
    let per_second: u64 = rate.strip_suffix("/s")?.parse().ok()?;
    let pause_us = (u64::from(clients) * 1_000_000).checked_div(per_second)?;
    (1_000..=3_600_000_000)
        .contains(&pause_us)
        .then_some(pause_us)
}

fn describe_work(words: &mut Words<'_>, workload: &mut Workload) -> Result<(), Refusal> {
    let what = "a property of clients; those are keys, reads, serializable, think, \
                rate and timeout";
    let share = "a whole share, such as 50%";
    match words.parse(what, Some)? {
        "keys" => workload.keys = words.parse("a number of keys", |word| word.parse().ok())?,
        "reads" => workload.read_percent = words.parse(share, quantity::percent)?,
        "serializable" => {
            workload.serializable_percent = words.parse(share, quantity::percent)?;
        }
        "think" => {
            let times = "a time or two, such as 1s or 200ms..2s, 1h at most";
            let (min_us, max_us) = words.parse(times, quantity::span_us)?;
            workload.think = Span { min_us, max_us };
        }
        "rate" => {
            let what = "a rate of all clients together, such as 10/s, at most 1000/s for each";
            let clients = workload.clients;
            let us = words.parse(what, |word| pause_us(clients, word))?;
            workload.think = Span {
                min_us: us,
                max_us: us,
            };
        }
        "timeout" => {
            workload.timeout_us = words.parse("a time, such as 5s", quantity::time_us)?;
        }
        other => return Err(Refusal::is_not(other, what)),
    }
    Ok(())
}
