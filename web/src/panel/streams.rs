//! Who watches what, and how long leases still live.

use std::rc::Rc;

use glassraft_core::etcd::{WatchCreateRequest, prefix_range_end};
use glassraft_core::member::{Micros, NodeId, RequestId};
use glassraft_core::order::Ascending;
use glassraft_core::trace::{Frame, LeaseTime};
use yew::prelude::*;

use crate::columns::columns;
use crate::session::{Calm, use_view};
use crate::words::{WatchFacts, readable, words};

/// The most leases and the most watchers that are listed.
const MAX_LISTED: usize = 200;

/// The most keys of a lease that are listed.
const MAX_KEYS: usize = 5;

/// The most characters of a key.
const MAX_KEY_CHARS: usize = 48;

/// A lease, as everybody's catalogs and the leader's clock have it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Lease {
    /// Its time; `None` while nobody counts it.
    time: Option<LeaseTime>,
    /// Its keys.
    keys: Vec<String>,
    /// The nodes at which a client keeps it alive.
    kept_at: Vec<NodeId>,
}

fn leases(frame: &Frame) -> Ascending<i64, Lease> {
    let mut leases: Ascending<i64, Lease> = Ascending::default();
    let leader = frame.leader();
    for (id, time) in leader.iter().flat_map(|leader| leader.leases.iter()) {
        leases.get_or_insert_with(id, Lease::default).time = Some(*time);
    }
    let nodes = frame.nodes.iter().rev();
    let newest = nodes.max_by_key(|node| (node.role().is_some(), node.revision));
    let shelved = newest.iter().flat_map(|node| node.shelf.values());
    let mut held: Vec<_> = shelved.filter(|version| version.kv.lease != 0).collect();
    // In the order in which the list takes them without moving others.
    held.sort_by_key(|version| version.kv.lease);
    for version in held {
        let lease = leases.get_or_insert_with(version.kv.lease, Lease::default);
        lease.keys.push(readable(&version.kv.key, MAX_KEY_CHARS));
    }
    for (_, stream) in frame.streams.iter() {
        for kept in stream.leases.iter() {
            let lease = leases.get_or_insert_with(kept.lease, Lease::default);
            lease.kept_at.push(stream.node);
        }
    }
    leases
}

/// A watcher, as its client has it.
#[derive(Clone, Debug, PartialEq)]
struct Watch {
    stream: RequestId,
    node: NodeId,
    create: WatchCreateRequest,
    number: Option<i64>,
    is_broken: bool,
    /// The revision of the node's store.
    revision: i64,
}

fn watches(frame: &Frame) -> Vec<Watch> {
    let mut watches = Vec::new();
    for (id, stream) in frame.streams.iter() {
        let revision = frame.node(stream.node).map_or(1, |node| node.revision);
        watches.extend(stream.watchers.iter().map(|watcher| Watch {
            stream: *id,
            node: stream.node,
            create: watcher.create.clone(),
            number: watcher.number,
            is_broken: stream.is_broken,
            revision,
        }));
    }
    watches
}

/// What is shown calmly: one and the same until it is renewed.
#[derive(Clone)]
struct Same(Rc<Calm>);

