//! Every node's catalog: each key, and at which revision each node has it.

use std::sync::Arc;

use glassraft_core::catalog::{Key, Version};
use glassraft_core::etcd::KeyValue;
use glassraft_core::member::NodeId;
use glassraft_core::trace::{NodeFrame, Shelf};
use yew::prelude::*;

use crate::session::{View, use_view};
use crate::words::{State, ending, readable, words};

use super::history::history;
use super::rows::{Rows, use_rows};
use super::{crowd, head};

/// The most keys that are listed.
const MAX_KEYS: usize = 1_000;

/// The most characters of a key and of a value in the table, and when they are pointed at.
const MAX_CELL_CHARS: usize = 48;
const MAX_TITLE_CHARS: usize = 400;

/// A node's catalog.
#[derive(Clone)]
struct NodeShelf {
    run: u64,
    node: NodeId,
    state: State,
    applied: u64,
    revision: i64,
    shelf: Shelf,
}

/// In a run, what a catalog holds follows from the index that it has applied.
impl PartialEq for NodeShelf {
    fn eq(&self, other: &Self) -> bool {
        let key = |shelf: &Self| (shelf.run, shelf.node, shelf.applied, shelf.revision);
        self.state == other.state && key(self) == key(other)
    }
}

impl NodeShelf {
    fn of(frame: &NodeFrame, run: u64) -> Self {
        Self {
            run,
            node: frame.node,
            state: State::of(frame),
            applied: frame.applied,
            revision: frame.revision,
            shelf: frame.shelf.whole().clone(),
        }
    }
}

fn shelves(view: &View) -> Vec<NodeShelf> {
    let nodes = view.calm.frame.nodes.iter();
    nodes.map(|node| NodeShelf::of(node, view.runs)).collect()
}

/// The nodes whose catalogs count: those that run, or all when none does. (Of a node that
/// is down the picture keeps what it had, which nobody has any more.)
fn counting(shelves: &[NodeShelf]) -> impl Iterator<Item = &NodeShelf> {
    let any_up = shelves.iter().any(|node| !node.state.is_down());
    let counts = move |node: &&NodeShelf| !any_up || !node.state.is_down();
    shelves.iter().filter(counts)
}

/// Every key that any of them has, with the newest version of it anywhere; and whether
/// there are more than are listed.
fn newest(shelves: &[NodeShelf]) -> (Shelf, bool) {
    let mut keys = Shelf::new();
    let mut more = false;
    for node in counting(shelves) {
        more |= node.shelf.len() > MAX_KEYS;
        // The first keys of all are among the first of each.
        for (key, version) in node.shelf.iter().take(MAX_KEYS) {
            let known = keys.get(key).map_or(0, |known| known.kv.mod_revision);
            if known < version.kv.mod_revision {
                keys.insert(key.clone(), Arc::clone(version));
            }
        }
    }
    more |= keys.len() > MAX_KEYS;
    (keys, more)
}

/// The table.
#[component]
pub(super) fn Catalog() -> Html {
    let shelves = use_view(shelves);
    let (keys, more) = newest(&shelves);
    let total = keys.len().min(MAX_KEYS);
    let rows = use_rows(total, false);
    // The key whose history is, or was last, looked at, and whether it is.
    let opened = use_state_eq(|| (None::<Key>, false));
    let choose = {
        let set = opened.setter();
        Callback::from(move |key: Key| set.set((Some(key), true)))
    };
    let on_close = {
        let set = opened.setter();
        use_callback(opened.0.clone(), move |(), key: &Option<Key>| {
            set.set((key.clone(), false));
        })
    };
    let (of, open) = (*opened).clone();
    let words = &words().panel;
    let (from, to) = rows.seen;
    let revisions = counting(&shelves).map(|node| node.revision);
    let revision = revisions.max().unwrap_or(1);
    let mut facts = vec![(words.revision)(revision)];
    if total > 0 {
        facts.push((words.showing)(from as u64, to as u64, total as u64));
    }
    if more {
        facts.push((words.more_keys)(total));
    }
    html! {
        <div class="catalog" data-testid="catalog">
            <h2>{ words.catalog }<small>{ facts.join(" · ") }</small></h2>
            <div class="scroller" ref={rows.scroller.clone()} onscroll={rows.onscroll.clone()} tabindex="0"
                role="region" aria-label={words.catalog}>
                <table class={classes!("keys", crowd(shelves.len()))} hidden={total == 0}
                    aria-rowcount={(total + 1).to_string()}>
                    <thead>
                        <tr>
                            <th class="key" scope="col">{ words.key }</th>
                            <th class="value" scope="col">{ words.value }</th>
                            <th class="version" scope="col" title={words.version_hint}>{ words.version }</th>
                            <th class="created" scope="col" title={words.created_hint}>{ words.created }</th>
                            { for shelves.iter().map(|node| head(node.node, node.state)) }
                        </tr>
                    </thead>
                    <tbody>{ body(&shelves, &keys, &rows, total, &choose) }</tbody>
                </table>
                <p class="empty" hidden={total > 0}>
                    { words.catalog_empty }{ " " }<code>{ crate::words::words().console.placeholder }</code>
                </p>
            </div>
            <p class="note" hidden={total == 0}>{ words.catalog_note }</p>
            { history(of, open, &on_close) }
        </div>
    }
}