impl PartialEq for Same {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Both. They are one component, because each has a price in code.
#[component]
pub(super) fn Streams() -> Html {
    let Same(calm) = use_view(|view| Same(Rc::clone(&view.calm)));
    html! {
        <div class="streams" tabindex="0" role="region" aria-label={words().streams.label}>
            { leases_shown(&calm) }
            { watches_shown(&calm) }
        </div>
    }
}

fn leases_shown(calm: &Calm) -> Html {
    let leases = leases(&calm.frame);
    let leader = calm.frame.leader().map(|leader| leader.node);
    let words = &words().streams;
    let total = leases.len();
    let note = match (total, leader) {
        (0, _) => String::new(),
        (_, None) => words.nobody_counts.to_owned(),
        (_, Some(leader)) => (words.counts)(leader),
    };
    let rows = leases.iter().take(MAX_LISTED);
    html! {
        <section data-testid="leases">
            <h2>{ words.leases }<small>{ (words.listed)(total.min(MAX_LISTED), total) }</small></h2>
            <div class="wide-table">
                <table class="lease-list" hidden={total == 0}>
                    <thead>
                        <tr>{ columns(&[
                            (words.lease, None),
                            (words.left, Some(words.left_hint)),
                            (words.keys, None),
                            (words.kept, Some(words.kept_hint)),
                        ]) }</tr>
                    </thead>
                    <tbody>{ for rows.map(|(id, lease)| lease_row(*id, lease, calm.now)) }</tbody>
                </table>
            </div>
            <p class="empty" hidden={total > 0}>{ words.no_leases }{ " " }<code>{ "etcdctl lease grant 30" }</code></p>
            <p class="note" hidden={note.is_empty()}>{ note }</p>
        </section>
    }
}

fn lease_row(id: i64, lease: &Lease, now: Micros) -> Html {
    let words = &words().streams;
    let hex = format!("{id:016x}");
    let left = lease.time.map(|time| {
        let left_us = time.expires_at.saturating_sub(now);
        let whole_us = time.expires_at.saturating_sub(time.since).max(1);
        let text = (words.seconds)(left_us, time.ttl_s);
        html! {
            <>
                <progress max={whole_us.to_string()} value={left_us.to_string()} aria-label={text.clone()}></progress>
                <span>{ text }</span>
            </>
        }
    });
    let more = lease.keys.len().saturating_sub(MAX_KEYS);
    let more = (more > 0).then(|| html! { <div>{ (words.more)(more) }</div> });
    let kept: Vec<String> = lease.kept_at.iter().map(ToString::to_string).collect();
    html! {
        <tr key={id.to_string()} data-testid="lease-row" data-lease={hex.clone()}>
            <th scope="row">{ hex }</th>
            <td class="left">{ left.unwrap_or_else(|| html! { { words.unknown } }) }</td>
            <td class="lease-keys">{ for lease.keys.iter().take(MAX_KEYS).map(|key| html! { <div title={key.clone()}>{ key }</div> }) }{ more }</td>
            <td>{ kept.join(" ") }</td>
        </tr>
    }
}

fn watches_shown(calm: &Calm) -> Html {
    let watches = watches(&calm.frame);
    let words = &words().streams;
    let total = watches.len();
    html! {
        <section data-testid="watches">
            <h2>{ words.watches }<small>{ (words.listed)(total.min(MAX_LISTED), total) }</small></h2>
            <div class="wide-table">
                <table class="watch-list" hidden={total == 0}>
                    <thead>
                        <tr>{ columns(&[
                            (words.at_node, None),
                            (words.what, None),
                            (words.seen, Some(words.seen_hint)),
                            (words.state, None),
                        ]) }</tr>
                    </thead>
                    <tbody>{ for watches.iter().take(MAX_LISTED).map(watch_row) }</tbody>
                </table>
            </div>
            <p class="empty" hidden={total > 0}>{ words.no_watches }{ " " }<code>{ "etcdctl watch --prefix /shelf" }</code></p>
        </section>
    }
}

/// Tells the rows of one table apart.
fn row_key(watch: &Watch) -> String {
    let create = &watch.create;
    format!(
        "{} {:?} {:?} {:?} {}",
        watch.stream.0, watch.number, create.key, create.range_end, create.start_revision
    )
}

fn watch_row(watch: &Watch) -> Html {
    let words = &words().streams;
    let facts = WatchFacts {
        number: watch.number,
        // The client asks for what comes after the last revision that it has heard of.
        seen: watch.create.start_revision - 1,
        revision: watch.revision,
        is_broken: watch.is_broken,
    };
    html! {
        <tr key={row_key(watch)} data-testid="watch-row"
            data-node={watch.node.number().to_string()} data-seen={facts.seen.to_string()}>
            <th scope="row">{ watch.node.to_string() }</th>
            <td>{ range(&watch.create) }</td>
            <td class="number">{ (words.seen_up_to)(facts) }</td>
            <td>{ (words.state_of)(facts) }</td>
        </tr>
    }
}

/// The keys that are watched.
fn range(create: &WatchCreateRequest) -> String {
    let (key, end) = (&create.key, &create.range_end);
    let name = |key: &[u8]| readable(key, MAX_KEY_CHARS);
    match &end[..] {
        b"" => name(key),
        b"\0" if matches!(&key[..], b"" | b"\0") => words().streams.every_key.to_owned(),
        b"\0" => format!("≥ {}", name(key)),
        end if *end == prefix_range_end(key)[..] => format!("{}*", name(key)),
        end => format!("{} … {}", name(key), name(end)),
    }
}