fn body(
    shelves: &[NodeShelf],
    keys: &Shelf,
    rows: &Rows,
    total: usize,
    choose: &Callback<Key>,
) -> Html {
    let drawn = keys
        .values()
        .enumerate()
        .skip(rows.drawn.start)
        .take(rows.drawn.len())
        .map(|(place, newest)| row(shelves, newest, place, choose));
    html! { <>{ rows.above() }{ for drawn }{ rows.below(total) }</> }
}

fn row(shelves: &[NodeShelf], newest: &Version, place: usize, choose: &Callback<Key>) -> Html {
    let kv = &newest.kv;
    let key = readable(&kv.key, MAX_TITLE_CHARS);
    let onclick = {
        let of = Key::from(&kv.key);
        choose.reform(move |_: MouseEvent| of.clone())
    };
    let words = words();
    let title = format!("{key}\n{}", words.history.open_hint);
    let lease = (kv.lease != 0).then(|| {
        let title = (words.panel.lease)(kv.lease);
        html! { <span class="lease" role="img" aria-label={title.clone()} {title} data-testid="key-lease">{ "◔" }</span> }
    });
    html! {
        <tr key={row_key(kv)} data-key={key.clone()} aria-rowindex={(place + 2).to_string()}>
            <th class="key" scope="row" {title}>
                <button type="button" class="plain" data-testid="key" {onclick}><bdi>{ ending(&kv.key, MAX_CELL_CHARS) }</bdi></button>
            </th>
            <td class="value" title={readable(&kv.value, MAX_TITLE_CHARS)}>{ lease }{ readable(&kv.value, MAX_CELL_CHARS) }</td>
            <td class="number version">{ kv.version }</td>
            <td class="number created">{ kv.create_revision }</td>
            { for shelves.iter().map(|node| cell(node, newest)) }
        </tr>
    }
}

/// Names a row among all others: by the bytes of its key, which unlike their readable form
/// are never those of another key; of a very long key, by its beginning and its creation.
fn row_key(kv: &KeyValue) -> String {
    let beginning = &kv.key[..kv.key.len().min(256)];
    format!("{} {} {beginning:?}", kv.key.len(), kv.create_revision)
}

/// What a node has of a key whose newest version is known.
fn cell(node: &NodeShelf, newest: &Version) -> Html {
    let words = &words().panel;
    let key = node.node.number();
    let number = node.node.number().to_string();
    let down = (node.state.is_down()).then_some("down");
    let at = newest.kv.mod_revision;
    match node
        .shelf
        .get(&newest.kv.key[..])
        .map(|version| version.kv.mod_revision)
    {
        Some(revision) => {
            let is_behind = revision < at;
            let class = classes!("number", "at", down, is_behind.then_some("behind"));
            let title = is_behind.then_some(words.behind_hint);
            html! { <td {key} {class} {title} data-node={number} data-mod={revision.to_string()}>{ revision }</td> }
        }
        None if node.revision >= at => html! {
            <td {key} class={classes!("number", "at", "behind", down)} data-node={number} title={words.deleted_hint}>{ words.deleted }</td>
        },
        None => html! {
            <td {key} class={classes!("number", "at", "behind", down)} data-node={number} title={words.missing_hint}>{ words.missing }</td>
        },
    }
}
